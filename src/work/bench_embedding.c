/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_embedding.c - how fast a net trains on embedded rows. */
#include <math.h>
#include <stdio.h>

#include <mmoe/bench_embedding.h>
#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>
#include <mmoe/run.h>

#include "src/dataset/dataset.h"

enum {
    FIELDS = 20,
    NUMBERS = 10,
    BATCH = 1024,
    ROWS = 64 * BATCH,
    HELD_OUT = 64,
    ROUNDS = 4,
    STEPS_AT_ONCE = 4
};
#define ROUND_SECONDS 0.7

static const struct {
    const char *model;
    size_t levels;
} cases[MMOE_BENCH_EMBEDDINGS] = {
    {"shared-bottom", 10000}, {"mmoe", 10000}, {"shared-bottom", 1000}, {"shared-bottom", 1000000}};

/* Zipf's law with exponent 1: the logarithm of a level is uniform. */
static uint32_t level_of(double u, size_t levels)
{
    double at = floor(pow((double)levels + 1, u)) - 1;
    return at < (double)levels ? (uint32_t)at : (uint32_t)levels - 1;
}

static void fill(const struct mmoe_rows *r, size_t levels, const char *part)
{
    struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, part);
    mmoe_real *x = mmoe_dataset_fill(r->x), *y = mmoe_dataset_fill(r->y), u[FIELDS + NUMBERS];
    uint32_t *id = mmoe_dataset_fill(r->id);
    for (size_t i = 0; i < r->n; i++) {
        mmoe_rng_uniform(rng, i, FIELDS + NUMBERS, 0, 1, u);
        for (size_t f = 0; f < FIELDS; f++)
            id[i * FIELDS + f] = level_of((double)u[f], levels);
        for (size_t k = 0; k < NUMBERS; k++)
            x[i * NUMBERS + k] = u[FIELDS + k];
        for (size_t k = 0; k < r->tasks; k++)
            y[i * r->tasks + k] = (mmoe_real)(i * 7 % 20 < (k ? 1 : 5));
    }
}

static struct mmoe_dataset *rows(size_t levels, struct mmoe_error *err)
{
    struct mmoe_fields fields = {.count = FIELDS};
    const struct mmoe_shape shape = {
        .train = ROWS, .test = HELD_OUT, .dim = NUMBERS, .tasks = 2, .fields = &fields};
    for (size_t f = 0; f < FIELDS; f++) {
        snprintf(fields.of[f].name, sizeof fields.of[f].name, "f%zu", f + 1);
        fields.of[f].levels = (uint32_t)levels;
    }
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, 0, NULL, err);
    if (!d)
        return NULL;
    fill(&d->train, levels, "bench.embedding");
    fill(&d->test, levels, "bench.embedding.test");
    d->task[0].binary = d->task[1].binary = true;
    if (!mmoe_failed(mmoe_dataset_measure(d, err)))
        return d;
    mmoe_dataset_free(d);
    return NULL;
}

/* Rows a second, for a while. */
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
    return (double)(steps * BATCH) / (now - start);
}

static enum mmoe_status set(struct mmoe_options *o, const char *model, const char *optimizer,
                            struct mmoe_error *err)
{
    const char *const pairs[][2] = {
        {"model", model},
        {"embedding-optimizer", optimizer},
        {"batch", "1024"},
        {"optimizer", "sgd"},
        {"lr", "0.01"},
        {"embedding-lr", "0.01"},
        {"steps", "1000000"},
        {"eval-every", "1000000"},
        {"embedding-units", "16"},
        {"bottom-units", "256,128,64"},
        {"experts", "4"},
        {"expert-units", "64"},
        {"tower-units", "64,32"},
        {"lower-units", "256,128"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (mmoe_failed(mmoe_option_set(o, pairs[i][0], pairs[i][1], err)))
            return err->status;
    return MMOE_OK;
}

/* The best rate of several rounds; 0 and *err where there is none. The one way that rounds of
 * both optimizers would alternate needs memory for both. */
static double best_rate(const char *model, const char *optimizer, struct mmoe_dataset *d,
                        bool (*go_on)(void *context, double share), void *context, double from,
                        struct mmoe_error *err)
{
    struct mmoe_options o;
    double best = 0;
    mmoe_options_default(&o);
    if (mmoe_failed(set(&o, model, optimizer, err)))
        return 0;
    struct mmoe_run *run = mmoe_run_new(&o, d, err);
    for (size_t i = 0; run && i < ROUNDS; i++) {
        best = fmax(best, rate(run));
        if (go_on && !go_on(context, from + 0.5 * (double)(i + 1) / ROUNDS)) {
            mmoe_fail(err, MMOE_STATE, "the measurement was stopped");
            best = 0;
            break;
        }
    }
    mmoe_run_free(run);
    return best;
}

enum mmoe_status mmoe_bench_embedding(size_t index, bool (*go_on)(void *context, double share),
                                      void *context, struct mmoe_bench_embedding *out,
                                      struct mmoe_error *err)
{
    *out = (struct mmoe_bench_embedding){0};
    if (index >= MMOE_BENCH_EMBEDDINGS)
        return MMOE_OK;
    struct mmoe_dataset *d = rows(cases[index].levels, err);
    if (!d)
        return err->status;
    out->model = cases[index].model;
    out->levels = cases[index].levels;
    out->sgd = best_rate(out->model, "sgd", d, go_on, context, 0, err);
    if (out->sgd > 0)
        out->adagrad = best_rate(out->model, "adagrad", d, go_on, context, 0.5, err);
    mmoe_dataset_free(d);
    return out->adagrad > 0 ? MMOE_OK : err->status;
}
