/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * special.c - distributions, by the GNU Scientific Library.
 *
 * GSL ends the program on an error unless told otherwise, which a library has
 * no business telling it: whatever could be one is caught before the call.
 */
#include "src/math/special.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double special_normal_cdf(double z)
{
    return isnan(z) ? (double)NAN : gsl_cdf_ugaussian_P(z);
}

double special_normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1))
        return NAN;
    return p <= 0 ? -INFINITY : p >= 1 ? INFINITY : gsl_cdf_ugaussian_Pinv(p);
}

double special_f_upper(double f, double a, double b)
{
    if (!(f >= 0 && a > 0 && b > 0 && isfinite(a) && isfinite(b)))
        return NAN;
    return f <= 0 ? 1 : isinf(f) ? 0 : gsl_cdf_fdist_Q(f, a, b);
}
