/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modes.h - do values have one mode or two?
 *
 * A mixture of two normals is fitted to the logarithms of positive values and compared with
 * one normal by BIC (Schwarz, 1978). Runs that train well and runs that get stuck make two
 * modes, which a mean or a median hides.
 *
 * Ownership: values. Threads: safe.
 *
 *   struct mmoe_modes m;
 *   if (mmoe_modes_find(sorted, n, &m) && m.two) ... m.share of the values lie about m.low
 */
#ifndef MMOE_MODES_H
#define MMOE_MODES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    MMOE_MODES_LEAST = 20, /* values below which nothing is said */
    MMOE_MODES_MOST = 2000 /* so many quantiles stand for more values */
};

struct mmoe_modes {
    bool two;
    double gain;      /* BIC of one normal less that of two; two modes are told from 2 on */
    double share;     /* of the lower mode, 0 to 1 */
    double low, high; /* geometric means of the modes */
    double sd[2];     /* of the logarithms, the lower mode's first */
};

/* Of that many ascending values. False where there are too few, or one is not positive. */
bool mmoe_modes_find(const double *sorted, size_t all, struct mmoe_modes *out);

#endif
