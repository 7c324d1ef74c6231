/* SPDX-License-Identifier: GPL-3.0-or-later */
/* train.c - step, run, pause, reset: the live run. */
#include "ui/command/command.h"

enum { STEPS_MAX = 1000000000 };

/* The step the next training starts from. */
static size_t at(const struct app *a)
{
    return a->has_run && !a->view.stale && !a->fresh ? a->view.live.step : 0;
}

static bool is_diverged(const struct app *a)
{
    return at(a) > 0 && a->view.live.state == MMOE_RUN_DIVERGED;
}

static enum mmoe_status refuse_diverged(const struct app *a, struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_STATE,
                     "the run diverged at step %zu and cannot go on: reset starts it again, a smaller lr may hold",
                     a->view.live.diverged_step);
}

enum mmoe_status command_step(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t n = 1;
    if (i->argc > 0 && mmoe_failed(command_whole(i->argv[0], "the number of steps", 1, STEPS_MAX, &n, err)))
        return err->status;
    if (is_diverged(a))
        return refuse_diverged(a, err);
    app_train(a, at(a) + n, false);
    return MMOE_CONTINUE;
}

enum mmoe_status command_run(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t until = a->view.options.steps;
    if (i->argc > 0 && mmoe_failed(command_whole(i->argv[0], "the step to train to", 1, STEPS_MAX, &until, err)))
        return err->status;
    if (is_diverged(a))
        return refuse_diverged(a, err);
    if (at(a) > 0 && at(a) >= until) {
        app_say(a, "the run is at step %zu already: run %zu goes on, reset starts again", at(a), 2 * at(a));
        return MMOE_OK;
    }
    app_train(a, until, true);
    return MMOE_CONTINUE;
}

enum mmoe_status command_pause(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (!mmoe_runner_busy(a->runner)) {
        app_say(a, "nothing is training");
        return MMOE_OK;
    }
    mmoe_runner_pause(a->runner);
    a->wait = APP_WAIT_LANE;
    return MMOE_CONTINUE;
}

enum mmoe_status command_reset(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    if (!a->has_run)
        return mmoe_fail(err, MMOE_STATE, "there is no run to reset: run makes one");
    if (a->view.stale) {
        app_say(a, "its settings were changed: run starts anew at step 0 anyway");
        return MMOE_OK;
    }
    app_reset(a);
    app_say(a, "back at step 0: identical rows, weights and batch order");
    a->wait = APP_WAIT_LANE;
    return MMOE_CONTINUE;
}
