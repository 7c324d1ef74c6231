/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer.c - forward and backward of fully connected layers, side by side.
 *
 *   forward    Y = relu(X W + b)
 *   backward   dY = dY where Y > 0,  dW = X' dY,  db = sum over rows of dY,  dX = dY W'
 */
#include "src/model/layer.h"


static void layer_forward(const struct layer *l, const struct engine *e, const mmoe_real *params,
                          size_t rows, const mmoe_real *x, size_t ldx)
{
    const mmoe_real *w = params + l->weight;
    size_t ld = layer_ld(l);
    if (l->shared)
        e->k->product(rows, ld, l->in, x, ldx, false, w, ld, l->y, ld);
    else
        for (size_t g = 0; g < l->groups; g++)
            e->k->product(rows, l->out, l->in, x + g * l->in, ldx, false, w + g * l->in * l->out, l->out,
                       l->y + g * l->out, ld);
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    e->k->activate(rows, l->groups * l->out, l->y, ld, params + l->bias, l->relu);
    mmoe_phases_mark(e->phases, MMOE_PHASE_UNITS);
}

/* to (n,m) = from (m,n) transposed */
static void transpose(size_t m, size_t n, const mmoe_real *restrict from, mmoe_real *restrict to)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            to[j * m + i] = from[i * n + j];
}

/* One product's worth of backward: dw (in,out) and dx (rows,in) for dy (rows,out). */
static void weights_backward(const struct layer *l, const struct engine *e, size_t out, const mmoe_real *w,
                             mmoe_real *dw, size_t rows, const mmoe_real *dy, const mmoe_real *x,
                             mmoe_real *dx, size_t ldx)
{
    size_t ld = layer_ld(l);
    e->k->product(l->in, out, rows, x, ldx, true, dy, ld, dw, out);
    if (!dx)
        return;
    transpose(l->in, out, w, l->wt);
    e->k->product(rows, l->in, out, dy, ld, false, l->wt, l->in, dx, ldx);
}

/* dW and dX; dY and db are ready. */
static void layer_backward(const struct layer *l, const struct engine *e, const mmoe_real *params,
                           mmoe_real *grads, size_t rows, const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    const mmoe_real *w = params + l->weight;
    mmoe_real *dw = grads + l->weight;
    size_t ld = layer_ld(l), block = l->in * l->out;
    if (l->shared)
        weights_backward(l, e, ld, w, dw, rows, l->dy, x, dx, ldx);
    else
        for (size_t g = 0; g < l->groups; g++)
            weights_backward(l, e, l->out, w + g * block, dw + g * block, rows, l->dy + g * l->out,
                             x + g * l->in, dx ? dx + g * l->in : NULL, ldx);
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
}

void stack_forward(struct stack *s, const struct engine *e, const mmoe_real *params, size_t rows,
                   const mmoe_real *x, size_t ldx)
{
    for (size_t i = 0; i < s->count; i++) {
        layer_forward(&s->layers[i], e, params, rows, x, ldx);
        x = s->layers[i].y;
        ldx = layer_ld(&s->layers[i]);
    }
}

static void deactivate(const struct layer *l, const struct engine *e, mmoe_real *grads, size_t rows)
{
    e->k->deactivate(rows, l->groups * l->out, l->y, l->dy, layer_ld(l), grads + l->bias, l->relu);
    mmoe_phases_mark(e->phases, MMOE_PHASE_UNITS);
}

void stack_backward(struct stack *s, const struct engine *e, const mmoe_real *params, mmoe_real *grads,
                    size_t rows, const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    deactivate(stack_top(s), e, grads, rows);
    stack_backward_ready(s, e, params, grads, rows, x, dx, ldx);
}

void stack_backward_ready(struct stack *s, const struct engine *e, const mmoe_real *params, mmoe_real *grads,
                          size_t rows, const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    for (size_t i = s->count; i-- > 1;) {
        struct layer *below = &s->layers[i - 1];
        layer_backward(&s->layers[i], e, params, grads, rows, below->y, below->dy, layer_ld(below));
        deactivate(below, e, grads, rows);
    }
    layer_backward(&s->layers[0], e, params, grads, rows, x, dx, ldx);
}
