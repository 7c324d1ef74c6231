/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c - the finished runs of a stored study, read on a thread of its own.
 *
 * Records wait in a ring. The monitor guards the two counters alone, not the records: one
 * is copied into the ring before it counts as read, and out of it before it counts as
 * fetched.
 */
#include <mmoe/mem.h>
#include <mmoe/reader.h>

#include "src/base/thread.h"

enum { RING = 512, WAKE_AT = RING / 2 /* the caller is woken at half a ring */ };
enum { FETCHED, CONDITIONS };

struct mmoe_reader {
    struct mmoe_mailbox *mailbox;
    struct thread_monitor *monitor;
    struct thread *thread;
    char *path;
    int64_t study;
    struct mmoe_grid grid;
    bool with_curves;
    bool stop, done;      /* guarded, as the two below */
    size_t read, fetched; /* records so far */
    enum mmoe_status status;
    struct mmoe_error err;
    struct mmoe_record ring[RING];
};

static bool take(void *context, const struct mmoe_record *record)
{
    struct mmoe_reader *r = context;
    thread_monitor_enter(r->monitor);
    while (!r->stop && r->read - r->fetched == RING)
        thread_monitor_wait(r->monitor, FETCHED);
    bool stop = r->stop;
    thread_monitor_leave(r->monitor);
    if (stop)
        return false;
    r->ring[r->read % RING] = *record;
    thread_monitor_enter(r->monitor);
    bool news = ++r->read - r->fetched == WAKE_AT;
    thread_monitor_leave(r->monitor);
    if (news)
        mmoe_mailbox_wake(r->mailbox);
    return true;
}

static bool goes_on(void *context, bool locked)
{
    struct mmoe_reader *r = context;
    (void)locked;
    thread_monitor_enter(r->monitor);
    bool stop = r->stop;
    thread_monitor_leave(r->monitor);
    return !stop;
}

static void body(void *context)
{
    struct mmoe_reader *r = context;
    const struct mmoe_store_watch watch = {goes_on, r};
    struct mmoe_store *s = mmoe_store_open(r->path, MMOE_STORE_READ, &watch, &r->err);
    r->status = s ? mmoe_results_read(s, r->study, &r->grid, r->with_curves, take, r, &r->err)
                  : r->err.status;
    mmoe_store_close(s);
    thread_monitor_enter(r->monitor);
    r->done = true;
    thread_monitor_leave(r->monitor);
    mmoe_mailbox_wake(r->mailbox);
}

struct mmoe_reader *mmoe_reader_new(struct mmoe_mailbox *mailbox, const char *path, int64_t study,
                                    const struct mmoe_grid *g, bool with_curves)
{
    struct mmoe_reader *r = mmoe_alloc(1, sizeof *r);
    r->mailbox = mailbox;
    r->monitor = thread_monitor_new(CONDITIONS);
    r->path = mmoe_strdup(path);
    r->study = study;
    r->grid = *g;
    r->with_curves = with_curves;
    r->thread = thread_start(body, r);
    return r;
}

void mmoe_reader_free(struct mmoe_reader *r)
{
    if (!r)
        return;
    thread_monitor_enter(r->monitor);
    r->stop = true;
    thread_monitor_wake(r->monitor, FETCHED);
    thread_monitor_leave(r->monitor);
    thread_join(r->thread);
    thread_monitor_free(r->monitor);
    mmoe_free(r->path);
    mmoe_free(r);
}

bool mmoe_reader_record(struct mmoe_reader *r, struct mmoe_record *out)
{
    thread_monitor_enter(r->monitor);
    bool there = r->fetched < r->read;
    thread_monitor_leave(r->monitor);
    if (!there)
        return false;
    *out = r->ring[r->fetched % RING];
    thread_monitor_enter(r->monitor);
    if (r->read - ++r->fetched == WAKE_AT)
        thread_monitor_wake(r->monitor, FETCHED);
    thread_monitor_leave(r->monitor);
    return true;
}

bool mmoe_reader_is_done(struct mmoe_reader *r)
{
    thread_monitor_enter(r->monitor);
    bool done = r->done && (r->fetched == r->read || mmoe_failed(r->status));
    thread_monitor_leave(r->monitor);
    return done;
}

enum mmoe_status mmoe_reader_status(struct mmoe_reader *r, struct mmoe_error *err)
{
    if (mmoe_failed(r->status))
        *err = r->err;
    return r->status;
}
