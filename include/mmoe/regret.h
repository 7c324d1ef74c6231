/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regret.h - how good the points are that a search proposes, on functions whose minimum is known,
 * and how often the process's bands cover the truth.
 *
 * Branin (two ranges, 30 trials) and Hartmann's function of six ranges (60 trials) are those that
 * tuners are usually measured on (Dixon and Szego, 1978). Regret is the least value that was met
 * less the minimum. Random points are measured beside.
 *
 * Ownership: values. Threads: safe. Cost: half a minute.
 */
#ifndef MMOE_REGRET_H
#define MMOE_REGRET_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/infer.h>
#include <mmoe/status.h>

enum { MMOE_REGRET_FUNCTIONS = 2 };

struct mmoe_regret {
    struct {
        const char *name; /* "Branin" */
        size_t trials, searches;
        double search, random; /* medians of the regrets */
    } function[MMOE_REGRET_FUNCTIONS];
    /* 95 % bands that cover a function drawn from the process, at points between 30 noisy values:
     * the process known, and fitted to the values, which makes it too sure of itself */
    struct mmoe_interval cover_known, cover_fitted;
};

/* go_on (NULL allowed) is asked with the share that is done; where it says no: MMOE_STATE. */
enum mmoe_status mmoe_regret_measure(bool (*go_on)(void *context, double share), void *context,
                                     struct mmoe_regret *out, struct mmoe_error *err);

#endif
