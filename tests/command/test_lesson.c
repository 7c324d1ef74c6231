/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons: what is none is refused; a reader goes on, back, answers, is helped, and leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mmoe/lesson.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

static char file[] = "/tmp/mmoe-lesson-XXXXXX";

static void write_lesson(const char *text)
{
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make_file(void **state)
{
    strcpy(file, "/tmp/mmoe-lesson-XXXXXX");
    int fd = mkstemp(file);
    if (fd < 0)
        return 1;
    close(fd);
    return begin(state);
}

static int remove_file(void **state)
{
    unlink(file);
    return end(state);
}

static const char lesson_text[] = "title Two steps\n"
                                  "note a note\n"
                                  "step First\n"
                                  "say One {p} two\n"
                                  "say three.\n"
                                  "say\n"
                                  "say Another {nothing} {loss.A}.\n"
                                  "do set p 0.3 dim 8 rows 200 steps 20 batch 10; run\n"
                                  "reveal Now p is {p}.\n"
                                  "check p<0.4\n"
                                  "hint Just Enter.\n"
                                  "step Second\n"
                                  "say Guess.\n"
                                  "ask How many steps?\n"
                                  "predict step within 0.1\n"
                                  "reveal Yes.\n"
                                  "step Third\n"
                                  "say Choose.\n"
                                  "ask Which?\n"
                                  "choice this\n"
                                  "right that\n"
                                  "step Last\n"
                                  "say Make p 0.8.\n"
                                  "check p>0.7\n";

static const char *shown(void)
{
    mmoe_text_clear(&said);
    panel_table[PANEL_LESSON]->describe(&app->view, &said);
    return said.s;
}

static void begin_lesson(void)
{
    char line[80];
    write_lesson(lesson_text);
    snprintf(line, sizeof line, "lesson %s", file);
    typed(line);
    assert_non_null(app->view.lesson.lesson);
}

static void a_reader_goes_through(void **state)
{
    (void)state;
    typed("set p 0.9 lr 0.5");
    begin_lesson();
    assert_true(app->view.options.p == 0.5 && app->view.options.lr == 0.01); /* a fresh start */
    assert_says(shown(), "1 of 4  First");
    assert_says(shown(), "One 0.5 two three.\nAnother - -.");
    typed("lesson hint");
    assert_says(shown(), "Just Enter.");
    typed("lesson next");
    assert_says(shown(), "Now p is 0.3.");
    assert_int_equal(view_live(&app->view)->step, 20);
    typed("lesson next");
    assert_true(app_lesson_asks(app));
    assert_says(typed("lesson next"), "your guess"); /* once */
    typed("lesson 21");
    assert_says(shown(), "You said 21; it is 20");
    assert_says(shown(), "near enough");
    assert_says(shown(), "Yes.");
    typed("lesson next");
    assert_refused("lesson 3", "1 to 2");
    typed("lesson 1");
    assert_says(shown(), "Not so: it is that");
    typed("lesson back"); /* this step anew */
    typed("lesson 2");
    assert_says(shown(), "Right: that");
    typed("lesson next");
    assert_refused("lesson next", "p is .3000, not above 0.7");
    assert_refused("lesson hint", "no hint");
    typed("set p 0.8; lesson next");
    assert_says(typed("lesson next"), "that was Two steps");
    assert_null(app->view.lesson.lesson);
    assert_true(app->view.options.p == 0.9 && app->view.options.lr == 0.5); /* as before it */
}

static void it_can_be_left_and_shown(void **state)
{
    (void)state;
    assert_refused("lesson next", "no lesson is read");
    assert_refused("lesson leave", "no lesson is read");
    begin_lesson();
    assert_refused("lesson back", "first step");
    assert_refused("lesson 3", "nothing is asked");
    struct canvas c;
    canvas_init(&c, 1, 1, glyphs_find("ascii"));
    for (int width = 0; width < 90; width += 3)
        for (int height = 0; height < 20; height++) {
            canvas_resize(&c, width, height);
            panel_table[PANEL_LESSON]->draw(&app->view, &c);
        }
    canvas_done(&c);
    typed("lesson leave");
    assert_null(app->view.lesson.lesson);
    assert_refused("lesson nolesson", "no lesson 'nolesson'");
    assert_says(typed("lesson"), "lesson correlation");
}

/* A command of a step that fails leaves it where it was. */
static void a_step_that_fails_waits(void **state)
{
    (void)state;
    char line[80];
    write_lesson("title T\nstep\nsay S\ndo set lr -1; run\ncheck lr>0.05\n");
    snprintf(line, sizeof line, "lesson %s", file);
    typed(line);
    assert_refused("lesson next", "lr");
    assert_refused("lesson next", "lr"); /* again */
    typed("set lr 0.1; lesson reveal; lesson next");
    assert_null(app->view.lesson.lesson);
}

static void what_is_no_lesson_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "title is missing"},
        {"title T\n", "no step"},
        {"title T\nsay x\n", "before the first step"},
        {"title T\nstep\n", "says nothing"},
        {"title T\nstep\nsya x\n", "did you mean say"},
        {"title T\nstep\nsay x\nask q\n", "asks, but"},
        {"title T\nstep\nsay x\nchoice a\nright b\n", "asks nothing"},
        {"title T\nstep\nsay x\nask q\nchoice a\nchoice b\n", "one of them right"},
        {"title T\nstep\nsay x\nask q\nright a\nright b\n", "one right"},
        {"title T\nstep\nsay x\nask q\nright a\nchoice b\npredict p within 1\n", "one of them"},
        {"title T\nstep\nsay x\nask q\npredict p\n", "within"},
        {"title T\nstep\nsay x\ncheck p=1\n", "no check"},
        {"title T\nstep\nsay x\ncheck p<x\n", "no check"},
        {"title T\nstep\nsay x\ndo\n", "nothing stands behind do"},
        {"title T\nstep\nsay \033[2J\n", "no text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_error err;
        write_lesson(cases[i].text);
        struct mmoe_lesson *l = mmoe_lesson_read(file, &err);
        if (l || !strstr(err.text, cases[i].part))
            fail_msg("'%s': %s", cases[i].text, l ? "was read" : err.text);
    }
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, make_file, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(a_reader_goes_through), WITH_FILE(it_can_be_left_and_shown),
        WITH_FILE(a_step_that_fails_waits), WITH_FILE(what_is_no_lesson_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
