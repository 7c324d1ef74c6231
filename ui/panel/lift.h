/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lift.h - an experiment's numbers as words: what its panel and its report have in common.
 *
 * Ownership: the caller's buffers, which are returned, or static text. Threads: pure functions.
 */
#ifndef MMOE_UI_LIFT_H
#define MMOE_UI_LIFT_H

#include <mmoe/experiment.h>
#include <mmoe/text.h>

enum { LIFT_SIZE = 24, LIFT_INTERVAL_SIZE = 2 * LIFT_SIZE, LIFT_NAME_SIZE = 32 };

/* "engagement", "satisfaction" */
extern const char *const lift_task[MMOE_RECOMMENDER_TASKS];

/* 0.0121 as "+1.21"; "-" where it is not finite. */
const char *lift_percent(double v, int digits, char buf[LIFT_SIZE]);
/* "[+0.31, +2.10]" */
const char *lift_interval(struct mmoe_interval i, char buf[LIFT_INTERVAL_SIZE]);
/* "**" where the lift is told at 95 %, "*" at 90 %. */
const char *lift_stars(const struct mmoe_lift *l);
/* "found at 95 % in 4 of 5: lifts of 1.2 % of engagement, ...": power beforehand, appended. */
void lift_power(const struct mmoe_sight *s, struct mmoe_text *t);
/* An arm's model; the second control's has a prime. */
const char *lift_arm(const struct mmoe_sight *s, size_t arm, char buf[LIFT_NAME_SIZE]);
const char *lift_finding(enum mmoe_finding f);
/* The same in a word. */
const char *lift_finding_short(enum mmoe_finding f);

#endif
