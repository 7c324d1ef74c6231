/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print.h - how each kind of figure goes on paper, for print.c, which places them.
 *
 * A figure has an area for its data; titles and statistics stand in the head above
 * it, names and ticks in the margin left of it and in the foot below. All lengths
 * are points. Nothing is ever drawn over data.
 *
 * Ownership: none. Threads: those of the paper.
 */
#ifndef MMOE_UI_PRINT_H
#define MMOE_UI_PRINT_H

#include "ui/figure/paper.h"
#include "ui/figure/range.h"

struct box {
    double x, y, width, height;
};

struct printer {
    double (*margin)(struct paper *p, const struct figure *f);
    double (*head)(const struct figure *f);
    double (*foot)(const struct figure *f);
    double (*height)(const struct figure *f, double width); /* of an area of that width */
    void (*print)(struct paper *p, const struct figure *f, struct box area);
    double (*most)(const struct figure *f); /* the width of an area it can make use of; NULL: any */
    bool wide;                              /* wants the whole width of a page, also alone */
};
extern const struct printer print_plot, print_overlay, print_rows, print_heat, print_text;

extern const struct face face_title, face_head, face_text, face_tick, face_note;
enum { PRINT_LINE = 11, PRINT_TICK = 3, PRINT_GAP = 18 };

/* --- what the kinds share --- */

/* The title above the area's head, and a note at its right end (NULL: none). */
void print_head(struct paper *p, struct box area, double head, const char *title, const char *note);

/* An axis: data to points. */
struct print_axis {
    double low, high; /* at `from` and `to`; in the data's units */
    bool log_scale;
    double from, to;
    size_t count; /* of ticks */
    double ticks[16];
    struct figure_labels labels;
};
/* most: ticks there is room for. */
struct print_axis print_axis_make(double low, double high, bool log_scale, double from, double to,
                                  double most);
double print_place(const struct print_axis *a, double v);
/* The width of the widest label. */
double print_axis_width(struct paper *p, const struct print_axis *a);
/* Below the area, or left of it; labels left out where without says so. grid: light lines across
 * the area. */
void print_x_axis(struct paper *p, const struct print_axis *a, struct box area, const char *label,
                  bool bare);
void print_y_axis(struct paper *p, const struct print_axis *a, struct box area, const char *label,
                  double margin, bool bare);
void print_grid(struct paper *p, const struct print_axis *a, struct box area, bool across);

/* "0.118": three significant digits or more, for statistics. */
char *print_number(double v, char *buf, size_t size);

/* How often values of a histogram fall into each of `count` bins of b; returns the most. */
enum { PRINT_BINS_MAX = 40 };
size_t print_bin_count(const struct figure_bins *b);
size_t print_bins(const struct figure_histogram *h, const struct figure_bins *b, size_t count,
                  size_t *bins);

#endif
