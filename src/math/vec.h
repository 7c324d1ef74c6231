/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vec.h - element-wise passes over rows and arenas.
 *
 * Loops are written so that a compiler vectorises them; on x86-64 gcc makes
 * versions for AVX2 and AVX-512 and picks one when the program is loaded. No
 * sum depends on the width of a vector, so all versions give the same bits.
 *
 * Matrices are (rows,n) with ld elements from one row to the next.
 * Ownership, threads: pure functions of their arguments.
 */
#ifndef MMOE_VEC_H
#define MMOE_VEC_H

#include <mmoe/real.h>
#include <stdbool.h>
#include <stddef.h>

/* y += bias (n) in every row, then max(y, 0) where relu. */
void mmoe_vec_activate(size_t rows, size_t n, mmoe_real *y, size_t ld, const mmoe_real *bias, bool relu);
/* dy = 0 where y is not above 0 (relu); dbias (n) = sum of dy over the rows. */
void mmoe_vec_deactivate(size_t rows, size_t n, const mmoe_real *y, mmoe_real *dy, size_t ld,
                         mmoe_real *dbias, bool relu);

/* out (rows,groups,n) = softmax over each n of logits, which are at logits + row * ld + group * n. */
void mmoe_vec_softmax(size_t rows, size_t groups, size_t n, const mmoe_real *logits, size_t ld,
                      mmoe_real *out);
/* dlogits = g (dg - sum g dg) for each n; dg (rows,groups,n), dlogits strided like logits above. */
void mmoe_vec_softmax_backward(size_t rows, size_t groups, size_t n, const mmoe_real *g,
                               const mmoe_real *dg, mmoe_real *dlogits, size_t ld);

/* f (rows,G,H) = sum over e of g (rows,G,E) times x, whose (row,e,h) is at x + row * ld + e * H + h. */
void mmoe_vec_mix(size_t rows, size_t gates, size_t experts, size_t units, const mmoe_real *g,
                  const mmoe_real *x, size_t ld, mmoe_real *f);
/* dg (rows,G,E) and dx (strided like x) of the same for df (rows,G,H). */
void mmoe_vec_mix_backward(size_t rows, size_t gates, size_t experts, size_t units,
                           const mmoe_real *g, const mmoe_real *x, const mmoe_real *df, size_t ld,
                           mmoe_real *dg, mmoe_real *dx);

/* What a step of Adam needs besides the gradient; rate and epsilon carry the bias correction. */
struct mmoe_adam {
    mmoe_real beta1, beta2;
    mmoe_real rate, epsilon;
};
/* m, v and p of n parameters moved on by the gradient g. */
void mmoe_vec_adam(size_t n, const struct mmoe_adam *a, const mmoe_real *g, mmoe_real *m, mmoe_real *v,
                   mmoe_real *p);
/* m = momentum m + g; p -= rate m. */
void mmoe_vec_momentum(size_t n, mmoe_real rate, mmoe_real momentum, const mmoe_real *g, mmoe_real *m,
                       mmoe_real *p);

#endif
