/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vec.c - element-wise passes over rows and arenas.
 *
 * A sum that must be fast is kept in LANES partial sums that are added in a
 * fixed order at its end; everything else is one independent operation per
 * element, which vectors of any width do alike.
 */
#include "src/math/vec.h"

#include <math.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

/* Sanitizers are not ready yet when the loader asks which version to take. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && !defined(SANITIZED)
#define VERSIONS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VERSIONS
#endif

enum { LANES = 16 };

#ifdef MMOE_DOUBLE
#define EXP exp
#define SQRT sqrt
#else
#define EXP expf
#define SQRT sqrtf
#endif

VERSIONS void mmoe_vec_activate(size_t rows, size_t n, mmoe_real *restrict y, size_t ld,
                                const mmoe_real *restrict bias, bool relu)
{
    for (size_t i = 0; i < rows; i++, y += ld) {
        if (relu)
            for (size_t j = 0; j < n; j++) {
                mmoe_real v = y[j] + bias[j];
                y[j] = v > 0 ? v : 0 * v; /* 0 * NaN: a diverged loss must not turn finite again */
            }
        else
            for (size_t j = 0; j < n; j++)
                y[j] += bias[j];
    }
}

VERSIONS void mmoe_vec_deactivate(size_t rows, size_t n, const mmoe_real *restrict y,
                                  mmoe_real *restrict dy, size_t ld, mmoe_real *restrict dbias, bool relu)
{
    for (size_t j = 0; j < n; j++)
        dbias[j] = 0;
    for (size_t i = 0; i < rows; i++, y += ld, dy += ld) {
        if (relu)
            for (size_t j = 0; j < n; j++)
                dy[j] = y[j] > 0 ? dy[j] : 0;
        for (size_t j = 0; j < n; j++)
            dbias[j] += dy[j];
    }
}

static void softmax(size_t n, const mmoe_real *z, mmoe_real *out)
{
    mmoe_real most = z[0], sum = 0;
    for (size_t j = 1; j < n; j++)
        most = z[j] > most ? z[j] : most;
    for (size_t j = 0; j < n; j++) {
        out[j] = EXP(z[j] - most);
        sum += out[j];
    }
    for (size_t j = 0; j < n; j++)
        out[j] /= sum;
}

void mmoe_vec_softmax(size_t rows, size_t groups, size_t n, const mmoe_real *logits, size_t ld,
                      mmoe_real *out)
{
    for (size_t i = 0; i < rows; i++, logits += ld)
        for (size_t k = 0; k < groups; k++, out += n)
            softmax(n, logits + k * n, out);
}

void mmoe_vec_softmax_backward(size_t rows, size_t groups, size_t n, const mmoe_real *g,
                               const mmoe_real *dg, mmoe_real *dlogits, size_t ld)
{
    for (size_t i = 0; i < rows; i++, dlogits += ld)
        for (size_t k = 0; k < groups; k++, g += n, dg += n) {
            mmoe_real sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += g[j] * dg[j];
            for (size_t j = 0; j < n; j++)
                dlogits[k * n + j] = g[j] * (dg[j] - sum);
        }
}

VERSIONS void mmoe_vec_mix(size_t rows, size_t gates, size_t experts, size_t units,
                           const mmoe_real *restrict g, const mmoe_real *restrict x, size_t ld,
                           mmoe_real *restrict f)
{
    for (size_t i = 0; i < rows; i++, x += ld)
        for (size_t k = 0; k < gates; k++, f += units, g += experts) {
            for (size_t h = 0; h < units; h++)
                f[h] = g[0] * x[h];
            for (size_t e = 1; e < experts; e++)
                for (size_t h = 0; h < units; h++)
                    f[h] += g[e] * x[e * units + h];
        }
}

static inline __attribute__((always_inline)) mmoe_real dot(size_t n, const mmoe_real *restrict a,
                                                           const mmoe_real *restrict b)
{
    mmoe_real part[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            part[l] += a[i + l] * b[i + l];
    for (size_t half = LANES / 2; half; half /= 2)
        for (size_t l = 0; l < half; l++)
            part[l] += part[l + half];
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum + part[0];
}

VERSIONS void mmoe_vec_mix_backward(size_t rows, size_t gates, size_t experts, size_t units,
                                    const mmoe_real *restrict g, const mmoe_real *restrict x,
                                    const mmoe_real *restrict df, size_t ld, mmoe_real *restrict dg,
                                    mmoe_real *restrict dx)
{
    size_t per_row = gates * experts;
    for (size_t i = 0; i < rows; i++, x += ld, dx += ld, df += gates * units, g += per_row, dg += per_row)
        for (size_t e = 0; e < experts; e++) {
            const mmoe_real *xe = x + e * units;
            mmoe_real *dxe = dx + e * units;
            for (size_t h = 0; h < units; h++)
                dxe[h] = g[e] * df[h];
            for (size_t k = 1; k < gates; k++)
                for (size_t h = 0; h < units; h++)
                    dxe[h] += g[k * experts + e] * df[k * units + h];
            for (size_t k = 0; k < gates; k++)
                dg[k * experts + e] = dot(units, df + k * units, xe);
        }
}

VERSIONS void mmoe_vec_adam(size_t n, const struct mmoe_adam *a, const mmoe_real *restrict g,
                            mmoe_real *restrict m, mmoe_real *restrict v, mmoe_real *restrict p)
{
    const mmoe_real b1 = a->beta1, b2 = a->beta2, rate = a->rate, epsilon = a->epsilon;
    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + (1 - b1) * g[i];
        v[i] = b2 * v[i] + (1 - b2) * (g[i] * g[i]);
        p[i] -= rate * m[i] / (SQRT(v[i]) + epsilon);
    }
}

VERSIONS void mmoe_vec_momentum(size_t n, mmoe_real rate, mmoe_real momentum, const mmoe_real *restrict g,
                                mmoe_real *restrict m, mmoe_real *restrict p)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = momentum * m[i] + g[i];
        p[i] -= rate * m[i];
    }
}
