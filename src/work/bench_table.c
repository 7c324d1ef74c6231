/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_table.c - how fast a net trains on rows of a table, sparse and written out. */
#include <math.h>

#include <mmoe/bench_table.h>
#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>
#include <mmoe/run.h>
#include <mmoe/table.h>

#include "src/dataset/dataset.h"

enum { COLUMNS = 31, NUMBERS = 7, ROWS = 16384, HELD_OUT = 64, ROUNDS = 4, STEPS_AT_ONCE = 8 };
#define ROUND_SECONDS 0.7
#define OTHER_LEVEL 0.32  /* share of the categories of a row that are not usual */
#define OTHER_NUMBER 0.29 /* of its numbers */

static const uint8_t levels[COLUMNS] = {9, 52, 47, 3,  24, 15, 5, 10, 2,  3,  6, 8, 6, 6, 51, 38,
                                        8, 10, 9,  10, 3,  4,  5, 43, 43, 43, 5, 3, 3, 3, 2};

/* The made-up table. */
struct made {
    struct mmoe_table table;
    uint32_t *column, usual[COLUMNS];
    mmoe_real number[NUMBERS];
    size_t *start;
    struct mmoe_entry *entry;
};

static void release(void *block)
{
    struct made *m = block;
    mmoe_free(m->column);
    mmoe_free(m->start);
    mmoe_free(m->entry);
    mmoe_free(m);
}

static struct made *fold(void)
{
    struct made *m = mmoe_alloc(1, sizeof *m);
    uint32_t next = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        next += levels[c];
    m->column = mmoe_alloc(next, sizeof *m->column);
    next = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        m->usual[c] = next;
        for (size_t i = 0; i < levels[c]; i++)
            m->column[next++] = (uint32_t)c;
    }
    m->table.fold = (struct mmoe_fold){.columns = COLUMNS,
                                       .levels = next,
                                       .numbers = NUMBERS,
                                       .column = m->column,
                                       .usual = m->usual,
                                       .number = m->number};
    return m;
}

/* Entries of all rows; their count. */
static size_t fill(struct made *m)
{
    struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, "bench");
    mmoe_real u[COLUMNS + NUMBERS];
    size_t n = 0;
    m->start = mmoe_alloc(ROWS + 1, sizeof *m->start);
    m->entry = mmoe_alloc((size_t)ROWS * (COLUMNS + NUMBERS), sizeof *m->entry);
    for (size_t i = 0; i < ROWS; i++) {
        mmoe_rng_uniform(rng, i, COLUMNS + NUMBERS, 0, 1, u);
        for (size_t c = 0; c < COLUMNS; c++)
            if ((double)u[c] < OTHER_LEVEL) {
                double place = (double)u[c] / OTHER_LEVEL * (levels[c] - 1);
                m->entry[n++] = (struct mmoe_entry){m->usual[c] + 1 + (uint32_t)place, 1};
            }
        for (size_t k = 0; k < NUMBERS; k++)
            if ((double)u[COLUMNS + k] < OTHER_NUMBER)
                m->entry[n++] = (struct mmoe_entry){(uint32_t)(m->table.fold.levels + k),
                                                    u[COLUMNS + k] * 10 - 1};
        m->start[i + 1] = n;
    }
    return n;
}

static void put_labels(struct mmoe_dataset *d)
{
    struct mmoe_rows *parts[] = {&d->train, &d->test};
    for (size_t p = 0; p < 2; p++) {
        mmoe_real *y = mmoe_dataset_fill(parts[p]->y);
        for (size_t i = 0; i < parts[p]->n * d->tasks; i++)
            y[i] = (mmoe_real)sin((double)i);
    }
}

/* The made-up rows, sparse or, where `like` is given, its rows written out. */
static struct mmoe_dataset *rows(const struct mmoe_dataset *like, struct mmoe_error *err)
{
    struct made *m = like ? NULL : fold();
    struct mmoe_shape shape = {.train = ROWS,
                               .test = HELD_OUT,
                               .dim = like ? like->dim : m->table.fold.levels + NUMBERS,
                               .tasks = 2,
                               .folded = !like};
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, 0, NULL, err);
    if (!d) {
        if (m)
            release(m);
        return NULL;
    }
    put_labels(d);
    if (like) {
        for (size_t i = 0; i < ROWS; i++)
            mmoe_table_dense(&like->train, i,
                             (mmoe_real *)mmoe_dataset_fill(d->train.x) + i * d->dim);
        for (size_t i = 0; i < HELD_OUT; i++)
            mmoe_table_dense(&like->test, i,
                             (mmoe_real *)mmoe_dataset_fill(d->test.x) + i * d->dim);
    } else {
        fill(m);
        d->train.fold = d->test.fold = &m->table.fold;
        d->train.start = d->test.start = m->start;
        d->train.entry = d->test.entry = m->entry;
        d->table = &m->table;
        mmoe_dataset_attach(d, m, release);
    }
    if (!mmoe_failed(mmoe_dataset_measure(d, err)))
        return d;
    mmoe_dataset_free(d);
    return NULL;
}

/* Steps a second, for a while. */
static double rate(struct mmoe_run *run)
{
    double start = mmoe_clock_now(), now;
    size_t steps = 0;
    do {
        for (size_t i = 0; i < STEPS_AT_ONCE; i++)
            mmoe_run_step(run);
        steps += STEPS_AT_ONCE;
        now = mmoe_clock_now();
    } while (now - start < ROUND_SECONDS);
    return (double)steps / (now - start);
}

enum mmoe_status mmoe_bench_table(const char *model, const char *batch,
                                  bool (*go_on)(void *context, double share), void *context,
                                  struct mmoe_bench_table *out, struct mmoe_error *err)
{
    struct mmoe_options o;
    struct mmoe_dataset *data[2] = {NULL, NULL};
    struct mmoe_run *run[2] = {NULL, NULL};
    double best[2] = {0, 0};
    bool stopped = false;
    mmoe_options_default(&o);
    if (mmoe_failed(mmoe_option_set(&o, "model", model, err)) ||
        mmoe_failed(mmoe_option_set(&o, "batch", batch, err)) ||
        mmoe_failed(mmoe_option_set(&o, "lr", "0.001", err)) ||
        mmoe_failed(mmoe_option_set(&o, "steps", "1000000", err)) ||
        mmoe_failed(mmoe_option_set(&o, "eval-every", "1000000", err)))
        return err->status;
    for (size_t k = 0; k < 2 && (k == 0 || run[0]); k++) {
        data[k] = rows(k ? data[0] : NULL, err);
        run[k] = data[k] ? mmoe_run_new(&o, data[k], err) : NULL;
    }
    for (size_t i = 0; run[1] && i < ROUNDS && !stopped; i++)
        for (size_t k = 0; k < 2; k++) {
            best[k] = fmax(best[k], rate(run[k]));
            stopped = stopped || (go_on && !go_on(context, (double)(2 * i + k + 1) / (2 * ROUNDS)));
        }
    if (run[1])
        *out = (struct mmoe_bench_table){.inputs = data[0]->dim,
                                         .batch = o.batch,
                                         .entries = (double)data[0]->train.start[ROWS] / ROWS,
                                         .sparse = best[0],
                                         .dense = best[1]};
    bool made = run[1] != NULL;
    for (size_t k = 0; k < 2; k++) {
        mmoe_run_free(run[k]);
        mmoe_dataset_free(data[k]);
    }
    if (!made)
        return err->status;
    return stopped ? mmoe_fail(err, MMOE_STATE, "the measurement was stopped") : MMOE_OK;
}
