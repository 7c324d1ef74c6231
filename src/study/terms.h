/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.h - the measurements that claims are made of.
 *
 * Each function measures one statistic of cells (a model at one p), over the seeds at
 * which all of them have a run. It fills a term but for its words, the corrected p-values and the
 * verdict. The claim is that the statistic lies between term->from and term->to. With fewer than
 * two pairs the interval and the p-values are NAN.
 *
 * Ownership: struct terms owns its memory until terms_done. Threads: one hearing, one thread.
 *
 *   struct terms h;
 *   terms_init(&h, in, draws, seed);
 *   term_ratio(&h, (struct weighted[]){{1, loss}, {-1, other}}, 2, 1, term);   ... terms_done(&h);
 */
#ifndef MMOE_STUDY_TERMS_H
#define MMOE_STUDY_TERMS_H

#include <mmoe/claims.h>

enum { WEIGHTED_MAX = 4 };

struct terms {
    const struct mmoe_claims_input *in;
    struct mmoe_draws *draws;
    double share; /* of all measurements, done */
    bool stopped; /* nothing is measured any more */
    struct mmoe_asked asked;
    double *column[WEIGHTED_MAX]; /* (seeds) each: logarithms of the losses of the pairs */
    double *work[2];              /* (seeds + 2) each */
    uint32_t *rank[2], *count;    /* (seeds) each; count is left zero */
};

void terms_init(struct terms *h, const struct mmoe_claims_input *in, size_t draws, uint64_t seed);
void terms_done(struct terms *h);

/* A cell's values and what their logarithms are multiplied by. */
struct weighted {
    double weight;
    const double *loss; /* (seeds), or NULL */
};

/* The product of losses to those powers, its geometric mean over seeds, is above `from`. */
void term_ratio(struct terms *h, const struct weighted *parts, size_t n, double from,
                struct mmoe_claim_term *term);
/* The ratio of two cells' losses is within 1 / margin and margin. */
void term_same(struct terms *h, const double *const cell[2], double margin,
               struct mmoe_claim_term *term);
/* The spread of the first cell over that of the second is above `from`. */
void term_wider(struct terms *h, const double *const cell[2], double from,
                struct mmoe_claim_term *term);
/* It is within 1 / margin and margin. */
void term_same_spread(struct terms *h, const double *const cell[2], double margin,
                      struct mmoe_claim_term *term);
/* The ratio of the q-quantiles of two cells is within 1 / margin and margin. */
void term_same_quantile(struct terms *h, const double *const cell[2], double q, double margin,
                        struct mmoe_claim_term *term);
/* The first numbers less the second ones, taken as they are, are above 0 in the mean. */
void term_difference(struct terms *h, const double *const cell[2], struct mmoe_claim_term *term);

/* p-values of up to MMOE_CLAIMS claims whose terms are measured, corrected, and the verdicts
 * (claims.c). */
void claims_judge(struct mmoe_claim *claim, size_t n);

/* The losses that are there, ascending, INFINITY where a run diverged; returns how many. */
size_t terms_sorted(const double *loss, size_t seeds, double *out, size_t *diverged);

#endif
