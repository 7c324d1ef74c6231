/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synthetic.c - two regression tasks with a dial for their relation.
 *
 * Section 3.1 of the MMoE paper (Ma et al., KDD 2018):
 *
 *   u1, u2 orthonormal in R^D
 *   w1 = c u1,  w2 = c (p u1 + sqrt(1 - p^2) u2)       so that cos(w1, w2) = p
 *   x ~ N(0, I_D)
 *   y_k = s_k + sum_i sin(alpha_i s_k + beta_i) + N(0, noise^2),  s_k = w_k'x
 *
 * With no sines and no noise the labels' correlation is p. Every number has a
 * stream and an address of its own under seed.data: x does not change with p,
 * and more rows begin with the same ones.
 */
#include "src/dataset/dataset.h"

#include <mmoe/mem.h>
#include <mmoe/rng.h>

#include <math.h>

enum { TASKS = 2 };

/* The true function of both tasks. */
struct truth {
    size_t dim, sines;
    const double *w;            /* (T,D) */
    const double *alpha, *beta; /* (m) */
    double noise;
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* v = (v - (v'u) u) / |v - (v'u) u|; u NULL: v / |v|. */
static void orthonormalise(double *v, const double *u, size_t n)
{
    /* twice is enough (Kahan; Parlett, The Symmetric Eigenvalue Problem, 6.9) */
    for (int pass = 0; u && pass < 2; pass++) {
        double along = dot(v, u, n);
        for (size_t i = 0; i < n; i++)
            v[i] -= along * u[i];
    }
    double length = sqrt(dot(v, v, n));
    for (size_t i = 0; i < n; i++)
        v[i] /= length;
}

/* w (2,D) for scale c and correlation p. */
static void draw_weights(const struct mmoe_options *o, double *w)
{
    struct mmoe_rng rng = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, "tasks");
    double *u1 = w, *u2 = w + o->dim;
    mmoe_rng_normal_double(rng, 0, o->dim, u1);
    mmoe_rng_normal_double(rng, 1, o->dim, u2);
    orthonormalise(u1, NULL, o->dim);
    orthonormalise(u2, u1, o->dim);
    double q = sqrt((1 - o->p) * (1 + o->p));
    for (size_t i = 0; i < o->dim; i++) {
        double first = o->scale * u1[i];
        u2[i] = o->scale * (o->p * u1[i] + q * u2[i]);
        u1[i] = first;
    }
}

static void draw_list(const struct mmoe_options *o, const char *name, const struct mmoe_reals *given,
                      double *out)
{
    if (given->n == 0)
        mmoe_rng_normal_double(mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, name), 0, o->sines, out);
    for (size_t i = 0; i < given->n && i < o->sines; i++)
        out[i] = given->v[i];
}

/* s_k = w_k'x of both tasks in one pass over the row. */
static void project(const struct truth *t, const mmoe_real *x, double s[TASKS])
{
    const double *w1 = t->w, *w2 = t->w + t->dim;
    double s1 = 0, s2 = 0;
    for (size_t j = 0; j < t->dim; j++) {
        s1 += (double)x[j] * w1[j];
        s2 += (double)x[j] * w2[j];
    }
    s[0] = s1;
    s[1] = s2;
}

static double label(const struct truth *t, double s)
{
    double y = s;
    for (size_t i = 0; i < t->sines; i++)
        y += sin(t->alpha[i] * s + t->beta[i]);
    return y;
}

/* n rows from the two streams of those names. */
static void draw_rows(const struct mmoe_options *o, const struct truth *t, const char *inputs,
                      const char *noises, size_t n, mmoe_real *x, mmoe_real *y)
{
    struct mmoe_rng input = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, inputs);
    struct mmoe_rng noise = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, noises);
    for (size_t i = 0; i < n; i++) {
        double s[TASKS], e[TASKS];
        mmoe_rng_normal(input, i, t->dim, x + i * t->dim);
        mmoe_rng_normal_double(noise, i, TASKS, e);
        project(t, x + i * t->dim, s);
        for (size_t k = 0; k < TASKS; k++)
            y[i * TASKS + k] = (mmoe_real)(label(t, s[k]) + t->noise * e[k]);
    }
}

static double cosine(const double *a, const double *b, size_t n)
{
    return dot(a, b, n) / sqrt(dot(a, a, n) * dot(b, b, n));
}

struct mmoe_dataset *mmoe_synthetic_new(const struct mmoe_options *o, struct mmoe_error *err)
{
    struct mmoe_dataset *d = mmoe_dataset_new(o->rows, o->test_rows, o->dim, TASKS, err);
    if (!d)
        return NULL;
    double *w = mmoe_alloc(TASKS * o->dim, sizeof *w);
    double *alpha = mmoe_alloc(o->sines, sizeof *alpha), *beta = mmoe_alloc(o->sines, sizeof *beta);
    draw_weights(o, w);
    draw_list(o, "alpha", &o->alpha, alpha);
    draw_list(o, "beta", &o->beta, beta);
    d->w = w;
    d->alpha = alpha;
    d->beta = beta;
    d->sines = o->sines;
    d->cosine = cosine(w, w + o->dim, o->dim);

    struct truth truth = {o->dim, o->sines, w, alpha, beta, o->noise};
    draw_rows(o, &truth, "x", "noise", d->rows, mmoe_dataset_fill(d->x), mmoe_dataset_fill(d->y));
    draw_rows(o, &truth, "x.test", "noise.test", d->test_rows, mmoe_dataset_fill(d->x_test),
              mmoe_dataset_fill(d->y_test));
    if (mmoe_failed(mmoe_dataset_measure(d, err))) {
        mmoe_dataset_free(d);
        return NULL;
    }
    return d;
}
