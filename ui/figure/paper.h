/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper.h - lines, areas, marks and words at places in points (1/72 in), as SVG, PDF or PNG.
 *
 * The origin is the top left corner, y grows downwards; text stands on its base
 * line. Words may be any bytes: what is no character shows as '?'. Nothing fails
 * before the end, where paper_close tells.
 *
 * Ownership: paper_open / paper_close. Threads: one paper belongs to one.
 *
 *   struct paper *p = paper_open(PAPER_SVG, 245, 170, page);
 *   paper_move(p, 10, 10);  paper_line(p, 90, 10);  paper_stroke(p, ink, 0.8, 0);
 *   paper_close(p, &bytes, &err);
 */
#ifndef MMOE_UI_PAPER_H
#define MMOE_UI_PAPER_H

#include <mmoe/status.h>
#include <mmoe/text.h>

#include "ui/figure/figure.h"

enum paper_kind { PAPER_SVG, PAPER_PDF, PAPER_PNG };

struct paper;

/* A white sheet of width x height that says of itself what the page says. */
struct paper *paper_open(enum paper_kind kind, double width, double height,
                         const struct figure_page *page);
/* One on which nothing is drawn but words are measured; drop it with paper_close(p, NULL, NULL). */
struct paper *paper_open_blank(void);
/* Append the file's bytes to out and free p. MMOE_LIMIT where it is too large a drawing. */
enum mmoe_status paper_close(struct paper *p, struct mmoe_text *out, struct mmoe_error *err);

/* --- ink --- */

struct ink {
    float red, green, blue, alpha;
};
extern const struct ink ink_black, ink_text, ink_dim, ink_axis, ink_grid, ink_context, ink_white;
/* Colour-blind-safe colours: eight, then black. */
struct ink ink_of_look(size_t look);
/* Blues from light (0) to dark (1), and what is read on them. */
struct ink ink_of_share(double t), ink_over_share(double t);
struct ink ink_faint(struct ink ink, double alpha);

/* --- lines and areas: a path is made, then stroked or filled, which ends it --- */

void paper_move(struct paper *p, double x, double y);
void paper_line(struct paper *p, double x, double y);
void paper_box(struct paper *p, double x, double y, double width, double height);
void paper_stroke(struct paper *p, struct ink ink, double width,
                  size_t dash); /* dash 0: solid; patterns by style */
void paper_fill(struct paper *p, struct ink ink);
/* What follows is drawn inside only, until paper_unclip. */
void paper_clip(struct paper *p, double x, double y, double width, double height);
void paper_unclip(struct paper *p);
/* The mark of a style (eight, then again), size across. */
void paper_mark(struct paper *p, double x, double y, double size, size_t style, struct ink ink);

/* --- words --- */

enum hold { HOLD_LEFT, HOLD_MIDDLE, HOLD_RIGHT }; /* what of the text is at x */
struct face {
    double size;
    bool bold, mono;
};
double paper_width(struct paper *p, struct face face, const char *text);
void paper_text(struct paper *p, double x, double y, enum hold hold, struct face face,
                struct ink ink, const char *text);
/* The same from below to above, its middle at y and its base line at x. */
void paper_text_up(struct paper *p, double x, double y, struct face face, struct ink ink,
                   const char *text);

#endif
