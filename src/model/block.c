/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block.c - a MoE layer, all experts computed for all rows or, with top-k, for those that chose
 * them. */
#include "src/model/block.h"

#include <string.h>

static bool is_sparse(const struct block *b)
{
    return b->gating.k > 0;
}

void block_forward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                   size_t ldx)
{
    const struct layer *first = &b->experts.layers[0], *top = stack_top(&b->experts);
    const mmoe_real *logits = first->y + block_logits(b);
    if (is_sparse(b)) {
        sparse_forward(b, e, rows, x, ldx);
        return;
    }
    stack_forward(&b->experts, e, rows, x, ldx);
    gating_forward(&b->gating, e, rows, logits, layer_ld(first), b->g);
    e->k->mix(rows, b->gating.gates, b->gating.experts, b->units, b->g, top->y, layer_ld(top),
              b->mix);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
}

void block_backward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                    mmoe_real *dx, size_t ldx)
{
    struct layer *first = &b->experts.layers[0], *top = stack_top(&b->experts);
    size_t at = block_logits(b), ld = layer_ld(first), n = top->groups * top->out;
    mmoe_real *db = top->grads + top->bias;
    if (is_sparse(b)) {
        sparse_backward(b, e, rows, dx, ldx);
        gating_backward(&b->gating, e, rows, first->y + at, b->g, b->dg, first->dy + at, ld);
        e->k->product(first->in, first->extra, rows, x, ldx, true, first->dy + at, ld,
                      first->dw + at, ld);
        if (dx) {
            e->k->transpose(first->in, first->extra, first->w + at, ld, first->wt);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < first->extra; j++)
                    for (size_t c = 0; c < first->in; c++)
                        dx[i * ldx + c] +=
                            first->dy[i * ld + at + j] * first->wt[j * first->in + c];
        }
        mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
        return;
    }
    e->k->mix_backward(rows, b->gating.gates, b->gating.experts, b->units, b->g, top->y, b->dmix,
                       layer_ld(top), b->dg, top->dy, db, top->relu);
    if (top->relu)
        layer_drop_backward(e, rows, n, top->dy, layer_ld(top), db);
    gating_backward(&b->gating, e, rows, first->y + at, b->g, b->dg, first->dy + at, ld);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
    stack_backward_ready(&b->experts, e, rows, x, dx, ldx);
}

double block_penalty(const struct block *b, const struct engine *e, size_t rows)
{
    const struct layer *first = &b->experts.layers[0];
    return gating_penalty(&b->gating, e, rows, first->y + block_logits(b), b->g, layer_ld(first));
}
