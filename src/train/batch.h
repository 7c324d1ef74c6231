/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - which rows a step trains on: a function of (seed.order, step) alone.
 *
 * Ownership: batch_init / batch_done; borrows the dataset.
 * Threads:   one at a time.
 */
#ifndef MMOE_BATCH_H
#define MMOE_BATCH_H

#include <stdint.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>
#include <mmoe/rng.h>

struct batch {
    const struct mmoe_dataset *data;
    int order; /* enum mmoe_order */
    size_t n;  /* rows of a batch */
    struct mmoe_rng rng;
    mmoe_real *x, *y;      /* (n,D), (n,T): the batch */
    uint32_t *permutation; /* of the rows, for shuffle; of `epoch` */
    uint64_t epoch;
    uint32_t *ahead; /* (n) the rows of step ahead_step */
    size_t ahead_step;
};

/* False where its room does not fit in memory. */
bool batch_init(struct batch *b, const struct mmoe_options *o, const struct mmoe_dataset *data);
void batch_done(struct batch *b);
/* Choose the rows of that step (from 0) and fetch them towards the processor: they lie anywhere in
 * memory. */
void batch_look_ahead(struct batch *b, size_t step);
/* Fill x and y with the rows of that step. */
void batch_fill(struct batch *b, size_t step);
/* The row at place i of the batch of that step. */
size_t batch_row(struct batch *b, size_t step, size_t i);

#endif
