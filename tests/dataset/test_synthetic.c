/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The synthetic generator: its geometry, its moments, what depends on what. */
#include <mmoe/dataset.h>
#include <mmoe/stats.h>
#include <mmoe/synthetic.h>

#include "tests/test.h"

static struct mmoe_dataset *make(const struct mmoe_options *o)
{
    struct mmoe_error err;
    struct mmoe_dataset *d = mmoe_synthetic_new(o, NULL, &err);
    if (!d)
        fail_msg("%s", err.text);
    return d;
}

static void cosine_is_p(void **state)
{
    (void)state;
    static const char *const ps[] = {"-1", "-0.7", "0", "0.5", "0.9", "1"};
    for (size_t i = 0; i < sizeof ps / sizeof *ps; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "p", ps[i]);
        struct mmoe_dataset *d = make(&o);
        double length[2] = {0, 0};
        for (size_t k = 0; k < 2; k++)
            for (size_t j = 0; j < d->dim; j++)
                length[k] += d->w[k * d->dim + j] * d->w[k * d->dim + j];
        assert_near(d->cosine, o.p, 1e-12);
        assert_near(sqrt(length[0]), o.scale, 1e-12);
        assert_near(sqrt(length[1]), o.scale, 1e-12);
        mmoe_dataset_free(d);
    }
}

/* With no sines and no noise corr(y1, y2) = p and var(y) = c^2; standard errors (1 - p^2) /
 * sqrt(n), c^2 sqrt(2 / n). */
static void linear_case(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "sines", "0");
    put(&o, "noise", "0");
    put(&o, "rows", "20000");
    put(&o, "scale", "3");
    for (int i = -9; i <= 9; i += 6) {
        o.p = i / 10.0;
        struct mmoe_dataset *d = make(&o);
        assert_near(d->pearson, o.p, 5 * (1 - o.p * o.p) / sqrt(20000));
        assert_near(d->var[0], 9, 5 * 9 * sqrt(2.0 / 20000));
        assert_near(d->var[1], 9, 5 * 9 * sqrt(2.0 / 20000));
        mmoe_dataset_free(d);
    }
}

static double truth(const struct mmoe_dataset *d, size_t k, const mmoe_real *x)
{
    double s = 0;
    for (size_t j = 0; j < d->dim; j++)
        s += d->w[k * d->dim + j] * (double)x[j];
    double y = s;
    for (size_t i = 0; i < d->sines; i++)
        y += sin(d->alpha[i] * s + d->beta[i]);
    return y;
}

/* What is left after the true function is N(0, noise^2), independent between tasks. */
static void labels_are_the_function_and_noise(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "rows", "4000");
    put(&o, "noise", "0.3");
    struct mmoe_dataset *d = make(&o);
    static double left[2][4000];
    for (size_t i = 0; i < d->train.n; i++)
        for (size_t k = 0; k < 2; k++)
            left[k][i] = (double)d->train.y[i * 2 + k] - truth(d, k, d->train.x + i * d->dim);
    for (size_t k = 0; k < 2; k++) {
        assert_near(mmoe_mean(left[k], 4000), 0, 5 * 0.3 / sqrt(4000));
        assert_near(sqrt(mmoe_variance(left[k], 4000)), 0.3, 5 * 0.3 / sqrt(2 * 4000));
    }
    assert_near(mmoe_pearson(left[0], left[1], 4000), 0, 5 / sqrt(4000));
    /* the held-out rows follow the same function */
    for (size_t i = 0; i < d->test.n; i++)
        assert_near(d->test.y[i * 2], truth(d, 0, d->test.x + i * d->dim), 6 * 0.3);
    assert_memory_not_equal(d->train.x, d->test.x, d->test.n * d->dim * sizeof *d->train.x);
    mmoe_dataset_free(d);
}

static void what_is_measured_is_measured(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *d = make(&o);
    double a[500], b[500];
    for (size_t i = 0; i < 500; i++) {
        a[i] = (double)d->train.y[i * 2];
        b[i] = (double)d->train.y[i * 2 + 1];
    }
    assert_near(d->var[0], mmoe_variance(a, 500), 0);
    assert_near(d->var[1], mmoe_variance(b, 500), 0);
    assert_near(d->pearson, mmoe_pearson(a, b, 500), 0);
    mmoe_dataset_free(d);
}

static void same_seed_same_bits(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *a = make(&o), *b = make(&o);
    size_t x = a->train.n * a->dim * sizeof *a->train.x, y = a->train.n * 2 * sizeof *a->train.y;
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_equal(a->train.y, b->train.y, y);
    mmoe_dataset_free(b);

    put(&o, "p", "-0.2"); /* other labels on the same inputs */
    b = make(&o);
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_not_equal(a->train.y, b->train.y, y);
    mmoe_dataset_free(b);

    put(&o, "p", "default");
    put(&o, "rows", "700"); /* more rows begin with the same ones */
    b = make(&o);
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_equal(a->train.y, b->train.y, y);
    assert_memory_equal(a->test.x, b->test.x, a->test.n * a->dim * sizeof *a->train.x);
    mmoe_dataset_free(b);

    put(&o, "seed.data", "1");
    b = make(&o);
    assert_memory_not_equal(a->train.x, b->train.x, x);
    mmoe_dataset_free(b);
    mmoe_dataset_free(a);
}

static void given_lists_are_used(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "sines", "3");
    put(&o, "alpha", "1,2,3");
    put(&o, "beta", "0,0.5,-0.5");
    struct mmoe_dataset *d = make(&o);
    for (size_t i = 0; i < 3; i++)
        assert_near(d->alpha[i], i + 1, 0);
    assert_near(d->beta[2], -0.5, 0);
    mmoe_dataset_free(d);
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    o.rows = 100000000;
    o.dim = 10000;
    assert_null(mmoe_synthetic_new(&o, NULL, &err));
    assert_int_equal(err.status, MMOE_LIMIT);
    assert_non_null(strstr(err.text, "lower rows, test-rows or dim"));
}

static void references_are_counted(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *d = make(&o);
    assert_ptr_equal(mmoe_dataset_ref(d), d);
    mmoe_dataset_free(d);
    assert_int_equal(d->train.n, 500); /* one reference is left: the sanitizer would tell */
    mmoe_dataset_free(d);
    mmoe_dataset_free(NULL);
}

TESTS(cmocka_unit_test(cosine_is_p), cmocka_unit_test(linear_case),
      cmocka_unit_test(labels_are_the_function_and_noise),
      cmocka_unit_test(what_is_measured_is_measured), cmocka_unit_test(same_seed_same_bits),
      cmocka_unit_test(given_lists_are_used), cmocka_unit_test(too_many_rows_are_refused),
      cmocka_unit_test(references_are_counted))
