/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ab: sides that are added, listed, brought forward, shown, let go. */
#include "tests/typed.h"
#include "ui/panel/panels.h"

static void sides_are_added_and_let_go(void **state)
{
    (void)state;
    assert_says(typed("ab"), "one run is live");
    typed("model shared-bottom; ab mmoe; run 40");
    assert_int_equal(app->view.lane_count, 2);
    assert_int_equal(app->view.lanes[1].live->step, 40);
    assert_says(typed("ab"), "B  model=mmoe");
    typed("ab lr=0.003 dropout=0.1");
    assert_says(typed("ab"), "C  lr=0.003 dropout=0.1");
    typed("ab next");
    assert_int_equal(app->view.lane, 1);
    assert_says(typed("ab"), "B  model=mmoe, in front");
    typed("ab off");
    assert_true(app->view.lane_count == 1 && app->view.lane == 0);
    assert_int_equal(errors(), 0);
}

/* What one side does not heed makes another one stale, which is trained anew. */
static void a_stale_side_is_trained_again(void **state)
{
    (void)state;
    typed("model shared-bottom; ab mmoe; run 40; set top-k 1");
    assert_true(!app->view.lanes[0].stale && app->view.lanes[1].stale);
    size_t first = app->view.lanes[0].id;
    typed("run 40");
    assert_int_equal(app->view.lanes[1].live->options.top_k, 1);
    assert_true(app->view.lanes[1].live->step == 40 && app->view.lanes[0].id == first);
    typed("ab next; reset"); /* for both, each with its own settings */
    assert_true(app->view.lanes[0].live->step == 0 && app->view.lanes[1].live->step == 0);
    assert_false(app->view.lanes[0].stale || app->view.lanes[1].stale);
    typed("set experts 3 top-k all; data gen; run 20");
    assert_true(app->view.lanes[0].live->options.model != app->view.lanes[1].live->options.model);
    assert_int_equal(app->view.lanes[1].live->step, 20);
    assert_refused("load x.npz", "ab off");
    assert_refused("import data x.npz", "ab off");
    assert_refused("ab data='my file.npz'", "blanks");
}

static void what_makes_no_side_is_refused(void **state)
{
    (void)state;
    assert_refused("ab off", "one live run");
    assert_refused("ab next", "one live run");
    assert_refused("ab nomodel", "nomodel");
    assert_refused("ab mmoe", "just that");
    assert_refused("ab off lr=1", "stands alone");
    assert_int_equal(app->view.lane_count, 1);
}

/* Curves of both, named, and their ratio; as words and numbers, too. */
static void the_loss_panel_has_both(void **state)
{
    (void)state;
    struct canvas c;
    typed("model shared-bottom; ab mmoe; run 40");
    canvas_init(&c, 98, 20, glyphs_find("ascii"));
    panel_table[PANEL_LOSS]->draw(&app->view, &c);
    char *drawn = canvas_dump(&c);
    assert_says(drawn, "A mmoe");
    assert_says(drawn, "A shared-bottom");
    assert_says(drawn, "A: mmoe / shared-bottom");
    mmoe_free(drawn);
    for (int width = 0; width < 90; width += 3)
        for (int height = 0; height < 25; height++) {
            canvas_resize(&c, width, height);
            panel_table[PANEL_LOSS]->draw(&app->view, &c);
        }
    canvas_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TYPED(sides_are_added_and_let_go), TYPED(a_stale_side_is_trained_again),
        TYPED(what_makes_no_side_is_refused), TYPED(the_loss_panel_has_both)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
