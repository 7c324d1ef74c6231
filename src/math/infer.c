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
 * Brown and Forsythe   one-way analysis of variance of |v - median of its group|
 *          (JASA 69, 1974).
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

/* out (n) = distances from the median. */
static void distances(const double *v, size_t n, double *out)
{
    memcpy(out, v, n * sizeof *v);
    mmoe_sort(out, n);
    double median = mmoe_median(out, n);
    for (size_t i = 0; i < n; i++)
        out[i] = fabs(v[i] - median);
}

/* Sum of squares of a group of distances about their mean. */
static double squares(const double *v, size_t n)
{
    return n > 1 ? mmoe_variance(v, n) * (double)(n - 1) : 0;
}

/* F of k groups of distances that lie one after another, N in all. */
static double f_ratio(const double *v, const size_t *sizes, size_t k, size_t all)
{
    double grand = mmoe_mean(v, all), between = 0, within = 0;
    for (size_t g = 0; g < k; v += sizes[g++]) {
        double off = mmoe_mean(v, sizes[g]) - grand;
        between += (double)sizes[g] * off * off;
        within += squares(v, sizes[g]);
    }
    return between / (double)(k - 1) / (within / (double)(all - k));
}

struct mmoe_spread_test mmoe_brown_forsythe(const double *const *groups, const size_t *sizes,
                                            size_t k)
{
    struct mmoe_spread_test test = {NAN, NAN, NAN, NAN};
    size_t all = 0;
    bool empty = k < 2;
    for (size_t g = 0; g < k; g++) {
        all += sizes[g];
        empty |= sizes[g] == 0;
    }
    if (empty || all <= k)
        return test;
    double *v = mmoe_alloc(all, sizeof *v), *next = v;
    for (size_t g = 0; g < k; next += sizes[g++])
        distances(groups[g], sizes[g], next);
    test.df_between = (double)(k - 1);
    test.df_within = (double)(all - k);
    test.statistic = f_ratio(v, sizes, k, all);
    test.p_value = special_f_upper(test.statistic, test.df_between, test.df_within);
    mmoe_free(v);
    return test;
}

static double mean_distance(const double *v, size_t n)
{
    double *out = mmoe_alloc(n, sizeof *out);
    distances(v, n, out);
    double mean = mmoe_mean(out, n);
    mmoe_free(out);
    return mean;
}

double mmoe_spread_greater(const double *a, size_t m, const double *b, size_t n)
{
    struct mmoe_spread_test test =
        mmoe_brown_forsythe((const double *const[]){a, b}, (const size_t[]){m, n}, 2);
    if (isnan(test.p_value))
        return NAN;
    return mean_distance(a, m) > mean_distance(b, n) ? test.p_value / 2 : 1 - test.p_value / 2;
}
