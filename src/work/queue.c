/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - sweeps: the workers that train their runs, and the results to be fetched.
 *
 * A worker takes the first run that no other took, trains it, and hands the result on: to
 * the writer if the sweep has a store, else to the finished runs. Results are fetched in
 * the order of runs, whatever the order they finish in. The reader never waits, neither for
 * a worker nor for a disk.
 *
 * Workers wait while the writer has too many results, or the reader has not fetched too many.
 *
 * A sweep that is stopped has its runs left out: waiting runs at once, a run in work when
 * its worker notices, between two steps. The sweep stays in the list until all of its runs
 * were fetched or left out, like any other.
 */
#include <stdatomic.h>
#include <string.h>

#include <mmoe/clock.h>
#include <mmoe/grid_files.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>

#include "src/base/thread.h"
#include "src/work/row_cache.h"
#include "src/work/sweep.h"
#include "src/work/writer.h"

enum { WORKERS_MAX = 256, UNSTORED_MAX = 256, UNFETCHED_MAX = 4096, STEPS_COUNTED = 32 };
#define KEPT_AFTER 300.0 /* seconds that a shard's run was trained before it is worth a file */
enum { WORK, HELD, CONDITIONS };

struct mmoe_queue {
    struct mmoe_mailbox *mailbox;
    struct thread_monitor *monitor;
    atomic_bool quit;
    atomic_bool held;
    atomic_uint_least64_t steps;
    struct sweep *sweeps, *last;
    size_t active; /* workers with a run */
    size_t finished, submitted;
    uint64_t steps_wanted;
    size_t unstored; /* results the writer has */
    size_t
        unfetched; /* finished results the reader has not fetched, each once for its twins, too */
    struct row_cache *row_cache;
    struct writer *writer; /* NULL until it is needed */
    struct thread *workers[WORKERS_MAX];
    size_t worker_count;
};

/* --- sweeps; the monitor is entered --- */

static void append(struct mmoe_queue *q, struct sweep *s)
{
    if (q->last)
        q->last->after = s;
    else
        q->sweeps = s;
    q->last = s;
}

/* Unlink the sweeps at the head of the list that are over; returns them as a list. */
static struct sweep *unlink_over(struct mmoe_queue *q)
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
static bool is_idle(const struct mmoe_queue *q)
{
    struct sweep *s = q->sweeps;
    while (s && !sweep_waits(s))
        s = s->after;
    return !s && q->active == 0;
}

static void leave_out(struct mmoe_queue *q, const struct finished *f)
{
    q->submitted -= sweep_leave_out(f->sweep, f->result.record.run);
}

static void lose(struct mmoe_queue *q, const struct finished *f)
{
    q->submitted -= sweep_lose(f->sweep, f->result.record.run);
}

static void finish(struct mmoe_queue *q, const struct finished *f, struct packed *record)
{
    q->finished += sweep_finish(f->sweep, f->result.record.run, record);
    q->unfetched++;
}

/* Report once that the store of a sweep that is over failed, or is no longer in its place; and
 * which runs are finished but not in it. A study whose store is there can be resumed. */
static void complain_store(struct mmoe_queue *q, const struct sweep *s)
{
    struct mmoe_error why, said;
    struct mmoe_text lost = {0}, resume = {0};
    bool gone = s->given.store && mmoe_failed(mmoe_store_in_place(s->given.store, &why));
    if (!s->broken && !gone)
        return;
    if (s->broken)
        why = s->why;
    if (!gone && s->given.publisher)
        mmoe_text_add(&resume, "; the same command goes on");
    else if (!gone)
        mmoe_text_add(&resume, "; study resume %lld goes on", (long long)s->given.study);
    size_t count =
        s->given.publisher ? 0 : sweep_add_lost(s, &lost); /* the publisher's error says how many */
    mmoe_fail(&said, why.status, "%.270s%s%.50s%s%s", why.text,
              count == 0   ? ""
              : count == 1 ? "; finished, but not stored: run "
                           : "; finished, but not stored: runs ",
              lost.n ? lost.s : "", lost.n > 50 ? "..." : "", resume.n ? resume.s : "");
    mmoe_mailbox_complain(q->mailbox, &said);
    mmoe_text_done(&lost);
    mmoe_text_done(&resume);
}

/* The caller is outside the monitor, since closing a store takes time. */
static void free_sweeps(struct mmoe_queue *q, struct sweep *s)
{
    while (s) {
        struct sweep *after = s->after;
        if (mmoe_failed(s->refused.status))
            mmoe_mailbox_complain(q->mailbox, &s->refused);
        complain_store(q, s);
        if (s->given.store && q->writer)
            writer_end(q->writer, s);
        else
            sweep_free(s);
        s = after;
    }
}

/* --- workers --- */

/* A run and who trains it. */
struct work {
    struct mmoe_queue *queue;
    struct sweep *sweep;
    size_t run, uncounted;
    bool left;   /* runs were left out, since it is too late for them: to be told */
    double held; /* seconds */
};

static void count_steps(struct work *w)
{
    atomic_fetch_add_explicit(&w->queue->steps, w->uncounted, memory_order_relaxed);
    w->uncounted = 0;
}

static void wait_held(struct work *w)
{
    struct mmoe_queue *q = w->queue;
    double since = mmoe_clock_now();
    count_steps(w);
    thread_monitor_enter(q->monitor);
    while (atomic_load(&q->held) && !atomic_load(&w->sweep->stop))
        thread_monitor_wait(q->monitor, HELD);
    thread_monitor_leave(q->monitor);
    w->held += mmoe_clock_now() - since;
}

/* Runs in progress that would last too long are left, and kept as far as they are. */
static void leave_late(struct sweep *s)
{
    if (s->given.until > 0 && mmoe_clock_now() >= s->given.until + MMOE_SWEEP_GRACE)
        atomic_store(&s->stop, true);
}

/* Asked before every step. */
static bool go_on(void *context)
{
    struct work *w = context;
    if (w->uncounted == STEPS_COUNTED) {
        count_steps(w);
        leave_late(w->sweep);
    }
    if (atomic_load_explicit(&w->queue->held, memory_order_relaxed))
        wait_held(w);
    if (atomic_load_explicit(&w->sweep->stop, memory_order_relaxed))
        return false;
    w->uncounted++; /* the one that comes */
    return true;
}

/* Is it too late for another run? */
static bool is_late(struct sweep *s)
{
    return s->given.until > 0 && sweep_waits(s) && mmoe_clock_now() >= s->given.until;
}

/* Take the first run that nobody took; false if there is none for one more worker. */
static bool take_run(struct mmoe_queue *q, struct work *w)
{
    *w = (struct work){.queue = q};
    if (atomic_load(&q->held) || q->unstored >= UNSTORED_MAX || q->unfetched >= UNFETCHED_MAX)
        return false;
    for (struct sweep *s = q->sweeps; s; s = s->after) {
        if (is_late(s)) {
            q->submitted -= sweep_leave_waiting(s);
            w->left = true;
        }
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

/* Its rows are not those of the study: none of its runs may be trained on others. */
static enum mmoe_status refuse_rows(struct work *w, const struct mmoe_error *err)
{
    struct mmoe_queue *q = w->queue;
    thread_monitor_enter(q->monitor);
    w->sweep->refused = *err;
    q->submitted -= sweep_stop(w->sweep);
    thread_monitor_leave(q->monitor);
    return MMOE_STATE; /* stopped, as by the user */
}

static enum mmoe_status train(struct work *w, struct mmoe_result *result, struct mmoe_error *err)
{
    struct mmoe_options o;
    struct row_cache *row_cache = w->queue->row_cache;
    mmoe_grid_options(&w->sweep->grid, w->run, &o);
    struct mmoe_dataset *data =
        row_cache_take(row_cache, &o, w->sweep->given.jobs, &w->sweep->stop, err);
    bool other = data && mmoe_failed(mmoe_grid_files_check(&w->sweep->grid, w->run, data, err));
    enum mmoe_status status = data ? MMOE_OK : err->status;
    struct mmoe_text kept = {0};
    if (w->sweep->given.publisher)
        mmoe_publisher_kept(w->sweep->given.publisher, w->run, &kept);
    const struct mmoe_watch watch = {
        .go_on = go_on, .context = w, .kept = kept.s, .keep_after = KEPT_AFTER};
    if (data && !other)
        status = mmoe_record_train(&o, data, &watch, result, err);
    else
        mmoe_record_clear(&result->record, &o);
    if (other)
        status = refuse_rows(w, err);
    mmoe_text_done(&kept);
    row_cache_return(row_cache, data);
    count_steps(w);
    result->record.run = w->run;
    result->record.seconds -= w->held;
    return status;
}

/* Hand a result on: to the writer, to the reader, or to nobody. */
static void hand_on(struct mmoe_queue *q, struct finished *f, enum mmoe_status status)
{
    struct sweep *s = f->sweep;
    bool stores = s->given.store && !mmoe_failed(status);
    bool stopped = status == MMOE_STATE && atomic_load(&s->stop);
    struct packed *record = stores || stopped ? NULL : packed_new(&f->result.record);
    thread_monitor_enter(q->monitor);
    q->active--;
    bool gives = stores && !s->broken;
    if (record)
        finish(q, f, record);
    else if (gives)
        q->unstored++;
    else if (stores) /* its store failed while it was trained */
        lose(q, f);
    else
        leave_out(q, f);
    bool idle = is_idle(q);
    thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
    if (idle)
        row_cache_clear(q->row_cache); /* who hears of the last run may replace the file of rows */
    if (gives) {
        writer_give(q->writer, f); /* which has news for the reader when it is stored */
    } else {
        finished_free(f);
        mmoe_mailbox_wake(q->mailbox);
    }
}

/* Was it told of another run of the sweep already? */
static bool is_told(struct mmoe_queue *q, struct sweep *s, const struct mmoe_error *err)
{
    thread_monitor_enter(q->monitor);
    bool told = strcmp(s->told.text, err->text) == 0;
    s->told = *err;
    thread_monitor_leave(q->monitor);
    return told;
}

static void work(struct mmoe_queue *q, struct work *w)
{
    struct mmoe_error err;
    struct finished *f = finished_new(w->sweep);
    enum mmoe_status status = train(w, &f->result, &err);
    bool stopped = status == MMOE_STATE && atomic_load(&w->sweep->stop);
    if (mmoe_failed(status) && !stopped && !is_told(q, w->sweep, &err))
        mmoe_mailbox_complain(q->mailbox, &err);
    hand_on(q, f, status);
}

/* The reader may wait for runs that nobody will train: tell it. */
static void tell_left(struct mmoe_queue *q)
{
    thread_monitor_enter(q->monitor);
    bool idle = is_idle(q);
    thread_monitor_leave(q->monitor);
    if (idle)
        row_cache_clear(q->row_cache);
    mmoe_mailbox_wake(q->mailbox);
}

static void worker(void *context)
{
    struct mmoe_queue *q = context;
    struct work w;
    for (;;) {
        thread_monitor_enter(q->monitor);
        bool taken = take_run(q, &w);
        while (!taken && !w.left && !atomic_load(&q->quit)) {
            thread_monitor_wait(q->monitor, WORK);
            taken = take_run(q, &w);
        }
        thread_monitor_leave(q->monitor);
        if (w.left)
            tell_left(q);
        if (!taken && w.left)
            continue;
        if (!taken)
            return;
        work(q, &w);
    }
}

/* --- what the writer did --- */

/* Results that are stored are finished. Results that could not be stored are left out, with the
 * rest of their sweep. */
static void kept(void *context, struct finished *first, const struct mmoe_error *err)
{
    struct mmoe_queue *q = context;
    struct sweep *s = first->sweep;
    struct packed *record[WRITER_BATCH_MAX];
    size_t n = 0;
    for (struct finished *f = first; f && !err; f = f->next)
        record[n++] = packed_new(&f->result.record);
    n = 0;
    thread_monitor_enter(q->monitor);
    if (err && !s->broken) {
        s->broken = true;
        s->why = *err;
        q->submitted -= sweep_stop(s);
    }
    for (struct finished *f = first; f; f = f->next) {
        q->unstored--;
        if (err)
            lose(q, f);
        else
            finish(q, f, record[n++]);
    }
    thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
    finished_free(first);
    mmoe_mailbox_wake(q->mailbox);
}

/* --- for the one who asks --- */

struct mmoe_queue *mmoe_queue_new(struct mmoe_mailbox *mailbox)
{
    struct mmoe_queue *q = mmoe_alloc(1, sizeof *q);
    q->mailbox = mailbox;
    q->monitor = thread_monitor_new(CONDITIONS);
    q->row_cache = row_cache_new();
    return q;
}

void mmoe_queue_free(struct mmoe_queue *q)
{
    if (!q)
        return;
    mmoe_queue_stop(q);
    thread_monitor_enter(q->monitor);
    atomic_store(&q->quit, true);
    thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
    for (size_t i = 0; i < q->worker_count; i++)
        thread_join(q->workers[i]);
    writer_free(q->writer); /* after all that is finished */
    q->writer = NULL;
    free_sweeps(q, q->sweeps);
    row_cache_free(q->row_cache);
    thread_monitor_free(q->monitor);
    mmoe_free(q);
}

/* A program that ends does not wait for another one that has the store locked. */
static bool waits_for_lock(void *context, bool locked)
{
    struct mmoe_queue *q = context;
    return !locked || !atomic_load(&q->quit);
}

void mmoe_queue_forget(struct mmoe_queue *q, const struct mmoe_publisher *p)
{
    if (q->writer)
        writer_forget(q->writer, p);
}

size_t mmoe_queue_cores(void)
{
    return thread_cores();
}

void mmoe_queue_sweep(struct mmoe_queue *q, const struct mmoe_sweep *sweep)
{
    struct sweep *s = sweep_new(sweep, WORKERS_MAX);
    if (s->given.store)
        mmoe_store_watched(s->given.store, &(struct mmoe_store_watch){waits_for_lock, q});
    size_t runs = sweep_waiting(s);
    size_t workers = runs < s->given.jobs ? runs : s->given.jobs;
    if (s->given.store && runs && !q->writer)
        q->writer = writer_new(kept, q);
    thread_monitor_enter(q->monitor);
    struct sweep *over = unlink_over(q);
    if (!q->sweeps) {
        q->finished = q->submitted = 0;
        q->steps_wanted = 0;
        atomic_store(&q->steps, 0);
    }
    append(q, s);
    q->submitted += runs;
    q->steps_wanted += s->steps;
    thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
    free_sweeps(q, over);
    while (q->worker_count < workers)
        q->workers[q->worker_count++] = thread_start(worker, q);
    mmoe_mailbox_wake(q->mailbox);
}

bool mmoe_queue_record(struct mmoe_queue *q, struct mmoe_record *out)
{
    size_t run = 0;
    thread_monitor_enter(q->monitor);
    struct sweep *over = unlink_over(q), *s = q->sweeps;
    struct packed *record = s ? sweep_fetch(s, &run) : NULL;
    if (record && packed_run(record) == run && q->unfetched-- == UNFETCHED_MAX)
        thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
    free_sweeps(q, over);
    if (!record)
        return false;
    packed_open(record, &s->grid, run, out);
    return true;
}

struct mmoe_progress mmoe_queue_progress(struct mmoe_queue *q)
{
    thread_monitor_enter(q->monitor);
    struct mmoe_progress p = {q->finished, q->submitted, atomic_load(&q->steps), q->steps_wanted};
    thread_monitor_leave(q->monitor);
    return p;
}

void mmoe_queue_hold(struct mmoe_queue *q, bool held)
{
    thread_monitor_enter(q->monitor);
    atomic_store(&q->held, held);
    thread_monitor_wake(q->monitor, HELD);
    thread_monitor_wake(q->monitor, WORK);
    thread_monitor_leave(q->monitor);
}

void mmoe_queue_stop(struct mmoe_queue *q)
{
    thread_monitor_enter(q->monitor);
    for (struct sweep *s = q->sweeps; s; s = s->after)
        q->submitted -= sweep_stop(s);
    atomic_store(&q->held, false);
    bool idle = is_idle(q);
    thread_monitor_wake(q->monitor, HELD);
    thread_monitor_leave(q->monitor);
    if (idle)
        row_cache_clear(q->row_cache);
    mmoe_mailbox_wake(q->mailbox);
}
