/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity.h - which units of a net's hidden layers are on: above 0 after their ReLU.
 *
 * A unit that is on for no row computes nothing, and no gradient reaches it any more. Where
 * no unit of a task's last hidden layer is on, the net predicts a constant.
 *
 * Ownership: a plain value. Threads: a value.
 */
#ifndef MMOE_ACTIVITY_H
#define MMOE_ACTIVITY_H

#include <mmoe/model.h>

/* A hidden layer, or what one task has of it. */
struct mmoe_activity_part {
    char layer[64]; /* "bottom", "experts", "towers.hidden" */
    size_t task;    /* whose it is, from 1; 0: all tasks' */
    size_t units;
    double never; /* share of its units that are on for no held-out row */
    double off;   /* share of the held-out rows for which none of its units is on */
};

struct mmoe_activity {
    size_t count; /* layers from below, their tasks in order */
    struct mmoe_activity_part part[MMOE_HIDDEN_MAX];
};

#endif
