/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ties.h - options of a grid that vary together.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_TIES_H
#define MMOE_TIES_H

#include <mmoe/grid.h>

/*
 * As mmoe_grid_put, but that options which vary together are parted by commas, and so are their
 * values in each setting: sines,alpha=4,1x4/10,random is an axis, and one that follows it. Changes
 * nothing on failure.
 */
enum mmoe_status mmoe_ties_put(struct mmoe_grid *g, const char *keys, const char *values,
                               struct mmoe_error *err);

#endif
