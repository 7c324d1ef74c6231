/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loss.h - the objective of a batch, per task: squared error, or log loss on a logit.
 *
 * A label that is NaN is missing: it enters no sum. A task's loss is the mean
 * over its labels that are there. Where none is the task has no loss, which is
 * NAN, and moves no weight.
 *
 * Ownership, threads: pure functions.
 */
#ifndef MMOE_LOSS_H
#define MMOE_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/real.h>

/* What is added up over tasks: sum_k weight_k L_k, or Kendall's (loss.c). */
struct objective {
    size_t tasks;
    bool binary[MMOE_TASKS_MAX]; /* log loss on logits, labels 0 or 1; else squared error */
    double weight[MMOE_TASKS_MAX];
};

/* Sums (T) of the losses over rows, and how many labels (T) were there, for predictions p and
 * labels y (rows,T). */
void mmoe_loss_add(const struct objective *o, size_t rows, const mmoe_real *p, const mmoe_real *y,
                   double *sum, size_t *count);

/*
 * loss (T) = each task's mean loss; dp (rows,T) = the objective's gradient. log_variance (T): the
 * tasks' log variances, whose gradient goes to dlog_variance; both NULL: none. False where the loss
 * of a task that has labels is not finite.
 */
bool mmoe_loss_objective(const struct objective *o, size_t rows, const mmoe_real *p,
                         const mmoe_real *y, const mmoe_real *log_variance,
                         mmoe_real *dlog_variance, mmoe_real *dp, double *loss);

#endif
