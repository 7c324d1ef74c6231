/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.c - curves in character cells.
 *
 * A curve is one row for each column: where points share a column, the last of
 * them, and a stroke over all rows from their least to their greatest, so that
 * no spike is hidden; where a column has none, the line between its
 * neighbours. From column to column the line turns with rounded corners:
 *
 *     ─╮              ascii: -.
 *      │  ╭─                  |  .-
 *      ╰──╯                   '--'
 *
 * With braille each cell has 2 x 4 dots and lines go from dot to dot. A band is
 * two dotted lines in its curve's colour, which leave the rows between them to
 * the curves; where points are discrete, a mark each, and whiskers.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/range.h"

enum { COLUMNS_MAX = 1024, TICKS_MAX = 16, LABEL_SIZE = 24, MARK_EVERY = 18, SERIES_MAX = 12 };

/* The scale of a plot: data to cells (or dots) of its area. */
struct scale {
    double x_min, x_max;
    double left, right, y_min,
        y_max; /* left, right: x_min, x_max; all in log10 where the axis is */
    bool log_x, log_y;
    int width, height; /* of the area, in cells or dots */
    size_t skipped;    /* points that no such axis has */
};

/* Colour and mark of a series. */
static enum role role_of(const struct figure_series *s)
{
    return s->context ? ROLE_DIM : (enum role)(ROLE_SERIES_1 + s->look % 6);
}

struct column {
    double last, least, most; /* rows from above; NAN: no point */
};

static double scaled(bool log_scale, double v)
{
    return log_scale ? log10(v) : v;
}

static bool is_shown(const struct scale *s, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!s->log_y || y > 0) && (!s->log_x || x > 0) &&
           x >= s->x_min && x <= s->x_max;
}

static double x_place(const struct scale *s, double x)
{
    return s->right > s->left
               ? (scaled(s->log_x, x) - s->left) / (s->right - s->left) * (s->width - 1)
               : 0;
}

/* A row from above; what a fixed range leaves outside is a row or two outside. */
static double y_place(const struct scale *s, double y)
{
    double row = (s->y_max - scaled(s->log_y, y)) / (s->y_max - s->y_min) * (s->height - 1);
    return fmin(fmax(row, -2), s->height + 1);
}

static void find_range(const struct figure_plot *p, struct scale *s)
{
    struct figure_range r = figure_plot_range(p);
    *s = (struct scale){.x_min = r.x_min,
                        .x_max = r.x_max,
                        .log_x = p->log_x,
                        .log_y = p->log_y,
                        .skipped = r.skipped};
    s->left = scaled(s->log_x, r.x_min); /* once: a logarithm a point is too dear for a frame */
    s->right = scaled(s->log_x, r.x_max);
    s->y_min = scaled(s->log_y, r.y_min);
    s->y_max = scaled(s->log_y, r.y_max);
    if (s->y_max - s->y_min < 1e-9 * (1 + fabs(s->y_max))) {
        s->y_min -= s->log_y ? 0.1 : 0.05 * fabs(s->y_min) + 1e-9;
        s->y_max += s->log_y ? 0.1 : 0.05 * fabs(s->y_max) + 1e-9;
    }
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
static void gather(const struct figure_series *series, enum value which, const struct scale *s,
                   struct column *columns)
{
    for (int x = 0; x < s->width; x++)
        columns[x] = (struct column){NAN, -INFINITY, INFINITY};
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        value_at(series, i, which, &x, &y);
        if (!is_shown(s, x, y))
            continue;
        struct column *c = &columns[(int)(x_place(s, x) + 0.5)];
        c->last = y;
        c->least = y > c->least ? y : c->least;
        c->most = y < c->most ? y : c->most;
    }
    for (int x = 0; x < s->width; x++)
        if (!isnan(columns[x].last))
            columns[x] = (struct column){y_place(s, columns[x].last), y_place(s, columns[x].least),
                                         y_place(s, columns[x].most)};
}

/* Fill columns between points with the line between them; returns the last column that has one, or
 * -1. */
static int interpolate(const struct scale *s, struct column *columns)
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

static void stroke_down(struct canvas *c, int x, int from, int to, enum role role, wchar_t ch)
{
    for (int y = from; y <= to; y++)
        canvas_put(c, x, y, role, 0, ch);
}

static void draw_cells(struct canvas *c, const struct column *columns, int end, enum role role)
{
    const struct strokes *k = strokes_of(c);
    for (int x = 0; x <= end; x++) {
        if (isnan(columns[x].last))
            continue;
        int y = (int)lround(columns[x].last);
        int next = x < end && !isnan(columns[x + 1].last) ? (int)lround(columns[x + 1].last) : y;
        int least = (int)lround(columns[x].least), most = (int)lround(columns[x].most);
        if (most > least + 1)
            stroke_down(c, x, least, most, role, k->down);
        if (next == y) {
            canvas_put(c, x, y, role, 0, k->across);
            continue;
        }
        bool falls = next > y;
        stroke_down(c, x, (falls ? y : next) + 1, (falls ? next : y) - 1, role, k->down);
        canvas_put(c, x, y, role, 0, falls ? k->fall_above : k->rise_below);
        canvas_put(c, x, next, role, 0, falls ? k->fall_below : k->rise_above);
    }
}

/* A mark now and then tells series apart where colours do not. */
static void draw_marks(struct canvas *c, const struct column *columns, int end,
                       const struct figure_series *series)
{
    int first = (int)(series->look * 5) % MARK_EVERY + 4;
    for (int x = first; x < end - 2; x += MARK_EVERY)
        if (!isnan(columns[x].last))
            canvas_put(c, x, (int)lround(columns[x].last), role_of(series), CELL_BOLD,
                       c->glyphs->marks[series->look % 6]);
}

/* --- lines of dots --- */

static void put_dot(struct canvas *c, int x, int y, enum role role)
{
    static const unsigned char bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int cx = x / 2, cy = y / 4;
    if (x < 0 || y < 0 || cx >= c->width || cy >= c->height)
        return;
    wchar_t was = c->cells[cy * c->stride + cx].ch;
    wchar_t ch = (was >= 0x2800 && was <= 0x28ff ? was : 0x2800) | bits[y % 4][x % 2];
    canvas_put(c, cx, cy, role, 0, ch);
}

static void draw_dots(struct canvas *c, const struct column *columns, int end, enum role role)
{
    for (int x = 0; x <= end; x++) {
        if (isnan(columns[x].last))
            continue;
        double next = x < end && !isnan(columns[x + 1].last) ? columns[x + 1].last
                                                             : columns[x].last;
        double middle = (columns[x].last + next) / 2;
        double least = fmin(columns[x].least, middle), most = fmax(columns[x].most, middle);
        for (int y = (int)lround(least); y <= (int)lround(most); y++)
            put_dot(c, x, y, role);
    }
}

/* --- spreads and discrete points --- */

/* The edges of a band, where nothing else is drawn yet. */
static void draw_band(struct canvas *area, const struct figure_series *series,
                      const struct scale *s)
{
    for (enum value edge = LOW; edge <= HIGH; edge++) {
        struct column columns[COLUMNS_MAX];
        gather(series, edge, s, columns);
        int end = interpolate(s, columns);
        for (int x = (int)series->look % 2; x <= end; x += 2)
            if (!isnan(columns[x].last))
                canvas_put(area, x, (int)lround(columns[x].last), role_of(series), 0,
                           area->glyphs->dot);
    }
}

static void draw_whisker(struct canvas *area, const struct figure_series *series,
                         const struct scale *s, size_t i, int x)
{
    double at, low, high;
    value_at(series, i, LOW, &at, &low);
    value_at(series, i, HIGH, &at, &high);
    if (!is_shown(s, at, high) || isnan(low))
        return;
    int from = (int)lround(y_place(s, high)),
        to = is_shown(s, at, low) ? (int)lround(y_place(s, low)) : s->height - 1;
    bool ascii = area->glyphs->ascii;
    stroke_down(area, x, from, to, role_of(series), strokes_of(area)->down);
    if (to <= from + 1)
        return;
    canvas_put(area, x, from, role_of(series), 0, ascii ? L'-' : 0x252c);
    canvas_put(area, x, to, role_of(series), 0, ascii ? L'-' : 0x2534);
}

static void draw_points(struct canvas *area, const struct figure_series *series,
                        const struct scale *s)
{
    for (size_t i = 0; i < series->n; i++) {
        double x, y;
        series->point(series, i, &x, &y);
        if (!is_shown(s, x, y))
            continue;
        int column = (int)(x_place(s, x) + 0.5);
        if (series->spread)
            draw_whisker(area, series, s, i, column);
        canvas_put(area, column, (int)lround(y_place(s, y)), role_of(series), CELL_BOLD,
                   area->glyphs->marks[series->look % 6]);
    }
}

/* --- axes --- */

static void draw_y_axis(struct canvas *c, const struct scale *s, int margin, bool bare)
{
    double ticks[TICKS_MAX], most = s->height / 3 + 1;
    bool dots = c->glyphs->ascii;
    double low = s->log_y ? pow(10, s->y_min) : s->y_min,
           high = s->log_y ? pow(10, s->y_max) : s->y_max;
    for (int y = 0; y < s->height; y++)
        canvas_put(c, margin - 1, y, ROLE_BORDER, 0, c->glyphs->vertical);
    size_t n = figure_ticks(low, high, s->log_y, (size_t)fmin(most, TICKS_MAX), ticks);
    for (size_t i = 0; i < n; i++) {
        char label[LABEL_SIZE];
        int y = (int)lround(y_place(s, ticks[i]));
        if (y < 0 || y >= s->height)
            continue;
        canvas_put(c, margin - 1, y, ROLE_BORDER, 0, dots ? L'+' : 0x2524);
        if (!bare)
            canvas_text_right(c, margin - 2, y, ROLE_DIM, 0,
                              figure_tick_label(ticks[i], label, sizeof label));
    }
}

static void draw_x_axis(struct canvas *c, const struct scale *s, int margin, const char *label,
                        bool bare)
{
    double ticks[TICKS_MAX];
    int y = s->height, end = -2;
    canvas_fill(c, margin, y, s->width, 1, ROLE_BORDER, c->glyphs->horizontal);
    canvas_put(c, margin - 1, y, ROLE_BORDER, 0, c->glyphs->corner[2]);
    size_t n = figure_ticks(s->x_min, s->x_max, s->log_x, (size_t)fmin(s->width / 9 + 1, TICKS_MAX),
                            ticks);
    for (size_t i = 0; i < n; i++) {
        char text[LABEL_SIZE];
        int x = margin + (int)lround(x_place(s, ticks[i]));
        int width = canvas_columns(figure_tick_label(ticks[i], text, sizeof text));
        int start = x - width / 2;
        start = start + width > c->width ? c->width - width : start;
        if (start < end + 2)
            continue;
        canvas_put(c, x, y, ROLE_BORDER, 0, c->glyphs->ascii ? L'+' : 0x252c);
        if (!bare)
            canvas_text(c, start, y + 1, ROLE_DIM, 0, text);
        end = start + width;
    }
    if (label && !bare && end + 2 + canvas_columns(label) <= c->width)
        canvas_text_right(c, c->width - 1, y + 1, ROLE_DIM, 0, label);
}

/* --- the whole --- */

/* Where a curve ends; x < 0: it has no point. */
struct end {
    int x, y;
};

static bool is_free(const struct canvas *c, int x, int y, int n)
{
    if (y < 0 || y >= c->height || x + n > c->width)
        return false;
    for (int i = 0; i < n; i++)
        if (c->cells[y * c->stride + x + i].ch != L' ')
            return false;
    return true;
}

/* The row nearest to y on which n columns from x on are free; -1: none is. */
static int free_row(const struct canvas *c, int x, int y, int n)
{
    for (int off = 0; off < c->height; off++) {
        if (is_free(c, x, y + off, n))
            return y + off;
        if (is_free(c, x, y - off, n))
            return y - off;
    }
    return -1;
}

/* The mark and the name right of a curve's end, on the nearest row that is free there; neither
 * where none is: over another name it would be a third one. */
static void draw_name(struct canvas *c, const struct figure_plot *p, size_t which, struct end at)
{
    const struct figure_series *series = &p->series[which];
    int marked = p->count > 1, n = canvas_columns(series->name) + marked;
    int y = free_row(c, at.x + 1, at.y, n);
    if (y < 0)
        return;
    if (marked)
        canvas_put(c, at.x + 1, y, role_of(series), CELL_BOLD, c->glyphs->marks[series->look % 6]);
    canvas_text(c, at.x + 1 + marked, y, role_of(series), CELL_BOLD, series->name);
}

/* First the names that have room where their curves end, so that none of these gives way. */
static void draw_names(struct canvas *c, const struct figure_plot *p, const struct end *ends,
                       size_t count)
{
    bool drawn[SERIES_MAX] = {false};
    for (int own = 1; own >= 0; own--)
        for (size_t k = 0; k < count; k++) {
            int n = canvas_columns(p->series[k].name) + (p->count > 1);
            if (drawn[k] || ends[k].x < 0 || (own && !is_free(c, ends[k].x + 1, ends[k].y, n)))
                continue;
            draw_name(c, p, k, ends[k]);
            drawn[k] = true;
        }
}

static struct end draw_series(const struct figure_plot *p, size_t which, const struct scale *s,
                              struct canvas *area)
{
    struct column columns[COLUMNS_MAX];
    const struct figure_series *series = &p->series[which];
    struct scale fine = *s;
    bool braille = area->glyphs->braille && s->width * 2 <= COLUMNS_MAX;
    if (braille) {
        fine.width *= 2;
        fine.height *= 4;
    }
    gather(series, POINT, &fine, columns);
    int end = interpolate(&fine, columns);
    if (end < 0)
        return (struct end){-1, 0};
    if (series->markers) {
        if (!series->unjoined)
            (braille ? draw_dots : draw_cells)(area, columns, end, role_of(series));
        draw_points(area, series, s);
        return (struct end){braille ? end / 2 : end,
                            (int)lround(columns[end].last) / (braille ? 4 : 1)};
    }
    if (braille) {
        draw_dots(area, columns, end, role_of(series));
        return (struct end){end / 2, (int)lround(columns[end].last) / 4};
    }
    draw_cells(area, columns, end, role_of(series));
    if (p->count > 1)
        draw_marks(area, columns, end, series);
    return (struct end){end, (int)lround(columns[end].last)};
}

static int longest_name(const struct figure_plot *p)
{
    int most = 0;
    for (size_t k = 0; k < p->count; k++) {
        int n = canvas_columns(p->series[k].name);
        most = n > most ? n : most;
    }
    return most;
}

static void draw_all(const struct figure_plot *p, const struct scale *s, struct canvas *area)
{
    struct end ends[SERIES_MAX];
    size_t count = p->count < SERIES_MAX ? p->count : SERIES_MAX;
    for (size_t k = count; k-- > 0;)
        if (p->series[k].spread && !p->series[k].markers)
            draw_band(area, &p->series[k], s);
    for (size_t k = count; k-- > 0;) /* the first lies on top */
        ends[k] = draw_series(p, k, s, area);
    if (!(p->without & FIGURE_NO_NAMES))
        draw_names(area, p, ends, count);
}

static void draw_skipped(const struct scale *s, struct canvas *c)
{
    char note[64];
    if (s->skipped == 0)
        return;
    snprintf(note, sizeof note, "%zu not %s", s->skipped,
             s->log_y || s->log_x ? "above 0 and finite" : "finite");
    canvas_text_right(c, c->width - 1, 0, ROLE_WARN, 0, note);
}

void figure_plot_draw(const struct figure_plot *p, struct canvas *c)
{
    struct scale s;
    find_range(p, &s);
    if (!isfinite(s.y_min) || c->width < 4 || c->height < 1)
        return;
    bool axes = c->width >= 20 && c->height >= 5;
    int margin = !axes ? 0 : p->without & FIGURE_NO_Y ? 1 : 6;
    int names = p->without & FIGURE_NO_NAMES ? 0 : longest_name(p) + (p->count > 1);
    s.width = c->width - margin - names;
    s.width = s.width > COLUMNS_MAX ? COLUMNS_MAX : s.width;
    s.height = c->height - (!axes ? 0 : p->without & FIGURE_NO_X ? 1 : 2);
    if (s.width < 2)
        return;
    if (axes) {
        draw_y_axis(c, &s, margin, p->without & FIGURE_NO_Y);
        draw_x_axis(c, &s, margin, p->x_label, p->without & FIGURE_NO_X);
    }
    struct canvas area = canvas_view(c, margin, 0, s.width + names, s.height);
    draw_all(p, &s, &area);
    draw_skipped(&s, c);
}
