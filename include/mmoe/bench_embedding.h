/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_embedding.h - how fast a net trains on embedded rows, whatever the number of levels.
 *
 * The rows are made up: 20 categories, whose levels follow Zipf's law, and 10 numbers; two tasks.
 * Nets are those of the recommender's scale: bottoms of 256, 128 and 64 units, or 4 experts of 64
 * on layers of 256 and 128; towers of 64 and 32; embeddings of 16; batches of 1,024.
 *
 * Ownership: values. Threads: blocks the caller; one core is used.
 */
#ifndef MMOE_BENCH_EMBEDDING_H
#define MMOE_BENCH_EMBEDDING_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>

struct mmoe_bench_embedding {
    const char *model;   /* static text */
    size_t levels;       /* of each category */
    double sgd, adagrad; /* rows a second, by how embeddings move; without evaluations */
};

/* Case `index`, from 0; out->model NULL: there is none of that number. go_on (NULL allowed) is
 * asked with the share that is done; where it says no: MMOE_STATE. */
enum mmoe_status mmoe_bench_embedding(size_t index, bool (*go_on)(void *context, double share),
                                      void *context, struct mmoe_bench_embedding *out,
                                      struct mmoe_error *err);
enum { MMOE_BENCH_EMBEDDINGS = 4 };

#endif
