/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * experiment.h - an A/B experiment on the simulated recommender, told.
 *
 * Ownership: borrows. Threads: any.
 */
#ifndef MMOE_UI_REPORT_EXPERIMENT_H
#define MMOE_UI_REPORT_EXPERIMENT_H

#include <mmoe/experiment.h>

#include "ui/report/event.h"

/* What is told of: outcomes of control and treatment on the same visits, and how often the
 * statistics err, where that was asked for (tests 0: not). */
struct experiment_told {
    const char *control, *treatment; /* names of the models */
    size_t nets;                     /* an arm */
    const struct mmoe_experiment *experiment;
    const struct mmoe_outcomes *outcomes;
    const struct mmoe_resplits *calibration; /* of engagement */
};

/*
 * experiment.arm for each arm: arm, model, users, visits, engagement, satisfaction, head;
 * experiment.lift for each of the other arms and task: arm, task, lift, low, high (at 95 %), low90,
 * high90, always_low, always_high, p, cuped, cuped_low, cuped_high, jackknife_low, jackknife_high,
 * detectable, true (of the treatment); experiment.split for each: arm, p, evidence, alarm; and
 * experiment.calibration: tests, looks, naive, delta, jackknife, cuped, peeked, sequence, covered.
 */
void experiment_add(const struct experiment_told *e, bool json, struct mmoe_text *t);

#endif
