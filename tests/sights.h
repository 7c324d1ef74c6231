/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sights.h - experiments as they are seen, made up.
 *
 * Ownership: values.
 */
#ifndef MMOE_TESTS_SIGHTS_H
#define MMOE_TESTS_SIGHTS_H

#include <math.h>
#include <string.h>

#include <mmoe/experiment.h>

enum { SIGHT_VISITS = 300000, SIGHT_LOOKS = 46 };

/* After so many visits: errors fall with their root, and the lift comes to .02. */
static inline struct mmoe_lift sight_lift(size_t visits, size_t task)
{
    double n = (double)visits;
    return (struct mmoe_lift){0.02 + 0.01 * sin(n / 2e4), (task ? 16 : 3) / sqrt(n), INFINITY};
}

static inline void fill_sight(struct mmoe_sight *s, enum mmoe_sight_stage stage, size_t done)
{
    memset(s, 0, sizeof *s);
    s->stage = stage;
    s->share = 0.4;
    s->plan =
        (struct mmoe_experiment_plan){.visits = SIGHT_VISITS, .looks = SIGHT_LOOKS, .lambda = 1};
    s->nets = 2;
    s->model[0] = "shared-bottom";
    s->model[1] = "mmoe";
    s->foreseen[0] = 0.0121;
    s->foreseen[1] = 0.0654;
    s->small_takes = 4084628;
    s->done = done;
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        s->truth[k] = NAN;
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        struct mmoe_sight_arm *a = &s->arm[arm];
        a->users = done ? 6600 + 10 * arm : 0;
        a->visits = done / MMOE_ARMS;
        a->head = done ? 0.327 : (double)NAN;
        a->multiply_adds = arm == MMOE_TREATMENT ? 68160 : 42048;
        a->p99 = arm == MMOE_TREATMENT ? 0.00131 : 0.00094;
        a->split = mmoe_split_check(6600, (double)a->users);
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++) {
            struct mmoe_lift l = sight_lift(done, k);
            a->rate[k] = done ? (k ? 0.0183 : 0.3664) : (double)NAN;
            for (size_t m = 0; m < MMOE_LIFT_METHODS; m++)
                a->lift[k][m] = done ? l : (struct mmoe_lift){NAN, NAN, INFINITY};
            a->always[k] = mmoe_lift_sequence(&a->lift[k][MMOE_BY_DELTA], MMOE_SIGHT_LEVEL,
                                              (double)done, SIGHT_VISITS);
        }
    }
    for (size_t i = 1; i <= SIGHT_LOOKS && i * SIGHT_VISITS / SIGHT_LOOKS <= done; i++) {
        struct mmoe_look *look = &s->look[s->looks++];
        look->visits = i * SIGHT_VISITS / SIGHT_LOOKS;
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
            look->lift[MMOE_TREATMENT][k] = sight_lift(look->visits, k);
    }
}

/* All visits are over, and what only a simulator knows is there. */
static inline void fill_whole_sight(struct mmoe_sight *s)
{
    fill_sight(s, MMOE_SIGHT_DONE, SIGHT_VISITS);
    s->truth[MMOE_ENGAGEMENT] = 0.0195;
    s->truth[MMOE_SATISFACTION] = 0.0312;
    s->calibration = (struct mmoe_resplits){.tests = 1000,
                                            .naive = 332,
                                            .delta = 52,
                                            .jackknife = 42,
                                            .cuped = 44,
                                            .peeked = 268,
                                            .sequence = 18,
                                            .looks = SIGHT_LOOKS,
                                            .covered = 951};
    s->front.visits = 4000;
    for (size_t arm = 0; arm < 2; arm++)
        for (size_t l = 0; l < MMOE_FRONT_POINTS; l++) {
            double shown = 4000.0 * MMOE_SHOWN, by = (double)l * (double)l / 64;
            s->front.sum[arm][l][MMOE_ENGAGEMENT] =
                shown * (0.366 - 0.03 * by + 0.002 * (double)arm);
            s->front.sum[arm][l][MMOE_SATISFACTION] = shown * (0.018 + 0.001 * sqrt(by));
        }
}

#endif
