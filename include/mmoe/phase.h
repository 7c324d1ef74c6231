/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phase.h - where the time of a training goes.
 *
 * Whoever wants to know hands a run a struct mmoe_phases; the code of a step
 * marks the end of each part of its work, and the time since the mark before
 * counts for that part. Without one a mark costs a comparison.
 *
 * Ownership: the caller's. Threads: one at a time.
 *
 *   struct mmoe_phases p = {0};
 *   mmoe_run_profile(run, &p);  mmoe_phases_begin(&p);  mmoe_run_step(run);
 */
#ifndef MMOE_PHASE_H
#define MMOE_PHASE_H

#include <stddef.h>

#include <mmoe/clock.h>

/* Making the rows, gathering batches, matrix products, bias and ReLU, softmax and mixtures,
   looking embeddings up and summing their gradients, the loss, the optimiser, held-out evaluation,
   storing the result. */
enum mmoe_phase {
    MMOE_PHASE_ROWS,
    MMOE_PHASE_BATCH,
    MMOE_PHASE_PRODUCTS,
    MMOE_PHASE_UNITS,
    MMOE_PHASE_GATES,
    MMOE_PHASE_EMBEDDINGS,
    MMOE_PHASE_LOSS,
    MMOE_PHASE_OPTIMIZER,
    MMOE_PHASE_EVALUATION,
    MMOE_PHASE_STORE,
    MMOE_PHASE_COUNT
};

/* The name of a phase: "products". */
const char *mmoe_phase_name(enum mmoe_phase phase);

struct mmoe_phases {
    double seconds[MMOE_PHASE_COUNT];
    double last; /* when the last mark was */
};

/* What was before counts for nothing. NULL allowed, as below. */
static inline void mmoe_phases_begin(struct mmoe_phases *p)
{
    if (p)
        p->last = mmoe_clock_now();
}

/* The time since the last mark was spent on that. */
static inline void mmoe_phases_mark(struct mmoe_phases *p, enum mmoe_phase spent_on)
{
    if (!p)
        return;
    double now = mmoe_clock_now();
    p->seconds[spent_on] += now - p->last;
    p->last = now;
}

#endif
