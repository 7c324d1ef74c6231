/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time.c - live runs in time: to a step they were at, notes, branches. */
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
    mmoe_lane_goto(l->lane, *(const size_t *)context);
}

void app_goto(struct app *a, size_t step)
{
    app_each_side(a, go, &step);
}

void app_follow(struct app *a, size_t i)
{
    if (i > 0 || a->settings || !a->lanes[i].follows)
        return;
    mmoe_journal_copy(&a->view.options, &a->view.lanes[i].live->options);
    view_rename(&a->view);
}

/* From here on it is another run; what it was stays among the runs. */
static void renumber(struct app *a, size_t i)
{
    struct view_lane *shown = &a->view.lanes[i];
    shown->id = ++a->view.newest_id;
    shown->furthest = shown->live->step;
    a->changes++;
}

void app_leave_past(struct app *a)
{
    for (size_t i = 0; i < a->view.lane_count; i++) {
        const struct view_lane *shown = &a->view.lanes[i];
        size_t was = shown->id;
        a->lanes[i].follows = false;
        if (shown->live->step >= shown->furthest)
            continue;
        renumber(a, i);
        app_say(a, "from step %s on it is run %zu; run %zu stays as it was",
                mmoe_format_count(shown->live->step, MMOE_NUMBER), shown->id, was);
    }
    view_rename(&a->view);
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
    renumber(a, v->lane);
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
