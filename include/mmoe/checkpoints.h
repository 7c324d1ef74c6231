/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkpoints.h - models compared at several steps of their training, on rows that know their true
 * probabilities, as the paper's table 3 does.
 *
 * Of each model, step and binary task are told AUC, R2 and the AUC without the noise of labels,
 * means over seeds, and standard deviations of what is left when each seed's mean over all models
 * is taken off (Cousineau, 2005), since every seed has a world of its own; of the last step, how
 * far the AUC without noise is below that of the true probabilities.
 *
 * Ownership: plain values. Threads: as the tally.
 */
#ifndef MMOE_CHECKPOINTS_H
#define MMOE_CHECKPOINTS_H

#include <mmoe/standings.h>
#include <mmoe/tally.h>

enum { MMOE_CHECKPOINTS_MAX = 8, MMOE_CHECKPOINT_METRICS = 3 };
/* AUC, R2, AUC without label noise. */
extern const enum mmoe_metric mmoe_checkpoint_metrics[MMOE_CHECKPOINT_METRICS];

struct mmoe_checkpoint {
    size_t n;
    double mean, sd; /* NAN where n is too small; sd of the seeds that all models have */
};

struct mmoe_checkpoints {
    size_t models, tasks, steps;
    const char *model[MMOE_STANDINGS_MODELS];
    size_t cell[MMOE_STANDINGS_MODELS];
    struct mmoe_task task[MMOE_TASKS_MAX];
    size_t step[MMOE_CHECKPOINTS_MAX]; /* the last ones, without step 0 */
    size_t rows[MMOE_CHECKPOINTS_MAX]; /* trained on by then */
    struct mmoe_checkpoint at[MMOE_STANDINGS_MODELS][MMOE_CHECKPOINTS_MAX][MMOE_CHECKPOINT_METRICS]
                             [MMOE_TASKS_MAX];
    struct mmoe_checkpoint gap[MMOE_STANDINGS_MODELS][MMOE_TASKS_MAX];
};

/* A block to be freed with mmoe_free; NULL where the tally has no curves of such rows, or its study
 * compares no models (standings.h). */
struct mmoe_checkpoints *mmoe_checkpoints_new(struct mmoe_tally *t);

#endif
