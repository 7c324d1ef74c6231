/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gaussian processes against known answers: those of scikit-learn 1.2.1's GaussianProcessRegressor
 * with the kernel ConstantKernel * Matern(nu=2.5) + WhiteKernel at a fixed theta, and of the
 * formula of log expected improvement in 50 digits.
 */
#include <math.h>
#include <string.h>

#include <mmoe/gp.h>
#include <mmoe/mat.h>
#include <mmoe/optimise.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { N = 12, D = 3, AT = 3 };

static const double x[N][D] = {{0.0, 0.0, 0.0},
                               {0.6180339887498949, 0.7548776662466927, 0.5698402909980532},
                               {0.2360679774997898, 0.5097553324933854, 0.13968058199610645},
                               {0.8541019662496847, 0.26463299874007795, 0.7095208729941596},
                               {0.4721359549995796, 0.019510664986770898, 0.2793611639922129},
                               {0.09016994374947451, 0.7743883312334638, 0.8492014549902662},
                               {0.7082039324993694, 0.5292659974801559, 0.4190417459883191},
                               {0.3262379212492643, 0.28414366372684885, 0.9888820369863724},
                               {0.9442719099991592, 0.039021329973541796, 0.5587223279844258},
                               {0.5623058987490541, 0.7938989962202347, 0.12856261898247912},
                               {0.18033988749894903, 0.5487766624669277, 0.6984029099805324},
                               {0.7983738762488439, 0.30365432871361975, 0.2682432009785858}};
static const double y[N] = {0.05002213742145808, -0.2810463291218456, 1.5986741012851415,
                            -1.5286617408838032, 0.2663831657803951,  0.9571521658616519,
                            -1.033192876900863,  0.723686723226083,   -1.0763614840750324,
                            0.4914807904381374,  1.1474739004907362,  -1.315610553522059};
static const double theta[D + 2] = {-1.203972804325936, -0.35667494393873245, 0.4054651081081644,
                                    0.1823215567939546, -4.605170185988091};
static const double at[AT][D] = {{0.5, 0.5, 0.5}, {0.1, 0.9, 0.2}, {0.0, 0.0, 0.0}};
static const double mean[AT] = {0.42696390225742387, 1.1876508899470137, 0.057061691480515514},
                    variance[AT] = {0.15903658643164564, 0.2541496205781133, 0.009888871303829427},
                    log_ei[AT] = {-8.572150029858735, -2.8305145917204335, -128.88522597150006},
                    band[AT] = {1.2085999751428875, 2.175750673578647, 0.25196958767969757};
static const double hallucinated_mean[AT] = {0.42696390225742414, 1.1876508899470137,
                                             0.05706169148051551},
                    hallucinated_variance[AT] = {0.009408412095209373, 0.25393714866672623,
                                                 0.009886574574885287};
static const double slope[D + 2] = {1.783152078112198, 2.303857306821272, 1.6206769336237596,
                                    -2.579842452015274, -0.29337369981356015};
#define LIKELIHOOD -8.819609684393642
#define MOST_LIKELY -5.769393105740295 /* of theta fitted without priors, by 10 starts */
#define BEST 1.5986741012851415
static const double far[][2] = {{3.0, 1.0987396653277077},    {0.0, -0.9189385332046727},
                                {-1.0, -2.4851210257126404},  {-5.0, -16.744301162660932},
                                {-10.0, -55.55312203612146},  {-40.0, -808.2985683564066},
                                {-1000.0, -500014.7344490912}};

static int set_up(void **state)
{
    mmoe_mat_init();
    struct mmoe_gp *gp = mmoe_gp_new(D, N + 4);
    mmoe_gp_values(gp, N, &x[0][0], y);
    *state = gp;
    return 0;
}

static int tear_down(void **state)
{
    mmoe_gp_free(*state);
    return 0;
}

static void likelihood_is_known(void **state)
{
    double g[D + 2], t[D + 2];
    assert_near(mmoe_gp_likelihood(*state, theta, g), LIKELIHOOD, 1e-9);
    for (size_t i = 0; i < D + 2; i++) {
        assert_near(g[i], slope[i], 1e-9);
        memcpy(t, theta, sizeof t);
        t[i] += 1e-5;
        double above = mmoe_gp_likelihood(*state, t, NULL);
        t[i] -= 2e-5;
        assert_near((above - mmoe_gp_likelihood(*state, t, NULL)) / 2e-5, g[i], 1e-6);
    }
}

static void predictions_are_known(void **state)
{
    struct mmoe_gp_prediction p;
    assert_true(mmoe_gp_condition(*state, theta, 0, NULL));
    for (size_t i = 0; i < AT; i++) {
        mmoe_gp_predict(*state, at[i], false, &p);
        assert_near(p.mean, mean[i], 1e-9);
        assert_near(p.variance, variance[i], 1e-9);
        assert_near(p.mean + 1.96 * sqrt(p.variance), band[i], 1e-9);
        assert_near(mmoe_gp_log_ei(p.mean, sqrt(p.variance), BEST, NULL), log_ei[i],
                    1e-9 * fabs(log_ei[i]));
    }
}

/* Slopes of mean, variance and log expected improvement against central differences. */
static void slopes_are_differences(void **state)
{
    assert_true(mmoe_gp_condition(*state, theta, 0, NULL));
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < D; i++) {
            struct mmoe_gp_prediction p, above, below;
            double to[D], by[2];
            memcpy(to, at[k], sizeof to);
            mmoe_gp_predict(*state, to, true, &p);
            to[i] += 1e-6;
            mmoe_gp_predict(*state, to, false, &above);
            to[i] -= 2e-6;
            mmoe_gp_predict(*state, to, false, &below);
            assert_near((above.mean - below.mean) / 2e-6, p.mean_slope[i], 1e-6);
            assert_near((above.variance - below.variance) / 2e-6, p.variance_slope[i], 1e-6);
            double sd = sqrt(p.variance), h = 1e-6;
            mmoe_gp_log_ei(p.mean, sd, BEST, by);
            assert_near((mmoe_gp_log_ei(p.mean + h, sd, BEST, NULL) -
                         mmoe_gp_log_ei(p.mean - h, sd, BEST, NULL)) /
                            (2 * h),
                        by[0], 1e-4);
            assert_near((mmoe_gp_log_ei(p.mean, sd + h, BEST, NULL) -
                         mmoe_gp_log_ei(p.mean, sd - h, BEST, NULL)) /
                            (2 * h),
                        by[1], 1e-4);
        }
}

static void pending_points_have_no_say_in_means(void **state)
{
    struct mmoe_gp_prediction p;
    assert_true(mmoe_gp_condition(*state, theta, 1, at[0]));
    for (size_t i = 0; i < AT; i++) {
        mmoe_gp_predict(*state, at[i], false, &p);
        assert_near(p.mean, hallucinated_mean[i], 1e-9);
        assert_near(p.variance, hallucinated_variance[i], 1e-9);
    }
}

static void improvement_far_below_the_best(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        assert_near(mmoe_gp_log_ei(far[i][0], 1, 0, NULL), far[i][1], 1e-9 * fabs(far[i][1]));
    for (double z = -1000; z < 5;
         z += 0.37) { /* no step where one formula takes over from another */
        double by[2], here = mmoe_gp_log_ei(z, 1, 0, by),
                      next = mmoe_gp_log_ei(z + 1e-3, 1, 0, NULL);
        assert_true(next > here);
        assert_near((next - here) / 1e-3, by[0], 1e-3 * fabs(by[0]) + 1e-3);
    }
}

static void the_fit_is_as_likely_as_known(void **state)
{
    double fitted[D + 2];
    mmoe_gp_fit(*state, fitted);
    double value = mmoe_gp_likelihood(*state, fitted, NULL);
    assert_true(value > LIKELIHOOD);
    assert_true(value <= MOST_LIKELY + 1e-6); /* nothing is more likely than what has no priors */
    assert_true(value > MOST_LIKELY - 3);
}

/* Values that are all alike, and points that are there twice, have a fit and finite predictions. */
static void what_is_degenerate_is_borne(void **state)
{
    (void)state;
    static const double twice[4][1] = {{0.3}, {0.3}, {0.3}, {0.9}}, same[4] = {0, 0, 0, 0},
                        differ[4] = {-1, 1, 0, 0.5};
    const double *values[] = {same, differ};
    for (size_t k = 0; k < 2; k++) {
        struct mmoe_gp *gp = mmoe_gp_new(1, 4);
        struct mmoe_gp_prediction p;
        double t[3], point = 0.5;
        mmoe_gp_values(gp, 4, &twice[0][0], values[k]);
        assert_true(isfinite(mmoe_gp_fit(gp, t)));
        assert_true(mmoe_gp_condition(gp, t, 0, NULL));
        mmoe_gp_predict(gp, &point, true, &p);
        assert_true(isfinite(p.mean) && p.variance > 0 && isfinite(p.mean_slope[0]));
        assert_true(isfinite(mmoe_gp_log_ei(p.mean, sqrt(p.variance), 1, NULL)));
        mmoe_gp_free(gp);
    }
}

/* (1 - a)^2 + 100 (b - a^2)^2 (Rosenbrock, 1960): least at (1, 1), and at the bound if that is
 * beyond. */
static double rosenbrock(size_t n, const double *v, double *g, void *context)
{
    (void)n;
    (void)context;
    if (g) {
        g[0] = -2 * (1 - v[0]) - 400 * v[0] * (v[1] - v[0] * v[0]);
        g[1] = 200 * (v[1] - v[0] * v[0]);
    }
    return pow(1 - v[0], 2) + 100 * pow(v[1] - v[0] * v[0], 2);
}

static void minima_are_found_within_bounds(void **state)
{
    (void)state;
    double v[] = {-1.2, 1}, low[] = {-2, -2}, high[] = {2, 2};
    assert_true(mmoe_optimise(2, v, low, high, 500, rosenbrock, NULL) < 1e-8);
    assert_near(v[0], 1, 1e-3);
    high[0] = 0.5;
    v[0] = -1.2;
    v[1] = 1;
    assert_near(mmoe_optimise(2, v, low, high, 500, rosenbrock, NULL), 0.25, 1e-6);
    assert_near(v[0], 0.5, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(likelihood_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(predictions_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slopes_are_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pending_points_have_no_say_in_means, set_up, tear_down),
        cmocka_unit_test(improvement_far_below_the_best),
        cmocka_unit_test_setup_teardown(the_fit_is_as_likely_as_known, set_up, tear_down),
        cmocka_unit_test(what_is_degenerate_is_borne),
        cmocka_unit_test(minima_are_found_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
