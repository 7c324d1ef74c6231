/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss.c - held-out losses over steps, with the newest training batches as sparklines above. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/model.h>

#include "ui/panel/panels.h"

enum { SERIES_MAX = 12, SPARKS_FROM_HEIGHT = 9, ONE_SPARK_ROW_FROM = 7 };

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
    char names[SERIES_MAX][16], labels[SERIES_MAX][64];
};

/* Add the curves of a run while there is room; names are "A", or "2A" for run 2, which stands back.
 */
static void add_run(struct curves *c, const struct mmoe_snapshot *s, size_t id)
{
    for (size_t k = 0; k < s->tasks && c->plot.count < SERIES_MAX; k++) {
        size_t i = c->plot.count++;
        char task[PANEL_TASK_SIZE];
        panel_task(s, k, task);
        if (id)
            snprintf(c->names[i], sizeof c->names[i], "%zu%s", id % 1000, task);
        else
            snprintf(c->names[i], sizeof c->names[i], "%s", task);
        if (id)
            snprintf(c->labels[i], sizeof c->labels[i], "run %zu, task %s", id, s->task[k].name);
        else
            snprintf(c->labels[i], sizeof c->labels[i], "task %s", s->task[k].name);
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
    double end = (double)(view_live(v)->steps > view_live(v)->step ? view_live(v)->steps
                                                                   : view_live(v)->step);
    c->plot = (struct figure_plot){.x_label = "step",
                                   .y_label = "held-out loss",
                                   .log_y = !v->linear_y,
                                   .x_max = end,
                                   .series = c->series};
    add_run(c, view_live(v), 0);
    for (size_t i = 0; i < v->run_count; i++)
        if (v->runs[i].pinned && v->runs[i].id != v->lanes[v->lane].id)
            add_run(c, v->runs[i].shot, v->runs[i].id);
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = view_live(v);
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

static struct figure_spark spark_of(const struct mmoe_snapshot *s, size_t k)
{
    return (struct figure_spark){s->recent[k], s->recent_count, true,
                                 (enum role)(ROLE_SERIES_1 + k % 6)};
}

static void draw_sparks(const struct view *v, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    int name = panel_task_width(s) + 1, numbers = name + 13;
    for (size_t k = 0; k < s->tasks && (int)k < c->height; k++) {
        char last[24], task[PANEL_TASK_SIZE];
        const struct figure_spark spark = spark_of(s, k);
        double newest = s->recent_count ? (double)s->recent[k][s->recent_count - 1] : 0;
        canvas_text(c, 0, (int)k, spark.role, CELL_BOLD, panel_task(s, k, task));
        canvas_printf(c, name, (int)k, ROLE_DIM, 0, "batch %s",
                      s->recent_count ? mmoe_format_loss(newest, last, sizeof last) : "");
        struct canvas strip = canvas_view(c, numbers, (int)k, c->width - numbers - 1, 1);
        figure_spark_draw(&spark, &strip);
    }
}

/* All tasks side by side on one row, where there is no room for a row each. */
static void draw_spark_row(const struct view *v, struct canvas *c)
{
    const struct mmoe_snapshot *s = view_live(v);
    int width = c->width / (int)s->tasks, name = panel_task_width(s) + 1;
    name = name < width / 2 ? name : width / 2;
    for (size_t k = 0; k < s->tasks; k++) {
        char task[PANEL_TASK_SIZE];
        const struct figure_spark spark = spark_of(s, k);
        struct canvas own = canvas_view(c, (int)k * width, 0, width - 1, 1);
        struct canvas strip = canvas_view(&own, name, 0, width - name - 1, 1);
        canvas_text(&own, 0, 0, spark.role, CELL_BOLD, panel_task(s, k, task));
        figure_spark_draw(&spark, &strip);
    }
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
    struct canvas below = canvas_view(c, 0, sparks, c->width, c->height - sparks);
    (one_row ? draw_spark_row : draw_sparks)(v, &above);
    struct curves curves;
    find_curves(v, &curves);
    figure_plot_draw(&curves.plot, &below);
}

static void note(const struct view *v, char *buf, size_t size)
{
    static const char more[] = " ...";
    const struct mmoe_snapshot *s = view_live(v);
    size_t n = 0;
    buf[0] = '\0';
    if (s->state == MMOE_RUN_EMPTY)
        return;
    for (size_t k = 0; k < s->tasks; k++) {
        char loss[24], task[PANEL_TASK_SIZE], one[40];
        size_t columns =
            (size_t)snprintf(one, sizeof one, "%s%s %s", k ? "  " : "", panel_task(s, k, task),
                             mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
        if (n + columns + sizeof more > size) { /* a digit that is cut would be another number */
            memcpy(buf + n, more, sizeof more);
            return;
        }
        memcpy(buf + n, one, columns + 1);
        n += columns;
    }
}

static void describe_task(const struct mmoe_snapshot *s, size_t k, struct mmoe_text *t)
{
    char first[24], last[24];
    if (isnan(s->value[MMOE_LOSS][k])) {
        mmoe_text_add(t, " Task %s has no held-out label, and so no loss.", s->task[k].name);
        return;
    }
    mmoe_text_add(t, " The held-out %s of task %s went from %s to %s",
                  s->task[k].binary ? "log loss" : "loss", s->task[k].name,
                  mmoe_format_loss(s->curve[0].value[MMOE_LOSS][k], first, sizeof first),
                  mmoe_format_loss(s->value[MMOE_LOSS][k], last, sizeof last));
    const char *spread = s->task[k].binary ? "entropy" : "variance";
    double over = s->value[MMOE_OVER_VAR][k];
    if (isfinite(over) && over < 10)
        mmoe_text_add(t, ", which is %s%% of its label's %s",
                      mmoe_format_fixed(100 * over, 1, MMOE_NUMBER), spread);
    else if (isfinite(over))
        mmoe_text_add(t, ", which is %s times its label's %s",
                      mmoe_format_loss(over, first, sizeof first), spread);
    mmoe_text_add(t, ".");
    if (isfinite(s->value[MMOE_AUC][k]))
        mmoe_text_add(t, " Its AUC is %s.",
                      mmoe_format_fixed(s->value[MMOE_AUC][k], 4, MMOE_NUMBER));
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    if (s->state == MMOE_RUN_EMPTY || s->curve_count == 0) {
        mmoe_text_add(t, "There is no run yet: run makes rows and a net and trains it.");
        return;
    }
    mmoe_text_add(
        t, "%s is at step %s of %s.", mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
        mmoe_format_count(s->step, MMOE_NUMBER), mmoe_format_count(s->steps, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        describe_task(s, k, t);
    if (s->validation_rows)
        mmoe_text_add(t, " These rows are for choices; final values are of %s.",
                      MMOE_COUNTED(s->test_rows, "test row"));
    if (s->state == MMOE_RUN_DIVERGED) {
        mmoe_text_add(t, " It %s at step %s: ", mmoe_divergence_verb(s->divergence),
                      mmoe_format_count(s->diverged_step, MMOE_NUMBER));
        mmoe_divergence_cause(s, t);
        mmoe_text_add(t, "; ");
        mmoe_divergence_advice(s, t);
        mmoe_text_add(t, ".");
    } else if (s->resting) {
        mmoe_text_add(t, " No weight has changed since step %s.",
                      mmoe_format_count(s->resting_since, MMOE_NUMBER));
    }
}

/* Losses of all tasks, then AUC of the binary ones. */
static void csv(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    mmoe_text_add(t, "step");
    for (size_t k = 0; k < s->tasks; k++)
        panel_add_column(t, MMOE_LOSS, &s->task[k]);
    for (size_t k = 0; k < s->tasks; k++)
        if (s->task[k].binary)
            panel_add_column(t, MMOE_AUC, &s->task[k]);
    mmoe_text_add(t, "\n");
    for (size_t i = 0; i < s->curve_count; i++) {
        const struct mmoe_eval *e = &s->curve[i];
        mmoe_text_add(t, "%zu", e->step);
        for (size_t k = 0; k < s->tasks; k++)
            panel_add_value(t, e->value[MMOE_LOSS][k]);
        for (size_t k = 0; k < s->tasks; k++)
            if (s->task[k].binary)
                panel_add_value(t, e->value[MMOE_AUC][k]);
        mmoe_text_add(t, "\n");
    }
}

static void add_curves(struct mmoe_text *t, const struct mmoe_snapshot *s, enum mmoe_metric m)
{
    mmoe_json_key(t, mmoe_metrics_table[m].key);
    mmoe_text_add(t, "[");
    for (size_t k = 0; k < s->tasks; k++) {
        mmoe_text_add(t, "%s[", k ? "," : "");
        for (size_t i = 0; i < s->curve_count; i++) {
            mmoe_text_add(t, "%s", i ? "," : "");
            mmoe_text_add_number(t, s->curve[i].value[m][k]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]");
}

static void json(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    bool binary = false;
    for (size_t k = 0; k < s->tasks; k++)
        binary = binary || s->task[k].binary;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "loss");
    mmoe_json_key(t, "step");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < s->curve_count; i++)
        mmoe_text_add(t, "%s%zu", i ? "," : "", s->curve[i].step);
    mmoe_text_add(t, "]");
    add_curves(t, s, MMOE_LOSS);
    if (binary)
        add_curves(t, s, MMOE_AUC);
    panel_add_tasks(t, s);
    mmoe_text_add(t, "}\n");
}

const struct panel panel_loss = {
    .name = "loss",
    .title = "loss",
    .explain = "Held-out loss of each task over steps, squared error or log loss, raw, on a "
               "logarithmic axis (loss "
               "linear changes that). The bars above are the losses of the newest training "
               "batches. Pinned runs are "
               "drawn, too, with their number before the task. Look for how fast the curves "
               "fall, whether one task "
               "lags behind, and where they stop falling: of synthetic rows noise squared is "
               "the floor no model can go below.",
    .min_width = 20,
    .min_height = 3,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
