/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram.c - histograms over one shared axis, a row of bars each.
 *
 * A row is a strip of bars. All rows have one scale: a full bar is the fullest
 * bin of all, and the row of ticks tells how many that are. A bin is one column or
 * a few: there are at most 3 sqrt(n) bins of the row with the most values, or they
 * would be a comb. The axis is logarithmic where the values span more than a
 * decade. Beside the bars: n, median [IQR] and how many diverged. Where there is
 * little room, first the losses have
 * three decimals, then names are cut, then words are left out.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/text.h>

#include "ui/figure/range.h"

enum {
    BINS_MAX = 256,
    TICKS_MAX = 12,
    NAME_MAX_COLUMNS = 24,
    BARS_MIN = 10,
    BARS_LEAST = 8,
    BARS_HIGH = 4,
    NAME_LEAST = 9
};

struct axis {
    struct figure_bins range;
    int x, width, bin; /* columns, of a bin */
};

static double place(const struct axis *a, double v)
{
    return figure_bins_place(&a->range, v) * (a->width - 1);
}

static struct axis find_axis(const struct figure_histograms *h, int x, int width)
{
    struct axis a = {
        .range = figure_histograms_range(h), .x = x, .width = width > BINS_MAX ? BINS_MAX : width};
    double most = a.range.most ? (double)a.range.most : 1;
    a.bin = (int)ceil(a.width / (3 * sqrt(most)));
    a.bin = a.bin < 1 ? 1 : a.bin > a.width / 4 + 1 ? a.width / 4 + 1 : a.bin;
    return a;
}

/* How many values are in each bin; returns the most. */
static size_t count_bins(const struct figure_histogram *h, const struct axis *a,
                         size_t bins[BINS_MAX])
{
    size_t most = 0;
    memset(bins, 0, BINS_MAX * sizeof *bins);
    for (size_t i = 0; i < h->n && a->width > 0; i++) {
        size_t bin =
            (size_t)lround(fmin(fmax(place(a, h->sorted[i]), 0), a->width - 1)) / (size_t)a->bin;
        bins[bin]++;
        most = bins[bin] > most ? bins[bin] : most;
    }
    return most;
}

/* What a full bar stands for. */
static size_t find_top(const struct figure_histograms *h, const struct axis *a)
{
    size_t bins[BINS_MAX], top = h->top;
    for (size_t i = 0; i < h->count && h->top == 0; i++) {
        size_t most = count_bins(&h->rows[i], a, bins);
        top = most > top ? most : top;
    }
    return top ? top : 1;
}

/* Bars of one histogram, `rows` cells high, standing on row y; top of them fill that height. */
static void draw_bars(const struct figure_histogram *h, const struct axis *a, size_t top,
                      struct canvas *c, int y, int rows, enum role role)
{
    size_t bins[BINS_MAX];
    count_bins(h, a, bins);
    int median = h->n ? (int)lround(place(a, h->summary.median)) : -1;
    int marked = h->mark ? (int)lround(fmin(fmax(place(a, *h->mark), 0), a->width - 1)) : -1;
    for (int x = 0; x < a->width; x++) {
        size_t n = bins[x / a->bin];
        int eighths = n ? (int)fmax(1, round(8.0 * rows * (double)n / (double)top)) : 0;
        for (int k = 0; k < rows; k++) {
            int here = eighths - 8 * k;
            here = here > 8 ? 8 : here < 0 ? 0 : here;
            int bits = x == median && k == 0 ? CELL_UNDERLINE : 0;
            bits |= x == marked ? CELL_REVERSE | CELL_BOLD : 0;
            canvas_put(c, a->x + x, y - k, role, bits, here ? c->glyphs->bar[here] : L' ');
        }
    }
}

static void draw_ticks(const struct axis *a, struct canvas *c, int y)
{
    double ticks[TICKS_MAX];
    int end = a->x - 2;
    size_t n = figure_ticks(a->range.low, a->range.high, a->range.log_scale,
                            (size_t)fmin(a->width / 7 + 1, TICKS_MAX), ticks);
    struct figure_labels labels = figure_labels_of(ticks, n, a->range.log_scale);
    for (size_t i = 0; i < n; i++) {
        char text[FIGURE_LABEL_SIZE + 16];
        int width = canvas_columns(figure_label_short(&labels, ticks[i], text, sizeof text));
        int x = a->x + (int)lround(place(a, ticks[i])) - width / 2;
        x = x < a->x ? a->x : x + width > c->width ? c->width - width : x;
        if (x < end + 2)
            continue;
        canvas_text(c, x, y, ROLE_DIM, 0, text);
        end = x + width;
    }
}

/* --- the words beside the bars --- */

/* "n" or "n/wanted" while it grows. */
static void count_words(const struct figure_histogram *h, char *buf, size_t size)
{
    size_t done = h->summary.n + h->summary.diverged;
    if (done < h->wanted)
        snprintf(buf, size, "%zu/%zu", done, h->wanted);
    else
        snprintf(buf, size, "%zu", done);
}

enum middle { MEDIAN, SHORT_IQR, FULL_IQR };

/* ".041" in place of ".0412", where three decimals say enough. */
static char *short_loss(double v, char *buf, size_t size)
{
    return v >= 0.01 && v < 9.9995 ? mmoe_format_fixed(v, 3, buf, size)
                                   : mmoe_format_loss(v, buf, size);
}

static void middle_words(const struct figure_histogram *h, enum middle how, char *buf, size_t size)
{
    char median[24], low[24], high[24];
    mmoe_format_loss(h->summary.median, median, sizeof median);
    if (h->n == 0)
        snprintf(buf, size, "-");
    else if (how == SHORT_IQR)
        snprintf(buf, size, "%s [%s,%s]", short_loss(h->summary.median, median, sizeof median),
                 short_loss(h->summary.q25, low, sizeof low),
                 short_loss(h->summary.q75, high, sizeof high));
    else if (how == FULL_IQR)
        snprintf(buf, size, "%s [%s, %s]", median,
                 mmoe_format_loss(h->summary.q25, low, sizeof low),
                 mmoe_format_loss(h->summary.q75, high, sizeof high));
    else
        snprintf(buf, size, "%s", median);
}

struct columns {
    int name, count, middle, diverged, aside; /* widths; 0: left out */
    enum middle how;
};

static int wider(int a, int b)
{
    return a > b ? a : b;
}

static struct columns measure(const struct figure_histograms *h, enum middle how)
{
    struct columns w = {.how = how};
    char text[96];
    for (size_t i = 0; i < h->count; i++) {
        w.name = wider(w.name, canvas_columns(h->rows[i].name));
        count_words(&h->rows[i], text, sizeof text);
        w.count = wider(w.count, (int)strlen(text));
        middle_words(&h->rows[i], how, text, sizeof text);
        w.middle = wider(w.middle, canvas_columns(text));
        if (h->rows[i].summary.diverged > 0)
            w.diverged = wider(w.diverged,
                               2 + snprintf(text, sizeof text, "%zu", h->rows[i].summary.diverged));
        if (h->rows[i].aside && h->rows[i].aside[0])
            w.aside = wider(w.aside, canvas_columns(h->rows[i].aside) + 1);
    }
    w.name = w.name > NAME_MAX_COLUMNS ? NAME_MAX_COLUMNS : w.name;
    return w;
}

static int total(const struct columns *w)
{
    return w->name + 1 + (w->count ? w->count + 1 : 0) + (w->middle ? w->middle + 1 : 0) +
           w->diverged + w->aside;
}

/* Take so many columns from the names, unless that would make two of them one. */
static void cut_names(const struct figure_histograms *h, struct columns *w, int less)
{
    int left = w->name - less;
    if (left < NAME_LEAST)
        return;
    for (size_t i = 0; i < h->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strncmp(h->rows[i].name, h->rows[k].name, (size_t)left - 1) == 0 &&
                wider(canvas_columns(h->rows[i].name), canvas_columns(h->rows[k].name)) > left)
                return;
    w->name = left;
}

static struct columns choose(const struct figure_histograms *h, int width)
{
    struct columns w = measure(h, FULL_IQR);
    if (total(&w) + 2 * BARS_MIN > width)
        w = measure(h, SHORT_IQR);
    for (int bars = BARS_MIN; bars >= BARS_LEAST && total(&w) + bars > width; bars--)
        cut_names(h, &w, total(&w) + bars - width);
    if (total(&w) + BARS_LEAST > width)
        w.aside = 0;
    if (total(&w) + BARS_LEAST > width) {
        w = measure(h, MEDIAN);
        w.aside = 0;
    }
    if (total(&w) + BARS_LEAST > width)
        w.count = 0;
    if (total(&w) + BARS_LEAST > width)
        w.middle = 0;
    if (total(&w) + BARS_LEAST > width)
        w.name = width > 2 * BARS_MIN ? width - 2 * BARS_MIN : 0;
    return w;
}

static void draw_words(const struct figure_histogram *h, const struct columns *w, struct canvas *c,
                       int y, enum role role)
{
    char text[96];
    struct canvas name = canvas_view(c, 0, y, w->name, 1);
    int x = w->name + 1;
    canvas_text(&name, 0, 0, role, CELL_BOLD, h->name);
    if (canvas_columns(h->name) > w->name && w->name > 0)
        canvas_put(&name, w->name - 1, 0, role, CELL_BOLD, c->glyphs->ellipsis);
    if (w->count) {
        count_words(h, text, sizeof text);
        canvas_text_right(c, x + w->count - 1, y, ROLE_DIM, 0, text);
        x += w->count + 1;
    }
    if (w->middle) {
        middle_words(h, w->how, text, sizeof text);
        canvas_text(c, x, y, ROLE_TEXT, 0, text);
        x += w->middle + 1;
    }
    if (w->diverged && h->summary.diverged) {
        snprintf(text, sizeof text, "%zu", h->summary.diverged);
        canvas_put(c, x, y, ROLE_BAD, 0, c->glyphs->cross);
        canvas_text(c, x + 1, y, ROLE_BAD, 0, text);
    }
    x += w->diverged;
    if (w->aside && h->aside)
        canvas_text(c, x, y, ROLE_WARN, 0, h->aside);
}

/* --- the whole --- */

static bool is_blank(const struct canvas *c, int x, int y, int n)
{
    bool blank = x >= 0;
    for (int i = 0; blank && i < n && x + i < c->width; i++)
        blank = c->cells[y * c->stride + x + i].ch == L' ';
    return blank;
}

/* Is there room for n columns, and a blank before the first tick, which may stand at the edge? */
static bool is_left_of_ticks(const struct canvas *c, int x, int y, int n, int room)
{
    return x + n <= room && is_blank(c, x, y, n + 1);
}

/* What a full bar stands for: at x, where there is room before the axis, else right of the ticks.
 */
static void draw_scale(size_t top, const char *unit, int x, int room, struct canvas *c, int y)
{
    char words[48];
    snprintf(words, sizeof words, "%zu %s", top, unit);
    int n = canvas_columns(words) + 2;
    if (!is_left_of_ticks(c, x, y, n, room))
        n = 2 + snprintf(words, sizeof words, "%zu", top);
    x = is_left_of_ticks(c, x, y, n, room)        ? x
        : is_blank(c, c->width - n - 1, y, n + 1) ? c->width - n
                                                  : -1;
    if (x < 0)
        return;
    canvas_put(c, x, y, ROLE_DIM, 0, c->glyphs->bar[8]);
    canvas_text(c, x + 2, y, ROLE_DIM, 0, words);
}

/* Left of the ticks, as far as it has room: what the axis is of, how many rows had none, and the
 * scale of the bars. */
static void draw_facts(const struct figure_histograms *h, const struct axis *a, size_t top,
                       size_t left_out, struct canvas *c, int y)
{
    char more[32];
    int x = 0;
    if (h->x_label && canvas_columns(h->x_label) < a->x)
        x = canvas_text(c, 0, y, ROLE_DIM, 0, h->x_label) + 2;
    snprintf(more, sizeof more, "+%zu more", left_out);
    if (left_out && x + canvas_columns(more) < a->x)
        x += canvas_text(c, x, y, ROLE_DIM, 0, more) + 2;
    draw_scale(top, h->y_label ? h->y_label : "", x, a->x, c, y);
}

/* What a drawing of that size is made of. */
struct layout {
    struct columns words;
    struct axis axis;
    size_t shown; /* rows, the last ones */
    int rows;     /* of cells, each; bars take one less where there are more than two */
    bool ticks;
};

static struct layout lay_out(const struct figure_histograms *h, int width, int height)
{
    struct layout l = {.words = choose(h, width)};
    l.ticks = height > 1; /* also where a neighbour tells them: its bars are as high */
    l.shown = (size_t)(height - l.ticks) < h->count ? (size_t)(height - l.ticks) : h->count;
    l.rows = (height - l.ticks) / (int)l.shown;
    l.rows = l.rows > BARS_HIGH ? BARS_HIGH : l.rows;
    int x = l.words.name ? total(&l.words) : 0;
    l.axis = find_axis(h, x, width - x);
    return l;
}

size_t figure_histograms_top(const struct figure_histograms *h, int width)
{
    if (h->count == 0 || width < BARS_MIN)
        return 0;
    struct layout l = lay_out(h, width, 1);
    return find_top(h, &l.axis);
}

void figure_histograms_draw(const struct figure_histograms *h, struct canvas *c)
{
    if (h->count == 0 || c->width < BARS_MIN || c->height < 1)
        return;
    struct layout l = lay_out(h, c->width, c->height);
    bool bars = l.axis.width > 0 && isfinite(l.axis.range.low);
    size_t first = h->count - l.shown, top = find_top(h, &l.axis);
    for (size_t i = 0; i < l.shown; i++) {
        const struct figure_histogram *row = &h->rows[first + i];
        int y = (int)(i + 1) * l.rows - 1;
        draw_words(row, &l.words, c, y, figure_role(row->look));
        if (bars) /* high ones leave a row of air between them */
            draw_bars(row, &l.axis, top, c, y, l.rows > 2 ? l.rows - 1 : l.rows,
                      figure_role(row->look));
    }
    if (h->without & FIGURE_NO_X)
        return;
    if (l.ticks && bars)
        draw_ticks(&l.axis, c, (int)l.shown * l.rows);
    if (l.ticks)
        draw_facts(h, &l.axis, top, first, c, (int)l.shown * l.rows);
}
