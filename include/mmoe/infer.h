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
 *   mmoe_boot_init(&b, mmoe_ranked_at, &median, n, d);
 *   interval = mmoe_boot_interval(&b, 0.95);
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

/* --- one number a seed: Student's t --- */

/* The mean of n numbers and its standard error; both NAN where n is 0, the error where n is 1. */
struct mmoe_student {
    size_t n;
    double mean, error;
};
struct mmoe_student mmoe_student(const double *v, size_t n);
/* Its interval, exact where the numbers are normal (Student, 1908). */
struct mmoe_interval mmoe_student_interval(const struct mmoe_student *s, double level);
/* p-values of "the mean is at most bound" and of "the mean is at least bound". Numbers that are all
 * alike decide: 0 or 1. */
double mmoe_student_above(const struct mmoe_student *s, double bound);
double mmoe_student_below(const struct mmoe_student *s, double bound);

/*
 * The ratio of the means of a and b over n pairs, with the interval that a paired t test of
 * a - ratio b leaves (Fieller, 1954); NAN where the mean of b is not sure to be above 0.
 */
struct mmoe_interval mmoe_ratio_of_means(const double *a, const double *b, size_t n, double level);

/* out (n) = distances of v (n) from their median: their mean is a spread, and comparing two of them
 * by t is Levene's test in the form of Brown and Forsythe (1974). out may be v. */
void mmoe_distances(const double *v, size_t n, double *out);

/* --- resample.c: the bootstrap --- */

/* Asked before every draw whether to go on; where it says no, what is being measured is of no use.
 * go_on NULL: to the end. */
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
    double value;      /* on the sample */
    double *replicate; /* on the draws, ascending */
    size_t draws;      /* how many of them defined it */
};
/* n up to the `most` of draws. */
void mmoe_boot_init(struct mmoe_boot *boot, mmoe_statistic *f, const void *context, size_t n,
                    const struct mmoe_draws *draws);
void mmoe_boot_done(struct mmoe_boot *boot);

/* The percentile interval (Efron and Tibshirani, 1993, chapter 13). */
struct mmoe_interval mmoe_boot_interval(const struct mmoe_boot *boot, double level);
/* How far the ends of that interval may be off for the number of draws: the larger standard error
 * of both. */
double mmoe_boot_error(const struct mmoe_boot *boot, double level);
/* p-values of "the statistic is at most bound" and "at least bound": the share of the draws on that
 * side, (1 + k) / (1 + draws), never 0 (Phipson and Smyth, 2010). */
double mmoe_boot_above(const struct mmoe_boot *boot, double bound);
double mmoe_boot_below(const struct mmoe_boot *boot, double bound);
/* Standard deviation of the draws. */
double mmoe_boot_sd(const struct mmoe_boot *boot);

#endif
