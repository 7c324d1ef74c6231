/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - what a table has, told: lines, or events. */
#include "ui/report/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/table.h>

enum { WIDTH = 96, INDENT = 12, NUMBER = 24 };

/* --- columns --- */

/* Append a word to lines of about WIDTH columns that are indented. */
static void add_word(struct mmoe_text *t, size_t *used, const char *word)
{
    size_t n = strlen(word) + 2;
    if (*used > INDENT && *used + n > WIDTH) {
        mmoe_text_add(t, "\n%*s", INDENT, "");
        *used = INDENT;
    }
    mmoe_text_add_clean(t, word);
    mmoe_text_add(t, "  ");
    *used += n;
}

static void people_columns(const struct mmoe_table *m, struct mmoe_text *t)
{
    size_t used = INDENT;
    char word[120];
    mmoe_text_add(t, "%-*s", INDENT, "categories");
    for (size_t c = 0; c < m->fold.columns; c++) {
        snprintf(word, sizeof word, "%s (%u)", m->category[c], m->first[c + 1] - m->first[c]);
        add_word(t, &used, word);
    }
    used = INDENT;
    mmoe_text_add(t, "\n%-*s", INDENT, "numbers");
    for (size_t k = 0; k < m->fold.numbers; k++)
        add_word(t, &used, m->number[k]);
    mmoe_text_add(
        t, "\n%zu levels + %zu numbers; a category's levels are those of the training rows\n",
        m->fold.levels, m->fold.numbers);
}

static void json_columns(const struct mmoe_table *m, struct mmoe_text *t)
{
    for (size_t c = 0; c < m->fold.columns; c++) {
        event_begin(t, "table.column");
        mmoe_json_word(t, "name", m->category[c]);
        mmoe_json_word(t, "kind", "category");
        mmoe_json_count(t, "levels", m->first[c + 1] - m->first[c]);
        mmoe_text_add(t, "}\n");
    }
    for (size_t k = 0; k < m->fold.numbers; k++) {
        event_begin(t, "table.column");
        mmoe_json_word(t, "name", m->number[k]);
        mmoe_json_word(t, "kind", "number");
        mmoe_text_add(t, "}\n");
    }
}

/* --- labels --- */

static void tell_part(const struct event_sink *sink, const struct mmoe_dataset *d,
                      const struct mmoe_rows *rows, const char *name, struct mmoe_text *t)
{
    double yes[MMOE_TASKS_MAX];
    double r = mmoe_dataset_labels(d, rows, yes);
    char count[NUMBER], share[NUMBER], number[NUMBER];
    if (sink->mode == EVENT_JSON) {
        event_begin(t, "table.part");
        mmoe_json_word(t, "part", name);
        mmoe_json_count(t, "rows", rows->n);
        mmoe_json_numbers(t, "yes", yes, d->tasks);
        mmoe_json_number(t, "pearson", r);
        mmoe_text_add(t, "}\n");
        return;
    }
    mmoe_text_add(t, "%-*s%9s", INDENT, name, mmoe_format_count(rows->n, count, sizeof count));
    for (size_t k = 0; k < d->tasks; k++) {
        if (d->task[k].binary && !isnan(yes[k]))
            mmoe_text_add(t, "  %s %s %%", d->task[k].name,
                          mmoe_format_fixed(100 * yes[k], 2, share, sizeof share));
    }
    if (isfinite(r))
        mmoe_text_add(t, "  r %s", mmoe_format_fixed(r, 5, number, sizeof number));
    mmoe_text_add(t, "\n");
}

void columns_tell(const struct event_sink *sink, const struct mmoe_dataset *d)
{
    struct mmoe_text t = {0};
    if (!d->table)
        return;
    if (sink->mode == EVENT_JSON)
        json_columns(d->table, &t);
    else
        people_columns(d->table, &t);
    tell_part(sink, d, &d->train, "train", &t);
    tell_part(sink, d, &d->validation, "validation", &t);
    tell_part(sink, d, &d->test, "test", &t);
    event_emit(sink, &t);
    mmoe_text_done(&t);
}
