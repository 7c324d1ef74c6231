/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scalar.c - the kernels as one would write their formulae: the reference for all others.
 */
#include <math.h>

#include "src/math/kernels.h"

static void product(size_t m, size_t n, size_t k, const mmoe_real *a, size_t lda, bool transposed,
                    const mmoe_real *b, size_t ldb, mmoe_real *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            mmoe_real sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += (transposed ? a[p * lda + i] : a[i * lda + p]) * b[p * ldb + j];
            c[i * ldc + j] = sum;
        }
}

static void gather(size_t rows, size_t n, const size_t *start, const struct mmoe_entry *entry,
                   const uint32_t *row, const mmoe_real *base, const mmoe_real *f, size_t ldf,
                   mmoe_real *y, size_t ldy)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            size_t at = row ? row[i] : i;
            mmoe_real sum = base[j];
            for (size_t k = start[at]; k < start[at + 1]; k++)
                sum += entry[k].value * f[entry[k].at * ldf + j];
            y[i * ldy + j] = sum;
        }
}

static void scatter(size_t rows, size_t n, const size_t *start, const struct mmoe_entry *entry,
                    const uint32_t *row, const mmoe_real *dy, size_t ldy, mmoe_real *df, size_t ldf,
                    mmoe_real *total)
{
    for (size_t j = 0; j < n; j++) {
        total[j] = 0;
        for (size_t i = 0; i < rows; i++) {
            size_t at = row ? row[i] : i;
            total[j] += dy[i * ldy + j];
            for (size_t k = start[at]; k < start[at + 1]; k++)
                df[entry[k].at * ldf + j] += entry[k].value * dy[i * ldy + j];
        }
    }
}

static void transpose(size_t m, size_t n, const mmoe_real *from, size_t ld, mmoe_real *to)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            to[j * m + i] = from[i * ld + j];
}

static void activate(size_t rows, size_t n, mmoe_real *y, size_t ld, const mmoe_real *bias,
                     bool relu)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            mmoe_real v = y[i * ld + j] + bias[j];
            y[i * ld + j] = relu && v < 0 ? 0 : v;
        }
}

static void deactivate(size_t rows, size_t n, const mmoe_real *y, mmoe_real *dy, size_t ld,
                       mmoe_real *dbias, bool relu)
{
    for (size_t j = 0; j < n; j++) {
        dbias[j] = 0;
        for (size_t i = 0; i < rows; i++) {
            if (relu && !(y[i * ld + j] > 0))
                dy[i * ld + j] = 0;
            dbias[j] += dy[i * ld + j];
        }
    }
}

static void softmax(size_t rows, size_t groups, size_t n, const mmoe_real *logits, size_t ld,
                    mmoe_real *out)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < groups; k++, out += n) {
            const mmoe_real *z = logits + i * ld + k * n;
            mmoe_real most = z[0], sum = 0;
            for (size_t j = 1; j < n; j++)
                most = z[j] > most ? z[j] : most;
            for (size_t j = 0; j < n; j++) {
                out[j] = (mmoe_real)exp((double)(z[j] - most));
                sum += out[j];
            }
            for (size_t j = 0; j < n; j++)
                out[j] /= sum;
        }
}

static void softmax_backward(size_t rows, size_t groups, size_t n, const mmoe_real *g,
                             const mmoe_real *dg, mmoe_real *dlogits, size_t ld)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < groups; k++, g += n, dg += n) {
            mmoe_real sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += g[j] * dg[j];
            for (size_t j = 0; j < n; j++)
                dlogits[i * ld + k * n + j] = g[j] * (dg[j] - sum);
        }
}

static void mix(size_t rows, size_t gates, size_t experts, size_t units, const mmoe_real *g,
                const mmoe_real *x, size_t ld, mmoe_real *f)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < gates; k++, g += experts, f += units)
            for (size_t h = 0; h < units; h++) {
                f[h] = 0;
                for (size_t e = 0; e < experts; e++)
                    f[h] += g[e] * x[i * ld + e * units + h];
            }
}

static void mix_backward(size_t rows, size_t gates, size_t experts, size_t units,
                         const mmoe_real *g, const mmoe_real *x, const mmoe_real *df, size_t ld,
                         mmoe_real *dg, mmoe_real *dx, mmoe_real *dbias, bool relu)
{
    for (size_t j = 0; j < experts * units; j++)
        dbias[j] = 0;
    for (size_t i = 0; i < rows; i++, x += ld, dx += ld) {
        for (size_t j = 0; j < experts * units; j++)
            dx[j] = 0;
        for (size_t k = 0; k < gates; k++, g += experts, dg += experts, df += units)
            for (size_t e = 0; e < experts; e++) {
                dg[e] = 0;
                for (size_t h = 0; h < units; h++) {
                    dg[e] += df[h] * x[e * units + h];
                    dx[e * units + h] += g[e] * df[h];
                }
            }
        for (size_t j = 0; j < experts * units; j++) {
            if (relu && !(x[j] > 0))
                dx[j] = 0;
            dbias[j] += dx[j];
        }
    }
}

static void stitch(size_t rows, size_t tasks, size_t n, const mmoe_real *a, const mmoe_real *y,
                   size_t ld, mmoe_real *z)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < tasks; i++)
            for (size_t u = 0; u < n; u++) {
                mmoe_real sum = 0;
                for (size_t j = 0; j < tasks; j++)
                    sum += a[i * tasks + j] * y[r * ld + j * n + u];
                z[r * ld + i * n + u] = sum;
            }
}

static void stitch_backward(size_t rows, size_t tasks, size_t n, const mmoe_real *a,
                            const mmoe_real *y, const mmoe_real *dz, size_t ld, mmoe_real *dy,
                            mmoe_real *da)
{
    for (size_t i = 0; i < tasks; i++)
        for (size_t j = 0; j < tasks; j++) {
            mmoe_real sum = 0;
            for (size_t r = 0; r < rows; r++)
                for (size_t u = 0; u < n; u++)
                    sum += dz[r * ld + i * n + u] * y[r * ld + j * n + u];
            da[i * tasks + j] = sum;
        }
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < tasks; j++)
            for (size_t u = 0; u < n; u++) {
                mmoe_real sum = 0;
                for (size_t i = 0; i < tasks; i++)
                    sum += a[i * tasks + j] * dz[r * ld + i * n + u];
                dy[r * ld + j * n + u] = sum;
            }
}

static void adam(size_t n, const struct adam *a, const mmoe_real *g, mmoe_real *m, mmoe_real *v,
                 mmoe_real *p)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = a->beta1 * m[i] + g[i];
        v[i] = a->beta2 * v[i] + g[i] * g[i];
        p[i] -= a->rate * m[i] / ((mmoe_real)sqrt((double)v[i]) + a->epsilon);
    }
}

static void momentum(size_t n, mmoe_real rate, mmoe_real factor, const mmoe_real *g, mmoe_real *m,
                     mmoe_real *p)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = factor * m[i] + g[i];
        p[i] -= rate * m[i];
    }
}

static mmoe_real exert(size_t times, double *operations)
{
    mmoe_real a = 0, b = 0, c = 0, d = 0;
    for (size_t t = 0; t < times; t++) {
        a = a * (mmoe_real)0.5 + 1;
        b = b * (mmoe_real)0.5 + 1;
        c = c * (mmoe_real)0.5 + 1;
        d = d * (mmoe_real)0.5 + 1;
    }
    *operations += 8.0 * (double)times;
    return a + b + c + d;
}

const struct kernels kernels_scalar = {
    .name = "scalar",
    .product = product,
    .gather = gather,
    .scatter = scatter,
    .transpose = transpose,
    .activate = activate,
    .deactivate = deactivate,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .mix = mix,
    .mix_backward = mix_backward,
    .stitch = stitch,
    .stitch_backward = stitch_backward,
    .adam = adam,
    .momentum = momentum,
    .exert = exert,
};
