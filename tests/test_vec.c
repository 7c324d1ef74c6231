/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Element-wise passes against their formulae. */
#include "tests/test.h"

#include <mmoe/rng.h>

#include "src/math/vec.h"

enum { ROWS = 5, WIDTH = 37, LD = 41 };

static void draw(mmoe_real *v, size_t n, const char *name)
{
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, name), 0, n, v);
}

static void activation(void **state)
{
    (void)state;
    mmoe_real y[ROWS * LD], x[ROWS * LD], bias[WIDTH];
    draw(x, ROWS * LD, "x");
    draw(bias, WIDTH, "bias");
    for (int relu = 0; relu < 2; relu++) {
        memcpy(y, x, sizeof x);
        mmoe_vec_activate(ROWS, WIDTH, y, LD, bias, relu);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < LD; j++) {
                mmoe_real v = j < WIDTH ? x[i * LD + j] + bias[j] : x[i * LD + j];
                assert_true(y[i * LD + j] == (relu && j < WIDTH && v < 0 ? 0 : v));
            }
    }
}

static void a_nan_is_not_hidden(void **state)
{
    (void)state;
    mmoe_real y[2] = {(mmoe_real)NAN, -(mmoe_real)INFINITY}, bias[2] = {0, 0};
    mmoe_vec_activate(1, 2, y, 2, bias, true);
    assert_true(isnan(y[0]) && isnan(y[1]));
}

static void deactivation(void **state)
{
    (void)state;
    mmoe_real y[ROWS * LD], dy[ROWS * LD], was[ROWS * LD], dbias[WIDTH];
    draw(y, ROWS * LD, "y");
    draw(was, ROWS * LD, "dy");
    memcpy(dy, was, sizeof dy);
    mmoe_vec_deactivate(ROWS, WIDTH, y, dy, LD, dbias, true);
    for (size_t j = 0; j < WIDTH; j++) {
        double sum = 0;
        for (size_t i = 0; i < ROWS; i++) {
            mmoe_real want = y[i * LD + j] > 0 ? was[i * LD + j] : 0;
            assert_true(dy[i * LD + j] == want);
            sum += (double)want;
        }
        assert_near(dbias[j], sum, 1e-5);
    }
    assert_true(dy[WIDTH] == was[WIDTH]); /* columns beyond are somebody else's */
}

static void softmax_sums_to_one(void **state)
{
    (void)state;
    mmoe_real z[2 * 8] = {1, 2, 3, 1000, 1000, 1000, 0, 0, -5, -5, -5, -1000, 0, 1000, 0, 0}, g[12];
    mmoe_vec_softmax(2, 2, 3, z, 8, g);
    double e = exp(-2) + exp(-1) + 1;
    assert_near(g[0], exp(-2) / e, 1e-7);
    assert_near(g[2], 1 / e, 1e-7);
    for (size_t k = 0; k < 4; k++)
        assert_near(g[3 * k] + g[3 * k + 1] + g[3 * k + 2], 1, 1e-6);
    assert_near(g[3], 1.0 / 3, 1e-7);
    assert_near(g[11], 1, 0);
}

enum { GATES = 2, EXPERTS = 3, UNITS = 19 };

static void mixtures(void **state)
{
    (void)state;
    mmoe_real g[ROWS * GATES * EXPERTS], x[ROWS * 64], f[ROWS * GATES * UNITS];
    draw(g, ROWS * GATES * EXPERTS, "g");
    draw(x, ROWS * 64, "x");
    mmoe_vec_mix(ROWS, GATES, EXPERTS, UNITS, g, x, 64, f);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < GATES; k++)
            for (size_t h = 0; h < UNITS; h++) {
                double sum = 0;
                for (size_t e = 0; e < EXPERTS; e++)
                    sum += (double)g[(i * GATES + k) * EXPERTS + e] * (double)x[i * 64 + e * UNITS + h];
                assert_near(f[(i * GATES + k) * UNITS + h], sum, 1e-5);
            }
}

/* The gradient of a function that is linear in each of its arguments is its coefficients. */
static void mixtures_backward(void **state)
{
    (void)state;
    mmoe_real g[ROWS * GATES * EXPERTS], x[ROWS * 64], df[ROWS * GATES * UNITS];
    mmoe_real dg[ROWS * GATES * EXPERTS], dx[ROWS * 64];
    draw(g, ROWS * GATES * EXPERTS, "g");
    draw(x, ROWS * 64, "x");
    draw(df, ROWS * GATES * UNITS, "df");
    mmoe_vec_mix_backward(ROWS, GATES, EXPERTS, UNITS, g, x, df, 64, dg, dx);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t e = 0; e < EXPERTS; e++)
            for (size_t h = 0; h < UNITS; h++) {
                double want = 0;
                for (size_t k = 0; k < GATES; k++)
                    want += (double)g[(i * GATES + k) * EXPERTS + e] * (double)df[(i * GATES + k) * UNITS + h];
                assert_near(dx[i * 64 + e * UNITS + h], want, 1e-5);
            }
    for (size_t i = 0; i < ROWS * GATES; i++)
        for (size_t e = 0; e < EXPERTS; e++) {
            double want = 0;
            for (size_t h = 0; h < UNITS; h++)
                want += (double)df[i * UNITS + h] * (double)x[i / GATES * 64 + e * UNITS + h];
            assert_near(dg[i * EXPERTS + e], want, 2e-5);
        }
}

TESTS(cmocka_unit_test(activation), cmocka_unit_test(a_nan_is_not_hidden), cmocka_unit_test(deactivation),
      cmocka_unit_test(softmax_sums_to_one), cmocka_unit_test(mixtures), cmocka_unit_test(mixtures_backward))
