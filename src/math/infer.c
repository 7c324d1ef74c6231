/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * infer.c - intervals and tests that need no draws.
 *
 * IQM      sum of w_i v_(i) / (n / 2), w_i the part of [i, i + 1) within [n / 4, 3 n / 4).
 *          Its use for few runs: Agarwal, Schwarzer, Castro, Courville, Bellemare,
 *          NeurIPS 2021.
 *
 * Wilson   with s of n and z the normal quantile:
 *          (s + z^2 / 2 +- z sqrt(s (n - s) / n + z^2 / 4)) / (n + z^2) (JASA 22, 1927).
 *          81 of 263: .2553 to .3662 (Newcombe, Statistics in Medicine 17, 1998, table I).
 *
 * Holm     p_(i) times n - i, i from 0, never below the one before
 *          (Scandinavian J. of Statistics 6, 1979).
 *
 * t        mean over n numbers, error s / sqrt(n), n - 1 degrees of freedom: Student's
 *          (Biometrika 6, 1908). On distances from the median it tests spreads (Brown and
 *          Forsythe, JASA 69, 1974).
 *
 * Ratio    the r for which the mean of a - r b is not told from 0 by t (Fieller, JRSS B 16, 1954).
 */
#include <math.h>
#include <string.h>

#include <mmoe/infer.h>
#include <mmoe/mem.h>
#include <mmoe/stats.h>

#include "src/math/special.h"

double mmoe_median(const double *sorted, size_t n)
{
    if (n == 0)
        return NAN;
    /* Not by mmoe_quantile, which would take INFINITY from INFINITY. */
    double low = sorted[(n - 1) / 2], high = sorted[n / 2];
    return low < high ? low + (high - low) / 2 : low;
}

double mmoe_iqm(const double *sorted, size_t n)
{
    if (n < 2)
        return n ? sorted[0] : NAN;
    /* The quartiles cut values `first` and n - 1 - first, of which `part` is inside. */
    size_t first = n / 4;
    double part = 1 - (double)(n % 4) / 4, sum = part * (sorted[first] + sorted[n - 1 - first]);
    for (size_t i = first + 1; i < n - 1 - first; i++)
        sum += sorted[i];
    return sum / ((double)n / 2);
}

/* The normal quantile that leaves (1 - level) / 2 on either side. */
static double two_sided(double level)
{
    return special_normal_quantile((1 + level) / 2);
}

struct mmoe_interval mmoe_wilson(double successes, size_t n, double level)
{
    if (n == 0)
        return (struct mmoe_interval){NAN, NAN, NAN};
    double count = (double)n, z = two_sided(level);
    double half = z * sqrt(successes * (count - successes) / count + z * z / 4);
    double middle = successes + z * z / 2, whole = count + z * z;
    return (struct mmoe_interval){successes / count, fmax(0, (middle - half) / whole),
                                  fmin(1, (middle + half) / whole)};
}

/* 1 where a has the lower loss, 1/2 where neither has; NAN is the greatest loss. */
static double below(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? 0.5 : isnan(b) ? 1 : 0;
    return a < b ? 1 : a > b ? 0 : 0.5;
}

struct mmoe_interval mmoe_below_paired(const double *a, const double *b, size_t n, double level)
{
    double wins = 0;
    for (size_t i = 0; i < n; i++)
        wins += below(a[i], b[i]);
    return mmoe_wilson(wins, n, level);
}

/* Where p-value i would stand in ascending order: NAN last, ties by index. */
static size_t rank_of(const double *p, size_t n, size_t i)
{
    size_t rank = 0;
    for (size_t j = 0; j < n; j++) {
        double wins = below(p[j], p[i]);
        rank += wins > 0.75 || (wins > 0.25 && j < i);
    }
    return rank;
}

void mmoe_holm(const double *p, size_t n, double *adjusted)
{
    double *ordered = mmoe_alloc(n, sizeof *ordered);
    size_t *rank = mmoe_alloc(n, sizeof *rank);
    for (size_t i = 0; i < n; i++) {
        rank[i] = rank_of(p, n, i);
        ordered[rank[i]] = p[i];
    }
    double least = 0;
    for (size_t k = 0; k < n && !isnan(ordered[k]); k++)
        ordered[k] = least = fmin(1, fmax(least, (double)(n - k) * ordered[k]));
    for (size_t i = 0; i < n; i++)
        adjusted[i] = ordered[rank[i]];
    mmoe_free(rank);
    mmoe_free(ordered);
}

/* --- Student's t --- */

struct mmoe_student mmoe_student(const double *v, size_t n)
{
    struct mmoe_student s = {n, NAN, NAN};
    if (n > 0)
        s.mean = mmoe_mean(v, n);
    if (n > 1)
        s.error = sqrt(mmoe_variance(v, n) / (double)n);
    return s;
}

struct mmoe_interval mmoe_student_interval(const struct mmoe_student *s, double level)
{
    if (s->n < 2)
        return (struct mmoe_interval){s->mean, NAN, NAN};
    double half = special_t_quantile((1 + level) / 2, (double)s->n - 1) * s->error;
    return (struct mmoe_interval){s->mean, s->mean - half, s->mean + half};
}

double mmoe_student_above(const struct mmoe_student *s, double bound)
{
    if (s->n < 2)
        return NAN;
    if (!(s->error > 0))
        return s->mean > bound ? 0 : 1;
    return special_t_upper((s->mean - bound) / s->error, (double)s->n - 1);
}

double mmoe_student_below(const struct mmoe_student *s, double bound)
{
    const struct mmoe_student turned = {s->n, -s->mean, s->error};
    return mmoe_student_above(&turned, -bound);
}

/* The sum of products of distances from the means, over n - 1. */
static double covariance(const double *a, const double *b, size_t n)
{
    double mean_a = mmoe_mean(a, n), mean_b = mmoe_mean(b, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (a[i] - mean_a) * (b[i] - mean_b);
    return sum / (double)(n - 1);
}

/* The ends are the roots r of (a - r b)^2 = g (s_aa - 2 r s_ab + r^2 s_bb), g = t^2 / n. */
struct mmoe_interval mmoe_ratio_of_means(const double *a, const double *b, size_t n, double level)
{
    struct mmoe_interval out = {NAN, NAN, NAN};
    if (n == 0)
        return out;
    double mean_a = mmoe_mean(a, n), mean_b = mmoe_mean(b, n);
    if (mean_b > 0)
        out.value = mean_a / mean_b;
    if (n < 2)
        return out;
    double t = special_t_quantile((1 + level) / 2, (double)n - 1), g = t * t / (double)n;
    double square = mean_b * mean_b - g * covariance(b, b, n);
    double half = mean_a * mean_b - g * covariance(a, b, n);
    double rest = mean_a * mean_a - g * covariance(a, a, n);
    double root = half * half - square * rest;
    if (!(square > 0) || !(mean_b > 0))
        return out;
    root = sqrt(fmax(root, 0)); /* below 0 by rounding alone: the estimate is between the ends */
    out.low = (half - root) / square;
    out.high = (half + root) / square;
    return out;
}

void mmoe_distances(const double *v, size_t n, double *out)
{
    double *sorted = mmoe_alloc(n, sizeof *sorted);
    memcpy(sorted, v, n * sizeof *v);
    mmoe_sort(sorted, n);
    double median = mmoe_median(sorted, n);
    mmoe_free(sorted);
    for (size_t i = 0; i < n; i++)
        out[i] = fabs(v[i] - median);
}
