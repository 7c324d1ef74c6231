/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h - rows of inputs and labels, in memory one after the other: what a net reads and a step
 * trains on.
 *
 * Shapes: x (N,D), y (N,T), row-major. A label that is NaN is missing.
 *
 * Ownership: a view; the arrays are a dataset's or a batch's. Threads: a value.
 */
#ifndef MMOE_ROWS_H
#define MMOE_ROWS_H

#include <stddef.h>

#include <mmoe/real.h>

struct mmoe_rows {
    size_t n, dim, tasks;
    const mmoe_real *x; /* (N,D) */
    const mmoe_real *y; /* (N,T); NULL: unlabelled */
};

/* The rows from `first` on, at most `most` of them. */
static inline struct mmoe_rows mmoe_rows_slice(const struct mmoe_rows *r, size_t first, size_t most)
{
    size_t left = first < r->n ? r->n - first : 0;
    return (struct mmoe_rows){.n = left < most ? left : most,
                              .dim = r->dim,
                              .tasks = r->tasks,
                              .x = r->x + first * r->dim,
                              .y = r->y ? r->y + first * r->tasks : NULL};
}

#endif
