/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.c - lines of text of several kinds, each wrapped once. */
#include "ui/panel/lines.h"

#include <stdio.h>
#include <string.h>

enum { INDENT = 2 };

static enum role role_of(enum view_log_kind kind)
{
    switch (kind) {
    case LOG_COMMAND: return ROLE_KEY;
    case LOG_TALK: return ROLE_DIM;
    case LOG_ERROR: return ROLE_BAD;
    case LOG_DATA: break;
    }
    return ROLE_TEXT;
}

/* Bytes of text that fill at most width columns, broken at a blank where there is one. */
static size_t piece(const char *text, int width)
{
    size_t n = 0, blank = 0;
    int columns = 0;
    while (text[n]) {
        char one[8] = "";
        size_t length = 1;
        while (((unsigned char)text[n + length] & 0xC0) == 0x80 && length < 4)
            length++;
        memcpy(one, text + n, length);
        columns += canvas_columns(one);
        if (columns > width)
            return text[n] == ' ' && n > 0 ? n : blank ? blank : n ? n : length;
        if (text[n] == ' ' && n > 0)
            blank = n;
        n += length;
    }
    return n;
}

int lines_rows(const struct view_log_line *line, int width)
{
    int rows = 1;
    const char *text = line->text;
    for (size_t n; (n = piece(text, width - INDENT)) < strlen(text); rows++) {
        text += n;
        text += strspn(text, " ");
    }
    return rows;
}

int lines_draw(const struct view_log_line *line, int y, struct canvas *c)
{
    static const char *const marks[] = {
        [LOG_COMMAND] = ">", [LOG_TALK] = " ", [LOG_DATA] = " ", [LOG_ERROR] = "!"};
    const char *text = line->text;
    enum role role = role_of(line->kind);
    canvas_text(c, 0, y, role, CELL_BOLD, marks[line->kind]);
    do {
        size_t n = piece(text, c->width - INDENT);
        struct canvas row = canvas_view(c, INDENT, y++, c->width - INDENT, 1);
        char buf[1024];
        snprintf(buf, sizeof buf, "%.*s", (int)n, text);
        canvas_text(&row, 0, 0, role, line->kind == LOG_COMMAND ? CELL_BOLD : 0, buf);
        text += n;
        text += strspn(text, " ");
    } while (*text);
    return lines_rows(line, c->width);
}
