/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare of two settings: what is asked for, what is trained, what is said. */
#include <stdio.h>
#include <unistd.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

static char folder[] = "/tmp/mmoe-compare-XXXXXX", store[64], line[300];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(store, sizeof store, "%s/s.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    char path[80];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", store, ends[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static const char *compared(const char *words)
{
    snprintf(line, sizeof line, "compare %s store=%s", words, store);
    return typed(line);
}

static void what_is_no_pair_is_refused(void **state)
{
    (void)state;
    assert_refused("compare mmoe p=0.3", "against which model?");
    assert_refused("compare p=0.3", "two settings");
    assert_refused("compare p=0.3,0.5,0.9", "two settings");
    assert_refused("compare mmoe omoe p=0.3,0.9", "two settings");
    assert_refused("compare mmoe nomodel seeds=3", "nomodel");
    assert_refused("compare mmoe omoe seeds=1", "the number of seeds");
    assert_refused("compare shared-bottom single-task experts=3,4", "two settings");
    assert_refused("compare r1=3,4 seeds=3", "r1"); /* of another model */
    assert_null(app->view.study.tally);
}

static void two_models_are_trained_and_judged(void **state)
{
    (void)state;
    const char *words = compared("shared-bottom mmoe p=0.9 seeds=3");
    assert_says(words, "6 runs");
    assert_says(words, "mmoe against shared-bottom: loss of task A");
    assert_says(words, "of 3 seeds");
    assert_int_equal(errors(), 0);
    assert_string_equal(app->view.study.name, "compare");
    assert_int_equal(mmoe_tally_done(app->view.study.tally), 6);
    assert_true(app->view.options.p < 0.9); /* the settings stay as they are */
}

static double first_loss(void)
{
    return mmoe_tally_values(app->view.study.tally, 0, MMOE_LOSS, 0)[0];
}

/* The same again, more seeds, and runs of another study: nothing is trained twice. */
static void stored_runs_are_used(void **state)
{
    (void)state;
    compared("shared-bottom mmoe p=0.9 seeds=3");
    double loss = first_loss();
    const char *again = compared("shared-bottom mmoe p=0.9 seeds=3");
    if (strstr(again, "runs, kept in"))
        fail_msg("%s", again);
    assert_says(compared("shared-bottom mmoe p=0.9 seeds=4"), "6 of them are there already");
    assert_true(first_loss() == loss);
    assert_says(compared("mmoe omoe p=0.9 seeds=3"), "3 of them are there already");
    assert_int_equal(errors(), 0);
}

static void one_option_with_two_values(void **state)
{
    (void)state;
    const char *words = compared("experts=2,3 seeds=2");
    assert_says(words, "experts=3 against experts=2");
    assert_int_equal(errors(), 0);
}

/* The verdict grows above the histograms. */
static void the_panel_tells_the_verdict(void **state)
{
    (void)state;
    struct canvas c;
    compared("shared-bottom mmoe p=0.9 seeds=3");
    canvas_init(&c, 98, 12, glyphs_find("ascii"));
    panel_table[PANEL_HIST]->draw(&app->view, &c);
    char *drawn = canvas_dump(&c);
    assert_says(drawn, "of shared-bottom, lower on");
    assert_says(drawn, "ratio of each seed");
    mmoe_free(drawn);
    snprintf(line, sizeof line, "study open store=%s", store); /* and when it is opened again */
    typed(line);
    assert_string_equal(app->view.study.name, "compare");
    for (int width = 0; width < 100; width++)
        for (int height = 0; height < 9; height++) {
            canvas_resize(&c, width, height);
            panel_table[PANEL_HIST]->draw(&app->view, &c);
        }
    canvas_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TYPED(what_is_no_pair_is_refused), TYPED(two_models_are_trained_and_judged),
        TYPED(stored_runs_are_used), TYPED(one_option_with_two_values),
        TYPED(the_panel_tells_the_verdict)};
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
