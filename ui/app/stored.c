/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stored.c - studies of a store: found or made, read, gone on with; their claims and exports.
 *
 * A study's finished runs are read on a thread of their own and shown as they come;
 * when all are there, it is told, or what it lacks is trained. The queue has a
 * connection of its own to the store, which it closes. What is reported of a study
 * depends on its runs alone: neither on the number of jobs, nor on the store, nor on how
 * often it was cut off.
 */
#include <math.h>
#include <stdio.h>

#include <mmoe/cells.h>
#include <mmoe/clock.h>
#include <mmoe/export.h>
#include <mmoe/file.h>
#include <mmoe/hearing.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/reader.h>
#include <mmoe/results.h>

#include "ui/app/parts.h"
#include "ui/panel/panels.h"
#include "ui/panel/view_study.h"
#include "ui/report/verdicts.h"

enum { RECORDS_A_TURN = 2048 };

/* A stored study that is being read. */
struct app_opening {
    struct mmoe_reader *reader;
    struct mmoe_text path; /* of its store */
    bool resume;           /* train what it lacks */
    size_t jobs;
};

void app_store_path(const char *path, struct mmoe_text *t)
{
    if (path)
        mmoe_text_add(t, "%s", path);
    else
        mmoe_store_path(t);
}

enum mmoe_status app_check_idle(const struct app *a, struct mmoe_error *err)
{
    if (a->opening)
        return mmoe_fail(err, MMOE_STATE,
                         "a study is being read: wait for the end, or stop it first");
    bool study = a->sweeping || a->telling || app_schedule_trains(a);
    if (!a->repeating && !study)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_STATE, "%s in progress: wait for the end, or stop it first",
                     study ? "a study is" : "repeats are");
}

/* --- claims --- */

struct claims_job {
    struct mmoe_hearing *hearing;
    int64_t study; /* that was shown */
    struct view_heard of;
    bool json;
    struct mmoe_text text;
};

static bool goes_on(void *context, double share)
{
    return mmoe_job_goes_on(context, share);
}

static enum mmoe_status test_claims(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct claims_job *c = context;
    if (mmoe_failed(mmoe_hearing_claims(c->hearing, goes_on, j, err)))
        return err->status;
    verdicts_add_claims(c->hearing, c->json, &c->text);
    if (!isnan(c->of.threshold))
        verdicts_add_cells(c->hearing, c->of.threshold, c->json, &c->text);
    return MMOE_OK;
}

static void tell_claims(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    struct claims_job *c = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    if (c->study == a->view.study.id)
        view_study_heard(&a->view.study, &c->of);
    event_emit(&a->sink, &c->text);
}

static void free_claims(void *context)
{
    struct claims_job *c = context;
    mmoe_hearing_free(c->hearing);
    mmoe_text_done(&c->text);
    mmoe_free(c);
}

enum mmoe_status app_claims(struct app *a, enum mmoe_metric metric, size_t task, double threshold,
                            struct mmoe_error *err)
{
    if (!a->view.study.tally)
        return mmoe_fail(err, MMOE_STATE,
                         "there is no study to test claims on: study figure-d seeds=50 makes one");
    if (mmoe_tally_done(a->view.study.tally) == 0 && !a->opening)
        return mmoe_fail(err, MMOE_STATE,
                         "no run of study %lld is finished yet, and there is nothing to test: "
                         "study resume %lld trains them",
                         (long long)a->view.study.id, (long long)a->view.study.id);
    if (a->opening)
        return mmoe_fail(err, MMOE_STATE,
                         "study %lld is still being read: claims again when all its runs are here",
                         (long long)a->view.study.id);
    struct mmoe_hearing *h = mmoe_hearing_new(a->view.study.tally, metric, task, err);
    if (!h)
        return err->status;
    struct claims_job *c = mmoe_alloc(1, sizeof *c);
    *c = (struct claims_job){.hearing = h,
                             .study = a->view.study.id,
                             .of = {metric, task, threshold},
                             .json = a->sink.mode == EVENT_JSON};
    app_job(a, &(struct app_job){.what = "claims",
                                 .work = test_claims,
                                 .done = tell_claims,
                                 .free = free_claims,
                                 .context = c});
    return MMOE_OK;
}

/* --- exports --- */

struct export_job {
    struct mmoe_text store;
    char *path;
    const char *note; /* of the file that is replaced */
    int64_t study;
    size_t all, runs;
    struct mmoe_job *job;
};

static bool exports_on(void *context, size_t runs)
{
    const struct export_job *x = context;
    return mmoe_job_goes_on(x->job, x->all ? (double)runs / (double)x->all : 0);
}

static enum mmoe_status export_runs(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct export_job *x = context;
    struct mmoe_study_info info;
    struct mmoe_store *s = mmoe_store_open(x->store.s, MMOE_STORE_READ, err);
    if (!s)
        return err->status;
    enum mmoe_status status = mmoe_store_study(s, x->study, &info, NULL, err);
    if (!mmoe_failed(status) && info.finished == 0)
        status = mmoe_fail(err, MMOE_STATE,
                           "no run of study %lld is finished yet, and there is nothing to export: "
                           "study resume %lld trains them",
                           (long long)info.id, (long long)info.id);
    if (!mmoe_failed(status)) {
        x->job = j;
        x->all = info.finished;
        x->note = mmoe_file_note(x->path);
        status = mmoe_export_write(s, info.id, x->path, &(struct mmoe_export_watch){exports_on, x},
                                   &x->runs, err);
    }
    mmoe_store_close(s);
    return status;
}

static void tell_export(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    const struct export_job *x = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
    } else {
        app_say(a, "%s run%s written to %s%s", mmoe_format_count(x->runs, MMOE_NUMBER),
                x->runs == 1 ? "" : "s", x->path, x->note);
    }
}

static void free_export(void *context)
{
    struct export_job *x = context;
    mmoe_text_done(&x->store);
    mmoe_free(x->path);
    mmoe_free(x);
}

void app_export(struct app *a, int64_t id, const char *store, const char *path)
{
    struct export_job *x = mmoe_alloc(1, sizeof *x);
    app_store_path(store, &x->store);
    x->path = mmoe_strdup(path);
    x->study = id;
    app_job(a, &(struct app_job){.what = "export",
                                 .work = export_runs,
                                 .done = tell_export,
                                 .free = free_export,
                                 .context = x});
}

/* --- training what it lacks --- */

/* Hand the runs it lacks to the queue, which closes the store. */
static enum mmoe_status train_rest(struct app *a, const char *path, size_t jobs,
                                   struct mmoe_error *err)
{
    struct view_study *v = &a->view.study;
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    size_t runs = mmoe_grid_runs(g), finished = mmoe_tally_done(v->tally);
    struct mmoe_text what = {0};
    struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_WRITE, err);
    if (!s)
        return err->status;
    unsigned char *done = mmoe_alloc(runs, 1);
    for (size_t r = 0; r < runs; r++)
        done[r] = mmoe_tally_has(v->tally, r);
    if (finished)
        app_say(a, "study %lld goes on: %s of %s runs are there", (long long)v->id,
                mmoe_format_count(finished, MMOE_NUMBER), mmoe_format_count(runs, MMOE_NUMBER));
    v->stored = finished;
    a->foretold = app_forecast_grid(a, g, runs - finished, jobs);
    mmoe_text_add(&what, "%s runs to train", mmoe_format_count(runs - finished, MMOE_NUMBER));
    app_forecast_say(a, what.s, a->foretold);
    mmoe_text_done(&what);
    struct mmoe_sweep sweep = {.grid = g, .jobs = jobs, .done = done, .store = s, .study = v->id};
    mmoe_origin_here(&sweep.origin);
    a->repeating = a->sweeping = true;
    a->repeat_start = mmoe_clock_now();
    a->view.queue_eta = -1;
    a->changes++;
    mmoe_queue_sweep(a->queue, &sweep);
    mmoe_free(done);
    return MMOE_OK;
}

/* All that is stored is there: tell it, or train the rest. */
static enum mmoe_status end_opening(struct app *a, const char *path, bool resume, size_t jobs,
                                    struct mmoe_error *err)
{
    const struct mmoe_tally *t = a->view.study.tally;
    if (resume && mmoe_tally_done(t) < mmoe_grid_runs(mmoe_tally_grid(t)))
        return train_rest(a, path, jobs, err);
    app_study_tell(a);
    return MMOE_OK;
}

/* --- reading --- */

void app_opening_done(struct app *a)
{
    if (!a->opening)
        return;
    mmoe_reader_free(a->opening->reader);
    mmoe_text_done(&a->opening->path);
    mmoe_free(a->opening);
    a->opening = NULL;
    a->view.study.reading = false;
    a->view.queue_done = a->view.queue_wanted = 0;
}

void app_opening_stop(struct app *a)
{
    if (!a->opening)
        return;
    app_say(a, "study %lld: stopped after %s of %s runs; study open %lld reads them all",
            (long long)a->view.study.id, mmoe_format_count(a->view.queue_done, MMOE_NUMBER),
            mmoe_format_count(a->view.queue_wanted, MMOE_NUMBER), (long long)a->view.study.id);
    app_opening_done(a);
    a->failed = true; /* what waits for all runs is not to see some of them */
    a->changes++;
}

/* Show a study; what is finished of it is read from now on. Takes the path over. */
static enum mmoe_status show(struct app *a, const struct mmoe_study_info *info,
                             const struct mmoe_grid *grid, const struct mmoe_definition *def,
                             const char *command, struct mmoe_text *path, bool resume, size_t jobs,
                             struct mmoe_error *err)
{
    struct view_study *v = &a->view.study;
    view_study_begin(v, info->id, grid, command ? command : info->command, def);
    snprintf(v->store, sizeof v->store, "%s", path->s);
    a->view.focus = PANEL_HIST; /* a small screen shows the panel in front alone */
    a->wait = APP_WAIT_SEEDS;
    a->changes++;
    if (info->finished == 0) {
        enum mmoe_status status = end_opening(a, path->s, resume, jobs, err);
        mmoe_text_done(path);
        return status;
    }
    a->opening = mmoe_alloc(1, sizeof *a->opening);
    *a->opening = (struct app_opening){.path = *path, .resume = resume, .jobs = jobs};
    v->reading = true;
    a->opening->reader =
        mmoe_reader_new(a->mailbox, path->s, info->id, grid, v->figure == MMOE_DRAWING_CURVES);
    a->view.queue_wanted = info->finished;
    return MMOE_OK;
}

/* Some records at a time, so that a frame is never far. True where there may be more. */
static bool read_some(struct app *a)
{
    struct mmoe_record r;
    size_t taken = 0;
    while (taken < RECORDS_A_TURN && mmoe_reader_record(a->opening->reader, &r)) {
        mmoe_tally_add(a->view.study.tally, &r);
        taken++;
    }
    if (taken) {
        a->view.queue_done += taken;
        a->changes++;
    }
    return taken == RECORDS_A_TURN;
}

void app_take_opening(struct app *a)
{
    struct mmoe_error err;
    if (!a->opening)
        return;
    if (read_some(a))
        mmoe_mailbox_wake(a->mailbox);
    if (!mmoe_reader_is_done(a->opening->reader))
        return;
    struct app_opening o = *a->opening;
    enum mmoe_status status = mmoe_reader_status(o.reader, &err);
    a->opening->path = (struct mmoe_text){0};
    app_opening_done(a);
    a->changes++;
    if (!mmoe_failed(status))
        status = end_opening(a, o.path.s, o.resume, o.jobs, &err);
    mmoe_text_done(&o.path);
    if (mmoe_failed(status)) {
        app_complain(a, &err);
        a->failed = true;
        app_schedule_cut_off(a);
    }
}

/* --- begun by a command --- */

/* The study of that grid that is in the store, if it is looked for; else a new one. */
static enum mmoe_status find_or_make(struct app *a, struct mmoe_store *s,
                                     const struct app_study_order *o, const char *path, int64_t *id,
                                     struct mmoe_error *err)
{
    struct mmoe_origin origin;
    char runs[40];
    int64_t from = 0;
    size_t copied = 0;
    *id = 0;
    if (o->find && mmoe_failed(mmoe_store_find(s, o->grid, id, err)))
        return err->status;
    if (*id)
        return MMOE_OK;
    mmoe_origin_here(&origin);
    const char *definition = o->def && !o->aside ? o->def->about.name : "";
    if (mmoe_failed(mmoe_store_study_new(s, o->grid, o->command, definition, &origin, id, err)))
        return err->status;
    app_say(a, "study %lld: %s %s x %s seed%s, %s run%s, kept in %s", (long long)*id,
            mmoe_format_count(mmoe_grid_cells(o->grid), MMOE_NUMBER),
            mmoe_grid_cells(o->grid) == 1 ? "setting" : "settings",
            mmoe_format_count(o->grid->seeds, MMOE_NUMBER), o->grid->seeds == 1 ? "" : "s",
            mmoe_format_count(mmoe_grid_runs(o->grid), runs, sizeof runs),
            mmoe_grid_runs(o->grid) == 1 ? "" : "s", path);
    if (o->find && mmoe_failed(mmoe_results_copy(s, *id, o->grid, &origin, &from, &copied, err)))
        return err->status;
    if (copied)
        app_say(a, "%s of them were trained for study %lld, the same with other seeds",
                mmoe_format_count(copied, runs, sizeof runs), (long long)from);
    return MMOE_OK;
}

enum mmoe_status app_study_begin(struct app *a, const struct app_study_order *o,
                                 struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    int64_t id = 0;
    if (mmoe_failed(app_check_idle(a, err)) || mmoe_failed(mmoe_grid_check(o->grid, err)) ||
        mmoe_failed(mmoe_cells_check(o->grid, err)))
        return err->status;
    app_store_path(o->store, &path);
    struct mmoe_store *s = mmoe_store_open(path.s, MMOE_STORE_WRITE, err);
    if (!s || mmoe_failed(find_or_make(a, s, o, path.s, &id, err)) ||
        mmoe_failed(mmoe_store_study(s, id, &info, &grid, err)))
        goto fail;
    mmoe_store_close(s);
    return show(a, &info, &grid, o->def, o->command, &path, true, o->jobs, err);
fail:
    mmoe_store_close(s);
    mmoe_text_done(&path);
    return err->status;
}

/* The definition a study was begun by, if it is still there, drawn otherwise where `draw` says so.
 */
static enum mmoe_status definition_of(const struct mmoe_study_info *info, const char *draw,
                                      struct mmoe_definition *def,
                                      const struct mmoe_definition **found, struct mmoe_error *err)
{
    struct mmoe_error why;
    bool there = info->definition[0] &&
                 !mmoe_failed(mmoe_definition_read(info->definition, def, &why));
    if (!there) {
        *def = (struct mmoe_definition){.figure = MMOE_DRAWING_HISTOGRAMS,
                                        .series = mmoe_option_find("model")};
        snprintf(def->about.name, sizeof def->about.name, "%s", info->definition);
    }
    *found = there || draw ? def : NULL;
    return draw ? mmoe_definition_drawing(draw, &def->figure, err) : MMOE_OK;
}

enum mmoe_status app_study(struct app *a, int64_t id, const char *store, bool resume, size_t jobs,
                           const char *draw, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    struct mmoe_definition own;
    const struct mmoe_definition *def = NULL;
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    app_store_path(store, &path);
    struct mmoe_store *s =
        mmoe_store_open(path.s, resume ? MMOE_STORE_WRITE : MMOE_STORE_READ, err);
    if (!s || mmoe_failed(mmoe_store_study(s, id, &info, &grid, err)) ||
        mmoe_failed(definition_of(&info, draw, &own, &def, err)) ||
        (def && mmoe_failed(mmoe_definition_draws(def->figure, &grid, err))))
        goto fail;
    mmoe_store_close(s);
    return show(a, &info, &grid, def, NULL, &path, resume, jobs, err);
fail:
    mmoe_store_close(s);
    mmoe_text_done(&path);
    return err->status;
}
