/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernels.h - the arithmetic of a training step: products and element-wise passes.
 *
 * Every set of kernels computes the same functions. `scalar` is the plain
 * reading of the formulae, which the others are held to; the vector sets are
 * one source compiled for the widths of vectors a processor may have; `blas`
 * leaves the products to the library. Sets differ from each other by rounding
 * alone, and each gives the same bits every time.
 *
 * Matrices are row-major with an explicit leading dimension: elements from one
 * row to the next. Outputs never overlap inputs.
 *
 * Ownership: none, the sets are const. Threads: pure functions of their arguments.
 *
 *   const struct kernels *k = kernels_get(MMOE_KERNELS_AUTO);
 *   k->product(rows, units, in, x, ldx, false, w, units, y, units);
 */
#ifndef MMOE_MATH_KERNELS_H
#define MMOE_MATH_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/kernels.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>

/* What a step of Adam needs besides the gradient; rate and epsilon as in optim.c. */
struct adam {
    mmoe_real beta1, beta2, rate, epsilon;
};

struct kernels {
    const char *name;

    /* C (m,n) = A (m,k) B (k,n); transposed: A is given as (k,m). */
    void (*product)(size_t m, size_t n, size_t k, const mmoe_real *a, size_t lda, bool transposed,
                    const mmoe_real *b, size_t ldb, mmoe_real *c, size_t ldc);

    /*
     * y (rows,n) = base (n) + the sum over a row's entries (rows.h) of value * f (at), the rows of
     * f ldf elements apart. row (rows): which rows of start; NULL: the first ones.
     */
    void (*gather)(size_t rows, size_t n, const size_t *start, const struct mmoe_entry *entry,
                   const uint32_t *row, const mmoe_real *base, const mmoe_real *f, size_t ldf,
                   mmoe_real *y, size_t ldy);
    /* The same backward: df (at) += value * dy for each entry, total (n) = sum of dy. */
    void (*scatter)(size_t rows, size_t n, const size_t *start, const struct mmoe_entry *entry,
                    const uint32_t *row, const mmoe_real *dy, size_t ldy, mmoe_real *df, size_t ldf,
                    mmoe_real *total);

    /* to (n,m) = from (m,n) transposed. */
    void (*transpose)(size_t m, size_t n, const mmoe_real *from, size_t ld, mmoe_real *to);

    /* y (rows,n) += bias (n) in every row, then max(y, 0) where relu; NaN stays. */
    void (*activate)(size_t rows, size_t n, mmoe_real *y, size_t ld, const mmoe_real *bias,
                     bool relu);
    /* dy = 0 where y is not above 0 (relu); dbias (n) = sum of dy over the rows. */
    void (*deactivate)(size_t rows, size_t n, const mmoe_real *y, mmoe_real *dy, size_t ld,
                       mmoe_real *dbias, bool relu);

    /* out (rows,groups,n) = softmax over each n of logits, which are at logits + row * ld + group *
     * n. */
    void (*softmax)(size_t rows, size_t groups, size_t n, const mmoe_real *logits, size_t ld,
                    mmoe_real *out);
    /* dlogits = g (dg - sum g dg) for each n; dg (rows,groups,n), dlogits strided like logits
     * above. */
    void (*softmax_backward)(size_t rows, size_t groups, size_t n, const mmoe_real *g,
                             const mmoe_real *dg, mmoe_real *dlogits, size_t ld);

    /* f (rows,G,H) = sum over e of g (rows,G,E) times x, whose (row,e,h) is at x + row * ld + e * H
     * + h. */
    void (*mix)(size_t rows, size_t gates, size_t experts, size_t units, const mmoe_real *g,
                const mmoe_real *x, size_t ld, mmoe_real *f);
    /*
     * dg (rows,G,E) and dx (strided like x) of the same for df (rows,G,H). relu: x came out of one,
     * and dx is already that of its input, 0 where x is not above 0. dbias (E*H) is the sum of dx
     * over the rows.
     */
    void (*mix_backward)(size_t rows, size_t gates, size_t experts, size_t units,
                         const mmoe_real *g, const mmoe_real *x, const mmoe_real *df, size_t ld,
                         mmoe_real *dg, mmoe_real *dx, mmoe_real *dbias, bool relu);

    /* z_i (rows,n) = sum over j of a (T,T) times y_j, whose (row,j,u) is at y + row * ld + j * n +
     * u; z likewise. */
    void (*stitch)(size_t rows, size_t tasks, size_t n, const mmoe_real *a, const mmoe_real *y,
                   size_t ld, mmoe_real *z);
    /* dy (strided like y) and da (T,T) of the same for dz. */
    void (*stitch_backward)(size_t rows, size_t tasks, size_t n, const mmoe_real *a,
                            const mmoe_real *y, const mmoe_real *dz, size_t ld, mmoe_real *dy,
                            mmoe_real *da);

    /* m = beta1 m + g; v = beta2 v + g^2; p -= rate m / (sqrt(v) + epsilon). */
    void (*adam)(size_t n, const struct adam *a, const mmoe_real *g, mmoe_real *m, mmoe_real *v,
                 mmoe_real *p);
    /* m = momentum m + g; p -= rate m. */
    void (*momentum)(size_t n, mmoe_real rate, mmoe_real momentum, const mmoe_real *g, mmoe_real *m,
                     mmoe_real *p);

    /* Multiply and add in registers alone, as fast as the processor can at this width; adds to
     * *operations what it did. The number is of no use. */
    mmoe_real (*exert)(size_t times, double *operations);
};

/* The set, or NULL where this processor can't run it. AUTO: the fastest it can. */
const struct kernels *kernels_get(enum mmoe_kernels which);

/* The sets, for kernels_get alone. */
extern const struct kernels kernels_scalar;
extern const struct kernels kernels_plain, kernels_avx2, kernels_avx512;
extern const struct kernels kernels_plain_blas, kernels_avx2_blas, kernels_avx512_blas;

#endif
