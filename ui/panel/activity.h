/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity.h - which units of hidden layers are on: as a table, in words, as data.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_ACTIVITY_H
#define MMOE_UI_ACTIVITY_H

#include <mmoe/snapshot.h>
#include <mmoe/text.h>

#include "ui/term/canvas.h"

/* Rows of the table with its head; 0 where nothing was measured. */
int activity_height(const struct mmoe_snapshot *s);
/* A row for each layer, or a task's part of it: units, share never on, share of rows off. Columns
 * and rows that have no room are left out, layers from below first. */
void activity_draw(const struct mmoe_snapshot *s, struct canvas *c);
/* "Hidden layers: bottom: 113 units, 42% never on, none on for 3% of the rows; ... Task A is stuck:
 * ..."; nothing where nothing was measured. */
void activity_describe(const struct mmoe_snapshot *s, struct mmoe_text *t);
void activity_csv(const struct mmoe_snapshot *s, struct mmoe_text *t);
/* "units":[{...},...] */
void activity_add_json(const struct mmoe_snapshot *s, struct mmoe_text *t);

#endif
