/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss, gates, hist, runs, pin, compare, layout: what is shown, by command. */
#include <stdio.h>

#include "tests/typed.h"
#include "tests/views.h"
#include "ui/panel/panels.h"
#include "ui/panel/view_study.h"

static void brings_a_panel_to_the_front(void **state)
{
    (void)state;
    static const char *const verbs[] = {"gates", "hist", "runs", "loss"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        unsigned long before = app->changes;
        typed(verbs[i]);
        assert_int_equal(app->view.focus, panel_find(verbs[i]));
        assert_true(app->changes > before);
    }
}

static void chooses_the_axis(void **state)
{
    (void)state;
    typed("gates; loss linear");
    assert_true(app->view.linear_y);
    assert_int_equal(app->view.focus, PANEL_LOSS);
    typed("loss");
    assert_true(app->view.linear_y);
    typed("loss log");
    assert_false(app->view.linear_y);
    assert_refused("loss linaer", "did you mean loss linear?");
    assert_refused("loss cubic", "linear or log");
}

static void assert_measure(enum mmoe_metric metric, size_t task)
{
    assert_int_equal(app->view.metric, metric);
    assert_int_equal(app->view.task, task);
}

/* What is chosen stays, and holds for all that sums seeds up. */
static void chooses_what_histograms_are_of(void **state)
{
    (void)state;
    typed("loss; hist over-var task=B"); /* letters, before there is a run */
    assert_measure(MMOE_OVER_VAR, 1);
    assert_int_equal(app->view.focus, PANEL_HIST);
    typed("loss; hist");
    assert_measure(MMOE_OVER_VAR, 1);
    assert_says(typed("repeat 2"), "final loss / variance of task B:");
    typed("hist r2");
    assert_measure(MMOE_R2, 1);
    typed("hist task=A");
    assert_measure(MMOE_R2, 0);
    assert_says(typed("repeat 1"), "final R2 of task A:");
    assert_refused("hist overvar task=B", "did you mean over_var?");
    assert_refused("hist loss task=C", "A, B");
    assert_measure(MMOE_R2, 0); /* nothing half done */
}

static void lays_out(void **state)
{
    (void)state;
    typed("layout gates; layout zoom");
    assert_int_equal(app->view.focus, PANEL_GATES);
    assert_true(app->view.zoomed);
    typed("layout next");
    assert_int_equal(app->view.focus, PANEL_FIT);
    typed("layout log; layout next");
    assert_int_equal(app->view.focus, 0);
    typed("layout reset");
    assert_false(app->view.zoomed);
    typed("layout zoom; layout zoom");
    assert_false(app->view.zoomed);
    assert_refused("layout gtaes", "did you mean layout gates?");
    assert_refused("layout 7x7x7", "reset, zoom, next or a panel's name");
}

/* Nothing is measured but for who asks; the command waits for it, says it once, and no more. */
static void measures_what_is_learned_for_who_asks(void **state)
{
    (void)state;
    assert_says(typed("describe fit"), "There is no run yet");
    typed("run 20");
    assert_null(view_live(&app->view)->fit);
    assert_says(typed("describe fit"), "at step 20, on the held-out rows. Task A has loss");
    typed("step 10");
    assert_null(view_live(&app->view)->fit);
    assert_says(typed("describe fit"), "at step 30");
    app_show(app, MMOE_SHOWS_FIT); /* the panel is on the screen */
    typed("step 10");
    assert_int_equal(view_live(&app->view)->fit->step, 40);
    assert_says(typed("describe fit"), "at step 40");
    typed("reset");
    assert_int_equal(view_live(&app->view)->fit->step, 0);
    app_show(app, 0);
    settle();
    typed("step 10");
    assert_null(view_live(&app->view)->fit);
    size_t lines = 0; /* a command that waited is in the log once */
    for (size_t i = 0; i < app->view.log_count; i++)
        lines += strcmp(app->view.log[i].text, "describe fit") == 0;
    assert_int_equal(lines, 4);
}

/* Frames were drawn while the command waited; what it says is an answer still. */
static void an_answer_that_waited_is_one(void **state)
{
    (void)state;
    typed("run 20");
    interp_now(&interp, app, "describe fit");
    app->view.answering = app->view.answered = false;
    size_t lines = app->view.log_count;
    settle();
    assert_true(app->view.answered);
    assert_int_equal(app->view.answer_from, lines);
}

static void begins_with_a_task(void **state)
{
    (void)state;
    typed("run 20; loss; fit task=B");
    assert_int_equal(app->view.focus, PANEL_FIT);
    assert_int_equal(app->view.fit_task, 1);
    typed("fit");
    assert_int_equal(app->view.fit_task, 1);
    assert_refused("fit task=C", "A, B");
    assert_refused("fit tsk=B", "task=NAME");
    assert_int_equal(app->view.fit_task, 1);
}

static const struct view_run *kept(size_t id)
{
    for (size_t i = 0; i < app->view.run_count; i++)
        if (app->view.runs[i].id == id)
            return &app->view.runs[i];
    return NULL;
}

static void pins_and_lets_go(void **state)
{
    (void)state;
    assert_refused("pin", "no runs yet");
    typed("run 20");
    assert_says(typed("pin"), "run 1 is pinned");
    assert_true(kept(1)->pinned);
    typed("set batch 10; run 20");
    assert_says(typed("pin 2"), "run 2 is pinned");
    assert_says(typed("pin 1"), "run 1 is no longer pinned");
    assert_false(kept(1)->pinned);
    assert_true(kept(2)->pinned);
    assert_refused("pin 3", "no run '3'");
    assert_refused("pin first", "no run 'first'");
    assert_refused("pin 0", "no run '0'");
}

/* A run pinned early keeps its number, and its newest state counts. */
static void a_pinned_run_goes_on(void **state)
{
    (void)state;
    typed("run 20; pin; run 40; set batch 10; step");
    assert_int_equal(kept(1)->shot->step, 40);
    assert_true(kept(1)->pinned);
}

static void compares(void **state)
{
    (void)state;
    typed("run 20; model shared-bottom; run 20");
    const char *text = typed("compare 1 2");
    assert_says(text, "model                    mmoe  shared-bottom\n");
    assert_says(text, "same seeds");
    assert_null(strstr(text, "experts"));
    assert_null(strstr(text, "not at the same step"));
    char line[120], left[32], right[32];
    const double *x = view_run_find(&app->view, 1)->value[MMOE_LOSS],
                 *y = view_live(&app->view)->value[MMOE_LOSS];
    for (int k = 0; k < 2; k++) {
        snprintf(line, sizeof line, "\nloss %c %22s %14s   ratio %s\n", 'A' + k,
                 mmoe_format_loss(x[k], left, sizeof left),
                 mmoe_format_loss(y[k], right, sizeof right),
                 mmoe_format_fixed(y[k] / x[k], 3, MMOE_NUMBER));
        assert_says(text, line);
    }
}

/* A value wider than its column does not stand under the number of the other run. */
static void compares_long_values_in_a_line(void **state)
{
    (void)state;
    typed("set expert-units=4,4,4,4,4,4,4,4; run 20; set expert-units=4; run 20");
    const char *text = typed("compare 1 2");
    assert_says(text, "expert-units   4,4,4,4,4,4,4,4 against 4\n");
}

static void says_what_a_comparison_is_worth(void **state)
{
    (void)state;
    typed("run 20; reseed init; run 20; reseed data; run 40");
    assert_says(typed("compare 1 2"), "other first weights");
    const char *text = typed("compare 2 3");
    assert_says(text, "other rows");
    assert_says(text, "not at the same step");
    assert_says(text, "seed.data");
}

/* Without arguments it answers for what is on the screen: rows, else the pin and the live run. */
static void compares_what_is_shown(void **state)
{
    (void)state;
    typed("run 20; pin; model shared-bottom; run 20");
    assert_says(typed("compare"), "model                    mmoe  shared-bottom\n");
    typed("repeat 3; model mmoe; repeat 3");
    const char *text = typed("compare");
    assert_says(text, "mmoe against shared-bottom: loss of task A is a ratio of ");
    assert_says(text, " of 3 seeds: ");
    assert_says(typed("compare mmoe shared-bottom"), "mmoe against shared-bottom: loss of task A");
    typed("repeat 1 seed=9 p=0.9");
    assert_says(typed("compare"), "mmoe p=0.9 against shared-bottom p=0.5: other seeds");
}

/* Models are set against each other within the other options. */
static void compares_the_cells_of_a_study(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct view_study *study = &app->view.study;
    struct mmoe_grid g = {.base = app->view.options, .seeds = 2};
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.1,0.9", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "model", "mmoe,omoe", &err), MMOE_OK);
    view_study_begin(study, 1, &g, "sweep", NULL);
    for (size_t run = 0; run < 8; run++) {
        struct mmoe_record r = record_of(&g.base, run == 7 ? (double)NAN : 1 + (double)run);
        r.run = run;
        assert_true(mmoe_tally_add(study->tally, &r));
    }
    const char *text = typed("compare");
    /* Student's t of two differences is wide; a run that diverged is as bad as the worst. */
    assert_says(text, "p=0.1 omoe against p=0.1 mmoe: loss of task A is a ratio of 1.549 [");
    assert_says(text, "], lower on 0 of 2 seeds: undecided; about 9 seeds would decide");
    assert_says(text, "p=0.9 omoe against p=0.9 mmoe: loss of task A is a ratio of ");
    assert_says(text, " of 2 seeds (1 diverged and counted as worst): undecided");
}

static void refuses_strange_comparisons(void **state)
{
    (void)state;
    assert_refused("compare 1 2", "no runs yet");
    typed("run 20");
    assert_refused("compare", "compare takes two runs");
    assert_refused("compare 1", "compare takes two runs");
    assert_refused("compare 1 2", "no run '2'");
    assert_refused("compare x 1", "no run 'x'");
}

TESTS(TYPED(measures_what_is_learned_for_who_asks), TYPED(begins_with_a_task),
      TYPED(an_answer_that_waited_is_one), TYPED(brings_a_panel_to_the_front),
      TYPED(chooses_the_axis), TYPED(chooses_what_histograms_are_of), TYPED(lays_out),
      TYPED(pins_and_lets_go), TYPED(a_pinned_run_goes_on), TYPED(compares),
      TYPED(says_what_a_comparison_is_worth), TYPED(compares_long_values_in_a_line),
      TYPED(compares_what_is_shown), TYPED(compares_the_cells_of_a_study),
      TYPED(refuses_strange_comparisons))
