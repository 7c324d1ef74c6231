/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims.h - what the paper claims of its synthetic experiments, put to the test on a
 * study's final losses.
 *
 * Ma et al. (KDD 2018, sections 3.3 and 5.2) compare Shared-Bottom, OMoE and MMoE at
 * several task correlations p by curves and histograms, without a test. Seven claims can be
 * read from them; each becomes one or more parts with a statistic, an interval and a
 * p-value, defined at the top of claims.c. A claim that says "every" is an
 * intersection-union test: it holds if all its parts hold, fails if one fails, else it is
 * undecided.
 *
 *   a part holds    its interval lies on the claimed side, and its p-value, corrected over
 *                   the seven claims (Holm), is below MMOE_CLAIMS_ALPHA
 *   a part fails    its interval lies wholly on the other side
 *   undecided       neither; always so below MMOE_CLAIMS_LEAST pairs
 *
 * Losses are paired: entry s of every array comes from the same seed. The same functions
 * serve raw losses and losses over the variance of the labels.
 *
 * Ownership: the caller's arrays are read and not kept; results are values.
 * Threads:   safe. Cost at 200 seeds, 9 cells, 10,000 draws: some tenths of a second and
 *            8 MB; linear in each.
 *
 *   struct mmoe_claims_input in = {
 *       .seeds = 200, .p_count = 3, .p = p,
 *       .value[MMOE_LOSS][MMOE_CLAIMS_OMOE][0] = losses, ...};
 *   struct mmoe_claim claim[MMOE_CLAIMS];
 *   mmoe_claims_test(&in, 10000, 1, claim);   ...   mmoe_claims_verdict(claim[0].verdict)
 */
#ifndef MMOE_CLAIMS_H
#define MMOE_CLAIMS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/infer.h>

enum {
    MMOE_CLAIMS = 7,
    MMOE_CLAIMS_P_MAX = 16,
    MMOE_CLAIMS_TERMS_MAX = 3 * MMOE_CLAIMS_P_MAX,
    /* Pairs below which nothing is decided: with 8, a sign-flip test can reach 7 / 2^8 < 0.05 after
       correction. */
    MMOE_CLAIMS_LEAST = 8
};
#define MMOE_CLAIMS_ALPHA 0.05

enum mmoe_claims_model {
    MMOE_CLAIMS_SHARED_BOTTOM,
    MMOE_CLAIMS_OMOE,
    MMOE_CLAIMS_MMOE,
    MMOE_CLAIMS_MODELS
};
/* Their names, as option model has them. */
extern const char *const mmoe_claims_models[MMOE_CLAIMS_MODELS];

/* A run that is not there yet; it enters nothing. NAN or INFINITY is a run that diverged. */
#define MMOE_CLAIMS_ABSENT (-(double)INFINITY)

struct mmoe_claims_input {
    size_t seeds;
    size_t p_count;  /* 2..MMOE_CLAIMS_P_MAX */
    const double *p; /* ascending; the first and the last are what the claims call 0.5 and 1 */
    const double
        *loss[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX]; /* (seeds) each; NULL: no run is there yet */
    bool (*go_on)(void *context, double share);       /* asked again and again, share 0 to 1 */
    void *context;                                    /* go_on NULL: to the end */
};

enum mmoe_verdict { MMOE_UNDECIDED, MMOE_HOLDS, MMOE_FAILS };
/* "undecided", "holds", "does not hold". */
const char *mmoe_claims_verdict(enum mmoe_verdict verdict);

struct mmoe_claim_term {
    char label[80];     /* what this part claims, such as "OMoE falls behind MMoE at p = 0.5" */
    char statistic[80]; /* what was computed, such as "mean paired difference, OMoE - MMoE at p =
                           0.5" */
    double value, low, high; /* the statistic and its interval; NAN where there are too few pairs */
    double
        level; /* of the interval: 0.95, or 0.90 for an equivalence, which is two tests at 0.05 */
    double from, to; /* the claim is that the statistic lies between these; one may be infinite */
    double p_value,
        p_holm;   /* raw; corrected over the seven claims as if this were its claim's only part */
    size_t pairs; /* seeds that entered */
    size_t diverged; /* seeds left out because a run diverged */
    enum mmoe_verdict verdict;
};

struct mmoe_claim {
    int number;         /* 1..MMOE_CLAIMS */
    const char *text;   /* one line, static */
    char statistic[80]; /* of the decisive part: a failed one, else an undecided one, the largest
                           p-value first */
    double value, low, high;
    double p_value,
        p_holm; /* the largest of its parts; over the seven claims. NAN where a part has none */
    enum mmoe_verdict verdict;
    size_t decisive, parts;
    struct mmoe_claim_term part[MMOE_CLAIMS_TERMS_MAX];
};

/*
 * Test the seven claims with so many draws (10,000 say; the bootstrap's and the random
 * permutations') of the stream of seed. out has MMOE_CLAIMS entries, 100 kB in all; false where
 * go_on said no: then out is of no use.
 */
bool mmoe_claims_test(const struct mmoe_claims_input *in, size_t draws, uint64_t seed,
                      struct mmoe_claim *out);

/* One model at one p. Ranks count a diverged run as worse than any number, so that a median may be
 * INFINITY. */
struct mmoe_claims_cell {
    size_t n;                         /* runs that are there */
    size_t diverged;                  /* of them */
    struct mmoe_interval median, iqm; /* 95%, BCa */
    struct mmoe_interval
        failure; /* share of runs with a loss above the threshold or diverged; 95%, Wilson */
};
void mmoe_claims_cells(const struct mmoe_claims_input *in, double threshold, size_t draws,
                       uint64_t seed,
                       struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX]);

#endif
