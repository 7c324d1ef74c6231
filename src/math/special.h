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

#include <stdbool.h>
#include <stddef.h>

/* P(Z <= z) of a standard normal Z. */
double special_normal_cdf(double z);
/* Its inverse on [0, 1]; -INFINITY and INFINITY at the ends. */
double special_normal_quantile(double p);
/* Density over upper tail, phi(x) / P(Z > x): for large x about x. */
double special_normal_hazard(double x);
/* out (n,dim) = points `first` to first + n - 1 of Sobol's sequence in [0, 1)^dim, dim up to 40
 * (Bratley and Fox, 1988); false beyond that, or without memory. */
bool special_sobol(size_t dim, size_t first, size_t n, double *out);
/* ln Gamma(v), v > 0. */
double special_log_gamma(double v);
/* P(T > t) of Student's T with df degrees of freedom, df > 0. */
double special_t_upper(double t, double df);
/* The t below which share p of it lies, 0 < p < 1. */
double special_t_quantile(double p, double df);

#endif
