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

#define PARAMETERS_MATCH 0.02 /* counts that differ by less are taken as equal */

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
    if (panel != PANEL_FIT || !app_awaits_fit(a))
        app_tell_panel(a, panel);
    return MMOE_CONTINUE;
}

enum { ROWS_MOST = 1000000000 };

/* Alone the panel, with `row N` one row. */
enum mmoe_status command_gates(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t row;
    char number[32];
    if (i->argc == 0)
        return command_panel(a, i, err);
    if (i->argc < 2 || strcmp(i->argv[0], "row") != 0)
        return mmoe_fail(err, MMOE_INVALID,
                         "gates shows the panel, gates row N one row of those "
                         "that are not trained on, from 1");
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

static enum mmoe_status no_run(const struct app *a, const char *word, struct mmoe_error *err)
{
    if (a->view.newest_id == 0)
        return mmoe_fail(err, MMOE_STATE, "there are no runs yet: run makes one");
    return mmoe_fail(err, MMOE_UNKNOWN, "no run '%.60s': `runs` lists those there are, up to %zu",
                     word, a->view.newest_id);
}

static const struct mmoe_snapshot *find_run(const struct app *a, const char *word, size_t *id)
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
    struct view_run *run = i->argc == 0 || find_run(a, word, &id) ? entry(a, id) : NULL;
    if (!run)
        return no_run(a, word, err);
    run->pinned = !run->pinned;
    view_rename(&a->view);
    a->changes++;
    app_say(a,
            run->pinned ? "run %zu is pinned: it stays in the list and in the loss plot"
                        : "run %zu is no longer pinned",
            id);
    return MMOE_OK;
}

/* --- compare --- */

enum { COLUMN = 14 };

/* - where the run does not depend on it. */
static void show_value(const struct mmoe_options *o, const struct mmoe_option *option,
                       struct mmoe_text *t)
{
    if (mmoe_run_heeds(o, option))
        mmoe_option_tell(o, option, t);
    else
        mmoe_text_add(t, "-");
}

/* A first value that is too wide for its column, such as a path, leaves no second column. */
static void add_difference(const struct mmoe_snapshot *x, const struct mmoe_snapshot *y,
                           const struct mmoe_option *option, int width, struct mmoe_text *t)
{
    struct mmoe_text left = {0}, right = {0};
    show_value(&x->options, option, &left);
    show_value(&y->options, option, &right);
    mmoe_text_add(t, left.n <= COLUMN ? "\n%-*s %14s %14s" : "\n%-*s %s against %s", width,
                  option->name, left.s, right.s);
    mmoe_text_done(&left);
    mmoe_text_done(&right);
}

/* Do the runs differ in the option? Not in one that neither depends on, nor in `seed`, which its
 * three parts tell better. */
static bool differs(const struct mmoe_options *x, const struct mmoe_options *y,
                    const struct mmoe_option *option)
{
    return option->group != MMOE_GROUP_SESSION && strcmp(option->name, "seed") != 0 &&
           (mmoe_run_heeds(x, option) || mmoe_run_heeds(y, option)) &&
           !mmoe_option_same(x, y, option);
}

/* The place in y of x's task k: the one of its name, else MMOE_TASKS_MAX. */
static size_t same_task(const struct mmoe_snapshot *x, size_t k, const struct mmoe_snapshot *y)
{
    for (size_t i = 0; i < y->tasks; i++)
        if (strcmp(x->task[k].name, y->task[i].name) == 0)
            return i;
    return MMOE_TASKS_MAX;
}

/* A line of the comparison; the words before the numbers get width. */
static void add_ratio(struct mmoe_text *t, int width, const char *name, double x, double y)
{
    char left[32], right[32];
    mmoe_text_add(t, "\n%-*s %14s %14s   ratio ", width, name,
                  mmoe_format_loss(x, left, sizeof left), mmoe_format_loss(y, right, sizeof right));
    mmoe_text_add(t, "%s", isfinite(y / x) ? mmoe_format_fixed(y / x, 3, MMOE_NUMBER) : "-");
}

/* Losses of the tasks that both have, and AUC of binary ones. */
static void add_losses(const struct mmoe_snapshot *x, const struct mmoe_snapshot *y, int width,
                       struct mmoe_text *t)
{
    for (size_t k = 0; k < x->tasks; k++) {
        size_t i = same_task(x, k, y);
        const char *task = x->task[k].name;
        bool binary = x->task[k].binary;
        char name[MMOE_TASK_NAME_MAX + 16];
        if (i == MMOE_TASKS_MAX || binary != y->task[i].binary)
            continue;
        snprintf(name, sizeof name, "loss %s", task);
        add_ratio(t, width, name, x->value[MMOE_LOSS][k], y->value[MMOE_LOSS][i]);
        snprintf(name, sizeof name, "loss/%s %s", binary ? "ent" : "var", task);
        add_ratio(t, width, name, x->value[MMOE_OVER_VAR][k], y->value[MMOE_OVER_VAR][i]);
        snprintf(name, sizeof name, "AUC %s", task);
        if (binary)
            add_ratio(t, width, name, x->value[MMOE_AUC][k], y->value[MMOE_AUC][i]);
    }
}

/* Whether the comparison is paired, and what it can say. */
static const char *seeds_verdict(const struct mmoe_snapshot *a, const struct mmoe_snapshot *b)
{
    const struct mmoe_options *x = &a->options, *y = &b->options;
    size_t shared = 0;
    for (size_t k = 0; k < a->tasks; k++)
        shared += same_task(a, k, b) < MMOE_TASKS_MAX;
    if (shared == 0)
        return "other tasks: their losses do not compare";
    if (!mmoe_source_same(x, y))
        return "other rows: compare losses over variance or entropy, and over many seeds (repeat), "
               "not these losses";
    if (x->seed_init != y->seed_init || x->seed_order != y->seed_order)
        return "same rows, other first weights or batches: some of the difference is luck";
    return "same seeds: what differs comes from the options; repeat tells how much of it is luck";
}

/* Appends whether two counts of parameters match. */
static void add_match(struct mmoe_text *t, const char *first, size_t x, const char *second,
                      size_t y)
{
    double more = x > y ? (double)x / (double)y - 1 : (double)y / (double)x - 1;
    if (more < PARAMETERS_MATCH)
        mmoe_text_add(t, "\nparameters match within %s%%",
                      mmoe_format_fixed(100 * PARAMETERS_MATCH, 0, MMOE_NUMBER));
    else
        mmoe_text_add(t, "\nnot parameter-matched: %s has %s%% more", x > y ? first : second,
                      mmoe_format_fixed(100 * more, 0, MMOE_NUMBER));
}

static void tell_comparison(struct app *a, const struct mmoe_snapshot *x, size_t first,
                            const struct mmoe_snapshot *y, size_t second)
{
    struct mmoe_text t = {0};
    int width = 14;
    for (size_t k = 0; k < x->tasks; k++) {
        int n = (int)(strlen("loss/var ") + strlen(x->task[k].name));
        width = same_task(x, k, y) < MMOE_TASKS_MAX && n > width ? n : width;
    }
    mmoe_text_add(&t, "%-*s %13s%zu %13s%zu", width, "", "run ", first, "run ", second);
    for (size_t k = 0; k < mmoe_option_count; k++) {
        const struct mmoe_option *option = &mmoe_option_table[k];
        if (differs(&x->options, &y->options, option))
            add_difference(x, y, option, width, &t);
    }
    mmoe_text_add(&t, "\n%-*s %14s %14s\n%-*s %14s %14s", width, "parameters",
                  mmoe_format_count(x->parameters, MMOE_NUMBER),
                  mmoe_format_count(y->parameters, MMOE_NUMBER), width, "step",
                  mmoe_format_count(x->step, MMOE_NUMBER), mmoe_format_count(y->step, MMOE_NUMBER));
    add_losses(x, y, width, &t);
    add_match(&t, "the first", x->parameters, "the second", y->parameters);
    mmoe_text_add(&t, "\n%s%s", seeds_verdict(x, y),
                  x->step == y->step ? "" : "; not at the same step");
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

static void add_counts(struct mmoe_text *t, const char *key, size_t x, size_t y)
{
    mmoe_json_key(t, key);
    mmoe_text_add(t, "[%zu,%zu]", x, y);
}

static void json_comparison(struct app *a, const struct mmoe_snapshot *x, size_t first,
                            const struct mmoe_snapshot *y, size_t second)
{
    struct mmoe_text t = {0};
    double ratio[MMOE_TASKS_MAX];
    size_t count = 0;
    event_begin(&t, "compare");
    add_counts(&t, "runs", first, second);
    mmoe_json_key(&t, "differ");
    mmoe_text_add(&t, "[");
    for (size_t k = 0; k < mmoe_option_count; k++)
        if (differs(&x->options, &y->options, &mmoe_option_table[k]))
            mmoe_text_add(&t, "%s\"%s\"", count++ ? "," : "", mmoe_option_table[k].name);
    mmoe_text_add(&t, "]");
    add_counts(&t, "step", x->step, y->step);
    for (size_t k = 0; k < x->tasks; k++) {
        size_t i = same_task(x, k, y);
        ratio[k] = i == MMOE_TASKS_MAX ? NAN : y->value[MMOE_LOSS][i] / x->value[MMOE_LOSS][k];
    }
    mmoe_json_numbers(&t, "ratio", ratio, x->tasks);
    event_end(&a->sink, &t);
}

/* --- compare two models --- */

/* The part of that name, or NULL. */
static const struct mmoe_outline_part *part_named(const struct mmoe_outline *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->parts[i].name, name) == 0)
            return &o->parts[i];
    return NULL;
}

static void add_part(struct mmoe_text *t, const char *name, const struct mmoe_outline_part *x,
                     const struct mmoe_outline_part *y)
{
    char left[48] = "-", right[48] = "-";
    if (x)
        mmoe_format_count(x->parameters, left, sizeof left);
    if (y)
        mmoe_format_count(y->parameters, right, sizeof right);
    mmoe_text_add(t, "\n%-20s %20s %20s", name, left, right);
}

static void tell_models(struct app *a, const struct mmoe_model *first, const struct mmoe_outline *x,
                        const struct mmoe_model *second, const struct mmoe_outline *y)
{
    struct mmoe_text t = {0};
    char left[48], right[48];
    mmoe_text_add(&t, "%-20s %20s %20s", "parameters", mmoe_model_name(first),
                  mmoe_model_name(second));
    for (size_t i = 0; i < x->count; i++)
        add_part(&t, x->parts[i].name, &x->parts[i], part_named(y, x->parts[i].name));
    for (size_t i = 0; i < y->count; i++)
        if (!part_named(x, y->parts[i].name))
            add_part(&t, y->parts[i].name, NULL, &y->parts[i]);
    mmoe_text_add(&t, "\n%-20s %20s %20s", "all",
                  mmoe_format_count(x->parameters, left, sizeof left),
                  mmoe_format_count(y->parameters, right, sizeof right));
    mmoe_text_add(&t, "\n%-20s %20s %20s", "FLOPs/example",
                  mmoe_format_count((uint64_t)x->flops, left, sizeof left),
                  mmoe_format_count((uint64_t)y->flops, right, sizeof right));
    add_match(&t, mmoe_model_name(first), x->parameters, mmoe_model_name(second), y->parameters);
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

static enum mmoe_status compare_models(struct app *a, const struct mmoe_model *first,
                                       const struct mmoe_model *second, struct mmoe_error *err)
{
    struct mmoe_outline x, y;
    struct mmoe_spec spec;
    struct mmoe_text t = {0};
    if (mmoe_failed(command_spec(a, first, &spec, err)))
        return err->status;
    mmoe_model_outline(first, &spec, &x);
    if (mmoe_failed(command_spec(a, second, &spec, err)))
        return err->status;
    mmoe_model_outline(second, &spec, &y);
    if (a->sink.mode != EVENT_JSON) {
        tell_models(a, first, &x, second, &y);
        return MMOE_OK;
    }
    event_begin(&t, "compare");
    mmoe_json_key(&t, "models");
    mmoe_text_add(&t, "[");
    mmoe_text_add_json(&t, mmoe_model_name(first));
    mmoe_text_add(&t, ",");
    mmoe_text_add_json(&t, mmoe_model_name(second));
    mmoe_text_add(&t, "]");
    add_counts(&t, "parameters", x.parameters, y.parameters);
    mmoe_json_numbers(&t, "flops", (const double[]){x.flops, y.flops}, 2);
    event_end(&a->sink, &t);
    return MMOE_OK;
}

static void compare_runs(struct app *a, const struct mmoe_snapshot *x, size_t first,
                         const struct mmoe_snapshot *y, size_t second)
{
    if (a->sink.mode == EVENT_JSON)
        json_comparison(a, x, first, y, second);
    else
        tell_comparison(a, x, first, y, second);
}

/* The newest pin and the live run; false: there are no two. */
static bool compare_curves(struct app *a)
{
    const struct view_lane *live = view_lane(&a->view);
    const struct view_run *pin = NULL;
    for (size_t k = 0; k < a->view.run_count; k++)
        if (a->view.runs[k].pinned && a->view.runs[k].id != live->id)
            pin = &a->view.runs[k];
    if (!pin || live->id == 0 || live->live->state == MMOE_RUN_EMPTY)
        return false;
    compare_runs(a, pin->shot, pin->id, live->live, live->id);
    return true;
}

static int model_index(const struct mmoe_model *model)
{
    size_t k = 0;
    while (k < mmoe_model_count() && mmoe_model_at(k) != model)
        k++;
    return (int)k;
}

enum mmoe_status command_compare(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    size_t first, second;
    if (i->argc == 0 && (command_compare_rows(a) || compare_curves(a)))
        return MMOE_OK;
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "compare takes two runs or models: compare 1 2 (`runs` lists them), "
                         "compare mmoe shared-bottom");
    const struct mmoe_model *left = mmoe_model_find(i->argv[0]),
                            *right = mmoe_model_find(i->argv[1]);
    if (left && right) {
        if (mmoe_failed(compare_models(a, left, right, err)))
            return err->status;
        command_compare_models(a, model_index(left), model_index(right));
        return MMOE_OK;
    }
    const struct mmoe_snapshot *x = find_run(a, i->argv[0], &first);
    const struct mmoe_snapshot *y = find_run(a, i->argv[1], &second);
    if (!x || !y)
        return no_run(a, i->argv[x ? 1 : 0], err);
    compare_runs(a, x, first, y, second);
    return MMOE_OK;
}
