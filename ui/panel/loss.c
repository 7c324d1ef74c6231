/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss.c - held-out losses over steps, with the newest training batches as sparklines above; AUC
 * beside them where all tasks are binary. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/model.h>
#include <mmoe/source.h>

#include "ui/panel/loss_facts.h"
#include "ui/panel/panels.h"
#include "ui/panel/timeline.h"

enum {
    SERIES_MAX = 12,
    MARKS_MAX = 64,
    SPARKS_FROM_HEIGHT = 9,
    ONE_SPARK_ROW_FROM = 7,
    PLOTS = 2, /* there are at a time */
    BESIDE_WIDTH = 34,
    BESIDE_LEAST = 20, /* where they cannot be below each other */
    BELOW_HEIGHT = 6
};

static void loss_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_snapshot *shot = s->data;
    *x = (double)shot->curve[i].step;
    *y = shot->curve[i].value[MMOE_LOSS][s->part];
}

static void auc_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_snapshot *shot = s->data;
    *x = (double)shot->curve[i].step;
    *y = shot->curve[i].value[MMOE_AUC][s->part];
}

/* --- curves: a plot for each kind, since kinds have no axis in common --- */

static const struct kind {
    bool binary; /* the tasks that have it */
    const char *title;
    bool linear_y;
    void (*point)(const struct figure_series *s, size_t i, double *x, double *y);
} squared_error = {false, "squared error", false, loss_point},
  log_loss = {true, "log loss", false, loss_point}, auc = {true, "AUC", true, auc_point};

/* The curves of one kind there are, and what their description borrows. */
struct curves {
    double marks[MARKS_MAX]; /* steps at which something happened to the live run */
    size_t most;             /* tasks of a run: sides show the same ones */
    char y_label[40];
    struct figure_plot plot;
    struct figure_series series[SERIES_MAX];
    char names[SERIES_MAX][VIEW_NAME_SIZE + PANEL_TASK_SIZE + 8];
    char labels[SERIES_MAX][VIEW_NAME_SIZE + MMOE_TASK_NAME_MAX + 32];
};

/* A run that has curves. */
struct shown {
    const struct mmoe_snapshot *shot;
    size_t id, look;
    const char *name, *label;
    bool live, alone;
};

/* "A" is of the live run, "A mmoe" of one of several, "2A p=0.5" of run 2; on paper "run 2 (mmoe
 * p=0.5), task A". */
static void name_curve(struct curves *c, size_t i, const struct shown *run, size_t task)
{
    char name[PANEL_TASK_SIZE];
    panel_task(run->shot, task, name);
    if (run->live && !run->alone && *run->label)
        snprintf(c->names[i], sizeof c->names[i], "%s %s", name, run->label);
    else if (run->live)
        snprintf(c->names[i], sizeof c->names[i], "%s", name);
    else
        snprintf(c->names[i], sizeof c->names[i], "%zu%s%s%s", run->id % 1000, name,
                 *run->label ? " " : "", run->label);
    if (run->alone)
        snprintf(c->labels[i], sizeof c->labels[i], "task %s", run->shot->task[task].name);
    else
        snprintf(c->labels[i], sizeof c->labels[i], "run %zu (%s), task %s", run->id, run->name,
                 run->shot->task[task].name);
}

/* Add the curves of a run while there is room: its colour, a style for each task. */
static void add_run(struct curves *c, const struct shown *run, const struct kind *kind)
{
    size_t end = c->plot.count + c->most < SERIES_MAX ? c->plot.count + c->most : SERIES_MAX;
    for (size_t k = 0; k < run->shot->tasks && c->plot.count < end; k++) {
        if (run->shot->task[k].binary != kind->binary)
            continue;
        size_t i = c->plot.count++;
        name_curve(c, i, run, k);
        c->series[i] = (struct figure_series){.name = c->names[i],
                                              .label = c->labels[i],
                                              .look = run->look,
                                              .style = k,
                                              .quiet = !run->live,
                                              .n = run->shot->curve_count,
                                              .data = run->shot,
                                              .part = k,
                                              .point = kind->point};
    }
}

/* The live run in front, then pinned ones. */
static void find_kind(const struct view *v, const struct kind *kind, struct curves *c)
{
    const struct view_lane *l = &v->lanes[v->lane];
    size_t end = l->live->steps > l->live->step ? l->live->steps : l->live->step, pins = 0;
    for (size_t i = 0; i < v->run_count; i++)
        pins += v->runs[i].pinned && v->runs[i].id != l->id;
    bool alone = pins == 0 && v->lane_count == 1;
    *c = (struct curves){.most = SERIES_MAX / v->lane_count,
                         .plot = {.x_label = "step",
                                  .y_label = c->y_label,
                                  .log_y = !v->linear_y && !kind->linear_y,
                                  .x_max = (double)end}};
    snprintf(c->y_label, sizeof c->y_label, "held-out %s", kind->title);
    c->plot.series = c->series;
    c->plot.marks = c->marks;
    c->plot.mark_count = timeline_steps(v, v->lane, c->marks, MARKS_MAX);
    const struct shown live = {l->live, l->id, l->look, l->name, v->lane_count > 1 ? l->label : "",
                               true,    alone};
    add_run(c, &live, kind);
    for (size_t i = 0; i < v->lane_count; i++) {
        const struct view_lane *side = &v->lanes[i];
        const struct shown run = {side->live,  side->id, side->look, side->name,
                                  side->label, true,     false};
        if (i != v->lane && side->live->state != MMOE_RUN_EMPTY)
            add_run(c, &run, kind);
    }
    for (size_t i = 0; i < v->run_count; i++) {
        const struct view_run *r = &v->runs[i];
        const struct shown run = {r->shot, r->id, r->look, r->name, r->label, false, false};
        if (r->pinned && r->id != l->id)
            add_run(c, &run, kind);
    }
}

/* Fills c; returns how many plots there are: losses of both kinds, or log losses and AUC. */
static size_t find_curves(const struct view *v, struct curves c[PLOTS])
{
    const struct kind *kinds[PLOTS] = {&squared_error, &log_loss};
    find_kind(v, kinds[0], &c[0]);
    if (c[0].plot.count == 0) {
        kinds[0] = &log_loss;
        kinds[1] = &auc;
        find_kind(v, kinds[0], &c[0]);
    }
    find_kind(v, kinds[1], &c[1]);
    for (int i = 0; i < PLOTS && c[1].plot.count > 0; i++)
        c[i].plot.title = kinds[i]->title;
    return 1 + (c[1].plot.count > 0);
}

const char *panel_loss_kind(const struct view *v)
{
    const struct mmoe_snapshot *s = view_live(v);
    size_t binary = 0;
    for (size_t k = 0; k < s->tasks; k++)
        binary += s->task[k].binary;
    return s->tasks == 0 || (binary > 0 && binary < s->tasks) ? ""
           : binary > 0                                       ? log_loss.title
                                                              : squared_error.title;
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = view_live(v);
    char step[32];
    if (s->state == MMOE_RUN_EMPTY || s->curve_count == 0)
        return;
    struct curves *c = figure_sheet_take(sheet, PLOTS, sizeof *c);
    size_t n = find_curves(v, c);
    struct figure *f = figure_sheet_figures(sheet, n);
    for (size_t i = 0; i < n; i++)
        f[i] = (struct figure){.kind = FIGURE_PLOT, .plot = c[i].plot};
    sheet->page.title = figure_sheet_print(sheet, "Loss of %s, step %s",
                                           mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                                           mmoe_format_count(s->step, step, sizeof step));
    sheet->page.caption = panel_setting(sheet, s);
}

/* --- the newest batches --- */

static struct figure_spark spark_of(const struct view *v, size_t k)
{
    const struct mmoe_snapshot *s = view_live(v);
    return (struct figure_spark){.values = s->recent[k],
                                 .n = s->recent_count,
                                 .log_y = true,
                                 .role = figure_role(v->lanes[v->lane].look)};
}

/* The bars of all tasks of a kind of loss have one scale. */
static void scale_sparks(const struct view *v, int width, size_t k, struct figure_spark *spark)
{
    const struct mmoe_snapshot *s = view_live(v);
    double low, high;
    spark->low = INFINITY;
    spark->high = -INFINITY;
    for (size_t i = 0; i < s->tasks; i++) {
        const struct figure_spark other = spark_of(v, i);
        if (s->task[i].binary != s->task[k].binary ||
            !figure_spark_range(&other, width, &low, &high))
            continue;
        spark->low = fmin(spark->low, low);
        spark->high = fmax(spark->high, high);
    }
}

/* Its mark and name, as they stand at its curve; returns the columns of the longest of all. */
static int draw_task(const struct view *v, size_t k, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    char task[PANEL_TASK_SIZE];
    enum role role = figure_role(v->lanes[v->lane].look);
    if (s->tasks > 1)
        canvas_put(c, 0, 0, role, CELL_BOLD, c->glyphs->marks[k % CANVAS_MARKS]);
    canvas_text(c, s->tasks > 1, 0, role, CELL_BOLD, panel_task(s, k, task));
    return panel_task_width(s) + (s->tasks > 1);
}

static void draw_sparks(const struct view *v, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    for (size_t k = 0; k < s->tasks && (int)k < c->height; k++) {
        char last[24];
        struct canvas own = canvas_view(c, 0, (int)k, c->width - 1, 1);
        struct figure_spark spark = spark_of(v, k);
        double newest = s->recent_count ? (double)s->recent[k][s->recent_count - 1] : 0;
        int name = draw_task(v, k, &own) + 1;
        canvas_printf(&own, name, 0, ROLE_DIM, 0, "batch %s",
                      s->recent_count ? mmoe_format_loss(newest, last, sizeof last) : "");
        struct canvas strip = canvas_view(&own, name + 13, 0, own.width - name - 13, 1);
        scale_sparks(v, strip.width, k, &spark);
        figure_spark_draw(&spark, &strip);
    }
}

/* All tasks side by side on one row, where there is no room for a row each. */
static void draw_spark_row(const struct view *v, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    int width = c->width / (int)s->tasks;
    for (size_t k = 0; k < s->tasks; k++) {
        struct canvas own = canvas_view(c, (int)k * width, 0, width - 1, 1);
        struct canvas word = canvas_view(&own, 0, 0, width / 2, 1);
        struct figure_spark spark = spark_of(v, k);
        int name = draw_task(v, k, &word) + 1;
        name = name < width / 2 ? name : width / 2;
        struct canvas strip = canvas_view(&own, name, 0, width - name - 1, 1);
        scale_sparks(v, strip.width, k, &spark);
        figure_spark_draw(&spark, &strip);
    }
}

/* --- the ratio of two sides --- */

enum { RATIOS_MAX = 512, RATIO_ROWS = 2 };

/* The losses of a task of the second of two live runs over those of the first, at the evaluations
 * that both have; how many. */
static size_t ratios(const struct mmoe_snapshot *a, const struct mmoe_snapshot *b, size_t k,
                     float out[RATIOS_MAX])
{
    size_t n = 0, i = 0, j = 0;
    while (i < a->curve_count && j < b->curve_count) {
        const struct mmoe_eval *x = &a->curve[i], *y = &b->curve[j];
        if (x->step == y->step) {
            if (n == RATIOS_MAX) {
                memmove(out, out + 1, (RATIOS_MAX - 1) * sizeof *out);
                n--;
            }
            out[n++] = (float)(y->value[MMOE_LOSS][k] / x->value[MMOE_LOSS][k]);
        }
        i += x->step <= y->step;
        j += y->step <= x->step;
    }
    return n;
}

/* Of the side in front and the next one; a row a task. Returns the rows. */
static int draw_ratios(const struct view *v, struct canvas *c)
{
    const struct view_lane *a = &v->lanes[v->lane], *b = &v->lanes[(v->lane + 1) % v->lane_count];
    size_t tasks = a->live->tasks < b->live->tasks ? a->live->tasks : b->live->tasks;
    int rows = (int)tasks < RATIO_ROWS ? (int)tasks : RATIO_ROWS;
    if (v->lane_count < 2 || b->live->state == MMOE_RUN_EMPTY || c->height < 10 ||
        !mmoe_source_same(&a->live->options, &b->live->options)) /* of other rows it says nothing */
        return 0;
    for (int k = 0; k < rows; k++) {
        float ratio[RATIOS_MAX];
        char task[PANEL_TASK_SIZE], value[24], words[160];
        size_t n = ratios(a->live, b->live, (size_t)k, ratio);
        const struct figure_spark spark = {
            .values = ratio, .n = n, .log_y = true, .role = figure_role(b->look)};
        int y = c->height - rows + k;
        snprintf(words, sizeof words, "%s: %.48s / %.48s %s", panel_task(a->live, (size_t)k, task),
                 b->label, a->label,
                 n && isfinite(ratio[n - 1])
                     ? mmoe_format_fixed((double)ratio[n - 1], 3, value, sizeof value)
                     : "-");
        int x = canvas_text(c, 0, y, ROLE_TEXT, 0, words) + 1;
        struct canvas strip = canvas_view(c, x, y, c->width - x, 1);
        if (n)
            figure_spark_draw(&spark, &strip);
    }
    return rows;
}

/* --- the panel --- */

/* A plot under what it is of. */
static void draw_kind(const struct figure_plot *plot, struct canvas *c)
{
    struct canvas below = canvas_view(c, 0, 1, c->width, c->height - 1);
    canvas_text(c, 1, 0, ROLE_TITLE, CELL_BOLD, plot->title);
    figure_plot_draw(plot, &below);
}

/* Two plots side by side, or one below the other; where there is no room for both, the first. */
static void draw_plots(const struct curves *curves, size_t n, struct canvas *c)
{
    bool below = c->height >= 2 * BELOW_HEIGHT,
         beside = c->width >= 2 * (below ? BESIDE_WIDTH : BESIDE_LEAST);
    int width = beside ? c->width / 2 : c->width,
        height = beside || !below ? c->height : c->height / 2;
    if (n < 2) {
        figure_plot_draw(&curves[0].plot, c);
        return;
    }
    char more[48];
    snprintf(more, sizeof more, "%s: needs more room", curves[1].plot.title);
    for (int i = 0; i < (beside || below ? PLOTS : 1); i++) {
        struct canvas half = beside ? canvas_view(c, i * width, 0, width - 1, height)
                                    : canvas_view(c, 0, i * height, width, height);
        draw_kind(&curves[i].plot, &half);
    }
    if (!beside && !below)
        canvas_text_right(c, c->width - 1, 0, ROLE_WARN, 0, more);
}

static void draw_empty(const struct view *v, struct canvas *c)
{
    int y = c->height / 2 - 1;
    canvas_text(c, 2, y, ROLE_TEXT, 0,
                v->lanes[v->lane].making ? "making rows and a net ..." : "No run yet. Type");
    if (v->lanes[v->lane].making)
        return;
    canvas_text(c, 19, y, ROLE_KEY, CELL_BOLD, "run");
    canvas_text(c, 2, y + 1, ROLE_DIM, 0, "and watch the tasks being learned,");
    canvas_text(c, 2, y + 2, ROLE_DIM, 0, "or  help  for all there is.");
}

static void draw(const struct view *v, struct canvas *c)
{
    if (view_live(v)->state == MMOE_RUN_EMPTY || view_live(v)->curve_count == 0) {
        draw_empty(v, c);
        return;
    }
    bool one_row = c->height >= ONE_SPARK_ROW_FROM && c->height < SPARKS_FROM_HEIGHT &&
                   view_live(v)->tasks > 0;
    int sparks = one_row ? 1 : c->height >= SPARKS_FROM_HEIGHT ? (int)view_live(v)->tasks : 0;
    sparks = sparks > c->height / 3 ? c->height / 3 : sparks;
    struct canvas above = canvas_view(c, 0, 0, c->width, sparks);
    int taken = draw_ratios(v, c);
    struct canvas below = canvas_view(c, 0, sparks, c->width, c->height - sparks - taken);
    (one_row ? draw_spark_row : draw_sparks)(v, &above);
    struct curves curves[PLOTS];
    draw_plots(curves, find_curves(v, curves), &below);
}

const struct panel panel_loss = {
    .name = "loss",
    .title = "loss",
    .explain = "Held-out loss of each task over steps, raw, on a logarithmic axis (loss linear "
               "changes that): squared error, and the log loss of binary tasks in a plot of its "
               "own. A colour is a run, a mark and a dash a task. The bars above are the losses of "
               "the newest training batches, those of all tasks of a kind on one scale. Pinned "
               "runs are drawn, too, with their number before the task and the options in which "
               "they differ behind it. Look for how fast the curves "
               "fall, whether one task "
               "lags behind, and where they stop falling: of synthetic rows noise squared is "
               "the floor no model can go below.",
    .min_width = 20,
    .min_height = 3,
    .draw = draw,
    .note = loss_facts_note,
    .describe = loss_facts_describe,
    .csv = loss_facts_csv,
    .json = loss_facts_json,
    .page = page,
};
