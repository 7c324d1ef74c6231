/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h - rows of inputs and labels: what a net reads and a step trains on.
 *
 * Inputs are a dense block, or the entries of a sparse one. Sparse rows are those of a table of
 * categories (one-hot, L levels of C columns together) and K numbers: D = L + K inputs, the
 * levels first. They are folded: a row that has the most frequent level of every column, and the
 * most frequent value of every number, has no entries at all. Each level that is another one is
 * an entry of 1, each number that is another one an entry of their difference:
 *
 *   x W = base + sum over the row's entries of value * F[at]
 *   base  = sum over columns of W[usual level] + sum over numbers of usual * W[number]
 *   F[at] = W[at] - W[usual level of its column] for a level, W[at] for a number,
 *           - W[usual level of column c] for at = D + c: the row has no level of column c
 *
 * Embedded rows have categories instead: field f of row i is the level id[i F + f], for which a net
 * keeps a vector of its own, beside D dense inputs x.
 *
 * Shapes: x (N,D), id (N,F), y (N,T), row-major. A label that is NaN is missing.
 *
 * Ownership: a view; the arrays are a dataset's or a batch's. Threads: a value.
 */
#ifndef MMOE_ROWS_H
#define MMOE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include <mmoe/real.h>

/* How the inputs of a table are folded. */
struct mmoe_fold {
    size_t columns, levels, numbers; /* C, L, K */
    const uint32_t *column;          /* (L) the column of a level; those of a column lie together */
    const uint32_t *usual;           /* (C) the level, 0 to L - 1, that has no entry */
    const mmoe_real *number;         /* (K) the value that has no entry */
};

/* An input that is not the usual one. */
struct mmoe_entry {
    uint32_t at; /* level or number, 0 to D - 1; D + c: none of the levels of column c */
    mmoe_real value;
};

/* The categories of embedded rows. */
enum { MMOE_FIELDS_MAX = 64, MMOE_FIELD_NAME_MAX = 48 };
struct mmoe_fields {
    size_t count; /* F */
    struct {
        char name[MMOE_FIELD_NAME_MAX];
        uint32_t levels; /* a level is 0 to levels - 1 */
    } of[MMOE_FIELDS_MAX];
};

struct mmoe_rows {
    size_t n, dim, tasks;
    const mmoe_real *x;               /* (N,D); NULL: the rows are sparse */
    const mmoe_real *y;               /* (N,T); NULL: unlabelled */
    const struct mmoe_fold *fold;     /* of sparse rows; else NULL, as start and entry */
    const size_t *start;              /* (N + 1) where a row's entries begin; the last one's end */
    const struct mmoe_entry *entry;   /* in ascending order of `at` within a row */
    const struct mmoe_fields *fields; /* of embedded rows; else NULL, as id */
    const uint32_t *id;               /* (N,F) */
    const mmoe_real *truth;           /* (N,T) the probability of a 1; NULL: not known */
};

/* The rows from `first` on, at most `most` of them. */
static inline struct mmoe_rows mmoe_rows_slice(const struct mmoe_rows *r, size_t first, size_t most)
{
    size_t left = first < r->n ? r->n - first : 0;
    return (struct mmoe_rows){.n = left < most ? left : most,
                              .dim = r->dim,
                              .tasks = r->tasks,
                              .x = r->x ? r->x + first * r->dim : NULL,
                              .y = r->y ? r->y + first * r->tasks : NULL,
                              .fold = r->fold,
                              .start = r->start ? r->start + first : NULL,
                              .entry = r->entry,
                              .fields = r->fields,
                              .id = r->id ? r->id + first * r->fields->count : NULL,
                              .truth = r->truth ? r->truth + first * r->tasks : NULL};
}

#endif
