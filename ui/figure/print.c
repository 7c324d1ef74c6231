/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print.c - a page of figures on paper.
 *
 * Title, legend, figures in rows, caption: everything is measured first on a
 * blank paper, so that the page is as high as what is on it. A page is as wide as
 * a column of a journal (3.4 in) for one figure and as its text (7 in) for several
 * or for what needs the room.
 */
#include "ui/figure/print.h"

#include <math.h>
#include <string.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

enum {
    PAD = 6,
    OVERHANG = 8 /* of a label at the right end */,
    COLUMNS_MOST = 3,
    COLUMNS_FIT = 6 /* of a page asked for */
};
enum { TITLE_LINE = 13, LEGEND_LINE = 12, CAPTION_LINE = 9, SAMPLE = 20, LEGEND_GAP = 14 };
#define NARROW (3.4 * 72)
#define WIDE (7.0 * 72)

struct place {
    struct figure figure;
    const struct printer *printer;
    struct box area;
};

struct sheet {
    struct paper *paper; /* blank while it is measured */
    const struct figure_page *page;
    size_t columns;
    double width, height;
    struct place *places;
};

static const struct printer *printer_of(const struct figure *f)
{
    static const struct printer *const printers[] = {[FIGURE_PLOT] = &print_plot,
                                                     [FIGURE_HISTOGRAMS] = &print_rows,
                                                     [FIGURE_HEAT] = &print_heat,
                                                     [FIGURE_TEXT] = &print_text};
    bool overlay = f->kind == FIGURE_HISTOGRAMS && f->histograms.overlay;
    return overlay ? &print_overlay : printers[f->kind];
}

/* --- words --- */

/* Bytes of text that go on one line of that width, at least one word. */
static size_t line_length(struct paper *p, struct face face, const char *text, double width)
{
    struct mmoe_text line = {0};
    size_t fits = strcspn(text, " \n");
    for (size_t n = fits; text[n] == ' '; fits = n) {
        n += strspn(text + n, " ");
        n += strcspn(text + n, " \n");
        mmoe_text_clear(&line);
        mmoe_text_add_bytes(&line, text, n);
        if (paper_width(p, face, line.s) > width)
            break;
    }
    mmoe_text_done(&line);
    return fits;
}

/* Text in lines, the first with its base line at y; returns how many. Draws none where it is only
 * measured. */
static size_t wrapped(struct sheet *s, struct face face, struct ink ink, const char *text, double y,
                      double leading)
{
    struct mmoe_text line = {0};
    size_t lines = 0;
    for (; text && *text; lines++) {
        size_t n = line_length(s->paper, face, text, s->width - 2 * PAD);
        mmoe_text_clear(&line);
        mmoe_text_add_bytes(&line, text, n);
        paper_text(s->paper, PAD, y + leading * (double)lines, HOLD_LEFT, face, ink, line.s);
        text += n;
        text += *text == '\n' ? 1 : strspn(text, " ");
    }
    mmoe_text_done(&line);
    return lines;
}

/* --- the legend --- */

/* Outlines that name themselves and rows need none; nor does a curve that is alone. */
static bool has_legend(const struct figure_page *page)
{
    struct figure_entry entry;
    for (size_t i = 0; i < page->count; i++) {
        const struct figure *f = &page->figures[i];
        bool names_itself = f->kind == FIGURE_HISTOGRAMS &&
                            (!f->histograms.overlay || page->count == 1);
        if (names_itself)
            return false;
    }
    return figure_legend(page, 0, &entry) && (figure_legend(page, 1, &entry) || page->count > 1);
}

static void print_sample(struct paper *p, const struct figure_entry *e, double x, double y)
{
    struct ink ink = e->context ? ink_context : ink_of_look(e->look);
    if (e->filled) {
        paper_box(p, x, y - 3.5, SAMPLE, 7);
        paper_fill(p, ink_faint(ink, 0.2));
    }
    if (!e->unjoined) {
        paper_move(p, x, y);
        paper_line(p, x + SAMPLE, y);
        paper_stroke(p, ink, e->context ? 0.8 : 1.1, e->style);
    }
    if (e->markers)
        paper_mark(p, x + SAMPLE / 2.0, y, 4, e->style, ink);
}

/* Entries in rows from y on; returns the height they take. */
static double legend(struct sheet *s, double y)
{
    struct figure_entry e;
    double x = PAD, rows = 1;
    if (!has_legend(s->page))
        return 0;
    for (size_t i = 0; figure_legend(s->page, i, &e); i++) {
        double width = SAMPLE + 4 + paper_width(s->paper, face_text, e.label);
        if (x > PAD && x + width > s->width - PAD) {
            x = PAD;
            rows++;
        }
        double at = y + LEGEND_LINE * (rows - 0.5);
        print_sample(s->paper, &e, x, at);
        paper_text(s->paper, x + SAMPLE + 4, at + 2.8, HOLD_LEFT, face_text, ink_text, e.label);
        x += width + LEGEND_GAP;
    }
    return LEGEND_LINE * rows + 3;
}

/* --- where figures lie --- */

static size_t choose_columns(const struct figure_page *page)
{
    size_t n = page->columns ? page->columns : page->count == 4 ? 2 : COLUMNS_MOST;
    for (size_t i = 0; i < page->count && !page->columns; i++)
        if (printer_of(&page->figures[i])->wide)
            n = 1;
    n = n > page->count ? page->count : n;
    while (n > COLUMNS_FIT) /* halves keep what belongs together on rows of its own */
        n = (n + 1) / 2;
    return n ? n : 1;
}

/* With shared axes the labels are told at the left and below alone. */
static void leave_out(struct sheet *s, const struct figure_shared *shared, size_t i)
{
    struct figure *f = &s->places[i].figure;
    bool legend_tells = has_legend(s->page),
         overlay = f->kind == FIGURE_HISTOGRAMS && f->histograms.overlay;
    unsigned without = legend_tells ? FIGURE_NO_NAMES : 0;
    if (shared->plots || shared->histograms)
        without |= (i % s->columns ? FIGURE_NO_Y : 0) |
                   (i + s->columns < s->page->count ? FIGURE_NO_X : 0);
    if (f->kind == FIGURE_PLOT)
        f->plot.without |= without;
    else if (overlay)
        f->histograms.without |= without;
}

/* All overlays of a page with shared axes are as high as the fullest bin of all. */
static void share_top(struct sheet *s, const struct figure_shared *shared)
{
    size_t bins[PRINT_BINS_MAX], top = 0, count = print_bin_count(&shared->bins);
    for (size_t i = 0; i < s->page->count; i++)
        for (size_t k = 0; k < s->page->figures[i].histograms.count; k++) {
            size_t most =
                print_bins(&s->page->figures[i].histograms.rows[k], &shared->bins, count, bins);
            top = most > top ? most : top;
        }
    for (size_t i = 0; i < s->page->count; i++)
        if (s->places[i].figure.histograms.top == 0)
            s->places[i].figure.histograms.top = top;
}

static void prepare(struct sheet *s)
{
    struct figure_shared shared = figure_shared_of(s->page);
    for (size_t i = 0; i < s->page->count; i++) {
        struct place *at = &s->places[i];
        at->figure = figure_in_page(s->page, &shared, i);
        at->printer = printer_of(&at->figure);
        leave_out(s, &shared, i);
    }
    if (shared.histograms && shared.bins.low < shared.bins.high)
        share_top(s, &shared);
}

/* A page whose figures have no use for all of its width is narrower, down to a column's. */
static void narrow(struct sheet *s)
{
    double most = 0, margin = 0;
    for (size_t i = 0; i < s->page->count; i++) {
        const struct place *at = &s->places[i];
        if (!at->printer->most)
            return;
        most = fmax(most, at->printer->most(&at->figure));
        margin = fmax(margin, at->printer->margin(s->paper, &at->figure));
    }
    double all = (double)s->columns * (most + margin + PRINT_GAP) - PRINT_GAP + 2 * PAD + OVERHANG;
    s->width = fmin(s->width, fmax(ceil(all), NARROW));
}

/* Left edges and widths: columns have areas of one width, margins as their figures need. */
static void place_columns(struct sheet *s)
{
    double left = PAD, margins[16] = {0}, all = 0;
    for (size_t i = 0; i < s->page->count; i++) {
        double *margin = &margins[i % s->columns % 16];
        *margin = fmax(*margin, s->places[i].printer->margin(s->paper, &s->places[i].figure));
    }
    for (size_t k = 0; k < s->columns; k++)
        all += margins[k % 16] + (k ? PRINT_GAP : 0);
    double width = fmax((s->width - 2 * PAD - OVERHANG - all) / (double)s->columns, 20);
    for (size_t k = 0; k < s->columns; k++) {
        left += margins[k % 16];
        for (size_t i = k; i < s->page->count; i += s->columns) {
            s->places[i].area.x = left;
            s->places[i].area.width = width;
        }
        left += width + PRINT_GAP;
    }
}

/* One row of figures from y on; returns its lower end. */
static double place_row(struct sheet *s, size_t first, double y)
{
    double head = 0, height = 0, foot = 0;
    size_t end = first + s->columns < s->page->count ? first + s->columns : s->page->count;
    for (size_t i = first; i < end; i++) {
        const struct place *at = &s->places[i];
        head = fmax(head, at->printer->head(&at->figure));
        height = fmax(height, at->printer->height(&at->figure, at->area.width));
        foot = fmax(foot, at->printer->foot(&at->figure));
    }
    for (size_t i = first; i < end; i++) {
        s->places[i].area.y = y + head;
        s->places[i].area.height = height;
    }
    return y + head + height + foot;
}

/* --- the whole --- */

/* Draw the page from above to below on s->paper, or measure it where that is blank; leaves its
 * height. */
static void draw(struct sheet *s)
{
    const struct figure_page *page = s->page;
    double y = PAD;
    y += TITLE_LINE * (double)wrapped(s, face_title, ink_black, page->title, y + 8, TITLE_LINE);
    y += legend(s, y);
    for (size_t i = 0; i < page->count; i += s->columns)
        y = place_row(s, i, y + (i ? PRINT_LINE : 0));
    for (size_t i = 0; i < page->count; i++)
        s->places[i].printer->print(s->paper, &s->places[i].figure, s->places[i].area);
    if (page->caption && *page->caption) {
        y += 4;
        y += CAPTION_LINE *
             (double)wrapped(s, face_note, ink_dim, page->caption, y + 7, CAPTION_LINE);
    }
    s->height = y + PAD;
}

static enum mmoe_status print(const struct figure_page *page, enum paper_kind kind,
                              struct mmoe_text *out, struct mmoe_error *err)
{
    struct sheet s = {.page = page, .columns = choose_columns(page), .width = NARROW};
    if (page->wide || page->count > 1 || (page->count == 1 && printer_of(&page->figures[0])->wide))
        s.width = WIDE;
    s.places = mmoe_alloc(page->count, sizeof *s.places);
    s.paper = paper_open_blank();
    prepare(&s);
    narrow(&s);
    place_columns(&s);
    draw(&s);
    paper_close(s.paper, NULL, NULL);
    s.paper = paper_open(kind, s.width, ceil(s.height), page);
    draw(&s);
    mmoe_free(s.places);
    return paper_close(s.paper, out, err);
}

enum mmoe_status figure_page_write(const struct figure_page *page, const char *path,
                                   struct mmoe_error *err)
{
    static const char *const endings[] = {
        [PAPER_SVG] = ".svg", [PAPER_PDF] = ".pdf", [PAPER_PNG] = ".png"};
    struct mmoe_text bytes = {0};
    for (size_t kind = 0; kind < sizeof endings / sizeof *endings; kind++) {
        if (!mmoe_text_ends(path, endings[kind]))
            continue;
        enum mmoe_status status = print(page, (enum paper_kind)kind, &bytes, err);
        if (!mmoe_failed(status))
            status = mmoe_file_replace(path, bytes.s, bytes.n, err);
        mmoe_text_done(&bytes);
        return status;
    }
    return mmoe_fail(err, MMOE_INVALID,
                     "a figure is written as .svg, .pdf or .png: name the file %.200s.svg", path);
}

void figure_page_svg(const struct figure_page *page, struct mmoe_text *out)
{
    struct mmoe_text bytes = {0};
    if (!mmoe_failed(print(page, PAPER_SVG, &bytes, NULL)) && bytes.n) {
        const char *element = strstr(bytes.s, "<svg"); /* after the XML declaration */
        mmoe_text_add_bytes(out, element, bytes.n - (size_t)(element - bytes.s));
    }
    mmoe_text_done(&bytes);
}
