/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * studies.h - events of repeats and studies: each finished run, and what all of them say.
 *
 * Single runs are no events of the screen, nor are the cells of a study: its histograms show them.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_STUDIES_H
#define MMOE_UI_STUDIES_H

#include "ui/panel/view.h"
#include "ui/report/event.h"

/* repeat.run: seed, model, the metrics per task, tasks, diverged */
void studies_record(const struct event_sink *sink, const struct mmoe_record *r, size_t done,
                    size_t wanted);
/* repeat.done: model, n, diverged, mean, sd, median, q10, q90, min, max of the metric and task that
   histograms show; these two */
void studies_repeat(const struct event_sink *sink, const struct view *v,
                    const struct view_group *g);
/* sweep.run: run, cell, options, seed, the metrics per task, tasks, pearson, diverged */
void studies_run(const struct event_sink *sink, const struct view_study *study,
                 const struct mmoe_record *r);
/* How far a table of cells is: zero at first. */
struct studies_table {
    size_t measured, told; /* cells */
    int width;             /* of the longest name of those measured */
};
/* sweep.cell for every cell of the study: cell, options, n, diverged, mean, sd, median, q10, q90,
   min, max of the metric and task that histograms show; over_var: the same of loss over variance.
   A call tells some, at most `cells`; true where there are more. */
bool studies_cells(const struct event_sink *sink, const struct view *v, struct studies_table *table,
                   size_t cells);

#endif
