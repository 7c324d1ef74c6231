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
 *   histograms  final losses over seeds
 *   profiles    the share of runs whose final loss is at most x, with Wilson's interval
 *               (Agarwal et al., 2021)
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/infer.h>
#include <mmoe/model.h>

#include "ui/panel/view_study.h"

enum { OVERLAID_MOST = 3 };

static const char loss_label[] = "held-out loss of task A";

/* --- figures and series of a grid --- */

/* How the cells are parted: figure by figure, series by series. */
struct parts {
    int series, across; /* axes, -1: none; labels lie along `across` */
    size_t figures, each;
    size_t *cell; /* (figures, each) */
};

static size_t count_of(const struct mmoe_grid *g, int axis)
{
    return axis >= 0 ? g->axes[axis].count : 1;
}

/* The figure of a cell: its place among the choices of the axes that are neither series nor across.
 */
static size_t figure_of(const struct mmoe_grid *g, size_t cell, const struct parts *p)
{
    size_t figure = 0;
    for (size_t a = 0; a < g->axis_count; a++)
        if (!g->axes[a].follows && (int)a != p->series && (int)a != p->across)
            figure = figure * g->axes[a].count + mmoe_grid_place(g, cell, a);
    return figure;
}

static size_t place_in_figure(const struct mmoe_grid *g, size_t cell, const struct parts *p)
{
    size_t series = p->series >= 0 ? mmoe_grid_place(g, cell, (size_t)p->series) : 0;
    size_t across = p->across >= 0 ? mmoe_grid_place(g, cell, (size_t)p->across) : 0;
    return series * count_of(g, p->across) + across;
}

static void part(const struct view_study *s, int across, struct figure_sheet *sheet,
                 struct parts *p)
{
    *p = (struct parts){.series = s->series_axis == across ? -1 : s->series_axis, .across = across};
    p->each = count_of(&s->grid, p->series) * count_of(&s->grid, across);
    p->figures = s->cell_count / p->each;
    p->cell = figure_sheet_take(sheet, s->cell_count, sizeof *p->cell);
    for (size_t i = 0; i < s->cell_count; i++)
        p->cell[figure_of(&s->grid, i, p) * p->each + place_in_figure(&s->grid, i, p)] = i;
}

/* "p=0.5 rows=1000": what the cells of a figure have in common and others not; NULL: it is the only
 * one. */
static const char *title_of(const struct view_study *s, const struct parts *p, size_t figure,
                            struct figure_sheet *sheet)
{
    const struct mmoe_grid *g = &s->grid;
    size_t cell = p->cell[figure * p->each];
    const char *title = NULL;
    for (size_t a = 0; a < g->axis_count && p->figures > 1; a++) {
        const struct mmoe_axis *axis = &g->axes[a];
        if (axis->follows || (int)a == p->series || (int)a == p->across || axis->count == 1)
            continue;
        const char *value = mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a));
        title = figure_sheet_print(sheet, "%s%s%s = %s", title ? title : "", title ? ", " : "",
                                   axis->option->name, value);
    }
    return title;
}

/* A value of the series' axis; models and words speak for themselves. */
static const char *series_name(const struct view_study *s, const struct parts *p, size_t k,
                               struct figure_sheet *sheet)
{
    if (p->series < 0)
        return s->cell_count == 1 ? s->cells[0].name : "mean";
    const struct mmoe_axis *axis = &s->grid.axes[p->series];
    const char *value = mmoe_grid_value(&s->grid, (size_t)p->series, k);
    return axis->option->type == MMOE_TYPE_WORD
               ? value
               : figure_sheet_print(sheet, "%s %s", axis->option->name, value);
}

/* --- curves --- */

static void curve_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct view_curve *c = s->data;
    *x = c->step[i];
    *y = c->mean[i];
}

static void curve_band(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct view_curve *c = s->data;
    *low = c->low[i];
    *high = c->high[i];
}

static struct figure_series curve_series(const struct view_cell *c, const char *name, size_t look,
                                         bool context)
{
    return (struct figure_series){.name = name,
                                  .look = look,
                                  .context = context,
                                  .n = c->curve ? c->curve->points : 0,
                                  .data = c->curve,
                                  .point = curve_point,
                                  .spread = context ? NULL : curve_band};
}

static struct figure curves_of(const struct view_study *s, const struct parts *p, size_t figure,
                               struct figure_sheet *sheet)
{
    size_t others = p->each == 1 ? p->figures - 1 : 0, n = 0;
    struct figure_series *series = figure_sheet_take(sheet, p->each + others, sizeof *series);
    for (size_t k = 0; k < p->each; k++)
        series[n++] = curve_series(&s->cells[p->cell[figure * p->each + k]],
                                   series_name(s, p, k, sheet), k, false);
    for (size_t f = 0; f < p->figures && others; f++)
        if (f != figure)
            series[n++] = curve_series(&s->cells[p->cell[f]], "", 0, true);
    for (size_t k = p->each; k < n; k++)
        series[k].label = "the other figures' means";
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(s, p, figure, sheet),
                                    .x_label = "step",
                                    .y_label = loss_label,
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

static const struct label_points *label_points(const struct view_study *s, const struct parts *p,
                                               size_t first, struct figure_sheet *sheet)
{
    struct label_points *l = figure_sheet_take(sheet, 1, sizeof *l);
    l->n = count_of(&s->grid, p->across);
    for (size_t i = 0; i < l->n; i++) {
        const struct view_cell *c = &s->cells[p->cell[first + i]];
        l->p[i] = c->options.p;
        l->mean[i] = c->pearson.mean;
        l->sd[i] = c->pearson.sd;
    }
    return l;
}

static struct figure labels_of(const struct view_study *s, const struct parts *p, size_t figure,
                               struct figure_sheet *sheet)
{
    size_t across = count_of(&s->grid, p->across), count = p->each / across;
    struct figure_series *series = figure_sheet_take(sheet, count, sizeof *series);
    for (size_t k = 0; k < count; k++) {
        const struct label_points *l = label_points(s, p, figure * p->each + k * across, sheet);
        series[k] = (struct figure_series){.name = series_name(s, p, k, sheet),
                                           .look = k,
                                           .markers = true,
                                           .n = l->n,
                                           .data = l,
                                           .point = label_point,
                                           .spread = label_spread};
    }
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(s, p, figure, sheet),
                                    .x_label = "task correlation p",
                                    .y_label = "Pearson correlation of the labels",
                                    .count = count,
                                    .series = series}};
}

/* --- profiles --- */

/* The share of all runs, diverged ones included, whose loss is at most the i-th. */
static double share_at(const struct view_cell *c, size_t i)
{
    return (double)(i + 1) / (double)c->done;
}

static void profile_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct view_cell *c = s->data;
    *x = c->loss[i];
    *y = share_at(c, i);
}

static void profile_band(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct view_cell *c = s->data;
    struct mmoe_interval share = mmoe_wilson((double)(i + 1), c->done, 0.95);
    *low = share.low;
    *high = share.high;
}

static struct figure profiles_of(const struct view_study *s, const struct parts *p, size_t figure,
                                 struct figure_sheet *sheet)
{
    struct figure_series *series = figure_sheet_take(sheet, p->each, sizeof *series);
    for (size_t k = 0; k < p->each; k++) {
        const struct view_cell *c = &s->cells[p->cell[figure * p->each + k]];
        series[k] = (struct figure_series){.name = series_name(s, p, k, sheet),
                                           .look = k,
                                           .n = c->summary.n,
                                           .data = c,
                                           .point = profile_point,
                                           .spread = profile_band};
    }
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title_of(s, p, figure, sheet),
                                    .x_label = loss_label,
                                    .y_label = "share of runs at or below",
                                    .log_x = true,
                                    .count = p->each,
                                    .series = series}};
}

/* --- histograms --- */

static struct figure_histogram histogram_of(const struct view_study *s, const struct view_cell *c,
                                            const char *name, size_t look)
{
    return (struct figure_histogram){.name = name,
                                     .look = look,
                                     .sorted = c->loss,
                                     .n = c->summary.n,
                                     .summary = c->summary,
                                     .wanted = s->grid.seeds};
}

/* Without a series the cells are told apart by their names, in one figure. */
static struct figure all_histograms(const struct view_study *s, struct figure_sheet *sheet)
{
    struct figure_histogram *rows = figure_sheet_take(sheet, s->cell_count, sizeof *rows);
    for (size_t i = 0; i < s->cell_count; i++)
        rows[i] = histogram_of(s, &s->cells[i], s->cells[i].name, i);
    return (struct figure){.kind = FIGURE_HISTOGRAMS,
                           .histograms = {.x_label = "loss of task A",
                                          .y_label = "seeds",
                                          .overlay = s->cell_count <= OVERLAID_MOST,
                                          .count = s->cell_count,
                                          .rows = rows}};
}

static struct figure histograms_of(const struct view_study *s, const struct parts *p, size_t figure,
                                   struct figure_sheet *sheet)
{
    struct figure_histogram *rows = figure_sheet_take(sheet, p->each, sizeof *rows);
    for (size_t k = 0; k < p->each; k++)
        rows[k] = histogram_of(s, &s->cells[p->cell[figure * p->each + k]],
                               series_name(s, p, k, sheet), k);
    return (struct figure){.kind = FIGURE_HISTOGRAMS,
                           .histograms = {.title = title_of(s, p, figure, sheet),
                                          .x_label = loss_label,
                                          .y_label = "seeds",
                                          .overlay = true,
                                          .count = p->each,
                                          .rows = rows}};
}

/* --- the page --- */

static const char *caption_of(const struct view_study *s, struct figure_sheet *sheet)
{
    static const char *const shown[] = {
        [MMOE_DRAWING_HISTOGRAMS] = "",
        [MMOE_DRAWING_CURVES] = "; means, bands from the 10 % to the 90 % quantile",
        [MMOE_DRAWING_LABELS] = "; means, whiskers of 2 standard deviations",
        [MMOE_DRAWING_PROFILES] = "; bands: 95 % intervals of each share"};
    size_t least = s->grid.seeds, diverged = 0;
    for (size_t i = 0; i < s->cell_count; i++) {
        least = s->cells[i].done < least ? s->cells[i].done : least;
        diverged += s->cells[i].summary.diverged;
    }
    const char *far =
        least < s->grid.seeds ? figure_sheet_print(sheet, " (so far of %zu)", s->grid.seeds) : "";
    const char *bad = diverged ? figure_sheet_print(sheet, "; %zu runs diverged", diverged) : "";
    return figure_sheet_print(sheet, "n = %zu seeds%s each%s%s.", least, far, shown[s->figure],
                              bad);
}

void view_study_page(const struct view_study *s, struct figure_sheet *sheet)
{
    struct parts p;
    part(s, s->figure == MMOE_DRAWING_LABELS ? view_study_axis(s, mmoe_option_find("p")) : -1,
         sheet, &p);
    bool plain = s->figure == MMOE_DRAWING_HISTOGRAMS && s->series_axis < 0;
    size_t count = plain ? 1 : p.figures;
    struct figure *figures = figure_sheet_figures(sheet, count);
    for (size_t f = 0; f < count; f++)
        figures[f] = plain                                ? all_histograms(s, sheet)
                     : s->figure == MMOE_DRAWING_CURVES   ? curves_of(s, &p, f, sheet)
                     : s->figure == MMOE_DRAWING_LABELS   ? labels_of(s, &p, f, sheet)
                     : s->figure == MMOE_DRAWING_PROFILES ? profiles_of(s, &p, f, sheet)
                                                          : histograms_of(s, &p, f, sheet);
    sheet->page.title = s->title[0] ? s->title : NULL;
    sheet->page.caption = caption_of(s, sheet);
    sheet->page.command = s->command[0] ? s->command : NULL;
    sheet->page.shared = true;
    sheet->page.columns = s->panel_axis >= 0 ? s->grid.axes[s->panel_axis].count : 0;
}

void view_study_renew(struct view_study *s)
{
    figure_sheet_done(&s->sheet);
    if (s->cell_count)
        view_study_page(s, &s->sheet);
}
