/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set.c - set, reseed, speed, theme, undo, redo: whatever changes options.
 *
 * A change is made on a copy of the settings, which becomes the settings when
 * every part of it was understood: all or nothing. A single KEY asks; more
 * words are KEY VALUE pairs, and key=value pairs may stand among them.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/moot.h>
#include <mmoe/run.h>

#include "ui/command/command.h"
#include "ui/term/theme.h"

static const char *const group_names[] = {"data", "model", "training", "session"};
static const char *const resets_names[] = {"nothing", "run", "data"};

/* --- showing --- */

static struct mmoe_text value_of(const struct mmoe_options *o, const struct mmoe_option *option)
{
    struct mmoe_text t = {0};
    mmoe_option_show(o, option, &t);
    return t;
}

static bool is_default(const struct mmoe_options *o, const struct mmoe_option *option)
{
    struct mmoe_options defaults;
    mmoe_options_default(&defaults);
    return mmoe_option_same(o, &defaults, option);
}

static void json_option(struct app *a, const struct mmoe_option *option)
{
    struct mmoe_text t = {0}, value = value_of(&a->view.options, option), range = {0}, moot = {0};
    const struct mmoe_moot *rule = mmoe_moot_find(&a->view.options, option);
    mmoe_option_range(option, &range);
    event_begin(&t, "option");
    mmoe_json_word(&t, "name", option->name);
    mmoe_json_word(&t, "group", group_names[option->group]);
    mmoe_json_word(&t, "value", value.s);
    mmoe_json_word(&t, "default", option->fallback);
    mmoe_json_word(&t, "range", range.s);
    mmoe_json_word(&t, "resets", resets_names[option->resets]);
    mmoe_json_truth(&t, "heeded", mmoe_run_heeds(&a->view.options, option));
    if (rule)
        mmoe_moot_tell(rule, &a->view.options, &moot);
    mmoe_json_key(&t, "moot");
    if (rule)
        mmoe_text_add_json(&t, moot.s);
    else
        mmoe_text_add(&t, "null");
    mmoe_json_word(&t, "help", option->help);
    event_end(&a->sink, &t);
    mmoe_text_done(&moot);
    mmoe_text_done(&value);
    mmoe_text_done(&range);
}

/* One line of the list; a star marks what is not at its default. */
static void list_option(const struct mmoe_options *o, const struct mmoe_option *option,
                        struct mmoe_text *t)
{
    struct mmoe_text value = {0}, range = {0};
    bool plain = is_default(o, option);
    mmoe_option_tell(o, option, &value);
    mmoe_option_range(option, &range);
    mmoe_text_add(t, "%c %-15s %-13s %s", plain ? ' ' : '*', option->name, value.s, range.s);
    if (!plain) {
        mmoe_text_add(t, "  (default ");
        mmoe_option_tell_default(option, t);
        mmoe_text_add(t, ")");
    }
    mmoe_text_add(t, "\n");
    mmoe_text_done(&value);
    mmoe_text_done(&range);
}

/* A group's options, those in use a line each; the others, which change nothing now, by name. */
static void list_group(const struct mmoe_options *o, size_t group, struct mmoe_text *t)
{
    struct mmoe_text idle = {0};
    mmoe_text_add(t, "%s\n", group_names[group]);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (option->group != group)
            continue;
        if (mmoe_run_heeds(o, option))
            list_option(o, option, t);
        else
            mmoe_text_add(&idle, "%s%s", idle.n ? ", " : "", option->name);
    }
    if (idle.n)
        mmoe_text_add(t, "  not in use now: %s\n", idle.s);
    mmoe_text_done(&idle);
}

static void list_options(struct app *a)
{
    struct mmoe_text t = {0};
    if (a->sink.mode == EVENT_JSON) {
        for (size_t i = 0; i < mmoe_option_count; i++)
            json_option(a, &mmoe_option_table[i]);
        return;
    }
    for (size_t group = 0; group < sizeof group_names / sizeof *group_names; group++)
        list_group(&a->view.options, group, &t);
    mmoe_text_add(
        &t, "set KEY tells more of one, set KEY default restores it; * differs from the default\n");
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

static const char *resets_text(enum mmoe_resets resets)
{
    switch (resets) {
    case MMOE_RESETS_DATA: return "a change makes rows and run anew";
    case MMOE_RESETS_RUN: return "a change starts the run anew at step 0";
    case MMOE_RESETS_NOTHING: break;
    }
    return "a change applies at once";
}

static void show_option(struct app *a, const struct mmoe_option *option)
{
    struct mmoe_text t = {0};
    if (a->sink.mode == EVENT_JSON) {
        json_option(a, option);
        return;
    }
    mmoe_text_add(&t, "%s ", option->name);
    mmoe_option_tell(&a->view.options, option, &t);
    mmoe_text_add(&t, "  (default ");
    mmoe_option_tell_default(option, &t);
    mmoe_text_add(&t, ")  %s\n  ", option->help);
    mmoe_option_range(option, &t);
    mmoe_text_add(&t, "; %s\n",
                  mmoe_run_heeds(&a->view.options, option)
                      ? resets_text(option->resets)
                      : "with this data and model it changes nothing");
    const struct mmoe_moot *rule = mmoe_moot_find(&a->view.options, option);
    if (rule) {
        mmoe_text_add(&t, "  ");
        mmoe_moot_tell(rule, &a->view.options, &t);
        mmoe_text_add(&t, "\n");
    }
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

/* --- set --- */

/* KEY VALUE KEY VALUE ... or a single KEY, which only asks. */
static enum mmoe_status set_words(const struct invocation *i, struct mmoe_options *o,
                                  struct mmoe_error *err)
{
    for (size_t k = 0; k < i->argc; k += 2) {
        const struct mmoe_option *option = mmoe_option_get(i->argv[k], err);
        if (!option)
            return err->status;
        if (k + 1 == i->argc) {
            struct mmoe_text range = {0};
            mmoe_option_range(option, &range);
            mmoe_fail(err, MMOE_INVALID, "%s lacks a value: %s", option->name, range.s);
            mmoe_text_done(&range);
            return MMOE_INVALID;
        }
        enum mmoe_status s = mmoe_option_set(o, i->argv[k], i->argv[k + 1], err);
        if (mmoe_failed(s))
            return s;
    }
    return MMOE_OK;
}

static enum mmoe_status ask(struct app *a, const char *key, struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    if (!option)
        return err->status;
    show_option(a, option);
    return MMOE_OK;
}

enum mmoe_status command_set(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (i->argc == 0 && i->pair_count == 0) {
        list_options(a);
        return MMOE_OK;
    }
    if (i->argc == 1 && i->pair_count == 0)
        return ask(a, i->argv[0], err);
    unsigned long changes = a->changes;
    if (mmoe_failed(set_words(i, &o, err)) || mmoe_failed(command_pairs(i, &o, err)) ||
        mmoe_failed(command_change(a, &o, err)))
        return err->status;
    if (a->changes == changes)
        app_say(a, "nothing changes: that is how it is set");
    return MMOE_OK;
}

/* --- one option each --- */

static enum mmoe_status set_one(struct app *a, const char *name, const char *value,
                                struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    enum mmoe_status s = mmoe_option_set(&o, name, value, err);
    return mmoe_failed(s) ? s : command_change(a, &o, err);
}

enum mmoe_status command_speed(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    return i->argc ? set_one(a, "speed", i->argv[0], err) : ask(a, "speed", err);
}

static void list_themes(struct app *a)
{
    struct mmoe_text t = {0};
    for (size_t k = 0; k < theme_count(); k++)
        mmoe_text_add(&t, "%c %-10s %s\n", (int)k == a->view.options.theme ? '*' : ' ',
                      theme_name(theme_at(k)), theme_help(theme_at(k)));
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

enum mmoe_status command_theme(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc)
        return set_one(a, "theme", i->argv[0], err);
    list_themes(a);
    return MMOE_OK;
}

/* --- reseed --- */

enum { SEED_DATA = 1, SEED_INIT = 2, SEED_ORDER = 4, SEED_ALL = 7 };

/* Which streams word names; 0: it names none. */
static unsigned which_streams(const char *word)
{
    static const char *const words[] = {"data", "init", "order", "all"};
    static const unsigned streams[] = {SEED_DATA, SEED_INIT, SEED_ORDER, SEED_ALL};
    for (size_t k = 0; k < 4; k++)
        if (strcmp(word, words[k]) == 0)
            return streams[k];
    return 0;
}

static enum mmoe_status refuse_stream(const char *word, struct mmoe_error *err)
{
    static const char *const words[] = {"data", "init", "order", "all"};
    const char *near = mmoe_nearest(word, words, 4);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "no stream '%.60s': did you mean reseed %s?", word,
                         near);
    return mmoe_fail(err, MMOE_UNKNOWN, "no stream '%.60s': data, init, order or all, then a seed",
                     word);
}

enum mmoe_status command_reseed(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    size_t k = 0;
    uint64_t seed = 0;
    unsigned streams = i->argc ? which_streams(i->argv[0]) : SEED_ALL;
    if (streams && i->argc)
        k = 1;
    bool given = k < i->argc;
    if (given && !mmoe_parse_u64(i->argv[k], &seed)) {
        if (k == 0)
            return refuse_stream(i->argv[0], err);
        return mmoe_fail(err, MMOE_INVALID, "the seed must be a whole number from 0, not '%.60s'",
                         i->argv[k]);
    }
    if (k + 1 < i->argc)
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is too much after a seed (usage: reseed %s)",
                         i->argv[k + 1], i->command->synopsis);
    streams = streams ? streams : SEED_ALL;
    if (streams & SEED_DATA)
        o.seed_data = given ? seed : o.seed_data + 1;
    if (streams & SEED_INIT)
        o.seed_init = given ? seed : o.seed_init + 1;
    if (streams & SEED_ORDER)
        o.seed_order = given ? seed : o.seed_order + 1;
    return command_change(a, &o, err);
}

/* --- undo, redo --- */

enum mmoe_status command_undo(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    if (a->undo_count)
        command_say_changes(a, &a->view.options, &a->undo[a->undo_count - 1]);
    return app_undo(a, false, err);
}

enum mmoe_status command_redo(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    if (a->redo_count)
        command_say_changes(a, &a->view.options, &a->redo[a->redo_count - 1]);
    return app_undo(a, true, err);
}
