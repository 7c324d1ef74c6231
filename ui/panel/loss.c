/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss.c - held-out losses over steps, with the newest training batches as sparklines above. */
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>

#include "ui/panel/panels.h"

enum { SERIES_MAX = 12, SPARKS_FROM_HEIGHT = 9, ONE_SPARK_ROW_FROM = 7 };

static char letter(size_t task)
{
    return (char)('A' + task);
}

static void curve_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct mmoe_snapshot *shot = s->data;
    *x = (double)shot->curve[i].step;
    *y = shot->curve[i].value[MMOE_LOSS][s->part];
}

/* The curves there are, and what their description borrows. */
struct curves {
    struct figure_plot plot;
    struct figure_series series[SERIES_MAX];
    char names[SERIES_MAX][8], labels[SERIES_MAX][40];
};

/* Add the curves of a run while there is room; names are "A", or "2A" for run 2, which stands back.
 */
static void add_run(struct curves *c, const struct mmoe_snapshot *s, size_t id)
{
    for (size_t k = 0; k < s->tasks && c->plot.count < SERIES_MAX; k++) {
        size_t i = c->plot.count++;
        if (id)
            snprintf(c->names[i], sizeof c->names[i], "%zu%c", id % 1000, letter(k));
        else
            snprintf(c->names[i], sizeof c->names[i], "%c", letter(k));
        if (id)
            snprintf(c->labels[i], sizeof c->labels[i], "run %zu, task %c", id, letter(k));
        else
            snprintf(c->labels[i], sizeof c->labels[i], "task %c", letter(k));
        c->series[i] = (struct figure_series){.name = c->names[i],
                                              .label = c->labels[i],
                                              .look = i,
                                              .context = id > 0,
                                              .n = s->curve_count,
                                              .data = s,
                                              .part = k,
                                              .point = curve_point};
    }
}

static void find_curves(const struct view *v, struct curves *c)
{
    double end = (double)(v->live.steps > v->live.step ? v->live.steps : v->live.step);
    c->plot = (struct figure_plot){.x_label = "step",
                                   .y_label = "held-out loss",
                                   .log_y = !v->linear_y,
                                   .x_max = end,
                                   .series = c->series};
    add_run(c, &v->live, 0);
    for (size_t i = 0; i < v->run_count; i++)
        if (v->runs[i].pinned && v->runs[i].id != v->live_id)
            add_run(c, &v->runs[i].shot, v->runs[i].id);
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = &v->live;
    char step[32];
    if (s->state == MMOE_RUN_EMPTY || s->curve_count == 0)
        return;
    struct curves *c = figure_sheet_take(sheet, 1, sizeof *c);
    find_curves(v, c);
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_PLOT, .plot = c->plot};
    sheet->page.title = figure_sheet_print(sheet, "Loss of %s, step %s",
                                           mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                                           mmoe_format_count(s->step, step, sizeof step));
    sheet->page.caption = panel_setting(sheet, s);
}

static void draw_sparks(const struct view *v, struct canvas *c)
{
    for (size_t k = 0; k < v->live.tasks && (int)k < c->height; k++) {
        enum role role = (enum role)(ROLE_SERIES_1 + k % 6);
        char last[24];
        const struct figure_spark spark = {v->live.recent[k], v->live.recent_count, true, role};
        double newest = v->live.recent_count ? (double)v->live.recent[k][v->live.recent_count - 1]
                                             : 0;
        canvas_printf(c, 0, (int)k, role, CELL_BOLD, "%c", letter(k));
        canvas_printf(c, 2, (int)k, ROLE_DIM, 0, "batch %s",
                      v->live.recent_count ? mmoe_format_loss(newest, last, sizeof last) : "");
        struct canvas strip = canvas_view(c, 15, (int)k, c->width - 16, 1);
        figure_spark_draw(&spark, &strip);
    }
}

/* All tasks side by side on one row, where there is no room for a row each. */
static void draw_spark_row(const struct view *v, struct canvas *c)
{
    int width = c->width / (int)v->live.tasks;
    for (size_t k = 0; k < v->live.tasks; k++) {
        enum role role = (enum role)(ROLE_SERIES_1 + k % 6);
        const struct figure_spark spark = {v->live.recent[k], v->live.recent_count, true, role};
        struct canvas strip = canvas_view(c, (int)k * width + 2, 0, width - 3, 1);
        canvas_printf(c, (int)k * width, 0, role, CELL_BOLD, "%c", letter(k));
        figure_spark_draw(&spark, &strip);
    }
}

static void draw_empty(const struct view *v, struct canvas *c)
{
    int y = c->height / 2 - 1;
    canvas_text(c, 2, y, ROLE_TEXT, 0,
                v->making ? "making rows and a net ..." : "No run yet. Type");
    if (v->making)
        return;
    canvas_text(c, 19, y, ROLE_KEY, CELL_BOLD, "run");
    canvas_text(c, 2, y + 1, ROLE_DIM, 0, "and watch two tasks being learned,");
    canvas_text(c, 2, y + 2, ROLE_DIM, 0, "or  help  for all there is.");
}

static void draw(const struct view *v, struct canvas *c)
{
    if (v->live.state == MMOE_RUN_EMPTY || v->live.curve_count == 0) {
        draw_empty(v, c);
        return;
    }
    bool one_row = c->height >= ONE_SPARK_ROW_FROM && c->height < SPARKS_FROM_HEIGHT &&
                   v->live.tasks > 0;
    int sparks = one_row ? 1 : c->height >= SPARKS_FROM_HEIGHT ? (int)v->live.tasks : 0;
    sparks = sparks > c->height / 3 ? c->height / 3 : sparks;
    struct canvas above = canvas_view(c, 0, 0, c->width, sparks);
    struct canvas below = canvas_view(c, 0, sparks, c->width, c->height - sparks);
    (one_row ? draw_spark_row : draw_sparks)(v, &above);
    struct curves curves;
    find_curves(v, &curves);
    figure_plot_draw(&curves.plot, &below);
}

static void note(const struct view *v, char *buf, size_t size)
{
    size_t n = 0;
    buf[0] = '\0';
    if (v->live.state == MMOE_RUN_EMPTY)
        return;
    for (size_t k = 0; k < v->live.tasks && n < size; k++) {
        char loss[24];
        n += (size_t)snprintf(buf + n, size - n, "%s%c %s", k ? "  " : "", letter(k),
                              mmoe_format_loss(v->live.value[MMOE_LOSS][k], loss, sizeof loss));
    }
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = &v->live;
    char first[24], last[24];
    if (s->state == MMOE_RUN_EMPTY || s->curve_count == 0) {
        mmoe_text_add(t, "There is no run yet: run makes rows and a net and trains it.");
        return;
    }
    mmoe_text_add(t, "%s is at step %zu of %zu.",
                  mmoe_model_name(mmoe_model_at((size_t)s->options.model)), s->step, s->steps);
    for (size_t k = 0; k < s->tasks; k++)
        mmoe_text_add(t,
                      " The held-out loss of task %c went from %s to %s, which is %.1f%% of its "
                      "label's variance.",
                      letter(k),
                      mmoe_format_loss(s->curve[0].value[MMOE_LOSS][k], first, sizeof first),
                      mmoe_format_loss(s->value[MMOE_LOSS][k], last, sizeof last),
                      100 * s->value[MMOE_OVER_VAR][k]);
    if (s->state == MMOE_RUN_DIVERGED)
        mmoe_text_add(t, " It diverged at step %zu.", s->diverged_step);
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "step");
    for (size_t k = 0; k < v->live.tasks; k++)
        mmoe_text_add(t, ",loss_%c", 'a' + (int)k);
    mmoe_text_add(t, "\n");
    for (size_t i = 0; i < v->live.curve_count; i++) {
        mmoe_text_add(t, "%zu", v->live.curve[i].step);
        for (size_t k = 0; k < v->live.tasks; k++) {
            mmoe_text_add(t, ",");
            mmoe_text_add_number(t, v->live.curve[i].value[MMOE_LOSS][k]);
        }
        mmoe_text_add(t, "\n");
    }
}

static void json(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = &v->live;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "loss");
    mmoe_json_key(t, "step");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < s->curve_count; i++)
        mmoe_text_add(t, "%s%zu", i ? "," : "", s->curve[i].step);
    mmoe_text_add(t, "]");
    mmoe_json_key(t, "loss");
    mmoe_text_add(t, "[");
    for (size_t k = 0; k < s->tasks; k++) {
        mmoe_text_add(t, "%s[", k ? "," : "");
        for (size_t i = 0; i < s->curve_count; i++) {
            mmoe_text_add(t, "%s", i ? "," : "");
            mmoe_text_add_number(t, s->curve[i].value[MMOE_LOSS][k]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]}\n");
}

const struct panel panel_loss = {
    .name = "loss",
    .title = "loss",
    .explain = "Held-out squared error of each task over steps: curves A and B, raw, on a "
               "logarithmic axis (loss "
               "linear changes that). The bars above are the losses of the newest training "
               "batches. Pinned runs are "
               "drawn, too, with their number before the letter. Look for how fast the curves "
               "fall, whether one task "
               "lags behind, and where they stop falling: noise squared is the floor no model can "
               "go below.",
    .min_width = 20,
    .min_height = 3,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
