/* SPDX-License-Identifier: GPL-3.0-or-later */
/* row.c - one row, told: lines, or an event. */
#include "ui/report/row.h"

#include <math.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/table.h>

enum { WIDTH = 74, NUMBER = 24 };

/* A binary task's logit as a probability. */
static double predicted(const struct mmoe_dataset *d, const struct mmoe_seen *s, size_t task)
{
    return d->task[task].binary ? 1 / (1 + exp(-s->predicted[task])) : s->predicted[task];
}

static const struct mmoe_rows *part_of(const struct mmoe_dataset *d, const struct mmoe_seen *s)
{
    return s->validates ? &d->validation : &d->test;
}

static double raw_number(const struct mmoe_table *m, const struct mmoe_seen *s, size_t k)
{
    return (double)m->raw_test[(s->row - 1) * m->fold.numbers + k];
}

/* The value of field i: categories first, then numbers, as the file has them. */
static const char *field_of(const struct mmoe_dataset *d, const struct mmoe_seen *s, size_t i,
                            char number[NUMBER])
{
    const struct mmoe_table *m = d->table;
    if (i < m->fold.columns) {
        uint32_t level = mmoe_table_level(part_of(d, s), s->at, i);
        return level == MMOE_TABLE_NONE ? "(not seen in training)" : m->level[level];
    }
    double v = raw_number(m, s, i - m->fold.columns);
    return isnan(v) ? "-" : mmoe_format_setting(v, number, NUMBER);
}

static const char *name_of(const struct mmoe_table *m, size_t i)
{
    return i < m->fold.columns ? m->category[i] : m->number[i - m->fold.columns];
}

/* --- for people --- */

static void people_fields(const struct mmoe_dataset *d, const struct mmoe_seen *s,
                          struct mmoe_text *t)
{
    size_t line = t->n;
    char number[NUMBER];
    for (size_t i = 0; i < d->table->fold.columns + d->table->fold.numbers; i++) {
        const char *name = name_of(d->table, i), *value = field_of(d, s, i, number);
        if (t->n > line && t->n - line + strlen(name) + strlen(value) + 4 > WIDTH) {
            mmoe_text_add(t, "\n");
            line = t->n;
        }
        mmoe_text_add(t, "%s", t->n > line ? "; " : "  ");
        mmoe_text_add_clean(t, name);
        mmoe_text_add(t, " ");
        mmoe_text_add_clean(t, value);
    }
    mmoe_text_add(t, "\n");
}

static void people_tasks(const struct mmoe_dataset *d, const struct mmoe_seen *s,
                         struct mmoe_text *t)
{
    char label[NUMBER], value[NUMBER];
    for (size_t k = 0; k < s->tasks; k++) {
        mmoe_text_add(t, "  %s: ", d->task[k].name);
        if (isnan(s->label[k]))
            mmoe_text_add(t, "no label");
        else if (d->task[k].binary)
            mmoe_text_add(t, "%s", s->label[k] > 0.5 ? "yes" : "no");
        else
            mmoe_text_add(t, "%s", mmoe_format_loss(s->label[k], label, sizeof label));
        mmoe_text_add(t, ", predicted %s\n",
                      d->task[k].binary
                          ? mmoe_format_fixed(predicted(d, s, k), 3, value, sizeof value)
                          : mmoe_format_loss(predicted(d, s, k), value, sizeof value));
    }
}

static void people_gates(const struct mmoe_dataset *d, const struct mmoe_seen *s,
                         struct mmoe_text *t)
{
    char weight[NUMBER];
    for (size_t g = 0; g < s->gates; g++) {
        mmoe_text_add(t, "  gate %s:", s->gates == s->tasks ? d->task[g].name : "of all tasks");
        for (size_t e = 0; e < s->experts; e++)
            mmoe_text_add(t, " e%zu %s", e + 1,
                          mmoe_format_fixed((double)s->weight[g][e], 2, weight, sizeof weight));
        mmoe_text_add(t, "\n");
    }
    if (s->gates == 0)
        mmoe_text_add(t, "  this model has no gates\n");
}

/* --- for programs --- */

static void json_row(const struct mmoe_dataset *d, const struct mmoe_seen *s, size_t step,
                     struct mmoe_text *t)
{
    double label[MMOE_TASKS_MAX], value[MMOE_TASKS_MAX];
    for (size_t k = 0; k < s->tasks; k++) {
        label[k] = s->label[k];
        value[k] = predicted(d, s, k);
    }
    event_begin(t, "gates.row");
    mmoe_json_count(t, "row", s->row);
    mmoe_json_count(t, "step", step);
    mmoe_json_word(t, "part", s->validates ? "validation" : "test");
    if (d->table) {
        mmoe_json_key(t, "fields");
        mmoe_text_add(t, "{");
        for (size_t i = 0; i < d->table->fold.columns; i++)
            mmoe_json_word(t, name_of(d->table, i), field_of(d, s, i, NULL));
        for (size_t k = 0; k < d->table->fold.numbers; k++)
            mmoe_json_number(t, d->table->number[k], raw_number(d->table, s, k));
        mmoe_text_add(t, "}");
    }
    event_add_names(t, "task_names", d->task, d->tasks);
    mmoe_json_numbers(t, "labels", label, s->tasks);
    mmoe_json_numbers(t, "predicted", value, s->tasks);
    mmoe_json_key(t, "gates");
    mmoe_text_add(t, "[");
    for (size_t g = 0; g < s->gates; g++) {
        mmoe_text_add(t, "%s[", g ? "," : "");
        for (size_t e = 0; e < s->experts; e++) {
            mmoe_text_add(t, "%s", e ? "," : "");
            mmoe_text_add_number(t, (double)s->weight[g][e]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]}\n");
}

void row_tell(const struct event_sink *sink, const struct mmoe_seen *s, size_t step,
              const struct mmoe_dataset *d)
{
    struct mmoe_text t = {0};
    if (!d || s->tasks != d->tasks)
        return; /* other rows have come meanwhile */
    if (sink->mode == EVENT_JSON) {
        json_row(d, s, step, &t);
    } else {
        mmoe_text_add(&t, "row %s, a %s row, at step %s\n", mmoe_format_count(s->row, MMOE_NUMBER),
                      s->validates ? "validation" : "test", mmoe_format_count(step, MMOE_NUMBER));
        if (d->table)
            people_fields(d, s, &t);
        people_tasks(d, s, &t);
        people_gates(d, s, &t);
    }
    event_emit(sink, &t);
    mmoe_text_done(&t);
}
