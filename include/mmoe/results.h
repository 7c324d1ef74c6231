/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.h - finished runs in a store: added whole, read back in their order.
 *
 * Ownership: the store is the caller's. Threads: as store.h.
 *
 *   mmoe_results_add(store, study, &origin, results, count, &err);
 *   mmoe_results_read(store, study, &grid, take, context, &err);
 */
#ifndef MMOE_RESULTS_H
#define MMOE_RESULTS_H

#include <mmoe/origin.h>
#include <mmoe/record.h>
#include <mmoe/store.h>

/* Add `count` runs in one transaction; runs that are there already stay as they are. */
enum mmoe_status mmoe_results_add(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_origin *origin,
                                  const struct mmoe_result *const *results, size_t count,
                                  struct mmoe_error *err);
/* Take one record; false: no more of them. */
typedef bool mmoe_results_take(void *context, const struct mmoe_record *record);
/*
 * Call back with every finished record in the order of runs, with its curve where so asked; the
 * grid gives the options. `take` leaves s alone; where it says false, MMOE_STATE is returned.
 */
enum mmoe_status mmoe_results_read(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   bool with_curves, mmoe_results_take *take, void *context,
                                   struct mmoe_error *err);

/* Append what the finished runs of a study were computed by, each program, machine and kernels
 * once: "mmoe 0.1.0 on Linux x86_64, CPU (kernels avx512; OpenBLAS 0.3.21 SkylakeX)", parted by ";
 * ". */
enum mmoe_status mmoe_results_origins(struct mmoe_store *s, int64_t study, struct mmoe_text *t,
                                      struct mmoe_error *err);

/*
 * Copy to a study without runs, whose grid is g, those that it has in common with others (the same
 * options, as far as they heed them, and seeds) and that this program computed with these kernels:
 * of each cell the first seeds. *copied is how many, *from the first study that gave some (0:
 * none). Studies of more than 256 cells have none.
 */
enum mmoe_status mmoe_results_copy(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   const struct mmoe_origin *origin, int64_t *from, size_t *copied,
                                   struct mmoe_error *err);

#endif
