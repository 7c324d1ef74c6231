/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * range.c - how far axes go.
 *
 * A range holds every point that the axes can show and every end of a spread
 * that a logarithmic axis has; a spread that reaches down to 0 there is cut at
 * the axis, not lost.
 */
#include "ui/figure/range.h"

#include <math.h>
#include <string.h>

#define LOG_ABOVE 10.0 /* greatest over least, for histograms that leave it open */

static void widen(double *low, double *high, double v, bool log_scale)
{
    if (!isfinite(v) || (log_scale && v <= 0))
        return;
    *low = v < *low ? v : *low;
    *high = v > *high ? v : *high;
}

static void widen_by_series(const struct figure_plot *p, const struct figure_series *s,
                            struct figure_range *r)
{
    bool given = p->x_max > p->x_min;
    for (size_t i = 0; i < s->n; i++) {
        double x, y, low, high;
        s->point(s, i, &x, &y);
        bool drawable = isfinite(x) && isfinite(y) && (!p->log_y || y > 0) && (!p->log_x || x > 0);
        r->skipped += !drawable;
        if (!drawable || (given && (x < p->x_min || x > p->x_max)))
            continue;
        widen(&r->x_min, &r->x_max, x, p->log_x);
        widen(&r->y_min, &r->y_max, y, p->log_y);
        if (!s->spread)
            continue;
        s->spread(s, i, &low, &high);
        widen(&r->y_min, &r->y_max, low, p->log_y);
        widen(&r->y_min, &r->y_max, high, p->log_y);
    }
}

struct figure_range figure_plot_range(const struct figure_plot *p)
{
    struct figure_range r = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0};
    for (size_t k = 0; k < p->count; k++)
        widen_by_series(p, &p->series[k], &r);
    if (r.x_min > r.x_max)
        return r;
    if (p->x_max > p->x_min) {
        r.x_min = p->x_min;
        r.x_max = p->x_max;
    }
    if (p->y_max > p->y_min) {
        r.y_min = p->y_min;
        r.y_max = p->y_max;
    }
    return r;
}

double figure_widening(double low, double high)
{
    double size = fmax(fabs(low), fabs(high));
    return high - low > 1e-9 * size ? 0 : size > 0 ? 0.05 * size : 1;
}

struct figure_bins figure_histograms_range(const struct figure_histograms *h)
{
    struct figure_bins b = {.low = INFINITY, .high = -INFINITY};
    for (size_t i = 0; i < h->count; i++) {
        const struct figure_histogram *row = &h->rows[i];
        if (row->n == 0)
            continue;
        b.low = fmin(b.low, row->sorted[0]);
        b.high = fmax(b.high, row->sorted[row->n - 1]);
        b.most = row->n > b.most ? row->n : b.most;
    }
    if (h->high > h->low) {
        b.low = h->low;
        b.high = h->high;
    }
    b.log_scale = b.low > 0 && (h->axis == FIGURE_AXIS_LOG ||
                                (h->axis == FIGURE_AXIS_AUTO && b.high / b.low > LOG_ABOVE));
    return b;
}

double figure_bins_place(const struct figure_bins *b, double v)
{
    if (!(b->high > b->low))
        return 0.5;
    double t = b->log_scale ? log(v / b->low) / log(b->high / b->low)
                            : (v - b->low) / (b->high - b->low);
    return isnan(t) ? 0 : fmin(fmax(t, 0), 1);
}

/* --- pages --- */

static void unite(struct figure_range *all, const struct figure_range *r)
{
    all->x_min = fmin(all->x_min, r->x_min);
    all->x_max = fmax(all->x_max, r->x_max);
    all->y_min = fmin(all->y_min, r->y_min);
    all->y_max = fmax(all->y_max, r->y_max);
}

static void unite_bins(struct figure_bins *all, const struct figure_bins *b)
{
    all->low = fmin(all->low, b->low);
    all->high = fmax(all->high, b->high);
    all->most = b->most > all->most ? b->most : all->most;
    all->log_scale = all->log_scale || b->log_scale;
}

struct figure_shared figure_shared_of(const struct figure_page *page)
{
    struct figure_shared s = {.range = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0},
                              .bins = {INFINITY, -INFINITY, false, 0},
                              .plots = page->shared,
                              .histograms = page->shared};
    for (size_t i = 0; i < page->count; i++) {
        const struct figure *f = &page->figures[i];
        s.plots = s.plots && f->kind == FIGURE_PLOT;
        s.histograms = s.histograms && f->kind == FIGURE_HISTOGRAMS;
    }
    for (size_t i = 0; i < page->count && s.plots; i++) {
        struct figure_range r = figure_plot_range(&page->figures[i].plot);
        unite(&s.range, &r);
    }
    for (size_t i = 0; i < page->count && s.histograms; i++) {
        struct figure_bins b = figure_histograms_range(&page->figures[i].histograms);
        unite_bins(&s.bins, &b);
    }
    double ratio = s.bins.low > 0 ? s.bins.high / s.bins.low : 0;
    bool open = s.histograms && page->count && page->figures[0].histograms.axis == FIGURE_AXIS_AUTO;
    s.bins.log_scale = s.bins.low > 0 && (s.bins.log_scale || (open && ratio > LOG_ABOVE));
    return s;
}

struct figure figure_in_page(const struct figure_page *page, const struct figure_shared *shared,
                             size_t i)
{
    struct figure f = page->figures[i];
    if (shared->plots && shared->range.x_min <= shared->range.x_max) {
        f.plot.x_min = shared->range.x_min;
        f.plot.x_max = shared->range.x_max;
        f.plot.y_min = shared->range.y_min;
        f.plot.y_max = shared->range.y_max;
    }
    if (shared->histograms && shared->bins.low <= shared->bins.high) {
        f.histograms.low = shared->bins.low;
        f.histograms.high = shared->bins.high;
        f.histograms.axis = shared->bins.log_scale ? FIGURE_AXIS_LOG : FIGURE_AXIS_LINEAR;
    }
    return f;
}

/* --- legends --- */

static size_t parts_of(const struct figure *f)
{
    return f->kind == FIGURE_PLOT         ? f->plot.count
           : f->kind == FIGURE_HISTOGRAMS ? f->histograms.count
                                          : 0;
}

static struct figure_entry entry_of(const struct figure *f, size_t k)
{
    if (f->kind == FIGURE_HISTOGRAMS)
        return (struct figure_entry){.label = f->histograms.rows[k].name,
                                     .look = f->histograms.rows[k].look,
                                     .style = f->histograms.rows[k].style,
                                     .markers = true,
                                     .filled = true};
    const struct figure_series *s = &f->plot.series[k];
    return (struct figure_entry){
        s->label ? s->label : s->name, s->look, s->style, s->context, s->markers, s->unjoined,
        s->spread && !s->markers};
}

/* Whether figure g has it before part k of figure f. */
static bool is_known(const struct figure_page *page, size_t f, size_t k,
                     const struct figure_entry *entry)
{
    for (size_t g = 0; g <= f; g++) {
        size_t parts = g < f ? parts_of(&page->figures[g]) : k;
        for (size_t j = 0; j < parts; j++) {
            struct figure_entry other = entry_of(&page->figures[g], j);
            if (other.look == entry->look && other.style == entry->style &&
                other.context == entry->context && strcmp(other.label, entry->label) == 0)
                return true;
        }
    }
    return false;
}

bool figure_legend(const struct figure_page *page, size_t i, struct figure_entry *entry)
{
    size_t found = 0;
    for (size_t f = 0; f < page->count; f++)
        for (size_t k = 0; k < parts_of(&page->figures[f]); k++) {
            *entry = entry_of(&page->figures[f], k);
            if (!is_known(page, f, k, entry) && found++ == i)
                return true;
        }
    return false;
}
