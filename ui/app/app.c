/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.c - the one context: words, settings, orders to the workers.
 *
 * Orders return at once; what came of them is taken in later (intake.c).
 *
 * A run is stale when the settings differ from those it was made with in
 * something that resets; going back to them makes it fresh again.
 */
#include "ui/app/app.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/clock.h>
#include <mmoe/lane.h>
#include <mmoe/queue.h>
#include <mmoe/run.h>

#include "ui/app/intake.h"
#include "ui/app/plan.h"
#include "ui/report/events.h"

enum { PAGE_LINES = 5 }; /* more of them are a page */

static void emit(void *context, const char *text);
static void show_progress(void *context, const char *text);

void app_init(struct app *a, enum event_mode mode)
{
    memset(a, 0, sizeof *a);
    a->sink = (struct event_sink){mode, emit, show_progress, a};
    view_init(&a->view);
    mmoe_snapshot_init(&a->incoming, 0);
    a->made = a->view.options;
    a->mailbox = mmoe_mailbox_new();
    a->lane = mmoe_lane_new(a->mailbox);
    a->queue = mmoe_queue_new(a->mailbox);
    a->blas_choice = "library";
}

void app_done(struct app *a)
{
    mmoe_lane_end(a->lane); /* ends while the queue does */
    mmoe_queue_free(a->queue);
    mmoe_lane_free(a->lane);
    mmoe_mailbox_free(a->mailbox);
    plan_free(a->plan);
    mmoe_dataset_free(a->data);
    mmoe_snapshot_done(&a->incoming);
    view_done(&a->view);
    mmoe_text_done(&a->session);
    mmoe_text_done(&a->submit);
}

/* --- words --- */

/* Write to stdout at once. Where that fails the session ends with status 1 and a line on stderr
   (none for a closed pipe). */
static void to_stdout(struct app *a, const char *text)
{
    app_progress_end(a);
    if (a->output_failed || (fputs(text, stdout) >= 0 && fflush(stdout) == 0))
        return;
    int why = errno;
    a->output_failed = true;
    a->quit = true;
    a->exit_status = 1;
    if (why != EPIPE)
        fprintf(stderr, "mmoe: cannot write to standard output: %s\n", strerror(why));
}

static void emit(void *context, const char *text)
{
    struct app *a = context;
    a->changes++;
    if (a->sink.mode == EVENT_SCREEN)
        view_log(&a->view, LOG_DATA, text);
    else
        to_stdout(a, text);
}

static void show_progress(void *context, const char *text)
{
    struct app *a = context;
    size_t n = strlen(text);
    if (n == 0) {
        app_progress_end(a);
        return;
    }
    int pad = a->progress_width > n ? (int)(a->progress_width - n) : 0;
    fprintf(stderr, "\r%s%*s", text, pad, "");
    fflush(stderr);
    a->progress_width = n + (size_t)pad;
}

void app_progress(struct app *a)
{
    events_progress(&a->sink, &a->view, a->until, a->sweeping);
}

void app_progress_end(struct app *a)
{
    if (a->progress_width)
        fprintf(stderr, "\r%*s\r", (int)a->progress_width, "");
    a->progress_width = 0;
}

static void to_stderr(struct app *a, const char *prefix, const char *text)
{
    size_t n = strlen(text);
    app_progress_end(a);
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
    if (a->sink.mode == EVENT_SCREEN)
        view_log(&a->view, LOG_TALK, text);
    else
        to_stderr(a, "", text);
    a->changes++;
}

void app_tell(struct app *a, const char *text)
{
    struct mmoe_text t = {0};
    size_t n = strlen(text);
    bool whole = a->sink.mode == EVENT_SCREEN || (n > 0 && text[n - 1] == '\n');
    if (a->sink.mode == EVENT_JSON) {
        event_begin(&t, "text");
        mmoe_json_word(&t, "text", text);
        event_end(&a->sink, &t);
        return;
    }
    mmoe_text_add(&t, "%s%s", text, whole ? "" : "\n");
    a->sink.emit(a, t.s);
    mmoe_text_done(&t);
}

void app_page(struct app *a, const char *text)
{
    size_t lines = 1;
    for (const char *s = text; *s; s++)
        lines += *s == '\n' && s[1];
    app_tell(a, text);
    if (a->sink.mode != EVENT_SCREEN || lines <= PAGE_LINES)
        return;
    a->view.reading = true;
    a->view.reading_from = a->view.log_count > lines ? a->view.log_count - lines : 0;
}

void app_complain(struct app *a, const struct mmoe_error *err)
{
    if (a->sink.mode == EVENT_SCREEN)
        view_log(&a->view, LOG_ERROR, err->text);
    else
        to_stderr(a, "mmoe: ", err->text);
    if (a->sink.mode != EVENT_SCREEN && a->exit_status != 1)
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

void app_renew_stale(struct app *a)
{
    if (a->has_run)
        a->view.stale = mmoe_run_resets(&a->made, &a->view.options) != MMOE_RESETS_NOTHING;
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
    enum mmoe_resets resets = mmoe_run_resets(&a->view.options, o);
    a->view.options = *o;
    a->changes++;
    app_renew_stale(a);
    mmoe_lane_tune(a->lane, o);
    if (is_training(a) && a->view.stale)
        mmoe_lane_pause(a->lane);
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

void app_remember(struct app *a, const struct mmoe_options *before)
{
    push(a->undo, &a->undo_count, before);
    a->redo_count = 0;
}

enum mmoe_status app_change(struct app *a, const struct mmoe_options *o, struct mmoe_error *err)
{
    const struct mmoe_options before = a->view.options;
    if (same_options(&before, o))
        return MMOE_OK;
    enum mmoe_status s = adopt(a, o, err);
    if (mmoe_failed(s))
        return s;
    app_remember(a, &before);
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
                         redo ? "redo" : "undo", redo ? "undone since the last change" : "changed");
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
    if (!mmoe_lane_busy(a->lane))
        return;
    app_take_in(a);
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
    else if (is_training(a) && mmoe_lane_busy(a->lane))
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
        mmoe_options_seeded(o, before, &first);
    else
        before = 0;
    a->repeat_group = (size_t)(g - a->view.groups);
    if (!a->repeating)
        a->repeat_start = mmoe_clock_now();
    a->repeating = true;
    a->wait = APP_WAIT_REPEAT;
    a->view.queue_wanted += n;
    a->view.queue_eta = -1;
    a->changes++;
    if (before > 0)
        app_say(a, "%s: %zu seeds more, after the %zu there are", g->name, n, before);
    struct mmoe_grid grid = {.base = first, .seeds = n};
    mmoe_queue_sweep(a->queue, &(struct mmoe_sweep){.grid = &grid, .jobs = o->jobs});
}

bool app_idle(const struct app *a, enum app_wait wait)
{
    if (wait == APP_WAIT_LANE)
        return a->pending == APP_PENDING_NONE && !a->filing && !mmoe_lane_busy(a->lane);
    if (wait == APP_WAIT_REPEAT)
        return !a->repeating;
    return true;
}
