/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panels.c - the table of panels. */
#include "ui/panel/panels.h"

#include <stdio.h>
#include <string.h>

const struct panel *const panel_table[PANEL_COUNT] = {
    [PANEL_LOSS] = &panel_loss, [PANEL_GATES] = &panel_gates, [PANEL_HIST] = &panel_hist,
    [PANEL_RUNS] = &panel_runs, [PANEL_LOG] = &panel_log,
};

int panel_find(const char *name)
{
    for (int i = 0; i < PANEL_COUNT; i++)
        if (strcmp(panel_table[i]->name, name) == 0)
            return i;
    return -1;
}

const char *panel_setting(struct figure_sheet *sheet, const struct mmoe_snapshot *s)
{
    const struct mmoe_options *o = &s->options;
    char seed[80], rows[32];
    if (o->seed_data == o->seed_init && o->seed_data == o->seed_order)
        snprintf(seed, sizeof seed, "seed %llu", (unsigned long long)o->seed_data);
    else
        snprintf(seed, sizeof seed, "seeds %llu, %llu, %llu", (unsigned long long)o->seed_data,
                 (unsigned long long)o->seed_init, (unsigned long long)o->seed_order);
    return figure_sheet_print(sheet, "p %g, learning rate %g, batch %zu, %s; %s held-out rows.",
                              o->p, o->lr, o->batch, seed,
                              mmoe_format_count(o->test_rows, rows, sizeof rows));
}

void panel_add_numbers(struct mmoe_text *t, const char *key, const double *v, size_t n)
{
    mmoe_text_add(t, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        mmoe_text_add(t, "%s", i ? "," : "");
        mmoe_text_add_number(t, v[i]);
    }
    mmoe_text_add(t, "]");
}
