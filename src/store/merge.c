/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge.c - the segments of shards, added to one study.
 *
 * A segment is opened by itself first, so that its tables are those that an mmoe makes, and only
 * then attached to the store.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "src/store/schema.h"
#include "src/store/segment.h"
#include "src/store/store.h"

struct merging {
    struct mmoe_store *store;
    struct mmoe_merge *m;
    const struct mmoe_grid *grid;
    const struct mmoe_segments *all;
    size_t runs;
    uint32_t *from; /* (runs) the segment that a run is of, from 1; 0: it was there before */
    bool *sound;    /* (segments) nothing was found in them that should not be */
};

/* Is the run's row what the study says of a run of its number? */
static bool is_sound(const struct merging *g, const struct rows *r)
{
    int64_t run = database_int(r, 0);
    struct mmoe_options o;
    if (run < 0 || (uint64_t)run >= mmoe_grid_runs(g->grid))
        return false;
    mmoe_grid_options(g->grid, (size_t)run, &o);
    return database_int(r, 1) == (int64_t)mmoe_grid_cell(g->grid, (size_t)run) &&
           database_int(r, 2) == (int64_t)o.seed_data &&
           database_int(r, 3) == (int64_t)o.seed_init &&
           database_int(r, 4) == (int64_t)o.seed_order;
}

/* Remember kernels that are of another kind than those before. */
static void note_kernels(struct mmoe_merge *m, const char *kernels)
{
    for (size_t i = 0; i < m->kinds; i++)
        if (strcmp(m->kernels[i], kernels) == 0)
            return;
    if (m->kinds < 2)
        snprintf(m->kernels[m->kinds++], sizeof m->kernels[0], "%s", kernels);
}

/* Is there one study, the same, and are its runs sound? */
static enum mmoe_status look_at_runs(struct merging *g, struct mmoe_store *s, const char *path,
                                     struct mmoe_error *err)
{
    static const char sql[] = "SELECT run, cell, seed_data, seed_init, seed_order FROM runs",
                      strange[] = "SELECT count(*) FROM (SELECT study FROM runs UNION "
                                  "SELECT study FROM metrics UNION SELECT study FROM gates UNION "
                                  "SELECT study FROM units UNION SELECT id FROM studies)";
    struct rows r = database_ask(s->database, strange, "");
    bool sound = database_next(&r) && database_int(&r, 0) == 1;
    if (mmoe_failed(database_end(&r, err)))
        return err->status;
    if (!sound)
        return mmoe_fail(err, MMOE_INVALID, "segment %.300s has more than one study", path);
    r = database_ask(s->database, sql, "");
    while (sound && database_next(&r))
        sound = is_sound(g, &r);
    if (mmoe_failed(database_end(&r, err)) || sound)
        return sound ? err->status = MMOE_OK : err->status;
    return mmoe_fail(err, MMOE_INVALID,
                     "segment %.300s: the number, cell and seeds of a run do not go together",
                     path);
}

static enum mmoe_status look_at_kernels(struct merging *g, struct mmoe_store *s, int64_t study,
                                        struct mmoe_error *err)
{
    struct rows r =
        database_ask(s->database, "SELECT DISTINCT kernels FROM runs WHERE study = ?", "i", study);
    while (database_next(&r))
        note_kernels(g->m, database_text(&r, 0));
    return database_end(&r, err);
}

static enum mmoe_status look_at_study(struct merging *g, struct mmoe_store *s, const char *path,
                                      int64_t *study, struct mmoe_error *err)
{
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    struct mmoe_study_info info = {0};
    enum mmoe_status status = mmoe_store_study(s, 0, &info, grid, err);
    *study = info.id;
    if (!mmoe_failed(status) && s->version != SCHEMA_VERSION)
        status = mmoe_fail(err, MMOE_INVALID,
                           "segment %.300s is of another mmoe: its schema is %d, here it is %d",
                           path, s->version, SCHEMA_VERSION);
    else if (!mmoe_failed(status) && !mmoe_grid_same(grid, g->grid))
        status = mmoe_fail(err, MMOE_INVALID, "segment %.300s is of another study", path);
    mmoe_free(grid);
    return status;
}

/* Of a segment by itself. */
static enum mmoe_status look(struct merging *g, const struct mmoe_segment *segment,
                             struct mmoe_error *err)
{
    int64_t study;
    struct mmoe_store *s = mmoe_segment_open(segment, err);
    if (!s)
        return err->status;
    enum mmoe_status status = look_at_study(g, s, segment->path, &study, err);
    if (!mmoe_failed(status))
        status = look_at_runs(g, s, segment->path, err);
    if (!mmoe_failed(status))
        status = look_at_kernels(g, s, study, err);
    mmoe_store_close(s);
    return status;
}

#define DIFFER(columns, table)                                                          \
    "EXISTS (SELECT " columns " FROM segment." table                                    \
    " WHERE study = a.study AND run = a.run EXCEPT SELECT " columns " FROM main." table \
    " WHERE study = ?1 AND run = a.run) OR "                                            \
    "EXISTS (SELECT " columns " FROM main." table                                       \
    " WHERE study = ?1 AND run = a.run EXCEPT SELECT " columns " FROM segment." table   \
    " WHERE study = a.study AND run = a.run)"

/* Runs that are there already: those of other results are told, or, of the same origin, an error.
 */
static enum mmoe_status compare(struct merging *g, size_t at, struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT a.run, a.version = b.version AND a.machine = b.machine AND a.kernels = b.kernels, "
        "(a.step, a.diverged_step, a.divergence) IS NOT (b.step, b.diverged_step, b.divergence) "
        "OR " DIFFER("step, split, task, name, value", "metrics") " OR " //
        DIFFER("gate, expert, mean",
               "gates") " "
                        "FROM segment.runs a JOIN main.runs b ON b.study = ?1 AND b.run = a.run";
    const struct mmoe_segment *list = g->all->list;
    struct rows r = database_ask(g->store->database, sql, "i", g->m->study);
    enum mmoe_status status = MMOE_OK;
    while (!mmoe_failed(status) && database_next(&r)) {
        size_t run = (size_t)database_int(&r, 0), other = run < g->runs ? g->from[run] : 0;
        if (!database_int(&r, 2))
            g->m->equal++;
        else if (!database_int(&r, 1))
            g->m->different++;
        else
            status =
                mmoe_fail(err, MMOE_INVALID,
                          "run %zu of segment %.160s has other results than %s%.160s, and both "
                          "say that they are of the same program and machine",
                          run, list[at].path, other ? "in " : "in the store",
                          other ? list[other - 1].path : "");
    }
    if (!mmoe_failed(status))
        return database_end(&r, err);
    database_end(&r, NULL);
    return status;
}

/* What the store lacks, and all that was measured in it. */
static enum mmoe_status add(struct merging *g, size_t at, struct mmoe_error *err)
{
/* Rows of a table that belong to runs the store lacks: a look for each run, not for each row. */
#define OF_LACKED(table)                                                                \
    " FROM segment.runs s CROSS JOIN segment." table " a ON a.study = s.study AND "     \
    "a.run = s.run WHERE NOT EXISTS (SELECT 1 FROM main.runs m WHERE m.study = ?1 AND " \
    "m.run = s.run)"
    static const char which[] = "SELECT a.run" OF_LACKED("runs");
    static const char *const sql[] = {
        "INSERT INTO main.metrics (study, run, step, split, task, name, value) "
        "SELECT ?1, a.run, a.step, a.split, a.task, a.name, a.value" OF_LACKED("metrics"),
        "INSERT INTO main.gates (study, run, gate, expert, mean) "
        "SELECT ?1, a.run, a.gate, a.expert, a.mean" OF_LACKED("gates"),
        "INSERT INTO main.units (study, run, place, layer, task, units, never, off) "
        "SELECT ?1, a.run, a.place, a.layer, a.task, a.units, a.never, a.off" OF_LACKED("units"),
        "INSERT INTO main.runs (study, run, cell, seed_data, seed_init, seed_order, options, tasks,"
        " step, diverged_step, seconds, finished, version, machine, kernels, pearson, task_names,"
        " divergence, overlap) "
        "SELECT ?1, a.run, a.cell, a.seed_data, a.seed_init, a.seed_order, a.options, a.tasks,"
        " a.step, a.diverged_step, a.seconds, a.finished, a.version, a.machine, a.kernels,"
        " a.pearson, a.task_names, a.divergence, a.overlap" OF_LACKED("runs"),
    };
    struct database *d = g->store->database;
    struct rows r = database_ask(d, which, "i", g->m->study);
    bool known = true; /* a segment may have been replaced since it was looked at */
    while (known && database_next(&r)) {
        int64_t run = database_int(&r, 0);
        known = run >= 0 && (uint64_t)run < g->runs;
        if (known)
            g->from[run] = (uint32_t)at + 1;
        g->m->added += known;
    }
    enum mmoe_status status = database_end(&r, err);
    if (!mmoe_failed(status) && !known)
        status = mmoe_fail(err, MMOE_INVALID, "it has a run that the study has not");
    for (size_t i = 0; i < sizeof sql / sizeof *sql && !mmoe_failed(status); i++)
        status = database_do(d, err, sql[i], "i", g->m->study);
    return status;
}

/* A segment that was not added has left no runs, and no counts. */
static void undo(struct merging *g, size_t at, const struct mmoe_merge *before)
{
    *g->m = *before;
    for (size_t r = 0; r < g->runs; r++)
        g->from[r] = g->from[r] == at + 1 ? 0 : g->from[r];
}

/* Rows that break what the store's tables ask for are the segment's fault. */
static enum mmoe_status add_whole(struct merging *g, size_t at, struct mmoe_error *err)
{
    struct mmoe_error why;
    enum mmoe_status status = add(g, at, &why);
    if (status == MMOE_INVALID)
        return mmoe_fail(err, status, "segment %.200s cannot be added: %.250s",
                         g->all->list[at].path, why.text);
    return mmoe_failed(status) ? mmoe_fail(err, status, "%s", why.text) : MMOE_OK;
}

static enum mmoe_status take(struct merging *g, size_t at, struct mmoe_error *err)
{
    struct database *d = g->store->database;
    const struct mmoe_merge before = *g->m;
    if (mmoe_failed(segment_check(&g->all->list[at], err)) ||
        mmoe_failed(database_attach(d, g->all->list[at].path, "segment", err)))
        return err->status;
    enum mmoe_status status = database_begin(d, true, err);
    if (!mmoe_failed(status)) {
        status = database_run(d, "PRAGMA defer_foreign_keys = ON", err);
        if (!mmoe_failed(status))
            status = compare(g, at, err);
        if (!mmoe_failed(status))
            status = add_whole(g, at, err);
        status = database_finish(d, status, err);
    }
    database_detach(d, "segment");
    if (mmoe_failed(status))
        undo(g, at, &before);
    return status;
}

/* Look at a segment, or add it; one that is not what it should be is told of and left out. */
static enum mmoe_status try(struct merging *g, size_t at, bool adding, struct mmoe_error *err)
{
    struct mmoe_merge *m = g->m;
    struct mmoe_error why;
    double part = (double)(at + 1) / (double)g->all->count;
    g->sound[at] = !mmoe_failed(adding ? take(g, at, &why) : look(g, &g->all->list[at], &why));
    if (!g->sound[at] && why.status != MMOE_INVALID && adding) /* the store fails */
        return mmoe_fail(err, why.status, "%s", why.text);
    if (!g->sound[at] && m->complain)
        m->complain(m->context, why.text);
    m->bad += !g->sound[at];
    m->segments += adding && g->sound[at];
    if (m->go_on && !m->go_on(m->context, adding ? 0.3 + 0.7 * part : 0.3 * part))
        return mmoe_fail(err, MMOE_STATE, "merge: stopped; again goes on");
    return MMOE_OK;
}

static bool is_wanted(const struct merging *g, size_t at)
{
    const struct mmoe_shard *own = g->m->shard, *of = &g->all->list[at].shard;
    return !own || (of->k == own->k && of->n == own->n);
}

/* Before anything is written: what there is, and what is in the store already. */
static enum mmoe_status look_at_all(struct merging *g, struct mmoe_error *err)
{
    struct mmoe_merge *m = g->m;
    enum mmoe_status status = m->study ? look_at_kernels(g, g->store, m->study, err) : MMOE_OK;
    for (size_t i = 0; i < g->all->count && !mmoe_failed(status); i++)
        if (is_wanted(g, i))
            status = try(g, i, false, err);
    if (mmoe_failed(status) || !m->strict || m->kinds < 2)
        return status;
    return mmoe_fail(err, MMOE_STATE,
                     "runs are of more than one kind of processor: %.100s, and %.100s: without "
                     "strict they are merged",
                     m->kernels[0], m->kernels[1]);
}

static enum mmoe_status add_all(struct merging *g, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < g->all->count && !mmoe_failed(status); i++)
        if (g->sound[i])
            status = try(g, i, true, err);
    return status;
}

/* The study's row, where there is none of the grid. */
static enum mmoe_status make_study(struct merging *g, const struct mmoe_study_info *info,
                                   struct mmoe_error *err)
{
    struct mmoe_origin origin;
    if (g->m->study)
        return MMOE_OK;
    mmoe_origin_here(&origin);
    return mmoe_store_study_new(g->store, g->grid, info->command, info->definition, &origin,
                                &g->m->study, err);
}

static enum mmoe_status merge(struct merging *g, struct mmoe_study_info *info,
                              struct mmoe_error *err)
{
    if (mmoe_failed(mmoe_store_find(g->store, g->grid, &g->m->study, err)) ||
        mmoe_failed(look_at_all(g, err)) || mmoe_failed(make_study(g, info, err)) ||
        mmoe_failed(add_all(g, err)) ||
        mmoe_failed(mmoe_store_study(g->store, g->m->study, info, NULL, err)))
        return err->status;
    g->m->finished = info->finished;
    g->m->runs = info->runs;
    return MMOE_OK;
}

enum mmoe_status mmoe_shards_merge(const char *dir, struct mmoe_store *s, struct mmoe_merge *m,
                                   struct mmoe_error *err)
{
    struct mmoe_segments all = {0};
    struct mmoe_study_info info;
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    enum mmoe_status status = mmoe_shards_study(dir, &info, grid, err);
    if (!mmoe_failed(status))
        status = mmoe_segments_list(dir, &all, err);
    if (!mmoe_failed(status)) {
        struct merging g = {
            .store = s, .m = m, .grid = grid, .all = &all, .runs = mmoe_grid_runs(grid)};
        m->foreign = all.foreign;
        g.from = mmoe_alloc(g.runs, sizeof *g.from);
        g.sound = mmoe_alloc(all.count + 1, sizeof *g.sound);
        status = merge(&g, &info, err);
        mmoe_free(g.from);
        mmoe_free(g.sound);
    }
    mmoe_free(grid);
    mmoe_segments_done(&all);
    return status;
}
