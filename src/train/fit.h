/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.h - what a net has learned, gathered over held-out batches.
 *
 * Ownership: fit_new / fit_free; borrows the rows. Threads: one at a time.
 *
 *   fit_begin(f);
 *   forward ...; fit_add(f, net, first, rows, p);   for each batch, first: its first row
 *   fit_end(f, &fit);
 */
#ifndef MMOE_TRAIN_FIT_H
#define MMOE_TRAIN_FIT_H

#include <mmoe/dataset.h>
#include <mmoe/fit.h>
#include <mmoe/model.h>

struct fit;

/* noise: standard deviation of the labels' noise, NAN where it is not known. */
struct fit *fit_new(const struct mmoe_dataset *data, double noise);
void fit_free(struct fit *f); /* NULL allowed */
void fit_begin(struct fit *f);
/* Add the rows of the net's last forward pass and its predictions p (rows,T). */
void fit_add(struct fit *f, const struct mmoe_net *net, size_t first, size_t rows,
             const mmoe_real *p);
void fit_end(const struct fit *f, struct mmoe_fit *out);

#endif
