/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_batch.c - a session without a screen, on a table of its own and lines from a pipe.
 */
#include <fcntl.h>
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

#include "tests/written.h"
#include "ui/main/batch.h"
#include "ui/term/guard.h"

static struct app *app;
static struct interp interp;
static char trace[400];

static enum mmoe_status say(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)a, (void)err;
    snprintf(trace + strlen(trace), sizeof trace - strlen(trace), "%s ", i->argv[0]);
    return MMOE_OK;
}

static enum mmoe_status train(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i, (void)err;
    app_train(a, a->view.options.steps, true);
    return MMOE_CONTINUE;
}

/* Where the run is: after a line that trains, at its end. */
static enum mmoe_status where(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i, (void)err;
    snprintf(trace + strlen(trace), sizeof trace - strlen(trace), "%zu ",
             view_live(&a->view)->step);
    return MMOE_OK;
}

static enum mmoe_status repeat(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    return app_repeat(a, &a->view.options, 3, err); /* nobody waits but the end of the session */
}

static enum mmoe_status stumble(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)a, (void)i;
    return mmoe_fail(err, MMOE_STATE, "stumbled");
}

static enum mmoe_status leave(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i, (void)err;
    a->quit = true;
    return MMOE_OK;
}

/* A signal, as from a terminal, once training goes on for ever. */
static enum mmoe_status signal_us(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)err;
    app_train(a, (size_t)1 << 40, true);
    raise(strcmp(i->argv[0], "int") == 0 ? SIGINT : SIGTERM);
    return MMOE_CONTINUE;
}

static const struct command verbs[] = {
    {.name = "say", .synopsis = "WORD", .most_args = 1, .exec = say},
    {.name = "train", .synopsis = "", .exec = train},
    {.name = "where", .synopsis = "", .exec = where},
    {.name = "repeat", .synopsis = "", .exec = repeat},
    {.name = "stumble", .synopsis = "", .exec = stumble},
    {.name = "signal", .synopsis = "int|term", .most_args = 1, .exec = signal_us},
    {.name = "quit", .synopsis = "", .exec = leave},
};
static const struct command_table table = {verbs, sizeof verbs / sizeof *verbs};

static int begin(void **state)
{
    (void)state;
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, EVENT_JSON);
    interp_init(&interp, &table, false);
    struct mmoe_options *o = &app->view.options;
    o->dim = 8;
    o->rows = 200;
    o->test_rows = 50;
    o->experts = 2;
    o->batch = 20;
    o->steps = 30;
    app_lane(app)->made = *o;
    trace[0] = '\0';
    keep_writing();
    guard_install(false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    end_writing();
    interp_done(&interp);
    app_done(app);
    mmoe_free(app);
    return 0;
}

static size_t count(const char *what)
{
    size_t n = 0;
    for (const char *s = written(); (s = strstr(s, what)); s += strlen(what))
        n++;
    return n;
}

/* The session's status, with these bytes on its input. */
static int session(const char *bytes, size_t n)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, n), (ssize_t)n);
    close(ends[1]);
    int status = batch_run(app, &interp, ends[0]);
    close(ends[0]);
    return status;
}

static int lines(const char *text)
{
    return session(text, strlen(text));
}

static void lines_run_one_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(lines("say a\n\n# b\r\nwhere\ntrain\nwhere\r\nsay 'last line'"), 0);
    assert_string_equal(trace, "a 0 30 last line ");
    assert_int_equal(count("\"event\":\"run.done\""), 1);
}

static void nothing_to_read_is_no_harm(void **state)
{
    (void)state;
    assert_int_equal(lines(""), 0);
    assert_int_equal(lines("\n\n"), 0);
    interp_submit(&interp, app, "train; where");
    assert_int_equal(batch_run(app, &interp, -1), 0);
    assert_string_equal(trace, "30 ");
}

static void the_end_waits_for_repeats(void **state)
{
    (void)state;
    assert_int_equal(lines("repeat\nsay a\n"), 0);
    assert_string_equal(trace, "a ");
    assert_int_equal(count("\"event\":\"repeat.run\""), 3);
    assert_int_equal(count("\"event\":\"repeat.done\""), 1);
}

static void a_failure_ends_it(void **state)
{
    (void)state;
    assert_int_equal(lines("say a\nstumble\nsay lost\n"), 1);
    assert_string_equal(trace, "a ");
    assert_int_equal(count("mmoe: stumbled\n"), 1);
}

static void at_a_terminal_it_goes_on(void **state)
{
    (void)state;
    interp_done(&interp);
    interp_init(&interp, &table, true);
    assert_int_equal(lines("sa a\nstumble\nsya b\nsay c\n"), 1);
    assert_string_equal(trace, "a c ");
}

static void quit_leaves_the_rest(void **state)
{
    (void)state;
    assert_int_equal(lines("say a\nquit\nsay lost\n"), 0);
    assert_string_equal(trace, "a ");
}

static void lines_that_are_no_text_are_refused(void **state)
{
    (void)state;
    static const char nul[] = "say a\nsay \0b\nsay lost\n";
    assert_int_equal(session(nul, sizeof nul - 1), 1);
    assert_string_equal(trace, "a ");
    assert_int_equal(count("line 2 has a NUL byte"), 1);
}

static void signals_end_it(void **state)
{
    (void)state;
    assert_int_equal(lines("signal int\nsay lost\n"), 128 + SIGINT);
    guard_install(false); /* another program: nobody insists */
    assert_int_equal(lines("signal term\nsay lost\n"), 128 + SIGTERM);
    assert_string_equal(trace, "");
}

static void an_interrupt_at_a_terminal_pauses(void **state)
{
    (void)state;
    interp_done(&interp);
    interp_init(&interp, &table, true);
    assert_int_equal(lines("signal int; say lost\nsay b\n"), 0);
    assert_string_equal(trace, "b ");
    assert_int_equal(count("stopped before the run was made") + count("paused at step"), 1);
}

/* Editors of another system begin a file with a mark. */
static void a_byte_order_mark_is_no_command(void **state)
{
    (void)state;
    static const char utf16[] = "\xff\xfes\0a\0y\0 \0b\0\n";
    assert_int_equal(lines("\xef\xbb\xbfsay a\nsay b\n"), 0);
    assert_string_equal(trace, "a b ");
    assert_int_equal(session(utf16, sizeof utf16), 1);
    assert_int_equal(count("line 1 is UTF-16: commands are UTF-8"), 1);
}

static void input_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    int fd = open("/", O_RDONLY);
    assert_int_equal(batch_run(app, &interp, fd), 1);
    assert_int_equal(count("cannot read the standard input: Is a directory"), 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_run_one_after_the_other, begin, end),
        cmocka_unit_test_setup_teardown(nothing_to_read_is_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(the_end_waits_for_repeats, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(at_a_terminal_it_goes_on, begin, end),
        cmocka_unit_test_setup_teardown(quit_leaves_the_rest, begin, end),
        cmocka_unit_test_setup_teardown(lines_that_are_no_text_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_command, begin, end),
        cmocka_unit_test_setup_teardown(input_that_cannot_be_read_is_told, begin, end),
        cmocka_unit_test_setup_teardown(signals_end_it, begin, end),
        cmocka_unit_test_setup_teardown(an_interrupt_at_a_terminal_pauses, begin, end),
    };
    signal(SIGINT,
           SIG_DFL); /* a shell lets its background jobs ignore it, and the program respects that */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
