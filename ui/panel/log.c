/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.c - what was typed and what came of it.
 *
 * The newest line is the lowest; long lines go on in the next row. While a long
 * answer is read, the panel begins with its first line instead (reading.h).
 */
#include <stdio.h>
#include <string.h>

#include "ui/panel/lines.h"
#include "ui/panel/panels.h"

enum { INDENT = 2, PAGE_WIDTH = 92, PAGE_ROWS_MOST = 240 };

int panel_log_rows(const struct view *v, size_t from, size_t to, int width)
{
    int rows = 0;
    for (size_t i = from; i < to && i < v->log_count; i++)
        rows += lines_rows(&v->log[i], width);
    return rows;
}

/* The page from its row on; where not all of it fits, the lowest row tells how much is below. */
static void draw_page(const struct view *v, struct canvas *c)
{
    const struct view_page *p = &v->page;
    int all = panel_log_rows(v, p->from, p->to, c->width);
    int room = all > c->height ? c->height - 1 : c->height, last = all - room;
    int row = (int)p->row < last ? (int)p->row : last > 0 ? last : 0, y = -row;
    struct canvas text = canvas_view(c, 0, 0, c->width, room);
    for (size_t i = p->from; i < p->to && i < v->log_count && y < room; i++) {
        lines_draw(&v->log[i], y, &text);
        y += lines_rows(&v->log[i], c->width);
    }
    if (all <= c->height || room < 1)
        return;
    if (row < last)
        canvas_printf(c, INDENT, room, ROLE_KEY, CELL_BOLD, "more below: %s, PgDn",
                      MMOE_COUNTED((uint64_t)(last - row), "row"));
    else
        canvas_text(c, INDENT, room, ROLE_DIM, 0, "the end");
}

/* The lines before the end-th, the last of them in the lowest row. */
static void draw_until(const struct view *v, size_t end, struct canvas *c)
{
    int y = c->height;
    for (size_t i = end; i-- > 0 && y > 0;) {
        y -= lines_rows(&v->log[i], c->width);
        lines_draw(&v->log[i], y, c);
    }
}

static void draw(const struct view *v, struct canvas *c)
{
    if (c->width <= INDENT)
        return;
    if (v->page.open)
        draw_page(v, c);
    else
        draw_until(v, v->log_count > v->log_scroll ? v->log_count - v->log_scroll : 0, c);
}

static void note(const struct view *v, char *buf, size_t size)
{
    if (v->page.open)
        snprintf(buf, size, "q, Enter or Esc goes back");
    else if (v->log_scroll)
        snprintf(buf, size, "%s back", MMOE_COUNTED(v->log_scroll, "line"));
    else
        buf[0] = '\0';
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    size_t errors = 0;
    for (size_t i = 0; i < v->log_count; i++)
        errors += v->log[i].kind == LOG_ERROR;
    if (v->log_count == 0) {
        mmoe_text_add(t, "The log is the screen's, and has no lines; log FILE saves the commands.");
        return;
    }
    mmoe_text_add(t, "The log has %s, with %s.", MMOE_COUNTED(v->log_count, "line"),
                  MMOE_COUNTED(errors, "error"));
}

static const char *kind_word(enum view_log_kind kind)
{
    static const char *const words[] = {
        [LOG_COMMAND] = "command", [LOG_TALK] = "talk", [LOG_DATA] = "data", [LOG_ERROR] = "error"};
    return words[kind];
}

/* RFC 4180: the text in quotes, its own quotes twice. */
static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "kind,text\n");
    for (size_t i = 0; i < v->log_count; i++) {
        mmoe_text_add(t, "%s,", kind_word(v->log[i].kind));
        mmoe_text_add_csv(t, v->log[i].text);
        mmoe_text_add(t, "\n");
    }
}

static void json(const struct view *v, struct mmoe_text *t)
{
    for (size_t i = 0; i < v->log_count; i++) {
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "log");
        mmoe_json_word(t, "kind", kind_word(v->log[i].kind));
        mmoe_json_word(t, "text", v->log[i].text);
        mmoe_text_add(t, "}\n");
    }
}

/* The newest lines, as many as go on a page. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    int rows = 0;
    for (size_t i = v->log_count; i-- > 0 && rows < PAGE_ROWS_MOST;)
        rows += lines_rows(&v->log[i], PAGE_WIDTH);
    if (rows == 0)
        return;
    rows = rows < PAGE_ROWS_MOST ? rows : PAGE_ROWS_MOST;
    struct canvas *c = figure_sheet_canvas(sheet, PAGE_WIDTH, rows, glyphs_find("blocks"));
    draw_until(v, v->log_count, c);
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_TEXT, .text = {.cells = c}};
    sheet->page.title = "Log";
}

const struct panel panel_log = {
    .name = "log",
    .title = "log",
    .explain = "What was typed (>), what came of it, and errors (!). Keys that act on the screen "
               "echo the command they stand "
               "for. PgUp and PgDn scroll; log FILE saves the commands as a script.",
    .min_width = 8,
    .min_height = 1,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
