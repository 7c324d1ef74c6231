/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cell grid.
 *
 * One invariant carries the file: a cell holds ch = 0 exactly when the cell to
 * its left, in the same row, holds a double-width character. Hence no row
 * begins with 0, and whoever overwrites one half of a wide character may blank
 * the other half even where that lies just outside a view.
 *
 * Text is decoded here, not by the C library, so that a grid is the same in
 * every locale. Widths are wcwidth's, which agree with the line editor; where
 * the locale does not know a character (the C locale knows ASCII only) a short
 * table of ranges after Unicode's EastAsianWidth and general categories
 * (UAX #11, UAX #44) answers instead. Folding to ASCII keeps widths, so that
 * columns counted without a canvas are right on every canvas.
 */
#include "ui/term/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

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

/* Ascending ranges the locale may not know; what is in none of them is not shown. */
static const struct {
    wchar_t first, last;
    int width;
} ranges[] = {
    {0x00a0, 0x02ff, 1}, {0x0300, 0x036f, 0},   {0x0370, 0x0482, 1},   {0x0483, 0x0489, 0},
    {0x048a, 0x052f, 1}, {0x1100, 0x115f, 2},   {0x1e00, 0x1fff, 1},   {0x200b, 0x200f, 0},
    {0x2010, 0x2027, 1}, {0x202a, 0x202e, 0},   {0x2030, 0x205e, 1},   {0x2060, 0x2064, 0},
    {0x2070, 0x20cf, 1}, {0x2100, 0x22ff, 1},   {0x2500, 0x25fc, 1},   {0x2800, 0x28ff, 1},
    {0x2e80, 0x303e, 2}, {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},
    {0xfe00, 0xfe0f, 0}, {0xfe30, 0xfe6f, 2},   {0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2},
    {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
};

static bool is_control(wchar_t ch)
{
    return ch < 0x20 || (ch >= 0x7f && ch < 0xa0);
}

/* Columns of ch: 0, 1 or 2; -1 where it is not to be shown as itself. */
static int columns_of(wchar_t ch)
{
    if (is_control(ch))
        return -1;
    if (ch < 0x7f)
        return 1;
    int width = wcwidth(ch);
    for (size_t i = 0; width < 0 && i < sizeof ranges / sizeof ranges[0]; i++)
        if (ch >= ranges[i].first && ch <= ranges[i].last)
            width = ranges[i].width;
    return width > 2 ? -1 : width;
}

/* The nearest ASCII character of a one-column character. */
static wchar_t fold(wchar_t ch)
{
    static const struct {
        wchar_t first, last;
        char to;
    } table[] = {
        {0x00a0, 0x00a0, ' '}, {0x00ab, 0x00ab, '<'}, {0x00b1, 0x00b1, '~'}, {0x00b7, 0x00b7, '.'},
        {0x00bb, 0x00bb, '>'}, {0x00d7, 0x00d7, 'x'}, {0x2010, 0x2015, '-'}, {0x2018, 0x201b, '\''},
        {0x201c, 0x201f, '"'}, {0x2022, 0x2022, '*'}, {0x2026, 0x2026, '.'}, {0x2190, 0x2190, '<'},
        {0x2191, 0x2191, '^'}, {0x2192, 0x2192, '>'}, {0x2193, 0x2193, 'v'}, {0x21d2, 0x21d2, '>'},
        {0x2212, 0x2212, '-'}, {0x2248, 0x2248, '~'}, {0x2264, 0x2264, '<'}, {0x2265, 0x2265, '>'},
        {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'}, {0x250c, 0x254b, '+'}, {0x2580, 0x2590, '#'},
        {0x2591, 0x2593, ':'}, {0x25a0, 0x25ff, 'o'}, {0x2801, 0x28ff, '.'},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (ch >= table[i].first && ch <= table[i].last)
            return table[i].to;
    return L'?';
}

/* The next character of *text, which is moved on; a byte that begins no valid sequence gives '?'.
 */
static wchar_t decode(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
    int more = s[0] < 0x80                   ? 0
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 3
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 2
               : s[0] >= 0xc2 && s[0] < 0xe0 ? 1
                                             : -1;
    unsigned long value = more <= 0 ? s[0] : s[0] & (0x3fu >> more);
    bool valid = more >= 0;
    for (int i = 1; valid && i <= more; i++) {
        valid = (s[i] & 0xc0) == 0x80;
        value = value << 6 | (s[i] & 0x3fu);
    }
    if (!valid || value < least[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        *text += 1;
        return L'?';
    }
    *text += more + 1;
    return (wchar_t)value;
}

static size_t encode(wchar_t ch, char *out)
{
    unsigned long v = (unsigned long)ch;
    size_t more = v < 0x80 ? 0 : v < 0x800 ? 1 : v < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--, v >>= 6)
        out[i] = (char)(0x80 | (v & 0x3f));
    out[0] = (char)(lead[more] | v);
    return more + 1;
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

/* Write one cell and blank what is left of a wide character it cuts in two. */
static void set_cell(struct canvas_cell *cell, enum role role, int bits, wchar_t ch)
{
    if (cell->ch == 0)
        cell[-1].ch = L' ';
    else if (cell->ch >= 0x1100 && columns_of(cell->ch) == 2)
        cell[1].ch = L' ';
    *cell = (struct canvas_cell){ch, (unsigned char)role, (unsigned char)bits};
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
        ch = columns == 1 ? fold(ch) : L'?';
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
    int columns = columns_of(ch);
    if (columns < 0)
        put_columns(c, x, y, role, bits, L'?', 1);
    else
        put_columns(c, x, y, role, bits, ch, columns);
}

int canvas_text(struct canvas *c, int x, int y, enum role role, int bits, const char *text)
{
    long at = x;
    while (*text && at < c->width) {
        wchar_t ch = decode(&text);
        int columns = columns_of(ch);
        if (columns < 0) {
            columns = 1;
            ch = L'?';
        }
        if (at + columns > c->width)
            break;
        put_columns(c, at, y, role, bits, ch, columns);
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
    int columns = columns_of(ch);
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
        int columns = columns_of(decode(&text));
        sum += columns < 0 ? 1 : columns;
    }
    return sum;
}

char *canvas_dump(const struct canvas *c)
{
    char *dump = mmoe_alloc((size_t)c->height * ((size_t)c->width * 4 + 1) + 1, 1), *end = dump;
    for (int y = 0; y < c->height; y++) {
        const struct canvas_cell *row = c->cells + (ptrdiff_t)y * c->stride;
        int width = c->width;
        while (width > 0 && row[width - 1].ch == L' ')
            width--;
        for (int x = 0; x < width; x++)
            if (row[x].ch != 0)
                end += encode(row[x].ch, end);
        *end++ = '\n';
    }
    *end = '\0';
    return dump;
}
