/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shards.c - study submit, shard, watch and merge: a study on many machines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/audit.h>
#include <mmoe/clock.h>
#include <mmoe/engine.h>
#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "ui/command/command.h"

enum { SHARDS = 16 /* where none are asked for */ };

/* The folder that is named, whole, since it is for other machines, too. */
static char *read_folder(const struct invocation *i, const char *word, struct mmoe_error *err)
{
    char *path = word ? command_path(word) : NULL, *whole = NULL;
    if (!path && i->argc > 2) {
        mmoe_fail(err, MMOE_INVALID, "'%.60s' is too much: study %s FOLDER ...", i->argv[2],
                  i->argv[0]);
        return NULL;
    }
    if (!path) {
        mmoe_fail(err, MMOE_INVALID, "in which folder? (usage: study %s FOLDER ...)", i->argv[0]);
        return NULL;
    }
    if (path[0] == '/')
        return path;
    char here[MMOE_FILE_MAX];
    struct mmoe_text t = {0};
    if (getcwd(here, sizeof here)) {
        mmoe_text_add(&t, "%s/%s", here, path);
        whole = t.s;
    } else {
        mmoe_fail(err, MMOE_IO, "the working folder has no name: give a path from / on");
    }
    mmoe_free(path);
    return whole;
}

/* --- submit --- */

/* What a definition trains, where it is one study that does not choose as it goes. */
static enum mmoe_status grid_of_definition(struct app *a, const struct invocation *i,
                                           struct app_submit *order, struct mmoe_grid *grid,
                                           char name[MMOE_NAME_MAX], struct mmoe_error *err)
{
    static const char *const own[] = {"shards", "on",    "hosts", "time",
                                      "out",    "seeds", "store", NULL};
    struct mmoe_schedule_pair set[COMMAND_WORDS_MAX];
    struct mmoe_schedule_step step;
    char *source = command_path(i->argv[1]);
    struct mmoe_schedule_order o = {.name = source,
                                    .command = i->text,
                                    .session = &a->view.options,
                                    .set = set,
                                    .choosing =
                                        MMOE_CHOOSE_KEPT}; /* nothing can be chosen on the way */
    const char *seeds = command_pair(i, "seeds");
    for (size_t k = 0; k < i->pair_count; k++)
        if (!command_among(i->pairs[k].key, own))
            set[o.set_count++] = (struct mmoe_schedule_pair){i->pairs[k].key, i->pairs[k].value};
    struct mmoe_schedule *s = NULL;
    if (!seeds ||
        !mmoe_failed(command_whole(seeds, "the number of seeds", 1, MMOE_RUNS_MAX, &o.seeds, err)))
        s = mmoe_schedule_new(&o, err);
    mmoe_free(source);
    if (!s)
        return err->status;
    enum mmoe_status status = mmoe_schedule_next(s, &step, err);
    if (!mmoe_failed(status) &&
        (step.kind != MMOE_SCHEDULE_TRAIN || step.grows || mmoe_schedule_is_many(s)))
        status = mmoe_fail(err, MMOE_STATE,
                           "study %.60s chooses or searches as it goes, or is several: that stays "
                           "on one machine; give one of its parts, with what it would choose",
                           i->argv[1]);
    if (!mmoe_failed(status)) {
        *grid = *step.grid;
        snprintf(name, MMOE_NAME_MAX, "%s", mmoe_schedule_name(s));
        order->definition = name;
    }
    mmoe_schedule_free(s);
    return status;
}

/* A study that is in the store already. */
static enum mmoe_status grid_of_store(const struct invocation *i, int64_t id,
                                      struct mmoe_study_info *info, struct mmoe_grid *grid,
                                      struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    const char *store = command_pair(i, "store");
    char *named = store ? command_path(store) : NULL;
    app_store_path(named, &path);
    struct mmoe_store *s = mmoe_store_open(path.s, MMOE_STORE_READ, NULL, err);
    enum mmoe_status status = s ? mmoe_store_study(s, id, info, grid, err) : err->status;
    mmoe_store_close(s);
    mmoe_free(named);
    mmoe_text_done(&path);
    return status;
}

static enum mmoe_status submit(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const of_store[] = {"shards", "on", "hosts", "time", "out", "store", NULL};
    struct app_submit order = {.shards = SHARDS, .command = i->text};
    struct mmoe_study_info info;
    char name[MMOE_NAME_MAX];
    size_t id;
    const char *shards = command_pair(i, "shards");
    order.engine = command_pair(i, "on");
    order.hosts = command_pair(i, "hosts");
    order.time = command_pair(i, "time");
    if (i->argc != 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "usage: study submit NAME|ID on=slurm|ssh|script "
                         "out=FOLDER [shards=N] [KEY=v1,v2,...]...");
    if (!order.engine)
        return mmoe_fail(err, MMOE_INVALID,
                         "on=slurm, on=ssh, on=script or on=./TEMPLATE.sh: what "
                         "is to start the shards?");
    if (shards && mmoe_failed(command_whole(shards, "the number of shards", 1, MMOE_SHARDS_MOST,
                                            &order.shards, err)))
        return err->status;
    char *dir = read_folder(i, command_pair(i, "out"), err);
    if (!dir)
        return err->status;
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    enum mmoe_status status;
    if (mmoe_parse_size(i->argv[1], &id)) {
        status = command_known(i, of_store, "shards=, on=, hosts=, time=, out= and store=", err);
        if (!mmoe_failed(status))
            status = grid_of_store(i, (int64_t)id, &info, grid, err);
        order.command = info.command;
        order.definition = info.definition;
    } else {
        status = grid_of_definition(a, i, &order, grid, name, err);
    }
    order.dir = dir;
    order.grid = grid;
    if (!mmoe_failed(status))
        app_submit(a, &order);
    mmoe_free(grid);
    mmoe_free(dir);
    return mmoe_failed(status) ? status : MMOE_CONTINUE;
}

/* --- shard --- */

static enum mmoe_status shard(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const known[] = {"shard", "jobs", "until", NULL};
    const char *word = command_pair(i, "shard"), *until = command_pair(i, "until");
    struct mmoe_shard of;
    double seconds = 0;
    size_t jobs;
    if (mmoe_failed(command_known(i, known, "shard=K/N, jobs=N and until=TIME", err)) ||
        mmoe_failed(mmoe_shard_read(word ? word : "", &of, err)) ||
        mmoe_failed(command_jobs(a, i, &jobs, err)))
        return err->status;
    if (until && !mmoe_engine_seconds(until, &seconds))
        return mmoe_fail(err, MMOE_INVALID, "until '%.60s' is no time: 55m, 2h, 1h30m", until);
    char *dir = read_folder(i, i->argc == 2 ? i->argv[1] : NULL, err);
    if (!dir)
        return err->status;
    enum mmoe_status status =
        app_shard(a, dir, &of, jobs, until ? mmoe_clock_now() + seconds : 0, err);
    mmoe_free(dir);
    return mmoe_failed(status) ? status : MMOE_CONTINUE;
}

/* --- watch and merge --- */

static enum mmoe_status watch(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const known[] = {"draw", NULL};
    if (mmoe_failed(command_known(i, known, "draw=WHAT", err)))
        return err->status;
    char *dir = read_folder(i, i->argc == 2 ? i->argv[1] : NULL, err);
    if (!dir)
        return err->status;
    enum mmoe_status status = app_watch(a, dir, command_pair(i, "draw"), err);
    mmoe_free(dir);
    return mmoe_failed(status) ? status : MMOE_CONTINUE;
}

static enum mmoe_status merge(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const known[] = {"store", "audit", NULL};
    const char *count = command_pair(i, "audit");
    size_t audit = 0;
    bool strict = i->argc == 3 && strcmp(i->argv[2], "strict") == 0;
    const char *store = command_pair(i, "store");
    if (mmoe_failed(command_known(i, known, "store=FILE and audit=N", err)) ||
        (count && mmoe_failed(command_whole(count, "the number of runs to train again", 1,
                                            MMOE_AUDIT_MOST, &audit, err))))
        return err->status;
    char *dir = read_folder(i, i->argc == 2 || strict ? i->argv[1] : NULL, err);
    if (!dir)
        return err->status;
    char *path = store ? command_path(store) : NULL;
    app_merge(a, dir, path, strict, audit);
    mmoe_free(dir);
    mmoe_free(path);
    return MMOE_CONTINUE;
}

bool command_shards(struct app *a, const struct invocation *i, enum mmoe_status *status,
                    struct mmoe_error *err)
{
    static const struct {
        const char *word;
        enum mmoe_status (*exec)(struct app *a, const struct invocation *i, struct mmoe_error *err);
    } all[] = {{"submit", submit}, {"shard", shard}, {"watch", watch}, {"merge", merge}};
    for (size_t k = 0; k < sizeof all / sizeof *all && i->argc; k++)
        if (strcmp(i->argv[0], all[k].word) == 0) {
            *status = all[k].exec(a, i, err);
            return true;
        }
    return false;
}
