/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optim.c - Adam and SGD with momentum over a flat arena.
 *
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1), with discounted sums in place of
 * its averages, which are (1 - b1) m and (1 - b2) v:
 *
 *   m = b1 m + g,  v = b2 v + g^2
 *   p -= lr (1 - b1) m / (1 - b1^t) / (sqrt((1 - b2) v / (1 - b2^t)) + epsilon)
 *
 * With c = sqrt((1 - b2^t) / (1 - b2)) the second line is
 *
 *   p -= (lr c (1 - b1) / (1 - b1^t)) m / (sqrt(v) + epsilon c)
 *
 * which has one rate and one epsilon a step and is exactly the same formula.
 *
 * SGD (Polyak, 1964): m = momentum m + g,  p -= lr m.
 *
 * Before either, clipping scales g to at most a norm (Pascanu, Mikolov and Bengio,
 * ICML 2013), and weight decay takes p -= lr decay p, apart from the gradient
 * (Loshchilov and Hutter, ICLR 2019).
 */
#include "src/model/optim.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

#define BETA1 0.9
#define BETA2 0.999
#define EPSILON 1e-8

bool optim_init(struct optim *o, const struct mmoe_options *options, size_t n)
{
    bool adam = options->optimizer == MMOE_OPTIMIZER_ADAM;
    *o = (struct optim){
        .kind = options->optimizer,
        .k = kernels_get((enum mmoe_kernels)options->kernels),
        .lr = options->lr,
        .momentum = options->momentum,
        .weight_decay = options->weight_decay,
        .clip = options->clip,
        .n = n,
        .m = mmoe_try_alloc(n, sizeof *o->m),
        .v = adam ? mmoe_try_alloc(n, sizeof *o->v) : NULL,
        .beta1_t = 1,
        .beta2_t = 1,
    };
    return o->m && (o->v || !adam);
}

void optim_done(struct optim *o)
{
    mmoe_free(o->m);
    mmoe_free(o->v);
    *o = (struct optim){0};
}

void optim_reset(struct optim *o)
{
    memset(o->m, 0, o->n * sizeof *o->m);
    if (o->v)
        memset(o->v, 0, o->n * sizeof *o->v);
    o->beta1_t = o->beta2_t = 1;
}

bool optim_overflowed(const struct optim *o)
{
    for (size_t i = 0; o->v && i < o->n; i++)
        if (isinf(o->v[i]))
            return true;
    return false;
}

static void adam_step(struct optim *o, mmoe_real *params, const mmoe_real *grads)
{
    o->beta1_t *= BETA1;
    o->beta2_t *= BETA2;
    double c = sqrt((1 - o->beta2_t) / (1 - BETA2));
    const struct adam a = {
        .beta1 = (mmoe_real)BETA1,
        .beta2 = (mmoe_real)BETA2,
        .rate = (mmoe_real)(o->lr * c * (1 - BETA1) / (1 - o->beta1_t)),
        .epsilon = (mmoe_real)(EPSILON * c),
    };
    o->k->adam(o->n, &a, grads, o->m, o->v, params);
}

static void clip(double most, size_t n, mmoe_real *grads)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (double)grads[i] * (double)grads[i];
    double norm = sqrt(squares);
    if (norm <= most)
        return;
    mmoe_real factor = (mmoe_real)(most / norm);
    for (size_t i = 0; i < n; i++)
        grads[i] *= factor;
}

void optim_step(struct optim *o, mmoe_real *params, mmoe_real *grads)
{
    if (o->clip > 0)
        clip(o->clip, o->n, grads);
    mmoe_real kept = (mmoe_real)(1 - o->lr * o->weight_decay);
    for (size_t i = 0; o->weight_decay > 0 && i < o->n; i++)
        params[i] *= kept;
    if (o->kind == MMOE_OPTIMIZER_ADAM)
        adam_step(o, params, grads);
    else
        o->k->momentum(o->n, (mmoe_real)o->lr, (mmoe_real)o->momentum, grads, o->m, params);
}
