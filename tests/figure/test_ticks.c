/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Round numbers on axes, and how they are written. */
#include "tests/test.h"
#include "ui/figure/figure.h"

static void check(double low, double high, bool log_scale, size_t most, size_t n,
                  const double *expected)
{
    double ticks[64];
    assert_int_equal(figure_ticks(low, high, log_scale, most, ticks), n);
    for (size_t i = 0; i < n; i++)
        assert_near(ticks[i], expected[i], 1e-12 * fabs(expected[i]));
}

static void linear_ticks_are_round(void **state)
{
    (void)state;
    check(0, 6000, false, 5, 4, (double[]){0, 2000, 4000, 6000});
    check(-3, 3, false, 5, 3, (double[]){-2, 0, 2});
    check(0.0401, 0.0402, false, 3, 3, (double[]){0.0401, 0.04015, 0.0402});
}

static void log_ticks_are_decades_or_their_parts(void **state)
{
    (void)state;
    check(0.03, 1.2, true, 5, 5, (double[]){0.05, 0.1, 0.2, 0.5, 1});
    check(0.03, 1.2, true, 3, 2, (double[]){0.1, 1});
    check(0.041, 0.048, true, 4, 4,
          (double[]){0.042, 0.044, 0.046, 0.048}); /* too narrow: linear */
}

static void ticks_lie_inside_and_fit(void **state)
{
    (void)state;
    for (int e = -12; e < 12; e++)
        for (size_t most = 1; most < 12; most++)
            for (double width = 1.001; width < 1e9; width *= 7.3) {
                double low = 1.7 * pow(10, e), high = low * width, ticks[16];
                for (int log_scale = 0; log_scale < 2; log_scale++) {
                    size_t n = figure_ticks(low, high, log_scale, most, ticks);
                    assert_true(n <= most);
                    for (size_t i = 0; i < n; i++) {
                        assert_true(ticks[i] >= low * (1 - 1e-6) && ticks[i] <= high * (1 + 1e-6));
                        assert_true(i == 0 || ticks[i] > ticks[i - 1]);
                    }
                }
            }
}

static void no_ticks_without_a_range(void **state)
{
    (void)state;
    double ticks[8];
    assert_int_equal(figure_ticks(0, 1, false, 0, ticks), 0);
    assert_int_equal(figure_ticks(1, 1, false, 4, ticks), 0);
    assert_int_equal(figure_ticks(0, INFINITY, false, 4, ticks), 0);
    assert_int_equal(figure_ticks(NAN, 1, true, 4, ticks), 0);
}

static void labels_are_short(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *label;
    } cases[] = {{0, "0"},       {0.01, ".01"},    {0.5, ".5"},    {1, "1"},
                 {20, "20"},     {1500, "1.5k"},   {40000, "40k"}, {2e6, "2M"},
                 {1e-4, "1e-4"}, {2e-12, "2e-12"}, {-2000, "-2k"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[32];
        assert_string_equal(figure_tick_label(cases[i].v, buf, sizeof buf), cases[i].label);
    }
}

TESTS(cmocka_unit_test(linear_ticks_are_round),
      cmocka_unit_test(log_ticks_are_decades_or_their_parts),
      cmocka_unit_test(ticks_lie_inside_and_fit), cmocka_unit_test(no_ticks_without_a_range),
      cmocka_unit_test(labels_are_short))
