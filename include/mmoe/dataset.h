/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset.h - immutable rows: inputs and labels, in a part to train on, one to choose
 * by and one to test on.
 *
 * Shapes: x (N,D), y (N,T), row-major. A dataset is shared by reference; the
 * last mmoe_dataset_free gives it back. What it says of itself (variances, the
 * labels' correlation) is measured on its training rows when it is made.
 *
 * Ownership: mmoe_synthetic_new returns one reference, _ref adds one, _free drops one.
 * Threads:   immutable once made; references are counted atomically.
 *
 *   struct mmoe_dataset *d = mmoe_synthetic_new(&options, NULL, &err);
 *   ... d->train.x + i * d->dim ...
 *   mmoe_dataset_free(d);
 */
#ifndef MMOE_DATASET_H
#define MMOE_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/option.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>
#include <mmoe/tasks.h>

enum { MMOE_DIGEST_MAX = 65 };

struct mmoe_table;

struct mmoe_dataset {
    size_t dim, tasks;
    /* Of rows that come from a file: SHA-256 of inputs, labels, parts and names of tasks, in
       hexadecimal digits; "" of rows that follow from options. */
    char digest[MMOE_DIGEST_MAX];
    /* The parts: what is trained on, what choices are made by, what final values are measured on.
       Without validation rows (n = 0) choices are made by the test rows: mmoe_dataset_held_out. */
    struct mmoe_rows train, validation, test;
    struct mmoe_task task[MMOE_TASKS_MAX];
    /* loss of the best constant over the training rows: the label's variance (over n - 1), or
       the entropy of a binary one in nats; NAN without a label, and of a single number */
    double var[MMOE_TASKS_MAX];
    /* share of the training labels of a binary task that are 1; NAN of others, or without a label
     */
    double yes[MMOE_TASKS_MAX];
    size_t missing[MMOE_TASKS_MAX]; /* training labels that are not there */
    double pearson; /* of the first two labels over the training rows that have both; NAN with one
                       task */
    /* the truth behind the rows, where it is known */
    double cosine;              /* cos(w1, w2); NAN where it is not known */
    size_t sines;               /* m */
    const double *w;            /* (T,D) or NULL */
    const double *alpha, *beta; /* (m) or NULL */
    /* Of the rows with a known truth that choices are made by: the AUC of the true probabilities,
       which no model exceeds but by chance; the R^2 of their mean square (stats.h); Pearson's
       correlation of the first two tasks' logits. NAN where they are not known. */
    double best_auc[MMOE_TASKS_MAX], best_r2[MMOE_TASKS_MAX], logits;
    /* Fills the arrays of `to` with rows first .. first + to->n - 1 to train on, of which train has
       the first alone. It allocates nothing, and may be called by several threads. NULL: train is
       all. */
    void (*stream)(const struct mmoe_dataset *d, uint64_t first, const struct mmoe_rows *to);
    const struct mmoe_options *stream_options;  /* what stream makes them by */
    const struct mmoe_table *table;             /* what rows were read from (table.h), or NULL */
    const struct mmoe_recommender *recommender; /* what made the rows (recommender.h), or NULL */
    /* names of the file's arrays that rows have no use for, "when, meta"; NULL without any */
    const char *unread;
};

/* The rows that choices are made by: validation rows, or test rows where there are no others. */
static inline const struct mmoe_rows *mmoe_dataset_held_out(const struct mmoe_dataset *d)
{
    return d->validation.n ? &d->validation : &d->test;
}

/* yes (T): the shares of ones among the labels that these rows have, NAN of tasks that are not
 * binary or have none; returns the Pearson correlation of the first two labels, NAN with one task.
 */
double mmoe_dataset_labels(const struct mmoe_dataset *d, const struct mmoe_rows *rows, double *yes);

struct mmoe_dataset *mmoe_dataset_ref(struct mmoe_dataset *d);
void mmoe_dataset_free(struct mmoe_dataset *d);
/*
 * If nobody else uses d or its inputs, its arrays come back for reuse, to be the `like` of rows of
 * the same shape, and to be freed; else NULL.
 */
struct mmoe_dataset *mmoe_dataset_spare(struct mmoe_dataset *d);

#endif
