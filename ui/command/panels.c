/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panels.c - loss, gates, hist, runs, pin, compare, layout: what is shown. */
#include "ui/command/command.h"
#include "ui/panel/panels.h"

#include <mmoe/model.h>
#include <string.h>

static enum mmoe_status set_axis(struct app *a, const char *word, struct mmoe_error *err)
{
    bool linear = strcmp(word, "linear") == 0;
    if (!linear && strcmp(word, "log") != 0)
        return mmoe_fail(err, MMOE_UNKNOWN, "no axis '%s': log or linear", word);
    a->view.linear_y = linear;
    return MMOE_OK;
}

enum mmoe_status command_panel(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    int panel = panel_find(i->command->name);
    if (i->argc > 0 && mmoe_failed(set_axis(a, i->argv[0], err)))
        return err->status;
    a->view.focus = panel;
    a->changes++;
    if (a->mode == APP_SCREEN)
        return MMOE_OK;
    struct mmoe_text t = {0};
    panel_table[panel]->describe(&a->view, &t);
    app_tell(a, t.s);
    mmoe_text_done(&t);
    return MMOE_OK;
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
        return mmoe_fail(err, MMOE_UNKNOWN, "no layout '%s': next, zoom, reset, or a panel's name", word);
    a->changes++;
    return MMOE_OK;
}

/* --- runs --- */

static enum mmoe_status no_run(const struct app *a, const char *word, struct mmoe_error *err)
{
    if (a->view.live_id == 0)
        return mmoe_fail(err, MMOE_STATE, "there are no runs yet: run makes one");
    return mmoe_fail(err, MMOE_UNKNOWN, "no run '%s': runs lists those there are, 1 to %zu", word, a->view.live_id);
}

static const struct mmoe_snapshot *find_run(const struct app *a, const char *word, size_t *id)
{
    return mmoe_parse_size(word, id) ? view_run_find(&a->view, *id) : NULL;
}

/* The kept entry of a run; the live one is kept for it. */
static struct view_run *entry(struct app *a, size_t id)
{
    struct view *v = &a->view;
    for (size_t k = 0; k < v->run_count; k++)
        if (v->runs[k].id == id)
            return &v->runs[k];
    return id == v->live_id ? view_keep(v, false) : NULL;
}

enum mmoe_status command_pin(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t id = a->view.live_id;
    if (i->argc > 0 ? !find_run(a, i->argv[0], &id) : a->view.live.state == MMOE_RUN_EMPTY)
        return no_run(a, i->argc > 0 ? i->argv[0] : "", err);
    struct view_run *run = entry(a, id);
    if (!run)
        return no_run(a, i->argc > 0 ? i->argv[0] : "", err);
    run->pinned = !run->pinned;
    if (id == a->view.live_id)
        mmoe_snapshot_copy(&run->shot, &a->view.live);
    app_say(a, run->pinned ? "run %zu is pinned: it stays in the loss plot" : "run %zu is no longer pinned", id);
    return MMOE_OK;
}

static void add_difference(const struct mmoe_snapshot *x, const struct mmoe_snapshot *y,
                           const struct mmoe_option *option, struct mmoe_text *t)
{
    struct mmoe_text left = {0}, right = {0};
    mmoe_option_show(&x->options, option, &left);
    mmoe_option_show(&y->options, option, &right);
    mmoe_text_add(t, "\n%-14s %14s %14s", option->name, left.s, right.s);
    mmoe_text_done(&left);
    mmoe_text_done(&right);
}

static void add_losses(const struct mmoe_snapshot *x, const struct mmoe_snapshot *y, struct mmoe_text *t)
{
    char left[32], right[32];
    size_t tasks = x->tasks < y->tasks ? x->tasks : y->tasks;
    for (size_t k = 0; k < tasks; k++) {
        mmoe_text_add(t, "\nloss %-9c %14s %14s   ratio %.3f", (char)('A' + k),
                      mmoe_format_loss(x->loss[k], left, sizeof left),
                      mmoe_format_loss(y->loss[k], right, sizeof right), y->loss[k] / x->loss[k]);
        mmoe_text_add(t, "\nloss/var %-5c %14s %14s", (char)('A' + k),
                      mmoe_format_loss(x->loss_over_var[k], left, sizeof left),
                      mmoe_format_loss(y->loss_over_var[k], right, sizeof right));
    }
}

enum mmoe_status command_compare(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t first, second;
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID, "compare takes two runs: compare 1 2 (runs lists them)");
    const struct mmoe_snapshot *x = find_run(a, i->argv[0], &first);
    const struct mmoe_snapshot *y = find_run(a, i->argv[1], &second);
    if (!x || !y)
        return no_run(a, i->argv[x ? 1 : 0], err);
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%-14s %13s%zu %13s%zu", "", "run ", first, "run ", second);
    for (size_t k = 0; k < mmoe_option_count; k++) {
        const struct mmoe_option *option = &mmoe_option_table[k];
        if (option->group != MMOE_GROUP_SESSION && !mmoe_option_same(&x->options, &y->options, option))
            add_difference(x, y, option, &t);
    }
    mmoe_text_add(&t, "\n%-14s %14zu %14zu\n%-14s %14zu %14zu", "parameters", x->parameters, y->parameters,
                  "step", x->step, y->step);
    add_losses(x, y, &t);
    app_page(a, t.s);
    mmoe_text_done(&t);
    return MMOE_OK;
}
