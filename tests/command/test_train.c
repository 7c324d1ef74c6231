/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data, model, step, run, pause, reset, repeat: rows, runs and repeats by command. */
#include <stdio.h>

#include "tests/typed.h"

/* --- data --- */

static void makes_rows(void **state)
{
    (void)state;
    assert_refused("data", "no rows yet");
    assert_says(typed("data gen p=0.9 rows=300"), "300 rows, 100 held out, 10 inputs, 2 tasks");
    assert_near(app->view.options.p, 0.9, 0);
    assert_int_equal(app_data(app)->train.n, 300);
    assert_near(app_data(app)->cosine, 0.9, 1e-9);
    assert_false(app_lane(app)->has_run);
    assert_says(typed("data"), "cos(w1, w2) .9000");
    assert_says(typed("data info"), "label correlation");
}

static void says_that_rows_are_old(void **state)
{
    (void)state;
    typed("data gen; set p 0.9");
    assert_says(typed("data"), "options changed since these rows were made");
    typed("data gen; set lr 1");
    assert_null(strstr(typed("data"), "options changed"));
}

static void refuses_strange_data(void **state)
{
    (void)state;
    assert_refused("data gne", "did you mean data gen?");
    assert_refused("data make", "gen makes rows");
    assert_refused("data p=0.9", "write data gen p=0.9");
    assert_refused("data info p=0.9", "data info takes no key=value");
    assert_refused("data gen rows=10", "batch 20 is more than rows 10");
    assert_int_equal(app->view.options.rows, 500);
    assert_null(app_data(app));
}

/* --- model --- */

static void lists_models(void **state)
{
    (void)state;
    typed("set dim 100");
    const char *text = typed("model");
    assert_says(text, "* mmoe");
    assert_says(text, "  shared-bottom           13,255 parameters"); /* 100*113 + 113 + 2*(113*8 +
                                                                         8 + 8 + 1) = 13255 */
    assert_says(text, "14,818 parameters"); /* 8*(1600 + 16) + 2*800 + 2*(128 + 8 + 8 + 1) */
}

static void picks_a_model(void **state)
{
    (void)state;
    assert_says(typed("model omoe experts=4"), "model omoe (was mmoe), experts 4 (was 8)");
    assert_int_equal(app->view.options.experts, 4);
    assert_false(app_lane(app)->has_run); /* no rows yet */
    assert_refused("model omo", "did you mean omoe?");
    assert_refused("model mmoe experts=0", "experts must be");
    assert_string_equal(mmoe_model_name(mmoe_model_at((size_t)app->view.options.model)), "omoe");
}

static void makes_its_run_where_there_are_rows(void **state)
{
    (void)state;
    typed("data gen; model omoe");
    assert_true(app_lane(app)->has_run);
    assert_int_equal(view_live(&app->view)->step, 0);
    assert_int_equal(view_live(&app->view)->gate.gates, 1);
    typed("step 5");
    assert_says(typed("model omoe"), "the run there is stands");
    assert_int_equal(view_live(&app->view)->step, 5);
    typed("model mmoe");
    assert_int_equal(view_live(&app->view)->step, 0);
    assert_int_equal(app->view.run_count, 1); /* what was trained is kept */
}

/* --- step, run, pause, reset --- */

static void steps_and_runs(void **state)
{
    (void)state;
    typed("step");
    assert_int_equal(view_live(&app->view)->step, 1);
    typed("step 9");
    assert_int_equal(view_live(&app->view)->step, 10);
    typed("run 25");
    assert_int_equal(view_live(&app->view)->step, 25);
    assert_says(typed("run"), "step 60");
    assert_int_equal(view_live(&app->view)->step, 60);
    assert_says(typed("run"), "at step 60 already: run 120 goes on");
    assert_says(typed("run 60"), "already");
    typed("step 5");
    assert_int_equal(view_live(&app->view)->step, 65);
}

static void without_steps_the_first_weights_are_measured(void **state)
{
    (void)state;
    typed("set steps 0");
    assert_says(typed("run"), "step 0  loss");
    assert_true(app_lane(app)->has_run && view_live(&app->view)->state == MMOE_RUN_FINISHED);
    assert_true(view_live(&app->view)->curve_count == 1 &&
                isfinite(view_live(&app->view)->value[MMOE_LOSS][0]));
    assert_says(typed("run"), "at step 0 already, and steps is 0: run 100 trains");
    typed("step 5; reset");
    assert_int_equal(view_live(&app->view)->step, 0);
    assert_says(typed("set p 0.25; run"), "step 0  loss"); /* other rows: made and measured */
    assert_int_equal(view_live(&app->view)->step, 0);
    assert_says(typed("repeat 3"), "3 seeds, 0 diverged");
    assert_says(typed("set steps 5; run"), "step 5  loss");
}

static void refuses_strange_steps(void **state)
{
    (void)state;
    assert_refused("step 0", "from 1 to 1,000,000,000");
    assert_refused("step -1", "not '-1'");
    assert_refused("step 1.5", "not '1.5'");
    assert_refused("run 2e9", "not '2e9'");
    assert_refused("run soon", "not 'soon'");
    typed("step 1");
    assert_refused("step 1e9", "as far as it goes");
    assert_int_equal(view_live(&app->view)->step, 1);
}

static void a_stale_run_starts_anew(void **state)
{
    (void)state;
    typed("run 20; set batch 10; step 3");
    assert_int_equal(view_live(&app->view)->step, 3);
    assert_int_equal(view_live(&app->view)->options.batch, 10);
    assert_int_equal(view_lane(&app->view)->id, 2);
}

static void resets_to_the_same_bits(void **state)
{
    (void)state;
    typed("run 40");
    double first = view_live(&app->view)->value[MMOE_LOSS][0];
    assert_says(typed("reset"), "back at step 0");
    assert_int_equal(view_live(&app->view)->step, 0);
    typed("run 40");
    assert_true(view_live(&app->view)->value[MMOE_LOSS][0] == first);
    typed("reset; set lr 0.1; run 40");
    assert_false(view_live(&app->view)->value[MMOE_LOSS][0] == first);
}

static void resets_a_stale_run_with_the_new_options(void **state)
{
    (void)state;
    assert_refused("reset", "no run to reset");
    typed("run 20; set batch 10");
    assert_says(typed("reset"), "options changed since");
    assert_int_equal(view_live(&app->view)->step, 0);
    assert_int_equal(view_live(&app->view)->options.batch, 10);
    assert_false(view_lane(&app->view)->stale);
}

static void pauses_a_training(void **state)
{
    (void)state;
    assert_says(typed("pause"), "nothing is training");
    interp_now(&interp, app, "run 1e9");
    while (view_live(&app->view)->state != MMOE_RUN_TRAINING)
        listen();
    assert_says(typed("pause"), "paused at step");
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_PAUSED);
    size_t at = view_live(&app->view)->step;
    typed("step 2");
    assert_int_equal(view_live(&app->view)->step, at + 2);
}

static void a_diverged_run_does_not_go_on(void **state)
{
    (void)state;
    typed("set optimizer sgd lr 1e6");
    assert_refused("run", "diverged at step");
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_DIVERGED);
    assert_refused("step", "the run diverged at step");
    assert_refused("run 100", "try lr 0.01, or clip 1; then reset");
    typed("set lr 0.001; reset; run");
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_FINISHED);
}

/* --- repeat --- */

static void repeats_over_seeds(void **state)
{
    (void)state;
    assert_says(typed("repeat 3"), "3 seeds, 0 diverged");
    assert_int_equal(app->view.group_count, 1);
    assert_int_equal(view_group_done(&app->view.groups[0]), 3);
    assert_int_equal(view_live(&app->view)->state,
                     MMOE_RUN_EMPTY); /* the live run is not disturbed */
    typed("repeat 2");
    assert_int_equal(view_group_done(&app->view.groups[0]), 5);
    assert_false(mmoe_tally_values(app->view.groups[0].tally, 0, MMOE_LOSS, 0)[3] ==
                 mmoe_tally_values(app->view.groups[0].tally, 0, MMOE_LOSS, 0)[0]);
}

static void pairs_hold_for_the_repeats_alone(void **state)
{
    (void)state;
    typed("repeat 2 model=omoe p=0.9");
    assert_string_equal(mmoe_model_name(mmoe_model_at((size_t)app->view.options.model)), "mmoe");
    assert_near(app->view.options.p, 0.5, 0);
    assert_near(app->view.groups[0].options.p, 0.9, 0);
    assert_int_equal(app->undo_count, 0);
}

static void the_first_repeat_is_the_live_run(void **state)
{
    (void)state;
    typed("run; repeat 1");
    assert_true(view_live(&app->view)->value[MMOE_LOSS][0] ==
                mmoe_tally_values(app->view.groups[0].tally, 0, MMOE_LOSS, 0)[0]);
}

static void refuses_strange_repeats(void **state)
{
    (void)state;
    assert_refused("repeat", "how many seeds?");
    assert_refused("repeat 0", "from 1 to 1,000,000");
    assert_refused("repeat 1000001", "from 1 to 1,000,000");
    assert_refused("repeat ten", "not 'ten'");
    assert_refused("repeat 3 p=2", "p must be");
    assert_refused("repeat 3 batch=501", "more than rows");
    assert_int_equal(app->view.group_count, 0);
}

static void stops_repeats(void **state)
{
    (void)state;
    assert_says(typed("stop"), "nothing to stop");
    interp_now(&interp, app, "repeat 1000 steps=1e9 jobs=1");
    assert_says(typed("stop"), "stopped after 0 of 1,000 seeds");
    assert_false(app->repeating);
    assert_says(typed("pause"), "nothing is training");
}

/* It ends at an evaluation, always the same one, and goes on from there. */
static void a_goal_ends_a_run(void **state)
{
    (void)state;
    typed("set eval-every 10 steps 200; run");
    const struct mmoe_snapshot *s = view_live(&app->view);
    double last = s->value[MMOE_LOSS][0], first = s->curve[0].value[MMOE_LOSS][0];
    size_t at = 0;
    while (s->curve[at].value[MMOE_LOSS][0] >= (first + last) / 2)
        at++;
    size_t step = s->curve[at].step;
    assert_in_range(step, 10, 190);
    char line[80];
    snprintf(line, sizeof line, "reset; run until=loss<%.17g", (first + last) / 2);
    assert_says(typed(line), "at step");
    assert_int_equal(view_live(&app->view)->step, step);
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_PAUSED);
    assert_says(typed("run until=loss.A<1e-9"), "not loss.A<1e-");
    assert_int_equal(view_live(&app->view)->step, 200);
    assert_refused("run until=loss", "METRIC.TASK<VALUE");
    assert_refused("run until=losses<1", "did you mean loss");
    assert_refused("run lr=1", "run takes no lr=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TYPED(makes_rows),
        TYPED(says_that_rows_are_old),
        TYPED(refuses_strange_data),
        TYPED(lists_models),
        TYPED(picks_a_model),
        TYPED(makes_its_run_where_there_are_rows),
        TYPED(steps_and_runs),
        TYPED(without_steps_the_first_weights_are_measured),
        TYPED(refuses_strange_steps),
        TYPED(a_stale_run_starts_anew),
        TYPED(resets_to_the_same_bits),
        TYPED(resets_a_stale_run_with_the_new_options),
        TYPED(pauses_a_training),
        TYPED(a_diverged_run_does_not_go_on),
        TYPED(repeats_over_seeds),
        TYPED(pairs_hold_for_the_repeats_alone),
        TYPED(the_first_repeat_is_the_live_run),
        TYPED(refuses_strange_repeats),
        TYPED(stops_repeats),
        TYPED(a_goal_ends_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
