/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regret.c - how good the points are that a search proposes. */
#include <math.h>
#include <string.h>

#include <mmoe/gp.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/regret.h>
#include <mmoe/rng.h>
#include <mmoe/search.h>
#include <mmoe/stats.h>

#define LENGTH 0.3
enum { SEARCHES = 20, RANGES = 6, VALUES = 30, BETWEEN = 10, DRAWS = 120, DIM = 2 };
#define PI 3.14159265358979323846
#define NOISE 1e-2

static double branin(const double *x)
{
    double b = 5.1 / (4 * PI * PI), c = 5 / PI, t = 1 / (8 * PI);
    return pow(x[1] - b * x[0] * x[0] + c * x[0] - 6, 2) + 10 * (1 - t) * cos(x[0]) + 10;
}

static double hartmann(const double *x)
{
    static const double weight[4] = {1, 1.2, 3, 3.2},
                        a[4][RANGES] = {{10, 3, 17, 3.5, 1.7, 8},
                                        {0.05, 10, 17, 0.1, 8, 14},
                                        {3, 3.5, 1.7, 10, 17, 8},
                                        {17, 8, 0.05, 10, 0.1, 14}},
                        p[4][RANGES] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                        {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                        {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                        {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
    double sum = 0;
    for (size_t i = 0; i < 4; i++) {
        double square = 0;
        for (size_t k = 0; k < RANGES; k++)
            square += a[i][k] * pow(x[k] - p[i][k], 2);
        sum -= weight[i] * exp(-square);
    }
    return sum;
}

static const struct {
    const char *name;
    size_t trials;
    double least;
    double (*f)(const double *x);
    struct mmoe_space space;
} functions[MMOE_REGRET_FUNCTIONS] = {
    {"Branin",
     30,
     0.39788735772973816,
     branin,
     {2, {{-5, 10, false, false}, {0, 15, false, false}}}},
    {"Hartmann6",
     60,
     -3.322368011415515,
     hartmann,
     {6,
      {{0, 1, false, false},
       {0, 1, false, false},
       {0, 1, false, false},
       {0, 1, false, false},
       {0, 1, false, false},
       {0, 1, false, false}}}},
};

/* Who is asked whether to go on. */
struct asked {
    bool (*go_on)(void *context, double share);
    void *context;
    double from, to; /* shares between which the work at hand lies */
};

static bool goes_on(const struct asked *a, double share)
{
    return !a->go_on || a->go_on(a->context, a->from + share * (a->to - a->from));
}

static double search(size_t which, uint64_t seed)
{
    double x[RANGES], best = INFINITY;
    struct mmoe_search *s =
        mmoe_search_new(&functions[which].space, functions[which].trials, 1, seed);
    for (size_t t = 0; mmoe_search_next(s, x); t++) {
        double v = functions[which].f(x);
        best = fmin(best, v);
        mmoe_search_tell(s, t, v);
    }
    mmoe_search_free(s);
    return best - functions[which].least;
}

static double random_search(size_t which, uint64_t seed)
{
    const struct mmoe_space *space = &functions[which].space;
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_SETTINGS, "random search");
    double x[RANGES], best = INFINITY;
    mmoe_real u[RANGES];
    for (size_t t = 0; t < functions[which].trials; t++) {
        mmoe_rng_uniform(rng, t, space->count, 0, 1, u);
        for (size_t k = 0; k < space->count; k++)
            x[k] =
                space->range[k].low + (double)u[k] * (space->range[k].high - space->range[k].low);
        best = fmin(best, functions[which].f(x));
    }
    return best - functions[which].least;
}

static bool measure(size_t which, const struct asked *a, struct mmoe_regret *out)
{
    double regret[2][SEARCHES];
    for (size_t i = 0; i < SEARCHES; i++) {
        if (!goes_on(a, (double)i / SEARCHES))
            return false;
        regret[0][i] = search(which, i);
        regret[1][i] = random_search(which, i);
    }
    out->function[which].name = functions[which].name;
    out->function[which].trials = functions[which].trials;
    out->function[which].searches = SEARCHES;
    out->function[which].search = mmoe_summarize(regret[0], SEARCHES).median;
    out->function[which].random = mmoe_summarize(regret[1], SEARCHES).median;
    return true;
}

/* Values of a function drawn from the process, at VALUES points with noise and BETWEEN without. */
static void draw(size_t number, double x[][DIM], double y[])
{
    enum { ALL = VALUES + BETWEEN };
    struct mmoe_rng rng = mmoe_rng_stream(number, MMOE_RNG_SETTINGS, "drawn function");
    double *k = mmoe_alloc((size_t)ALL * ALL, sizeof *k), z[ALL], noise[ALL];
    mmoe_real u[ALL * DIM];
    mmoe_rng_uniform(rng, 0, ALL * DIM, 0, 1, u);
    mmoe_rng_normal_double(rng, 1, ALL, z);
    mmoe_rng_normal_double(rng, 2, ALL, noise);
    for (size_t i = 0; i < ALL; i++)
        for (size_t d = 0; d < DIM; d++)
            x[i][d] = (double)u[i * DIM + d];
    for (size_t i = 0; i < ALL; i++)
        for (size_t j = 0; j <= i; j++) {
            double r = sqrt(5) * hypot(x[i][0] - x[j][0], x[i][1] - x[j][1]) / LENGTH;
            k[i * ALL + j] = (1 + r + r * r / 3) * exp(-r) + (i == j ? 1e-10 : 0);
        }
    mmoe_mat_cholesky(ALL, k);
    for (size_t i = 0; i < ALL; i++) {
        y[i] = i < VALUES ? sqrt(NOISE) * noise[i] : 0;
        for (size_t j = 0; j <= i; j++)
            y[i] += k[i * ALL + j] * z[j];
    }
    mmoe_free(k);
}

/* Of the points between, those that the band at theta covers. */
static size_t covered_at(struct mmoe_gp *gp, const double *theta, double x[][DIM], const double y[])
{
    size_t covered = 0;
    mmoe_gp_condition(gp, theta, 0, NULL);
    for (size_t j = VALUES; j < VALUES + BETWEEN; j++) {
        struct mmoe_gp_prediction p;
        mmoe_gp_predict(gp, x[j], false, &p);
        covered += fabs(y[j] - p.mean) < 1.959963984540054 * sqrt(p.variance);
    }
    return covered;
}

static bool measure_cover(const struct asked *a, struct mmoe_regret *out)
{
    double x[VALUES + BETWEEN][DIM], y[VALUES + BETWEEN], fitted[DIM + 2];
    const double own[DIM + 2] = {log(LENGTH), log(LENGTH), 0, log(NOISE)};
    struct mmoe_gp *gp = mmoe_gp_new(DIM, VALUES);
    size_t covered[2] = {0, 0};
    bool on = true;
    for (size_t i = 0; i < DRAWS && on; i++) {
        draw(i, x, y);
        mmoe_gp_values(gp, VALUES, &x[0][0], y);
        mmoe_gp_fit(gp, fitted);
        covered[0] += covered_at(gp, own, x, y);
        covered[1] += covered_at(gp, fitted, x, y);
        on = goes_on(a, (double)i / DRAWS);
    }
    out->cover_known = mmoe_wilson((double)covered[0], (size_t)DRAWS * BETWEEN, 0.95);
    out->cover_fitted = mmoe_wilson((double)covered[1], (size_t)DRAWS * BETWEEN, 0.95);
    mmoe_gp_free(gp);
    return on;
}

enum mmoe_status mmoe_regret_measure(bool (*go_on)(void *context, double share), void *context,
                                     struct mmoe_regret *out, struct mmoe_error *err)
{
    memset(out, 0, sizeof *out);
    if (!measure(0, &(struct asked){go_on, context, 0, 0.1}, out) ||
        !measure(1, &(struct asked){go_on, context, 0.1, 0.97}, out) ||
        !measure_cover(&(struct asked){go_on, context, 0.97, 1}, out))
        return mmoe_fail(err, MMOE_STATE, "the measurement was stopped");
    return MMOE_OK;
}
