/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - what the files of a store share.
 *
 * Ownership: as in <mmoe/store.h>. Threads: one at a time.
 */
#ifndef MMOE_STORE_STORE_H
#define MMOE_STORE_STORE_H

#include <mmoe/store.h>

#include "src/store/database.h"

struct mmoe_store {
    struct database *database;
    int version;           /* of the schema: below SCHEMA_VERSION where an older store is read */
    int64_t known;         /* the study whose grid this is; 0: none */
    struct mmoe_grid grid; /* a study's never changes */
};

/* Know the grid of a study, which is read once; that there is such a study is asked every time. */
enum mmoe_status store_know(struct mmoe_store *s, int64_t study, struct mmoe_error *err);
/* The first study with the cells of g, whatever its seeds, among rows of studies' numbers; *id 0:
 * there is none. */
enum mmoe_status store_first_alike(struct mmoe_store *s, struct rows r, const struct mmoe_grid *g,
                                   int64_t *id, struct mmoe_error *err);
/* The error for rows that no mmoe writes. */
enum mmoe_status store_damaged(const struct mmoe_store *s, int64_t study, const char *what,
                               struct mmoe_error *err);

#endif
