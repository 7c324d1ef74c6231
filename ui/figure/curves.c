/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curves.c - curves in character cells.
 *
 * A curve is one row for each column: where points share a column, the last of
 * them, and a stroke over all rows from their least to their greatest, so that
 * no spike is hidden; where a column has none, the line between its
 * neighbours. With braille each cell has 2 x 4 dots, lines go from dot to dot and
 * are dashed as their style says. Otherwise the line turns from column to column
 * with rounded corners, and marks on it tell its style:
 *
 *     ─╮              ascii: -.
 *      │  ╭─                  |  .-
 *      ╰──╯                   '--'
 *
 * A cell has one colour, so where curves share cells they take turns by column:
 * first all curves are traced to find out which cells they share, then drawn. A
 * band is two dotted lines in its curve's colour, which leave the rows between
 * them to the curves; where points are discrete, a mark each, and whiskers.
 */
#include "ui/figure/curves.h"

#include <math.h>
#include <string.h>

enum { MARK_EVERY = 18, SHARED_MAX = 1 << 15, DASHES = 4 };

struct column {
    double last, least, most; /* rows from above; NAN: no point */
};

struct curve {
    struct column columns[FIGURE_COLUMNS_MAX];
    int end; /* the last column that has a row; -1: none has */
};

/* What all curves of a plot are drawn with. */
struct drawing {
    const struct figure_plot *plot;
    const struct figure_scale *scale; /* in cells */
    struct figure_scale fine;         /* in dots where there are any */
    struct canvas *area;
    size_t count;
    bool tracing;                      /* cells are claimed, not drawn */
    unsigned short claims[SHARED_MAX]; /* a bit a series, of each cell that there is room for */
    struct curve curves[FIGURE_SERIES_MAX];
};

/* --- scales --- */

static double scaled(bool log_scale, double v)
{
    return log_scale ? log10(v) : v;
}

double figure_scale_x(const struct figure_scale *s, double x)
{
    return s->right > s->left
               ? (scaled(s->log_x, x) - s->left) / (s->right - s->left) * (s->width - 1)
               : 0;
}

double figure_scale_y(const struct figure_scale *s, double y)
{
    double row = (s->y_max - scaled(s->log_y, y)) / (s->y_max - s->y_min) * (s->height - 1);
    return fmin(fmax(row, -2), s->height + 1);
}

static bool is_shown(const struct figure_scale *s, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!s->log_y || y > 0) && (!s->log_x || x > 0) &&
           x >= s->x_min && x <= s->x_max;
}

static enum role role_of(const struct figure_series *s)
{
    return s->context ? ROLE_DIM : figure_role(s->look);
}

static wchar_t mark_of(const struct canvas *c, const struct figure_series *s)
{
    return c->glyphs->marks[s->style % CANVAS_MARKS];
}

/* --- a series as columns --- */

enum value { POINT, LOW, HIGH };

static void value_at(const struct figure_series *series, size_t i, enum value which, double *x,
                     double *y)
{
    double low, high;
    series->point(series, i, x, y);
    if (which == POINT)
        return;
    series->spread(series, i, &low, &high);
    *y = which == LOW ? low : high;
}

/* Values first, rows when all are in: the greatest value is the least row. */
static void gather(const struct figure_series *series, enum value which,
                   const struct figure_scale *s, struct column *columns)
{
    for (int x = 0; x < s->width; x++)
        columns[x] = (struct column){NAN, -INFINITY, INFINITY};
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        value_at(series, i, which, &x, &y);
        if (!is_shown(s, x, y))
            continue;
        struct column *c = &columns[(int)(figure_scale_x(s, x) + 0.5)];
        c->last = y;
        c->least = y > c->least ? y : c->least;
        c->most = y < c->most ? y : c->most;
    }
    for (int x = 0; x < s->width; x++)
        if (!isnan(columns[x].last))
            columns[x] = (struct column){figure_scale_y(s, columns[x].last),
                                         figure_scale_y(s, columns[x].least),
                                         figure_scale_y(s, columns[x].most)};
}

/* Fill columns between points with the line between them; returns the last column that has one, or
 * -1. */
static int interpolate(const struct figure_scale *s, struct column *columns)
{
    int before = -1;
    for (int x = 0; x < s->width; x++) {
        if (isnan(columns[x].last))
            continue;
        for (int k = before + 1; before >= 0 && k < x; k++) {
            double t = (double)(k - before) / (x - before);
            double row = columns[before].last + t * (columns[x].last - columns[before].last);
            columns[k] = (struct column){row, row, row};
        }
        before = x;
    }
    return before;
}

/* --- cells, and whose they are --- */

static unsigned short *claims_of(struct drawing *d, int x, int y)
{
    size_t at = (size_t)y * (size_t)d->area->width + (size_t)x;
    return at < SHARED_MAX ? &d->claims[at] : NULL;
}

/* A bit for each series that stands back. */
static unsigned context_of(const struct drawing *d)
{
    unsigned bits = 0;
    for (size_t k = 0; k < d->count; k++)
        bits |= (unsigned)d->plot->series[k].context << k;
    return bits;
}

/* The series that has the cell: those that share it take turns by column; none that stands back has
 * a turn among others. */
static size_t owner_of(struct drawing *d, int x, int y, size_t series)
{
    const unsigned short *cell = claims_of(d, x, y);
    unsigned all = cell ? *cell : 0, loud = all & ~context_of(d), claims = loud ? loud : all;
    int sharing = 0;
    for (size_t k = 0; k < d->count; k++)
        sharing += claims >> k & 1;
    int turn = sharing ? x % sharing : 0;
    for (size_t k = 0; k < d->count; k++)
        if (claims >> k & 1 && turn-- == 0)
            return k;
    return series;
}

/* May the series draw there? Outside the area and while curves are traced it may not. */
static bool claim(struct drawing *d, size_t series, int x, int y)
{
    if (x < 0 || y < 0 || x >= d->area->width || y >= d->area->height)
        return false;
    unsigned short *claims = d->tracing ? claims_of(d, x, y) : NULL;
    if (claims)
        *claims |= (unsigned short)(1u << series);
    return !d->tracing;
}

static void put_cell(struct drawing *d, size_t series, int x, int y, wchar_t ch)
{
    if (claim(d, series, x, y) && owner_of(d, x, y, series) == series)
        canvas_put(d->area, x, y, role_of(&d->plot->series[series]), 0, ch);
}

/* All dots of a cell that is shared are seen, in one colour, but of what stands back. */
static void put_dot(struct drawing *d, size_t series, int x, int y)
{
    static const unsigned char bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int cx = x / 2, cy = y / 4;
    if (x < 0 || y < 0 || !claim(d, series, cx, cy))
        return;
    size_t owner = owner_of(d, cx, cy, series);
    if (owner != series && d->plot->series[series].context)
        return; /* in another's colour it would be taken for it */
    wchar_t was = d->area->cells[cy * d->area->stride + cx].ch;
    wchar_t ch = (was >= 0x2800 && was <= 0x28ff ? was : 0x2800) | bits[y % 4][x % 2];
    canvas_put(d->area, cx, cy, role_of(&d->plot->series[owner]), 0, ch);
}

/* Four dots for one. */
static void put_blot(struct drawing *d, size_t series, int x, int y)
{
    for (int i = 0; i < 4; i++)
        put_dot(d, series, x + i % 2, y + i / 2);
}

/* --- lines of cells --- */

struct strokes {
    wchar_t across, down, fall_above, fall_below, rise_below, rise_above;
};

static const struct strokes *strokes_of(const struct canvas *c)
{
    static const struct strokes round_ones = {0x2500, 0x2502, 0x256e, 0x2570, 0x256f, 0x256d};
    static const struct strokes ascii = {L'-', L'|', L'.', L'\'', L'\'', L'.'};
    return c->glyphs->ascii ? &ascii : &round_ones;
}

static void stroke_down(struct drawing *d, size_t series, int x, int from, int to)
{
    for (int y = from; y <= to; y++)
        put_cell(d, series, x, y, strokes_of(d->area)->down);
}

static void draw_cells(struct drawing *d, size_t series)
{
    const struct strokes *k = strokes_of(d->area);
    const struct column *columns = d->curves[series].columns;
    int end = d->curves[series].end;
    for (int x = 0; x <= end; x++) {
        if (isnan(columns[x].last))
            continue;
        int y = (int)lround(columns[x].last);
        int next = x < end && !isnan(columns[x + 1].last) ? (int)lround(columns[x + 1].last) : y;
        int least = (int)lround(columns[x].least), most = (int)lround(columns[x].most);
        if (most > least + 1)
            stroke_down(d, series, x, least, most);
        if (next == y) {
            put_cell(d, series, x, y, k->across);
            continue;
        }
        bool falls = next > y;
        stroke_down(d, series, x, (falls ? y : next) + 1, (falls ? next : y) - 1);
        put_cell(d, series, x, y, falls ? k->fall_above : k->rise_below);
        put_cell(d, series, x, next, falls ? k->fall_below : k->rise_above);
    }
}

/* A mark now and then tells styles apart where there are no dashes. */
static void draw_marks(struct drawing *d, size_t series)
{
    const struct figure_series *s = &d->plot->series[series];
    const struct curve *curve = &d->curves[series];
    int every = d->scale->width < 2 * MARK_EVERY ? d->scale->width / 2 + 1 : MARK_EVERY;
    int first = (int)(s->style * 5 + s->look * 3) % every + 4;
    for (int x = first; x < curve->end - 2; x += every)
        if (!isnan(curve->columns[x].last))
            canvas_put(d->area, x, (int)lround(curve->columns[x].last), role_of(s), CELL_BOLD,
                       mark_of(d->area, s));
}

/* --- lines of dots --- */

/* Is the n-th dot of a line of that style drawn? Solid, dashed, dotted, dashes and dots. */
static bool is_dashed_at(size_t style, size_t n)
{
    switch (style % DASHES) {
    case 1: return n % 7 < 4;
    case 2: return n % 3 == 0;
    case 3: return n % 11 < 5 || n % 11 == 8;
    default: return true;
    }
}

/* The row half-way from one column to the next. */
static double half_way(const struct curve *c, int x, int next)
{
    bool joined = next >= 0 && next <= c->end && !isnan(c->columns[next].last);
    return joined ? (c->columns[x].last + c->columns[next].last) / 2 : c->columns[x].last;
}

static void draw_dots(struct drawing *d, size_t series)
{
    const struct curve *c = &d->curves[series];
    size_t n = 0;
    for (int x = 0; x <= c->end; x++) {
        if (isnan(c->columns[x].last))
            continue;
        double before = half_way(c, x, x - 1), after = half_way(c, x, x + 1);
        double least = fmin(c->columns[x].least, fmin(before, after)),
               most = fmax(c->columns[x].most, fmax(before, after));
        for (int y = (int)lround(least); y <= (int)lround(most); y++, n++)
            if (is_dashed_at(d->plot->series[series].style, n))
                (d->plot->series[series].loud ? put_blot : put_dot)(d, series, x, y);
    }
}

/* --- spreads and discrete points --- */

/* The edges of a band, where nothing else is drawn yet. */
static void draw_band(struct drawing *d, const struct figure_series *series)
{
    for (enum value edge = LOW; edge <= HIGH; edge++) {
        struct column columns[FIGURE_COLUMNS_MAX];
        gather(series, edge, d->scale, columns);
        int end = interpolate(d->scale, columns);
        for (int x = (int)series->look % 2; x <= end; x += 2)
            if (!isnan(columns[x].last))
                canvas_put(d->area, x, (int)lround(columns[x].last), role_of(series), 0,
                           d->area->glyphs->dot);
    }
}

static void draw_whisker(struct drawing *d, const struct figure_series *series, size_t i, int x)
{
    double at, low, high;
    const struct figure_scale *s = d->scale;
    value_at(series, i, LOW, &at, &low);
    value_at(series, i, HIGH, &at, &high);
    if (!is_shown(s, at, high) || isnan(low))
        return;
    int from = (int)lround(figure_scale_y(s, high)),
        to = is_shown(s, at, low) ? (int)lround(figure_scale_y(s, low)) : s->height - 1;
    bool ascii = d->area->glyphs->ascii;
    for (int y = from; y <= to; y++)
        canvas_put(d->area, x, y, role_of(series), 0, strokes_of(d->area)->down);
    if (to <= from + 1)
        return;
    canvas_put(d->area, x, from, role_of(series), 0, ascii ? L'-' : 0x252c);
    canvas_put(d->area, x, to, role_of(series), 0, ascii ? L'-' : 0x2534);
}

static void draw_points(struct drawing *d, const struct figure_series *series)
{
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        series->point(series, i, &x, &y);
        if (!is_shown(d->scale, x, y))
            continue;
        int column = (int)(figure_scale_x(d->scale, x) + 0.5);
        if (series->spread)
            draw_whisker(d, series, i, column);
        canvas_put(d->area, column, (int)lround(figure_scale_y(d->scale, y)), role_of(series),
                   CELL_BOLD, mark_of(d->area, series));
    }
}

/* --- the whole --- */

/* Curves of dots go by the fine scale; marks and bands by that of cells. */
static bool has_dots(const struct canvas *area, const struct figure_scale *s)
{
    return area->glyphs->braille && s->width * 2 <= FIGURE_COLUMNS_MAX;
}

static void draw_lines(struct drawing *d, bool dots)
{
    for (size_t k = d->count; k-- > 0;) /* the first lies on top */
        if (!d->plot->series[k].unjoined)
            (dots ? draw_dots : draw_cells)(d, k);
}

void figure_curves_draw(const struct figure_plot *p, const struct figure_scale *s,
                        struct canvas *area, struct figure_end *ends)
{
    size_t count = p->count < FIGURE_SERIES_MAX ? p->count : FIGURE_SERIES_MAX;
    bool dots = has_dots(area, s);
    struct drawing d = {
        .plot = p, .scale = s, .fine = *s, .area = area, .count = count, .tracing = true};
    d.fine.width *= dots ? 2 : 1;
    d.fine.height *= dots ? 4 : 1;
    for (size_t k = count; k-- > 0;) {
        struct curve *c = &d.curves[k];
        if (p->series[k].spread && !p->series[k].markers)
            draw_band(&d, &p->series[k]);
        gather(&p->series[k], POINT, &d.fine, c->columns);
        c->end = interpolate(&d.fine, c->columns);
        ends[k] = c->end < 0 ? (struct figure_end){-1, 0}
                             : (struct figure_end){dots ? c->end / 2 : c->end,
                                                   c->columns[c->end].last / (dots ? 4 : 1)};
    }
    draw_lines(&d, dots);
    d.tracing = false;
    draw_lines(&d, dots);
    for (size_t k = count; k-- > 0;)
        if (p->series[k].markers)
            draw_points(&d, &p->series[k]);
        else if (!dots && count > 1)
            draw_marks(&d, k);
}
