/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares, ranks, spread and Holm against published examples. */
#include <mmoe/infer.h>

#include "tests/test.h"

#define BAD ((double)NAN)
#define HUGE_LOSS ((double)INFINITY)

/* By hand: of 9 values a quartile holds 2.25. 1, 3, .., 17 is the example of many textbooks. */
static void interquartile_mean(void **state)
{
    (void)state;
    const double nine[] = {1, 3, 5, 7, 9, 11, 13, 15, 17},
                 twelve[] = {1, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 38};
    const double skew[] = {0, 1, 10, 100, 1000};
    assert_near(mmoe_iqm(nine, 9), 9, 1e-15);
    assert_near(mmoe_iqm(twelve, 12), 6.5, 1e-15);
    assert_near(mmoe_iqm(skew, 5), (0.75 * 1 + 10 + 0.75 * 100) / 2.5, 1e-14);
    assert_near(mmoe_iqm(nine, 1), 1, 0);
    assert_true(isnan(mmoe_iqm(nine, 0)));
    const double diverged[] = {1, 2, 3, 4, 5, 6, HUGE_LOSS, HUGE_LOSS},
                 more[] = {1, 2, 3, HUGE_LOSS};
    assert_near(mmoe_iqm(diverged, 8), 4.5, 1e-15);
    assert_near(mmoe_iqm(more, 4), 2.5, 1e-15);
    assert_true(isinf(mmoe_iqm(more + 1, 3)));
}

static void medians(void **state)
{
    (void)state;
    const double v[] = {1, 2, 4, HUGE_LOSS, HUGE_LOSS, HUGE_LOSS};
    assert_near(mmoe_median(v, 3), 2, 0);
    assert_near(mmoe_median(v, 2), 1.5, 0);
    assert_near(mmoe_median(v, 5), 4, 0);
    assert_true(isinf(mmoe_median(v, 6)) && isinf(mmoe_median(v + 3, 2)));
    assert_true(isnan(mmoe_median(v, 0)));
}

/* Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3. */
static void wilson(void **state)
{
    (void)state;
    static const struct {
        double successes;
        size_t n;
        double low, high;
    } table[] = {{81, 263, 0.2553, 0.3662},
                 {15, 148, 0.0624, 0.1605},
                 {0, 20, 0, 0.1611},
                 {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct mmoe_interval w = mmoe_wilson(table[i].successes, table[i].n, 0.95);
        assert_near(w.value, table[i].successes / (double)table[i].n, 1e-15);
        assert_near(w.low, table[i].low, 5e-5);
        assert_near(w.high, table[i].high, 5e-5);
    }
    struct mmoe_interval all = mmoe_wilson(20, 20, 0.95), none = mmoe_wilson(0, 0, 0.95);
    assert_near(all.high, 1, 0);
    assert_near(all.low, 1 - 0.1611, 5e-5);
    assert_true(isnan(none.value) && isnan(none.low));
}

static void paired_ranks(void **state)
{
    (void)state;
    const double a[] = {1, 5, 2, BAD, 3, BAD, HUGE_LOSS}, b[] = {2, 4, 2, 1, BAD, BAD, 1};
    struct mmoe_interval p = mmoe_below_paired(a, b, 7, 0.95), w = mmoe_wilson(3, 7, 0.95);
    assert_near(p.value, 3.0 / 7, 1e-15);
    assert_memory_equal(&p, &w, sizeof p);
    assert_near(mmoe_below_paired(b, a, 7, 0.95).value, 4.0 / 7, 1e-15);
}

/*
 * Benjamini and Hochberg, JRSS B 57 (1995), section 4: fifteen p-values of a trial (Neuhaus et al.,
 * 1992), of which the procedures for the familywise rate reject three at 0.05. And by hand,
 * unordered and with ties.
 */
static void holm(void **state)
{
    (void)state;
    const double trial[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                            0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
    double q[15];
    mmoe_holm(trial, 15, q);
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(q[i] <= 0.05, i < 3);
    assert_near(q[2], 13 * 0.0019, 1e-15);
    const double four[] = {0.01, 0.04, 0.03, 0.005}, tied[] = {0.02, 0.02, 0.9};
    mmoe_holm(four, 4, q);
    assert_near(q[0], 0.03, 1e-15);
    assert_near(q[1], 0.06, 1e-15); /* not 0.04: never below the one before */
    assert_near(q[2], 0.06, 1e-15);
    assert_near(q[3], 0.02, 1e-15);
    mmoe_holm(tied, 3, q);
    assert_near(q[0], 0.06, 1e-15);
    assert_near(q[1], 0.06, 1e-15);
    assert_near(q[2], 0.9, 1e-15);
    double holes[] = {BAD, 0.01, BAD};
    mmoe_holm(holes, 3, holes);
    assert_true(isnan(holes[0]) && isnan(holes[2]));
    assert_near(holes[1], 0.03, 1e-15);
}

/* Student's own example (Biometrika 6, 1908): hours of sleep gained by the second drug over the
 * first. t = 4.0621, one-sided p = .001416 with 9 degrees of freedom. */
static const double drugs[2][10] = {{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
                                    {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2.0}};

static void student(void **state)
{
    (void)state;
    double d[10];
    for (size_t i = 0; i < 10; i++)
        d[i] = drugs[0][i] - drugs[1][i];
    struct mmoe_student s = mmoe_student(d, 10);
    assert_near(s.mean, 1.58, 1e-12);
    assert_near(s.mean / s.error, 4.062127683, 1e-8);
    assert_near(mmoe_student_above(&s, 0), 0.00141644, 1e-8);
    assert_near(mmoe_student_below(&s, 0), 1 - 0.00141644, 1e-8);
    assert_near(mmoe_student_above(&s, 1.58), 0.5, 1e-12);
    struct mmoe_interval i = mmoe_student_interval(&s, 0.95);
    assert_near(i.low, 0.7001142, 1e-6);
    assert_near(i.high, 2.4598858, 1e-6);
    /* the end of an interval is the bound whose p-value is half of what is outside */
    assert_near(mmoe_student_above(&s, i.low), 0.025, 1e-9);
    assert_near(mmoe_student_below(&s, i.high), 0.025, 1e-9);
    s = mmoe_student(d, 1);
    i = mmoe_student_interval(&s, 0.95);
    assert_true(isnan(s.error) && isnan(i.low) && isnan(mmoe_student_above(&s, 0)));
    assert_true(isnan(mmoe_student(d, 0).mean));
    const double same[] = {0.5, 0.5, 0.5};
    s = mmoe_student(same, 3);
    assert_true(mmoe_student_above(&s, 0) == 0 && mmoe_student_above(&s, 0.5) == 1);
    assert_true(mmoe_student_below(&s, 1) == 0 && mmoe_student_below(&s, 0.5) == 1);
}

/* Every ratio inside the interval, and none outside, is one that Student's t does not refute. */
static void fieller(void **state)
{
    (void)state;
    double a[10], b[10], d[10];
    for (size_t i = 0; i < 10; i++) {
        a[i] = 3 + drugs[0][i];
        b[i] = 3 + drugs[1][i];
    }
    struct mmoe_interval r = mmoe_ratio_of_means(a, b, 10, 0.90);
    assert_near(r.value, 5.33 / 3.75, 1e-12);
    const double tried[] = {r.low, r.high};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < 10; i++)
            d[i] = a[i] - tried[k] * b[i];
        struct mmoe_student s = mmoe_student(d, 10);
        assert_near(k ? mmoe_student_below(&s, 0) : mmoe_student_above(&s, 0), 0.05, 1e-9);
    }
    r = mmoe_ratio_of_means(drugs[0], drugs[1], 10, 0.95); /* the second mean may be 0 */
    assert_true(isfinite(r.value) && isnan(r.low) && isnan(r.high));
    assert_true(isnan(mmoe_ratio_of_means(a, b, 0, 0.95).value));
    assert_near(mmoe_ratio_of_means(a, a, 10, 0.95).low, 1, 1e-6);
}

/* Brown and Forsythe's test for two groups is Student's t of these distances. */
static void distances(void **state)
{
    (void)state;
    double v[] = {5, 1, 2, 9}, out[4];
    mmoe_distances(v, 4, out);
    assert_true(out[0] == 1.5 && out[1] == 2.5 && out[2] == 1.5 && out[3] == 5.5);
    mmoe_distances(v, 3, v); /* in place; median 2 */
    assert_true(v[0] == 3 && v[1] == 1 && v[2] == 0 && v[3] == 9);
}

TESTS(cmocka_unit_test(interquartile_mean), cmocka_unit_test(medians), cmocka_unit_test(wilson),
      cmocka_unit_test(paired_ranks), cmocka_unit_test(holm), cmocka_unit_test(student),
      cmocka_unit_test(fieller), cmocka_unit_test(distances))
