/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - cells of a grid that are the same runs, and what cells are called.
 *
 * An axis changes a cell's runs only where their source or model heeds its option
 * (run.h). Cells that differ in nothing but options they do not heed are twins: their
 * runs are the same to the bit, and are trained once.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_CELLS_H
#define MMOE_CELLS_H

#include <mmoe/grid.h>

/* The cell that stands for a cell and all its twins: each axis they do not heed has its first
 * value. */
size_t mmoe_cells_twin(const struct mmoe_grid *g, size_t cell);
/* Has any cell a twin? */
bool mmoe_cells_any_twins(const struct mmoe_grid *g);
/* Does any cell heed the option? */
bool mmoe_cells_heed(const struct mmoe_grid *g, const struct mmoe_option *option);
/* MMOE_INVALID and a remedy where no cell heeds the option. */
enum mmoe_status mmoe_cells_check_option(const struct mmoe_grid *g,
                                         const struct mmoe_option *option, struct mmoe_error *err);
/* The same where that is so of an axis of the grid. */
enum mmoe_status mmoe_cells_check(const struct mmoe_grid *g, struct mmoe_error *err);

/* Append what a cell is called: what sets it apart, "p=0.5 mmoe", or the model where it is alone.
 */
void mmoe_cells_name(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t);
/* The place of the option's axis that varies by itself, or -1 where there is none; NULL allowed. */
int mmoe_cells_axis(const struct mmoe_grid *g, const struct mmoe_option *option);

#endif
