/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * special.h - distributions.
 *
 * Ownership: none. Threads: safe. Arguments outside a function's domain, NAN included, give NAN.
 *
 *   double z = special_normal_quantile(0.975);
 */
#ifndef MMOE_MATH_SPECIAL_H
#define MMOE_MATH_SPECIAL_H

/* P(Z <= z) of a standard normal Z. */
double special_normal_cdf(double z);
/* Its inverse on [0, 1]; -INFINITY and INFINITY at the ends. */
double special_normal_quantile(double p);
/* P(T > t) of Student's T with df degrees of freedom, df > 0. */
double special_t_upper(double t, double df);
/* The t below which share p of it lies, 0 < p < 1. */
double special_t_quantile(double p, double df);

#endif
