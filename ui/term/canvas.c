/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cell grid.
 *
 * One invariant carries the file: a cell holds ch = 0 exactly when the cell to
 * its left, in the same row, holds a double-width character. Hence no row
 * begins with 0, and whoever overwrites one half of a wide character may blank
 * the other half even where that lies just outside a view.
 *
 * What a character is, and how wide, character.h knows. Folding to ASCII keeps
 * widths, so that columns counted without a canvas are right on every canvas.
 */
#include "ui/term/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "ui/term/character.h"

static const struct glyphs glyph_sets[] = {
    {.name = "blocks",
     .bar = {L' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588},
     .shade = {L' ', 0x2591, 0x2592, 0x2593, 0x2588},
     .horizontal = 0x2500,
     .vertical = 0x2502,
     .corner = {0x250c, 0x2510, 0x2514, 0x2518},
     .marks = {0x25cf, 0x25cb, 0x25b2, 0x25b3, 0x25a0, 0x25a1, 0x25c6, 0x25c7},
     .dot = 0x00b7,
     .ellipsis = 0x2026,
     .arrow = 0x2192,
     .bullet = 0x2022,
     .cross = 0x00d7},
    {.name = "braille",
     .bar = {L' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588},
     .shade = {L' ', 0x2591, 0x2592, 0x2593, 0x2588},
     .horizontal = 0x2500,
     .vertical = 0x2502,
     .corner = {0x250c, 0x2510, 0x2514, 0x2518},
     .marks = {0x25cf, 0x25cb, 0x25b2, 0x25b3, 0x25a0, 0x25a1, 0x25c6, 0x25c7},
     .dot = 0x00b7,
     .ellipsis = 0x2026,
     .arrow = 0x2192,
     .bullet = 0x2022,
     .cross = 0x00d7,
     .braille = true},
    {.name = "ascii",
     .bar = {L' ', L'.', L':', L'-', L'=', L'+', L'*', L'#', L'@'},
     .shade = {L' ', L'.', L':', L'+', L'#'},
     .horizontal = L'-',
     .vertical = L'|',
     .corner = {L'+', L'+', L'+', L'+'},
     .marks = {L'o', L'x', L'+', L'*', L'#', L'%', L'@', L'&'},
     .dot = L'.',
     .ellipsis = L'.',
     .arrow = L'>',
     .bullet = L'*',
     .cross = L'x',
     .ascii = true},
};
enum { GLYPH_SETS = sizeof glyph_sets / sizeof glyph_sets[0] };

const struct glyphs *glyphs_find(const char *name)
{
    for (size_t i = 0; i < GLYPH_SETS; i++)
        if (name && strcmp(glyph_sets[i].name, name) == 0)
            return &glyph_sets[i];
    return &glyph_sets[GLYPH_SETS - 1];
}

void canvas_init(struct canvas *c, int width, int height, const struct glyphs *glyphs)
{
    *c = (struct canvas){.glyphs = glyphs};
    canvas_resize(c, width, height);
}

void canvas_resize(struct canvas *c, int width, int height)
{
    mmoe_free(c->cells);
    c->width = c->stride = width > 0 ? width : 0;
    c->height = height > 0 ? height : 0;
    size_t cells = (size_t)c->width * (size_t)c->height;
    c->cells = mmoe_alloc(cells, sizeof *c->cells);
    for (size_t i = 0; i < cells; i++) /* 0 would be half of a wide character */
        c->cells[i] = (struct canvas_cell){.ch = L' ', .role = ROLE_TEXT};
}

void canvas_done(struct canvas *c)
{
    mmoe_free(c->cells);
    *c = (struct canvas){.glyphs = c->glyphs};
}

void canvas_clear(struct canvas *c)
{
    canvas_fill(c, 0, 0, c->width, c->height, ROLE_TEXT, L' ');
}

/* Clip the span [*start, *start + *length) to [0, limit). */
static void clip(int *start, int *length, int limit)
{
    long from = *start, to = from + *length;
    from = from < 0 ? 0 : from > limit ? limit : from;
    to = to < from ? from : to > limit ? limit : to;
    *start = (int)from;
    *length = (int)(to - from);
}

struct canvas canvas_view(const struct canvas *c, int x, int y, int width, int height)
{
    clip(&x, &width, c->width);
    clip(&y, &height, c->height);
    struct canvas view = *c;
    view.width = width;
    view.height = height;
    if (width > 0 && height > 0)
        view.cells += (ptrdiff_t)y * c->stride + x;
    return view;
}

static void blank_cell(struct canvas_cell *cell)
{
    cell->ch = L' ';
    memset(cell->marks, 0, sizeof cell->marks);
}

/* Write one cell and blank what is left of a wide character it cuts in two. */
static void set_cell(struct canvas_cell *cell, enum role role, int bits, wchar_t ch)
{
    if (cell->ch == 0)
        blank_cell(&cell[-1]);
    else if (cell->ch >= 0x1100 && character_columns(cell->ch) == 2)
        blank_cell(&cell[1]);
    *cell =
        (struct canvas_cell){.ch = ch, .role = (unsigned char)role, .bits = (unsigned char)bits};
}

/* Put what is known to be columns wide at x, of which any part may lie outside. */
static void put_columns(struct canvas *c, long x, int y, enum role role, int bits, wchar_t ch,
                        int columns)
{
    if (y < 0 || y >= c->height)
        return;
    bool whole = x >= 0 && x + columns <= c->width;
    bool wide = columns == 2 && whole && !c->glyphs->ascii;
    if (c->glyphs->ascii && ch > 0x7e)
        ch = columns == 1 ? character_fold(ch) : L'?';
    for (int i = 0; i < columns; i++) {
        if (x + i < 0 || x + i >= c->width)
            continue;
        struct canvas_cell *cell = c->cells + (ptrdiff_t)y * c->stride + x + i;
        set_cell(cell, role, bits, whole ? ch : L' ');
    }
    if (wide) { /* only now: set_cell takes the grid to be in order */
        struct canvas_cell *second = c->cells + (ptrdiff_t)y * c->stride + x + 1;
        second[-1].ch = ch;
        second->ch = 0;
    }
}

void canvas_put(struct canvas *c, int x, int y, enum role role, int bits, wchar_t ch)
{
    int columns = character_columns(ch);
    if (columns < 0)
        put_columns(c, x, y, role, bits, L'?', 1);
    else
        put_columns(c, x, y, role, bits, ch, columns);
}

void canvas_mark(struct canvas *c, int x, int y, wchar_t mark)
{
    if (x < 0 || x >= c->width || y < 0 || y >= c->height || c->glyphs->ascii ||
        character_joins(mark) || character_columns(mark) != 0)
        return;
    struct canvas_cell *cell = c->cells + (ptrdiff_t)y * c->stride + x;
    if (cell->ch == 0 && x == 0)
        return; /* its first half lies outside */
    cell -= cell->ch == 0;
    for (size_t i = 0; i < CELL_MARKS; i++) {
        if (cell->marks[i])
            continue;
        cell->marks[i] = mark;
        return;
    }
}

int canvas_text(struct canvas *c, int x, int y, enum role role, int bits, const char *text)
{
    long at = x;
    while (*text) {
        wchar_t ch = character_next(&text);
        int columns = character_columns(ch);
        if (columns < 0) {
            columns = 1;
            ch = L'?';
        }
        if (columns > 0 && at + columns > c->width)
            break;
        if (columns > 0)
            put_columns(c, at, y, role, bits, ch, columns);
        else if (at > 0)
            canvas_mark(c, (int)at - 1, y, ch);
        at += columns;
    }
    return (int)(at - x);
}

int canvas_printf(struct canvas *c, int x, int y, enum role role, int bits, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= (int)sizeof text) { /* do not leave half a character at the end */
        char *end = text + sizeof text - 1;
        while (end > text && (end[-1] & 0xc0) == 0x80)
            end--;
        if (end > text && (end[-1] & 0x80))
            end[-1] = '\0';
    }
    return n < 0 ? 0 : canvas_text(c, x, y, role, bits, text);
}

int canvas_text_right(struct canvas *c, int x, int y, enum role role, int bits, const char *text)
{
    return canvas_text(c, x - canvas_columns(text) + 1, y, role, bits, text);
}

void canvas_fill(struct canvas *c, int x, int y, int width, int height, enum role role, wchar_t ch)
{
    struct canvas area = canvas_view(c, x, y, width, height);
    int columns = character_columns(ch);
    if (columns == 0)
        return;
    for (int row = 0; row < area.height; row++)
        for (int column = 0; column < area.width; column += columns == 2 ? 2 : 1)
            put_columns(&area, column, row, role, 0, columns < 0 ? L'?' : ch, columns == 2 ? 2 : 1);
}

/* Title and note on the top edge: "- title ---- note -" between the corners. */
static void frame_words(struct canvas *edge, const char *title, const char *note, bool focused)
{
    int title_columns = title ? canvas_columns(title) : 0;
    int note_columns = note ? canvas_columns(note) : 0;
    int used = 0;
    if (focused)
        canvas_put(edge, 0, 0, ROLE_FOCUS, 0, edge->glyphs->arrow);
    if (title_columns > 0 && edge->width >= 4) {
        struct canvas label = canvas_view(edge, 1, 0, title_columns + 2, 1);
        enum role role = focused ? ROLE_FOCUS : ROLE_TITLE;
        canvas_fill(&label, 0, 0, label.width, 1, role, L' ');
        canvas_text(&label, 1, 0, role, 0, title);
        if (title_columns + 1 > label.width)
            canvas_put(&label, label.width - 1, 0, role, 0, label.glyphs->ellipsis);
        used = 1 + label.width;
    }
    if (note_columns > 0 && used + 1 + note_columns + 2 <= edge->width) {
        int x = edge->width - note_columns - 2;
        canvas_fill(edge, x, 0, note_columns + 2, 1, ROLE_TEXT, L' ');
        canvas_text(edge, x + 1, 0, ROLE_TEXT, 0, note);
    }
}

struct canvas canvas_frame(struct canvas *c, const char *title, const char *note, bool focused)
{
    const struct glyphs *g = c->glyphs;
    int right = c->width - 1, bottom = c->height - 1;
    canvas_fill(c, 0, 0, 1, c->height, ROLE_BORDER, g->vertical);
    canvas_fill(c, right, 0, 1, c->height, ROLE_BORDER, g->vertical);
    canvas_fill(c, 0, bottom, c->width, 1, ROLE_BORDER, g->horizontal);
    canvas_put(c, 0, bottom, ROLE_BORDER, 0, g->corner[2]);
    canvas_put(c, right, bottom, ROLE_BORDER, 0, g->corner[3]);
    canvas_fill(c, 0, 0, c->width, 1, ROLE_BORDER, g->horizontal);
    canvas_put(c, 0, 0, ROLE_BORDER, 0, g->corner[0]);
    canvas_put(c, right, 0, ROLE_BORDER, 0, g->corner[1]);
    struct canvas edge = canvas_view(c, 1, 0, c->width - 2, 1);
    frame_words(&edge, title, note, focused);
    return canvas_view(c, 1, 1, c->width - 2, c->height - 2);
}

int canvas_columns(const char *text)
{
    int sum = 0;
    while (*text) {
        int columns = character_columns(character_next(&text));
        sum += columns < 0 ? 1 : columns;
    }
    return sum;
}

size_t canvas_cell_bytes(const struct canvas_cell *cell, char out[CANVAS_CELL_BYTES])
{
    size_t n = character_encode(cell->ch, out);
    for (size_t i = 0; i < CELL_MARKS && cell->marks[i]; i++)
        n += character_encode(cell->marks[i], out + n);
    return n;
}

char *canvas_dump(const struct canvas *c)
{
    size_t bytes = (size_t)c->height * ((size_t)c->width * CANVAS_CELL_BYTES + 1) + 1;
    char *dump = mmoe_alloc(bytes, 1), *end = dump;
    for (int y = 0; y < c->height; y++) {
        const struct canvas_cell *row = c->cells + (ptrdiff_t)y * c->stride;
        int width = c->width;
        while (width > 0 && row[width - 1].ch == L' ' && !row[width - 1].marks[0])
            width--;
        for (int x = 0; x < width; x++)
            if (row[x].ch != 0)
                end += canvas_cell_bytes(&row[x], end);
        *end++ = '\n';
    }
    *end = '\0';
    return dump;
}
