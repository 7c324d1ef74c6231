/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates.c - which experts the gates use, as a heat map with its numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>

#include "ui/panel/activity.h"
#include "ui/panel/gates_facts.h"
#include "ui/panel/gates_views.h"

enum { ROWS_A_GATE = 5, CHOSEN_LEAST = 3, CHOSEN_MAX = 14 };
static void name_tasks(const struct mmoe_snapshot *s, struct gates_names *n)
{
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        n->task[k] = k < s->tasks ? panel_task(s, k, n->text[k]) : "";
}

static bool has_gates(const struct view *v)
{
    return view_live(v)->state != MMOE_RUN_EMPTY && view_live(v)->gate.gates > 0;
}

static bool has_sharing(const struct view *v)
{
    return view_live(v)->state != MMOE_RUN_EMPTY && view_live(v)->sharing.count > 0;
}

static const struct gates_view *const other_views[] = {
    [VIEW_GATES_TIME] = &gates_time,
    [VIEW_GATES_SPREAD] = &gates_spread,
    [VIEW_GATES_MAP] = &gates_map,
};

/* How else than by their means gates are shown; NULL: not otherwise, or there are none. */
static const struct gates_view *other_view(const struct view *v)
{
    return has_gates(v) ? other_views[v->gates] : NULL;
}

bool panel_gates_find(const char *word, enum view_gates *view)
{
    for (size_t i = VIEW_GATES_TIME; i <= VIEW_GATES_MAP; i++)
        if (strcmp(other_views[i]->name, word) == 0) {
            *view = (enum view_gates)i;
            return true;
        }
    *view = VIEW_GATES_MEANS;
    return strcmp(word, "means") == 0;
}

static unsigned needs(const struct view *v)
{
    return v->gates != VIEW_GATES_MEANS ? other_views[v->gates]->needs : 0;
}

static const char *model_name(const struct mmoe_options *o)
{
    return mmoe_model_name(mmoe_model_at((size_t)o->model));
}

static struct figure_heat gate_map(const struct mmoe_gates *g, const struct gates_names *n)
{
    static const char *const all[1] = {"all"};
    float most = 0;
    for (size_t i = 0; i < g->gates; i++)
        for (size_t e = 0; e < g->experts; e++)
            most = fmaxf(most, g->mean[i][e]);
    return (struct figure_heat){
        .x_label = "expert",
        .y_label = g->gates == 1 ? "gate" : "task",
        .value_label = "mean weight",
        .rows = g->gates,
        .columns = g->experts,
        .values = &g->mean[0][0],
        .stride = MMOE_EXPERTS_MAX,
        .low = 0,
        .high = fmaxf(most, 2.0f / (float)g->experts),
        .row_names = g->gates == 1 ? all : n->task,
    };
}

/* Part i of what tasks share. */
static struct figure_heat sharing_map(const struct mmoe_sharing *s, size_t rows, size_t i,
                                      const struct gates_names *n)
{
    static const char *const numbers[MMOE_SHARING_COLUMNS] = {
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"};
    float low = 0, high = 0;
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < s->part[i].columns; b++) {
            low = fminf(low, s->part[i].v[a][b]);
            high = fmaxf(high, s->part[i].v[a][b]);
        }
    return (struct figure_heat){
        .title = s->part[i].name,
        .y_label = "task",
        .x_label = s->part[i].pairs ? "task" : NULL,
        .rows = rows,
        .columns = s->part[i].columns,
        .values = &s->part[i].v[0][0],
        .stride = MMOE_SHARING_COLUMNS,
        .low = low,
        .high = high > low ? high : low + 1,
        .row_names = n->task,
        .column_names = s->part[i].pairs ? n->task : numbers,
    };
}

/* Matrices of what tasks share, one below the other. */
static void draw_sharing(const struct mmoe_snapshot *shot, const struct gates_names *n,
                         struct canvas *c)
{
    const struct mmoe_sharing *s = &shot->sharing;
    int rows = (int)shot->tasks, least = rows + 2, each = c->height / (int)s->count, y = 0;
    each = each < least ? least : each;
    for (size_t i = 0; i < s->count && (i == 0 || y + least <= c->height); i++, y += each) {
        const struct figure_heat heat = sharing_map(s, shot->tasks, i, n);
        int height = each - 1 < 3 * rows + 1 ? each - 1 : 3 * rows + 1;
        struct canvas map = canvas_view(c, 0, y + 1, c->width, height);
        canvas_text(c, 0, y, ROLE_TEXT, 0, heat.title);
        figure_heat_draw(&heat, &map);
    }
}

/* Below the map, under each expert: the share of rows in percent for which some gate keeps it. */
static void draw_chosen(const struct mmoe_gates *g, int margin, struct canvas *c)
{
    int width = (c->width - margin) / (int)g->experts;
    width = width > CHOSEN_MAX ? CHOSEN_MAX : width;
    canvas_text(c, 0, 0, ROLE_DIM, 0, "%");
    for (size_t e = 0; e < g->experts && width >= CHOSEN_LEAST; e++) {
        float most = 0;
        for (size_t i = 0; i < g->gates; i++)
            most = fmaxf(most, g->chosen[i][e]);
        canvas_printf(c, margin + (int)e * width + (width - CHOSEN_LEAST) / 2, 0,
                      most < 0.01f ? ROLE_WARN : ROLE_TEXT, 0, "%3s",
                      mmoe_format_fixed(100 * (double)most, 0, MMOE_NUMBER));
    }
}

/* A model without gates has layers whose units are on or off. */
static void draw_none(const struct mmoe_snapshot *s, struct canvas *c)
{
    bool empty = s->state == MMOE_RUN_EMPTY;
    if (!empty && s->activity.count) {
        activity_draw(s, c);
        return;
    }
    canvas_text(c, 1, c->height / 2 - 1, ROLE_DIM, 0,
                empty ? "Weight of each expert" : model_name(&s->options));
    canvas_text(c, 1, c->height / 2, ROLE_DIM, 0,
                empty ? "per task, once a run is made." : "has no gates: mmoe has.");
}

/* What is known of the layers where there is room below row y. */
static void draw_activity(const struct mmoe_snapshot *s, int y, struct canvas *c)
{
    int rows = activity_height(s);
    struct canvas below = canvas_view(c, 0, y + 1, c->width, rows);
    if (rows && y + 1 + rows <= c->height)
        activity_draw(s, &below);
}

/* Where the map has no room for numbers, the largest of each gate in words; returns the rows. */
static int draw_all_largest(const struct mmoe_gates *g, const struct figure_heat *heat, int room,
                            struct canvas *c)
{
    int rows = (int)g->gates;
    if (room < 2 * rows + 1 || figure_heat_has_numbers(heat, c->width, room))
        return 0;
    struct canvas below = canvas_view(c, 0, room - rows, c->width, rows);
    for (size_t i = 0; i < g->gates; i++)
        gates_draw_largest(g, i, heat->row_names[i], &below, (int)i);
    return rows;
}

/* Overlap, entropy, health: as many of them as leave room for the map. */
static int facts_of(const struct mmoe_gates *g, int height)
{
    int gates = (int)g->gates;
    return height >= gates + 5 ? 3 : height >= 5 && height >= gates + 3 ? 2 : 0;
}

static void draw_gates(const struct mmoe_snapshot *s, const struct gates_names *n, struct canvas *c)
{
    const struct mmoe_gates *g = &s->gate;
    const struct figure_heat heat = gate_map(g, n);
    int facts = facts_of(g, c->height), room = c->height - facts;
    bool numbers = figure_heat_has_numbers(&heat, c->width, room);
    int map = room, most = 1 + ROWS_A_GATE * (int)g->gates;
    if (numbers && c->width >= (int)g->experts * CHOSEN_LEAST + panel_task_width(s) + 1)
        map = map > most ? most : map;
    int whole = map;
    struct canvas below = canvas_view(c, 0, map + (map + facts < c->height), c->width, facts);
    map -= draw_all_largest(g, &heat, map, c);
    if (g->top_k && map > (int)g->gates + 2 && numbers) {
        struct canvas chosen = canvas_view(c, 0, --map, c->width, 1);
        draw_chosen(g, g->gates > 1 ? panel_task_width(s) + 1 : 4, &chosen);
    }
    struct canvas above = canvas_view(c, 0, 0, c->width, map);
    figure_heat_draw(&heat, &above);
    gates_draw_facts(g, n, &below);
    draw_activity(s, whole + facts + (whole + facts < c->height), c);
}

static void draw(const struct view *v, struct canvas *c)
{
    const struct gates_view *other = other_view(v);
    if (other) {
        other->draw(view_live(v), c);
        return;
    }
    const struct mmoe_snapshot *s = view_live(v);
    struct gates_names names;
    name_tasks(s, &names);
    if (has_sharing(v))
        draw_sharing(s, &names, c);
    else if (has_gates(v))
        draw_gates(s, &names, c);
    else
        draw_none(s, c);
}

static void note(const struct view *v, char *buf, size_t size)
{
    const struct gates_view *other = other_view(v);
    if (other) {
        snprintf(buf, size, "%s", other->name);
        if (other->note)
            other->note(view_live(v), buf, size);
        return;
    }
    if (has_gates(v))
        snprintf(buf, size, view_live(v)->gate.top_k ? "top %zu, mean weight" : "mean weight",
                 view_live(v)->gate.top_k);
    else if (has_sharing(v))
        snprintf(buf, size, "%s", model_name(&view_live(v)->options));
    else if (view_live(v)->activity.count)
        snprintf(buf, size, "%s: units on", model_name(&view_live(v)->options));
    else
        buf[0] = '\0';
}

static void describe_gate(const struct mmoe_snapshot *s, size_t i, struct mmoe_text *t)
{
    const struct mmoe_gates *g = &s->gate;
    size_t best = 0;
    for (size_t e = 1; e < g->experts; e++)
        if (g->mean[i][e] > g->mean[i][best])
            best = e;
    if (g->gates > 1)
        mmoe_text_add(t, " Task %s's gate", s->task[i].name);
    else
        mmoe_text_add(t, " The one gate");
    mmoe_text_add(t,
                  " leans most on expert %zu (%s%% of the weight); its entropy is %s nats of %s.",
                  best + 1, mmoe_format_fixed(100 * (double)g->mean[i][best], 0, MMOE_NUMBER),
                  mmoe_format_fixed(g->entropy[i], 2, MMOE_NUMBER),
                  mmoe_format_fixed(log((double)g->experts), 2, MMOE_NUMBER));
}

static void describe_overlap(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    for (size_t a = 0; a < s->gate.gates; a++)
        for (size_t b = a + 1; b < s->gate.gates; b++)
            mmoe_text_add(t, " Tasks %s and %s overlap by %s.", s->task[a].name, s->task[b].name,
                          mmoe_format_fixed(s->gate.overlap[a][b], 2, MMOE_NUMBER));
}

static void describe_sharing(const struct mmoe_snapshot *shot, struct mmoe_text *t)
{
    const struct mmoe_sharing *s = &shot->sharing;
    mmoe_text_add(t, "%s has no gates; %s", model_name(&shot->options),
                  shot->tasks > 1 ? "its tasks share through:" : "its one task shares with none:");
    for (size_t i = 0; i < s->count; i++)
        for (size_t a = 0; a < shot->tasks; a++) {
            mmoe_text_add(t, "\n%s, task %s:", s->part[i].name, shot->task[a].name);
            for (size_t b = 0; b < s->part[i].columns; b++)
                mmoe_text_add(t, " %s",
                              mmoe_format_fixed((double)s->part[i].v[a][b], 3, MMOE_NUMBER));
        }
}

static void describe_chosen(const struct mmoe_gates *g, struct mmoe_text *t)
{
    mmoe_text_add(t, " A gate keeps %zu of them for each row; the shares of rows are", g->top_k);
    for (size_t i = 0; i < g->gates; i++)
        for (size_t e = 0; e < g->experts; e++)
            mmoe_text_add(t, "%s %s",
                          e   ? ""
                          : i ? ";"
                              : "",
                          mmoe_format_fixed((double)g->chosen[i][e], 2, MMOE_NUMBER));
    mmoe_text_add(t, ".");
}

static void describe_activity(const struct mmoe_snapshot *s, const char *gap, struct mmoe_text *t)
{
    if (s->activity.count == 0)
        return;
    mmoe_text_add(t, "%s", gap);
    activity_describe(s, t);
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct gates_view *other = other_view(v);
    if (other) {
        other->describe(view_live(v), t);
        return;
    }
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_gates *g = &s->gate;
    if (has_sharing(v)) {
        describe_sharing(s, t);
        describe_activity(s, "\n", t);
        return;
    }
    if (!has_gates(v)) {
        if (s->state == MMOE_RUN_EMPTY)
            mmoe_text_add(t, "There is no run yet, and so no gates: run makes one.");
        else
            mmoe_text_add(t, "%s has no gates: moe, omoe and mmoe have.", model_name(&s->options));
        describe_activity(s, " ", t);
        return;
    }
    mmoe_text_add(t, "%s over %s, on the held-out rows.", MMOE_COUNTED(g->gates, "gate"),
                  MMOE_COUNTED(g->experts, "expert"));
    for (size_t i = 0; i < g->gates; i++)
        describe_gate(s, i, t);
    describe_overlap(s, t);
    mmoe_text_add(t, " %s %s unused, %s%% of the ReLU units are dead",
                  MMOE_COUNTED(g->unused, "expert"), g->unused == 1 ? "is" : "are",
                  mmoe_format_fixed(100 * g->dead_share, 0, MMOE_NUMBER));
    if (g->copies)
        mmoe_text_add(t, ", %s of experts became copies (%zu and %zu)",
                      MMOE_COUNTED(g->copies, "pair"), g->copy_a + 1, g->copy_b + 1);
    mmoe_text_add(t, ".");
    if (g->top_k)
        describe_chosen(g, t);
    describe_activity(s, " ", t);
    panel_add_moot(&s->options, t);
}

static void csv_sharing(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_sharing *s = &view_live(v)->sharing;
    mmoe_text_add(t, "what,task,column,value\n");
    for (size_t i = 0; i < s->count; i++)
        for (size_t a = 0; a < view_live(v)->tasks; a++)
            for (size_t b = 0; b < s->part[i].columns; b++)
                mmoe_text_add(t, "%s,%s,%zu,%.9g\n", s->part[i].name, view_live(v)->task[a].name,
                              b + 1, (double)s->part[i].v[a][b]);
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    const struct gates_view *other = other_view(v);
    if (other) {
        other->csv(view_live(v), t);
        return;
    }
    const struct mmoe_gates *g = &view_live(v)->gate;
    if (has_sharing(v)) {
        csv_sharing(v, t);
        return;
    }
    if (!has_gates(v) && view_live(v)->activity.count) {
        activity_csv(view_live(v), t);
        return;
    }
    mmoe_text_add(t, "gate,expert,mean_weight,share_of_rows\n");
    for (size_t i = 0; has_gates(v) && i < g->gates; i++)
        for (size_t e = 0; e < g->experts; e++)
            mmoe_text_add(t, "%zu,%zu,%.9g,%.9g\n", i + 1, e + 1, (double)g->mean[i][e],
                          (double)g->chosen[i][e]);
}

/* [[v00,v01,...],...]: n rows of `columns` values, `stride` apart. */
static void add_rows(struct mmoe_text *t, const char *key, const float *v, size_t n, size_t columns,
                     size_t stride)
{
    mmoe_json_key(t, key);
    for (size_t i = 0; i < n; i++) {
        mmoe_text_add(t, i ? ",[" : "[[");
        for (size_t k = 0; k < columns; k++) {
            mmoe_text_add(t, "%s", k ? "," : "");
            mmoe_text_add_number(t, (double)v[i * stride + k]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, n ? "]" : "[]");
}

/* Of the first two tasks: all of it with one gate for both; no value with one task. */
static double overlap_of_first(const struct mmoe_snapshot *s)
{
    return s->gate.gates > 1 ? s->gate.overlap[0][1] : s->tasks > 1 ? 1 : (double)NAN;
}

static void add_gates(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_gates *g = &view_live(v)->gate;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "gates");
    mmoe_json_count(t, "step", view_live(v)->step);
    add_rows(t, "mean", g->mean[0], g->gates, g->experts, MMOE_EXPERTS_MAX);
    mmoe_json_numbers(t, "entropy", g->entropy, g->gates);
    mmoe_json_number(t, "overlap", overlap_of_first(view_live(v)));
    mmoe_json_count(t, "unused", g->unused);
    mmoe_json_count(t, "copies", g->copies);
    mmoe_json_number(t, "dead_share", g->dead_share);
    activity_add_json(view_live(v), t);
    panel_add_tasks(t, view_live(v));
    mmoe_text_add(t, "}\n");
}

static void add_sharing(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_sharing *s = &view_live(v)->sharing;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "sharing");
    mmoe_json_count(t, "step", view_live(v)->step);
    mmoe_json_key(t, "parts");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < s->count; i++) {
        mmoe_text_add(t, "%s{", i ? "," : "");
        mmoe_json_word(t, "name", s->part[i].name);
        add_rows(t, "rows", s->part[i].v[0], view_live(v)->tasks, s->part[i].columns,
                 sizeof s->part[i].v[0] / sizeof s->part[i].v[0][0]);
        mmoe_text_add(t, "}");
    }
    mmoe_text_add(t, "]");
    activity_add_json(view_live(v), t);
    panel_add_tasks(t, view_live(v));
    mmoe_text_add(t, "}\n");
}

static void json(const struct view *v, struct mmoe_text *t)
{
    const struct gates_view *other = other_view(v);
    if (other) {
        other->json(view_live(v), t);
        return;
    }
    if (view_live(v)->sharing.count > 0)
        add_sharing(v, t);
    else if (view_live(v)->state != MMOE_RUN_EMPTY)
        add_gates(v, t);
}

/* A map for each matrix that tasks share by, or the gates'; with top-k gates also which rows they
 * keep. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_gates *g = &s->gate;
    bool sharing = has_sharing(v);
    char step[32];
    size_t count = sharing ? s->sharing.count : !has_gates(v) ? 0 : g->top_k ? 2 : 1;
    const struct gates_view *other = other_view(v);
    if (other) {
        other->page(s, sheet);
        sheet->page.caption = panel_setting(sheet, s);
        return;
    }
    struct figure *f = count ? figure_sheet_figures(sheet, count) : NULL;
    if (count == 0)
        return;
    struct gates_names *names = figure_sheet_take(sheet, 1, sizeof *names);
    name_tasks(s, names);
    for (size_t i = 0; i < count; i++)
        f[i] = (struct figure){.kind = FIGURE_HEAT,
                               .heat = sharing ? sharing_map(&s->sharing, s->tasks, i, names)
                                               : gate_map(g, names)};
    if (!sharing && g->top_k) {
        f[1].heat.values = &g->chosen[0][0];
        f[1].heat.value_label = "share of the rows kept";
        f[1].heat.high = 1;
    }
    sheet->page.title =
        figure_sheet_print(sheet, "%s %s, step %s", sharing ? "What tasks share in" : "Gates of",
                           model_name(&s->options), mmoe_format_count(s->step, step, sizeof step));
    sheet->page.caption = panel_setting(sheet, s);
}

const struct panel panel_gates = {
    .name = "gates",
    .title = "gates",
    .explain =
        "Each row is a gate (a task's, or the one of all), each column an expert; the number is "
        "the mean weight "
        "the gate gives that expert over the held-out rows. Overlap is how much of their weight "
        "two tasks put on "
        "the same experts (1: all), entropy how evenly a gate spreads, against ln E where it is "
        "even. Below: "
        "experts nobody uses, experts that became copies of each other, ReLU units that never "
        "fire. Lower p of "
        "synthetic rows and watch tasks part: overlap falls. With top-k gates the % line tells for "
        "which share of the "
        "rows an expert "
        "is kept. gates time, gates spread and gates map "
        "show when gates parted, how even they are row by row, and which rows each expert has. "
        "Models without gates show what their tasks share by: cross-stitch its stitches, "
        "tensor-factorization the tasks' factors U3, l2-constrained the distances of the nets; the "
        "others a row for each hidden layer, and each task's part of one: its units, the share of "
        "them never on, and off, the share of rows for which none is on (`explain stuck`).",
    .min_width = 16,
    .min_height = 3,
    .draw = draw,
    .note = note,
    .needs = needs,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
