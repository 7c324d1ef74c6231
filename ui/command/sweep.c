/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - sweep, studies, study, resume, stop: many settings over many seeds, kept on disk.
 *
 * A pair with one value sets an option for the whole study, a pair with several
 * is an axis of its grid; both are axes of the grid that is stored. seeds= and
 * store= are the sweep's own.
 */
#include <mmoe/mem.h>
#include <stdio.h>
#include <string.h>

#include "ui/app/report.h"
#include "ui/command/command.h"

enum { SEEDS_MOST = 1000000 };

/* The value of the pair of that key, or NULL. */
static const char *pair(const struct invocation *i, const char *key)
{
    for (size_t k = i->pair_count; k-- > 0;)
        if (strcmp(i->pairs[k].key, key) == 0)
            return i->pairs[k].value;
    return NULL;
}

/* The pairs into the grid. */
static enum mmoe_status read_grid(const struct invocation *i, struct mmoe_grid *grid, struct mmoe_error *err)
{
    static const char *const own[] = {"seeds", "store", "jobs"};
    for (size_t k = 0; k < i->pair_count; k++) {
        bool mine = false;
        for (size_t n = 0; n < sizeof own / sizeof *own; n++)
            mine = mine || strcmp(i->pairs[k].key, own[n]) == 0;
        enum mmoe_status s = mine ? MMOE_OK : mmoe_grid_axis(grid, i->pairs[k].key, i->pairs[k].value, err);
        if (mmoe_failed(s))
            return s;
    }
    return mmoe_grid_check(grid, err);
}

/* jobs=N where it is given, else the setting. */
static enum mmoe_status read_jobs(const struct app *a, const struct invocation *i, size_t *jobs,
                                  struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    const char *given = pair(i, "jobs");
    enum mmoe_status s = given ? mmoe_option_set(&o, "jobs", given, err) : MMOE_OK;
    *jobs = o.jobs;
    return s;
}

enum mmoe_status command_sweep(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_grid grid = {.base = a->view.options};
    const char *seeds = pair(i, "seeds"), *store = pair(i, "store");
    size_t jobs;
    if (!seeds)
        return mmoe_fail(err, MMOE_INVALID, "how many seeds? (usage: sweep %s)", i->command->synopsis);
    enum mmoe_status s = command_whole(seeds, "the number of seeds", 1, SEEDS_MOST, &grid.seeds, err);
    if (!mmoe_failed(s))
        s = read_grid(i, &grid, err);
    if (!mmoe_failed(s))
        s = read_jobs(a, i, &jobs, err);
    if (mmoe_failed(s))
        return s;
    char *path = store ? command_path(store) : NULL;
    s = app_sweep(a, &grid, jobs, path, i->text, err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

/* --- studies there are --- */

static void add_study(const struct app *a, const struct mmoe_study_info *s, struct mmoe_text *t)
{
    char time[32];
    if (a->mode != APP_JSON) {
        mmoe_text_add(t, "%5lld  %s  %5zu x %-5zu %6zu of %-6zu %-10s %s\n", (long long)s->id, s->created, s->cells,
                      s->seeds, s->finished, s->runs, mmoe_format_duration(s->seconds, time, sizeof time),
                      s->command);
        return;
    }
    mmoe_text_add(t, "{\"event\":\"study\",\"id\":%lld,\"created\":", (long long)s->id);
    mmoe_text_add_json(t, s->created);
    mmoe_text_add(t, ",\"command\":");
    mmoe_text_add_json(t, s->command);
    mmoe_text_add(t, ",\"cells\":%zu,\"seeds\":%zu,\"runs\":%zu,\"finished\":%zu,\"diverged\":%zu}\n", s->cells,
                  s->seeds, s->runs, s->finished, s->diverged);
}

static struct mmoe_store *open_to_read(const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    const char *store = pair(i, "store");
    char *named = store ? command_path(store) : NULL;
    app_store_path(named, &path);
    struct mmoe_store *s = mmoe_store_open(path.s, MMOE_STORE_READ, err);
    mmoe_text_done(&path);
    mmoe_free(named);
    return s;
}

/* These verbs take store= and, where they train, jobs=. */
static enum mmoe_status check_pairs(const struct invocation *i, bool trains, struct mmoe_error *err)
{
    for (size_t k = 0; k < i->pair_count; k++)
        if (strcmp(i->pairs[k].key, "store") != 0 && !(trains && strcmp(i->pairs[k].key, "jobs") == 0))
            return mmoe_fail(err, MMOE_UNKNOWN, "%s takes no %.60s=: store=FILE%s", i->command->name,
                             i->pairs[k].key, trains ? " and jobs=N alone" : " alone");
    return MMOE_OK;
}

enum mmoe_status command_studies(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_study_info *list;
    struct mmoe_text t = {0};
    size_t count;
    enum mmoe_status s = check_pairs(i, false, err);
    if (mmoe_failed(s))
        return s;
    struct mmoe_store *store = open_to_read(i, err);
    if (!store)
        return err->status;
    s = mmoe_store_studies(store, &list, &count, err);
    mmoe_store_close(store);
    if (mmoe_failed(s))
        return s;
    if (a->mode != APP_JSON && count)
        mmoe_text_add(&t, "   id  begun                 cells x seeds    runs             trained    command\n");
    for (size_t k = 0; k < count; k++)
        add_study(a, &list[k], &t);
    if (count == 0)
        app_say(a, "no studies yet: sweep seeds=20 p=0.5,1 begins one");
    else if (a->mode == APP_JSON)
        report_text(a, t.s);
    else
        app_page(a, t.s);
    mmoe_text_done(&t);
    mmoe_free(list);
    return MMOE_OK;
}

/* --- one of them --- */

static enum mmoe_status export(struct app *a, const struct invocation *i, int64_t id, struct mmoe_error *err)
{
    size_t runs;
    struct mmoe_store *store = open_to_read(i, err);
    if (!store)
        return err->status;
    char *path = command_path(i->argv[2]);
    enum mmoe_status s = mmoe_store_export(store, id, path, &runs, err);
    if (!mmoe_failed(s))
        app_say(a, "%zu runs written to %s", runs, path);
    mmoe_free(path);
    mmoe_store_close(store);
    return s;
}

static enum mmoe_status read_id(const struct invocation *i, size_t *id, struct mmoe_error *err)
{
    *id = 0;
    if (i->argc < 2)
        return MMOE_OK;
    return command_whole(i->argv[1], "a study's number", 1, INT32_MAX, id, err);
}

enum mmoe_status command_study(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const words[] = {"open", "resume", "export"};
    const char *store = pair(i, "store"), *word = i->argc ? i->argv[0] : "open";
    bool resumes = strcmp(word, "resume") == 0, exports = strcmp(word, "export") == 0;
    size_t id, jobs;
    if (!resumes && !exports && strcmp(word, "open") != 0) {
        const char *near = mmoe_nearest(word, words, 3);
        return mmoe_fail(err, MMOE_UNKNOWN, "study does not know '%.60s': %s%s", word,
                         near ? "did you mean study " : "open, resume or export", near ? near : "");
    }
    if (exports != (i->argc == 3))
        return mmoe_fail(err, MMOE_INVALID, "usage: study %s", i->command->synopsis);
    enum mmoe_status s = check_pairs(i, resumes, err);
    if (!mmoe_failed(s))
        s = read_id(i, &id, err);
    if (!mmoe_failed(s))
        s = read_jobs(a, i, &jobs, err);
    if (mmoe_failed(s))
        return s;
    if (exports)
        return export(a, i, (int64_t)id, err);
    char *path = store ? command_path(store) : NULL;
    s = app_study(a, (int64_t)id, path, resumes, jobs, err);
    mmoe_free(path);
    return mmoe_failed(s) || !a->repeating ? s : MMOE_CONTINUE;
}

/* --- while it runs --- */

enum mmoe_status command_resume(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (!a->view.study.held) {
        app_say(a, "nothing is held: study resume goes on with a study that was cut off");
        return MMOE_OK;
    }
    app_hold(a, false);
    app_say(a, "goes on");
    return MMOE_OK;
}

enum mmoe_status command_stop(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (!a->repeating) {
        app_say(a, "nothing to stop");
        return MMOE_OK;
    }
    mmoe_runner_stop(a->runner);
    a->wait = APP_WAIT_REPEAT;
    return MMOE_CONTINUE;
}
