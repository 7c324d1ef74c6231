/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.c - the one context: settings, orders to the workers, and what they report.
 *
 * Orders return at once; what came of them is taken in later, in an order that
 * does not depend on when: errors, then rows, then evaluations in the order of
 * their steps, then the end of the order. Evaluations are read from the curve
 * of a snapshot, not from the snapshots themselves, so that none is missed
 * however few snapshots were seen.
 *
 * A run is stale when the settings differ from those it was made with in
 * something that resets; going back to them makes it fresh again. A run that
 * is replaced is kept in the list of runs, and its successor gets the next
 * number, when the successor's first snapshot comes in.
 */
#include "ui/app/app.h"
#include "ui/app/plan.h"

#include <math.h>
#include <mmoe/mem.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/app/report.h"

enum { PAGE_LINES = 5 }; /* more of them are a page */

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void app_init(struct app *a, enum app_mode mode)
{
    memset(a, 0, sizeof *a);
    a->mode = mode;
    view_init(&a->view);
    mmoe_snapshot_init(&a->incoming, 0);
    a->made = a->view.options;
    a->runner = mmoe_runner_new();
    a->blas_choice = "library";
}

void app_done(struct app *a)
{
    mmoe_runner_free(a->runner);
    plan_free(a->plan);
    mmoe_dataset_free(a->data);
    mmoe_snapshot_done(&a->incoming);
    view_done(&a->view);
    mmoe_text_done(&a->session);
    mmoe_text_done(&a->submit);
}

/* --- words --- */

static void to_stderr(struct app *a, const char *prefix, const char *text)
{
    size_t n = strlen(text);
    report_progress_end(a);
    fprintf(stderr, "%s%s%s", prefix, text, n > 0 && text[n - 1] == '\n' ? "" : "\n");
}

void app_say(struct app *a, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (a->quiet)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (a->mode == APP_SCREEN)
        view_log(&a->view, LOG_TALK, text);
    else
        to_stderr(a, "", text);
    a->changes++;
}

void app_tell(struct app *a, const char *text)
{
    struct mmoe_text t = {0};
    size_t n = strlen(text);
    a->changes++;
    if (a->mode == APP_SCREEN) {
        view_log(&a->view, LOG_DATA, text);
        return;
    }
    if (a->mode == APP_JSON) {
        mmoe_text_add(&t, "{\"event\":\"text\",\"text\":");
        mmoe_text_add_json(&t, text);
        mmoe_text_add(&t, "}\n");
    } else {
        mmoe_text_add(&t, "%s%s", text, n > 0 && text[n - 1] == '\n' ? "" : "\n");
    }
    report_text(a, t.s);
    mmoe_text_done(&t);
}

void app_page(struct app *a, const char *text)
{
    size_t lines = 1;
    for (const char *s = text; *s; s++)
        lines += *s == '\n' && s[1];
    app_tell(a, text);
    if (a->mode != APP_SCREEN || lines <= PAGE_LINES)
        return;
    a->view.reading = true;
    a->view.reading_from = a->view.log_count > lines ? a->view.log_count - lines : 0;
}

void app_complain(struct app *a, const struct mmoe_error *err)
{
    if (a->mode == APP_SCREEN)
        view_log(&a->view, LOG_ERROR, err->text);
    else
        to_stderr(a, "mmoe: ", err->text);
    if (a->mode != APP_SCREEN && a->exit_status != 1)
        a->exit_status = err->status == MMOE_DIVERGED ? 3 : 1;
    a->changes++;
}

/* --- settings --- */

static bool same_options(const struct mmoe_options *a, const struct mmoe_options *b)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (!mmoe_option_same(a, b, &mmoe_option_table[i]))
            return false;
    return true;
}

static void renew_stale(struct app *a)
{
    if (a->has_run)
        a->view.stale = mmoe_options_resets(&a->made, &a->view.options) != MMOE_RESETS_NOTHING;
    else
        a->view.stale = a->view.live.state != MMOE_RUN_EMPTY; /* its rows are gone */
}

/* A training that may be paused: not one whose run is yet to be made. */
static bool is_training(const struct app *a)
{
    return (a->pending == APP_PENDING_RUN || a->pending == APP_PENDING_STEP) && !a->fresh;
}

static void say_resets(struct app *a, enum mmoe_resets resets)
{
    if (resets == MMOE_RESETS_DATA && a->data)
        app_say(a, "resets rows and run: data gen, run or step makes new ones");
    else if (resets != MMOE_RESETS_NOTHING && a->has_run)
        app_say(a, "resets the run: run or step starts anew at step 0");
}

static enum mmoe_status adopt(struct app *a, const struct mmoe_options *o, struct mmoe_error *err)
{
    enum mmoe_status s = mmoe_options_check(o, err);
    if (mmoe_failed(s))
        return s;
    enum mmoe_resets resets = mmoe_options_resets(&a->view.options, o);
    a->view.options = *o;
    a->changes++;
    renew_stale(a);
    mmoe_runner_tune(a->runner, o);
    if (is_training(a) && a->view.stale)
        mmoe_runner_pause(a->runner);
    say_resets(a, resets);
    return MMOE_OK;
}

/* Put o on a stack of settings; the oldest leaves where it is full. */
static void push(struct mmoe_options *stack, size_t *count, const struct mmoe_options *o)
{
    if (*count == APP_UNDO_MAX) {
        memmove(stack, stack + 1, (APP_UNDO_MAX - 1) * sizeof *stack);
        *count -= 1;
    }
    stack[(*count)++] = *o;
}

enum mmoe_status app_change(struct app *a, const struct mmoe_options *o, struct mmoe_error *err)
{
    const struct mmoe_options before = a->view.options;
    if (same_options(&before, o))
        return MMOE_OK;
    enum mmoe_status s = adopt(a, o, err);
    if (mmoe_failed(s))
        return s;
    push(a->undo, &a->undo_count, &before);
    a->redo_count = 0;
    return MMOE_OK;
}

enum mmoe_status app_undo(struct app *a, bool redo, struct mmoe_error *err)
{
    struct mmoe_options *from = redo ? a->redo : a->undo, *to = redo ? a->undo : a->redo;
    size_t *from_count = redo ? &a->redo_count : &a->undo_count;
    size_t *to_count = redo ? &a->undo_count : &a->redo_count;
    const struct mmoe_options before = a->view.options;
    if (*from_count == 0)
        return mmoe_fail(err, MMOE_STATE, "nothing to %s: no setting was %s",
                         redo ? "redo" : "undo",
                         redo ? "undone since the last change" : "changed");
    enum mmoe_status s = adopt(a, &from[*from_count - 1], err);
    if (mmoe_failed(s))
        return s;
    *from_count -= 1;
    push(to, to_count, &before);
    return MMOE_OK;
}

/* --- orders --- */

/* What comes next replaces the run: end what it does, having seen its last word if it is there. */
static void stop_lane(struct app *a)
{
    if (!mmoe_runner_busy(a->runner))
        return;
    app_take_in(a);
    mmoe_runner_pause(a->runner);
    a->pending = APP_PENDING_NONE;
}

/* Would making rows now change nothing, so that the run stays? */
static bool keeps_run(const struct app *a)
{
    return a->has_run && mmoe_options_resets(&a->made, &a->view.options) != MMOE_RESETS_DATA;
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
    renew_stale(a);
    mmoe_runner_make(a->runner, &a->view.options, with_run);
}

void app_train(struct app *a, size_t until, bool run)
{
    if (!a->has_run || a->view.stale)
        app_make(a, true);
    else if (is_training(a) && mmoe_runner_busy(a->runner))
        mmoe_runner_pause(a->runner);
    a->until = until;
    a->pending = run ? APP_PENDING_RUN : APP_PENDING_STEP;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    mmoe_runner_train(a->runner, until);
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
    mmoe_runner_reset(a->runner);
}

void app_bench(struct app *a, size_t first, size_t last, size_t rounds)
{
    a->wait = APP_WAIT_LANE;
    a->benched = 0;
    for (size_t i = first; i <= last; i++)
        mmoe_runner_bench(a->runner, i, rounds);
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
    mmoe_runner_file(a->runner, what, path, &a->view.options);
}

static bool same_seeds(const struct mmoe_options *a, const struct mmoe_options *b)
{
    return a->seed_data == b->seed_data && a->seed_init == b->seed_init &&
           a->seed_order == b->seed_order;
}

void app_repeat(struct app *a, const struct mmoe_options *o, size_t n)
{
    struct mmoe_options first = *o;
    if (!a->repeating)
        view_study_close(&a->view.study); /* its place is the histogram's */
    struct view_group *g = view_group_begin(&a->view, o, n);
    size_t before = g->wanted - n;
    if (before > 0 && same_seeds(&g->options, o))
        mmoe_study_seeded(o, before, &first);
    else
        before = 0;
    a->repeat_group = (size_t)(g - a->view.groups);
    if (!a->repeating)
        a->repeat_start = now_seconds();
    a->repeating = true;
    a->wait = APP_WAIT_REPEAT;
    a->view.queue_wanted += n;
    a->view.queue_eta = -1;
    a->changes++;
    if (before > 0)
        app_say(a, "%s: %zu seeds more, after the %zu there are", g->name, n, before);
    struct mmoe_grid grid = {.base = first, .seeds = n};
    mmoe_runner_sweep(a->runner, &(struct mmoe_sweep){.grid = &grid, .jobs = o->jobs});
}

/* --- what the live lane reports --- */

/* Is the snapshot that came in of the run that was ordered, not a late word of the one before? */
static bool is_of_order(const struct app *a, bool busy)
{
    const struct mmoe_snapshot *s = &a->incoming;
    return s->state != MMOE_RUN_EMPTY && !(busy && s->state == MMOE_RUN_PAUSED) &&
           mmoe_options_resets(&s->options, &a->made) == MMOE_RESETS_NOTHING;
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
    bool came = mmoe_runner_snapshot(a->runner, &a->incoming);
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
    struct mmoe_dataset *d = mmoe_runner_data(a->runner);
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
    report_data(a, d);
}

static void take_evaluations(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    for (size_t i = 0; i < s->curve_count; i++) {
        if (s->curve[i].step < a->evals_reported)
            continue;
        report_eval(a, s, &s->curve[i]);
        a->evals_reported = s->curve[i].step + 1;
    }
}

static void take_errors(struct app *a)
{
    struct mmoe_error err;
    while (mmoe_failed(mmoe_runner_error(a->runner, &err))) {
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
        mmoe_text_add(&t, " %s", mmoe_format_loss(s->loss[i], loss, sizeof loss));
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
}

static void end_training(struct app *a)
{
    const struct mmoe_snapshot *s = &a->view.live;
    bool run = a->pending == APP_PENDING_RUN;
    if (s->state == MMOE_RUN_DIVERGED) {
        if (run && a->mode != APP_SCREEN)
            report_run(a, s);
        complain_diverged(a);
    } else if (s->step < a->until && !s->stopped) {
        app_say(a, "paused at step %zu of %zu%s", s->step, a->until,
                a->view.stale ? ": its settings were changed" : "");
    } else if (run) {
        report_run(a, s);
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
        report_data(a, a->data);
    if (a->fresh && !complained)
        app_say(a, "stopped before the run was made");
    if (a->fresh)
        a->has_run = false;
    else if (a->pending == APP_PENDING_RUN || a->pending == APP_PENDING_STEP)
        end_training(a);
    a->tell_data = a->fresh = a->view.making = false;
    a->pending = APP_PENDING_NONE;
    a->changes++;
    renew_stale(a);
}

/* --- what the queue reports --- */

static void end_group(struct app *a, struct view_group *g)
{
    g->wanted = g->done;
    if (g->done > 0)
        report_repeat(a, g);
}

static void take_record(struct app *a, const struct mmoe_record *r)
{
    struct view_group *g = view_group_begin(&a->view, &r->options, 0);
    a->changes++;
    if (r->step == 0 && r->diverged_step == 0 && !isfinite(r->loss[0])) {
        g->wanted -= g->wanted > g->done; /* it could not be made */
    } else {
        view_group_add(g, r->loss[0]);
        report_record(a, r, g->done, g->wanted);
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
    double elapsed = now_seconds() - a->repeat_start;
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
    mmoe_runner_progress(a->runner, &finished, &submitted, &steps);
    while (mmoe_runner_record(a->runner, &r))
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
    push(a->undo, &a->undo_count, &a->view.options);
    a->redo_count = 0;
    a->view.options = f->options;
    a->loading = false;
    a->changes++;
    if (!f->with_run) {
        a->has_run = false;
        renew_stale(a);
        app_say(a, "settings of %s; it has no run", f->path);
        return;
    }
    a->made = f->made_with;
    a->has_run = a->fresh = true;
    a->already = f->step + 1;
    renew_stale(a);
    app_say(a, "back at step %zu of %s", f->step, f->path);
}

static void take_filed(struct app *a)
{
    struct mmoe_filed f;
    while (mmoe_runner_filed(a->runner, &f))
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
    while (mmoe_runner_benched(a->runner, &b))
        report_bench(a, &b, a->benched++ == 0);
}

void app_take_in(struct app *a)
{
    mmoe_runner_drain(a->runner);
    bool busy = mmoe_runner_busy(a->runner); /* asked first: at rest, all it reported is there */
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

bool app_idle(const struct app *a, enum app_wait wait)
{
    if (wait == APP_WAIT_LANE)
        return a->pending == APP_PENDING_NONE && !a->filing && !mmoe_runner_busy(a->runner);
    if (wait == APP_WAIT_REPEAT)
        return !a->repeating;
    return true;
}
