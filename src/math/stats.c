/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.c - what one says of a handful of numbers.
 *
 * Sums are compensated (Neumaier, 1974), so that they do not lose the small
 * among the large. The q-quantile of n ascending values is at h = (n - 1) q,
 * between the values below and above (type 7 of Hyndman and Fan, 1996).
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <mmoe/stats.h>

struct sum {
    double total, lost;
};

static void add(struct sum *s, double v)
{
    double t = s->total + v;
    s->lost += fabs(s->total) >= fabs(v) ? (s->total - t) + v : (v - t) + s->total;
    s->total = t;
}

static double result(const struct sum *s)
{
    return s->total + s->lost;
}

double mmoe_mean(const double *v, size_t n)
{
    struct sum s = {0};
    for (size_t i = 0; i < n; i++)
        add(&s, v[i]);
    return n ? result(&s) / (double)n : NAN;
}

/* Sum of the products of both deviations from the means. */
static double codeviation(const double *a, double mean_a, const double *b, double mean_b, size_t n)
{
    struct sum s = {0};
    for (size_t i = 0; i < n; i++)
        add(&s, (a[i] - mean_a) * (b[i] - mean_b));
    return result(&s);
}

double mmoe_variance(const double *v, size_t n)
{
    double mean = mmoe_mean(v, n);
    return n > 1 ? codeviation(v, mean, v, mean, n) / (double)(n - 1) : NAN;
}

double mmoe_pearson(const double *a, const double *b, size_t n)
{
    if (n < 2)
        return NAN;
    double mean_a = mmoe_mean(a, n), mean_b = mmoe_mean(b, n);
    double r = codeviation(a, mean_a, b, mean_b, n) /
               sqrt(codeviation(a, mean_a, a, mean_a, n) * codeviation(b, mean_b, b, mean_b, n));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

double mmoe_quantile(const double *sorted, size_t n, double q)
{
    if (n == 0)
        return NAN;
    double h = (double)(n - 1) * q;
    size_t low = (size_t)h;
    if (low + 1 >= n)
        return sorted[n - 1];
    return sorted[low] + (h - (double)low) * (sorted[low + 1] - sorted[low]);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void mmoe_sort(double *v, size_t n)
{
    qsort(v, n, sizeof *v, ascending);
}

/* What depends on the order alone. */
static void add_quantiles(const double *sorted, size_t n, struct mmoe_summary *s)
{
    s->min = mmoe_quantile(sorted, n, 0);
    s->q10 = mmoe_quantile(sorted, n, 0.10);
    s->q25 = mmoe_quantile(sorted, n, 0.25);
    s->median = mmoe_quantile(sorted, n, 0.50);
    s->q75 = mmoe_quantile(sorted, n, 0.75);
    s->q90 = mmoe_quantile(sorted, n, 0.90);
    s->max = mmoe_quantile(sorted, n, 1);
}

struct mmoe_summary mmoe_summarize_sorted(const double *sorted, size_t n)
{
    struct mmoe_summary s = {.n = n};
    s.mean = mmoe_mean(sorted, n);
    s.sd = sqrt(mmoe_variance(sorted, n));
    add_quantiles(sorted, n, &s);
    return s;
}

struct mmoe_summary mmoe_summarize(double *v, size_t n)
{
    size_t finite = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(v[i])) {
            double kept = v[i];
            v[i] = v[finite];
            v[finite++] = kept;
        }
    struct mmoe_summary s = {.n = finite, .diverged = n - finite};
    s.mean = mmoe_mean(v, finite);
    s.sd = sqrt(mmoe_variance(v, finite));
    mmoe_sort(v, finite);
    add_quantiles(v, finite, &s);
    return s;
}

static int by_score(const void *a, const void *b)
{
    double x = ((const struct mmoe_scored *)a)->score, y = ((const struct mmoe_scored *)b)->score;
    return (x > y) - (x < y);
}

/* labels: they count as 1 or 0; else as shares of a 1. A pair does not win against itself. */
static double area(struct mmoe_scored *pairs, size_t n, bool labels)
{
    double below = 0, wins = 0, positives = 0; /* below: negatives with a lower score */
    qsort(pairs, n, sizeof *pairs, by_score);
    for (size_t i = 0, end; i < n; i = end) {
        double tied = 0, negatives = 0, itself = 0;
        for (end = i; end < n && pairs[end].score <= pairs[i].score; end++) {
            double p = labels ? pairs[end].label > 0.5 : pairs[end].label;
            tied += p;
            negatives += 1 - p;
            itself += p * (1 - p);
        }
        wins += tied * (below + negatives / 2) - itself / 2;
        below += negatives;
        positives += tied;
    }
    return positives > 0 && below > 0 ? wins / (positives * below) : NAN;
}

double mmoe_auc(struct mmoe_scored *pairs, size_t n)
{
    return area(pairs, n, true);
}

double mmoe_expected_auc(struct mmoe_scored *pairs, size_t n)
{
    return area(pairs, n, false);
}

double mmoe_expected_r2(const struct mmoe_scored *pairs, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += pairs[i].label;
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (pairs[i].label - mean) * (pairs[i].label - mean);
    return mean > 0 && mean < 1 ? squares / ((double)n * mean * (1 - mean)) : (double)NAN;
}
