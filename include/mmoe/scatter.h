/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scatter.h - what gates do with single held-out rows, and where these rows lie.
 *
 * Each gate cuts the space of inputs: a row belongs to the expert it gives the largest weight. The
 * rows lie on a plane: of synthetic rows that of the first two tasks' weight vectors (x along w_1,
 * y along what of w_2 is at right angles to it, in standard deviations), of others that of their
 * two leading principal components. Of many rows the first stand for all.
 *
 * Ownership: plain values. Threads: values.
 */
#ifndef MMOE_SCATTER_H
#define MMOE_SCATTER_H

#include <stddef.h>

#include <mmoe/model.h>
#include <mmoe/stats.h>
#include <mmoe/tasks.h>

enum { MMOE_SCATTER_ROWS = 600 };

enum mmoe_plane {
    MMOE_PLANE_NONE, /* rows have no numbers that lie in one */
    MMOE_PLANE_WEIGHTS,
    MMOE_PLANE_COMPONENTS
};

struct mmoe_scatter {
    size_t step, rows, gates, experts; /* gates 0: a model without */
    enum mmoe_plane plane;
    double explained; /* share of the rows' variance that lies in the components; else NAN */
    double agree;     /* share of the rows for which the first two gates agree; NAN: one gate */
    float x[MMOE_SCATTER_ROWS], y[MMOE_SCATTER_ROWS];
    unsigned char largest[MMOE_TASKS_MAX][MMOE_SCATTER_ROWS]; /* expert of a gate's largest weight,
                                                                 the first of equals */
    double entropy[MMOE_TASKS_MAX][MMOE_SCATTER_ROWS]; /* of a gate's weights, in nats; ascending */
    struct mmoe_summary spread[MMOE_TASKS_MAX];        /* of these entropies */
};

#endif
