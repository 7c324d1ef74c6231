/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h - lines of text of several kinds, each wrapped once at the width it is shown in.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_LINES_H
#define MMOE_UI_LINES_H

#include "ui/panel/view.h"
#include "ui/term/canvas.h"

/* Rows that a line fills where there are so many columns; its mark takes some of them. */
int lines_rows(const struct view_log_line *line, int width);
/* Draw it from row y on; rows above 0 and below the canvas are clipped. Returns its rows. */
int lines_draw(const struct view_log_line *line, int y, struct canvas *c);

#endif
