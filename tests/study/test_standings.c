/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models compared on rows of a file: rows of the table, and the claims. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/standings.h>

#include "tests/test.h"

enum { MODELS = 7, SEEDS = 12 };

static const char models[] =
    "single-task,shared-bottom,l2-constrained,cross-stitch,tensor-factorization,omoe,mmoe";
static struct mmoe_error err;

static struct mmoe_grid grid_of(const char *list)
{
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    strcpy(g.base.data, "rows.npz");
    assert_int_equal(mmoe_grid_axis(&g, "model", list, &err), MMOE_OK);
    return g;
}

/* AUC of task A: one of the list, with noise of the seed that all models share and some of their
 * own; of B the same and .05 more. Validation values rank the seeds the other way round. */
static void add_all(struct mmoe_tally *t, const double *auc)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        size_t cell = mmoe_grid_cell(g, run), seed = mmoe_grid_seed(g, run);
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        mmoe_tasks_letters(r.task, 2);
        for (size_t k = 0; k < 2; k++) {
            r.task[k].binary = true;
            r.value[MMOE_AUC][k] = auc[cell] + 0.05 * (double)k + 0.0005 * (double)seed +
                                   1e-4 * sin((double)(7 * run + k));
            r.choice[MMOE_AUC][k] = 0.9 - 0.001 * (double)seed;
        }
        assert_true(mmoe_tally_add(t, &r));
    }
}

static struct mmoe_standings *standings_of(const char *list, const double *auc)
{
    struct mmoe_grid g = grid_of(list);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    add_all(t, auc);
    struct mmoe_standings *s = mmoe_standings_new(t);
    mmoe_tally_free(t);
    return s;
}

static void rows_are_summed_up(void **state)
{
    (void)state;
    static const double auc[] = {0.8, 0.52};
    struct mmoe_standings *s = standings_of("mmoe,omoe", auc);
    assert_int_equal(s->models, 2);
    assert_int_equal(s->tasks, 2);
    assert_string_equal(s->model[1], "omoe");
    const struct mmoe_standing *r = &s->row[0][0];
    assert_int_equal(r->n, SEEDS);
    assert_near(r->mean, 0.8 + 0.0005 * 5.5, 1e-4);
    assert_near(r->most, 0.8 + 0.0005 * 11, 2e-4);
    assert_near(r->chosen, 0.8, 2e-4); /* the first seed is the best on validation rows */
    assert_int_equal(r->failed, 0);
    assert_int_equal(s->row[1][0].failed, SEEDS);
    assert_int_equal(s->row[1][1].failed, 0); /* .57 and above */
    assert_int_equal(s->claims, 0);
    mmoe_free(s);
}

static void claims_hold_where_they_are_true(void **state)
{
    (void)state;
    static const double as_said[MODELS] = {0.89, 0.87, 0.88, 0.88, 0.7, 0.875, 0.9},
                        otherwise[MODELS] = {0.89, 0.9, 0.88, 0.88, 0.895, 0.885, 0.87};
    struct mmoe_standings *s = standings_of(models, as_said);
    assert_int_equal(s->claims, MMOE_STANDINGS_CLAIMS);
    for (size_t c = 0; c < s->claims; c++)
        assert_int_equal(s->claim[c].verdict, MMOE_HOLDS);
    assert_int_equal(s->claim[0].terms, 4);
    assert_int_equal(s->claim[1].terms, 10);
    assert_int_equal(s->claim[2].terms, 6);
    assert_near(s->claim[2].term[3].value, 0.2, 1e-3); /* mmoe less tensor-factorization */
    assert_near(s->claim[2].term[3].from, 0.05, 1e-12);
    mmoe_free(s);
    s = standings_of(models, otherwise);
    for (size_t c = 0; c < s->claims; c++)
        assert_int_equal(s->claim[c].verdict, MMOE_FAILS);
    mmoe_free(s);
}

/* A difference of less than .05 is not far; nor is it the opposite of ahead. */
static void near_is_not_far(void **state)
{
    (void)state;
    static const double auc[MODELS] = {0.89, 0.87, 0.88, 0.88, 0.86, 0.875, 0.9};
    struct mmoe_standings *s = standings_of(models, auc);
    assert_true(s->claim[2].verdict != MMOE_HOLDS);
    assert_int_equal(s->claim[0].verdict, MMOE_HOLDS);
    mmoe_free(s);
}

static void other_studies_have_none(void **state)
{
    (void)state;
    struct mmoe_grid g = grid_of("mmoe,omoe");
    assert_true(mmoe_standings_are_of(&g));
    assert_int_equal(mmoe_grid_follow(&g, "lr", "0.1,0.2", "model", &err), MMOE_OK);
    assert_true(mmoe_standings_are_of(&g));
    assert_int_equal(mmoe_grid_axis(&g, "batch", "10,20", &err), MMOE_OK);
    assert_false(mmoe_standings_are_of(&g));
    g = grid_of("mmoe,omoe");
    g.base.data[0] = '\0';
    assert_false(mmoe_standings_are_of(&g));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_summed_up),
        cmocka_unit_test(claims_hold_where_they_are_true),
        cmocka_unit_test(near_is_not_far),
        cmocka_unit_test(other_studies_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
