/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer.c - forward and backward of fully connected layers, side by side.
 *
 *   forward    Y = relu(X W + b)
 *   backward   dY = dY where Y > 0,  dW = X' dY,  db = sum over rows of dY,  dX = dY W'
 *   stitch     Z_i = sum_j A_ij Y_j,  dY_j = sum_i A_ij dZ_i,  dA_ij = sum of dZ_i * Y_j
 *   dropout    Y = 0 with probability q, else Y / (1 - q);
 *              dY follows from Y > 0 and the same factor
 *
 * Dropout: Srivastava et al., JMLR 2014. Stitch: Misra et al., CVPR 2016.
 */
#include "src/model/layer.h"

#include "src/model/fold.h"

enum { ROW_BITS = 16, GROUP_BITS = 16 }; /* of the address of a mask; the step has the rest */

/* --- dropout --- */

static bool drops(const struct engine *e)
{
    return e->training && e->dropout > 0;
}

void layer_drop_row(const struct layer *l, const struct engine *e, size_t row, size_t group,
                    mmoe_real *unit)
{
    if (!drops(e) || !l->relu)
        return;
    mmoe_real factor = 1 / (1 - e->dropout);
    mmoe_rng_uniform(l->mask, (e->step << ROW_BITS | row) << GROUP_BITS | group, l->out, 0, 1,
                     l->wt);
    for (size_t j = 0; j < l->out; j++)
        unit[j] = l->wt[j] < e->dropout ? 0 : unit[j] * factor;
}

/* All rows and groups of y. */
static void drop(const struct layer *l, const struct engine *e, size_t rows)
{
    for (size_t i = 0; drops(e) && i < rows; i++)
        for (size_t g = 0; g < l->groups; g++)
            layer_drop_row(l, e, i, g, l->y + i * layer_ld(l) + g * l->out);
}

void layer_drop_backward(const struct engine *e, size_t rows, size_t n, mmoe_real *dy, size_t ld,
                         mmoe_real *db)
{
    if (!drops(e))
        return;
    mmoe_real factor = 1 / (1 - e->dropout);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            dy[i * ld + j] *= factor;
    for (size_t j = 0; j < n; j++)
        db[j] *= factor;
}

/* --- forward --- */

static void layer_forward(const struct layer *l, const struct engine *e, size_t rows,
                          const mmoe_real *x, size_t ldx)
{
    size_t ld = layer_ld(l);
    if (l->factored)
        tucker_compose(&l->tucker, e, l->params, l->w);
    if (fold_is_on(l)) {
        fold_begin(l, e);
        fold_forward(l, e, rows, NULL, 0, ld, l->y, ld);
    } else if (l->shared)
        e->k->product(rows, ld, l->in, x, ldx, false, l->w, ld, l->y, ld);
    else
        for (size_t g = 0; g < l->groups; g++)
            e->k->product(rows, l->out, l->in, x + g * l->in, ldx, false, l->w + g * l->in * l->out,
                          l->out, l->y + g * l->out, ld);
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    e->k->activate(rows, l->groups * l->out, l->y, ld, l->params + l->bias, l->relu);
    drop(l, e, rows);
    if (l->stitched)
        e->k->stitch(rows, l->groups, l->out, l->params + l->stitch, l->y, ld, l->z);
    mmoe_phases_mark(e->phases, MMOE_PHASE_UNITS);
}

void stack_forward(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                   size_t ldx)
{
    for (size_t i = 0; i < s->count; i++) {
        layer_forward(&s->layers[i], e, rows, x, ldx);
        x = layer_out(&s->layers[i]);
        ldx = layer_ld(&s->layers[i]);
    }
}

/* --- backward --- */

/* One product's worth of backward: dw (in,out) and dx (rows,in) for dy (rows,out). */
static void weights_backward(const struct layer *l, const struct engine *e, size_t out,
                             const mmoe_real *w, mmoe_real *dw, size_t rows, const mmoe_real *dy,
                             const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    size_t ld = layer_ld(l);
    e->k->product(l->in, out, rows, x, ldx, true, dy, ld, dw, out);
    if (!dx)
        return;
    e->k->transpose(l->in, out, w, out, l->wt);
    e->k->product(rows, l->in, out, dy, ld, false, l->wt, l->in, dx, ldx);
}

/* dW and dX; dY and db are ready. */
static void layer_backward(const struct layer *l, const struct engine *e, size_t rows,
                           const mmoe_real *x, mmoe_real *dx, size_t ldx)
{
    size_t ld = layer_ld(l), block = l->in * l->out;
    if (fold_is_on(l)) {
        fold_clear(l, e);
        fold_backward(l, e, rows, NULL, 0, ld, l->dy, ld);
        fold_end(l, e);
    } else if (l->shared)
        weights_backward(l, e, ld, l->w, l->dw, rows, l->dy, x, dx, ldx);
    else
        for (size_t g = 0; g < l->groups; g++)
            weights_backward(l, e, l->out, l->w + g * block, l->dw + g * block, rows,
                             l->dy + g * l->out, x + g * l->in, dx ? dx + g * l->in : NULL, ldx);
    if (l->factored)
        tucker_backward(&l->tucker, e, l->params, l->dw, l->grads);
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
}

/* dY of the sums before the ReLU, and db, out of the gradient of the layer's output. */
static void deactivate(const struct layer *l, const struct engine *e, size_t rows)
{
    size_t ld = layer_ld(l), n = l->groups * l->out;
    if (l->stitched)
        e->k->stitch_backward(rows, l->groups, l->out, l->params + l->stitch, l->y, l->dz, ld,
                              l->dy, l->grads + l->stitch);
    e->k->deactivate(rows, n, l->y, l->dy, ld, l->grads + l->bias, l->relu);
    if (l->relu)
        layer_drop_backward(e, rows, n, l->dy, ld, l->grads + l->bias);
    mmoe_phases_mark(e->phases, MMOE_PHASE_UNITS);
}

void stack_backward(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                    mmoe_real *dx, size_t ldx)
{
    deactivate(stack_top(s), e, rows);
    stack_backward_ready(s, e, rows, x, dx, ldx);
}

void stack_backward_ready(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                          mmoe_real *dx, size_t ldx)
{
    for (size_t i = s->count; i-- > 1;) {
        struct layer *below = &s->layers[i - 1];
        layer_backward(&s->layers[i], e, rows, layer_out(below), layer_dout(below),
                       layer_ld(below));
        deactivate(below, e, rows);
    }
    layer_backward(&s->layers[0], e, rows, x, dx, ldx);
}
