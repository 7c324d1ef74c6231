/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imprint.h - what a file of a figure says of itself: title, caption, command, program.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_IMPRINT_H
#define MMOE_UI_IMPRINT_H

#include "ui/figure/figure.h"

/*
 * Append an SVG document to out with <title>, <desc> and <metadata> after its opening tag. Its ids
 * get a prefix that comes from its content, so that several figures can be elements of one page.
 */
void imprint_svg(const struct figure_page *page, const struct mmoe_text *svg,
                 struct mmoe_text *out);
/* Append a PNG to out with the same as text chunks after its header, and its resolution. */
void imprint_png(const struct figure_page *page, int dpi, const struct mmoe_text *png,
                 struct mmoe_text *out);

/* s as text of XML, quotes escaped as well. */
void imprint_add_xml(struct mmoe_text *t, const char *s);

#endif
