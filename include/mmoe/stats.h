/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h - what one says of a handful of numbers.
 *
 * Quantiles are type 7 of Hyndman and Fan (1996), as in R and NumPy; standard
 * deviations have n - 1 below the line. Sums are compensated, in the order given.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_STATS_H
#define MMOE_STATS_H

#include <stddef.h>

struct mmoe_summary {
    size_t n;                                              /* finite values */
    size_t diverged;                                       /* the others */
    double mean, sd, median, q10, q25, q75, q90, min, max; /* NAN where n is too small */
};

double mmoe_mean(const double *v, size_t n);
double mmoe_variance(const double *v, size_t n); /* n - 1 */
double mmoe_pearson(const double *a, const double *b, size_t n);
void mmoe_sort(double *v, size_t n); /* ascending; v has no NAN */
/* The q-quantile, 0 <= q <= 1, of n ascending values. */
double mmoe_quantile(const double *sorted, size_t n, double q);
/* Summary of n values; those that are not finite count as diverged and enter nothing else. Sorts v.
 */
struct mmoe_summary mmoe_summarize(double *v, size_t n);
/* The same of n finite values in ascending order. */
struct mmoe_summary mmoe_summarize_sorted(const double *sorted, size_t n);

/*
 * Area under the ROC curve: the probability that a positive has a higher score than a negative,
 * ties counting half; exact. NAN where there are not both. A label is positive above 1/2. Sorts n
 * pairs (score, label) in place.
 */
struct mmoe_scored {
    double score, label;
};
double mmoe_auc(struct mmoe_scored *pairs, size_t n);
/*
 * The same where the label is the probability p of a 1, by which the AUC is expected to be
 *
 *   sum over i, j of p_i (1 - p_j) [s_i > s_j] / (sum p sum (1 - p))
 *
 * ties counting half: it has none of the noise of labels that were drawn. NAN where all p are 0, or
 * all are 1. Sorts the pairs.
 */
double mmoe_expected_auc(struct mmoe_scored *pairs, size_t n);
/* The R^2 that predicting p, the label of each pair, is expected to have: Var p / (m (1 - m)), m
 * the mean of p. */
double mmoe_expected_r2(const struct mmoe_scored *pairs, size_t n);

#endif
