/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sparse.h - experts computed for the rows that chose them, and for no other.
 *
 * Gates decide which rows those are; logits and gates are the caller's.
 *
 * Ownership: points into its net's arena and owns nothing. Threads: as its net.
 *
 *   gating_forward(&gating, e, rows, logits, ld);
 *   sparse_forward(&sparse, &experts, &gating, e, rows, x, ldx, mix);
 */
#ifndef MMOE_SPARSE_H
#define MMOE_SPARSE_H

#include <stdint.h>

#include "src/model/gating.h"
#include "src/model/layer.h"

/* The rows of each expert, one expert after the other. */
struct sparse {
    size_t room;                                           /* most rows of all experts together */
    uint32_t *row;                                         /* (room) row of the batch */
    uint32_t start[MMOE_EXPERTS_MAX + 1];                  /* where an expert's rows begin */
    mmoe_real *x, *dx;                                     /* (room,in) */
    mmoe_real *y[STACK_LAYERS_MAX], *dy[STACK_LAYERS_MAX]; /* (room,out) of each layer */
};

/* mix (rows,G,H), the experts' outputs weighted by the gates, out of x (rows,ldx). */
void sparse_forward(struct sparse *s, const struct stack *experts, const struct gating *q,
                    const struct engine *e, size_t rows, const mmoe_real *x, size_t ldx,
                    mmoe_real *mix);
/* For dmix and the last forward: dg of the gates, the gradients of the experts and, where dx is
 * not NULL, their share of dx (rows,ldx), which is overwritten. */
void sparse_backward(const struct sparse *s, const struct stack *experts, const struct gating *q,
                     const struct engine *e, size_t rows, const mmoe_real *dmix, mmoe_real *dx,
                     size_t ldx);

#endif
