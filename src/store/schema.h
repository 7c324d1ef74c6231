/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.h - the tables of a store: told from those of other programs, checked, brought up to date.
 *
 * Ownership: the database is the caller's. Threads: as it.
 */
#ifndef MMOE_STORE_SCHEMA_H
#define MMOE_STORE_SCHEMA_H

#include "src/store/database.h"

enum { SCHEMA_VERSION = 6, SCHEMA_APPLICATION = 0x6d6d6f65 /* "mmoe" */ };

/* The overlap of a run's first two gates out of their weights, for schemas without the column. */
#define SCHEMA_OVERLAP_BEFORE_6(runs)                            \
    "(SELECT sum(min(a.mean, b.mean)) FROM gates a JOIN gates b" \
    " USING (study, run, expert) WHERE a.study = " runs ".study" \
    " AND a.run = " runs ".run AND a.gate = 1 AND b.gate = 2)"

/*
 * Prepare an open file for the statements of a store. One that is written is given the tables of
 * SCHEMA_VERSION; one that is read keeps its own, *version is which. Fails if it belongs to another
 * program or to a newer mmoe, or if a table or a column is missing.
 */
enum mmoe_status schema_prepare(struct database *d, bool write, int *version,
                                struct mmoe_error *err);

#endif
