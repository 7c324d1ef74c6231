/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optimise.c - bounded minima of smooth functions, by NLopt (Johnson, The NLopt
 * nonlinear-optimization package).
 *
 * NLopt gives the best point it met even where it ends early; what counts is the lowest value met,
 * which is kept here.
 */
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/optimise.h>

struct asked {
    size_t n;
    mmoe_smooth *f;
    void *context;
    double best, *at; /* the lowest value met, and where */
};

static double ask(unsigned n, const double *x, double *slope, void *context)
{
    struct asked *a = context;
    double v = a->f(n, x, slope, a->context);
    if (v < a->best) {
        a->best = v;
        memcpy(a->at, x, n * sizeof *x);
    }
    return isfinite(v) ? v : HUGE_VAL;
}

double mmoe_optimise(size_t n, double *x, const double *low, const double *high, size_t evaluations,
                     mmoe_smooth *f, void *context)
{
    struct asked a = {.n = n, .f = f, .context = context, .best = INFINITY};
    double value;
    nlopt_opt o = nlopt_create(NLOPT_LD_LBFGS, (unsigned)n);
    if (!o || !isfinite(f(n, x, NULL, context))) {
        nlopt_destroy(o);
        return INFINITY;
    }
    a.at = mmoe_alloc(n, sizeof *a.at);
    memcpy(a.at, x, n * sizeof *x);
    nlopt_set_lower_bounds(o, low);
    nlopt_set_upper_bounds(o, high);
    nlopt_set_min_objective(o, ask, &a);
    nlopt_set_maxeval(o, (int)evaluations);
    nlopt_set_ftol_abs(o, 1e-10);
    nlopt_optimize(o, x, &value);
    memcpy(x, a.at, n * sizeof *x);
    nlopt_destroy(o);
    mmoe_free(a.at);
    return a.best;
}
