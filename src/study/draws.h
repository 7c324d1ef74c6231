/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draws.h - settings drawn at random, as an axis of a grid and those that follow it.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_STUDY_DRAWS_H
#define MMOE_STUDY_DRAWS_H

#include <mmoe/grid.h>

enum { DRAWS_KEYS_MAX = 6 };

/* What one option's values are drawn from: "1e-4..1e-1" (by its scale: option.h), or "glorot/he".
 */
struct draws_range {
    const char *key, *values;
};

/* Part LOW..HIGH; false if it is none. */
bool draws_read(const char *values, double *low, double *high);

/*
 * n settings of n_ranges options: value i of all of them is setting i. They follow from seed, the
 * option's name and i alone. Fails as mmoe_ties_put does, and where a range is none: MMOE_INVALID.
 * Changes nothing on failure.
 */
enum mmoe_status draws_put(struct mmoe_grid *g, size_t n, uint64_t seed,
                           const struct draws_range *ranges, size_t n_ranges,
                           struct mmoe_error *err);

#endif
