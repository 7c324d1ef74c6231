/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.c - answers that are longer than the log: pages, read from their first line. */
#include "ui/panel/reading.h"

#include "ui/panel/layout.h"

enum { SHORT_ANSWER = 3 }; /* rows for which no log is too low */

void reading_look(struct view *v, struct canvas *c)
{
    struct view_layout room;
    bool answered = v->answered;
    v->answering = v->answered = false;
    if (!answered || v->page.open)
        return;
    layout_look(v, c, &room);
    int columns = room.log_width, rows = room.log_height;
    if (columns == 0) /* the log is left out: its width would be the screen's */
        columns = c->width - 2;
    rows = rows > SHORT_ANSWER ? rows : SHORT_ANSWER;
    if (panel_log_rows(v, v->answer_from, v->log_count, columns) > rows)
        v->page = (struct view_page){.open = true, .from = v->answer_from, .to = v->log_count};
}

void reading_scroll(struct view *v, bool back, struct canvas *c)
{
    struct view_layout look;
    layout_look(v, c, &look);
    int rows = look.log_height;
    int all = panel_log_rows(v, v->page.from, v->page.to, look.log_width);
    int room = all > rows ? rows - 1 : rows, last = all > room ? all - room : 0;
    int step = room > 1 ? room - 1 : 1, row = (int)v->page.row;
    row = (row < last ? row : last) + (back ? -step : step); /* it may have been wider before */
    v->page.row = (size_t)(row < 0 ? 0 : row < last ? row : last);
}

void reading_close(struct view *v)
{
    v->page = (struct view_page){0};
}
