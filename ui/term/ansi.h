/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ansi.h - a row of a canvas as text that a terminal of 256 colours shows in its looks (ECMA-48,
 * select graphic rendition).
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_ANSI_H
#define MMOE_UI_ANSI_H

#include <mmoe/text.h>

#include "ui/term/canvas.h"
#include "ui/term/theme.h"

/* Append row y, from its first to its last column; it ends with the terminal's own look. */
void ansi_row(const struct canvas *c, int y, const struct theme *theme, struct mmoe_text *out);

#endif
