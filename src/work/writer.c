/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writer.c - the thread that stores results, so that no worker waits for a disk. */
#include "src/work/writer.h"

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>
#include <mmoe/results.h>

#include "src/base/thread.h"

enum { GIVEN, FREE, CONDITIONS };
enum { TWINS_MAX = 64 }; /* in a transaction */

struct writer {
    struct thread_monitor *monitor;
    struct thread *thread;
    writer_kept *kept;
    void *context;
    bool quit;
    struct mmoe_publisher *publisher; /* of the sweep that stored last; NULL: none */
    bool publishing;                  /* the writer uses it now */
    struct finished *first, *last;    /* to be stored, in the order they were given */
    struct sweep *ended;              /* to be freed */
};

/* Take all waiting results of the first one's sweep, linked in their order, up to a batch; the
 * monitor is entered. */
static struct finished *take_batch(struct writer *k)
{
    struct finished *batch = NULL, **end = &batch, **at = &k->first;
    struct sweep *s = k->first ? k->first->sweep : NULL;
    size_t count = 0;
    k->last = NULL;
    while (*at) {
        struct finished *f = *at;
        if (f->sweep == s && count < WRITER_BATCH_MAX) {
            *at = f->next;
            f->next = NULL;
            *end = f;
            end = &f->next;
            count++;
        } else {
            k->last = f;
            at = &f->next;
        }
    }
    return batch;
}

/* Results to be added in one transaction. */
struct addition {
    const struct mmoe_sweep *given;
    size_t count, twins;
    const struct mmoe_result *results[WRITER_BATCH_MAX];
    struct mmoe_result *twin; /* (TWINS_MAX) copies, which share what they point to */
};

static bool is_full(const struct addition *a)
{
    return a->count == WRITER_BATCH_MAX || a->twins == TWINS_MAX;
}

static enum mmoe_status add(struct addition *a, struct mmoe_error *err)
{
    const struct mmoe_sweep *given = a->given;
    size_t count = a->count;
    a->count = a->twins = 0;
    if (mmoe_failed(
            mmoe_results_add(given->store, given->study, &given->origin, a->results, count, err)))
        return err->status;
    return given->publisher
               ? mmoe_publisher_add(given->publisher, &given->origin, a->results, count, err)
               : MMOE_OK;
}

/* The result of a twin: it differs in the run alone. */
static const struct mmoe_result *twin_of(struct addition *a, const struct finished *f, size_t run)
{
    if (!a->twin)
        a->twin = mmoe_alloc(TWINS_MAX, sizeof *a->twin);
    struct mmoe_result *twin = &a->twin[a->twins++];
    *twin = f->result;
    twin->record.run = run;
    mmoe_grid_options(&f->sweep->grid, run, &twin->record.options);
    return twin;
}

/* Add a result and those of its twins, more than have room in one transaction in several; the last
 * one waits for others. */
static enum mmoe_status put(struct addition *a, const struct finished *f, struct mmoe_error *err)
{
    size_t run = f->result.record.run;
    a->results[a->count++] = &f->result;
    while ((run = sweep_twin(f->sweep, run)) != SIZE_MAX) {
        if (is_full(a) && mmoe_failed(add(a, err)))
            return err->status;
        a->results[a->count++] = twin_of(a, f, run);
    }
    return MMOE_OK;
}

/* Is there room for the result and its twins? */
static bool has_room(const struct addition *a, const struct finished *f)
{
    size_t twins = 0, run = f->result.record.run;
    while (twins <= TWINS_MAX && (run = sweep_twin(f->sweep, run)) != SIZE_MAX)
        twins++;
    return a->count + 1 + twins <= WRITER_BATCH_MAX && a->twins + twins <= TWINS_MAX;
}

/* Add the first of them, and those behind it that have room in the same transaction, of which *last
 * is the last. */
static enum mmoe_status add_some(struct addition *a, struct finished *first, struct finished **last,
                                 struct mmoe_error *err)
{
    enum mmoe_status status = put(a, first, err);
    *last = first;
    while (!mmoe_failed(status) && (*last)->next && has_room(a, (*last)->next)) {
        *last = (*last)->next;
        status = put(a, *last, err);
    }
    return mmoe_failed(status) ? status : add(a, err);
}

/* A store that failed is not asked again. */
static void store(struct writer *k, struct finished *first)
{
    struct addition a = {.given = &first->sweep->given};
    struct sweep *s = first->sweep;
    while (first && !s->broken) {
        struct mmoe_error err;
        struct finished *last, *batch = first;
        bool failed = mmoe_failed(add_some(&a, batch, &last, &err));
        first = last->next;
        last->next = NULL;
        k->kept(k->context, batch, failed ? &err : NULL);
    }
    mmoe_free(a.twin);
    struct mmoe_error err;
    mmoe_fail(&err, MMOE_IO, "its store failed before");
    if (first)
        k->kept(k->context, first, &err);
}

static void free_sweeps(struct sweep *s)
{
    while (s) {
        struct sweep *after = s->after;
        sweep_free(s);
        s = after;
    }
}

/* Wait for something to do; the monitor is entered. True where it is time to publish. */
static bool wait_for_work(struct writer *k)
{
    while (!k->first && !k->ended && !k->quit) {
        double due = k->publisher ? mmoe_publisher_due(k->publisher) : 0;
        if (due > 0 && mmoe_clock_now() >= due)
            return true;
        if (due > 0)
            thread_monitor_wait_until(k->monitor, GIVEN, due);
        else
            thread_monitor_wait(k->monitor, GIVEN);
    }
    return false;
}

/* What fails here is tried again, and told when the next result cannot be published either. */
static void publish(struct writer *k)
{
    struct mmoe_error again;
    mmoe_publisher_end(k->publisher, &again);
}

static void keep(void *context)
{
    struct writer *k = context;
    bool quit = false;
    while (!quit) {
        thread_monitor_enter(k->monitor);
        bool due = wait_for_work(k);
        struct finished *batch = take_batch(k);
        struct sweep *ended = k->ended;
        k->ended = NULL;
        quit = k->quit && !batch && !ended;
        if (batch)
            k->publisher = batch->sweep->given.publisher;
        k->publishing = due || batch;
        thread_monitor_leave(k->monitor);
        if (due)
            publish(k);
        if (batch)
            store(k, batch);
        free_sweeps(ended);
        thread_monitor_enter(k->monitor);
        k->publishing = false;
        thread_monitor_wake(k->monitor, FREE);
        thread_monitor_leave(k->monitor);
    }
}

void writer_forget(struct writer *k, const struct mmoe_publisher *p)
{
    thread_monitor_enter(k->monitor);
    while (k->publishing && k->publisher == p)
        thread_monitor_wait(k->monitor, FREE);
    if (k->publisher == p)
        k->publisher = NULL;
    thread_monitor_leave(k->monitor);
}

struct writer *writer_new(writer_kept *kept, void *context)
{
    struct writer *k = mmoe_alloc(1, sizeof *k);
    k->monitor = thread_monitor_new(CONDITIONS);
    k->kept = kept;
    k->context = context;
    k->thread = thread_start(keep, k);
    return k;
}

void writer_free(struct writer *k)
{
    if (!k)
        return;
    thread_monitor_enter(k->monitor);
    k->quit = true;
    thread_monitor_wake(k->monitor, GIVEN);
    thread_monitor_leave(k->monitor);
    thread_join(k->thread);
    thread_monitor_free(k->monitor);
    mmoe_free(k);
}

void writer_give(struct writer *k, struct finished *f)
{
    f->next = NULL;
    thread_monitor_enter(k->monitor);
    if (k->last)
        k->last->next = f;
    else
        k->first = f;
    k->last = f;
    thread_monitor_wake(k->monitor, GIVEN);
    thread_monitor_leave(k->monitor);
}

void writer_end(struct writer *k, struct sweep *s)
{
    thread_monitor_enter(k->monitor);
    s->after = k->ended;
    k->ended = s;
    thread_monitor_wake(k->monitor, GIVEN);
    thread_monitor_leave(k->monitor);
}
