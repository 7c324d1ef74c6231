/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interp.c - commands that wait for their turn.
 *
 * One queue, its head the next to run. Each command in it knows the text it
 * came in and what must be over before it runs: a command that starts
 * something passes what it started on to its successor. A typed line goes in
 * front with nothing to wait for; what stood there keeps its own condition.
 *
 * `source` is inclusion: the file's commands take the place of the command,
 * belong to its text, and fail with it. Verbs must be in full there, so that
 * a script means the same when a verb is added.
 */
#include "ui/command/interp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SOURCE_DEPTH_MAX = 16 };

#define ASK_SECONDS 2.0 /* a verb in part may start what takes no longer */

void interp_init(struct interp *i, const struct command_table *table, bool interactive)
{
    memset(i, 0, sizeof *i);
    i->table = table;
    i->prefixes = interactive;
    i->stop_at_error = !interactive;
}

void interp_done(struct interp *i)
{
    interp_drop(i);
}

void interp_drop(struct interp *i)
{
    command_free(i->first);
    command_free(i->asked);
    i->first = i->last = i->asked = NULL;
}

/* Take what is left of one text out of the queue. */
static struct invocation *take_batch(struct interp *i, size_t batch)
{
    struct invocation **link = &i->first, *taken = NULL, **end = &taken;
    i->last = NULL;
    while (*link) {
        struct invocation *command = *link;
        if (command->batch != batch) {
            i->last = command;
            link = &command->next;
            continue;
        }
        *link = command->next;
        command->next = NULL;
        *end = command;
        end = &command->next;
    }
    return taken;
}

/* Drop what is left of one text. */
static void drop_batch(struct interp *i, size_t batch)
{
    command_free(take_batch(i, batch));
}

/* A command of that text failed, and the app has said so. */
static void fail(struct interp *i, struct app *a, size_t batch)
{
    if (i->stop_at_error) {
        interp_drop(i);
        a->quit = true;
    } else {
        drop_batch(i, batch);
    }
}

/* --- in --- */

/* Mark a parsed list and return its last command. */
static struct invocation *mark(struct invocation *list, size_t batch, int depth)
{
    struct invocation *last = list;
    for (struct invocation *command = list; command; command = command->next) {
        command->batch = batch;
        command->depth = depth;
        command->wait = APP_WAIT_NOTHING;
        last = command;
    }
    return last;
}

static void put_in_front(struct interp *i, struct invocation *list, struct invocation *last)
{
    if (!list)
        return;
    last->next = i->first;
    i->first = list;
    if (!i->last)
        i->last = last;
}

enum mmoe_status interp_submit(struct interp *i, struct app *a, const char *text)
{
    struct mmoe_error err;
    struct invocation *list = command_parse(i->table, text, i->prefixes, &err);
    if (mmoe_failed(err.status)) {
        app_complain(a, &err);
        fail(i, a, ++i->batches);
        return err.status;
    }
    struct invocation *last = mark(list, ++i->batches, 0);
    if (!list)
        return MMOE_OK;
    if (i->last) {
        i->last->next = list;
    } else {
        i->first = list;
        list->wait = a->wait;
    }
    i->last = last;
    return MMOE_OK;
}

enum mmoe_status interp_now(struct interp *i, struct app *a, const char *text)
{
    struct mmoe_error err;
    struct invocation *list = command_parse(i->table, text, i->prefixes, &err);
    if (mmoe_failed(err.status)) {
        if (a->sink.mode == EVENT_SCREEN)
            view_log(&a->view, LOG_COMMAND, text);
        app_complain(a, &err);
        return err.status;
    }
    struct invocation *last = mark(list, ++i->batches, 0);
    put_in_front(i, list, last);
    interp_advance(i, a);
    return MMOE_OK;
}

/* --- questions --- */

/* Would the verb in part start what takes long? Then the question, "360 runs, about 8 min". */
static bool must_ask(const struct app *a, const struct invocation *command, struct mmoe_text *t)
{
    struct mmoe_text what = {0};
    if (!command->abbreviated || !command->command->cost || a->sink.mode != EVENT_SCREEN)
        return false;
    double seconds = command->command->cost(a, command, &what);
    bool ask = what.n > 0 && (isnan(seconds) || seconds > ASK_SECONDS);
    if (ask)
        app_forecast_text(what.s, seconds, t);
    mmoe_text_done(&what);
    return ask;
}

/* Put the command aside where it must be asked about. */
static bool ask_first(struct interp *i, struct app *a, struct invocation *command)
{
    struct mmoe_text what = {0};
    if (!must_ask(a, command, &what))
        return false;
    interp_answer(i, a, false);
    command->next = take_batch(i, command->batch);
    command->abbreviated = false;
    i->asked = command;
    app_say(a, "%.200s: %s: go on? Enter or y goes on, anything else leaves it", command->text,
            what.s);
    snprintf(a->view.question, sizeof a->view.question, "%s: %s: go on?", command->command->name,
             what.s);
    mmoe_text_done(&what);
    return true;
}

bool interp_asks(const struct interp *i)
{
    return i->asked != NULL;
}

void interp_answer(struct interp *i, struct app *a, bool yes)
{
    struct invocation *list = i->asked, *last = list;
    i->asked = NULL;
    a->view.question[0] = '\0';
    if (!list)
        return;
    a->changes++;
    if (!yes) {
        app_say(a, "%s was not begun", list->command->name);
        command_free(list);
        return;
    }
    while (last->next)
        last = last->next;
    put_in_front(i, list, last);
    interp_advance(i, a);
}

/* What `source` handed over takes the command's place. */
static enum mmoe_status include(struct interp *i, struct app *a, const struct invocation *from,
                                struct mmoe_error *err)
{
    if (a->submit.n == 0)
        return MMOE_OK;
    if (from->depth >= SOURCE_DEPTH_MAX) {
        mmoe_text_clear(&a->submit);
        return mmoe_fail(err, MMOE_LIMIT,
                         "'%.100s' goes deeper than %d files: does a script source itself?",
                         from->text, SOURCE_DEPTH_MAX);
    }
    struct invocation *list = command_parse(i->table, a->submit.s, false, err);
    mmoe_text_clear(&a->submit);
    put_in_front(i, list, mark(list, from->batch, from->depth + 1));
    return err->status;
}

/* --- out --- */

static bool is_recorded(const struct command *command)
{
    static const char *const left_out[] = {"source", "lesson", "log", "quit"};
    for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
        if (strcmp(command->name, left_out[k]) == 0)
            return false;
    return true;
}

/* What the command started must be over before its successor runs. */
static void pass_on(struct interp *i, const struct invocation *command, enum app_wait wait)
{
    struct invocation *next = i->first;
    if (next && (next->batch == command->batch || next->wait == APP_WAIT_NOTHING))
        next->wait = wait;
}

/* Put the command back until what it lacks is there; false: it lacks nothing. */
static bool run_later(struct interp *i, struct app *a, struct invocation *command)
{
    bool again = a->again;
    a->again = false;
    if (!again)
        return false;
    command->again = true;
    command->wait = a->wait;
    put_in_front(i, command, command);
    return true;
}

/* True where it is over; else it is in the queue again. */
static bool run_command(struct interp *i, struct app *a, struct invocation *command)
{
    struct mmoe_error err = {MMOE_OK, ""};
    enum app_wait before = a->wait;
    a->wait = APP_WAIT_NOTHING;
    a->changes++;
    i->depth = command->depth;
    if (!command->again && a->cast) { /* what came of the one before, then this one typed */
        app_record_frame(a, "");
        app_record_frame(a, command->text);
    }
    if (command->again)
        view_answer(&a->view);
    else if (a->sink.mode == EVENT_SCREEN || a->cast)
        view_log(&a->view, LOG_COMMAND, command->text);
    enum mmoe_status s = command->command->exec(a, command, &err);
    if (run_later(i, a, command))
        return false;
    if (!mmoe_failed(s) && is_recorded(command->command))
        mmoe_text_add(&a->session, "%s\n", command->text);
    if (s == MMOE_CONTINUE)
        pass_on(i, command, a->wait);
    else
        a->wait = before;
    if (!mmoe_failed(s))
        s = include(i, a, command, &err);
    mmoe_text_clear(&a->submit);
    if (!mmoe_failed(s))
        return true;
    app_complain(a, &err);
    fail(i, a, command->batch);
    return true;
}

static struct invocation *take_first(struct interp *i)
{
    struct invocation *command = i->first;
    i->first = command->next;
    if (!i->first)
        i->last = NULL;
    command->next = NULL;
    return command;
}

/* An order that a command gave failed later, in a worker: what waits for it must not run. */
static void take_failure(struct interp *i, struct app *a)
{
    a->failed = false;
    if (i->stop_at_error)
        fail(i, a, 0);
    else if (i->first && i->first->wait != APP_WAIT_NOTHING)
        fail(i, a, i->first->batch);
}

bool interp_advance(struct interp *i, struct app *a)
{
    if (a->failed)
        take_failure(i, a);
    while (i->first && !a->quit && app_idle(a, i->first->wait)) {
        struct invocation *command = take_first(i);
        if (ask_first(i, a, command))
            continue;
        if (run_command(i, a, command))
            command_free(command);
    }
    if (a->quit)
        interp_drop(i);
    if (!i->first)
        app_lesson_stopped(a);
    return i->first != NULL;
}
