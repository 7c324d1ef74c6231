/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value with the lowest median is chosen for each leader, and tied to it. */
#include <mmoe/choice.h>

#include "tests/test.h"

static struct mmoe_error err;

enum { SEEDS = 4, CELLS = 12 };

/* p x model x lr, in the order of cells. */
static void make_grid(struct mmoe_grid *g)
{
    *g = (struct mmoe_grid){.seeds = SEEDS};
    small_options(&g->base);
    assert_int_equal(mmoe_grid_axis(g, "p", "0.5,1", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(g, "model", "omoe,mmoe", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(g, "lr", "1e-4,1e-3,1e-2", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_cells(g), CELLS);
}

static double loss[CELLS][SEEDS];

static void fill(const struct mmoe_grid *g, const double by_model_and_lr[2][3])
{
    for (size_t c = 0; c < CELLS; c++)
        for (size_t s = 0; s < SEEDS; s++)
            loss[c][s] = by_model_and_lr[mmoe_grid_place(g, c, 1)][mmoe_grid_place(g, c, 2)] +
                         0.001 * (double)s;
}

static void the_lowest_median_is_chosen_for_each(void **state)
{
    (void)state;
    static const double losses[2][3] = {{0.5, 0.2, 0.3}, {0.4, 0.3, 0.1}};
    struct mmoe_grid g, main_grid;
    struct mmoe_choice c;
    make_grid(&g);
    fill(&g, losses);
    mmoe_choice_make(&g, mmoe_option_find("lr"), mmoe_option_find("model"), loss[0], MMOE_BY_MEDIAN,
                     &c);
    assert_true(c.leaders == 2 && c.values == 3 && c.best[0] == 1 && c.best[1] == 2);
    assert_int_equal(c.runs[0][0], 2 * SEEDS);
    assert_near(c.middle[1][2], 0.1015,
                1e-12); /* eight runs: 0, 0, 1, 1, 2, 2, 3, 3 thousandths above */
    main_grid = (struct mmoe_grid){.seeds = 7};
    small_options(&main_grid.base);
    assert_int_equal(mmoe_grid_axis(&main_grid, "model", "omoe,mmoe", &err), MMOE_OK);
    assert_int_equal(mmoe_choice_follow(&c, &g, &main_grid, &err), MMOE_OK);
    struct mmoe_options o;
    mmoe_grid_cell_options(&main_grid, 0, &o);
    assert_near(o.lr, 1e-3, 0);
    mmoe_grid_cell_options(&main_grid, 1, &o);
    assert_near(o.lr, 1e-2, 0);
}

/* A run that diverged is worse than any loss, and one that is not there counts for nothing. */
static void what_diverged_is_worst(void **state)
{
    (void)state;
    static const double losses[2][3] = {{0.5, 0.2, 0.3}, {0.4, 0.3, 0.1}};
    struct mmoe_grid g;
    struct mmoe_choice c;
    make_grid(&g);
    fill(&g, losses);
    for (size_t i = 0; i < CELLS; i++)
        for (size_t s = 0; s < SEEDS; s++) {
            if (mmoe_grid_place(&g, i, 1) == 0 && mmoe_grid_place(&g, i, 2) == 1 && s < 2)
                loss[i][s] = (double)NAN; /* half of them: their median is no number */
            if (mmoe_grid_place(&g, i, 1) == 1 && mmoe_grid_place(&g, i, 2) == 0)
                loss[i][s] = s == 0 ? 0.01 : -(double)INFINITY;
        }
    mmoe_choice_make(&g, mmoe_option_find("lr"), mmoe_option_find("model"), loss[0], MMOE_BY_MEDIAN,
                     &c);
    assert_int_equal(c.best[0], 2);
    assert_true(isinf(c.middle[0][1]));
    assert_int_equal(c.best[1], 0);
    assert_int_equal(c.runs[1][0], 2);
    for (size_t i = 0; i < CELLS; i++)
        for (size_t s = 0; s < SEEDS && mmoe_grid_place(&g, i, 2) == 0; s++)
            loss[i][s] = (double)NAN; /* all of them: still no number */
    mmoe_choice_make(&g, mmoe_option_find("lr"), mmoe_option_find("model"), loss[0], MMOE_BY_MEDIAN,
                     &c);
    assert_true(isinf(c.middle[0][0]) && isinf(c.middle[1][0]) && c.best[1] == 2);
}

/* By the mean a value with one bad run loses where by the median it wins; ends are told. */
static void choices_by_the_mean(void **state)
{
    (void)state;
    struct mmoe_error why;
    struct mmoe_choice c;
    struct mmoe_text t = {0};
    struct mmoe_grid g = {.seeds = 3};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "model", "omoe,mmoe", &why), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "lr", "0.001,0.1,0.01", &why), MMOE_OK);
    /* (cells, seeds): of omoe 0.001 is best by the median, 0.01 by the mean */
    const double over_var[] = {1, 1, 90, 5, 5, 5, 2, 2, 2, 5, 5, 5, 4, 4, NAN, 4.5, 4.5, 4.5};
    const struct mmoe_option *lr = mmoe_option_find("lr"), *model = mmoe_option_find("model");
    mmoe_choice_make(&g, lr, model, over_var, MMOE_BY_MEDIAN, &c);
    assert_true(c.best[0] == 0 && c.best[1] == 1);
    assert_true(mmoe_choice_is_at_end(&c, &g, 0) && mmoe_choice_is_at_end(&c, &g, 1));
    mmoe_choice_make(&g, lr, model, over_var, MMOE_BY_MEAN, &c);
    assert_true(c.best[0] == 2 && c.best[1] == 2); /* a run of 0.1 diverged */
    assert_true(c.middle[0][2] == 2 && isinf(c.middle[1][1]));
    assert_false(mmoe_choice_is_at_end(&c, &g, 0));
    mmoe_choice_text(&c, &g, &t);
    assert_string_equal(t.s, "0.01,0.01");
    mmoe_text_done(&t);
}

TESTS(cmocka_unit_test(choices_by_the_mean), cmocka_unit_test(the_lowest_median_is_chosen_for_each),
      cmocka_unit_test(what_diverged_is_worst))
