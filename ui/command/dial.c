/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dial.c - dial: an option turned, and a run trained at each value.
 *
 * A row of values is gone through by one command, which is run anew whenever a run is over.
 */
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"

static bool is_row(const char *text)
{
    return strchr(text, ',') || strstr(text, "..");
}

/* Train at that value from the beginning, without a word on what the change resets. */
static enum mmoe_status turn_to(struct app *a, const char *value, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (mmoe_failed(mmoe_option_set(&o, a->view.dial.option->name, value, err)) ||
        mmoe_failed(mmoe_options_check(&o, err)))
        return err->status;
    bool quiet = a->quiet;
    a->quiet = true;
    enum mmoe_status status = app_change(a, &o, err);
    a->quiet = quiet;
    if (mmoe_failed(status))
        return status;
    app_make(a, true);
    for (size_t i = 0; i < a->view.lane_count; i++)
        a->lanes[i].turns = true;
    app_train(a, o.steps, true);
    return MMOE_CONTINUE;
}

/* Was the last value left before its run was over? */
static bool is_paused(const struct app *a)
{
    bool paused = false;
    for (size_t i = 0; i < a->view.lane_count; i++)
        paused = paused || a->view.lanes[i].live->state == MMOE_RUN_PAUSED;
    return paused;
}

static enum mmoe_status end_row(struct app *a)
{
    a->view.dial.row.count = a->view.dial.next = 0;
    return MMOE_OK;
}

/* The next value of the row; MMOE_OK where all were visited. */
static enum mmoe_status go_on(struct app *a, struct mmoe_error *err)
{
    struct view_dial *d = &a->view.dial;
    if (d->next == d->row.count) {
        if (a->sink.mode != EVENT_SCREEN)
            app_tell_panel(a, PANEL_DIAL);
        return end_row(a);
    }
    enum mmoe_status status = turn_to(a, d->row.value[d->next++], err);
    a->again = status == MMOE_CONTINUE;
    return status;
}

static void open_dial(struct app *a, const struct mmoe_option *option)
{
    view_dial_open(&a->view, option);
    for (size_t i = 0; i < a->view.lane_count; i++)
        if (!a->view.lanes[i].stale)
            view_dial_add(&a->view, i);
    a->view.focus = PANEL_DIAL;
    a->changes++;
}

static enum mmoe_status close_dial(struct app *a)
{
    view_dial_close(&a->view);
    if (a->view.focus == PANEL_DIAL)
        a->view.focus = PANEL_LOSS;
    a->changes++;
    return MMOE_OK;
}

/* "dial p", "dial p 0.6", "dial p=0.6" */
static enum mmoe_status read_words(const struct invocation *i, const char **key,
                                   const char **values, struct mmoe_error *err)
{
    bool pair = i->pair_count == 1 && i->argc == 0;
    *key = pair ? i->pairs[0].key : i->argc ? i->argv[0] : NULL;
    *values = pair ? i->pairs[0].value : i->argc > 1 ? i->argv[1] : NULL;
    if (*key && (i->pair_count == 0 || pair))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_INVALID, "dial takes one option: dial p, or dial p 0..1:0.1");
}

static enum mmoe_status begin_row(struct app *a, const char *values, struct mmoe_error *err)
{
    struct mmoe_turn_row row;
    if (mmoe_failed(mmoe_turn_row(a->view.dial.option, values, &row, err)))
        return err->status;
    a->view.dial.row = row;
    a->view.dial.next = 0;
    return go_on(a, err);
}

enum mmoe_status command_dial(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *key, *values;
    if (i->again)
        return a->failed || !a->view.dial.option || is_paused(a) ? end_row(a) : go_on(a, err);
    if (i->argc == 0 && i->pair_count == 0) {
        a->view.focus = PANEL_DIAL;
        a->changes++;
        if (a->sink.mode != EVENT_SCREEN)
            app_tell_panel(a, PANEL_DIAL);
        return MMOE_OK;
    }
    if (i->argc == 1 && i->pair_count == 0 && strcmp(i->argv[0], "off") == 0)
        return close_dial(a);
    if (mmoe_failed(read_words(i, &key, &values, err)))
        return err->status;
    const struct mmoe_option *option = mmoe_option_get(key, err);
    if (!option || mmoe_failed(mmoe_turn_check(option, err)))
        return err->status;
    if (!values && a->sink.mode != EVENT_SCREEN)
        return mmoe_fail(err, MMOE_INVALID,
                         "without a screen there are no keys to turn %s: dial "
                         "%s LOW..HIGH goes through its values",
                         option->name, option->name);
    open_dial(a, option);
    if (values)
        return is_row(values) ? begin_row(a, values, err) : turn_to(a, values, err);
    return MMOE_OK;
}

bool command_dial_turned(const struct app *a, int by, struct mmoe_text *line)
{
    const struct mmoe_option *option = a->view.dial.option;
    struct mmoe_text value = {0};
    bool turns = option && a->view.focus == PANEL_DIAL &&
                 mmoe_turn_next(&a->view.options, option, by, &value);
    if (turns)
        mmoe_text_add(line, "dial %s=%s", option->name, value.s);
    mmoe_text_done(&value);
    return turns;
}

/* Of all runs of a row. */
double command_cost_dial(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    struct mmoe_turn_row row = {.count = 1};
    const char *key, *values;
    if (mmoe_failed(read_words(i, &key, &values, &err)) || !values)
        return 0;
    const struct mmoe_option *option = mmoe_option_get(key, &err);
    if (!option || (is_row(values) && mmoe_failed(mmoe_turn_row(option, values, &row, &err))))
        return 0;
    size_t runs = row.count * a->view.lane_count;
    mmoe_text_add(what, "%s", MMOE_COUNTED(runs, "run"));
    return (double)runs * (app_forecast_run(a, &a->view.options, a->view.options.steps) +
                           mmoe_forecast_rows(&a->view.options));
}
