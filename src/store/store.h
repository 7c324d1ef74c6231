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
    int version;           /* of the schema; an older store that is only read keeps its own */
    int64_t known;         /* the study whose grid this is; 0: none */
    struct mmoe_grid grid; /* a study's never changes */
};

/* Read the grid of a study once; whether the study exists is asked every time. */
enum mmoe_status store_know(struct mmoe_store *s, int64_t study, struct mmoe_error *err);
/* Find the first study with the cells of g, whatever its seeds. r has studies' numbers; *id is 0 if
 * there is none. */
enum mmoe_status store_first_alike(struct mmoe_store *s, struct rows r, const struct mmoe_grid *g,
                                   int64_t *id, struct mmoe_error *err);
/* The error for rows that no mmoe writes. */
enum mmoe_status store_damaged(const struct mmoe_store *s, int64_t study, const char *what,
                               struct mmoe_error *err);

#endif
