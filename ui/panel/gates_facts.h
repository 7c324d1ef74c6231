/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gates_facts.h - what gates and experts do, in a few words below the map.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_GATES_FACTS_H
#define MMOE_UI_GATES_FACTS_H

#include "ui/panel/panels.h"

/* The tasks' names, cut to fit. */
struct gates_names {
    char text[MMOE_TASKS_MAX][PANEL_TASK_SIZE];
    const char *task[MMOE_TASKS_MAX];
};

/* Overlap of tasks where there are several and room, entropy, health: a row each. */
void gates_draw_facts(const struct mmoe_gates *g, const struct gates_names *n, struct canvas *c);
/* The experts a gate weighs most, as many as have room and are more than nothing:
 * "A e7 .33  e3 .29". */
void gates_draw_largest(const struct mmoe_gates *g, size_t gate, const char *name, struct canvas *c,
                        int y);

#endif
