/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scatter.c - what gates do with single held-out rows.
 *
 * Principal components of n rows come from their Gram matrix, whose eigenvectors are the rows'
 * places but for a factor (Pearson, 1901; Jolliffe, Principal Component Analysis, 2002): n is small
 * where inputs may be very many. Sparse rows are compared entry by entry, as rows.h folds them.
 */
#include "src/train/scatter.h"

#include <math.h>
#include <string.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>

#define PARALLEL 1e-6 /* of a vector's length: so little at right angles to another is none */

struct scatter {
    const struct mmoe_rows *rows;
    size_t parts; /* nets side by side, each with gates of its own */
    struct mmoe_scatter now;
    double entropy[MMOE_TASKS_MAX][MMOE_SCATTER_ROWS];
};

/* --- along two weight vectors --- */

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* v = v / |v| with no part along `other` (NULL: any); false where nothing is left. */
static bool make_unit(double *v, const double *other, size_t n)
{
    double before = sqrt(dot(v, v, n)), along = other ? dot(v, other, n) : 0;
    for (size_t i = 0; i < n && other; i++)
        v[i] -= along * other[i];
    double length = sqrt(dot(v, v, n));
    for (size_t i = 0; i < n && length > 0; i++)
        v[i] /= length;
    return length > PARALLEL * before && length > 0;
}

/* A second direction where both tasks have one: any at right angles. */
static void make_other(double *v, const double *first, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        least = fabs(first[i]) < fabs(first[least]) ? i : least;
    memset(v, 0, n * sizeof *v);
    v[least] = 1;
    make_unit(v, first, n);
}

static void place_along_weights(struct scatter *s, const struct mmoe_dataset *d)
{
    size_t dim = d->dim;
    double *u = mmoe_alloc(2 * dim, sizeof *u), *v = u + dim;
    memcpy(u, d->w, dim * sizeof *u);
    bool found = make_unit(u, NULL, dim);
    if (d->tasks > 1)
        memcpy(v, d->w + dim, dim * sizeof *v);
    if (found && !make_unit(v, u, dim))
        make_other(v, u, dim);
    for (size_t i = 0; i < s->now.rows && found; i++) {
        const mmoe_real *x = s->rows->x + i * dim;
        double along = 0, across = 0;
        for (size_t k = 0; k < dim; k++) {
            along += u[k] * (double)x[k];
            across += v[k] * (double)x[k];
        }
        s->now.x[i] = (float)along;
        s->now.y[i] = (float)across;
    }
    s->now.plane = found ? MMOE_PLANE_WEIGHTS : MMOE_PLANE_NONE;
    mmoe_free(u);
}

/* --- principal components --- */

static double dense_product(const struct mmoe_rows *r, size_t a, size_t b)
{
    double sum = 0;
    const mmoe_real *x = r->x + a * r->dim, *y = r->x + b * r->dim;
    for (size_t i = 0; i < r->dim; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

/* The column whose usual level an entry takes back, or one of its own: a number's. */
static size_t column_of(const struct mmoe_fold *f, uint32_t at)
{
    size_t inputs = f->levels + f->numbers;
    return at < f->levels ? f->column[at] : at < inputs ? f->columns + at - f->levels : at - inputs;
}

/* Of what two rows have beside the usual: a level is 1 there and -1 at its column's usual one, a
 * number what it differs by. */
static double entry_product(const struct mmoe_fold *f, const struct mmoe_entry *a,
                            const struct mmoe_entry *b)
{
    size_t inputs = f->levels + f->numbers;
    if (column_of(f, a->at) != column_of(f, b->at))
        return 0;
    if (a->at >= f->levels && a->at < inputs)
        return (double)a->value * (double)b->value;
    return 1 + (a->at == b->at && a->at < f->levels);
}

static double sparse_product(const struct mmoe_rows *r, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = r->start[a]; i < r->start[a + 1]; i++)
        for (size_t k = r->start[b]; k < r->start[b + 1]; k++)
            sum += entry_product(r->fold, &r->entry[i], &r->entry[k]);
    return sum;
}

/* Subtract the means of rows and columns: products of what rows differ from their mean by. */
static void centre(double *g, size_t n)
{
    double *mean = mmoe_alloc(n, sizeof *mean), all = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            mean[i] += g[i * n + k] / (double)n;
        all += mean[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            g[i * n + k] += all - mean[i] - mean[k];
    mmoe_free(mean);
}

static void place_along_components(struct scatter *s)
{
    size_t n = s->now.rows;
    double *g = mmoe_alloc(n * n, sizeof *g), *vector = mmoe_alloc(2 * n, sizeof *vector), value[2],
           trace = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++)
            g[a * n + b] = g[b * n + a] = s->rows->x ? dense_product(s->rows, a, b)
                                                     : sparse_product(s->rows, a, b);
    centre(g, n);
    for (size_t i = 0; i < n; i++)
        trace += g[i * n + i];
    if (trace > 0 && mmoe_mat_leading(n, g, 2, value, vector)) {
        for (size_t i = 0; i < n; i++) {
            s->now.x[i] = (float)(vector[i] * sqrt(fmax(value[0], 0)));
            s->now.y[i] = (float)(vector[n + i] * sqrt(fmax(value[1], 0)));
        }
        s->now.explained = (value[0] + fmax(value[1], 0)) / trace;
        s->now.plane = MMOE_PLANE_COMPONENTS;
    }
    mmoe_free(g);
    mmoe_free(vector);
}

/* --- gathering --- */

struct scatter *scatter_new(const struct mmoe_dataset *data, const struct mmoe_net *net)
{
    struct scatter *s = mmoe_alloc(1, sizeof *s);
    const struct mmoe_spec *spec = mmoe_net_spec(net);
    s->rows = mmoe_dataset_held_out(data);
    s->parts = mmoe_net_parts(net);
    s->now.explained = s->now.agree = NAN;
    s->now.rows = s->rows->n < MMOE_SCATTER_ROWS ? s->rows->n : MMOE_SCATTER_ROWS;
    s->now.gates = mmoe_model_gates(mmoe_net_model(net), spec->tasks);
    s->now.experts = s->now.gates ? spec->experts : 0;
    if (s->now.gates && data->w && s->rows->x && data->dim > 1)
        place_along_weights(s, data);
    else if (s->now.gates && s->now.rows > 2 &&
             (s->rows->x ? data->dim > 1 : s->rows->fold != NULL))
        place_along_components(s);
    return s;
}

void scatter_free(struct scatter *s)
{
    mmoe_free(s);
}

void scatter_begin(struct scatter *s)
{
    memset(s->entropy, 0, sizeof s->entropy);
}

/* A row's weights g (E) of a gate. */
static void add(struct scatter *s, size_t gate, size_t row, const mmoe_real *g)
{
    size_t most = 0;
    double entropy = 0;
    for (size_t e = 0; e < s->now.experts; e++) {
        most = g[e] > g[most] ? e : most;
        if (g[e] > 0)
            entropy -= (double)g[e] * log((double)g[e]);
    }
    s->now.largest[gate][row] = (unsigned char)most;
    s->entropy[gate][row] = entropy;
}

void scatter_add(struct scatter *s, const struct mmoe_net *net, size_t first, size_t rows)
{
    size_t gates = s->now.gates / s->parts;
    for (size_t part = 0; part < s->parts && gates; part++) {
        const mmoe_real *g = mmoe_net_gate_weights(net, part);
        for (size_t i = 0; i < rows && first + i < s->now.rows; i++)
            for (size_t k = 0; k < gates; k++, g += s->now.experts)
                add(s, part * gates + k, first + i, g);
    }
}

void scatter_end(const struct scatter *s, struct mmoe_scatter *out)
{
    size_t same = 0, n = s->now.rows;
    *out = s->now;
    for (size_t k = 0; k < out->gates; k++) {
        memcpy(out->entropy[k], s->entropy[k], n * sizeof out->entropy[k][0]);
        mmoe_sort(out->entropy[k], n);
        out->spread[k] = mmoe_summarize_sorted(out->entropy[k], n);
    }
    for (size_t i = 0; i < n && out->gates > 1; i++)
        same += out->largest[0][i] == out->largest[1][i];
    if (n && out->gates > 1)
        out->agree = (double)same / (double)n;
}
