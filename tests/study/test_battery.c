/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims on live experiments: what is tested, corrected, judged. */
#include <math.h>

#include <mmoe/battery.h>
#include <mmoe/mem.h>

#include "tests/sights.h"
#include "tests/test.h"

static struct mmoe_battery *made(size_t nets)
{
    struct mmoe_battery *b = mmoe_alloc(1, sizeof *b);
    b->count = 2;
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_compared *c = &b->compared[i];
        strcpy(c->control, i ? "shared-bottom" : "single-task");
        strcpy(c->treatment, i ? "mmoe" : "shared-bottom");
        fill_whole_sight(&b->sight[i]);
        b->sight[i].nets = nets;
        c->said[MMOE_ENGAGEMENT].claim = i ? MMOE_CLAIMED_RAISED : MMOE_CLAIMED_KEPT;
        c->said[MMOE_SATISFACTION].claim = MMOE_CLAIMED_RAISED;
    }
    return b;
}

static void set_lift(struct mmoe_battery *b, size_t i, size_t task, double log, double se)
{
    b->sight[i].arm[MMOE_TREATMENT].lift[task][MMOE_BY_NETS] = (struct mmoe_lift){log, se, 7};
}

static void claims_are_judged_over_nets(void **state)
{
    (void)state;
    struct mmoe_battery *b = made(3);
    set_lift(b, 0, MMOE_ENGAGEMENT, -0.002, 0.001);
    set_lift(b, 0, MMOE_SATISFACTION, 0.18, 0.02);
    set_lift(b, 1, MMOE_ENGAGEMENT, -0.02, 0.002);
    set_lift(b, 1, MMOE_SATISFACTION, 0.03, 0.02);
    mmoe_battery_hear(b);
    assert_int_equal(b->claims, 2);
    assert_string_equal(
        b->claim[0].text,
        "shared-bottom over single-task: engagement kept (above -1 %), satisfaction raised");
    assert_int_equal(b->claim[0].verdict, MMOE_HOLDS);
    assert_int_equal(b->claim[1].verdict, MMOE_FAILS);
    assert_int_equal(b->claim[1].decisive, 0);
    assert_int_equal(b->claim[1].term[1].verdict, MMOE_UNDECIDED);
    /* users are many, and tell of other things */
    b->sight[0].arm[MMOE_TREATMENT].lift[MMOE_SATISFACTION][MMOE_BY_DELTA].log = -1;
    mmoe_battery_hear(b);
    assert_int_equal(b->claim[0].verdict, MMOE_HOLDS);
    mmoe_free(b);
}

/* Kept is more than -1 %, and no more than that. */
static void kept_has_a_bound(void **state)
{
    (void)state;
    struct mmoe_battery *b = made(3);
    set_lift(b, 0, MMOE_SATISFACTION, 0.18, 0.02);
    set_lift(b, 0, MMOE_ENGAGEMENT, log(0.99) + 0.01, 0.001);
    mmoe_battery_hear(b);
    assert_int_equal(b->claim[0].term[0].verdict, MMOE_HOLDS);
    set_lift(b, 0, MMOE_ENGAGEMENT, log(0.99) - 0.01, 0.001);
    mmoe_battery_hear(b);
    assert_int_equal(b->claim[0].term[0].verdict, MMOE_FAILS);
    set_lift(b, 0, MMOE_ENGAGEMENT, log(0.99), 0.001);
    mmoe_battery_hear(b);
    assert_true(fabs(b->claim[0].term[0].p_value - 0.5) < 1e-12);
    assert_int_equal(b->claim[0].term[0].verdict, MMOE_UNDECIDED);
    mmoe_free(b);
}

/* Two nets an arm are six in all, and no number of theirs decides. */
static void few_nets_decide_nothing(void **state)
{
    (void)state;
    struct mmoe_battery *b = made(2);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            set_lift(b, i, k, 0.5, 0.001);
    mmoe_battery_hear(b);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(b->claim[i].verdict, MMOE_UNDECIDED);
    mmoe_free(b);
}

static void what_nobody_claims_is_not_tested(void **state)
{
    (void)state;
    struct mmoe_battery *b = made(3);
    b->compared[0].said[MMOE_ENGAGEMENT].claim = MMOE_CLAIMED_NOTHING;
    b->compared[1].said[MMOE_ENGAGEMENT].claim = MMOE_CLAIMED_NOTHING;
    b->compared[1].said[MMOE_SATISFACTION].claim = MMOE_CLAIMED_NOTHING;
    mmoe_battery_hear(b);
    assert_int_equal(b->claims, 1);
    assert_int_equal(b->claim[0].terms, 1);
    assert_string_equal(b->claim[0].text, "shared-bottom over single-task: satisfaction raised");
    mmoe_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_judged_over_nets),
        cmocka_unit_test(kept_has_a_bound),
        cmocka_unit_test(few_nets_decide_nothing),
        cmocka_unit_test(what_nobody_claims_is_not_tested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
