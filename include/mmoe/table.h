/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - what a dataset that was read from a table knows of it: columns, levels, raw numbers.
 *
 * Inputs are the L levels of C categories, column by column and by name within a column, then K
 * numbers. Levels are those of the training rows. The rows of the file to test on are the
 * validation and the test rows of the dataset; each part keeps the order of the file.
 *
 * Ownership: the dataset's. Threads: immutable.
 */
#ifndef MMOE_TABLE_H
#define MMOE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <mmoe/dataset.h>

/* A level that no training row has. */
#define MMOE_TABLE_NONE 65535u

struct mmoe_table {
    const char *path; /* of the schema */
    struct mmoe_fold fold;
    const char *const *category; /* (C) names of the categories */
    const char *const *number;   /* (K) names of the numbers */
    const char *const *level;    /* (L) names of the levels */
    const uint32_t *first;       /* (C + 1) where the levels of a category begin */
    const double *shift, *scale; /* (K) an input is (f(raw) - shift) / scale, f as numbers says */
    const float *raw_train;      /* (N,K) */
    const float *raw_test;    /* (M,K) of the rows that are validated or tested, as in the file */
    size_t held_out;          /* M */
    const uint8_t *validates; /* (M) 1: a validation row, 0: a test row */
};

/* The level of a row in a category, 0 to L - 1; MMOE_TABLE_NONE where it has none that is known. */
uint32_t mmoe_table_level(const struct mmoe_rows *rows, size_t row, size_t category);
/* x (D) = the row written out. */
void mmoe_table_dense(const struct mmoe_rows *rows, size_t row, mmoe_real *x);

#endif
