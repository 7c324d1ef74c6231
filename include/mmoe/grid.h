/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grid.h - a grid of options times seeds: which runs a study has.
 *
 * An axis is an option and the values it takes; a cell is one choice from
 * every axis, the first axis varying slowest. An axis may follow another one,
 * its leader: it has as many values, takes the same place, and so adds no
 * cells: with `lr` following `model` every model has its own rate. It stands
 * behind its leader, which follows none. Every cell is run with every
 * seed: seed i moves the three seeds of the base on by i. Runs are numbered
 * seed by seed, and within a seed those that share their rows follow each
 * other: run = seed * cells + place. What run number r is depends on the grid
 * alone, so a study can be cut anywhere and gone on with.
 *
 * Ownership: a plain value: copy it freely. Threads: a value.
 *
 *   struct mmoe_grid g = {.base = options, .seeds = 40};
 *   mmoe_grid_axis(&g, "p", "0.5,0.9,1", &err);
 *   for (size_t r = 0; r < mmoe_grid_runs(&g); r++) mmoe_grid_options(&g, r, &o);
 */
#ifndef MMOE_GRID_H
#define MMOE_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

enum {
    MMOE_AXES_MAX = 12,
    MMOE_AXIS_VALUES_MAX = 64,
    MMOE_AXIS_TEXT_MAX = 4096,
    MMOE_RUNS_MAX = 1000000
};

struct mmoe_axis {
    const struct mmoe_option *option;
    size_t count;   /* values */
    size_t follows; /* 0: varies by itself; else the place of the axis it follows, from 1 */
    char text[MMOE_AXIS_TEXT_MAX]; /* the values as mmoe_option_show writes them, each ended by '\0'
                                    */
    size_t at[MMOE_AXIS_VALUES_MAX]; /* where each begins in text */
};

/* rows[i] is the digest of the rows of the i-th file that option data takes, set when all axes are
   there (grid_files.h); "": not known, or no file. */
struct mmoe_grid {
    struct mmoe_options base;
    char rows[MMOE_AXIS_VALUES_MAX][MMOE_DIGEST_MAX];
    size_t seeds;
    size_t axis_count;
    struct mmoe_axis axes[MMOE_AXES_MAX];
};

/*
 * Add the axis KEY=v1,v2,...; one that is there already is replaced, whether it followed another or
 * not; one that others follow cannot be. Options whose values are lists themselves have their
 * alternatives parted by "/": expert-units=16/32,16. A value is checked as mmoe_option_set does;
 * seeds and session options but `trial` are no axes, a value twice is an error. Changes nothing on
 * failure.
 */
enum mmoe_status mmoe_grid_axis(struct mmoe_grid *g, const char *key, const char *values,
                                struct mmoe_error *err);
/* The same, but that one value of an option that is no axis becomes the base's. */
enum mmoe_status mmoe_grid_put(struct mmoe_grid *g, const char *key, const char *values,
                               struct mmoe_error *err);
/*
 * Add the axis KEY=v1,v2,... that follows the axis of leader_key (or what that one follows): value
 * i goes with its value i, and a value may be there twice. An axis of KEY that was there goes.
 * Fails as mmoe_grid_axis does, and where leader_key is no axis or has another number of values.
 * Changes nothing on failure.
 */
enum mmoe_status mmoe_grid_follow(struct mmoe_grid *g, const char *key, const char *values,
                                  const char *leader_key, struct mmoe_error *err);
/*
 * The same for an axis as it was stored: n bytes of values, each but the last ended by '\0', so
 * that a path may have commas. leader: the place of the axis it follows, or -1.
 */
enum mmoe_status mmoe_grid_stored_axis(struct mmoe_grid *g, const char *key, const char *values,
                                       size_t n, int64_t leader, struct mmoe_error *err);
/* Replace the paths of files among base and axes by whole ones (mmoe_options_whole). */
enum mmoe_status mmoe_grid_whole(struct mmoe_grid *g, struct mmoe_error *err);
/* Every cell's options go together (mmoe_options_check), seeds > 0, there are at most MMOE_RUNS_MAX
 * runs. */
enum mmoe_status mmoe_grid_check(const struct mmoe_grid *g, struct mmoe_error *err);

/* Is the option one of the axes? */
bool mmoe_grid_has_axis(const struct mmoe_grid *g, const struct mmoe_option *option);

/* Can its runs have validation rows? Those of files are not known before they are read. */
bool mmoe_grid_may_validate(const struct mmoe_grid *g);

/* What parts an option's values in such a list: ',' or '/'. */
char mmoe_grid_separator(const struct mmoe_option *option);

/* The same axes, ties, seeds, rows of files and base, but for the session's options and those that
 * are axes: the same runs. */
bool mmoe_grid_same(const struct mmoe_grid *a, const struct mmoe_grid *b);

/* Are a's cells the first ones of b, and all else the same? Of grids of one seed whose axes all
 * follow one: so their runs have the same numbers in both. */
bool mmoe_grid_begins(const struct mmoe_grid *a, const struct mmoe_grid *b);

size_t mmoe_grid_cells(
    const struct mmoe_grid *g); /* the product of the axes that follow none; 1 without */
size_t mmoe_grid_runs(const struct mmoe_grid *g); /* cells * seeds */

/* The cell and the seed's index (from 0) of a run. */
size_t mmoe_grid_cell(const struct mmoe_grid *g, size_t run);
size_t mmoe_grid_seed(const struct mmoe_grid *g, size_t run);
/* Which value of an axis, by its place among the axes, a cell has; and the i-th value of it as one
 * would type it. */
size_t mmoe_grid_place(const struct mmoe_grid *g, size_t cell, size_t axis);
const char *mmoe_grid_value(const struct mmoe_grid *g, size_t axis, size_t i);
/* The options of a run; of a cell with the base's seeds. */
void mmoe_grid_options(const struct mmoe_grid *g, size_t run, struct mmoe_options *out);
void mmoe_grid_cell_options(const struct mmoe_grid *g, size_t cell, struct mmoe_options *out);
/* Append what sets a cell apart, as one would type it: "p=0.5 model=mmoe"; axes of one value do
   not, and those that follow say nothing new. */
void mmoe_grid_cell_text(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t);

#endif
