/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runs.h - rows and runs for a test, and whether two of them are the same.
 *
 * Ownership: the caller frees what is made. Threads: the test's own.
 */
#ifndef MMOE_TESTS_RUNS_H
#define MMOE_TESTS_RUNS_H

#include <mmoe/exchange.h>
#include <mmoe/mat.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "tests/test.h"

/* The rows of o, which can be made. */
static inline struct mmoe_dataset *make_rows(const struct mmoe_options *o)
{
    struct mmoe_error err;
    struct mmoe_dataset *d = mmoe_source_make(o, NULL, &err);
    if (!d)
        fail_msg("%s", err.text);
    return d;
}

/* A run of o on those rows, which can be made. */
static inline struct mmoe_run *make_run_on(const struct mmoe_options *o, struct mmoe_dataset *d)
{
    struct mmoe_error err;
    mmoe_mat_init();
    struct mmoe_run *run = mmoe_run_new(o, d, &err);
    if (!run)
        fail_msg("%s", err.text);
    return run;
}

/* A run of o on rows of its own. */
static inline struct mmoe_run *make_run(const struct mmoe_options *o)
{
    struct mmoe_dataset *d = make_rows(o);
    struct mmoe_run *run = make_run_on(o, d);
    mmoe_dataset_free(d); /* the run has its own reference */
    return run;
}

/* The rows of o in a file, whose name says the format. */
static inline void keep_rows(const struct mmoe_options *o, const char *path)
{
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    struct mmoe_dataset *d = make_rows(o);
    if (mmoe_failed(mmoe_exchange_export(d, &a, &err)) ||
        mmoe_failed(mmoe_arrays_write(&a, path, &err)))
        fail_msg("%s", err.text);
    mmoe_arrays_done(&a);
    mmoe_dataset_free(d);
}

static inline void train(struct mmoe_run *run, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        mmoe_run_step(run);
}

static inline enum mmoe_status finish(struct mmoe_run *run)
{
    enum mmoe_status s;
    while ((s = mmoe_run_step(run)) == MMOE_CONTINUE)
        continue;
    return s;
}

static inline void assert_same_weights(struct mmoe_run *a, struct mmoe_run *b)
{
    struct mmoe_net *x = mmoe_run_net(a), *y = mmoe_run_net(b);
    assert_int_equal(mmoe_net_size(x), mmoe_net_size(y));
    assert_memory_equal(mmoe_net_params(x), mmoe_net_params(y),
                        mmoe_net_size(x) * sizeof(mmoe_real));
}

static inline void assert_same_curve(const struct mmoe_snapshot *a, const struct mmoe_snapshot *b)
{
    assert_int_equal(a->curve_count, b->curve_count);
    for (size_t i = 0; i < a->curve_count; i++) {
        assert_int_equal(a->curve[i].step, b->curve[i].step);
        assert_memory_equal(a->curve[i].value[MMOE_LOSS], b->curve[i].value[MMOE_LOSS],
                            a->tasks * sizeof(double));
    }
}

#endif
