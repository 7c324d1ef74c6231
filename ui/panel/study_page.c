/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study_page.c - a study as a page of figures.
 *
 * The values of one axis, the series, are the curves or histograms of a figure;
 * every choice of the others is a figure of its own, and all share their axes.
 * Where an axis that becomes figures leaves one curve in each, the curves of
 * the other figures stand behind it in grey, so that they can be compared.
 *
 *   labels      the labels' correlation against p: mean, whiskers of 2 standard deviations
 *   curves      held-out loss against the step: mean, band from the 10 % to the 90 % quantile
 *   histograms  final values over seeds
 *   profiles    the share of runs whose final value is at most x, with Wilson's interval
 *               (Agarwal et al., 2021)
 *
 * A search of settings has a page of its own (search_page.h).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/model.h>

#include "ui/panel/checkpoints_page.h"
#include "ui/panel/dots_page.h"
#include "ui/panel/search_page.h"
#include "ui/panel/stuck.h"
#include "ui/panel/view_names.h"
#include "ui/panel/view_study.h"

enum { OVERLAID_MOST = 3, HISTOGRAMS_MOST = 200 };

/* What is drawn, and how its cells are parted: figure by figure, series by series. */
struct drawing {
    const struct view_study *study;
    const struct mmoe_grid *grid;
    struct mmoe_tally *tally;
    enum mmoe_metric metric;
    size_t task;
    const char *label;  /* of what is measured, with its task */
    int series, across; /* axes, -1: none; labels lie along `across` */
    size_t cells, figures, each;
    size_t *cell; /* (figures, each) */
    struct figure_sheet *sheet;
};

/* --- figures and series of a grid --- */

static size_t count_of(const struct mmoe_grid *g, int axis)
{
    return axis >= 0 ? g->axes[axis].count : 1;
}

/* The figure of a cell: its place among the choices of the axes that are neither series nor across.
 */
static size_t figure_of(const struct drawing *d, size_t cell)
{
    size_t figure = 0;
    for (size_t a = 0; a < d->grid->axis_count; a++)
        if (!d->grid->axes[a].follows && (int)a != d->series && (int)a != d->across)
            figure = figure * d->grid->axes[a].count + mmoe_grid_place(d->grid, cell, a);
    return figure;
}

static size_t place_in_figure(const struct drawing *d, size_t cell)
{
    const struct mmoe_grid *g = d->grid;
    size_t series = d->series >= 0 ? mmoe_grid_place(g, cell, (size_t)d->series) : 0;
    size_t across = d->across >= 0 ? mmoe_grid_place(g, cell, (size_t)d->across) : 0;
    return series * count_of(g, d->across) + across;
}

static void part(struct drawing *d, int across)
{
    int series = d->study->series_axis;
    d->across = across;
    d->series = series == across ? -1 : series;
    d->each = count_of(d->grid, d->series) * count_of(d->grid, across);
    d->figures = d->cells / d->each;
    d->cell = figure_sheet_take(d->sheet, d->cells, sizeof *d->cell);
    for (size_t i = 0; i < d->cells; i++)
        d->cell[figure_of(d, i) * d->each + place_in_figure(d, i)] = i;
}

static size_t cell_at(const struct drawing *d, size_t figure, size_t k)
{
    return d->cell[figure * d->each + k];
}

static const char *cell_name(const struct drawing *d, size_t cell)
{
    struct mmoe_text name = {0};
    mmoe_cells_name(d->grid, cell, &name);
    const char *kept = figure_sheet_print(d->sheet, "%s", name.s);
    mmoe_text_done(&name);
    return kept;
}

/* "p=0.5 rows=1000": what the cells of a figure have in common and others not; NULL: it is the only
 * one. */
static const char *title_of(const struct drawing *d, size_t figure)
{
    const struct mmoe_grid *g = d->grid;
    size_t cell = cell_at(d, figure, 0);
    const char *title = NULL;
    for (size_t a = 0; a < g->axis_count && d->figures > 1; a++) {
        const struct mmoe_axis *axis = &g->axes[a];
        if (axis->follows || (int)a == d->series || (int)a == d->across || axis->count == 1)
            continue;
        const char *value = mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a));
        title = figure_sheet_print(d->sheet, "%s%s%s = %s", title ? title : "", title ? ", " : "",
                                   axis->option->name, value);
    }
    return title;
}

/* A value of the series' axis; models and words speak for themselves. */
static const char *series_name(const struct drawing *d, size_t k)
{
    if (d->series < 0)
        return d->cells == 1 ? cell_name(d, 0) : "mean";
    const struct mmoe_axis *axis = &d->grid->axes[d->series];
    const char *value = mmoe_grid_value(d->grid, (size_t)d->series, k);
    return axis->option->type == MMOE_TYPE_WORD
               ? value
               : figure_sheet_print(d->sheet, "%s %s", axis->option->name, value);
}

/* The colour of a model where models are compared, else the k-th. */
static size_t series_look(const struct drawing *d, size_t k)
{
    struct mmoe_options o;
    bool models = d->series >= 0 && strcmp(d->grid->axes[d->series].option->name, "model") == 0;
    if (d->series >= 0 && !models)
        return k;
    mmoe_grid_cell_options(d->grid, cell_at(d, 0, k * count_of(d->grid, d->across)), &o);
    return view_model_look(o.model);
}

static const struct mmoe_spread *spread_of(const struct drawing *d, size_t cell)
{
    return mmoe_tally_spread(d->tally, cell, d->metric, d->task);
}

/* --- curves --- */

static void curve_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_tally_curve *c = s->data;
    *x = c->step[i];
    *y = c->mean[i];
}

static void curve_band(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct mmoe_tally_curve *c = s->data;
    *low = c->low[i];
    *high = c->high[i];
}

static struct figure_series curve_series(const struct drawing *d, size_t cell, const char *name,
                                         size_t k, bool context)
{
    const struct mmoe_tally_curve *c = mmoe_tally_curve(d->tally, cell, d->task);
    return (struct figure_series){.name = name,
                                  .look = context ? 0 : series_look(d, k),
                                  .style = k,
                                  .context = context,
                                  .n = c ? c->points : 0,
                                  .data = c,
                                  .point = curve_point,
                                  .spread = context ? NULL : curve_band};
}

static struct figure curves_of(const struct drawing *d, size_t figure)
{
    size_t others = d->each == 1 ? d->figures - 1 : 0, n = 0;
    struct figure_series *series = figure_sheet_take(d->sheet, d->each + others, sizeof *series);
    for (size_t k = 0; k < d->each; k++)
        series[n++] = curve_series(d, cell_at(d, figure, k), series_name(d, k), k, false);
    for (size_t f = 0; f < d->figures && others; f++)
        if (f != figure)
            series[n++] = curve_series(d, cell_at(d, f, 0), "", 0, true);
    for (size_t k = d->each; k < n; k++)
        series[k].label = "the other figures' means";
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(d, figure),
                                    .x_label = "step",
                                    .y_label = d->label,
                                    .log_y = true,
                                    .count = n,
                                    .series = series}};
}

/* --- labels --- */

struct label_points {
    size_t n;
    double p[MMOE_AXIS_VALUES_MAX], mean[MMOE_AXIS_VALUES_MAX], sd[MMOE_AXIS_VALUES_MAX];
};

static void label_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct label_points *l = s->data;
    *x = l->p[i];
    *y = l->mean[i];
}

static void label_spread(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct label_points *l = s->data;
    *low = l->mean[i] - 2 * l->sd[i];
    *high = l->mean[i] + 2 * l->sd[i];
}

static const struct label_points *label_points(const struct drawing *d, size_t first)
{
    struct label_points *l = figure_sheet_take(d->sheet, 1, sizeof *l);
    l->n = count_of(d->grid, d->across);
    for (size_t i = 0; i < l->n; i++) {
        struct mmoe_options o;
        const struct mmoe_summary *s = &mmoe_tally_labels(d->tally, d->cell[first + i])->summary;
        mmoe_grid_cell_options(d->grid, d->cell[first + i], &o);
        l->p[i] = o.p;
        l->mean[i] = s->mean;
        l->sd[i] = s->sd;
    }
    return l;
}

static struct figure labels_of(const struct drawing *d, size_t figure)
{
    size_t across = count_of(d->grid, d->across), count = d->each / across;
    struct figure_series *series = figure_sheet_take(d->sheet, count, sizeof *series);
    for (size_t k = 0; k < count; k++) {
        const struct label_points *l = label_points(d, figure * d->each + k * across);
        series[k] = (struct figure_series){.name = series_name(d, k),
                                           .look = series_look(d, k),
                                           .style = k,
                                           .markers = true,
                                           .n = l->n,
                                           .data = l,
                                           .point = label_point,
                                           .spread = label_spread};
    }
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(d, figure),
                                    .x_label = "task correlation p",
                                    .y_label = "Pearson correlation of the labels",
                                    .count = count,
                                    .series = series}};
}

/* --- profiles --- */

/* A cell's values, and the cell. */
struct profile {
    const double *sorted;
    const struct mmoe_tally *tally;
    size_t cell;
};

/* The share of all runs, diverged ones included, whose value is at most the i-th: a step at each
 * value, which two points make, below and above. */
static void profile_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct profile *p = s->data;
    *x = p->sorted[i / 2];
    *y = mmoe_tally_share(p->tally, p->cell, (i + 1) / 2).value;
}

static void profile_band(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct profile *p = s->data;
    struct mmoe_interval share = mmoe_tally_share(p->tally, p->cell, (i + 1) / 2);
    *low = share.low;
    *high = share.high;
}

static struct figure profiles_of(const struct drawing *d, size_t figure)
{
    struct figure_series *series = figure_sheet_take(d->sheet, d->each, sizeof *series);
    struct profile *profiles = figure_sheet_take(d->sheet, d->each, sizeof *profiles);
    for (size_t k = 0; k < d->each; k++) {
        size_t cell = cell_at(d, figure, k);
        const struct mmoe_spread *spread = spread_of(d, cell);
        profiles[k] = (struct profile){spread->sorted, d->tally, cell};
        series[k] = (struct figure_series){.name = series_name(d, k),
                                           .look = series_look(d, k),
                                           .style = k,
                                           .n = 2 * spread->summary.n,
                                           .data = &profiles[k],
                                           .point = profile_point,
                                           .spread = profile_band};
    }
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(d, figure),
                                    .x_label = d->label,
                                    .y_label = "share of runs at or below",
                                    .log_x = d->metric <= MMOE_OVER_VAR,
                                    .count = d->each,
                                    .series = series}};
}

/* --- histograms --- */

static struct figure_histogram histogram_of(const struct drawing *d, size_t cell, const char *name,
                                            size_t look, size_t style)
{
    const struct mmoe_spread *s = spread_of(d, cell);
    return (struct figure_histogram){.name = name,
                                     .look = look,
                                     .style = style,
                                     .sorted = s->sorted,
                                     .n = s->summary.n,
                                     .summary = s->summary,
                                     .wanted = d->grid->seeds - s->without};
}

/* The colour of a cell's model; where cells of one model lie over each other, the i-th. */
static size_t row_look(const struct drawing *d, size_t i, bool overlay)
{
    struct mmoe_options o;
    int model = mmoe_cells_axis(d->grid, mmoe_option_find("model"));
    mmoe_grid_cell_options(d->grid, i, &o);
    return overlay && count_of(d->grid, model) < d->cells ? i : view_model_look(o.model);
}

/* Without a series the cells are told apart by their names, in one figure. */
static struct figure all_histograms(const struct drawing *d)
{
    size_t count = d->cells < HISTOGRAMS_MOST ? d->cells : HISTOGRAMS_MOST;
    struct figure_histogram *rows = figure_sheet_take(d->sheet, count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = histogram_of(d, i, cell_name(d, i), row_look(d, i, count <= OVERLAID_MOST), i);
    return (struct figure){.kind = FIGURE_HISTOGRAMS,
                           .histograms = {.x_label = d->label + strlen("held-out "),
                                          .y_label = "seeds",
                                          .overlay = count <= OVERLAID_MOST,
                                          .count = count,
                                          .rows = rows}};
}

static struct figure histograms_of(const struct drawing *d, size_t figure)
{
    struct figure_histogram *rows = figure_sheet_take(d->sheet, d->each, sizeof *rows);
    for (size_t k = 0; k < d->each; k++) {
        size_t cell = cell_at(d, figure, k);
        rows[k] = histogram_of(d, cell, series_name(d, k), series_look(d, k), k);
        rows[k].aside =
            stuck_short(d->tally, cell, d->task, figure_sheet_take(d->sheet, 1, STUCK_SHORT));
    }
    return (struct figure){.kind = FIGURE_HISTOGRAMS,
                           .histograms = {.title = title_of(d, figure),
                                          .x_label = d->label,
                                          .y_label = "seeds",
                                          .overlay = true,
                                          .count = d->each,
                                          .rows = rows}};
}

/* --- the page --- */

/* " All with model=mmoe steps=300.": what the cells have in common and is no default; "": nothing.
 */
static const char *fixed_of(const struct drawing *d)
{
    struct mmoe_options defaults;
    struct mmoe_text t = {0};
    mmoe_options_default(&defaults);
    view_study_fixed(d->grid, &defaults, &t);
    const char *fixed = t.n ? figure_sheet_print(d->sheet, " All with%s.", t.s) : "";
    mmoe_text_done(&t);
    return fixed;
}

static const char *caption_of(const struct drawing *d)
{
    static const char *const shown[] = {
        [MMOE_DRAWING_HISTOGRAMS] = "",
        [MMOE_DRAWING_CURVES] = "; means, bands from the 10 % to the 90 % quantile",
        [MMOE_DRAWING_LABELS] = "; means, whiskers of 2 standard deviations",
        [MMOE_DRAWING_PROFILES] = "; bands: 95 % intervals of each share",
        [MMOE_DRAWING_DOTS] = "",
        [MMOE_DRAWING_CHECKPOINTS] = ""};
    size_t least = d->grid->seeds, diverged = mmoe_tally_diverged(d->tally);
    for (size_t i = 0; i < d->cells; i++) {
        size_t done = mmoe_tally_cell_done(d->tally, i);
        least = done < least ? done : least;
    }
    const char *far = least < d->grid->seeds
                          ? figure_sheet_print(d->sheet, " (so far of %s)",
                                               mmoe_format_count(d->grid->seeds, MMOE_NUMBER))
                          : "";
    const char *bad =
        diverged ? figure_sheet_print(d->sheet, "; %s diverged", MMOE_COUNTED(diverged, "run"))
                 : "";
    return figure_sheet_print(d->sheet, "n = %s%s each%s%s.%s", MMOE_COUNTED(least, "seed"), far,
                              shown[d->study->figure], bad, fixed_of(d));
}

/* Curves are of losses whatever metric is shown. */
static const char *label_of(const struct drawing *d)
{
    const struct mmoe_task *task;
    enum mmoe_metric m = d->study->figure == MMOE_DRAWING_CURVES ? MMOE_LOSS : d->metric;
    size_t tasks = mmoe_tally_tasks(d->tally, &task);
    const char letter[] = {(char)('A' + d->task), '\0'};
    return figure_sheet_print(d->sheet, "held-out %s of task %s",
                              mmoe_metrics_title(m, d->task < tasks && task[d->task].binary),
                              d->task < tasks ? task[d->task].name : letter);
}

static struct figure figure_at(const struct drawing *d, size_t figure)
{
    switch (d->study->figure) {
    case MMOE_DRAWING_CURVES: return curves_of(d, figure);
    case MMOE_DRAWING_LABELS: return labels_of(d, figure);
    case MMOE_DRAWING_PROFILES: return profiles_of(d, figure);
    case MMOE_DRAWING_HISTOGRAMS:
    case MMOE_DRAWING_DOTS:
    case MMOE_DRAWING_CHECKPOINTS: break;
    }
    return histograms_of(d, figure);
}

void view_study_page(const struct view_study *s, enum mmoe_metric metric, size_t task,
                     struct figure_sheet *sheet)
{
    struct drawing d = {.study = s,
                        .grid = mmoe_tally_grid(s->tally),
                        .tally = s->tally,
                        .metric = metric,
                        .task = task,
                        .sheet = sheet};
    if (search_page(s, sheet) || (s->figure == MMOE_DRAWING_DOTS && dots_page(s, sheet)) ||
        (s->figure == MMOE_DRAWING_CHECKPOINTS && checkpoints_page(s, sheet)))
        return;
    bool labels = s->figure == MMOE_DRAWING_LABELS;
    bool plain = s->figure == MMOE_DRAWING_HISTOGRAMS && s->series_axis < 0;
    d.cells = mmoe_grid_cells(d.grid);
    d.label = label_of(&d);
    if (!plain)
        part(&d, labels ? mmoe_cells_axis(d.grid, mmoe_option_find("p")) : -1);
    size_t count = plain ? 1 : d.figures;
    struct figure *figures = figure_sheet_figures(sheet, count);
    for (size_t f = 0; f < count; f++)
        figures[f] = plain ? all_histograms(&d) : figure_at(&d, f);
    sheet->page.title = s->title[0] ? s->title : NULL;
    sheet->page.caption = caption_of(&d);
    sheet->page.command = s->command[0] ? s->command : NULL;
    sheet->page.shared = true;
    sheet->page.columns = s->panel_axis >= 0 ? d.grid->axes[s->panel_axis].count : 0;
}

static size_t runs_of(const struct view_study *s)
{
    return mmoe_tally_done(s->tally) + mmoe_tally_failed(s->tally);
}

bool view_study_is_stale(const struct view *v)
{
    const struct view_study *s = &v->study;
    return s->tally && (s->sheet.page.count == 0 || s->sheet_runs != runs_of(s) ||
                        s->sheet_metric != v->metric || s->sheet_task != v->task ||
                        strcmp(s->sheet_fixed, s->fixed) != 0);
}

void view_study_renew(struct view *v)
{
    struct view_study *s = &v->study;
    view_rename(v);
    if (!view_study_is_stale(v))
        return;
    figure_sheet_done(&s->sheet);
    view_study_page(s, v->metric, v->task, &s->sheet);
    s->sheet_runs = runs_of(s);
    s->sheet_metric = v->metric;
    s->sheet_task = v->task;
    memcpy(s->sheet_fixed, s->fixed, sizeof s->fixed);
}
