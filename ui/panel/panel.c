/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.c - what panels share. */
#include <stdio.h>

#include "ui/panel/panels.h"

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
