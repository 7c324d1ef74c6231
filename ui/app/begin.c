/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * begin.c - studies begun, opened and resumed: found or made in their store by a job.
 *
 * The job reads the files of rows that the study names and waits for its store. When it is
 * over, the study is shown (stored.c).
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/mem.h>
#include <mmoe/opening.h>
#include <mmoe/shards.h>

#include "ui/app/parts.h"

struct beginning {
    struct app *app;
    struct mmoe_opening opening;
    struct mmoe_text path;
    struct mmoe_grid grid;      /* what is asked for, where a study is begun */
    struct mmoe_definition def; /* what it is shown by */
    bool has_def;
    char *command, *draw; /* NULL: that of the study; as defined */
    size_t jobs;
    char *shards; /* the folder of the study, of which a shard is trained; NULL: none */
    struct mmoe_shard shard;
    struct mmoe_publisher *publisher; /* of it */
    double until;
    bool watches; /* the study in the folder is shown as it grows, not trained */
};

static enum mmoe_status open_study(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct beginning *b = context;
    if (b->watches) {
        mmoe_text_add(&b->path, "%s", b->shards);
        return mmoe_shards_study(b->shards, &b->opening.info, &b->opening.found, err);
    }
    if (b->shards) {
        b->publisher = mmoe_publisher_new(b->shards, &b->shard, err);
        if (!b->publisher)
            return err->status;
        mmoe_text_add(&b->path, "%s", mmoe_publisher_store(b->publisher));
        b->opening.path = b->path.s;
    }
    return mmoe_opening_do(&b->opening, mmoe_job_flag(j), err);
}

static void free_beginning(void *context)
{
    struct beginning *b = context;
    b->app->beginning = APP_BEGINS_NOTHING;
    mmoe_store_close(b->opening.store);
    mmoe_publisher_free(b->publisher);
    mmoe_text_done(&b->path);
    mmoe_free(b->shards);
    mmoe_free(b->command);
    mmoe_free(b->draw);
    mmoe_free(b);
}

/* --- what came of it --- */

static void say_made(struct app *a, const struct beginning *b)
{
    const struct mmoe_opening *o = &b->opening;
    char runs[40];
    app_say(a, "study %lld: %s x %s, %s, kept in %s", (long long)o->info.id,
            MMOE_COUNTED(o->info.cells, "setting"), MMOE_COUNTED(o->info.seeds, "seed"),
            MMOE_COUNTED(o->info.runs, "run"), b->path.s);
    app_say_moot_cells(a, &o->found);
    if (o->copied)
        app_say(a, "%s of them are there already, in other studies",
                mmoe_format_count(o->copied, runs, sizeof runs));
}

/* The definition a study was begun by, if it is still there, drawn otherwise where `draw` says so.
 */
static enum mmoe_status find_definition(struct beginning *b, struct mmoe_error *err)
{
    const struct mmoe_study_info *info = &b->opening.info;
    struct mmoe_error why;
    bool there = info->definition[0] &&
                 !mmoe_failed(mmoe_definition_read(info->definition, &b->def, &why));
    if (!there) {
        b->def = (struct mmoe_definition){.figure = MMOE_DRAWING_HISTOGRAMS,
                                          .series = mmoe_option_find("model")};
        snprintf(b->def.about.name, sizeof b->def.about.name, "%s", info->definition);
    }
    b->has_def = there || b->draw || strcmp(info->definition, VIEW_COMPARED) == 0;
    if (b->draw && mmoe_failed(mmoe_definition_drawing(b->draw, &b->def.figure, err)))
        return err->status;
    return b->has_def ? mmoe_definition_draws(b->def.figure, &b->opening.found, err) : MMOE_OK;
}

static void say_unverified(struct app *a, const struct mmoe_opening *o)
{
    if (o->unverified)
        app_say(a,
                "study %lld is of rows that an older program kept no digest of: whether its file "
                "has them still is not known",
                (long long)o->info.id);
}

static void show(struct app *a, struct beginning *b)
{
    struct app_study_found found = {
        .info = b->opening.info,
        .grid = &b->opening.found,
        .def = b->has_def ? &b->def : NULL,
        .command = b->command,
        .path = b->path,
        .store = b->opening.store,
        .jobs = b->jobs,
        .until = b->until,
        .watches = b->watches,
    };
    app_shard_take(a, b->publisher, b->publisher ? b->shards : NULL);
    b->publisher = NULL;
    b->path = (struct mmoe_text){0};
    b->opening.store = NULL;
    app_study_show(a, &found);
}

static void tell_study(struct app *a, void *context, enum mmoe_status status,
                       const struct mmoe_error *err)
{
    struct beginning *b = context;
    struct mmoe_error why;
    if (!mmoe_failed(status) && !b->opening.grid) {
        status = find_definition(b, &why);
        err = &why;
    }
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        app_schedule_fail(a);
        return;
    }
    if (b->opening.made)
        say_made(a, b);
    say_unverified(a, &b->opening);
    show(a, b);
}

/* It is in the store already, and none of it is trained. */
static void tell_unbegun(struct app *a, void *context, enum mmoe_status status,
                         const struct mmoe_error *err)
{
    const struct beginning *b = context;
    (void)status;
    (void)err;
    if (b->opening.made)
        app_say(a, "study %lld: stopped before its first run; study resume %lld trains it",
                (long long)b->opening.info.id, (long long)b->opening.info.id);
    else
        app_say(a, "study: stopped");
}

/* --- the order --- */

static void begin(struct app *a, struct beginning *b, const char *store, bool trains)
{
    b->app = a;
    if (!b->shards)
        app_store_path(store, &b->path);
    b->opening.path = b->path.s;
    b->opening.trains = trains;
    app_job(a, &(struct app_job){.what = "study",
                                 .work = open_study,
                                 .done = tell_study,
                                 .late = tell_unbegun,
                                 .free = free_beginning,
                                 .context = b});
    a->beginning = trains ? APP_TRAINS : APP_READS;
    a->wait = APP_WAIT_SEEDS;
}

enum mmoe_status app_study_begin(struct app *a, const struct app_study_order *o,
                                 struct mmoe_error *err)
{
    if (mmoe_failed(app_check_idle(a, err)) || mmoe_failed(mmoe_grid_check(o->grid, err)) ||
        mmoe_failed(mmoe_cells_check(o->grid, err)))
        return err->status;
    struct beginning *b = mmoe_alloc(1, sizeof *b);
    b->grid = *o->grid;
    b->has_def = o->def != NULL;
    if (o->def)
        b->def = *o->def;
    b->command = mmoe_strdup(o->command);
    b->jobs = o->jobs;
    b->opening.grid = &b->grid;
    b->opening.find = o->find;
    b->opening.grows = o->grows;
    b->opening.command = b->command;
    b->opening.definition = o->def && !o->aside ? b->def.about.name : "";
    begin(a, b, o->store, true);
    return MMOE_OK;
}

enum mmoe_status app_study(struct app *a, int64_t id, const char *store, bool resume, size_t jobs,
                           const char *draw, struct mmoe_error *err)
{
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    struct beginning *b = mmoe_alloc(1, sizeof *b);
    b->draw = draw ? mmoe_strdup(draw) : NULL;
    b->jobs = jobs;
    b->opening.id = id;
    begin(a, b, store, resume);
    return MMOE_OK;
}

enum mmoe_status app_shard(struct app *a, const char *dir, const struct mmoe_shard *shard,
                           size_t jobs, double until, struct mmoe_error *err)
{
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    struct beginning *b = mmoe_alloc(1, sizeof *b);
    b->shards = mmoe_strdup(dir);
    b->shard = *shard;
    b->jobs = jobs;
    b->until = until;
    b->opening.id = 1;
    begin(a, b, NULL, true);
    return MMOE_OK;
}

enum mmoe_status app_watch(struct app *a, const char *dir, const char *draw, struct mmoe_error *err)
{
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    struct beginning *b = mmoe_alloc(1, sizeof *b);
    b->shards = mmoe_strdup(dir);
    b->draw = draw ? mmoe_strdup(draw) : NULL;
    b->watches = true;
    begin(a, b, NULL, false);
    return MMOE_OK;
}
