/* SPDX-License-Identifier: GPL-3.0-or-later */
/* found.c - the list that what is typed is looked for in: a line an entry, one of them chosen. */
#include "ui/panel/found.h"

enum { KIND = 8, NAME = 24 };

static void draw_entry(const struct view_found *e, bool at, int y, struct canvas *c)
{
    struct canvas name = canvas_view(c, KIND, y, NAME - 1, 1);
    if (at)
        canvas_fill(c, 0, y, c->width, 1, ROLE_FOCUS, L' ');
    canvas_text(c, 1, y, at ? ROLE_FOCUS : ROLE_DIM, 0, e->kind);
    canvas_text(&name, 0, 0, at ? ROLE_FOCUS : ROLE_KEY, CELL_BOLD, e->name);
    canvas_text(c, KIND + NAME, y, at ? ROLE_FOCUS : ROLE_TEXT, 0, e->words);
}

void found_draw(const struct view *v, struct canvas *c)
{
    const struct view_finder *f = &v->finder;
    if (c->width < 4 || c->height < 3)
        return;
    struct canvas inside = canvas_frame(c, "all there is", "Enter explains, Tab takes it", true);
    int rows = inside.height, at = (int)f->at, first = at < rows ? 0 : at - rows + 1;
    for (int i = first; i < (int)f->count && i - first < rows; i++)
        draw_entry(&f->found[i], i == at, i - first, &inside);
    if (f->count == 0)
        canvas_text(&inside, 1, 0, ROLE_WARN, 0, "nothing has that in it: Backspace");
}
