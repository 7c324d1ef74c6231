/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper.c - lines, marks and words as SVG, PDF or PNG; the only user of cairo.
 *
 * The same drawing gives the same bytes: the PDF has no date, words are measured
 * without hinting, and no group is used, since cairo numbers those through the
 * life of a program. Colours are those of Okabe and Ito (2008) as far as they can
 * be seen on white, magnitudes the blues of ColorBrewer (Harrower and Brewer, 2003):
 * the looks a terminal with a light background gives them, at the precision of print.
 */
#include "ui/figure/paper.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

#include "ui/figure/imprint.h"

enum { DPI = 300, POINTS = 72 };
#define FAMILY "Arial" /* or what stands for it here: Liberation Sans, DejaVu Sans, ... */
#define FAMILY_MONO "monospace"

struct paper {
    enum paper_kind kind;
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct mmoe_text bytes, clean; /* clean: room for words */
    const struct figure_page *page;
};

/* --- ink --- */

const struct ink ink_black = {0, 0, 0, 1}, ink_text = {0.13f, 0.13f, 0.13f, 1},
                 ink_dim = {0.35f, 0.35f, 0.35f, 1}, ink_axis = {0.4f, 0.4f, 0.4f, 1},
                 ink_grid = {0.9f, 0.9f, 0.9f, 1}, ink_context = {0.6f, 0.6f, 0.6f, 1},
                 ink_white = {1, 1, 1, 1};

static struct ink from_hex(unsigned rgb)
{
    return (struct ink){(float)(rgb >> 16 & 255) / 255, (float)(rgb >> 8 & 255) / 255,
                        (float)(rgb & 255) / 255, 1};
}

struct ink ink_of_look(size_t look)
{
    /* vermilion, blue, bluish green, amber, reddish purple, sky blue, black, brown */
    static const unsigned colours[FIGURE_LOOKS] = {0xD55E00, 0x0072B2, 0x009E73, 0xE69F00,
                                                   0xC0609A, 0x56B4E9, 0x222222, 0x7A5C3E};
    return look < FIGURE_LOOKS ? from_hex(colours[look]) : ink_black;
}

struct ink ink_of_share(double t)
{
    static const unsigned blues[] = {0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6,
                                     0x4292C6, 0x2171B5, 0x08519C, 0x08306B};
    enum { LAST = sizeof blues / sizeof *blues - 1 };
    double at = isnan(t) ? 0 : fmin(fmax(t, 0), 1) * LAST;
    int i = (int)fmin(at, LAST - 1);
    float part = (float)(at - i);
    struct ink a = from_hex(blues[i]), b = from_hex(blues[i + 1]);
    return (struct ink){a.red + part * (b.red - a.red), a.green + part * (b.green - a.green),
                        a.blue + part * (b.blue - a.blue), 1};
}

struct ink ink_over_share(double t)
{
    return t > 0.7 ? ink_white : ink_black;
}

struct ink ink_faint(struct ink ink, double alpha)
{
    ink.alpha = (float)alpha;
    return ink;
}

static void use(struct paper *p, struct ink ink)
{
    cairo_set_source_rgba(p->cairo, (double)ink.red, (double)ink.green, (double)ink.blue,
                          (double)ink.alpha);
}

/* --- opening and closing --- */

static cairo_status_t take(void *bytes, const unsigned char *data, unsigned n)
{
    mmoe_text_add_bytes(bytes, data, n);
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *make_surface(struct paper *p, double width, double height)
{
    double scale = (double)DPI / POINTS;
    cairo_surface_t *s;
    switch (p->kind) {
    case PAPER_SVG:
        s = cairo_svg_surface_create_for_stream(take, &p->bytes, width, height);
        cairo_svg_surface_set_document_unit(s, CAIRO_SVG_UNIT_PT);
        return s;
    case PAPER_PDF: return cairo_pdf_surface_create_for_stream(take, &p->bytes, width, height);
    case PAPER_PNG: break;
    }
    s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width * scale),
                                   (int)ceil(height * scale));
    cairo_surface_set_device_scale(s, scale, scale);
    return s;
}

/* Outlines and widths as the font has them, whatever the sizes of pixels. */
static void unhint(struct paper *p)
{
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(p->cairo, o);
    cairo_font_options_destroy(o);
}

static void set_pdf_words(struct paper *p)
{
    const struct {
        cairo_pdf_metadata_t key;
        const char *value;
    } words[] = {{CAIRO_PDF_METADATA_TITLE, p->page->title},
                 {CAIRO_PDF_METADATA_CREATOR, p->page->program},
                 {CAIRO_PDF_METADATA_SUBJECT, p->page->caption},
                 {CAIRO_PDF_METADATA_KEYWORDS, p->page->command}};
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, ""); /* none */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        mmoe_text_clear(&p->clean);
        mmoe_text_add_clean(&p->clean, words[i].value ? words[i].value : "");
        if (p->clean.n)
            cairo_pdf_surface_set_metadata(p->surface, words[i].key, p->clean.s);
    }
}

struct paper *paper_open(enum paper_kind kind, double width, double height,
                         const struct figure_page *page)
{
    struct paper *p = mmoe_alloc(1, sizeof *p);
    p->kind = kind;
    p->page = page;
    p->surface = make_surface(p, width, height);
    if (kind == PAPER_PDF)
        set_pdf_words(p);
    p->cairo = cairo_create(p->surface);
    unhint(p);
    cairo_set_line_join(p->cairo, CAIRO_LINE_JOIN_ROUND);
    use(p, ink_white);
    cairo_paint(p->cairo);
    return p;
}

struct paper *paper_open_blank(void)
{
    struct paper *p = mmoe_alloc(1, sizeof *p);
    p->surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    p->cairo = cairo_create(p->surface);
    unhint(p);
    return p;
}

static void finish(struct paper *p, struct mmoe_text *out)
{
    if (p->kind == PAPER_PNG)
        cairo_surface_write_to_png_stream(p->surface, take, &p->bytes);
    cairo_surface_finish(p->surface);
    if (p->kind == PAPER_SVG)
        imprint_svg(p->page, &p->bytes, out);
    else if (p->kind == PAPER_PNG)
        imprint_png(p->page, DPI, &p->bytes, out);
    else
        mmoe_text_add_bytes(out, p->bytes.s, p->bytes.n);
}

enum mmoe_status paper_close(struct paper *p, struct mmoe_text *out, struct mmoe_error *err)
{
    cairo_status_t status = cairo_status(p->cairo);
    if (out && status == CAIRO_STATUS_SUCCESS)
        finish(p, out);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(p->surface);
    cairo_destroy(p->cairo);
    cairo_surface_destroy(p->surface);
    mmoe_text_done(&p->bytes);
    mmoe_text_done(&p->clean);
    mmoe_free(p);
    if (status == CAIRO_STATUS_SUCCESS)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_LIMIT,
                     "the figure cannot be drawn: %s: try .svg or .pdf, or fewer figures",
                     cairo_status_to_string(status));
}

/* --- lines and areas --- */

void paper_move(struct paper *p, double x, double y)
{
    cairo_move_to(p->cairo, x, y);
}

void paper_line(struct paper *p, double x, double y)
{
    cairo_line_to(p->cairo, x, y);
}

void paper_box(struct paper *p, double x, double y, double width, double height)
{
    cairo_rectangle(p->cairo, x, y, width, height);
}

void paper_stroke(struct paper *p, struct ink ink, double width, size_t dash)
{
    static const double patterns[][6] = {
        {0}, {4.5, 1.8}, {1.3, 1.3}, {6, 1.5, 1.3, 1.5}, {2.8, 1.4}, {8, 1.5, 1.3, 1.5, 1.3, 1.5}};
    const double *pattern = patterns[dash % (sizeof patterns / sizeof *patterns)];
    int n = 0;
    while (n < 6 && pattern[n] > 0)
        n++;
    cairo_set_dash(p->cairo, pattern, n, 0);
    cairo_set_line_width(p->cairo, width);
    use(p, ink);
    cairo_stroke(p->cairo);
}

void paper_fill(struct paper *p, struct ink ink)
{
    use(p, ink);
    cairo_fill(p->cairo);
}

void paper_clip(struct paper *p, double x, double y, double width, double height)
{
    cairo_save(p->cairo);
    cairo_rectangle(p->cairo, x, y, width, height);
    cairo_clip(p->cairo);
}

void paper_unclip(struct paper *p)
{
    cairo_restore(p->cairo);
}

/* Corners on a circle, the first at that angle from above. */
static void add_corners(struct paper *p, double x, double y, double radius, int corners,
                        double angle)
{
    for (int i = 0; i < corners; i++) {
        double a = angle + 2 * M_PI * i / corners;
        (i ? paper_line : paper_move)(p, x + radius * sin(a), y - radius * cos(a));
    }
    cairo_close_path(p->cairo);
}

void paper_mark(struct paper *p, double x, double y, double size, size_t style, struct ink ink)
{
    double r = size / 2;
    bool open = style % 2 == 1; /* as the marks of a terminal are */
    switch (style % CANVAS_MARKS) {
    case 0:
    case 1:
        cairo_new_sub_path(p->cairo);
        cairo_arc(p->cairo, x, y, r, 0, 2 * M_PI);
        break;
    case 2:
    case 3: add_corners(p, x, y + 0.15 * size, 1.2 * r, 3, 0); break;
    case 4:
    case 5: add_corners(p, x, y, 1.2 * r, 4, M_PI / 4); break;
    default: add_corners(p, x, y, 1.3 * r, 4, 0); break;
    }
    use(p, open ? ink_white : ink);
    cairo_fill_preserve(p->cairo);
    paper_stroke(p, ink, 0.9, 0);
}

/* --- words --- */

static const char *clean(struct paper *p, struct face face, const char *text)
{
    cairo_select_font_face(p->cairo, face.mono ? FAMILY_MONO : FAMILY, CAIRO_FONT_SLANT_NORMAL,
                           face.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cairo, face.size);
    mmoe_text_clear(&p->clean);
    mmoe_text_add_clean(&p->clean, text);
    return p->clean.s ? p->clean.s : "";
}

double paper_width(struct paper *p, struct face face, const char *text)
{
    cairo_text_extents_t e;
    cairo_text_extents(p->cairo, clean(p, face, text), &e);
    return e.x_advance;
}

void paper_text(struct paper *p, double x, double y, enum hold hold, struct face face,
                struct ink ink, const char *text)
{
    double width = hold == HOLD_LEFT ? 0 : paper_width(p, face, text);
    use(p, ink);
    cairo_move_to(p->cairo,
                  x - (hold == HOLD_MIDDLE  ? width / 2
                       : hold == HOLD_RIGHT ? width
                                            : 0),
                  y);
    cairo_show_text(p->cairo, clean(p, face, text));
    cairo_new_path(p->cairo);
}

void paper_text_up(struct paper *p, double x, double y, struct face face, struct ink ink,
                   const char *text)
{
    cairo_save(p->cairo);
    cairo_translate(p->cairo, x, y);
    cairo_rotate(p->cairo, -M_PI / 2);
    paper_text(p, 0, 0, HOLD_MIDDLE, face, ink, text);
    cairo_restore(p->cairo);
}
