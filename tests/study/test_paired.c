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
    mmoe_paired_compare(a, b, 3, false, &p);
    assert_true(p.ratio && p.n == 3 && p.lower == 0 && p.diverged == 0 && p.same == 1);
    assert_near(p.difference.value, 1.1, 1e-12);
    assert_near(p.difference.low, 1.1, 1e-12); /* whatever the spread over seeds */
    assert_near(p.difference.high, 1.1, 1e-12);
}

/* Of the pairs 1:2, -:1, 4:2, 3:- the worst is 4, which stands for what diverged. */
static void what_diverged_is_worst(void **state)
{
    (void)state;
    static const double a[] = {1, NAN, 4, MMOE_ABSENT, 3}, b[] = {2, 1, 2, 5, NAN};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 5, false, &p);
    assert_true(p.n == 4 && p.lower == 2 && p.diverged == 2);
    assert_near(p.difference.value, pow(0.5 * 4 * 2 * 0.75, 0.25), 1e-12);
    assert_true(p.difference.low < 1 && p.difference.high > 1);
    mmoe_paired_compare(a, b, 5, true, &p); /* where more is better the worst is 1 */
    assert_near(p.difference.value, pow(0.5 * 1 * 2 * 3, 0.25), 1e-12);
    mmoe_paired_compare(a, b, 1, false, &p);
    assert_true(p.n == 1 && isnan(p.difference.low) && isnan(p.difference.high));
    assert_near(p.difference.value, 0.5, 1e-12);
    mmoe_paired_compare(a + 1, b + 1, 0, false, &p);
    assert_true(p.n == 0 && isnan(p.difference.value));
    const double none[] = {NAN, NAN};
    mmoe_paired_compare(none, none, 2, false, &p); /* nothing is known of how bad they are */
    assert_true(p.n == 0 && isnan(p.difference.value));
}

/* The interval is Student's, of the logarithms. */
static void the_interval_is_students(void **state)
{
    (void)state;
    static const double a[] = {1, 2, 3, 4}, b[] = {2, 3, 3, 5};
    double d[4];
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 4, false, &p);
    for (size_t i = 0; i < 4; i++)
        d[i] = log(a[i] / b[i]);
    struct mmoe_student s = mmoe_student(d, 4);
    struct mmoe_interval want = mmoe_student_interval(&s, 0.95);
    assert_near(p.difference.low, exp(want.low), 1e-12);
    assert_near(p.difference.high, exp(want.high), 1e-12);
}

static void values_that_may_be_negative_have_differences(void **state)
{
    (void)state;
    static const double a[] = {-0.5, 0.75, 0.25}, b[] = {-1, 0.25, -0.25};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 3, false, &p);
    assert_true(!p.ratio && p.same == 0);
    assert_near(p.difference.value, 0.5, 1e-12);
}

/* Differences 1, 3, 5: mean 3, sd 2. With 5 degrees of freedom (2.571 + .920) 2 / 3 squared is 5.4:
 * six seeds. */
static void what_would_decide_is_told(void **state)
{
    (void)state;
    static const double a[] = {-1, 3, 5.5}, b[] = {-2, 0, 0.5}, c[] = {0, 2, 4}, d[] = {2, 0, 4};
    struct mmoe_paired p;
    mmoe_paired_compare(a, b, 3, false, &p);
    assert_true(p.needed > 5.5 && p.needed < 6.5);
    mmoe_paired_compare(c, d, 3, false, &p); /* no difference: no number of seeds shows one */
    assert_true(isnan(p.needed));
    mmoe_paired_compare(a, b, 1, false, &p);
    assert_true(isnan(p.needed));
}

TESTS(cmocka_unit_test(what_would_decide_is_told), cmocka_unit_test(ratios_are_within_seeds),
      cmocka_unit_test(what_diverged_is_worst), cmocka_unit_test(the_interval_is_students),
      cmocka_unit_test(values_that_may_be_negative_have_differences))
