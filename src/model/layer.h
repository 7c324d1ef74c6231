/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer.h - fully connected layers in groups, and stacks of them.
 *
 * A layer has `groups` perceptron layers of the same shape side by side: the
 * experts, the towers, the bottoms of single tasks. Where all groups read the
 * same input their weights lie in one matrix (in, groups*out + extra) and are
 * applied in one product; `extra` columns belong to whoever shares that input
 * too (the gates): linear, without bias. Otherwise group g reads columns
 * g*in.. of the input and has a matrix (in,out) of its own.
 *
 * Outputs are (B, groups*out + extra): ld(layer) elements from row to row.
 * After its ReLU a layer may be followed by a stitch, z_i = sum_j A_ij y_j over
 * its groups, and in training by dropout. Its weights may be given by Tucker
 * factors (tucker.h) instead of being parameters themselves.
 *
 * Ownership: a stack points into its net's arenas and owns nothing.
 * Threads:   as its net.
 */
#ifndef MMOE_LAYER_H
#define MMOE_LAYER_H

#include <stdbool.h>

#include <mmoe/option.h>
#include <mmoe/real.h>
#include <mmoe/rng.h>

#include "src/model/engine.h"
#include "src/model/tucker.h"

struct layer {
    size_t groups, in, out, extra;
    bool shared; /* all groups read the same input */
    bool relu, stitched, factored;
    size_t weight, bias, stitch; /* offsets in the parameter arena; weight: unless factored */
    struct tucker tucker;
    struct mmoe_rng mask;      /* what dropout draws from */
    mmoe_real *params, *grads; /* the arenas */
    mmoe_real *w, *dw;         /* weights and their gradient */
    mmoe_real *y, *dy;         /* (B,ld) after the ReLU */
    mmoe_real *z, *dz;         /* (B,ld) after the stitch; NULL: there is none */
    mmoe_real *wt;             /* room for the transposed weights of one product */
    bool reads_inputs;         /* of the net, not of another part */
    /* where these are sparse rows (fold.h): folded weights and their gradient (D + C, ld); base and
       the sum of dy (ld); else NULL */
    mmoe_real *f, *df, *base, *total;
};

enum { STACK_LAYERS_MAX = MMOE_DEPTH_MAX + 1 };

struct stack {
    size_t count;
    struct layer layers[STACK_LAYERS_MAX];
};

/* Elements from one row of a layer's output (and of a shared layer's weights) to the next. */
static inline size_t layer_ld(const struct layer *l)
{
    return l->groups * l->out + l->extra;
}

/* Where the weights of a group begin among the others', and in *ld the elements from one row of
 * them to the next. */
static inline size_t layer_weights(const struct layer *l, size_t group, size_t *ld)
{
    *ld = l->shared ? layer_ld(l) : l->out;
    return l->shared ? group * l->out : group * l->in * l->out;
}

/* What the next layer reads, and its gradient. */
static inline mmoe_real *layer_out(const struct layer *l)
{
    return l->stitched ? l->z : l->y;
}
static inline mmoe_real *layer_dout(const struct layer *l)
{
    return l->stitched ? l->dz : l->dy;
}

static inline struct layer *stack_top(struct stack *s)
{
    return &s->layers[s->count - 1];
}

/* All layers for x (rows,ldx). */
void stack_forward(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                   size_t ldx);

/*
 * Gradients for the same x, given that of the top layer's output and dy of extra columns.
 * dx (rows,ldx) is overwritten where it is not NULL.
 */
void stack_backward(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                    mmoe_real *dx, size_t ldx);
/* The same where dy of the top layer is that of its sums, before the ReLU, and its db is in grads
 * already. */
void stack_backward_ready(struct stack *s, const struct engine *e, size_t rows, const mmoe_real *x,
                          mmoe_real *dx, size_t ldx);

/* In training with dropout: units of a row of one group set to 0, the others divided by the share
 * that is kept. */
void layer_drop_row(const struct layer *l, const struct engine *e, size_t row, size_t group,
                    mmoe_real *unit);
/* Its part of the gradient, for dy (rows,n) and db (n) that came out of the ReLU's. */
void layer_drop_backward(const struct engine *e, size_t rows, size_t n, mmoe_real *dy, size_t ld,
                         mmoe_real *db);

#endif
