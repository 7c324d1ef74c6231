/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * common.c - runs that a new study has in common with those there are.
 *
 * Two runs are the same where their options agree in all that the runs heed, and their seeds. Cells
 * are looked for study by study, the newest first: no row of a run is read before a cell is found.
 */
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>
#include <mmoe/run.h>

#include "src/store/database.h"
#include "src/store/store.h"

enum { CELLS_MOST = 256 /* of a study, for which others are looked through */ };

struct common {
    struct mmoe_store *store;
    int64_t study, from; /* from: the first study that gave runs */
    const struct mmoe_grid *grid;
    const struct mmoe_origin *origin;
    size_t cells, copied;
    struct mmoe_options *of; /* (cells) by their places */
    bool *has;               /* (runs) */
};

static bool same_run(const struct mmoe_options *a, const struct mmoe_options *b)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *o = &mmoe_option_table[i];
        if (o->group == MMOE_GROUP_SESSION || mmoe_option_is_alias(o) || mmoe_option_same(a, b, o))
            continue;
        if (mmoe_run_heeds(a, o) || mmoe_run_heeds(b, o))
            return false;
    }
    return true;
}

/* Rows of files are those of their digests; in other orders of files they are not looked for. */
static bool same_files(const struct mmoe_grid *a, const struct mmoe_grid *b,
                       const struct mmoe_options *o)
{
    return !mmoe_options_of_file(o->data) || memcmp(a->rows, b->rows, sizeof a->rows) == 0;
}

/* --- one run --- */

/* Would this program compute it with the kernels that it was computed with? */
static bool is_ours(const struct common *c, const struct mmoe_options *o, const char *kernels)
{
    char ours[MMOE_ORIGIN_MAX];
    mmoe_origin_kernels(c->origin, o, ours);
    return strcmp(ours, kernels) == 0;
}

/* Copy run `was` of a study as run `is`, with all that was measured in it. */
static enum mmoe_status copy_run(struct common *c, int64_t from, int64_t was, int64_t is,
                                 struct mmoe_error *err)
{
    int64_t cell = (int64_t)mmoe_grid_cell(c->grid, (size_t)is);
    static const char run[] =
        "INSERT INTO runs (study, run, cell, seed_data, seed_init, seed_order, options, tasks,"
        " step, diverged_step, seconds, finished, version, machine, kernels, pearson, task_names,"
        " divergence, overlap) "
        "SELECT ?1, ?4, ?5, seed_data, seed_init, seed_order, options, tasks,"
        " step, diverged_step, seconds, finished, version, machine, kernels, pearson,"
        " task_names, divergence, overlap FROM runs WHERE study = ?2 AND run = ?3";
    static const char *const measured[] = {
        "INSERT INTO metrics (study, run, step, split, task, name, value) "
        "SELECT ?1, ?4, step, split, task, name, value FROM metrics WHERE study = ?2 AND run = ?3",
        "INSERT INTO gates (study, run, gate, expert, mean) SELECT ?1, ?4, gate, expert, mean "
        "FROM gates WHERE study = ?2 AND run = ?3",
        "INSERT INTO units (study, run, place, layer, task, units, never, off) "
        "SELECT ?1, ?4, place, layer, task, units, never, off FROM units "
        "WHERE study = ?2 AND run = ?3",
    };
    struct database *d = c->store->database;
    enum mmoe_status status = database_do(d, err, run, "iiiii", c->study, from, was, is, cell);
    for (size_t i = 0; i < sizeof measured / sizeof *measured && !mmoe_failed(status); i++)
        status = database_do(d, err, measured[i], "iiii", c->study, from, was, is);
    return status;
}

/* Is the run there, by this program and with the kernels it would use? */
static enum mmoe_status is_there(struct common *c, int64_t from, int64_t run,
                                 const struct mmoe_options *o, bool *there, struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT kernels FROM runs WHERE study = ? AND run = ? AND version = ?";
    struct rows r = database_ask(c->store->database, sql, "iit", from, run, c->origin->version);
    *there = database_next(&r) && is_ours(c, o, database_text(&r, 0));
    return database_end(&r, err);
}

/* --- one cell of one study, by its place among the runs of a seed --- */

static enum mmoe_status copy_place(struct common *c, size_t place, int64_t from,
                                   const struct mmoe_grid *other, size_t other_place,
                                   struct mmoe_error *err)
{
    size_t others = mmoe_grid_cells(other), seeds = c->grid->seeds;
    for (size_t seed = 0; seed < seeds && seed < other->seeds; seed++) {
        size_t was = seed * others + other_place, is = seed * c->cells + place;
        bool there = false;
        if (c->has[is])
            continue;
        enum mmoe_status status = is_there(c, from, (int64_t)was, &c->of[place], &there, err);
        if (!mmoe_failed(status) && there)
            status = copy_run(c, from, (int64_t)was, (int64_t)is, err);
        if (mmoe_failed(status))
            return status;
        c->has[is] = there;
        c->copied += there;
        c->from = c->from || !there ? c->from : from;
    }
    return MMOE_OK;
}

/* All cells of a study against those that lack runs. A study that cannot be read is none. */
static enum mmoe_status look_through(struct common *c, int64_t from, struct mmoe_grid *other,
                                     struct mmoe_error *err)
{
    struct mmoe_error why;
    enum mmoe_status status = mmoe_store_study(c->store, from, NULL, other, &why);
    if (status == MMOE_IO || status == MMOE_STATE)
        return mmoe_fail(err, status, "%s", why.text);
    if (mmoe_failed(status))
        return MMOE_OK;
    size_t others = mmoe_grid_cells(other);
    status = MMOE_OK;
    for (size_t k = 0; k < others && others <= CELLS_MOST; k++) {
        struct mmoe_options o;
        mmoe_grid_cell_options(other, mmoe_grid_cell(other, k), &o);
        for (size_t i = 0; i < c->cells; i++)
            if (same_files(c->grid, other, &o) && same_run(&o, &c->of[i])) {
                status = copy_place(c, i, from, other, k, err);
                if (mmoe_failed(status))
                    return status;
            }
    }
    return status;
}

/* The numbers of the other studies, the newest first; the caller's. */
static enum mmoe_status list_others(struct common *c, int64_t **list, size_t *n,
                                    struct mmoe_error *err)
{
    static const char sql[] = "SELECT id FROM studies WHERE id <> ? ORDER BY id DESC";
    struct rows r = database_ask(c->store->database, sql, "i", c->study);
    size_t room = 0;
    *list = NULL;
    *n = 0;
    while (database_next(&r)) {
        if (*n == room) {
            size_t more = room ? 2 * room : 64;
            *list = mmoe_regrow(*list, room, more, sizeof **list);
            room = more;
        }
        (*list)[(*n)++] = database_int(&r, 0);
    }
    return database_end(&r, err);
}

static enum mmoe_status find_cells(struct common *c, struct mmoe_error *err)
{
    int64_t *list;
    size_t n;
    struct mmoe_grid *other = mmoe_alloc(1, sizeof *other);
    enum mmoe_status status = list_others(c, &list, &n, err);
    for (size_t i = 0; i < n && !mmoe_failed(status) && c->copied < mmoe_grid_runs(c->grid); i++)
        status = look_through(c, list[i], other, err);
    mmoe_free(other);
    mmoe_free(list);
    return status;
}

enum mmoe_status mmoe_results_copy(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   const struct mmoe_origin *origin, int64_t *from, size_t *copied,
                                   struct mmoe_error *err)
{
    struct common c = {
        .store = s, .study = study, .grid = g, .origin = origin, .cells = mmoe_grid_cells(g)};
    *from = 0;
    *copied = 0;
    if (c.cells > CELLS_MOST)
        return MMOE_OK;
    c.of = mmoe_alloc(c.cells, sizeof *c.of);
    c.has = mmoe_alloc(mmoe_grid_runs(g), sizeof *c.has);
    for (size_t i = 0; i < c.cells; i++)
        mmoe_grid_cell_options(g, mmoe_grid_cell(g, i), &c.of[i]);
    enum mmoe_status status = database_begin(s->database, true, err);
    if (!mmoe_failed(status))
        status = database_finish(s->database, find_cells(&c, err), err);
    mmoe_free(c.of);
    mmoe_free(c.has);
    if (mmoe_failed(status))
        return status;
    *from = c.from;
    *copied = c.copied;
    return MMOE_OK;
}
