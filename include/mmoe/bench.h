/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.h - how fast whole studies go, and how fast they could.
 *
 * A case is a model and a batch size at the default options. Its speed is that
 * of a real study on all cores: rows, training, evaluation, storing. The limit
 * is what the BLAS library does with the case's largest products, on as many
 * cores in the same minute: were there nothing but products, at that rate, a
 * study would go at limit_gflops. The peak is what the processor does where
 * nothing waits for memory. Rounds of all alternate, and the best of each
 * counts: whatever else the machine does makes them slower, never faster.
 *
 * Ownership: values. Threads: blocks the caller and starts threads of its own.
 */
#ifndef MMOE_BENCH_H
#define MMOE_BENCH_H

#include <stdbool.h>

#include <mmoe/option.h>
#include <mmoe/phase.h>
#include <mmoe/status.h>

struct mmoe_bench {
    char name[40];                  /* "mmoe-100": model and batch */
    size_t jobs;                    /* workers */
    double seed_steps_per_second;   /* of all workers together */
    double gflops;                  /* what that comes to in products */
    double limit_gflops, ratio;     /* gflops / limit_gflops */
    double peak_gflops;             /* of the processor, in registers alone */
    double share[MMOE_PHASE_COUNT]; /* of one run's time; they add up to 1 */
};

/* The cases, by number; NULL beyond the last. */
const char *mmoe_bench_name(size_t index);

/* Measure a case for that many rounds. go_on (NULL allowed) is asked now and then; where it says
 * no: MMOE_STATE. */
enum mmoe_status mmoe_bench_measure(size_t index, size_t rounds, bool (*go_on)(void *context),
                                    void *context, struct mmoe_bench *out, struct mmoe_error *err);

#endif
