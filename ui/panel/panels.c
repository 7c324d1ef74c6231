/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panels.c - the table of panels. */
#include "ui/panel/panels.h"

#include <string.h>

const struct panel *const panel_table[PANEL_COUNT] = {
    [PANEL_LOSS] = &panel_loss,
    [PANEL_GATES] = &panel_gates,
    [PANEL_FIT] = &panel_fit,
    [PANEL_HIST] = &panel_hist,
    [PANEL_RUNS] = &panel_runs,
    [PANEL_DIAL] = &panel_dial,
    [PANEL_EXPERIMENT] = &panel_experiment,
    [PANEL_LESSON] = &panel_lesson,
    [PANEL_LOG] = &panel_log,
};

unsigned panel_needs(const struct view *v, int panel)
{
    return panel >= 0 && panel_table[panel]->needs ? panel_table[panel]->needs(v) : 0;
}

int panel_find(const char *name)
{
    for (int i = 0; i < PANEL_COUNT; i++)
        if (strcmp(panel_table[i]->name, name) == 0)
            return i;
    return -1;
}
