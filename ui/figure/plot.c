/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.c - a plot in character cells: axes, and the names at the ends of its curves.
 *
 * Names stand right of where curves end, from above to below in the order of the
 * values there, each as near to its curve as the others and the curves leave room
 * for: among all rows that are free, those are taken whose squared distances from
 * the ends have the least sum. Where not all names have room, those that end on a
 * row of their own stay, then the first.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/curves.h"
#include "ui/figure/range.h"

enum { TICKS_MAX = 16, ROWS_MAX = 200, MARGIN_LEAST = 6, THREE_TICKS_FROM = 4 };

static void find_range(const struct figure_plot *p, struct figure_scale *s)
{
    struct figure_range r = figure_plot_range(p);
    *s = (struct figure_scale){.x_min = r.x_min,
                               .x_max = r.x_max,
                               .log_x = p->log_x,
                               .log_y = p->log_y,
                               .skipped = r.skipped};
    s->left = p->log_x ? log10(r.x_min) : r.x_min; /* once: a logarithm a point is too dear */
    s->right = p->log_x ? log10(r.x_max) : r.x_max;
    s->y_min = p->log_y ? log10(r.y_min) : r.y_min;
    s->y_max = p->log_y ? log10(r.y_max) : r.y_max;
    double by = figure_widening(s->y_min, s->y_max);
    by = by > 0 && s->log_y ? 0.1 : by;
    s->y_min -= by;
    s->y_max += by;
}

/* --- axes --- */

struct axis {
    size_t count;
    double ticks[TICKS_MAX];
    struct figure_labels labels;
};

static struct axis make_axis(double low, double high, bool log_scale, double most)
{
    struct axis a;
    a.count = figure_ticks(low, high, log_scale, (size_t)fmin(most, TICKS_MAX), a.ticks);
    a.labels = figure_labels_of(a.ticks, a.count, log_scale);
    return a;
}

static struct axis y_axis(const struct figure_scale *s)
{
    double low = s->log_y ? pow(10, s->y_min) : s->y_min,
           high = s->log_y ? pow(10, s->y_max) : s->y_max;
    int most = s->height / 3 + 1;
    return make_axis(low, high, s->log_y, most < 3 && s->height >= THREE_TICKS_FROM ? 3 : most);
}

/* Columns left of the area: its line, and room for the longest label. */
static int margin_of(const struct axis *y)
{
    int most = MARGIN_LEAST - 1;
    for (size_t i = 0; i < y->count; i++) {
        char label[FIGURE_LABEL_SIZE + 16];
        int n = canvas_columns(figure_label_short(&y->labels, y->ticks[i], label, sizeof label));
        most = n > most ? n : most;
    }
    return most + 1;
}

static void draw_y_axis(struct canvas *c, const struct figure_scale *s, const struct axis *axis,
                        int margin, bool bare)
{
    int last = -1;
    for (int y = 0; y < s->height; y++)
        canvas_put(c, margin - 1, y, ROLE_BORDER, 0, c->glyphs->vertical);
    for (size_t i = 0; i < axis->count; i++) {
        char label[FIGURE_LABEL_SIZE + 16];
        int y = (int)lround(figure_scale_y(s, axis->ticks[i]));
        if (y < 0 || y >= s->height || y == last)
            continue;
        canvas_put(c, margin - 1, y, ROLE_BORDER, 0, c->glyphs->ascii ? L'+' : 0x2524);
        if (!bare)
            canvas_text_right(
                c, margin - 2, y, ROLE_DIM, 0,
                figure_label_short(&axis->labels, axis->ticks[i], label, sizeof label));
        last = y;
    }
}

static void draw_x_axis(struct canvas *c, const struct figure_scale *s, int margin,
                        const char *label, bool bare)
{
    const struct axis axis = make_axis(s->x_min, s->x_max, s->log_x, s->width / 9 + 1);
    int y = s->height, end = -2;
    canvas_fill(c, margin, y, s->width, 1, ROLE_BORDER, c->glyphs->horizontal);
    canvas_put(c, margin - 1, y, ROLE_BORDER, 0, c->glyphs->corner[2]);
    for (size_t i = 0; i < axis.count; i++) {
        char text[FIGURE_LABEL_SIZE + 16];
        int x = margin + (int)lround(figure_scale_x(s, axis.ticks[i]));
        int width =
            canvas_columns(figure_label_short(&axis.labels, axis.ticks[i], text, sizeof text));
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

/* Where something happened: a mark on the axis. */
static void draw_marks(const struct figure_plot *p, const struct figure_scale *s, int margin,
                       struct canvas *c)
{
    for (size_t i = 0; i < p->mark_count; i++) {
        double x = p->log_x && p->marks[i] <= 0 ? (double)NAN : figure_scale_x(s, p->marks[i]);
        if (x >= 0 && x < s->width)
            canvas_put(c, margin + (int)lround(x), s->height, ROLE_WARN, CELL_BOLD,
                       c->glyphs->bullet);
    }
}

/* --- names --- */

static bool is_free(const struct canvas *c, int x, int y, int n)
{
    if (y < 0 || y >= c->height || x + n > c->width)
        return false;
    for (int i = 0; i < n; i++)
        if (c->cells[y * c->stride + x + i].ch != L' ')
            return false;
    return true;
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

/* Names that begin in one column, from above to below. */
struct names {
    const struct figure_plot *plot;
    const struct figure_end *ends;
    size_t n, series[FIGURE_SERIES_MAX];
    int row[FIGURE_SERIES_MAX];
};

/* Columns a name takes, its mark included, in what room there is. */
static int columns_of(const struct figure_plot *p, size_t series, int room)
{
    int n = canvas_columns(p->series[series].name) + (p->count > 1);
    return n < room ? n : room;
}

static void insert(struct names *names, size_t series)
{
    size_t at = names->n++;
    for (; at > 0 && names->ends[names->series[at - 1]].y > names->ends[series].y; at--)
        names->series[at] = names->series[at - 1];
    names->series[at] = series;
}

/* Rows for all the names, in their order; false: there are not enough. */
static bool place(struct names *names, const struct canvas *c)
{
    double cost[FIGURE_SERIES_MAX][ROWS_MAX];
    int from[FIGURE_SERIES_MAX][ROWS_MAX], height = c->height < ROWS_MAX ? c->height : ROWS_MAX;
    for (size_t i = 0; i < names->n; i++) {
        const struct figure_end *end = &names->ends[names->series[i]];
        int best = -1; /* of the rows above, for the name before */
        for (int y = 0; y < height; y++) {
            double off = y - end->y, above = i == 0 ? 0 : best < 0 ? INFINITY : cost[i - 1][best];
            bool room = is_free(c, end->x + 1, y,
                                columns_of(names->plot, names->series[i], c->width - end->x - 1));
            cost[i][y] = room ? above + off * off : INFINITY;
            from[i][y] = best;
            if (i > 0 && isfinite(cost[i - 1][y]) &&
                (best < 0 || cost[i - 1][y] < cost[i - 1][best]))
                best = y;
        }
    }
    int last = 0;
    for (int y = 1; y < height; y++)
        last = cost[names->n - 1][y] < cost[names->n - 1][last] ? y : last;
    if (height < 1 || !isfinite(cost[names->n - 1][last]))
        return false;
    for (size_t i = names->n; i-- > 0; last = from[i][last])
        names->row[i] = last;
    return true;
}

/* The mark and the name; cut where there is too little room. */
static void draw_name(const struct names *names, size_t i, struct canvas *c)
{
    const struct figure_plot *p = names->plot;
    const struct figure_series *s = &p->series[names->series[i]];
    enum role role = s->context ? ROLE_DIM : figure_role(s->look);
    int bits = s->context || s->quiet ? 0 : CELL_BOLD, marked = p->count > 1;
    int x = names->ends[names->series[i]].x + 1, n = columns_of(p, names->series[i], c->width - x);
    struct canvas name = canvas_view(c, x, names->row[i], n, 1);
    if (marked)
        canvas_put(&name, 0, 0, role, bits, c->glyphs->marks[s->style % CANVAS_MARKS]);
    canvas_text(&name, marked, 0, role, bits, s->name);
    if (canvas_columns(s->name) + marked > n)
        canvas_put(&name, n - 1, 0, role, bits, c->glyphs->ellipsis);
}

/* Does an earlier curve end in the same place? */
static bool is_second(const struct figure_end *ends, size_t series)
{
    for (size_t k = 0; k < series; k++)
        if (ends[k].x == ends[series].x && lround(ends[k].y) == lround(ends[series].y))
            return true;
    return false;
}

/* The names that begin in column x + 1: as many as have room. */
static void draw_names_at(const struct figure_plot *p, const struct figure_end *ends, size_t count,
                          int x, struct canvas *c)
{
    struct names names = {.plot = p, .ends = ends}, tried;
    for (int second = 0; second < 2; second++)
        for (size_t k = 0; k < count; k++) {
            if (ends[k].x != x || is_second(ends, k) != (second == 1) || !*p->series[k].name)
                continue;
            tried = names;
            insert(&tried, k);
            if (place(&tried, c))
                names = tried;
        }
    for (size_t i = 0; i < names.n; i++)
        draw_name(&names, i, c);
}

static void draw_names(struct canvas *c, const struct figure_plot *p, const struct figure_end *ends,
                       size_t count)
{
    for (size_t k = 0; k < count; k++) {
        bool first = ends[k].x >= 0;
        for (size_t j = 0; j < k; j++)
            first = first && ends[j].x != ends[k].x;
        if (first)
            draw_names_at(p, ends, count, ends[k].x, c);
    }
}

/* --- the whole --- */

static void draw_skipped(const struct figure_scale *s, struct canvas *c)
{
    char note[64];
    if (s->skipped == 0)
        return;
    snprintf(note, sizeof note, "%zu not %s", s->skipped,
             s->log_y || s->log_x ? "above 0 and finite" : "finite");
    canvas_text_right(c, c->width - 1, 0, ROLE_WARN, 0, note);
}

/* Columns for names: what they take, but no more than a third. */
static int names_width(const struct figure_plot *p, int width)
{
    int most = width / 3, n = longest_name(p) + (p->count > 1);
    return p->without & FIGURE_NO_NAMES ? 0 : n < most || n <= 2 ? n : most;
}

void figure_plot_draw(const struct figure_plot *p, struct canvas *c)
{
    struct figure_scale s;
    struct figure_end ends[FIGURE_SERIES_MAX];
    find_range(p, &s);
    if (!isfinite(s.y_min) || c->width < 4 || c->height < 1)
        return;
    bool axes = c->width >= 20 && c->height >= 5;
    s.height = c->height - (!axes ? 0 : p->without & FIGURE_NO_X ? 1 : 2);
    const struct axis y = y_axis(&s);
    int margin = !axes ? 0 : p->without & FIGURE_NO_Y ? 1 : margin_of(&y);
    int names = names_width(p, c->width - margin);
    s.width = c->width - margin - names;
    s.width = s.width > FIGURE_COLUMNS_MAX ? FIGURE_COLUMNS_MAX : s.width;
    if (s.width < 2)
        return;
    if (axes) {
        draw_y_axis(c, &s, &y, margin, p->without & FIGURE_NO_Y);
        draw_x_axis(c, &s, margin, p->x_label, p->without & FIGURE_NO_X);
        draw_marks(p, &s, margin, c);
    }
    struct canvas area = canvas_view(c, margin, 0, s.width + names, s.height);
    figure_curves_draw(p, &s, &area, ends);
    if (names)
        draw_names(&area, p, ends, p->count < FIGURE_SERIES_MAX ? p->count : FIGURE_SERIES_MAX);
    draw_skipped(&s, c);
}
