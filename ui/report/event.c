/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event.c - the frame of an event, and what most of them tell. */
#include "ui/report/event.h"

#include <math.h>
#include <stdio.h>

#include <mmoe/model.h>

enum { LOSS_SIZE = 32 };

void event_emit(const struct event_sink *sink, struct mmoe_text *t)
{
    if (t->n)
        sink->emit(sink->context, t->s);
    mmoe_text_done(t);
}

void event_begin(struct mmoe_text *t, const char *event)
{
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", event);
}

void event_end(const struct event_sink *sink, struct mmoe_text *t)
{
    mmoe_text_add(t, "}\n");
    event_emit(sink, t);
}

void event_add_losses(struct mmoe_text *t, const double *v, size_t n, int width)
{
    char loss[LOSS_SIZE];
    for (size_t i = 0; i < n; i++)
        mmoe_text_add(t, " %*s", width, mmoe_format_loss(v[i], loss, sizeof loss));
}

const char *event_spread(const struct mmoe_task *task, size_t n)
{
    size_t binary = 0;
    for (size_t k = 0; k < n; k++)
        binary += task[k].binary;
    return binary == 0 ? "variance" : binary == n ? "entropy" : "variance or entropy";
}

void event_add_tasks(struct mmoe_text *t, const struct mmoe_task *task, size_t n)
{
    event_add_names(t, "tasks", task, n);
}

void event_add_names(struct mmoe_text *t, const char *key, const struct mmoe_task *task, size_t n)
{
    mmoe_json_key(t, key);
    mmoe_text_add(t, "[");
    for (size_t k = 0; k < n; k++) {
        mmoe_text_add(t, k ? "," : "");
        mmoe_text_add_json(t, task[k].name);
    }
    mmoe_text_add(t, "]");
}

void event_add_measure(struct mmoe_text *t, const struct view *v)
{
    char letter[2];
    mmoe_json_word(t, "metric", mmoe_metrics_table[v->metric].key);
    mmoe_json_word(t, "task", view_task(v, v->task, letter));
}

const char *event_model(const struct mmoe_options *o)
{
    return mmoe_model_name(mmoe_model_at((size_t)o->model));
}
