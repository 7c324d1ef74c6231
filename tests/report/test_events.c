/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_report.c - events byte for byte, for programs and for people.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <mmoe/mem.h>

#include "ui/report/events.h"

static struct app *app;
static FILE *kept;
static int stdout_was, stderr_was;
static char output[8192];
static struct mmoe_eval curve[] = {{0, {[MMOE_LOSS] = {4, 5}}}, {100, {[MMOE_LOSS] = {0.1, 0.25}}}};

static int begin(void **state)
{
    (void)state;
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, APP_JSON);
    kept = tmpfile();
    fflush(stdout);
    stdout_was = dup(STDOUT_FILENO);
    stderr_was = dup(STDERR_FILENO);
    dup2(fileno(kept), STDOUT_FILENO);
    dup2(fileno(kept), STDERR_FILENO);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fflush(stdout);
    dup2(stdout_was, STDOUT_FILENO);
    dup2(stderr_was, STDERR_FILENO);
    close(stdout_was);
    close(stderr_was);
    fclose(kept);
    app_done(app);
    mmoe_free(app);
    return 0;
}

/* What was written since the last call. */
static const char *said(void)
{
    fflush(stdout);
    fflush(stderr);
    ssize_t n = pread(fileno(kept), output, sizeof output - 1, 0);
    output[n > 0 ? n : 0] = '\0';
    assert_int_equal(ftruncate(fileno(kept), 0), 0);
    lseek(fileno(kept), 0, SEEK_SET);
    return output;
}

static struct mmoe_snapshot finished_run(void)
{
    struct mmoe_snapshot s = {.tasks = 2, .state = MMOE_RUN_FINISHED, .step = 2469, .seconds = 2};
    mmoe_options_default(&s.options);
    s.value[MMOE_LOSS][0] = 0.1;
    s.value[MMOE_LOSS][1] = 1.0 / 3;
    s.value[MMOE_OVER_VAR][0] = 0.025;
    s.value[MMOE_OVER_VAR][1] = 0.0625;
    s.var[0] = 4;
    s.var[1] = 4;
    s.curve = curve;
    s.curve_count = 2;
    return s;
}

static void data(void **state)
{
    (void)state;
    struct mmoe_dataset d = {.train = {.n = 40000},
                             .test = {.n = 2000},
                             .dim = 100,
                             .tasks = 2,
                             .var = {5.5, 4.25},
                             .pearson = 0.4321,
                             .cosine = 0.5};
    report_data(app, &d);
    assert_string_equal(said(), "{\"event\":\"data\",\"rows\":40000,\"test_rows\":2000,\"dim\":100,"
                                "\"tasks\":2,\"p\":0.5,\"cos\":0.5,\"pearson\":0.4321,"
                                "\"var\":[5.5,4.25]}\n");
    d.cosine = NAN;
    report_data(app, &d);
    assert_non_null(strstr(said(), "\"cos\":null,"));
    app->mode = APP_PLAIN;
    d.cosine = 0.5;
    report_data(app, &d);
    assert_string_equal(said(), "40,000 rows, 2,000 held out, 100 inputs, 2 tasks\n"
                                "p 0.5  cos(w1, w2) 0.5000  label correlation 0.4321  "
                                "variances 5.500 4.250\n");
}

static void evaluations(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    report_eval(app, &s, &curve[1]);
    assert_string_equal(said(), "{\"event\":\"eval\",\"step\":100,\"loss\":[0.1,0.25],"
                                "\"loss_over_var\":[0.025,0.0625],\"r2\":[0,0]}\n");
    app->mode = APP_PLAIN;
    report_eval(app, &s, &curve[0]);
    report_eval(app, &s, &curve[1]);
    assert_string_equal(said(), "    step    loss 1    loss 2    /var 1    /var 2\n"
                                "       0     4.000     5.000     1.000     1.250\n"
                                "     100     .1000     .2500     .0250     .0625\n");
    app->mode = APP_SCREEN; /* the panel shows them */
    report_eval(app, &s, &curve[1]);
    assert_string_equal(said(), "");
    assert_int_equal(app->view.log_count, 0);
}

static void runs(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    report_run(app, &s);
    assert_string_equal(
        said(), "{\"event\":\"run.done\",\"model\":\"mmoe\",\"step\":2469,"
                "\"loss\":[0.1,0.3333333333333333],\"loss_over_var\":[0.025,0.0625],\"r2\":[0,0],"
                "\"diverged\":false,\"seconds\":2,\"steps_per_second\":1234.5}\n");
    s.state = MMOE_RUN_DIVERGED;
    s.diverged_step = 2001;
    s.seconds = 0;
    report_run(app, &s);
    assert_non_null(strstr(said(), "\"diverged\":true,\"diverged_step\":2001,\"seconds\":0,"
                                   "\"steps_per_second\":null}\n"));
    app->mode = APP_PLAIN;
    s = finished_run();
    report_run(app, &s);
    assert_string_equal(said(),
                        "mmoe  step 2,469  loss .1000 .3333  over variance .0250 .0625  2.0 s  "
                        "1,234 steps/s\n");
    app->mode = APP_SCREEN;
    report_run(app, &s);
    assert_string_equal(said(), "");
    assert_int_equal(app->view.log_count, 1);
    assert_int_equal(app->view.log[0].kind, LOG_DATA);
}

static void records(void **state)
{
    (void)state;
    struct mmoe_record r = {.tasks = 2,
                            .step = 6000,
                            .value[MMOE_LOSS] = {0.1, 0.2},
                            .value[MMOE_OVER_VAR] = {0.5, 0.25}};
    mmoe_options_default(&r.options);
    r.options.seed_data = r.options.seed_init = r.options.seed_order = 7;
    report_record(app, &r, 3, 20);
    assert_string_equal(said(),
                        "{\"event\":\"repeat.run\",\"seed\":7,\"model\":\"mmoe\","
                        "\"loss\":[0.1,0.2],\"loss_over_var\":[0.5,0.25],\"diverged\":false}\n");
    r.options.seed_init = 9;
    r.diverged_step = 12;
    r.value[MMOE_LOSS][0] = r.value[MMOE_LOSS][1] = NAN;
    report_record(app, &r, 3, 20);
    assert_string_equal(said(),
                        "{\"event\":\"repeat.run\",\"seed\":7,\"seed_init\":9,\"seed_order\":7,"
                        "\"model\":\"mmoe\",\"loss\":[null,null],\"loss_over_var\":[0.5,0.25],"
                        "\"diverged\":true}\n");
    app->mode = APP_PLAIN;
    report_record(app, &r, 3, 20);
    assert_string_equal(said(), "   3/20  mmoe  seed 7/9/7  diverged at step 12\n");
}

static void repeats(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    struct view_group *g = view_group_begin(&app->view, &o, 4);
    view_group_add(g, 0.5);
    view_group_add(g, 0.25);
    view_group_add(g, NAN);
    view_group_add(g, 0.75);
    report_repeat(app, g);
    assert_string_equal(said(),
                        "{\"event\":\"repeat.done\",\"model\":\"mmoe\",\"n\":3,\"diverged\":1,"
                        "\"mean\":0.5,\"sd\":0.25,\"median\":0.5,\"q10\":0.3,\"q90\":0.7,"
                        "\"min\":0.25,\"max\":0.75}\n");
    app->mode = APP_PLAIN;
    report_repeat(app, g);
    assert_string_equal(said(), "mmoe  4 seeds, 1 diverged; final loss of task A:\n"
                                "median .5000 [.3750, .6250]  mean .5000  sd .2500  q10 .3000  "
                                "q90 .7000  min .2500  max .7500\n");
}

/* A comma for a decimal point would be another number, or no JSON at all. */
static void a_country_changes_nothing(void **state)
{
    (void)state;
    struct mmoe_snapshot s = finished_run();
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        skip();
    report_run(app, &s);
    report_eval(app, &s, &curve[1]);
    app->mode = APP_PLAIN;
    report_run(app, &s);
    setlocale(LC_ALL, "C");
    assert_non_null(strstr(said(), "1234.5"));
    assert_non_null(strstr(output, "\"loss\":[0.1,0.25]"));
    assert_non_null(strstr(output, "  2.0 s  "));
}

static void progress_is_one_line(void **state)
{
    (void)state;
    app->view.live = finished_run();
    app->view.live.state = MMOE_RUN_TRAINING;
    app->until = 6000;
    app->view.live.steps_per_second = 1234.5;
    report_progress(app);
    assert_string_equal(said(), "\rstep 2,469 of 6,000  1,234 steps/s  loss .1000 .3333");
    app->view.live.state = MMOE_RUN_FINISHED;
    app->view.queue_wanted = 20;
    app->view.queue_done = 3;
    app->view.queue_eta = -1;
    report_progress(app);
    const char *line = said();
    assert_memory_equal(line, "\rrepeat 3 of 20", 15);
    assert_int_equal(strlen(line),
                     strlen("\rstep 2,469 of 6,000  1,234 steps/s  loss .1000 .3333"));
    report_text(app, "word\n"); /* wipes it first */
    line = said();
    assert_int_equal(line[0], '\r');
    assert_string_equal(line + 1 + strspn(line + 1, " "), "\rword\n");
    assert_int_equal(app->progress_width, 0);
    report_progress_end(app);
    assert_string_equal(said(), "");
    app->view.live = (struct mmoe_snapshot){0};
}

static void a_closed_pipe_ends_quietly(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    signal(SIGPIPE, SIG_IGN);
    report_text(app, "lost\n");
    dup2(fileno(kept), STDOUT_FILENO);
    clearerr(stdout);
    assert_true(app->quit);
    assert_int_equal(app->exit_status, 1);
    assert_string_equal(said(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(data, begin, end),
        cmocka_unit_test_setup_teardown(evaluations, begin, end),
        cmocka_unit_test_setup_teardown(runs, begin, end),
        cmocka_unit_test_setup_teardown(records, begin, end),
        cmocka_unit_test_setup_teardown(repeats, begin, end),
        cmocka_unit_test_setup_teardown(a_country_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(progress_is_one_line, begin, end),
        cmocka_unit_test_setup_teardown(a_closed_pipe_ends_quietly, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
