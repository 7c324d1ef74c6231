/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h - one training: a dataset, a net, an optimiser, random streams.
 *
 * The caller drives: nothing happens but inside a call, and a step allocates
 * nothing. The same options give the same bits, live or in a batch. Held-out
 * losses are measured at step 0, every eval-every steps and at the last step.
 * The objective is the weighted sum over tasks of the mean squared error, or log
 * loss, of the batch; Adam uses 0.9, 0.999, 1e-8 (Kingma and Ba, 2015).
 *
 * Ownership: a run holds one reference to its dataset; mmoe_run_free drops it.
 * Threads:   a run belongs to one thread at a time.
 *
 *   struct mmoe_run *run = mmoe_run_new(&options, dataset, &err);
 *   while (mmoe_run_step(run) == MMOE_CONTINUE) continue;
 *   mmoe_snapshot_copy(&shown, mmoe_run_snapshot(run));
 */
#ifndef MMOE_RUN_H
#define MMOE_RUN_H

#include <mmoe/dataset.h>
#include <mmoe/model.h>
#include <mmoe/snapshot.h>
#include <mmoe/status.h>

struct mmoe_run;

/* A run at step 0, evaluated once. NULL and *err where the options do not go together. */
struct mmoe_run *mmoe_run_new(const struct mmoe_options *o, struct mmoe_dataset *data,
                              struct mmoe_error *err);
void mmoe_run_free(struct mmoe_run *run);

/*
 * One training step. MMOE_CONTINUE: more to do before `steps`; MMOE_DONE: at
 * `steps`, or out of patience; MMOE_DIVERGED: it came to nothing (divergence.h): the weights are
 * those of the last finite evaluation and no further step is taken.
 */
enum mmoe_status mmoe_run_step(struct mmoe_run *run);

/*
 * Measure the test rows, once for the weights the run has (the best ones where keep-best keeps
 * them): the final values. Without validation rows they are those of the last evaluation, or the
 * best. A run that diverged has none. Changes nothing a step depends on.
 */
void mmoe_run_test(struct mmoe_run *run);

/* Evaluate now unless this step was evaluated already. Called for you by mmoe_run_step when due. */
void mmoe_run_evaluate(struct mmoe_run *run);

/* Back to step 0 with the identical weights and batch order, and the options there are now. */
void mmoe_run_reset(struct mmoe_run *run);
/* The same with the options it began with. */
void mmoe_run_restart(struct mmoe_run *run);

/*
 * Watched (as it begins): what gates and experts do is measured at every evaluation, else at the
 * last step alone; and the last batches' losses are remembered.
 */
void mmoe_run_watch(struct mmoe_run *run, bool watched);
/* Measure of that set, and of no more, now and at every evaluation. It allocates and frees. Nothing
 * else depends on it. */
enum {
    MMOE_SHOWS_FIT = 1,    /* snapshot.fit: what the net has learned */
    MMOE_SHOWS_SCATTER = 2 /* snapshot.scatter: what gates do with single rows */
};
void mmoe_run_show(struct mmoe_run *run, unsigned what);
/* Train until that step instead (keeps what was done); makes room in the curve, so it allocates. */
void mmoe_run_set_steps(struct mmoe_run *run, size_t steps);
/* Take over the options that reset nothing (lr, momentum, speed, ...); what changes the run is
 * noted in its journal. */
void mmoe_run_tune(struct mmoe_run *run, const struct mmoe_options *o);
/* Put a mark into the journal, at the step it is at. */
void mmoe_run_note(struct mmoe_run *run, enum mmoe_mark_kind kind, const char *text);
/* Have that journal, whose reference it takes over, in the place of its own. */
void mmoe_run_retell(struct mmoe_run *run, const struct mmoe_journal *j);

size_t mmoe_run_at(const struct mmoe_run *run); /* the step it is at */
struct mmoe_net *mmoe_run_net(struct mmoe_run *run);
/* The run's own view of itself, up to date with the last step; copy it to keep it. */
const struct mmoe_snapshot *mmoe_run_snapshot(const struct mmoe_run *run);
/* Set what only the driver knows: the state shown, and steps a second. */
void mmoe_run_mark(struct mmoe_run *run, enum mmoe_run_state state, double steps_per_second);

/* Append the weights: the best ones where the run keeps these, else those there are. */
enum mmoe_status mmoe_run_export(const struct mmoe_run *run, struct mmoe_arrays *out,
                                 struct mmoe_error *err);
/*
 * Append score (M,T), auc and auc_se (2,T): what the weights of mmoe_run_export predict for the
 * validation and the test rows, logits for binary tasks, in the order of the file where they are
 * those of a table, else the validation rows first; and the AUC of both with its standard error
 * over rows (delong.h), NAN for tasks that are not binary and where there are no rows. MMOE_STATE
 * where the run diverged.
 */
enum mmoe_status mmoe_run_scores(struct mmoe_run *run, struct mmoe_arrays *out,
                                 struct mmoe_error *err);
/* What the net makes of one row it was not trained on. */
struct mmoe_seen {
    size_t row;                                     /* from 1, in the order of mmoe_run_scores */
    bool validates;                                 /* it is one that choices are made by */
    size_t at;                                      /* its place among the rows of its part */
    size_t tasks, gates, experts;                   /* gates 0: a model without */
    float weight[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX]; /* (gates, experts) */
    double predicted[MMOE_TASKS_MAX], label[MMOE_TASKS_MAX]; /* logits of binary tasks; NAN: none */
};
/* Look at that row with the weights as they are. MMOE_RANGE where there is none of that number. */
enum mmoe_status mmoe_run_see(struct mmoe_run *run, size_t row, struct mmoe_seen *out,
                              struct mmoe_error *err);
/* Go on with other weights, which are evaluated; step and the optimiser's sums stay. Nothing
 * changes on failure. */
enum mmoe_status mmoe_run_import(struct mmoe_run *run, const struct mmoe_arrays *in,
                                 struct mmoe_error *err);

/* Can a run that was saved be of these rows? Rows that follow from options have no digest: true. */
bool mmoe_run_is_of(const struct mmoe_arrays *in, const struct mmoe_dataset *d);
/*
 * A run as arrays, and back into a run made with the same options: going on gives the bits of never
 * having stopped. Where restoring fails the run is of no use any more.
 */
enum mmoe_status mmoe_run_save(const struct mmoe_run *run, struct mmoe_arrays *out,
                               struct mmoe_error *err);
enum mmoe_status mmoe_run_restore(struct mmoe_run *run, const struct mmoe_arrays *in,
                                  struct mmoe_error *err);

/* Mark where the time goes from now on; NULL: no longer. */
void mmoe_run_profile(struct mmoe_run *run, struct mmoe_phases *phases);

/* Add to the seconds spent in training, which only the driver can measure. */
void mmoe_run_spent(struct mmoe_run *run, double seconds);

/*
 * Does a run of o depend on the option? Its source says so of the rows, its model of the net. True
 * for options that are neither one's.
 */
bool mmoe_run_heeds(const struct mmoe_options *o, const struct mmoe_option *option);
/* The most that changing a into b resets; options nobody heeds reset nothing. */
enum mmoe_resets mmoe_run_resets(const struct mmoe_options *a, const struct mmoe_options *b);

#endif
