/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * train.c - step, run, pause, reset: the live run.
 *
 * Orders go to a worker and come back at once. What is asked for is said in
 * terms of the step to be at, so that an order given twice does nothing more.
 */
#include <stdio.h>

#include <mmoe/lane.h>

#include "ui/command/command.h"

enum { STEPS_MOST = 1000000000 };

/* A run that matches the settings is there (or, reset, on its way back to step 0). */
static bool has_current_run(const struct app *a)
{
    return app_lane_of(a)->has_run && !a->view.lanes[a->view.lane].stale;
}

/* Is there a side that has no run of the settings, or one that is not at that step yet? */
static bool lags(const struct app *a, size_t until)
{
    bool any = false;
    for (size_t i = 0; i < a->view.lane_count; i++)
        any = any || !a->lanes[i].has_run || a->lanes[i].fresh || a->view.lanes[i].stale ||
              a->view.lanes[i].live->step < until;
    return any;
}

/* The step training would go on from. */
static size_t current_step(const struct app *a)
{
    return has_current_run(a) && !app_lane_of(a)->fresh ? view_live(&a->view)->step : 0;
}

static enum mmoe_status check_trainable(const struct app *a, struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = view_live(&a->view);
    if (!has_current_run(a) || app_lane_of(a)->fresh || s->state != MMOE_RUN_DIVERGED)
        return MMOE_OK;
    struct mmoe_text advice = {0};
    mmoe_divergence_advice(s, &advice);
    mmoe_fail(err, MMOE_STATE, "the run %s at step %s: %s; then reset",
              mmoe_divergence_verb(s->divergence), mmoe_format_count(s->diverged_step, MMOE_NUMBER),
              advice.s);
    mmoe_text_done(&advice);
    return MMOE_STATE;
}

/* Of that many steps more. */
static double cost(const struct app *a, size_t steps, struct mmoe_text *what)
{
    mmoe_text_add(what, "%s", MMOE_COUNTED(steps, "step"));
    return app_forecast_run(a, &a->view.options, steps) +
           (has_current_run(a) ? 0 : mmoe_forecast_rows(&a->view.options));
}

double command_cost_step(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    size_t n = 1;
    if (i->argc &&
        mmoe_failed(command_whole(i->argv[0], "the number of steps", 1, STEPS_MOST, &n, &err)))
        return 0;
    return cost(a, n, what);
}

double command_cost_run(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    size_t until = a->view.options.steps, at = current_step(a);
    if (i->argc &&
        mmoe_failed(command_whole(i->argv[0], "the step to run to", 1, STEPS_MOST, &until, &err)))
        return 0;
    return until > at ? cost(a, until - at, what) : 0;
}

enum mmoe_status command_step(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t n = 1, at = current_step(a);
    if (i->argc &&
        mmoe_failed(command_whole(i->argv[0], "the number of steps", 1, STEPS_MOST, &n, err)))
        return err->status;
    if (mmoe_failed(check_trainable(a, err)))
        return err->status;
    if (at + n > STEPS_MOST)
        return mmoe_fail(err, MMOE_RANGE, "step %s is as far as it goes: reset starts over",
                         mmoe_format_count(STEPS_MOST, MMOE_NUMBER));
    app_train(a, at + n, false);
    return MMOE_CONTINUE;
}

enum mmoe_status command_run(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const own[] = {"until", NULL};
    const char *until_what = command_pair(i, "until");
    struct mmoe_goal goal = {0};
    if (mmoe_failed(command_known(i, own, "until=METRIC.TASK<VALUE", err)) ||
        (until_what && mmoe_failed(mmoe_goal_parse(until_what, &goal, err))))
        return err->status;
    size_t until = a->view.options.steps, at = current_step(a);
    if (i->argc &&
        mmoe_failed(command_whole(i->argv[0], "the step to run to", 1, STEPS_MOST, &until, err)))
        return err->status;
    if (mmoe_failed(check_trainable(a, err)))
        return err->status;
    if (!lags(a, until) && app_idle(a, APP_WAIT_LANE)) {
        if (at > 0)
            app_say(a, "at step %s already: run %zu goes on, reset starts over",
                    mmoe_format_count(at, MMOE_NUMBER), 2 * at);
        else
            app_say(a, "at step 0 already, and steps is 0: run 100 trains that many");
        return MMOE_OK;
    }
    app_train_for(a, until, &goal);
    return MMOE_CONTINUE;
}

enum mmoe_status command_pause(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (app_idle(a, APP_WAIT_LANE)) {
        if (a->repeating)
            app_hold(a, true);
        app_say(a, a->repeating ? "held: resume goes on, stop ends it" : "nothing is training");
        return MMOE_OK;
    }
    app_pause(a);
    return MMOE_CONTINUE;
}

enum mmoe_status command_reset(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    if (!app_lane_of(a)->has_run)
        return mmoe_fail(err, MMOE_STATE, "no run to reset: run or step starts one");
    bool stale = false;
    for (size_t k = 0; k < a->view.lane_count; k++)
        stale = stale || a->view.lanes[k].stale;
    if (stale) {
        app_say(a, "options changed since the run was made: a new one stands at step 0");
        app_make(a, true);
    } else {
        app_say(a, "back at step 0: identical rows, weights and batch order");
        app_reset(a);
    }
    a->wait = APP_WAIT_LANE;
    return MMOE_CONTINUE;
}
