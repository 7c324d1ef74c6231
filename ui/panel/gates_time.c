/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates_time.c - gates over the evaluations of a run. */
#include <math.h>
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/run.h>

#include "ui/panel/gates_views.h"

enum { NUMBER = 4, WIDTH_MAX = 256, LEAST = 16 };

static const struct mmoe_gate_time *time_of(const struct mmoe_snapshot *s)
{
    return s->gate_time && s->gate_time->count ? s->gate_time : NULL;
}

static float most_of(const struct mmoe_gate_time *t)
{
    float most = 0;
    for (size_t i = 0; i < t->count * t->gates * t->experts; i++)
        most = fmaxf(most, t->mean[i]);
    return most;
}

/* The expert's weights at as many evaluations as have room, evenly over all of them. */
static void draw_expert(const struct mmoe_gate_time *t, size_t gate, size_t e, float most,
                        struct canvas *c)
{
    float values[WIDTH_MAX];
    int name = canvas_printf(c, 0, 0, ROLE_TEXT, 0, "e%-3zu", e + 1);
    int room = c->width - name - NUMBER - 1;
    room = room > WIDTH_MAX ? WIDTH_MAX : room;
    size_t n = room > 0 ? (size_t)room : 0;
    for (size_t i = 0; i < n; i++)
        values[i] =
            mmoe_gate_time_at(t, n > 1 ? i * (t->count - 1) / (n - 1) : t->count - 1, gate, e);
    const struct figure_spark spark = {
        .values = values, .n = n, .role = figure_role(e), .low = 0, .high = (double)most};
    struct canvas own = canvas_view(c, name, 0, (int)n, 1);
    if (n)
        figure_spark_draw(&spark, &own);
    canvas_text(
        c, name + (int)n + 1, 0, figure_role(e), CELL_BOLD,
        mmoe_format_fixed((double)mmoe_gate_time_at(t, t->count - 1, gate, e), 2, MMOE_NUMBER));
}

/* Does the expert have one of the n largest last weights of the gate? */
static bool is_among_largest(const struct mmoe_gate_time *t, size_t gate, size_t e, size_t n)
{
    float own = mmoe_gate_time_at(t, t->count - 1, gate, e);
    size_t larger = 0;
    for (size_t k = 0; k < t->experts; k++) {
        float other = mmoe_gate_time_at(t, t->count - 1, gate, k);
        larger += other > own || (other == own && k < e);
    }
    return larger < n;
}

static void draw_gate_over_time(const struct mmoe_snapshot *s, size_t gate, float most,
                                struct canvas *c)
{
    const struct mmoe_gate_time *t = time_of(s);
    char name[PANEL_TASK_SIZE];
    size_t room = c->height > 1 ? (size_t)c->height - 1 : 0;
    bool all = t->experts <= room;
    int y = 1;
    canvas_text(c, 0, 0, ROLE_TEXT, CELL_BOLD, gates_gate(s, t->gates, gate, name));
    for (size_t e = 0; e < t->experts; e++) {
        if (!all && !is_among_largest(t, gate, e, room > 0 ? room - 1 : 0))
            continue;
        struct canvas row = canvas_view(c, 0, y++, c->width, 1);
        draw_expert(t, gate, e, most, &row);
    }
    if (!all)
        canvas_printf(c, 0, c->height - 1, ROLE_DIM, 0, "+%zu more", t->experts - (room - 1));
}

static void draw_steps(const struct mmoe_gate_time *t, struct canvas *c)
{
    char last[32];
    canvas_text(c, 0, 0, ROLE_DIM, 0, "step");
    canvas_printf(c, 5, 0, ROLE_DIM, 0, "%s to %s", mmoe_format_count(t->step[0], MMOE_NUMBER),
                  mmoe_format_count(t->step[t->count - 1], last, sizeof last));
}

/* Gates below each other where all experts have room so, else side by side. */
static void draw_time(const struct mmoe_snapshot *s, struct canvas *c)
{
    const struct mmoe_gate_time *t = time_of(s);
    if (!t) {
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0, "no evaluation is there yet");
        return;
    }
    int gates = (int)t->gates, height = c->height - 1;
    bool below = height >= gates * ((int)t->experts + 1) || c->width < 2 * LEAST;
    int each = below ? height / gates : height, width = below ? c->width : c->width / gates;
    float most = most_of(t);
    struct canvas foot = canvas_view(c, 0, c->height - 1, c->width, 1);
    each = each > (int)t->experts + 2 ? (int)t->experts + 2 : each;
    for (int k = 0; k < gates && each > 1 && width >= LEAST; k++) {
        struct canvas own = below ? canvas_view(c, 0, k * each, c->width, each)
                                  : canvas_view(c, k * width, 0, width - 1, each);
        draw_gate_over_time(s, (size_t)k, most, &own);
    }
    draw_steps(t, &foot);
}

static void describe_time(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_gate_time *g = time_of(s);
    mmoe_text_add(t, "Mean weights from step %s to %s.",
                  g ? mmoe_format_count(g->step[0], MMOE_NUMBER) : "-",
                  g ? mmoe_format_count(g->step[g->count - 1], MMOE_NUMBER) : "-");
    for (size_t k = 0; g && k < g->gates; k++) {
        size_t best = 0;
        for (size_t e = 1; e < g->experts; e++)
            if (mmoe_gate_time_at(g, g->count - 1, k, e) >
                mmoe_gate_time_at(g, g->count - 1, k, best))
                best = e;
        mmoe_text_add(
            t, " Gate %s leans most on expert %zu: from %s to %s.", gates_whole(s, g->gates, k),
            best + 1, mmoe_format_fixed((double)mmoe_gate_time_at(g, 0, k, best), 2, MMOE_NUMBER),
            mmoe_format_fixed((double)mmoe_gate_time_at(g, g->count - 1, k, best), 2, MMOE_NUMBER));
    }
}

static void csv_time(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_gate_time *g = time_of(s);
    mmoe_text_add(t, "step,gate,expert,mean_weight\n");
    for (size_t i = 0; g && i < g->count; i++)
        for (size_t k = 0; k < g->gates; k++)
            for (size_t e = 0; e < g->experts; e++)
                mmoe_text_add(t, "%zu,%zu,%zu,%.9g\n", g->step[i], k + 1, e + 1,
                              (double)mmoe_gate_time_at(g, i, k, e));
}

static void json_time(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_gate_time *g = time_of(s);
    for (size_t i = 0; g && i < g->count; i++) {
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "gates.time");
        mmoe_json_count(t, "step", g->step[i]);
        mmoe_json_key(t, "mean");
        for (size_t k = 0; k < g->gates; k++)
            for (size_t e = 0; e < g->experts; e++) {
                mmoe_text_add(t, "%s", e ? "," : k ? ",[" : "[[");
                mmoe_text_add_number(t, (double)mmoe_gate_time_at(g, i, k, e));
                mmoe_text_add(t, "%s", e + 1 == g->experts ? "]" : "");
            }
        mmoe_text_add(t, "]}\n");
    }
}

static void time_point(const struct figure_series *series, size_t i, double *x, double *y)
{
    const struct mmoe_gate_time *g = series->data;
    *x = (double)g->step[i];
    *y = (double)mmoe_gate_time_at(g, i, series->part / MMOE_EXPERTS_MAX,
                                   series->part % MMOE_EXPERTS_MAX);
}

/* A plot a gate, a curve an expert. */
static void page_time(const struct mmoe_snapshot *s, struct figure_sheet *sheet)
{
    const struct mmoe_gate_time *g = time_of(s);
    if (!g)
        return;
    struct figure *f = figure_sheet_figures(sheet, g->gates);
    for (size_t k = 0; k < g->gates; k++) {
        struct figure_series *series = figure_sheet_take(sheet, g->experts, sizeof *series);
        for (size_t e = 0; e < g->experts; e++)
            series[e] = (struct figure_series){.name = figure_sheet_print(sheet, "e%zu", e + 1),
                                               .look = e,
                                               .style = e,
                                               .n = g->count,
                                               .data = g,
                                               .part = k * MMOE_EXPERTS_MAX + e,
                                               .point = time_point};
        f[k] = (struct figure){
            .kind = FIGURE_PLOT,
            .plot = {.title = figure_sheet_print(sheet, "gate %s", gates_whole(s, g->gates, k)),
                     .x_label = "step",
                     .y_label = "mean weight",
                     .count = g->experts,
                     .series = series}};
    }
    sheet->page.title = "Gates over time";
    sheet->page.shared = true;
}

const struct gates_view gates_time = {
    .name = "time",
    .draw = draw_time,
    .describe = describe_time,
    .csv = csv_time,
    .json = json_time,
    .page = page_time,
};
