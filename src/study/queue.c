/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - sweeps: their runs, the workers that train them, the keeper that stores them.
 *
 * A sweep is a grid and a byte for each of its runs; a run's options exist only
 * while somebody works on it. A worker takes the first run nobody took, trains
 * it, and hands the result on: to the keeper where the sweep has a store, else
 * straight to the finished ones. The keeper adds all results that wait in one
 * transaction, so that many short runs share a write to the disk and no worker
 * ever waits for one, unless the disk falls far behind. Finished results are
 * fetched in the order of runs, whatever the order they came in.
 *
 * A sweep that is stopped is unlinked at once; whoever still works on one of
 * its runs notices between two steps, and the last one out frees it.
 */
#include "src/study/queue.h"

#include <mmoe/mem.h>

#include "src/study/shelf.h"
#include "src/study/thread.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { WORKERS_MAX = 256, UNSTORED_MAX = 256, STEPS_COUNTED = 32 };
enum { WORK, HELD, UNSTORED, CONDITIONS };

enum run_state { RUN_WAITS, RUN_TAKEN, RUN_FINISHED, RUN_LEFT_OUT };

struct finished {
    struct mmoe_result result;
    struct sweep *sweep;
    struct finished *next;
};

struct sweep {
    struct mmoe_sweep given; /* grid and done are NULL: see below */
    struct mmoe_grid grid;
    size_t runs;
    unsigned char *state;    /* (runs) enum run_state */
    size_t next;             /* no run before it waits */
    size_t fetched;          /* all runs before it were fetched or left out */
    size_t busy;             /* runs taken and not yet finished or dropped */
    bool unlinked;
    atomic_bool stop;
    struct finished *finished; /* to be fetched, in the order of runs */
    struct sweep *after;
};

struct queue {
    struct monitor *monitor;
    void (*wake)(void *context);
    void (*complain)(void *context, const struct mmoe_error *err);
    void *context;
    bool quit, keeper_quits;
    atomic_bool held;
    atomic_uint_least64_t steps;
    struct sweep *sweeps, *last;
    size_t active;             /* workers with a run */
    size_t finished, submitted;
    struct shelf *shelf;
    struct thread *workers[WORKERS_MAX];
    size_t worker_count;
    struct thread *keeper;
    struct finished *unstored, *unstored_end;
    size_t unstored_count;
};

static void free_finished(struct finished *f)
{
    while (f) {
        struct finished *next = f->next;
        mmoe_snapshot_done(&f->result.shot);
        mmoe_free(f);
        f = next;
    }
}

static void free_sweeps(struct sweep *s)
{
    while (s) {
        struct sweep *next = s->after;
        free_finished(s->finished);
        mmoe_store_close(s->given.store);
        mmoe_free(s->state);
        mmoe_free(s);
        s = next;
    }
}

/* --- a sweep's runs; the monitor is entered --- */

/* Nobody needs s any more: it is unlinked, and no run of it is in work. */
static bool is_over(const struct sweep *s)
{
    return s->unlinked && s->busy == 0;
}

/* s, alone, where it can be freed now; else NULL. */
static struct sweep *last_of(struct sweep *s)
{
    if (!is_over(s))
        return NULL;
    s->after = NULL;
    return s;
}

static void insert(struct sweep *s, struct finished *f)
{
    struct finished **at = &s->finished;
    while (*at && (*at)->result.record.run < f->result.record.run)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
}

/* A run is finished: for fetching, or for nobody. Returns what is to be freed when the monitor is left. */
static struct finished *finish(struct queue *q, struct finished *f)
{
    struct sweep *s = f->sweep;
    s->busy--;
    if (s->unlinked)
        return f;
    s->state[f->result.record.run] = RUN_FINISHED;
    q->finished++;
    insert(s, f);
    return NULL;
}

/* Leave out all runs nobody took yet, and that one. */
static void drop_rest(struct queue *q, struct sweep *s)
{
    atomic_store(&s->stop, true);
    for (size_t r = s->next; r < s->runs; r++)
        if (s->state[r] == RUN_WAITS) {
            s->state[r] = RUN_LEFT_OUT;
            q->submitted--;
        }
    s->next = s->runs;
}

static void leave_out(struct queue *q, struct sweep *s, size_t run)
{
    s->busy--;
    if (s->unlinked)
        return;
    s->state[run] = RUN_LEFT_OUT;
    q->submitted--;
}

/* Unlink the first sweeps where all runs were fetched; returns those that can be freed, a list. */
static struct sweep *unlink_fetched(struct queue *q)
{
    struct sweep *over = NULL, *s;
    while ((s = q->sweeps)) {
        while (s->fetched < s->runs && s->state[s->fetched] == RUN_LEFT_OUT)
            s->fetched++;
        if (s->fetched < s->runs)
            return over;
        q->sweeps = s->after;
        s->unlinked = true;
        if (is_over(s)) {
            s->after = over;
            over = s;
        }
    }
    q->last = NULL;
    return over;
}

/* --- workers --- */

/* A run and who trains it. */
struct work {
    struct queue *queue;
    struct sweep *sweep;
    size_t run, uncounted;
};

/* Asked before every step. */
static bool go_on(void *context)
{
    struct work *w = context;
    struct queue *q = w->queue;
    if (++w->uncounted == STEPS_COUNTED) {
        atomic_fetch_add_explicit(&q->steps, STEPS_COUNTED, memory_order_relaxed);
        w->uncounted = 0;
    }
    if (atomic_load_explicit(&q->held, memory_order_relaxed)) {
        monitor_enter(q->monitor);
        while (atomic_load(&q->held) && !atomic_load(&w->sweep->stop))
            monitor_wait(q->monitor, HELD);
        monitor_leave(q->monitor);
    }
    return !atomic_load_explicit(&w->sweep->stop, memory_order_relaxed);
}

/* The first run nobody took; false where there is none for one more worker. */
static bool take_run(struct queue *q, struct work *w)
{
    if (atomic_load(&q->held) || q->unstored_count >= UNSTORED_MAX)
        return false;
    for (struct sweep *s = q->sweeps; s; s = s->after) {
        while (s->next < s->runs && s->state[s->next] != RUN_WAITS)
            s->next++;
        if (s->next == s->runs)
            continue;
        if (q->active >= s->given.jobs)
            return false;
        *w = (struct work){.queue = q, .sweep = s, .run = s->next++};
        s->state[w->run] = RUN_TAKEN;
        s->busy++;
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
    atomic_fetch_add_explicit(&w->queue->steps, w->uncounted, memory_order_relaxed);
    result->record.run = w->run;
    return status;
}

/* Hand a result to the keeper; the monitor is entered. */
static void keep(struct queue *q, struct finished *f)
{
    if (q->unstored_end)
        q->unstored_end->next = f;
    else
        q->unstored = f;
    q->unstored_end = f;
    q->unstored_count++;
    monitor_wake(q->monitor, UNSTORED);
}

static void work(struct queue *q, struct work *w)
{
    struct mmoe_error err;
    struct sweep *s = w->sweep;
    struct finished *f = mmoe_alloc(1, sizeof *f), *dropped = NULL;
    f->sweep = s;
    mmoe_snapshot_init(&f->result.shot, 0);
    enum mmoe_status status = train(w, &f->result, &err);
    bool failed = mmoe_failed(status), stopped = status == MMOE_STATE && atomic_load(&s->stop);
    if (failed && !stopped)
        q->complain(q->context, &err);
    monitor_enter(q->monitor);
    q->active--;
    if (stopped) {
        leave_out(q, s, w->run);
        dropped = f;
    } else if (s->given.store && !failed) {
        keep(q, f);
    } else {
        dropped = finish(q, f);
    }
    struct sweep *over = last_of(s);
    monitor_wake(q->monitor, WORK);
    bool idle = !q->sweeps && q->active == 0;
    monitor_leave(q->monitor);
    free_finished(dropped);
    free_sweeps(over);
    if (idle)
        shelf_clear(q->shelf);
    q->wake(q->context);
}

static void worker(void *context)
{
    struct queue *q = context;
    struct work w;
    for (;;) {
        monitor_enter(q->monitor);
        while (!q->quit && !take_run(q, &w))
            monitor_wait(q->monitor, WORK);
        bool quit = q->quit;
        monitor_leave(q->monitor);
        if (quit)
            return;
        work(q, &w);
    }
}

/* --- the keeper --- */

/* All results of one sweep that wait in a row; NULL at the end. */
static struct finished *next_unstored(struct queue *q, size_t *count)
{
    monitor_enter(q->monitor);
    while (!q->unstored && !q->keeper_quits)
        monitor_wait(q->monitor, UNSTORED);
    struct finished *first = q->unstored, *end = first;
    *count = first != NULL;
    while (end && end->next && end->next->sweep == first->sweep) {
        end = end->next;
        *count += 1;
    }
    if (first) {
        q->unstored = end->next;
        end->next = NULL;
    }
    if (!q->unstored)
        q->unstored_end = NULL;
    monitor_leave(q->monitor);
    return first;
}

static enum mmoe_status store(struct finished *first, struct mmoe_error *err)
{
    const struct mmoe_sweep *given = &first->sweep->given;
    const struct mmoe_result *results[UNSTORED_MAX + WORKERS_MAX]; /* each worker may add one more */
    size_t n = 0;
    for (struct finished *f = first; f; f = f->next)
        results[n++] = &f->result;
    return mmoe_store_add(given->store, given->study, &given->origin, results, n, err);
}

/* What is stored is finished; what could not be is left out, and the sweep with it. */
static void keep_all(struct queue *q, struct finished *first, size_t count)
{
    struct mmoe_error err;
    struct sweep *s = first->sweep;
    struct finished *next, *dropped = NULL;
    bool failed = mmoe_failed(store(first, &err));
    if (failed && !atomic_exchange(&s->stop, true))
        q->complain(q->context, &err);
    monitor_enter(q->monitor);
    q->unstored_count -= count;
    if (failed && !s->unlinked)
        drop_rest(q, s);
    for (struct finished *f = first; f; f = next) {
        next = f->next;
        f->next = NULL;
        struct finished *unwanted = f;
        if (failed)
            leave_out(q, s, f->result.record.run);
        else
            unwanted = finish(q, f);
        if (unwanted) {
            unwanted->next = dropped;
            dropped = unwanted;
        }
    }
    struct sweep *over = last_of(s);
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    free_finished(dropped);
    free_sweeps(over);
    q->wake(q->context);
}

static void keeper(void *context)
{
    struct queue *q = context;
    struct finished *first;
    size_t count;
    while ((first = next_unstored(q, &count)))
        keep_all(q, first, count);
}

/* --- for the one who asks --- */

struct queue *queue_new(void (*wake)(void *context), void (*complain)(void *context, const struct mmoe_error *err),
                        void *context)
{
    struct queue *q = mmoe_alloc(1, sizeof *q);
    q->monitor = monitor_new(CONDITIONS);
    q->wake = wake;
    q->complain = complain;
    q->context = context;
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
    monitor_enter(q->monitor);
    q->keeper_quits = true; /* after all that is finished */
    monitor_wake(q->monitor, UNSTORED);
    monitor_leave(q->monitor);
    thread_join(q->keeper);
    shelf_free(q->shelf);
    monitor_free(q->monitor);
    mmoe_free(q);
}

static struct sweep *new_sweep(const struct mmoe_sweep *given)
{
    struct sweep *s = mmoe_alloc(1, sizeof *s);
    s->given = *given;
    s->grid = *given->grid;
    s->given.grid = NULL;
    s->given.done = NULL;
    s->given.jobs = given->jobs ? given->jobs : thread_cores();
    s->given.jobs = s->given.jobs < WORKERS_MAX ? s->given.jobs : WORKERS_MAX;
    s->runs = mmoe_grid_runs(&s->grid);
    s->state = mmoe_alloc(s->runs, 1);
    for (size_t r = 0; given->done && r < s->runs; r++)
        if (given->done[r])
            s->state[r] = RUN_LEFT_OUT;
    atomic_init(&s->stop, false);
    return s;
}

void queue_sweep(struct queue *q, const struct mmoe_sweep *sweep)
{
    struct sweep *s = new_sweep(sweep);
    size_t runs = 0, jobs = s->given.jobs;
    bool stores = s->given.store != NULL;
    for (size_t r = 0; r < s->runs; r++)
        runs += s->state[r] == RUN_WAITS;
    size_t wanted = runs < jobs ? runs : jobs;
    monitor_enter(q->monitor);
    if (!q->sweeps) {
        q->finished = q->submitted = 0;
        atomic_store(&q->steps, 0);
    }
    if (q->last)
        q->last->after = s;
    else
        q->sweeps = s;
    q->last = s;
    q->submitted += runs;
    struct sweep *over = unlink_fetched(q); /* where nothing is to be done */
    monitor_wake(q->monitor, WORK);
    monitor_leave(q->monitor);
    free_sweeps(over);
    while (q->worker_count < wanted)
        q->workers[q->worker_count++] = thread_start(worker, q);
    if (stores && runs && !q->keeper)
        q->keeper = thread_start(keeper, q);
    q->wake(q->context);
}

bool queue_record(struct queue *q, struct mmoe_record *out)
{
    struct finished *f = NULL;
    monitor_enter(q->monitor);
    struct sweep *s = q->sweeps;
    while (s && s->fetched < s->runs && s->state[s->fetched] == RUN_LEFT_OUT)
        s->fetched++;
    if (s && s->finished && s->finished->result.record.run == s->fetched) {
        f = s->finished;
        s->finished = f->next;
        f->next = NULL;
        s->fetched++;
    }
    struct sweep *over = unlink_fetched(q);
    bool idle = !q->sweeps && q->active == 0;
    monitor_leave(q->monitor);
    free_sweeps(over);
    if (idle)
        shelf_clear(q->shelf);
    if (!f)
        return false;
    *out = f->result.record;
    free_finished(f);
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
    struct sweep *over = NULL, *next;
    monitor_enter(q->monitor);
    for (struct sweep *s = q->sweeps; s; s = next) {
        next = s->after;
        s->unlinked = true;
        atomic_store(&s->stop, true);
        if (is_over(s)) {
            s->after = over;
            over = s;
        }
    }
    q->sweeps = q->last = NULL;
    q->finished = q->submitted = 0;
    atomic_store(&q->held, false);
    monitor_wake(q->monitor, HELD);
    monitor_leave(q->monitor);
    free_sweeps(over);
}
