/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme.h - what a role looks like, for terminals of 256, 16, 8 and no colours.
 *
 * A theme never relies on hue alone: with no colours, roles differ by bold,
 * reverse and dim. The default background is the terminal's own. Magnitudes
 * use the cividis map (Nunez, Anderton, Renslow 2018), on light backgrounds blues
 * that grow dark, series the Okabe-Ito palette: all are safe for colour-blind
 * readers.
 *
 * Ownership, threads: const data.
 */
#ifndef MMOE_UI_THEME_H
#define MMOE_UI_THEME_H

#include "ui/term/canvas.h"

struct look {
    short foreground, background; /* colour numbers; -1: the terminal's default */
    int bits;                     /* CELL_BOLD ... */
    bool dim;
};

struct theme;
size_t theme_count(void);
const struct theme *theme_at(size_t index); /* in the order of the option's words */
const char *theme_name(const struct theme *theme);
const char *theme_help(const struct theme *theme);
/* The look of a role on a terminal of that many colours (0: none). */
struct look theme_look(const struct theme *theme, enum role role, int colours);

#endif
