/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings compared over the seeds they share. */
#include <mmoe/paired.h>
#include <mmoe/tally.h>

#include "tests/test.h"

static void ratios_are_within_seeds(void **state)
{
    (void)state;
    static const double a[] = {1.1, 2.2, 33}, b[] = {1, 2, 30};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 3, 500, &p);
    assert_true(p.ratio && p.n == 3 && p.lower == 0 && p.lost == 0 && p.same == 1);
    assert_near(p.difference.value, 1.1, 1e-12);
    assert_near(p.difference.low, 1.1, 1e-12); /* whatever the spread over seeds */
    assert_near(p.difference.high, 1.1, 1e-12);
}

static void what_has_no_pair_is_left_out(void **state)
{
    (void)state;
    static const double a[] = {1, NAN, 4, MMOE_ABSENT, 3}, b[] = {2, 1, 2, 5, NAN};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 5, 500, &p);
    assert_true(p.n == 2 && p.lower == 1 && p.lost == 2);
    assert_near(p.difference.value, 1, 1e-12);
    assert_true(p.difference.low < 1 && p.difference.high > 1);
    mmoe_paired_compare(a, b, 1, 500, &p);
    assert_true(p.n == 1 && isnan(p.difference.low) && isnan(p.difference.high));
    assert_near(p.difference.value, 0.5, 1e-12);
    mmoe_paired_compare(a, b, 0, 500, &p);
    assert_true(p.n == 0 && isnan(p.difference.value));
}

static void values_that_may_be_negative_have_differences(void **state)
{
    (void)state;
    static const double a[] = {-0.5, 0.75, 0.25}, b[] = {-1, 0.25, -0.25};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 3, 500, &p);
    assert_true(!p.ratio && p.same == 0);
    assert_near(p.difference.value, 0.5, 1e-12);
}

TESTS(cmocka_unit_test(ratios_are_within_seeds), cmocka_unit_test(what_has_no_pair_is_left_out),
      cmocka_unit_test(values_that_may_be_negative_have_differences))
