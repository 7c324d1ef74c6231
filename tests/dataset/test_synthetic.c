/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The synthetic generator: its geometry, its moments, what depends on what. */
#include <mmoe/stats.h>
#include <mmoe/synthetic.h>

#include "src/dataset/dataset.h"
#include "tests/runs.h"

static void cosine_is_p(void **state)
{
    (void)state;
    static const char *const ps[] = {"-1", "-0.7", "0", "0.5", "0.9", "1"};
    for (size_t i = 0; i < sizeof ps / sizeof *ps; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "p", ps[i]);
        struct mmoe_dataset *d = make_rows(&o);
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
        struct mmoe_dataset *d = make_rows(&o);
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
    struct mmoe_dataset *d = make_rows(&o);
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
    struct mmoe_dataset *d = make_rows(&o);
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
    struct mmoe_dataset *a = make_rows(&o), *b = make_rows(&o);
    size_t x = a->train.n * a->dim * sizeof *a->train.x, y = a->train.n * 2 * sizeof *a->train.y;
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_equal(a->train.y, b->train.y, y);
    mmoe_dataset_free(b);

    put(&o, "p", "-0.2"); /* other labels on the same inputs */
    b = make_rows(&o);
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_not_equal(a->train.y, b->train.y, y);
    mmoe_dataset_free(b);

    put(&o, "p", "default");
    put(&o, "rows", "700"); /* more rows begin with the same ones */
    b = make_rows(&o);
    assert_memory_equal(a->train.x, b->train.x, x);
    assert_memory_equal(a->train.y, b->train.y, y);
    assert_memory_equal(a->test.x, b->test.x, a->test.n * a->dim * sizeof *a->train.x);
    mmoe_dataset_free(b);

    put(&o, "seed.data", "1");
    b = make_rows(&o);
    assert_memory_not_equal(a->train.x, b->train.x, x);
    mmoe_dataset_free(b);
    mmoe_dataset_free(a);
}

static void assert_same_part(const struct mmoe_rows *a, const struct mmoe_rows *b, size_t n)
{
    assert_memory_equal(a->x, b->x, n * a->dim * sizeof *a->x);
    assert_memory_equal(a->y, b->y, n * a->tasks * sizeof *a->y);
}

/* Validation rows are drawn beside the others, which are the same bits with and without. */
static void validation_rows_are_their_own(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "missing", "0.2");
    struct mmoe_dataset *none = make_rows(&o);
    assert_int_equal(none->validation.n, 0);
    assert_ptr_equal(mmoe_dataset_held_out(none), &none->test);
    put(&o, "validation-rows", "100");
    struct mmoe_dataset *some = make_rows(&o);
    assert_int_equal(some->validation.n, 100);
    assert_ptr_equal(mmoe_dataset_held_out(some), &some->validation);
    assert_same_part(&none->train, &some->train, 500);
    assert_same_part(&none->test, &some->test, 100);
    assert_memory_equal(none->var, some->var, sizeof none->var);
    size_t x = 100 * some->dim * sizeof *some->train.x, y = 100 * 2 * sizeof *some->train.y;
    assert_memory_not_equal(some->validation.x, some->test.x, x);
    assert_memory_not_equal(some->validation.x, some->train.x, x);
    double noise[2] = {0, 0};
    for (size_t i = 0; i < 100; i++) { /* of the same function, with noise of their own */
        const mmoe_real *v = some->validation.y + i * 2, *t = some->test.y + i * 2;
        noise[0] = (double)v[0] - truth(some, 0, some->validation.x + i * some->dim);
        noise[1] = (double)t[0] - truth(some, 0, some->test.x + i * some->dim);
        assert_near(noise[0], 0, 6 * 0.1);
        assert_true(isfinite(v[0]) && isfinite(v[1]) && fabs(noise[0] - noise[1]) > 1e-6);
        assert_true(fabs(noise[0] - 0.1 * (double)some->validation.x[i * some->dim]) > 1e-6);
    }

    put(&o, "validation-rows", "150"); /* more of them begin with the same ones */
    struct mmoe_dataset *more = make_rows(&o);
    assert_same_part(&some->validation, &more->validation, 100);
    assert_same_part(&some->test, &more->test, 100);
    mmoe_dataset_free(more);
    put(&o, "validation-rows", "100");
    put(&o, "p", "-0.2");
    put(&o, "binary", "2"); /* the same inputs, other labels */
    struct mmoe_dataset *other = make_rows(&o);
    assert_memory_equal(some->validation.x, other->validation.x, x);
    assert_memory_not_equal(some->validation.y, other->validation.y, y);
    for (size_t i = 0; i < 100; i++)
        assert_true(other->validation.y[i * 2 + 1] == 0 || other->validation.y[i * 2 + 1] == 1);
    mmoe_dataset_free(other);
    mmoe_dataset_free(some);
    mmoe_dataset_free(none);
}

static struct mmoe_dataset *make_like(const struct mmoe_options *o, struct mmoe_dataset *like)
{
    struct mmoe_error err;
    struct mmoe_dataset *d = mmoe_synthetic_new(o, like, &err);
    if (!d)
        fail_msg("%s", err.text);
    return d;
}

/* The rows of o as they are when nothing is reused. */
static void assert_as_alone(const struct mmoe_dataset *d, const struct mmoe_options *o)
{
    struct mmoe_dataset *alone = make_rows(o);
    assert_true(d->validation.n == alone->validation.n && d->test.n == alone->test.n);
    assert_same_part(&alone->train, &d->train, alone->train.n);
    assert_same_part(&alone->validation, &d->validation, alone->validation.n);
    assert_same_part(&alone->test, &d->test, alone->test.n);
    mmoe_dataset_free(alone);
}

static void inputs_of_all_parts_are_shared(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "validation-rows", "40");
    struct mmoe_dataset *first = make_rows(&o);
    put(&o, "p", "0.9");
    struct mmoe_dataset *d = make_like(&o, first);
    assert_true(mmoe_dataset_shares(d));
    assert_true(d->train.x == first->train.x && d->validation.x == first->validation.x &&
                d->test.x == first->test.x);
    assert_true(d->train.y != first->train.y && d->validation.y != first->validation.y &&
                d->test.y != first->test.y);
    mmoe_dataset_free(first); /* its inputs stay for who shares them */
    assert_as_alone(d, &o);
    put(&o, "validation-rows", "41");
    struct mmoe_dataset *other = make_like(&o, d);
    assert_false(mmoe_dataset_shares(other));
    assert_as_alone(other, &o);
    mmoe_dataset_free(other);
    put(&o, "validation-rows", "none");
    other = make_like(&o, d);
    assert_false(mmoe_dataset_shares(other));
    assert_as_alone(other, &o);
    mmoe_dataset_free(other);
    mmoe_dataset_free(d);
}

static void spare_room_of_all_parts_is_reused(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "validation-rows", "40");
    struct mmoe_dataset *spare = mmoe_dataset_spare(make_rows(&o));
    assert_non_null(spare);
    const struct mmoe_rows train = spare->train, validation = spare->validation, test = spare->test;
    put(&o, "seed.data", "9");
    put(&o, "validation-rows", "41"); /* room of another shape is left */
    struct mmoe_dataset *d = make_like(&o, spare);
    assert_ptr_equal(spare->validation.x, validation.x);
    assert_as_alone(d, &o);
    mmoe_dataset_free(d);
    put(&o, "validation-rows", "40");
    d = make_like(&o, spare);
    mmoe_dataset_free(spare);
    assert_false(mmoe_dataset_shares(d));
    assert_true(d->train.x == train.x && d->validation.x == validation.x && d->test.x == test.x);
    assert_true(d->train.y == train.y && d->validation.y == validation.y && d->test.y == test.y);
    assert_as_alone(d, &o);
    mmoe_dataset_ref(d);
    assert_null(mmoe_dataset_spare(d)); /* somebody still reads it */
    mmoe_dataset_free(d);
}

static void given_lists_are_used(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "sines", "3");
    put(&o, "alpha", "1,2,3");
    put(&o, "beta", "0,0.5,-0.5");
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t i = 0; i < 3; i++)
        assert_near(d->alpha[i], i + 1, 0);
    assert_near(d->beta[2], -0.5, 0);
    mmoe_dataset_free(d);
}

static struct mmoe_dataset *of_seed(struct mmoe_options *o, const char *seed)
{
    struct mmoe_error err;
    put(o, "seed", seed);
    return mmoe_synthetic_new(o, NULL, &err);
}

/* With shape once all seeds have the same function, whose numbers are as far spread as asked for.
 */
static void shapes_are_drawn_each_or_once(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *a = of_seed(&o, "1"), *b = of_seed(&o, "2");
    assert_true(a->alpha[0] != b->alpha[0] && a->beta[3] != b->beta[3]);
    mmoe_dataset_free(b);
    put(&o, "shape-sd", "3");
    b = of_seed(&o, "1");
    for (size_t i = 0; i < o.sines; i++)
        assert_true(b->alpha[i] == 3 * a->alpha[i] && b->beta[i] == 3 * a->beta[i]);
    mmoe_dataset_free(a);
    mmoe_dataset_free(b);
    put(&o, "shape", "once");
    a = of_seed(&o, "1");
    b = of_seed(&o, "2");
    assert_memory_equal(a->alpha, b->alpha, o.sines * sizeof *a->alpha);
    assert_memory_equal(a->beta, b->beta, o.sines * sizeof *a->beta);
    assert_true(a->w[0] != b->w[0] && a->test.x[0] != b->test.x[0]);
    mmoe_dataset_free(b);
    put(&o, "seed.shape", "7");
    b = of_seed(&o, "1");
    assert_true(a->alpha[0] != b->alpha[0] && a->w[0] == b->w[0]);
    mmoe_dataset_free(a);
    mmoe_dataset_free(b);
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
    struct mmoe_dataset *d = make_rows(&o);
    assert_ptr_equal(mmoe_dataset_ref(d), d);
    mmoe_dataset_free(d);
    assert_int_equal(d->train.n, 500); /* one reference is left: the sanitizer would tell */
    mmoe_dataset_free(d);
    mmoe_dataset_free(NULL);
}

TESTS(cmocka_unit_test(shapes_are_drawn_each_or_once), cmocka_unit_test(cosine_is_p),
      cmocka_unit_test(linear_case), cmocka_unit_test(labels_are_the_function_and_noise),
      cmocka_unit_test(what_is_measured_is_measured), cmocka_unit_test(same_seed_same_bits),
      cmocka_unit_test(validation_rows_are_their_own),
      cmocka_unit_test(inputs_of_all_parts_are_shared),
      cmocka_unit_test(spare_room_of_all_parts_is_reused), cmocka_unit_test(given_lists_are_used),
      cmocka_unit_test(too_many_rows_are_refused), cmocka_unit_test(references_are_counted))
