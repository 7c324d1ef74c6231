/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scatter.h - what gates do with single held-out rows, gathered over batches.
 *
 * Ownership: scatter_new / scatter_free. Threads: one at a time.
 *
 *   scatter_begin(s);  forward ...; scatter_add(s, net, first, rows);  scatter_end(s, &out);
 */
#ifndef MMOE_TRAIN_SCATTER_H
#define MMOE_TRAIN_SCATTER_H

#include <mmoe/dataset.h>
#include <mmoe/scatter.h>

#include "src/model/net.h"

struct scatter;

/* For a net on these rows; finds where they lie, once. */
struct scatter *scatter_new(const struct mmoe_dataset *data, const struct mmoe_net *net);
void scatter_free(struct scatter *s); /* NULL allowed */
void scatter_begin(struct scatter *s);
/* Add the results of the net's last forward pass over rows `first` and so on. */
void scatter_add(struct scatter *s, const struct mmoe_net *net, size_t first, size_t rows);
void scatter_end(const struct scatter *s, struct mmoe_scatter *out);

#endif
