/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates_spread.c - how evenly gates weigh experts, row by row. */
#include <math.h>
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/run.h>

#include "ui/panel/gates_views.h"

static struct figure_histogram entropies(const struct mmoe_snapshot *s, size_t k, const char *name)
{
    const struct mmoe_scatter *g = s->scatter;
    return (struct figure_histogram){.name = name,
                                     .look = k,
                                     .style = k,
                                     .sorted = g->entropy[k],
                                     .n = g->rows,
                                     .summary = g->spread[k],
                                     .wanted = g->rows};
}

static struct figure_histograms histograms_of(const struct mmoe_scatter *g,
                                              const struct figure_histogram *rows)
{
    return (struct figure_histograms){.x_label = "entropy of a row's weights, nats",
                                      .y_label = "rows",
                                      .axis = FIGURE_AXIS_LINEAR,
                                      .low = 0,
                                      .high = log((double)g->experts) * 1.0001,
                                      .count = g->gates,
                                      .rows = rows};
}

static void draw_spread(const struct mmoe_snapshot *s, struct canvas *c)
{
    struct figure_histogram rows[MMOE_TASKS_MAX];
    char names[MMOE_TASKS_MAX][PANEL_TASK_SIZE];
    if (!gates_measured(s, c))
        return;
    for (size_t k = 0; k < s->scatter->gates; k++)
        rows[k] = entropies(s, k, gates_gate(s, s->scatter->gates, k, names[k]));
    const struct figure_histograms h = histograms_of(s->scatter, rows);
    struct canvas below = canvas_view(c, 0, 1, c->width, c->height - 1);
    canvas_printf(c, 0, 0, ROLE_DIM, 0, "entropy of single rows, nats; even is %s",
                  mmoe_format_fixed(log((double)s->scatter->experts), 2, MMOE_NUMBER));
    figure_histograms_draw(&h, &below);
}

static void describe_spread(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    if (!gates_measured(s, NULL)) {
        mmoe_text_add(t, "Nothing was measured.");
        return;
    }
    mmoe_text_add(t, "How evenly gates weigh experts for %s, in nats of %s:",
                  MMOE_COUNTED(s->scatter->rows, "single row"),
                  mmoe_format_fixed(log((double)s->scatter->experts), 2, MMOE_NUMBER));
    for (size_t k = 0; k < s->scatter->gates; k++) {
        const struct mmoe_summary *m = &s->scatter->spread[k];
        mmoe_text_add(
            t, "%s gate %s has median entropy %s, half of the rows between %s and %s", k ? ";" : "",
            gates_whole(s, s->scatter->gates, k), mmoe_format_fixed(m->median, 2, MMOE_NUMBER),
            mmoe_format_fixed(m->q25, 2, MMOE_NUMBER), mmoe_format_fixed(m->q75, 2, MMOE_NUMBER));
    }
    mmoe_text_add(t, ".");
}

static void csv_spread(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    mmoe_text_add(t, "gate,rank,entropy\n");
    for (size_t k = 0; gates_measured(s, NULL) && k < s->scatter->gates; k++)
        for (size_t i = 0; i < s->scatter->rows; i++)
            mmoe_text_add(t, "%zu,%zu,%.9g\n", k + 1, i + 1, s->scatter->entropy[k][i]);
}

static void json_spread(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    for (size_t k = 0; gates_measured(s, NULL) && k < s->scatter->gates; k++) {
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "gates.spread");
        mmoe_json_count(t, "gate", k + 1);
        mmoe_json_count(t, "rows", s->scatter->rows);
        mmoe_json_number(t, "q25", s->scatter->spread[k].q25);
        mmoe_json_number(t, "median", s->scatter->spread[k].median);
        mmoe_json_number(t, "q75", s->scatter->spread[k].q75);
        mmoe_text_add(t, "}\n");
    }
}

static void page_spread(const struct mmoe_snapshot *s, struct figure_sheet *sheet)
{
    if (!gates_measured(s, NULL))
        return;
    struct mmoe_snapshot *kept = figure_sheet_take(sheet, 1, sizeof *kept);
    struct mmoe_scatter *rows = figure_sheet_take(sheet, 1, sizeof *rows);
    struct figure_histogram *h = figure_sheet_take(sheet, s->scatter->gates, sizeof *h);
    struct figure *f = figure_sheet_figures(sheet, 1);
    *rows = *s->scatter;
    *kept = *s;
    kept->scatter = rows;
    for (size_t k = 0; k < rows->gates; k++)
        h[k] = entropies(kept, k,
                         figure_sheet_print(sheet, "gate %s", gates_whole(s, rows->gates, k)));
    f[0] = (struct figure){.kind = FIGURE_HISTOGRAMS, .histograms = histograms_of(rows, h)};
    sheet->page.title = "How evenly gates weigh experts, row by row";
}

const struct gates_view gates_spread = {
    .name = "spread",
    .needs = MMOE_SHOWS_SCATTER,
    .draw = draw_spread,
    .describe = describe_spread,
    .csv = csv_spread,
    .json = json_spread,
    .page = page_spread,
};
