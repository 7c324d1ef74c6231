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

/* GEAR.DAT of the NIST/SEMATECH e-Handbook, section 1.3.5.10: diameters of gears, ten batches of
 * ten. */
static const double gears[10][10] = {
    {1.006, 0.996, 0.998, 1.000, 0.992, 0.993, 1.002, 0.999, 0.994, 1.000},
    {0.998, 1.006, 1.000, 1.002, 0.997, 0.998, 0.996, 1.000, 1.006, 0.988},
    {0.991, 0.987, 0.997, 0.999, 0.995, 0.994, 1.000, 0.999, 0.996, 0.996},
    {1.005, 1.002, 0.994, 1.000, 0.995, 0.994, 0.998, 0.996, 1.002, 0.996},
    {0.998, 0.998, 0.982, 0.990, 1.002, 0.984, 0.996, 0.993, 0.980, 0.996},
    {1.009, 1.013, 1.009, 0.997, 0.988, 1.002, 0.995, 0.998, 0.981, 0.996},
    {0.990, 1.004, 0.996, 1.001, 0.998, 1.000, 1.018, 1.010, 0.996, 1.002},
    {0.998, 1.000, 1.006, 1.000, 1.002, 0.996, 0.998, 0.996, 1.002, 1.006},
    {1.002, 0.998, 0.996, 0.995, 0.996, 1.004, 1.004, 0.998, 0.999, 0.991},
    {0.991, 0.995, 0.984, 0.994, 0.997, 0.997, 0.991, 0.998, 1.004, 0.997}};

/* NIST prints W = 1.705910 from single precision; in double it is 1.7059177 (SciPy's levene
 * agrees). */
static void brown_forsythe(void **state)
{
    (void)state;
    const double *groups[10];
    size_t sizes[10];
    for (size_t g = 0; g < 10; g++) {
        groups[g] = gears[g];
        sizes[g] = 10;
    }
    struct mmoe_spread_test t = mmoe_brown_forsythe(groups, sizes, 10);
    assert_near(t.statistic, 1.705910, 1e-5);
    assert_near(t.statistic, 1.7059176930, 1e-9);
    assert_near(t.df_between, 9, 0);
    assert_near(t.df_within, 90, 0);
    assert_near(t.p_value, 0.09908297555220462, 1e-10);
    sizes[4] = 0;
    assert_true(isnan(mmoe_brown_forsythe(groups, sizes, 10).statistic));
    assert_true(isnan(mmoe_brown_forsythe(groups, sizes, 1).p_value));
    const double flat[] = {2, 2, 2};
    assert_true(
        isnan(mmoe_brown_forsythe((const double *const[]){flat, flat}, (const size_t[]){3, 3}, 2)
                  .p_value));
}

static void spread_has_a_direction(void **state)
{
    (void)state;
    const double *wide = gears[6], *narrow = gears[2];
    double two =
        mmoe_brown_forsythe((const double *const[]){wide, narrow}, (const size_t[]){10, 10}, 2)
            .p_value;
    assert_true(two < 0.2);
    assert_near(mmoe_spread_greater(wide, 10, narrow, 10), two / 2, 1e-15);
    assert_near(mmoe_spread_greater(narrow, 10, wide, 10), 1 - two / 2, 1e-15);
    assert_true(isnan(mmoe_spread_greater(wide, 0, narrow, 10)));
}

TESTS(cmocka_unit_test(interquartile_mean), cmocka_unit_test(medians), cmocka_unit_test(wilson),
      cmocka_unit_test(paired_ranks), cmocka_unit_test(holm), cmocka_unit_test(brown_forsythe),
      cmocka_unit_test(spread_has_a_direction))
