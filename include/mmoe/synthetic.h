/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synthetic.h - two tasks whose relation is p (section 3.1 of the MMoE paper, KDD 2018).
 *
 * x ~ N(0, I), y_k = w_k'x + sum_i sin(alpha_i w_k'x + beta_i) + N(0, noise^2),
 * w1 = c u1, w2 = c (p u1 + sqrt(1 - p^2) u2), u1 and u2 orthonormal.
 * x, u, alpha, beta and noise come from streams of their own under seed.data, so that x does not
 * change with p; nor do rows of one part with the number of those of another.
 *
 * Ownership: the caller holds the reference that is returned. Threads: safe.
 */
#ifndef MMOE_SYNTHETIC_H
#define MMOE_SYNTHETIC_H

#include <mmoe/dataset.h>
#include <mmoe/option.h>

/* As mmoe_source_make; the inputs of `like` are shared where seed.data, dim and the numbers of
 * rows are the same. */
struct mmoe_dataset *mmoe_synthetic_new(const struct mmoe_options *o, struct mmoe_dataset *like,
                                        struct mmoe_error *err);

#endif
