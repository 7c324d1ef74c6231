/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.c - live runs: their lanes, and what comes back from them.
 *
 * What came of orders (live_orders.c) is taken in later, in an order that
 * does not depend on when: files that were read, then rows, then evaluations in the
 * order of their steps, then files that were written, then errors, then the end of the
 * order. Evaluations are read from the curve of a snapshot, not from the
 * snapshots themselves, so that none is missed however few snapshots were seen.
 *
 * An order that makes a run has a ticket, which the run's snapshots bear. A run that
 * is replaced is kept in the list of runs, and its successor gets the next number,
 * when the successor's first snapshot comes in.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/app/parts.h"
#include "ui/report/events.h"
#include "ui/report/row.h"

/* --- the lanes --- */

static void begin_lane(struct app *a, size_t i)
{
    a->lanes[i] = (struct app_lane){.lane = mmoe_lane_new(a->mailbox), .made = a->view.options};
    mmoe_lane_each(a->lanes[i].lane, a->cast != NULL);
}

void app_live_init(struct app *a)
{
    begin_lane(a, 0);
}

void app_live_end(struct app *a)
{
    for (size_t i = 0; i < a->view.lane_count; i++)
        mmoe_lane_end(a->lanes[i].lane);
}

void app_live_done(struct app *a)
{
    for (size_t i = 0; i < a->view.lane_count; i++) {
        struct app_lane *l = &a->lanes[i];
        mmoe_lane_free(l->lane);
        mmoe_dataset_free(l->data);
        mmoe_snapshot_free(l->incoming);
    }
}

bool app_live_idle(const struct app *a)
{
    bool idle = true;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        const struct app_lane *l = &a->lanes[i];
        idle = idle && l->pending == APP_PENDING_NONE && !l->filing && !mmoe_lane_busy(l->lane);
    }
    return idle;
}

enum mmoe_status app_lane_add(struct app *a, struct mmoe_error *err)
{
    size_t n = a->view.lane_count;
    if (n == VIEW_LANES_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "there are %zu live runs already: that is the most", n);
    begin_lane(a, n);
    a->view.lane_count++;
    a->changes++;
    return MMOE_OK;
}

enum mmoe_status app_lanes_together(struct app *a, bool together, struct mmoe_error *err)
{
    struct mmoe_lane *lanes[VIEW_LANES_MAX];
    if (!app_live_idle(a))
        return mmoe_fail(err, MMOE_STATE, "a run trains: pause it first");
    for (size_t i = 0; i < a->view.lane_count; i++)
        lanes[i] = a->lanes[i].lane;
    if (together)
        mmoe_lane_together(lanes, a->view.lane_count);
    for (size_t i = 0; i < a->view.lane_count && !together; i++)
        mmoe_lane_together(&lanes[i], 1);
    return MMOE_OK;
}

void app_lane_drop(struct app *a)
{
    size_t i = a->view.lane_count - 1;
    struct app_lane *l = &a->lanes[i];
    if (a->view.lanes[i].live->step > 0)
        view_keep(&a->view, i, false);
    view_show(&a->view, i, NULL);
    mmoe_lane_end(l->lane);
    mmoe_lane_free(l->lane);
    mmoe_dataset_free(l->data);
    mmoe_snapshot_free(l->incoming);
    *l = (struct app_lane){0};
    a->view.lanes[i].id = 0;
    a->view.lanes[i].stale = a->view.lanes[i].making = false;
    a->view.lane_count--;
    a->changes++;
}

/* --- what comes back; i: of lane i --- */

static void begin_run(struct app *a, size_t i)
{
    struct app_lane *l = &a->lanes[i];
    if (a->view.lanes[i].live->step > 0 && !l->turned)
        view_keep(&a->view, i, false);
    l->turned = l->turns;
    a->view.lanes[i].id = ++a->view.newest_id;
    a->view.lanes[i].making = false;
    l->follows = l->returns; /* its settings are those of its beginning */
    l->returns = false;
    a->view.lanes[i].furthest = 0;
    l->evals_reported = l->already;
    l->already = 0;
    l->fresh = false;
}

/* Is the run of an earlier side yet to be shown? Runs have their numbers in the order of sides. */
static bool is_preceded(const struct app *a, size_t i)
{
    bool preceded = false;
    for (size_t k = 0; k < i; k++)
        preceded = preceded || (a->lanes[k].fresh && !a->lanes[k].rest);
    return preceded;
}

/* Where it is recorded: a frame once all sides are at the same evaluation. */
static void record_evaluation(struct app *a)
{
    const struct mmoe_snapshot *first = a->view.lanes[0].live;
    for (size_t i = 0; a->cast && i < a->view.lane_count; i++) {
        const struct mmoe_snapshot *s = a->view.lanes[i].live;
        if (s->curve_count == 0 || s->curve[s->curve_count - 1].step != s->step ||
            s->step != first->step || s->step >= a->lanes[i].until || a->lanes[i].fresh)
            return; /* the last one is seen when the command is over */
    }
    app_record_frame(a, "");
}

static void note_furthest(struct view_lane *l)
{
    l->furthest = l->live->step > l->furthest ? l->live->step : l->furthest;
}

/* Show the newest snapshot of the run that was ordered. */
static void take_snapshot(struct app *a, size_t i)
{
    struct app_lane *l = &a->lanes[i];
    const struct mmoe_snapshot *came = mmoe_lane_snapshot(l->lane);
    if (came) {
        mmoe_snapshot_free(l->incoming);
        l->incoming = came;
    }
    if (l->incoming && l->incoming->ticket < l->ticket) { /* a late word of the run before */
        mmoe_snapshot_free(l->incoming);
        l->incoming = NULL;
    }
    if (!l->incoming || l->incoming->ticket != l->ticket || (l->fresh && is_preceded(a, i)))
        return;
    if (l->fresh)
        begin_run(a, i);
    view_show(&a->view, i, l->incoming);
    note_furthest(&a->view.lanes[i]);
    app_follow(a, i);
    record_evaluation(a);
    l->due &= ~app_measured(a->view.lanes[i].live);
    l->incoming = NULL;
    a->changes++;
}

static void take_data(struct app *a, size_t i)
{
    struct app_lane *l = &a->lanes[i];
    struct mmoe_options made;
    struct mmoe_dataset *d = mmoe_lane_data(l->lane, &made);
    if (d == l->data) {
        mmoe_dataset_free(d);
        return;
    }
    mmoe_dataset_free(l->data);
    l->data = d;
    l->data_made = made;
    a->changes++;
    if (!d)
        return;
    l->tell_data = false;
    if (a->view.dial.option && a->sink.mode == EVENT_SCREEN)
        return;                                                /* its panel tells of them */
    if (i == 0 || !mmoe_source_same(&made, &a->lanes[0].made)) /* one telling for all sides */
        events_data(&a->sink, d, &made);
}

/* The next evaluation of a lane that was not reported, or NULL. */
static const struct mmoe_eval *next_evaluation(const struct app *a, size_t i)
{
    const struct mmoe_snapshot *s = a->view.lanes[i].live;
    size_t k = 0;
    while (k < s->curve_count && s->curve[k].step < a->lanes[i].evals_reported)
        k++;
    return k < s->curve_count && !a->lanes[i].fresh ? &s->curve[k] : NULL;
}

static void report(struct app *a, size_t i, const struct mmoe_eval *e)
{
    events_eval(&a->sink, a->view.lanes[i].live, e, app_has_sides(a) ? a->view.lanes[i].name : "",
                i == 0);
    a->lanes[i].evals_reported = e->step + 1;
}

/* Has a side said all that it will say of steps up to that one? */
static bool has_passed(const struct app *a, size_t i, size_t step)
{
    return a->lanes[i].rest || (!a->lanes[i].fresh && a->view.lanes[i].live->step > step);
}

/* By steps, and within a step by sides, whatever came first. */
static void take_evaluations(struct app *a)
{
    for (;;) {
        const struct mmoe_eval *first = NULL;
        size_t of = 0;
        for (size_t i = 0; i < a->view.lane_count; i++) {
            const struct mmoe_eval *e = next_evaluation(a, i);
            if (!e || (first && e->step >= first->step))
                continue;
            first = e;
            of = i;
        }
        for (size_t i = 0; first && app_has_sides(a) && i < a->view.lane_count; i++)
            if (!next_evaluation(a, i) && !has_passed(a, i, first->step))
                return;
        if (!first)
            return;
        report(a, of, first);
    }
}

static void complain_diverged(struct app *a, const struct mmoe_snapshot *s)
{
    struct mmoe_error err;
    struct mmoe_text t = {0};
    mmoe_divergence_cause(s, &t);
    mmoe_text_add(&t, "; ");
    mmoe_divergence_advice(s, &t);
    mmoe_fail(&err, MMOE_DIVERGED, "%s %s at step %s: %s",
              mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
              mmoe_divergence_verb(s->divergence), mmoe_format_count(s->diverged_step, MMOE_NUMBER),
              t.s);
    app_complain(a, &err);
    mmoe_text_done(&t);
}

static void say_step(struct app *a, const struct mmoe_snapshot *s)
{
    struct mmoe_text t = {0};
    char loss[32];
    mmoe_text_add(&t, "step %s  loss", mmoe_format_count(s->step, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        mmoe_text_add(&t, " %s", mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
}

/* "mmoe: loss.A<0.1 at step 1,200", or that it is not met by then. */
static void say_goal(struct app *a, size_t i, bool met)
{
    const struct mmoe_snapshot *s = a->view.lanes[i].live;
    struct mmoe_text t = {0};
    mmoe_goal_show(&a->lanes[i].goal, &t);
    app_say(a, "%s: %s%s at step %s", mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
            met ? "" : "not ", t.s, mmoe_format_count(s->step, MMOE_NUMBER));
    mmoe_text_done(&t);
}

static void end_training(struct app *a, size_t i)
{
    const struct app_lane *l = &a->lanes[i];
    const struct mmoe_snapshot *s = a->view.lanes[i].live;
    bool run = l->pending == APP_PENDING_RUN;
    view_dial_add(&a->view, i);
    if (s->options.speed == 0)
        mmoe_forecast_learn(&a->forecast, &s->options, s->dim, s->tasks, s->step, s->seconds);
    if (s->state == MMOE_RUN_DIVERGED) {
        if (run && a->sink.mode != EVENT_SCREEN)
            events_run(&a->sink, s);
        complain_diverged(a, s);
    } else if (mmoe_goal_is_met(&l->goal, s)) {
        if (run && s->state == MMOE_RUN_FINISHED)
            events_run(&a->sink, s);
        say_goal(a, i, true);
    } else if (s->step < l->until && !s->stopped) {
        app_say(a, "paused at step %s of %s%s", mmoe_format_count(s->step, MMOE_NUMBER),
                mmoe_format_count(l->until, MMOE_NUMBER),
                a->view.lanes[i].stale ? ": its settings were changed" : "");
    } else if (run) {
        events_run(&a->sink, s);
        if (l->goal.any)
            say_goal(a, i, false);
    } else {
        say_step(a, s);
    }
}

/* Where it went. */
static void say_place(struct app *a, size_t i)
{
    const struct view_lane *l = &a->view.lanes[i];
    struct mmoe_text t = {0};
    char loss[32];
    if (l->live->step < l->furthest)
        mmoe_text_add(&t, " of %s: run goes on, branch goes on as another run",
                      mmoe_format_count(l->furthest, MMOE_NUMBER));
    mmoe_text_add(&t, "; loss");
    for (size_t k = 0; k < l->live->tasks; k++)
        mmoe_text_add(&t, " %s", mmoe_format_loss(l->live->value[MMOE_LOSS][k], loss, sizeof loss));
    app_say(a, "at step %s%s", mmoe_format_count(l->live->step, MMOE_NUMBER), t.s);
    mmoe_text_done(&t);
}

/* The lane is at rest: say once what came of the order. */
static void settle(struct app *a, size_t i, bool complained)
{
    struct app_lane *l = &a->lanes[i];
    if (l->pending == APP_PENDING_NONE && !l->fresh && !a->view.lanes[i].making)
        return;
    if (l->tell_data && l->data && !complained)
        events_data(&a->sink, l->data, &l->data_made);
    if (l->fresh && !complained)
        app_say(a, "stopped before the run was made");
    if (l->fresh)
        l->has_run = false;
    else if (l->pending == APP_PENDING_RUN || l->pending == APP_PENDING_STEP)
        end_training(a, i);
    else if (l->pending == APP_PENDING_GOTO && !complained)
        say_place(a, i);
    l->tell_data = l->fresh = a->view.lanes[i].making = false;
    l->pending = APP_PENDING_NONE;
    a->changes++;
    app_renew_stale(a);
}

/* The session is what a checkpoint was: its settings, and its run as one of its own. */
static void take_loaded(struct app *a, struct app_lane *l, const struct mmoe_filed *f)
{
    app_remember(a, &a->view.options);
    a->view.options = f->options;
    a->changes++;
    l->ticket = l->load_ticket;
    l->pending = APP_PENDING_NONE; /* what trained is no more */
    if (!f->with_run) {
        l->has_run = l->fresh = false;
        app_renew_stale(a);
        app_say(a, "settings of %s; it has no run", f->path);
        return;
    }
    l->made = f->made_with;
    l->has_run = l->fresh = true;
    l->already = f->step + 1;
    app_renew_stale(a);
    app_say(a, "back at step %s of %s", mmoe_format_count(f->step, MMOE_NUMBER), f->path);
}

/* The rows are those of a file, which is a setting from now on. */
static void take_imported(struct app *a, struct app_lane *l, const struct mmoe_filed *f)
{
    struct mmoe_text was = {0};
    const struct mmoe_option *data = mmoe_option_find("data");
    mmoe_option_show(&a->view.options, data, &was);
    app_remember(a, &a->view.options);
    mmoe_option_copy(&a->view.options, &f->options, data);
    app_say(a, "data %s (was %s)", f->path, was.s);
    l->made = f->options;
    l->has_run = false;
    l->pending = APP_PENDING_NONE; /* what trained is no more */
    a->changes++;
    app_renew_stale(a);
    mmoe_text_done(&was);
}

/* Is the run what the line says it was where it was shared? */
static void say_same(struct app *a, struct app_lane *l, const struct mmoe_filed *f)
{
    char here[MMOE_BY_SIZE];
    mmoe_recipe_here(&a->view.options, here);
    l->again = false;
    if (!l->expected[0])
        app_say(a, "the line tells no bits to compare");
    else if (strcmp(l->expected, f->bits) == 0)
        app_say(a, "the same bits as where it was shared: %s", f->bits);
    else if (strcmp(l->rows, f->rows) != 0)
        app_say(a, "other bits, since the rows are others: put the file of then in its place");
    else if (strcmp(l->by, here) != 0)
        app_say(a, "other bits: it was made by %s, here are %s (version, kernels, BLAS kernels)",
                l->by, here);
    else
        app_say(a,
                "other bits, %s in the place of %s, though version and kernels are the same: "
                "another library, or a line that was changed",
                f->bits, l->expected);
}

static void take_file(struct app *a, size_t i, const struct mmoe_filed *f)
{
    struct app_lane *l = &a->lanes[i];
    switch (f->what) {
    case MMOE_FILE_LOAD: take_loaded(a, l, f); break;
    case MMOE_FILE_IMPORT_DATA: take_imported(a, l, f); break;
    case MMOE_FILE_EXPORT_DATA: app_say(a, "saved the rows to %s%s", f->path, f->note); break;
    case MMOE_FILE_EXPORT_SCORES:
        app_say(a, "saved the scores at step %s to %s%s", mmoe_format_count(f->step, MMOE_NUMBER),
                f->path, f->note);
        break;
    case MMOE_FILE_SHARE:
        if (l->again)
            say_same(a, l, f);
        else
            events_share(&a->sink, f->line);
        mmoe_free(f->line);
        break;
    case MMOE_FILE_SEE: row_tell(&a->sink, &f->seen, f->step, l->data); break;
    case MMOE_FILE_SAVE:
        app_say(a, "saved the session at step %s to %s%s", mmoe_format_count(f->step, MMOE_NUMBER),
                f->path, f->note);
        break;
    case MMOE_FILE_IMPORT_WEIGHTS:
        app_leave_past(a, i);
        app_say(a, "at step %s with the weights of %s", mmoe_format_count(f->step, MMOE_NUMBER),
                f->path);
        if (f->unread[0])
            app_say(a, "arrays not read: %s", f->unread);
        break;
    case MMOE_FILE_EXPORT_WEIGHTS:
        app_say(a, "saved the weights of step %s to %s%s", mmoe_format_count(f->step, MMOE_NUMBER),
                f->path, f->note);
        break;
    }
}

static void take_shown(struct app *a, size_t i)
{
    take_snapshot(a, i);
    take_data(a, i);
    if (!app_has_sides(a)) /* else all of them are taken in first */
        take_evaluations(a);
}

/* What is in a file that was written is told before it, what came of one that was read after it. */
static void take_filed(struct app *a, size_t i)
{
    struct mmoe_filed f;
    while (mmoe_lane_filed(a->lanes[i].lane, &f)) {
        if (f.what != MMOE_FILE_LOAD && f.what != MMOE_FILE_IMPORT_DATA)
            take_shown(a, i);
        take_file(a, i, &f);
    }
    take_shown(a, i);
}

static void take_benched(struct app *a, struct app_lane *l)
{
    struct mmoe_bench b;
    while (mmoe_lane_benched(l->lane, &b))
        events_bench(&a->sink, &b, a->benched++ == 0);
}

/* What was there before an error is told before it: it may be what is wrong. */
static void take_errors(struct app *a, size_t i)
{
    struct mmoe_error err;
    while (mmoe_failed(mmoe_mailbox_error(a->mailbox, &err))) {
        take_filed(a, i);
        app_take_error(a, &err);
    }
}

static void end_order(struct app *a, size_t i, bool complained)
{
    struct app_lane *l = &a->lanes[i];
    l->filing = NULL;
    l->reading = l->again = false;
    l->due = 0;
    settle(a, i, complained);
}

/* Sides end together, so that what is said of them is in their order. */
void app_take_live(struct app *a)
{
    bool all = true;
    for (size_t i = 0; i < a->view.lane_count; i++) { /* at rest, all it reported is there */
        a->lanes[i].rest = !mmoe_lane_busy(a->lanes[i].lane);
        all = all && a->lanes[i].rest;
    }
    for (size_t i = 0; i < a->view.lane_count; i++) {
        take_errors(a, i);
        take_filed(a, i);
    }
    take_evaluations(a);
    bool complained = a->complained;
    if (all)
        a->complained = false;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        if (app_has_sides(a) ? all : a->lanes[i].rest)
            end_order(a, i, complained);
        take_benched(a, &a->lanes[i]);
    }
}
