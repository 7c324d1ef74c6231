/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tucker.h - the weights of groups of one layer as a factored tensor.
 *
 *   W_g (in,out) = sum over i,j,l of S_ijl U1_i U2_j' U3_gl
 *
 * S (r1,r2,r3), U1 (in,r1), U2 (out,r2) and U3 (groups,r3) are parameters; W is
 * composed before each forward pass, and the gradient of W is taken apart after each
 * backward pass. The matrix of group g starts at w + g * apart, with ld elements
 * from one row to the next.
 *
 * Ownership: points into its net's arena and owns nothing. Threads: as its net.
 */
#ifndef MMOE_TUCKER_H
#define MMOE_TUCKER_H

#include <stddef.h>

#include "src/model/engine.h"

struct tucker {
    size_t in, out, groups, rank[3];
    size_t apart, ld;        /* of the groups' matrices in w */
    size_t s, u1, u2, u3;    /* offsets in the parameter arena */
    mmoe_real *core;         /* (r1,r2): sum_l U3_gl S_l of one group */
    mmoe_real *left, *dleft; /* (groups,in,r2): U1 core of every group; (in,r2) its gradient */
    mmoe_real *dcore;        /* (r1,r2) */
    mmoe_real *turned;       /* room for a transposed matrix */
};

/* Overwrite w out of the factors among params. */
void tucker_compose(const struct tucker *t, const struct engine *e, const mmoe_real *params,
                    mmoe_real *w);
/* Overwrite the factors' gradients among grads out of dw; after tucker_compose. */
void tucker_backward(const struct tucker *t, const struct engine *e, const mmoe_real *params,
                     const mmoe_real *dw, mmoe_real *grads);

#endif
