/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optim.h - how weights move: Adam, or SGD with momentum.
 *
 * Ownership: optim_init / optim_done; the sums are its own.
 * Threads:   one at a time.
 */
#ifndef MMOE_OPTIM_H
#define MMOE_OPTIM_H

#include <stdbool.h>

#include <mmoe/option.h>
#include <mmoe/real.h>

#include "src/math/kernels.h"

struct optim {
    int kind; /* enum mmoe_optimizer */
    const struct kernels *k;
    double lr, momentum;
    double weight_decay, clip; /* clip 0: off */
    size_t n;                  /* parameters */
    mmoe_real *m, *v; /* (n) discounted sums of gradients and of their squares; v NULL for SGD */
    double beta1_t, beta2_t; /* beta^t: what the sums still lack */
};

/* False where the sums do not fit in memory. */
bool optim_init(struct optim *o, const struct mmoe_options *options, size_t n);
void optim_done(struct optim *o);
void optim_reset(struct optim *o); /* as after optim_init, but for lr and momentum */
/* Is a sum of squares not finite? Its weight never moves again. */
bool optim_overflowed(const struct optim *o);
/* One step of params (n) along grads (n), which clipping may scale. */
void optim_step(struct optim *o, mmoe_real *params, mmoe_real *grads);

#endif
