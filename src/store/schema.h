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

/*
 * Prepare an open file for the statements of a store. One that is written is given the tables of
 * SCHEMA_VERSION; one that is read keeps its own, *version is which. Fails if it belongs to another
 * program or to a newer mmoe, or if a table or a column is missing.
 */
enum mmoe_status schema_prepare(struct database *d, bool write, int *version,
                                struct mmoe_error *err);

#endif
