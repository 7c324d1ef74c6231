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
/* P(F > f) of Snedecor's F with a and b degrees of freedom, both above 0; f >= 0. */
double special_f_upper(double f, double a, double b);

#endif
