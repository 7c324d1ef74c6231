/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goal.h - what a training is to come to: a metric of a task, or the gates' overlap, below or above
 * a number.
 *
 * Ownership: values. Threads: safe.
 *
 *   struct mmoe_goal g;
 *   if (mmoe_failed(mmoe_goal_parse("loss.A<0.1", &g, err))) ...
 *   if (mmoe_goal_is_met(&g, mmoe_run_snapshot(run))) ...
 */
#ifndef MMOE_GOAL_H
#define MMOE_GOAL_H

#include <mmoe/metrics.h>
#include <mmoe/snapshot.h>
#include <mmoe/text.h>

struct mmoe_goal {
    bool any;                      /* false: there is none */
    bool overlap;                  /* of the first two tasks' gates, in place of a metric */
    enum mmoe_metric metric;       /* on the held-out rows */
    char task[MMOE_TASK_NAME_MAX]; /* "": the first */
    bool below;
    double value;
};

/* "METRIC[.TASK]<VALUE", with > for above, or "overlap<VALUE". */
enum mmoe_status mmoe_goal_parse(const char *text, struct mmoe_goal *out, struct mmoe_error *err);
/* Append it as one would type it. */
void mmoe_goal_show(const struct mmoe_goal *g, struct mmoe_text *t);
/* By the run's last evaluation; false where it has no such value, or there is no goal. */
bool mmoe_goal_is_met(const struct mmoe_goal *g, const struct mmoe_snapshot *s);

#endif
