/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline.h - where the live run is in its time: one row below the panels.
 *
 *   time 0 ------o lr=0.001-----@====o gates part here=== 6,000
 *
 * Marks are what happened at their steps; the cursor is the step it is at, the double line where it
 * was further. There is one once something happened, or the run went back.
 *
 * Ownership: none. Threads: user-interface thread.
 */
#ifndef MMOE_UI_TIMELINE_H
#define MMOE_UI_TIMELINE_H

#include "ui/panel/view.h"
#include "ui/term/canvas.h"

bool timeline_is_shown(const struct view *v);
void timeline_draw(const struct view *v, struct canvas *c);
/* What happened to a lane's run and when, in sentences. */
void timeline_describe(const struct view *v, size_t lane, struct mmoe_text *t);
/* Steps of the lane's journal at which a plot has marks; at most `most`, how many. */
size_t timeline_steps(const struct view *v, size_t lane, double *steps, size_t most);

#endif
