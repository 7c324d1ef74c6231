/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.h - how good predictions on held-out rows are, per task.
 *
 * Ownership: metrics_init / metrics_done. Threads: one at a time.
 *
 *   metrics_begin(&m);  metrics_add(&m, &rows, p);  metrics_end(&m, &data->test, value);
 */
#ifndef MMOE_TRAIN_METRICS_H
#define MMOE_TRAIN_METRICS_H

#include <mmoe/dataset.h>
#include <mmoe/metrics.h>
#include <mmoe/model.h>
#include <mmoe/stats.h>

#include "src/model/loss.h"

struct metrics {
    const struct objective *objective;
    const struct mmoe_dataset *data;
    double sum[MMOE_TASKS_MAX];   /* of losses */
    size_t count[MMOE_TASKS_MAX]; /* labels that were there */
    size_t off[MMOE_TASKS_MAX];   /* rows for which no unit of a task's last hidden layer is on */
    size_t added;                 /* rows */
    /* of the labels, over n: on the held-out rows, on the test rows */
    double variance[2][MMOE_TASKS_MAX];
    double best[2][MMOE_TASKS_MAX]; /* AUC of true probabilities, on the same; NAN: not known */
    struct mmoe_scored *pairs;      /* (binary tasks, rows of the larger part) */
    struct mmoe_scored *truth;      /* (rows) where these have true probabilities */
    size_t rows;                    /* of the larger part */
};

/* False if there is no memory. Objective and data must outlive it. */
bool metrics_init(struct metrics *m, const struct objective *o, const struct mmoe_dataset *data);
void metrics_done(struct metrics *m);
void metrics_begin(struct metrics *m);
/* Add predictions p (n,T) of those rows. */
void metrics_add(struct metrics *m, const struct mmoe_rows *rows, const mmoe_real *p);
/* Add which units were on in the net's last forward pass over that many rows. */
void metrics_add_units(struct metrics *m, const struct mmoe_net *net, size_t rows);
/* Compute the metrics of all rows added, which belong to `part`. False if a loss is not finite:
 * value then holds losses alone. */
bool metrics_end(struct metrics *m, const struct mmoe_rows *part,
                 double value[MMOE_METRICS][MMOE_TASKS_MAX]);

#endif
