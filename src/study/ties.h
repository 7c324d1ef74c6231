/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ties.h - options of a grid that vary together.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_STUDY_TIES_H
#define MMOE_STUDY_TIES_H

#include <mmoe/grid.h>

/* keys "sines,alpha" and values "4,1x4/10,random": an axis, and axes that follow it. Changes
 * nothing on failure. */
enum mmoe_status ties_put(struct mmoe_grid *g, const char *keys, const char *values,
                          struct mmoe_error *err);

#endif
