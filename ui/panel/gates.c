/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates.c - which experts the gates use, as a heat map with its numbers, and what is wrong with them in words. */
#include "ui/figure/figure.h"
#include "ui/panel/panels.h"

#include <math.h>
#include <mmoe/model.h>
#include <stdio.h>

enum { ROWS_A_GATE = 5 };

static bool has_gates(const struct view *v)
{
    return v->live.state != MMOE_RUN_EMPTY && v->live.gate.gates > 0;
}

static const char *model_name(const struct mmoe_options *o)
{
    return mmoe_model_name(mmoe_model_at((size_t)o->model));
}

static void draw_heat(const struct mmoe_gates *g, struct canvas *c)
{
    static const char *const tasks[MMOE_TASKS_MAX] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    static const char *const all[1] = {"all"};
    float most = 0;
    for (size_t i = 0; i < g->gates; i++)
        for (size_t e = 0; e < g->experts; e++)
            most = fmaxf(most, g->mean[i][e]);
    const struct figure_heat heat = {
        .rows = g->gates,
        .columns = g->experts,
        .values = &g->mean[0][0],
        .stride = MMOE_EXPERTS_MAX,
        .low = 0,
        .high = fmaxf(most, 2.0f / (float)g->experts),
        .row_names = g->gates == 1 ? all : tasks,
    };
    figure_heat_draw(&heat, c);
}

/* What is wrong with the experts, and how many units are dead. */
static void draw_health(const struct mmoe_gates *g, struct canvas *c, int y)
{
    int x = 0;
    if (g->unused)
        x += 2 + canvas_printf(c, x, y, ROLE_WARN, 0, "%zu unused", g->unused);
    if (g->copies)
        x += 2 + canvas_printf(c, x, y, ROLE_WARN, 0, "e%zu=e%zu copies", g->copy_a + 1, g->copy_b + 1);
    canvas_printf(c, x, y, g->dead_share > 0.25 ? ROLE_WARN : ROLE_DIM, 0, "dead ReLU %.0f%%", 100 * g->dead_share);
}

static void draw_facts(const struct mmoe_gates *g, struct canvas *c)
{
    int y = 0;
    if (g->gates > 1 && c->height > 2)
        canvas_printf(c, 0, y++, ROLE_TEXT, 0, "overlap A,B %.2f", g->overlap[0][1]);
    int x = canvas_text(c, 0, y, ROLE_DIM, 0, "entropy");
    for (size_t i = 0; i < g->gates; i++)
        x += g->gates > 1 ? canvas_printf(c, x, y, ROLE_DIM, 0, " %c %.2f", (char)('A' + i), g->entropy[i])
                          : canvas_printf(c, x, y, ROLE_DIM, 0, " %.2f", g->entropy[i]);
    canvas_printf(c, x, y, ROLE_DIM, 0, " of %.2f nats", log((double)g->experts));
    draw_health(g, c, y + 1);
}

static void draw(const struct view *v, struct canvas *c)
{
    if (!has_gates(v)) {
        bool empty = v->live.state == MMOE_RUN_EMPTY;
        canvas_text(c, 1, c->height / 2 - 1, ROLE_DIM, 0, empty ? "Weight of each expert" : model_name(&v->live.options));
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0,
                    empty ? "per task, once a run is made." : "has no gates: omoe and mmoe do.");
        return;
    }
    int facts = c->height >= (int)v->live.gate.gates + 5 ? 3 : c->height >= 5 ? 2 : 0;
    int map = c->height - facts, most = 1 + ROWS_A_GATE * (int)v->live.gate.gates;
    map = map > most ? most : map;
    struct canvas above = canvas_view(c, 0, 0, c->width, map);
    struct canvas below = canvas_view(c, 0, map + (map + facts < c->height), c->width, facts);
    draw_heat(&v->live.gate, &above);
    draw_facts(&v->live.gate, &below);
}

static void note(const struct view *v, char *buf, size_t size)
{
    if (has_gates(v))
        snprintf(buf, size, "mean weight");
    else
        buf[0] = '\0';
}

static void describe_gate(const struct mmoe_gates *g, size_t i, struct mmoe_text *t)
{
    size_t best = 0;
    for (size_t e = 1; e < g->experts; e++)
        if (g->mean[i][e] > g->mean[i][best])
            best = e;
    if (g->gates > 1)
        mmoe_text_add(t, " Task %c's gate", (char)('A' + i));
    else
        mmoe_text_add(t, " The one gate");
    mmoe_text_add(t, " leans most on expert %zu (%.0f%% of the weight); its entropy is %.2f nats of %.2f.", best + 1,
                  100 * (double)g->mean[i][best], g->entropy[i], log((double)g->experts));
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_gates *g = &v->live.gate;
    if (!has_gates(v)) {
        if (v->live.state == MMOE_RUN_EMPTY)
            mmoe_text_add(t, "There is no run yet, so there are no gates.");
        else
            mmoe_text_add(t, "%s has no gates: omoe and mmoe do.", model_name(&v->live.options));
        return;
    }
    mmoe_text_add(t, "%zu gate%s over %zu experts, on the held-out rows.", g->gates, g->gates > 1 ? "s" : "", g->experts);
    for (size_t i = 0; i < g->gates; i++)
        describe_gate(g, i, t);
    if (g->gates > 1)
        mmoe_text_add(t, " Tasks A and B overlap by %.2f.", g->overlap[0][1]);
    mmoe_text_add(t, " %zu experts are unused, %.0f%% of the ReLU units are dead", g->unused, 100 * g->dead_share);
    if (g->copies)
        mmoe_text_add(t, ", %zu pairs of experts became copies (%zu and %zu)", g->copies, g->copy_a + 1, g->copy_b + 1);
    mmoe_text_add(t, ".");
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_gates *g = &v->live.gate;
    mmoe_text_add(t, "gate,expert,mean_weight\n");
    for (size_t i = 0; has_gates(v) && i < g->gates; i++)
        for (size_t e = 0; e < g->experts; e++)
            mmoe_text_add(t, "%zu,%zu,%.9g\n", i + 1, e + 1, (double)g->mean[i][e]);
}

const struct panel panel_gates = {
    .name = "gates",
    .title = "gates",
    .explain = "Each row is a gate (a task's, or the one of all), each column an expert; the number is the mean weight "
               "the gate gives that expert over the held-out rows. Overlap is how much of their weight two tasks put on "
               "the same experts (1: all), entropy how evenly a gate spreads, against ln E where it is even. Below: "
               "experts nobody uses, experts that became copies of each other, ReLU units that never fire. Lower p and "
               "watch tasks part: overlap falls.",
    .min_width = 16,
    .min_height = 3,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
};
