/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.h - what predictions are measured by, per task and by name.
 *
 * A task has a value of some metrics and none of others: AUC is of binary tasks
 * alone, R^2 of the others. A mean over no label has no value. What has none is NAN
 * here, null in JSON, NULL in a store and - on the screen.
 *
 * Ownership: const tables; values are plain arrays. Threads: safe.
 *
 *   double value[MMOE_METRICS][MMOE_TASKS_MAX];
 *   mmoe_metrics_none(value);   ... value[MMOE_AUC][k] ... mmoe_metrics_table[MMOE_AUC].title
 */
#ifndef MMOE_METRICS_H
#define MMOE_METRICS_H

#include <stdbool.h>

#include <mmoe/real.h>
#include <mmoe/status.h>

enum mmoe_metric {
    MMOE_LOSS,     /* mean squared error, or mean log loss of a binary task */
    MMOE_OVER_VAR, /* the same over the loss of the best constant on the training rows (dataset.h,
                      var); no value where that is 0 */
    MMOE_AUC,      /* area under the ROC curve */
    MMOE_R2, /* 1 - sum (p - y)^2 / sum (y - mean y)^2, p a probability where y is yes or no */
    MMOE_AUC_TRUE, /* the AUC that is expected for the true probabilities, where the rows know
                      them (rows.h): it has no noise of labels */
    MMOE_AUC_GAP,  /* how far that is below the AUC of the true probabilities themselves */
    MMOE_ROWS_OFF, /* share of the rows for which no unit of the task's last hidden layer is on
                      (model.h, mmoe_net_last_hidden), in nets of moe no unit of an expert that its
                      gate keeps: a diagnosis, no measure of predictions */
    /* of a task's own gate, where it was measured (run.h, mmoe_run_watch): diagnoses, too */
    MMOE_GATE_ENTROPY, /* mean entropy of its weights over ln E; 1: always even, 0: always one */
    MMOE_GATE_LEAD,    /* share of the rows whose largest weight is on the expert that most rows
                          have it on */
    MMOE_METRICS
};

struct mmoe_metric_info {
    const char *name;  /* in files and commands: "over_var" */
    const char *key;   /* in events: "loss_over_var" */
    const char *title; /* for people: "loss / variance" */
    bool upwards;      /* more is better; 1 is the best */
    bool diagnosis;    /* it tells how a net is, not how good its predictions are: no claim is
                          tested and no choice is made by it */
};
extern const struct mmoe_metric_info mmoe_metrics_table[MMOE_METRICS];

/* A task of a run is stuck where it predicts a constant for more than a tenth of the rows. */
#define MMOE_STUCK_SHARE 0.1
static inline bool mmoe_is_stuck(double rows_off)
{
    return rows_off > MMOE_STUCK_SHARE;
}

/* The metric of that name ("-" serves for "_"); MMOE_UNKNOWN and the nearest name where there is
 * none. */
enum mmoe_status mmoe_metrics_find(const char *name, enum mmoe_metric *out, struct mmoe_error *err);
/* Whether tasks of that kind have values of it. */
bool mmoe_metrics_has(enum mmoe_metric m, bool binary);
/* Whether some runs have a value of it and others have none, whatever their tasks are. */
bool mmoe_metrics_at_times(enum mmoe_metric m);
/* What the metric of a task of that kind is called: its title, or "loss / entropy". */
const char *mmoe_metrics_title(enum mmoe_metric m, bool binary);
/* A loss over that of the best constant; no value where all labels are alike, or there is none. */
double mmoe_metrics_over(double loss, double spread);
/* No value of anything. */
void mmoe_metrics_none(double value[MMOE_METRICS][MMOE_TASKS_MAX]);
/* The metric that shows best how good a task's predictions are: AUC of a binary one, else R^2. */
enum mmoe_metric mmoe_metrics_quality(bool binary);

#endif
