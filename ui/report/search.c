/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - a search of settings, told: lines, or events. */
#include "ui/report/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/trials.h>

enum { NUMBER = 24, DIGITS = 4 };

static const char *fixed(double v, char buf[NUMBER])
{
    return isnan(v) ? "-" : mmoe_format_fixed(v, DIGITS, buf, NUMBER);
}

/* The number that the cell has as a trial, from 1. */
static const char *number_of(const struct mmoe_grid *g, size_t cell)
{
    return mmoe_grid_value(g, 0, mmoe_grid_place(g, cell, 0));
}

void search_add_progress(const struct view_study *v, size_t finished, struct mmoe_text *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    size_t cells = mmoe_grid_cells(g), best = cells;
    double least = INFINITY;
    char buf[NUMBER];
    for (size_t cell = 0; cell < cells; cell++) {
        double value = mmoe_trials_value(&v->searched, v->tally, cell, 0);
        double told = v->searched.largest ? -value : value;
        if (told < least) {
            least = told;
            best = cell;
        }
    }
    mmoe_text_add(t, "trials %zu-%zu of %zu", finished + 1, cells, v->searched.trials);
    if (best == cells)
        return;
    mmoe_text_add(t,
                  "; best so far %s, trial %s: ", fixed(v->searched.largest ? -least : least, buf),
                  number_of(g, best));
    mmoe_trials_text(g, best, t);
}

/* "the largest auc of task income on the validation rows" */
static void add_objective(const struct view_study *v, struct mmoe_text *t)
{
    const struct mmoe_searched *s = &v->searched;
    const struct mmoe_task *task;
    size_t tasks = mmoe_tally_tasks(v->tally, &task), k = mmoe_trials_task(s, v->tally);
    mmoe_text_add(t, "the %s %s of task %s on the %s rows", s->largest ? "largest" : "smallest",
                  mmoe_metrics_title(s->metric, k < tasks && task[k].binary),
                  k < tasks ? task[k].name : s->task,
                  mmoe_trials_validate(s, v->tally) ? "validation" : "test");
}

static void json_settings(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t)
{
    mmoe_json_key(t, "settings");
    mmoe_text_add(t, "{");
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].follows)
            mmoe_json_word(t, g->axes[a].option->name,
                           mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)));
    mmoe_text_add(t, "}");
}

/* --- trials --- */

static void tell_trial(bool json, const struct view_study *v, size_t cell, double expected,
                       double sd, struct mmoe_text *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    double value = mmoe_trials_value(&v->searched, v->tally, cell, 0);
    char buf[3][NUMBER];
    if (json) {
        event_begin(t, "search.trial");
        mmoe_json_count(t, "trial", (unsigned long long)strtoull(number_of(g, cell), NULL, 10));
        json_settings(g, cell, t);
        mmoe_json_number(t, "value", value);
        mmoe_json_number(t, "expected", expected);
        mmoe_json_number(t, "sd", sd);
        mmoe_text_add(t, "}\n");
        return;
    }
    mmoe_text_add(t, "%5s %8s %9s %8s  ", number_of(g, cell), fixed(value, buf[0]),
                  fixed(expected, buf[1]), fixed(sd, buf[2]));
    mmoe_trials_text(g, cell, t);
    mmoe_text_add(t, "\n");
}

static void tell_importance(bool json, const struct mmoe_searched *s, struct mmoe_search *search,
                            struct mmoe_text *t)
{
    double share[MMOE_SEARCH_DIMS];
    char buf[NUMBER];
    mmoe_search_importance(search, share);
    if (json)
        event_begin(t, "search.importance");
    else
        mmoe_text_add(t, "share of the variation that each explains by itself:");
    for (size_t i = 0; i < s->space.count; i++) {
        const char *name = s->option[i]->name;
        if (json)
            mmoe_json_number(t, name, share[i]);
        else
            mmoe_text_add(t, "%s %s %s %%", i ? "," : "", name,
                          isnan(share[i]) ? "-"
                                          : mmoe_format_fixed(100 * share[i], 0, buf, NUMBER));
    }
    mmoe_text_add(t, json ? "}\n" : "\n");
}

static void tell_trials(bool json, const struct view_study *v, struct mmoe_text *t)
{
    const struct mmoe_searched *s = &v->searched;
    struct mmoe_search *search = mmoe_trials_search(s, v->tally);
    size_t best[MMOE_TRIALS_BEST],
        n = mmoe_search_best(search, MMOE_TRIALS_BEST, MMOE_TRIALS_APART, best);
    if (!json) {
        mmoe_text_add(t, "of %s, those whose mean is best under the Gaussian process; ",
                      MMOE_COUNTED(mmoe_grid_cells(mmoe_tally_grid(v->tally)), "trial"));
        add_objective(v, t);
        mmoe_text_add(t, "\n%5s %8s %9s %8s  settings\n", "trial", "value", "expected", "sd");
    }
    for (size_t i = 0; i < n; i++) {
        double expected, sd;
        mmoe_search_expect_trial(search, best[i], &expected, &sd);
        tell_trial(json, v, best[i], s->largest ? -expected : expected, sd, t);
    }
    tell_importance(json, s, search, t);
    mmoe_search_free(search);
}

/* --- the best ones on new seeds --- */

struct again {
    size_t cell, n;
    double mean, se, order; /* order: the smaller the better */
};

static int by_order(const void *a, const void *b)
{
    double x = ((const struct again *)a)->order, y = ((const struct again *)b)->order;
    return (x > y) - (x < y);
}

static struct again again_of(const struct view_study *v, size_t cell)
{
    size_t seeds = mmoe_tally_grid(v->tally)->seeds;
    struct again r = {.cell = cell, .mean = NAN, .se = NAN, .order = INFINITY};
    double mean = 0, squares = 0;
    for (size_t i = 0; i < seeds; i++) {
        double value = mmoe_trials_value(&v->searched, v->tally, cell, i), from = value - mean;
        if (isnan(value))
            continue;
        mean += from / (double)++r.n;
        squares += from * (value - mean);
    }
    if (r.n > 0) {
        r.mean = mean;
        r.order = v->searched.largest ? -mean : mean;
    }
    if (r.n > 1)
        r.se = sqrt(squares / (double)(r.n - 1) / (double)r.n);
    return r;
}

static void tell_again(bool json, const struct view_study *v, struct mmoe_text *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    size_t cells = mmoe_grid_cells(g);
    struct again *row = mmoe_alloc(cells, sizeof *row);
    char buf[2][NUMBER];
    for (size_t i = 0; i < cells; i++)
        row[i] = again_of(v, i);
    qsort(row, cells, sizeof *row, by_order);
    if (!json) {
        mmoe_text_add(t, "the best trials on %s of their own; ", MMOE_COUNTED(g->seeds, "seed"));
        add_objective(v, t);
        mmoe_text_add(t, "\n%5s %8s %8s  settings\n", "trial", "mean", "s.e.");
    }
    for (size_t i = 0; i < cells; i++) {
        const struct again *r = &row[i];
        if (json) {
            event_begin(t, "search.again");
            mmoe_json_count(t, "trial",
                            (unsigned long long)strtoull(number_of(g, r->cell), NULL, 10));
            json_settings(g, r->cell, t);
            mmoe_json_count(t, "n", r->n);
            mmoe_json_number(t, "mean", r->mean);
            mmoe_json_number(t, "se", r->se);
            mmoe_text_add(t, "}\n");
            continue;
        }
        mmoe_text_add(t, "%5s %8s %8s  ", number_of(g, r->cell), fixed(r->mean, buf[0]),
                      fixed(r->se, buf[1]));
        mmoe_trials_text(g, r->cell, t);
        mmoe_text_add(t, "\n");
    }
    mmoe_free(row);
}

void search_add(const struct view_study *v, bool json, struct mmoe_text *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    if (mmoe_trials_are(&v->searched, g))
        tell_trials(json, v, t);
    else if (mmoe_trials_are_again(&v->searched, g))
        tell_again(json, v, t);
}
