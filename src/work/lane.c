/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.c - the live run on a thread of its own: what is ordered, and what is fetched.
 *
 * One monitor guards what the lane shares with its reader; it is entered for list
 * operations and swaps of pointers only. A snapshot changes hands by its pointer: the
 * lane fills one that nobody else has and puts it in the place of the one published
 * before; the reader takes the published one away.
 *
 * The lane's thread takes orders from a list, one after the other, and carries them
 * out (live.c).
 */
#include <stdio.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/utf8.h>

#include "src/work/live.h"

/* --- making and ending --- */

struct mmoe_lane *mmoe_lane_new(struct mmoe_mailbox *mailbox)
{
    struct mmoe_lane *l = mmoe_alloc(1, sizeof *l);
    l->mailbox = mailbox;
    l->monitor = thread_monitor_new(CONDITIONS);
    l->thread = thread_start(live_main, l);
    return l;
}

void mmoe_lane_end(struct mmoe_lane *l)
{
    mmoe_lane_stop(l);
    thread_monitor_enter(l->monitor);
    l->orders.quit = true;
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_free(struct mmoe_lane *l)
{
    if (!l)
        return;
    mmoe_lane_end(l);
    thread_join(l->thread);
    mmoe_journal_free(l->foreseen);
    orders_done(&l->orders);
    for (struct mmoe_bench left; mmoe_lane_benched(l, &left);)
        continue;
    for (struct mmoe_filed left; mmoe_lane_filed(l, &left);)
        mmoe_free(left.line);
    mmoe_dataset_free(l->data);
    mmoe_snapshot_free(l->published);
    pace_free(l->pace);
    thread_monitor_free(l->monitor);
    mmoe_free(l);
}

/* --- orders --- */

static void give(struct mmoe_lane *l, const struct order *order)
{
    orders_give(&l->orders, l->monitor, order);
}

uint64_t mmoe_lane_make(struct mmoe_lane *l, const struct mmoe_options *o, bool with_run)
{
    if (with_run) {
        thread_monitor_enter(l->monitor);
        atomic_store(&l->tuned, false); /* o is newer than what the run before was to take over */
        thread_monitor_leave(l->monitor);
        l->ticket++;
    }
    give(l, &(struct order){
                .kind = ORDER_MAKE, .with_run = with_run, .ticket = l->ticket, .options = *o});
    return l->ticket;
}

void mmoe_lane_train(struct mmoe_lane *l, size_t until)
{
    mmoe_lane_train_for(l, until, &(struct mmoe_goal){0});
}

void mmoe_lane_train_for(struct mmoe_lane *l, size_t until, const struct mmoe_goal *goal)
{
    if (l->pace)
        pace_begin(l->pace, l->member);
    give(l, &(struct order){.kind = ORDER_TRAIN, .until = until, .goal = *goal});
}

uint64_t mmoe_lane_reset(struct mmoe_lane *l)
{
    give(l, &(struct order){.kind = ORDER_RESET, .ticket = ++l->ticket});
    return l->ticket;
}

void mmoe_lane_goto(struct mmoe_lane *l, size_t step)
{
    give(l, &(struct order){.kind = ORDER_GOTO, .until = step});
}

void mmoe_lane_foresee(struct mmoe_lane *l, size_t step, const struct mmoe_journal *journal)
{
    thread_monitor_enter(l->monitor);
    const struct mmoe_journal *before = l->foreseen;
    l->foreseen = journal;
    thread_monitor_leave(l->monitor);
    mmoe_journal_free(before);
    give(l, &(struct order){.kind = ORDER_FORESEE, .until = step});
}

void mmoe_lane_note(struct mmoe_lane *l, enum mmoe_mark_kind kind, const char *text)
{
    struct order order = {.kind = ORDER_NOTE, .mark = kind};
    mmoe_utf8_copy(order.text, sizeof order.text, text);
    give(l, &order);
}

uint64_t mmoe_lane_file(struct mmoe_lane *l, enum mmoe_file what, const char *path,
                        const struct mmoe_options *o)
{
    struct order order = {.kind = ORDER_FILE, .file = {.what = what, .options = *o}};
    snprintf(order.file.path, sizeof order.file.path, "%s", path);
    if (what == MMOE_FILE_LOAD)
        order.ticket = ++l->ticket;
    give(l, &order);
    return l->ticket;
}

void mmoe_lane_show(struct mmoe_lane *l, unsigned what)
{
    give(l, &(struct order){.kind = ORDER_SHOW, .shown = what});
}

void mmoe_lane_each(struct mmoe_lane *l, bool each)
{
    thread_monitor_enter(l->monitor);
    atomic_store(&l->each, each);
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_bench(struct mmoe_lane *l, size_t index, size_t rounds)
{
    give(l, &(struct order){.kind = ORDER_BENCH, .bench = index, .rounds = rounds});
}

/* What was changed before and not taken over yet stays changed. */
static void add_tuning(struct mmoe_lane *l, const struct mmoe_options *before,
                       const struct mmoe_options *o)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        bool waits = atomic_load(&l->tuned) &&
                     !mmoe_option_same(&l->tune_from, &l->tune_to, option);
        if (!waits || !mmoe_option_same(before, o, option))
            mmoe_option_copy(&l->tune_from, before, option);
    }
    l->tune_to = *o;
}

void mmoe_lane_tune(struct mmoe_lane *l, const struct mmoe_options *before,
                    const struct mmoe_options *o)
{
    thread_monitor_enter(l->monitor);
    add_tuning(l, before, o);
    l->tuned_behind = l->orders.given;
    atomic_store(&l->tuned, true);
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_pause(struct mmoe_lane *l)
{
    size_t trainings = orders_drop(&l->orders, l->monitor, ORDERS_ALL);
    thread_monitor_enter(l->monitor);
    atomic_store(&l->orders.interrupt, true);
    thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
    if (l->pace)
        pace_end(l->pace, l->member, trainings); /* the one in progress ends by itself */
}

void mmoe_lane_stop(struct mmoe_lane *l)
{
    mmoe_lane_pause(l);
    thread_monitor_enter(l->monitor);
    if (l->working) /* on what was ordered before */
        atomic_store(&l->orders.stop, true);
    thread_monitor_leave(l->monitor);
}

void mmoe_lane_together(struct mmoe_lane *const *lanes, size_t n)
{
    struct pace *pace = n > 1 ? pace_new() : NULL;
    for (size_t i = 0; i < n; i++) {
        pace_free(lanes[i]->pace);
        lanes[i]->pace = pace ? pace_ref(pace) : NULL;
        lanes[i]->member = pace ? pace_join(pace) : 0;
    }
    pace_free(pace);
}

/* --- what came of them --- */

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

bool mmoe_lane_busy(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    bool busy = l->working || l->orders.first;
    thread_monitor_leave(l->monitor);
    return busy;
}

const struct mmoe_snapshot *mmoe_lane_snapshot(struct mmoe_lane *l)
{
    thread_monitor_enter(l->monitor);
    const struct mmoe_snapshot *s = l->published;
    l->published = NULL;
    if (s && atomic_load(&l->each))
        thread_monitor_wake(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
    return s;
}

struct mmoe_dataset *mmoe_lane_data(struct mmoe_lane *l, struct mmoe_options *made)
{
    thread_monitor_enter(l->monitor);
    struct mmoe_dataset *d = l->data ? mmoe_dataset_ref(l->data) : NULL;
    if (made)
        *made = l->data_made;
    thread_monitor_leave(l->monitor);
    return d;
}
