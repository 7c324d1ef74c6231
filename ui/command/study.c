/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study.c - studies, study, claims, report: what was trained over many seeds, and what it says.
 *
 * `study NAME` trains what a file defines; its pairs are options in the place
 * of the file's, but for those that are its own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/definition.h>
#include <mmoe/export.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"
#include "ui/report/beside.h"

enum { NAMES_MOST = 200 };

#define CLAIMS_SECONDS 0.0005 /* of a run: resampling takes most of it */

/* --- studies there are --- */

static void add_study(const struct mmoe_study_info *s, bool json, struct mmoe_text *t)
{
    char time[32];
    if (!json) {
        mmoe_text_add(t, "%5lld  ", (long long)s->id);
        mmoe_text_add_clean(t, s->created);
        mmoe_text_add(
            t, "  %5s x %-5s %6s of %-6s %-10s ", mmoe_format_count(s->cells, MMOE_NUMBER),
            mmoe_format_count(s->seeds, MMOE_NUMBER), mmoe_format_count(s->finished, MMOE_NUMBER),
            mmoe_format_count(s->runs, MMOE_NUMBER),
            mmoe_format_duration(s->seconds, time, sizeof time));
        mmoe_text_add_clean(t, s->command);
        mmoe_text_add(t, "\n");
        return;
    }
    event_begin(t, "study");
    mmoe_json_count(t, "id", (unsigned long long)s->id);
    mmoe_json_word(t, "created", s->created);
    mmoe_json_word(t, "command", s->command);
    mmoe_json_count(t, "cells", s->cells);
    mmoe_json_count(t, "seeds", s->seeds);
    mmoe_json_count(t, "runs", s->runs);
    mmoe_json_count(t, "finished", s->finished);
    mmoe_json_count(t, "diverged", s->diverged);
    mmoe_text_add(t, "}\n");
}

/* The studies of a store, listed by a job. */
struct list_job {
    struct mmoe_text store, text;
    struct beside beside; /* those that are set side by side; none: all are listed */
    size_t count;
    bool json;
};

static bool goes_on_share(void *context, double share)
{
    return mmoe_job_goes_on(context, share);
}

static bool goes_on(void *context, bool locked)
{
    (void)locked;
    return mmoe_job_goes_on(context, 0);
}

static enum mmoe_status list_studies(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct list_job *l = context;
    struct mmoe_study_info *list;
    struct mmoe_store *s =
        mmoe_store_open(l->store.s, MMOE_STORE_READ, &(struct mmoe_store_watch){goes_on, j}, err);
    if (s && l->beside.count) {
        l->count = l->beside.count;
        enum mmoe_status status =
            beside_add(s, &l->beside, l->json, goes_on_share, j, &l->text, err);
        mmoe_store_close(s);
        return status;
    }
    if (!s || mmoe_failed(mmoe_store_studies(s, &list, &l->count, err))) {
        mmoe_store_close(s);
        return err->status;
    }
    mmoe_store_close(s);
    if (!l->json)
        mmoe_text_add(
            &l->text,
            "   id  begun                 cells x seeds    runs             trained    command\n");
    for (size_t k = 0; k < l->count; k++)
        add_study(&list[k], l->json, &l->text);
    mmoe_free(list);
    return MMOE_OK;
}

static void tell_studies(struct app *a, void *context, enum mmoe_status status,
                         const struct mmoe_error *err)
{
    struct list_job *l = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
    } else if (l->count == 0) {
        app_say(a, "no studies yet: sweep seeds=20 p=0.5,1 begins one");
    } else if (l->json) {
        event_emit(&a->sink, &l->text);
    } else {
        app_tell(a, l->text.s);
    }
}

static void free_studies(void *context)
{
    struct list_job *l = context;
    mmoe_text_done(&l->store);
    mmoe_text_done(&l->text);
    mmoe_free(l);
}

static const char *const store_alone[] = {"store", NULL};

/* The numbers of the studies that are to stand side by side; none: *out is empty. */
static enum mmoe_status read_beside(const struct invocation *i, struct beside *out,
                                    struct mmoe_error *err)
{
    *out = (struct beside){0};
    if (i->argc > BESIDE_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "at most %d studies have room side by side", BESIDE_MAX);
    for (size_t k = 0; k < i->argc; k++) {
        size_t id;
        if (mmoe_failed(command_whole(i->argv[k], "a study's number", 1, INT32_MAX, &id, err)))
            return err->status;
        out->id[out->count++] = (int64_t)id;
    }
    return MMOE_OK;
}

enum mmoe_status command_studies(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *store = command_pair(i, "store");
    struct beside beside;
    if (mmoe_failed(command_known(i, store_alone, "store=FILE", err)) ||
        mmoe_failed(read_beside(i, &beside, err)))
        return err->status;
    char *named = store ? command_path(store) : NULL;
    struct list_job *l = mmoe_alloc(1, sizeof *l);
    l->beside = beside;
    app_store_path(named, &l->store);
    l->json = a->sink.mode == EVENT_JSON;
    mmoe_free(named);
    app_job(a, &(struct app_job){.what = "studies",
                                 .work = list_studies,
                                 .done = tell_studies,
                                 .free = free_studies,
                                 .context = l});
    return MMOE_CONTINUE;
}

/* --- one of them --- */

static enum mmoe_status read_id(const struct invocation *i, size_t *id, struct mmoe_error *err)
{
    *id = 0;
    if (i->argc < 2)
        return MMOE_OK;
    return command_whole(i->argv[1], "a study's number", 1, INT32_MAX, id, err);
}

static enum mmoe_status open_or_resume(struct app *a, const struct invocation *i, bool resumes,
                                       struct mmoe_error *err)
{
    static const char *const opening[] = {"store", "draw", NULL}, *const resuming[] = {
                                                                      "store", "jobs", NULL};
    const char *store = command_pair(i, "store");
    size_t id, jobs;
    enum mmoe_status s = resumes ? command_known(i, resuming, "store=FILE and jobs=N", err)
                                 : command_known(i, opening, "store=FILE and draw=WHAT", err);
    if (mmoe_failed(s))
        return s;
    if (mmoe_failed(read_id(i, &id, err)) || mmoe_failed(command_jobs(a, i, &jobs, err)))
        return err->status;
    char *path = store ? command_path(store) : NULL;
    s = app_study(a, (int64_t)id, path, resumes, jobs, command_pair(i, "draw"), err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

static enum mmoe_status export_runs(struct app *a, const struct invocation *i,
                                    struct mmoe_error *err)
{
    size_t id;
    if (mmoe_failed(command_known(i, store_alone, "store=FILE", err)))
        return err->status;
    if (i->argc != 3)
        return mmoe_fail(err, MMOE_INVALID, "usage: study export ID FILE [store=FILE]");
    if (mmoe_failed(read_id(i, &id, err)))
        return err->status;
    const char *store = command_pair(i, "store");
    char *named = store ? command_path(store) : NULL, *path = command_path(i->argv[2]);
    enum mmoe_status status = MMOE_CONTINUE;
    if (mmoe_text_ends(path, ".csv") || mmoe_text_ends(path, ".jsonl"))
        app_export(a, (int64_t)id, named, path);
    else
        status = mmoe_fail(err, MMOE_INVALID,
                           "cannot export to '%.200s': a name ends in .csv or .jsonl", path);
    mmoe_free(named);
    mmoe_free(path);
    return status;
}

/* choose=again or choose=kept; NULL: as needed. */
static enum mmoe_status read_choosing(const char *word, enum mmoe_choosing *out,
                                      struct mmoe_error *err)
{
    *out = MMOE_CHOOSE_NEEDED;
    if (!word)
        return MMOE_OK;
    *out = strcmp(word, "again") == 0 ? MMOE_CHOOSE_AGAIN : MMOE_CHOOSE_KEPT;
    if (*out == MMOE_CHOOSE_AGAIN || strcmp(word, "kept") == 0)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_INVALID,
                     "choose '%.60s': again chooses anew what the study keeps, kept keeps it",
                     word);
}

/* Train what a definition asks for. */
static enum mmoe_status begin(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const own[] = {"seeds", "jobs", "store", "out", "choose", NULL};
    struct mmoe_schedule_pair set[COMMAND_WORDS_MAX];
    struct app_schedule_order order = {
        .order = {.command = i->text, .session = &a->view.options, .set = set}};
    const char *store = command_pair(i, "store"), *out = command_pair(i, "out"),
               *seeds = command_pair(i, "seeds");
    if (i->argc > 1)
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is too much: study NAME [key=value]...",
                         i->argv[1]);
    for (size_t k = 0; k < i->pair_count; k++)
        if (!command_among(i->pairs[k].key, own))
            set[order.order.set_count++] =
                (struct mmoe_schedule_pair){i->pairs[k].key, i->pairs[k].value};
    if (seeds && mmoe_failed(command_whole(seeds, "the number of seeds", 1, MMOE_RUNS_MAX,
                                           &order.order.seeds, err)))
        return err->status;
    if (mmoe_failed(command_jobs(a, i, &order.jobs, err)) ||
        mmoe_failed(read_choosing(command_pair(i, "choose"), &order.order.choosing, err)))
        return err->status;
    char *path = store ? command_path(store) : NULL, *folder = out ? command_path(out) : NULL;
    char *name = command_path(i->argv[0]);
    order.order.name = name;
    order.store = path;
    order.out = folder;
    command_say_lists(a, i);
    enum mmoe_status s = app_schedule_begin(a, &order, err);
    mmoe_free(name);
    mmoe_free(path);
    mmoe_free(folder);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

/* A definition there is, or a file. */
static bool is_defined(const char *word)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    bool found = strchr(word, '/') != NULL;
    mmoe_library_names(MMOE_STUDIES, &names, &count);
    for (size_t k = 0; k < count; k++)
        found = found || strcmp(names[k], word) == 0;
    mmoe_free(names);
    return found;
}

static enum mmoe_status no_such(const char *word, struct mmoe_error *err)
{
    const char *list[7 + NAMES_MOST] = {"open",  "resume", "export", "submit",
                                        "shard", "watch",  "merge"};
    char(*names)[MMOE_NAME_MAX];
    size_t count, n = 7;
    mmoe_library_names(MMOE_STUDIES, &names, &count);
    for (size_t k = 0; k < count && n < sizeof list / sizeof *list; k++)
        list[n++] = names[k];
    const char *near = mmoe_nearest(word, list, n);
    enum mmoe_status s = near ? mmoe_fail(err, MMOE_UNKNOWN,
                                          "study does not know '%.60s': did you mean study %s",
                                          word, near)
                              : mmoe_fail(err, MMOE_UNKNOWN,
                                          "study does not know '%.60s': open, resume, export, or a "
                                          "definition such as figure-d; study alone lists them",
                                          word);
    mmoe_free(names);
    return s;
}

/* Without a word: what studies are defined. */
static void list_definitions(struct app *a)
{
    struct mmoe_text t = {0};
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    mmoe_library_names(MMOE_STUDIES, &names, &count);
    for (size_t k = 0; k < count; k++) {
        struct mmoe_definition def;
        struct mmoe_error err;
        bool sound = !mmoe_failed(mmoe_definition_read(names[k], &def, &err));
        mmoe_text_add(&t, "%-12s  %s\n", names[k], sound ? def.about.title : err.text);
    }
    mmoe_text_add(&t, "study NAME [seeds=N] trains one; study open shows the newest there is, "
                      "studies lists all\n");
    app_tell(a, t.s);
    mmoe_text_done(&t);
    mmoe_free(names);
}

enum mmoe_status command_study(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc ? i->argv[0] : "";
    if (i->argc == 0 && i->pair_count == 0) {
        list_definitions(a);
        return MMOE_OK;
    }
    enum mmoe_status done;
    if (command_shards(a, i, &done, err))
        return done;
    if (strcmp(word, "open") == 0 || i->argc == 0)
        return open_or_resume(a, i, false, err);
    if (strcmp(word, "resume") == 0)
        return open_or_resume(a, i, true, err);
    if (strcmp(word, "export") == 0)
        return export_runs(a, i, err);
    if (!is_defined(word))
        return no_such(word, err);
    struct mmoe_definition *def = mmoe_alloc(1, sizeof *def);
    char *name = command_path(word);
    struct mmoe_error unread; /* begin tells of it */
    bool experiments = !mmoe_failed(mmoe_definition_read(name, def, &unread)) &&
                       def->experiment_count > 0;
    enum mmoe_status status = experiments ? command_experiments(a, def, i, err) : begin(a, i, err);
    mmoe_free(name);
    mmoe_free(def);
    return status;
}

/* --- what it says --- */

/* Of testing the claims on the study that is shown. */
double command_cost_claims(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    const struct mmoe_tally *t = a->view.study.tally;
    (void)i;
    if (!t)
        return 0;
    size_t runs = mmoe_tally_done(t);
    mmoe_text_add(what, "on %s", MMOE_COUNTED(runs, "run"));
    return CLAIMS_SECONDS * (double)runs;
}

/* Take the word brief from the end of the arguments; is it there? */
static bool take_brief(struct invocation *i)
{
    bool brief = i->argc > 0 && strcmp(i->argv[i->argc - 1], "brief") == 0;
    i->argc -= brief;
    return brief;
}

enum mmoe_status command_claims(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const known[] = {"threshold", "task", NULL};
    const char *threshold = command_pair(i, "threshold");
    enum mmoe_metric metric = MMOE_LOSS;
    size_t task = 0;
    double value = NAN;
    struct invocation rest = *i;
    bool brief = take_brief(&rest);
    if (mmoe_failed(command_known(i, known, "threshold=LOSS and task=NAME", err)) ||
        mmoe_failed(command_measure(a, &rest, &metric, &task, err)))
        return err->status;
    if (threshold && (!mmoe_parse_double(threshold, &value) || !(value > 0)))
        return mmoe_fail(
            err, MMOE_RANGE,
            "threshold '%.60s': the loss above which a run counts as failed, a number above 0",
            threshold);
    if (mmoe_failed(app_claims(a, metric, task, value, brief, err)))
        return err->status;
    return MMOE_CONTINUE;
}

enum mmoe_status command_report(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc == 0 || !mmoe_text_ends(i->argv[0], ".html"))
        return mmoe_fail(err, MMOE_INVALID, "report writes a page for a browser: report FILE.html");
    char *path = command_path(i->argv[0]);
    enum mmoe_status s = app_report(a, path, err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}
