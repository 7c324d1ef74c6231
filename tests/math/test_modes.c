/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mixtures are found, and are not found where there is none. */
#include <stdlib.h>

#include <mmoe/modes.h>
#include <mmoe/rng.h>
#include <mmoe/stats.h>

#include "tests/test.h"

enum { MOST = 400 };

/* n ascending values; the first `low` of them about `a`, the others about `b`, as many of each. */
static void make(double *v, size_t n, size_t low, double a, double b, double sd, uint64_t seed)
{
    mmoe_rng_normal_double(mmoe_rng_stream(seed, MMOE_RNG_DATA, "values"), 0, n, v);
    for (size_t i = 0; i < n; i++)
        v[i] = (i < low ? a : b) * exp(sd * v[i]);
    mmoe_sort(v, n);
}

static void two_modes_are_found(void **state)
{
    (void)state;
    double v[MOST];
    struct mmoe_modes m;
    make(v, 200, 120, 0.135, 0.81, 0.15, 1);
    assert_true(mmoe_modes_find(v, 200, &m));
    assert_true(m.two && m.gain > 50);
    assert_near(m.share, 0.6, 0.01);
    assert_near(m.low, 0.135, 0.005);
    assert_near(m.high, 0.81, 0.03);
    assert_near(m.sd[0], 0.15, 0.02);
    make(v, 200, 40, 0.1, 0.2, 0.1, 2); /* most of them above */
    assert_true(mmoe_modes_find(v, 200, &m) && m.two);
    assert_near(m.share, 0.2, 0.03);
}

/* The likelihood of two normals apart, by the formula, where they do not overlap. */
static void the_gain_is_that_of_the_formula(void **state)
{
    (void)state;
    double v[40], one = 0, two = 0;
    struct mmoe_modes m;
    for (size_t i = 0; i < 40; i++)
        v[i] = exp((i < 20 ? 0 : 10) + (i % 2 ? 1.0 : -1.0));
    mmoe_sort(v, 40);
    double sd = sqrt(26); /* +-4 and +-6 about 5 */
    for (size_t i = 0; i < 40; i++) {
        double x = log(v[i]);
        one += -0.5 * pow((x - 5) / sd, 2) - log(sd) - 0.5 * log(2 * M_PI);
        two += log(0.5) - 0.5 - 0.5 * log(2 * M_PI); /* a standard deviation from its mean */
    }
    assert_true(mmoe_modes_find(v, 40, &m) && m.two);
    assert_near(m.gain, 2 * (two - one) - 3 * log(40), 1e-3);
    assert_near(m.share, 0.5, 1e-6);
}

static void one_mode_is_rarely_taken_for_two(void **state)
{
    (void)state;
    static const size_t sizes[] = {20, 50, 200};
    for (size_t s = 0; s < 3; s++) {
        size_t wrong = 0;
        for (uint64_t seed = 0; seed < 500; seed++) {
            double v[MOST];
            struct mmoe_modes m;
            make(v, sizes[s], sizes[s], 0.2, 0.2, 0.8, 100 + seed);
            assert_true(mmoe_modes_find(v, sizes[s], &m));
            wrong += m.two;
        }
        if (wrong > 25)
            fail_msg("%zu of 500 samples of %zu have two modes", wrong, sizes[s]);
    }
}

static void what_has_no_answer_has_none(void **state)
{
    (void)state;
    double v[MOST];
    struct mmoe_modes m;
    make(v, 200, 100, 0.1, 1, 0.1, 3);
    assert_false(mmoe_modes_find(v, MMOE_MODES_LEAST - 1, &m));
    v[0] = 0;
    assert_false(mmoe_modes_find(v, 200, &m));
    for (size_t i = 0; i < 200; i++)
        v[i] = 0.25;
    assert_true(mmoe_modes_find(v, 200, &m) && !m.two && m.share == 1);
    assert_near(m.low, 0.25, 1e-12);
    for (size_t i = 150; i < 200; i++) /* ties in both modes */
        v[i] = 0.5;
    assert_true(mmoe_modes_find(v, 200, &m) && m.two);
    assert_near(m.share, 0.75, 1e-6);
}

TESTS(cmocka_unit_test(two_modes_are_found), cmocka_unit_test(the_gain_is_that_of_the_formula),
      cmocka_unit_test(one_mode_is_rarely_taken_for_two),
      cmocka_unit_test(what_has_no_answer_has_none))
