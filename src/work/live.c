/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.c - what the lane's thread does: makes rows and a run, trains it, publishes snapshots.
 *
 * It takes one order after the other. Between two steps of a training it looks at
 * what need not wait for its end: options that are tuned, exports, an interrupt.
 */
#include "src/work/live.h"

#include <mmoe/clock.h>
#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/source.h>

#include "src/work/files.h"

#define PUBLISH_GAP (1.0 / 60) /* seconds between two snapshots */
#define RATE_WINDOW 0.5        /* seconds over which steps a second are counted */

/* --- publishing --- */

static void publish(struct mmoe_lane *l, double now)
{
    struct live *v = &l->live;
    v->published = now;
    mmoe_snapshot_copy(&v->spare, mmoe_run_snapshot(v->run));
    thread_monitor_enter(l->monitor);
    struct mmoe_snapshot shown = l->published;
    l->published = v->spare;
    v->spare = shown;
    l->fresh = true;
    thread_monitor_leave(l->monitor);
    mmoe_mailbox_wake(l->mailbox);
}

static void mark(struct live *v, enum mmoe_run_state state)
{
    bool training = state == MMOE_RUN_TRAINING;
    mmoe_run_mark(v->run, state, training ? v->rate : 0);
}

static void count_rate(struct live *v, double now)
{
    double seconds = now - v->rate_time;
    if (seconds < RATE_WINDOW)
        return;
    size_t at = mmoe_run_at(v->run);
    v->rate = (double)(at - v->rate_step) / seconds;
    v->rate_time = now;
    v->rate_step = at;
    mark(v, MMOE_RUN_TRAINING);
}

/* --- files --- */

/* What the lane has becomes what a checkpoint brought. */
static void adopt(struct mmoe_lane *l, const struct session *s)
{
    struct live *v = &l->live;
    mmoe_run_free(v->run);
    mmoe_dataset_free(v->data);
    v->run = s->run;
    v->data = s->data;
    v->made_with = s->made_with;
    thread_monitor_enter(l->monitor);
    struct mmoe_dataset *before = l->data;
    l->data = s->data ? mmoe_dataset_ref(s->data) : NULL;
    thread_monitor_leave(l->monitor);
    mmoe_dataset_free(before);
}

static enum mmoe_status load(struct mmoe_lane *l, struct mmoe_filed *file, struct mmoe_error *err)
{
    const struct session was = {.data = l->live.data, .made_with = l->live.made_with};
    struct session loaded;
    if (mmoe_failed(files_load(file->path, &was, &loaded, err)))
        return err->status;
    file->options = loaded.options;
    file->made_with = loaded.made_with;
    file->with_run = loaded.has_run;
    adopt(l, &loaded);
    return MMOE_OK;
}

/* False and *err where it fails. */
static bool do_file(struct mmoe_lane *l, struct mmoe_filed *file, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    if (file->what == MMOE_FILE_LOAD)
        status = load(l, file, err);
    else if (file->what == MMOE_FILE_IMPORT_WEIGHTS)
        status = files_import(l->live.run, file->path, err);
    else
        status = files_write(file, l->live.data, l->live.run, err);
    if (mmoe_failed(status))
        return false;
    struct filed *f = mmoe_alloc(1, sizeof *f), **at = &l->filed;
    f->file = *file;
    f->file.step = l->live.run ? mmoe_run_at(l->live.run) : 0;
    thread_monitor_enter(l->monitor);
    while (*at)
        at = &(*at)->next;
    *at = f;
    thread_monitor_leave(l->monitor);
    mmoe_mailbox_wake(l->mailbox);
    return true;
}

/* Between two steps: what need not wait for the end of the training. */
static void run_errands(struct mmoe_lane *l)
{
    struct order *o;
    struct mmoe_error err;
    if (!atomic_exchange(&l->errands, false))
        return;
    while ((o = lane_next_errand(l))) {
        if (!do_file(l, &o->file, &err))
            mmoe_mailbox_complain(l->mailbox, &err);
        mmoe_free(o);
    }
}

/* --- training --- */

static void take_tuning(struct mmoe_lane *l)
{
    struct mmoe_options o;
    if (!l->live.run || !atomic_load_explicit(&l->tuned, memory_order_relaxed))
        return; /* a run that is yet to be made takes it when it is there */
    thread_monitor_enter(l->monitor);
    atomic_store(&l->tuned, false);
    o = l->tune_to;
    thread_monitor_leave(l->monitor);
    l->live.next_step = mmoe_clock_now();
    mmoe_run_tune(l->live.run, &o);
}

/* Wait until the next step is due at the speed asked for; anything that changes that ends the wait.
 */
static void keep_speed(struct mmoe_lane *l)
{
    struct live *v = &l->live;
    double speed = mmoe_run_snapshot(v->run)->options.speed, now = mmoe_clock_now();
    if (speed <= 0)
        return;
    if (now < v->next_step) {
        if (v->next_step - now >= PUBLISH_GAP)
            publish(l, now); /* what is shown meanwhile */
        thread_monitor_enter(l->monitor);
        while (!atomic_load(&l->interrupt) && !atomic_load(&l->tuned) &&
               !atomic_load(&l->errands) && now < v->next_step) {
            thread_monitor_wait_until(l->monitor, ORDERED, v->next_step);
            now = mmoe_clock_now();
        }
        thread_monitor_leave(l->monitor);
    }
    double late = now - v->next_step;
    v->next_step = late > 1 / speed ? now + 1 / speed : v->next_step + 1 / speed;
}

static bool interrupted(struct mmoe_lane *l)
{
    return atomic_load_explicit(&l->interrupt, memory_order_relaxed);
}

static void train(struct mmoe_lane *l, size_t until)
{
    struct live *v = &l->live;
    if (!v->run)
        return;
    size_t wanted = mmoe_run_snapshot(v->run)->options.steps;
    mmoe_run_set_steps(v->run, until > wanted ? until : wanted);
    v->rate = 0;
    v->rate_step = mmoe_run_at(v->run);
    v->rate_time = v->next_step = mmoe_clock_now();
    mark(v, MMOE_RUN_TRAINING);
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && mmoe_run_at(v->run) < until && !interrupted(l)) {
        take_tuning(l);
        run_errands(l);
        keep_speed(l);
        if (interrupted(l))
            break;
        double start = mmoe_clock_now();
        status = mmoe_run_step(v->run);
        double now = mmoe_clock_now();
        mmoe_run_spent(v->run, now - start);
        count_rate(v, now);
        if (now - v->published >= PUBLISH_GAP)
            publish(l, now);
    }
    if (mmoe_run_at(v->run) >= until)
        mmoe_run_evaluate(v->run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(v->run);
    bool finished = mmoe_run_at(v->run) >= s->steps || s->stopped;
    mark(v, finished ? MMOE_RUN_FINISHED : MMOE_RUN_PAUSED);
}

/* --- making --- */

static bool make_data(struct mmoe_lane *l, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct live *v = &l->live;
    if (v->data && mmoe_source_same(&v->made_with, o))
        return true;
    struct mmoe_dataset *made = mmoe_source_make(o, NULL, err);
    if (!made)
        return false;
    mmoe_run_free(v->run); /* it trained on other rows */
    v->run = NULL;
    mmoe_dataset_free(v->data);
    v->data = made;
    v->made_with = *o;
    thread_monitor_enter(l->monitor);
    struct mmoe_dataset *before = l->data;
    l->data = mmoe_dataset_ref(made);
    thread_monitor_leave(l->monitor);
    mmoe_dataset_free(before);
    mmoe_mailbox_wake(l->mailbox);
    return true;
}

static bool make_run(struct mmoe_lane *l, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct live *v = &l->live;
    struct mmoe_run *made = mmoe_run_new(o, v->data, err);
    if (!made)
        return false;
    mmoe_run_free(v->run);
    v->run = made;
    return true;
}

static bool not_interrupted(void *context)
{
    return !interrupted(context);
}

static void measure(struct mmoe_lane *l, const struct order *o)
{
    struct mmoe_error err;
    struct benched *b = mmoe_alloc(1, sizeof *b), **at = &l->benched;
    enum mmoe_status status =
        mmoe_bench_measure(o->bench, o->rounds, not_interrupted, l, &b->result, &err);
    if (mmoe_failed(status)) {
        mmoe_free(b);
        if (status != MMOE_STATE) /* stopped: nothing to be said */
            lane_fail_orders(l, &err);
        return;
    }
    thread_monitor_enter(l->monitor);
    while (*at)
        at = &(*at)->next;
    *at = b;
    thread_monitor_leave(l->monitor);
    mmoe_mailbox_wake(l->mailbox);
}

static void carry_out(struct mmoe_lane *l, struct order *o)
{
    struct mmoe_error err;
    take_tuning(l);
    switch (o->kind) {
    case ORDER_MAKE:
        if (!make_data(l, &o->options, &err) ||
            (o->with_run && !interrupted(l) && !make_run(l, &o->options, &err)))
            lane_fail_orders(l, &err);
        break;
    case ORDER_TRAIN: train(l, o->until); break;
    case ORDER_RESET:
        if (l->live.run)
            mmoe_run_reset(l->live.run);
        break;
    case ORDER_FILE:
        if (!do_file(l, &o->file, &err))
            lane_fail_orders(l, &err);
        break;
    case ORDER_BENCH: measure(l, o); return;
    }
    if (l->live.run)
        publish(l, mmoe_clock_now());
}

void live_main(void *context)
{
    struct mmoe_lane *l = context;
    struct order *o;
    while ((o = lane_next_order(l))) {
        carry_out(l, o);
        mmoe_free(o);
    }
    mmoe_run_free(l->live.run);
    mmoe_dataset_free(l->live.data);
    mmoe_snapshot_done(&l->live.spare);
}
