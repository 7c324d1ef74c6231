/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heat.c - a matrix as shaded cells with the numbers in them.
 *
 * Every cell says its value twice: as a number and as a magnitude of the
 * theme's ramp. Where cells are too narrow for numbers, shades stand for them.
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

static void draw_cell(const struct figure_heat *h, struct canvas *c, float v)
{
    double t = share(h, v);
    char number[16];
    canvas_fill(c, 0, 0, c->width, c->height, heat_role(t),
                c->width < NUMBER ? c->glyphs->shade[(int)(t * 4)] : L' ');
    if (c->width < NUMBER)
        return;
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

static void draw_column_name(const struct figure_heat *h, struct canvas *c, size_t j, int x,
                             int width)
{
    char name[24];
    snprintf(name, sizeof name, "e%zu", j + 1);
    const char *text = h->column_names ? h->column_names[j] : name;
    int n = canvas_columns(text);
    struct canvas cell = canvas_view(c, x, 0, width, 1);
    if (n <= width || (h->column_names && width > NUMBER))
        canvas_text(&cell, n < width ? (width - n) / 2 : 0, 0, ROLE_DIM, 0, text);
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

void figure_heat_draw(const struct figure_heat *h, struct canvas *c)
{
    int margin = names_width(h);
    if (h->rows == 0 || h->columns == 0 || c->height < 2)
        return;
    int width = (c->width - margin) / (int)h->columns, height = (c->height - 1) / (int)h->rows;
    int gap = width > NUMBER ? 1 : 0;
    width = width < 1 ? 1 : width > CELL_MAX ? CELL_MAX : width;
    height = height < 1 ? 1 : height > HEIGHT_MAX ? HEIGHT_MAX : height;
    for (size_t j = 0; j < h->columns; j++)
        draw_column_name(h, c, j, margin + (int)j * width, width - gap);
    size_t rows = shown_rows(h, c);
    for (size_t i = 0; i < rows; i++) {
        int y = 1 + (int)i * height;
        if (h->row_names)
            canvas_text(c, 0, y + (height - 1) / 2, ROLE_TEXT, CELL_BOLD, h->row_names[i]);
        for (size_t j = 0; j < h->columns; j++) {
            struct canvas cell = canvas_view(c, margin + (int)j * width, y, width - gap, height);
            draw_cell(h, &cell, h->values[i * h->stride + j]);
        }
    }
}
