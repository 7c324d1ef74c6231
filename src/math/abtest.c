/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * abtest.c - the statistics of an A/B experiment.
 *
 * With means y, n over the U users of an arm and r = y / n, the delta method has
 *
 *   var log r = (s_yy / y^2 + s_nn / n^2 - 2 s_yn / (y n)) / U
 *
 * CUPED takes theta (x - mean x) off each user's part v = y_i / y - n_i / n of log r, with
 * theta = cov(v, x) / var x over both arms:
 *
 *   log r - theta (x_arm - x),   var = (var v - 2 theta cov(v, x) + theta^2 var x) / U
 *
 * The confidence sequence of a mean of t observations of variance s^2:
 *
 *   sqrt(s^2 (t rho^2 + 1) / (t^2 rho^2) ln((t rho^2 + 1) / alpha^2))
 *   rho^2 = (-2 ln alpha + ln(-2 ln alpha + 1)) / planned
 *
 * and the e-value of a split, counts m_i of m under a uniform Dirichlet prior against 1/2 each:
 *
 *   Gamma(2) / Gamma(2 + m) * prod Gamma(1 + m_i) * 2^m
 */
#include <math.h>

#include <mmoe/abtest.h>

#include "src/math/special.h"

#define SPLIT_ALPHA 0.001

void mmoe_arm_add(struct mmoe_arm *a, double y, double n, double x)
{
    a->users++;
    a->x += x;
    a->xx += x * x;
    mmoe_arm_more(a, 0, 0, y, n, x);
}

void mmoe_arm_more(struct mmoe_arm *a, double y, double n, double dy, double dn, double x)
{
    a->y += dy;
    a->n += dn;
    a->yy += (2 * y + dy) * dy;
    a->nn += (2 * n + dn) * dn;
    a->yn += y * dn + n * dy + dy * dn;
    a->xy += x * dy;
    a->xn += x * dn;
}

void mmoe_arm_merge(struct mmoe_arm *a, const struct mmoe_arm *b)
{
    a->users += b->users;
    a->y += b->y;
    a->n += b->n;
    a->yy += b->yy;
    a->nn += b->nn;
    a->yn += b->yn;
    a->x += b->x;
    a->xx += b->xx;
    a->xy += b->xy;
    a->xn += b->xn;
}

/* Sample covariance of two totals with those sums, over u users. */
static double covariance(double ab, double a, double b, double u)
{
    return (ab - a * b / u) / (u - 1);
}

static bool tells(const struct mmoe_arm *a)
{
    return a->users >= 2 && a->y > 0 && a->n > 0;
}

/* Variance of a user's part of log r. */
static double part_variance(const struct mmoe_arm *a)
{
    double u = a->users, y = a->y / u, n = a->n / u;
    return covariance(a->yy, a->y, a->y, u) / (y * y) + covariance(a->nn, a->n, a->n, u) / (n * n) -
           2 * covariance(a->yn, a->y, a->n, u) / (y * n);
}

static double log_ratio(const struct mmoe_arm *control, const struct mmoe_arm *treatment)
{
    return log(treatment->y / treatment->n) - log(control->y / control->n);
}

static const struct mmoe_lift nothing = {(double)NAN, (double)NAN, (double)INFINITY};

struct mmoe_lift mmoe_lift_delta(const struct mmoe_arm *control, const struct mmoe_arm *treatment)
{
    if (!tells(control) || !tells(treatment))
        return nothing;
    double variance =
        part_variance(control) / control->users + part_variance(treatment) / treatment->users;
    return (struct mmoe_lift){log_ratio(control, treatment), sqrt(variance), INFINITY};
}

/* An impression has one or none: var log r = (1 - r) / (r n). */
static double naive_variance(const struct mmoe_arm *a)
{
    double r = a->y / a->n;
    return (1 - r) / (r * a->n);
}

struct mmoe_lift mmoe_lift_naive(const struct mmoe_arm *control, const struct mmoe_arm *treatment)
{
    if (!tells(control) || !tells(treatment))
        return nothing;
    return (struct mmoe_lift){log_ratio(control, treatment),
                              sqrt(naive_variance(control) + naive_variance(treatment)), INFINITY};
}

/* cov(v, x) of an arm. */
static double part_covariance(const struct mmoe_arm *a)
{
    double u = a->users;
    return covariance(a->xy, a->x, a->y, u) / (a->y / u) -
           covariance(a->xn, a->x, a->n, u) / (a->n / u);
}

struct mmoe_lift mmoe_lift_cuped(const struct mmoe_arm *control, const struct mmoe_arm *treatment)
{
    if (!tells(control) || !tells(treatment))
        return nothing;
    const struct mmoe_arm *arm[2] = {control, treatment};
    double with = 0, of = 0, variance = 0;
    for (int i = 0; i < 2; i++) {
        with += (arm[i]->users - 1) * part_covariance(arm[i]);
        of += (arm[i]->users - 1) * covariance(arm[i]->xx, arm[i]->x, arm[i]->x, arm[i]->users);
    }
    double theta = of > 0 ? with / of : 0;
    for (int i = 0; i < 2; i++) {
        double u = arm[i]->users;
        variance += (part_variance(arm[i]) - 2 * theta * part_covariance(arm[i]) +
                     theta * theta * covariance(arm[i]->xx, arm[i]->x, arm[i]->x, u)) /
                    u;
    }
    double shift = treatment->x / treatment->users - control->x / control->users;
    return (struct mmoe_lift){log_ratio(control, treatment) - theta * shift, sqrt(variance),
                              INFINITY};
}

/* All buckets but one. */
static struct mmoe_arm without(const struct mmoe_arm *all, const struct mmoe_arm *one)
{
    return (struct mmoe_arm){
        .users = all->users - one->users, .y = all->y - one->y, .n = all->n - one->n};
}

struct mmoe_lift mmoe_lift_jackknife(const struct mmoe_arm *control,
                                     const struct mmoe_arm *treatment, size_t buckets)
{
    struct mmoe_arm c = {0}, t = {0};
    double sum = 0, squares = 0, k = (double)buckets;
    for (size_t i = 0; i < buckets; i++) {
        mmoe_arm_merge(&c, &control[i]);
        mmoe_arm_merge(&t, &treatment[i]);
    }
    if (buckets < 2 || !tells(&c) || !tells(&t))
        return nothing;
    for (size_t i = 0; i < buckets; i++) {
        struct mmoe_arm some = without(&c, &control[i]), others = without(&t, &treatment[i]);
        if (!(some.y > 0) || !(others.y > 0))
            return nothing;
        sum += log_ratio(&some, &others);
    }
    for (size_t i = 0; i < buckets; i++) {
        struct mmoe_arm some = without(&c, &control[i]), others = without(&t, &treatment[i]);
        double apart = log_ratio(&some, &others) - sum / k;
        squares += apart * apart;
    }
    return (struct mmoe_lift){log_ratio(&c, &t), sqrt((k - 1) / k * squares), k - 1};
}

static void add_log(double v, double *sum, double *squares)
{
    *sum += log(v);
    *squares += log(v) * log(v);
}

struct mmoe_lift mmoe_lift_nets(const double *control, size_t n, const double *treatment, size_t m)
{
    double sum[2] = {0}, squares[2] = {0}, part[2], k[2] = {(double)n, (double)m};
    for (size_t i = 0; i < n; i++)
        add_log(control[i], &sum[0], &squares[0]);
    for (size_t i = 0; i < m; i++)
        add_log(treatment[i], &sum[1], &squares[1]);
    if (n < 2 || m < 2 || !isfinite(squares[0] + squares[1]))
        return nothing;
    for (size_t a = 0; a < 2; a++)
        part[a] = fmax(squares[a] - sum[a] * sum[a] / k[a], 0) / (k[a] - 1) / k[a];
    double all = part[0] + part[1];
    double df = all * all / (part[0] * part[0] / (k[0] - 1) + part[1] * part[1] / (k[1] - 1));
    if (!(all > 0))
        return nothing;
    return (struct mmoe_lift){sum[1] / k[1] - sum[0] / k[0], sqrt(all), df};
}

/* --- how sure --- */

static double quantile(const struct mmoe_lift *l, double p)
{
    return isinf(l->df) ? special_normal_quantile(p) : special_t_quantile(p, l->df);
}

static struct mmoe_interval around(const struct mmoe_lift *l, double half)
{
    return (struct mmoe_interval){expm1(l->log), expm1(l->log - half), expm1(l->log + half)};
}

struct mmoe_interval mmoe_lift_interval(const struct mmoe_lift *l, double level)
{
    return around(l, quantile(l, (1 + level) / 2) * l->se);
}

/* P(Z > z). */
static double upper(const struct mmoe_lift *l, double z)
{
    return isnan(z) || isinf(l->df) ? special_normal_cdf(-z) : special_t_upper(z, l->df);
}

double mmoe_lift_p(const struct mmoe_lift *l)
{
    return 2 * upper(l, fabs(l->log) / l->se);
}

double mmoe_lift_above(const struct mmoe_lift *l, double bound)
{
    return upper(l, (l->log - log1p(bound)) / l->se);
}

double mmoe_lift_below(const struct mmoe_lift *l, double bound)
{
    return upper(l, (log1p(bound) - l->log) / l->se);
}

struct mmoe_interval mmoe_lift_sequence(const struct mmoe_lift *l, double level, double seen,
                                        double planned)
{
    double alpha = 1 - level, most = -2 * log(alpha);
    double rho2 = (most + log(most + 1)) / planned, t = seen * rho2;
    return around(l, l->se * sqrt((t + 1) / t * log((t + 1) / (alpha * alpha))));
}

double mmoe_lift_detectable(const struct mmoe_lift *l, double level, double power)
{
    return expm1((quantile(l, (1 + level) / 2) + quantile(l, power)) * l->se);
}

/* Of the logarithm of a rate, times the square root of its impressions. */
static double deviation(double rate)
{
    return sqrt((1 - rate) / rate);
}

static double two_quantiles(double level, double power)
{
    return special_normal_quantile((1 + level) / 2) + special_normal_quantile(power);
}

double mmoe_lift_foreseen(double rate, double impressions, double level, double power)
{
    return expm1(two_quantiles(level, power) * deviation(rate) * sqrt(2 / impressions));
}

double mmoe_lift_impressions(double rate, double lift, double level, double power)
{
    double k = two_quantiles(level, power) * deviation(rate) / log1p(lift);
    return 2 * k * k;
}

struct mmoe_split_check mmoe_split_check(double control, double treatment)
{
    double m = control + treatment, apart = control - treatment;
    struct mmoe_split_check s = {.p = NAN, .evidence = 1};
    if (!(m > 0))
        return s;
    s.p = 2 * special_normal_cdf(-fabs(apart) / sqrt(m));
    s.evidence = exp(special_log_gamma(1 + control) + special_log_gamma(1 + treatment) -
                     special_log_gamma(2 + m) + m * log(2));
    s.alarm = s.p < SPLIT_ALPHA || s.evidence > 1 / SPLIT_ALPHA;
    return s;
}
