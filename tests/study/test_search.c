/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points proposed by a Gaussian process. */
#include <math.h>
#include <string.h>

#include <mmoe/mat.h>
#include <mmoe/search.h>

#include "tests/test.h"

static const struct mmoe_space plane = {2, {{-5, 10, false, false}, {0, 15, false, false}}};
#define BRANIN_LEAST 0.39788735772973816

/* Branin (1972): three minima of .397887. */
static double branin(const double *x)
{
    double b = 5.1 / (4 * M_PI * M_PI), c = 5 / M_PI, t = 1 / (8 * M_PI);
    return pow(x[1] - b * x[0] * x[0] + c * x[0] - 6, 2) + 10 * (1 - t) * cos(x[0]) + 10;
}

static int set_up(void **state)
{
    (void)state;
    mmoe_mat_init();
    return 0;
}

/* Search to the end, telling each trial as soon as it is proposed; the least value. */
static double run(const struct mmoe_space *space, size_t trials, uint64_t seed,
                  double (*f)(const double *x), double *points)
{
    struct mmoe_search *s = mmoe_search_new(space, trials, 1, seed);
    double best = INFINITY, x[MMOE_SEARCH_DIMS];
    for (size_t t = 0; mmoe_search_next(s, x); t++) {
        double v = f(x);
        if (points)
            memcpy(points + t * space->count, x, space->count * sizeof *x);
        best = fmin(best, v);
        mmoe_search_tell(s, t, v);
    }
    assert_int_equal(mmoe_search_proposed(s), trials);
    mmoe_search_free(s);
    return best;
}

static void the_minimum_is_found(void **state)
{
    (void)state;
    double regret[5];
    for (size_t i = 0; i < 5; i++)
        regret[i] = run(&plane, 30, i, branin, NULL) - BRANIN_LEAST;
    for (size_t i = 0; i < 5; i++)
        for (size_t k = i + 1; k < 5; k++)
            if (regret[k] < regret[i]) {
                double kept = regret[i];
                regret[i] = regret[k];
                regret[k] = kept;
            }
    print_message("regret on Branin, 30 trials: %.4f %.4f %.4f %.4f %.4f\n", regret[0], regret[1],
                  regret[2], regret[3], regret[4]);
    assert_true(regret[0] >= 0);
    assert_true(regret[2] < 0.05); /* of 30 random points the median is 1.2 */
}

/* In batches of four, told out of order, cut off and told again. */
static void points_depend_on_values_alone(void **state)
{
    (void)state;
    enum { TRIALS = 24, BATCH = 4 };
    double first[TRIALS][2], x[2];
    struct mmoe_search *s = mmoe_search_new(&plane, TRIALS, BATCH, 7);
    size_t told = 0;
    while (told < TRIALS) {
        while (mmoe_search_next(s, x))
            memcpy(first[mmoe_search_proposed(s) - 1], x, sizeof x);
        size_t n = mmoe_search_proposed(s);
        assert_true(n == TRIALS || n == told + BATCH);
        for (size_t t = n; t-- > told;)
            mmoe_search_tell(s, t, branin(first[t]));
        told = n;
    }
    mmoe_search_free(s);
    s = mmoe_search_new(&plane, TRIALS, BATCH, 7);
    for (size_t t = 0; t < TRIALS; t++) {
        if (t < 8 || (t >= 12 && t < 16)) { /* as they were stored */
            mmoe_search_put(s, first[t]);
        } else {
            assert_true(mmoe_search_next(s, x));
            assert_memory_equal(x, first[t], sizeof x);
        }
        mmoe_search_tell(s, t, branin(first[t]));
    }
    mmoe_search_free(s);
}

static double small(const double *x)
{
    return fabs(x[0] - 3) + fabs(x[1] - 0.25);
}

/* 5 x 3 settings there are, and each is proposed once; whole and logarithmic ranges keep their
 * bounds. */
static void no_point_is_proposed_twice(void **state)
{
    (void)state;
    static const struct mmoe_space few = {2, {{1, 5, false, true}, {1, 4, true, true}}};
    double x[20][2];
    run(&few, 20, 3, small, &x[0][0]);
    for (size_t i = 0; i < 20; i++) {
        assert_true(x[i][0] == round(x[i][0]) && x[i][0] >= 1 && x[i][0] <= 5);
        assert_true(x[i][1] == round(x[i][1]) && x[i][1] >= 1 && x[i][1] <= 4);
        for (size_t k = 0; k < i; k++)
            assert_true(x[i][0] != x[k][0] || x[i][1] != x[k][1]);
    }
}

static double ridge(const double *x)
{
    return pow(log10(x[0]) + 2, 2) + 0.01 * x[1];
}

static void what_is_known_is_told(void **state)
{
    (void)state;
    static const struct mmoe_space space = {2, {{1e-4, 1e-1, true, false}, {0, 1, false, false}}};
    struct mmoe_search *s = mmoe_search_new(&space, 30, 1, 1);
    double x[2], share[2], at[MMOE_SEARCH_SLICE], mean[MMOE_SEARCH_SLICE], low[MMOE_SEARCH_SLICE],
        high[MMOE_SEARCH_SLICE];
    size_t best[5];
    mmoe_search_slice(s, 0, at, mean, low, high);
    assert_true(isnan(mean[0]));
    assert_int_equal(mmoe_search_best(s, 5, 0, best), 0);
    double points[30][2];
    for (size_t t = 0; mmoe_search_next(s, x); t++) {
        memcpy(points[t], x, sizeof x);
        mmoe_search_tell(s, t, ridge(x));
    }
    assert_int_equal(mmoe_search_best(s, 5, 0, best), 5);
    assert_near(log10(points[best[0]][0]), -2, 0.3);
    size_t apart[5], n = mmoe_search_best(s, 5, 0.15, apart);
    assert_true(n > 1 && apart[0] == best[0]);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            double rate = fabs(log10(points[apart[i]][0] / points[apart[k]][0])) / 3;
            assert_true(fmax(rate, fabs(points[apart[i]][1] - points[apart[k]][1])) > 0.1499);
        }
    mmoe_search_importance(s, share);
    print_message("importance %.3f %.3f\n", share[0], share[1]);
    assert_true(share[0] > 0.8 && share[1] < 0.1);
    double far[2]; /* values far from 0 beside what they vary by */
    struct mmoe_search *shifted = mmoe_search_new(&space, 30, 1, 1);
    for (size_t t = 0; t < 30; t++) {
        mmoe_search_put(shifted, points[t]);
        mmoe_search_tell(shifted, t, -1000 + ridge(points[t]));
    }
    mmoe_search_importance(shifted, far);
    assert_near(far[0], share[0], 0.02);
    assert_near(far[1], share[1], 0.02);
    mmoe_search_free(shifted);
    mmoe_search_slice(s, 0, at, mean, low, high);
    size_t lowest = 0;
    for (size_t i = 0; i < MMOE_SEARCH_SLICE; i++) {
        assert_true(low[i] < mean[i] && mean[i] < high[i]);
        lowest = mean[i] < mean[lowest] ? i : lowest;
    }
    assert_near(log10(at[lowest]), -2, 0.3);
    double expected, sd;
    mmoe_search_expect(s, points[best[0]], &expected, &sd);
    assert_near(expected, ridge(points[best[0]]), 0.1);
    mmoe_search_free(s);
}

static double constant(const double *x)
{
    (void)x;
    return 1;
}

static double broken(const double *x)
{
    (void)x;
    return NAN;
}

static void what_tells_nothing_is_borne(void **state)
{
    (void)state;
    assert_true(run(&plane, 20, 1, constant, NULL) == 1);
    run(&plane, 20, 1, broken, NULL); /* all trials are proposed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_minimum_is_found),
        cmocka_unit_test(points_depend_on_values_alone),
        cmocka_unit_test(no_point_is_proposed_twice),
        cmocka_unit_test(what_is_known_is_told),
        cmocka_unit_test(what_tells_nothing_is_borne),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
