/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.c - rows as named arrays, out of a dataset and into one; the source `arrays`.
 *
 * Numbers of a file are checked one by one and copied: a dataset shares nothing with it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/arrays.h>
#include <mmoe/exchange.h>
#include <mmoe/mem.h>
#include <mmoe/source.h>

#include "src/dataset/bytes.h"
#include "src/dataset/dataset.h"
#include "src/dataset/digest.h"
#include "src/dataset/table.h"

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

/* id (N,F) of embedded rows. */
static enum mmoe_status add_levels(struct mmoe_arrays *out, const char *name,
                                   const struct mmoe_rows *r, struct mmoe_error *err)
{
    const size_t dim[] = {r->n, r->fields->count};
    struct mmoe_array *v = mmoe_arrays_add(out, name, MMOE_I64, 2, dim, err);
    if (!v)
        return err->status;
    for (size_t i = 0; i < v->n; i++)
        ((int64_t *)v->data)[i] = r->id[i];
    return MMOE_OK;
}

static enum mmoe_status add_part(struct mmoe_arrays *out, const char *name,
                                 const struct mmoe_rows *r, struct mmoe_error *err)
{
    char x[32], y[32], id[32], truth[32];
    snprintf(x, sizeof x, "x_%s", name);
    snprintf(y, sizeof y, "y_%s", name);
    snprintf(id, sizeof id, "ids_%s", name);
    snprintf(truth, sizeof truth, "prob_%s", name);
    if (mmoe_failed(add_reals(out, x, r->n, r->dim, r->x, err)) ||
        (r->id && mmoe_failed(add_levels(out, id, r, err))) ||
        mmoe_failed(add_reals(out, y, r->n, r->tasks, r->y, err)) ||
        (r->truth && mmoe_failed(add_reals(out, truth, r->n, r->tasks, r->truth, err))))
        return err->status;
    return MMOE_OK;
}

/* The names of embedded categories, a line each. */
static enum mmoe_status add_fields(struct mmoe_arrays *out, const struct mmoe_fields *fields,
                                   struct mmoe_error *err)
{
    struct mmoe_text names = {0};
    for (size_t i = 0; fields && i < fields->count; i++)
        mmoe_text_add(&names, "%s\n", fields->of[i].name);
    enum mmoe_status status = fields ? mmoe_arrays_add_text(out, "categories", names.s, err)
                                     : MMOE_OK;
    mmoe_text_done(&names);
    return status;
}

/* Add the tasks' names unless they are the letters every dataset begins with. */
static enum mmoe_status add_names(struct mmoe_arrays *out, const struct mmoe_dataset *d,
                                  struct mmoe_error *err)
{
    struct mmoe_task letters[MMOE_TASKS_MAX];
    struct mmoe_text names = {0};
    bool plain = true;
    mmoe_tasks_letters(letters, d->tasks);
    for (size_t k = 0; k < d->tasks; k++) {
        plain = plain && strcmp(letters[k].name, d->task[k].name) == 0;
        mmoe_text_add(&names, "%s\n", d->task[k].name);
    }
    enum mmoe_status status = plain ? MMOE_OK : mmoe_arrays_add_text(out, "tasks", names.s, err);
    mmoe_text_done(&names);
    return status;
}

enum mmoe_status mmoe_exchange_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                                      struct mmoe_error *err)
{
    const size_t w[] = {d->tasks, d->dim}, m[] = {d->sines};
    if (d->table)
        return table_export(d, out, err);
    if (mmoe_failed(add_part(out, "train", &d->train, err)) ||
        (d->validation.n && mmoe_failed(add_part(out, "validation", &d->validation, err))) ||
        mmoe_failed(add_part(out, "test", &d->test, err)) || mmoe_failed(add_names(out, d, err)) ||
        mmoe_failed(add_fields(out, d->train.fields, err)) ||
        mmoe_failed(add_truth(out, "w", 2, w, d->w, err)) ||
        mmoe_failed(add_truth(out, "alpha", 1, m, d->alpha, err)) ||
        mmoe_failed(add_truth(out, "beta", 1, m, d->beta, err)))
        return err->status;
    return MMOE_OK;
}

/* --- in --- */

/* The array of that name as a matrix with `columns` columns (0: any); an array of one dimension is
 * one column. */
static const struct mmoe_array *matrix(const struct mmoe_arrays *in, const char *name, size_t rows,
                                       size_t columns, struct mmoe_error *err)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, name);
    const char *unread = mmoe_arrays_unread(in, name);
    if (!v) {
        if (unread)
            mmoe_fail(err, MMOE_INVALID, "array %s %s", name, unread);
        else
            mmoe_fail(err, MMOE_INVALID,
                      "there is no array %s: x_train, y_train, x_test and y_test make the rows",
                      name);
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

enum { LOOK = 1 << 12 }; /* numbers between two looks at what may stop it */

static enum mmoe_status was_stopped(struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_STATE, "reading was stopped");
}

/* Copy the numbers of an array. Inputs must be finite; a label may be NaN, and that of a binary
 * task is 0 or 1. */
static enum mmoe_status fill(const struct mmoe_dataset *d, const struct mmoe_array *v, bool labels,
                             mmoe_real *to, atomic_bool *stop, struct mmoe_error *err)
{
    size_t columns = labels ? d->tasks : d->dim;
    for (size_t i = 0; i < v->n; i++) {
        if (i % LOOK == 0 && bytes_stopped(stop))
            return was_stopped(err);
        double number = mmoe_array_number(v, i);
        to[i] = (mmoe_real)number;
        if (labels && isnan(number))
            continue;
        if (!isfinite(to[i]))
            return mmoe_fail(err, MMOE_INVALID, "array %s, row %zu, column %zu is not finite%s",
                             v->name, i / columns, i % columns,
                             labels ? "" : ": inputs may not be missing");
        if (labels && d->task[i % columns].binary && number != 0 && number != 1)
            return mmoe_fail(
                err, MMOE_INVALID,
                "array %s, row %zu: task %s is binary, but its label is %g: give 0 or 1, "
                "or set binary none",
                v->name, i / columns, d->task[i % columns].name, number);
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

static void take_unread(struct mmoe_dataset *d, const struct mmoe_arrays *in)
{
    struct mmoe_text t = {0};
    mmoe_arrays_tell_unread(in, &t);
    d->unread = t.n ? mmoe_strdup(t.s) : NULL;
    mmoe_text_done(&t);
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

/* The arrays of one part: as many rows in x as in y. */
struct part {
    const struct mmoe_array *x, *y;
};

/* Find the arrays of part `name`; dim and tasks 0: any. False and *err if they do not go together.
 */
static bool find_part(const struct mmoe_arrays *in, const char *name, size_t dim, size_t tasks,
                      struct part *p, struct mmoe_error *err)
{
    struct mmoe_text x = {0}, y = {0};
    mmoe_text_add(&x, "x_%s", name);
    mmoe_text_add(&y, "y_%s", name);
    p->x = matrix(in, x.s, 0, dim, err);
    p->y = p->x ? matrix(in, y.s, p->x->dim[0], tasks, err) : NULL;
    mmoe_text_done(&x);
    mmoe_text_done(&y);
    return p->y != NULL;
}

static size_t columns_of(const struct mmoe_array *v)
{
    return v->ndim == 2 ? v->dim[1] : 1;
}

static enum mmoe_status fill_part(const struct mmoe_dataset *d, const struct part *p,
                                  const struct mmoe_rows *to, atomic_bool *stop,
                                  struct mmoe_error *err)
{
    if (!p->x)
        return MMOE_OK;
    if (mmoe_failed(fill(d, p->x, false, mmoe_dataset_fill(to->x), stop, err)))
        return err->status;
    return fill(d, p->y, true, mmoe_dataset_fill(to->y), stop, err);
}

/* Names out of array `tasks`, a line each. */
static void take_names(struct mmoe_dataset *d, const struct mmoe_arrays *in)
{
    char *text = mmoe_arrays_text(in, "tasks");
    if (text)
        mmoe_tasks_names(d->task, d->tasks, text, '\n');
    mmoe_free(text);
}

/* Does the file have an array of that name, even one that could not be read? */
static bool has(const struct mmoe_arrays *in, const char *name)
{
    return mmoe_arrays_find(in, name) || mmoe_arrays_unread(in, name);
}

static struct mmoe_dataset *make(const struct mmoe_options *o, const struct mmoe_arrays *in,
                                 struct mmoe_error *err)
{
    struct part train, validation = {0}, test;
    if (!find_part(in, "train", 0, 0, &train, err))
        return NULL;
    struct mmoe_shape shape = {
        .train = train.x->dim[0], .dim = columns_of(train.x), .tasks = columns_of(train.y)};
    if ((has(in, "x_validation") || has(in, "y_validation")) &&
        !find_part(in, "validation", shape.dim, shape.tasks, &validation, err))
        return NULL;
    if (!find_part(in, "test", shape.dim, shape.tasks, &test, err))
        return NULL;
    if (shape.tasks > MMOE_TASKS_MAX) {
        mmoe_fail(err, MMOE_LIMIT,
                  "array y_train has %zu tasks: at most %d can be trained together", shape.tasks,
                  MMOE_TASKS_MAX);
        return NULL;
    }
    shape.validation = validation.x ? validation.x->dim[0] : 0;
    shape.test = test.x->dim[0];
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, 0, NULL, err);
    if (!d)
        return NULL;
    take_names(d, in);
    if (mmoe_failed(mmoe_dataset_mark_binary(d, o, err)) ||
        mmoe_failed(fill_part(d, &train, &d->train, in->stop, err)) ||
        mmoe_failed(fill_part(d, &validation, &d->validation, in->stop, err)) ||
        mmoe_failed(fill_part(d, &test, &d->test, in->stop, err)) ||
        mmoe_failed(mmoe_dataset_measure(d, err)) ||
        (!digest_fill(d, in->stop) && mmoe_failed(was_stopped(err)))) {
        mmoe_dataset_free(d);
        return NULL;
    }
    take_truth(d, in);
    take_unread(d, in);
    return d;
}

static struct mmoe_dataset *read_file(const struct mmoe_options *o, struct mmoe_dataset *like,
                                      atomic_bool *stop, struct mmoe_error *err)
{
    static const char *const names[] = {
        "x_train",   "y_train",  "x_validation", "y_validation", "x_test",    "y_test",
        "tasks",     "w",        "alpha",        "beta",         "ids_train", "ids_test",
        "num_train", "num_test", "columns",      "levels",       "valid",     NULL};
    struct mmoe_arrays in = {.stop = stop};
    struct mmoe_error why;
    (void)like; /* `like` is of no use: its arrays are those of another file */
    if (mmoe_failed(
            mmoe_arrays_read_some(&in, o->data, &(struct mmoe_wanted){.names = names}, err)))
        return NULL;
    struct mmoe_options scaled = *o;
    scaled.numbers = MMOE_NUMBERS_Z; /* those of a table's arrays, whatever the option says */
    struct mmoe_dataset *d = mmoe_arrays_find(&in, "ids_train")
                                 ? table_import(&scaled, &in, stop, &why)
                                 : make(o, &in, &why);
    if (!d)
        mmoe_fail(err, why.status, "%.200s: %s", o->data, why.text);
    mmoe_arrays_done(&in);
    return d;
}

static const char *const heeds[] = {"data", "binary", NULL};

const struct mmoe_source mmoe_source_arrays = {
    .name = "arrays",
    .title = "rows of a file",
    .heeds = heeds,
    .make = read_file,
};
