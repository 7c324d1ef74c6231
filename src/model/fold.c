/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold.c - a first layer that reads sparse rows.
 *
 * With u(c) the usual level of column c and v_k the usual value of number k (rows.h):
 *
 *   base = sum_c W[u(c)] + sum_k v_k W[k],  F[l] = W[l] - W[u(c)],  F[none of c] = -W[u(c)]
 *
 * Backward, every row counts towards base; what is an entry is no usual level:
 *
 *   dW[l] = dF[l],  dW[k] = dF[k] + v_k t,  dW[u(c)] = t - sum over l of c of dF[l] - dF[none of c]
 *
 * with t the sum of dY over all rows.
 */
#include "src/model/fold.h"

#include <string.h>

static const struct mmoe_fold *fold_of(const struct engine *e)
{
    return e->inputs->fold;
}

static void add(mmoe_real *restrict to, mmoe_real factor, const mmoe_real *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += factor * from[i];
}

void fold_begin(const struct layer *l, const struct engine *e)
{
    const struct mmoe_fold *fold = fold_of(e);
    size_t ld = layer_ld(l);
    memset(l->base, 0, ld * sizeof *l->base);
    for (size_t i = 0; i < fold->levels; i++) {
        const mmoe_real *restrict usual = l->w + fold->usual[fold->column[i]] * ld, *restrict w =
                                                                                        l->w +
                                                                                        i * ld;
        mmoe_real *restrict f = l->f + i * ld;
        for (size_t j = 0; j < ld; j++)
            f[j] = w[j] - usual[j];
    }
    memcpy(l->f + fold->levels * ld, l->w + fold->levels * ld, fold->numbers * ld * sizeof *l->f);
    for (size_t c = 0; c < fold->columns; c++) {
        const mmoe_real *restrict usual = l->w + fold->usual[c] * ld;
        mmoe_real *restrict none = l->f + (l->in + c) * ld;
        for (size_t j = 0; j < ld; j++)
            none[j] = -usual[j];
        add(l->base, 1, usual, ld);
    }
    for (size_t k = 0; k < fold->numbers; k++)
        add(l->base, fold->number[k], l->w + (fold->levels + k) * ld, ld);
}

void fold_forward(const struct layer *l, const struct engine *e, size_t rows, const uint32_t *row,
                  size_t first, size_t n, mmoe_real *y, size_t ldy)
{
    e->k->gather(rows, n, e->inputs->start, e->inputs->entry, row, l->base + first, l->f + first,
                 layer_ld(l), y, ldy);
}

void fold_clear(const struct layer *l, const struct engine *e)
{
    memset(l->df, 0, (l->in + fold_of(e)->columns) * layer_ld(l) * sizeof *l->df);
    memset(l->total, 0, layer_ld(l) * sizeof *l->total);
}

void fold_backward(const struct layer *l, const struct engine *e, size_t rows, const uint32_t *row,
                   size_t first, size_t n, const mmoe_real *dy, size_t ldy)
{
    e->k->scatter(rows, n, e->inputs->start, e->inputs->entry, row, dy, ldy, l->df + first,
                  layer_ld(l), l->total + first);
}

void fold_end(const struct layer *l, const struct engine *e)
{
    const struct mmoe_fold *fold = fold_of(e);
    size_t ld = layer_ld(l);
    memcpy(l->dw, l->df, l->in * ld * sizeof *l->dw);
    for (size_t k = 0; k < fold->numbers; k++)
        add(l->dw + (fold->levels + k) * ld, fold->number[k], l->total, ld);
    for (size_t c = 0; c < fold->columns; c++) {
        mmoe_real *usual = l->dw + fold->usual[c] * ld;
        memcpy(usual, l->total, ld * sizeof *usual);
        add(usual, -1, l->df + (l->in + c) * ld, ld);
    }
    for (size_t i = 0; i < fold->levels; i++)
        if (i != fold->usual[fold->column[i]])
            add(l->dw + fold->usual[fold->column[i]] * ld, -1, l->df + i * ld, ld);
}
