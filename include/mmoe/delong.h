/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delong.h - how much an AUC owes to the rows it was measured on (DeLong, DeLong and
 * Clarke-Pearson, Biometrics 44, 1988), of one model's scores and of the difference between two on
 * the same rows.
 *
 * A positive's placement is the share of negatives that it is above, ties counting half; a
 * negative's is the share of positives that are above it. AUC is the mean of either; its variance
 * is that of the placements of both, each over how many there are. Placements are made of ranks, in
 * n log n.
 *
 * Ownership: none. Threads: safe.
 *
 *   struct mmoe_delong d;
 *   if (mmoe_delong(n, label, a, b, &d)) ... d.auc[0] - d.auc[1], d.difference_se ...
 */
#ifndef MMOE_DELONG_H
#define MMOE_DELONG_H

#include <stdbool.h>
#include <stddef.h>

struct mmoe_delong {
    double auc[2], se[2];
    double difference_se; /* of auc[0] - auc[1]; NAN with one model */
};

/*
 * label (n): above 1/2 it is positive; NAN: the row has none, and is left out. a, b (n): scores; b
 * NULL: one model, and auc[1], se[1] are NAN. False, and all NAN, with fewer than two positives or
 * negatives.
 */
bool mmoe_delong(size_t n, const double *label, const double *a, const double *b,
                 struct mmoe_delong *out);

#endif
