/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells that are the same runs are found, axes nothing heeds are refused, and cells have names. */
#include <mmoe/cells.h>

#include "tests/test.h"

static struct mmoe_error err;

static void axis(struct mmoe_grid *g, const char *key, const char *values)
{
    if (mmoe_failed(mmoe_grid_axis(g, key, values, &err)))
        fail_msg("%s", err.text);
}

static struct mmoe_grid grid(void)
{
    struct mmoe_grid g = {.seeds = 2};
    small_options(&g.base);
    return g;
}

static void assert_twins(const struct mmoe_grid *g, const size_t *want, size_t cells)
{
    assert_int_equal(mmoe_grid_cells(g), cells);
    for (size_t c = 0; c < cells; c++) {
        assert_int_equal(mmoe_cells_twin(g, c), want[c]);
        assert_int_equal(mmoe_cells_twin(g, want[c]), want[c]);
    }
}

static void assert_name(const struct mmoe_grid *g, size_t cell, const char *name)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "model=kept ");
    mmoe_cells_name(g, cell, &t);
    assert_string_equal(t.s + strlen("model=kept "), name);
    assert_int_equal(strlen(t.s), t.n);
    assert_int_equal(strncmp(t.s, "model=kept ", 11), 0);
    mmoe_text_done(&t);
}

/* --- twins --- */

static void cells_of_an_option_that_is_not_heeded_are_twins(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    axis(&g, "bottom-units", "16/32");
    axis(&g, "model", "shared-bottom,mmoe");
    assert_twins(&g, (const size_t[]){0, 1, 2, 1}, 4);
    g = grid(); /* whatever the order of axes */
    axis(&g, "model", "shared-bottom,mmoe");
    axis(&g, "bottom-units", "16/32");
    axis(&g, "p", "0.5,1"); /* the rows are of it, whatever the model */
    assert_twins(&g, (const size_t[]){0, 1, 2, 3, 4, 5, 4, 5}, 8);
}

/* A width that is matched is one of the experts and towers. */
static void a_width_that_is_matched_heeds_what_it_is_matched_to(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    axis(&g, "experts", "4,8");
    axis(&g, "model", "shared-bottom,mmoe");
    put(&g.base, "bottom-units", "auto");
    assert_twins(&g, (const size_t[]){0, 1, 2, 3}, 4);
    put(&g.base, "bottom-units", "16");
    assert_twins(&g, (const size_t[]){0, 1, 0, 3}, 4);
    g = grid();
    put(&g.base, "model", "shared-bottom");
    axis(&g, "bottom-units", "auto/16");
    axis(&g, "experts", "4,8");
    assert_twins(&g, (const size_t[]){0, 1, 2, 2}, 4);
}

static void an_axis_is_heeded_for_one_that_follows_it(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "model", "mmoe");
    axis(&g, "bottom-units", "8/16/32");
    assert_twins(&g, (const size_t[]){0, 0, 0}, 3);
    assert_int_equal(mmoe_grid_follow(&g, "r1", "1,2,3", "bottom-units", &err), MMOE_OK);
    assert_twins(&g, (const size_t[]){0, 0, 0}, 3);
    assert_int_equal(mmoe_grid_follow(&g, "lr", "0.1,0.01,0.1", "bottom-units", &err), MMOE_OK);
    assert_twins(&g, (const size_t[]){0, 1, 2}, 3);
}

/* What rows come from decides which options of rows matter. */
static void rows_of_a_file_are_the_same_whatever_synthetic_ones_depend_on(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "data", "/tmp/rows.npz");
    axis(&g, "p", "0.5,1");
    axis(&g, "lr", "0.1,0.01");
    assert_twins(&g, (const size_t[]){0, 1, 0, 1}, 4);
    assert_false(mmoe_cells_heed(&g, mmoe_option_find("p")));
    assert_true(mmoe_cells_heed(&g, mmoe_option_find("lr")));
    g.base.data[0] = '\0';
    assert_twins(&g, (const size_t[]){0, 1, 2, 3}, 4);
    assert_true(mmoe_cells_heed(&g, mmoe_option_find("p")));
}

/* --- axes nothing heeds --- */

static void refuse(const struct mmoe_grid *g, const char *option, const char *remedy)
{
    err.text[0] = '\0';
    assert_int_equal(mmoe_cells_check(g, &err), MMOE_INVALID);
    if (strncmp(err.text, option, strlen(option)) != 0 || !strstr(err.text, remedy))
        fail_msg("'%s' says nothing of '%s' or '%s'", err.text, option, remedy);
}

static void an_axis_nothing_heeds_is_refused(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "model", "mmoe");
    axis(&g, "lr", "0.1,0.01");
    assert_int_equal(mmoe_cells_check(&g, &err), MMOE_OK);
    axis(&g, "r1", "2,3");
    refuse(&g, "r1 ", "no model of this study has it");
    axis(&g, "model", "mmoe,tensor-factorization"); /* one is enough */
    assert_int_equal(mmoe_cells_check(&g, &err), MMOE_OK);
    axis(&g, "p", "0.5,1");
    assert_int_equal(mmoe_cells_check(&g, &err), MMOE_OK);
    put(&g.base, "data", "/tmp/rows.npz");
    refuse(&g, "p ", "set data synthetic");
    refuse(&g, "p ", "leave it out");
}

static void a_grid_knows_whether_it_has_twins(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "model", "mmoe");
    put(&g.base, "bottom-units", "8");
    assert_false(mmoe_cells_any_twins(&g));
    axis(&g, "lr", "0.1,0.01");
    axis(&g, "experts", "2,3");
    assert_false(mmoe_cells_any_twins(&g));
    axis(&g, "model", "mmoe,shared-bottom");
    assert_true(mmoe_cells_any_twins(&g));
    axis(&g, "experts", "2"); /* of one value there are no two */
    assert_false(mmoe_cells_any_twins(&g));
}

/* A model that follows the rate is looked at for each rate. */
static void a_model_that_follows_decides(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "bottom-units", "8");
    axis(&g, "lr", "0.1,0.01");
    assert_int_equal(mmoe_grid_follow(&g, "model", "mmoe,shared-bottom", "lr", &err), MMOE_OK);
    axis(&g, "experts", "2,3");
    assert_true(mmoe_cells_any_twins(&g));
    assert_int_equal(mmoe_grid_follow(&g, "model", "shared-bottom,mmoe", "lr", &err), MMOE_OK);
    assert_int_equal(mmoe_cells_check(&g, &err), MMOE_OK);
}

/* --- names --- */

static void cells_are_called_by_what_sets_them_apart(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    put(&g.base, "model", "omoe");
    assert_name(&g, 0, "omoe");
    axis(&g, "p", "0.5");
    assert_name(&g, 0, "omoe"); /* of one value nothing is apart */
    axis(&g, "p", "0.5,1");
    assert_name(&g, 1, "p=1");
    axis(&g, "model", "mmoe,shared-bottom");
    assert_name(&g, 0, "p=0.5 mmoe");
    assert_name(&g, 3, "p=1 shared-bottom");
    axis(&g, "lr", "0.1,0.01");
    assert_name(&g, 1, "p=0.5 mmoe lr=0.01");
}

static void axes_that_vary_by_themselves_have_places(void **state)
{
    (void)state;
    struct mmoe_grid g = grid();
    axis(&g, "p", "0.5,1");
    axis(&g, "model", "mmoe,omoe");
    assert_int_equal(mmoe_grid_follow(&g, "lr", "0.1,0.01", "model", &err), MMOE_OK);
    assert_int_equal(mmoe_cells_axis(&g, mmoe_option_find("p")), 0);
    assert_int_equal(mmoe_cells_axis(&g, mmoe_option_find("model")), 1);
    assert_int_equal(mmoe_cells_axis(&g, mmoe_option_find("lr")), -1);
    assert_int_equal(mmoe_cells_axis(&g, mmoe_option_find("dim")), -1);
    assert_int_equal(mmoe_cells_axis(&g, NULL), -1);
}

TESTS(cmocka_unit_test(cells_of_an_option_that_is_not_heeded_are_twins),
      cmocka_unit_test(a_width_that_is_matched_heeds_what_it_is_matched_to),
      cmocka_unit_test(an_axis_is_heeded_for_one_that_follows_it),
      cmocka_unit_test(rows_of_a_file_are_the_same_whatever_synthetic_ones_depend_on),
      cmocka_unit_test(an_axis_nothing_heeds_is_refused),
      cmocka_unit_test(a_grid_knows_whether_it_has_twins),
      cmocka_unit_test(a_model_that_follows_decides),
      cmocka_unit_test(cells_are_called_by_what_sets_them_apart),
      cmocka_unit_test(axes_that_vary_by_themselves_have_places))
