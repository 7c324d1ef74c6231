/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.h - how losses vary over settings that vary together, and over seeds within one.
 *
 * Settings are the values of an axis that others follow, eight of them at least: those that a
 * definition draws. Logarithms of final losses are parted as a one-way random effect,
 *
 *   l = mean + setting + seed,   between^2 = variance of the settings' means - within^2 / seeds,
 *
 * estimated by the analysis of variance (Searle, Casella and McCulloch, Variance Components, 1992).
 *
 * Ownership: plain values. Threads: as the tally.
 */
#ifndef MMOE_SETTINGS_H
#define MMOE_SETTINGS_H

#include <mmoe/tally.h>

/* The axis of settings, or axis_count. */
size_t mmoe_settings_axis(const struct mmoe_grid *g);

/* All settings of a cell, whose own setting is the first. */
struct mmoe_settings {
    size_t settings, runs, diverged; /* settings and runs with a loss; runs that diverged */
    double median, q25, q75;         /* of the settings' geometric mean losses */
    double between, within;          /* standard deviations of log loss; NAN: not known */
    struct mmoe_interval stuck;      /* share of runs (Wilson) in which the task is stuck */
    size_t stuck_settings;           /* settings with such a run */
};
/* False where the cell is not of the first setting, or the grid has no settings. */
bool mmoe_settings_of(const struct mmoe_tally *t, size_t cell, size_t task,
                      struct mmoe_settings *out);

/* Settings in which the loss is lower at the highest p than at the lowest, over the seeds both
 * have. */
struct mmoe_settings_gain {
    double low, high; /* p */
    size_t settings, gaining;
    struct mmoe_interval share; /* gaining of settings (Wilson) */
    double median;              /* of the settings' ratios, loss at low / loss at high */
};
/* The cell is of the first setting, at the lowest p; false where it is another, or p does not
 * vary. */
bool mmoe_settings_gain(const struct mmoe_tally *t, size_t cell, size_t task,
                        struct mmoe_settings_gain *out);

#endif
