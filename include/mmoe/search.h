/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - points in ranges of settings, proposed one after the other by what the ones before
 * came to (Snoek, Larochelle and Adams, Practical Bayesian optimization, NIPS 2012).
 *
 * The first points are Sobol's; from then on a Gaussian process (gp.h) of the values told so far
 * proposes where improvement is expected most. Trials come in batches, which can be trained at a
 * time: those of a batch are proposed from the values of all batches before it, and each takes the
 * ones before it in its batch as pending. So what is proposed depends on space, seed, batch and
 * values alone: a search that is cut off and told the same values again goes on with the same
 * points.
 *
 * Smaller values are better. A trial that failed (a value that is not finite) counts as the worst
 * value there is.
 *
 * Ownership: mmoe_search_new / _free. Threads: one at a time. Proposing takes tenths of a second at
 * a hundred trials; it grows with the cube of their number.
 *
 *   struct mmoe_search *s = mmoe_search_new(&space, 40, 4, 1);
 *   while (mmoe_search_next(s, point)) ... train ... mmoe_search_tell(s, trial, loss);
 *   mmoe_search_best(s, 5, trials);
 */
#ifndef MMOE_SEARCH_H
#define MMOE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MMOE_SEARCH_DIMS = 8, MMOE_SEARCH_SLICE = 33 };

struct mmoe_range {
    double low, high; /* low < high; above 0 where logarithmic */
    bool logarithmic; /* values are as far apart as their ratio is */
    bool whole;       /* whole numbers; others have four digits */
};

struct mmoe_space {
    size_t count;
    struct mmoe_range range[MMOE_SEARCH_DIMS];
};

struct mmoe_search;
struct mmoe_search *mmoe_search_new(const struct mmoe_space *space, size_t trials, size_t batch,
                                    uint64_t seed);
void mmoe_search_free(struct mmoe_search *s); /* NULL allowed */

/* point (count) = the next one; false where all were proposed, or a batch must be told first. */
bool mmoe_search_next(struct mmoe_search *s, double *point);
/* The next trial is at that point, proposed by whomever. */
void mmoe_search_put(struct mmoe_search *s, const double *point);
size_t mmoe_search_proposed(const struct mmoe_search *s);
/* The value of a trial that was proposed, from 0. */
void mmoe_search_tell(struct mmoe_search *s, size_t trial, double value);

/* --- what is known; all of it NAN, or nothing, before two trials were told --- */

/* The trials whose values the process expects to be smallest, best first; returns how many, at most
 * `most`. The smallest value that was told may be luck. apart: each is at least so far from those
 * before it along some range, of which the length is 1. */
size_t mmoe_search_best(struct mmoe_search *s, size_t most, double apart, size_t *trial);
/* Mean and standard deviation that the process has at a point, in the values' unit. */
void mmoe_search_expect(struct mmoe_search *s, const double *point, double *mean, double *sd);
/* The same at the point of a trial. */
void mmoe_search_expect_trial(struct mmoe_search *s, size_t trial, double *mean, double *sd);
/* Along a range through the best point: at, mean, low and high of 95 % (MMOE_SEARCH_SLICE). */
void mmoe_search_slice(struct mmoe_search *s, size_t range, double *at, double *mean, double *low,
                       double *high);
/* share (count): how much of the variance of the mean each range explains by itself (Sobol',
 * Global sensitivity indices, 2001). */
void mmoe_search_importance(struct mmoe_search *s, double *share);

#endif
