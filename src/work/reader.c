/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c - the finished runs of a stored study, read on a thread of its own.
 *
 * Records wait in a ring. The monitor guards the two counters alone, not the records: one
 * is copied into the ring before it counts as read, and out of it before it counts as
 * fetched.
 */
#include <string.h>

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/reader.h>
#include <mmoe/results.h>
#include <mmoe/shards.h>

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
    struct mmoe_watching watching; /* guarded */
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

/* --- shards --- */

#define LOOK_EVERY 1.0 /* seconds */
#define HEARD 120.0    /* seconds */

/* What was read of a folder. */
struct watched {
    struct mmoe_reader *reader;
    bool *has;    /* (runs) */
    size_t *left; /* (shards) runs of each that are not there; NULL: it is not known how
                     many shards there are */
    size_t shards, there;
    struct mmoe_segments seen;
};

static bool take_new(void *context, const struct mmoe_record *record)
{
    struct watched *w = context;
    if (record->run >= mmoe_grid_runs(&w->reader->grid) || w->has[record->run])
        return true;
    w->has[record->run] = true;
    w->there++;
    if (w->left)
        w->left[mmoe_grid_seed(&w->reader->grid, record->run) % w->shards]--;
    return take(w->reader, record);
}

/* False: it is none of the study. */
static bool read_segment(struct watched *w, const struct mmoe_segment *segment)
{
    struct mmoe_reader *r = w->reader;
    struct mmoe_error err;
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    struct mmoe_study_info info;
    struct mmoe_store *s = mmoe_segment_open(segment, &err);
    bool sound =
        s && !mmoe_failed(mmoe_store_study(s, 0, &info, grid, &err)) &&
        mmoe_grid_same(grid, &r->grid) &&
        !mmoe_failed(mmoe_results_read(s, info.id, &r->grid, r->with_curves, take_new, w, &err));
    mmoe_store_close(s);
    mmoe_free(grid);
    return sound;
}

/* As many shards as the newest segment is of: how many runs each of them has yet to publish. */
static void count_left(struct watched *w, const struct mmoe_segments *all)
{
    const struct mmoe_grid *g = &w->reader->grid;
    const struct mmoe_segment *newest = NULL;
    for (size_t i = 0; i < all->count; i++)
        if (!newest || all->list[i].published > newest->published)
            newest = &all->list[i];
    if (!newest || newest->shard.n == w->shards)
        return;
    mmoe_free(w->left);
    w->shards = newest->shard.n;
    w->left = mmoe_alloc(w->shards, sizeof *w->left);
    for (size_t r = 0; r < mmoe_grid_runs(g); r++)
        w->left[mmoe_grid_seed(g, r) % w->shards] += !w->has[r];
}

/* When each shard was heard last. */
static void tell_silence(struct watched *w, const struct mmoe_segments *all, size_t bad)
{
    struct mmoe_watching now = {.segments = all->count - bad, .bad = bad, .shards = w->shards};
    double *heard = mmoe_alloc(w->shards + 1, sizeof *heard), time = mmoe_clock_date();
    for (size_t i = 0; i < all->count; i++) {
        const struct mmoe_segment *s = &all->list[i];
        if (s->shard.n == w->shards && s->published > heard[s->shard.k])
            heard[s->shard.k] = s->published;
    }
    for (size_t k = 0; k < w->shards; k++) {
        bool silent = heard[k] > 0 && time - heard[k] > HEARD && w->left[k];
        now.heard += heard[k] > 0 && time - heard[k] <= HEARD;
        now.silent += silent;
        if (silent && time - heard[k] > now.longest)
            now.longest = time - heard[k];
    }
    mmoe_free(heard);
    thread_monitor_enter(w->reader->monitor);
    w->reader->watching = now;
    thread_monitor_leave(w->reader->monitor);
}

static bool was_seen(const struct mmoe_segments *seen, size_t *at, const char *path)
{
    while (*at < seen->count && strcmp(seen->list[*at].path, path) < 0)
        ++*at;
    return *at < seen->count && strcmp(seen->list[*at].path, path) == 0;
}

/* Read segments that were not there before. One that is bad may be one that is being copied: it is
 * looked at again. */
static void look_again(struct watched *w)
{
    struct mmoe_segments all, sound = {0};
    struct mmoe_error err;
    size_t at = 0;
    if (mmoe_failed(mmoe_segments_list(w->reader->path, &all, &err)))
        return; /* for a while, perhaps */
    sound.list = mmoe_alloc(all.count + 1, sizeof *sound.list);
    count_left(w, &all);
    for (size_t i = 0; i < all.count && goes_on(w->reader, false); i++)
        if (was_seen(&w->seen, &at, all.list[i].path) || read_segment(w, &all.list[i])) {
            sound.list[sound.count] = all.list[i];
            sound.list[sound.count++].path = mmoe_strdup(all.list[i].path);
        }
    mmoe_segments_done(&w->seen);
    w->seen = sound;
    tell_silence(w, &all, all.count - sound.count);
    mmoe_segments_done(&all);
    mmoe_mailbox_wake(w->reader->mailbox);
}

static void watch(void *context)
{
    struct mmoe_reader *r = context;
    size_t runs = mmoe_grid_runs(&r->grid);
    struct watched w = {.reader = r, .has = mmoe_alloc(runs, sizeof *w.has)};
    while (goes_on(r, false)) {
        look_again(&w);
        thread_monitor_enter(r->monitor);
        r->done = w.there == runs;
        double until = mmoe_clock_now() + LOOK_EVERY;
        while (!r->stop && !r->done && mmoe_clock_now() < until)
            thread_monitor_wait_until(r->monitor, FETCHED, until);
        bool over = r->done;
        thread_monitor_leave(r->monitor);
        if (over)
            break;
    }
    mmoe_segments_done(&w.seen);
    mmoe_free(w.left);
    mmoe_free(w.has);
    mmoe_mailbox_wake(r->mailbox);
}

static struct mmoe_reader *begin(struct mmoe_mailbox *mailbox, const char *path, int64_t study,
                                 const struct mmoe_grid *g, bool with_curves,
                                 void (*run)(void *context))
{
    struct mmoe_reader *r = mmoe_alloc(1, sizeof *r);
    r->mailbox = mailbox;
    r->monitor = thread_monitor_new(CONDITIONS);
    r->path = mmoe_strdup(path);
    r->study = study;
    r->grid = *g;
    r->with_curves = with_curves;
    r->thread = thread_start(run, r);
    return r;
}

struct mmoe_reader *mmoe_reader_watch(struct mmoe_mailbox *mailbox, const char *dir,
                                      const struct mmoe_grid *g, bool with_curves)
{
    return begin(mailbox, dir, 0, g, with_curves, watch);
}

struct mmoe_watching mmoe_reader_watching(struct mmoe_reader *r)
{
    thread_monitor_enter(r->monitor);
    struct mmoe_watching now = r->watching;
    thread_monitor_leave(r->monitor);
    return now;
}

struct mmoe_reader *mmoe_reader_new(struct mmoe_mailbox *mailbox, const char *path, int64_t study,
                                    const struct mmoe_grid *g, bool with_curves)
{
    return begin(mailbox, path, study, g, with_curves, body);
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
