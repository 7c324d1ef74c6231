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
 * and more rows begin with the same ones. A stream has all rows of which those are the
 * first: it makes them when they are asked for.
 */
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/rng.h>
#include <mmoe/source.h>
#include <mmoe/synthetic.h>

#include "src/base/versions.h"
#include "src/dataset/dataset.h"

enum {
    TASKS = 2,
    PARTS = 8,
    CHUNK = 64,      /* rows at a time */
    MEASURED = 10000 /* rows of a stream that its labels are measured on */
};
#define SINE_MAX 1e5 /* larger arguments lose digits when a multiple of pi is taken off */

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

static void draw_list(const struct mmoe_options *o, const char *name,
                      const struct mmoe_reals *given, double *out)
{
    bool once = o->shape == MMOE_SHAPE_ONCE;
    if (given->n == 0) {
        mmoe_rng_normal_double(
            mmoe_rng_stream(once ? o->seed_shape : o->seed_data, MMOE_RNG_DATA, name), 0, o->sines,
            out);
        for (size_t i = 0; i < o->sines; i++)
            out[i] *= o->shape_sd;
    }
    for (size_t i = 0; i < given->n && i < o->sines; i++)
        out[i] = given->v[i];
}

/* Partial sums of a row: their number is fixed, whatever the width of the processor's vectors. */
typedef double parts
    __attribute__((vector_size(PARTS * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef mmoe_real reals
    __attribute__((vector_size(PARTS * sizeof(mmoe_real)), aligned(sizeof(mmoe_real)), may_alias));

/* s (n,T): s_k = w_k'x of every row, in PARTS partial sums. */
VERSIONS static void project(const struct truth *t, size_t n, const mmoe_real *x, double *s)
{
    const double *w1 = t->w, *w2 = t->w + t->dim;
    size_t whole = t->dim / PARTS * PARTS;
    for (size_t i = 0; i < n; i++, x += t->dim) {
        parts part1 = {0}, part2 = {0};
        double s1 = 0, s2 = 0;
        for (size_t j = 0; j < whole; j += PARTS) {
            parts some = __builtin_convertvector(*(const reals *)(x + j), parts);
            part1 += some * *(const parts *)(w1 + j);
            part2 += some * *(const parts *)(w2 + j);
        }
        for (size_t j = whole; j < t->dim; j++) {
            s1 += (double)x[j] * w1[j];
            s2 += (double)x[j] * w2[j];
        }
        for (size_t l = 0; l < PARTS; l++) {
            s1 += part1[l];
            s2 += part2[l];
        }
        s[i * TASKS] = s1;
        s[i * TASKS + 1] = s2;
    }
}

/*
 * y += sin(a s + b) for n numbers within SINE_MAX: x = q pi + r, |r| <= pi/2, and the Taylor series
 * of degree 19, whose remainder is below 1e-15. pi is parted in three (Cody and Waite, 1980);
 * adding 1.5 2^52 rounds to a whole q and leaves its parity in the lowest bit.
 */
VERSIONS static void add_sines(size_t n, double a, double b, const double *restrict s,
                               double *restrict y)
{
    static const double shift = 0x1.8p52;
    for (size_t i = 0; i < n; i++) {
        double x = a * s[i] + b, shifted = x * 0x1.45f306dc9c883p-2 + shift, q = shifted - shift;
        double r = x - q * 0x1.921fb54p1 - q * 0x1.10b46p-29 - q * 0x1.1a62633145c07p-53, z = r * r;
        uint64_t odd, sine;
        double v =
            r *
            (1 + z * (-1.0 / 6 +
                      z * (1.0 / 120 +
                           z * (-1.0 / 5040 +
                                z * (1.0 / 362880 +
                                     z * (-1.0 / 39916800 +
                                          z * (1.0 / 6227020800 +
                                               z * (-1.0 / 1307674368000 +
                                                    z * (1.0 / 355687428096000 +
                                                         z * (-1.0 / 121645100408832000))))))))));
        memcpy(&odd, &shifted, sizeof odd);
        memcpy(&sine, &v, sizeof sine);
        sine ^= odd << 63;
        memcpy(&v, &sine, sizeof v);
        y[i] += v;
    }
}

/* y (n) = the true function of s (n), both with both tasks' numbers side by side. */
static void label(const struct truth *t, size_t n, const double *s, double *y)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        y[i] = s[i];
        most = fmax(most, fabs(s[i]));
    }
    for (size_t j = 0; j < t->sines; j++)
        if (fabs(t->alpha[j]) * most + fabs(t->beta[j]) <= SINE_MAX)
            add_sines(n, t->alpha[j], t->beta[j], s, y);
        else
            for (size_t i = 0; i < n; i++)
                y[i] += sin(t->alpha[j] * s[i] + t->beta[j]);
}

/* Is the end wanted before all is made? */
static bool is_stopped(atomic_bool *stop)
{
    return stop && atomic_load_explicit(stop, memory_order_relaxed);
}

/* Make n rows and their labels, from row `first` of the streams of those names on; drawn: x is
 * there already. Labels are made of rows that are still in the cache. */
static void draw_rows(const struct mmoe_options *o, const struct truth *t, const char *inputs,
                      const char *noises, uint64_t first, size_t n, bool drawn, atomic_bool *stop,
                      mmoe_real *x, mmoe_real *y)
{
    struct mmoe_rng input = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, inputs);
    struct mmoe_rng noise = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, noises);
    double s[CHUNK * TASKS], true_y[CHUNK * TASKS];
    mmoe_real e[CHUNK * TASKS];
    for (size_t i = 0; i < n && !is_stopped(stop); i += CHUNK) {
        size_t rows = n - i < CHUNK ? n - i : CHUNK;
        if (!drawn)
            mmoe_rng_normal_rows(input, first + i, rows, t->dim, x + i * t->dim);
        project(t, rows, x + i * t->dim, s);
        label(t, rows * TASKS, s, true_y);
        mmoe_rng_normal_rows(noise, first + i, rows, TASKS, e);
        for (size_t j = 0; j < rows * TASKS; j++)
            y[i * TASKS + j] = (mmoe_real)(true_y[j] + t->noise * (double)e[j]);
    }
}

/* Turn the labels of binary tasks into 1 or 0. */
static void decide(const struct mmoe_dataset *d, size_t n, mmoe_real *y)
{
    for (size_t i = 0; i < n * TASKS; i++)
        if (d->task[i % TASKS].binary)
            y[i] = y[i] > 0;
}

/* Remove the share `missing` of the labels of n rows to train on. */
static void lose(const struct mmoe_options *o, uint64_t first, size_t n, mmoe_real *y)
{
    struct mmoe_rng rng = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, "missing");
    for (size_t i = 0; o->missing > 0 && i < n; i++) {
        mmoe_real draw[TASKS];
        mmoe_rng_uniform(rng, first + i, TASKS, 0, 1, draw);
        for (size_t k = 0; k < TASKS; k++)
            if ((double)draw[k] < o->missing)
                y[i * TASKS + k] = (mmoe_real)NAN;
    }
}

static double cosine(const double *a, const double *b, size_t n)
{
    return dot(a, b, n) / sqrt(dot(a, a, n) * dot(b, b, n));
}

/* The rows of one part and their labels, from the streams of those names. */
static void draw_part(const struct mmoe_options *o, const struct truth *t,
                      const struct mmoe_dataset *d, const struct mmoe_rows *part,
                      const char *inputs, const char *noises, atomic_bool *stop)
{
    mmoe_real *x = mmoe_dataset_fill(part->x), *y = mmoe_dataset_fill(part->y);
    draw_rows(o, t, inputs, noises, 0, part->n, mmoe_dataset_shares(d), stop, x, y);
    decide(d, part->n, y);
}

/* Rows first .. first + n - 1 of the stream of d. */
static void draw_stream(const struct mmoe_dataset *d, uint64_t first, const struct mmoe_rows *to)
{
    mmoe_real *x = mmoe_dataset_fill(to->x), *y = mmoe_dataset_fill(to->y);
    size_t n = to->n;
    const struct mmoe_options *o = d->stream_options;
    const struct truth truth = {o->dim, o->sines, d->w, d->alpha, d->beta, o->noise};
    draw_rows(o, &truth, "x", "noise", first, n, false, NULL, x, y);
    decide(d, n, y);
    lose(o, first, n, y);
}

static void begin_stream(struct mmoe_dataset *d, const struct mmoe_options *o)
{
    struct mmoe_options *mine = mmoe_alloc(1, sizeof *mine);
    *mine = *o;
    d->stream_options = mine;
    d->stream = draw_stream;
}

static struct mmoe_dataset *make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                 atomic_bool *stop, struct mmoe_error *err)
{
    const struct mmoe_shape shape = {.train = o->rows ? o->rows : MEASURED,
                                     .validation = o->validation_rows,
                                     .test = o->test_rows,
                                     .dim = o->dim,
                                     .tasks = TASKS};
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, o->seed_data, like, err);
    if (!d)
        return NULL;
    if (mmoe_failed(mmoe_dataset_mark_binary(d, o, err))) {
        mmoe_dataset_free(d);
        return NULL;
    }
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
    draw_part(o, &truth, d, &d->train, "x", "noise", stop);
    draw_part(o, &truth, d, &d->validation, "x.validation", "noise.validation", stop);
    draw_part(o, &truth, d, &d->test, "x.test", "noise.test", stop);
    lose(o, 0, d->train.n, mmoe_dataset_fill(d->train.y));
    if (o->rows == 0)
        begin_stream(d, o);
    if (is_stopped(stop))
        mmoe_fail(err, MMOE_STATE, "the rows were stopped before all of them were made");
    else if (!mmoe_failed(mmoe_dataset_measure(d, err)))
        return d;
    mmoe_dataset_free(d);
    return NULL;
}

struct mmoe_dataset *mmoe_synthetic_new(const struct mmoe_options *o, struct mmoe_dataset *like,
                                        struct mmoe_error *err)
{
    return make(o, like, NULL, err);
}

static const char *const heeds[] = {
    "data",   "p",        "dim",        "scale", "sines", "alpha",           "beta",
    "shape",  "shape-sd", "seed.shape", "noise", "rows",  "validation-rows", "test-rows",
    "binary", "missing",  "seed.data",  "seed",  NULL};

const struct mmoe_source mmoe_source_synthetic = {
    .name = "synthetic",
    .title = "synthetic rows",
    .heeds = heeds,
    .tasks = TASKS,
    .make = make,
};
