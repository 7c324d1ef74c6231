/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block.h - a MoE layer: experts that read the same input, and gates that mix them.
 *
 *   f_k(x) = sum_e g_k,e(x) f_e(x),   g_k(x) = softmax(W_k x), or of its top k logits alone
 *
 * A block reads (B,in) and gives (B,G,H). The experts' first layer and the gates
 * are one matrix (in, E*H + G*E [+ G*E for noise]). With top-k an expert is
 * computed for the rows that chose it, and for no other (sparse.c).
 *
 * Ownership: a block points into its net's arena. Threads: as its net.
 */
#ifndef MMOE_BLOCK_H
#define MMOE_BLOCK_H

#include <stdint.h>

#include "src/model/layer.h"

/* How logits become weights (gating.c). */
struct gating {
    size_t gates, experts;
    size_t k;            /* experts kept per row and gate; 0: all */
    bool noisy;          /* logits get noise in training */
    double balance;      /* weight of the load-balancing losses */
    struct mmoe_rng rng; /* the noise */
    mmoe_real *h,
        *noise; /* (B,G,E) logits that were compared, standard normals; where k or noisy */
};

/* The rows of each expert, one expert after the other. */
struct sparse {
    size_t room;                                           /* most rows of all experts together */
    uint32_t *row;                                         /* (room) row of the batch */
    uint32_t start[MMOE_EXPERTS_MAX + 1];                  /* where an expert's rows begin */
    mmoe_real *x, *dx;                                     /* (room,in) */
    mmoe_real *y[STACK_LAYERS_MAX], *dy[STACK_LAYERS_MAX]; /* (room,out) of each layer */
};

struct block {
    struct stack experts;
    struct gating gating;
    struct sparse sparse;
    size_t units;          /* H of the top layer */
    mmoe_real *g, *dg;     /* (B,G,E) */
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

/* g (rows,G,E) for logits at logits + row * ld. */
void gating_forward(const struct gating *q, const struct engine *e, size_t rows,
                    const mmoe_real *logits, size_t ld, mmoe_real *g);
/* dlogits (strided like logits) for dg, which it changes: what the losses of its own add. */
void gating_backward(const struct gating *q, const struct engine *e, size_t rows,
                     const mmoe_real *logits, const mmoe_real *g, mmoe_real *dg, mmoe_real *dlogits,
                     size_t ld);
double gating_penalty(const struct gating *q, const struct engine *e, size_t rows,
                      const mmoe_real *logits, const mmoe_real *g, size_t ld);

void sparse_forward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                    size_t ldx);
/* As block_backward, up to the gates: dg, the experts' gradients and, where not NULL, dx. */
void sparse_backward(struct block *b, const struct engine *e, size_t rows, mmoe_real *dx,
                     size_t ldx);

#endif
