/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_interp.c - the order of commands, on a table of its own that writes a trace.
 *
 * `start` begins something that is over when the test says so, by the flag of
 * repeats, so that nothing here depends on time.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <mmoe/mem.h>

#include "ui/command/interp.h"

static struct app *app;
static struct interp interp;
static char trace[400];

static enum mmoe_status say(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)a, (void)err;
    snprintf(trace + strlen(trace), sizeof trace - strlen(trace), "%s ", i->argv[0]);
    return MMOE_OK;
}

static enum mmoe_status start(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)err;
    strcat(trace, i->argc ? i->argv[0] : "start");
    strcat(trace, " ");
    a->repeating = true;
    a->wait = APP_WAIT_SEEDS;
    return MMOE_CONTINUE;
}

static enum mmoe_status stumble(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)a, (void)i;
    return mmoe_fail(err, MMOE_STATE, "stumbled");
}

static enum mmoe_status include(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)err;
    mmoe_text_add(&a->submit, "%s", i->argv[0]);
    return MMOE_OK;
}

static enum mmoe_status again(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)err;
    strcat(trace, ".");
    mmoe_text_add(&a->submit, "%s", i->text);
    return MMOE_OK;
}

static enum mmoe_status leave(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i, (void)err;
    a->quit = true;
    return MMOE_OK;
}

static double seconds;

/* Of start: what the test says. */
static double cost(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    (void)a, (void)i;
    mmoe_text_add(what, "360 runs");
    return seconds;
}

static const struct command verbs[] = {
    {.name = "say", .synopsis = "WORD", .most_args = 1, .exec = say},
    {.name = "start", .synopsis = "[WORD]", .most_args = 1, .exec = start, .cost = cost},
    {.name = "stumble", .synopsis = "", .exec = stumble},
    {.name = "source", .synopsis = "TEXT", .most_args = 1, .exec = include},
    {.name = "endless", .synopsis = "", .exec = again},
    {.name = "quit", .synopsis = "", .exec = leave},
};
static const struct command_table table = {verbs, sizeof verbs / sizeof *verbs};

static int begin(void **state)
{
    (void)state;
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, EVENT_SCREEN); /* complaints go to the log */
    interp_init(&interp, &table, true);
    trace[0] = '\0';
    seconds = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    interp_done(&interp);
    app_done(app);
    mmoe_free(app);
    return 0;
}

static void over(void)
{
    app->repeating = false;
    interp_advance(&interp, app);
}

static const char *last_log(void)
{
    return app->view.log_count ? app->view.log[app->view.log_count - 1].text : "";
}

static void commands_run_in_order(void **state)
{
    (void)state;
    interp_submit(&interp, app, "say a; say b");
    interp_submit(&interp, app, "say c");
    assert_string_equal(trace, "");
    assert_false(interp_advance(&interp, app));
    assert_string_equal(trace, "a b c ");
    assert_string_equal(app->session.s, "say a\nsay b\nsay c\n");
}

static void what_follows_waits(void **state)
{
    (void)state;
    interp_submit(&interp, app, "start; say a; start; say b");
    interp_submit(&interp, app, "say c");
    assert_true(interp_advance(&interp, app));
    assert_true(interp_advance(&interp, app));
    assert_string_equal(trace, "start ");
    over();
    assert_string_equal(trace, "start a start ");
    over();
    assert_string_equal(trace, "start a start b c ");
    interp_submit(&interp, app, "start");
    interp_advance(&interp, app);
    interp_submit(&interp, app, "say d"); /* the queue is empty, but not all is over */
    interp_advance(&interp, app);
    assert_string_equal(trace, "start a start b c start ");
    over();
    assert_string_equal(trace, "start a start b c start d ");
}

static void a_typed_line_overtakes(void **state)
{
    (void)state;
    interp_now(&interp, app, "start one; say b");
    interp_now(&interp, app, "say a; st two; say c");
    assert_non_null(strstr(last_log(), "could be any of start, stumble"));
    interp_now(&interp, app, "sa a");
    assert_string_equal(trace, "one a ");
    interp_now(&interp, app, "start two; say c");
    assert_string_equal(trace, "one a two ");
    over();
    assert_string_equal(trace, "one a two c b ");
}

static void a_typing_error_does_nothing(void **state)
{
    (void)state;
    interp_now(&interp, app, "start; say b");
    assert_true(mmoe_failed(interp_now(&interp, app, "say a; sya c")));
    assert_string_equal(trace, "start ");
    assert_string_equal(last_log(), "no command 'sya': did you mean say?");
    over();
    assert_string_equal(trace, "start b ");
    assert_int_equal(app->exit_status, 0);
}

static void a_failure_drops_its_text_alone(void **state)
{
    (void)state;
    interp_submit(&interp, app, "say a; stumble; say lost");
    interp_submit(&interp, app, "say b");
    assert_false(interp_advance(&interp, app));
    assert_string_equal(trace, "a b ");
    assert_string_equal(last_log(), "say b");
    assert_string_equal(app->session.s, "say a\nsay b\n");
    interp_submit(&interp, app, "say c"); /* the end of the queue is still in place */
    interp_advance(&interp, app);
    assert_string_equal(trace, "a b c ");
}

static void a_failed_order_drops_what_waits_for_it(void **state)
{
    (void)state;
    interp_now(&interp, app, "start; say lost");
    app->failed = true;
    over();
    assert_string_equal(trace, "start ");
    assert_false(app->failed);
    app->failed = true; /* nobody waited */
    interp_now(&interp, app, "say a");
    assert_string_equal(trace, "start a ");
}

static void in_a_script_a_failure_ends_the_session(void **state)
{
    (void)state;
    interp.stop_at_error = true;
    app->sink.mode = EVENT_PLAIN;
    interp_submit(&interp, app, "say a; stumble; say lost");
    interp_submit(&interp, app, "say lost");
    interp_advance(&interp, app);
    assert_string_equal(trace, "a ");
    assert_true(app->quit);
    assert_int_equal(app->exit_status, 1);
    app->quit = false;
    interp_submit(&interp, app, "say lost");
    interp_submit(&interp, app, "sya b"); /* an error anywhere: nothing of what waits runs */
    interp_advance(&interp, app);
    assert_string_equal(trace, "a ");
    assert_true(app->quit);
}

static void source_takes_its_commands_place(void **state)
{
    (void)state;
    interp_submit(&interp, app, "say a; source 'say b; source \"start; say c\"; say d'; say e");
    interp_advance(&interp, app);
    assert_string_equal(trace, "a b start ");
    over();
    assert_string_equal(trace, "a b start c d e ");
    assert_string_equal(app->session.s, "say a\nsay b\nstart\nsay c\nsay d\nsay e\n");
    trace[0] = '\0';
    interp_submit(&interp, app, "source 'say a; stumble; say lost'; say lost");
    interp_advance(&interp, app);
    assert_string_equal(trace, "a ");
    interp_now(&interp, app, "source 'sa b'"); /* no prefixes in there */
    assert_string_equal(trace, "a ");
    assert_non_null(strstr(last_log(), "'sa' is short for say"));
}

static void source_does_not_go_on_for_ever(void **state)
{
    (void)state;
    interp_submit(&interp, app, "endless; say lost");
    assert_false(interp_advance(&interp, app));
    assert_int_equal(strlen(trace), 17); /* itself, and sixteen deep */
    assert_non_null(strstr(last_log(), "deeper than 16"));
}

static void quit_drops_the_rest(void **state)
{
    (void)state;
    interp_submit(&interp, app, "say a; quit; say lost");
    assert_false(interp_advance(&interp, app));
    assert_string_equal(trace, "a ");
    interp_submit(&interp, app, "say lost");
    interp_drop(&interp);
    app->quit = false;
    assert_false(interp_advance(&interp, app));
    assert_string_equal(trace, "a ");
}

static void a_verb_in_part_asks_before_it_takes_long(void **state)
{
    (void)state;
    seconds = 480;
    interp_now(&interp, app, "sta a; say b");
    interp_now(&interp, app, "say c"); /* nothing else waits for the answer */
    assert_string_equal(trace, "c ");
    assert_true(interp_asks(&interp));
    assert_string_equal(app->view.question, "start: 360 runs, about 8 min: go on?");
    interp_answer(&interp, app, true);
    assert_string_equal(trace, "c a ");
    assert_false(interp_asks(&interp));
    assert_string_equal(app->view.question, "");
    over();
    assert_string_equal(trace, "c a b ");
    assert_string_equal(app->session.s, "say c\nstart a\nsay b\n");
}

static void another_answer_leaves_it(void **state)
{
    (void)state;
    seconds = NAN; /* it may be long */
    interp_now(&interp, app, "sta a; say lost");
    assert_string_equal(app->view.question, "start: 360 runs: go on?");
    interp_answer(&interp, app, false);
    assert_string_equal(last_log(), "start was not begun");
    interp_answer(&interp, app, true); /* there is no question any more */
    interp_now(&interp, app, "sta b");
    interp_now(&interp, app, "sta c"); /* a newer question takes its place */
    interp_answer(&interp, app, true);
    assert_string_equal(trace, "c ");
    interp_now(&interp, app, "sta d");
    interp_drop(&interp);
    assert_false(interp_asks(&interp));
}

static void what_is_quick_or_in_full_is_not_asked_about(void **state)
{
    (void)state;
    seconds = 480;
    interp_now(&interp, app, "start a");
    over();
    seconds = 1;
    interp_now(&interp, app, "sta b");
    over();
    seconds = 480;
    interp_now(&interp, app, "sa c");
    assert_false(interp_asks(&interp));
    assert_string_equal(trace, "a b c ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_run_in_order, begin, end),
        cmocka_unit_test_setup_teardown(what_follows_waits, begin, end),
        cmocka_unit_test_setup_teardown(a_typed_line_overtakes, begin, end),
        cmocka_unit_test_setup_teardown(a_typing_error_does_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_drops_its_text_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_order_drops_what_waits_for_it, begin, end),
        cmocka_unit_test_setup_teardown(in_a_script_a_failure_ends_the_session, begin, end),
        cmocka_unit_test_setup_teardown(source_takes_its_commands_place, begin, end),
        cmocka_unit_test_setup_teardown(source_does_not_go_on_for_ever, begin, end),
        cmocka_unit_test_setup_teardown(quit_drops_the_rest, begin, end),
        cmocka_unit_test_setup_teardown(a_verb_in_part_asks_before_it_takes_long, begin, end),
        cmocka_unit_test_setup_teardown(another_answer_leaves_it, begin, end),
        cmocka_unit_test_setup_teardown(what_is_quick_or_in_full_is_not_asked_about, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
