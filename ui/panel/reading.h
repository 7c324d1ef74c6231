/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h - answers that are longer than the log: pages, read from their first line.
 *
 * A page has the place of the panels until it is closed; what is typed goes to the prompt
 * as always. Whether an answer is one depends on the rows it has on the screen, each line
 * wrapped once, and on those of the log.
 *
 * Ownership: none. Threads: user-interface thread.
 */
#ifndef MMOE_UI_READING_H
#define MMOE_UI_READING_H

#include "ui/panel/view.h"
#include "ui/term/canvas.h"

/* Before a frame on c: if the newest answer has more rows than the log, it opens as a page. What c
 * shows is spoilt. */
void reading_look(struct view *v, struct canvas *c);
/* A page further, or back, on a screen like c; stays within its lines. */
void reading_scroll(struct view *v, bool back, struct canvas *c);
void reading_close(struct view *v);

#endif
