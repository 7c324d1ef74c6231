/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h - the finished runs of a grid, counted and summed up.
 *
 * The one aggregator: live repeats, sweeps, stored studies, claims and reports read
 * the same tally. Values keep their seeds, so that cells can be paired. Adding a run
 * costs the same however many there are; what is summed up is made when it is asked
 * for, once for all that was added since.
 *
 *   by seed   absent (MMOE_ABSENT): the run is not there, or has no such value;  NAN: it diverged
 *
 * Ownership: mmoe_tally_new / _free; what is asked for is the tally's, until it is extended
 *            or a run is added.
 * Threads:   one at a time; asking may sum up, and so counts as a change.
 *
 *   struct mmoe_tally *t = mmoe_tally_new(&grid, false);
 *   mmoe_tally_add(t, &record);
 *   mmoe_tally_spread(t, cell, MMOE_LOSS, 0)->summary.median
 *   mmoe_tally_values(t, cell, MMOE_LOSS, 0)[seed]
 */
#ifndef MMOE_TALLY_H
#define MMOE_TALLY_H

#include <math.h>

#include <mmoe/grid.h>
#include <mmoe/infer.h>
#include <mmoe/metrics.h>
#include <mmoe/record.h>
#include <mmoe/stats.h>
#include <mmoe/tasks.h>

/* A run that is not there, or has no value: it enters nothing. */
#define MMOE_ABSENT (-(double)INFINITY)

/* The finite values of a cell. summary.diverged counts the runs that diverged. */
struct mmoe_spread {
    const double *sorted; /* (summary.n) ascending */
    size_t without;       /* runs that did not diverge, yet have no value: no label, no variance */
    struct mmoe_summary summary;
};

/* A task's loss against the step, over the seeds of a cell. Where its runs have more steps than
 * there is room for, those that most runs have, the earlier ones of equals, and the last. */
struct mmoe_tally_curve {
    size_t points;
    size_t n[MMOE_RECORD_CURVE];    /* seeds that have a finite loss there */
    double step[MMOE_RECORD_CURVE]; /* ascending */
    double mean[MMOE_RECORD_CURVE], low[MMOE_RECORD_CURVE],
        high[MMOE_RECORD_CURVE]; /* 10 % and 90 % quantiles */
};

struct mmoe_tally;

/* A tally without runs; with_curves: it keeps the curves of records, too. */
struct mmoe_tally *mmoe_tally_new(const struct mmoe_grid *grid, bool with_curves);
void mmoe_tally_free(struct mmoe_tally *t); /* NULL allowed */
/* One with the same runs, for another thread; what was summed up of them is not copied. NULL where
 * t is. */
struct mmoe_tally *mmoe_tally_copy(const struct mmoe_tally *t);

const struct mmoe_grid *mmoe_tally_grid(const struct mmoe_tally *t);
/* Room for that many seeds a cell; not fewer than there are. */
void mmoe_tally_extend(struct mmoe_tally *t, size_t seeds);
/* Add the record of a run of the grid; false where the run was there already. A failed one is
 * counted, and is otherwise as if it were not there. */
bool mmoe_tally_add(struct mmoe_tally *t, const struct mmoe_record *record);

/* --- counts --- */

size_t mmoe_tally_done(const struct mmoe_tally *t);   /* finished runs, diverged ones included */
size_t mmoe_tally_failed(const struct mmoe_tally *t); /* runs that could not be made */
size_t mmoe_tally_diverged(const struct mmoe_tally *t);
bool mmoe_tally_complete(const struct mmoe_tally *t); /* every run is done or failed */
size_t mmoe_tally_cell_done(const struct mmoe_tally *t, size_t cell);
size_t mmoe_tally_cell_diverged(const struct mmoe_tally *t, size_t cell);
/*
 * Of the cell's runs that tell (*told: finished, and not diverged), those in which the task is
 * stuck (metrics.h), and their share with its 95 % interval (Wilson), NAN where no run tells.
 * MMOE_ANY_TASK: those in which some task is, since the tasks of a run do not get stuck
 * independently.
 */
enum { MMOE_ANY_TASK = MMOE_TASKS_MAX };
struct mmoe_interval mmoe_tally_stuck(const struct mmoe_tally *t, size_t cell, size_t task,
                                      size_t *stuck, size_t *told);
bool mmoe_tally_has(const struct mmoe_tally *t, size_t run); /* it is done */

/* Tasks of the runs so far; 0 without any. */
size_t mmoe_tally_tasks(const struct mmoe_tally *t, const struct mmoe_task **task);

/* --- values --- */

/* (seeds) the cell's values by seed; NULL where no run has a value of the metric for the task. */
const double *mmoe_tally_values(const struct mmoe_tally *t, size_t cell, enum mmoe_metric metric,
                                size_t task);
/* The same, all cells: (cells, seeds). */
const double *mmoe_tally_column(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task);
/* The same on the rows that choices are made by (dataset.h). */
const double *mmoe_tally_choice(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task);
/* (cells, seeds) the overlap of the first two gates; NULL where no run has two. */
const double *mmoe_tally_overlap(const struct mmoe_tally *t);
const struct mmoe_spread *mmoe_tally_spread(struct mmoe_tally *t, size_t cell,
                                            enum mmoe_metric metric, size_t task);
/* The share that n of the cell's finished runs are, diverged ones included, with its 95 % interval
 * (Wilson). */
struct mmoe_interval mmoe_tally_share(const struct mmoe_tally *t, size_t cell, size_t n);
/* Pearson correlation of the first two labels. */
const struct mmoe_spread *mmoe_tally_labels(struct mmoe_tally *t, size_t cell);
/* Checkpoints, of runs whose rows know their true probabilities: the steps (ascending) of one whose
 * curve is kept, 0 where there is none; and what a run came to at one of them, NAN where it was not
 * finite, MMOE_ABSENT where it is not there. */
size_t mmoe_tally_steps(const struct mmoe_tally *t, const uint32_t **step);
double mmoe_tally_at(const struct mmoe_tally *t, size_t cell, size_t seed, size_t step,
                     enum mmoe_metric metric, size_t task);
/* NULL unless the tally keeps curves. */
const struct mmoe_tally_curve *mmoe_tally_curve(struct mmoe_tally *t, size_t cell, size_t task);

#endif
