/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gating.c - gates: softmax, top-k with noise, and the losses that keep experts busy.
 *
 * Shazeer et al., "Outrageously large neural networks: the sparsely-gated
 * mixture-of-experts layer", ICLR 2017, section 2.1 and appendix A:
 *
 *   g(x)   = softmax(keep_top_k(h(x)))                                       (3), (5)
 *   h_e(x) = (x W)_e + N(0, 1) softplus((x W_noise)_e)     in training       (4)
 *
 *   importance_e = sum over rows of g_e,  L_importance = w CV(importance)^2  (6), (7)
 *   P_e(x) = Phi(((x W)_e - kth_excluding(h(x), k, e)) / softplus((x W_noise)_e))   (8), (9)
 *   load_e = sum over rows of P_e,        L_load = w CV(load)^2              (10), (11)
 *
 * kth_excluding is the k-th largest of h without its e-th. CV^2 is the variance
 * over the square of the mean. The load has no slope without noise, and is left
 * out then. Of equal logits the expert with the lower number is kept. The
 * gradients hold as long as the same experts are kept.
 */
#include "src/model/gating.h"

#include <math.h>
#include <string.h>

#define ROOT_HALF 0.70710678118654752440
#define PHI_SCALE 0.39894228040143267794 /* 1 / sqrt(2 pi) */

static bool with_noise(const struct gating *q, const struct engine *e)
{
    return q->noisy && e->training;
}

static double softplus(double v)
{
    return v > 30 ? v : log1p(exp(v));
}

static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

/* h (E): the logits to be compared. */
static void draw_logits(const struct gating *q, const struct engine *e, size_t row, size_t gate,
                        const mmoe_real *logits, const mmoe_real *raw, mmoe_real *h,
                        mmoe_real *noise)
{
    memcpy(h, logits, q->experts * sizeof *h);
    if (!with_noise(q, e))
        return;
    mmoe_rng_normal(q->rng, (e->step << 16 | row) << 8 | gate, q->experts, noise);
    for (size_t j = 0; j < q->experts; j++)
        h[j] += noise[j] * (mmoe_real)softplus((double)raw[j]);
}

/* The place of the n-th largest of h (from 0), leaving out one place; earlier places win. */
static size_t nth_largest(const mmoe_real *h, size_t count, size_t n, size_t without)
{
    bool taken[MMOE_EXPERTS_MAX] = {false};
    size_t best = 0;
    for (size_t i = 0; i <= n; i++) {
        best = count;
        for (size_t j = 0; j < count; j++)
            if (j != without && !taken[j] && (best == count || h[j] > h[best]))
                best = j;
        taken[best] = true;
    }
    return best;
}

/* g (E) = softmax over the k largest of h, 0 elsewhere. */
static void keep_top(const struct gating *q, const mmoe_real *h, mmoe_real *g)
{
    size_t kept[MMOE_EXPERTS_MAX], count = q->k ? q->k : q->experts;
    bool taken[MMOE_EXPERTS_MAX] = {false};
    mmoe_real sum = 0;
    for (size_t i = 0; i < count; i++) {
        size_t best = q->experts;
        for (size_t j = 0; j < q->experts; j++)
            if (!taken[j] && (best == q->experts || h[j] > h[best]))
                best = j;
        taken[best] = true;
        kept[i] = best;
    }
    for (size_t j = 0; j < q->experts; j++)
        g[j] = 0;
    for (size_t i = 0; i < count; i++) {
        g[kept[i]] = (mmoe_real)exp((double)(h[kept[i]] - h[kept[0]]));
        sum += g[kept[i]];
    }
    for (size_t i = 0; i < count; i++)
        g[kept[i]] /= sum;
}

void gating_forward(const struct gating *q, const struct engine *e, size_t rows,
                    const mmoe_real *logits, size_t ld)
{
    size_t n = q->experts, all = q->gates * n;
    if (!q->k && !with_noise(q, e)) {
        e->k->softmax(rows, q->gates, n, logits, ld, q->g);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t gate = 0; gate < q->gates; gate++) {
            size_t at = i * all + gate * n;
            const mmoe_real *clean = logits + i * ld + gate * n;
            draw_logits(q, e, i, gate, clean, clean + all, q->h + at, q->noise + at);
            keep_top(q, q->h + at, q->g + at);
        }
}

/* --- losses that keep experts busy --- */

/* Variance over squared mean of v (n), and its slope; 0 where the mean is. */
static double cv_squared(const double *v, size_t n, double *slope)
{
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += v[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        variance += (v[i] - mean) * (v[i] - mean) / (double)n;
        slope[i] = 0;
    }
    if (mean == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        slope[i] =
            2 / (double)n * ((v[i] - mean) / (mean * mean) - variance / (mean * mean * mean));
    return variance / (mean * mean);
}

static void importance(const struct gating *q, size_t rows, size_t gate, double *out)
{
    size_t n = q->experts;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            out[j] += (double)q->g[(i * q->gates + gate) * n + j];
}

static bool has_load(const struct gating *q, const struct engine *e)
{
    return with_noise(q, e) && q->k > 0 && q->k < q->experts;
}

/* The argument of Phi for expert j of a row, whose h (E) starts there; *rival: the expert it is
 * compared to. */
static double margin(const struct gating *q, const mmoe_real *clean, const mmoe_real *raw,
                     const mmoe_real *h, size_t j, size_t *rival)
{
    *rival = nth_largest(h, q->experts, q->k - 1, j);
    return ((double)clean[j] - (double)h[*rival]) / softplus((double)raw[j]);
}

static void load(const struct gating *q, size_t rows, size_t gate, const mmoe_real *logits,
                 size_t ld, double *out)
{
    size_t n = q->experts, all = q->gates * n, rival;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < rows; i++) {
        const mmoe_real *clean = logits + i * ld + gate * n, *h = q->h + i * all + gate * n;
        for (size_t j = 0; j < n; j++)
            out[j] += 0.5 * erfc(-ROOT_HALF * margin(q, clean, clean + all, h, j, &rival));
    }
}

double gating_penalty(const struct gating *q, const struct engine *e, size_t rows,
                      const mmoe_real *logits, size_t ld)
{
    double sums[MMOE_EXPERTS_MAX], slope[MMOE_EXPERTS_MAX], penalty = 0;
    for (size_t gate = 0; q->balance > 0 && gate < q->gates; gate++) {
        importance(q, rows, gate, sums);
        penalty += cv_squared(sums, q->experts, slope);
        if (!has_load(q, e))
            continue;
        load(q, rows, gate, logits, ld, sums);
        penalty += cv_squared(sums, q->experts, slope);
    }
    return q->balance * penalty;
}

static void importance_backward(const struct gating *q, size_t rows, size_t gate)
{
    double sums[MMOE_EXPERTS_MAX], slope[MMOE_EXPERTS_MAX];
    size_t n = q->experts;
    importance(q, rows, gate, sums);
    cv_squared(sums, n, slope);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            q->dg[(i * q->gates + gate) * n + j] += (mmoe_real)(q->balance * slope[j]);
}

/* Through noise and logit: dh of expert j moves its logit and its softplus. */
static void add_slope(const struct gating *q, const mmoe_real *clean, const mmoe_real *noise,
                      mmoe_real *dclean, size_t j, double dh)
{
    size_t all = q->gates * q->experts;
    dclean[j] += (mmoe_real)dh;
    dclean[all + j] += (mmoe_real)(dh * (double)noise[j] * logistic((double)clean[all + j]));
}

static void load_backward(const struct gating *q, size_t rows, size_t gate, const mmoe_real *logits,
                          mmoe_real *dlogits, size_t ld)
{
    double sums[MMOE_EXPERTS_MAX], slope[MMOE_EXPERTS_MAX];
    size_t n = q->experts, all = q->gates * n, rival;
    load(q, rows, gate, logits, ld, sums);
    cv_squared(sums, n, slope);
    for (size_t i = 0; i < rows; i++) {
        size_t at = i * all + gate * n;
        const mmoe_real *clean = logits + i * ld + gate * n, *raw = clean + all;
        mmoe_real *dclean = dlogits + i * ld + gate * n;
        for (size_t j = 0; j < n; j++) {
            double z = margin(q, clean, raw, q->h + at, j, &rival),
                   scale = softplus((double)raw[j]);
            double dz = q->balance * slope[j] * PHI_SCALE * exp(-0.5 * z * z);
            dclean[j] += (mmoe_real)(dz / scale);
            dclean[all + j] -= (mmoe_real)(dz * z / scale * logistic((double)raw[j]));
            add_slope(q, clean, q->noise + at, dclean, rival, -dz / scale);
        }
    }
}

void gating_backward(const struct gating *q, const struct engine *e, size_t rows,
                     const mmoe_real *logits, mmoe_real *dlogits, size_t ld)
{
    size_t n = q->experts, all = q->gates * n;
    for (size_t gate = 0; q->balance > 0 && gate < q->gates; gate++)
        importance_backward(q, rows, gate);
    e->k->softmax_backward(rows, q->gates, n, q->g, q->dg, dlogits, ld);
    if (!q->noisy)
        return;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < all; j++)
            dlogits[i * ld + all + j] =
                with_noise(q, e) ? dlogits[i * ld + j] * q->noise[i * all + j] *
                                       (mmoe_real)logistic((double)logits[i * ld + all + j])
                                 : 0;
    for (size_t gate = 0; q->balance > 0 && has_load(q, e) && gate < q->gates; gate++)
        load_backward(q, rows, gate, logits, dlogits, ld);
}
