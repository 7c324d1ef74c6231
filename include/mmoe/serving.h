/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serving.h - what a request costs: a net ranks a hundred candidates.
 *
 * Requests are of held-out rows as the options make them, forward alone, on one thread. Times
 * depend on the machine and on what else it does; the other numbers do not.
 *
 * Ownership: values. Threads: blocks the caller.
 */
#ifndef MMOE_SERVING_H
#define MMOE_SERVING_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/option.h>
#include <mmoe/status.h>

enum { MMOE_SERVING_ROWS = 100, MMOE_SERVING_REQUESTS = 300 };

struct mmoe_serving {
    size_t parameters;    /* of the net, without embeddings */
    double multiply_adds; /* a row */
    double bytes;         /* of weights, and of the embeddings of a row's categories, read for it */
    double p50, p99;      /* seconds a request */
};

/* Rows of these options with the model of each of n options; go_on (NULL allowed) is asked with the
 * share that is done; where it says no: MMOE_STATE. */
enum mmoe_status mmoe_serving_measure(const struct mmoe_options *o, size_t n,
                                      bool (*go_on)(void *context, double share), void *context,
                                      struct mmoe_serving *out, struct mmoe_error *err);

#endif
