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
    check(0.03, 1.2, true, 3, 3, (double[]){0.05, 0.2, 1});
    check(0.5, 2000, true, 3, 3, (double[]){10, 100, 1000});
    check(0.03, 1.2, true, 2, 2, (double[]){0.1, 1});
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
    assert_int_equal(figure_ticks(-1e308, 1e308, false, 4, ticks), 0);
    assert_int_equal(figure_ticks(1, nextafter(1, 2), false, 4, ticks), 0);
}

/* On every axis long enough, also where powers of ten or multiples of 1, 2 and 5 would be too few.
 */
static void three_ticks_where_there_is_room(void **state)
{
    (void)state;
    for (size_t most = 3; most < 9; most++)
        for (double low = 1; low < 10; low += 0.37)
            for (double ratio = 1.01; ratio < 1e12; ratio *= 1.7)
                for (int log_scale = 0; log_scale < 2; log_scale++) {
                    double ticks[16];
                    size_t n = figure_ticks(low, low * ratio, log_scale, most, ticks);
                    if (n < 3 || n > most)
                        fail_msg("%zu of %zu ticks from %g to %g", n, most, low, low * ratio);
                }
}

/* The labels of an axis, one after the other. */
static void check_labels(double low, double high, bool log_scale, size_t most, const char *expected)
{
    double ticks[16];
    char all[256] = "", one[FIGURE_LABEL_SIZE + 16];
    size_t n = figure_ticks(low, high, log_scale, most, ticks);
    struct figure_labels how = figure_labels_of(ticks, n, log_scale);
    for (size_t i = 0; i < n; i++) {
        strcat(all, i ? " " : "");
        strcat(all, figure_label_short(&how, ticks[i], one, sizeof one));
    }
    assert_string_equal(all, expected);
}

static void labels_of_an_axis_agree(void **state)
{
    (void)state;
    check_labels(0, 6000, false, 5, "0 2k 4k 6k");
    check_labels(0, 2500, false, 6, "0 500 1k 1.5k 2k 2.5k");
    check_labels(0, 1.1, false, 3, "0 .5 1.0");
    check_labels(-3000, 3000, false, 5, "-2k 0 2k");
    check_labels(0.03, 1.2, true, 5, ".05 .1 .2 .5 1");
    check_labels(0.002, 20, true, 5, ".01 .1 1 10");
    check_labels(1e-5, 0.1, true, 6, "1e-5 1e-4 1e-3 1e-2 1e-1");
    check_labels(1, 3e33, true, 4, "1 1e9 1e18 1e27");
    check_labels(0, 3e33, false, 4, "0 1e33 2e33 3e33");
    check_labels(-1e12, 2e12, false, 4, "-1e12 0 1e12 2e12");
    check_labels(0, 5e6, false, 4, "0 2e6 4e6");
    check_labels(1.00001, 1.00004, false, 4, "1.00001 1.00002 1.00003 1.00004");
    check_labels(1234567, 1234570, false, 4, "1.234567e6 1.234568e6 1.234569e6 1.23457e6");
    check_labels(2e-7, 6e-7, false, 3, "2e-7 4e-7 6e-7");
}

TESTS(cmocka_unit_test(linear_ticks_are_round),
      cmocka_unit_test(log_ticks_are_decades_or_their_parts),
      cmocka_unit_test(ticks_lie_inside_and_fit), cmocka_unit_test(no_ticks_without_a_range),
      cmocka_unit_test(three_ticks_where_there_is_room), cmocka_unit_test(labels_of_an_axis_agree))
