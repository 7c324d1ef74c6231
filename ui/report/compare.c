/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.c - rows of the histograms set against each other, told. */
#include "ui/report/compare.h"

#include "ui/panel/pairs.h"

enum { ROWS_MOST = 200 };

static void json_pair(const struct view *v, const struct pair *p, const struct mmoe_paired *r,
                      struct mmoe_text *t)
{
    event_begin(t, "compare.rows");
    mmoe_json_word(t, "row", p->name);
    mmoe_json_word(t, "to", p->to);
    mmoe_json_count(t, "n", r->n);
    mmoe_json_count(t, "lower", r->lower);
    mmoe_json_count(t, "diverged", r->diverged);
    mmoe_json_number(t, r->ratio ? "ratio" : "difference", r->difference.value);
    mmoe_json_number(t, "low", r->difference.low);
    mmoe_json_number(t, "high", r->difference.high);
    mmoe_json_number(t, "needed", r->needed);
    event_add_measure(t, v);
    mmoe_text_add(t, "}\n");
}

static void add_pair(const struct view *v, const struct pair *p, bool json, struct mmoe_text *t)
{
    struct mmoe_paired r;
    pair_compare(v, p, &r);
    if (json) {
        json_pair(v, p, &r, t);
        return;
    }
    pair_add_words(v, p, &r, t);
    mmoe_text_add(t, "\n");
}

void compare_add(const struct view *v, bool json, struct mmoe_text *t)
{
    struct mmoe_text name[2] = {{0}};
    struct pair p;
    for (size_t i = 0; i < ROWS_MOST && pair_at(v, i, name, &p); i++)
        add_pair(v, &p, json, t);
    for (int i = 0; i < 2; i++)
        mmoe_text_done(&name[i]);
}

void compare_add_models(const struct view *v, int first, int second, bool json, struct mmoe_text *t)
{
    struct pair p;
    if (pair_of_models(v, first, second, &p))
        add_pair(v, &p, json, t);
}
