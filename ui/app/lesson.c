/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson.c - the lesson that is read: which step, what of it is shown, what was answered.
 *
 * A step says something and may ask; then its commands run, with those of the user in their turn;
 * then it reveals what came of it, with the numbers as they are. A lesson begins with the settings
 * of a fresh start, and gives back those there were.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/lesson.h>
#include <mmoe/mem.h>

#include "ui/app/parts.h"
#include "ui/panel/panels.h"

static const struct mmoe_step *step_of(const struct app *a)
{
    const struct view_lesson *l = &a->view.lesson;
    return &l->lesson->step[l->step];
}

/* --- its words --- */

/* A value as people read it: whole numbers whole, others in a few figures. */
static bool add_value(const void *context, const char *name, struct mmoe_text *t)
{
    double v;
    if (!app_value(context, name, &v) || !isfinite(v))
        return false;
    if (fabs(v - round(v)) < 1e-9 && fabs(v) >= 2)
        mmoe_text_add(t, "%s%s", v < 0 ? "-" : "",
                      mmoe_format_count((uint64_t)llround(fabs(v)), MMOE_NUMBER));
    else if (mmoe_option_find(name))
        mmoe_text_add(t, "%s", mmoe_format_setting(v, MMOE_NUMBER));
    else
        mmoe_text_add(t, "%s", mmoe_format_narrow(v, MMOE_NUMBER));
    return true;
}

static void add_line(struct app *a, enum view_log_kind kind, const char *text)
{
    struct view_lesson *l = &a->view.lesson;
    if (l->line_count == VIEW_LESSON_LINES) {
        mmoe_free(l->line[0].text);
        memmove(l->line, l->line + 1, --l->line_count * sizeof l->line[0]);
    }
    l->line[l->line_count++] = (struct view_log_line){kind, mmoe_strdup(text)};
}

/* Paragraphs, a line each, with the values there are now; told where there is no screen. */
static void say(struct app *a, enum view_log_kind kind, const char *paragraphs)
{
    struct mmoe_text t = {0};
    mmoe_lesson_expand(paragraphs, add_value, a, &t);
    char *rest = t.s, *line;
    while ((line = strsep(&rest, "\n"))) {
        add_line(a, kind, line);
        if (a->sink.mode != EVENT_SCREEN && *line)
            app_tell(a, line);
    }
    mmoe_text_done(&t);
}

static void clear(struct view_lesson *l)
{
    for (size_t i = 0; i < l->line_count; i++)
        mmoe_free(l->line[i].text);
    l->line_count = 0;
}

static void say_step(struct app *a)
{
    struct view_lesson *l = &a->view.lesson;
    const struct mmoe_step *s = step_of(a);
    char line[200];
    clear(l);
    l->phase = LESSON_SAYS;
    l->answered = l->hinted = false;
    l->headline[0] = '\0';
    snprintf(l->headline, sizeof l->headline, "%zu of %zu  %s", l->step + 1, l->lesson->count,
             s->headline);
    if (a->sink.mode != EVENT_SCREEN)
        app_tell(a, l->headline);
    say(a, LOG_DATA, s->say);
    if (s->ask)
        say(a, LOG_COMMAND, s->ask);
    for (size_t i = 0; i < s->choices; i++) {
        snprintf(line, sizeof line, "  %zu  %s", i + 1, s->choice[i]);
        say(a, LOG_DATA, line);
    }
    if (s->commands && !s->ask)
        say(a, LOG_TALK, "Enter runs:");
    for (const char *rest = s->commands; rest && !s->ask; rest = strchr(rest, '\n')) {
        rest += *rest == '\n';
        snprintf(line, sizeof line, "  %.*s", (int)strcspn(rest, "\n"), rest);
        add_line(a, LOG_COMMAND, line);
    }
    a->changes++;
}

/* --- begun and left --- */

/* Settings and sides as at the start of the program, but for those of the session. */
static enum mmoe_status start_fresh(struct app *a, struct mmoe_error *err)
{
    struct mmoe_options o;
    mmoe_options_default(&o);
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (mmoe_option_table[i].group == MMOE_GROUP_SESSION)
            mmoe_option_copy(&o, &a->view.options, &mmoe_option_table[i]);
    if (app_has_sides(a) && mmoe_failed(app_sides_off(a, err)))
        return err->status;
    view_dial_close(&a->view);
    a->view.gates = VIEW_GATES_MEANS;
    a->view.focus = PANEL_LOSS;
    a->view.metric = MMOE_LOSS;
    a->view.task = 0;
    bool quiet = a->quiet;
    a->quiet = true;
    enum mmoe_status status = app_change(a, &o, err);
    a->quiet = quiet;
    return status;
}

enum mmoe_status app_lesson_begin(struct app *a, const char *name, struct mmoe_error *err)
{
    struct mmoe_options before = a->view.options;
    if (!app_live_idle(a))
        return mmoe_fail(err, MMOE_STATE, "a run trains: pause it first");
    struct mmoe_lesson *lesson = mmoe_lesson_read(name, err);
    if (!lesson)
        return err->status;
    if (mmoe_failed(start_fresh(a, err))) {
        mmoe_lesson_free(lesson);
        return err->status;
    }
    if (a->view.lesson.lesson)
        before = a->view.lesson.before;
    view_lesson_close(&a->view);
    a->view.lesson.lesson = lesson;
    a->view.lesson.before = before;
    say_step(a);
    return MMOE_OK;
}

enum mmoe_status app_lesson_leave(struct app *a, struct mmoe_error *err)
{
    const struct mmoe_options before = a->view.lesson.before;
    if (!a->view.lesson.lesson)
        return mmoe_fail(err, MMOE_STATE, "no lesson is read: lesson lists those there are");
    if (app_has_sides(a) && mmoe_failed(app_sides_off(a, err)))
        return err->status;
    view_dial_close(&a->view);
    view_lesson_close(&a->view);
    a->changes++;
    app_say(a, "settings are those from before the lesson");
    return app_change(a, &before, err);
}

/* --- on --- */

/* What does not hold of the step: "loss.A is .078, not below .06". */
static bool add_failure(struct app *a, struct mmoe_text *t)
{
    const struct mmoe_step *s = step_of(a);
    for (size_t i = 0; i < s->checks; i++) {
        const struct mmoe_check *c = &s->check[i];
        double v = NAN;
        bool known = app_value(a, c->name, &v);
        if (known && mmoe_check_holds(c, v))
            continue;
        mmoe_text_add(t, "%s is %s, not %s %s", c->name,
                      known ? mmoe_format_narrow(v, MMOE_NUMBER) : "unknown here",
                      c->below ? "below" : "above", mmoe_format_setting(c->value, MMOE_NUMBER));
        return true;
    }
    return false;
}

/* What an answer is worth. */
static void judge(struct app *a)
{
    const struct view_lesson *l = &a->view.lesson;
    const struct mmoe_step *s = step_of(a);
    struct mmoe_text t = {0};
    double v = NAN;
    if (!l->answered)
        return;
    if (s->choices) {
        bool right = (size_t)l->answer == s->right + 1;
        mmoe_text_add(&t, right ? "Right: %s" : "Not so: it is %s", s->choice[s->right]);
    } else if (app_value(a, s->predict, &v) && isfinite(v)) {
        bool near = fabs(l->answer - v) <= s->within * fabs(v);
        mmoe_text_add(&t, "You said %s; it is %s: %s", mmoe_format_setting(l->answer, MMOE_NUMBER),
                      mmoe_format_narrow(v, MMOE_NUMBER), near ? "near enough" : "look again");
    }
    if (t.n)
        say(a, LOG_COMMAND, t.s);
    mmoe_text_done(&t);
}

enum mmoe_status app_lesson_reveal(struct app *a, struct mmoe_error *err)
{
    struct view_lesson *l = &a->view.lesson;
    struct mmoe_text failure = {0};
    if (!l->lesson)
        return mmoe_fail(err, MMOE_STATE, "no lesson is read: lesson lists those there are");
    const struct mmoe_step *s = step_of(a);
    if (l->phase == LESSON_TOLD)
        return MMOE_OK;
    a->changes++;
    if (add_failure(a, &failure)) {
        l->phase = LESSON_SAYS;
        mmoe_fail(err, MMOE_STATE, "not yet: %.200s%s", failure.s,
                  s->hint ? "; lesson hint helps" : "");
        mmoe_text_done(&failure);
        return err->status;
    }
    judge(a);
    if (s->reveal)
        say(a, LOG_DATA, s->reveal);
    l->phase = LESSON_TOLD;
    return MMOE_OK;
}

/* The commands of the step, then what came of them. */
static void order_commands(struct app *a)
{
    mmoe_text_add(&a->submit, "%s\nlesson reveal\n", step_of(a)->commands);
    a->view.lesson.phase = LESSON_RUNS;
    a->changes++;
}

void app_lesson_stopped(struct app *a)
{
    struct view_lesson *l = &a->view.lesson;
    if (!l->lesson || l->phase != LESSON_RUNS)
        return;
    l->phase = LESSON_SAYS;
    a->changes++;
}

enum mmoe_status app_lesson_next(struct app *a, struct mmoe_error *err)
{
    struct view_lesson *l = &a->view.lesson;
    if (!l->lesson)
        return mmoe_fail(err, MMOE_STATE, "no lesson is read: lesson lists those there are");
    const struct mmoe_step *s = step_of(a);
    if (l->phase == LESSON_RUNS && !(app_idle(a, APP_WAIT_LANE) && app_idle(a, APP_WAIT_SEEDS)))
        return mmoe_fail(err, MMOE_STATE, "the step is still running: Ctrl-C stops it");
    if (l->phase != LESSON_TOLD && s->ask && !l->answered && !l->hinted) {
        l->hinted = true; /* once: a second time it goes on without */
        app_say(a,
                s->choices ? "your answer: 1 to %zu and Enter; Enter alone goes on without one"
                           : "your guess, a number and Enter; Enter alone goes on without one",
                s->choices);
        return MMOE_OK;
    }
    if (l->phase != LESSON_TOLD && s->commands) {
        order_commands(a);
        return MMOE_OK;
    }
    if (l->phase != LESSON_TOLD && (s->reveal || s->checks || s->ask))
        return app_lesson_reveal(a, err);
    if (l->step + 1 == l->lesson->count) {
        char title[sizeof l->lesson->title];
        snprintf(title, sizeof title, "%s", l->lesson->title);
        enum mmoe_status status = app_lesson_leave(a, err);
        app_say(a, "that was %s: lesson lists the others", title);
        return status;
    }
    l->step++;
    say_step(a);
    return MMOE_OK;
}

enum mmoe_status app_lesson_back(struct app *a, struct mmoe_error *err)
{
    struct view_lesson *l = &a->view.lesson;
    if (!l->lesson)
        return mmoe_fail(err, MMOE_STATE, "no lesson is read: lesson lists those there are");
    if (l->phase == LESSON_SAYS && l->step == 0)
        return mmoe_fail(err, MMOE_STATE, "that is the first step");
    if (l->phase == LESSON_SAYS)
        l->step--;
    say_step(a);
    return MMOE_OK;
}

enum mmoe_status app_lesson_hint(struct app *a, struct mmoe_error *err)
{
    const struct view_lesson *l = &a->view.lesson;
    if (!l->lesson)
        return mmoe_fail(err, MMOE_STATE, "no lesson is read: lesson lists those there are");
    if (!step_of(a)->hint)
        return mmoe_fail(err, MMOE_STATE, "there is no hint here: Enter goes on");
    say(a, LOG_TALK, step_of(a)->hint);
    a->changes++;
    return MMOE_OK;
}

bool app_lesson_asks(const struct app *a)
{
    const struct view_lesson *l = &a->view.lesson;
    return l->lesson && l->phase == LESSON_SAYS && step_of(a)->ask && !l->answered;
}

enum mmoe_status app_lesson_answer(struct app *a, double answer, struct mmoe_error *err)
{
    struct view_lesson *l = &a->view.lesson;
    if (!app_lesson_asks(a))
        return mmoe_fail(err, MMOE_STATE, "nothing is asked now: Enter, or lesson next, goes on");
    const struct mmoe_step *s = step_of(a);
    if (s->choices && !(answer >= 1 && answer <= (double)s->choices && answer == floor(answer)))
        return mmoe_fail(err, MMOE_RANGE, "an answer is 1 to %zu", s->choices);
    l->answer = answer;
    l->answered = true;
    a->changes++;
    return app_lesson_next(a, err);
}
