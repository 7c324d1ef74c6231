/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells the claims compare are found whatever the order of axes and values; what is missing is
 * told. */
#include <mmoe/design.h>
#include <mmoe/model.h>

#include "tests/test.h"

static struct mmoe_error err;

static void axis(struct mmoe_grid *g, const char *key, const char *values)
{
    if (mmoe_failed(mmoe_grid_axis(g, key, values, &err)))
        fail_msg("%s", err.text);
}

static void cells_are_found_in_any_order(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = 3};
    struct mmoe_design d;
    small_options(&g.base);
    axis(&g, "scale", "1,2");
    axis(&g, "model", "mmoe,single-task,omoe,shared-bottom");
    axis(&g, "noise", "0,0.1,0.2");
    axis(&g, "p", "1,0.5,0.9");
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_OK);
    assert_true(d.groups == 6 && d.p_count == 3);
    assert_true(d.p[0] == 0.5 && d.p[1] == 0.9 && d.p[2] == 1.0);
    static const char *const models[] = {"shared-bottom", "omoe", "mmoe"};
    for (size_t group = 0; group < d.groups; group++)
        for (int m = 0; m < MMOE_CLAIMS_MODELS; m++)
            for (size_t i = 0; i < d.p_count; i++) {
                struct mmoe_options o;
                mmoe_grid_cell_options(
                    &g, mmoe_design_cell(&g, &d, group, (enum mmoe_claims_model)m, i), &o);
                assert_string_equal(mmoe_model_name(mmoe_model_at((size_t)o.model)), models[m]);
                assert_near(o.p, d.p[i], 0);
                assert_near(o.scale, group < 3 ? 1 : 2, 0);
                assert_near(o.noise, 0.1 * (double)(group % 3), 1e-15);
            }
    struct mmoe_text t = {0};
    mmoe_design_group_text(&g, &d, 4, &t);
    assert_string_equal(t.s, "scale=2 noise=0.1");
    mmoe_text_done(&t);
}

static void inputs_are_the_cells_losses(void **state)
{
    (void)state;
    static double losses[9][2], overlaps[9][2];
    struct mmoe_grid g = {.seeds = 2};
    struct mmoe_design d;
    struct mmoe_claims_input in;
    small_options(&g.base);
    axis(&g, "model", "shared-bottom,omoe,mmoe");
    axis(&g, "p", "0.9,0.5,1");
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_OK);
    mmoe_design_input(&g, &d, 0, losses[0], overlaps[0], &in);
    assert_true(in.seeds == 2 && in.p_count == 3 && in.p == d.p);
    assert_ptr_equal(in.loss[MMOE_CLAIMS_SHARED_BOTTOM][0], losses[1]);
    assert_ptr_equal(in.loss[MMOE_CLAIMS_OMOE][1], losses[3]);
    assert_ptr_equal(in.loss[MMOE_CLAIMS_MMOE][2], losses[8]);
    assert_ptr_equal(in.overlap[0], overlaps[7]); /* of mmoe's cells */
    assert_ptr_equal(in.overlap[2], overlaps[8]);
    mmoe_design_input(&g, &d, 0, losses[0], NULL, &in);
    assert_null(in.overlap[0]);
    struct mmoe_text t = {0};
    mmoe_design_group_text(&g, &d, 0, &t);
    assert_int_equal(t.n, 0);
    mmoe_text_done(&t);
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = 2};
    struct mmoe_design d;
    small_options(&g.base);
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_STATE);
    assert_non_null(strstr(err.text, "shared-bottom, omoe and mmoe"));
    axis(&g, "model", "shared-bottom,omoe");
    axis(&g, "p", "0.5,1");
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_STATE);
    axis(&g, "model", "shared-bottom,omoe,mmoe");
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_OK);
    axis(&g, "p", "0.5");
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_STATE);
    assert_non_null(strstr(err.text, "values of p"));
}

/* Such an axis does not meet every value of the others: there would be cells that are nowhere. */
static void axes_that_follow_are_no_axes_of_claims(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = 2};
    struct mmoe_design d;
    small_options(&g.base);
    axis(&g, "scale", "1,2,3");
    axis(&g, "model", "shared-bottom,omoe,mmoe");
    assert_int_equal(mmoe_grid_follow(&g, "p", "0.5,0.9,1", "model", &err), MMOE_OK);
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_STATE);
    axis(&g, "p", "0.5,0.9,1");
    assert_int_equal(mmoe_grid_follow(&g, "model", "shared-bottom,omoe,mmoe", "scale", &err),
                     MMOE_OK);
    assert_int_equal(mmoe_design_find(&g, &d, &err), MMOE_STATE);
}

TESTS(cmocka_unit_test(cells_are_found_in_any_order), cmocka_unit_test(inputs_are_the_cells_losses),
      cmocka_unit_test(what_is_missing_is_told),
      cmocka_unit_test(axes_that_follow_are_no_axes_of_claims))
