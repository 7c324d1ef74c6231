/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - descriptions of plots, and their drawing in terminal cells.
 *
 * A figure says what is shown (series, axes, cells, bins), not how: the same
 * description can be drawn by another back end. Series are told apart by mark
 * and label, not by colour alone. Points are decimated by minimum and maximum
 * per column, so that no spike is hidden; values that are not finite are
 * skipped and counted in a note. Any size is safe, also 0x0.
 *
 * Ownership: a figure borrows all its arrays and names. Threads: pure functions.
 */
#ifndef MMOE_UI_FIGURE_H
#define MMOE_UI_FIGURE_H

#include <mmoe/stats.h>

#include "ui/term/canvas.h"

/* n points; `point` gives the i-th of whatever `data` is. A name of one letter stands at the curve's end. */
struct figure_series {
    const char *name;
    enum role role;
    size_t n;
    const void *data;
    size_t part; /* which of data's values, for `point` */
    void (*point)(const struct figure_series *s, size_t i, double *x, double *y);
};

/* Curves over a shared axis. Ticks are round numbers (powers of ten and their 2, 5 on a log axis). */
struct figure_plot {
    const char *x_label, *y_label;
    bool log_y;           /* values <= 0 are skipped */
    double x_min, x_max;  /* equal: from the data */
    size_t count;         /* at most 6 */
    const struct figure_series *series;
};
void figure_plot_draw(const struct figure_plot *plot, struct canvas *c);

/* One row of bar characters, the newest value at the right end; log scale between the row's own extremes. */
struct figure_spark {
    const float *values;
    size_t n;
    bool log_y;
    enum role role;
};
void figure_spark_draw(const struct figure_spark *spark, struct canvas *c);

/* A matrix as shaded cells with the numbers in them. */
struct figure_heat {
    size_t rows, columns;
    const float *values;  /* values[i * stride + j], low..high */
    size_t stride;
    float low, high;
    const char *const *row_names;    /* rows */
    const char *const *column_names; /* columns; NULL: e1, e2, ... */
};
void figure_heat_draw(const struct figure_heat *heat, struct canvas *c);

/* Histograms over one shared axis, one row of bars each, with n, median [IQR] and diverged beside it. */
struct figure_histogram {
    const char *name;
    const double *sorted; /* finite values, ascending */
    size_t n;
    struct mmoe_summary summary;
    size_t wanted;        /* runs asked for; more than n + diverged: still growing */
};
struct figure_histograms {
    const char *x_label;
    size_t count;
    const struct figure_histogram *rows;
};
void figure_histograms_draw(const struct figure_histograms *h, struct canvas *c);

/* Round tick positions covering [low, high], at most room of them; returns how many. */
size_t figure_ticks(double low, double high, bool log_scale, size_t most, double *out);
/* A tick's label, short: "0.01", "1e-4", "2k". */
char *figure_tick_label(double v, char *buf, size_t size);

#endif
