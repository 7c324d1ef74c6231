/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options that vary together make one axis, and axes that follow it. */
#include <mmoe/grid.h>
#include <mmoe/ties.h>

#include "tests/test.h"

static struct mmoe_error err;

static struct mmoe_grid grid_of(const char *keys, const char *values)
{
    struct mmoe_grid g = {.seeds = 1};
    small_options(&g.base);
    if (mmoe_failed(mmoe_ties_put(&g, keys, values, &err)))
        fail_msg("%s", err.text);
    return g;
}

static void options_vary_together(void **state)
{
    (void)state;
    struct mmoe_grid g = grid_of("sines,alpha,lr", "4,1x4,0.1/10,random,0.1/2,0.5x2,0.01");
    struct mmoe_options o[3];
    assert_int_equal(mmoe_grid_cells(&g), 3);
    for (size_t i = 0; i < 3; i++)
        mmoe_grid_cell_options(&g, i, &o[i]);
    assert_true(o[0].sines == 4 && o[0].alpha.n == 4 && o[0].alpha.v[3] == 1 && o[0].lr == 0.1);
    assert_true(o[1].sines == 10 && o[1].alpha.n == 0 && o[1].lr == 0.1);
    assert_true(o[2].sines == 2 && o[2].alpha.v[1] == 0.5 && o[2].lr == 0.01);
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_OK);
}

/* The first option whose values all differ tells the settings apart. */
static void any_option_may_lead(void **state)
{
    (void)state;
    struct mmoe_grid g = grid_of("batch,lr", "20,0.1/20,0.01");
    struct mmoe_text t = {0};
    assert_int_equal(mmoe_grid_cells(&g), 2);
    mmoe_grid_cell_text(&g, 1, &t);
    assert_string_equal(t.s, "lr=0.01");
    mmoe_text_done(&t);
}

static void mistakes_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *values, *says;
    } cases[] = {
        {"lr,batch", "0.1,20/0.2", "setting 2 of lr ... needs 2 values"},
        {"lr,batch", "0.1,20,3/0.2,10", "setting 1 of lr ... needs 2 values"},
        {"lr,batxh", "0.1,20/0.2,10", "did you mean batch?"},
        {"lr,", "0.1,20", "parted by commas"},
        {"lr,batch", "0.1,20/0.1,20", "no option has another value"},
        {"lr,batch", "0.1,20/0.2,0", "batch"},
        {"lr,batch", "", "parted by slashes"},
        {"lr,seed", "0.1,1/0.2,2", "seed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_grid g = {.seeds = 1};
        small_options(&g.base);
        assert_true(mmoe_failed(mmoe_ties_put(&g, cases[i].keys, cases[i].values, &err)));
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s=%s: '%s'", cases[i].keys, cases[i].values, err.text);
        assert_int_equal(g.axis_count, 0);
    }
}

TESTS(cmocka_unit_test(options_vary_together), cmocka_unit_test(any_option_may_lead),
      cmocka_unit_test(mistakes_change_nothing))
