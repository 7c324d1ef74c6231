/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.h - how good predictions on held-out rows are, per task.
 *
 * Ownership: metrics_init / metrics_done. Threads: one at a time.
 *
 *   metrics_begin(&m);  metrics_add(&m, i, rows, p, y);  metrics_end(&m, loss, quality);
 */
#ifndef MMOE_METRICS_H
#define MMOE_METRICS_H

#include <mmoe/dataset.h>
#include <mmoe/snapshot.h>
#include <mmoe/stats.h>

#include "src/model/loss.h"

struct metrics {
    const struct objective *objective;
    double sum[MMOE_TASKS_MAX];      /* of losses */
    size_t count[MMOE_TASKS_MAX];    /* labels that were there */
    double variance[MMOE_TASKS_MAX]; /* of the held-out labels of a regression task, over n */
    struct mmoe_scored *pairs;       /* (binary tasks, test rows) */
    size_t rows;                     /* test rows */
};

/* False where there is no memory. The objective must outlive it. */
bool metrics_init(struct metrics *m, const struct objective *o, const struct mmoe_dataset *data);
void metrics_done(struct metrics *m);
void metrics_begin(struct metrics *m);
/* Take in predictions p and labels y (rows,T). */
void metrics_add(struct metrics *m, size_t rows, const mmoe_real *p, const mmoe_real *y);
/* Mean losses (T) and, where not NULL, quality (T): AUC of a binary task, R^2 of the others. False
   where a loss is not finite. */
bool metrics_end(struct metrics *m, double *loss, double *quality);

#endif
