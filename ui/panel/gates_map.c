/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates_map.c - which rows each expert has the largest weight of, on a plane. */
#include <math.h>
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/run.h>

#include "ui/panel/gates_views.h"

enum { MAP_LEAST = 16, LEGEND = 1 };

static char letter(size_t expert)
{
    return (char)(expert < 9 ? '1' + (int)expert : 'a' + (int)(expert - 9) % 26);
}

/* As far as the rows go in either direction, all maps alike. */
static void reach(const struct mmoe_scatter *g, float *x, float *y)
{
    *x = *y = 1e-6f;
    for (size_t i = 0; i < g->rows; i++) {
        *x = fmaxf(*x, fabsf(g->x[i]));
        *y = fmaxf(*y, fabsf(g->y[i]));
    }
}

/* A cell has the expert of most of the rows that lie in it: of as many, the first. */
static void draw_cells(const struct mmoe_scatter *g, size_t gate, struct canvas *c)
{
    float rx, ry;
    size_t cells = (size_t)c->width * (size_t)c->height;
    unsigned short *votes = mmoe_alloc(cells * g->experts, sizeof *votes);
    reach(g, &rx, &ry);
    for (size_t i = 0; i < g->rows; i++) {
        int x = (int)((double)(g->x[i] / rx + 1) / 2 * (c->width - 1) + 0.5),
            y = (int)((double)(1 - g->y[i] / ry) / 2 * (c->height - 1) + 0.5);
        votes[(size_t)(y * c->width + x) * g->experts + g->largest[gate][i]]++;
    }
    for (size_t cell = 0; cell < cells; cell++) {
        const unsigned short *of = votes + cell * g->experts;
        size_t best = 0, any = 0;
        for (size_t e = 0; e < g->experts; e++) {
            any += of[e];
            best = of[e] > of[best] ? e : best;
        }
        if (any)
            canvas_put(c, (int)cell % c->width, (int)cell / c->width, figure_role(best),
                       any > 1 ? CELL_BOLD : 0, (wchar_t)letter(best));
    }
    mmoe_free(votes);
}

/* The gate's name, and the experts that have most rows: "A  3 41%  7 22%". */
static void draw_shares(const struct mmoe_snapshot *s, size_t gate, struct canvas *c)
{
    const struct mmoe_scatter *g = s->scatter;
    const float *share = s->gate.largest[gate];
    bool told[MMOE_EXPERTS_MAX] = {false};
    char name[PANEL_TASK_SIZE], words[32];
    int x = canvas_text(c, 0, 0, ROLE_TEXT, CELL_BOLD, gates_gate(s, g->gates, gate, name)) + 2;
    for (size_t n = 0; n < g->experts; n++) {
        size_t best = g->experts;
        for (size_t e = 0; e < g->experts; e++)
            if (!told[e] && (best == g->experts || share[e] > share[best]))
                best = e;
        snprintf(words, sizeof words, "%c %s%%", letter(best),
                 mmoe_format_fixed(100 * (double)share[best], 0, MMOE_NUMBER));
        if (share[best] <= 0 || x + canvas_columns(words) > c->width)
            return;
        x += canvas_text(c, x, 0, figure_role(best), 0, words) + 2;
        told[best] = true;
    }
}

static void draw_axes(const struct mmoe_scatter *g, struct canvas *c)
{
    bool weights = g->plane == MMOE_PLANE_WEIGHTS;
    char words[120];
    if (weights)
        snprintf(words, sizeof words,
                 "digits: expert of most weight; across w1, up w2 at right angles to it");
    else
        snprintf(words, sizeof words,
                 "digits: expert of most weight; two principal components, %s%% of the variance",
                 mmoe_format_fixed(100 * g->explained, 0, MMOE_NUMBER));
    canvas_text(c, 0, 0, ROLE_DIM, 0, words);
}

static void draw_map(const struct mmoe_snapshot *s, struct canvas *c)
{
    const struct mmoe_scatter *g = s->scatter;
    if (!gates_measured(s, c))
        return;
    if (g->plane == MMOE_PLANE_NONE) {
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0,
                    "these rows have no numbers that span a plane");
        return;
    }
    int beside = c->width / MAP_LEAST, n = (int)g->gates;
    beside = beside < 1 ? 1 : beside > n ? n : beside;
    int rows = (n + beside - 1) / beside, width = c->width / beside,
        height = (c->height - LEGEND) / rows;
    for (int k = 0; k < n && height > 2; k++) {
        struct canvas own =
            canvas_view(c, k % beside * width, k / beside * height, width - (beside > 1), height);
        struct canvas cells = canvas_view(&own, 0, 1, own.width, own.height - 1);
        draw_shares(s, (size_t)k, &own);
        draw_cells(g, (size_t)k, &cells);
    }
    struct canvas foot = canvas_view(c, 0, c->height - LEGEND, c->width, LEGEND);
    draw_axes(g, &foot);
}

static void note_map(const struct mmoe_snapshot *s, char *buf, size_t size)
{
    if (gates_measured(s, NULL) && !isnan(s->scatter->agree))
        snprintf(buf, size, "agree on %s%%",
                 mmoe_format_fixed(100 * s->scatter->agree, 0, MMOE_NUMBER));
}

static void describe_map(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_scatter *g = s->scatter;
    if (!gates_measured(s, NULL) || g->plane == MMOE_PLANE_NONE) {
        mmoe_text_add(t, "There is no map: the rows have no numbers that span a plane, or nothing "
                         "was measured.");
        return;
    }
    mmoe_text_add(t, "%s on the plane of %s.", MMOE_COUNTED(g->rows, "held-out row"),
                  g->plane == MMOE_PLANE_WEIGHTS ? "the first two tasks' weight vectors"
                                                 : "the two leading principal components");
    for (size_t k = 0; k < g->gates; k++) {
        const float *share = s->gate.largest[k];
        size_t best = 0, parts = 0;
        for (size_t e = 0; e < g->experts; e++) {
            best = share[e] > share[best] ? e : best;
            parts += share[e] > 0;
        }
        mmoe_text_add(t, " Gate %s cuts it among %s; expert %zu has %s%% of the rows.",
                      gates_whole(s, g->gates, k), MMOE_COUNTED(parts, "expert"), best + 1,
                      mmoe_format_fixed(100 * (double)share[best], 0, MMOE_NUMBER));
    }
    if (!isnan(g->agree))
        mmoe_text_add(t, " For %s%% of them the first two gates have the same expert.",
                      mmoe_format_fixed(100 * g->agree, 0, MMOE_NUMBER));
}

static void add_row(const struct mmoe_scatter *g, size_t i, size_t gate, struct mmoe_text *t)
{
    mmoe_text_add(t, "%zu", i + 1);
    panel_add_value(t, (double)g->x[i]);
    panel_add_value(t, (double)g->y[i]);
    mmoe_text_add(t, ",%zu,%d\n", gate + 1, g->largest[gate][i] + 1);
}

static void csv_map(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_scatter *g = s->scatter;
    mmoe_text_add(t, "row,x,y,gate,expert\n");
    for (size_t i = 0; gates_measured(s, NULL) && i < g->rows; i++)
        for (size_t k = 0; k < g->gates; k++)
            add_row(g, i, k, t);
}

static void json_map(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_scatter *g = s->scatter;
    if (!gates_measured(s, NULL))
        return;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "gates.map");
    mmoe_json_count(t, "rows", g->rows);
    mmoe_json_word(t, "plane",
                   g->plane == MMOE_PLANE_WEIGHTS      ? "weights"
                   : g->plane == MMOE_PLANE_COMPONENTS ? "components"
                                                       : "none");
    mmoe_json_number(t, "explained", g->explained);
    mmoe_json_number(t, "agree", g->agree);
    mmoe_text_add(t, "}\n");
}

/* The rows of one expert, ascending in x. */
struct spots {
    size_t n;
    const struct mmoe_scatter *g;
    size_t row[MMOE_SCATTER_ROWS];
};

static void spot(const struct figure_series *series, size_t i, double *x, double *y)
{
    const struct spots *p = series->data;
    *x = (double)p->g->x[p->row[i]];
    *y = (double)p->g->y[p->row[i]];
}

static const struct spots *spots_of(const struct mmoe_scatter *g, size_t gate, size_t expert,
                                    struct figure_sheet *sheet)
{
    struct spots *p = figure_sheet_take(sheet, 1, sizeof *p);
    p->g = g;
    for (size_t i = 0; i < g->rows; i++) {
        size_t at = p->n;
        if (g->largest[gate][i] != expert)
            continue;
        for (; at > 0 && g->x[p->row[at - 1]] > g->x[i]; at--)
            p->row[at] = p->row[at - 1];
        p->row[at] = i;
        p->n++;
    }
    return p;
}

static void page_map(const struct mmoe_snapshot *s, struct figure_sheet *sheet)
{
    if (!gates_measured(s, NULL) || s->scatter->plane == MMOE_PLANE_NONE)
        return;
    struct mmoe_scatter *g = figure_sheet_take(sheet, 1, sizeof *g);
    *g = *s->scatter;
    struct figure *f = figure_sheet_figures(sheet, g->gates);
    for (size_t k = 0; k < g->gates; k++) {
        struct figure_series *series = figure_sheet_take(sheet, g->experts, sizeof *series);
        for (size_t e = 0; e < g->experts; e++) {
            const struct spots *p = spots_of(g, k, e, sheet);
            series[e] = (struct figure_series){.name = figure_sheet_print(sheet, "e%zu", e + 1),
                                               .look = e,
                                               .style = e,
                                               .markers = true,
                                               .unjoined = true,
                                               .n = p->n,
                                               .data = p,
                                               .point = spot};
        }
        f[k] = (struct figure){
            .kind = FIGURE_PLOT,
            .plot = {.title = figure_sheet_print(sheet, "gate %s", gates_whole(s, g->gates, k)),
                     .x_label = g->plane == MMOE_PLANE_WEIGHTS ? "along w1" : "first component",
                     .y_label = g->plane == MMOE_PLANE_WEIGHTS ? "along w2, at right angles to w1"
                                                               : "second component",
                     .count = g->experts,
                     .series = series}};
    }
    sheet->page.title = "Which expert a gate gives the largest weight";
    sheet->page.shared = true;
}

const struct gates_view gates_map = {
    .name = "map",
    .needs = MMOE_SHOWS_SCATTER,
    .note = note_map,
    .draw = draw_map,
    .describe = describe_map,
    .csv = csv_map,
    .json = json_map,
    .page = page_map,
};
