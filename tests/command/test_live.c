/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiment: brought forward, kept, told again, tested, stopped. */
#include <stdio.h>
#include <unistd.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

#define SMALL                                                                                \
    "set data=recommender users=300 items=150 rows=stream test-rows=200 batch=128 steps=40 " \
    "eval-every=40 bottom-units=8 experts=2"

static void what_there_is_not_is_refused(void **state)
{
    (void)state;
    typed(SMALL);
    assert_says(typed("experiment"), "which arms?");
    assert_says(typed("experiment truth"), "which arms?");
    assert_says(typed("experiment aa=10"), "which arms?");
    assert_false(app->view.experiment.any);
}

static void it_is_shown_and_kept(void **state)
{
    (void)state;
    typed(SMALL);
    interp_now(&interp, app, "experiment shared-bottom mmoe visits=2000");
    assert_int_equal(app->view.focus, PANEL_EXPERIMENT);
    assert_true(app->view.experiment.any);
    assert_true(isfinite(app->view.experiment.sight.foreseen[0]));
    assert_says(typed(""), "mmoe against shared-bottom: engagement");
    const struct mmoe_sight *s = &app->view.experiment.sight;
    assert_int_equal(s->stage, MMOE_SIGHT_DONE);
    assert_int_equal(s->done, 2000);
    assert_int_equal(s->looks, 46);
    assert_true(s->arm[MMOE_TREATMENT].multiply_adds > 0 && s->arm[MMOE_CONTROL].p99 > 0);
    assert_says(typed("experiment"), "true rates:");
    assert_says(typed("describe experiment"), "mmoe against shared-bottom, 2 nets an arm");
    typed("experiment truth");
    assert_true(app->view.experiment.truth);
    typed("experiment truth");
    assert_false(app->view.experiment.truth);
}

/* Tests add up, and another experiment takes the place of the first. */
static void its_statistics_are_tested_afterwards(void **state)
{
    (void)state;
    typed(SMALL);
    typed("experiment shared-bottom mmoe visits=2000");
    const struct mmoe_sight *s = &app->view.experiment.sight;
    assert_int_equal(s->calibration.tests, 0);
    typed("experiment aa=20");
    assert_int_equal(s->calibration.tests, 20);
    assert_int_equal(s->stage, MMOE_SIGHT_DONE);
    typed("experiment aa=5");
    assert_int_equal(s->calibration.tests, 25);
    typed("experiment shared-bottom omoe visits=1000");
    assert_string_equal(s->model[1], "omoe");
    assert_int_equal(s->calibration.tests, 0);
    assert_int_equal(errors(), 0);
}

static void one_at_a_time_is_tested(void **state)
{
    (void)state;
    typed(SMALL);
    typed("experiment shared-bottom mmoe visits=1000");
    interp_now(&interp, app, "experiment shared-bottom omoe visits=1000");
    size_t before = app->view.log_count;
    interp_now(&interp, app, "experiment aa=10");
    assert_says(said_since(before), "in progress");
    settle();
    assert_string_equal(app->view.experiment.sight.model[1], "omoe");
}

/* One that was stopped and is not at its end yet is not tested, nor is the one before taken away.
 */
static void a_stopped_one_is_waited_for(void **state)
{
    (void)state;
    typed(SMALL);
    interp_now(&interp, app, "experiment shared-bottom mmoe visits=50000");
    interp_now(&interp, app, "stop");
    size_t before = app->view.log_count;
    interp_now(&interp, app, "experiment aa=10");
    const char *words = said_since(before);
    if (!strstr(words, "in progress") && !strstr(words, "which arms?"))
        fail_msg("%s", words);
    settle();
    assert_int_equal(app->view.experiment.sight.stage, MMOE_SIGHT_STOPPED);
    typed("experiment shared-bottom omoe visits=1000");
    interp_now(&interp, app, "experiment shared-bottom mmoe visits=50000");
    interp_now(&interp, app, "stop");
    interp_now(&interp, app, "experiment aa=10");
    settle();
    assert_true(app->view.experiment.any);
}

/* Who trains wants to see that. */
static void a_run_comes_forward(void **state)
{
    (void)state;
    typed(SMALL);
    typed("experiment shared-bottom mmoe visits=1000; run");
    assert_int_equal(app->view.focus, PANEL_LOSS);
    typed("layout experiment; repeat 2");
    assert_int_not_equal(app->view.focus, PANEL_EXPERIMENT);
}

/* The experiments of a study come one after the other, then their table, claims and files. */
static void a_study_has_a_table_and_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmoe-live-XXXXXX", line[200];
    struct mmoe_text path = {0};
    assert_non_null(mkdtemp(folder));
    mmoe_text_add(&path, "%s/pair.conf", folder);
    FILE *f = fopen(path.s, "w");
    fputs("title A pair\n" SMALL "\nexperiment single-task shared-bottom "
          "satisfaction=raised:19.72**\nexperiment shared-bottom mmoe\n",
          f);
    fclose(f);
    snprintf(line, sizeof line, "study %s visits=1000 nets=3 out=%s/o", path.s, folder);
    const char *words = typed(line);
    assert_says(words, "mmoe over shared-bottom");
    assert_says(words, "+19.72 **");
    assert_says(words, "1 undecided      shared-bottom over single-task: satisfaction raised");
    assert_says(words, "report.html and 4 figures");
    assert_int_equal(errors(), 0);
    static const char *const files[] = {"o/report.html", "o/pair-1.svg", "o/pair-1.pdf",
                                        "o/pair-2.svg", "o/pair-2.pdf"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        mmoe_text_clear(&path);
        mmoe_text_add(&path, "%s/%s", folder, files[i]);
        assert_int_equal(unlink(path.s), 0);
    }
    mmoe_text_clear(&path);
    mmoe_text_add(&path, "%s/pair.conf", folder);
    unlink(path.s);
    mmoe_text_clear(&path);
    mmoe_text_add(&path, "%s/o", folder);
    assert_int_equal(rmdir(path.s), 0);
    assert_int_equal(rmdir(folder), 0);
    mmoe_text_done(&path);
    snprintf(line, sizeof line, "study table-4 out=/dev/null/o");
    assert_refused(line, "cannot make folder");
    assert_false(app_has_jobs(app));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_there_is_not_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(it_is_shown_and_kept, begin, end),
        cmocka_unit_test_setup_teardown(its_statistics_are_tested_afterwards, begin, end),
        cmocka_unit_test_setup_teardown(one_at_a_time_is_tested, begin, end),
        cmocka_unit_test_setup_teardown(a_stopped_one_is_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(a_run_comes_forward, begin, end),
        cmocka_unit_test_setup_teardown(a_study_has_a_table_and_files, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
