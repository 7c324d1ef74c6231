/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * panels.c - loss, gates, hist, runs, pin, compare, layout: what is shown.
 *
 * With a screen a panel comes to the front; without one it is told in words,
 * those of small content with their numbers, and with --json as objects.
 */
#include "ui/panel/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/command/command.h"
#include "ui/panel/view_names.h"

/* --- panels --- */

static enum mmoe_status set_axis(struct app *a, const char *word, struct mmoe_error *err)
{
    static const char *const words[] = {"linear", "log"};
    bool linear = strcmp(word, "linear") == 0;
    if (!linear && strcmp(word, "log") != 0) {
        const char *near = mmoe_nearest(word, words, 2);
        if (near)
            return mmoe_fail(err, MMOE_UNKNOWN, "no axis '%.60s': did you mean loss %s?", word,
                             near);
        return mmoe_fail(err, MMOE_UNKNOWN, "no axis '%.60s': linear or log", word);
    }
    a->view.linear_y = linear;
    return MMOE_OK;
}

/* What histograms are of from now on: hist auc task=B. */
static enum mmoe_status set_measure(struct app *a, const struct invocation *i,
                                    struct mmoe_error *err)
{
    enum mmoe_metric metric = a->view.metric;
    size_t task = a->view.task;
    static const char *const known[] = {"task", NULL};
    if (mmoe_failed(command_known(i, known, "task=NAME", err)) ||
        mmoe_failed(command_measure(a, i, &metric, &task, err)))
        return err->status;
    a->view.metric = metric;
    a->view.task = task;
    return MMOE_OK;
}

/* The task that panel fit begins with from now on: fit task=B. */
static enum mmoe_status set_fit_task(struct app *a, const struct invocation *i,
                                     struct mmoe_error *err)
{
    enum mmoe_metric metric = MMOE_LOSS;
    size_t task = a->view.fit_task;
    static const char *const known[] = {"task", NULL};
    if (mmoe_failed(command_known(i, known, "task=NAME", err)) ||
        mmoe_failed(command_measure(a, i, &metric, &task, err)))
        return err->status;
    a->view.fit_task = task;
    return MMOE_OK;
}

enum mmoe_status command_panel(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    int panel = panel_find(i->command->name);
    if (panel == PANEL_HIST && mmoe_failed(set_measure(a, i, err)))
        return err->status;
    if (panel == PANEL_FIT && mmoe_failed(set_fit_task(a, i, err)))
        return err->status;
    if (panel == PANEL_LOSS && i->argc > 0 && mmoe_failed(set_axis(a, i->argv[0], err)))
        return err->status;
    a->view.focus = panel;
    a->changes++;
    if (a->sink.mode == EVENT_SCREEN)
        return MMOE_OK;
    if (!app_awaits(a, panel_needs(&a->view, panel)))
        app_tell_panel(a, panel);
    return MMOE_CONTINUE;
}

enum { ROWS_MOST = 1000000000 };

/* Alone the panel, or a view of it by its word; with `row N` one row. */
enum mmoe_status command_gates(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc ? i->argv[0] : "means";
    enum view_gates view;
    size_t row;
    char number[32];
    if (i->argc < 2 && panel_gates_find(word, &view)) {
        a->view.gates = view;
        return command_panel(a, i, err);
    }
    if (i->argc < 2 || strcmp(word, "row") != 0)
        return mmoe_fail(err, MMOE_INVALID,
                         "no view of gates '%.60s': means, time, spread, map, or row N, one of "
                         "those that are not trained on, from 1",
                         word);
    if (mmoe_failed(command_whole(i->argv[1], "the row", 1, ROWS_MOST, &row, err)))
        return err->status;
    snprintf(number, sizeof number, "%zu", row);
    app_file(a, MMOE_FILE_SEE, number);
    return MMOE_CONTINUE;
}

static enum mmoe_status refuse_layout(const char *word, struct mmoe_error *err)
{
    const char *words[PANEL_COUNT + 3] = {"reset", "zoom", "next"};
    for (size_t k = 0; k < PANEL_COUNT; k++)
        words[k + 3] = panel_table[k]->name;
    const char *near = mmoe_nearest(word, words, PANEL_COUNT + 3);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "no layout '%.60s': did you mean layout %s?", word,
                         near);
    return mmoe_fail(err, MMOE_UNKNOWN, "no layout '%.60s': reset, zoom, next or a panel's name",
                     word);
}

enum mmoe_status command_layout(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct view *v = &a->view;
    const char *word = i->argc > 0 ? i->argv[0] : "reset";
    int panel = panel_find(word);
    if (strcmp(word, "next") == 0)
        v->focus = (v->focus + 1) % PANEL_COUNT;
    else if (strcmp(word, "zoom") == 0)
        v->zoomed = !v->zoomed;
    else if (strcmp(word, "reset") == 0)
        v->zoomed = false;
    else if (panel >= 0)
        v->focus = panel;
    else
        return refuse_layout(word, err);
    a->changes++;
    return MMOE_OK;
}

/* --- runs --- */

enum mmoe_status command_no_run(const struct app *a, const char *word, struct mmoe_error *err)
{
    if (a->view.newest_id == 0)
        return mmoe_fail(err, MMOE_STATE, "there are no runs yet: run makes one");
    return mmoe_fail(err, MMOE_UNKNOWN, "no run '%.60s': `runs` lists those there are, up to %zu",
                     word, a->view.newest_id);
}

const struct mmoe_snapshot *command_find_run(const struct app *a, const char *word, size_t *id)
{
    return mmoe_parse_size(word, id) ? view_run_find(&a->view, *id) : NULL;
}

/* The kept entry of a run; the live one is kept for it. */
static struct view_run *entry(struct app *a, size_t id)
{
    struct view *v = &a->view;
    for (size_t k = 0; k < v->lane_count; k++)
        if (id == v->lanes[k].id)
            return view_keep(v, k, false);
    for (size_t k = 0; k < v->run_count; k++)
        if (v->runs[k].id == id)
            return &v->runs[k];
    return NULL;
}

enum mmoe_status command_pin(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t id = view_lane(&a->view)->id;
    const char *word = i->argc > 0 ? i->argv[0] : "";
    struct view_run *run = i->argc == 0 || command_find_run(a, word, &id) ? entry(a, id) : NULL;
    if (!run)
        return command_no_run(a, word, err);
    run->pinned = !run->pinned;
    view_rename(&a->view);
    a->changes++;
    app_say(a,
            run->pinned ? "run %zu is pinned: it stays in the list and in the loss plot"
                        : "run %zu is no longer pinned",
            id);
    return MMOE_OK;
}
