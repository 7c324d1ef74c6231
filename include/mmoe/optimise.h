/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optimise.h - bounded minima of smooth functions; the only caller of NLopt.
 *
 * Ownership: none. Threads: safe. The same function from the same point gives the same bits.
 */
#ifndef MMOE_OPTIMISE_H
#define MMOE_OPTIMISE_H

#include <stddef.h>

/* The value at x (n), and its gradient into slope (n) unless that is NULL. */
typedef double mmoe_smooth(size_t n, const double *x, double *slope, void *context);

/*
 * x = a minimum between low and high (n) found from x on by L-BFGS (Liu and Nocedal, 1989) within
 * so many evaluations; returns its value. Where the function is not finite at x, x stays: INFINITY.
 */
double mmoe_optimise(size_t n, double *x, const double *low, const double *high, size_t evaluations,
                     mmoe_smooth *f, void *context);

#endif
