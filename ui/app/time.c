/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time.c - live runs in time: to a step they were at, notes, branches. */
#include <stdio.h>

#include <mmoe/journal.h>

#include "ui/app/parts.h"
#include "ui/panel/view_names.h"

static void go(struct app *a, const void *context)
{
    struct app_lane *l = app_lane(a);
    const struct view_lane *shown = view_lane(&a->view);
    if (shown->live->step >= shown->furthest)
        view_keep(&a->view, a->view.lane, false); /* what it came to */
    l->pending = APP_PENDING_GOTO;
    l->follows = true;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    l->until = *(const size_t *)context;
    mmoe_lane_goto(l->lane, l->until);
}

void app_goto(struct app *a, size_t step)
{
    app_each_side(a, go, &step);
}

static void branch(struct app *a, const void *context)
{
    struct view *v = &a->view;
    struct view_run *kept = view_keep(v, v->lane, true);
    if (!kept)
        return;
    size_t was = kept->id;
    mmoe_lane_note(app_lane(a)->lane, MMOE_MARK_BRANCH, context);
    app_lane(a)->follows = false;
    app_renumber(a, v->lane);
    app_say(a, "run %zu goes on from step %s; run %zu is pinned as it was", view_lane(v)->id,
            mmoe_format_count(view_live(v)->step, MMOE_NUMBER), was);
}

void app_branch(struct app *a, const char *name)
{
    app_each_side(a, branch, name);
    view_rename(&a->view);
    a->wait = APP_WAIT_LANE;
}

static void note(struct app *a, const void *context)
{
    mmoe_lane_note(app_lane(a)->lane, MMOE_MARK_NOTE, context);
}

void app_note(struct app *a, const char *text)
{
    app_each_side(a, note, text);
    a->wait = APP_WAIT_LANE;
}

/* The settings of a recipe, and those of the session as they are. */
static enum mmoe_status take_settings(struct app *a, const struct mmoe_options *of,
                                      struct mmoe_error *err)
{
    struct mmoe_options o = *of;
    bool quiet = a->quiet;
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (mmoe_option_table[i].group == MMOE_GROUP_SESSION)
            mmoe_option_copy(&o, &a->view.options, &mmoe_option_table[i]);
    a->quiet = true;
    enum mmoe_status status = app_change(a, &o, err);
    a->quiet = quiet;
    return status;
}

enum mmoe_status app_make_again(struct app *a, const struct mmoe_recipe *r, struct mmoe_error *err)
{
    struct app_lane *l = app_lane(a);
    if (mmoe_failed(take_settings(a, &r->options, err)))
        return err->status;
    app_make(a, true);
    l->returns = true;
    app_forecast_say(a, "training", app_forecast_run(a, &a->view.options, r->step));
    mmoe_lane_foresee(l->lane, r->step, mmoe_journal_ref(r->journal));
    l->pending = APP_PENDING_GOTO;
    l->until = r->step;
    mmoe_lane_goto(l->lane, r->step);
    if (!r->by[0]) /* of this session: there is nothing to compare */
        return MMOE_CONTINUE;
    l->again = true;
    snprintf(l->expected, sizeof l->expected, "%s", r->bits);
    snprintf(l->rows, sizeof l->rows, "%s", r->rows);
    snprintf(l->by, sizeof l->by, "%s", r->by);
    app_file(a, MMOE_FILE_SHARE, "");
    return MMOE_CONTINUE;
}
