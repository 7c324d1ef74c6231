/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choice.h - an option chosen for each value of an axis, by runs whose seeds are not reported.
 *
 * Of the values of an option that was an axis of a grid (the learning rate, say), the best one is
 * found for each value of another axis (the model): the one with the lowest median, or mean, of the
 * final loss over the label's variance, over all runs that have both. A run that diverged is worse
 * than any other.
 *
 * Ownership: values. Threads: safe.
 *
 *   mmoe_definition_choice_grid(&def, &session, &tuning, &err);  ... train it ...
 *   mmoe_choice_make(&tuning, def.choose, def.choose_for, over_var, MMOE_BY_MEDIAN, &choice);
 *   mmoe_choice_follow(&choice, &tuning, &grid, &err);
 */
#ifndef MMOE_CHOICE_H
#define MMOE_CHOICE_H

#include <stdbool.h>

#include <mmoe/grid.h>

/* What the best value has the lowest of. */
enum mmoe_choose_by { MMOE_BY_MEDIAN, MMOE_BY_MEAN };
/* "median" or "mean". */
const char *mmoe_choose_by_name(enum mmoe_choose_by by);

struct mmoe_choice {
    enum mmoe_choose_by by;
    const struct mmoe_option *option, *leader;
    size_t axis, leader_axis; /* their places in the grid */
    size_t values, leaders;
    double middle[MMOE_AXIS_VALUES_MAX]
                 [MMOE_AXIS_VALUES_MAX]; /* leader x value: the median or the mean; INFINITY: half
                                            of the runs or more diverged, or any */
    size_t runs[MMOE_AXIS_VALUES_MAX][MMOE_AXIS_VALUES_MAX]; /* what it is the middle of */
    size_t best[MMOE_AXIS_VALUES_MAX]; /* the value chosen for each leader; of equals the first */
};

/*
 * Choose from the values of every cell of g, (cells, seeds): NAN for a run that diverged,
 * -INFINITY for one that is not there or has no value. option and leader are axes of g.
 */
void mmoe_choice_make(const struct mmoe_grid *g, const struct mmoe_option *option,
                      const struct mmoe_option *leader, const double *over_var,
                      enum mmoe_choose_by by, struct mmoe_choice *out);

/* Is the value chosen for a leader the lowest or the highest of those that were tried, so that a
 * better one may lie beyond? Of an option whose values are numbers. */
bool mmoe_choice_is_at_end(const struct mmoe_choice *c, const struct mmoe_grid *g, size_t leader);
/* Append the chosen values, as the line `chosen` of a definition has them. */
void mmoe_choice_text(const struct mmoe_choice *c, const struct mmoe_grid *g, struct mmoe_text *t);

/* Has some run a value for each leader, or did it diverge? Without, nothing is chosen. */
bool mmoe_choice_is_made(const struct mmoe_choice *c);

/* Tie the option's chosen values to the leader's axis of `grid`, whose values are those of g. */
enum mmoe_status mmoe_choice_follow(const struct mmoe_choice *c, const struct mmoe_grid *g,
                                    struct mmoe_grid *grid, struct mmoe_error *err);

#endif
