/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gp.h - Gaussian processes: what is known of a function from some of its values.
 *
 * Points lie in the unit cube; values should have mean 0 and standard deviation about 1. The kernel
 * is Matern's of smoothness 5/2 with a length for each dimension, plus the noise of values:
 *
 *   k(x, x') = s (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r),  r^2 = sum_i (x_i - x'_i)^2 / l_i^2
 *
 * theta holds the logarithms of l_1 .. l_d, of the signal's variance s, and of the noise's variance
 * (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006). More is better: expected
 * improvement is that above the largest value.
 *
 * Ownership: mmoe_gp_new / _free; points and values are copied. Threads: one at a time.
 *
 *   struct mmoe_gp *gp = mmoe_gp_new(d, most);
 *   mmoe_gp_values(gp, n, x, y);    mmoe_gp_fit(gp, theta);    mmoe_gp_condition(gp, theta, 0,
 * NULL); mmoe_gp_predict(gp, at, &p);    mmoe_gp_log_ei(p.mean, sqrt(p.variance), best);
 */
#ifndef MMOE_GP_H
#define MMOE_GP_H

#include <stdbool.h>
#include <stddef.h>

enum { MMOE_GP_DIMS = 16 };

struct mmoe_gp;
/* For up to `most` points, pending ones among them. */
struct mmoe_gp *mmoe_gp_new(size_t dim, size_t most);
void mmoe_gp_free(struct mmoe_gp *gp); /* NULL allowed */

/* n points x (n,dim) and their values y (n); finite. */
void mmoe_gp_values(struct mmoe_gp *gp, size_t n, const double *x, const double *y);

/*
 * theta (dim + 2): the most probable one given the values and the priors (gp.c), found from several
 * starts. Returns the logarithm of its probability, up to a constant.
 */
double mmoe_gp_fit(struct mmoe_gp *gp, double *theta);
/* Log marginal likelihood of the values, and its gradient unless NULL; -INFINITY where the kernel
 * can't be inverted. */
double mmoe_gp_likelihood(struct mmoe_gp *gp, const double *theta, double *slope);

/*
 * Make ready to predict. Pending points (m,dim) have no value yet: each is given the mean that the
 * values predict there, so that means stay and variances shrink (Desautels, Krause and Burdick,
 * JMLR 2014). False where the kernel can't be inverted.
 */
bool mmoe_gp_condition(struct mmoe_gp *gp, const double *theta, size_t m, const double *pending);

struct mmoe_gp_prediction {
    double mean, variance;           /* of the function itself, without noise */
    double mean_slope[MMOE_GP_DIMS], /* (dim) */
        variance_slope[MMOE_GP_DIMS];
};
/* slopes: compute them, too. */
void mmoe_gp_predict(const struct mmoe_gp *gp, const double *at, bool slopes,
                     struct mmoe_gp_prediction *out);

/* log of E max(f - best, 0) for f ~ N(mean, sd^2), exact down to means far below best; slope
 * (NULL allowed) gets its derivatives by mean and by sd. */
double mmoe_gp_log_ei(double mean, double sd, double best, double slope[2]);

#endif
