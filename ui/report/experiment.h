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

/*
 * experiment.arm for each arm: arm, model, users, visits, engagement, satisfaction, head;
 * experiment.lift for each of the other arms and task: arm, task, lift, low, high (at 95 %), low90,
 * high90, always_low, always_high, p, cuped, cuped_low, cuped_high, jackknife_low, jackknife_high,
 * nets, nets_low, nets_high, detectable, true (of the treatment); experiment.split for each: arm,
 * p, evidence, alarm; experiment.front for control and treatment and each lambda: arm, lambda,
 * engagement, satisfaction; experiment.calibration: tests, looks, naive, delta, jackknife, cuped,
 * peeked, sequence, covered.
 */
void experiment_add(const struct mmoe_sight *e, bool json, struct mmoe_text *t);

#endif
