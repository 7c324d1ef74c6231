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
 *
 * Ownership: a stack points into its net's arenas and owns nothing.
 * Threads:   as its net.
 */
#ifndef MMOE_LAYER_H
#define MMOE_LAYER_H

#include <mmoe/option.h>
#include <mmoe/real.h>
#include <stdbool.h>

#include "src/math/kernels.h"

struct layer {
    size_t groups, in, out, extra;
    bool shared;         /* all groups read the same input */
    bool relu;
    size_t weight, bias; /* offsets in the parameter arena */
    mmoe_real *y, *dy;   /* (B,ld) */
    mmoe_real *wt;       /* room for the transposed weights of one product */
};

enum { STACK_LAYERS_MAX = MMOE_DEPTH_MAX + 1 };

struct stack {
    size_t count;
    struct layer layers[STACK_LAYERS_MAX];
};

/* Elements from one row of a layer's output (and of a shared layer's weights) to the next. */
static inline size_t layer_ld(const struct layer *l) { return l->groups * l->out + l->extra; }

static inline struct layer *stack_top(struct stack *s) { return &s->layers[s->count - 1]; }

/* All layers for x (rows,ldx). */
void stack_forward(struct stack *s, const struct engine *e, const mmoe_real *params, size_t rows,
                   const mmoe_real *x, size_t ldx);

/*
 * Gradients for the same x, given dy of the top layer and of extra columns.
 * dx (rows,ldx) is overwritten where it is not NULL.
 */
void stack_backward(struct stack *s, const struct engine *e, const mmoe_real *params, mmoe_real *grads,
                    size_t rows, const mmoe_real *x, mmoe_real *dx, size_t ldx);
/* The same where dy of the top layer is that of its sums, before the ReLU, and its db is in grads already. */
void stack_backward_ready(struct stack *s, const struct engine *e, const mmoe_real *params, mmoe_real *grads,
                          size_t rows, const mmoe_real *x, mmoe_real *dx, size_t ldx);

#endif
