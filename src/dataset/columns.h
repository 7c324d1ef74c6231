/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h - the files of a table, read column by column as its schema says.
 *
 * Ownership: columns_read fills, columns_done gives back. Threads: one at a time; any thread may
 * raise `stop`.
 */
#ifndef MMOE_DATASET_COLUMNS_H
#define MMOE_DATASET_COLUMNS_H

#include <stdatomic.h>
#include <stdint.h>

#include <mmoe/status.h>

#include "src/dataset/levels.h"
#include "src/dataset/schema.h"

/* All rows of all files, those of the first one first. */
struct columns {
    size_t n, room, first;                   /* rows; rows of the first file */
    size_t categories, numbers, tasks;       /* C, K, T */
    size_t *category_column, *number_column; /* (C), (K) places in the schema */
    struct levels *levels;                   /* (C) */
    uint32_t *id;                            /* (n,C) */
    float *number;                           /* (n,K); NaN: missing */
    float *label;                            /* (n,T); NaN: missing */
};

/* Read the files of s. Errors name file, line, column and remedy; *c is empty after them. */
enum mmoe_status columns_read(struct columns *c, struct schema *s, atomic_bool *stop,
                              struct mmoe_error *err);
void columns_done(struct columns *c);

#endif
