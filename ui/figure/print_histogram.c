/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print_histogram.c - histograms on paper: outlines over each other, or a row each.
 *
 * Statistics stand above the area or beside the rows, never over the bars; a mark
 * above the outlines is at each median. All rows of a figure have the same bins:
 * 1.6 sqrt(n) of them for the row with the most values.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/print.h"

enum { ROW_HEIGHT = 19, STATS_LINE = 9, NAME_WIDTH_MAX = 150, TOP = 9 };

/* --- bins --- */

size_t print_bin_count(const struct figure_bins *b)
{
    double n = round(1.6 * sqrt((double)b->most));
    return (size_t)fmin(fmax(n, 6), PRINT_BINS_MAX);
}

size_t print_bins(const struct figure_histogram *h, const struct figure_bins *b, size_t count,
                  size_t *bins)
{
    size_t most = 0;
    memset(bins, 0, count * sizeof *bins);
    for (size_t i = 0; i < h->n; i++) {
        size_t at = (size_t)(figure_bins_place(b, h->sorted[i]) * (double)count);
        at = at < count ? at : count - 1;
        bins[at]++;
        most = bins[at] > most ? bins[at] : most;
    }
    return most;
}

/* Bins of no width are widened, so that values that are all equal have a bar in the middle. */
static struct figure_bins find_bins(const struct figure_histograms *h)
{
    struct figure_bins b = figure_histograms_range(h);
    if (b.low > b.high)
        return (struct figure_bins){0, 1, false, 0};
    if (!(b.high - b.low > 1e-12 * fabs(b.high))) {
        double by = b.high != 0 ? 0.1 * fabs(b.high) : 0.1;
        b.low -= by;
        b.high += by;
    }
    return b;
}

/* The outline of bars that stand on y, `unit` a value high; the base line is left out where there
 * are none. */
static void outline(struct paper *p, const size_t *bins, size_t count, struct box area, double unit)
{
    double step = area.width / (double)count, y = area.y + area.height;
    for (size_t i = 0; i < count; i++) {
        double x = area.x + step * (double)i, top = y - unit * (double)bins[i];
        if (bins[i] == 0)
            continue;
        if (i == 0 || bins[i - 1] == 0)
            paper_move(p, x, y);
        paper_line(p, x, top);
        paper_line(p, x + step, top);
        if (i + 1 == count || bins[i + 1] == 0)
            paper_line(p, x + step, y);
    }
}

static void print_bars(struct paper *p, const struct figure_histogram *h, const size_t *bins,
                       size_t count, struct box area, double unit, size_t dash)
{
    struct ink ink = ink_of_look(h->look);
    outline(p, bins, count, area, unit);
    paper_fill(p, ink_faint(ink, 0.2));
    outline(p, bins, count, area, unit);
    paper_stroke(p, ink, 1, dash);
}

/* --- statistics, in columns --- */

enum { STATS = 5, STATS_GAP = 7 }; /* name, n, median [IQR], diverged, aside */

static void stats(const struct figure_histogram *h, size_t column, char *buf, size_t size)
{
    char median[24], low[24], high[24];
    size_t done = h->summary.n + h->summary.diverged;
    buf[0] = '\0';
    if (column == 0)
        snprintf(buf, size, "%s", h->name);
    else if (column == 1 && done < h->wanted)
        snprintf(buf, size, "n %zu of %zu", done, h->wanted);
    else if (column == 1)
        snprintf(buf, size, "n %zu", done);
    else if (column == 2 && h->n)
        snprintf(buf, size, "%s [%s, %s]", print_number(h->summary.median, median, sizeof median),
                 print_number(h->summary.q25, low, sizeof low),
                 print_number(h->summary.q75, high, sizeof high));
    else if (column == 3 && h->summary.diverged)
        snprintf(buf, size, "%zu diverged", h->summary.diverged);
    else if (column == 4 && h->aside)
        snprintf(buf, size, "%s", h->aside);
}

/* Where columns begin, from the first that is told; the last entry is the end of all. */
static void stats_columns(struct paper *p, const struct figure_histograms *h, size_t first,
                          double at[STATS + 1])
{
    char text[200];
    at[first] = 0;
    for (size_t k = first; k < STATS; k++) {
        double most = 0;
        for (size_t i = 0; i < h->count; i++) {
            stats(&h->rows[i], k, text, sizeof text);
            most = fmax(most, paper_width(p, face_note, text));
        }
        at[k + 1] = at[k] + most + (most > 0 ? STATS_GAP : 0);
    }
}

static void print_stats(struct paper *p, const struct figure_histogram *h, size_t first,
                        const double at[STATS + 1], double x, double y)
{
    char text[200];
    for (size_t k = first; k < STATS; k++) {
        stats(h, k, text, sizeof text);
        paper_text(p, x + at[k], y, HOLD_LEFT, face_note, ink_text, text);
    }
}

/* --- over each other --- */

static void print_key(struct paper *p, const struct figure_histograms *h, struct box area)
{
    double at[STATS + 1], y = area.y - 3 - STATS_LINE * (double)h->count + STATS_LINE - 2;
    size_t first = h->without & FIGURE_NO_NAMES ? 1 : 0;
    stats_columns(p, h, first, at);
    for (size_t i = 0; i < h->count; i++, y += STATS_LINE) {
        paper_mark(p, area.x + 3, y - 2.4, 4, h->rows[i].style, ink_of_look(h->rows[i].look));
        print_stats(p, &h->rows[i], first, at, area.x + 9, y);
    }
}

static size_t top_of(const struct figure_histograms *h, const struct figure_bins *b, size_t count)
{
    size_t bins[PRINT_BINS_MAX], top = h->top;
    for (size_t i = 0; i < h->count && h->top == 0; i++) {
        size_t most = print_bins(&h->rows[i], b, count, bins);
        top = most > top ? most : top;
    }
    return top ? top : 1;
}

static struct print_axis counts(const struct figure_histograms *h, struct box area)
{
    struct figure_bins b = find_bins(h);
    size_t top = top_of(h, &b, print_bin_count(&b));
    double bars = area.height - TOP, high = (double)top * area.height / bars;
    return print_axis_make(0, high, false, area.y + area.height, area.y,
                           fmin(area.height / 22 + 1, (double)top + 1));
}

static void print_medians(struct paper *p, const struct figure_histograms *h,
                          const struct print_axis *x, struct box area)
{
    for (size_t i = h->count; i-- > 0;) {
        double median = h->rows[i].summary.median;
        struct ink ink = ink_of_look(h->rows[i].look);
        if (h->rows[i].n == 0 || !(median >= x->low && median <= x->high))
            continue;
        double at = print_place(x, median);
        paper_move(p, at, area.y + 5);
        paper_line(p, at, area.y + area.height);
        paper_stroke(p, ink_faint(ink, 0.9), 0.7, 2);
        paper_mark(p, at, area.y + 3, 4, h->rows[i].style, ink);
    }
}

static void print_over(struct paper *p, const struct figure *f, struct box area)
{
    const struct figure_histograms *h = &f->histograms;
    struct figure_bins b = find_bins(h);
    size_t bins[PRINT_BINS_MAX], count = print_bin_count(&b);
    struct print_axis x = print_axis_make(b.low, b.high, b.log_scale, area.x, area.x + area.width,
                                          area.width / 30 + 1);
    struct print_axis y = counts(h, area);
    print_head(p, area, print_overlay.head(f), h->title, NULL);
    print_key(p, h, area);
    print_grid(p, &y, area, true);
    for (size_t i = h->count; i-- > 0;) {
        print_bins(&h->rows[i], &b, count, bins);
        print_bars(p, &h->rows[i], bins, count, area, area.height / y.high, h->rows[i].style);
    }
    print_medians(p, h, &x, area);
    print_x_axis(p, &x, area, h->x_label, h->without & FIGURE_NO_X);
    print_y_axis(p, &y, area, h->y_label ? h->y_label : "count", print_overlay.margin(p, f),
                 h->without & FIGURE_NO_Y);
}

static double over_margin(struct paper *p, const struct figure *f)
{
    if (f->histograms.without & FIGURE_NO_Y)
        return PRINT_TICK;
    struct print_axis y = counts(&f->histograms, (struct box){0, 0, 140, 110});
    return print_axis_width(p, &y) + PRINT_TICK + 3 + PRINT_LINE;
}

static double over_head(const struct figure *f)
{
    return (f->histograms.title ? PRINT_LINE + 1 : 0) + STATS_LINE * (double)f->histograms.count +
           3;
}

static double foot(const struct figure *f)
{
    return f->histograms.without & FIGURE_NO_X
               ? PRINT_TICK
               : PRINT_TICK + PRINT_LINE * (f->histograms.x_label ? 2 : 1);
}

static double over_height(const struct figure *f, double width)
{
    (void)f;
    return fmin(fmax(0.62 * width, 95), 170);
}

const struct printer print_overlay = {.margin = over_margin,
                                      .head = over_head,
                                      .foot = foot,
                                      .height = over_height,
                                      .print = print_over};

/* --- a row each --- */

static void print_row(struct paper *p, const struct figure_histogram *h,
                      const struct figure_bins *b, size_t top, const struct print_axis *x,
                      struct box row, double margin)
{
    size_t bins[PRINT_BINS_MAX], count = print_bin_count(b);
    double y = row.y + row.height - 2, median = h->summary.median;
    struct box bars = {row.x, row.y, row.width, row.height - 2};
    print_bins(h, b, count, bins);
    print_bars(p, h, bins, count, bars, (row.height - 5) / (double)top, 0);
    if (h->n && median >= x->low && median <= x->high) {
        paper_move(p, print_place(x, median), y);
        paper_line(p, print_place(x, median), row.y + 2);
        paper_stroke(p, ink_text, 1, 0);
    }
    paper_clip(p, row.x - margin, row.y, margin - 4, row.height);
    paper_text(p, row.x - margin, y - 4, HOLD_LEFT, face_text, ink_text, h->name);
    paper_unclip(p);
}

static double rows_margin(struct paper *p, const struct figure *f)
{
    double most = 0;
    for (size_t i = 0; i < f->histograms.count; i++)
        most = fmax(most, paper_width(p, face_text, f->histograms.rows[i].name));
    return fmin(most, NAME_WIDTH_MAX) + 6;
}

static double rows_head(const struct figure *f)
{
    (void)f; /* a line for the scale, also without a title */
    return PRINT_LINE + 3;
}

static double rows_height(const struct figure *f, double width)
{
    (void)width;
    return ROW_HEIGHT * (double)(f->histograms.count ? f->histograms.count : 1);
}

static void print_each(struct paper *p, const struct figure *f, struct box area)
{
    const struct figure_histograms *h = &f->histograms;
    struct figure_bins b = find_bins(h);
    double margin = rows_margin(p, f), at[STATS + 1];
    char scale[64];
    size_t top = top_of(h, &b, print_bin_count(&b));
    snprintf(scale, sizeof scale, "a full bar: %zu %s", top, h->y_label ? h->y_label : "of them");
    stats_columns(p, h, 1, at);
    area.width = fmax(area.width - at[STATS], 40);
    print_head(p, area, rows_head(f), h->title, scale);
    struct print_axis x = print_axis_make(b.low, b.high, b.log_scale, area.x, area.x + area.width,
                                          area.width / 36 + 1);
    print_grid(p, &x, area, false);
    for (size_t i = 0; i < h->count; i++) {
        struct box row = {area.x, area.y + ROW_HEIGHT * (double)i, area.width, ROW_HEIGHT};
        print_row(p, &h->rows[i], &b, top, &x, row, margin);
        print_stats(p, &h->rows[i], 1, at, row.x + row.width + STATS_GAP, row.y + ROW_HEIGHT - 6);
    }
    print_x_axis(p, &x, area, h->x_label, h->without & FIGURE_NO_X);
}

const struct printer print_rows = {.margin = rows_margin,
                                   .head = rows_head,
                                   .foot = foot,
                                   .height = rows_height,
                                   .print = print_each,
                                   .wide = true};
