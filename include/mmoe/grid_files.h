/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grid_files.h - the files of rows that a grid names, and whether they still have the rows of then.
 *
 * A path is a name: a file may get other rows between two runs of a cell. A grid keeps a digest of
 * the rows of each file, which every run is held to.
 *
 * Ownership: the grid is the caller's. Threads: a value.
 *
 *   mmoe_grid_whole(&g, &err), mmoe_grid_files_read(&g, NULL, &err);
 *   ... in a worker: mmoe_grid_files_check(&g, run, dataset, &err) ...
 */
#ifndef MMOE_GRID_FILES_H
#define MMOE_GRID_FILES_H

#include <stdatomic.h>
#include <stdbool.h>

#include <mmoe/grid.h>

/* The i-th value of option data, an axis or not, and NULL behind the last; "": synthetic rows. */
const char *mmoe_grid_file(const struct mmoe_grid *g, size_t i);
/* Is there a file whose rows are not known? */
bool mmoe_grid_files_unknown(const struct mmoe_grid *g);
/*
 * Read all files: take over the digests that are not known, and fail with MMOE_INVALID where one
 * that is known is another. Any thread may raise `stop` (NULL allowed): then soon MMOE_STATE.
 */
enum mmoe_status mmoe_grid_files_read(struct mmoe_grid *g, atomic_bool *stop,
                                      struct mmoe_error *err);
/* MMOE_INVALID, with the file and the remedy, where these are not the rows a run is of. */
enum mmoe_status mmoe_grid_files_check(const struct mmoe_grid *g, size_t run,
                                       const struct mmoe_dataset *d, struct mmoe_error *err);

#endif
