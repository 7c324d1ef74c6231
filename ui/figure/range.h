/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * range.h - how far axes go: of one figure, or the same for all figures of a page.
 *
 * Ownership: none. Threads: pure functions.
 *
 *   struct figure_shared all = figure_shared_of(page);
 *   struct figure f = figure_in_page(page, &all, i);
 */
#ifndef MMOE_UI_RANGE_H
#define MMOE_UI_RANGE_H

#include "ui/figure/figure.h"

/* In the data's own units. */
struct figure_range {
    double x_min, x_max, y_min, y_max; /* x_min > x_max: no point can be drawn */
    size_t skipped;                    /* points that no such axis has */
};
/* Of the points and spreads that can be drawn; what the plot fixes stays as it is. */
struct figure_range figure_plot_range(const struct figure_plot *p);

/* By how much a linear range is widened at both ends, so that values that are all equal have a
 * place on it; 0: it is wide enough. */
double figure_widening(double low, double high);

struct figure_bins {
    double low, high; /* low > high: no values */
    bool log_scale;
    size_t most; /* values in the fullest row */
};
struct figure_bins figure_histograms_range(const struct figure_histograms *h);
/* The most that one bar stands for where h is drawn in so many columns; 0: there is no room. */
size_t figure_histograms_top(const struct figure_histograms *h, int width);
/* Where v lies between low (0) and high (1). */
double figure_bins_place(const struct figure_bins *b, double v);

/* What the figures of a page have in common. */
struct figure_shared {
    struct figure_range range;
    struct figure_bins bins;
    bool plots, histograms; /* all figures are such, and share their axes */
};
struct figure_shared figure_shared_of(const struct figure_page *page);
/* Figure i with the ranges it shares; what it leaves out is for whoever places it. */
struct figure figure_in_page(const struct figure_page *page, const struct figure_shared *shared,
                             size_t i);

/*
 * The legend: what the figures of a page call their series and histograms, each
 * look once, in order. i counts from 0; false after the last.
 */
struct figure_entry {
    const char *label;
    size_t look, style;
    bool context, markers, unjoined, filled; /* filled: a histogram, or a curve with a band */
};
bool figure_legend(const struct figure_page *page, size_t i, struct figure_entry *entry);

#endif
