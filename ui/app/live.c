/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.c - the live run: orders to its lane, and what comes back.
 *
 * Orders return at once; what came of them is taken in later, in an order that
 * does not depend on when: errors, then rows, then evaluations in the order of
 * their steps, then the end of the order. Evaluations are read from the curve
 * of a snapshot, not from the snapshots themselves, so that none is missed
 * however few snapshots were seen.
 *
 * A run that is replaced is kept in the list of runs, and its successor gets
 * the next number, when the successor's first snapshot comes in.
 */
#include <mmoe/run.h>

#include "ui/app/parts.h"
#include "ui/report/events.h"

/* --- what comes back --- */

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

void app_take_live(struct app *a)
{
    bool busy = mmoe_lane_busy(a->lane); /* asked first: at rest, all it reported is there */
    app_take_errors(a);
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
}

/* --- orders --- */

/* What comes next replaces the run: end what it does, having seen its last word if it is there. */
static void stop_lane(struct app *a)
{
    if (!mmoe_lane_busy(a->lane))
        return;
    app_take_live(a);
    mmoe_lane_pause(a->lane);
    a->pending = APP_PENDING_NONE;
}

/* Would making rows now change nothing, so that the run stays? */
static bool keeps_run(const struct app *a)
{
    return a->has_run && mmoe_run_resets(&a->made, &a->view.options) != MMOE_RESETS_DATA;
}

void app_make(struct app *a, bool with_run)
{
    stop_lane(a);
    if (with_run || !keeps_run(a)) {
        a->made = a->view.options;
        a->has_run = a->fresh = with_run;
    }
    a->tell_data = a->tell_data || !with_run;
    a->pending = APP_PENDING_DATA;
    a->wait = APP_WAIT_LANE;
    a->view.making = true;
    a->changes++;
    app_renew_stale(a);
    mmoe_lane_make(a->lane, &a->view.options, with_run);
}

void app_train(struct app *a, size_t until, bool run)
{
    if (!a->has_run || a->view.stale)
        app_make(a, true);
    else if (app_is_training(a) && mmoe_lane_busy(a->lane))
        mmoe_lane_pause(a->lane);
    a->until = until;
    a->pending = run ? APP_PENDING_RUN : APP_PENDING_STEP;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    mmoe_lane_train(a->lane, until);
}

void app_reset(struct app *a)
{
    if (!a->has_run)
        app_say(a, "no run to reset: run or step makes one");
    if (!a->has_run || a->fresh)
        return;
    stop_lane(a);
    a->fresh = true;
    a->pending = APP_PENDING_DATA;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    mmoe_lane_reset(a->lane);
}

void app_bench(struct app *a, size_t first, size_t last, size_t rounds)
{
    a->wait = APP_WAIT_LANE;
    a->benched = 0;
    for (size_t i = first; i <= last; i++)
        mmoe_lane_bench(a->lane, i, rounds);
}

void app_file(struct app *a, enum mmoe_file what, const char *path)
{
    bool weights = what == MMOE_FILE_EXPORT_WEIGHTS || what == MMOE_FILE_IMPORT_WEIGHTS;
    if (what == MMOE_FILE_LOAD) {
        stop_lane(a);
        a->loading = true;
    }
    if (weights && (!a->has_run || (a->view.stale && what == MMOE_FILE_IMPORT_WEIGHTS)))
        app_make(a, true);
    else if (what == MMOE_FILE_EXPORT_DATA && !a->data && !a->view.making)
        app_make(a, false);
    a->filing = true;
    a->wait = APP_WAIT_LANE;
    mmoe_lane_file(a->lane, what, path, &a->view.options);
}
