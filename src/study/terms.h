/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.h - the measurements that claims are made of.
 *
 * Each function measures one statistic of cells (a model at one p), over the seeds at
 * which all of them have a run. It fills a part but for its label, p_holm and verdict.
 * The claim is that the statistic lies between part->from and part->to. With fewer than
 * two pairs (three for variances) the interval and p_value are NAN.
 *
 * Ownership: struct terms owns its memory until terms_done. Threads: one hearing, one thread.
 *
 *   struct terms h;
 *   terms_init(&h, in, draws, seed);
 *   term_mean(&h, (struct weighted[]){{1, loss}, {-1, other}}, 2, part);   ...   terms_done(&h);
 */
#ifndef MMOE_STUDY_TERMS_H
#define MMOE_STUDY_TERMS_H

#include <mmoe/claims.h>
#include <mmoe/infer.h>

enum { WEIGHTED_MAX = 4 };

struct terms {
    const struct mmoe_claims_input *in;
    struct mmoe_draws *draws;
    struct mmoe_rng coins; /* for permutations */
    size_t flips;
    double share; /* of all measurements, done */
    bool stopped; /* nothing is measured any more */
    struct mmoe_asked asked;
    double *column[WEIGHTED_MAX],
        *work[2];              /* (seeds) and (seeds + 2) each: the losses of the pairs */
    uint32_t *rank[2], *count; /* (seeds) each; count is zero between uses */
};
void terms_init(struct terms *h, const struct mmoe_claims_input *in, size_t draws, uint64_t seed);
void terms_done(struct terms *h);

/* A cell's losses and what they are multiplied by. */
struct weighted {
    double weight;
    const double *loss;
};

/* Mean over seeds of the sum of weighted losses > 0: BCa interval, sign flips. */
void term_mean(struct terms *h, const struct weighted *terms, size_t n,
               struct mmoe_claim_term *part);

/* |mean (cell[0] - cell[1])| - |mean (cell[2] - cell[3])| > 0: BCa, swaps of the first two with the
 * last two. */
void term_change(struct terms *h, const double *const cell[4], struct mmoe_claim_term *part);

/* Mean difference of two cells over the mean of both, within +-margin: BCa of 90%, two one-sided
 * tests. */
void term_same_mean(struct terms *h, const double *const cell[2], double margin,
                    struct mmoe_claim_term *part);

/* Ratio of the variances of two cells > 1: BCa of its logarithm, Brown and Forsythe's test of the
 * log losses. */
void term_wider(struct terms *h, const double *const cell[2], struct mmoe_claim_term *part);

/* Ratio of the variances of two cells within 1 / margin and margin: BCa of 90%, two one-sided
 * tests, in logarithms. */
void term_same_variance(struct terms *h, const double *const cell[2], double margin,
                        struct mmoe_claim_term *part);

/* The same of their q-quantiles, where a run that diverged is worse than any other. */
void term_same_quantile(struct terms *h, const double *const cell[2], double q, double margin,
                        struct mmoe_claim_term *part);

/* Copy the runs of one cell that are there to out (seeds), ascending, diverged ones as INFINITY;
 * returns how many. */
size_t terms_sorted(const double *loss, size_t seeds, double *out, size_t *diverged);

#endif
