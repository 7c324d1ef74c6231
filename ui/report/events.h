/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - events: what happened, for people (a line) or programs (--json, one object a line).
 *
 * Every object has "event". Numbers are written so that they read back equal.
 */
#ifndef MMOE_UI_REPORT_H
#define MMOE_UI_REPORT_H

#include <mmoe/bench.h>
#include <mmoe/phase.h>

#include "ui/app/app.h"

/* Write to stdout at once. Where that fails the session ends with status 1 and a line on stderr
   (none for a closed pipe). */
void report_text(struct app *a, const char *text);
/* One rewritten line on stderr: where training and repeats are. For a terminal alone. */
void report_progress(struct app *a);
/* Wipe it; called for you before anything else is written. */
void report_progress_end(struct app *a);

/* data: rows, test_rows, dim, tasks, p, cos, pearson, var [per task] */
void report_data(struct app *a, const struct mmoe_dataset *d);
/* eval: step, loss [per task], loss_over_var [per task] */
void report_eval(struct app *a, const struct mmoe_snapshot *s, const struct mmoe_eval *e);
/* run.done: model, step, loss, loss_over_var, diverged, seconds, steps_per_second */
void report_run(struct app *a, const struct mmoe_snapshot *s);
/* repeat.run: seed, model, loss, loss_over_var, diverged */
void report_record(struct app *a, const struct mmoe_record *r, size_t done, size_t wanted);
/* repeat.done: model, n, diverged, mean, sd, median, q10, q90, min, max of task 1's final loss */
void report_repeat(struct app *a, const struct view_group *g);
/* sweep.run: run, cell, options, seed, loss, loss_over_var, diverged */
void report_sweep_run(struct app *a, const struct mmoe_record *r);
/* sweep.cell for every cell of the study that is shown: cell, options, n, diverged, mean, sd,
   median, q10, q90, min, max of task 1's final loss; over_var: the same of loss over variance */
void report_sweep(struct app *a);
/* bench: case, jobs, seed_steps_per_second, gflops, limit_gflops, ratio, phases (shares of time).
   first: with a head for people */
void report_bench(struct app *a, const struct mmoe_bench *b, bool first);

#endif
