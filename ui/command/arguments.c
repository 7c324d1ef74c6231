/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arguments.c - what the families of verbs share: arguments read, options changed by them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/run.h>

#include "ui/command/command.h"

/* --- reading --- */

enum mmoe_status command_pairs(const struct invocation *i, struct mmoe_options *o,
                               struct mmoe_error *err)
{
    struct mmoe_options changed = *o;
    for (size_t k = 0; k < i->pair_count; k++) {
        enum mmoe_status s = mmoe_option_set(&changed, i->pairs[k].key, i->pairs[k].value, err);
        if (mmoe_failed(s))
            return s;
    }
    *o = changed;
    return MMOE_OK;
}

const char *command_pair(const struct invocation *i, const char *key)
{
    for (size_t k = i->pair_count; k-- > 0;)
        if (strcmp(i->pairs[k].key, key) == 0)
            return i->pairs[k].value;
    return NULL;
}

bool command_among(const char *key, const char *const *list)
{
    while (*list && strcmp(*list, key) != 0)
        list++;
    return *list != NULL;
}

enum mmoe_status command_known(const struct invocation *i, const char *const *known,
                               const char *words, struct mmoe_error *err)
{
    for (size_t k = 0; k < i->pair_count; k++)
        if (!command_among(i->pairs[k].key, known))
            return mmoe_fail(err, MMOE_UNKNOWN, "%s takes no %.60s= here: %s alone",
                             i->command->name, i->pairs[k].key, words);
    return MMOE_OK;
}

enum mmoe_status command_whole(const char *word, const char *what, size_t min, size_t max,
                               size_t *out, struct mmoe_error *err)
{
    size_t v;
    char low[48], high[48];
    if (mmoe_parse_size(word, &v) && v >= min && v <= max) {
        *out = v;
        return MMOE_OK;
    }
    return mmoe_fail(err, mmoe_parse_size(word, &v) ? MMOE_RANGE : MMOE_INVALID,
                     "%s must be a whole number from %s to %s, not '%.60s'", what,
                     mmoe_format_count(min, low, sizeof low),
                     mmoe_format_count(max, high, sizeof high), word);
}

enum mmoe_status command_jobs(const struct app *a, const struct invocation *i, size_t *jobs,
                              struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    const char *given = command_pair(i, "jobs");
    enum mmoe_status s = given ? mmoe_option_set(&o, "jobs", given, err) : MMOE_OK;
    *jobs = o.jobs;
    return s;
}

char *command_path(const char *word)
{
    const char *home = getenv("HOME");
    bool tilde = word[0] == '~' && (word[1] == '/' || word[1] == '\0') && home;
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s%s", tilde ? home : "", tilde ? word + 1 : word);
    return t.s;
}

/* "8,16,32" of bottom-units is one value; of sizes it may well have been meant as three. */
static void say_list(struct app *a, const struct mmoe_option *option, const char *value)
{
    struct mmoe_text parted = {0};
    bool layers = mmoe_text_ends(option->name, "-units");
    size_t n = 1;
    for (const char *s = value; *s; s++)
        n += *s == ',';
    mmoe_text_add(&parted, "%s", value);
    for (char *s = parted.s; option->type == MMOE_TYPE_SIZES && *s; s++)
        *s = *s == ',' ? '/' : *s;
    if (option->type == MMOE_TYPE_SIZES)
        app_say(a, "%s=%s is one value, %s%zu%s: %s=%s are %zu values", option->name, value,
                layers ? "" : "a list of ", n, layers ? " layers" : "", option->name, parted.s, n);
    else
        app_say(a, "%s=%s is one value, a list of %zu: a slash parts it from another list",
                option->name, value, n);
    mmoe_text_done(&parted);
}

void command_say_lists(struct app *a, const struct invocation *i)
{
    for (size_t k = 0; k < i->pair_count; k++) {
        const struct mmoe_option *option = mmoe_option_find(i->pairs[k].key);
        const char *value = i->pairs[k].value;
        if (option && mmoe_grid_separator(option) == '/' && strchr(value, ',') &&
            !strchr(value, '/'))
            say_list(a, option, value);
    }
}

/* --- changing --- */

static bool one_seed(const struct mmoe_options *o)
{
    return o->seed_data == o->seed_init && o->seed_init == o->seed_order;
}

/* `seed` and its three parts tell the same: show the one where it says all, else the parts. */
static bool is_shown(const struct mmoe_option *option, const struct mmoe_options *o)
{
    if (option->type != MMOE_TYPE_SEED)
        return true;
    return (strchr(option->name, '.') != NULL) != one_seed(o);
}

void command_say_changes(struct app *a, const struct mmoe_options *before,
                         const struct mmoe_options *after)
{
    struct mmoe_text t = {0};
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (!is_shown(option, after) || mmoe_option_same(before, after, option))
            continue;
        mmoe_text_add(&t, "%s%s ", t.n ? ", " : "", option->name);
        mmoe_option_tell(after, option, &t);
        mmoe_text_add(&t, " (was ");
        mmoe_option_tell(before, option, &t);
        mmoe_text_add(&t, mmoe_run_heeds(after, option) ? ")" : "; not in use now)");
    }
    if (t.n)
        app_say(a, "%s", t.s);
    mmoe_text_done(&t);
}

enum mmoe_status command_change(struct app *a, const struct mmoe_options *o, struct mmoe_error *err)
{
    enum mmoe_status s = mmoe_options_check(o, err);
    if (mmoe_failed(s))
        return s;
    command_say_changes(a, &a->view.options, o);
    return app_change(a, o, err);
}

enum mmoe_status command_spec(const struct app *a, const struct mmoe_model *model,
                              struct mmoe_spec *spec, struct mmoe_error *err)
{
    const struct mmoe_options *o = &a->view.options;
    size_t dim, tasks;
    bool known = app_shape(a, o, &dim, &tasks);
    if (!known && app_lane_of(a)->reading)
        return mmoe_fail(
            err, MMOE_STATE,
            "a file is being read, and a net depends on its inputs and tasks: again in "
            "a moment");
    if (!known)
        return mmoe_fail(err, MMOE_STATE,
                         "%.200s was not read yet, and a net depends on its inputs and tasks: data "
                         "gen reads it",
                         o->data);
    const struct app_lane *l = app_lane_of(a);
    if (l->data && mmoe_source_same(&l->data_made, o))
        mmoe_spec_for(o, model, l->data, spec);
    else
        mmoe_spec_resolve(o, model, dim, tasks, spec);
    return MMOE_OK;
}

/* Fails where the task has no values of the metric. */
static enum mmoe_status check_measure(enum mmoe_metric metric, const struct mmoe_task *task,
                                      struct mmoe_error *err)
{
    if (mmoe_metrics_has(metric, task->binary))
        return MMOE_OK;
    if (task->binary)
        return mmoe_fail(err, MMOE_INVALID, "task %s is binary and has no %s: ask for auc",
                         task->name, mmoe_metrics_table[metric].title);
    return mmoe_fail(err, MMOE_INVALID,
                     "task %s is not binary and has no %s: ask for r2, or name one that is",
                     task->name, mmoe_metrics_table[metric].title);
}

enum mmoe_status command_measure(const struct app *a, const struct invocation *i,
                                 enum mmoe_metric *metric, size_t *task, struct mmoe_error *err)
{
    const char *name = command_pair(i, "task");
    struct mmoe_task letters[MMOE_TASKS_MAX];
    const struct mmoe_task *names = letters;
    size_t n = view_tasks(&a->view, &names);
    if (n == 0 && app_data(a)) {
        names = app_data(a)->task;
        n = app_data(a)->tasks;
    }
    if (i->argc && mmoe_failed(mmoe_metrics_find(i->argv[0], metric, err)))
        return err->status;
    if (n == 0) { /* no run is there yet, and any may come */
        mmoe_tasks_letters(letters, MMOE_TASKS_MAX);
        return name ? mmoe_tasks_find(letters, MMOE_TASKS_MAX, name, task, err) : MMOE_OK;
    }
    if (name && mmoe_failed(mmoe_tasks_find(names, n, name, task, err)))
        return err->status;
    if (!name && (*task >= n || !mmoe_metrics_has(*metric, names[*task].binary))) {
        *task = 0;
        while (*task < n && !mmoe_metrics_has(*metric, names[*task].binary))
            (*task)++;
        if (*task == n)
            return mmoe_fail(err, MMOE_INVALID, "%s, and none has an %s: ask for %s",
                             *metric == MMOE_AUC ? "no task is binary" : "all tasks are binary",
                             mmoe_metrics_table[*metric].title, *metric == MMOE_AUC ? "r2" : "auc");
    }
    return check_measure(*metric, &names[*task], err);
}
