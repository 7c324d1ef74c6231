/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curves.h - the curves of a plot in character cells, for plot.c, which adds axes and names.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_CURVES_H
#define MMOE_UI_CURVES_H

#include "ui/figure/figure.h"

enum { FIGURE_SERIES_MAX = 12, FIGURE_COLUMNS_MAX = 1024 };

/* The scale of a plot: data to cells (or dots) of its area. */
struct figure_scale {
    double x_min, x_max;
    double left, right, y_min, y_max; /* left, right: x_min, x_max; log10 where the axis is */
    bool log_x, log_y;
    int width, height; /* of the area, in cells or dots */
    size_t skipped;    /* points that no such axis has */
};
/* The column of x, and the row of y from above; what lies outside is a row or two outside. */
double figure_scale_x(const struct figure_scale *s, double x);
double figure_scale_y(const struct figure_scale *s, double y);

/* Where a curve ends, in cells; x < 0: it has no point. */
struct figure_end {
    int x;
    double y;
};
/* Draw the first FIGURE_SERIES_MAX series; ends gets where each ends. */
void figure_curves_draw(const struct figure_plot *p, const struct figure_scale *s,
                        struct canvas *area, struct figure_end *ends);

#endif
