/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trials.c - a search of settings as a study: points to cells, and results to values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/mem.h>
#include <mmoe/trials.h>

#include "src/study/draws.h"

struct mmoe_trials {
    struct mmoe_searched searched;
    struct mmoe_grid base;
    struct mmoe_search *search;
    double point[MMOE_AXIS_VALUES_MAX][MMOE_SEARCH_DIMS];
    size_t proposed, told;
};

/* --- what is searched --- */

enum mmoe_status mmoe_trials_range(struct mmoe_searched *s, const char *only, const char *key,
                                   const char *values, struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    struct mmoe_searched_range *r = &s->ranges[s->count];
    if (!option)
        return err->status;
    if (s->count == MMOE_SEARCHED_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "a search has at most %d ranges", MMOE_SEARCHED_MAX);
    if (strlen(only) >= sizeof r->only)
        return mmoe_fail(err, MMOE_LIMIT, "'%.60s' is too long", only);
    if (option->type != MMOE_TYPE_REAL && option->type != MMOE_TYPE_COUNT &&
        option->type != MMOE_TYPE_SIZES)
        return mmoe_fail(err, MMOE_INVALID, "%s has no range to search in: numbers have one", key);
    if (!draws_read(values, &r->range.low, &r->range.high))
        return mmoe_fail(err, MMOE_INVALID, "%s=%.60s is no range: give LOW..HIGH", key, values);
    strcpy(r->only, only);
    r->option = option;
    r->range.whole = option->type != MMOE_TYPE_REAL;
    r->range.logarithmic = option->logarithmic && r->range.low > 0;
    s->count++;
    return MMOE_OK;
}

enum mmoe_status mmoe_trials_narrow(struct mmoe_searched *s, const struct mmoe_options *o,
                                    struct mmoe_error *err)
{
    struct mmoe_text value = {0};
    enum mmoe_status status = MMOE_OK;
    if (s->axis)
        mmoe_option_show(o, s->axis, &value);
    s->space.count = 0;
    for (size_t i = 0; i < s->count && !mmoe_failed(status); i++) {
        const struct mmoe_searched_range *r = &s->ranges[i];
        if (r->only[0] && (!s->axis || strcmp(r->only, value.s) != 0))
            continue;
        for (size_t k = 0; k < s->space.count; k++)
            if (s->option[k] == r->option)
                status = mmoe_fail(err, MMOE_INVALID, "%s is searched twice: leave one out",
                                   r->option->name);
        if (s->space.count == MMOE_SEARCH_DIMS)
            return mmoe_fail(err, MMOE_LIMIT, "at most %d options can be searched together",
                             MMOE_SEARCH_DIMS);
        s->option[s->space.count] = r->option;
        s->space.range[s->space.count++] = r->range;
    }
    if (!mmoe_failed(status) && s->space.count == 0)
        status = mmoe_fail(err, MMOE_INVALID, "nothing is searched%s%s: give it KEY=LOW..HIGH",
                           s->axis ? " for " : "", s->axis ? value.s : "");
    mmoe_text_done(&value);
    return status;
}

enum mmoe_status mmoe_trials_objective(struct mmoe_searched *s, const char *word, bool largest,
                                       struct mmoe_error *err)
{
    const char *dot = strchr(word, '.');
    char name[40];
    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - word) : 39, word);
    if (mmoe_failed(mmoe_metrics_find(name, &s->metric, err)))
        return err->status;
    if (dot && strlen(dot + 1) >= sizeof s->task)
        return mmoe_fail(err, MMOE_LIMIT, "'%.60s' is no name of a task", dot + 1);
    snprintf(s->task, sizeof s->task, "%s", dot ? dot + 1 : "");
    s->largest = largest;
    return MMOE_OK;
}

/* --- grids --- */

/* Append the value of range i at the point. */
static void add_value(const struct mmoe_searched *s, size_t i, double v, struct mmoe_text *t)
{
    if (s->space.range[i].whole)
        mmoe_text_add_number(t, v);
    else
        mmoe_text_add(t, "%.4g", v);
}

/* Add the axis of n trials (those numbers, from 1) and the options at their points. */
static enum mmoe_status put(const struct mmoe_trials *t, const size_t *trial, size_t n,
                            struct mmoe_grid *g, struct mmoe_error *err)
{
    struct mmoe_text values = {0};
    for (size_t k = 0; k < n; k++)
        mmoe_text_add(&values, "%s%zu", k ? "," : "", trial[k] + 1);
    enum mmoe_status status = mmoe_grid_axis(g, "trial", values.s, err);
    for (size_t i = 0; i < t->searched.space.count && !mmoe_failed(status); i++) {
        const struct mmoe_option *option = t->searched.option[i];
        mmoe_text_clear(&values);
        for (size_t k = 0; k < n; k++) {
            if (k)
                mmoe_text_add(&values, "%c", mmoe_grid_separator(option));
            add_value(&t->searched, i, t->point[trial[k]][i], &values);
        }
        status = mmoe_grid_follow(g, option->name, values.s, "trial", err);
    }
    mmoe_text_done(&values);
    return mmoe_failed(status) ? status : mmoe_grid_check(g, err);
}

enum mmoe_status mmoe_trials_grid(const struct mmoe_trials *t, struct mmoe_grid *grid,
                                  struct mmoe_error *err)
{
    size_t trial[MMOE_AXIS_VALUES_MAX];
    for (size_t k = 0; k < t->proposed; k++)
        trial[k] = k;
    *grid = t->base;
    return put(t, trial, t->proposed, grid, err);
}

enum mmoe_status mmoe_trials_again(const struct mmoe_trials *t, struct mmoe_grid *grid,
                                   struct mmoe_error *err)
{
    size_t trial[MMOE_TRIALS_BEST];
    size_t n = mmoe_search_best(t->search, MMOE_TRIALS_BEST, MMOE_TRIALS_APART, trial);
    if (n == 0)
        return mmoe_fail(
            err, MMOE_STATE,
            "no trial has a value of %s%s%s, so that none is the best: name a metric that a "
            "task has, or search other ranges",
            mmoe_metrics_table[t->searched.metric].name, t->searched.task[0] ? " of task " : "",
            t->searched.task);
    *grid = t->base;
    grid->seeds = MMOE_TRIALS_SEEDS;
    mmoe_options_seeded(&grid->base, MMOE_CHOICE_SEEDS, &grid->base);
    return put(t, trial, n, grid, err);
}

void mmoe_trials_show_again(struct mmoe_definition *def)
{
    struct mmoe_about *about = &def->about;
    char title[sizeof about->title];
    snprintf(title, sizeof title, "best trials on new seeds: %.90s", about->title);
    memcpy(about->title, title, sizeof title);
    def->figure = MMOE_DRAWING_HISTOGRAMS;
    def->panels = NULL;
    def->series = mmoe_option_find("trial");
}

/* --- the search --- */

static struct mmoe_search *new_search(const struct mmoe_searched *s, const struct mmoe_grid *base)
{
    return mmoe_search_new(&s->space, s->trials, MMOE_TRIALS_BATCH, base->base.seed_init);
}

void mmoe_trials_base(struct mmoe_grid *g, size_t i)
{
    struct mmoe_options o;
    if (g->axis_count == 0)
        return;
    mmoe_grid_cell_options(g, i, &o);
    mmoe_option_copy(&g->base, &o, g->axes[0].option);
    memset(g->axes, 0, sizeof g->axes);
    g->axis_count = 0;
}

/* Every corner of the ranges is a setting that can be trained, so that every trial is. */
static enum mmoe_status check_corners(struct mmoe_trials *t, struct mmoe_error *err)
{
    struct mmoe_grid *g = mmoe_alloc(1, sizeof *g);
    enum mmoe_status status = MMOE_OK;
    const struct mmoe_space *space = &t->searched.space;
    for (size_t corner = 0; corner < 2 && !mmoe_failed(status); corner++) {
        const size_t first = 0;
        for (size_t i = 0; i < space->count; i++)
            t->point[0][i] = corner ? space->range[i].high : space->range[i].low;
        *g = t->base;
        status = put(t, &first, 1, g, err);
        if (!mmoe_failed(status))
            status = mmoe_cells_check(g, err);
    }
    mmoe_free(g);
    return status;
}

struct mmoe_trials *mmoe_trials_new(const struct mmoe_searched *s, const struct mmoe_grid *base,
                                    struct mmoe_error *err)
{
    struct mmoe_trials *t = mmoe_alloc(1, sizeof *t);
    t->searched = *s;
    t->base = *base;
    if (mmoe_failed(mmoe_trials_narrow(&t->searched, &base->base, err))) {
        mmoe_free(t);
        return NULL;
    }
    t->search = new_search(&t->searched, base);
    if (mmoe_failed(check_corners(t, err))) {
        mmoe_trials_free(t);
        return NULL;
    }
    mmoe_trials_propose(t);
    return t;
}

enum mmoe_status mmoe_trials_check(struct mmoe_searched *s, struct mmoe_grid *g,
                                   struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    if (s->trials == 0)
        return mmoe_fail(err, MMOE_INVALID,
                         "the number of trials is missing: search N KEY=LOW..HIGH ...");
    if (g->axis_count > 1 || g->seeds > 1)
        return mmoe_fail(err, MMOE_INVALID, "a search has one axis at most, and one seed");
    if (s->axis && (g->axis_count == 0 || g->axes[0].option != s->axis))
        return mmoe_fail(err, MMOE_INVALID, "%s is no axis: add `axis %s=v1,v2,...`", s->axis->name,
                         s->axis->name);
    s->axis = g->axis_count ? g->axes[0].option : NULL;
    g->seeds = 1;
    struct mmoe_grid *one = mmoe_alloc(1, sizeof *one);
    for (size_t i = 0; i < mmoe_grid_cells(g) && !mmoe_failed(status); i++) {
        *one = *g;
        mmoe_trials_base(one, i);
        struct mmoe_trials *t = mmoe_trials_new(s, one, err);
        status = t ? MMOE_OK : err->status;
        mmoe_trials_free(t);
    }
    mmoe_free(one);
    return status;
}

void mmoe_trials_free(struct mmoe_trials *t)
{
    if (!t)
        return;
    mmoe_search_free(t->search);
    mmoe_free(t);
}

bool mmoe_trials_propose(struct mmoe_trials *t)
{
    if (t->told < t->proposed)
        return false;
    for (size_t k = 0; k < MMOE_TRIALS_BATCH; k++)
        if (mmoe_search_next(t->search, t->point[t->proposed]))
            t->proposed++;
    return t->told < t->proposed;
}

/* The axis of an option, or axis_count. */
static size_t axis_of(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    size_t a = 0;
    while (a < g->axis_count && g->axes[a].option != option)
        a++;
    return a;
}

bool mmoe_trials_point(const struct mmoe_searched *s, const struct mmoe_grid *g, size_t cell,
                       double *point)
{
    bool all = s->trials > 0 && axis_of(g, mmoe_option_find("trial")) < g->axis_count;
    for (size_t i = 0; i < s->space.count && all; i++) {
        size_t a = axis_of(g, s->option[i]);
        all = a < g->axis_count &&
              mmoe_parse_double(mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)), &point[i]);
    }
    return all;
}

static double tell(const struct mmoe_searched *s, const struct mmoe_tally *tally, size_t cell)
{
    double v = mmoe_trials_value(s, tally, cell, 0);
    return s->largest ? -v : v;
}

void mmoe_trials_told(struct mmoe_trials *t, const struct mmoe_tally *tally)
{
    const struct mmoe_grid *g = mmoe_tally_grid(tally);
    size_t cells = mmoe_grid_cells(g);
    for (size_t cell = t->told; cell < cells && cell < t->searched.trials; cell++) {
        if (cell == t->proposed) {
            if (!mmoe_trials_point(&t->searched, g, cell, t->point[cell]))
                return;
            mmoe_search_put(t->search, t->point[t->proposed++]);
        }
        mmoe_search_tell(t->search, cell, tell(&t->searched, tally, cell));
        t->told++;
    }
}

/* --- what a study of trials says --- */

size_t mmoe_trials_task(const struct mmoe_searched *s, const struct mmoe_tally *t)
{
    const struct mmoe_task *task;
    size_t tasks = mmoe_tally_tasks(t, &task), k = 0;
    while (s->task[0] && k < tasks && strcmp(task[k].name, s->task) != 0)
        k++;
    return k;
}

bool mmoe_trials_validate(const struct mmoe_searched *s, const struct mmoe_tally *t)
{
    const struct mmoe_task *task;
    size_t k = mmoe_trials_task(s, t);
    return mmoe_grid_may_validate(mmoe_tally_grid(t)) && k < mmoe_tally_tasks(t, &task) &&
           mmoe_tally_choice(t, s->metric, k) != NULL;
}

double mmoe_trials_value(const struct mmoe_searched *s, const struct mmoe_tally *t, size_t cell,
                         size_t seed)
{
    const struct mmoe_task *task;
    size_t k = mmoe_trials_task(s, t);
    if (k >= mmoe_tally_tasks(t, &task))
        return NAN;
    const double *v = mmoe_tally_choice(t, s->metric, k);
    if (!v)
        v = mmoe_tally_column(t, s->metric, k);
    double value = v ? v[cell * mmoe_tally_grid(t)->seeds + seed] : (double)NAN;
    return isfinite(value) ? value : (double)NAN;
}

bool mmoe_trials_are(const struct mmoe_searched *s, const struct mmoe_grid *g)
{
    double point[MMOE_SEARCH_DIMS];
    return g->seeds == 1 && mmoe_grid_cells(g) <= s->trials && mmoe_trials_point(s, g, 0, point);
}

bool mmoe_trials_are_again(const struct mmoe_searched *s, const struct mmoe_grid *g)
{
    double point[MMOE_SEARCH_DIMS];
    return g->seeds > 1 && mmoe_trials_point(s, g, 0, point);
}

struct mmoe_search *mmoe_trials_search(const struct mmoe_searched *s, const struct mmoe_tally *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    size_t cells = mmoe_grid_cells(g);
    double point[MMOE_SEARCH_DIMS];
    if (!mmoe_trials_are(s, g))
        return NULL;
    struct mmoe_search *search = new_search(s, g);
    for (size_t cell = 0; cell < cells; cell++) {
        if (!mmoe_trials_point(s, g, cell, point))
            break;
        mmoe_search_put(search, point);
        if (mmoe_tally_cell_done(t, cell))
            mmoe_search_tell(search, cell, tell(s, t, cell));
    }
    return search;
}

void mmoe_trials_text(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t)
{
    size_t before = t->n;
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].follows)
            mmoe_text_add(t, "%s%s=%s", t->n > before ? " " : "", g->axes[a].option->name,
                          mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)));
}
