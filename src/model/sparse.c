/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sparse.c - experts computed for the rows that chose them.
 *
 * The rows of an expert are gathered side by side, all experts' in one list, so
 * that a layer of an expert is one product over its rows: with k of E experts
 * kept a step costs k/E of the dense one's products. Outputs are added to the
 * mixture row by row, experts in ascending order.
 */
#include <string.h>

#include "src/model/block.h"

static size_t rows_of(const struct sparse *s, size_t expert)
{
    return s->start[expert + 1] - s->start[expert];
}

/* Which rows any gate gives to which expert. */
static void list_rows(struct block *b, size_t rows)
{
    const struct gating *q = &b->gating;
    uint32_t n = 0;
    for (size_t j = 0; j < q->experts; j++) {
        b->sparse.start[j] = n;
        for (size_t i = 0; i < rows; i++) {
            bool chosen = false;
            for (size_t k = 0; k < q->gates; k++)
                chosen |= b->g[(i * q->gates + k) * q->experts + j] > 0;
            if (chosen)
                b->sparse.row[n++] = (uint32_t)i;
        }
    }
    b->sparse.start[q->experts] = n;
}

/* What a layer of an expert reads: the rows gathered, or the layer below. */
static mmoe_real *input_of(const struct block *b, size_t level, size_t expert, bool slope)
{
    const struct sparse *s = &b->sparse;
    mmoe_real *of = level == 0 ? slope ? s->dx : s->x : slope ? s->dy[level - 1] : s->y[level - 1];
    return of + s->start[expert] * b->experts.layers[level].in;
}

/* Where an expert's weights of a layer are among the others', and the elements from row to row. */
static size_t weights_of(const struct layer *l, size_t expert, size_t *ld)
{
    *ld = l->shared ? layer_ld(l) : l->out;
    return l->shared ? expert * l->out : expert * l->in * l->out;
}

static void expert_forward(struct block *b, const struct engine *e, size_t expert)
{
    size_t n = rows_of(&b->sparse, expert), ld;
    for (size_t i = 0; i < b->experts.count && n > 0; i++) {
        const struct layer *l = &b->experts.layers[i];
        mmoe_real *y = b->sparse.y[i] + b->sparse.start[expert] * l->out;
        const mmoe_real *w = l->w + weights_of(l, expert, &ld);
        e->k->product(n, l->out, l->in, input_of(b, i, expert, false), l->in, false, w, ld, y,
                      l->out);
        e->k->activate(n, l->out, y, l->out, l->params + l->bias + expert * l->out, l->relu);
        for (size_t r = 0; r < n; r++)
            layer_drop_row(l, e, b->sparse.row[b->sparse.start[expert] + r], expert,
                           y + r * l->out);
    }
}

/* f of the rows of an expert += its weights times its outputs. */
static void add_expert(struct block *b, size_t expert)
{
    const struct gating *q = &b->gating;
    size_t top = b->experts.count - 1;
    for (size_t r = b->sparse.start[expert]; r < b->sparse.start[expert + 1]; r++) {
        const mmoe_real *restrict y = b->sparse.y[top] + r * b->units;
        for (size_t k = 0; k < q->gates; k++) {
            size_t at = b->sparse.row[r] * q->gates + k;
            mmoe_real *restrict f = b->mix + at * b->units, g = b->g[at * q->experts + expert];
            for (size_t h = 0; h < b->units; h++)
                f[h] += g * y[h];
        }
    }
}

/* The top layer's outputs where diagnostics look for them; 0 where an expert was not computed. */
static void spread(struct block *b, size_t rows)
{
    struct layer *top = stack_top(&b->experts);
    size_t ld = layer_ld(top);
    for (size_t i = 0; i < rows; i++)
        memset(top->y + i * ld, 0, top->groups * top->out * sizeof *top->y);
    for (size_t j = 0; j < top->groups; j++)
        for (size_t r = b->sparse.start[j]; r < b->sparse.start[j + 1]; r++)
            memcpy(top->y + b->sparse.row[r] * ld + j * top->out,
                   b->sparse.y[b->experts.count - 1] + r * top->out, top->out * sizeof *top->y);
}

void sparse_forward(struct block *b, const struct engine *e, size_t rows, const mmoe_real *x,
                    size_t ldx)
{
    struct layer *first = &b->experts.layers[0];
    size_t at = block_logits(b), ld = layer_ld(first);
    e->k->product(rows, first->extra, first->in, x, ldx, false, first->w + at, ld, first->y + at,
                  ld);
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    gating_forward(&b->gating, e, rows, first->y + at, ld, b->g);
    list_rows(b, rows);
    for (size_t r = 0; r < b->sparse.start[b->gating.experts]; r++)
        memcpy(b->sparse.x + r * first->in, x + b->sparse.row[r] * ldx, first->in * sizeof *x);
    memset(b->mix, 0, rows * b->gating.gates * b->units * sizeof *b->mix);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
    for (size_t j = 0; j < b->gating.experts; j++) {
        expert_forward(b, e, j);
        add_expert(b, j);
    }
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    if (!e->training)
        spread(b, rows);
}

/* dg, and the slope of an expert's outputs. */
static void mixture_backward(struct block *b, size_t expert)
{
    const struct gating *q = &b->gating;
    size_t top = b->experts.count - 1;
    for (size_t r = b->sparse.start[expert]; r < b->sparse.start[expert + 1]; r++) {
        const mmoe_real *restrict y = b->sparse.y[top] + r * b->units;
        mmoe_real *restrict dy = b->sparse.dy[top] + r * b->units;
        memset(dy, 0, b->units * sizeof *dy);
        for (size_t k = 0; k < q->gates; k++) {
            size_t at = b->sparse.row[r] * q->gates + k;
            const mmoe_real *restrict df = b->dmix + at * b->units;
            mmoe_real g = b->g[at * q->experts + expert], sum = 0;
            for (size_t h = 0; h < b->units; h++) {
                sum += df[h] * y[h];
                dy[h] += g * df[h];
            }
            b->dg[at * q->experts + expert] = sum;
        }
    }
}

static void layer_of_expert_backward(struct block *b, const struct engine *e, size_t level,
                                     size_t expert, bool wants_dx)
{
    const struct layer *l = &b->experts.layers[level];
    size_t n = rows_of(&b->sparse, expert), at = b->sparse.start[expert] * l->out, ld;
    size_t place = weights_of(l, expert, &ld);
    mmoe_real *dy = b->sparse.dy[level] + at, *db = l->grads + l->bias + expert * l->out;
    if (n == 0) {
        memset(db, 0, l->out * sizeof *db);
        for (size_t i = 0; i < l->in; i++)
            memset(l->dw + place + i * ld, 0, l->out * sizeof *l->dw);
        return;
    }
    e->k->deactivate(n, l->out, b->sparse.y[level] + at, dy, l->out, db, l->relu);
    if (l->relu)
        layer_drop_backward(e, n, l->out, dy, l->out, db);
    e->k->product(l->in, l->out, n, input_of(b, level, expert, false), l->in, true, dy, l->out,
                  l->dw + place, ld);
    if (!wants_dx)
        return;
    e->k->transpose(l->in, l->out, l->w + place, ld, l->wt);
    e->k->product(n, l->in, l->out, dy, l->out, false, l->wt, l->in,
                  input_of(b, level, expert, true), l->in);
}

void sparse_backward(struct block *b, const struct engine *e, size_t rows, mmoe_real *dx,
                     size_t ldx)
{
    size_t in = b->experts.layers[0].in;
    memset(b->dg, 0, rows * b->gating.gates * b->gating.experts * sizeof *b->dg);
    for (size_t j = 0; j < b->gating.experts; j++) {
        mixture_backward(b, j);
        for (size_t i = b->experts.count; i-- > 0;)
            layer_of_expert_backward(b, e, i, j, i > 0 || dx);
    }
    for (size_t i = 0; dx && i < rows; i++)
        memset(dx + i * ldx, 0, in * sizeof *dx);
    for (size_t r = 0; dx && r < b->sparse.start[b->gating.experts]; r++)
        for (size_t c = 0; c < in; c++)
            dx[b->sparse.row[r] * ldx + c] += b->sparse.dx[r * in + c];
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
}
