/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots are values: a copy does not change with its source. */
#include <mmoe/snapshot.h>

#include "tests/test.h"

static void copies_are_their_own(void **state)
{
    (void)state;
    struct mmoe_snapshot a, b;
    mmoe_snapshot_init(&a, 4);
    mmoe_snapshot_init(&b, 0);
    assert_true(isnan(a.pearson) && a.state == MMOE_RUN_EMPTY);
    for (size_t i = 0; i < 4; i++)
        a.curve[i] = (struct mmoe_eval){.step = i, .value[MMOE_LOSS] = {(double)i}};
    a.curve_count = 4;
    a.step = 3;
    mmoe_snapshot_copy(&b, &a);
    a.curve[2].step = 99;
    assert_int_equal(b.curve_count, 4);
    assert_int_equal(b.curve[2].step, 2);
    assert_int_equal(b.step, 3);
    assert_ptr_not_equal(a.curve, b.curve);
    mmoe_snapshot_done(&a);
    mmoe_snapshot_done(&b);
}

static void room_is_kept(void **state)
{
    (void)state;
    struct mmoe_snapshot a, b;
    mmoe_snapshot_init(&a, 2);
    mmoe_snapshot_init(&b, 100);
    a.curve_count = 2;
    const struct mmoe_eval *room = b.curve;
    mmoe_snapshot_copy(&b, &a);
    assert_ptr_equal(b.curve, room); /* nothing was allocated */
    assert_int_equal(b.curve_room, 100);
    a.curve[1].step = 5;
    mmoe_snapshot_reserve(&a, 50);
    assert_int_equal(a.curve[1].step, 5);
    assert_int_equal(a.curve_room, 50);
    mmoe_snapshot_reserve(&a, 10);
    assert_int_equal(a.curve_room, 50);
    mmoe_snapshot_done(&a);
    mmoe_snapshot_done(&b);
}

TESTS(cmocka_unit_test(copies_are_their_own), cmocka_unit_test(room_is_kept))
