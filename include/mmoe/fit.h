/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.h - what a net has learned of a task: its predictions where the label is known to come from.
 *
 * A synthetic label depends on one number, s = w_k'x (source.h). The range of s is cut into bins;
 * each tells what is true there, what the net predicts of the held-out rows in it, and which
 * units of the task's last hidden layer are on. Other rows have bins of equally many rows, in the
 * order of the predictions, and what was observed stands for what is true: calibration.
 *
 * Ownership: plain values. Threads: values.
 */
#ifndef MMOE_FIT_H
#define MMOE_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/real.h>
#include <mmoe/tasks.h>

enum {
    MMOE_FIT_BINS = 40,    /* along s */
    MMOE_FIT_DECILES = 10, /* of predictions */
    MMOE_FIT_FINE = 241,   /* points of the true curve */
    MMOE_FIT_UNITS = 16    /* the first units of a layer are told one by one */
};

/* One bin; without a row all but s and truth is NAN, and units are off. */
struct mmoe_fit_bin {
    size_t rows;
    double s;     /* the middle of the bin; of deciles the mean prediction */
    double truth; /* the label without noise, or its chance of being 1; of deciles the mean label */
    double low, high;           /* of deciles: the 95 % interval of truth; NAN of the others */
    double mean, sd;            /* of the predictions */
    double on;                  /* mean number of units that are on */
    double loss;                /* share of the task's held-out loss that lies in the bin */
    float unit[MMOE_FIT_UNITS]; /* share of the rows for which a unit is on */
};

struct mmoe_fit_task {
    size_t bins;                 /* 0: nothing is known */
    size_t units;                /* of the last hidden layer */
    double rows_off;             /* share of the rows for which none of them is on */
    double reach;                /* along s: bins and curve go from -reach to reach */
    double truth[MMOE_FIT_FINE]; /* along s: the true curve, its ends included */
    struct mmoe_fit_bin bin[MMOE_FIT_BINS];
};

/* s at the i-th point of the true curve. */
static inline double mmoe_fit_fine(const struct mmoe_fit_task *t, size_t i)
{
    return t->reach * (2 * (double)i / (MMOE_FIT_FINE - 1) - 1);
}

struct mmoe_fit {
    bool along; /* bins are along s; else they are deciles */
    size_t step, tasks;
    struct mmoe_fit_task task[MMOE_TASKS_MAX];
};

#endif
