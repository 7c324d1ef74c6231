/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan says what to train next, and trains nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/app/plan.h"

static char folder[32], one[64], all[64];
static struct mmoe_options settings;
static struct mmoe_error err;

static void define(const char *path, const char *text)
{
    assert_int_equal(mmoe_file_replace(path, text, strlen(text), NULL, &err), MMOE_OK);
}

static int begin(void **state)
{
    (void)state;
    mmoe_options_default(&settings);
    strcpy(folder, "/tmp/mmoe-plan-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(one, sizeof one, "%s/one.conf", folder);
    snprintf(all, sizeof all, "%s/all.conf", folder);
    define(one, "title One\nfigure histograms\naxis model=omoe,mmoe\n"
                "choose lr=0.01,0.001 for model seeds=3\nseeds 2\nset dim=10 rows=200 "
                "test-rows=50 batch=20 steps=10\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(one);
    unlink(all);
    assert_int_equal(rmdir(folder), 0);
    return 0;
}

static void what_is_chosen_comes_first(void **state)
{
    (void)state;
    const struct plan_order order = {.name = one, .command = "study one", .jobs = 1};
    const double low[] = {1, 1, 1}, high[] = {2, 2, 2};
    const double *losses[] = {high, low, low, high};
    struct plan_study next;
    struct plan *p = plan_new(&order, &settings, &err);
    assert_non_null(p);
    assert_int_equal(p->stage, PLAN_BEGUN);
    assert_string_equal(p->title, "One");

    assert_int_equal(plan_next(p, &settings, &next, &err), MMOE_OK);
    assert_int_equal(p->stage, PLAN_CHOOSING);
    assert_int_equal(mmoe_grid_cells(&next.grid), 4);
    assert_int_equal(next.grid.seeds, 3);
    assert_string_equal(next.def.about.title, "choosing lr for each model on seeds of their own");
    plan_began(p, 7);
    assert_int_equal(plan_trained(p), 0); /* a choice is no part of what is reported */
    const struct mmoe_choice *choice = plan_choose(p, &next.grid, losses);
    assert_int_equal(choice->leaders, 2);

    assert_int_equal(plan_next(p, &settings, &next, &err), MMOE_OK);
    assert_int_equal(p->stage, PLAN_TRAINING);
    assert_int_equal(mmoe_grid_cells(&next.grid), 2);
    assert_int_equal(next.grid.seeds, 2);
    assert_string_equal(next.def.about.title, "One");
    plan_began(p, 8);
    assert_int_equal(plan_trained(p), 1);
    assert_int_equal(p->parts[0].id, 8);

    assert_int_equal(plan_next(p, &settings, &next, &err), MMOE_OK);
    assert_int_equal(p->stage, PLAN_OVER);
    plan_free(p);
}

/* What the order names is not chosen. */
static void an_order_takes_the_place_of_a_choice(void **state)
{
    (void)state;
    const struct plan_pair set[] = {{"lr", "0.1"}};
    const struct plan_order order = {
        .name = one, .command = "study one lr=0.1", .seeds = 5, .set = set, .set_count = 1};
    struct plan_study next;
    struct plan *p = plan_new(&order, &settings, &err);
    assert_non_null(p);
    assert_int_equal(plan_next(p, &settings, &next, &err), MMOE_OK);
    assert_int_equal(p->stage, PLAN_TRAINING);
    assert_int_equal(next.grid.seeds, 5);
    plan_free(p);
}

static void what_is_wrong_is_said_before_anything_is_trained(void **state)
{
    (void)state;
    const struct plan_pair set[] = {{"lr", "fast"}};
    struct plan_order order = {.name = one, .command = "study", .set = set, .set_count = 1};
    assert_null(plan_new(&order, &settings, &err));
    assert_true(mmoe_failed(err.status));
    order = (struct plan_order){.name = all, .command = "study"};
    assert_null(plan_new(&order, &settings, &err));
    assert_true(mmoe_failed(err.status));
}

/* A definition that is gone when its turn comes. */
static void a_study_that_cannot_be_made_is_the_end(void **state)
{
    (void)state;
    const struct plan_order order = {.name = one, .command = "study one"};
    struct plan_study next;
    struct plan *p = plan_new(&order, &settings, &err);
    assert_non_null(p);
    unlink(one);
    assert_true(mmoe_failed(plan_next(p, &settings, &next, &err)));
    assert_int_equal(p->stage, PLAN_OVER);
    plan_free(p);
}

#define PLANS(test) cmocka_unit_test_setup_teardown(test, begin, end)
TESTS(PLANS(what_is_chosen_comes_first), PLANS(an_order_takes_the_place_of_a_choice),
      PLANS(what_is_wrong_is_said_before_anything_is_trained),
      PLANS(a_study_that_cannot_be_made_is_the_end))
