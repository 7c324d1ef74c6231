/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.c - what the net has learned of each task: the true curve, the net's, and the units that are
 * on below them. Of rows whose truth is not known: observed against predicted, tenth by tenth.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/model.h>

#include "ui/panel/panels.h"

enum {
    MARGIN = 6,        /* columns left of a plot (plot.c) */
    BESIDE_LEAST = 34, /* columns of a task, to stand beside another */
    STRIP_FROM = 7,    /* rows from which the units have one */
    TASK_ROWS = 11,    /* of a task, to stand below another */
    SERIES = 2
};

/* A task's curves, and what their description borrows. */
struct curves {
    struct figure_series series[SERIES];
    struct figure_plot plot;
    char title[96];
};

static const struct mmoe_fit *fit_of(const struct view *v)
{
    const struct mmoe_snapshot *s = view_live(v);
    return s->state != MMOE_RUN_EMPTY && s->fit && s->fit->task[0].bins ? s->fit : NULL;
}

static bool is_stuck(const struct mmoe_fit_task *t)
{
    return mmoe_is_stuck(t->rows_off);
}

/* --- curves --- */

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

static void on_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_fit_task *t = s->data;
    *x = t->bin[i].s;
    *y = t->bin[i].on;
}

/* "task B  stuck: no unit is on for 13 % of the rows". */
static void title_of(const struct mmoe_snapshot *s, size_t k, bool full, char *buf, size_t size)
{
    const struct mmoe_fit_task *t = &s->fit->task[k];
    const char *off = mmoe_format_fixed(100 * t->rows_off, 0, MMOE_NUMBER);
    char name[PANEL_TASK_SIZE], loss[24];
    int n = snprintf(buf, size, "task %s  loss %s", panel_task(s, k, name),
                     mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    if (is_stuck(t) && n > 0 && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n,
                 full ? "  stuck: no unit on for %s %%" : "  stuck, %s%% off", off);
}

static const char *net_label(const struct mmoe_fit *fit)
{
    return fit->along ? "the net: mean, one sd" : "predicted, one sd";
}

/* Truth and net of a task; the net is the run's colour, its style the task's. */
static void make_curves(const struct view *v, size_t k, struct curves *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit_task *t = &s->fit->task[k];
    bool along = s->fit->along;
    c->series[0] = (struct figure_series){.name = "",
                                          .label = along ? "true" : "observed, 95 % interval",
                                          .context = along,
                                          .markers = !along,
                                          .unjoined = !along,
                                          .look = v->lanes[v->lane].look,
                                          .style = 1,
                                          .n = t->bins,
                                          .data = t,
                                          .point = truth_point,
                                          .spread = along ? NULL : truth_spread};
    c->series[1] = (struct figure_series){.name = "",
                                          .label = net_label(s->fit),
                                          .look = v->lanes[v->lane].look,
                                          .n = t->bins,
                                          .data = t,
                                          .point = net_point,
                                          .spread = net_spread};
    c->plot = (struct figure_plot){.title = c->title,
                                   .x_label = along ? "s = w'x" : "predicted",
                                   .y_label = along               ? "label"
                                              : s->task[k].binary ? "share that is yes"
                                                                  : "label",
                                   .without = FIGURE_NO_NAMES,
                                   .count = SERIES,
                                   .series = c->series};
    title_of(s, k, true, c->title, sizeof c->title);
}

/* --- in cells --- */

/* How many units are on, below the curve: a bar a column, a cross where none is. */
static void draw_units(const struct mmoe_fit_task *t, struct canvas *c)
{
    int width = c->width - MARGIN;
    canvas_text(c, 0, 0, ROLE_DIM, 0, "on");
    canvas_printf(c, 2, 0, ROLE_DIM, 0, " %zu", t->units);
    for (int x = 0; x < width; x++) {
        const struct mmoe_fit_bin *b = &t->bin[(size_t)x * t->bins / (size_t)width];
        int bar = t->units ? (int)lround(8 * b->on / (double)t->units) : 0;
        if (b->rows == 0)
            continue;
        if (b->on < 0.05)
            canvas_put(c, MARGIN + x, 0, ROLE_BAD, CELL_BOLD, c->glyphs->cross);
        else
            canvas_put(c, MARGIN + x, 0, ROLE_TEXT, 0, c->glyphs->bar[bar < 1 ? 1 : bar]);
    }
}

static void draw_task(const struct view *v, size_t k, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit_task *t = &s->fit->task[k];
    struct curves curves;
    char title[96];
    int strip = c->height >= STRIP_FROM && s->fit->along ? 1 : 0;
    make_curves(v, k, &curves);
    title_of(s, k, c->width >= 64, title, sizeof title);
    canvas_text(c, 1, 0, is_stuck(t) ? ROLE_BAD : ROLE_TITLE, CELL_BOLD, title);
    struct canvas plot = canvas_view(c, 0, 1, c->width, c->height - 1 - strip);
    figure_plot_draw(&curves.plot, &plot);
    if (strip) {
        struct canvas units = canvas_view(c, 0, c->height - 1, c->width, 1);
        draw_units(t, &units);
    }
}

static void draw_empty(struct canvas *c)
{
    int y = c->height / 2 - 1;
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

static void draw(const struct view *v, struct canvas *c)
{
    const struct mmoe_fit *fit = fit_of(v);
    int columns, rows;
    if (!fit) {
        draw_empty(c);
        return;
    }
    arrange(fit->tasks, c, &columns, &rows);
    int width = c->width / columns, height = c->height / rows;
    for (int i = 0; i < columns * rows && i < (int)fit->tasks; i++) {
        struct canvas own =
            canvas_view(c, i % columns * width, i / columns * height, width - 1, height);
        draw_task(v, (size_t)i, &own);
    }
    if (columns * rows < (int)fit->tasks)
        canvas_printf(c, c->width - 12, 0, ROLE_WARN, 0, "%12s",
                      MMOE_COUNTED(fit->tasks - (size_t)(columns * rows), "more task"));
}

static void note(const struct view *v, char *buf, size_t size)
{
    const struct mmoe_fit *fit = fit_of(v);
    snprintf(buf, size, "%s",
             !fit         ? ""
             : fit->along ? "grey: true, line: net, one sd"
                          : "marks: observed, line: predicted");
}

/* --- in words --- */

/* " from s = 2.1 on", " below s = -2.1", " for s from 1 to 2": where no unit is on. */
static void add_range(const struct mmoe_fit_task *t, size_t from, size_t to, struct mmoe_text *out)
{
    double half = t->bins > 1 ? (t->bin[1].s - t->bin[0].s) / 2 : 0;
    char low[24], high[24];
    mmoe_format_fixed(t->bin[from].s - half, 1, low, sizeof low);
    mmoe_format_fixed(t->bin[to].s + half, 1, high, sizeof high);
    if (to + 1 == t->bins)
        mmoe_text_add(out, "beyond s = %s", low);
    else if (from == 0)
        mmoe_text_add(out, "below s = %s", high);
    else
        mmoe_text_add(out, "between s = %s and %s", low, high);
}

/* A sentence for each stretch of s where hardly a unit is on. */
static void describe_off(const struct mmoe_fit_task *t, const char *task, struct mmoe_text *out)
{
    size_t all = 0;
    for (size_t i = 0; i < t->bins; i++)
        all += t->bin[i].rows;
    for (size_t i = 0; i < t->bins; i++) {
        size_t to = i, rows = 0;
        double loss = 0, mean = 0;
        if (!(t->bin[i].on < 0.5))
            continue;
        for (; to < t->bins && !(t->bin[to].on >= 0.5); to++) {
            rows += t->bin[to].rows;
            loss += t->bin[to].rows ? t->bin[to].loss : 0;
            mean += t->bin[to].rows ? t->bin[to].mean * (double)t->bin[to].rows : 0;
        }
        char value[24];
        mmoe_text_add(out, " Task %s: ", task);
        add_range(t, i, to - 1, out);
        mmoe_text_add(
            out,
            " hardly a unit of its last hidden layer is on; it predicts %s there, %s %% of "
            "the rows and %s %% of its loss.",
            mmoe_format_fixed(mean / (double)rows, 2, value, sizeof value),
            mmoe_format_fixed(100 * (double)rows / (double)all, 0, MMOE_NUMBER),
            mmoe_format_fixed(100 * loss, 0, MMOE_NUMBER));
        i = to;
    }
}

/* Units that are on for no row, among those that are told one by one. */
static size_t never_on(const struct mmoe_fit_task *t)
{
    size_t never = 0, units = t->units < MMOE_FIT_UNITS ? t->units : MMOE_FIT_UNITS;
    for (size_t j = 0; j < units; j++) {
        bool on = false;
        for (size_t i = 0; i < t->bins; i++)
            on = on || t->bin[i].unit[j] > 0;
        never += !on;
    }
    return never;
}

/* How far the net is from the truth, in the mean over bins. */
static double distance(const struct mmoe_fit_task *t)
{
    double sum = 0, rows = 0;
    for (size_t i = 0; i < t->bins; i++)
        if (t->bin[i].rows && isfinite(t->bin[i].truth)) {
            sum += fabs(t->bin[i].mean - t->bin[i].truth) * (double)t->bin[i].rows;
            rows += (double)t->bin[i].rows;
        }
    return rows > 0 ? sum / rows : (double)NAN;
}

static void describe_task(const struct mmoe_snapshot *s, size_t k, struct mmoe_text *t)
{
    const struct mmoe_fit_task *f = &s->fit->task[k];
    char loss[24], off[24];
    mmoe_text_add(t, " Task %s has loss %s; %s is %s from %s in the mean.", s->task[k].name,
                  mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss),
                  s->fit->along ? "its curve" : "what it predicts",
                  mmoe_format_loss(distance(f), off, sizeof off),
                  s->fit->along ? "the true one" : "what is observed");
    if (f->units)
        mmoe_text_add(t, " %s of its last hidden layer %s never on.",
                      MMOE_COUNTED(never_on(f), "unit"), never_on(f) == 1 ? "is" : "are");
    if (is_stuck(f))
        mmoe_text_add(t, " It is stuck: for %s %% of the rows no unit is on.",
                      mmoe_format_fixed(100 * f->rows_off, 0, MMOE_NUMBER));
    if (s->fit->along)
        describe_off(f, s->task[k].name, t);
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    if (!fit_of(v)) {
        mmoe_text_add(t, "There is no run yet, and nothing was learned: run makes one.");
        return;
    }
    mmoe_text_add(t, "%s at step %s, on the held-out rows.",
                  mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                  mmoe_format_count(s->fit->step, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        describe_task(s, k, t);
}

/* --- numbers --- */

static size_t units_told(const struct mmoe_fit *fit)
{
    size_t most = 0;
    for (size_t k = 0; k < fit->tasks; k++)
        most = fit->task[k].units > most ? fit->task[k].units : most;
    return most < MMOE_FIT_UNITS ? most : MMOE_FIT_UNITS;
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_of(v);
    size_t units = fit ? units_told(fit) : 0;
    mmoe_text_add(t, "task,s,rows,truth,low,high,mean,sd,units_on,loss_share");
    for (size_t j = 0; j < units; j++)
        mmoe_text_add(t, ",unit%zu", j + 1);
    mmoe_text_add(t, "\n");
    for (size_t k = 0; fit && k < fit->tasks; k++)
        for (size_t i = 0; i < fit->task[k].bins; i++) {
            const struct mmoe_fit_bin *b = &fit->task[k].bin[i];
            const double told[] = {b->truth, b->low, b->high, b->mean, b->sd, b->on, b->loss};
            mmoe_text_add_csv(t, s->task[k].name);
            panel_add_value(t, b->s);
            mmoe_text_add(t, ",%zu", b->rows);
            for (size_t j = 0; j < sizeof told / sizeof *told; j++)
                panel_add_value(t, told[j]);
            for (size_t j = 0; j < units; j++)
                panel_add_value(t, b->rows ? (double)b->unit[j] : (double)NAN);
            mmoe_text_add(t, "\n");
        }
}

/* One member: a number of every bin. */
static void add_bins(struct mmoe_text *t, const char *key, const struct mmoe_fit_task *f,
                     double (*number)(const struct mmoe_fit_bin *b))
{
    double v[MMOE_FIT_BINS];
    for (size_t i = 0; i < f->bins; i++)
        v[i] = number(&f->bin[i]);
    mmoe_json_numbers(t, key, v, f->bins);
}

static double s_of(const struct mmoe_fit_bin *b)
{
    return b->s;
}
static double rows_of(const struct mmoe_fit_bin *b)
{
    return (double)b->rows;
}
static double truth_of(const struct mmoe_fit_bin *b)
{
    return b->truth;
}
static double mean_of(const struct mmoe_fit_bin *b)
{
    return b->mean;
}
static double sd_of(const struct mmoe_fit_bin *b)
{
    return b->sd;
}
static double on_of(const struct mmoe_fit_bin *b)
{
    return b->on;
}
static double loss_of(const struct mmoe_fit_bin *b)
{
    return b->loss;
}

static void json(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_of(v);
    for (size_t k = 0; fit && k < fit->tasks; k++) {
        const struct mmoe_fit_task *f = &fit->task[k];
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "fit");
        mmoe_json_count(t, "step", fit->step);
        mmoe_json_word(t, "task", s->task[k].name);
        mmoe_json_word(t, "bins", fit->along ? "s" : "deciles");
        mmoe_json_count(t, "units", f->units);
        mmoe_json_number(t, "rows_off", f->rows_off);
        add_bins(t, "s", f, s_of);
        add_bins(t, "rows", f, rows_of);
        add_bins(t, "truth", f, truth_of);
        add_bins(t, "mean", f, mean_of);
        add_bins(t, "sd", f, sd_of);
        add_bins(t, "units_on", f, on_of);
        add_bins(t, "loss_share", f, loss_of);
        mmoe_text_add(t, "}\n");
    }
}

/* --- on paper --- */

static void units_figure(const struct view *v, size_t k, struct figure_sheet *sheet,
                         struct figure *out)
{
    const struct mmoe_fit_task *t = &fit_of(v)->task[k];
    struct figure_series *series = figure_sheet_take(sheet, 1, sizeof *series);
    *series = (struct figure_series){.name = "",
                                     .label = net_label(fit_of(v)),
                                     .look = v->lanes[v->lane].look,
                                     .n = t->bins,
                                     .data = t,
                                     .point = on_point};
    *out = (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.x_label = fit_of(v)->along ? "s = w'x" : "predicted",
                                    .y_label = "tower units on",
                                    .y_min = 0,
                                    .y_max = (double)t->units,
                                    .count = 1,
                                    .series = series}};
}

/* A curve for each task, and below it how many units are on. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_of(v);
    char step[32];
    if (!fit)
        return;
    size_t tasks = fit->tasks < 3 ? fit->tasks : 3; /* in a row */
    struct figure *f = figure_sheet_figures(sheet, 2 * tasks);
    for (size_t k = 0; k < tasks; k++) {
        struct curves *c = figure_sheet_take(sheet, 1, sizeof *c);
        make_curves(v, k, c);
        f[k] = (struct figure){.kind = FIGURE_PLOT, .plot = c->plot};
        units_figure(v, k, sheet, &f[tasks + k]);
    }
    sheet->page.columns = tasks;
    sheet->page.title = figure_sheet_print(sheet, "What %s has learned by step %s",
                                           mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                                           mmoe_format_count(fit->step, step, sizeof step));
    sheet->page.caption = panel_setting(sheet, s);
}

const struct panel panel_fit = {
    .name = "fit",
    .title = "what is learned",
    .explain =
        "A plot for each task. A synthetic label depends on one number, s = w'x: the grey line is "
        "the true curve s + sines, the other the net's mean prediction of the held-out rows at "
        "that "
        "s, with one standard deviation of them as a band: the band is wide where the net mixes in "
        "what does not belong there. Below, how many units of the task's last hidden layer are on; "
        "where none is, a cross: the net predicts a constant. A task for which that is so for more "
        "than a tenth of the rows is stuck. Rows of a file are cut into tenths by their "
        "prediction: "
        "marks are what was observed, with a 95 % interval, and a net that is well calibrated has "
        "them on its line.",
    .min_width = 20,
    .min_height = 5,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
