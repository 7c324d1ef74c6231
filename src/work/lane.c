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
#include <stdio.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>

#include "src/work/files.h"
#include "src/work/live.h"

/* --- the list of orders --- */

static struct order *unlink_orders(struct mmoe_lane *l)
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
void lane_fail_orders(struct mmoe_lane *l, const struct mmoe_error *err)
{
    mmoe_mailbox_complain(l->mailbox, err);
    thread_monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    thread_monitor_leave(l->monitor);
    free_orders(dropped);
}

struct order *lane_next_order(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    l->working = false;
    mmoe_mailbox_wake(l->mailbox);
    while (!l->orders && !l->quit)
        thread_monitor_wait(l->monitor, ORDERED);
    struct order *o = l->quit ? NULL : l->orders;
    if (o) {
        l->orders = o->next;
        if (!l->orders)
            l->orders_end = NULL;
        l->working = true;
        atomic_store(&l->interrupt, false);
    }
    thread_monitor_leave(l->monitor);
    return o;
}

struct order *lane_next_errand(struct mmoe_lane *l)
{
    struct order **at = &l->orders, *before = NULL, *found;
    thread_monitor_enter(l->monitor);
    while (*at && ((*at)->kind != ORDER_FILE || !files_is_errand((*at)->file.what))) {
        before = *at;
        at = &(*at)->next;
    }
    found = *at;
    if (found)
        *at = found->next;
    if (found && l->orders_end == found)
        l->orders_end = before;
    thread_monitor_leave(l->monitor);
    return found;
}

/* --- for the one who orders --- */

struct mmoe_lane *mmoe_lane_new(struct mmoe_mailbox *mailbox)
{
    struct mmoe_lane *l = mmoe_alloc(1, sizeof *l);
    l->mailbox = mailbox;
    l->monitor = thread_monitor_new(CONDITIONS);
    mmoe_snapshot_init(&l->published, 0);
    mmoe_snapshot_init(&l->live.spare, 0);
    l->thread = thread_start(live_main, l);
    return l;
}

void mmoe_lane_end(struct mmoe_lane *l)
{
    mmoe_lane_pause(l);
    thread_monitor_enter(l->monitor);
    l->quit = true;
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_free(struct mmoe_lane *l)
{
    if (!l)
        return;
    mmoe_lane_end(l);
    thread_join(l->thread);
    for (struct mmoe_bench left; mmoe_lane_benched(l, &left);)
        continue;
    for (struct mmoe_filed left; mmoe_lane_filed(l, &left);)
        continue;
    mmoe_dataset_free(l->data);
    mmoe_snapshot_done(&l->published);
    thread_monitor_free(l->monitor);
    mmoe_free(l);
}

static void give_order(struct mmoe_lane *l, const struct order *order)
{
    struct order *o = mmoe_alloc(1, sizeof *o);
    *o = *order;
    thread_monitor_enter(l->monitor);
    if (l->orders_end)
        l->orders_end->next = o;
    else
        l->orders = o;
    l->orders_end = o;
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_make(struct mmoe_lane *l, const struct mmoe_options *o, bool with_run)
{
    if (with_run) {
        thread_monitor_enter(l->monitor);
        atomic_store(&l->tuned, false); /* o is newer than what the run before was to take over */
        thread_monitor_leave(l->monitor);
    }
    give_order(l, &(struct order){.kind = ORDER_MAKE, .with_run = with_run, .options = *o});
}

void mmoe_lane_train(struct mmoe_lane *l, size_t until)
{
    give_order(l, &(struct order){.kind = ORDER_TRAIN, .until = until});
}

void mmoe_lane_file(struct mmoe_lane *l, enum mmoe_file what, const char *path,
                    const struct mmoe_options *o)
{
    struct order order = {.kind = ORDER_FILE, .file = {.what = what, .options = *o}};
    snprintf(order.file.path, sizeof order.file.path, "%s", path);
    give_order(l, &order);
    if (!files_is_errand(what))
        return;
    thread_monitor_enter(l->monitor);
    atomic_store(&l->errands, true);
    thread_monitor_wake(l->monitor, ORDERED); /* a training may be waiting for its next step */
    thread_monitor_leave(l->monitor);
}

bool mmoe_lane_filed(struct mmoe_lane *l, struct mmoe_filed *out)
{
    thread_monitor_enter(l->monitor);
    struct filed *f = l->filed;
    if (f)
        l->filed = f->next;
    thread_monitor_leave(l->monitor);
    if (f)
        *out = f->file;
    mmoe_free(f);
    return f != NULL;
}

void mmoe_lane_bench(struct mmoe_lane *l, size_t index, size_t rounds)
{
    give_order(l, &(struct order){.kind = ORDER_BENCH, .bench = index, .rounds = rounds});
}

bool mmoe_lane_benched(struct mmoe_lane *l, struct mmoe_bench *out)
{
    thread_monitor_enter(l->monitor);
    struct benched *b = l->benched;
    if (b)
        l->benched = b->next;
    thread_monitor_leave(l->monitor);
    if (b)
        *out = b->result;
    mmoe_free(b);
    return b != NULL;
}

void mmoe_lane_reset(struct mmoe_lane *l)
{
    give_order(l, &(struct order){.kind = ORDER_RESET});
}

void mmoe_lane_tune(struct mmoe_lane *l, const struct mmoe_options *o)
{
    thread_monitor_enter(l->monitor);
    l->tune_to = *o;
    atomic_store(&l->tuned, true);
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_pause(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    atomic_store(&l->interrupt, true);
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
    free_orders(dropped);
}

bool mmoe_lane_busy(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    bool busy = l->working || l->orders;
    thread_monitor_leave(l->monitor);
    return busy;
}

bool mmoe_lane_snapshot(struct mmoe_lane *l, struct mmoe_snapshot *out)
{
    thread_monitor_enter(l->monitor);
    bool fresh = l->fresh;
    if (fresh) {
        struct mmoe_snapshot shown = *out;
        *out = l->published;
        l->published = shown;
        l->fresh = false;
    }
    thread_monitor_leave(l->monitor);
    return fresh;
}

struct mmoe_dataset *mmoe_lane_data(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    struct mmoe_dataset *d = l->data ? mmoe_dataset_ref(l->data) : NULL;
    thread_monitor_leave(l->monitor);
    return d;
}
