/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - a table in the making, and as arrays.
 *
 * Ownership: table_make hands the table over to the dataset, or frees it. Threads: one at a time.
 */
#ifndef MMOE_DATASET_TABLE_H
#define MMOE_DATASET_TABLE_H

#include <stdatomic.h>

#include <mmoe/arrays.h>
#include <mmoe/option.h>
#include <mmoe/table.h>
#include <mmoe/text.h>

#include "src/dataset/columns.h"

enum { TABLE_TRAIN, TABLE_VALIDATION, TABLE_TEST, TABLE_PARTS };

/* A table in the making, and what its dataset borrows. */
struct table {
    struct mmoe_table table;
    struct columns columns;
    struct schema schema;
    struct mmoe_text path;
    uint8_t *part;     /* (n) of each row */
    uint32_t **row_of; /* (C) of each level as read, the row in the one-hot block, MMOE_TABLE_NONE:
                          none; or its embedded level */
    uint32_t *column, *usual, *first;
    const char **category, **number, **level;
    mmoe_real *usual_number;
    double *shift, *scale, *mean; /* mean: of what is scaled */
    float *raw_train, *raw_test;
    uint8_t *validates;
    size_t *start[TABLE_PARTS];
    struct mmoe_entry *entry[TABLE_PARTS];
};

/* Make the dataset of what was read: columns, schema and, where the rows are parted already, part.
 * NULL and *err where they make none; m is gone then. */
struct mmoe_dataset *table_make(struct table *m, const struct mmoe_options *o, atomic_bool *stop,
                                struct mmoe_error *err);
void table_free(void *made);

/* --- in the making (table_learned.c), and embedded (table_embedded.c) --- */

/* (levels) how many training rows have each level of a category, as read; the caller's. */
size_t *table_count_levels(const struct table *m, size_t category);
/* How the columns of numbers are scaled, out of so many training rows. */
enum mmoe_status table_scale_numbers(struct table *m, int how, size_t rows, struct mmoe_error *err);
/* The input that a raw number of column k is, scaled as option numbers says. */
mmoe_real table_input(const struct table *m, size_t k, float raw, int how);
/* What is embedded: names and levels of the categories. */
enum mmoe_status table_embed_levels(struct table *m, struct mmoe_fields *fields,
                                    struct mmoe_error *err);
/* The rows of a part. */
void table_embed_part(const struct table *m, int part, int how, const struct mmoe_rows *to);

/* Append a table's arrays (mmoe-formats(5)). */
enum mmoe_status table_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                              struct mmoe_error *err);
/* The dataset of such arrays, from the file at path. */
struct mmoe_dataset *table_import(const struct mmoe_options *o, const struct mmoe_arrays *in,
                                  atomic_bool *stop, struct mmoe_error *err);

#endif
