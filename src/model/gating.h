/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gating.h - gates: how logits become the weights of experts.
 *
 * Logits are (B,G,E) at logits + row * ld, and where gates are noisy followed by
 * as many more, which scale the noise. Weights are the softmax of the logits, or
 * of each gate's k largest alone. Two losses of its own keep the experts busy.
 *
 * Ownership: points into its net's arena and owns nothing. Threads: as its net.
 */
#ifndef MMOE_GATING_H
#define MMOE_GATING_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/rng.h>

#include "src/model/engine.h"

struct gating {
    size_t gates, experts;
    size_t k;             /* experts kept per row and gate; 0: all */
    bool noisy;           /* logits get noise in training */
    double balance;       /* weight of the losses that keep experts busy */
    struct mmoe_rng rng;  /* the noise */
    mmoe_real *g, *dg;    /* (B,G,E) weights and their gradient */
    mmoe_real *h, *noise; /* (B,G,E) logits compared, standard normals; where k or noisy */
};

/* g of the rows. */
void gating_forward(const struct gating *q, const struct engine *e, size_t rows,
                    const mmoe_real *logits, size_t ld);
/* dlogits (strided like logits) out of dg, to which its own losses are added first. */
void gating_backward(const struct gating *q, const struct engine *e, size_t rows,
                     const mmoe_real *logits, mmoe_real *dlogits, size_t ld);
/* Its own losses for the last forward. */
double gating_penalty(const struct gating *q, const struct engine *e, size_t rows,
                      const mmoe_real *logits, size_t ld);

#endif
