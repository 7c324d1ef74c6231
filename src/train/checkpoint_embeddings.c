/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkpoint_embeddings.c - the embeddings of a run as arrays: those that are not as they began.
 *
 *   embeddings.rows     (n) rows of the tables, field after field, ascending
 *   weights.embeddings, good.embeddings, best.embeddings   (n, units)
 *   sum.embeddings      (n) Adagrad's sums
 *
 * All other rows are what seed and level make them.
 */
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/train/run.h"

enum { COPIES = 3 };

/* The tables as they are, as they began, and in the parameters that are kept beside. */
struct tables {
    size_t rows, units, n; /* n: of the rows, those told */
    mmoe_real *sums, *first;
    mmoe_real *copy[COPIES]; /* NULL: not kept */
};
static const char *const names[COPIES] = {"weights.embeddings", "good.embeddings",
                                          "best.embeddings"};

/* False without memory. */
static bool find_tables(const struct mmoe_run *run, struct tables *t)
{
    const struct mmoe_options *o = &run->shot.options;
    mmoe_real *const params[COPIES] = {mmoe_net_params(run->net), run->good, run->best};
    size_t k = 0;
    *t = (struct tables){0};
    t->sums = mmoe_net_embedding_sums(run->net, &t->rows);
    if (!t->rows)
        return true;
    while (!mmoe_net_tensor(run->net, k)->embedding)
        k++;
    size_t from = mmoe_net_tensor(run->net, k)->offset; /* tables are the last tensors */
    t->units = (mmoe_net_kept(run->net) - from) / t->rows;
    for (k = 0; k < COPIES; k++)
        t->copy[k] = params[k] ? params[k] + from : NULL;
    if (!(t->first = mmoe_try_alloc(t->rows * t->units, sizeof *t->first)))
        return false;
    mmoe_net_first_embeddings(run->net, (enum mmoe_init)o->init, o->seed_init, t->first);
    return true;
}

static bool has_moved(const struct tables *t, size_t row)
{
    bool moved = t->sums[row] > 0;
    for (size_t k = 0; k < COPIES && !moved; k++)
        moved = t->copy[k] && memcmp(t->copy[k] + row * t->units, t->first + row * t->units,
                                     t->units * sizeof *t->first) != 0;
    return moved;
}

static enum mmoe_status put_rows(const struct tables *t, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    struct mmoe_array *v = mmoe_arrays_add(out, "embeddings.rows", MMOE_I64, 1, &t->n, err);
    if (!v)
        return err->status;
    for (size_t row = 0, i = 0; row < t->rows; row++)
        if (has_moved(t, row))
            ((int64_t *)v->data)[i++] = (int64_t)row;
    if (!(v = mmoe_arrays_add(out, "sum.embeddings", MMOE_F32, 1, &t->n, err)))
        return err->status;
    for (size_t row = 0, i = 0; row < t->rows; row++)
        if (has_moved(t, row))
            ((float *)v->data)[i++] = (float)t->sums[row];
    return MMOE_OK;
}

static enum mmoe_status put_copy(const struct tables *t, size_t k, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    const size_t dim[] = {t->n, t->units};
    struct mmoe_array *v = mmoe_arrays_add(out, names[k], MMOE_F32, 2, dim, err);
    if (!v)
        return err->status;
    float *to = v->data;
    for (size_t row = 0; row < t->rows; row++)
        for (size_t j = 0; j < t->units && has_moved(t, row); j++)
            *to++ = (float)t->copy[k][row * t->units + j];
    return MMOE_OK;
}

enum mmoe_status checkpoint_put_embeddings(const struct mmoe_run *run, struct mmoe_arrays *out,
                                           struct mmoe_error *err)
{
    struct tables t;
    if (!find_tables(run, &t))
        return mmoe_fail(err, MMOE_LIMIT, "no memory to save the embeddings");
    for (size_t row = 0; row < t.rows; row++)
        t.n += has_moved(&t, row);
    enum mmoe_status status = t.rows ? put_rows(&t, out, err) : MMOE_OK;
    for (size_t k = 0; k < COPIES && !mmoe_failed(status); k++)
        if (t.copy[k])
            status = put_copy(&t, k, out, err);
    mmoe_free(t.first);
    return status;
}

/* --- in --- */

/* The array where it has that type and shape; width 0: one dimension. */
static const struct mmoe_array *find(const struct mmoe_arrays *in, const char *name,
                                     enum mmoe_dtype type, size_t n, size_t width)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, name);
    bool fits = v && v->type == type && v->ndim == (width ? 2u : 1u) && v->dim[0] == n &&
                (!width || v->dim[1] == width);
    return fits ? v : NULL;
}

static bool take_rows(struct tables *t, const struct mmoe_array *rows,
                      const struct mmoe_array *sums)
{
    memset(t->sums, 0, t->rows * sizeof *t->sums);
    for (size_t i = 0; i < t->n; i++) {
        int64_t row = ((const int64_t *)rows->data)[i];
        double sum = mmoe_array_number(sums, i);
        if (row < 0 || (size_t)row >= t->rows || (i && row <= ((const int64_t *)rows->data)[i - 1]))
            return false;
        if (!(sum >= 0) || isinf(sum))
            return false;
        t->sums[row] = (mmoe_real)sum;
    }
    return true;
}

static bool take_copy(const struct tables *t, const struct mmoe_array *rows,
                      const struct mmoe_array *v, mmoe_real *to)
{
    memcpy(to, t->first, t->rows * t->units * sizeof *to);
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j < t->units; j++) {
            double w = mmoe_array_number(v, i * t->units + j);
            if (!isfinite(w))
                return false;
            to[(size_t)((const int64_t *)rows->data)[i] * t->units + j] = (mmoe_real)w;
        }
    return true;
}

enum mmoe_status checkpoint_take_embeddings(struct mmoe_run *run, const struct mmoe_arrays *in,
                                            struct mmoe_error *err)
{
    struct tables t;
    const struct mmoe_array *rows = mmoe_arrays_find(in, "embeddings.rows");
    if (!find_tables(run, &t))
        return mmoe_fail(err, MMOE_LIMIT, "no memory to read the embeddings");
    t.n = rows && rows->ndim == 1 && rows->type == MMOE_I64 ? rows->dim[0] : t.rows + 1;
    const struct mmoe_array *sums = find(in, "sum.embeddings", MMOE_F32, t.n, 0);
    bool sound = t.rows == 0 || (t.n <= t.rows && sums && take_rows(&t, rows, sums));
    for (size_t k = 0; k < COPIES && sound && t.rows; k++) {
        const struct mmoe_array *v = t.copy[k] ? find(in, names[k], MMOE_F32, t.n, t.units) : NULL;
        sound = !t.copy[k] || (v && take_copy(&t, rows, v, t.copy[k]));
    }
    mmoe_free(t.first);
    return sound ? MMOE_OK
                 : mmoe_fail(err, MMOE_INVALID,
                             "what it says of the embeddings is missing or damaged");
}
