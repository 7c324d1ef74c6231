/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block.h - a MoE layer: experts that read the same input, and gates that mix them.
 *
 *   f_k(x) = sum_e g_k,e(x) f_e(x),   g_k(x) = softmax(W_k x), or of its top k logits alone
 *
 * A block reads (B,in) and gives (B,G,H). The experts' first layer and the gates
 * are one matrix (in, E*H + G*E [+ G*E for noise]). With top-k an expert is
 * computed for the rows that chose it, and for no other (sparse.h).
 *
 * Ownership: a block points into its net's arena. Threads: as its net.
 */
#ifndef MMOE_BLOCK_H
#define MMOE_BLOCK_H

#include "src/model/gating.h"
#include "src/model/layer.h"
#include "src/model/sparse.h"

struct block {
    struct stack experts;
    struct gating gating;
    struct sparse sparse;  /* where the gates keep k experts */
    size_t units;          /* H of the top layer */
    mmoe_real *mix, *dmix; /* (B,G,H) */
};

/* The gates' logits within the first layer's output, and their gradient. */
static inline size_t block_logits(const struct block *b)
{
    return b->experts.layers[0].groups * b->experts.layers[0].out;
}

/* mix out of x (rows,ldx). */
void block_forward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                   size_t ldx);
/* Gradients out of dmix; dx (rows,ldx) is overwritten where it is not NULL. */
void block_backward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                    mmoe_real *dx, size_t ldx);
/* What the last forward in training adds to the objective. */
double block_penalty(const struct block *b, const struct engine *e, size_t rows);

#endif
