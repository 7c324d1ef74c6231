/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - sweeps: the workers that train their runs, and what is asked of them.
 *
 * A worker takes the first run nobody took, trains it, and hands the result
 * on: to the keeper where the sweep has a store, else straight to the finished
 * ones. Whatever the order they come in, they are fetched in the order of
 * runs. The reader waits for nothing: neither for a worker nor for a disk.
 *
 * A sweep that is stopped has its runs left out: those that wait at once, those
 * in work when their workers notice, between two steps. It stays in the list
 * until all of its runs were fetched or left out, like any other.
 */
#include "src/study/queue.h"

#include <mmoe/mem.h>

#include "src/study/keeper.h"
#include "src/study/shelf.h"
#include "src/study/sweep.h"
#include "src/study/thread.h"

#include <stdatomic.h>
#include <string.h>

enum { WORKERS_MAX = 256, UNSTORED_MAX = 256, STEPS_COUNTED = 32 };
enum { WORK, HELD, CONDITIONS };

struct queue {
    struct news *news;
    struct monitor *monitor;
    bool quit;
    atomic_bool held;
    atomic_uint_least64_t steps;
    struct sweep *sweeps, *last;
    size_t active, holding;    /* workers with a run; those of them that wait in a hold */
    size_t finished, submitted;
    size_t unstored;           /* results the keeper has */
    struct shelf *shelf;
    struct keeper *keeper;     /* NULL until it is needed */
    struct thread *workers[WORKERS_MAX];
    size_t worker_count;
};

/* --- sweeps; the monitor is entered --- */

static void append(struct queue *q, struct sweep *s)
{
    if (q->last)
        q->last->after = s;
    else
        q->sweeps = s;
    q->last = s;
}

/* Unlink the first sweeps that are over; returns them, a list. */
static struct sweep *unlink_over(struct queue *q)
{
    struct sweep *over = NULL, *s;
    while ((s = q->sweeps) && sweep_is_over(s)) {
        q->sweeps = s->after;
        s->after = over;
        over = s;
    }
    if (!q->sweeps)
        q->last = NULL;
    return over;
}

/* Nobody uses rows, nor will. */
static bool is_idle(const struct queue *q)
{
    struct sweep *s = q->sweeps;
    while (s && !sweep_waits(s))
        s = s->after;
    return !s && q->active == 0;
}

static void leave_out(struct queue *q, struct sweep *s, size_t run)
{
    sweep_leave_out(s, run);
    q->submitted--;
}

static void finish(struct queue *q, struct finished *f)
{
    sweep_finish(f->sweep, f);
    q->finished++;
}

/* The monitor is not entered: closing a store takes its time. */
static void free_sweeps(struct queue *q, struct sweep *s)
{
    while (s) {
        struct sweep *after = s->after;
        if (s->given.store && q->keeper)
            keeper_end(q->keeper, s);
        else
            sweep_free(s);
        s = after;
    }
}

/* --- workers --- */

/* A run and who trains it. */
struct work {
    struct queue *queue;
    struct sweep *sweep;
    size_t run, uncounted;
    double held; /* seconds */
};

static void count_steps(struct work *w)
{
    atomic_fetch_add_explicit(&w->queue->steps, w->uncounted, memory_order_relaxed);
    w->uncounted = 0;
}

static void wait_held(struct work *w)
{
    struct queue *q = w->queue;
    double since = thread_now();
    count_steps(w);
    monitor_enter(q->monitor);
    q->holding++;
    while (atomic_load(&q->held) && !atomic_load(&w->sweep->stop))
        monitor_wait(q->monitor, HELD);
    q->holding--;
    monitor_leave(q->monitor);
    w->held += thread_now() - since;
}

/* Asked before every step. */
static bool go_on(void *context)
{
    struct work *w = context;
    if (w->uncounted == STEPS_COUNTED)
        count_steps(w);
    if (atomic_load_explicit(&w->queue->held, memory_order_relaxed))
        wait_held(w);
    if (atomic_load_explicit(&w->sweep->stop, memory_order_relaxed))
        return false;
    w->uncounted++; /* the one that comes */
    return true;
}

/* The first run nobody took; false where there is none for one more worker. */
static bool take_run(struct queue *q, struct work *w)
{
    *w = (struct work){.queue = q};
    if (atomic_load(&q->held) || q->unstored >= UNSTORED_MAX)
        return false;
    for (struct sweep *s = q->sweeps; s; s = s->after) {
        if (!sweep_waits(s))
            continue;
        if (q->active >= s->given.jobs)
            return false;
        w->run = sweep_take(s);
        w->sweep = s;
        q->active++;
        return true;
    }
    return false;
}

static enum mmoe_status train(struct work *w, struct mmoe_result *result, struct mmoe_error *err)
{
    struct mmoe_options o;
    struct shelf *shelf = w->queue->shelf;
    enum mmoe_status status = MMOE_LIMIT;
    mmoe_grid_options(&w->sweep->grid, w->run, &o);
    struct mmoe_dataset *data = shelf_take(shelf, &o, w->sweep->given.jobs, err);
    if (data)
        status = mmoe_study_run(&o, data, &(struct mmoe_watch){.go_on = go_on, .context = w}, result, err);
    else
        mmoe_record_clear(&result->record, &o);
    shelf_return(shelf, data);
    count_steps(w);
    result->record.run = w->run;
    result->record.seconds -= w->held;
    return status;
}

/* Where a result goes. */
static void hand_on(struct queue *q, struct work *w, struct finished *f, enum mmoe_status status)
{
    struct sweep *s = w->sweep;
    bool stopped = status == MMOE_STATE && atomic_load(&s->stop);
    bool stores = s->given.store && !mmoe_failed(status);
    if (!stores)
        mmoe_snapshot_done(&f->result.shot); /* nobody asks for it */
    monitor_enter(q->monitor);
    q->active--;
    bool unwanted = stopped || (stores && s->broken);
    if (unwanted)
        leave_out(q, s, w->run);
    else if (stores)
        q->unstored++;
    else
        finish(q, f);
    bool idle = is_idle(q);
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    if (unwanted)
        finished_free(f);
    else if (stores)
        keeper_give(q->keeper, f);
    if (idle)
        shelf_clear(q->shelf);
}

static void work(struct queue *q, struct work *w)
{
    struct mmoe_error err;
    struct finished *f = finished_new(w->sweep);
    enum mmoe_status status = train(w, &f->result, &err);
    if (mmoe_failed(status) && !(status == MMOE_STATE && atomic_load(&w->sweep->stop)))
        news_complain(q->news, &err);
    hand_on(q, w, f, status);
    news_wake(q->news);
}

static void worker(void *context)
{
    struct queue *q = context;
    struct work w;
    for (;;) {
        monitor_enter(q->monitor);
        bool taken = take_run(q, &w);
        while (!taken && !q->quit) {
            monitor_wait(q->monitor, WORK);
            taken = take_run(q, &w);
        }
        monitor_leave(q->monitor);
        if (!taken)
            return;
        work(q, &w);
    }
}

/* --- what the keeper did --- */

/* A study can be gone on with, whatever befell its store. */
static void complain_store(struct queue *q, const struct sweep *s, const struct mmoe_error *err)
{
    struct mmoe_error said;
    mmoe_fail(&said, err->status, "%.340s; study resume %lld goes on", err->text, (long long)s->given.study);
    news_complain(q->news, &said);
}

/* What is stored is finished; what could not be is left out, and the rest of its sweep with it. */
static void kept(void *context, struct finished *first, const struct mmoe_error *err)
{
    struct queue *q = context;
    struct sweep *s = first->sweep;
    struct finished *next;
    if (err && !s->broken)
        complain_store(q, s, err);
    for (struct finished *f = first; f; f = f->next)
        mmoe_snapshot_done(&f->result.shot); /* it is on the disk, and nobody asks for it here */
    monitor_enter(q->monitor);
    if (err) {
        s->broken = true;
        q->submitted -= sweep_stop(s);
    }
    for (struct finished *f = first; f; f = next) {
        next = f->next;
        q->unstored--;
        if (err)
            leave_out(q, s, f->result.record.run);
        else
            finish(q, f);
    }
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    if (err)
        finished_free(first);
    news_wake(q->news);
}

/* --- for the one who asks --- */

struct queue *queue_new(struct news *news)
{
    struct queue *q = mmoe_alloc(1, sizeof *q);
    q->news = news;
    q->monitor = monitor_new(CONDITIONS);
    q->shelf = shelf_new();
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    queue_stop(q);
    monitor_enter(q->monitor);
    q->quit = true;
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    for (size_t i = 0; i < q->worker_count; i++)
        thread_join(q->workers[i]);
    keeper_free(q->keeper); /* after all that is finished */
    q->keeper = NULL;
    free_sweeps(q, q->sweeps);
    shelf_free(q->shelf);
    monitor_free(q->monitor);
    mmoe_free(q);
}

void queue_sweep(struct queue *q, const struct mmoe_sweep *sweep)
{
    struct sweep *s = sweep_new(sweep, WORKERS_MAX);
    size_t runs = sweep_waiting(s);
    size_t workers = runs < s->given.jobs ? runs : s->given.jobs;
    if (s->given.store && runs && !q->keeper)
        q->keeper = keeper_new(kept, q);
    monitor_enter(q->monitor);
    struct sweep *over = unlink_over(q);
    if (!q->sweeps) {
        q->finished = q->submitted = 0;
        atomic_store(&q->steps, 0);
    }
    append(q, s);
    q->submitted += runs;
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    free_sweeps(q, over);
    while (q->worker_count < workers)
        q->workers[q->worker_count++] = thread_start(worker, q);
    news_wake(q->news);
}

bool queue_record(struct queue *q, struct mmoe_record *out)
{
    monitor_enter(q->monitor);
    struct sweep *over = unlink_over(q);
    struct finished *f = q->sweeps ? sweep_fetch(q->sweeps) : NULL;
    monitor_leave(q->monitor);
    free_sweeps(q, over);
    if (!f)
        return false;
    *out = f->result.record;
    finished_free(f);
    return true;
}

void queue_progress(struct queue *q, size_t *finished, size_t *submitted, uint64_t *steps)
{
    monitor_enter(q->monitor);
    *finished = q->finished;
    *submitted = q->submitted;
    *steps = atomic_load(&q->steps);
    monitor_leave(q->monitor);
}

void queue_hold(struct queue *q, bool held)
{
    monitor_enter(q->monitor);
    atomic_store(&q->held, held);
    monitor_wake(q->monitor, HELD);
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
}

void queue_stop(struct queue *q)
{
    monitor_enter(q->monitor);
    for (struct sweep *s = q->sweeps; s; s = s->after)
        q->submitted -= sweep_stop(s);
    atomic_store(&q->held, false);
    bool idle = is_idle(q);
    monitor_wake(q->monitor, HELD);
    monitor_leave(q->monitor);
    if (idle)
        shelf_clear(q->shelf);
    news_wake(q->news);
}

size_t queue_datasets(struct queue *q)
{
    return shelf_made(q->shelf);
}

size_t queue_active(struct queue *q)
{
    monitor_enter(q->monitor);
    size_t active = q->active;
    monitor_leave(q->monitor);
    return active;
}

size_t queue_holding(struct queue *q)
{
    monitor_enter(q->monitor);
    size_t holding = q->holding;
    monitor_leave(q->monitor);
    return holding;
}
