/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.c - how fast whole studies go, and how fast they could.
 *
 * A step with B rows multiplies each weight into the rows, into the gradient of
 * the weight and, above the first layer, into the gradient of the input: three
 * times the forward pass, twice in the first layer. The limit is measured with the
 * two products of the first layer, which are 97% of the default models' work:
 * (B,D) times (D,n) and the transpose of (B,D) times (B,n).
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/bench.h>
#include <mmoe/clock.h>
#include <mmoe/mailbox.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/queue.h>
#include <mmoe/results.h>
#include <mmoe/stats.h>
#include <mmoe/synthetic.h>

#include "src/base/thread.h"
#include "src/math/kernels.h"

enum { ROUNDS_MAX = 32, THREADS_MAX = 256, CALLS = 16, ASK_GAP = 50 /* ms */ };
enum {
    RUNS_A_WORKER = 10
}; /* as many as in real studies: costs of a study as a whole must not count for more */
#define PEAK_SECONDS 0.2
#define LIMIT_SECONDS \
    1.0 /* of products in a round: as long as a study, so that both meet the same pauses */

static const struct {
    const char *name, *model, *batch;
} cases[] = {
    {"mmoe-100", "mmoe", "100"},
    {"omoe-100", "omoe", "100"},
    {"shared-bottom-100", "shared-bottom", "100"},
    {"single-task-100", "single-task", "100"},
    {"moe-100", "moe", "100"},
    {"l2-constrained-100", "l2-constrained", "100"},
    {"cross-stitch-100", "cross-stitch", "100"},
    {"tensor-factorization-100", "tensor-factorization", "100"},
    {"mmoe-32", "mmoe", "32"},
    {"omoe-32", "omoe", "32"},
    {"shared-bottom-32", "shared-bottom", "32"},
};

const char *mmoe_bench_name(size_t index)
{
    return index < sizeof cases / sizeof *cases ? cases[index].name : NULL;
}

/* --- the limit --- */

/* The first layer's products on one thread, over and over. */
struct products {
    size_t rows, in, out;
    atomic_size_t *ready, *threads; /* all begin together */
    double rate;                    /* operations a second */
};

static void multiply(void *context)
{
    struct products *p = context;
    mmoe_real *x = mmoe_alloc(p->rows * p->in, sizeof *x),
              *w = mmoe_alloc(p->in * p->out, sizeof *w);
    mmoe_real *y = mmoe_alloc(p->rows * p->out, sizeof *y),
              *dw = mmoe_alloc(p->in * p->out, sizeof *dw);
    for (size_t i = 0; i < p->rows * p->in; i++)
        x[i] = (mmoe_real)((double)(i % 97) / 97 - 0.5);
    for (size_t i = 0; i < p->in * p->out; i++)
        w[i] = (mmoe_real)((double)(i % 89) / 89 - 0.5);
    atomic_fetch_add(p->ready, 1);
    while (atomic_load(p->ready) < atomic_load(p->threads))
        continue;
    double start = mmoe_clock_now(), now;
    size_t count = 0;
    do {
        for (int i = 0; i < CALLS; i++) {
            mmoe_mat_product(p->rows, p->out, p->in, x, p->in, false, w, p->out, y, p->out);
            mmoe_mat_product(p->in, p->out, p->rows, x, p->in, true, y, p->out, dw, p->out);
        }
        count += CALLS;
        now = mmoe_clock_now();
    } while (now - start < LIMIT_SECONDS);
    p->rate =
        4.0 * (double)p->rows * (double)p->in * (double)p->out * (double)count / (now - start);
    mmoe_free(x);
    mmoe_free(w);
    mmoe_free(y);
    mmoe_free(dw);
}

/* Nothing but multiplications and additions, none of which waits for memory. */
static void exert(void *context)
{
    enum { TIMES = 100000 };
    struct products *p = context;
    const struct kernels *k = kernels_get(MMOE_KERNELS_AUTO);
    double operations = 0;
    volatile mmoe_real kept = k->exert(TIMES, &operations);
    atomic_fetch_add(p->ready, 1);
    while (atomic_load(p->ready) < atomic_load(p->threads))
        continue;
    double start = mmoe_clock_now(), now;
    operations = 0;
    do {
        kept = k->exert(TIMES, &operations);
        now = mmoe_clock_now();
    } while (now - start < PEAK_SECONDS);
    (void)kept;
    p->rate = operations / (now - start);
}

/* GFLOP/s of that work, with products of that shape, on `jobs` cores at once. */
static double rate_of(void (*work)(void *context), const struct products *shape, size_t jobs)
{
    struct products p[THREADS_MAX];
    struct thread *threads[THREADS_MAX];
    atomic_size_t ready = 0, all = jobs;
    double sum = 0;
    for (size_t i = 0; i < jobs; i++) {
        p[i] = *shape;
        p[i].ready = &ready;
        p[i].threads = &all;
        threads[i] = thread_start(work, &p[i]);
    }
    for (size_t i = 0; i < jobs; i++) {
        thread_join(threads[i]);
        sum += p[i].rate;
    }
    return 1e-9 * sum;
}

/* --- a study --- */

/* Wait until the queue has finished all runs; fails if the queue failed or go_on said no. */
static enum mmoe_status finish(struct mmoe_queue *q, struct mmoe_mailbox *mailbox,
                               bool (*go_on)(void *context), void *context, struct mmoe_error *err)
{
    struct mmoe_record record;
    for (;;) {
        mmoe_mailbox_drain(mailbox);
        while (mmoe_queue_record(q, &record))
            continue;
        const struct mmoe_progress p = mmoe_queue_progress(q);
        if (mmoe_failed(mmoe_mailbox_error(mailbox, err)))
            return err->status;
        if (go_on && !go_on(context))
            return mmoe_fail(err, MMOE_STATE, "the measurement was stopped");
        if (p.finished >= p.submitted)
            return MMOE_OK;
        poll(&(struct pollfd){.fd = mmoe_mailbox_fd(mailbox), .events = POLLIN}, 1, ASK_GAP);
    }
}

/* A study in a temporary store, in a folder of its own: SQLite makes files beside the store, whose
 * names anyone could take in /tmp. */
struct scratch {
    char folder[32], path[48];
    struct mmoe_store *store;
    struct mmoe_origin origin;
    int64_t study;
};

static void scratch_remove(const struct scratch *s)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        unlink(path);
    }
    rmdir(s->folder);
}

static enum mmoe_status scratch_make(struct scratch *s, const struct mmoe_grid *grid,
                                     struct mmoe_error *err)
{
    memset(s, 0, sizeof *s);
    snprintf(s->folder, sizeof s->folder, "/tmp/mmoe-bench-XXXXXX");
    if (!mkdtemp(s->folder))
        return mmoe_fail(err, MMOE_IO, "cannot make a folder in /tmp to measure in: %s",
                         strerror(errno));
    snprintf(s->path, sizeof s->path, "%s/bench.db", s->folder);
    mmoe_origin_here(&s->origin);
    s->store = mmoe_store_open(s->path, MMOE_STORE_WRITE, NULL, err);
    if (!s->store)
        goto fail;
    if (mmoe_failed(mmoe_store_study_new(s->store, grid, "bench", "", &s->origin, &s->study, err)))
        goto fail;
    return MMOE_OK;
fail:
    mmoe_store_close(s->store);
    scratch_remove(s);
    return err->status;
}

/* Seed-steps a second of a study of that grid, its store included. */
static enum mmoe_status study(const struct mmoe_grid *grid, size_t jobs,
                              bool (*go_on)(void *context), void *context, double *rate,
                              struct mmoe_error *err)
{
    struct scratch s;
    double start = mmoe_clock_now();
    enum mmoe_status status = scratch_make(&s, grid, err);
    if (mmoe_failed(status))
        return status;
    struct mmoe_mailbox *mailbox = mmoe_mailbox_new();
    struct mmoe_queue *q = mmoe_queue_new(mailbox);
    mmoe_queue_sweep(
        q, &(struct mmoe_sweep){
               .grid = grid, .jobs = jobs, .store = s.store, .study = s.study, .origin = s.origin});
    status = finish(q, mailbox, go_on, context, err);
    *rate = (double)(mmoe_grid_runs(grid) * grid->base.steps) / (mmoe_clock_now() - start);
    mmoe_queue_free(q); /* closes the store */
    mmoe_mailbox_free(mailbox);
    scratch_remove(&s);
    return status;
}

/* --- where the time goes --- */

/* One run alone, each part of its work timed. */
static enum mmoe_status profile(const struct mmoe_grid *grid, struct mmoe_bench *out,
                                struct mmoe_error *err)
{
    struct mmoe_phases p = {{0}, 0};
    struct mmoe_result result;
    const struct mmoe_result *results[] = {&result};
    struct scratch s;
    double sum = 0;
    enum mmoe_status status = scratch_make(&s, grid, err);
    if (mmoe_failed(status))
        return status;
    mmoe_snapshot_init(&result.shot, 0);
    mmoe_phases_begin(&p);
    struct mmoe_dataset *data = mmoe_synthetic_new(&grid->base, NULL, err);
    mmoe_phases_mark(&p, MMOE_PHASE_ROWS);
    status = data ? mmoe_record_train(&grid->base, data, &(struct mmoe_watch){.phases = &p},
                                      &result, err)
                  : err->status;
    mmoe_phases_begin(&p);
    if (!mmoe_failed(status))
        status = mmoe_results_add(s.store, s.study, &s.origin, results, 1, err);
    mmoe_phases_mark(&p, MMOE_PHASE_STORE);
    for (int i = 0; i < MMOE_PHASE_COUNT; i++)
        sum += p.seconds[i];
    for (int i = 0; i < MMOE_PHASE_COUNT; i++)
        out->share[i] = p.seconds[i] / sum;
    mmoe_snapshot_done(&result.shot);
    mmoe_dataset_free(data);
    mmoe_store_close(s.store);
    scratch_remove(&s);
    return status;
}

/* Operations of a step, and the shape of its largest products. */
static void describe(const struct mmoe_options *o, double *flop, struct products *shape)
{
    struct mmoe_spec spec;
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    mmoe_spec_resolve(o, model, o->dim, 2, &spec);
    struct mmoe_outline outline;
    mmoe_model_outline(model, &spec, &outline);
    *flop = 0;
    *shape = (struct products){.rows = spec.batch, .in = spec.dim};
    for (size_t i = 0; i < outline.count; i++) {
        const struct mmoe_outline_part *p = &outline.parts[i];
        bool first = p->in == spec.dim;
        *flop += (first ? 2 : 3) * p->flops * (double)spec.batch;
        shape->out += first ? p->groups * p->out : 0;
    }
}

/* The best of the rounds: other work of the machine slows a round and never speeds it up. */
static double best(double *v, size_t n)
{
    return mmoe_summarize(v, n).max;
}

enum mmoe_status mmoe_bench_measure(size_t index, size_t rounds, bool (*go_on)(void *context),
                                    void *context, struct mmoe_bench *out, struct mmoe_error *err)
{
    struct mmoe_grid grid = {.seeds = 0};
    struct products shape;
    double flop = 0, rates[ROUNDS_MAX], limits[ROUNDS_MAX], peaks[ROUNDS_MAX];
    memset(out, 0, sizeof *out);
    snprintf(out->name, sizeof out->name, "%s", cases[index].name);
    mmoe_options_default(&grid.base);
    if (mmoe_failed(mmoe_option_set(&grid.base, "model", cases[index].model, err)) ||
        mmoe_failed(mmoe_option_set(&grid.base, "batch", cases[index].batch, err)))
        return err->status;
    describe(&grid.base, &flop, &shape);
    out->jobs = thread_cores() < THREADS_MAX ? thread_cores() : THREADS_MAX;
    grid.seeds = RUNS_A_WORKER * out->jobs;
    rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
    for (size_t i = 0; i < rounds; i++) {
        limits[i] = rate_of(multiply, &shape, out->jobs);
        peaks[i] = rate_of(exert, &shape, out->jobs);
        if (mmoe_failed(study(&grid, out->jobs, go_on, context, &rates[i], err)))
            return err->status;
    }
    if (mmoe_failed(profile(&grid, out, err)))
        return err->status;
    out->seed_steps_per_second = best(rates, rounds);
    out->gflops = 1e-9 * flop * out->seed_steps_per_second;
    out->limit_gflops = best(limits, rounds);
    out->ratio = out->gflops / out->limit_gflops;
    out->peak_gflops = best(peaks, rounds);
    return MMOE_OK;
}
