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

#define PUBLISH_GAP (1.0 / 60) /* seconds between two snapshots */
#define RATE_WINDOW 0.5        /* seconds over which steps a second are counted */

/* --- publishing --- */

static void publish(struct mmoe_lane *l, double now)
{
    struct live *v = &l->live;
    struct mmoe_snapshot *s = v->spare ? v->spare : mmoe_snapshot_new();
    v->published = now;
    v->published_step = mmoe_run_at(v->run);
    mmoe_snapshot_copy(s, mmoe_run_snapshot(v->run));
    s->ticket = v->ticket;
    s->checkpoints = v->past.count;
    s->checkpoint_bytes = v->past.bytes;
    thread_monitor_enter(l->monitor);
    const struct mmoe_snapshot *unread = l->published;
    l->published = s;
    thread_monitor_leave(l->monitor);
    v->spare = mmoe_snapshot_reuse(unread);
    mmoe_mailbox_wake(l->mailbox);
}

/* What waits behind a failed order would act on something else than was meant; what is ordered by
 * one who has heard of the failure stays. */
static void fail(struct mmoe_lane *l, const struct mmoe_error *err)
{
    live_drop_before(l, ORDERS_ALL);
    mmoe_mailbox_complain(l->mailbox, err);
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

/* --- errands --- */

static void show(struct live *v, unsigned what)
{
    v->shows = what;
    if (v->run)
        mmoe_run_show(v->run, what);
}

/* Have the run, at a step of its past, what was changed at that step. */
static void catch_up(struct live *v)
{
    if (v->past.away)
        past_again(&v->past, v->run);
}

static void take_note(struct live *v, const struct order *o)
{
    if (!v->run)
        return;
    if (o->mark == MMOE_MARK_NOTE) {
        past_note(&v->past, v->run, o->text);
        return;
    }
    past_leave(&v->past, v->run);
    mmoe_run_note(v->run, o->mark, o->text);
}

/* Between two steps: what need not wait for the end of the training. */
static void run_errands(struct mmoe_lane *l)
{
    struct order *o;
    struct mmoe_error err;
    if (!atomic_exchange(&l->orders.errands, false))
        return;
    while ((o = orders_next_errand(&l->orders, l->monitor))) {
        if (o->kind == ORDER_SHOW || o->kind == ORDER_NOTE) {
            if (o->kind == ORDER_SHOW)
                show(&l->live, o->shown);
            else
                take_note(&l->live, o);
            if (l->live.run)
                publish(l, mmoe_clock_now());
        } else if (mmoe_failed(live_do_file(l, o, &err))) {
            mmoe_mailbox_complain(l->mailbox, &err);
        }
        mmoe_free(o);
    }
}

/* --- training --- */

/* Where it changes a run that is back in its past, that is another one from here on. */
static void tune(struct live *v, const struct mmoe_options *o)
{
    struct mmoe_text changes = {0};
    mmoe_journal_changes(&mmoe_run_snapshot(v->run)->options, o, &changes);
    if (changes.n)
        past_leave(&v->past, v->run);
    mmoe_text_done(&changes);
    mmoe_run_tune(v->run, o);
}

/* The user's options may lag behind those of a run that goes through its past again: what was
 * changed is taken, and no more. */
static void take_tuning(struct mmoe_lane *l)
{
    if (!l->live.run || !atomic_load_explicit(&l->tuned, memory_order_relaxed))
        return; /* a run that is yet to be made takes it when it is there */
    catch_up(&l->live);
    struct mmoe_options o = mmoe_run_snapshot(l->live.run)->options;
    thread_monitor_enter(l->monitor);
    atomic_store(&l->tuned, false);
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (!mmoe_option_same(&l->tune_from, &l->tune_to, &mmoe_option_table[i]))
            mmoe_option_copy(&o, &l->tune_to, &mmoe_option_table[i]);
    thread_monitor_leave(l->monitor);
    l->live.next_step = mmoe_clock_now();
    tune(&l->live, &o);
}

/* Wait until the next step is due at the speed asked for; anything that changes that ends the wait.
 * False where an errand does: the step is due when it was. */
static bool keep_speed(struct mmoe_lane *l)
{
    struct live *v = &l->live;
    double speed = mmoe_run_snapshot(v->run)->options.speed, now = mmoe_clock_now();
    if (speed <= 0)
        return true;
    if (now < v->next_step) {
        if (v->next_step - now >= PUBLISH_GAP)
            publish(l, now); /* what is shown meanwhile */
        thread_monitor_enter(l->monitor);
        while (!atomic_load(&l->orders.interrupt) && !atomic_load(&l->tuned) &&
               !atomic_load(&l->orders.errands) && now < v->next_step) {
            thread_monitor_wait_until(l->monitor, ORDERED, v->next_step);
            now = mmoe_clock_now();
        }
        thread_monitor_leave(l->monitor);
    }
    if (atomic_load(&l->orders.errands))
        return false;
    double late = now - v->next_step;
    v->next_step = late > 1 / speed ? now + 1 / speed : v->next_step + 1 / speed;
    return true;
}

static bool interrupted(const struct mmoe_lane *l)
{
    return atomic_load_explicit(&l->orders.interrupt, memory_order_relaxed);
}

/* The last step is still to be shown, and it is time. */
static bool is_unseen(const struct mmoe_lane *l)
{
    const struct live *v = &l->live;
    return v->published_step != mmoe_run_at(v->run) &&
           mmoe_clock_now() - v->published >= PUBLISH_GAP;
}

/* Another lane may be behind: it goes on waiting for it unless something else is to be done. */
static bool may_wait(void *context)
{
    const struct mmoe_lane *l = context;
    return !interrupted(l) && !atomic_load(&l->orders.errands) && !is_unseen(l);
}

/* Wait until the lanes it keeps pace with have ended the step it is at; false where something else
 * is to be done first. */
static bool keep_pace(struct mmoe_lane *l)
{
    if (!l->pace || pace_wait(l->pace, l->member, mmoe_run_at(l->live.run), may_wait, l))
        return true;
    if (is_unseen(l))
        publish(l, mmoe_clock_now());
    return false;
}

/* Is the goal met at an evaluation of the step it is at? */
static bool has_reached(const struct live *v, const struct mmoe_goal *goal)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(v->run);
    bool evaluated = s->curve_count && s->curve[s->curve_count - 1].step == mmoe_run_at(v->run);
    return evaluated && mmoe_goal_is_met(goal, s);
}

/* The evaluation of this step is seen before the next one is taken. */
static void hand_over(struct mmoe_lane *l)
{
    publish(l, mmoe_clock_now());
    thread_monitor_enter(l->monitor);
    while (l->published && atomic_load(&l->each) && !atomic_load(&l->orders.interrupt) &&
           !l->orders.quit)
        thread_monitor_wait(l->monitor, ORDERED);
    thread_monitor_leave(l->monitor);
}

static bool is_evaluated(const struct live *v)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(v->run);
    return s->curve_count && s->curve[s->curve_count - 1].step == mmoe_run_at(v->run);
}

/* Step after step to `until`; ended by an interrupt, a loaded run, the run itself, or an evaluation
 * at which the goal is met. */
static void step_on(struct mmoe_lane *l, size_t until, const struct mmoe_goal *goal)
{
    struct live *v = &l->live;
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && mmoe_run_at(v->run) < until && !interrupted(l)) {
        take_tuning(l);
        run_errands(l);
        if (v->replaced)
            return;
        if (!keep_pace(l) || !keep_speed(l) || interrupted(l))
            continue;
        double start = mmoe_clock_now();
        past_before_step(&v->past, v->run);
        status = mmoe_run_step(v->run);
        double now = mmoe_clock_now();
        mmoe_run_spent(v->run, now - start);
        count_rate(v, now);
        if (atomic_load_explicit(&l->each, memory_order_relaxed) && is_evaluated(v))
            hand_over(l);
        else if (now - v->published >= PUBLISH_GAP)
            publish(l, now);
        if (goal->any && has_reached(v, goal))
            return;
    }
}

static void end_training(struct mmoe_lane *l, size_t until)
{
    struct live *v = &l->live;
    const struct mmoe_snapshot *s = mmoe_run_snapshot(v->run);
    if (mmoe_run_at(v->run) >= until)
        mmoe_run_evaluate(v->run);
    bool finished = mmoe_run_at(v->run) >= s->steps || s->stopped;
    if (finished)
        mmoe_run_test(v->run);
    mark(v, finished ? MMOE_RUN_FINISHED : MMOE_RUN_PAUSED);
}

static void train(struct mmoe_lane *l, size_t until, const struct mmoe_goal *goal)
{
    struct live *v = &l->live;
    if (!v->run)
        return;
    size_t wanted = mmoe_run_snapshot(v->run)->options.steps;
    mmoe_run_set_steps(v->run, until > wanted ? until : wanted);
    v->rate = 0;
    v->rate_step = mmoe_run_at(v->run);
    v->rate_time = v->next_step = mmoe_clock_now();
    v->replaced = false;
    mark(v, MMOE_RUN_TRAINING);
    step_on(l, until, goal);
    if (v->replaced)
        return;
    catch_up(v);
    end_training(l, until);
}

/* Train to that step again, at whatever speed, as it was trained before. */
static void train_again(struct mmoe_lane *l, size_t step)
{
    struct live *v = &l->live;
    mark(v, MMOE_RUN_TRAINING);
    while (mmoe_run_at(v->run) < step && !interrupted(l)) {
        past_before_step(&v->past, v->run);
        if (mmoe_run_step(v->run) != MMOE_CONTINUE)
            break;
        double now = mmoe_clock_now();
        if (atomic_load_explicit(&l->each, memory_order_relaxed) && is_evaluated(v))
            hand_over(l);
        else if (now - v->published >= PUBLISH_GAP)
            publish(l, now);
    }
    catch_up(v);
}

static enum mmoe_status go_to(struct mmoe_lane *l, size_t step, struct mmoe_error *err)
{
    struct live *v = &l->live;
    if (!v->run)
        return mmoe_fail(err, MMOE_STATE, "there is no run to go back in: run makes one");
    size_t steps = mmoe_run_snapshot(v->run)->steps;
    steps = step > steps ? step : steps;
    enum mmoe_status status = past_go(&v->past, v->run, step, err);
    if (mmoe_failed(status))
        return status;
    show(v, v->shows); /* a run that diverged had none */
    mmoe_run_set_steps(v->run, steps);
    train_again(l, step);
    if (!interrupted(l))
        mmoe_run_evaluate(v->run);
    bool finished = mmoe_run_at(v->run) >= steps || mmoe_run_snapshot(v->run)->stopped;
    if (finished)
        mmoe_run_test(v->run);
    mark(v, finished ? MMOE_RUN_FINISHED : MMOE_RUN_PAUSED);
    return MMOE_OK;
}

/* The journal of what the run is to become. */
static void foresee(struct mmoe_lane *l, size_t step)
{
    thread_monitor_enter(l->monitor);
    const struct mmoe_journal *journal = l->foreseen;
    l->foreseen = NULL;
    thread_monitor_leave(l->monitor);
    if (l->live.run)
        past_foresee(&l->live.past, step, journal);
    else
        mmoe_journal_free(journal);
}

/* --- making --- */

static enum mmoe_status make_data(struct mmoe_lane *l, const struct mmoe_options *o,
                                  struct mmoe_error *err)
{
    struct live *v = &l->live;
    if (v->data && mmoe_source_same(&v->made_with, o))
        return MMOE_OK;
    struct mmoe_dataset *made = mmoe_source_make_until(o, NULL, &l->orders.stop, err);
    if (!made)
        return err->status;
    mmoe_run_free(v->run); /* it trained on other rows */
    v->run = NULL;
    past_begin(&v->past, NULL);
    live_take_rows(l, made, o);
    mmoe_mailbox_wake(l->mailbox);
    return MMOE_OK;
}

/* What was tuned since the run was ordered, though the run before may have taken it over, too. */
static void take_late_tuning(struct mmoe_lane *l, struct mmoe_run *made, uint64_t number)
{
    struct mmoe_options o;
    thread_monitor_enter(l->monitor);
    bool late = l->tuned_behind >= number;
    if (late)
        o = l->tune_to;
    thread_monitor_leave(l->monitor);
    if (late)
        mmoe_run_tune(made, &o);
}

static enum mmoe_status make(struct mmoe_lane *l, const struct order *o, struct mmoe_error *err)
{
    struct live *v = &l->live;
    if (mmoe_failed(make_data(l, &o->options, err)))
        return err->status;
    if (!o->with_run || interrupted(l))
        return MMOE_OK;
    struct mmoe_run *made = mmoe_run_new(&o->options, v->data, err);
    if (!made)
        return err->status;
    take_late_tuning(l, made, o->number);
    mmoe_run_free(v->run);
    v->run = made;
    past_begin(&v->past, made);
    mmoe_run_show(made, v->shows);
    v->ticket = o->ticket;
    return MMOE_OK;
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
            fail(l, &err);
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
    enum mmoe_status status = MMOE_OK;
    take_tuning(l);
    switch (o->kind) {
    case ORDER_MAKE: status = make(l, o, &err); break;
    case ORDER_TRAIN:
        train(l, o->until, &o->goal);
        live_end_trainings(l, 1);
        break;
    case ORDER_RESET:
        if (l->live.run)
            mmoe_run_reset(l->live.run);
        past_begin(&l->live.past, l->live.run);
        show(&l->live, l->live.shows); /* a run that diverged had none */
        l->live.ticket = o->ticket;
        break;
    case ORDER_FILE: status = live_do_file(l, o, &err); break;
    case ORDER_SHOW: show(&l->live, o->shown); break;
    case ORDER_NOTE: take_note(&l->live, o); break;
    case ORDER_FORESEE: foresee(l, o->until); break;
    case ORDER_GOTO: status = go_to(l, o->until, &err); break;
    case ORDER_BENCH: measure(l, o); return;
    }
    if (status == MMOE_STATE && atomic_load(&l->orders.stop))
        mmoe_mailbox_complain(l->mailbox, &err); /* what waited is dropped already */
    else if (mmoe_failed(status))
        fail(l, &err);
    if (l->live.run && atomic_load(&l->each))
        hand_over(l);
    else if (l->live.run)
        publish(l, mmoe_clock_now());
}

/* The reader sees it at rest when it has heard of it. */
static void rest(void *context)
{
    mmoe_mailbox_wake(((struct mmoe_lane *)context)->mailbox);
}

void live_main(void *context)
{
    struct mmoe_lane *l = context;
    struct order *o;
    while ((o = orders_next(&l->orders, l->monitor, &l->working, rest, l))) {
        carry_out(l, o);
        mmoe_free(o);
    }
    past_done(&l->live.past);
    mmoe_run_free(l->live.run);
    mmoe_dataset_free(l->live.data);
    mmoe_snapshot_free(l->live.spare);
}
