/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeds.c - runs over many seeds, behind the live run: orders to the queue, and what comes back.
 *
 * Repeats are a sweep of one cell without a store. The queue has repeats or the runs of
 * a study, and nothing of the other kind until they are over.
 */
#include <math.h>
#include <string.h>

#include <mmoe/clock.h>

#include "ui/app/parts.h"
#include "ui/panel/view_study.h"
#include "ui/report/studies.h"

enum { RECORDS_A_TURN = 512 };

/* --- orders --- */

static bool same_seeds(const struct mmoe_options *a, const struct mmoe_options *b)
{
    return a->seed_data == b->seed_data && a->seed_init == b->seed_init &&
           a->seed_order == b->seed_order;
}

enum mmoe_status app_repeat(struct app *a, const struct mmoe_options *o, size_t n,
                            struct mmoe_error *err)
{
    bool repeats = a->repeating && !a->sweeping;
    if (!repeats && mmoe_failed(app_check_idle(a, err)))
        return err->status;
    if (!view_group_has_room(&a->view, o))
        return mmoe_fail(err, MMOE_LIMIT,
                         "%d settings are being repeated already: wait for one, or stop",
                         VIEW_GROUPS_MAX);
    struct mmoe_options first = *o;
    app_say_moot(a, &a->view.options, o);
    app_experiment_leave(a);
    if (!a->repeating)
        view_study_close(&a->view.study); /* its place is the histogram's */
    struct view_group *g = view_group_begin(&a->view, o, n);
    size_t before = g->wanted - n;
    g->refused = false;
    if (before > 0 && same_seeds(&g->options, o))
        mmoe_options_seeded(o, before, &first);
    else
        before = 0;
    if (!a->repeating)
        a->repeat_start = mmoe_clock_now();
    a->repeating = true;
    a->wait = APP_WAIT_SEEDS;
    a->view.queue_wanted += n;
    a->view.queue_eta = -1;
    a->changes++;
    if (before > 0)
        app_say(a, "%s: %s more, after the %s there are", g->name, MMOE_COUNTED(n, "seed"),
                mmoe_format_count(before, MMOE_NUMBER));
    struct mmoe_grid grid = {.base = first, .seeds = n};
    double seconds = app_forecast_grid(a, &grid, n, o->jobs);
    a->foretold = repeats ? a->foretold + seconds : seconds;
    app_forecast_say(a, "repeating", seconds);
    mmoe_queue_sweep(a->queue, &(struct mmoe_sweep){.grid = &grid, .jobs = o->jobs});
    return MMOE_OK;
}

void app_hold(struct app *a, bool held)
{
    if (held == a->view.study.held)
        return;
    if (held)
        a->held_since = mmoe_clock_now();
    else
        a->repeat_start += mmoe_clock_now() - a->held_since;
    a->view.study.held = held;
    a->changes++;
    mmoe_queue_hold(a->queue, held);
}

void app_stop(struct app *a)
{
    app_schedule_stop(a);
    if (a->beginning)
        a->failed = true; /* what waits for the study is not to run without it */
    app_stop_jobs(a);
    app_opening_stop(a);
    app_telling_stop(a);
    mmoe_queue_stop(a->queue);
    a->wait = APP_WAIT_SEEDS;
    a->changes++;
    mmoe_mailbox_wake(a->mailbox); /* nothing else would, where nothing is in progress any more */
}

/* --- what comes back --- */

static void end_group(struct app *a, struct view_group *g)
{
    g->wanted = view_group_done(g);
    if (g->wanted > 0)
        studies_repeat(&a->sink, &a->view, g);
}

/* Its file got other rows since the seeds before: one histogram is of one data. */
static void refuse_record(struct app *a, struct view_group *g, const struct mmoe_record *r)
{
    struct mmoe_error err;
    mmoe_fail(&err, MMOE_INVALID,
              "data '%.200s': its rows are others than those the seeds before were trained on: put "
              "the file of then back, or give this one another name",
              r->options.data);
    if (!g->refused) /* once for all that come yet */
        app_complain(a, &err);
    g->refused = a->failed = true;
    mmoe_queue_stop(a->queue);
}

static void take_record(struct app *a, const struct mmoe_record *r)
{
    struct view_group *g = view_group_begin(&a->view, &r->options, 0);
    bool other = !r->failed && view_group_done(g) > 0 && strcmp(g->rows, r->rows) != 0;
    a->changes++;
    if (other)
        refuse_record(a, g, r);
    if (r->failed || other) {
        g->wanted -= g->wanted > view_group_done(g); /* it could not be made */
    } else {
        view_group_add(g, r);
        studies_record(&a->sink, r, view_group_done(g), g->wanted);
    }
    if (view_group_done(g) >= g->wanted)
        end_group(a, g);
}

static void take_study_run(struct app *a, const struct mmoe_record *r)
{
    a->changes++;
    mmoe_tally_add(a->view.study.tally, r);
    bool told = r->failed || a->publisher; /* by its error; to who merges it */
    if (!told)
        studies_run(&a->sink, &a->view.study, r);
}

static void end_study(struct app *a)
{
    bool complete = mmoe_tally_done(a->view.study.tally) ==
                    mmoe_grid_runs(mmoe_tally_grid(a->view.study.tally));
    a->sweeping = false;
    a->view.study.rate = 0;
    app_study_tell(a);
    if (!complete)
        app_schedule_cut_off(a);
}

/* Trials that are yet to be proposed take as long as those in progress. */
static void add_trials(struct view *v, const struct mmoe_progress *p, double elapsed)
{
    size_t trials = v->study.searched.trials;
    if (trials < v->queue_wanted)
        return;
    if (v->queue_eta >= 0 && p->submitted > 0)
        v->queue_eta +=
            (elapsed + v->queue_eta) / (double)p->submitted * (double)(trials - v->queue_wanted);
    v->queue_wanted = trials;
}

/* Time left: by the steps, which are known, where some were trained; else by the runs. */
static void estimate(struct app *a, const struct mmoe_progress *p)
{
    struct view *v = &a->view;
    double elapsed = mmoe_clock_now() - a->repeat_start;
    size_t stored = a->sweeping ? v->study.stored : 0;
    v->queue_done = stored + p->finished;
    v->queue_wanted = stored + p->submitted;
    v->queue_eta = -1;
    v->study.rate = 0;
    if (v->study.held)
        return;
    if (a->sweeping && p->steps > 0 && elapsed > 0) {
        v->study.rate = (double)p->steps / elapsed;
        v->queue_eta = fmax(0, (double)p->steps_wanted - (double)p->steps) / v->study.rate;
    } else if (p->finished > 0) {
        v->queue_eta = elapsed / (double)p->finished * (double)(p->submitted - p->finished);
    }
    if (app_schedule_searches(a))
        add_trials(v, p, elapsed);
}

/* The queue is empty: groups that lack seeds now were stopped. */
static void end_repeats(struct app *a, const struct mmoe_progress *p)
{
    double share = p->steps_wanted ? (double)p->steps / (double)p->steps_wanted : 0;
    mmoe_forecast_correct(&a->forecast, share * a->foretold, mmoe_clock_now() - a->repeat_start);
    a->repeating = false;
    app_hold(a, false); /* that came too late must not hold what comes next */
    a->view.queue_done = a->view.queue_wanted = 0;
    a->view.queue_eta = -1;
    a->changes++;
    if (a->sweeping) {
        end_study(a);
        return;
    }
    for (size_t i = 0; i < a->view.group_count; i++) {
        struct view_group *g = &a->view.groups[i];
        if (view_group_done(g) >= g->wanted)
            continue;
        app_say(a, "%s: stopped after %s of %s", g->name,
                mmoe_format_count(view_group_done(g), MMOE_NUMBER),
                MMOE_COUNTED(g->wanted, "seed"));
        end_group(a, g);
    }
    view_groups_drop_empty(&a->view);
}

/* Some at a time, so that a frame is never far. True where there may be more. */
static bool take_records(struct app *a)
{
    struct mmoe_record r;
    size_t taken = 0;
    for (; taken < RECORDS_A_TURN && mmoe_queue_record(a->queue, &r); taken++)
        if (a->sweeping)
            take_study_run(a, &r);
        else
            take_record(a, &r);
    return taken == RECORDS_A_TURN;
}

void app_take_seeds(struct app *a)
{
    if (!a->repeating)
        return;
    const struct mmoe_progress p = mmoe_queue_progress(a->queue);
    bool more = take_records(a);
    estimate(a, &p);
    if (more)
        mmoe_mailbox_wake(a->mailbox);
    if (more || p.finished < p.submitted)
        return;
    app_take_errors(a); /* what ended it was told before */
    end_repeats(a, &p);
}
