/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.h - worker threads: one live run, and a queue of runs behind it.
 *
 * The live lane owns at most one run. Orders to it (make, train, pause, tune)
 * apply between steps and return at once; it publishes a snapshot by copy and
 * writes a byte to a pipe, so that a poll loop wakes. The queue holds whole
 * runs (mmoe_study_run) that any of `jobs` workers takes; records come back in
 * the order of submission whatever the order they finished in.
 *
 * Ownership: the runner owns its threads, its run and its dataset. mmoe_runner_free
 *            stops everything and joins.
 * Threads:   every function here is called from one thread, the user interface's.
 *
 *   struct mmoe_runner *r = mmoe_runner_new();
 *   mmoe_runner_make(r, &options, false);  mmoe_runner_train(r, 6000);
 *   poll(mmoe_runner_fd(r)) ... mmoe_runner_drain(r); mmoe_runner_snapshot(r, &shown);
 */
#ifndef MMOE_RUNNER_H
#define MMOE_RUNNER_H

#include <mmoe/snapshot.h>
#include <mmoe/study.h>

struct mmoe_runner;

struct mmoe_runner *mmoe_runner_new(void);
void mmoe_runner_free(struct mmoe_runner *r);

/* Readable when something happened since the last drain: a snapshot, a record, an order done. */
int mmoe_runner_fd(const struct mmoe_runner *r);
void mmoe_runner_drain(struct mmoe_runner *r);

/* --- the live lane; orders are carried out one after the other --- */

/* Make the rows (unless those at hand were made with the same data options), then, with a net, a run at step 0. */
void mmoe_runner_make(struct mmoe_runner *r, const struct mmoe_options *o, bool with_run);
/* Train the run to that step at o's speed; to the step it is at: nothing. */
void mmoe_runner_train(struct mmoe_runner *r, size_t until);
/* Options that reset nothing; may overtake a training in progress. */
void mmoe_runner_tune(struct mmoe_runner *r, const struct mmoe_options *o);
/* Stop a training in progress after its current step and drop orders that wait. */
void mmoe_runner_pause(struct mmoe_runner *r);
/* Back to step 0, identical weights and order. */
void mmoe_runner_reset(struct mmoe_runner *r);

/* True while an order is in progress or waits. */
bool mmoe_runner_busy(const struct mmoe_runner *r);
/* What the last order that failed said; clears it. MMOE_OK: nothing failed. */
enum mmoe_status mmoe_runner_error(struct mmoe_runner *r, struct mmoe_error *err);
/* Copy the newest snapshot; false where none was published since the last call. Call it when idle to size room. */
bool mmoe_runner_snapshot(struct mmoe_runner *r, struct mmoe_snapshot *out);
/* The rows at hand, one more reference (free it), or NULL. */
struct mmoe_dataset *mmoe_runner_data(struct mmoe_runner *r);

/* --- the queue of runs --- */

/* Queue n repeats of o (mmoe_study_seeded) on `jobs` workers (0: one per core). */
void mmoe_runner_repeat(struct mmoe_runner *r, const struct mmoe_options *o, size_t n, size_t jobs);
/* The next finished record in the order of submission; false where none is ready. A run that could not
   be made comes back as a record with step 0 and NAN losses, and its error through mmoe_runner_error. */
bool mmoe_runner_record(struct mmoe_runner *r, struct mmoe_record *out);
/* Runs of the queue finished and submitted since it was last empty. */
void mmoe_runner_progress(const struct mmoe_runner *r, size_t *finished, size_t *submitted);
/* Drop what waits and stop what runs. */
void mmoe_runner_stop(struct mmoe_runner *r);

#endif
