/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where words go: stdout, stderr, the log, and the line of progress. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <mmoe/mem.h>

#include "tests/test.h"
#include "tests/written.h"
#include "ui/app/app.h"

static struct app *app;

static int begin(void **state)
{
    (void)state;
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, EVENT_JSON);
    keep_writing();
    return 0;
}

static int end(void **state)
{
    (void)state;
    end_writing();
    app_done(app);
    mmoe_free(app);
    return 0;
}

/* What was written since the last call. */
static const char *said(void)
{
    const char *text = written();
    assert_true(forget_written());
    return text;
}

static void data_goes_where_it_is_read(void **state)
{
    (void)state;
    app_tell(app, "a \"word\"");
    assert_string_equal(said(), "{\"event\":\"text\",\"text\":\"a \\\"word\\\"\"}\n");
    app->sink.mode = EVENT_PLAIN;
    app_tell(app, "one\ntwo");
    app_tell(app, "three\n");
    assert_string_equal(said(), "one\ntwo\nthree\n");
    app->sink.mode = EVENT_SCREEN;
    app_tell(app, "one\ntwo");
    app->sink.emit(app, "three\n");
    assert_string_equal(said(), "");
    assert_int_equal(app->view.log_count, 3);
    assert_int_equal(app->view.log[2].kind, LOG_DATA);
    assert_string_equal(app->view.log[2].text, "three");
}

static void progress_is_one_line(void **state)
{
    (void)state;
    app->sink.progress(app, "step 2,469 of 6,000");
    assert_string_equal(said(), "\rstep 2,469 of 6,000");
    app->view.queue_wanted = 20;
    app->view.queue_done = 3;
    app_progress(app);
    assert_string_equal(said(), "\rrepeat 3 of 20     "); /* what is longer is covered */
    app->sink.emit(app, "word\n");                        /* wipes it first */
    const char *line = said();
    assert_int_equal(line[0], '\r');
    assert_string_equal(line + 1 + strspn(line + 1, " "), "\rword\n");
    assert_int_equal(app->progress_width, 0);
    app_progress_end(app);
    assert_string_equal(said(), "");
}

/* Names of files and stores come from others. */
static void nothing_drives_a_terminal(void **state)
{
    (void)state;
    static const char name[] = "a\033]0;b\a\xC2\x9B\xE2\x80\xAE\x9B";
    struct mmoe_error err;
    app->sink.mode = EVENT_PLAIN;
    app_tell(app, name);
    assert_string_equal(said(), "a?]0;b????\n");
    app->sink.progress(app, name);
    assert_string_equal(said(), "\ra?]0;b????");
    app_progress_end(app);
    said();
    app_say(app, "wrote %s\nmmoe: forged", name);
    assert_string_equal(said(), "wrote a?]0;b?????mmoe: forged\n");
    mmoe_fail(&err, MMOE_IO, "cannot read '%s\nforged'", name);
    app_complain(app, &err);
    assert_string_equal(said(), "mmoe: cannot read 'a?]0;b?????forged'\n");
    app->sink.mode = EVENT_JSON;
    app_tell(app, "\033\xC2\x9B\xE2\x80\xAE\n");
    assert_string_equal(said(), "{\"event\":\"text\",\"text\":\"\\u001b\\u009b\\u202e\\n\"}\n");
    app->sink.mode = EVENT_SCREEN;
    app_say(app, "wrote x\ny");
    assert_int_equal(app->view.log_count, 1);
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
    app->sink.emit(app, "lost\n");
    dup2(fileno(kept), STDOUT_FILENO);
    clearerr(stdout);
    assert_true(app->quit);
    assert_int_equal(app->exit_status, 1);
    assert_string_equal(said(), "");
}

#define WORDS(test) cmocka_unit_test_setup_teardown(test, begin, end)
TESTS(WORDS(data_goes_where_it_is_read), WORDS(progress_is_one_line),
      WORDS(nothing_drives_a_terminal), WORDS(a_closed_pipe_ends_quietly))
