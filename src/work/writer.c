/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writer.c - the thread that stores results, so that no worker waits for a disk. */
#include "src/work/writer.h"

#include <mmoe/mem.h>
#include <mmoe/queue.h>
#include <mmoe/results.h>

#include "src/base/thread.h"

enum { GIVEN, CONDITIONS };

struct writer {
    struct thread_monitor *monitor;
    struct thread *thread;
    writer_kept *kept;
    void *context;
    bool quit;
    struct finished *first, *last; /* to be stored, in the order they were given */
    struct sweep *ended;           /* to be freed */
};

/* Take all waiting results of the first one's sweep, linked in their order, up to a batch; the
 * monitor is entered. */
static struct finished *take_batch(struct writer *k, size_t *count)
{
    struct finished *batch = NULL, **end = &batch, **at = &k->first;
    struct sweep *s = k->first ? k->first->sweep : NULL;
    *count = 0;
    k->last = NULL;
    while (*at) {
        struct finished *f = *at;
        if (f->sweep == s && *count < WRITER_BATCH_MAX) {
            *at = f->next;
            f->next = NULL;
            *end = f;
            end = &f->next;
            *count += 1;
        } else {
            k->last = f;
            at = &f->next;
        }
    }
    return batch;
}

static void store(struct writer *k, struct finished *first, size_t count)
{
    const struct mmoe_sweep *given = &first->sweep->given;
    const struct mmoe_result *results[WRITER_BATCH_MAX];
    struct mmoe_error err = {.status = MMOE_IO, .text = "its store failed before"};
    size_t n = 0;
    for (struct finished *f = first; f; f = f->next)
        results[n++] = &f->result;
    bool failed = first->sweep->broken ||
                  mmoe_failed(mmoe_results_add(given->store, given->study, &given->origin, results,
                                               count, &err));
    k->kept(k->context, first, failed ? &err : NULL);
}

static void free_sweeps(struct sweep *s)
{
    while (s) {
        struct sweep *after = s->after;
        sweep_free(s);
        s = after;
    }
}

static void keep(void *context)
{
    struct writer *k = context;
    bool quit = false;
    while (!quit) {
        size_t count;
        thread_monitor_enter(k->monitor);
        while (!k->first && !k->ended && !k->quit)
            thread_monitor_wait(k->monitor, GIVEN);
        struct finished *batch = take_batch(k, &count);
        struct sweep *ended = k->ended;
        k->ended = NULL;
        quit = k->quit && !batch && !ended;
        thread_monitor_leave(k->monitor);
        if (batch)
            store(k, batch, count);
        free_sweeps(ended);
    }
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
