/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - which rows a step trains on: a function of (seed.order, step) alone.
 *
 * Ownership: batch_init / batch_done; borrows the rows to choose from.
 * Threads:   one at a time.
 */
#ifndef MMOE_BATCH_H
#define MMOE_BATCH_H

#include <stdint.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>
#include <mmoe/rng.h>
#include <mmoe/rows.h>

struct batch {
    const struct mmoe_dataset *data;
    const struct mmoe_rows *from; /* all rows to train on, unless they are a stream */
    int order;                    /* enum mmoe_order */
    struct mmoe_rng rng;
    mmoe_real *x, *y; /* (B,D), (B,T): the arrays of rows */
    size_t *start;    /* (B + 1) where rows are sparse; x is NULL then */
    struct mmoe_entry *entry;
    uint32_t *id;          /* (B,F) where they are embedded */
    struct mmoe_rows rows; /* the batch; n is its size */
    uint32_t *permutation; /* of the rows, for shuffle; of `epoch` */
    uint64_t epoch;
    uint32_t *ahead; /* (n) the rows of step ahead_step */
    size_t ahead_step;
};

/* False if its arrays do not fit in memory. */
bool batch_init(struct batch *b, const struct mmoe_options *o, const struct mmoe_dataset *data);
void batch_done(struct batch *b);
/* Choose the rows of that step (from 0) and prefetch them: they lie anywhere in memory. Those of a
 * stream are made when they are filled in. */
void batch_look_ahead(struct batch *b, size_t step);
/* Make `rows` those of that step. */
void batch_fill(struct batch *b, size_t step);
/* The row at place i of the batch of that step, which is none of a stream. */
size_t batch_row(struct batch *b, size_t step, size_t i);

#endif
