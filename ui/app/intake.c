/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake.c - what the workers report, taken in: rows, evaluations, records, the ends of orders.
 *
 * It is taken in in an order that does not depend on when: errors, then rows,
 * then evaluations in the order of their steps, then the end of the order.
 * Evaluations are read from the curve of a snapshot, not from the snapshots
 * themselves, so that none is missed however few snapshots were seen.
 *
 * A run that is replaced is kept in the list of runs, and its successor gets
 * the next number, when the successor's first snapshot comes in.
 */
#include "ui/app/intake.h"

#include <math.h>

#include <mmoe/clock.h>
#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/queue.h>
#include <mmoe/run.h>

#include "ui/report/events.h"
#include "ui/report/studies.h"

/* --- what the live lane reports --- */

/* Is the snapshot that came in of the run that was ordered, not a late word of the one before? */
static bool is_of_order(const struct app *a, bool busy)
{
    const struct mmoe_snapshot *s = &a->incoming;
    return s->state != MMOE_RUN_EMPTY && !(busy && s->state == MMOE_RUN_PAUSED) &&
           mmoe_run_resets(&s->options, &a->made) == MMOE_RESETS_NOTHING;
}

static void begin_run(struct app *a)
{
    if (a->view.live.step > 0)
        view_keep(&a->view, false);
    a->view.live_id++;
    a->view.making = false;
    a->evals_reported = a->already;
    a->already = 0;
    a->fresh = false;
}

/*
 * Show what came in. While a run is being made, a snapshot that may be of the
 * one before waits in `incoming` until the lane is at rest, when only the
 * order's own can be there. True where the live snapshot is of the ordered run.
 */
static bool take_snapshot(struct app *a, bool busy)
{
    bool came = mmoe_lane_snapshot(a->lane, &a->incoming);
    if (a->fresh) {
        if (!is_of_order(a, busy))
            return false;
        begin_run(a);
    } else if (!came) {
        return true;
    }
    struct mmoe_snapshot older = a->view.live;
    a->view.live = a->incoming;
    a->incoming = older;
    a->incoming.state = MMOE_RUN_EMPTY;
    a->changes++;
    return true;
}

static void take_data(struct app *a)
{
    struct mmoe_dataset *d = mmoe_lane_data(a->lane);
    if (d == a->data) {
        mmoe_dataset_free(d);
        return;
    }
    mmoe_dataset_free(a->data);
    a->data = d;
    a->changes++;
    if (!d)
        return;
    a->tell_data = false;
    events_data(&a->sink, d, &a->made);
}

static void take_evaluations(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    for (size_t i = 0; i < s->curve_count; i++) {
        if (s->curve[i].step < a->evals_reported)
            continue;
        events_eval(&a->sink, s, &s->curve[i]);
        a->evals_reported = s->curve[i].step + 1;
    }
}

static void take_errors(struct app *a)
{
    struct mmoe_error err;
    while (mmoe_failed(mmoe_mailbox_error(a->mailbox, &err))) {
        app_complain(a, &err);
        a->failed = a->complained = true;
    }
}

static void complain_diverged(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    struct mmoe_error err;
    mmoe_fail(&err, MMOE_DIVERGED,
              "%s diverged at step %zu: the loss was not finite; it keeps the state of step %zu; "
              "try an lr below %g",
              mmoe_model_name(mmoe_model_at((size_t)s->options.model)), s->diverged_step,
              s->curve_count ? s->curve[s->curve_count - 1].step : 0, s->options.lr);
    app_complain(a, &err);
}

static void say_step(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    struct mmoe_text t = {0};
    char loss[32];
    mmoe_text_add(&t, "step %zu  loss", s->step);
    for (size_t i = 0; i < s->tasks; i++)
        mmoe_text_add(&t, " %s", mmoe_format_loss(s->value[MMOE_LOSS][i], loss, sizeof loss));
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
}

static void end_training(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    bool run = a->pending == APP_PENDING_RUN;
    if (s->state == MMOE_RUN_DIVERGED) {
        if (run && a->sink.mode != EVENT_SCREEN)
            events_run(&a->sink, s);
        complain_diverged(a);
    } else if (s->step < a->until && !s->stopped) {
        app_say(a, "paused at step %zu of %zu%s", s->step, a->until,
                a->view.stale ? ": its settings were changed" : "");
    } else if (run) {
        events_run(&a->sink, s);
    } else {
        say_step(a);
    }
}

/* The lane is at rest: say once what came of the order. */
static void settle(struct app *a)
{
    bool complained = a->complained;
    a->complained = false;
    if (a->pending == APP_PENDING_NONE && !a->fresh && !a->view.making)
        return;
    if (a->tell_data && a->data && !complained)
        events_data(&a->sink, a->data, &a->made);
    if (a->fresh && !complained)
        app_say(a, "stopped before the run was made");
    if (a->fresh)
        a->has_run = false;
    else if (a->pending == APP_PENDING_RUN || a->pending == APP_PENDING_STEP)
        end_training(a);
    a->tell_data = a->fresh = a->view.making = false;
    a->pending = APP_PENDING_NONE;
    a->changes++;
    app_renew_stale(a);
}

/* --- what the queue reports --- */

static void end_group(struct app *a, struct view_group *g)
{
    g->wanted = g->done;
    if (g->done > 0)
        studies_repeat(&a->sink, g);
}

static void take_record(struct app *a, const struct mmoe_record *r)
{
    struct view_group *g = view_group_begin(&a->view, &r->options, 0);
    a->changes++;
    if (r->failed) {
        g->wanted -= g->wanted > g->done; /* it could not be made */
    } else {
        view_group_add(g, r->value[MMOE_LOSS][0]);
        studies_record(&a->sink, r, g->done, g->wanted);
    }
    if (g->done >= g->wanted)
        end_group(a, g);
}

static double mean_steps(const struct view *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->study.cell_count; i++)
        sum += (double)v->study.cells[i].options.steps;
    return sum / (double)v->study.cell_count;
}

/* Time left: by the steps where it is known how many there will be, else by the runs. */
static void estimate(struct app *a, size_t finished, size_t submitted, uint64_t steps)
{
    struct view *v = &a->view;
    double elapsed = mmoe_clock_now() - a->repeat_start;
    size_t stored = a->sweeping ? v->study.stored : 0;
    v->queue_done = stored + finished;
    v->queue_wanted = stored + submitted;
    v->queue_eta = -1;
    v->study.rate = 0;
    if (v->study.held)
        return;
    if (a->sweeping && steps > 0 && elapsed > 0) {
        v->study.rate = (double)steps / elapsed;
        v->queue_eta = fmax(0, (double)submitted * mean_steps(v) - (double)steps) / v->study.rate;
    } else if (finished > 0) {
        v->queue_eta = elapsed / (double)finished * (double)(submitted - finished);
    }
}

/* The queue is empty: groups that lack seeds now were stopped. */
static void end_repeats(struct app *a)
{
    a->repeating = false;
    app_hold(a, false); /* that came too late must not hold what comes next */
    a->view.queue_done = a->view.queue_wanted = 0;
    a->view.queue_eta = -1;
    a->changes++;
    if (a->sweeping) {
        app_study_end(a);
        return;
    }
    for (size_t i = 0; i < a->view.group_count; i++) {
        struct view_group *g = &a->view.groups[i];
        if (g->done >= g->wanted)
            continue;
        app_say(a, "%s: stopped after %zu of %zu seeds", g->name, g->done, g->wanted);
        end_group(a, g);
    }
}

static void take_records(struct app *a)
{
    struct mmoe_record r;
    size_t finished, submitted;
    uint64_t steps;
    if (!a->repeating)
        return;
    mmoe_queue_progress(a->queue, &finished, &submitted, &steps);
    while (mmoe_queue_record(a->queue, &r))
        if (a->sweeping)
            app_study_take(a, &r);
        else
            take_record(a, &r);
    if (a->sweeping)
        view_study_renew(&a->view.study);
    estimate(a, finished, submitted, steps);
    if (finished < submitted)
        return;
    take_errors(a); /* what ended it was told before */
    end_repeats(a);
}

/* The session is what a checkpoint was: its settings, and its run as one of its own. */
static void take_loaded(struct app *a, const struct mmoe_filed *f)
{
    app_remember(a, &a->view.options);
    a->view.options = f->options;
    a->loading = false;
    a->changes++;
    if (!f->with_run) {
        a->has_run = false;
        app_renew_stale(a);
        app_say(a, "settings of %s; it has no run", f->path);
        return;
    }
    a->made = f->made_with;
    a->has_run = a->fresh = true;
    a->already = f->step + 1;
    app_renew_stale(a);
    app_say(a, "back at step %zu of %s", f->step, f->path);
}

static void take_filed(struct app *a)
{
    struct mmoe_filed f;
    while (mmoe_lane_filed(a->lane, &f))
        if (f.what == MMOE_FILE_LOAD)
            take_loaded(a, &f);
        else if (f.what == MMOE_FILE_EXPORT_DATA)
            app_say(a, "saved the rows to %s", f.path);
        else if (f.what == MMOE_FILE_SAVE)
            app_say(a, "saved the session at step %zu to %s", f.step, f.path);
        else if (f.what == MMOE_FILE_IMPORT_WEIGHTS)
            app_say(a, "at step %zu with the weights of %s", f.step, f.path);
        else
            app_say(a, "saved the weights of step %zu to %s", f.step, f.path);
}

static void take_benched(struct app *a)
{
    struct mmoe_bench b;
    while (mmoe_lane_benched(a->lane, &b))
        events_bench(&a->sink, &b, a->benched++ == 0);
}

void app_take_in(struct app *a)
{
    mmoe_mailbox_drain(a->mailbox);
    bool busy = mmoe_lane_busy(a->lane); /* asked first: at rest, all it reported is there */
    take_errors(a);
    take_filed(a);
    bool current = !a->loading && take_snapshot(a, busy);
    take_data(a);
    if (current)
        take_evaluations(a);
    if (!busy) {
        a->filing = a->loading = false; /* where it failed: what was there is there */
        settle(a);
    }
    take_benched(a);
    take_records(a);
}
