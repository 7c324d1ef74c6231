/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events.h - events of rows, evaluations, runs and measurements: what happened, for people (a line)
 * or programs (--json, one object a line).
 *
 * Every object has "event". Numbers are written so that they read back equal. Evaluations are no
 * events of the screen, whose panel shows them.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_EVENTS_H
#define MMOE_UI_EVENTS_H

#include <mmoe/bench.h>
#include <mmoe/dataset.h>
#include <mmoe/phase.h>

#include "ui/panel/view.h"
#include "ui/report/event.h"

/* A run as one line, which load makes again. */
void events_share(const struct event_sink *sink, const char *line);
/* data: rows, test_rows, dim, tasks, p, cos, pearson, var [per task]; o: what they were made with.
 */
void events_data(const struct event_sink *sink, const struct mmoe_dataset *d,
                 const struct mmoe_options *o);
/* eval: step, loss [per task], loss_over_var [per task] */
/* side: of which of several live runs; "": there is one. headed: at step 0 columns are named. */
void events_eval(const struct event_sink *sink, const struct mmoe_snapshot *s,
                 const struct mmoe_eval *e, const char *side, bool headed);
/* run.done: model, step, loss, loss_over_var, diverged, seconds, steps_per_second */
void events_run(const struct event_sink *sink, const struct mmoe_snapshot *s);
/* bench: case, jobs, seed_steps_per_second, gflops, limit_gflops, ratio, peak_gflops, phases
   (shares of time). first: with a head for people */
void events_bench(const struct event_sink *sink, const struct mmoe_bench *b, bool first);

/* Where training, which is to stop at step `until`, the queue, a reading or a job are; sweeping:
 * the queue trains runs of a study. */
void events_progress(const struct event_sink *sink, const struct view *v, size_t until,
                     bool sweeping);

#endif
