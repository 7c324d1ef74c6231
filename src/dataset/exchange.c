/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.c - rows as named arrays: x_train (N,D), y_train (N,T), x_test, y_test, and the truth
 * behind synthetic rows, w (T,D), alpha (m), beta (m).
 *
 * Labels that are NaN are missing. What comes in is checked number by number, and shares nothing
 * with the file.
 */
#include <math.h>
#include <string.h>

#include <mmoe/arrays.h>
#include <mmoe/mem.h>

#include "src/dataset/dataset.h"

/* --- out --- */

static enum mmoe_status add_reals(struct mmoe_arrays *out, const char *name, size_t rows,
                                  size_t columns, const mmoe_real *from, struct mmoe_error *err)
{
    const size_t dim[] = {rows, columns};
    struct mmoe_array *v = mmoe_arrays_add(out, name, MMOE_F32, 2, dim, err);
    if (!v)
        return err->status;
    for (size_t i = 0; i < v->n; i++)
        ((float *)v->data)[i] = (float)from[i];
    return MMOE_OK;
}

static enum mmoe_status add_truth(struct mmoe_arrays *out, const char *name, size_t ndim,
                                  const size_t *dim, const double *from, struct mmoe_error *err)
{
    struct mmoe_array *v = from ? mmoe_arrays_add(out, name, MMOE_F64, ndim, dim, err) : NULL;
    if (v && v->n)
        memcpy(v->data, from, v->n * sizeof *from);
    return from && !v ? err->status : MMOE_OK;
}

enum mmoe_status mmoe_dataset_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                                     struct mmoe_error *err)
{
    const size_t w[] = {d->tasks, d->dim}, m[] = {d->sines};
    if (mmoe_failed(add_reals(out, "x_train", d->rows, d->dim, d->x, err)) ||
        mmoe_failed(add_reals(out, "y_train", d->rows, d->tasks, d->y, err)) ||
        mmoe_failed(add_reals(out, "x_test", d->test_rows, d->dim, d->x_test, err)) ||
        mmoe_failed(add_reals(out, "y_test", d->test_rows, d->tasks, d->y_test, err)) ||
        mmoe_failed(add_truth(out, "w", 2, w, d->w, err)) ||
        mmoe_failed(add_truth(out, "alpha", 1, m, d->alpha, err)) ||
        mmoe_failed(add_truth(out, "beta", 1, m, d->beta, err)))
        return err->status;
    return MMOE_OK;
}

/* --- in --- */

/* The array of that name with two dimensions, of columns (0: any) columns; one dimension is one
 * column. */
static const struct mmoe_array *matrix(const struct mmoe_arrays *in, const char *name, size_t rows,
                                       size_t columns, struct mmoe_error *err)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, name);
    if (!v) {
        mmoe_fail(err, MMOE_INVALID,
                  "there is no array %s: x_train, y_train, x_test and y_test make the rows", name);
        return NULL;
    }
    size_t n = v->ndim ? v->dim[0] : 0, m = v->ndim == 2 ? v->dim[1] : 1;
    if (v->ndim < 1 || v->ndim > 2 || n == 0 || m == 0 || (rows && n != rows) ||
        (columns && m != columns)) {
        struct mmoe_text shape = {0};
        mmoe_array_shape(v, &shape);
        mmoe_fail(
            err, MMOE_INVALID,
            "array %s is %s, which does not go with the others: x is (rows, inputs), y (rows, "
            "tasks)",
            name, shape.s);
        mmoe_text_done(&shape);
        return NULL;
    }
    return v;
}

/* Numbers of an array, which must be finite; labels may be NaN, and those of a binary task are 0
 * or 1. */
static enum mmoe_status fill(const struct mmoe_dataset *d, const struct mmoe_array *v, bool labels,
                             mmoe_real *to, struct mmoe_error *err)
{
    size_t columns = labels ? d->tasks : d->dim;
    for (size_t i = 0; i < v->n; i++) {
        double number = mmoe_array_number(v, i);
        to[i] = (mmoe_real)number;
        if (labels && isnan(number))
            continue;
        if (!isfinite(to[i]))
            return mmoe_fail(err, MMOE_INVALID, "array %s, row %zu, column %zu is not finite%s",
                             v->name, i / columns, i % columns,
                             labels ? "" : ": inputs may not be missing");
        if (labels && d->binary[i % columns] && number != 0 && number != 1)
            return mmoe_fail(
                err, MMOE_INVALID,
                "array %s, row %zu: task %zu is binary, but its label is %g: give 0 or 1, "
                "or set binary none",
                v->name, i / columns, i % columns + 1, number);
    }
    return MMOE_OK;
}

static double *truth(const struct mmoe_arrays *in, const char *name, size_t n)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, name);
    double *out = v && v->n == n && n ? mmoe_try_alloc(n, sizeof *out) : NULL;
    for (size_t i = 0; out && i < n; i++)
        out[i] = mmoe_array_number(v, i);
    return out;
}

static double cosine(const double *a, const double *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

static void take_truth(struct mmoe_dataset *d, const struct mmoe_arrays *in)
{
    const struct mmoe_array *alpha = mmoe_arrays_find(in, "alpha");
    d->w = truth(in, "w", d->tasks * d->dim);
    d->alpha = alpha ? truth(in, "alpha", alpha->n) : NULL;
    d->beta = d->alpha ? truth(in, "beta", alpha->n) : NULL;
    d->sines = d->beta ? alpha->n : 0;
    if (d->w && d->tasks > 1)
        d->cosine = cosine(d->w, d->w + d->dim, d->dim);
}

static struct mmoe_dataset *make(const struct mmoe_options *o, const struct mmoe_arrays *in,
                                 struct mmoe_error *err)
{
    const struct mmoe_array *x = matrix(in, "x_train", 0, 0, err);
    const struct mmoe_array *y = x ? matrix(in, "y_train", x->dim[0], 0, err) : NULL;
    size_t dim = x && x->ndim == 2 ? x->dim[1] : 1, tasks = y && y->ndim == 2 ? y->dim[1] : 1;
    const struct mmoe_array *xt = y ? matrix(in, "x_test", 0, dim, err) : NULL;
    const struct mmoe_array *yt = xt ? matrix(in, "y_test", xt->dim[0], tasks, err) : NULL;
    if (!yt)
        return NULL;
    if (tasks > MMOE_TASKS_MAX) {
        mmoe_fail(err, MMOE_LIMIT,
                  "array y_train has %zu tasks: at most %d can be trained together", tasks,
                  MMOE_TASKS_MAX);
        return NULL;
    }
    struct mmoe_dataset *d =
        mmoe_dataset_new(x->dim[0], xt->dim[0], dim, tasks, o->seed_data, NULL, err);
    for (size_t i = 0; d && i < o->binary.n; i++)
        if (o->binary.v[i] <= tasks)
            d->binary[o->binary.v[i] - 1] = true;
    if (!d || mmoe_failed(fill(d, x, false, mmoe_dataset_fill(d->x), err)) ||
        mmoe_failed(fill(d, y, true, mmoe_dataset_fill(d->y), err)) ||
        mmoe_failed(fill(d, xt, false, mmoe_dataset_fill(d->x_test), err)) ||
        mmoe_failed(fill(d, yt, true, mmoe_dataset_fill(d->y_test), err)) ||
        mmoe_failed(mmoe_dataset_measure(d, err))) {
        mmoe_dataset_free(d);
        return NULL;
    }
    take_truth(d, in);
    return d;
}

struct mmoe_dataset *mmoe_dataset_make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                       struct mmoe_error *err)
{
    if (!o->data_file[0])
        return mmoe_synthetic_new(o, like, err);
    struct mmoe_arrays in = {0};
    struct mmoe_error why;
    struct mmoe_dataset *d = NULL;
    if (mmoe_failed(mmoe_arrays_read(&in, o->data_file, err)))
        return NULL;
    d = make(o, &in, &why);
    if (!d)
        mmoe_fail(err, why.status, "%.200s: %s", o->data_file, why.text);
    mmoe_arrays_done(&in);
    return d;
}
