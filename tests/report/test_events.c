/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events byte for byte, for programs and for people. */
#include <locale.h>

#include "tests/report/sink.h"
#include "tests/views.h"
#include "ui/report/events.h"

static struct mmoe_eval curve[] = {
    {0, {[MMOE_LOSS] = {4, 5}, [MMOE_OVER_VAR] = {1, 1.25}}},
    {100,
     {[MMOE_LOSS] = {0.1, 0.25}, [MMOE_OVER_VAR] = {0.025, 0.0625}, [MMOE_ROWS_OFF] = {0, 0.25}}}};

static struct mmoe_snapshot finished_run(void)
{
    struct mmoe_snapshot s = {.tasks = 2,
                              .state = MMOE_RUN_FINISHED,
                              .step = 2469,
                              .seconds = 2,
                              .task = {{.name = "A"}, {.name = "B"}}};
    mmoe_options_default(&s.options);
    s.value[MMOE_LOSS][0] = 0.1;
    s.value[MMOE_LOSS][1] = 1.0 / 3;
    s.value[MMOE_OVER_VAR][0] = 0.025;
    s.value[MMOE_OVER_VAR][1] = 0.0625;
    s.value[MMOE_ROWS_OFF][1] = 0.25;
    s.var[0] = 4;
    s.var[1] = 4;
    s.curve = curve;
    s.curve_count = 2;
    return s;
}

static void data(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    struct mmoe_dataset d = {.train = {.n = 40000},
                             .test = {.n = 2000},
                             .dim = 100,
                             .tasks = 2,
                             .task = {{.name = "A"}, {.name = "B"}},
                             .var = {5.5, 4.25},
                             .pearson = 0.4321,
                             .cosine = 0.5};
    events_data(&sink, &d, &o);
    assert_said("{\"event\":\"data\",\"rows\":40000,\"stream\":false,\"validation_rows\":0,\"test_"
                "rows\":2000,"
                "\"dim\":100,\"tasks\":2,\"p\":0.5,\"cos\":0.5,\"pearson\":0.4321,"
                "\"var\":[5.5,4.25],\"task_names\":[\"A\",\"B\"]}\n");
    d.cosine = NAN;
    events_data(&sink, &d, &o);
    assert_non_null(strstr(emitted.s, "\"cos\":null,"));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    d.cosine = 0.5;
    events_data(&sink, &d, &o);
    assert_said("40,000 rows, 2,000 held out, 100 inputs, 2 tasks\n"
                "p 0.5  cos(w1, w2) .5000  label correlation .4321  "
                "variances 5.500 4.250\n");
}

static void evaluations(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    events_eval(&sink, &s, &curve[1], "", true);
    assert_said("{\"event\":\"eval\",\"step\":100,\"loss\":[0.1,0.25],"
                "\"loss_over_var\":[0.025,0.0625],\"r2\":[0,0],\"rows_off\":[0,0.25]}\n");
    sink.mode = EVENT_PLAIN;
    events_eval(&sink, &s, &curve[0], "", true);
    events_eval(&sink, &s, &curve[1], "", true);
    assert_said("    step    loss A    loss B    /var A    /var B\n"
                "       0     4.000     5.000     1.000     1.250\n"
                "     100     .1000     .2500     .0250     .0625\n");
    sink.mode = EVENT_SCREEN; /* the panel shows them */
    events_eval(&sink, &s, &curve[1], "", true);
    assert_said("");
}

static void runs(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    events_run(&sink, &s);
    assert_said(
        "{\"event\":\"run.done\",\"model\":\"mmoe\",\"step\":2469,"
        "\"loss\":[0.1,0.3333333333333333],\"loss_over_var\":[0.025,0.0625],\"r2\":[0,0],\"rows_"
        "off\":[0,0.25],"
        "\"diverged\":false,\"units\":[],\"tasks\":[\"A\",\"B\"],\"seconds\":2,\"steps_per_"
        "second\":1234.5}\n");
    s.state = MMOE_RUN_DIVERGED;
    s.diverged_step = 2001;
    s.divergence = MMOE_FAR_ABOVE;
    s.seconds = 0;
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "\"diverged\":true,\"diverged_step\":2001,"
                                      "\"divergence\":\"far-above\","
                                      "\"units\":[],\"tasks\":[\"A\",\"B\"],\"seconds\":0,"
                                      "\"steps_per_second\":null}\n"));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    s = finished_run();
    events_run(&sink, &s);
    assert_said("mmoe  step 2,469  loss .1000 .3333  over variance .0250 .0625  2.0 s  "
                "1,234 steps/s\n");
    s.resting = true; /* no fault of the run */
    s.resting_since = 400;
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "  no weight has changed since step 400  "));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_JSON;
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "\"diverged\":false,\"resting_since\":400,"));
    mmoe_text_clear(&emitted);
    s = finished_run();
    sink.mode = EVENT_SCREEN; /* an end in itself: the log has it, too */
    events_run(&sink, &s);
    assert_said("mmoe  step 2,469  loss .1000 .3333  over variance .0250 .0625  2.0 s  "
                "1,234 steps/s\n");
}

/* A comma for a decimal point would be another number, or no JSON at all. */
static void a_country_changes_nothing(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        skip();
    events_run(&sink, &s);
    events_eval(&sink, &s, &curve[1], "", true);
    sink.mode = EVENT_PLAIN;
    events_run(&sink, &s);
    setlocale(LC_ALL, "C");
    assert_non_null(strstr(emitted.s, "1234.5"));
    assert_non_null(strstr(emitted.s, "\"loss\":[0.1,0.25]"));
    assert_non_null(strstr(emitted.s, "  2.0 s  "));
}

static void progress_is_one_line(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_snapshot *live = show(v, 0, 1);
    live->state = MMOE_RUN_TRAINING;
    live->step = 2469;
    live->value[MMOE_LOSS][0] = 0.1;
    live->value[MMOE_LOSS][1] = 1.0 / 3;
    live->steps_per_second = 1234.5;
    v->queue_wanted = 20;
    v->queue_done = 3;
    events_progress(&sink, v, 6000, false);
    assert_string_equal(progress.s, "step 2,469 of 6,000  1,234 steps/s  loss .1000 .3333");
    live->state = MMOE_RUN_FINISHED;
    events_progress(&sink, v, 6000, false);
    assert_string_equal(progress.s, "repeat 3 of 20");
    v->queue_eta = 75;
    v->study.rate = 2000;
    events_progress(&sink, v, 6000, true);
    assert_string_equal(progress.s, "run 3 of 20  2,000 steps/s  1 min 15 s left");
    v->queue_wanted = 0;
    v->lanes[0].making = true;
    events_progress(&sink, v, 6000, true);
    assert_string_equal(progress.s, "making rows");
    v->lanes[0].making = false;
    events_progress(&sink, v, 6000, true);
    assert_string_equal(progress.s, "");
    assert_said("");
    drop_view(v);
}

/* What is read out of a store is no run that is trained. */
static void progress_tells_what_is_read_and_what_a_job_does(void **state)
{
    (void)state;
    struct view *v = make_view();
    v->study.reading = true;
    v->queue_wanted = 1000;
    v->queue_done = 512;
    events_progress(&sink, v, 0, false);
    assert_string_equal(progress.s, "read 512 of 1,000");
    v->study.reading = false;
    v->queue_wanted = 0;
    strcpy(v->job, "claims");
    v->job_share = 0.429;
    events_progress(&sink, v, 0, false);
    assert_string_equal(progress.s, "claims 42%");
    drop_view(v);
}

/* Each under its name; AUC of those that are binary, R2 of the others. */
static void tasks_are_told_by_name_and_kind(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    strcpy(s.task[0].name, "watch");
    strcpy(s.task[1].name, "click");
    s.task[1].binary = true;
    s.value[MMOE_R2][0] = 0.5;
    s.value[MMOE_R2][1] = s.value[MMOE_AUC][0] = NAN;
    s.value[MMOE_AUC][1] = 0.75;
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "\"r2\":[0.5,null],\"auc\":[null,0.75],"));
    assert_non_null(strstr(emitted.s, "\"tasks\":[\"watch\",\"click\"],"));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    events_run(&sink, &s);
    assert_said(
        "mmoe  step 2,469  loss .1000 .3333  over variance or entropy .0250 .0625  AUC - .7500  "
        "2.0 s  1,234 steps/s\n");
}

/* Final values are of the test rows; with rows for choices they are others than the last ones. */
static void runs_with_rows_for_choices_tell_both(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    s.tested = true;
    s.final[MMOE_LOSS][0] = 0.125;
    s.final[MMOE_LOSS][1] = 0.5;
    events_run(&sink, &s);
    assert_null(strstr(emitted.s, "test_loss"));
    mmoe_text_clear(&emitted);
    s.validation_rows = 10;
    s.stopped = true;
    s.options.keep_best = true;
    s.best = (struct mmoe_eval){1200, {[MMOE_LOSS] = {0.0625, 0.25}}};
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "\"best_step\":1200,"
                                      "\"test_loss\":[0.125,0.5],"));
    assert_non_null(strstr(emitted.s, "\"loss\":[0.0625,0.25],")); /* of the weights exported */
    assert_non_null(strstr(emitted.s, "\"stopped\":true,"));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    events_run(&sink, &s);
    assert_non_null(strstr(emitted.s, "  best, at step 1,200  on test rows .1250 .5000"
                                      "  out of patience  2.0 s"));
}

TESTS(REPORTS(data), REPORTS(evaluations), REPORTS(runs), REPORTS(a_country_changes_nothing),
      REPORTS(progress_is_one_line), REPORTS(progress_tells_what_is_read_and_what_a_job_does),
      REPORTS(tasks_are_told_by_name_and_kind), REPORTS(runs_with_rows_for_choices_tell_both))
