/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.c - the live run on a thread of its own: what is ordered, and what is fetched.
 *
 * One monitor guards what the lane shares with its reader; it is entered for list
 * operations and swaps of pointers only. A snapshot changes hands by swapping: the
 * lane copies the run's into a spare of its own, then swaps the spare with the
 * published one; the reader swaps the published one with the one it showed last.
 *
 * The lane takes orders from a list, one after the other, and carries them out
 * (live.c). A pause drops the list and raises `interrupt`, which the lane looks at
 * between steps; it is lowered when the next order is taken, which can only be a
 * later one.
 */
#include "src/study/lane.h"

#include <mmoe/mem.h>

#include "src/study/files.h"
#include "src/study/live.h"

#include <stdio.h>

/* --- the list of orders --- */

static struct order *unlink_orders(struct lane *l)
{
    struct order *all = l->orders;
    l->orders = l->orders_end = NULL;
    return all;
}

static void free_orders(struct order *o)
{
    while (o) {
        struct order *next = o->next;
        mmoe_free(o);
        o = next;
    }
}

/* What waits behind a failed order would act on something else than was meant. */
void lane_fail_orders(struct lane *l, const struct mmoe_error *err)
{
    news_complain(l->news, err);
    monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    monitor_leave(l->monitor);
    free_orders(dropped);
}

struct order *lane_next_order(struct lane *l)
{
    monitor_enter(l->monitor);
    l->working = false;
    news_wake(l->news);
    while (!l->orders && !l->quit)
        monitor_wait(l->monitor, ORDERED);
    struct order *o = l->quit ? NULL : l->orders;
    if (o) {
        l->orders = o->next;
        if (!l->orders)
            l->orders_end = NULL;
        l->working = true;
        atomic_store(&l->interrupt, false);
    }
    monitor_leave(l->monitor);
    return o;
}

struct order *lane_next_errand(struct lane *l)
{
    struct order **at = &l->orders, *before = NULL, *found;
    monitor_enter(l->monitor);
    while (*at && ((*at)->kind != ORDER_FILE || !files_is_errand((*at)->file.what))) {
        before = *at;
        at = &(*at)->next;
    }
    found = *at;
    if (found)
        *at = found->next;
    if (found && l->orders_end == found)
        l->orders_end = before;
    monitor_leave(l->monitor);
    return found;
}

/* --- for the one who orders --- */

struct lane *lane_new(struct news *news)
{
    struct lane *l = mmoe_alloc(1, sizeof *l);
    l->news = news;
    l->monitor = monitor_new(CONDITIONS);
    mmoe_snapshot_init(&l->published, 0);
    mmoe_snapshot_init(&l->live.spare, 0);
    l->thread = thread_start(live_main, l);
    return l;
}

void lane_end(struct lane *l)
{
    lane_pause(l);
    monitor_enter(l->monitor);
    l->quit = true;
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_free(struct lane *l)
{
    if (!l)
        return;
    lane_end(l);
    thread_join(l->thread);
    for (struct mmoe_bench left; lane_benched(l, &left);)
        continue;
    for (struct mmoe_filed left; lane_filed(l, &left);)
        continue;
    mmoe_dataset_free(l->data);
    mmoe_snapshot_done(&l->published);
    monitor_free(l->monitor);
    mmoe_free(l);
}

static void give_order(struct lane *l, const struct order *order)
{
    struct order *o = mmoe_alloc(1, sizeof *o);
    *o = *order;
    monitor_enter(l->monitor);
    if (l->orders_end)
        l->orders_end->next = o;
    else
        l->orders = o;
    l->orders_end = o;
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_make(struct lane *l, const struct mmoe_options *o, bool with_run)
{
    if (with_run) {
        monitor_enter(l->monitor);
        atomic_store(&l->tuned, false); /* o is newer than what the run before was to take over */
        monitor_leave(l->monitor);
    }
    give_order(l, &(struct order){.kind = ORDER_MAKE, .with_run = with_run, .options = *o});
}

void lane_train(struct lane *l, size_t until)
{
    give_order(l, &(struct order){.kind = ORDER_TRAIN, .until = until});
}

void lane_file(struct lane *l, enum mmoe_file what, const char *path, const struct mmoe_options *o)
{
    struct order order = {.kind = ORDER_FILE, .file = {.what = what, .options = *o}};
    snprintf(order.file.path, sizeof order.file.path, "%s", path);
    give_order(l, &order);
    if (!files_is_errand(what))
        return;
    monitor_enter(l->monitor);
    atomic_store(&l->errands, true);
    monitor_wake(l->monitor, ORDERED); /* a training may be waiting for its next step */
    monitor_leave(l->monitor);
}

bool lane_filed(struct lane *l, struct mmoe_filed *out)
{
    monitor_enter(l->monitor);
    struct filed *f = l->filed;
    if (f)
        l->filed = f->next;
    monitor_leave(l->monitor);
    if (f)
        *out = f->file;
    mmoe_free(f);
    return f != NULL;
}

void lane_bench(struct lane *l, size_t index, size_t rounds)
{
    give_order(l, &(struct order){.kind = ORDER_BENCH, .bench = index, .rounds = rounds});
}

bool lane_benched(struct lane *l, struct mmoe_bench *out)
{
    monitor_enter(l->monitor);
    struct benched *b = l->benched;
    if (b)
        l->benched = b->next;
    monitor_leave(l->monitor);
    if (b)
        *out = b->result;
    mmoe_free(b);
    return b != NULL;
}

void lane_reset(struct lane *l)
{
    give_order(l, &(struct order){.kind = ORDER_RESET});
}

void lane_tune(struct lane *l, const struct mmoe_options *o)
{
    monitor_enter(l->monitor);
    l->tune_to = *o;
    atomic_store(&l->tuned, true);
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_pause(struct lane *l)
{
    monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    atomic_store(&l->interrupt, true);
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
    free_orders(dropped);
}

bool lane_busy(struct lane *l)
{
    monitor_enter(l->monitor);
    bool busy = l->working || l->orders;
    monitor_leave(l->monitor);
    return busy;
}

bool lane_snapshot(struct lane *l, struct mmoe_snapshot *out)
{
    monitor_enter(l->monitor);
    bool fresh = l->fresh;
    if (fresh) {
        struct mmoe_snapshot shown = *out;
        *out = l->published;
        l->published = shown;
        l->fresh = false;
    }
    monitor_leave(l->monitor);
    return fresh;
}

struct mmoe_dataset *lane_data(struct lane *l)
{
    monitor_enter(l->monitor);
    struct mmoe_dataset *d = l->data ? mmoe_dataset_ref(l->data) : NULL;
    monitor_leave(l->monitor);
    return d;
}
