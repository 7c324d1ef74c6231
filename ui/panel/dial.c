/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dial.c - what runs came to at the values of an option that is turned: one knob, and its effects.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/source.h>

#include "ui/panel/panels.h"
#include "ui/panel/view_dial.h"

/* What is drawn against the option, a plot each. */
enum what { LOSS, RELATION, OVERLAP, PLOTS };
enum { SERIES_MAX = 12, TITLE_SIZE = 64, PLOT_WIDTH = 24, PLOT_HEIGHT = 5 };

struct plots {
    size_t count;
    struct figure_plot plot[PLOTS];
    struct figure_series series[PLOTS][SERIES_MAX];
    char names[SERIES_MAX][VIEW_NAME_SIZE + PANEL_TASK_SIZE + 8];
};

static void loss_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct view_dial_curve *c = s->data;
    *x = c->point[i].x;
    *y = c->point[i].loss[s->part];
}

static void relation_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct view_dial_curve *c = s->data;
    *x = c->point[i].x;
    *y = c->point[i].pearson;
}

static void overlap_point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct view_dial_curve *c = s->data;
    *x = c->point[i].x;
    *y = c->point[i].overlap;
}

static bool has_overlap(const struct view_dial_curve *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (!isnan(c->point[i].overlap))
            return true;
    return false;
}

static bool has_relation(const struct view_dial_curve *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (!isnan(c->point[i].pearson))
            return true;
    return false;
}

static struct figure_series *add_series(struct figure_plot *p, struct figure_series *room,
                                        const struct view_dial_curve *c)
{
    if (p->count == SERIES_MAX)
        return NULL;
    struct figure_series *s = &room[p->count++];
    *s = (struct figure_series){.n = c->count, .data = c, .markers = true};
    return s;
}

/* A curve a task and side: "A", or of several sides "A mmoe". */
static void add_losses(const struct view *v, size_t lane, struct plots *out)
{
    const struct view_lane *l = &v->lanes[lane];
    const struct view_dial_curve *c = &v->dial.curve[lane];
    for (size_t k = 0; k < c->tasks; k++) {
        struct figure_series *s = add_series(&out->plot[LOSS], out->series[LOSS], c);
        if (!s)
            return;
        char *name = out->names[out->plot[LOSS].count - 1];
        snprintf(name, sizeof out->names[0], "%.*s%s%s", PANEL_TASK_SIZE - 1, c->task[k],
                 v->lane_count > 1 && *l->label ? " " : "", v->lane_count > 1 ? l->label : "");
        s->name = name;
        s->look = l->look;
        s->style = k;
        s->part = k;
        s->point = loss_point;
    }
}

/* The axis of a share or a correlation is the same whatever was visited. */
static void set_range(const struct view *v, struct figure_plot *p)
{
    const struct mmoe_option *option = v->dial.option;
    bool negative = false;
    for (size_t i = 0; i < v->lane_count; i++)
        negative = negative || (v->dial.curve[i].count && v->dial.curve[i].point[0].x < 0);
    p->log_x = option->logarithmic;
    if (option->type == MMOE_TYPE_REAL && option->max <= 1 && !option->logarithmic) {
        p->x_min = negative ? -1 : 0;
        p->x_max = 1;
    }
}

/* Labels are those of all sides: of the first that has points. */
static void add_relation(const struct view *v, struct plots *out)
{
    for (size_t i = 0; i < v->lane_count; i++) {
        if (!has_relation(&v->dial.curve[i]))
            continue;
        struct figure_series *s =
            add_series(&out->plot[RELATION], out->series[RELATION], &v->dial.curve[i]);
        s->name = "r";
        s->label = "correlation of the labels";
        s->look = FIGURE_LOOKS;
        s->point = relation_point;
        return;
    }
}

static void add_overlap(const struct view *v, size_t lane, struct plots *out)
{
    const struct view_lane *l = &v->lanes[lane];
    if (!has_overlap(&v->dial.curve[lane]))
        return;
    struct figure_series *s =
        add_series(&out->plot[OVERLAP], out->series[OVERLAP], &v->dial.curve[lane]);
    s->name = v->lane_count > 1 && *l->label ? l->label : "gates";
    s->look = l->look;
    s->point = overlap_point;
}

/* Plots without a curve are left out. */
static void find_plots(const struct view *v, struct plots *out)
{
    static const char *const titles[PLOTS] = {"final loss", "label correlation", "gate overlap"};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < PLOTS; i++) {
        struct figure_plot *p = &out->plot[i];
        *p = (struct figure_plot){.title = titles[i],
                                  .x_label = v->dial.option->name,
                                  .y_label = titles[i],
                                  .series = out->series[i]};
        set_range(v, p);
    }
    for (size_t i = 0; i < v->lane_count; i++) {
        add_losses(v, i, out);
        add_overlap(v, i, out);
    }
    add_relation(v, out);
    out->plot[OVERLAP].y_max = 1;
    for (int i = 0; i < PLOTS; i++)
        if (out->plot[i].count)
            out->plot[out->count++] = out->plot[i];
}

static bool has_points(const struct view *v)
{
    for (size_t i = 0; v->dial.option && i < v->lane_count; i++)
        if (v->dial.curve[i].count)
            return true;
    return false;
}

/* --- the panel --- */

static void draw_none(const struct view *v, struct canvas *c)
{
    int y = c->height / 2 - 1;
    if (v->dial.option) {
        canvas_printf(c, 1, y, ROLE_DIM, 0, "A point for each value of %s that a run was",
                      v->dial.option->name);
        canvas_text(c, 1, y + 1, ROLE_DIM, 0, "trained with to its end.");
        return;
    }
    canvas_text(c, 1, y, ROLE_KEY, CELL_BOLD, "dial p");
    canvas_text(c, 1, y + 1, ROLE_DIM, 0, "lets arrow keys turn p, and trains anew at each value;");
    canvas_text(c, 1, y + 2, ROLE_DIM, 0, "dial p 0..1:0.1 goes through its values.");
}

/* As many plots side by side as have room. */
static void draw(const struct view *v, struct canvas *c)
{
    struct plots plots;
    if (!has_points(v)) {
        draw_none(v, c);
        return;
    }
    find_plots(v, &plots);
    int beside = c->width / PLOT_WIDTH, below = c->height / PLOT_HEIGHT;
    int n = (int)plots.count;
    beside = beside < 1 ? 1 : beside > n ? n : beside;
    int rows = (n + beside - 1) / beside;
    rows = rows > below ? below : rows;
    rows = rows < 1 ? 1 : rows;
    int width = c->width / beside, height = c->height / rows;
    for (int i = 0; i < n && i < beside * rows; i++) {
        struct canvas own =
            canvas_view(c, i % beside * width, i / beside * height, width - 1, height);
        struct canvas below_title = canvas_view(&own, 0, 1, own.width, own.height - 1);
        canvas_text(&own, 1, 0, ROLE_TITLE, CELL_BOLD, plots.plot[i].title);
        figure_plot_draw(&plots.plot[i], &below_title);
    }
}

/* "p 0.6" */
static void add_value(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s ", v->dial.option->name);
    mmoe_option_tell(&v->options, v->dial.option, t);
}

static void note(const struct view *v, char *buf, size_t size)
{
    struct mmoe_text t = {0};
    if (!v->dial.option)
        return;
    add_value(v, &t);
    snprintf(buf, size, "%s", t.s);
    mmoe_text_done(&t);
}

/* --- in words and numbers, and on paper --- */

static void describe_point(const struct view *v, size_t lane, size_t i, struct mmoe_text *t)
{
    const struct view_dial_curve *c = &v->dial.curve[lane];
    const struct view_dial_point *p = &c->point[i];
    mmoe_text_add(t, "\n%s%s%s %s: loss", v->lane_count > 1 ? v->lanes[lane].name : "",
                  v->lane_count > 1 ? ", " : "", v->dial.option->name,
                  mmoe_format_setting(p->x, MMOE_NUMBER));
    for (size_t k = 0; k < c->tasks; k++)
        mmoe_text_add(t, "%s %s of %s", k ? "," : "", mmoe_format_loss(p->loss[k], MMOE_NUMBER),
                      c->task[k]);
    if (!isnan(p->overlap))
        mmoe_text_add(t, "; gates overlap by %s", mmoe_format_fixed(p->overlap, 2, MMOE_NUMBER));
    if (!isnan(p->pearson))
        mmoe_text_add(t, "; labels correlate by %s", mmoe_format_fixed(p->pearson, 2, MMOE_NUMBER));
    mmoe_text_add(t, ".");
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    if (!v->dial.option) {
        mmoe_text_add(t, "Nothing is turned: dial p lets arrow keys turn p, dial p 0..1:0.1 goes "
                         "through its values.");
        return;
    }
    mmoe_text_add(t, "A run was trained to its end at each value of %s:", v->dial.option->name);
    if (!has_points(v))
        mmoe_text_add(t, " at none yet.");
    for (size_t lane = 0; lane < v->lane_count; lane++)
        for (size_t i = 0; i < v->dial.curve[lane].count; i++)
            describe_point(v, lane, i, t);
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "side,option,value,task,loss,overlap,label_r\n");
    for (size_t lane = 0; v->dial.option && lane < v->lane_count; lane++)
        for (size_t i = 0; i < v->dial.curve[lane].count; i++)
            for (size_t k = 0; k < v->dial.curve[lane].tasks; k++) {
                const struct view_dial_curve *c = &v->dial.curve[lane];
                mmoe_text_add_csv(t, v->lanes[lane].name);
                mmoe_text_add(t, ",%s", v->dial.option->name);
                panel_add_value(t, c->point[i].x);
                mmoe_text_add(t, ",");
                mmoe_text_add_csv(t, c->task[k]);
                panel_add_value(t, c->point[i].loss[k]);
                panel_add_value(t, c->point[i].overlap);
                panel_add_value(t, c->point[i].pearson);
                mmoe_text_add(t, "\n");
            }
}

static void json(const struct view *v, struct mmoe_text *t)
{
    for (size_t lane = 0; v->dial.option && lane < v->lane_count; lane++)
        for (size_t i = 0; i < v->dial.curve[lane].count; i++) {
            const struct view_dial_curve *c = &v->dial.curve[lane];
            mmoe_text_add(t, "{");
            mmoe_json_word(t, "event", "dial");
            mmoe_json_word(t, "side", v->lanes[lane].name);
            mmoe_json_word(t, "option", v->dial.option->name);
            mmoe_json_number(t, "value", c->point[i].x);
            mmoe_json_numbers(t, "loss", c->point[i].loss, c->tasks);
            mmoe_json_number(t, "overlap", c->point[i].overlap);
            mmoe_json_number(t, "label_r", c->point[i].pearson);
            mmoe_text_add(t, "}\n");
        }
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    if (!has_points(v))
        return;
    struct plots *plots = figure_sheet_take(sheet, 1, sizeof *plots);
    find_plots(v, plots);
    struct figure *f = figure_sheet_figures(sheet, plots->count);
    for (size_t i = 0; i < plots->count; i++)
        f[i] = (struct figure){.kind = FIGURE_PLOT, .plot = plots->plot[i]};
    sheet->page.title = figure_sheet_print(sheet, "What %s does", v->dial.option->name);
    sheet->page.caption =
        figure_sheet_print(sheet, "A run at each value of %s, all else the same. The newest: %s",
                           v->dial.option->name, panel_setting(sheet, view_live(v)));
}

const struct panel panel_dial = {
    .name = "dial",
    .title = "dial",
    .explain =
        "An option is turned, and a run is trained to its end at each value: its final losses, the "
        "correlation of the labels and the overlap of the first two tasks' gates stand against the "
        "values that were visited. A colour is a side, a mark and a dash a task. All other "
        "settings and all seeds are the same, so that the knob is the one thing that differs. "
        "Left and Right turn it while nothing is typed, Escape leaves. A point is one seed: "
        "compare and repeat tell how much of it is luck.",
    .min_width = 20,
    .min_height = 4,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
