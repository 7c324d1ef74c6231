/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modes.c - one mode or two: a mixture of two normals against one, by BIC.
 *
 *   f(x) = w N(x; m0, s0) + (1 - w) N(x; m1, s1)     x: logarithms of the values
 *
 * The mixture is fitted by expectation and maximisation (Dempster, Laird and Rubin, 1977) from
 * several cuts of the ordered values; the best fit counts. A normal that closes in on a single
 * value has a likelihood without bound: no standard deviation falls below a tenth of that of all
 * values (Hathaway, 1985, bounds their ratio to the same end). BIC is k ln n - 2 ln L, with k = 2
 * and 5 parameters.
 */
#include <math.h>

#include <mmoe/mem.h>
#include <mmoe/modes.h>
#include <mmoe/stats.h>

enum { ROUNDS = 200, PARAMETERS_MORE = 3 };
#define NARROWEST 0.1
#define EVIDENCE 2.0 /* "positive" in the words of Kass and Raftery, 1995 */
#define SETTLED 1e-9 /* of the log likelihood, for each value */

static const double cuts[] = {0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9};

struct mixture {
    double w, mean[2], sd[2], log_likelihood;
};

static double log_normal(double x, double mean, double sd)
{
    double z = (x - mean) / sd;
    return -0.5 * z * z - log(sd) - 0.5 * log(2 * M_PI);
}

/* The mean and standard deviation of values with those weights; returns the sum of the weights. */
static double weigh(const double *x, const double *weight, size_t n, double floor, double *mean,
                    double *sd)
{
    double all = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        all += weight[i];
        sum += weight[i] * x[i];
    }
    *mean = sum / all;
    for (size_t i = 0; i < n; i++)
        squares += weight[i] * (x[i] - *mean) * (x[i] - *mean);
    *sd = fmax(sqrt(squares / all), floor);
    return all;
}

/* From the weights of the lower normal (n) and of the upper one (n). */
static void maximise(const double *x, const double *low, const double *high, size_t n, double floor,
                     struct mixture *m)
{
    double all = weigh(x, low, n, floor, &m->mean[0], &m->sd[0]);
    weigh(x, high, n, floor, &m->mean[1], &m->sd[1]);
    m->w = fmin(fmax(all / (double)n, 0.5 / (double)n), 1 - 0.5 / (double)n);
}

/* To the weights of both normals; the log likelihood of what they are of. */
static void expect(const double *x, size_t n, struct mixture *m, double *low, double *high)
{
    m->log_likelihood = 0;
    for (size_t i = 0; i < n; i++) {
        double a = log(m->w) + log_normal(x[i], m->mean[0], m->sd[0]);
        double b = log1p(-m->w) + log_normal(x[i], m->mean[1], m->sd[1]);
        double most = fmax(a, b), sum = exp(a - most) + exp(b - most);
        low[i] = exp(a - most) / sum;
        high[i] = exp(b - most) / sum;
        m->log_likelihood += most + log(sum);
    }
}

/* A fit that begins with the first `below` values apart from the others. */
static struct mixture fit(const double *x, size_t n, size_t below, double floor, double *low,
                          double *high)
{
    struct mixture m = {0};
    double before = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low[i] = i < below;
        high[i] = i >= below;
    }
    for (int round = 0; round < ROUNDS; round++) {
        maximise(x, low, high, n, floor, &m);
        expect(x, n, &m, low, high);
        if (m.log_likelihood - before < SETTLED * (double)n)
            break;
        before = m.log_likelihood;
    }
    return m;
}

static struct mixture best_fit(const double *x, size_t n, double floor)
{
    double *low = mmoe_alloc(2 * n, sizeof *low);
    struct mixture best = {.log_likelihood = -INFINITY};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        size_t below = (size_t)(cuts[i] * (double)n);
        struct mixture m = fit(x, n, below ? below : 1, floor, low, low + n);
        if (m.log_likelihood > best.log_likelihood)
            best = m;
    }
    mmoe_free(low);
    return best;
}

bool mmoe_modes_find(const double *sorted, size_t all, struct mmoe_modes *out)
{
    size_t n = all < MMOE_MODES_MOST ? all : MMOE_MODES_MOST;
    if (n < MMOE_MODES_LEAST || !(sorted[0] > 0) || !isfinite(sorted[all - 1]))
        return false;
    double *x = mmoe_alloc(n, sizeof *x), one = 0;
    for (size_t i = 0; i < n; i++)
        x[i] = log(sorted[n < all ? (2 * i + 1) * all / (2 * n) : i]);
    double mean = mmoe_mean(x, n), sd = 0;
    for (size_t i = 0; i < n; i++)
        sd += (x[i] - mean) * (x[i] - mean);
    sd = sqrt(sd / (double)n);
    *out = (struct mmoe_modes){.share = 1, .low = exp(mean), .high = exp(mean), .sd = {sd, sd}};
    if (sd > 0) {
        for (size_t i = 0; i < n; i++)
            one += log_normal(x[i], mean, sd);
        struct mixture m = best_fit(x, n, NARROWEST * sd);
        int lower = m.mean[0] <= m.mean[1] ? 0 : 1;
        out->gain = 2 * (m.log_likelihood - one) - PARAMETERS_MORE * log((double)n);
        out->two = out->gain > EVIDENCE;
        if (out->two)
            *out = (struct mmoe_modes){.two = true,
                                       .gain = out->gain,
                                       .share = lower ? 1 - m.w : m.w,
                                       .low = exp(m.mean[lower]),
                                       .high = exp(m.mean[!lower]),
                                       .sd = {m.sd[lower], m.sd[!lower]}};
    }
    mmoe_free(x);
    return true;
}
