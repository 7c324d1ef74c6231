/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset.h - immutable rows: inputs and labels, a part for training and a
 * part held out.
 *
 * Shapes: x (N,D), y (N,T), row-major. A dataset is shared by reference; the
 * last mmoe_dataset_free gives it back. What it says of itself (variances, the
 * labels' correlation) is measured on its training rows when it is made.
 *
 * Ownership: mmoe_synthetic_new returns one reference, _ref adds one, _free drops one.
 * Threads:   immutable once made; references are counted atomically.
 *
 *   struct mmoe_dataset *d = mmoe_synthetic_new(&options, NULL, &err);
 *   ... d->x + i * d->dim ...
 *   mmoe_dataset_free(d);
 */
#ifndef MMOE_DATASET_H
#define MMOE_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/arrays.h>
#include <mmoe/option.h>
#include <mmoe/real.h>
#include <mmoe/status.h>

struct mmoe_dataset {
    size_t rows, test_rows, dim, tasks;
    const mmoe_real *x, *y;           /* (rows,D), (rows,T) */
    const mmoe_real *x_test, *y_test; /* (test_rows,D), (test_rows,T) */
    bool binary[MMOE_TASKS_MAX];      /* labels are 0 or 1; a label that is NaN is missing */
    double var[MMOE_TASKS_MAX]; /* loss of the best constant over the training rows: the label's
                                   variance, or the entropy of a binary one in nats */
    double pearson; /* of the first two labels over the training rows that have both; NAN with one
                       task */
    /* the truth behind synthetic rows */
    double cosine;              /* cos(w1, w2); NAN where there is no such truth */
    size_t sines;               /* m */
    const double *w;            /* (T,D) */
    const double *alpha, *beta; /* (m) */
};

/*
 * Two tasks whose relation is p (section 3.1 of the MMoE paper, KDD 2018):
 * x ~ N(0, I), y_k = w_k'x + sum_i sin(alpha_i w_k'x + beta_i) + N(0, noise^2),
 * w1 = c u1, w2 = c (p u1 + sqrt(1 - p^2) u2), u1 and u2 orthonormal.
 * x, u, alpha, beta and noise come from streams of their own under seed.data, so that
 * x does not change with p. The inputs of `like` (NULL allowed) are shared, not
 * made again, where they are the same ones: same seed.data, rows, test-rows, dim.
 * NULL and *err where the rows do not fit in memory.
 */
struct mmoe_dataset *mmoe_synthetic_new(const struct mmoe_options *o, struct mmoe_dataset *like,
                                        struct mmoe_error *err);

/* The rows the options ask for: those of data-file, else synthetic ones; like as above. */
struct mmoe_dataset *mmoe_dataset_make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                       struct mmoe_error *err);

/* Append x_train (N,D), y_train (N,T), x_test, y_test and, of synthetic rows, w (T,D), alpha (m),
 * beta (m). */
enum mmoe_status mmoe_dataset_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                                     struct mmoe_error *err);

struct mmoe_dataset *mmoe_dataset_ref(struct mmoe_dataset *d);
void mmoe_dataset_free(struct mmoe_dataset *d);
/*
 * Free d, but where nobody else uses it or its inputs keep its room: then it comes back, to be the
 * `like` of rows of the same shape, and to be freed. Else NULL.
 */
struct mmoe_dataset *mmoe_dataset_spare(struct mmoe_dataset *d);

#endif
