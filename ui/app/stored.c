/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stored.c - studies of a store: read, gone on with, exported.
 *
 * A study's finished runs are read on a thread of their own and shown as they come;
 * when all are there, it is told, or what it lacks is trained. The queue has the
 * connection to the store that it was opened with, and closes it. What is reported of a study
 * depends on its runs alone: neither on the number of jobs, nor on the store, nor on how
 * often it was cut off.
 */
#include <stdio.h>

#include <mmoe/clock.h>
#include <mmoe/export.h>
#include <mmoe/file.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/reader.h>
#include <mmoe/results.h>

#include "ui/app/parts.h"
#include "ui/panel/panels.h"
#include "ui/panel/view_names.h"
#include "ui/panel/view_study.h"
#include "ui/report/search.h"

enum { RECORDS_A_TURN = 2048 };

/* A stored study that is being read. */
struct app_opening {
    struct mmoe_reader *reader;
    struct app_study_found found;
    struct mmoe_watching said; /* what was said of its shards last */
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
    bool trains = a->sweeping || a->telling || app_schedule_trains(a) || a->beginning == APP_TRAINS;
    if (a->opening || (a->beginning == APP_READS && !trains))
        return mmoe_fail(err, MMOE_STATE,
                         "a study is being read: wait for the end, or stop it first");
    if (!a->repeating && !trains)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_STATE, "%s in progress: wait for the end, or stop it first",
                     trains ? "a study is" : "repeats are");
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

static bool goes_on_waiting(void *context, bool locked)
{
    (void)locked;
    return mmoe_job_goes_on(context, 0);
}

static bool exports_on(void *context, size_t runs)
{
    const struct export_job *x = context;
    return mmoe_job_goes_on(x->job, x->all ? (double)runs / (double)x->all : 0);
}

static enum mmoe_status export_runs(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct export_job *x = context;
    struct mmoe_study_info info;
    struct mmoe_store *s = mmoe_store_open(x->store.s, MMOE_STORE_READ,
                                           &(struct mmoe_store_watch){goes_on_waiting, j}, err);
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
        app_say(a, "%s written to %s%s", MMOE_COUNTED(x->runs, "run"), x->path, x->note);
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
                                 .late = tell_export,
                                 .free = free_export,
                                 .context = x});
}

/* --- training what it lacks --- */

static void say_rest(struct app *a, size_t finished, size_t runs, size_t jobs)
{
    struct mmoe_text what = {0};
    if (finished)
        app_say(a, "study %lld goes on: %s of %s are there", (long long)a->view.study.id,
                mmoe_format_count(finished, MMOE_NUMBER), MMOE_COUNTED(runs, "run"));
    mmoe_text_add(&what, "%s to train", MMOE_COUNTED(runs - finished, "run"));
    app_forecast_say(
        a, what.s,
        app_forecast_grid(a, mmoe_tally_grid(a->view.study.tally), runs - finished, jobs));
    mmoe_text_done(&what);
}

/* How long a search takes is told once, for all its trials: those to come are of no known cost. */
static void say_batch(struct app *a, size_t finished, size_t runs, size_t jobs)
{
    const struct view_study *v = &a->view.study;
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    struct mmoe_text what = {0};
    if (finished == 0) {
        double all =
            app_forecast_grid(a, g, runs, jobs) * (double)v->searched.trials / (double)runs;
        mmoe_text_add(&what, "%s to train", MMOE_COUNTED(v->searched.trials, "trial"));
        app_forecast_say(a, what.s, all);
    } else {
        search_add_progress(v, finished, &what);
        app_say(a, "%s", what.s);
    }
    mmoe_text_done(&what);
}

/* Hand the runs it lacks to the queue, which takes the store over. */
static void train_rest(struct app *a, struct app_study_found *f)
{
    struct view_study *v = &a->view.study;
    const struct mmoe_grid *g = mmoe_tally_grid(v->tally);
    size_t runs = mmoe_grid_runs(g), finished = 0;
    unsigned char *done = mmoe_alloc(runs, 1);
    size_t others = 0; /* runs of other shards */
    for (size_t r = 0; r < runs; r++) {
        bool other = a->publisher && !mmoe_shard_has(mmoe_publisher_shard(a->publisher), g, r);
        bool there = mmoe_tally_has(v->tally, r);
        done[r] = other || there;
        others += other;
        finished += there && !other;
    }
    runs -= others;
    if (app_schedule_searches(a))
        say_batch(a, finished, runs, f->jobs);
    else
        say_rest(a, finished, runs, f->jobs);
    v->stored = finished;
    a->foretold = app_forecast_grid(a, g, runs - finished, f->jobs);
    struct mmoe_sweep sweep = {.grid = g,
                               .jobs = f->jobs,
                               .done = done,
                               .store = f->store,
                               .study = v->id,
                               .publisher = a->publisher,
                               .until = f->until};
    mmoe_origin_here(&sweep.origin);
    a->repeating = a->sweeping = true;
    a->repeat_start = mmoe_clock_now();
    a->view.queue_eta = -1;
    a->changes++;
    mmoe_queue_sweep(a->queue, &sweep);
    f->store = NULL;
    mmoe_free(done);
}

/* All that is stored is there: tell it, or train the rest. */
static void end_opening(struct app *a, struct app_study_found *f)
{
    const struct mmoe_tally *t = a->view.study.tally;
    if (f->store && mmoe_tally_done(t) < mmoe_grid_runs(mmoe_tally_grid(t)))
        train_rest(a, f);
    else
        app_study_tell(a);
}

static void found_done(struct app_study_found *f)
{
    mmoe_store_close(f->store);
    f->store = NULL;
    mmoe_text_done(&f->path);
}

/* --- reading --- */

void app_opening_done(struct app *a)
{
    if (!a->opening)
        return;
    mmoe_reader_free(a->opening->reader);
    found_done(&a->opening->found);
    mmoe_free(a->opening);
    a->opening = NULL;
    a->view.study.reading = false;
    a->view.queue_done = a->view.queue_wanted = 0;
}

void app_opening_stop(struct app *a)
{
    if (!a->opening)
        return;
    if (a->opening->found.watches)
        app_say(a, "%s: stopped watching at %s of %s", a->opening->found.path.s,
                mmoe_format_count(a->view.queue_done, MMOE_NUMBER),
                MMOE_COUNTED(a->view.queue_wanted, "run"));
    else
        app_say(a, "study %lld: stopped after %s of %s; study open %lld reads them all",
                (long long)a->view.study.id, mmoe_format_count(a->view.queue_done, MMOE_NUMBER),
                MMOE_COUNTED(a->view.queue_wanted, "run"), (long long)a->view.study.id);
    app_opening_done(a);
    a->failed = true; /* what waits for all runs is not to see some of them */
    a->changes++;
}

void app_study_show(struct app *a, struct app_study_found *f)
{
    struct view_study *v = &a->view.study;
    view_study_begin(v, f->info.id, f->grid, f->command ? f->command : f->info.command, f->def);
    view_rename(&a->view);
    snprintf(v->store, sizeof v->store, "%s", f->path.s);
    a->view.focus = PANEL_HIST; /* a small screen shows the panel in front alone */
    a->changes++;
    if (f->info.finished == 0 && !f->watches) {
        end_opening(a, f);
        found_done(f);
        return;
    }
    a->opening = mmoe_alloc(1, sizeof *a->opening);
    a->opening->found = *f;
    v->reading = true;
    bool curves = view_study_has_curves(v);
    a->opening->reader = f->watches
                             ? mmoe_reader_watch(a->mailbox, f->path.s, f->grid, curves)
                             : mmoe_reader_new(a->mailbox, f->path.s, f->info.id, f->grid, curves);
    a->view.queue_wanted = f->watches ? f->info.runs : f->info.finished;
}

/* What is heard of shards, where that is other than before. Silence is no failure. */
static void say_heard(struct app *a)
{
    struct app_opening *o = a->opening;
    const struct mmoe_watching now = mmoe_reader_watching(o->reader), *was = &o->said;
    struct mmoe_text t = {0};
    char all[32], time[32];
    if (now.heard == was->heard && now.silent == was->silent && now.bad == was->bad)
        return;
    o->said = now;
    mmoe_text_add(&t, "%s of %s heard from in 2 min", mmoe_format_count(now.heard, MMOE_NUMBER),
                  MMOE_COUNTED(now.shards, "shard"));
    if (now.silent)
        mmoe_text_add(&t, ", %s silent, for %s at most",
                      mmoe_format_count(now.silent, all, sizeof all),
                      mmoe_format_duration(now.longest, time, sizeof time));
    if (now.bad)
        mmoe_text_add(&t, "; %s left out, which study merge tells of",
                      MMOE_COUNTED(now.bad, "segment"));
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
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
    if (a->opening->found.watches)
        say_heard(a);
    if (!mmoe_reader_is_done(a->opening->reader))
        return;
    enum mmoe_status status = mmoe_reader_status(a->opening->reader, &err);
    struct app_study_found found = a->opening->found;
    a->opening->found = (struct app_study_found){0};
    app_opening_done(a);
    a->changes++;
    if (!mmoe_failed(status)) {
        end_opening(a, &found);
    } else {
        app_complain(a, &err);
        a->failed = true;
        app_schedule_cut_off(a);
    }
    found_done(&found);
}
