/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.c - which rows a step trains on.
 *
 * The order `replace` draws every row anew. `sequential` and `shuffle` lay the rows end to
 * end, epoch after epoch, and cut them into batches: a batch may begin in one epoch and end
 * in the next. The order of an epoch is a Fisher-Yates shuffle whose numbers are addressed
 * by the epoch, so that any step can be asked for. A stream is laid end to end, too.
 */
#include "src/train/batch.h"

#include <string.h>

#include <mmoe/mem.h>

enum { NONE_YET = -1, CACHE_LINE = 64 };

/* A row has at most one entry for each column and number. */
static bool allocate_entries(struct batch *b, size_t rows)
{
    const struct mmoe_fold *fold = b->from->fold;
    b->start = mmoe_try_alloc(rows + 1, sizeof *b->start);
    b->entry = mmoe_try_alloc(rows * (fold->columns + fold->numbers), sizeof *b->entry);
    return b->start && b->entry;
}

bool batch_init(struct batch *b, const struct mmoe_options *o, const struct mmoe_dataset *data)
{
    const struct mmoe_rows *from = &data->train;
    *b = (struct batch){
        .data = data,
        .from = from,
        .order = o->order,
        .rng = mmoe_rng_stream(o->seed_order, MMOE_RNG_ORDER, "rows"),
        .y = mmoe_try_alloc(o->batch * from->tasks, sizeof *b->y),
        .epoch = (uint64_t)NONE_YET,
        .ahead = mmoe_try_alloc(o->batch, sizeof *b->ahead),
        .ahead_step = (size_t)NONE_YET,
    };
    bool fits = from->fold ? allocate_entries(b, o->batch)
                           : (b->x = mmoe_try_alloc(o->batch * from->dim, sizeof *b->x)) != NULL;
    if (fits && from->fields)
        fits = (b->id = mmoe_try_alloc(o->batch * from->fields->count, sizeof *b->id)) != NULL;
    b->rows = (struct mmoe_rows){.n = o->batch,
                                 .dim = from->dim,
                                 .tasks = from->tasks,
                                 .x = b->x,
                                 .y = b->y,
                                 .fold = from->fold,
                                 .start = b->start,
                                 .entry = b->entry,
                                 .fields = from->fields,
                                 .id = b->id};
    bool shuffles = o->order == MMOE_ORDER_SHUFFLE && !data->stream;
    if (shuffles)
        b->permutation = mmoe_try_alloc(from->n, sizeof *b->permutation);
    if (fits && b->y && b->ahead && (!shuffles || b->permutation))
        return true;
    batch_done(b);
    return false;
}

void batch_done(struct batch *b)
{
    mmoe_free(b->x);
    mmoe_free(b->y);
    mmoe_free(b->start);
    mmoe_free(b->entry);
    mmoe_free(b->id);
    mmoe_free(b->permutation);
    mmoe_free(b->ahead);
    *b = (struct batch){0};
}

static void shuffle(struct batch *b, uint64_t epoch)
{
    uint32_t *p = b->permutation;
    size_t rows = b->from->n;
    for (size_t i = 0; i < rows; i++)
        p[i] = (uint32_t)i;
    for (size_t i = rows; i-- > 1;) {
        size_t j = mmoe_rng_below(b->rng, epoch, (uint32_t)i, i + 1);
        uint32_t kept = p[i];
        p[i] = p[j];
        p[j] = kept;
    }
    b->epoch = epoch;
}

size_t batch_row(struct batch *b, size_t step, size_t i)
{
    size_t rows = b->from->n;
    if (b->order == MMOE_ORDER_REPLACE)
        return mmoe_rng_below(b->rng, step, (uint32_t)i, rows);
    size_t place = step * b->rows.n + i;
    if (b->order == MMOE_ORDER_SEQUENTIAL)
        return place % rows;
    if (place / rows != b->epoch)
        shuffle(b, place / rows);
    return b->permutation[place % rows];
}

static void fetch(const void *block, size_t bytes)
{
#if defined(__GNUC__)
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch((const char *)block + at, 0,
                           2); /* for reading; into the second-level cache */
#else
    (void)block;
    (void)bytes;
#endif
}

void batch_look_ahead(struct batch *b, size_t step)
{
    size_t dim = b->from->dim, tasks = b->from->tasks;
    if (b->data->stream)
        return;
    b->ahead_step = step;
    if (b->order == MMOE_ORDER_REPLACE)
        mmoe_rng_below_row(b->rng, step, b->rows.n, b->from->n, b->ahead);
    else
        for (size_t i = 0; i < b->rows.n; i++)
            b->ahead[i] = (uint32_t)batch_row(b, step, i);
    for (size_t i = 0; i < b->rows.n; i++) {
        const size_t *start = b->from->start ? b->from->start + b->ahead[i] : NULL;
        if (start)
            fetch(b->from->entry + start[0], (start[1] - start[0]) * sizeof *b->entry);
        else
            fetch(b->from->x + b->ahead[i] * dim, dim * sizeof *b->x);
        fetch(b->from->y + b->ahead[i] * tasks, tasks * sizeof *b->y);
    }
}

/* Row i of the batch, whose rows before it are there, = a row to choose from. */
static void copy_entries(struct batch *b, size_t i, size_t row)
{
    const struct mmoe_rows *from = b->from;
    size_t n = from->start[row + 1] - from->start[row];
    memcpy(b->entry + b->start[i], from->entry + from->start[row], n * sizeof *b->entry);
    b->start[i + 1] = b->start[i] + n;
}

void batch_fill(struct batch *b, size_t step)
{
    size_t dim = b->from->dim, tasks = b->from->tasks;
    size_t fields = b->id ? b->from->fields->count : 0;
    if (b->data->stream) {
        b->data->stream(b->data, (uint64_t)step * b->rows.n, &b->rows);
        return;
    }
    if (step != b->ahead_step)
        batch_look_ahead(b, step);
    for (size_t i = 0; i < b->rows.n; i++) {
        size_t row = b->ahead[i];
        if (b->start)
            copy_entries(b, i, row);
        else
            memcpy(b->x + i * dim, b->from->x + row * dim, dim * sizeof *b->x);
        if (b->id)
            memcpy(b->id + i * fields, b->from->id + row * fields, fields * sizeof *b->id);
        for (size_t k = 0; k < tasks; k++)
            b->y[i * tasks + k] = b->from->y[row * tasks + k];
    }
}
