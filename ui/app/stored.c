/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stored.c - studies of a store: found or made, shown, told, gone on with.
 *
 * A study's runs go to the queue with a connection to its store, which the
 * queue closes; what is asked of a store here is asked through one of our own,
 * opened and closed at once. What is reported of a study depends on its runs
 * alone: neither on the number of jobs, nor on the store, nor on how often it
 * was cut off.
 */
#include <stdio.h>

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>

#include "ui/app/parts.h"
#include "ui/app/plan.h"
#include "ui/panel/panels.h"
#include "ui/report/studies.h"
#include "ui/report/verdicts.h"

void app_store_path(const char *path, struct mmoe_text *t)
{
    if (path)
        mmoe_text_add(t, "%s", path);
    else
        mmoe_store_path(t);
}

enum mmoe_status app_check_idle(const struct app *a, struct mmoe_error *err)
{
    if (!a->repeating)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_STATE, "%s in progress: wait for the end, or stop it first",
                     a->sweeping ? "a study is" : "repeats are");
}

/* Hand the runs to the queue, which closes the store. */
static void queue(struct app *a, const struct mmoe_grid *grid, size_t jobs, struct mmoe_store *s,
                  int64_t id, const unsigned char *done)
{
    struct mmoe_sweep sweep = {.grid = grid, .jobs = jobs, .done = done, .store = s, .study = id};
    mmoe_origin_here(&sweep.origin);
    a->repeating = a->sweeping = true;
    a->repeat_start = mmoe_clock_now();
    a->wait = APP_WAIT_REPEAT;
    a->view.queue_eta = -1;
    a->changes++;
    mmoe_queue_sweep(a->queue, &sweep);
}

static bool show_record(void *context, const struct mmoe_record *r)
{
    struct app *a = context;
    view_study_add(&a->view.study, r);
    return true;
}

/* Where options were set so that nothing is left to compare, the study is sound all the same. */
static void tell_claims(struct app *a)
{
    struct mmoe_error why;
    if (mmoe_failed(verdicts_tell(&a->sink, &a->view.study, false, &why)))
        app_say(a, "no claims are tested: %s", why.text);
}

/* What there is to say of the study that is shown, once. */
void app_study_tell(struct app *a)
{
    const struct view_study *s = &a->view.study;
    size_t done = 0, runs = mmoe_grid_runs(&s->grid);
    for (size_t i = 0; i < s->cell_count; i++)
        done += s->cells[i].done;
    if (done < runs)
        app_say(a, "study %lld stands at %zu of %zu runs: study resume %lld goes on",
                (long long)s->id, done, runs, (long long)s->id);
    else
        app_say(a, "study %lld: all %zu runs are there", (long long)s->id, done);
    if (a->plan && a->plan->stage == PLAN_CHOOSING)
        return; /* the plan tells what was chosen */
    studies_cells(&a->sink, s);
    if (s->claims && done == runs)
        tell_claims(a);
}

/* Show the study of that number and what is finished of it, of which *info tells. */
static enum mmoe_status show(struct app *a, struct mmoe_store *s, int64_t id,
                             const struct mmoe_definition *def, const char *command,
                             struct mmoe_study_info *info, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    enum mmoe_status status = mmoe_store_study(s, id, info, &grid, err);
    if (mmoe_failed(status))
        return status;
    view_study_begin(&a->view.study, info->id, &grid, command ? command : info->command, def);
    a->changes++;
    status = info->finished ? mmoe_results_read(s, info->id, &grid, true, show_record, a, err)
                            : MMOE_OK;
    view_study_renew(&a->view.study);
    a->view.focus = PANEL_HIST; /* a small screen shows the panel in front alone */
    return status;
}

/* Train what is missing; takes the store over. */
static enum mmoe_status go_on(struct app *a, struct mmoe_store *s,
                              const struct mmoe_study_info *info, size_t jobs,
                              struct mmoe_error *err)
{
    unsigned char *done = mmoe_alloc(info->runs, 1);
    enum mmoe_status status = mmoe_results_finished(s, info->id, done, info->runs, err);
    if (mmoe_failed(status)) {
        mmoe_store_close(s);
    } else {
        if (info->finished)
            app_say(a, "study %lld goes on: %zu of %zu runs are there", (long long)info->id,
                    info->finished, info->runs);
        a->view.study.stored = info->finished;
        queue(a, &a->view.study.grid, jobs, s, info->id, done);
    }
    mmoe_free(done);
    return status;
}

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
    enum mmoe_status status = o->find ? mmoe_store_find(s, o->grid, id, err) : MMOE_OK;
    if (mmoe_failed(status) || *id)
        return status;
    mmoe_origin_here(&origin);
    const char *definition = o->def && !o->aside ? o->def->about.name : "";
    status = mmoe_store_study_new(s, o->grid, o->command, definition, &origin, id, err);
    if (mmoe_failed(status))
        return status;
    app_say(a, "study %lld: %zu %s x %zu seeds, %s runs, kept in %s", (long long)*id,
            mmoe_grid_cells(o->grid), mmoe_grid_cells(o->grid) == 1 ? "setting" : "settings",
            o->grid->seeds, mmoe_format_count(mmoe_grid_runs(o->grid), runs, sizeof runs), path);
    if (!o->find)
        return MMOE_OK;
    status = mmoe_results_copy(s, *id, o->grid, &origin, &from, &copied, err);
    if (!mmoe_failed(status) && copied)
        app_say(a, "%s of them were trained for study %lld, the same with other seeds",
                mmoe_format_count(copied, runs, sizeof runs), (long long)from);
    return status;
}

enum mmoe_status app_study_begin(struct app *a, const struct app_study_order *o,
                                 struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_study_info info;
    int64_t id = 0;
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    app_store_path(o->store, &path);
    struct mmoe_store *s = mmoe_store_open(path.s, MMOE_STORE_WRITE, err);
    if (!s || mmoe_failed(find_or_make(a, s, o, path.s, &id, err)) ||
        mmoe_failed(show(a, s, id, o->def, o->command, &info, err)))
        goto fail;
    mmoe_text_done(&path);
    if (info.finished < info.runs)
        return go_on(a, s, &info, o->jobs, err);
    mmoe_store_close(s);
    app_study_tell(a);
    return MMOE_OK;
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
    struct mmoe_definition own;
    const struct mmoe_definition *def = NULL;
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    app_store_path(store, &path);
    struct mmoe_store *s =
        mmoe_store_open(path.s, resume ? MMOE_STORE_WRITE : MMOE_STORE_READ, err);
    mmoe_text_done(&path);
    if (!s || mmoe_failed(mmoe_store_study(s, id, &info, NULL, err)) ||
        mmoe_failed(definition_of(&info, draw, &own, &def, err)) ||
        mmoe_failed(show(a, s, info.id, def, NULL, &info, err)))
        goto fail;
    if (resume && info.finished < info.runs)
        return go_on(a, s, &info, jobs, err);
    mmoe_store_close(s);
    app_study_tell(a);
    return MMOE_OK;
fail:
    mmoe_store_close(s);
    return err->status;
}
