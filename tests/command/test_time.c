/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goto, branch and note: a live run in time, and what settings, names and lists make of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/typed.h"

static const struct mmoe_snapshot *live(size_t i)
{
    return app->view.lanes[i].live;
}

static double loss_at(const char *line)
{
    typed(line);
    return live(0)->curve[live(0)->curve_count - 1].value[MMOE_LOSS][0];
}

static void settings_are_what_they_were(void **state)
{
    (void)state;
    typed("run 20; set lr 0.003; run 40; set lr 0.05");
    double end = loss_at("run 60");
    assert_says(typed("goto 10"), "at step 10 of 60");
    assert_true(app->view.options.lr == 0.01);
    typed("goto 30");
    assert_true(app->view.options.lr == 0.003 && live(0)->step == 30);
    assert_true(loss_at("run 60") == end && app->view.options.lr == 0.05);
    assert_int_equal(app->view.newest_id, 1); /* one run all the time */
    assert_true(loss_at("goto 0; run 60") == end);
    assert_int_equal(errors(), 0);
    assert_refused("goto 61", "at most");
    assert_refused("goto x", "whole number");
    assert_refused("goto", "STEP");
}

static void a_change_in_the_past_makes_another_run(void **state)
{
    (void)state;
    double end = loss_at("run 60");
    typed("goto 20; set speed max theme dark"); /* which change no run */
    assert_int_equal(app->view.newest_id, 1);
    assert_says(typed("set lr 0.05"), "from step 20 on it is run 2");
    assert_true(loss_at("run 60") != end);
    assert_int_equal(app->view.run_count, 1);
    assert_true(app->view.runs[0].id == 1 && app->view.runs[0].shot->step == 60);
    assert_refused("goto 70", "at most");
    assert_true(loss_at("goto 20; set lr 0.01; run 60") == end); /* 3: the same way as 1 */
    assert_int_equal(app->view.newest_id, 3);
}

static void a_branch_goes_on_beside_what_it_left(void **state)
{
    (void)state;
    double end = loss_at("run 60");
    assert_says(typed("goto 20; branch warm"), "run 2 goes on from step 20");
    assert_true(app->view.runs[0].pinned && app->view.runs[0].shot->step == 60);
    assert_refused("goto 60", "at most");
    assert_true(loss_at("run 60") == end);
    assert_says(app->view.lanes[0].name, "warm");
    typed("set steps 80; branch; run 80"); /* from where it is */
    assert_int_equal(app->view.run_count, 2);
    assert_int_equal(app->view.runs[1].shot->step, 60);
    assert_says(typed("describe run"), "Step 20: another run from here on warm.");
    assert_int_equal(errors(), 1);
}

static void notes_and_changes_are_saved(void **state)
{
    (void)state;
    char line[128], path[] = "/tmp/mmoe-time-XXXXXX.npz";
    assert_int_not_equal(mkstemps(path, 4), -1);
    typed("run 20; note gates part; set lr 0.003; run 40; goto 30; note twice");
    double end = loss_at("goto end");
    assert_int_equal(mmoe_journal_count(live(0)->journal), 3);
    snprintf(line, sizeof line, "save %s", path);
    typed(line);
    snprintf(line, sizeof line, "reset; load %s", path);
    typed(line);
    assert_says(typed("describe run"), "Step 20: note: gates part. Step 20: set lr=0.003. Step 30: "
                                       "note: twice.");
    assert_says(typed("describe run"), "It began with lr=0.01.");
    assert_true(loss_at("goto 10; run 40") == end && app->view.options.lr == 0.003);
    unlink(path);
    assert_int_equal(errors(), 0);
}

/* A note at a step at which something was changed: the change comes before it, and again. */
static void a_note_in_the_past_loses_no_change(void **state)
{
    (void)state;
    typed("run 30; set lr 0.003");
    double end = loss_at("run 60");
    typed("goto 10; run 30; note x; run 60");
    assert_true(loss_at("run 60") == end && app->view.options.lr == 0.003);
    assert_int_equal(mmoe_journal_count(live(0)->journal), 2);
    typed("goto 10; run 30; branch; run 60");
    assert_true(loss_at("run 60") == end && app->view.options.lr == 0.003);
    assert_int_equal(errors(), 0);
}

/* The run went on beyond option steps: its end is where it was. */
static void the_end_is_the_furthest_step(void **state)
{
    (void)state;
    typed("set steps 20; run 50; goto 10; run 15; goto end");
    assert_int_equal(live(0)->step, 50);
    assert_int_equal(errors(), 0);
}

/* Weights that are imported at a step of the past make another run; those of step 0 can be gone
 * back to. */
static void imported_weights_have_their_own_future(void **state)
{
    (void)state;
    char line[128], path[] = "/tmp/mmoe-weights-XXXXXX.npz";
    assert_int_not_equal(mkstemps(path, 4), -1);
    snprintf(line, sizeof line, "run 40; export weights %s; goto 20; import weights %s", path,
             path);
    assert_says(typed(line), "from step 20 on it is run 2");
    assert_refused("goto 40", "at most");
    snprintf(line, sizeof line, "reset; import weights %s", path);
    typed(line);
    double begun = live(0)->value[MMOE_LOSS][0];
    typed("run 40");
    assert_true(loss_at("goto 0") == begun);
    assert_int_equal(mmoe_journal_count(live(0)->journal), 1);
    assert_int_equal(errors(), 1);
    unlink(path);
}

static void undo_of_what_went_back_is_of_something(void **state)
{
    (void)state;
    typed("set p 0.7; run 20; set lr 0.003; run 40; goto 10; undo");
    assert_true(app->view.options.p != 0.7);
}

static void sides_go_together(void **state)
{
    (void)state;
    typed("model shared-bottom; ab mmoe; run 40; set lr 0.003; run 60");
    double second = live(1)->value[MMOE_LOSS][0];
    typed("goto 20");
    assert_true(live(0)->step == 20 && live(1)->step == 20);
    typed("run 60");
    assert_true(live(1)->value[MMOE_LOSS][0] == second && live(1)->options.lr == 0.003);
    typed("goto 20; branch");
    assert_true(app->view.lanes[0].id == 3 && app->view.lanes[1].id == 4);
    assert_int_equal(errors(), 0);
}

static void what_has_no_past_is_refused(void **state)
{
    (void)state;
    assert_refused("goto 5", "no run");
    assert_refused("note x", "no run");
    typed("run 20; set p 0.7");
    assert_refused("goto 5", "undo");
    typed("undo");
    typed("goto 5; reset");
    assert_refused("branch", "nothing to branch from");
    assert_refused("goto 5", "at most");
    assert_refused("note", "TEXT");
}

/* Back from where nothing is finite. */
static void a_diverged_run_goes_back(void **state)
{
    (void)state;
    typed("run 20; set lr 1e6; run 60");
    assert_int_equal(live(0)->state, MMOE_RUN_DIVERGED);
    typed("goto 20; set lr 0.01; run 60");
    assert_int_equal(live(0)->state, MMOE_RUN_FINISHED);
    assert_int_equal(live(0)->step, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(settings_are_what_they_were),
                                       TYPED(a_change_in_the_past_makes_another_run),
                                       TYPED(a_branch_goes_on_beside_what_it_left),
                                       TYPED(notes_and_changes_are_saved),
                                       TYPED(a_note_in_the_past_loses_no_change),
                                       TYPED(the_end_is_the_furthest_step),
                                       TYPED(imported_weights_have_their_own_future),
                                       TYPED(undo_of_what_went_back_is_of_something),
                                       TYPED(sides_go_together),
                                       TYPED(what_has_no_past_is_refused),
                                       TYPED(a_diverged_run_goes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
