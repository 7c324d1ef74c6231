/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot.h - what a run says of itself, handed over by reference: the only thing a screen ever
 * sees.
 *
 * Held-out losses are means over all held-out rows, per task, of squared errors
 * or log losses; "over var" divides by the loss of the best constant over the
 * training rows (dataset.h: the label's variance or entropy), since raw losses
 * of different seeds mix generator and learner. The curve is every evaluation so far; the recent
 * window holds the last training batches' losses.
 *
 * Ownership: a snapshot owns its curve, its fit and a reference to its journal; _init / _done in
 * place, or _new / _free by reference. Threads:   one handed over by reference does not change any
 * more; references are counted atomically.
 */
#ifndef MMOE_SNAPSHOT_H
#define MMOE_SNAPSHOT_H

#include <mmoe/activity.h>
#include <mmoe/dataset.h>
#include <mmoe/divergence.h>
#include <mmoe/fit.h>
#include <mmoe/gate_time.h>
#include <mmoe/journal.h>
#include <mmoe/metrics.h>
#include <mmoe/model.h>
#include <mmoe/real.h>
#include <mmoe/scatter.h>
#include <mmoe/source.h>

enum { MMOE_RECENT_MAX = 256 };

/* One evaluation on the held-out rows, those that choices are made by (dataset.h). */
struct mmoe_eval {
    size_t step;
    double value[MMOE_METRICS][MMOE_TASKS_MAX];
};

/* What the gates and experts do on the held-out rows; G rows are per gate (OMoE: 1). */
struct mmoe_gates {
    size_t gates, experts;                        /* G = 0: a model without gates */
    float mean[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX]; /* mean weight gate x expert */
    float chosen[MMOE_TASKS_MAX]
                [MMOE_EXPERTS_MAX]; /* share of rows for which the gate keeps the expert */
    float sd[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX];      /* of the weight over rows */
    float largest[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX]; /* share of rows where it is the largest weight
                                                        of the gate */
    size_t top_k;                                    /* experts a gate keeps; 0: all */
    double entropy[MMOE_TASKS_MAX]; /* mean over rows of -sum g ln g, in nats; ln E is even */
    double overlap[MMOE_TASKS_MAX]
                  [MMOE_TASKS_MAX]; /* sum_e min(mean_i, mean_j) of two tasks' mean gates, 0..1 */
    size_t unused;                  /* experts whose mean weight is below 1/(10 E) at every gate */
    bool is_unused[MMOE_EXPERTS_MAX];
    double dead_share; /* ReLU units of experts or bottoms that are 0 on every held-out row */
    size_t
        copies; /* pairs of experts whose outputs correlate above .99: became the same function */
    size_t copy_a, copy_b; /* the first such pair, from 0 */
};

enum mmoe_run_state {
    MMOE_RUN_EMPTY,
    MMOE_RUN_READY,
    MMOE_RUN_TRAINING,
    MMOE_RUN_PAUSED,
    MMOE_RUN_FINISHED,
    MMOE_RUN_DIVERGED
};

struct mmoe_snapshot {
    struct mmoe_options options;      /* the ones the run was made with (lr as it is now) */
    uint64_t ticket;                  /* of the order that made the run (lane.h); 0: none */
    const struct mmoe_source *source; /* of its rows */
    size_t dim, tasks, parameters;
    struct mmoe_task task[MMOE_TASKS_MAX];
    size_t rows, validation_rows, test_rows; /* of each part */
    enum mmoe_run_state state;
    size_t step, steps;              /* now, and where it is to stop */
    enum mmoe_divergence divergence; /* MMOE_SOUND unless state is MMOE_RUN_DIVERGED */
    size_t diverged_step;            /* where that was found, from 1; 0 if sound */
    bool resting;                    /* not one weight changed between the last two evaluations */
    size_t resting_since;            /* the step from which on none did */
    double seconds;                  /* of training, evaluations included */
    double steps_per_second;         /* over the last moments; 0 when not training */
    double value[MMOE_METRICS][MMOE_TASKS_MAX]; /* the last finite evaluation */
    bool tested;                                /* final is there */
    double final[MMOE_METRICS][MMOE_TASKS_MAX]; /* on the test rows: mmoe_run_test */
    struct mmoe_eval best; /* the best evaluation by what option monitor names */
    bool stopped;          /* patience ended it */
    double var[MMOE_TASKS_MAX];
    double pearson, cosine;
    struct mmoe_gates gate;
    struct mmoe_activity activity; /* measured with the gates */
    struct mmoe_sharing sharing;
    struct mmoe_fit *fit;         /* the snapshot's own; NULL: nobody asked (mmoe_run_show) */
    struct mmoe_scatter *scatter; /* likewise */
    size_t recent_count;          /* newest last; training loss of the last batches */
    float recent[MMOE_TASKS_MAX][MMOE_RECENT_MAX];
    size_t curve_count, curve_room;
    struct mmoe_eval *curve;              /* every evaluation, step 0 first */
    struct mmoe_gate_time *gate_time;     /* the snapshot's own; NULL: no gates */
    const struct mmoe_journal *journal;   /* what happened to it so far; a reference */
    size_t checkpoints, checkpoint_bytes; /* kept in memory to go back to (lane.h) */
};

void mmoe_snapshot_init(struct mmoe_snapshot *s, size_t curve_room);
void mmoe_snapshot_done(struct mmoe_snapshot *s);
/* Make room for a curve of that many evaluations; allocates. */
void mmoe_snapshot_reserve(struct mmoe_snapshot *s, size_t curve_room);
/* to = from; allocates nothing where to->curve_room suffices, and to has a fit and a scatter if
 * from has one. */
void mmoe_snapshot_copy(struct mmoe_snapshot *to, const struct mmoe_snapshot *from);

/* --- shared by reference --- */

/* An empty one with one reference. Its holder may write to it until it is handed over. */
struct mmoe_snapshot *mmoe_snapshot_new(void);
const struct mmoe_snapshot *mmoe_snapshot_ref(const struct mmoe_snapshot *s);
/* Give a reference back; the last one frees. NULL allowed. */
void mmoe_snapshot_free(const struct mmoe_snapshot *s);
/* s, to be written to again, where nobody else has it; else its reference is given back, and NULL.
 */
struct mmoe_snapshot *mmoe_snapshot_reuse(const struct mmoe_snapshot *s);

#endif
