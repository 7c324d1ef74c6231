/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * special.c - distributions, by the GNU Scientific Library.
 *
 * GSL ends the program on an error unless told otherwise, which a library has
 * no business telling it: whatever could be one is caught before the call.
 */
#include "src/math/special.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
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

double special_normal_hazard(double x)
{
    return isnan(x) ? (double)NAN : x < -30 ? 0 : x > 1e7 ? x : gsl_sf_hazard(x);
}

bool special_sobol(size_t dim, size_t first, size_t n, double *out)
{
    if (dim < 1 || dim > 40)
        return false;
    gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)dim);
    if (!q)
        return false;
    for (size_t i = 0; i < first + n; i++)
        gsl_qrng_get(q, out + (i < first ? 0 : i - first) * dim); /* those before are overwritten */
    gsl_qrng_free(q);
    return true;
}

double special_log_gamma(double v)
{
    return v > 0 ? gsl_sf_lngamma(v) : (double)NAN;
}

double special_t_upper(double t, double df)
{
    if (isnan(t) || !(df > 0 && isfinite(df)))
        return NAN;
    return isinf(t) ? (t > 0 ? 0 : 1) : gsl_cdf_tdist_Q(t, df);
}

double special_t_quantile(double p, double df)
{
    if (!(p > 0 && p < 1 && df > 0 && isfinite(df)))
        return NAN;
    return gsl_cdf_tdist_Pinv(p, df);
}
