/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ansi.c - a row of a canvas as text with colours. */
#include "ui/term/ansi.h"

#include <stddef.h>

enum { COLOURS = 256 };

/* From the terminal's own look to that one. */
static void add_look(const struct look *l, int bits, struct mmoe_text *out)
{
    bits |= l->bits;
    mmoe_text_add(out, "\033[0%s%s%s%s", l->dim ? ";2" : "", bits & CELL_BOLD ? ";1" : "",
                  bits & CELL_UNDERLINE ? ";4" : "", bits & CELL_REVERSE ? ";7" : "");
    if (l->foreground >= 0)
        mmoe_text_add(out, ";38;5;%d", l->foreground);
    if (l->background >= 0)
        mmoe_text_add(out, ";48;5;%d", l->background);
    mmoe_text_add(out, "m");
}

void ansi_row(const struct canvas *c, int y, const struct theme *theme, struct mmoe_text *out)
{
    const struct canvas_cell *row = c->cells + (ptrdiff_t)y * c->stride;
    for (int x = 0; x < c->width; x++) {
        char cell[CANVAS_CELL_BYTES];
        if (row[x].ch == 0) /* the second half of a wide one */
            continue;
        bool same = x > 0 && row[x - 1].role == row[x].role && row[x - 1].bits == row[x].bits;
        if (!same) {
            const struct look l = theme_look(theme, (enum role)row[x].role, COLOURS);
            add_look(&l, row[x].bits, out);
        }
        mmoe_text_add_bytes(out, cell, canvas_cell_bytes(&row[x], cell));
    }
    mmoe_text_add(out, "\033[0m");
}
