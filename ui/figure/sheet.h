/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet.h - a page together with all that it borrows.
 *
 * Who describes itself as a page fills a sheet: figures, series, names and
 * numbers are taken from it and live as long as it does. What is taken never
 * moves.
 *
 * Ownership: the sheet owns what is taken from it. Threads: belongs to one.
 *
 *   struct figure_sheet sheet = {0};
 *   struct figure *f = figure_sheet_figures(&sheet, 3);
 *   f[0] = (struct figure){.kind = FIGURE_PLOT};
 *   f[0].plot.title = figure_sheet_print(&sheet, "p = %g", p);
 *   figure_page_write(&sheet.page, path, &err);  figure_sheet_done(&sheet);
 */
#ifndef MMOE_UI_SHEET_H
#define MMOE_UI_SHEET_H

#include "ui/figure/figure.h"

struct figure_sheet {
    struct figure_page page;
    struct figure_sheet_piece *pieces; /* the sheet's own */
};

/* n * size zeroed bytes. */
void *figure_sheet_take(struct figure_sheet *s, size_t n, size_t size);
/* Text that lives as long as the sheet. */
const char *figure_sheet_print(struct figure_sheet *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The page's figures: count of them, all zero, to be filled. */
struct figure *figure_sheet_figures(struct figure_sheet *s, size_t count);
/* A canvas of that size, cleared. */
struct canvas *figure_sheet_canvas(struct figure_sheet *s, int width, int height,
                                   const struct glyphs *glyphs);
void figure_sheet_done(struct figure_sheet *s); /* back to {0} */

#endif
