/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h - the parts of a run, for the files that share them: run.c, checkpoint.c and scores.c.
 *
 * Ownership, threads: as include/mmoe/run.h.
 */
#ifndef MMOE_TRAIN_RUN_H
#define MMOE_TRAIN_RUN_H

#include <mmoe/run.h>

#include "src/model/loss.h"
#include "src/model/optim.h"
#include "src/train/batch.h"
#include "src/train/fit.h"
#include "src/train/gates.h"
#include "src/train/metrics.h"
#include "src/train/scatter.h"

enum { CURVE_MAX = 1 << 16 }; /* evaluations kept before every second one is dropped */

struct mmoe_run {
    struct mmoe_dataset *data;
    struct mmoe_net *net;
    struct optim optim;
    struct batch batch;
    struct diagnosis diagnosis;
    struct objective objective;
    struct metrics metrics;
    struct fit *fit;         /* NULL: nobody asked */
    struct scatter *scatter; /* likewise */
    struct mmoe_snapshot shot;
    struct mmoe_options start;  /* at step 0 */
    struct mmoe_phases *phases; /* NULL: nobody wants to know */
    bool unwatched;             /* nobody looks before the end */
    size_t evaluated;           /* held-out rows at a time */
    mmoe_real *dy;              /* (B,T) */
    mmoe_real *good;            /* parameters at the last finite evaluation */
    mmoe_real *best;            /* parameters at the best evaluation; NULL unless keep-best */
    size_t unimproved;          /* evaluations since the best one */
    size_t evaluations;         /* so far, kept in the curve or not */
    size_t stride;              /* every stride-th evaluation is kept */
};

/* Follow shot.options, of which some that reset nothing were changed. */
void run_take_options(struct mmoe_run *run);
/* What is measured for who asks (shown.c): begun, a batch of outputs p added, told. */
void shown_begin(struct mmoe_run *run);
void shown_add(struct mmoe_run *run, size_t first, size_t rows, const mmoe_real *p);
void shown_end(struct mmoe_run *run);
/* Make room in the curve for all evaluations to come. */
void run_reserve_curve(struct mmoe_run *run);
/* Measure gates, sharing and rows off now; this counts as no evaluation. */
void run_diagnose(struct mmoe_run *run);

enum { RUN_ROWS_ALIKE = 4 }; /* from which on equal rows are predicted the same bits (mat.h) */

/* How many of the rows that are left are evaluated at once: never so few that equal rows differ. */
static inline size_t run_batch_of(const struct mmoe_run *run, size_t left)
{
    bool leaves_few = left > run->evaluated && left < run->evaluated + RUN_ROWS_ALIKE;
    return leaves_few ? run->evaluated - RUN_ROWS_ALIKE : run->evaluated;
}

/* Embeddings among a run's arrays (checkpoint_embeddings.c). */
enum mmoe_status checkpoint_put_embeddings(const struct mmoe_run *run, struct mmoe_arrays *out,
                                           struct mmoe_error *err);
enum mmoe_status checkpoint_take_embeddings(struct mmoe_run *run, const struct mmoe_arrays *in,
                                            struct mmoe_error *err);
/* The net has the best weights if they are kept, else those of the last step; and has the last ones
 * again. The last step must have been evaluated. */
void run_best_begin(struct mmoe_run *run);
void run_best_end(struct mmoe_run *run);

#endif
