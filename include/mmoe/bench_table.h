/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_table.h - how fast a net trains on rows of a table, sparse and written out.
 *
 * The rows are made up in the shape of a census: 31 categories of 479 levels together and 7
 * numbers, of which about 10 levels and 2 numbers of a row are not the usual ones. Rounds of both
 * alternate, and the best of each counts (bench.h).
 *
 * Ownership: values. Threads: blocks the caller.
 */
#ifndef MMOE_BENCH_TABLE_H
#define MMOE_BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>

struct mmoe_bench_table {
    size_t inputs, batch;
    double entries;       /* a row */
    double sparse, dense; /* steps a second of one run on one core, without evaluations */
};

/* The model of that name at the default options, but batch. go_on (NULL allowed) is asked with the
 * share that is done; where it says no: MMOE_STATE. */
enum mmoe_status mmoe_bench_table(const char *model, const char *batch,
                                  bool (*go_on)(void *context, double share), void *context,
                                  struct mmoe_bench_table *out, struct mmoe_error *err);

#endif
