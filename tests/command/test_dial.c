/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dial: an option turned by hand and by itself, and what is kept of it. */
#include <math.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

static const struct view_dial_curve *curve(size_t lane)
{
    return &app->view.dial.curve[lane];
}

static void a_row_is_gone_through(void **state)
{
    (void)state;
    typed("dial p 0..1:0.5; set lr 0.003"); /* the next command waits for all of it */
    assert_int_equal(errors(), 0);
    assert_int_equal(curve(0)->count, 3);
    assert_int_equal(app->view.run_count, 0); /* its runs are points */
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(curve(0)->point[i].x - 0.5 * (double)i) < 1e-12);
        assert_true(isfinite(curve(0)->point[i].loss[0]));
    }
    assert_true(curve(0)->point[2].pearson > curve(0)->point[0].pearson);
    assert_true(app->view.options.p == 1);
}

/* A point is the run that one would have trained by hand. */
static void a_point_is_a_run(void **state)
{
    (void)state;
    typed("set p 0.5; run");
    double loss = view_live(&app->view)->value[MMOE_LOSS][1];
    typed("dial p"); /* the run there is, is one */
    assert_int_equal(curve(0)->count, 1);
    typed("set seed 3; run; dial p=0.9; set seed 0; dial p 0.2,0.5");
    assert_int_equal(curve(0)->count, 2); /* of seed 0 alone */
    assert_true(curve(0)->point[1].x == 0.5 && curve(0)->point[1].loss[1] == loss);
}

/* What one runs by hand while a dial is open is kept as ever; what the dial made is a point. */
static void a_run_by_hand_is_kept(void **state)
{
    (void)state;
    typed("dial p 0.2; set p 0.3; run; set p 0.4; run");
    assert_int_equal(app->view.run_count, 1);
    assert_true(app->view.runs[0].shot->options.p == 0.3);
    typed("dial p 0.6; dial p 0.7; dial off");
    assert_int_equal(app->view.run_count, 2);
}

static void keys_are_commands(void **state)
{
    (void)state;
    struct mmoe_text line = {0};
    assert_false(command_dial_turned(app, 1, &line));
    typed("dial p");
    assert_true(command_dial_turned(app, 1, &line));
    assert_string_equal(line.s, "dial p=0.6");
    typed(line.s);
    mmoe_text_clear(&line);
    assert_true(app->view.options.p == 0.6 && curve(0)->count == 1);
    typed("set p 1");
    assert_false(command_dial_turned(app, 1, &line));
    typed("dial off");
    assert_false(command_dial_turned(app, -1, &line));
    mmoe_text_done(&line);
}

/* Turned on while it trains, what is stale leaves no point. */
static void what_is_stale_is_dropped(void **state)
{
    (void)state;
    typed("set steps 100000000; dial p");
    interp_now(&interp, app, "dial p=0.6");
    interp_now(&interp, app, "set steps 40");
    typed("dial p=0.7");
    assert_int_equal(curve(0)->count, 1);
    assert_true(curve(0)->point[0].x == 0.7);
}

static void each_side_has_a_curve(void **state)
{
    (void)state;
    typed("model shared-bottom; ab mmoe; dial p 0,1");
    assert_true(curve(0)->count == 2 && curve(1)->count == 2);
    assert_true(isnan(curve(0)->point[0].overlap) && isfinite(curve(1)->point[0].overlap));
    struct mmoe_text t = {0};
    panel_table[PANEL_DIAL]->csv(&app->view, &t);
    assert_says(t.s, "mmoe");
    mmoe_text_clear(&t);
    panel_table[PANEL_DIAL]->json(&app->view, &t);
    assert_says(t.s, "\"overlap\":null");
    mmoe_text_clear(&t);
    panel_table[PANEL_DIAL]->describe(&app->view, &t);
    assert_says(t.s, "gates overlap by");
    mmoe_text_done(&t);
    struct canvas c;
    canvas_init(&c, 1, 1, glyphs_find("ascii"));
    for (int width = 0; width < 90; width += 3)
        for (int height = 0; height < 25; height++) {
            canvas_resize(&c, width, height);
            panel_table[PANEL_DIAL]->draw(&app->view, &c);
        }
    canvas_done(&c);
}

static void what_cannot_be_turned_is_refused(void **state)
{
    (void)state;
    assert_refused("dial model", "word");
    assert_refused("dial p 0..2", "-1 to 1");
    assert_refused("dial p lr", "not 'lr'");
    assert_refused("dial p=1 lr=2", "one option");
    assert_refused("dial pp", "did you mean");
    typed("dial p 0.2,0.4; dial off; dial");
    assert_int_equal(app->view.focus, PANEL_DIAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TYPED(a_row_is_gone_through),           TYPED(a_point_is_a_run),
        TYPED(a_run_by_hand_is_kept),           TYPED(keys_are_commands),
        TYPED(what_is_stale_is_dropped),        TYPED(each_side_has_a_curve),
        TYPED(what_cannot_be_turned_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
