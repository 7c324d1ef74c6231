/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_page.c - a search of settings as a page of figures. */
#include "ui/panel/search_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/trials.h>

enum { HEAT_ROWS = 6, HEAT_COLUMNS = 7, NUMBER = 24 };

/* Points of a curve, and the band round it. */
struct points {
    double x[MMOE_AXIS_VALUES_MAX], y[MMOE_AXIS_VALUES_MAX], low[MMOE_AXIS_VALUES_MAX],
        high[MMOE_AXIS_VALUES_MAX];
};

struct drawing {
    const struct view_study *study;
    const struct mmoe_searched *searched;
    const struct mmoe_grid *grid;
    struct mmoe_search *search;
    struct figure_sheet *sheet;
    size_t trials;
    double share[MMOE_SEARCH_DIMS];
    size_t order[MMOE_SEARCH_DIMS]; /* of the ranges, by share */
    const char *label;              /* of what is searched for */
};

static void point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct points *p = s->data;
    *x = p->x[i];
    *y = p->y[i];
}

static void band(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct points *p = s->data;
    *low = p->low[i];
    *high = p->high[i];
}

static double value_of(const struct drawing *d, size_t trial)
{
    return mmoe_trials_value(d->searched, d->study->tally, trial, 0);
}

/* What the search makes small, as it is. */
static double as_told(const struct drawing *d, double v)
{
    return d->searched->largest ? -v : v;
}

/* --- trials --- */

/* Finished trials, x ascending; returns how many. best: the best value so far in their place. */
static size_t take_trials(const struct drawing *d, bool best, struct points *p)
{
    size_t n = 0;
    double least = INFINITY;
    for (size_t i = 0; i < d->trials; i++) {
        double v = value_of(d, i);
        if (isnan(v))
            continue;
        least = fmin(least, as_told(d, v));
        p->x[n] = (double)i + 1;
        p->y[n++] = best ? as_told(d, least) : v;
    }
    return n;
}

static struct figure progress_of(const struct drawing *d)
{
    struct points *p = figure_sheet_take(d->sheet, 2, sizeof *p);
    struct figure_series *s = figure_sheet_take(d->sheet, 2, sizeof *s);
    for (size_t k = 0; k < 2; k++)
        s[k] = (struct figure_series){.name = k ? "best" : "trial",
                                      .label = k ? "best so far" : "trial",
                                      .look = k ? 0 : 1,
                                      .style = k,
                                      .markers = k == 0,
                                      .unjoined = k == 0,
                                      .n = take_trials(d, k == 1, &p[k]),
                                      .data = &p[k],
                                      .point = point};
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = "best so far",
                                    .x_label = "trial",
                                    .y_label = d->label,
                                    .x_min = 1,
                                    .x_max = (double)d->searched->trials,
                                    .count = 2,
                                    .series = s}};
}

/* --- along one option --- */

/* Trials at their values of the option, ascending. */
static size_t take_along(const struct drawing *d, size_t range, struct points *p)
{
    size_t n = 0;
    for (size_t i = 0; i < d->trials; i++) {
        double at[MMOE_SEARCH_DIMS], v = value_of(d, i);
        if (isnan(v) || !mmoe_trials_point(d->searched, d->grid, i, at))
            continue;
        size_t k = n++;
        for (; k > 0 && p->x[k - 1] > at[range]; k--) {
            p->x[k] = p->x[k - 1];
            p->y[k] = p->y[k - 1];
        }
        p->x[k] = at[range];
        p->y[k] = v;
    }
    return n;
}

static void take_slice(const struct drawing *d, size_t range, struct points *p)
{
    double low[MMOE_SEARCH_SLICE], high[MMOE_SEARCH_SLICE];
    mmoe_search_slice(d->search, range, p->x, p->y, low, high);
    for (size_t i = 0; i < MMOE_SEARCH_SLICE; i++) {
        p->y[i] = as_told(d, p->y[i]);
        p->low[i] = d->searched->largest ? -high[i] : low[i];
        p->high[i] = d->searched->largest ? -low[i] : high[i];
    }
}

/* "lr: 62 % of the variation" */
static const char *title_of(const struct drawing *d, size_t range)
{
    const char *name = d->searched->option[range]->name;
    if (isnan(d->share[range]))
        return name;
    char percent[NUMBER];
    return figure_sheet_print(d->sheet, "%s: %s %%", name,
                              mmoe_format_fixed(100 * d->share[range], 0, percent, NUMBER));
}

static struct figure slice_of(const struct drawing *d, size_t range)
{
    struct points *p = figure_sheet_take(d->sheet, 2, sizeof *p);
    struct figure_series *s = figure_sheet_take(d->sheet, 2, sizeof *s);
    const struct mmoe_range *r = &d->searched->space.range[range];
    take_slice(d, range, &p[0]);
    s[0] = (struct figure_series){.name = "mean",
                                  .label = "mean under the process",
                                  .n = MMOE_SEARCH_SLICE,
                                  .data = &p[0],
                                  .point = point,
                                  .spread = band};
    s[1] = (struct figure_series){.name = "",
                                  .label = "trial",
                                  .look = 1,
                                  .markers = true,
                                  .unjoined = true,
                                  .n = take_along(d, range, &p[1]),
                                  .data = &p[1],
                                  .point = point};
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(d, range),
                                    .x_label = d->searched->option[range]->name,
                                    .y_label = d->label,
                                    .log_x = r->logarithmic,
                                    .x_min = r->low,
                                    .x_max = r->high,
                                    .count = 2,
                                    .series = s}};
}

/* --- over two options --- */

/* The k-th of n values of a range, on its scale, as the setting would be. */
static double place_in(const struct mmoe_range *r, size_t k, size_t n)
{
    double u = (double)k / (double)(n - 1);
    double v = r->logarithmic ? r->low * pow(r->high / r->low, u) : r->low + (r->high - r->low) * u;
    if (r->whole)
        return round(v);
    double step = pow(10, floor(log10(fabs(v) > 0 ? fabs(v) : 1)) - 1);
    return round(v / step) * step; /* two digits, as they are told */
}

static const char *const *names_of(const struct drawing *d, size_t range, size_t n, bool down)
{
    const char **names = figure_sheet_take(d->sheet, n, sizeof *names);
    char name[NUMBER];
    for (size_t k = 0; k < n; k++) {
        double v = place_in(&d->searched->space.range[range], down ? n - 1 - k : k, n);
        names[k] = figure_sheet_print(d->sheet, "%s", mmoe_format_setting(v, name, NUMBER));
    }
    return names;
}

/* The ranges, those that explain most first. */
static void by_importance(const double *share, size_t count, size_t *order)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        for (; k > 0 && share[i] > share[order[k - 1]]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

static struct figure heat_of(const struct drawing *d, const double *best)
{
    float *v = figure_sheet_take(d->sheet, (size_t)HEAT_ROWS * HEAT_COLUMNS, sizeof *v);
    float low = INFINITY, high = -INFINITY;
    double x[MMOE_SEARCH_DIMS], mean, sd;
    const size_t *two = d->order;
    memcpy(x, best, sizeof x);
    for (size_t i = 0; i < HEAT_ROWS; i++)
        for (size_t j = 0; j < HEAT_COLUMNS; j++) {
            const struct mmoe_range *r = d->searched->space.range;
            x[two[0]] = place_in(&r[two[0]], j, HEAT_COLUMNS);
            x[two[1]] = place_in(&r[two[1]], HEAT_ROWS - 1 - i, HEAT_ROWS);
            mmoe_search_expect(d->search, x, &mean, &sd);
            float *to = &v[i * HEAT_COLUMNS + j];
            *to = (float)as_told(d, mean);
            low = *to < low ? *to : low;
            high = *to > high ? *to : high;
        }
    const char *across = d->searched->option[two[0]]->name, *up = d->searched->option[two[1]]->name;
    return (struct figure){
        .kind = FIGURE_HEAT,
        .heat = {.title = figure_sheet_print(d->sheet, "%s across, %s up", across, up),
                 .x_label = across,
                 .y_label = up,
                 .value_label = d->label,
                 .rows = HEAT_ROWS,
                 .columns = HEAT_COLUMNS,
                 .values = v,
                 .stride = HEAT_COLUMNS,
                 .low = low,
                 .high = high > low ? high : low + 1,
                 .row_names = names_of(d, two[1], HEAT_ROWS, true),
                 .column_names = names_of(d, two[0], HEAT_COLUMNS, false)}};
}

/* --- the page --- */

/* "AUC of income, validation rows" */
static const char *label_of(const struct drawing *d)
{
    const struct mmoe_task *task;
    size_t tasks = mmoe_tally_tasks(d->study->tally, &task);
    size_t k = mmoe_trials_task(d->searched, d->study->tally);
    return figure_sheet_print(d->sheet, "%s of %s",
                              mmoe_metrics_title(d->searched->metric, k < tasks && task[k].binary),
                              k < tasks ? task[k].name : "A");
}

static const char *caption_of(const struct drawing *d, const size_t *best)
{
    size_t done = mmoe_tally_done(d->study->tally);
    const char *rows = mmoe_trials_validate(d->searched, d->study->tally) ? "validation" : "test";
    const char *head = figure_sheet_print(d->sheet, "%zu of %zu trials, %s rows.", done,
                                          d->searched->trials, rows);
    struct mmoe_text t = {0};
    if (!best)
        return head;
    mmoe_trials_text(d->grid, *best, &t);
    const char *all = figure_sheet_print(
        d->sheet,
        "%s Best by the process's mean: trial %zu, %s. Curves: that mean through this trial, bands "
        "of 95 %%; %%: share of the variation that an option explains by itself.",
        head, *best + 1, t.s);
    mmoe_text_done(&t);
    return all;
}

bool search_page(const struct view_study *s, struct figure_sheet *sheet)
{
    struct drawing d = {
        .study = s, .searched = &s->searched, .grid = mmoe_tally_grid(s->tally), .sheet = sheet};
    double at[MMOE_SEARCH_DIMS] = {0};
    size_t best;
    d.search = mmoe_trials_search(&s->searched, s->tally);
    if (!d.search)
        return false;
    d.trials = mmoe_grid_cells(d.grid);
    d.label = label_of(&d);
    size_t known = mmoe_search_best(d.search, 1, 0, &best), dims = s->searched.space.count;
    mmoe_search_importance(d.search, d.share);
    by_importance(d.share, dims, d.order);
    size_t count = known ? 1 + dims + (dims > 1) : 1;
    struct figure *f = figure_sheet_figures(sheet, count);
    f[0] = progress_of(&d);
    if (known)
        mmoe_trials_point(d.searched, d.grid, best, at);
    for (size_t i = 0; known && i < dims; i++)
        f[1 + i] = slice_of(&d, d.order[i]);
    if (known && dims > 1)
        f[1 + dims] = heat_of(&d, at);
    sheet->page.title = s->title[0] ? s->title : NULL;
    sheet->page.caption = caption_of(&d, known ? &best : NULL);
    sheet->page.command = s->command[0] ? s->command : NULL;
    mmoe_search_free(d.search);
    return true;
}
