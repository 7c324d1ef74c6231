/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.c - what the net has learned of each task: the true curve, the net's, and the units that are
 * on below them. Of rows whose truth is not known: observed against predicted, tenth by tenth.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>
#include <mmoe/run.h>

#include "ui/panel/fit_facts.h"

enum {
    MARGIN = 6,        /* columns left of a plot (plot.c) */
    BESIDE_LEAST = 34, /* columns of a task, to stand beside another */
    STRIP_FROM = 7,    /* rows from which the units have one */
    TASK_ROWS = 11,    /* of a task, to stand below another */
    UNITS_FROM = 24,   /* rows from which each unit has one */
    ACROSS = 3,        /* tasks side by side on paper */
    TITLE_ROOM = 64,   /* columns of a title on paper */
    SERIES = 2
};

#define STEP 0.96 /* of a bin */

/* A task's curves, and what their description borrows. */
struct curves {
    struct figure_series series[SERIES];
    struct figure_plot plot;
    char title[96];
};

static bool is_stuck(const struct mmoe_fit_task *t)
{
    return mmoe_is_stuck(t->rows_off);
}

/* --- curves --- */

static void curve_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_fit_task *t = s->data;
    *x = mmoe_fit_fine(t, i);
    *y = t->truth[i];
}

static void truth_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_fit_task *t = s->data;
    *x = t->bin[i].s;
    *y = t->bin[i].truth;
}

static void truth_spread(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct mmoe_fit_task *t = s->data;
    *low = t->bin[i].low;
    *high = t->bin[i].high;
}

static void net_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_fit_task *t = s->data;
    *x = t->bin[i].s;
    *y = t->bin[i].mean;
}

static void net_spread(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct mmoe_fit_bin *b = &((const struct mmoe_fit_task *)s->data)->bin[i];
    *low = b->mean - b->sd;
    *high = b->mean + b->sd;
}

/* Steps: each bin has two points, a little apart from its neighbours'. */
static void on_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_fit_task *t = s->data;
    double half = STEP * t->reach / (double)t->bins;
    *x = t->bin[i / 2].s + (i % 2 ? half : -half);
    *y = t->bin[i / 2].on;
}

/* "task B  loss .776  stuck: 13 % of rows have no unit on", in so many columns at most. */
static void title_of(const struct mmoe_snapshot *s, size_t k, int room, char *buf, size_t size)
{
    static const char *const after[] = {" % of rows have no unit on", " % of rows off", " % off",
                                        " %"};
    const struct mmoe_fit_task *t = &s->fit->task[k];
    char name[PANEL_TASK_SIZE], loss[24], off[16], words[64] = "";
    snprintf(buf, size, "task %s  loss %s", panel_task(s, k, name),
             mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    mmoe_format_fixed(100 * t->rows_off, 0, off, sizeof off);
    for (size_t i = 0; is_stuck(t) && !*words && i < sizeof after / sizeof *after; i++) {
        snprintf(words, sizeof words, "  stuck: %s%s", off, after[i]);
        if (canvas_columns(buf) + canvas_columns(words) > room)
            words[0] = '\0';
    }
    size_t n = strlen(buf);
    snprintf(buf + n, size - n, "%s", words);
}

static const char *net_label(const struct mmoe_fit *fit)
{
    return fit->along ? "the net: mean, one sd" : "predicted, one sd";
}

/* The net's curve, and what is true below it in that style; its colour is the run's. */
static void make_curves(const struct view *v, size_t k, size_t style, struct curves *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit_task *t = &s->fit->task[k];
    bool along = s->fit->along;
    c->series[0] = (struct figure_series){.name = "",
                                          .label = net_label(s->fit),
                                          .look = v->lanes[v->lane].look,
                                          .loud = true,
                                          .n = t->bins,
                                          .data = t,
                                          .point = net_point,
                                          .spread = net_spread};
    c->series[1] = (struct figure_series){.name = "",
                                          .label = along ? "true" : "observed, 95 % interval",
                                          .context = along,
                                          .markers = !along,
                                          .unjoined = !along,
                                          .look = v->lanes[v->lane].look,
                                          .style = style,
                                          .n = along ? MMOE_FIT_FINE : t->bins,
                                          .data = t,
                                          .point = along ? curve_point : truth_point,
                                          .spread = along ? NULL : truth_spread};
    c->plot = (struct figure_plot){.title = c->title,
                                   .x_label = along ? "s = w'x" : "predicted",
                                   .y_label = along               ? "label"
                                              : s->task[k].binary ? "share that is yes"
                                                                  : "label",
                                   .without = FIGURE_NO_NAMES,
                                   .count = SERIES,
                                   .series = c->series};
    title_of(s, k, s->tasks < ACROSS ? TITLE_ROOM : TITLE_ROOM / 2, c->title, sizeof c->title);
}

/* --- in cells --- */

/* The bin of a column of the plot. */
static const struct mmoe_fit_bin *bin_at(const struct mmoe_fit_task *t, int x, int width)
{
    return &t->bin[(size_t)x * t->bins / (size_t)width];
}

/* How many units are on, below the curve: a bar a column, a cross where none is. */
static void draw_on(const struct mmoe_fit_task *t, struct canvas *c)
{
    int width = c->width - MARGIN;
    canvas_printf(c, 0, 0, ROLE_DIM, 0, "on/%zu", t->units);
    for (int x = 0; x < width; x++) {
        const struct mmoe_fit_bin *b = bin_at(t, x, width);
        int bar = t->units ? (int)lround(8 * b->on / (double)t->units) : 0;
        if (b->rows == 0)
            continue;
        if (b->on < 0.05)
            canvas_put(c, MARGIN + x, 0, ROLE_BAD, CELL_BOLD, c->glyphs->cross);
        else
            canvas_put(c, MARGIN + x, 0, ROLE_TEXT, 0, c->glyphs->bar[bar < 1 ? 1 : bar]);
    }
}

/* A row for each unit: the share of the rows for which it is on. */
static void draw_units(const struct mmoe_fit_task *t, size_t units, struct canvas *c)
{
    int width = c->width - MARGIN;
    for (size_t j = 0; j < units; j++) {
        canvas_printf(c, 0, (int)j, ROLE_DIM, 0, "unit%zu", j + 1);
        for (int x = 0; x < width; x++) {
            const struct mmoe_fit_bin *b = bin_at(t, x, width);
            int shade = (int)lroundf(4 * b->unit[j]);
            if (b->rows && b->unit[j] > 0)
                canvas_put(c, MARGIN + x, (int)j, ROLE_DIM, 0,
                           c->glyphs->shade[shade < 1 ? 1 : shade]);
        }
    }
}

/* Rows of the units below the curve: none, one for all, and one for each where there is room. */
static int rows_of_units(const struct mmoe_fit_task *t, int height)
{
    int each = (int)(t->units < MMOE_FIT_UNITS ? t->units : MMOE_FIT_UNITS);
    return t->units == 0 || height < STRIP_FROM ? 0 : height < UNITS_FROM + each ? 1 : 1 + each;
}

static void draw_task(const struct view *v, size_t k, int more, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit_task *t = &s->fit->task[k];
    struct curves curves;
    char title[96];
    int strip = s->fit->along ? rows_of_units(t, c->height) : 0;
    /* without dots the styles have marks, else the width of the line tells them apart */
    make_curves(v, k, c->glyphs->braille ? 0 : 1, &curves);
    title_of(s, k, c->width - 1 - more, title, sizeof title);
    canvas_text(c, 1, 0, is_stuck(t) ? ROLE_BAD : ROLE_TITLE, CELL_BOLD, title);
    struct canvas plot = canvas_view(c, 0, 1, c->width, c->height - 1 - strip);
    figure_plot_draw(&curves.plot, &plot);
    if (strip) {
        struct canvas all = canvas_view(c, 0, c->height - strip, c->width, 1);
        struct canvas each = canvas_view(c, 0, c->height - strip + 1, c->width, strip - 1);
        draw_on(t, &all);
        draw_units(t, (size_t)(strip - 1), &each);
    }
}

static void draw_empty(const struct view *v, struct canvas *c)
{
    int y = c->height / 2 - 1;
    if (view_live(v)->state != MMOE_RUN_EMPTY) {
        canvas_text(c, 2, y, ROLE_DIM, 0, fit_missing(v));
        return;
    }
    canvas_text(c, 2, y, ROLE_DIM, 0, "What the net makes of each task: run, and watch its");
    canvas_text(c, 2, y + 1, ROLE_DIM, 0,
                "curve come to the true one; below, the units that are on.");
}

/* How many tasks have room: side by side as far as they go, then below each other. */
static void arrange(size_t tasks, const struct canvas *c, int *columns, int *rows)
{
    int least = TASK_ROWS;
    *columns = c->width / BESIDE_LEAST;
    *columns = *columns < 1 ? 1 : *columns > (int)tasks ? (int)tasks : *columns;
    *rows = c->height / least;
    *rows = *rows < 1 ? 1
            : *rows > ((int)tasks + *columns - 1) / *columns
                ? ((int)tasks + *columns - 1) / *columns
                : *rows;
}

/* "fit task=C: 2 more", at the right end of the first row; returns its columns. */
static int draw_more(const struct view *v, int shown, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    char text[64], name[PANEL_TASK_SIZE];
    int more = (int)s->fit->tasks - shown;
    if (more <= 0)
        return 0;
    size_t next = (v->fit_task + (size_t)shown) % s->fit->tasks;
    snprintf(text, sizeof text, "fit task=%s: %d more", panel_task(s, next, name), more);
    canvas_text_right(c, c->width - 1, 0, ROLE_WARN, 0, text);
    return canvas_columns(text) + 1;
}

static void draw(const struct view *v, struct canvas *c)
{
    const struct mmoe_fit *fit = fit_shown(v);
    int columns, rows;
    if (!fit) {
        draw_empty(v, c);
        return;
    }
    arrange(fit->tasks, c, &columns, &rows);
    int width = c->width / columns, height = c->height / rows, n = columns * rows;
    int more = draw_more(v, n, c);
    for (int i = 0; i < n && i < (int)fit->tasks; i++) {
        int x = i % columns;
        struct canvas own = canvas_view(c, x * width, i / columns * height, width - 1, height);
        draw_task(v, (v->fit_task + (size_t)i) % fit->tasks,
                  i < columns && x + 1 == columns ? more : 0, &own);
    }
}

static void note(const struct view *v, char *buf, size_t size)
{
    const struct mmoe_fit *fit = fit_shown(v);
    snprintf(buf, size, "%s",
             !fit         ? ""
             : fit->along ? "grey: true, line: net, one sd"
                          : "marks: observed, line: predicted");
}

/* --- on paper --- */

static void units_figure(const struct view *v, size_t k, struct figure_sheet *sheet,
                         struct figure *out)
{
    const struct mmoe_fit_task *t = &fit_shown(v)->task[k];
    struct figure_series *series = figure_sheet_take(sheet, 1, sizeof *series);
    *series = (struct figure_series){.name = "",
                                     .label = net_label(fit_shown(v)),
                                     .look = v->lanes[v->lane].look,
                                     .n = 2 * t->bins,
                                     .data = t,
                                     .point = on_point};
    *out = (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.x_label = fit_shown(v)->along ? "s = w'x" : "predicted",
                                    .y_label = "units on",
                                    .y_min = 0,
                                    .y_max = (double)t->units,
                                    .count = 1,
                                    .series = series}};
}

/* A curve for each task, and where all stand side by side, how many units are on below it. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_shown(v);
    char step[32];
    if (!fit)
        return;
    size_t tasks = fit->tasks;
    bool units = fit->along && tasks <= ACROSS;
    struct figure *f = figure_sheet_figures(sheet, (units ? 2 : 1) * tasks);
    for (size_t k = 0; k < tasks; k++) {
        struct curves *c = figure_sheet_take(sheet, 1, sizeof *c);
        make_curves(v, k, 1, c);
        f[k] = (struct figure){.kind = FIGURE_PLOT, .plot = c->plot};
        if (units)
            units_figure(v, k, sheet, &f[tasks + k]);
    }
    sheet->page.columns = tasks < ACROSS ? tasks : ACROSS;
    sheet->page.title = figure_sheet_print(sheet, "What %s has learned by step %s",
                                           mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                                           mmoe_format_count(fit->step, step, sizeof step));
    sheet->page.caption = panel_setting(sheet, s);
}

static unsigned needs(const struct view *v)
{
    (void)v;
    return MMOE_SHOWS_FIT;
}

const struct panel panel_fit = {
    .name = "fit",
    .title = "what is learned",
    .explain =
        "A plot for each task. A synthetic label depends on one number, s = w'x: the thin grey "
        "line is the true curve s + sines, the wide one the net's mean prediction of the held-out "
        "rows at that s, with one standard deviation of them as a band: the band is wide where the "
        "net mixes in what does not belong there. Below, how many units of the task's last hidden "
        "layer are on, and where there is room which; where none is, a cross: the net predicts a "
        "constant. A task for which that is so for more than a tenth of the rows is stuck. Rows of "
        "a file are cut into tenths by their prediction: marks are what was observed, with a 95 % "
        "interval, and a net that is well calibrated has them on its line.",
    .min_width = 20,
    .min_height = 5,
    .draw = draw,
    .note = note,
    .needs = needs,
    .describe = fit_describe,
    .csv = fit_csv,
    .json = fit_json,
    .page = page,
};
