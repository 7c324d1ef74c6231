/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.h - the terminal as a canvas; the only file that knows curses.
 *
 * screen_show sends the cells that changed since the last frame, at once and
 * through curses' own optimiser. The terminal's modes are entered and left
 * here and nowhere else; every mode entered has its undoing in the restore
 * string (guard.h), so that a crash, too, leaves the shell as it was found.
 *
 * Ownership: screen_open returns the one screen; screen_close gives it back.
 * Threads:   user-interface thread only.
 *
 *   struct screen *s = screen_open(&err);
 *   screen_size(s, &w, &h);  screen_show(s, &canvas, cursor_x, cursor_y);
 */
#ifndef MMOE_UI_SCREEN_H
#define MMOE_UI_SCREEN_H

#include <mmoe/status.h>

#include "ui/term/canvas.h"
#include "ui/term/theme.h"

struct screen;
enum screen_colour { SCREEN_COLOUR_AUTO, SCREEN_COLOUR_ALWAYS, SCREEN_COLOUR_NEVER };

/* Take the terminal over (alternate screen, raw-ish input without echo, bracketed paste on). NULL
   and *err where TERM does not suffice. AUTO honours NO_COLOR. */
struct screen *screen_open(enum screen_colour colour, struct mmoe_error *err);
void screen_close(struct screen *s); /* the shell's screen again; NULL allowed */

/* Leave for a while (Ctrl-Z) and come back: modes, size and content re-established. */
void screen_suspend(struct screen *s);
void screen_resume(struct screen *s);

void screen_theme(struct screen *s, const struct theme *theme);
/* The terminal's size now, after telling curses of it; 1x1 at least. True where it changed. */
bool screen_size(struct screen *s, int *width, int *height);
/* Send what differs from the last frame; the cursor rests at (x, y), hidden where x < 0. */
void screen_show(struct screen *s, const struct canvas *c, int x, int y);
/* Send everything at the next show (Ctrl-L, after a stray writer). */
void screen_repaint(struct screen *s);
/* Cells sent and frames shown so far. */
void screen_counts(const struct screen *s, unsigned long *frames, unsigned long *cells);

#endif
