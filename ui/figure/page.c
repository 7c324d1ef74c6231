/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page.c - a page of figures in cells.
 *
 * From above to below: title, legend, figures in rows, caption. Where there is
 * little room the caption goes first, then the title, then whole rows of figures,
 * whose number the last line tells. Curves of a page are named in its legend, as
 * far as there is room for one; rows of bars name themselves.
 */
#include <stdio.h>
#include <string.h>

#include "ui/figure/range.h"

enum { GAP = 2, Y_LABELS = 5, COLUMNS_MOST = 3, ROW_MOST = 18, WORDS_FROM = 10 };

struct page {
    const struct figure_page *page;
    struct figure_shared shared;
    size_t columns;
    bool legend;
    size_t top; /* what a full bar stands for, where histograms share it; 0: each has its own */
    int least;  /* rows of a row of figures, title included */
};

/* --- kinds of figures --- */

static const char *plot_title(const struct figure *f)
{
    return f->plot.title;
}

static int plot_rows(const struct figure *f)
{
    (void)f;
    return 5;
}

static void draw_plot(const struct figure *f, struct canvas *c)
{
    figure_plot_draw(&f->plot, c);
}

static const char *histograms_title(const struct figure *f)
{
    return f->histograms.title;
}

static int histograms_rows(const struct figure *f)
{
    return 1 + (int)f->histograms.count;
}

static void draw_histograms(const struct figure *f, struct canvas *c)
{
    figure_histograms_draw(&f->histograms, c);
}

static const char *heat_title(const struct figure *f)
{
    return f->heat.title;
}

static int heat_rows(const struct figure *f)
{
    return 1 + (int)f->heat.rows;
}

static void draw_heat(const struct figure *f, struct canvas *c)
{
    figure_heat_draw(&f->heat, c);
}

static const char *text_title(const struct figure *f)
{
    return f->text.title;
}

static int text_rows(const struct figure *f)
{
    (void)f;
    return 2;
}

static void draw_text(const struct figure *f, struct canvas *c)
{
    figure_text_draw(&f->text, c);
}

static const struct kind {
    int width; /* without which it says nothing */
    const char *(*title)(const struct figure *f);
    int (*rows)(const struct figure *f); /* the same below the title */
    void (*draw)(const struct figure *f, struct canvas *c);
} kinds[] = {
    [FIGURE_PLOT] = {.width = 24, .title = plot_title, .rows = plot_rows, .draw = draw_plot},
    [FIGURE_HISTOGRAMS] = {.width = 38,
                           .title = histograms_title,
                           .rows = histograms_rows,
                           .draw = draw_histograms},
    [FIGURE_HEAT] = {.width = 24, .title = heat_title, .rows = heat_rows, .draw = draw_heat},
    [FIGURE_TEXT] = {.width = 40, .title = text_title, .rows = text_rows, .draw = draw_text},
};

static const char *title_of(const struct figure *f)
{
    return kinds[f->kind].title(f);
}

/* --- sizes --- */

static int least_width(const struct figure *f)
{
    return kinds[f->kind].width;
}

/* Rows without which a figure says nothing. */
static int least_height(const struct figure *f)
{
    return (title_of(f) != NULL) + kinds[f->kind].rows(f);
}

static size_t choose_columns(const struct figure_page *page, int width)
{
    int widest = 1;
    for (size_t i = 0; i < page->count; i++)
        widest = least_width(&page->figures[i]) > widest ? least_width(&page->figures[i]) : widest;
    size_t fit = (size_t)(width / widest), most = page->columns      ? page->columns
                                                  : page->count == 4 ? 2
                                                                     : COLUMNS_MOST;
    fit = fit > most ? most : fit;
    fit = fit > page->count ? page->count : fit;
    return fit ? fit : 1;
}

/* --- the legend --- */

static int draw_entries(const struct figure_page *page, struct canvas *c)
{
    struct figure_entry e;
    int x = 0;
    for (size_t i = 0; figure_legend(page, i, &e); i++) {
        enum role role = e.context ? ROLE_DIM : figure_role(e.look);
        canvas_put(c, x, 0, role, CELL_BOLD, c->glyphs->marks[e.style % CANVAS_MARKS]);
        x += 2 + canvas_text(c, x + 2, 0, role, CELL_BOLD, e.label) + GAP;
    }
    return x - GAP;
}

/* Whether all figures are plots whose series fit on one row. */
static bool fits_legend(const struct figure_page *page, int width)
{
    struct canvas none = {.glyphs = glyphs_find("ascii")};
    for (size_t i = 0; i < page->count; i++)
        if (page->figures[i].kind != FIGURE_PLOT)
            return false;
    int needed = draw_entries(page, &none);
    return needed > 0 && needed <= width;
}

/* --- figures --- */

static void draw_figure(const struct figure *f, struct canvas *c)
{
    const char *title = title_of(f);
    bool left = f->kind != FIGURE_PLOT || f->plot.without & FIGURE_NO_Y;
    struct canvas below = canvas_view(c, 0, title != NULL, c->width, c->height - (title != NULL));
    if (title)
        canvas_text(c, left ? 1 : Y_LABELS + 1, 0, ROLE_TITLE, CELL_BOLD, title);
    kinds[f->kind].draw(f, &below);
}

/* Figure i with what its neighbours do not tell already. */
static struct figure trimmed(const struct page *p, size_t i, bool last_row)
{
    struct figure f = figure_in_page(p->page, &p->shared, i);
    bool inner = p->shared.plots && i % p->columns > 0,
         above = !last_row && i + p->columns < p->page->count;
    if (f.kind == FIGURE_PLOT)
        f.plot.without |= (p->legend ? FIGURE_NO_NAMES : 0) | (inner ? FIGURE_NO_Y : 0) |
                          (p->shared.plots && above ? FIGURE_NO_X : 0);
    if (f.kind == FIGURE_HISTOGRAMS && p->shared.histograms) {
        f.histograms.top = p->top;
        f.histograms.without |= above ? FIGURE_NO_X : 0;
    }
    return f;
}

static int width_of_each(const struct page *p, int width)
{
    int labels = p->shared.plots ? Y_LABELS : 0, columns = (int)p->columns;
    return (width - labels - GAP * (columns - 1)) / columns;
}

static size_t shared_top(const struct page *p, int width)
{
    size_t top = 0;
    for (size_t i = 0; i < p->page->count && p->shared.histograms; i++) {
        struct figure f = figure_in_page(p->page, &p->shared, i);
        size_t most = figure_histograms_top(&f.histograms, width_of_each(p, width));
        top = most > top ? most : top;
    }
    return top;
}

static void draw_row(const struct page *p, size_t first, bool last_row, struct canvas *c)
{
    int labels = p->shared.plots ? Y_LABELS : 0, each = width_of_each(p, c->width), x = 0;
    for (size_t i = first; i < first + p->columns && i < p->page->count; i++) {
        struct figure f = trimmed(p, i, last_row);
        int width = each + (i == first ? labels : 0);
        struct canvas one = canvas_view(c, x, 0, width, c->height);
        draw_figure(&f, &one);
        x += width + GAP;
    }
}

/* As many rows of figures as there is room for; returns how many figures that are. */
static size_t draw_rows(const struct page *p, struct canvas *c)
{
    size_t rows = (p->page->count + p->columns - 1) / p->columns,
           shown = (size_t)(c->height / p->least);
    shown = shown > rows ? rows : shown;
    if (shown == 0)
        return 0;
    int each = c->height / (int)shown;
    each = each > ROW_MOST && rows > 1 ? ROW_MOST : each;
    for (size_t r = 0; r < shown; r++) {
        struct canvas row = canvas_view(c, 0, (int)r * each, c->width, each);
        draw_row(p, r * p->columns, r + 1 == shown, &row);
    }
    return shown * p->columns < p->page->count ? shown * p->columns : p->page->count;
}

static void draw_caption(const struct figure_page *page, struct canvas *c)
{
    canvas_text(c, 0, c->height - 1, ROLE_DIM, 0, page->caption);
    if (canvas_columns(page->caption) > c->width)
        canvas_put(c, c->width - 1, c->height - 1, ROLE_DIM, 0, c->glyphs->ellipsis);
}

void figure_page_draw(const struct figure_page *page, struct canvas *c)
{
    struct page p = {.page = page,
                     .shared = figure_shared_of(page),
                     .columns = choose_columns(page, c->width),
                     .least = 1};
    for (size_t i = 0; i < page->count; i++)
        p.least = least_height(&page->figures[i]) > p.least ? least_height(&page->figures[i])
                                                            : p.least;
    bool title = page->title && c->height > p.least + 1,
         caption = page->caption && c->height >= p.least + WORDS_FROM;
    p.top = shared_top(&p, c->width);
    p.legend = c->height > p.least + 1 && fits_legend(page, c->width);
    int top = title + p.legend, y = 0;
    if (title)
        canvas_text(c, 0, y++, ROLE_TITLE, CELL_BOLD, page->title);
    struct canvas entries = canvas_view(c, 0, y, c->width, 1);
    struct canvas figures = canvas_view(c, 0, top, c->width, c->height - top - caption);
    if (p.legend)
        draw_entries(page, &entries);
    size_t shown = draw_rows(&p, &figures);
    if (caption)
        draw_caption(page, c);
    if (shown < page->count) {
        char note[64];
        snprintf(note, sizeof note, " %zu more: needs more room", page->count - shown);
        canvas_text_right(c, c->width - 1, c->height - 1, ROLE_WARN, 0, note);
    }
}

void figure_text_draw(const struct figure_text *text, struct canvas *c)
{
    const struct canvas *from = text->cells;
    for (int y = 0; y < c->height && y < from->height; y++)
        for (int x = 0; x < c->width && x < from->width; x++) {
            const struct canvas_cell *cell = &from->cells[y * from->stride + x];
            if (cell->ch)
                canvas_put(c, x, y, (enum role)cell->role, cell->bits, cell->ch);
            for (size_t i = 0; i < CELL_MARKS && cell->marks[i]; i++)
                canvas_mark(c, x, y, cell->marks[i]);
        }
}
