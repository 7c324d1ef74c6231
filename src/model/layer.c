/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer.c - forward and backward of fully connected layers, side by side.
 *
 *   forward    Y = relu(X W + b)
 *   backward   dY = dY where Y > 0,  dW = X' dY,  db = sum over rows of dY,  dX = dY W'
 */
#include "src/model/layer.h"

#include <mmoe/mat.h>

#include "src/math/vec.h"

static void layer_forward(const struct layer *l, const mmoe_real *params, size_t rows,
                          const mmoe_real *x, size_t ldx)
{
    const mmoe_real *w = params + l->weight;
    size_t ld = layer_ld(l);
    if (l->shared)
        mmoe_mat_mul(rows, ld, l->in, x, ldx, w, ld, 0, l->y, ld);
    else
        for (size_t g = 0; g < l->groups; g++)
            mmoe_mat_mul(rows, l->out, l->in, x + g * l->in, ldx, w + g * l->in * l->out, l->out, 0,
                         l->y + g * l->out, ld);
    mmoe_vec_activate(rows, l->groups * l->out, l->y, ld, params + l->bias, l->relu);
}

static void layer_backward(const struct layer *l, const mmoe_real *params, mmoe_real *grads, size_t rows,
                           const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    const mmoe_real *w = params + l->weight;
    mmoe_real *dw = grads + l->weight;
    size_t ld = layer_ld(l), block = l->in * l->out;
    mmoe_vec_deactivate(rows, l->groups * l->out, l->y, l->dy, ld, grads + l->bias, l->relu);
    if (l->shared) {
        mmoe_mat_mul_tn(l->in, ld, rows, x, ldx, l->dy, ld, 0, dw, ld);
        if (dx)
            mmoe_mat_mul_nt(rows, l->in, ld, l->dy, ld, w, ld, 0, dx, ldx);
        return;
    }
    for (size_t g = 0; g < l->groups; g++) {
        const mmoe_real *dy = l->dy + g * l->out;
        mmoe_mat_mul_tn(l->in, l->out, rows, x + g * l->in, ldx, dy, ld, 0, dw + g * block, l->out);
        if (dx)
            mmoe_mat_mul_nt(rows, l->in, l->out, dy, ld, w + g * block, l->out, 0, dx + g * l->in, ldx);
    }
}

void stack_forward(struct stack *s, const mmoe_real *params, size_t rows, const mmoe_real *x, size_t ldx)
{
    for (size_t i = 0; i < s->count; i++) {
        layer_forward(&s->layers[i], params, rows, x, ldx);
        x = s->layers[i].y;
        ldx = layer_ld(&s->layers[i]);
    }
}

void stack_backward(struct stack *s, const mmoe_real *params, mmoe_real *grads, size_t rows,
                    const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    for (size_t i = s->count; i-- > 1;) {
        struct layer *below = &s->layers[i - 1];
        layer_backward(&s->layers[i], params, grads, rows, below->y, below->dy, layer_ld(below));
    }
    layer_backward(&s->layers[0], params, grads, rows, x, dx, ldx);
}
