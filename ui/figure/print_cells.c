/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print_cells.c - what is made of cells on paper: heat maps, and canvases as text.
 *
 * A cell of a heat map says its value as a number and as a colour; where cells are
 * too narrow for numbers, a bar beside them says what the colours mean.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "ui/figure/print.h"

enum { CELL_MAX = 36, CELL_HIGH = 20, CELL_LEAST = 9, NUMBER_WIDTH = 17, BAR_WIDTH = 40 };
#define MONO_SIZE 6.6
#define MONO_WIDTH 0.602 /* of a character, in sizes: that of most such fonts */
#define MONO_HEIGHT 1.3

/* --- heat maps --- */

static double share(const struct figure_heat *h, float v)
{
    double t = ((double)v - (double)h->low) / ((double)h->high - (double)h->low);
    return isfinite(t) ? fmin(fmax(t, 0), 1) : 0;
}

static void print_cell(struct paper *p, const struct figure_heat *h, float v, struct box cell)
{
    char number[24];
    double t = share(h, v);
    paper_box(p, cell.x, cell.y, cell.width, cell.height);
    paper_fill(p, isfinite(v) ? ink_of_share(t) : ink_grid);
    if (cell.width < NUMBER_WIDTH)
        return;
    double a = fabs((double)v);
    snprintf(number, sizeof number,
             !isfinite(v) ? "-"
             : a >= 99.95 ? "%.0f"
             : a >= 9.995 ? "%.1f"
                          : "%.2f",
             (double)v);
    paper_text(p, cell.x + cell.width / 2, cell.y + cell.height / 2 + 2.5, HOLD_MIDDLE, face_tick,
               isfinite(v) ? ink_over_share(t) : ink_text, number);
}

static void print_colour_bar(struct paper *p, const struct figure_heat *h, struct box area)
{
    enum { STEPS = 32 };
    struct print_axis y =
        print_axis_make((double)h->low, (double)h->high, false, area.y + area.height, area.y, 4);
    double step = area.height / STEPS;
    for (int i = 0; i < STEPS; i++) {
        paper_box(p, area.x, area.y + area.height - step * (i + 1), area.width, step + 0.1);
        paper_fill(p, ink_of_share((i + 0.5) / STEPS));
    }
    print_y_axis(p, &y, area, NULL, 0, false);
}

static double cell_width(const struct figure_heat *h, double width)
{
    double cell = width / (double)(h->columns ? h->columns : 1);
    if (cell < NUMBER_WIDTH)
        cell = (width - BAR_WIDTH) / (double)h->columns;
    return fmin(cell, CELL_MAX);
}

static double cell_height(const struct figure_heat *h)
{
    double high = 320 / (double)(h->rows ? h->rows : 1);
    return fmin(fmax(high, CELL_LEAST), CELL_HIGH);
}

static void print_names(struct paper *p, const struct figure_heat *h, struct box map, double margin)
{
    double width = map.width / (double)h->columns, height = map.height / (double)h->rows,
           end = -INFINITY;
    for (size_t j = 0; j < h->columns; j++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", j + 1);
        const char *name = h->column_names ? h->column_names[j] : number;
        double x = map.x + width * ((double)j + 0.5), room = paper_width(p, face_tick, name);
        if (x - room / 2 < end + 3)
            continue;
        paper_text(p, x, map.y + map.height + 8.5, HOLD_MIDDLE, face_tick, ink_text, name);
        end = x + room / 2;
    }
    for (size_t i = 0; h->row_names && i < h->rows; i++)
        paper_text(p, map.x - 4, map.y + height * ((double)i + 0.5) + 2.8, HOLD_RIGHT, face_text,
                   ink_text, h->row_names[i]);
    if (h->x_label)
        paper_text(p, map.x + map.width / 2, map.y + map.height + 9 + PRINT_LINE, HOLD_MIDDLE,
                   face_text, ink_text, h->x_label);
    if (h->y_label)
        paper_text_up(p, map.x - margin + 7, map.y + map.height / 2, face_text, ink_text,
                      h->y_label);
}

static void print_map(struct paper *p, const struct figure *f, struct box area)
{
    const struct figure_heat *h = &f->heat;
    double width = cell_width(h, area.width), height = cell_height(h), gap = width < 4 ? 0 : 1;
    struct box map = {area.x, area.y, width * (double)h->columns, height * (double)h->rows};
    struct box named = {area.x, area.y, area.width, area.height};
    print_head(p, named, print_heat.head(f), h->title, h->value_label);
    if (h->rows == 0 || h->columns == 0)
        return;
    for (size_t i = 0; i < h->rows; i++)
        for (size_t j = 0; j < h->columns; j++) {
            struct box cell = {map.x + width * (double)j, map.y + height * (double)i, width - gap,
                               height - gap};
            print_cell(p, h, h->values[i * h->stride + j], cell);
        }
    print_names(p, h, map, print_heat.margin(p, f));
    if (width < NUMBER_WIDTH && h->high > h->low)
        print_colour_bar(
            p, h, (struct box){map.x + map.width + BAR_WIDTH - 8, map.y, 8, fmax(map.height, 40)});
}

static double heat_margin(struct paper *p, const struct figure *f)
{
    double most = 0;
    for (size_t i = 0; f->heat.row_names && i < f->heat.rows; i++)
        most = fmax(most, paper_width(p, face_text, f->heat.row_names[i]));
    return most + 6 + (f->heat.y_label ? PRINT_LINE : 0);
}

static double heat_head(const struct figure *f)
{
    return (f->heat.title || f->heat.value_label ? PRINT_LINE + 2 : 0) + 1;
}

static double heat_foot(const struct figure *f)
{
    return f->heat.x_label ? 2 * PRINT_LINE + 1 : PRINT_LINE;
}

static double heat_height(const struct figure *f, double width)
{
    (void)width;
    return cell_height(&f->heat) * (double)(f->heat.rows ? f->heat.rows : 1);
}

static double heat_most(const struct figure *f)
{
    return CELL_MAX * (double)(f->heat.columns ? f->heat.columns : 1);
}

const struct printer print_heat = {.margin = heat_margin,
                                   .head = heat_head,
                                   .foot = heat_foot,
                                   .height = heat_height,
                                   .print = print_map,
                                   .most = heat_most};

/* --- text --- */

/* Roles on white: what is bright on a screen is dark here. */
static struct ink ink_of_role(enum role role)
{
    if (role >= ROLE_SERIES_1 && role <= ROLE_SERIES_8)
        return ink_of_look((size_t)(role - ROLE_SERIES_1));
    switch (role) {
    case ROLE_DIM:
    case ROLE_BORDER: return ink_dim;
    case ROLE_KEY:
    case ROLE_PROMPT: return ink_of_look(1);
    case ROLE_WARN:
    case ROLE_BAD: return ink_of_look(0);
    case ROLE_GOOD: return ink_of_look(2);
    default: return ink_text;
    }
}

static double mono_size(const struct canvas *c, double width)
{
    return c->width > 0 ? fmin(MONO_SIZE, width / (MONO_WIDTH * c->width)) : MONO_SIZE;
}

static bool is_alike(const struct canvas_cell *a, const struct canvas_cell *b)
{
    return a->role == b->role && (a->bits & CELL_BOLD) == (b->bits & CELL_BOLD);
}

/* Cells x..end of a row, which look alike. */
static void print_run(struct paper *p, const struct canvas *c, int x, int end, int row, double left,
                      double y, double size)
{
    const struct canvas_cell *cell = &c->cells[row * c->stride + x];
    struct canvas run = canvas_view(c, x, row, end - x, 1);
    char *text = canvas_dump(&run);
    text[strcspn(text, "\n")] = '\0';
    if (*text)
        paper_text(p, left + x * MONO_WIDTH * size, y, HOLD_LEFT,
                   (struct face){size, (cell->bits & CELL_BOLD) != 0, true},
                   ink_of_role((enum role)cell->role), text);
    mmoe_free(text);
}

static void print_canvas(struct paper *p, const struct figure *f, struct box area)
{
    const struct canvas *c = f->text.cells;
    double size = mono_size(c, area.width);
    print_head(p, area, print_text.head(f), f->text.title, NULL);
    for (int row = 0; row < c->height; row++) {
        const struct canvas_cell *cells = &c->cells[row * c->stride];
        for (int x = 0, end; x < c->width; x = end) {
            end = x + 1;
            while (end < c->width && is_alike(&cells[x], &cells[end]) &&
                   !(cells[end].ch == L' ' && cells[end - 1].ch == L' '))
                end++;
            print_run(p, c, x, end, row, area.x, area.y + size * (MONO_HEIGHT * row + 1), size);
        }
    }
}

static double text_margin(struct paper *p, const struct figure *f)
{
    (void)p;
    (void)f;
    return 0;
}

static double text_head(const struct figure *f)
{
    return (f->text.title ? PRINT_LINE + 1 : 0) + 2;
}

static double text_foot(const struct figure *f)
{
    (void)f;
    return 0;
}

static double text_height(const struct figure *f, double width)
{
    return mono_size(f->text.cells, width) * MONO_HEIGHT * (f->text.cells->height + 0.3);
}

static double text_most(const struct figure *f)
{
    return MONO_SIZE * MONO_WIDTH * f->text.cells->width;
}

const struct printer print_text = {.margin = text_margin,
                                   .head = text_head,
                                   .foot = text_foot,
                                   .height = text_height,
                                   .print = print_canvas,
                                   .most = text_most,
                                   .wide = true};
