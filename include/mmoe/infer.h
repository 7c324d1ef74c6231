/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * infer.h - intervals and tests: what a handful of numbers says of others like them.
 *
 * A sample has n rows, as a rule one a seed. A row may hold several numbers, such as the
 * losses of two models on one seed; resampling draws whole rows, so that pairs stay
 * together. Losses are better when lower. A loss that is NAN belongs to a run that
 * diverged: in ranks it loses against any number and ties with another NAN. Means have no
 * place for it, and the functions below that take means want finite values.
 *
 * Intervals have two sides and hold at `level` (0.95, say); p-values are of the hypothesis
 * a function names. Random draws come from the stream given (purpose MMOE_RNG_INFERENCE):
 * same stream, same bits.
 *
 * Ownership: struct mmoe_draws and struct mmoe_boot own memory until _free and _done; all
 *            else is values.
 * Threads:   safe; one struct mmoe_draws may be read by many threads at once.
 *
 *   struct mmoe_draws *d =
 *       mmoe_draws_new(mmoe_rng_stream(1, MMOE_RNG_INFERENCE, "draws"), 10000, n);
 *   struct mmoe_boot b;
 *   mmoe_boot_init(&b, mmoe_mean_at, losses, n, d);
 *   mmoe_boot_interval(&b, 0.95, &interval);
 *   mmoe_boot_done(&b);
 *   mmoe_draws_free(d);
 */
#ifndef MMOE_INFER_H
#define MMOE_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/rng.h>

struct mmoe_interval {
    double value, low, high; /* NAN where the sample is too small for them */
};

/* --- infer.c: without a draw --- */

/*
 * Interquartile mean of n ascending values: the mean of the middle half, where the two values the
 * quartiles cut count with the part that is inside. (scipy.stats.trim_mean(v, 0.25), which rliable
 * uses, leaves out n / 4 whole values, rounded down, at each end: the same where 4 divides n.) May
 * be INFINITY where values are. NAN where n = 0.
 */
double mmoe_iqm(const double *sorted, size_t n);

/* Share of n tries that succeeded, with the score interval of Wilson (1927). A tie may count as
 * half a success. */
struct mmoe_interval mmoe_wilson(double successes, size_t n, double level);

/*
 * P(A < B) over n pairs, ties counting half, with Wilson's interval. (A tie varies less than a
 * success or a failure: with ties the interval is wide rather than narrow.)
 */
struct mmoe_interval mmoe_below_paired(const double *a, const double *b, size_t n, double level);

/*
 * Step-down correction of n p-values for testing all of them (Holm, 1979): adjusted[i] <= alpha
 * says that hypothesis i falls while the chance of a single false rejection among the n stays below
 * alpha, however they depend on each other. A NAN counts among the n as one that cannot be
 * rejected, and stays NAN. adjusted may be p.
 */
void mmoe_holm(const double *p, size_t n, double *adjusted);

/* Equal spread in k >= 2 groups: Levene's test on distances from the median (Brown and Forsythe,
 * 1974). */
struct mmoe_spread_test {
    double statistic; /* F of the distances, with (k - 1, N - k) degrees of freedom; NAN where it
                         has no value */
    double df_between, df_within;
    double p_value;
};
struct mmoe_spread_test mmoe_brown_forsythe(const double *const *groups, const size_t *sizes,
                                            size_t k);

/*
 * The same for two groups with a direction: the p-value of "a spreads no more than b". For two
 * groups F is the square of a t, so that this is half the p-value above where the distances in a
 * are the greater, and the rest to 1 where not.
 */
double mmoe_spread_greater(const double *a, size_t m, const double *b, size_t n);

/* --- resample.c: the bootstrap --- */

/* Asked before every draw and every row left out whether to go on; where it says no, what is being
 * measured is of no use. go_on NULL: to the end. */
struct mmoe_asked {
    bool (*go_on)(void *context);
    void *context;
};

/*
 * What samples drawn with replacement consist of: `draws` times up to `most` rows. Up to 32 MB of
 * it are kept, the rest is drawn anew each time it is asked for; the numbers are the same.
 */
struct mmoe_draws;
struct mmoe_draws *mmoe_draws_new(struct mmoe_rng rng, size_t draws, size_t most);
void mmoe_draws_free(struct mmoe_draws *draws); /* NULL allowed */
/* Who is asked while they are drawn. */
void mmoe_draws_ask(struct mmoe_draws *draws, const struct mmoe_asked *asked);

/* A number that says something of the rows row[0..n-1] of context, n > 0. NAN where they do not
 * define it. */
typedef double mmoe_statistic(const void *context, const uint32_t *row, size_t n);

/* Statistics ready to use. Of a double[]: its mean. */
mmoe_statistic mmoe_mean_at;

/* Of a struct mmoe_pairs: ln of the ratio of the variances of a and b. */
struct mmoe_pairs {
    const double *a, *b;
};
mmoe_statistic mmoe_log_variance_ratio_at;

/*
 * Of a struct mmoe_ranked: `what` of the sample's numbers in ascending order, counted instead of
 * sorted anew for every draw. Row i stands for the i-th smallest number, so that rows are not the
 * seeds the numbers came with.
 */
struct mmoe_ranked {
    const double *sorted;                           /* ascending */
    double (*what)(const double *sorted, size_t n); /* mmoe_iqm, mmoe_median */
    size_t n;
    uint32_t *count; /* n zeros: scratch, left zero */
    double *drawn;   /* n + 2: scratch */
};
mmoe_statistic mmoe_ranked_at;
double mmoe_median(const double *sorted, size_t n);

/* A statistic on the sample and on every draw from it. */
struct mmoe_boot {
    double value;              /* on the sample */
    double bias, acceleration; /* z0 and a of Efron (1987): by the draws, and by the jackknife */
    double *replicate;         /* on the draws, ascending */
    size_t draws;              /* how many of them defined it */
    bool usable;               /* false: value lies outside all replicates, and z0 has no value */
};
/* n up to the `most` of draws. */
void mmoe_boot_init(struct mmoe_boot *boot, mmoe_statistic *f, const void *context, size_t n,
                    const struct mmoe_draws *draws);
void mmoe_boot_done(struct mmoe_boot *boot);

/*
 * The bias-corrected, accelerated interval BCa (Efron, 1987; Efron and Tibshirani, 1993,
 * section 14.3). False where its formula has no value (not usable, or too skew for the level): then
 * *out is the percentile interval, less exact. Where all replicates are equal it is a point.
 */
bool mmoe_boot_interval(const struct mmoe_boot *boot, double level, struct mmoe_interval *out);

/*
 * p-value of "the statistic is at most bound": 1 minus the level of the one-sided BCa interval that
 * ends at bound. Never below 1 / (draws + 1). That of "at least bound" is 1 minus it.
 */
double mmoe_boot_above(const struct mmoe_boot *boot, double bound);

/*
 * Equivalence by two one-sided tests (Schuirmann, 1987): p-value of "the statistic is not between
 * low and high". At most alpha just when the BCa interval of level 1 - 2 alpha lies inside.
 */
double mmoe_boot_within(const struct mmoe_boot *boot, double low, double high);

/* --- resample.c: permutations --- */

enum {
    MMOE_FLIPS_EXACT = 16
}; /* up to so many rows all 2^n flips are gone through, else random ones */

struct mmoe_flips {
    double value;               /* the statistic on the sample */
    double greater, less, both; /* p-values: as great, as small, as far from 0 as value */
    size_t flips;               /* gone through or drawn */
    bool exact; /* else p-values are (1 + b) / (1 + flips), which is valid (Phipson and Smyth, 2010)
                 */
};

/* Sign-flip test of n differences: under "as likely d as -d" (Fisher, 1935, section 21). The
 * statistic is the mean. asked: NULL: nobody. */
struct mmoe_flips mmoe_sign_flip(const double *difference, size_t n, size_t draws,
                                 struct mmoe_rng rng, const struct mmoe_asked *asked);

/* A statistic of n rows in which two models have changed places in row i where swap[i]. */
typedef double mmoe_swapped(const void *context, const bool *swap, size_t n);

/* Permutation test under "the two models are exchangeable within a row". p-values are 1 where the
 * value is NAN. */
struct mmoe_flips mmoe_swap_test(mmoe_swapped *f, const void *context, size_t n, size_t draws,
                                 struct mmoe_rng rng, const struct mmoe_asked *asked);

#endif
