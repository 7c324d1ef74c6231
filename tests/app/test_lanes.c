/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live runs side by side: settings, bits, steps, the order of what is said, the end. */
#include "tests/app/told.h"

static void add(const char *pairs)
{
    if (app_side_add(app, pairs, &told_err) != MMOE_CONTINUE)
        fail_msg("%s: %s", pairs, told_err.text);
    wait_for(APP_WAIT_LANE);
}

static void run(size_t until)
{
    app_train(app, until, true);
    wait_for(APP_WAIT_LANE);
}

static const struct mmoe_snapshot *live(size_t side)
{
    return app->view.lanes[side].live;
}

static void there_are_so_many_sides_at_most(void **state)
{
    (void)state;
    add("experts=3");
    add("experts=4");
    add("experts=5");
    assert_int_equal(app_side_add(app, "experts=6", &told_err), MMOE_LIMIT);
    assert_non_null(strstr(told_err.text, "there are 4 live runs"));
    assert_int_equal(app->view.lane_count, VIEW_LANES_MAX);
    for (size_t i = 0; i < VIEW_LANES_MAX; i++) {
        assert_int_equal(live(i)->step, 0);
        assert_int_equal(live(i)->options.experts, 2 + i);
        assert_int_equal(app->view.lanes[i].id, app->view.lanes[0].id + i); /* in their order */
    }
}

static void what_is_no_side_is_refused(void **state)
{
    (void)state;
    assert_int_equal(app_side_add(app, "experts=2", &told_err), MMOE_INVALID);
    assert_non_null(strstr(told_err.text, "side A is just that"));
    assert_int_equal(app_side_add(app, "experts=65", &told_err), MMOE_RANGE);
    assert_int_equal(app_side_add(app, "model=nothing", &told_err), MMOE_UNKNOWN);
    assert_int_equal(app->view.lane_count, 1);
    change("speed", "50");
    app_train(app, 1000, true);
    assert_int_equal(app_side_add(app, "experts=3", &told_err), MMOE_STATE);
    app_pause(app);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(app->view.lane_count, 1);
}

/* (evaluations, tasks) of the curve that a run comes to alone. */
static size_t alone(const char *model, double *curve)
{
    change("model", model);
    run(40);
    size_t n = live(0)->curve_count;
    for (size_t i = 0; i < n; i++)
        memcpy(curve + 2 * i, live(0)->curve[i].value[MMOE_LOSS], 2 * sizeof *curve);
    return n;
}

static void assert_curve(size_t side, const double *curve, size_t n)
{
    assert_int_equal(live(side)->curve_count, n);
    for (size_t i = 0; i < n; i++)
        assert_memory_equal(live(side)->curve[i].value[MMOE_LOSS], curve + 2 * i,
                            2 * sizeof *curve);
}

/* A side has the bits it has alone. */
static void nothing_depends_on_who_trains_beside(void **state)
{
    (void)state;
    double omoe[40], mmoe[40];
    size_t n = alone("omoe", omoe);
    assert_int_equal(alone("mmoe", mmoe), n);
    add("model=omoe");
    run(40);
    assert_curve(0, mmoe, n);
    assert_curve(1, omoe, n);
    assert_memory_not_equal(omoe, mmoe, 2 * n * sizeof *omoe);
    assert_int_equal(count("\"side\":\"omoe\""), n);
    assert_int_equal(count("\"side\":\"mmoe\""), n);
}

/* What is said does not depend on who is first. */
static void sides_speak_in_turn(void **state)
{
    (void)state;
    add("model=omoe");
    add("model=shared-bottom");
    assert_int_equal(count("\"event\":\"data\""), 1); /* the rows are those of all */
    forget();
    run(40);
    static const char *const order[] = {"\"side\":\"mmoe\"", "\"side\":\"omoe\"",
                                        "\"side\":\"shared-bottom\""};
    const char *at = written();
    for (size_t step = 10; step <= 40; step += 10)
        for (size_t i = 0; i < 3; i++) {
            const char *line = strstr(at, "\"event\":\"eval\"");
            if (!line)
                fail_msg("step %zu, side %zu: not told in %s", step, i, written());
            if (strncmp(line + strlen("\"event\":\"eval\","), order[i], strlen(order[i])) != 0)
                fail_msg("step %zu, side %zu: %.60s", step, i, line);
            at = line + 1;
        }
    const char *a = strstr(written(), "\"event\":\"run.done\",\"model\":\"mmoe\""),
               *b = strstr(written(), "\"event\":\"run.done\",\"model\":\"omoe\""),
               *c = strstr(written(), "\"event\":\"run.done\",\"model\":\"shared-bottom\"");
    assert_true(a && b && c && a < b && b < c && at < a);
}

static void settings_are_for_all_sides(void **state)
{
    (void)state;
    add("lr=0.002");
    run(20);
    change("experts", "3");
    assert_true(app->view.lanes[0].stale && app->view.lanes[1].stale);
    app_undo(app, false, &told_err);
    assert_false(app->view.lanes[0].stale || app->view.lanes[1].stale);
    run(40); /* goes on */
    assert_true(live(0)->step == 40 && live(1)->step == 40);
    assert_true(app->view.lanes[0].id == 1 && app->view.lanes[1].id == 2);
    change("lr", "0.005"); /* of the first side: the other has its own */
    assert_true(live(0)->options.lr == 0.01 || live(0)->options.lr == 0.005);
    run(60);
    assert_true(live(0)->options.lr == 0.005 && live(1)->options.lr == 0.002);
    app_reset(app);
    wait_for(APP_WAIT_LANE);
    assert_true(live(0)->step == 0 && live(1)->step == 0);
}

/* What one side cannot be is refused for all. */
static void settings_must_go_with_every_side(void **state)
{
    (void)state;
    add("batch=300");
    struct mmoe_options o = changed("rows", "200");
    assert_true(mmoe_failed(app_change(app, &o, &told_err)));
    assert_int_equal(app->view.options.rows, 400);
}

static void sides_go_step_by_step(void **state)
{
    (void)state;
    add("experts=6");
    change("speed", "100");
    app_train(app, 100000, true);
    while (live(0)->step < 3)
        wait_for_news();
    app_pause(app);
    wait_for(APP_WAIT_LANE);
    size_t a = live(0)->step, b = live(1)->step;
    assert_true(a >= 3 && a < 100000 && (a > b ? a - b : b - a) <= 1);
}

static void the_others_stay_among_the_runs(void **state)
{
    (void)state;
    add("model=omoe");
    run(40);
    assert_int_equal(app_sides_off(app, &told_err), MMOE_OK);
    assert_int_equal(app->view.lane_count, 1);
    assert_int_equal(live(0)->step, 40);
    const struct mmoe_snapshot *shot = view_run_find(&app->view, 2);
    assert_true(shot && shot->step == 40);
    run(60); /* goes on alone */
    assert_int_equal(live(0)->step, 60);
    add("model=omoe"); /* and again */
    run(20);
    assert_int_equal(live(1)->step, 20);
}

TESTS(TOLD(there_are_so_many_sides_at_most), TOLD(what_is_no_side_is_refused),
      TOLD(nothing_depends_on_who_trains_beside), TOLD(sides_speak_in_turn),
      TOLD(settings_are_for_all_sides), TOLD(settings_must_go_with_every_side),
      TOLD(sides_go_step_by_step), TOLD(the_others_stay_among_the_runs))
