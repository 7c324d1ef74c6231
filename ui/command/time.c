/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time.c - goto, branch, note: a live run in time. */
#include <string.h>

#include "ui/command/command.h"

enum { STEP_MOST = 1000000000 };

static enum mmoe_status check_run(const struct app *a, struct mmoe_error *err)
{
    if (!app_lane_of(a)->has_run || app_lane_of(a)->fresh)
        return mmoe_fail(err, MMOE_STATE, "no run is there yet: run makes one");
    for (size_t i = 0; i < a->view.lane_count; i++)
        if (a->view.lanes[i].stale)
            return mmoe_fail(err, MMOE_STATE,
                             "settings were changed since the run was made: undo "
                             "goes back to its own, run starts anew");
    return MMOE_OK;
}

/* The furthest that all sides were at. */
static size_t furthest(const struct app *a)
{
    size_t least = STEP_MOST;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        const struct view_lane *l = &a->view.lanes[i];
        size_t at = l->furthest > l->live->step ? l->furthest : l->live->step;
        least = at < least ? at : least;
    }
    return least;
}

static enum mmoe_status read_step(const struct app *a, const char *word, size_t *step,
                                  struct mmoe_error *err)
{
    size_t most = furthest(a);
    const struct mmoe_snapshot *s = view_past(&a->view, a->view.lane);
    if (strcmp(word, "end") == 0)
        *step = most;
    else if (strcmp(word, "best") == 0)
        *step = s->best.step;
    else if (mmoe_failed(command_whole(word, "the step", 0, STEP_MOST, step, err)))
        return err->status;
    if (*step <= most)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_RANGE, "the run was at step %s at most: run %zu goes on to there",
                     mmoe_format_count(most, MMOE_NUMBER), *step);
}

/* Of a run in progress the step is not known before it has stopped: then the command goes on. */
static bool stops_first(struct app *a)
{
    if (app_idle(a, APP_WAIT_LANE))
        return false;
    app_pause(a);
    a->again = true;
    return true;
}

enum mmoe_status command_goto(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t step;
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "goto STEP, goto best or goto end");
    if (mmoe_failed(check_run(a, err)))
        return err->status;
    if (stops_first(a))
        return MMOE_CONTINUE;
    if (mmoe_failed(read_step(a, i->argv[0], &step, err)))
        return err->status;
    app_goto(a, step);
    return MMOE_CONTINUE;
}

/* Of the words that were typed. */
static void join(const struct invocation *i, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s", "");
    for (size_t k = 0; k < i->argc; k++)
        mmoe_text_add(t, "%s%s", k ? " " : "", i->argv[k]);
}

enum mmoe_status command_branch(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text name = {0};
    if (mmoe_failed(check_run(a, err)))
        return err->status;
    if (stops_first(a))
        return MMOE_CONTINUE;
    if (view_live(&a->view)->step == 0)
        return mmoe_fail(err, MMOE_STATE, "the run is at step 0: there is nothing to branch from");
    join(i, &name);
    app_branch(a, name.s);
    mmoe_text_done(&name);
    return MMOE_CONTINUE;
}

enum mmoe_status command_note(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text text = {0};
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "note TEXT: what there is to say of this step");
    if (mmoe_failed(check_run(a, err)))
        return err->status;
    join(i, &text);
    app_note(a, text.s);
    mmoe_text_done(&text);
    return MMOE_CONTINUE;
}
