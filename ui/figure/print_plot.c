/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print_plot.c - curves, bands, whiskers and marks on paper.
 *
 * From below to above: grid, bands, context, curves, whiskers, marks. A long
 * curve is drawn by its least and greatest point of every quarter of a point, so
 * that files stay small and no spike is lost. Where a value is missing the line
 * is broken; a point that stands alone is a dot.
 */
#include <math.h>
#include <stdio.h>

#include "ui/figure/print.h"

enum { MARK_SIZE = 4 };
#define CURVE_WIDTH 1.1
#define FINE 0.25 /* points */

struct plane {
    struct paper *p;
    const struct figure_plot *plot;
    struct print_axis x, y;
    struct box area;
};

/* --- axes --- */

/* A range with room round it: a tenth of nothing is not to be seen. */
static void pad(double *low, double *high, bool log_scale, double share)
{
    if (log_scale) {
        double ratio = *high / *low, by = ratio > 1 + 1e-9 ? pow(ratio, share) : 1.25;
        *low /= by;
        *high *= by;
        return;
    }
    double by = fmax(share * (*high - *low), figure_widening(*low, *high));
    *low -= by;
    *high += by;
}

static bool has_markers(const struct figure_plot *plot)
{
    for (size_t k = 0; k < plot->count; k++)
        if (plot->series[k].markers)
            return true;
    return false;
}

static struct figure_range find_range(const struct figure_plot *plot)
{
    struct figure_range r = figure_plot_range(plot);
    if (r.x_min > r.x_max)
        r = (struct figure_range){plot->log_x ? 1 : 0, plot->log_x ? 10 : 1, plot->log_y ? 0.1 : 0,
                                  1, r.skipped};
    if (has_markers(plot) || r.x_max <= r.x_min)
        pad(&r.x_min, &r.x_max, plot->log_x, 0.03);
    bool from_zero = !plot->log_y && r.y_min >= 0 && r.y_min < 0.35 * r.y_max;
    if (!(plot->y_max > plot->y_min && plot->y_max > r.y_min && r.y_max - r.y_min > 0))
        pad(&r.y_min, &r.y_max, plot->log_y, 0.05);
    if (from_zero)
        r.y_min = 0;
    return r;
}

static void find_axes(const struct figure_plot *plot, struct box area, struct print_axis *x,
                      struct print_axis *y)
{
    struct figure_range r = find_range(plot);
    *x = print_axis_make(r.x_min, r.x_max, plot->log_x, area.x, area.x + area.width,
                         area.width / 34 + 1);
    *y = print_axis_make(r.y_min, r.y_max, plot->log_y, area.y + area.height, area.y,
                         area.height / 20 + 1);
}

/* --- points --- */

struct spot {
    double x, y; /* on paper; NAN: not to be drawn */
};

static struct spot spot_of(const struct plane *g, double x, double y)
{
    struct spot none = {NAN, NAN};
    if (!isfinite(x) || !isfinite(y) || (g->x.log_scale && x <= 0) || (g->y.log_scale && y <= 0))
        return none;
    return (struct spot){print_place(&g->x, x), print_place(&g->y, y)};
}

static struct spot spot_at(const struct plane *g, const struct figure_series *s, size_t i)
{
    double x, y;
    s->point(s, i, &x, &y);
    return spot_of(g, x, y);
}

/* The ends of the spread at point i; an end that a log axis does not have is the area's. */
static bool spread_at(const struct plane *g, const struct figure_series *s, size_t i,
                      struct spot *low, struct spot *high)
{
    double x, y, from, to;
    s->point(s, i, &x, &y);
    s->spread(s, i, &from, &to);
    *high = spot_of(g, x, to);
    *low = spot_of(g, x, from);
    if (isnan(low->y) && !isnan(high->y) && !isnan(from))
        *low = (struct spot){high->x, g->area.y + g->area.height};
    return !isnan(low->y) && !isnan(high->y);
}

/* --- bands --- */

static void fill_band(const struct plane *g, const struct figure_series *s, size_t from, size_t to)
{
    struct spot low, high;
    for (size_t i = from; i < to; i++) {
        spread_at(g, s, i, &low, &high);
        (i > from ? paper_line : paper_move)(g->p, high.x, high.y);
    }
    for (size_t i = to; i-- > from;) {
        spread_at(g, s, i, &low, &high);
        paper_line(g->p, low.x, low.y);
    }
    paper_fill(g->p, ink_faint(s->context ? ink_context : ink_of_look(s->look), 0.18));
}

static void print_band(const struct plane *g, const struct figure_series *s)
{
    struct spot low, high;
    size_t from = 0;
    for (size_t i = 0; i <= s->n; i++) {
        if (i < s->n && spread_at(g, s, i, &low, &high))
            continue;
        if (i > from + 1)
            fill_band(g, s, from, i);
        from = i + 1;
    }
}

/* --- lines --- */

/* What of a curve falls into one column: its first, least, greatest and last place. */
struct column {
    struct spot first, least, most, last;
    bool any;
};

static void put_column(const struct plane *g, struct column *c, bool *pen)
{
    if (!c->any)
        return;
    (*pen ? paper_line : paper_move)(g->p, c->first.x, c->first.y);
    bool down = c->least.x <= c->most.x;
    if (c->least.y < c->first.y || c->most.y > c->first.y) {
        paper_line(g->p, down ? c->least.x : c->most.x, down ? c->least.y : c->most.y);
        paper_line(g->p, down ? c->most.x : c->least.x, down ? c->most.y : c->least.y);
    }
    if (c->last.x > c->first.x)
        paper_line(g->p, c->last.x, c->last.y);
    *pen = true;
    c->any = false;
}

static void gather(struct column *c, struct spot at)
{
    if (!c->any)
        *c = (struct column){at, at, at, at, true};
    c->least = at.y < c->least.y ? at : c->least;
    c->most = at.y > c->most.y ? at : c->most;
    c->last = at;
}

static void print_line(const struct plane *g, const struct figure_series *s, struct ink ink,
                       double width, size_t dash)
{
    struct column column = {.any = false};
    bool pen = false;
    size_t run = 0;
    for (size_t i = 0; i <= s->n; i++) {
        struct spot at = i < s->n ? spot_at(g, s, i) : (struct spot){NAN, NAN};
        if (column.any && !(fabs(at.x - column.first.x) < FINE))
            put_column(g, &column, &pen);
        if (!isnan(at.x)) {
            gather(&column, at);
            run++;
            continue;
        }
        paper_stroke(g->p, ink, width, dash);
        if (run == 1 && !s->markers) {
            struct spot alone = spot_at(g, s, i - 1);
            paper_box(g->p, alone.x - width, alone.y - width, 2 * width, 2 * width);
            paper_fill(g->p, ink);
        }
        pen = false;
        run = 0;
    }
}

/* --- discrete points --- */

static void print_whiskers(const struct plane *g, const struct figure_series *s, struct ink ink)
{
    struct spot low, high;
    for (size_t i = 0; i < s->n; i++) {
        if (!spread_at(g, s, i, &low, &high))
            continue;
        paper_move(g->p, low.x, low.y);
        paper_line(g->p, high.x, high.y);
        paper_move(g->p, low.x - 2, low.y);
        paper_line(g->p, low.x + 2, low.y);
        paper_move(g->p, high.x - 2, high.y);
        paper_line(g->p, high.x + 2, high.y);
    }
    paper_stroke(g->p, ink, 0.8, 0);
}

static void print_marks(const struct plane *g, const struct figure_series *s, struct ink ink)
{
    for (size_t i = 0; i < s->n; i++) {
        struct spot at = spot_at(g, s, i);
        if (!isnan(at.x))
            paper_mark(g->p, at.x, at.y, MARK_SIZE, s->style, ink);
    }
}

/* --- the whole --- */

static void print_series(const struct plane *g, const struct figure_series *s)
{
    struct ink ink = s->context ? ink_context : ink_of_look(s->look);
    if (!s->unjoined)
        print_line(g, s, ink, s->context ? 0.8 : CURVE_WIDTH, s->style);
    if (s->markers && s->spread)
        print_whiskers(g, s, ink);
    if (s->markers)
        print_marks(g, s, ink);
}

/* Where something happened: a line from below to above. */
static void print_events(const struct plane *g)
{
    for (size_t i = 0; i < g->plot->mark_count; i++) {
        if (g->x.log_scale && g->plot->marks[i] <= 0)
            continue;
        double x = print_place(&g->x, g->plot->marks[i]);
        paper_move(g->p, x, g->area.y);
        paper_line(g->p, x, g->area.y + g->area.height);
    }
    if (g->plot->mark_count)
        paper_stroke(g->p, ink_context, 0.6, 1);
}

static void print_data(const struct plane *g)
{
    const struct figure_plot *plot = g->plot;
    print_events(g);
    for (size_t k = 0; k < plot->count; k++)
        if (plot->series[k].spread && !plot->series[k].markers)
            print_band(g, &plot->series[k]);
    for (size_t k = 0; k < plot->count; k++)
        if (plot->series[k].context)
            print_series(g, &plot->series[k]);
    for (size_t k = plot->count; k-- > 0;) /* the first lies on top */
        if (!plot->series[k].context)
            print_series(g, &plot->series[k]);
}

static void print(struct paper *p, const struct figure *f, struct box area)
{
    const struct figure_plot *plot = &f->plot;
    struct plane g = {.p = p, .plot = plot, .area = area};
    char note[64];
    size_t skipped = figure_plot_range(plot).skipped;
    find_axes(plot, area, &g.x, &g.y);
    snprintf(note, sizeof note, "%s not %s", MMOE_COUNTED(skipped, "point"),
             plot->log_x || plot->log_y ? "above 0 and finite" : "finite");
    print_head(p, area, print_plot.head(f), plot->title, skipped ? note : NULL);
    print_grid(p, &g.y, area, true);
    paper_clip(p, area.x - MARK_SIZE, area.y - MARK_SIZE, area.width + 2 * MARK_SIZE,
               area.height + MARK_SIZE);
    print_data(&g);
    paper_unclip(p);
    print_x_axis(p, &g.x, area, plot->x_label, plot->without & FIGURE_NO_X);
    print_y_axis(p, &g.y, area, plot->y_label, print_plot.margin(p, f),
                 plot->without & FIGURE_NO_Y);
}

/* Depends on the height through the ticks: a height that is usual tells enough. */
static double margin(struct paper *p, const struct figure *f)
{
    struct print_axis x, y;
    if (f->plot.without & FIGURE_NO_Y)
        return PRINT_TICK;
    find_axes(&f->plot, (struct box){0, 0, 140, 120}, &x, &y);
    return print_axis_width(p, &y) + PRINT_TICK + 3 + (f->plot.y_label ? PRINT_LINE : 0);
}

static double head(const struct figure *f)
{
    return (f->plot.title || figure_plot_range(&f->plot).skipped ? PRINT_LINE + 1 : 0) + 3;
}

static double foot(const struct figure *f)
{
    return f->plot.without & FIGURE_NO_X ? PRINT_TICK
                                         : PRINT_TICK + PRINT_LINE * (f->plot.x_label ? 2 : 1);
}

static double height(const struct figure *f, double width)
{
    (void)f;
    return fmin(fmax(0.66 * width, 100), 180);
}

const struct printer print_plot = {
    .margin = margin, .head = head, .foot = foot, .height = height, .print = print};
