/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.c - points proposed by a Gaussian process.
 *
 * Inside, a point lies in the unit cube, each range on its own scale. A point is rounded to what a
 * setting can be before the process sees it, so that it never takes two names of one setting for
 * two points. A point that was proposed before is not proposed again.
 *
 * Improvement is expected above the largest mean at the points tried: with noise the largest value
 * is no fair mark. Its logarithm is compared at points of Sobol's sequence and at points around the
 * best ones, and followed uphill from the best of these.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/gp.h>
#include <mmoe/mem.h>
#include <mmoe/optimise.h>
#include <mmoe/rng.h>
#include <mmoe/search.h>

#include "src/math/special.h"

enum {
    CANDIDATES = 768, /* of Sobol's sequence */
    NEAR = 128,       /* around the best points */
    NEAR_BEST = 4,    /* as many of them */
    UPHILL = 6,       /* followed from so many candidates */
    STEPS = 40,
    REFIT = 64, /* with more values the process is fitted at every eighth */
    SENSITIVITY = 1024
};
#define SPREAD 0.08

struct mmoe_search {
    struct mmoe_space space;
    size_t trials, batch, proposed, first; /* first: points of Sobol's sequence */
    uint64_t seed;
    double *x;     /* (trials,d) rounded, in the unit cube */
    double *value; /* (trials), smaller is better; NAN: failed */
    bool *told;
    struct mmoe_gp *gp;
    size_t known;  /* values the process is made of ... */
    size_t fitted; /* ... and fitted to */
    double theta[MMOE_SEARCH_DIMS + 2], center, scale, incumbent;
    double shift[MMOE_SEARCH_DIMS];
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

struct mmoe_search *mmoe_search_new(const struct mmoe_space *space, size_t trials, size_t batch,
                                    uint64_t seed)
{
    struct mmoe_search *s = mmoe_alloc(1, sizeof *s);
    mmoe_real u[MMOE_SEARCH_DIMS];
    s->space = *space;
    s->trials = trials;
    s->batch = batch;
    s->seed = seed;
    s->first = least(trials, (2 * space->count + 1 + batch) / batch * batch);
    s->x = mmoe_alloc(trials * space->count, sizeof *s->x);
    s->value = mmoe_alloc(trials, sizeof *s->value);
    s->told = mmoe_alloc(trials, sizeof *s->told);
    s->gp = mmoe_gp_new(space->count, trials);
    mmoe_rng_uniform(mmoe_rng_stream(seed, MMOE_RNG_SETTINGS, "search"), 0, space->count, 0, 1, u);
    for (size_t i = 0; i < space->count; i++)
        s->shift[i] = (double)u[i];
    return s;
}

void mmoe_search_free(struct mmoe_search *s)
{
    if (!s)
        return;
    mmoe_free(s->x);
    mmoe_free(s->value);
    mmoe_free(s->told);
    mmoe_gp_free(s->gp);
    mmoe_free(s);
}

/* --- points --- */

static double to_value(const struct mmoe_range *r, double u)
{
    double v = r->logarithmic ? r->low * pow(r->high / r->low, u) : r->low + (r->high - r->low) * u;
    char text[32];
    if (r->whole) {
        v = round(v);
    } else {
        snprintf(text, sizeof text, "%.3e", v); /* the locale's point does not matter: read back */
        v = strtod(text, NULL);
    }
    return fmin(fmax(v, r->low), r->high);
}

static double to_unit(const struct mmoe_range *r, double v)
{
    return r->logarithmic ? log(v / r->low) / log(r->high / r->low)
                          : (v - r->low) / (r->high - r->low);
}

static void round_point(const struct mmoe_search *s, double *x)
{
    for (size_t i = 0; i < s->space.count; i++)
        x[i] = to_unit(&s->space.range[i], to_value(&s->space.range[i], fmin(fmax(x[i], 0), 1)));
}

static bool is_proposed(const struct mmoe_search *s, const double *x)
{
    size_t d = s->space.count;
    for (size_t t = 0; t < s->proposed; t++) {
        bool same = true;
        for (size_t i = 0; i < d && same; i++)
            same = fabs(s->x[t * d + i] - x[i]) < 1e-9;
        if (same)
            return true;
    }
    return false;
}

/* Points first to first + n - 1 of Sobol's sequence, shifted round the cube, rounded. */
static void sobol(const struct mmoe_search *s, size_t first, size_t n, double *x)
{
    size_t d = s->space.count;
    special_sobol(d, first, n, x);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < d; k++)
            x[i * d + k] = fmod(x[i * d + k] + s->shift[k], 1);
        round_point(s, x + i * d);
    }
}

/* --- the process --- */

static double worst_of(const struct mmoe_search *s, size_t n)
{
    double worst = -INFINITY;
    for (size_t t = 0; t < n; t++)
        if (s->told[t] && isfinite(s->value[t]))
            worst = fmax(worst, s->value[t]);
    return isfinite(worst) ? worst : 0;
}

/* Make the process of the first n trials, with those up to m pending: larger is better inside. */
static bool learn(struct mmoe_search *s, size_t n, size_t m)
{
    size_t d = s->space.count, fit = n <= REFIT ? n : n - n % 8;
    double *y = mmoe_alloc(n, sizeof *y), worst = worst_of(s, n), mean = 0, squares = 0;
    for (size_t t = 0; t < n; t++) {
        y[t] = -(isfinite(s->value[t]) ? s->value[t] : worst);
        mean += y[t] / (double)n;
    }
    for (size_t t = 0; t < n; t++)
        squares += pow(y[t] - mean, 2) / (double)n;
    s->center = mean;
    s->scale = squares > 0 ? sqrt(squares) : 1;
    for (size_t t = 0; t < n; t++)
        y[t] = (y[t] - mean) / s->scale;
    mmoe_gp_values(s->gp, fit, s->x, y);
    mmoe_gp_fit(s->gp, s->theta);
    mmoe_gp_values(s->gp, n, s->x, y);
    mmoe_free(y);
    bool sound = mmoe_gp_condition(s->gp, s->theta, m - n, s->x + n * d);
    s->known = sound ? n : 0;
    s->incumbent = -INFINITY;
    for (size_t t = 0; t < n && sound; t++) {
        struct mmoe_gp_prediction p;
        mmoe_gp_predict(s->gp, s->x + t * d, false, &p);
        s->incumbent = fmax(s->incumbent, p.mean);
    }
    return sound;
}

/* Minus the log expected improvement at x, and its slope. */
static double dull(size_t n, const double *x, double *slope, void *context)
{
    struct mmoe_search *s = context;
    struct mmoe_gp_prediction p;
    double by[2], sd;
    mmoe_gp_predict(s->gp, x, slope != NULL, &p);
    sd = sqrt(p.variance);
    double value = -mmoe_gp_log_ei(p.mean, sd, s->incumbent, by);
    for (size_t i = 0; slope && i < n; i++)
        slope[i] = -(by[0] * p.mean_slope[i] + by[1] * p.variance_slope[i] / (2 * sd));
    return value;
}

struct candidate {
    double x[MMOE_SEARCH_DIMS], dull;
};

static int by_dullness(const void *a, const void *b)
{
    double x = ((const struct candidate *)a)->dull, y = ((const struct candidate *)b)->dull;
    return (x > y) - (x < y);
}

/* Points around the best ones so far. */
static void add_near(struct mmoe_search *s, struct candidate *c)
{
    size_t d = s->space.count, best[NEAR_BEST];
    size_t found = mmoe_search_best(s, NEAR_BEST, 0, best);
    double z[MMOE_SEARCH_DIMS];
    struct mmoe_rng rng = mmoe_rng_stream(s->seed, MMOE_RNG_SETTINGS, "near");
    for (size_t i = 0; i < NEAR; i++) {
        const double *from = s->x + (found ? best[i % found] : 0) * d;
        mmoe_rng_normal_double(rng, s->proposed * NEAR + i, d, z);
        for (size_t k = 0; k < d; k++)
            c[i].x[k] = from[k] + SPREAD * z[k];
        round_point(s, c[i].x);
    }
}

static void rank(struct mmoe_search *s, struct candidate *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c[i].dull = dull(s->space.count, c[i].x, NULL, s);
    qsort(c, n, sizeof *c, by_dullness);
}

/* x = the point where improvement is expected most, of those that were not proposed. */
static bool propose(struct mmoe_search *s, double *x)
{
    enum { ALL = CANDIDATES + NEAR };
    size_t d = s->space.count;
    double low[MMOE_SEARCH_DIMS], high[MMOE_SEARCH_DIMS];
    double *points = mmoe_alloc(CANDIDATES * d, sizeof *points);
    struct candidate *c = mmoe_alloc(ALL + UPHILL, sizeof *c);
    bool found = false;
    sobol(s, s->first + s->proposed * CANDIDATES % (1 << 16), CANDIDATES, points);
    for (size_t i = 0; i < CANDIDATES; i++)
        memcpy(c[i].x, points + i * d, d * sizeof *points);
    add_near(s, c + CANDIDATES);
    rank(s, c, ALL);
    for (size_t i = 0; i < d; i++) {
        low[i] = 0;
        high[i] = 1;
    }
    for (size_t i = 0; i < UPHILL; i++) {
        c[ALL + i] = c[i];
        mmoe_optimise(d, c[ALL + i].x, low, high, STEPS, dull, s);
        round_point(s, c[ALL + i].x);
    }
    rank(s, c, ALL + UPHILL);
    for (size_t i = 0; i < ALL + UPHILL && !found; i++)
        if (!is_proposed(s, c[i].x)) {
            memcpy(x, c[i].x, d * sizeof *x);
            found = true;
        }
    mmoe_free(points);
    mmoe_free(c);
    return found;
}

/* The next point of Sobol's sequence that was not proposed. */
static void take_first(struct mmoe_search *s, double *x)
{
    size_t at = s->proposed;
    do
        sobol(s, at++, 1, x);
    while (is_proposed(s, x) && at < s->proposed + CANDIDATES);
}

bool mmoe_search_next(struct mmoe_search *s, double *point)
{
    size_t t = s->proposed, d = s->space.count, before = t - t % s->batch;
    if (t == s->trials)
        return false;
    for (size_t i = 0; i < before; i++)
        if (!s->told[i])
            return false;
    double *x = s->x + t * d;
    if (t < s->first || before < 2 || !learn(s, before, t) || !propose(s, x))
        take_first(s, x);
    s->proposed++;
    s->known = 0; /* the process took others as pending */
    for (size_t i = 0; i < d; i++)
        point[i] = to_value(&s->space.range[i], x[i]);
    return true;
}

void mmoe_search_put(struct mmoe_search *s, const double *point)
{
    double *x = s->x + s->proposed++ * s->space.count;
    for (size_t i = 0; i < s->space.count; i++)
        x[i] = to_unit(&s->space.range[i], point[i]);
    s->known = 0;
}

size_t mmoe_search_proposed(const struct mmoe_search *s)
{
    return s->proposed;
}

void mmoe_search_tell(struct mmoe_search *s, size_t trial, double value)
{
    s->value[trial] = isfinite(value) ? value : (double)NAN;
    s->told[trial] = true;
    s->known = 0;
}

/* --- what is known --- */

/* Make the process of the trials told, without gaps. */
static bool know(struct mmoe_search *s)
{
    size_t n = 0;
    while (n < s->proposed && s->told[n])
        n++;
    if (n < 2)
        return false;
    return s->known == n || learn(s, n, n);
}

/* Is the trial closer than `apart` to one of n others along every range? */
static bool is_near(const struct mmoe_search *s, size_t t, const size_t *others, size_t n,
                    double apart)
{
    size_t d = s->space.count;
    for (size_t k = 0; k < n; k++) {
        double farthest = 0;
        for (size_t i = 0; i < d; i++)
            farthest = fmax(farthest, fabs(s->x[t * d + i] - s->x[others[k] * d + i]));
        if (farthest < apart)
            return true;
    }
    return false;
}

size_t mmoe_search_best(struct mmoe_search *s, size_t most, double apart, size_t *trial)
{
    size_t d = s->space.count, n = 0;
    struct mmoe_gp_prediction p;
    if (s->known == 0 && !know(s))
        return 0;
    double *mean = mmoe_alloc(s->known, sizeof *mean);
    for (size_t t = 0; t < s->known; t++) {
        mmoe_gp_predict(s->gp, s->x + t * d, false, &p);
        mean[t] = isfinite(s->value[t]) ? p.mean : -INFINITY;
    }
    while (n < most) {
        size_t best = 0;
        for (size_t t = 1; t < s->known; t++)
            best = mean[t] > mean[best] ? t : best;
        if (!isfinite(mean[best]))
            break;
        mean[best] = -INFINITY;
        if (!is_near(s, best, trial, n, apart))
            trial[n++] = best;
    }
    mmoe_free(mean);
    return n;
}

static void expect(const struct mmoe_search *s, const double *x, double *mean, double *sd)
{
    struct mmoe_gp_prediction p;
    mmoe_gp_predict(s->gp, x, false, &p);
    *mean = -(p.mean * s->scale + s->center);
    *sd = sqrt(p.variance) * s->scale;
}

void mmoe_search_expect(struct mmoe_search *s, const double *point, double *mean, double *sd)
{
    double x[MMOE_SEARCH_DIMS];
    *mean = *sd = NAN;
    if (!know(s))
        return;
    for (size_t i = 0; i < s->space.count; i++)
        x[i] = to_unit(&s->space.range[i], point[i]);
    expect(s, x, mean, sd);
}

void mmoe_search_expect_trial(struct mmoe_search *s, size_t trial, double *mean, double *sd)
{
    *mean = *sd = NAN;
    if (know(s))
        expect(s, s->x + trial * s->space.count, mean, sd);
}

void mmoe_search_slice(struct mmoe_search *s, size_t range, double *at, double *mean, double *low,
                       double *high)
{
    size_t best;
    double x[MMOE_SEARCH_DIMS];
    const struct mmoe_range *r = &s->space.range[range];
    bool known = know(s) && mmoe_search_best(s, 1, 0, &best);
    if (known)
        memcpy(x, s->x + best * s->space.count, s->space.count * sizeof *x);
    for (size_t i = 0; i < MMOE_SEARCH_SLICE; i++) {
        double u = (double)i / (MMOE_SEARCH_SLICE - 1), sd;
        at[i] = r->logarithmic ? r->low * pow(r->high / r->low, u)
                               : r->low + (r->high - r->low) * u;
        mean[i] = low[i] = high[i] = NAN;
        if (!known)
            continue;
        x[range] = u;
        expect(s, x, &mean[i], &sd);
        low[i] = mean[i] - 1.96 * sd;
        high[i] = mean[i] + 1.96 * sd;
    }
}

/* First-order indices by Saltelli's estimator (Computer Physics Communications 181, 2010): mean of
 * f(B) (f(A with column i of B) - f(A)) over the variance. f is taken from its mean: else that mean
 * times what the difference happens to be on so many points would swamp it. */
void mmoe_search_importance(struct mmoe_search *s, double *share)
{
    size_t d = s->space.count;
    double *points = mmoe_alloc(SENSITIVITY * 2 * d, sizeof *points),
           *f = mmoe_alloc(SENSITIVITY * (2 + d), sizeof *f), mean = 0, squares = 0, sd;
    bool known = know(s) && special_sobol(2 * d, 0, SENSITIVITY, points);
    for (size_t i = 0; i < SENSITIVITY && known; i++) {
        const double *a = points + i * 2 * d, *b = a + d;
        double x[MMOE_SEARCH_DIMS], *to = f + i * (2 + d);
        expect(s, a, &to[0], &sd);
        expect(s, b, &to[1], &sd);
        mean += (to[0] + to[1]) / (2 * SENSITIVITY);
        for (size_t k = 0; k < d; k++) {
            memcpy(x, a, d * sizeof *x);
            x[k] = b[k];
            expect(s, x, &to[2 + k], &sd);
        }
    }
    for (size_t i = 0; i < SENSITIVITY && known; i++)
        squares += (pow(f[i * (2 + d)] - mean, 2) + pow(f[i * (2 + d) + 1] - mean, 2)) / 2;
    for (size_t k = 0; k < d; k++) {
        double sum = 0;
        for (size_t i = 0; i < SENSITIVITY && known; i++) {
            const double *v = f + i * (2 + d);
            sum += (v[1] - mean) * (v[2 + k] - v[0]);
        }
        share[k] = known && squares > 0 ? fmin(fmax(sum / squares, 0), 1) : (double)NAN;
    }
    mmoe_free(points);
    mmoe_free(f);
}
