/* SPDX-License-Identifier: GPL-3.0-or-later */
/* row_cache.c - rows that runs in progress share. */
#include "src/work/row_cache.h"

#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/source.h>
#include <mmoe/text.h>

#include "src/base/thread.h"

enum { CHANGED, CONDITIONS };

struct entry {
    struct mmoe_text key; /* the options that rows depend on, as text */
    struct mmoe_options options;
    struct mmoe_dataset *data; /* NULL while it is made */
    size_t users;              /* its maker counts */
    struct entry *next;
};

struct row_cache {
    struct thread_monitor *monitor;
    struct entry *entries; /* the one made last first */
    size_t count;
};

struct row_cache *row_cache_new(void)
{
    struct row_cache *s = mmoe_alloc(1, sizeof *s);
    s->monitor = thread_monitor_new(CONDITIONS);
    return s;
}

/* Unlink *at and return it. */
static struct entry *unlink_entry(struct row_cache *s, struct entry **at)
{
    struct entry *e = *at;
    *at = e->next;
    e->next = NULL;
    s->count--;
    return e;
}

static void free_entry(struct entry *e) /* NULL allowed */
{
    if (!e)
        return;
    mmoe_dataset_free(e->data);
    mmoe_text_done(&e->key);
    mmoe_free(e);
}

static void free_entries(struct entry *e)
{
    while (e) {
        struct entry *next = e->next;
        free_entry(e);
        e = next;
    }
}

void row_cache_clear(struct row_cache *s)
{
    struct entry *dropped = NULL;
    thread_monitor_enter(s->monitor);
    for (struct entry **at = &s->entries; *at;) {
        if ((*at)->users > 0) {
            at = &(*at)->next;
            continue;
        }
        struct entry *e = unlink_entry(s, at);
        e->next = dropped;
        dropped = e;
    }
    thread_monitor_leave(s->monitor);
    free_entries(dropped);
}

void row_cache_free(struct row_cache *s)
{
    if (!s)
        return;
    free_entries(s->entries);
    thread_monitor_free(s->monitor);
    mmoe_free(s);
}

static struct entry *find(struct row_cache *s, const char *key)
{
    for (struct entry *e = s->entries; e; e = e->next)
        if (strcmp(e->key.s, key) == 0)
            return e;
    return NULL;
}

/* Unlink the oldest entry that nobody uses; NULL: all are in use. */
static struct entry *evict(struct row_cache *s)
{
    struct entry **found = NULL;
    for (struct entry **at = &s->entries; *at; at = &(*at)->next)
        if ((*at)->users == 0)
            found = at;
    return found ? unlink_entry(s, found) : NULL;
}

/* Has the entry rows of the same source and shape, so that its arrays fit? */
static bool fits(const struct entry *e, const struct mmoe_options *o)
{
    return e->data && mmoe_source_of(&e->options) == mmoe_source_of(o) &&
           e->options.dim == o->dim && e->options.rows == o->rows &&
           e->options.validation_rows == o->validation_rows && e->options.test_rows == o->test_rows;
}

/* Rows of the list whose inputs serve for o, with one more reference; or NULL. */
static struct mmoe_dataset *alike(struct entry *e, const struct mmoe_options *o)
{
    for (; e; e = e->next)
        if (fits(e, o) && e->options.seed_data == o->seed_data)
            return mmoe_dataset_ref(e->data);
    return NULL;
}

/*
 * Reuse the arrays of rows that are dropped; NULL if those of o do not fit or others hold
 * them. New memory would be cleared by the system and once more by the program: a tenth of
 * the time of a short run.
 */
static struct mmoe_dataset *room_of(struct entry *dropped, const struct mmoe_options *o)
{
    if (!dropped || !fits(dropped, o))
        return NULL;
    struct mmoe_dataset *d = dropped->data;
    dropped->data = NULL;
    return mmoe_dataset_spare(d);
}

/*
 * Make the rows of the new entry e, which takes the place of `dropped`. The caller is in the
 * monitor; it is left while the rows are made, and others wait for e->data.
 */
static void make(struct row_cache *s, struct entry *e, struct entry *dropped, atomic_bool *stop,
                 struct mmoe_error *err)
{
    struct mmoe_dataset *like = alike(s->entries, &e->options);
    if (!like)
        like = alike(dropped, &e->options); /* its labels are dropped, its inputs are shared */
    e->next = s->entries;
    s->entries = e;
    s->count++;
    thread_monitor_leave(s->monitor);
    if (!like)
        like = room_of(dropped, &e->options);
    free_entries(dropped); /* before the new rows are made, which need the memory */
    struct mmoe_dataset *made = mmoe_source_make_until(&e->options, like, stop, err);
    mmoe_dataset_free(like);
    thread_monitor_enter(s->monitor);
    e->data = made;
    thread_monitor_wake(s->monitor, CHANGED);
}

static void remove_entry(struct row_cache *s, struct entry *e)
{
    struct entry **at = &s->entries;
    while (*at != e)
        at = &(*at)->next;
    unlink_entry(s, at);
}

struct mmoe_dataset *row_cache_take(struct row_cache *s, const struct mmoe_options *o, size_t room,
                                    atomic_bool *stop, struct mmoe_error *err)
{
    struct entry *fresh = mmoe_alloc(1, sizeof *fresh), *e, *dropped = NULL;
    fresh->options = *o;
    mmoe_source_key(o, &fresh->key);
    const char *key = fresh->key.s;
    thread_monitor_enter(s->monitor);
    while ((e = find(s, key)) ? !e->data : s->count >= room && !(dropped = evict(s)))
        thread_monitor_wait(s->monitor, CHANGED); /* for rows in the making, or for room */
    if (!e) {
        e = fresh;
        fresh = NULL;
        e->users = 1;
        make(s, e, dropped, stop, err);
        if (!e->data) {
            remove_entry(s, e);
            fresh = e;
        }
    } else {
        e->users++;
    }
    struct mmoe_dataset *d = e->data ? mmoe_dataset_ref(e->data) : NULL;
    thread_monitor_leave(s->monitor);
    free_entry(fresh);
    return d;
}

void row_cache_return(struct row_cache *s, struct mmoe_dataset *d)
{
    if (!d)
        return;
    thread_monitor_enter(s->monitor);
    for (struct entry *e = s->entries; e; e = e->next)
        if (e->data == d)
            e->users--;
    thread_monitor_wake(s->monitor, CHANGED);
    thread_monitor_leave(s->monitor);
    mmoe_dataset_free(d);
}
