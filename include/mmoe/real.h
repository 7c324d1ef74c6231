/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real.h - the number type of weights, inputs and gradients.
 *
 * float in the program; double in the library the gradient checks link
 * (compiled with -DMMOE_DOUBLE), where central differences can be trusted to
 * 1e-6. Sums that are reported (losses, statistics) are double in both.
 */
#ifndef MMOE_REAL_H
#define MMOE_REAL_H

#ifdef MMOE_DOUBLE
typedef double mmoe_real;
#else
typedef float mmoe_real;
#endif

/* Upper limits of arrays that are copied by value. */
enum { MMOE_TASKS_MAX = 8, MMOE_EXPERTS_MAX = 64 };

#endif
