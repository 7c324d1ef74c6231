/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads every lesson that comes with the program to its end. What a step promises is not so before
 * its commands have run, and is so afterwards; no value is missing in what it says.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/lesson.h>

#include "tests/typed.h"

static const struct mmoe_step *step(void)
{
    return &app->view.lesson.lesson->step[app->view.lesson.step];
}

static void fail_at(const char *name, const char *what, const char *said_text)
{
    fail_msg("lesson %s, step %zu: %s: %s", name, app->view.lesson.step + 1, what, said_text);
}

/* A number that is not known is shown as a dash of its own. */
static void check_words(const char *name)
{
    for (size_t i = 0; i < app->view.lesson.line_count; i++) {
        const char *text = app->view.lesson.line[i].text;
        if (strchr(text, '{') || strstr(text, " - ") || strncmp(text, "- ", 2) == 0 ||
            strstr(text, " -,") || strstr(text, " -.") || strstr(text, "[-,"))
            fail_at(name, "a value is missing", text);
    }
}

/* What a reader does where a step wants it. */
static void do_own(const char *name)
{
    if (strcmp(name, "correlation") == 0)
        typed("set p 1 steps 6000; run");
}

static void read_step(const char *name)
{
    const struct mmoe_step *s = step();
    size_t before = errors();
    if (s->checks) {
        const char *text = typed("lesson reveal");
        if (errors() != before + 1)
            fail_at(name, "its checks hold before anything was done", text);
        before = errors();
    }
    if (s->checks && !s->commands)
        do_own(name);
    const char *text = s->ask ? typed("lesson 1") : typed("lesson next");
    if (errors() != before)
        fail_at(name, "what it promises did not come out", text);
    check_words(name);
}

static void read_lesson(const char *name)
{
    char line[60];
    snprintf(line, sizeof line, "lesson %s", name);
    typed(line);
    for (size_t steps = app->view.lesson.lesson->count, i = 0; i < steps; i++) {
        const struct mmoe_step *s = step();
        bool acts = s->ask || s->commands || s->checks || s->reveal;
        assert_int_equal(app->view.lesson.step, i);
        if (acts)
            read_step(name);
        typed("lesson next");
    }
    assert_null(app->view.lesson.lesson);
}

static void lessons_keep_what_they_promise(void **state)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    mmoe_library_names(MMOE_LESSONS, &names, &count);
    assert_true(count >= 8);
    for (size_t i = 0; i < count; i++) {
        read_lesson(names[i]);
        end(state); /* each begins in a program of its own */
        begin(state);
    }
    mmoe_free(names);
}

int main(void)
{
    char folder[] = "/tmp/mmoe-lessons-XXXXXX", command[80];
    const struct CMUnitTest tests[] = {TYPED(lessons_keep_what_they_promise)};
    if (!mkdtemp(folder))
        return 1;
    setenv("XDG_STATE_HOME", folder, 1);
    unsetenv("MMOE_STORE");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) || failed;
}
