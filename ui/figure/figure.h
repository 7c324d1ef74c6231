/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - descriptions of figures, drawn in terminal cells or on paper.
 *
 * A figure says what is shown (series, axes, cells, bins), not how. The same
 * description is drawn on a canvas by figure_..._draw, and as SVG, PDF or PNG
 * by figure_page_write. Series are told apart by mark, dash and label, not by
 * colour alone; a look beyond the eighth has no colour rather than another's. Points are decimated
 * by minimum and maximum per column, so that no spike is hidden; values that are not finite are
 * skipped and counted in a note. Any size is safe, also 0x0.
 *
 * A page is a figure, or several side by side: small multiples whose axes agree
 * are compared at a glance. Fields that are 0 or NULL are left to the drawing.
 *
 * Ownership: a figure borrows all its arrays and names (sheet.h keeps them for
 *            those who make a page). Threads: pure functions.
 *
 *   const struct figure_series s[] = {{.name = "mmoe", .n = n, .data = d, .point = f}, ...};
 *   const struct figure_plot plot = {.title = "p = 0.5", .count = 2, .series = s};
 *   const struct figure one = {.kind = FIGURE_PLOT, .plot = plot};
 *   const struct figure_page page = {.title = "Loss", .count = 1, .figures = &one};
 *   figure_page_write(&page, "loss.pdf", &err);
 */
#ifndef MMOE_UI_FIGURE_H
#define MMOE_UI_FIGURE_H

#include <mmoe/stats.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

#include "ui/term/canvas.h"

enum { FIGURE_LOOKS = ROLE_SERIES_8 - ROLE_SERIES_1 + 1 };

/* The colour of a look in cells. */
static inline enum role figure_role(size_t look)
{
    return look < FIGURE_LOOKS ? (enum role)(ROLE_SERIES_1 + look) : ROLE_TEXT;
}

/*
 * n points; `point` gives the i-th of whatever `data` is, x ascending. In a
 * terminal the name stands at the curve's end: let it be short there.
 */
struct figure_series {
    const char *name;
    const char *label; /* what a legend calls it; NULL: its name */
    size_t look;       /* 0, 1, ...: its colour; a colour means one thing on a page */
    size_t style;      /* 0, 1, ...: its dash and mark */
    bool context;      /* stands back: grey, below the others */
    bool loud;         /* in a terminal its line is twice as wide */
    bool quiet;        /* its name is not bold */
    bool markers;      /* discrete points: a mark at each, their spread as whiskers */
    bool unjoined;     /* no line between them */
    size_t n;
    const void *data;
    size_t part; /* which of data's values, for `point` and `spread` */
    void (*point)(const struct figure_series *s, size_t i, double *x, double *y);
    /* What lies between low and high at point i: a band round the curve. NULL: nothing; NAN: not at
     * this point. */
    void (*spread)(const struct figure_series *s, size_t i, double *low, double *high);
};

/* What a page leaves out of a figure inside it, since a neighbour has it. */
enum { FIGURE_NO_NAMES = 1, FIGURE_NO_X = 2, FIGURE_NO_Y = 4 };

/* Curves over a shared axis. Ticks are round numbers (powers of ten and their 2, 5 on a log axis).
 */
struct figure_plot {
    const char *title;
    const char *x_label, *y_label; /* with the unit, where there is one */
    bool log_x, log_y;             /* values <= 0 are skipped */
    double x_min, x_max;           /* equal: from the data */
    double y_min, y_max;           /* equal: from the data, spreads included */
    unsigned without;              /* FIGURE_NO_... */
    size_t mark_count;             /* where on the x axis something happened */
    const double *marks;
    size_t count; /* a terminal draws the first 12 */
    const struct figure_series *series;
};
void figure_plot_draw(const struct figure_plot *plot, struct canvas *c);

/* One row of bar characters, the newest value at the right end. */
struct figure_spark {
    const float *values;
    size_t n;
    bool log_y;
    enum role role;
    double low, high; /* what the least and the highest bar stand for; equal: from the data */
};
/* The least and the greatest of the values that `width` columns show; false: there are none. */
bool figure_spark_range(const struct figure_spark *spark, int width, double *low, double *high);
void figure_spark_draw(const struct figure_spark *spark, struct canvas *c);

/* A matrix as shaded cells with the numbers in them. */
struct figure_heat {
    const char *title;             /* of the figure; the canvas shows it where a page does */
    const char *x_label, *y_label; /* what columns and rows are; on paper only */
    const char *value_label;       /* what the numbers are; on paper only */
    size_t rows, columns;
    const float *values; /* values[i * stride + j], low..high */
    size_t stride;
    float low, high;
    const char *const *row_names;    /* rows */
    const char *const *column_names; /* columns; NULL: e1, e2, ... */
};
void figure_heat_draw(const struct figure_heat *heat, struct canvas *c);
/* Have its cells room for their numbers on a canvas of that size? */
bool figure_heat_has_numbers(const struct figure_heat *heat, int width, int height);

/* Histograms over one shared axis: n, median [IQR] and diverged beside each. */
struct figure_histogram {
    const char *name;
    size_t look;
    const double *sorted; /* finite values, ascending */
    size_t n;
    struct mmoe_summary summary;
    size_t wanted; /* runs asked for that may have a value; more than n + diverged: still growing */
    size_t style;  /* the dash and mark of its outline, where it lies over others */
    const char *aside;  /* a few words behind its numbers, where there is room; NULL: none */
    const double *mark; /* a value that is pointed at in a terminal; NULL: none */
};
enum figure_axis {
    FIGURE_AXIS_AUTO,
    FIGURE_AXIS_LINEAR,
    FIGURE_AXIS_LOG
}; /* AUTO: log above a decade */
/* A row of bars each, on one scale, which is told. On paper, overlay: outlines over each other, as
 * far as there are looks to tell them apart. */
struct figure_histograms {
    const char *title;
    const char *x_label;
    const char *y_label; /* what is counted; NULL: "count" */
    enum figure_axis axis;
    double low,
        high; /* equal: from the data; what lies outside counts in the first and the last bin */
    bool overlay;
    size_t top;       /* how many a full bar stands for, in all rows; 0: from the data */
    unsigned without; /* FIGURE_NO_... */
    size_t count;
    const struct figure_histogram *rows;
};
void figure_histograms_draw(const struct figure_histograms *h, struct canvas *c);

/* Cells of a canvas as text of one width, with what their roles mean. */
struct figure_text {
    const char *title;
    const struct canvas *cells;
};
void figure_text_draw(const struct figure_text *text, struct canvas *c);

enum figure_kind { FIGURE_PLOT, FIGURE_HISTOGRAMS, FIGURE_HEAT, FIGURE_TEXT };
struct figure {
    enum figure_kind kind;
    union {
        struct figure_plot plot;
        struct figure_histograms histograms;
        struct figure_heat heat;
        struct figure_text text;
    };
};

/*
 * Figures under one title and one legend, `columns` of them side by side. With
 * shared axes, plots have one range and histograms one, and what a neighbour
 * to the left or below tells is not told again.
 */
struct figure_page {
    const char *title;
    const char *
        caption; /* how many of what: "200 seeds each; bands: 10 % to 90 %"; wrapped to the width */
    const char *command; /* makes it again; with `program` in the metadata of files */
    const char *program; /* "mmoe 0.1.0" */
    bool shared;         /* axes */
    bool wide;           /* one figure has the width of several, too */
    size_t columns;      /* 0: as many as fit, at most 3 */
    size_t count;
    const struct figure *figures;
};
/* Title, legend, figures, caption. Figures there is no room for are left out, with a note that says
 * so. */
void figure_page_draw(const struct figure_page *page, struct canvas *c);

/*
 * Write a page as its name's ending says: .svg, .pdf (vectors) or .png (300 dpi), 3.4 in wide for
 * one figure and 7 in for several. The same page gives the same bytes, on a machine with the same
 * fonts. An existing file is replaced whole or not at all.
 */
enum mmoe_status figure_page_write(const struct figure_page *page, const char *path,
                                   struct mmoe_error *err);
/* The page as an <svg> element for the middle of an HTML page, appended to out; names in it clash
 * with no other's. */
void figure_page_svg(const struct figure_page *page, struct mmoe_text *out);

/* Round tick positions on [low, high], at most `most` of them, and at least three where `most`
 * allows; returns how many. */
size_t figure_ticks(double low, double high, bool log_scale, size_t most, double *out);

/* How the labels of an axis agree. */
struct figure_labels {
    bool powers;  /* powers of ten */
    bool each;    /* as many decimals as each needs: 0.2, 1, 5 */
    int decimals; /* of all */
    int digits;   /* of what stands before a power of ten */
};
struct figure_labels figure_labels_of(const double *ticks, size_t n, bool log_scale);

enum { FIGURE_LABEL_SIZE = 40 };
/* "0.25", or "2.5" times ten to the power "-5"; "" times: the power alone. */
struct figure_label {
    bool negative;
    char base[FIGURE_LABEL_SIZE], power[8]; /* power "": none */
};
struct figure_label figure_label_of(const struct figure_labels *how, double v);
/* The same for cells: ".25", "1.5k", "2.5e-5"; into buf, returns buf. */
char *figure_label_short(const struct figure_labels *how, double v, char *buf, size_t size);

#endif
