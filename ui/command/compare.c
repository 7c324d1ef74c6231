/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.c - compare: two runs, two models, two settings over seeds, or what is on the screen. */
#include "ui/report/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/command/command.h"

/* --- two runs --- */

enum { COLUMN = 14 };
#define PARAMETERS_MATCH 0.02 /* counts that differ by less are taken as equal */

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

/* --- two models --- */

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

/* --- two settings over seeds --- */

enum { SEEDS = 20 };

/* The grid of the two settings: the models named, or the one option that has two values. */
static enum mmoe_status read_settings(const struct app *a, const struct invocation *i,
                                      struct mmoe_grid *grid, struct mmoe_error *err)
{
    static const char *const own[] = {"seeds", "store", "jobs", NULL};
    const char *seeds = command_pair(i, "seeds");
    struct mmoe_text models = {0};
    *grid = (struct mmoe_grid){.base = a->view.options, .seeds = SEEDS};
    if (seeds && mmoe_failed(command_whole(seeds, "the number of seeds", 2, MMOE_RUNS_MAX / 2,
                                           &grid->seeds, err)))
        return err->status;
    if (i->argc == 1)
        return mmoe_fail(err, MMOE_INVALID, "%.40s against which model?", i->argv[0]);
    if (i->argc == 2)
        mmoe_text_add(&models, "%s,%s", i->argv[0], i->argv[1]);
    enum mmoe_status s = i->argc ? mmoe_grid_axis(grid, "model", models.s, err) : MMOE_OK;
    mmoe_text_done(&models);
    for (size_t k = 0; k < i->pair_count && !mmoe_failed(s); k++)
        if (!command_among(i->pairs[k].key, own))
            s = mmoe_grid_put(grid, i->pairs[k].key, i->pairs[k].value, err);
    if (mmoe_failed(s))
        return s;
    if (grid->axis_count != 1 || grid->axes[0].count != 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "compare sets two settings against each other: two models, or one option "
                         "with two values, such as compare mmoe shared-bottom p=0.3 or compare "
                         "experts=4,8; what-if and sweep take more");
    return MMOE_OK;
}

double command_cost_compare(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    struct mmoe_grid grid;
    size_t jobs, runs;
    if (!i->pair_count || mmoe_failed(app_check_idle(a, &err)) ||
        mmoe_failed(read_settings(a, i, &grid, &err)) ||
        mmoe_failed(command_jobs(a, i, &jobs, &err)))
        return 0;
    runs = mmoe_grid_runs(&grid);
    mmoe_text_add(what, "%s", MMOE_COUNTED(runs, "run"));
    return app_forecast_grid(a, &grid, runs, jobs);
}

/* A study of both, which is found again, and has what others have of its runs. */
static enum mmoe_status compare_settings(struct app *a, const struct invocation *i,
                                         struct mmoe_error *err)
{
    const struct mmoe_definition def = {.about = {.name = VIEW_COMPARED, .title = "Two settings"},
                                        .figure = MMOE_DRAWING_HISTOGRAMS};
    const char *store = command_pair(i, "store");
    struct mmoe_grid grid;
    struct app_study_order order = {.grid = &grid, .def = &def, .command = i->text, .find = true};
    if (mmoe_failed(read_settings(a, i, &grid, err)) || mmoe_failed(mmoe_grid_check(&grid, err)) ||
        mmoe_failed(mmoe_cells_check_option(&grid, grid.axes[0].option, err)) ||
        mmoe_failed(command_jobs(a, i, &order.jobs, err)))
        return err->status;
    char *path = store ? command_path(store) : NULL;
    order.store = path;
    enum mmoe_status s = app_study_begin(a, &order, err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

/* The rows of the histograms; false: there are no two. */
static bool compare_rows(struct app *a)
{
    struct mmoe_text t = {0};
    compare_add(&a->view, a->sink.mode == EVENT_JSON, &t);
    bool any = t.n > 0;
    event_emit(&a->sink, &t);
    mmoe_text_done(&t);
    return any;
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
    if (i->pair_count)
        return compare_settings(a, i, err);
    if (i->argc == 0 && (compare_rows(a) || compare_curves(a)))
        return MMOE_OK;
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "compare takes two runs or models: compare 1 2 (`runs` lists them), "
                         "compare mmoe shared-bottom, compare mmoe shared-bottom seeds=20");
    const struct mmoe_model *left = mmoe_model_find(i->argv[0]),
                            *right = mmoe_model_find(i->argv[1]);
    if (left && right) {
        if (mmoe_failed(compare_models(a, left, right, err)))
            return err->status;
        struct mmoe_text t = {0};
        compare_add_models(&a->view, model_index(left), model_index(right),
                           a->sink.mode == EVENT_JSON, &t);
        event_emit(&a->sink, &t);
        mmoe_text_done(&t);
        return MMOE_OK;
    }
    const struct mmoe_snapshot *x = command_find_run(a, i->argv[0], &first);
    const struct mmoe_snapshot *y = command_find_run(a, i->argv[1], &second);
    if (!x || !y)
        return command_no_run(a, i->argv[x ? 1 : 0], err);
    compare_runs(a, x, first, y, second);
    return MMOE_OK;
}
