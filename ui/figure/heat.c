/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heat.c - a matrix as shaded cells with the numbers in them.
 *
 * Every cell says its value twice: as a number and as a magnitude of the
 * theme's ramp. Where there are too many columns for that, the map goes on below,
 * and where there is no room for it either, bars stand for the values.
 */
#include <math.h>
#include <stdio.h>

#include "ui/figure/figure.h"

enum { STEPS = ROLE_HEAT_15 - ROLE_HEAT_0 + 1, NUMBER = 3, CELL_MAX = 14, HEIGHT_MAX = 5 };

static double share(const struct figure_heat *h, float v)
{
    double t = ((double)v - (double)h->low) / ((double)h->high - (double)h->low);
    return isfinite(t) ? fmin(fmax(t, 0), 1) : 0;
}

static enum role heat_role(double t)
{
    return (enum role)(ROLE_HEAT_0 + (int)fmin(t * STEPS, STEPS - 1));
}

/* ".71", "1.0", "2.3", "-.1", "-12": three columns where that can be. */
static void short_number(float v, char *buf, size_t size)
{
    int hundredths = (int)lround(100 * fmin(fabs((double)v), 1));
    if (!isfinite(v))
        snprintf(buf, size, "  -");
    else if (v < 0 && v > -0.95f)
        snprintf(buf, size, v > -0.05f ? ".00" : "-.%d", (int)lround(-10 * (double)v));
    else if (v < 0 || v >= 9.95f)
        snprintf(buf, size, "%3.0f", (double)v);
    else if (v >= 1.05f)
        snprintf(buf, size, "%.1f", (double)v);
    else if (hundredths >= 100)
        snprintf(buf, size, "1.0");
    else
        snprintf(buf, size, ".%02d", hundredths);
}

/* A bar as high as the value where there is no room for its number. */
static void draw_bar(struct canvas *c, double t)
{
    int eighths = (int)lround(8.0 * c->height * t);
    for (int y = c->height - 1; y >= 0; y--, eighths -= 8)
        canvas_fill(c, 0, y, c->width, 1, ROLE_TEXT,
                    c->glyphs->bar[eighths > 8   ? 8
                                   : eighths < 0 ? 0
                                                 : eighths]);
}

static void draw_cell(const struct figure_heat *h, struct canvas *c, float v)
{
    double t = share(h, v);
    char number[16];
    if (c->width < NUMBER) {
        draw_bar(c, t);
        return;
    }
    canvas_fill(c, 0, 0, c->width, c->height, heat_role(t), L' ');
    short_number(v, number, sizeof number);
    canvas_text(c, (c->width - NUMBER) / 2, (c->height - 1) / 2, heat_role(t), 0, number);
}

static int names_width(const struct figure_heat *h)
{
    int most = 0;
    for (size_t i = 0; h->row_names && i < h->rows; i++) {
        int n = canvas_columns(h->row_names[i]);
        most = n > most ? n : most;
    }
    return most ? most + 1 : 0;
}

/* Columns `from` to `to` of the map, and where they lie. */
struct part {
    const struct figure_heat *heat;
    size_t from, to;
    int margin, width, gap; /* of a cell, the gap included */
};

/* Cells without room for numbers are named now and then: e1, e9, ... */
static void draw_column_names(const struct part *p, struct canvas *c)
{
    const struct figure_heat *h = p->heat;
    int end = 0, cell = p->width - p->gap;
    for (size_t j = p->from; j < p->to; j++) {
        char number[24];
        snprintf(number, sizeof number, "e%zu", j + 1);
        const char *text = h->column_names ? h->column_names[j] : number;
        int n = canvas_columns(text), x = p->margin + (int)(j - p->from) * p->width;
        bool narrow = cell < NUMBER && x >= end && x + n <= c->width;
        if (narrow) {
            canvas_text(c, x, 0, ROLE_DIM, 0, text);
            end = x + n + 1;
        } else if (n <= cell || (h->column_names && cell >= NUMBER)) {
            struct canvas own = canvas_view(c, x, 0, cell, 1);
            canvas_text(&own, n < cell ? (cell - n) / 2 : 0, 0, ROLE_DIM, 0, text);
        }
    }
}

/* Rows that have room; where some have not, the last row tells how many. */
static size_t shown_rows(const struct figure_heat *h, struct canvas *c)
{
    size_t room = (size_t)c->height - 1;
    if (h->rows <= room || room < 2)
        return h->rows;
    canvas_printf(c, 0, c->height - 1, ROLE_DIM, 0, "+%zu more", h->rows - (room - 1));
    return room - 1;
}

static void draw_part(const struct part *p, struct canvas *c)
{
    const struct figure_heat *h = p->heat;
    int height = (c->height - 1) / (int)h->rows;
    height = height < 1 ? 1 : height > HEIGHT_MAX ? HEIGHT_MAX : height;
    size_t rows = shown_rows(h, c);
    draw_column_names(p, c);
    if (p->margin + (int)(p->to - p->from) * p->width > c->width + p->gap)
        canvas_put(c, c->width - 1, 0, ROLE_DIM, 0, c->glyphs->ellipsis);
    for (size_t i = 0; i < rows; i++) {
        int y = 1 + (int)i * height;
        if (h->row_names)
            canvas_text(c, 0, y + (height - 1) / 2, ROLE_TEXT, CELL_BOLD, h->row_names[i]);
        for (size_t j = p->from; j < p->to; j++) {
            int x = p->margin + (int)(j - p->from) * p->width;
            struct canvas cell = canvas_view(c, x, y, p->width - p->gap, height);
            draw_cell(h, &cell, h->values[i * h->stride + j]);
        }
    }
}

/* In how many parts cells of that width have room, one below the other; 0: they have none. */
static size_t parts_of(const struct figure_heat *h, int cell, int width, int height)
{
    int room = width - names_width(h), each = room / cell;
    size_t parts = each > 0 ? (h->columns + (size_t)each - 1) / (size_t)each : 0;
    return parts > 1 && (size_t)height < parts * (h->rows + 1) ? 0 : parts;
}

/* Cells have their numbers where that can be, in parts if need be, else bars. */
static size_t find_parts(const struct figure_heat *h, int width, int height)
{
    size_t numbers = parts_of(h, NUMBER, width, height),
           parts = numbers == 1 ? 1 : parts_of(h, NUMBER + 1, width, height),
           bars = parts_of(h, 1, width, height);
    return parts ? parts : bars ? bars : 1;
}

bool figure_heat_has_numbers(const struct figure_heat *h, int width, int height)
{
    return parts_of(h, NUMBER, width, height) == 1 || parts_of(h, NUMBER + 1, width, height) > 0;
}

void figure_heat_draw(const struct figure_heat *h, struct canvas *c)
{
    if (h->rows == 0 || h->columns == 0 || c->height < 2)
        return;
    size_t parts = find_parts(h, c->width, c->height), each = (h->columns + parts - 1) / parts;
    int margin = names_width(h), width = (c->width - margin) / (int)each;
    width = width < 1 ? 1 : width > CELL_MAX ? CELL_MAX : width;
    int height = c->height / (int)parts;
    for (size_t k = 0; k < parts; k++) {
        size_t to = (k + 1) * each < h->columns ? (k + 1) * each : h->columns;
        const struct part p = {h, k * each, to, margin, width, width > NUMBER};
        struct canvas own = canvas_view(c, 0, (int)k * height, c->width, height);
        draw_part(&p, &own);
    }
}
