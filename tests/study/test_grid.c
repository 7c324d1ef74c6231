/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grids: axes, the numbering of runs, and what is refused. */
#include <mmoe/grid.h>
#include <mmoe/mem.h>
#include <mmoe/run.h>

#include "tests/test.h"

static void begin(struct mmoe_grid *g, size_t seeds)
{
    memset(g, 0, sizeof *g);
    small_options(&g->base);
    g->seeds = seeds;
}

static void axis(struct mmoe_grid *g, const char *key, const char *values)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_grid_axis(g, key, values, &err)))
        fail_msg("%s", err.text);
}

static void assert_cell(const struct mmoe_grid *g, size_t cell, const char *expected)
{
    struct mmoe_text t = {0};
    mmoe_grid_cell_text(g, cell, &t);
    assert_string_equal(t.s ? t.s : "", expected);
    mmoe_text_done(&t);
}

static void without_axes_there_is_one_cell(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_options o;
    struct mmoe_error err;
    begin(&g, 3);
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_OK);
    assert_int_equal(mmoe_grid_cells(&g), 1);
    assert_int_equal(mmoe_grid_runs(&g), 3);
    assert_cell(&g, 0, "");
    mmoe_grid_options(&g, 2, &o);
    assert_true(o.seed_data == 2 && o.seed_init == 2 && o.seed_order == 2);
    o.seed_data = o.seed_init = o.seed_order = 0;
    assert_memory_equal(&o, &g.base, sizeof o);
}

static void the_first_axis_varies_slowest(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_options o;
    begin(&g, 1);
    axis(&g, "model", "mmoe,shared-bottom");
    axis(&g, "p", "0.50,0.9,1");
    assert_int_equal(mmoe_grid_cells(&g), 6);
    assert_cell(&g, 0, "model=mmoe p=0.5");
    assert_cell(&g, 1, "model=mmoe p=0.9");
    assert_cell(&g, 3, "model=shared-bottom p=0.5");
    mmoe_grid_cell_options(&g, 5, &o);
    assert_true(o.p == 1 &&
                strcmp(mmoe_option_find("model")->words[o.model], "shared-bottom") == 0);
    assert_true(o.seed_data == g.base.seed_data && o.dim == g.base.dim);
}

/* Two axes that change the rows around two that do not. */
static void make_mixed(struct mmoe_grid *g)
{
    begin(g, 3);
    axis(g, "model", "mmoe,shared-bottom,omoe");
    axis(g, "p", "0.5,0.9");
    axis(g, "lr", "1e-3,0.01");
    axis(g, "noise", "0.1,0.2,0.3,0.4");
}

static void every_cell_is_run_with_every_seed(void **state)
{
    (void)state;
    struct mmoe_grid g;
    make_mixed(&g);
    size_t cells = mmoe_grid_cells(&g), runs = mmoe_grid_runs(&g);
    assert_int_equal(cells, 48);
    assert_int_equal(runs, 144);
    unsigned char seen[3][48] = {{0}};
    for (size_t r = 0; r < runs; r++) {
        struct mmoe_options o, c;
        size_t cell = mmoe_grid_cell(&g, r), seed = mmoe_grid_seed(&g, r);
        assert_int_equal(seed, r / cells);
        assert_int_equal(seen[seed][cell]++, 0);
        mmoe_grid_options(&g, r, &o);
        mmoe_grid_cell_options(&g, cell, &c);
        assert_int_equal(o.seed_init, g.base.seed_init + seed);
        o.seed_data = c.seed_data, o.seed_init = c.seed_init, o.seed_order = c.seed_order;
        assert_memory_equal(&o, &c, sizeof o);
    }
}

static void runs_that_share_their_rows_follow_each_other(void **state)
{
    (void)state;
    struct mmoe_grid g;
    make_mixed(&g);
    size_t made = 1;
    struct mmoe_options before, o;
    mmoe_grid_options(&g, 0, &before);
    for (size_t r = 1; r < mmoe_grid_runs(&g); r++, before = o) {
        mmoe_grid_options(&g, r, &o);
        made += mmoe_run_resets(&before, &o) == MMOE_RESETS_DATA;
    }
    assert_int_equal(made, 3 * 2 * 4); /* seeds x p x noise: each rows once */
}

static void lists_are_parted_by_slashes(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_options o;
    begin(&g, 1);
    axis(&g, "expert-units", "16/32,16");
    axis(&g, "bottom-units", "auto/64");
    axis(&g, "alpha", "random/0.1,-2,3e5");
    assert_int_equal(mmoe_grid_cells(&g), 8);
    assert_cell(&g, 5, "expert-units=32,16 bottom-units=auto alpha=0.1,-2,300000");
    mmoe_grid_cell_options(&g, 7, &o);
    assert_true(o.expert_units.n == 2 && o.expert_units.v[1] == 16 && o.bottom_units.v[0] == 64);
    assert_true(o.alpha.n == 3 && o.alpha.v[2] == 3e5);
}

static void an_axis_again_replaces_it(void **state)
{
    (void)state;
    struct mmoe_grid g;
    begin(&g, 1);
    axis(&g, "p", "0.5,1");
    axis(&g, "lr", "0.1");
    axis(&g, "p", "0,0.1,0.2");
    assert_int_equal(g.axis_count, 2);
    assert_cell(&g, 2, "p=0.2");
}

/* Bytes after the last value are 0, too: grids with the same values are the same bytes. */
static void spelling_makes_no_difference(void **state)
{
    (void)state;
    struct mmoe_grid a, b;
    begin(&a, 1);
    begin(&b, 1);
    axis(&a, "rows", "400,500,600,700");
    axis(&a, "rows", "40k,50000");
    axis(&b, "rows", "default,5e4");
    assert_memory_equal(&a.axes[0], &b.axes[0], sizeof a.axes[0]);
}

static void refuses(struct mmoe_grid *g, const char *key, const char *values,
                    enum mmoe_status status, const char *text)
{
    struct mmoe_error err;
    struct mmoe_grid before = *g;
    assert_int_equal(mmoe_grid_axis(g, key, values, &err), status);
    if (!strstr(err.text, text))
        fail_msg("'%s' says nothing of '%s'", err.text, text);
    assert_memory_equal(&before, g, sizeof before);
}

static void what_is_refused_changes_nothing(void **state)
{
    (void)state;
    struct mmoe_grid g;
    begin(&g, 1);
    axis(&g, "p", "0.5");
    refuses(&g, "modle", "mmoe", MMOE_UNKNOWN, "did you mean model?");
    refuses(&g, "model", "mmoe,shared-botom", MMOE_UNKNOWN, "did you mean shared-bottom?");
    refuses(&g, "p", "0.5,2", MMOE_RANGE, "p must be -1 to 1, not '2'");
    refuses(&g, "p", "0.5,,1", MMOE_INVALID, "not ''");
    refuses(&g, "p", "", MMOE_INVALID, "not ''");
    refuses(&g, "p", "0.5,0.9,.50", MMOE_INVALID, "p lists 0.5 twice");
    refuses(&g, "expert-units", "16/016", MMOE_INVALID, "twice");
    refuses(&g, "seed", "1,2", MMOE_INVALID, "seed cannot vary");
    refuses(&g, "seed.init", "1,2", MMOE_INVALID, "seed.init cannot vary");
    refuses(&g, "theme", "dark,light", MMOE_INVALID, "results do not depend on it");
    refuses(&g, "jobs", "1", MMOE_INVALID, "jobs cannot vary");
}

static void what_is_too_much_is_refused(void **state)
{
    (void)state;
    static const char *const keys[MMOE_AXES_MAX] = {"p",     "noise", "lr",       "experts",
                                                    "batch", "steps", "momentum", "dim",
                                                    "sines", "scale", "rows",     "test-rows"};
    struct mmoe_grid g;
    struct mmoe_error err;
    struct mmoe_text values = {0};
    begin(&g, 1);
    for (size_t i = 0; i < MMOE_AXIS_VALUES_MAX; i++)
        mmoe_text_add(&values, "%s%zu", i ? "," : "", i + 2);
    axis(&g, "batch", values.s);
    mmoe_text_add(&values, ",1");
    refuses(&g, "batch", values.s, MMOE_LIMIT, "more than 64 values");
    mmoe_text_clear(&values);
    for (size_t i = 0; i < 10 * MMOE_REALS_MAX; i++)
        mmoe_text_add(&values, "%s0.12345678901234%03zu",
                      !i                   ? ""
                      : i % MMOE_REALS_MAX ? ","
                                           : "/",
                      i);
    refuses(&g, "alpha", values.s, MMOE_LIMIT, "longer than 4096 bytes");
    for (size_t i = 0; i < MMOE_AXES_MAX; i++)
        axis(&g, keys[i], "default");
    refuses(&g, "clip", "3", MMOE_LIMIT, "at most 12");
    mmoe_text_done(&values);

    g.seeds = MMOE_RUNS_MAX;
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_OK);
    g.seeds++;
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_LIMIT);
    assert_non_null(strstr(err.text, "1,000,000"));
    axis(&g, "p", "0,1");
    g.seeds = SIZE_MAX / 2 + 2; /* twice that is 2 */
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_LIMIT);
}

static void cells_are_checked_as_a_whole(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_error err;
    begin(&g, 0);
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_RANGE);
    assert_non_null(strstr(err.text, "seeds"));
    g.seeds = 1;
    axis(&g, "batch", "10,400");
    axis(&g, "rows", "300,500");
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_RANGE);
    assert_string_equal(
        err.text, "batch=400 rows=300: batch 400 is more than rows 300: lower batch or raise rows");
    axis(&g, "rows", "400,500");
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_OK);
}

/* --- axes that follow --- */

static void follow(struct mmoe_grid *g, const char *key, const char *values, const char *leader)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_grid_follow(g, key, values, leader, &err)))
        fail_msg("%s", err.text);
}

/* Every model at a rate of its own, at two p. */
static void make_tied(struct mmoe_grid *g)
{
    begin(g, 2);
    axis(g, "model", "shared-bottom,omoe,mmoe");
    axis(g, "p", "0.5,1");
    follow(g, "lr", "0.001,0.01,1e-2", "model");
}

static void a_follower_takes_the_place_of_its_leader(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_options o;
    struct mmoe_error err;
    const double rates[] = {0.001, 0.01, 0.01};
    make_tied(&g);
    assert_int_equal(mmoe_grid_check(&g, &err), MMOE_OK);
    assert_int_equal(mmoe_grid_cells(&g), 6);
    assert_int_equal(mmoe_grid_runs(&g), 12);
    assert_cell(&g, 3, "model=omoe p=1");
    unsigned seen = 0;
    for (size_t r = 0; r < 12; r++) {
        mmoe_grid_options(&g, r, &o);
        size_t cell = mmoe_grid_cell(&g, r);
        seen |= 1u << (6 * mmoe_grid_seed(&g, r) + cell);
        assert_true(o.lr == rates[cell / 2] && o.p == (cell % 2 ? 1 : 0.5));
        mmoe_grid_cell_options(&g, cell, &o);
        assert_true(o.lr == rates[cell / 2]);
    }
    assert_int_equal(seen, (1u << 12) - 1);
}

/* Rates turn slowest, since noise follows them. */
static void followers_that_change_rows_turn_their_leader_slow(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_options before, o;
    size_t made = 1;
    begin(&g, 1);
    axis(&g, "model", "mmoe,omoe");
    axis(&g, "lr", "0.1,0.2,0.3");
    follow(&g, "noise", "0.1,0.2,0.4", "lr");
    mmoe_grid_options(&g, 0, &before);
    for (size_t r = 1; r < mmoe_grid_runs(&g); r++, before = o) {
        mmoe_grid_options(&g, r, &o);
        made += mmoe_run_resets(&before, &o) == MMOE_RESETS_DATA;
    }
    assert_int_equal(mmoe_grid_runs(&g), 6);
    assert_int_equal(made, 3);
}

static void ties_can_be_made_anew(void **state)
{
    (void)state;
    struct mmoe_grid g, once;
    struct mmoe_options o;
    make_tied(&g);
    follow(&g, "lr", "0.1,0.2", "p"); /* another leader */
    assert_int_equal(mmoe_grid_cells(&g), 6);
    mmoe_grid_cell_options(&g, 5, &o);
    assert_true(o.lr == 0.2 && o.p == 1);
    follow(&g, "batch", "10,20", "lr"); /* which is p's place */
    mmoe_grid_cell_options(&g, 0, &o);
    assert_true(o.batch == 10 && o.p == 0.5 && mmoe_grid_cells(&g) == 6);
    axis(&g, "lr", "0.1,0.2"); /* by itself again */
    assert_int_equal(mmoe_grid_cells(&g), 12);
    assert_cell(&g, 11, "model=mmoe p=1 lr=0.2");

    /* an axis before its leader moves behind it */
    begin(&g, 1);
    axis(&g, "lr", "0.1");
    axis(&g, "batch", "10,20");
    axis(&g, "model", "mmoe,omoe");
    follow(&g, "experts", "2,3", "model");
    follow(&g, "lr", "0.1,0.1", "batch");
    begin(&once, 1);
    axis(&once, "batch", "10,20");
    axis(&once, "model", "mmoe,omoe");
    follow(&once, "experts", "2,3", "model");
    follow(&once, "lr", "0.1,0.1", "batch");
    assert_memory_equal(&g, &once, sizeof g);
    mmoe_grid_cell_options(&g, 1, &o);
    assert_true(o.experts == 3 && o.batch == 10);
}

static void refuses_tie(struct mmoe_grid *g, const char *key, const char *values,
                        const char *leader, enum mmoe_status status, const char *text)
{
    struct mmoe_error err;
    struct mmoe_grid before = *g;
    assert_int_equal(mmoe_grid_follow(g, key, values, leader, &err), status);
    if (!strstr(err.text, text))
        fail_msg("'%s' says nothing of '%s'", err.text, text);
    assert_memory_equal(&before, g, sizeof before);
}

static void ties_that_cannot_be_change_nothing(void **state)
{
    (void)state;
    struct mmoe_grid g;
    make_tied(&g);
    refuses_tie(&g, "batch", "10,20", "model", MMOE_RANGE,
                "batch lists 2 values for the 3 of model: give one for each");
    refuses_tie(&g, "batch", "10,20,x", "model", MMOE_INVALID, "batch must be");
    refuses_tie(&g, "batch", "10,20,30", "modle", MMOE_UNKNOWN, "did you mean model?");
    refuses_tie(&g, "batch", "10,20,30", "dim", MMOE_UNKNOWN, "no axis 'dim' to follow");
    refuses_tie(&g, "p", "0,1", "p", MMOE_INVALID, "p cannot follow itself");
    refuses_tie(&g, "model", "mmoe,omoe", "p", MMOE_STATE, "lr follows it");
    refuses_tie(&g, "bath", "1,2,3", "model", MMOE_UNKNOWN, "did you mean batch?");
    refuses_tie(&g, "seed", "1,2,3", "model", MMOE_INVALID, "seed cannot vary");
    refuses(&g, "model", "mmoe", MMOE_STATE, "lr follows it: set lr first");
}

static void the_same_runs_are_the_same_grid(void **state)
{
    (void)state;
    struct mmoe_grid a, b;
    make_tied(&a);
    make_tied(&b);
    put(&b.base, "theme", "light");
    put(&b.base, "p", "0.25");          /* no cell has it */
    memset(b.axes[1].text + 10, 7, 20); /* nor is it a value */
    assert_true(mmoe_grid_same(&a, &b));
    put(&b.base, "seed.init", "1");
    assert_false(mmoe_grid_same(&a, &b));
    make_tied(&b);
    b.seeds++;
    assert_false(mmoe_grid_same(&a, &b));
    make_tied(&b);
    follow(&b, "lr", "0.001,0.01,0.02", "model");
    assert_false(mmoe_grid_same(&a, &b));
    axis(&b, "lr", "0.001,0.01");
    assert_false(mmoe_grid_same(&a, &b));
    b.axis_count--;
    assert_false(mmoe_grid_same(&a, &b));
    begin(&a, 1);
    axis(&a, "lr", "1,2");
    axis(&a, "batch", "1,2");
    b = a;
    follow(&b, "batch", "1,2", "lr");
    assert_false(mmoe_grid_same(&a, &b));
}

static void one_value_is_no_axis(void **state)
{
    (void)state;
    struct mmoe_grid g;
    struct mmoe_error err;
    begin(&g, 2);
    axis(&g, "p", "0.5,1");
    assert_int_equal(mmoe_grid_put(&g, "batch", "7", &err), MMOE_OK);
    assert_true(g.axis_count == 1 && g.base.batch == 7);
    assert_int_equal(mmoe_grid_put(&g, "p", "0.9", &err), MMOE_OK); /* of what is one already */
    assert_true(g.axis_count == 1 && g.axes[0].count == 1 && mmoe_grid_cells(&g) == 1);
    assert_int_equal(mmoe_grid_put(&g, "lr", "0.1,0.2", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_cells(&g), 2);
    assert_true(mmoe_failed(mmoe_grid_put(&g, "seed", "5", &err)) &&
                mmoe_failed(mmoe_grid_put(&g, "jobs", "2", &err)));
    assert_true(mmoe_failed(mmoe_grid_put(&g, "batch", "0", &err)) && g.base.batch == 7);
}

TESTS(cmocka_unit_test(without_axes_there_is_one_cell),
      cmocka_unit_test(the_first_axis_varies_slowest),
      cmocka_unit_test(every_cell_is_run_with_every_seed),
      cmocka_unit_test(runs_that_share_their_rows_follow_each_other),
      cmocka_unit_test(lists_are_parted_by_slashes), cmocka_unit_test(an_axis_again_replaces_it),
      cmocka_unit_test(spelling_makes_no_difference),
      cmocka_unit_test(what_is_refused_changes_nothing),
      cmocka_unit_test(what_is_too_much_is_refused), cmocka_unit_test(cells_are_checked_as_a_whole),
      cmocka_unit_test(a_follower_takes_the_place_of_its_leader),
      cmocka_unit_test(followers_that_change_rows_turn_their_leader_slow),
      cmocka_unit_test(ties_can_be_made_anew), cmocka_unit_test(ties_that_cannot_be_change_nothing),
      cmocka_unit_test(one_value_is_no_axis), cmocka_unit_test(the_same_runs_are_the_same_grid))
