/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long runs will take: in proportion to their work, and to what was learned. */
#include <mmoe/forecast.h>
#include <mmoe/mat.h>

#include "tests/test.h"

static struct mmoe_options small(void)
{
    struct mmoe_options o;
    mmoe_options_default(&o);
    o.steps = 1000;
    return o;
}

static void what_was_learned_is_foretold(void **state)
{
    (void)state;
    struct mmoe_options o = small();
    struct mmoe_forecast f = {0};
    mmoe_forecast_learn(&f, &o, 100, 2, 500, 2);
    assert_near(mmoe_forecast_run(&f, &o, 100, 2, 500), 2, 1e-9);
    assert_near(mmoe_forecast_run(&f, &o, 100, 2, 5000), 20, 1e-9);
    o.batch *= 2;
    double twice = mmoe_forecast_run(&f, &o, 100, 2, 500);
    assert_true(twice > 3.5 && twice <= 4);          /* evaluations take as long as before */
    mmoe_forecast_learn(&f, &o, 100, 2, 500, 0.001); /* too short to tell */
    assert_near(mmoe_forecast_run(&f, &o, 100, 2, 500), twice, 1e-9);
    mmoe_forecast_correct(&f, 10, 30);
    assert_near(mmoe_forecast_run(&f, &o, 100, 2, 500), 3 * twice, 1e-9);
}

static void a_grid_is_all_its_runs(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct mmoe_forecast f = {0};
    struct mmoe_grid g = {.base = small(), .seeds = 10};
    mmoe_forecast_learn(&f, &g.base, 100, 2, 1000, 1);
    double one = 1 + mmoe_forecast_rows(&g.base);
    assert_near(mmoe_forecast_grid(&f, &g, 0, 2, 10, 1), 10 * one, 1e-6);
    assert_near(mmoe_forecast_grid(&f, &g, 0, 2, 10, 5), 2 * one, 1e-6);
    assert_near(mmoe_forecast_grid(&f, &g, 0, 2, 3, 5), one, 1e-6); /* no more than runs work */
    assert_int_equal(mmoe_grid_axis(&g, "steps", "1000,3000", &err), MMOE_OK);
    assert_near(mmoe_forecast_grid(&f, &g, 0, 2, 20, 1), 20 * (one + 1), 1e-6);
}

static void before_anything_was_learned_there_is_a_guess(void **state)
{
    (void)state;
    const struct mmoe_options o = small();
    const struct mmoe_forecast f = {0};
    mmoe_mat_init();
    double seconds = mmoe_forecast_run(&f, &o, 100, 2, 1000);
    assert_true(isfinite(seconds) && seconds > 0);
}

TESTS(cmocka_unit_test(what_was_learned_is_foretold), cmocka_unit_test(a_grid_is_all_its_runs),
      cmocka_unit_test(before_anything_was_learned_there_is_a_guess))
