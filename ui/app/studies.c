/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * studies.c - studies: begun, shown, gone on with.
 *
 * A study's runs go to the queue with a connection to its store, which the
 * queue closes; what is asked of a store here is asked through one of our own,
 * opened and closed at once. What is reported of a study depends on its runs
 * alone: neither on the number of jobs, nor on the store, nor on how often it
 * was cut off.
 */
#include <math.h>
#include <mmoe/mem.h>
#include <string.h>
#include <time.h>

#include "ui/app/app.h"
#include "ui/app/report.h"

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void app_store_path(const char *path, struct mmoe_text *t)
{
    if (path)
        mmoe_text_add(t, "%s", path);
    else
        mmoe_store_path(t);
}

static enum mmoe_status check_idle(const struct app *a, struct mmoe_error *err)
{
    if (!a->repeating)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_STATE, "%s in progress: wait for the end, or stop it first",
                     a->sweeping ? "a study is" : "repeats are");
}

/* Hand the runs to the queue, which closes the store. */
static void queue(struct app *a, const struct mmoe_grid *grid, size_t jobs, struct mmoe_store *s, int64_t id,
                  const unsigned char *done)
{
    struct mmoe_sweep sweep = {.grid = grid, .jobs = jobs, .done = done, .store = s, .study = id};
    mmoe_origin_here(&sweep.origin);
    a->repeating = a->sweeping = true;
    a->repeat_start = now_seconds();
    a->wait = APP_WAIT_REPEAT;
    a->view.queue_eta = -1;
    a->changes++;
    mmoe_runner_sweep(a->runner, &sweep);
}

enum mmoe_status app_sweep(struct app *a, const struct mmoe_grid *grid, size_t jobs, const char *store,
                           const char *command, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_origin origin;
    struct mmoe_store *s = NULL;
    int64_t id = 0;
    char runs[40];
    enum mmoe_status status = check_idle(a, err);
    if (mmoe_failed(status))
        return status;
    app_store_path(store, &path);
    mmoe_origin_here(&origin);
    if (!(s = mmoe_store_open(path.s, MMOE_STORE_WRITE, err)))
        status = err->status;
    else
        status = mmoe_store_study_new(s, grid, command, "", &origin, &id, err);
    if (mmoe_failed(status)) {
        mmoe_store_close(s);
    } else {
        app_say(a, "study %lld: %zu %s x %zu seeds, %s runs, kept in %s", (long long)id, mmoe_grid_cells(grid),
                mmoe_grid_cells(grid) == 1 ? "setting" : "settings", grid->seeds,
                mmoe_format_count(mmoe_grid_runs(grid), runs, sizeof runs), path.s);
        view_study_begin(&a->view.study, id, grid);
        queue(a, grid, jobs, s, id, NULL);
    }
    mmoe_text_done(&path);
    return status;
}

static void show_record(void *context, const struct mmoe_record *r)
{
    struct app *a = context;
    view_study_add(&a->view.study, r);
}

/* Train what is missing; takes the store over. */
static enum mmoe_status go_on(struct app *a, struct mmoe_store *s, const struct mmoe_study_info *info,
                              const struct mmoe_grid *grid, size_t jobs, struct mmoe_error *err)
{
    unsigned char *done = mmoe_alloc(info->runs, 1);
    enum mmoe_status status = mmoe_store_finished(s, info->id, done, info->runs, err);
    if (mmoe_failed(status)) {
        mmoe_store_close(s);
    } else {
        app_say(a, "study %lld goes on: %zu of %zu runs are there", (long long)info->id, info->finished, info->runs);
        queue(a, grid, jobs, s, info->id, done);
    }
    mmoe_free(done);
    return status;
}

enum mmoe_status app_study(struct app *a, int64_t id, const char *store, bool resume, size_t jobs,
                           struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    enum mmoe_status status = check_idle(a, err);
    if (mmoe_failed(status))
        return status;
    app_store_path(store, &path);
    struct mmoe_store *s = mmoe_store_open(path.s, resume ? MMOE_STORE_WRITE : MMOE_STORE_READ, err);
    mmoe_text_done(&path);
    if (!s)
        return err->status;
    status = mmoe_store_study(s, id, &info, &grid, err);
    if (!mmoe_failed(status)) {
        view_study_begin(&a->view.study, info.id, &grid);
        a->changes++;
        status = mmoe_store_records(s, info.id, &grid, show_record, a, err);
    }
    if (!mmoe_failed(status) && resume && info.finished < info.runs)
        return go_on(a, s, &info, &grid, jobs, err);
    mmoe_store_close(s);
    if (mmoe_failed(status))
        return status;
    app_say(a, "study %lld of %s: %zu of %zu runs are there", (long long)info.id, info.created, info.finished,
            info.runs);
    report_sweep(a);
    return MMOE_OK;
}

void app_hold(struct app *a, bool held)
{
    if (held == a->view.study.held)
        return;
    if (held)
        a->held_since = now_seconds();
    else
        a->repeat_start += now_seconds() - a->held_since;
    a->view.study.held = held;
    a->changes++;
    mmoe_runner_hold(a->runner, held);
}

void app_study_take(struct app *a, const struct mmoe_record *r)
{
    a->changes++;
    if (r->step == 0 && r->diverged_step == 0 && !isfinite(r->loss[0]))
        return; /* it could not be made: the error was said */
    view_study_add(&a->view.study, r);
    report_sweep_run(a, r);
}

void app_study_end(struct app *a)
{
    size_t done = 0;
    a->sweeping = a->view.study.held = false;
    a->view.study.rate = 0;
    for (size_t i = 0; i < a->view.study.cell_count; i++)
        done += a->view.study.cells[i].done;
    if (done < mmoe_grid_runs(&a->view.study.grid))
        app_say(a, "study %lld stands at %zu of %zu runs: study resume %lld goes on", (long long)a->view.study.id,
                done, mmoe_grid_runs(&a->view.study.grid), (long long)a->view.study.id);
    else
        app_say(a, "study %lld: all %zu runs are there", (long long)a->view.study.id, done);
    report_sweep(a);
}
