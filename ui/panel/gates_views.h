/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gates_views.h - gates in other ways than by their means: over time, over rows, on a map.
 *
 * Ownership: what a page needs is the sheet's. Threads: pure functions of the view.
 */
#ifndef MMOE_UI_GATES_VIEWS_H
#define MMOE_UI_GATES_VIEWS_H

#include "ui/panel/panels.h"

/* One of them, of a run that has gates; what it shows may not be measured yet. */
struct gates_view {
    const char *name; /* a word of the verb gates */
    unsigned needs;   /* to be measured (mmoe_run_show) */
    void (*note)(const struct mmoe_snapshot *s, char *buf, size_t size);
    void (*draw)(const struct mmoe_snapshot *s, struct canvas *c);
    void (*describe)(const struct mmoe_snapshot *s, struct mmoe_text *t);
    void (*csv)(const struct mmoe_snapshot *s, struct mmoe_text *t);
    void (*json)(const struct mmoe_snapshot *s, struct mmoe_text *t);
    void (*page)(const struct mmoe_snapshot *s, struct figure_sheet *sheet);
};
extern const struct gates_view gates_time, gates_spread, gates_map;

/* --- what they share (gates_facts.c) --- */

/* A gate's name, cut to fit; into buf, returns buf. And the whole. */
const char *gates_gate(const struct mmoe_snapshot *s, size_t gates, size_t k,
                       char buf[PANEL_TASK_SIZE]);
const char *gates_whole(const struct mmoe_snapshot *s, size_t gates, size_t k);
/* Are single rows measured? Where not, c (NULL allowed) says so. */
bool gates_measured(const struct mmoe_snapshot *s, struct canvas *c);

#endif
