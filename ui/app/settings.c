/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.c - options: changed, undone, redone.
 *
 * Settings are those of the live run in front: others go on with their own. A run is
 * stale when the settings differ from those it was made with in something that resets;
 * going back to them makes it fresh again.
 */
#include <string.h>

#include <mmoe/journal.h>
#include <mmoe/moot.h>
#include <mmoe/run.h>

#include "ui/app/parts.h"
#include "ui/panel/view_names.h"

void app_renew_stale(struct app *a)
{
    const struct mmoe_options *settings = a->settings ? a->settings : &a->view.options;
    view_rename(&a->view);
    for (size_t i = 0; i < a->view.lane_count; i++) {
        const struct app_lane *l = &a->lanes[i];
        struct view_lane *shown = &a->view.lanes[i];
        struct mmoe_options o;
        struct mmoe_error err;
        bool known = !mmoe_failed(app_side_of(a, i, settings, &o, &err));
        if (l->has_run)
            shown->stale = !known || mmoe_run_resets(&l->made, &o) != MMOE_RESETS_NOTHING;
        else
            shown->stale = shown->live->state != MMOE_RUN_EMPTY; /* its rows are gone */
    }
}

static void say_resets(struct app *a, enum mmoe_resets resets)
{
    const struct app_lane *l = app_lane(a);
    if (resets == MMOE_RESETS_DATA && l->data)
        app_say(a, "resets rows and run: data gen, run or step makes new ones");
    else if (resets != MMOE_RESETS_NOTHING && l->has_run)
        app_say(a, "resets the run: run or step starts anew at step 0");
}

void app_say_moot(struct app *a, const struct mmoe_options *before,
                  const struct mmoe_options *after)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        const struct mmoe_moot *rule = mmoe_moot_find(after, option);
        struct mmoe_text t = {0};
        if (!rule ||
            (mmoe_moot_find(before, option) == rule && mmoe_option_same(before, after, option)))
            continue;
        mmoe_moot_tell(rule, after, &t);
        app_say(a, "%s", t.s);
        mmoe_text_done(&t);
    }
}

enum { CELLS_LOOKED_AT = 1000 };

/* In how many of the first n cells the option is moot; *o: the options of the first of them. */
static size_t moot_cells(const struct mmoe_grid *g, size_t n, const struct mmoe_option *option,
                         struct mmoe_options *o)
{
    size_t count = 0;
    for (size_t cell = 0; cell < n; cell++) {
        struct mmoe_options each;
        mmoe_grid_cell_options(g, cell, &each);
        if (mmoe_moot_find(&each, option) && count++ == 0)
            *o = each;
    }
    return count;
}

void app_say_moot_cells(struct app *a, const struct mmoe_grid *g)
{
    size_t cells = mmoe_grid_cells(g), n = cells < CELLS_LOOKED_AT ? cells : CELLS_LOOKED_AT;
    for (size_t i = 0; i < mmoe_option_count; i++) {
        struct mmoe_options o;
        struct mmoe_text t = {0};
        size_t count = moot_cells(g, n, &mmoe_option_table[i], &o);
        if (count == 0)
            continue;
        if (count < n)
            mmoe_text_add(&t, "in %s of %s ", mmoe_format_count(count, MMOE_NUMBER),
                          MMOE_COUNTED(n, "setting"));
        mmoe_moot_tell(mmoe_moot_find(&o, &mmoe_option_table[i]), &o, &t);
        app_say(a, "%s", t.s);
        mmoe_text_done(&t);
    }
}

/* context: the settings before. */
static void tune(struct app *a, const void *context)
{
    struct mmoe_options before;
    struct mmoe_error err;
    if (mmoe_failed(app_side_of(a, a->view.lane, context, &before, &err)))
        before = *(const struct mmoe_options *)context;
    mmoe_lane_tune(app_lane(a)->lane, &before, &a->view.options);
    if (app_is_training(app_lane(a)) && view_lane(&a->view)->stale)
        mmoe_lane_pause(app_lane(a)->lane);
}

static enum mmoe_status adopt(struct app *a, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct mmoe_options side;
    for (size_t i = 0; i < a->view.lane_count; i++)
        if (mmoe_failed(app_side_of(a, i, o, &side, err)))
            return err->status;
    enum mmoe_resets resets = mmoe_run_resets(&a->view.options, o);
    struct mmoe_text changes = {0};
    mmoe_journal_changes(&a->view.options, o, &changes);
    for (size_t i = 0; changes.n && i < a->view.lane_count; i++)
        app_leave_past(a, i);
    mmoe_text_done(&changes);
    const struct mmoe_options before = a->view.options;
    app_say_moot(a, &before, o);
    a->view.options = *o;
    a->changes++;
    app_renew_stale(a);
    app_each_side(a, tune, &before);
    app_renew_stale(a);
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
    if (mmoe_options_same(&before, o))
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
    while (*from_count && mmoe_options_same(&from[*from_count - 1], &before))
        *from_count -= 1; /* a run that went back has them already */
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
