/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_pieces.h - what pages for a browser are made of: a head, tags, tables, claims.
 *
 * Ownership: the caller's texts, to which is appended. Threads: any.
 *
 *   html_add_head(&t, title, command);  html_add_tag(&t, "p", words);  html_add_end(&t);
 */
#ifndef MMOE_UI_HTML_PIECES_H
#define MMOE_UI_HTML_PIECES_H

#include <mmoe/claims.h>
#include <mmoe/text.h>

/* Everything down to the title and what made the page. */
void html_add_head(struct mmoe_text *t, const char *title, const char *command);
void html_add_end(struct mmoe_text *t);
void html_add_escaped(struct mmoe_text *t, const char *s);
/* tag may have attributes: "td class=\"n\"". */
void html_add_tag(struct mmoe_text *t, const char *tag, const char *text);
void html_begin_table(struct mmoe_text *t, const char *const *heads, size_t n);
void html_end_table(struct mmoe_text *t);
/* A table with a row for each term. */
void html_add_claims(struct mmoe_text *t, const struct mmoe_claim *claim, size_t n);

#endif
