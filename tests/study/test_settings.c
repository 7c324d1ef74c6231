/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings that are drawn, and how losses vary over them. */
#include <math.h>
#include <string.h>

#include <mmoe/settings.h>

#include "src/study/draws.h"
#include "tests/test.h"

enum { SETTINGS = 8, SEEDS = 2 };

static struct mmoe_error err;

static struct mmoe_grid drawn(size_t n, uint64_t seed)
{
    static const struct draws_range ranges[] = {
        {"lr", "1e-4..1e-1"}, {"batch", "16..64"}, {"init", "glorot/he"}};
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "1,0.5", &err), MMOE_OK);
    if (mmoe_failed(draws_put(&g, n, seed, ranges, 3, &err)))
        fail_msg("%s", err.text);
    return g;
}

static void draws_lie_in_their_ranges(void **state)
{
    (void)state;
    struct mmoe_grid g = drawn(40, 1), again = drawn(40, 1), other = drawn(40, 2);
    size_t low = 0, he = 0, smallest = 1000, largest = 0;
    assert_true(mmoe_grid_same(&g, &again));
    assert_false(mmoe_grid_same(&g, &other));
    for (size_t i = 0; i < 40; i++) {
        struct mmoe_options o;
        mmoe_grid_cell_options(&g, i, &o);
        assert_true(o.lr >= 1e-4 && o.lr <= 1e-1);
        low += o.lr < 3.1623e-3; /* half of them, on a logarithmic scale */
        he += o.init == MMOE_INIT_HE;
        smallest = o.batch < smallest ? o.batch : smallest;
        largest = o.batch > largest ? o.batch : largest;
    }
    assert_in_range(low, 12, 28);
    assert_in_range(he, 12, 28);
    assert_in_range(smallest, 16, 20);
    assert_in_range(largest, 55, 64);
}

/* Setting i of few is setting i of many: a study can be made larger. */
static void more_settings_leave_those_before(void **state)
{
    (void)state;
    struct mmoe_grid few = drawn(8, 1), many = drawn(40, 1);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(mmoe_grid_value(&few, 1, i), mmoe_grid_value(&many, 1, i));
}

static void what_is_no_range_is_refused(void **state)
{
    (void)state;
    static const struct draws_range wrong[] = {
        {"lr", "1e-1..1e-4"}, {"lr", "..1"}, {"init", "0..1"}, {"lr", ""}, {"nothing", "0..1"}};
    struct mmoe_grid g = drawn(8, 1), before = g;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_true(mmoe_failed(draws_put(&g, 8, 1, &wrong[i], 1, &err)));
        assert_true(mmoe_grid_same(&g, &before));
    }
}

/* Setting i at p = 1 has losses e^(i -+ 0.5), twice that at p = 0.5 but in the last setting, where
 * it is half; task A of the first seed of settings 0 and 1 is stuck. */
static void add(struct mmoe_tally *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        size_t cell = mmoe_grid_cell(g, run), setting = mmoe_grid_place(g, cell, 1);
        bool second = mmoe_grid_seed(g, run) == 1;
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = run;
        r.tasks = 1;
        mmoe_tasks_letters(r.task, 1);
        double loss = exp((double)setting + (second ? 0.5 : -0.5));
        if (o.p < 1)
            loss *= setting + 1 == SETTINGS ? 0.5 : 2;
        r.value[MMOE_LOSS][0] = loss;
        r.value[MMOE_ROWS_OFF][0] = setting < 2 && !second ? 0.2 : 0;
        assert_true(mmoe_tally_add(t, &r));
    }
}

static void variance_is_parted(void **state)
{
    (void)state;
    struct mmoe_grid g = drawn(SETTINGS, 1);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    struct mmoe_settings s;
    add(t);
    assert_int_equal(mmoe_settings_axis(&g), 1);
    assert_true(mmoe_settings_of(t, 0, 0, &s));
    assert_false(mmoe_settings_of(t, 1, 0, &s)); /* of another setting */
    assert_true(mmoe_settings_of(t, 0, 0, &s));
    assert_int_equal(s.settings, SETTINGS);
    assert_int_equal(s.runs, SETTINGS * SEEDS);
    assert_near(s.within, sqrt(0.5), 1e-9);       /* of -.5 and .5 */
    assert_near(s.between, sqrt(6 - 0.25), 1e-9); /* of 0 ... 7 variance 6, less .5 / 2 */
    assert_near(s.median, exp(3.5), 1e-6);
    assert_near(s.stuck.value, 2.0 / 16, 1e-12);
    assert_int_equal(s.stuck_settings, 2);
    mmoe_tally_free(t);
}

static void gains_are_counted_by_settings(void **state)
{
    (void)state;
    struct mmoe_grid g = drawn(SETTINGS, 1);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    struct mmoe_settings_gain gain;
    add(t);
    assert_false(mmoe_settings_gain(t, 0, 0, &gain)); /* p = 1 comes first */
    assert_true(mmoe_settings_gain(t, SETTINGS, 0, &gain));
    assert_true(gain.low == 0.5 && gain.high == 1);
    assert_int_equal(gain.settings, SETTINGS);
    assert_int_equal(gain.gaining, SETTINGS - 1);
    assert_near(gain.share.value, 7.0 / 8, 1e-12);
    assert_near(gain.median, 2, 1e-9);
    mmoe_tally_free(t);
}

static void other_grids_have_no_settings(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = 1};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "model", "mmoe,omoe", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_follow(&g, "lr", "0.1,0.2", "model", &err), MMOE_OK);
    assert_int_equal(mmoe_settings_axis(&g), g.axis_count); /* rates that were chosen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_lie_in_their_ranges),
        cmocka_unit_test(more_settings_leave_those_before),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(variance_is_parted),
        cmocka_unit_test(gains_are_counted_by_settings),
        cmocka_unit_test(other_grids_have_no_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
