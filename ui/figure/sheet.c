/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c - what a page borrows, in pieces that hang on a chain. */
#include "ui/figure/sheet.h"

#include <stdarg.h>
#include <stdio.h>

#include <mmoe/mem.h>

struct figure_sheet_piece {
    struct figure_sheet_piece *next;
    void *block;
    struct canvas canvas; /* of a piece that is one */
};

static struct figure_sheet_piece *hang(struct figure_sheet *s)
{
    struct figure_sheet_piece *piece = mmoe_alloc(1, sizeof *piece);
    piece->next = s->pieces;
    s->pieces = piece;
    return piece;
}

void *figure_sheet_take(struct figure_sheet *s, size_t n, size_t size)
{
    return hang(s)->block = mmoe_alloc(n, size);
}

const char *figure_sheet_print(struct figure_sheet *s, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(NULL, 0, format, list);
    va_end(list);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *text = figure_sheet_take(s, size, 1);
    va_start(list, format);
    vsnprintf(text, size, format, list);
    va_end(list);
    return text;
}

struct figure *figure_sheet_figures(struct figure_sheet *s, size_t count)
{
    struct figure *figures = figure_sheet_take(s, count, sizeof *figures);
    s->page.count = count;
    s->page.figures = figures;
    return figures;
}

struct canvas *figure_sheet_canvas(struct figure_sheet *s, int width, int height,
                                   const struct glyphs *glyphs)
{
    struct canvas *c = &hang(s)->canvas;
    canvas_init(c, width, height, glyphs);
    return c;
}

void figure_sheet_done(struct figure_sheet *s)
{
    while (s->pieces) {
        struct figure_sheet_piece *piece = s->pieces;
        s->pieces = piece->next;
        mmoe_free(piece->block);
        if (piece->canvas.cells)
            canvas_done(&piece->canvas);
        mmoe_free(piece);
    }
    *s = (struct figure_sheet){0};
}
