/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gates.h - what gates and experts do, gathered over held-out batches.
 *
 * Ownership: diagnosis_init / diagnosis_done. Threads: one at a time.
 *
 *   diagnosis_begin(&d);
 *   forward ...; diagnosis_add(&d, net, rows);   for each batch
 *   diagnosis_end(&d, net, &snapshot.gate, &snapshot.activity);
 */
#ifndef MMOE_GATES_H
#define MMOE_GATES_H

#include <mmoe/model.h>
#include <mmoe/snapshot.h>

#include "src/train/activity.h"

/* Sums over the rows for which two experts were computed, all units taken together. */
struct expert_pair {
    double n, a, b, aa, bb, ab;
};

struct diagnosis {
    size_t parts; /* nets side by side, each with G/parts gates and experts of its own */
    size_t gates, experts,
        units;    /* G, E (0 without gates), units of all experts or bottoms of a part */
    size_t top_k; /* experts a gate keeps; 0: all */
    size_t rows;  /* added so far */
    double mean[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX], entropy[MMOE_TASKS_MAX]; /* sums */
    double squares[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX];                       /* sums */
    size_t largest[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX]; /* rows for which no weight is larger */
    size_t chosen[MMOE_TASKS_MAX][MMOE_EXPERTS_MAX];  /* rows for which a gate kept an expert */
    struct activity activity;
    mmoe_real *sum;     /* (E,H) of the outputs */
    mmoe_real *product; /* (E(E+1)/2,H) of pairs of experts' outputs, a pair with itself first */
    struct expert_pair *pair; /* (E(E+1)/2) where gates keep k experts */
};

bool diagnosis_init(struct diagnosis *d, const struct mmoe_net *net); /* false: no memory */
void diagnosis_done(struct diagnosis *d);
void diagnosis_begin(struct diagnosis *d);
/* Add the results of the net's last forward pass over that many rows. */
void diagnosis_add(struct diagnosis *d, const struct mmoe_net *net, size_t rows);
void diagnosis_end(const struct diagnosis *d, const struct mmoe_net *net, struct mmoe_gates *out,
                   struct mmoe_activity *activity);

/* The metrics of gates (metrics.h), of tasks that have one of their own and a loss. */
void gates_measure(const struct mmoe_gates *g, size_t tasks,
                   double value[MMOE_METRICS][MMOE_TASKS_MAX]);

#endif
