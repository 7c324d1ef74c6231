/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several live runs in one app: each with its own settings, steps and place in the view. */
#include "tests/app/told.h"

static void add_lane(void)
{
    assert_int_equal(app_lane_add(app, &told_err), MMOE_OK);
    app->view.lane = app->view.lane_count - 1;
}

/* Train the run of that lane, without waiting. */
static void train(size_t lane, size_t until)
{
    app->view.lane = lane;
    app_train(app, until, true);
}

static const struct mmoe_snapshot *live(size_t lane)
{
    return app->view.lanes[lane].live;
}

static bool is_at_rest(size_t lane)
{
    return app->lanes[lane].pending == APP_PENDING_NONE;
}

static void there_are_so_many_lanes_at_most(void **state)
{
    (void)state;
    for (size_t i = 1; i < VIEW_LANES_MAX; i++)
        add_lane();
    assert_int_equal(app_lane_add(app, &told_err), MMOE_LIMIT);
    assert_non_null(strstr(told_err.text, "there are 4 live runs"));
    assert_int_equal(app->view.lane_count, VIEW_LANES_MAX);
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_EMPTY);
}

static void each_lane_has_settings_and_a_run_of_its_own(void **state)
{
    (void)state;
    train(0, 20);
    wait_for(APP_WAIT_LANE);
    add_lane();
    change("experts", "3");
    assert_true(app->view.lanes[0].stale);
    train(1, 30);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(live(0)->step, 20);
    assert_int_equal(live(0)->options.experts, 2);
    assert_int_equal(live(1)->step, 30);
    assert_int_equal(live(1)->options.experts, 3);
    assert_int_equal(app->lanes[0].made.experts, 2);
    assert_int_equal(app->lanes[1].made.experts, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(app->view.lanes[i].id, i + 1);
        assert_int_equal(live(i)->ticket, app->lanes[i].ticket);
        assert_ptr_equal(view_run_find(&app->view, i + 1), live(i));
    }
    assert_int_equal(app->view.run_count, 0); /* neither took the other's place */
    app->view.lane = 0;
    app_undo(app, false, &told_err);
    assert_false(app->view.lanes[0].stale);
    assert_true(app->view.lanes[1].stale);
    train(0, 40); /* goes on */
    wait_for(APP_WAIT_LANE);
    assert_int_equal(app->view.lanes[0].id, 1);
    assert_int_equal(live(0)->step, 40);
    assert_int_equal(live(1)->step, 30);
    assert_int_equal(count("\"event\":\"run.done\""), 3);
    assert_int_equal(count("\"event\":\"eval\""), 5 + 4); /* of each lane once */
}

/* Same settings, same bits, whoever trains beside. */
static void lanes_train_at_the_same_time(void **state)
{
    (void)state;
    add_lane();
    train(0, 40);
    train(1, 40);
    assert_false(app_idle(app, APP_WAIT_LANE));
    wait_for(APP_WAIT_LANE);
    assert_int_equal(live(0)->step, 40);
    assert_int_equal(live(1)->curve_count, live(0)->curve_count);
    for (size_t i = 0; i < live(0)->curve_count; i++)
        assert_memory_equal(live(0)->curve[i].value[MMOE_LOSS], live(1)->curve[i].value[MMOE_LOSS],
                            2 * sizeof(double));
    assert_int_equal(count("\"event\":\"run.done\""), 2);
}

/* The run behind is neither tuned nor stopped by settings that are not its own. */
static void a_change_is_for_the_lane_in_front(void **state)
{
    (void)state;
    change("speed", "10");
    train(0, 1000000);
    while (live(0)->step == 0)
        wait_for_news();
    add_lane();
    change("speed", "max");
    change("model", "omoe");
    change("lr", "0.5");
    train(1, 40);
    while (!is_at_rest(1))
        wait_for_news();
    assert_int_equal(live(1)->step, 40);
    assert_true(live(1)->options.lr == 0.5);
    assert_true(mmoe_lane_busy(app->lanes[0].lane));
    size_t step = live(0)->step;
    while (live(0)->step == step)
        wait_for_news();
    assert_true(live(0)->options.lr == 0.01);
    assert_true(app->view.lanes[0].stale && !app->view.lanes[1].stale);
    mmoe_lane_pause(app->lanes[0].lane);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"run.done\",\"model\":\"omoe\""), 1);
    assert_int_equal(count("\"event\":\"run.done\""), 1);
}

/* Two runs at step 0, the first of which makes so many steps a second, the other all it can. */
static void make_slow_and_fast(const char *speed)
{
    change("speed", speed);
    app_make(app, true);
    add_lane();
    change("speed", "max");
    app_make(app, true);
    wait_for(APP_WAIT_LANE);
}

static void lanes_together_go_step_by_step(void **state)
{
    (void)state;
    make_slow_and_fast("100");
    assert_int_equal(app_lanes_together(app, true, &told_err), MMOE_OK);
    train(0, 40);
    while (live(0)->step == 0)
        wait_for_news();
    assert_int_equal(app_lanes_together(app, true, &told_err), MMOE_STATE);
    assert_int_equal(app_lanes_together(app, false, &told_err), MMOE_STATE);
    assert_non_null(strstr(told_err.text, "pause it first"));
    train(1, 40);
    while (!is_at_rest(1))
        wait_for_news();
    mmoe_lane_pause(app->lanes[0].lane);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(live(1)->step, 40);
    assert_in_range(live(0)->step, 39, 40); /* the fast one waited for it */
}

static void lanes_apart_do_not_wait(void **state)
{
    (void)state;
    make_slow_and_fast("1");
    assert_int_equal(app_lanes_together(app, true, &told_err), MMOE_OK);
    assert_int_equal(app_lanes_together(app, false, &told_err), MMOE_OK);
    train(0, 1000);
    while (live(0)->step == 0)
        wait_for_news();
    train(1, 200);
    while (!is_at_rest(1))
        wait_for_news();
    assert_int_equal(live(1)->step, 200);
    mmoe_lane_pause(app->lanes[0].lane);
    wait_for(APP_WAIT_LANE);
    assert_in_range(live(0)->step, 1, 199);
}

/* A lane that ends does not hold the others up. */
static void lanes_together_end_each_at_its_own_step(void **state)
{
    (void)state;
    add_lane();
    assert_int_equal(app_lanes_together(app, true, &told_err), MMOE_OK);
    train(0, 20);
    train(1, 60);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(live(0)->step, 20);
    assert_int_equal(live(1)->step, 60);
}

TESTS(TOLD(there_are_so_many_lanes_at_most), TOLD(each_lane_has_settings_and_a_run_of_its_own),
      TOLD(lanes_train_at_the_same_time), TOLD(a_change_is_for_the_lane_in_front),
      TOLD(lanes_together_go_step_by_step), TOLD(lanes_apart_do_not_wait),
      TOLD(lanes_together_end_each_at_its_own_step))
