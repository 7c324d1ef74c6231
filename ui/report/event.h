/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h - what events are written with: report.c has these, and report_studies.c uses them, too.
 *
 * Ownership: the text is the caller's until event_emit or event_end frees it. Threads:
 * user-interface thread.
 *
 *   event_begin(&t, "run.done");
 *   event_add_count(&t, "step", step);
 *   event_end(a, &t);
 */
#ifndef MMOE_UI_EVENT_H
#define MMOE_UI_EVENT_H

#include "ui/app/app.h"

/* An event of its own: a line of stdout, or lines of the log. Frees t. */
void event_emit(struct app *a, struct mmoe_text *t);

/* --- JSON: an object, and what stands in it --- */

void event_begin(struct mmoe_text *t, const char *event);
void event_end(struct app *a, struct mmoe_text *t); /* and emit it */
void event_add_count(struct mmoe_text *t, const char *key, unsigned long long v);
void event_add_number(struct mmoe_text *t, const char *key, double v);
void event_add_numbers(struct mmoe_text *t, const char *key, const double *v, size_t n);
void event_add_word(struct mmoe_text *t, const char *key, const char *word);
void event_add_truth(struct mmoe_text *t, const char *key, bool truth);

/* --- for people --- */

/* The numbers of all tasks with a blank before each, in columns of that width (0: as they come). */
void event_add_losses(struct mmoe_text *t, const double *v, size_t n, int width);

/* The name of the model that options name. */
const char *event_model(const struct mmoe_options *o);

#endif
