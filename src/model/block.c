/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block.c - a MoE layer, all experts computed for all rows or, with top-k, for those that chose
 * them. */
#include "src/model/block.h"

#include <string.h>

#include "src/model/fold.h"

static bool is_sparse(const struct block *b)
{
    return b->gating.k > 0;
}

static void forward_sparse(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                           size_t ldx)
{
    const struct layer *first = &b->experts.layers[0];
    size_t at = block_logits(b), ld = layer_ld(first);
    if (fold_is_on(first)) {
        fold_begin(first, e);
        fold_forward(first, e, rows, NULL, at, first->extra, first->y + at, ld);
    } else {
        e->k->product(rows, first->extra, first->in, x, ldx, false, first->w + at, ld,
                      first->y + at, ld);
    }
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    gating_forward(&b->gating, e, rows, first->y + at, ld);
    sparse_forward(&b->sparse, &b->experts, &b->gating, e, rows, x, ldx, b->mix);
}

void block_forward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                   size_t ldx)
{
    const struct layer *first = &b->experts.layers[0], *top = stack_top(&b->experts);
    const struct gating *q = &b->gating;
    if (is_sparse(b)) {
        forward_sparse(b, e, rows, x, ldx);
        return;
    }
    stack_forward(&b->experts, e, rows, x, ldx);
    gating_forward(q, e, rows, first->y + block_logits(b), layer_ld(first));
    e->k->mix(rows, q->gates, q->experts, b->units, q->g, top->y, layer_ld(top), b->mix);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
}

/* What the gates' logits add to dx (rows,ldx). */
static void add_gates(const struct block *b, const struct engine *e, size_t rows, mmoe_real *dx,
                      size_t ldx)
{
    const struct layer *first = &b->experts.layers[0];
    size_t at = block_logits(b), ld = layer_ld(first);
    e->k->transpose(first->in, first->extra, first->w + at, ld, first->wt);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < first->extra; j++)
            for (size_t c = 0; c < first->in; c++)
                dx[i * ldx + c] += first->dy[i * ld + at + j] * first->wt[j * first->in + c];
}

static void backward_sparse(struct block *b, const struct engine *e, size_t rows,
                            const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    const struct layer *first = &b->experts.layers[0];
    size_t at = block_logits(b), ld = layer_ld(first);
    if (fold_is_on(first))
        fold_clear(first, e);
    sparse_backward(&b->sparse, &b->experts, &b->gating, e, rows, b->dmix, dx, ldx);
    gating_backward(&b->gating, e, rows, first->y + at, first->dy + at, ld);
    if (fold_is_on(first)) {
        fold_backward(first, e, rows, NULL, at, first->extra, first->dy + at, ld);
        fold_end(first, e);
    } else {
        e->k->product(first->in, first->extra, rows, x, ldx, true, first->dy + at, ld,
                      first->dw + at, ld);
    }
    if (dx)
        add_gates(b, e, rows, dx, ldx);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
}

void block_backward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                    mmoe_real *dx, size_t ldx)
{
    struct layer *first = &b->experts.layers[0], *top = stack_top(&b->experts);
    const struct gating *q = &b->gating;
    size_t at = block_logits(b), n = top->groups * top->out;
    mmoe_real *db = top->grads + top->bias;
    if (is_sparse(b)) {
        backward_sparse(b, e, rows, x, dx, ldx);
        return;
    }
    e->k->mix_backward(rows, q->gates, q->experts, b->units, q->g, top->y, b->dmix, layer_ld(top),
                       q->dg, top->dy, db, top->relu);
    if (top->relu)
        layer_drop_backward(e, rows, n, top->dy, layer_ld(top), db);
    gating_backward(q, e, rows, first->y + at, first->dy + at, layer_ld(first));
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
    stack_backward_ready(&b->experts, e, rows, x, dx, ldx);
}

double block_penalty(const struct block *b, const struct engine *e, size_t rows)
{
    const struct layer *first = &b->experts.layers[0];
    return gating_penalty(&b->gating, e, rows, first->y + block_logits(b), layer_ld(first));
}
