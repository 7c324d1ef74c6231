/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * abtest.h - the statistics of an A/B experiment: lifts of a ratio of means, how sure they are at
 * the end and at any time, and whether users were split as they should be.
 *
 * Users are what is randomised. A metric is sum y / sum n over an arm's users, such as engagements
 * over impressions; its lift is the treatment's over the control's, less 1. All errors are of the
 * logarithm of that ratio.
 *
 *   delta      users are independent, their impressions are not (Deng, Knoblich and Lu, KDD 2018)
 *   naive      every impression is independent: wrong, and shown because it is what people do
 *   cuped      less what is explained by x, known of each user beforehand (Deng et al., WSDM 2013)
 *   nets       trained nets are independent, not users: what holds of a model holds of its nets
 *   jackknife  one bucket of users after the other is left out (Tukey, 1958)
 *   sequence   an interval that holds at all times at once (Waudby-Smith et al., 2021, equation 20)
 *
 * Ownership: plain values. Threads: safe.
 *
 *   mmoe_arm_add(&control, clicks, impressions, before);   ... for each user
 *   struct mmoe_lift l = mmoe_lift_delta(&control, &treatment);
 *   struct mmoe_interval i = mmoe_lift_interval(&l, 0.95);
 */
#ifndef MMOE_ABTEST_H
#define MMOE_ABTEST_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/infer.h>

/* Sums over the users of an arm. */
struct mmoe_arm {
    double users;
    double y, n, yy, nn, yn; /* of the metric's two totals, their squares and product */
    double x, xx, xy, xn;    /* the same with what was known beforehand */
};

void mmoe_arm_add(struct mmoe_arm *a, double y, double n, double x);
/* A user who has y and n of them by now gets dy and dn more. */
void mmoe_arm_more(struct mmoe_arm *a, double y, double n, double dy, double dn, double x);
void mmoe_arm_merge(struct mmoe_arm *a, const struct mmoe_arm *b);

struct mmoe_lift {
    double log, se; /* log of the ratio of both arms' metrics, and its standard error; NAN where an
                       arm has fewer than two users, or nothing */
    double df;      /* degrees of freedom of se; INFINITY: normal */
};
struct mmoe_lift mmoe_lift_delta(const struct mmoe_arm *control, const struct mmoe_arm *treatment);
struct mmoe_lift mmoe_lift_naive(const struct mmoe_arm *control, const struct mmoe_arm *treatment);
struct mmoe_lift mmoe_lift_cuped(const struct mmoe_arm *control, const struct mmoe_arm *treatment);
/* control, treatment (buckets): the users of each bucket. */
struct mmoe_lift mmoe_lift_jackknife(const struct mmoe_arm *control,
                                     const struct mmoe_arm *treatment, size_t buckets);
/* control (n), treatment (m): the metric of the users of each net; Welch's test of their
 * logarithms. NAN where an arm has fewer than two nets, or a net has nothing. */
struct mmoe_lift mmoe_lift_nets(const double *control, size_t n, const double *treatment, size_t m);

/* value e^log - 1 and its interval at that level; NAN where it has none. */
struct mmoe_interval mmoe_lift_interval(const struct mmoe_lift *l, double level);
/* Two-sided: the probability of a lift so far from 0 without any. */
double mmoe_lift_p(const struct mmoe_lift *l);
/* p-values of "the lift is at most bound" and of "it is at least bound". */
double mmoe_lift_above(const struct mmoe_lift *l, double bound);
double mmoe_lift_below(const struct mmoe_lift *l, double bound);
/*
 * The interval that, looked at as often as one likes, holds at all times with that level: seen is
 * how much was observed so far, planned how much will be at the end (visits, say), for which it is
 * the narrowest.
 */
struct mmoe_interval mmoe_lift_sequence(const struct mmoe_lift *l, double level, double seen,
                                        double planned);
/* The smallest lift that is found at that level with that power. */
double mmoe_lift_detectable(const struct mmoe_lift *l, double level, double power);
/* The same beforehand, of a rate of so many impressions an arm, taken as independent. */
double mmoe_lift_foreseen(double rate, double impressions, double level, double power);
/* How many impressions an arm find that lift; the other way round. */
double mmoe_lift_impressions(double rate, double lift, double level, double power);

/* Were users split evenly? */
struct mmoe_split_check {
    double p;        /* chi-square, one degree of freedom; NAN without users */
    double evidence; /* e-value against an even split (Lindon and Malek, NeurIPS 2022): above
                        1 / alpha at any time at all with probability alpha at most */
    bool alarm;      /* p < .001, or evidence > 1,000: no lift is to be believed */
};
struct mmoe_split_check mmoe_split_check(double control, double treatment);

#endif
