/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h - what events are written with: a sink, and the frame of an event.
 *
 * An event is a line or more for people, or one JSON object on a line of its own for
 * programs. Whoever reports knows the sink alone; where words go is for who owns it.
 *
 * Ownership: the sink is the app's; a text is the caller's until event_emit or event_end
 * frees it. Threads: user-interface thread.
 *
 *   event_begin(&t, "run.done");
 *   mmoe_json_count(&t, "step", step);
 *   event_end(sink, &t);
 */
#ifndef MMOE_UI_EVENT_H
#define MMOE_UI_EVENT_H

#include <mmoe/json.h>
#include <mmoe/option.h>
#include <mmoe/tasks.h>

#include "ui/panel/view.h"

/* On the screen events are lines of the log, else lines of stdout. */
enum event_mode { EVENT_SCREEN, EVENT_PLAIN, EVENT_JSON };

struct event_sink {
    enum event_mode mode;
    /* Take whole lines of data. */
    void (*emit)(void *context, const char *text);
    /* Show where something stands, in the place of what was shown before; "": nothing. */
    void (*progress)(void *context, const char *text);
    void *context;
};

/* An event of its own. Frees t. */
void event_emit(const struct event_sink *sink, struct mmoe_text *t);

/* A JSON object that begins with "event", and its end; event_end emits it. */
void event_begin(struct mmoe_text *t, const char *event);
void event_end(const struct event_sink *sink, struct mmoe_text *t);

/* What losses are set against: "variance", "entropy" where all are binary, or both. */
const char *event_spread(const struct mmoe_task *task, size_t n);

/* "tasks":[names]; the same under another key, where that is a count already. */
void event_add_tasks(struct mmoe_text *t, const struct mmoe_task *task, size_t n);
void event_add_names(struct mmoe_text *t, const char *key, const struct mmoe_task *task, size_t n);
/* "metric" and "task": what histograms and summaries are of. */
void event_add_measure(struct mmoe_text *t, const struct view *v);

/* --- for people --- */

/* The numbers of all tasks with a blank before each, in columns of that width (0: as they come). */
void event_add_losses(struct mmoe_text *t, const double *v, size_t n, int width);
/* The name of the model that options name. */
const char *event_model(const struct mmoe_options *o);

#endif
