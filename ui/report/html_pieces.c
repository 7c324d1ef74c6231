/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_pieces.c - what pages for a browser are made of. */
#include "ui/report/html_pieces.h"

#include <string.h>

#include <mmoe/origin.h>

#include "ui/report/verdicts.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\"><title>%s</title><style>\n"
    "body{font:16px/1.5 "
    "system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:62rem;margin:2rem auto;padding:0 "
    "1rem}\n"
    "h1{font-size:1.7rem}h2{margin-top:3rem;border-top:1px solid "
    "#ccc;padding-top:1rem}figure{margin:1rem 0}\n"
    "figure svg{width:100%%;height:auto}details{margin:1rem "
    "0}table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}\n"
    "th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid #ddd;vertical-align:top}\n"
    "td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}code{background:#"
    "f3f3f3;padding:.1rem "
    ".3rem}pre{font-size:.8rem;overflow-x:auto;background:#f3f3f3;padding:.6rem}\n"
    ".holds{color:#005a87;font-weight:600}.fails{color:#a33b00;font-weight:600}.undecided{color:#"
    "666}\n"
    ".scroll{overflow-x:auto}\n"
    "</style></head><body>\n";

void html_add_escaped(struct mmoe_text *t, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '<': mmoe_text_add(t, "&lt;"); break;
        case '>': mmoe_text_add(t, "&gt;"); break;
        case '&': mmoe_text_add(t, "&amp;"); break;
        case '"': mmoe_text_add(t, "&quot;"); break;
        default:
            if ((unsigned char)*s >= ' ' || *s == '\n')
                mmoe_text_add(t, "%c", *s);
        }
}

void html_add_tag(struct mmoe_text *t, const char *tag, const char *text)
{
    mmoe_text_add(t, "<%s>", tag);
    html_add_escaped(t, text);
    mmoe_text_add(t, "</%.*s>", (int)strcspn(tag, " "), tag);
}

void html_begin_table(struct mmoe_text *t, const char *const *heads, size_t n)
{
    mmoe_text_add(t, "<div class=\"scroll\"><table><tr>");
    for (size_t i = 0; i < n; i++)
        html_add_tag(t, "th", heads[i]);
    mmoe_text_add(t, "</tr>\n");
}

void html_end_table(struct mmoe_text *t)
{
    mmoe_text_add(t, "</table></div>\n");
}

/* A row for a term; the claim and its verdict stand in the first. */
static void add_term(struct mmoe_text *t, const struct mmoe_claim *c, size_t i)
{
    static const char *const classes[] = {
        [MMOE_UNDECIDED] = "undecided", [MMOE_HOLDS] = "holds", [MMOE_FAILS] = "fails"};
    const struct mmoe_claim_term *term = &c->term[i];
    char p[24];
    if (i == 0)
        mmoe_text_add(t, "<tr><td>%d</td>", c->number);
    else
        mmoe_text_add(t, "<tr><td></td>");
    html_add_tag(t, "td", i == 0 ? c->text : "");
    if (i == 0)
        mmoe_text_add(t, "<td class=\"%s\">%s</td>", classes[c->verdict],
                      mmoe_claims_verdict(c->verdict));
    else
        mmoe_text_add(t, "<td></td>");
    html_add_tag(t, "td", term->statistic);
    mmoe_text_add(t, "<td class=\"n\">");
    verdicts_add_estimate(term, t);
    mmoe_text_add(t, "</td>");
    html_add_tag(t, "td", verdicts_p(verdicts_p_of(term), p, sizeof p));
    mmoe_text_add(t, "<td class=\"%s\">%s</td></tr>\n", classes[term->verdict],
                  mmoe_claims_verdict(term->verdict));
}

void html_add_head(struct mmoe_text *t, const char *title, const char *command)
{
    struct mmoe_origin origin;
    struct mmoe_text escaped = {0};
    mmoe_origin_here(&origin);
    html_add_escaped(&escaped, title);
    mmoe_text_add(t, head, escaped.s ? escaped.s : "");
    html_add_tag(t, "h1", title);
    mmoe_text_add(t, "<p>Made by ");
    html_add_escaped(t, origin.version);
    mmoe_text_add(t, ". The same command with these settings makes the same numbers: ");
    html_add_tag(t, "code", command);
    mmoe_text_add(t, "</p>\n");
    mmoe_text_done(&escaped);
}

void html_add_end(struct mmoe_text *t)
{
    mmoe_text_add(t, "</body></html>\n");
}

void html_add_claims(struct mmoe_text *t, const struct mmoe_claim *claim, size_t n)
{
    static const char *const heads[] = {
        "", "claim", "verdict", "term", "value [interval]", "p, corrected", "of the term"};
    html_begin_table(t, heads, sizeof heads / sizeof *heads);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < claim[k].terms; i++)
            add_term(t, &claim[k], i);
    html_end_table(t);
}
