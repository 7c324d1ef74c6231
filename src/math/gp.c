/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gp.c - Gaussian processes.
 *
 *   L = -1/2 y' K^-1 y - 1/2 log |K| - n/2 log 2 pi
 *   dL / dtheta = 1/2 tr ((a a' - K^-1) dK / dtheta),  a = K^-1 y
 *
 * Priors on theta, which is logarithms: lengths N(log 1/2 + 1/2 log d, 1), since distances in a
 * cube grow with the root of d; signal N(0, 1); noise N(log 1e-3, 2^2). They keep the fit from
 * extremes where values are few.
 *
 * A kernel that rounding makes singular is helped by a jitter on its diagonal, from 1e-10 of the
 * signal on, ten times as much at each try.
 *
 * Log expected improvement: with z = (mean - best) / sd, log sd + log (phi(z) + z Phi(z)). For z <
 * -1 the sum cancels; with the hazard h = phi / Q at -z it is log phi(z) + log (1 + z / h), and
 * from z < -30 on the asymptotic series 1 + z / h = 1 / z^2 - 3 / z^4 + 15 / z^6 - ... (Ament et
 * al., Unexpected improvements to expected improvement, NeurIPS 2023, on why the logarithm).
 */
#include <math.h>
#include <string.h>

#include <mmoe/gp.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/optimise.h>

#include "src/math/special.h"

#define ROOT5 2.23606797749978969641
#define LOG_2PI 1.83787706640934548356
#define LENGTH_LEAST 0.02
#define LENGTH_MOST 20.0
#define NOISE_LEAST 1e-6
#define NOISE_MOST 1.0
#define SIGNAL_LEAST 0.02
#define SIGNAL_MOST 50.0
enum { TRIES = 8, EVALUATIONS = 120, PARAMETERS = MMOE_GP_DIMS + 2, SERIES = 12 };

struct mmoe_gp {
    size_t dim, most, n;            /* n: values; pending points come behind them */
    size_t m;                       /* points that predictions are conditioned on */
    double *x, *y;                  /* (most,dim), (most) */
    double *factor;                 /* (m,m) Cholesky factor, lower */
    double *alpha;                  /* (m) */
    double *work, *column, *solved; /* (most,most), (most), (most) */
    double theta[PARAMETERS], signal;
};

struct mmoe_gp *mmoe_gp_new(size_t dim, size_t most)
{
    struct mmoe_gp *gp = mmoe_alloc(1, sizeof *gp);
    gp->dim = dim;
    gp->most = most;
    gp->x = mmoe_alloc(most * dim, sizeof *gp->x);
    gp->y = mmoe_alloc(most, sizeof *gp->y);
    gp->factor = mmoe_alloc(most * most, sizeof *gp->factor);
    gp->work = mmoe_alloc(most * most, sizeof *gp->work);
    gp->alpha = mmoe_alloc(most, sizeof *gp->alpha);
    gp->column = mmoe_alloc(most, sizeof *gp->column);
    gp->solved = mmoe_alloc(most, sizeof *gp->solved);
    return gp;
}

void mmoe_gp_free(struct mmoe_gp *gp)
{
    if (!gp)
        return;
    double *const blocks[] = {gp->x,     gp->y,      gp->factor, gp->work,
                              gp->alpha, gp->column, gp->solved};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        mmoe_free(blocks[i]);
    mmoe_free(gp);
}

void mmoe_gp_values(struct mmoe_gp *gp, size_t n, const double *x, const double *y)
{
    gp->n = n;
    gp->m = 0;
    memcpy(gp->x, x, n * gp->dim * sizeof *x);
    memcpy(gp->y, y, n * sizeof *y);
}

/* --- the kernel --- */

/* Square of the distance in lengths. */
static double square(const struct mmoe_gp *gp, const double *theta, const double *a,
                     const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < gp->dim; i++) {
        double d = (a[i] - b[i]) * exp(-theta[i]);
        sum += d * d;
    }
    return sum;
}

static double matern(double r)
{
    return (1 + ROOT5 * r + 5 * r * r / 3) * exp(-ROOT5 * r);
}

/* -dk / d(r^2) of the kernel with signal 1, times 2. */
static double bend(double r)
{
    return 5.0 / 3 * (1 + ROOT5 * r) * exp(-ROOT5 * r);
}

/* The factor of the kernel of the first n points, in `to` (n,n). */
static bool factorise(const struct mmoe_gp *gp, const double *theta, size_t n, double *to)
{
    double signal = exp(theta[gp->dim]), noise = exp(theta[gp->dim + 1]), jitter = 0;
    for (int i = 0; i < TRIES; i++) {
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b <= a; b++) {
                double r = sqrt(square(gp, theta, gp->x + a * gp->dim, gp->x + b * gp->dim));
                to[a * n + b] = signal * matern(r) + (a == b ? noise + jitter : 0);
            }
        if (mmoe_mat_cholesky(n, to))
            return true;
        jitter = i ? 10 * jitter : 1e-10 * signal;
    }
    return false;
}

/* --- likelihood --- */

/* Half of tr ((a a' - K^-1) dK), dK = k times what `what` says of each pair. */
static void add_slopes(const struct mmoe_gp *gp, const double *theta, const double *inverse,
                       double *slope)
{
    size_t n = gp->n, d = gp->dim;
    double signal = exp(theta[d]), noise = exp(theta[d + 1]);
    memset(slope, 0, (d + 2) * sizeof *slope);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++) {
            const double *xa = gp->x + a * d, *xb = gp->x + b * d;
            double r = sqrt(square(gp, theta, xa, xb));
            double weight =
                (gp->solved[a] * gp->solved[b] - inverse[a * n + b]) * (a == b ? 0.5 : 1);
            for (size_t i = 0; i < d && a != b; i++) {
                double t = (xa[i] - xb[i]) * exp(-theta[i]);
                slope[i] += weight * signal * bend(r) * t * t;
            }
            slope[d] += weight * signal * matern(r);
            slope[d + 1] += a == b ? weight * noise : 0;
        }
}

double mmoe_gp_likelihood(struct mmoe_gp *gp, const double *theta, double *slope)
{
    size_t n = gp->n;
    double value = -0.5 * (double)n * LOG_2PI;
    gp->m = 0; /* what predictions were conditioned on is overwritten */
    if (!factorise(gp, theta, n, gp->work))
        return -INFINITY;
    memcpy(gp->solved, gp->y, n * sizeof *gp->y);
    mmoe_mat_solve(n, gp->work, false, gp->solved);
    for (size_t i = 0; i < n; i++)
        value -= 0.5 * gp->y[i] * gp->solved[i] + log(gp->work[i * n + i]);
    if (slope) {
        mmoe_mat_inverse(n, gp->work);
        add_slopes(gp, theta, gp->work, slope);
    }
    return value;
}

/* --- fit --- */

struct prior {
    double mean, sd, low, high;
};

static struct prior prior_of(const struct mmoe_gp *gp, size_t i)
{
    if (i < gp->dim)
        return (struct prior){log(0.5) + 0.5 * log((double)gp->dim), 1, log(LENGTH_LEAST),
                              log(LENGTH_MOST)};
    if (i == gp->dim)
        return (struct prior){0, 1, log(SIGNAL_LEAST), log(SIGNAL_MOST)};
    return (struct prior){log(1e-3), 2, log(NOISE_LEAST), log(NOISE_MOST)};
}

/* Minus the log posterior. */
static double unlikely(size_t n, const double *theta, double *slope, void *context)
{
    struct mmoe_gp *gp = context;
    double value = -mmoe_gp_likelihood(gp, theta, slope);
    for (size_t i = 0; i < n; i++) {
        const struct prior p = prior_of(gp, i);
        double z = (theta[i] - p.mean) / p.sd;
        value += 0.5 * z * z;
        if (slope)
            slope[i] = -slope[i] + z / p.sd;
    }
    return value;
}

double mmoe_gp_fit(struct mmoe_gp *gp, double *theta)
{
    /* starts: the priors' means; shorter and longer lengths; much noise */
    static const double lengths[] = {0, -1.2, 1.2, 0}, noises[] = {0, 0, 0, 4};
    double low[PARAMETERS], high[PARAMETERS], at[PARAMETERS], best = INFINITY;
    size_t n = gp->dim + 2;
    for (size_t s = 0; s < sizeof lengths / sizeof *lengths; s++) {
        for (size_t i = 0; i < n; i++) {
            const struct prior p = prior_of(gp, i);
            double from = p.mean + (i < gp->dim ? lengths[s] : i == n - 1 ? noises[s] : 0);
            low[i] = p.low;
            high[i] = p.high;
            at[i] = fmin(fmax(from, p.low), p.high);
        }
        double value = mmoe_optimise(n, at, low, high, EVALUATIONS, unlikely, gp);
        if (value < best || s == 0) {
            best = value;
            memcpy(theta, at, n * sizeof *theta);
        }
    }
    return -best;
}

/* --- prediction --- */

static void solve_values(struct mmoe_gp *gp, size_t n)
{
    memcpy(gp->alpha, gp->y, n * sizeof *gp->y);
    mmoe_mat_solve(n, gp->factor, false, gp->alpha);
    gp->m = n;
}

bool mmoe_gp_condition(struct mmoe_gp *gp, const double *theta, size_t m, const double *pending)
{
    memcpy(gp->theta, theta, (gp->dim + 2) * sizeof *theta);
    gp->signal = exp(theta[gp->dim]);
    gp->m = 0;
    if (!factorise(gp, theta, gp->n, gp->factor))
        return false;
    solve_values(gp, gp->n);
    if (m == 0)
        return true;
    memcpy(gp->x + gp->n * gp->dim, pending, m * gp->dim * sizeof *pending);
    for (size_t i = 0; i < m; i++) {
        struct mmoe_gp_prediction p;
        mmoe_gp_predict(gp, pending + i * gp->dim, false, &p);
        gp->y[gp->n + i] = p.mean;
    }
    gp->m = 0;
    if (!factorise(gp, theta, gp->n + m, gp->factor))
        return false;
    solve_values(gp, gp->n + m);
    return true;
}

void mmoe_gp_predict(const struct mmoe_gp *gp, const double *at, bool slopes,
                     struct mmoe_gp_prediction *out)
{
    size_t d = gp->dim;
    memset(out, 0, sizeof *out);
    for (size_t j = 0; j < gp->m; j++) {
        gp->column[j] = gp->signal * matern(sqrt(square(gp, gp->theta, at, gp->x + j * d)));
        out->mean += gp->column[j] * gp->alpha[j];
    }
    memcpy(gp->solved, gp->column, gp->m * sizeof *gp->solved);
    mmoe_mat_solve(gp->m, gp->factor, !slopes, gp->solved);
    out->variance = gp->signal;
    for (size_t j = 0; j < gp->m; j++) /* v'v of the half solution is k' K^-1 k of the whole one */
        out->variance -= gp->solved[j] * (slopes ? gp->column[j] : gp->solved[j]);
    out->variance = fmax(out->variance, 1e-14 * gp->signal);
    for (size_t j = 0; j < gp->m && slopes; j++) {
        const double *x = gp->x + j * d;
        double b = gp->signal * bend(sqrt(square(gp, gp->theta, at, x)));
        for (size_t i = 0; i < d; i++) {
            double dk = -b * (at[i] - x[i]) * exp(-2 * gp->theta[i]);
            out->mean_slope[i] += gp->alpha[j] * dk;
            out->variance_slope[i] -= 2 * gp->solved[j] * dk;
        }
    }
}

/* --- expected improvement --- */

/* 1 + z / h(-z), h the hazard, for z < -1. */
static double remainder_of(double z)
{
    double term = 1 / (z * z), sum = 0;
    if (z > -30)
        return 1 + z / special_normal_hazard(-z);
    for (int k = 0; k < SERIES; k++) {
        sum += term;
        term *= -(2 * k + 3) / (z * z);
    }
    return sum;
}

double mmoe_gp_log_ei(double mean, double sd, double best, double slope[2])
{
    double z = (mean - best) / sd, log_density = -0.5 * (z * z + LOG_2PI), value, rate;
    if (z > -1) {
        double sum = exp(log_density) + z * special_normal_cdf(z);
        value = log(sum);
        rate = special_normal_cdf(z) / sum;
    } else {
        double rest = remainder_of(z);
        value = log_density + log(rest);
        rate = 1 / (special_normal_hazard(-z) * rest);
    }
    if (slope) {
        slope[0] = rate / sd;
        slope[1] = (1 - z * rate) / sd;
    }
    return log(sd) + value;
}
