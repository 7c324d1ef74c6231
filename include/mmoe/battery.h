/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * battery.h - the experiments of one study, and what was claimed of them.
 *
 * A claim is of models, and models are what their nets come to: its terms are ratios of rates over
 * nets, not over users (abtest.h). Corrected and judged as all claims are (claims.h); with fewer
 * than MMOE_CLAIMS_LEAST nets in both arms nothing is decided.
 *
 * Ownership: values. Threads: safe.
 *
 *   struct mmoe_battery *b = ...;  b->compared[0] = ...;  b->sight[0] = ...;  b->count = 1;
 *   mmoe_battery_hear(b);
 */
#ifndef MMOE_BATTERY_H
#define MMOE_BATTERY_H

#include <mmoe/claims.h>
#include <mmoe/definition.h>
#include <mmoe/experiment.h>

struct mmoe_battery {
    size_t count;
    struct mmoe_compared compared[MMOE_EXPERIMENTS_MAX];
    struct mmoe_sight sight[MMOE_EXPERIMENTS_MAX]; /* when it was over */
    size_t claims;                                 /* by mmoe_battery_hear: */
    char text[MMOE_EXPERIMENTS_MAX][160];
    struct mmoe_claim claim[MMOE_EXPERIMENTS_MAX]; /* a term for each metric that is spoken of */
};
void mmoe_battery_hear(struct mmoe_battery *b);

#endif
