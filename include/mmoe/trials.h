/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trials.h - a search of settings as a study: its trials are the values of an axis.
 *
 * The grid of a search has the axis `trial`, 1, 2, ..., and the options searched follow it; it
 * grows by a batch of trials at a time, so that a study of it is stored, resumed, shown and
 * exported as others are. What is searched next depends on the values of the trials before alone.
 *
 * Ownership: mmoe_trials_new / _free. Threads: one at a time.
 *
 *   struct mmoe_trials *t = mmoe_trials_new(&def.searched, &def.grid, &err);
 *   do { mmoe_trials_grid(t, &grid, &err); ... train it ... mmoe_trials_told(t, tally); }
 *   while (mmoe_trials_propose(t));
 */
#ifndef MMOE_TRIALS_H
#define MMOE_TRIALS_H

#include <mmoe/definition.h>
#include <mmoe/tally.h>

/* Trials that are trained at a time, whatever the number of workers; new seeds for the best. */
enum { MMOE_TRIALS_BATCH = 4, MMOE_TRIALS_BEST = 5, MMOE_TRIALS_SEEDS = 5 };
/* The best ones differ by a seventh of some range at least: else they would be one setting. */
#define MMOE_TRIALS_APART 0.15

/* Add KEY=LOW..HIGH to what is searched, for one value of the axis alone or ("") for all. */
enum mmoe_status mmoe_trials_range(struct mmoe_searched *s, const char *only, const char *key,
                                   const char *values, struct mmoe_error *err);
/* Keep to the ranges of one search: that of the value which the axis has in the options. */
enum mmoe_status mmoe_trials_narrow(struct mmoe_searched *s, const struct mmoe_options *o,
                                    struct mmoe_error *err);
/* "loss", "auc.income": what is made small, or large. */
enum mmoe_status mmoe_trials_objective(struct mmoe_searched *s, const char *word, bool largest,
                                       struct mmoe_error *err);
/* Trials of each value of the grid's axis can be trained, and nothing else varies; it has one seed
 * from now on, and s->axis is set. */
enum mmoe_status mmoe_trials_check(struct mmoe_searched *s, struct mmoe_grid *g,
                                   struct mmoe_error *err);
/* The grid of the i-th value of its one axis, or as it is without an axis: the base of a search. */
void mmoe_trials_base(struct mmoe_grid *g, size_t i);
/* The first batch, proposed; base: what is not searched, without axes. NULL and *err where a trial
 * could not be trained. */
struct mmoe_trials;
struct mmoe_trials *mmoe_trials_new(const struct mmoe_searched *s, const struct mmoe_grid *base,
                                    struct mmoe_error *err);
void mmoe_trials_free(struct mmoe_trials *t); /* NULL allowed */

/* The grid of all trials proposed so far. */
enum mmoe_status mmoe_trials_grid(const struct mmoe_trials *t, struct mmoe_grid *grid,
                                  struct mmoe_error *err);
/* Take the values of a study that begins with that grid; trials it has beyond it are taken as
 * proposed. */
void mmoe_trials_told(struct mmoe_trials *t, const struct mmoe_tally *tally);
/* Propose the next batch; false: there is none, or the one before was not told. */
bool mmoe_trials_propose(struct mmoe_trials *t);

/* The grid of the best trials on MMOE_TRIALS_SEEDS seeds of their own: a value that was the best of
 * many is too good. */
enum mmoe_status mmoe_trials_again(const struct mmoe_trials *t, struct mmoe_grid *grid,
                                   struct mmoe_error *err);

/* Have *def, of a search, show its best trials on new seeds, as histograms. */
void mmoe_trials_show_again(struct mmoe_definition *def);

/* point (count) = where the cell is; false where the grid does not have all that is searched. */
bool mmoe_trials_point(const struct mmoe_searched *s, const struct mmoe_grid *g, size_t cell,
                       double *point);
/* Where a word of the search's names a task of the study, its place; else the number of tasks. */
size_t mmoe_trials_task(const struct mmoe_searched *s, const struct mmoe_tally *t);
/* Are values those of validation rows? */
bool mmoe_trials_validate(const struct mmoe_searched *s, const struct mmoe_tally *t);
/* The value of a run of the study: NAN where it is not there, or diverged. */
double mmoe_trials_value(const struct mmoe_searched *s, const struct mmoe_tally *t, size_t cell,
                         size_t seed);
/* Is a study of that grid one of the search's trials; of its best ones on new seeds? */
bool mmoe_trials_are(const struct mmoe_searched *s, const struct mmoe_grid *g);
bool mmoe_trials_are_again(const struct mmoe_searched *s, const struct mmoe_grid *g);
/* What is known of a study of trials, in values that are the smaller the better: those that are to
 * be large are negated. Freed with mmoe_search_free. NULL where its grid is none of that search. */
struct mmoe_search *mmoe_trials_search(const struct mmoe_searched *s, const struct mmoe_tally *t);
/* Append the settings of a cell, "lr=0.01 experts=4". */
void mmoe_trials_text(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t);

#endif
