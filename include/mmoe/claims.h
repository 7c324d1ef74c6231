/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims.h - what the paper claims of its synthetic experiments, put to the test on a
 * study's final losses.
 *
 * Ma et al. (KDD 2018, sections 3.3, 5.2 and 5.3) compare Shared-Bottom, OMoE and MMoE at
 * several task correlations p by curves and histograms, without a test. Eight claims can be
 * read from them; each becomes one or more terms with a statistic, an interval and
 * p-values, defined at the top of claims.c and, for statisticians, in mmoe-claims(7).
 *
 * Losses are taken as logarithms and paired: entry s of every array comes from the same
 * seed. What is told of them is a ratio of losses, or of spreads. A run that diverged counts
 * as the worst loss of those it is compared with.
 *
 *   a term holds    its p-value, corrected over the claims (Holm), is below
 *                   MMOE_CLAIMS_ALPHA
 *   a term fails    the p-value of the opposite, corrected over all terms of all
 *                   claims (Holm), is
 *   undecided       neither; always so below MMOE_CLAIMS_LEAST pairs, and where more than
 *                   MMOE_CLAIMS_DIVERGED of the runs of a cell diverged
 *
 * A claim holds if all its terms do, and does not hold if one fails. Each of these two errors,
 * a claim said to hold that does not and one said not to hold that does, is made in at most
 * MMOE_CLAIMS_ALPHA of studies, all claims taken together.
 *
 * Ownership: the caller's arrays are read and not kept; results are values.
 * Threads:   safe. Cost at 200 seeds, 9 cells, 10,000 draws: some tenths of a second and
 *            8 MB; linear in each.
 *
 *   struct mmoe_claims_input in = {
 *       .seeds = 200, .p_count = 3, .p = p, .loss[MMOE_CLAIMS_OMOE][0] = losses, ...};
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
    MMOE_CLAIMS = 8,
    MMOE_CLAIMS_P_MAX = 16,
    MMOE_CLAIMS_TERMS_MAX = 3 * MMOE_CLAIMS_P_MAX,
    MMOE_CLAIMS_LEAST = 8 /* pairs below which nothing is decided */
};
#define MMOE_CLAIMS_ALPHA 0.05
#define MMOE_CLAIMS_POWER 0.8
#define MMOE_CLAIMS_DIVERGED 0.05 /* share of a cell's runs */

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
    const double *loss[MMOE_CLAIMS_MODELS]
                      [MMOE_CLAIMS_P_MAX];    /* (seeds) above 0 each; NULL: no run is there yet */
    const double *overlap[MMOE_CLAIMS_P_MAX]; /* (seeds) of MMoE's gates (snapshot.h); or NULL */
    bool (*go_on)(void *context, double share); /* asked again and again, share 0 to 1 */
    void *context;                              /* go_on NULL: to the end */
};

enum mmoe_verdict { MMOE_UNDECIDED, MMOE_HOLDS, MMOE_FAILS };
/* "undecided", "holds", "does not hold". */
const char *mmoe_claims_verdict(enum mmoe_verdict verdict);

struct mmoe_claim_term {
    char label[96];     /* what this term claims, such as "OMoE falls behind MMoE at p = 0.5" */
    char statistic[96]; /* what was computed, such as "loss of OMoE / loss of MMoE at p = 0.5" */
    double value, low, high; /* the statistic and its interval; NAN where there are too few pairs */
    double
        level; /* of the interval: 0.95, or 0.90 for an equivalence, which is two tests at 0.05 */
    double from, to; /* the claim is that the statistic lies between these; one may be infinite */
    /* The same as a difference of means of logarithms, for spreads of distances, with its
     * interval; of quantiles and overlaps: the difference of their logarithms, of themselves. */
    struct mmoe_interval difference;
    double error;   /* standard error of low and high for the draws; 0 where none are drawn */
    double p_value; /* of "the statistic is not between from and to" */
    double p_holm;  /* the same, corrected over the claims as if this were its claim's only term */
    double
        p_against; /* of "the opposite is not so": below 1, or beyond a bound of an equivalence */
    double p_against_holm; /* the same, corrected over all terms of all claims */
    double detectable;   /* what the statistic would have to be to be shown at this many pairs with
                            MMOE_CLAIMS_POWER; of an equivalence: the margin; NAN without pairs */
    double seeds_needed; /* pairs that would show it with that power, if it is what was measured;
                            NAN where no number would */
    size_t pairs;        /* seeds that entered */
    size_t diverged;     /* of them, those on which a run diverged */
    bool too_many;       /* so many runs of a cell diverged that nothing is decided */
    enum mmoe_verdict verdict;
};

struct mmoe_claim {
    int number;       /* 1..MMOE_CLAIMS */
    const char *text; /* one line, static */
    double p_value;   /* the largest of its terms; NAN where a term has none */
    double p_holm;    /* the same, corrected over the claims */
    enum mmoe_verdict verdict;
    size_t decisive; /* the term that decides: a failed one, else an undecided one, the largest
                        p-value first */
    size_t terms;
    struct mmoe_claim_term term[MMOE_CLAIMS_TERMS_MAX];
};

/*
 * Test the claims with so many draws (10,000 say; quantiles are bootstrapped) of the stream of
 * seed. out has MMOE_CLAIMS entries, 150 kB in all; false where go_on said no: then out is of no
 * use.
 */
bool mmoe_claims_test(const struct mmoe_claims_input *in, size_t draws, uint64_t seed,
                      struct mmoe_claim *out);

/* One model at one p. Ranks count a diverged run as worse than any number, so that a median may be
 * INFINITY. */
struct mmoe_claims_cell {
    size_t n;                         /* runs that are there */
    size_t diverged;                  /* of them */
    struct mmoe_interval median, iqm; /* 95%, percentiles of draws */
    struct mmoe_interval
        failure; /* share of runs with a loss above the threshold or diverged; 95%, Wilson */
};
void mmoe_claims_cells(const struct mmoe_claims_input *in, double threshold, size_t draws,
                       uint64_t seed,
                       struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX]);

#endif
