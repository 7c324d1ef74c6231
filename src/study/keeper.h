/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keeper.h - the thread that stores results, so that no worker waits for a disk.
 *
 * All results of a sweep that wait are added in one transaction: the slower
 * the disk, the more runs share a write to it.
 *
 * Ownership: keeper_give lends a result until `kept` hands it back; keeper_end gives a sweep away.
 *            keeper_free first stores all it was given.
 * Threads:   any may give; `kept` is called from the keeper's own.
 */
#ifndef MMOE_STUDY_KEEPER_H
#define MMOE_STUDY_KEEPER_H

#include "src/study/sweep.h"

enum { KEEPER_BATCH_MAX = 256 }; /* results in a transaction */

/* Those results, linked, are on the disk; or, with an error, none of them is. */
typedef void keeper_kept(void *context, struct finished *first, const struct mmoe_error *err);

struct keeper;
struct keeper *keeper_new(keeper_kept *kept, void *context);
void keeper_free(struct keeper *k); /* NULL allowed */

/* Store it in its sweep's store. */
void keeper_give(struct keeper *k, struct finished *f);
/* Free a sweep, of which nothing is left to be stored: closing a store may take a while, too. */
void keeper_end(struct keeper *k, struct sweep *s);

#endif
