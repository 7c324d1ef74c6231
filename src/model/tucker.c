/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tucker.c - the weights of several tasks' layers as one factored tensor.
 *
 *   W_k = U1 C_k U2',  C_k = sum_l U3_kl S_l
 *   S (r1,r2,r3), U1 (in,r1), U2 (out,r2), U3 (T,r3)
 *
 * Tucker's decomposition (Psychometrika, 1966), trained end to end as in Yang and
 * Hospedales (ICLR 2017). With P_k = U1 C_k the gradients follow from dW_k by the
 * chain rule:
 *
 *   dP_k = dW_k U2,  dU2 += dW_k' P_k,  dU1 += dP_k C_k',  dC_k = U1' dP_k
 *   dS_l += U3_kl dC_k,  dU3_kl = <dC_k, S_l>
 *
 * The layer then computes with W as with any other weights.
 */
#include "src/model/tucker.h"

#include <string.h>

/* core (r1,r2) = sum_l U3_kl S_l */
static void mix_core(const struct tucker *t, const mmoe_real *params, size_t k)
{
    const mmoe_real *s = params + t->s, *u3 = params + t->u3 + k * t->rank[2];
    for (size_t i = 0; i < t->rank[0] * t->rank[1]; i++) {
        t->core[i] = 0;
        for (size_t j = 0; j < t->rank[2]; j++)
            t->core[i] += u3[j] * s[i * t->rank[2] + j];
    }
}

void tucker_compose(const struct tucker *t, const struct engine *e, const mmoe_real *params,
                    mmoe_real *w)
{
    size_t r1 = t->rank[0], r2 = t->rank[1];
    e->k->transpose(t->out, r2, params + t->u2, r2, t->turned); /* (r2,out) */
    for (size_t k = 0; k < t->groups; k++) {
        mmoe_real *left = t->left + k * t->in * r2;
        mix_core(t, params, k);
        e->k->product(t->in, r2, r1, params + t->u1, r1, false, t->core, r2, left, r2);
        e->k->product(t->in, t->out, r2, left, r2, false, t->turned, t->out, w + k * t->apart,
                      t->ld);
    }
}

static void add(mmoe_real *to, const mmoe_real *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

/* dS and dU3 out of dC_k. */
static void core_backward(const struct tucker *t, const mmoe_real *params, size_t k,
                          mmoe_real *grads)
{
    size_t r3 = t->rank[2];
    const mmoe_real *s = params + t->s, *u3 = params + t->u3 + k * r3;
    mmoe_real *ds = grads + t->s, *du3 = grads + t->u3 + k * r3;
    for (size_t i = 0; i < t->rank[0] * t->rank[1]; i++)
        for (size_t j = 0; j < r3; j++) {
            ds[i * r3 + j] += u3[j] * t->dcore[i];
            du3[j] += s[i * r3 + j] * t->dcore[i];
        }
}

void tucker_backward(const struct tucker *t, const struct engine *e, const mmoe_real *params,
                     const mmoe_real *dw, mmoe_real *grads)
{
    size_t r1 = t->rank[0], r2 = t->rank[1];
    mmoe_real *du1 = grads + t->u1, *du2 = grads + t->u2;
    memset(du1, 0, t->in * r1 * sizeof *du1);
    memset(du2, 0, t->out * r2 * sizeof *du2);
    memset(grads + t->s, 0, r1 * r2 * t->rank[2] * sizeof *grads);
    memset(grads + t->u3, 0, t->groups * t->rank[2] * sizeof *grads);
    for (size_t k = 0; k < t->groups; k++) {
        const mmoe_real *left = t->left + k * t->in * r2, *dw_k = dw + k * t->apart;
        mix_core(t, params, k);
        e->k->product(t->in, r2, t->out, dw_k, t->ld, false, params + t->u2, r2, t->dleft, r2);
        e->k->product(t->out, r2, t->in, dw_k, t->ld, true, left, r2, t->turned, r2);
        add(du2, t->turned, t->out * r2);
        e->k->product(r1, r2, t->in, params + t->u1, r1, true, t->dleft, r2, t->dcore, r2);
        core_backward(t, params, k, grads);
        e->k->transpose(r1, r2, t->core, r2,
                        t->dcore); /* done with dcore: its room serves for C' (r2,r1) */
        e->k->product(t->in, r1, r2, t->dleft, r2, false, t->dcore, r1, t->turned, r1);
        add(du1, t->turned, t->in * r1);
    }
}
