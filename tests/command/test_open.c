/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs picked out of histograms, studies and the list, and opened: the same bits. */
#include <stdio.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"
#include "ui/panel/pick.h"

static const struct mmoe_snapshot *live(void)
{
    return view_live(&app->view);
}

/* Open what is picked, as Enter does; the run must have the value that was shown. */
static void open_picked(void)
{
    struct pick p;
    char line[60];
    assert_true(pick_at(&app->view, &p));
    if (p.run)
        snprintf(line, sizeof line, "open %zu", p.run);
    else
        snprintf(line, sizeof line, "open %zu:%zu", p.row, p.seed);
    typed(line);
    double loss = p.run ? live()->value[MMOE_LOSS][0] : live()->final[MMOE_LOSS][0];
    assert_true(loss == p.value);
}

static void seeds_are_opened(void **state)
{
    (void)state;
    assert_false(pick_is_possible(&app->view));
    typed("repeat 5; repeat 4 model=shared-bottom lr=0.02; hist");
    assert_true(pick_is_possible(&app->view));
    pick_begin(&app->view);
    struct pick p;
    assert_true(pick_at(&app->view, &p));
    assert_true(p.row == 1 && p.place == 3 && p.count == 5);
    double before = p.value;
    pick_move(&app->view, 1, 0);
    pick_at(&app->view, &p);
    assert_true(p.value > before && p.place == 4);
    open_picked();
    pick_begin(&app->view);
    pick_move(&app->view, 0, 1);
    pick_at(&app->view, &p);
    assert_int_equal(p.row, 2);
    for (int i = 0; i < 9; i++)
        pick_move(&app->view, -1, 1); /* no further than there are */
    open_picked();
    assert_string_equal(mmoe_model_name(mmoe_model_at((size_t)live()->options.model)),
                        "shared-bottom");
    assert_true(app->view.options.lr == 0.02);
    struct mmoe_text t = {0};
    pick_words(&app->view, &t);
    assert_says(t.s, "1 of 4");
    mmoe_text_done(&t);
    assert_int_equal(errors(), 0);
}

static void runs_of_the_list_are_opened(void **state)
{
    (void)state;
    typed("run 30; set lr 0.003; run 60; set p 0.9; run 40; runs");
    pick_begin(&app->view);
    pick_move(&app->view, 0, -1);
    struct pick p;
    assert_true(pick_at(&app->view, &p));
    assert_int_equal(p.run, 1);
    open_picked(); /* with its change on the way */
    assert_true(app->view.options.p == 0.5 && app->view.options.lr == 0.003);
    typed("goto 10");
    assert_true(app->view.options.lr == 0.01);
    assert_int_equal(errors(), 0);
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    assert_refused("open", "which run");
    assert_refused("open 1", "no runs yet");
    assert_refused("open 1:7", "no run 1:7");
    assert_refused("open x:7", "no ROW:SEED");
    typed("repeat 2");
    assert_refused("open 1:7", "no run 1:7");
    assert_refused("open 0:0", "no ROW:SEED");
    assert_refused("open 3:0", "no run 3:0");
    typed("open 1:1");
    assert_int_equal(live()->options.seed_data, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(seeds_are_opened), TYPED(runs_of_the_list_are_opened),
                                       TYPED(what_is_not_there_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
