/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calibration.h - how often the claims' tests err, measured on made-up studies.
 *
 * Losses are log-normal and share a part that belongs to the seed: correlation .6 between the
 * cells. Where all models are equal at every p no claim but the seventh is true, so that whatever
 * else holds is an error; where a model is just at the margin of an equivalence, holding is an
 * error, too.
 *
 * Ownership: values. Threads: safe. Cost: at 1,000 studies of 200 seeds with 1,000 draws some
 * twenty seconds.
 */
#ifndef MMOE_CALIBRATION_H
#define MMOE_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/infer.h>
#include <mmoe/status.h>

enum { MMOE_POPULATIONS = 2 };

/* Shares of studies, with 95 % intervals (Wilson). */
struct mmoe_calibration {
    size_t seeds, studies, draws;
    struct mmoe_interval holds; /* equal models: a claim but the seventh is said to hold */
    struct mmoe_interval fails; /* equal models: a claim is said not to hold */
    struct mmoe_interval margin3, margin7; /* that claim is said to hold at its margin */
    double sd[MMOE_POPULATIONS][2];        /* of the logarithms of two cells */
    /* 95 % intervals that cover the true ratio of losses, of spreads */
    struct mmoe_interval location[MMOE_POPULATIONS], spread[MMOE_POPULATIONS];
};

/* go_on (NULL allowed) is asked now and then with the share that is done; where it says no:
 * MMOE_STATE. Same arguments, same bits. */
enum mmoe_status mmoe_calibrate(size_t seeds, size_t studies, size_t draws,
                                bool (*go_on)(void *context, double share), void *context,
                                struct mmoe_calibration *out, struct mmoe_error *err);

#endif
