/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset.h - how a maker of rows gets room for them and has them measured.
 *
 * Ownership: mmoe_dataset_new returns one reference; until the maker hands it
 *            out, it may write to the arrays (mmoe_dataset_fill casts const away).
 * Threads:   one thread until it is handed out.
 */
#ifndef MMOE_DATASET_MAKE_H
#define MMOE_DATASET_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>

/* Rows of each part, inputs, tasks. */
struct mmoe_shape {
    size_t train, validation, test, dim, tasks;
    bool folded; /* inputs are sparse: the maker brings them (mmoe_dataset_attach) */
    const struct mmoe_fields *fields; /* of embedded rows, which are copied; or NULL */
    bool truth;                       /* the rows have true probabilities */
};

/*
 * Make room for rows of that shape; their inputs come from that seed. If `like` (NULL
 * allowed) has the same seed and shape, its inputs are shared; if it is spare, its arrays
 * are reused. The caller fills all that is not shared: reused arrays have their old
 * contents. Tasks are called A, B, ... NULL and *err if the rows do not fit in memory.
 */
struct mmoe_dataset *mmoe_dataset_new(const struct mmoe_shape *shape, uint64_t seed,
                                      struct mmoe_dataset *like, struct mmoe_error *err);
/* Give a dataset a block that its rows lie in, or were made of, to be released after it. */
void mmoe_dataset_attach(struct mmoe_dataset *d, void *block, void (*release)(void *block));
/* True if the inputs are shared with another dataset, and so filled already. */
bool mmoe_dataset_shares(const struct mmoe_dataset *d);

/* Mark the tasks that option binary names; MMOE_RANGE where there is no such task. */
enum mmoe_status mmoe_dataset_mark_binary(struct mmoe_dataset *d, const struct mmoe_options *o,
                                          struct mmoe_error *err);
/* Fill var, yes, missing and pearson from the training rows; best_auc, best_r2 and logits from
 * those that choices are made by. */
enum mmoe_status mmoe_dataset_measure(struct mmoe_dataset *d, struct mmoe_error *err);

/* An array of a dataset that is still being made. */
static inline void *mmoe_dataset_fill(const void *array)
{
    return (void *)(uintptr_t)array;
}

#endif
