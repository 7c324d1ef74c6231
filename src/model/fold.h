/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold.h - a first layer that reads sparse rows (rows.h): products with their entries, about a
 * third of what is not zero, and never with the whole width of the inputs.
 *
 * Folded weights F (D + C, ld) and their base (ld) are made of the weights once a batch; the
 * gradient of F is unfolded into that of the weights. A layer that reads the net's inputs has room
 * for both where rows are sparse; else its f is NULL. The rows are the engine's.
 *
 * Ownership: points into its net's arena and owns nothing. Threads: as its net.
 *
 *   fold_begin(l, e);    fold_forward(l, e, rows, NULL, first, n, y, ldy);
 *   fold_clear(l, e);    fold_backward(l, e, rows, NULL, first, n, dy, ldy);    fold_end(l, e);
 */
#ifndef MMOE_FOLD_H
#define MMOE_FOLD_H

#include "src/model/layer.h"

static inline bool fold_is_on(const struct layer *l)
{
    return l->f != NULL;
}

/* Fold the weights as they are. */
void fold_begin(const struct layer *l, const struct engine *e);
/* y (rows,n) = the products with columns first .. first + n - 1 of the weights. row (rows): which
 * of the engine's rows; NULL: the first ones. */
void fold_forward(const struct layer *l, const struct engine *e, size_t rows, const uint32_t *row,
                  size_t first, size_t n, mmoe_real *y, size_t ldy);

/* Begin a gradient, add that of columns first .. first + n - 1 for dy (rows,n), each column once,
 * and make dW of all. */
void fold_clear(const struct layer *l, const struct engine *e);
void fold_backward(const struct layer *l, const struct engine *e, size_t rows, const uint32_t *row,
                   size_t first, size_t n, const mmoe_real *dy, size_t ldy);
void fold_end(const struct layer *l, const struct engine *e);

#endif
