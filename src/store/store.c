/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.c - studies on disk: the file, and the grids in it. Runs are in results.c.
 *
 * A grid is rows of text: the base's options and the axes' values as
 * mmoe_option_show writes them, so that SQL can read them, and a newer mmoe,
 * which may know more options than the one that wrote them. What a row says is
 * set like what a user types, and refused like it: a file may come from anywhere.
 *
 * A store of an older schema is brought up to date by who may write. Who reads
 * leaves it, and asks it other questions where columns are missing.
 */
#include "src/store/store.h"

#include <stdlib.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>

#include "src/store/schema.h"

/* --- the file --- */

void mmoe_store_path(struct mmoe_text *t)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        mmoe_text_add(t, "%s/mmoe/studies.db", state);
    else if (home && home[0] == '/')
        mmoe_text_add(t, "%s/.local/state/mmoe/studies.db", home);
}

/* The number of the schema, 0 where there is nothing in the file yet. Fails where what is there is
 * not this program's. */
static enum mmoe_status identify(struct database *d, int *schema, struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) "
        "FROM pragma_application_id, pragma_user_version";
    struct rows r = database_ask(d, sql, "");
    int64_t application = 0, version = 0, things = 0;
    if (database_next(&r)) {
        application = database_int(&r, 0);
        version = database_int(&r, 1);
        things = database_int(&r, 2);
    }
    enum mmoe_status status = database_end(&r, err);
    *schema = 0;
    if (mmoe_failed(status) || (application == 0 && version == 0 && things == 0))
        return status;
    if (application != SCHEMA_APPLICATION || version < 1)
        return mmoe_fail(err, MMOE_INVALID,
                         "store '%.200s': this is a database of another program: name another file",
                         database_path(d));
    if (version > SCHEMA_VERSION)
        return mmoe_fail(err, MMOE_INVALID,
                         "store '%.200s': a newer mmoe wrote it (schema %lld, this one knows %d): "
                         "use that one, or "
                         "another file",
                         database_path(d), (long long)version, SCHEMA_VERSION);
    *schema = (int)version;
    return MMOE_OK;
}

/* What makes SCHEMA_VERSION of schema `from`, 0 being nothing. */
static void add_sql(struct mmoe_text *sql, int from)
{
    if (from == 0)
        mmoe_text_add(sql, "%s PRAGMA application_id = %d;", schema_sql, SCHEMA_APPLICATION);
    for (int i = from; from > 0 && i < SCHEMA_VERSION; i++)
        mmoe_text_add(sql, "%s", schema_steps[i - 1]);
    mmoe_text_add(sql, "PRAGMA user_version = %d", SCHEMA_VERSION);
}

/* Two programs may find the same file old or fresh: the second waits, looks again and finds the
 * first one's tables. */
static enum mmoe_status make_tables(struct database *d, struct mmoe_error *err)
{
    int schema;
    struct mmoe_text sql = {0};
    enum mmoe_status status = database_begin(d, true, err);
    if (mmoe_failed(status))
        return status;
    status = identify(d, &schema, err);
    if (!mmoe_failed(status) && schema < SCHEMA_VERSION) {
        add_sql(&sql, schema);
        status = database_run(d, sql.s, err);
    }
    mmoe_text_done(&sql);
    return database_finish(d, status, err);
}

/* Who only reads an older store has its values by name in a view of the connection's own. */
static const char metrics_before_3[] = "PRAGMA query_only = OFF; PRAGMA temp_store = MEMORY;"
                                       "CREATE TEMP VIEW metrics AS " SCHEMA_METRICS_BEFORE_3 ";"
                                       "PRAGMA query_only = ON";

struct mmoe_store *mmoe_store_open(const char *path, enum mmoe_store_mode mode,
                                   struct mmoe_error *err)
{
    int schema;
    struct database *d = database_open(path, mode == MMOE_STORE_WRITE, err);
    if (!d)
        return NULL;
    enum mmoe_status status = identify(d, &schema, err);
    if (!mmoe_failed(status) && schema == 0 && mode == MMOE_STORE_READ)
        status = mmoe_fail(err, MMOE_UNKNOWN,
                           "store '%.200s': the file is empty: name another, or make a study",
                           path);
    if (!mmoe_failed(status) && mode == MMOE_STORE_WRITE)
        status = database_write_ahead(d, err);
    if (!mmoe_failed(status) && mode == MMOE_STORE_WRITE && schema < SCHEMA_VERSION)
        status = make_tables(d, err);
    if (!mmoe_failed(status) && mode == MMOE_STORE_READ && schema < 3)
        status = database_run(d, metrics_before_3, err);
    if (mmoe_failed(status)) {
        database_close(d);
        return NULL;
    }
    struct mmoe_store *s = mmoe_alloc(1, sizeof *s);
    s->database = d;
    s->version = mode == MMOE_STORE_WRITE ? SCHEMA_VERSION : schema;
    return s;
}

void mmoe_store_close(struct mmoe_store *s)
{
    if (s)
        database_close(s->database);
    mmoe_free(s);
}

enum mmoe_status store_damaged(const struct mmoe_store *s, int64_t study, const char *what,
                               struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_INVALID,
                     "store '%.200s': study %lld is damaged, %s: delete it, or name another file",
                     database_path(s->database), (long long)study, what);
}

/* --- a new study --- */

static enum mmoe_status add_base(struct database *d, int64_t study, const struct mmoe_options *base,
                                 struct mmoe_error *err)
{
    static const char sql[] = "INSERT INTO base (study, option, value) VALUES (?, ?, ?)";
    enum mmoe_status status = MMOE_OK;
    struct mmoe_text value = {0};
    for (size_t i = 0; i < mmoe_option_count && !mmoe_failed(status); i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        mmoe_text_clear(&value);
        mmoe_option_show(base, option, &value);
        if (!mmoe_option_is_alias(option))
            status = database_do(d, err, sql, "itt", study, option->name, value.s);
    }
    mmoe_text_done(&value);
    return status;
}

static enum mmoe_status add_axes(struct database *d, int64_t study, const struct mmoe_grid *g,
                                 struct mmoe_error *err)
{
    static const char sql[] = "INSERT INTO axes (study, axis, place, option, value, follows) "
                              "VALUES (?, ?, ?, ?, ?, nullif(?, -1))";
    enum mmoe_status status = MMOE_OK;
    for (size_t a = 0; a < g->axis_count; a++) {
        const struct mmoe_axis *axis = &g->axes[a];
        for (size_t i = 0; i < axis->count && !mmoe_failed(status); i++)
            status = database_do(d, err, sql, "iiitti", study, (int64_t)a, (int64_t)i,
                                 axis->option->name, axis->text + axis->at[i],
                                 (int64_t)axis->follows - 1);
    }
    return status;
}

enum mmoe_status mmoe_store_study_new(struct mmoe_store *s, const struct mmoe_grid *g,
                                      const char *command, const char *definition,
                                      const struct mmoe_origin *origin, int64_t *id,
                                      struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO studies (created, command, definition, version, machine, kernels, seeds, "
        "cells, runs) "
        "VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, ?, ?, ?, ?, ?)";
    struct database *d = s->database;
    int64_t study = 0;
    enum mmoe_status status = mmoe_grid_check(g, err);
    if (!mmoe_failed(status))
        status = database_begin(d, true, err);
    if (mmoe_failed(status))
        return status;
    status = database_do(d, err, sql, "tttttiii", command, definition, origin->version,
                         origin->machine, origin->kernels, (int64_t)g->seeds,
                         (int64_t)mmoe_grid_cells(g), (int64_t)mmoe_grid_runs(g));
    study = database_last_id(d);
    if (!mmoe_failed(status))
        status = add_base(d, study, &g->base, err);
    if (!mmoe_failed(status))
        status = add_axes(d, study, g, err);
    status = database_finish(d, status, err);
    if (!mmoe_failed(status))
        *id = study;
    return status;
}

/* --- studies read back --- */

/* As much of text as fits, cut between two characters. */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    memcpy(to, text, n);
    to[n] = '\0';
}

/* `definition` is the column, or what stands for it in a store that has none; likewise below. */
#define INFO_ROWS(definition)                                                        \
    "SELECT s.id, s.created, s.command, s.version, s.cells, s.seeds, s.runs,"        \
    "       count(r.run), count(r.diverged_step), total(r.seconds), " definition " " \
    "FROM studies s LEFT JOIN runs r ON r.study = s.id "

static void take_info(const struct rows *r, struct mmoe_study_info *info)
{
    info->id = database_int(r, 0);
    copy_text(info->created, sizeof info->created, database_text(r, 1));
    copy_text(info->command, sizeof info->command, database_text(r, 2));
    copy_text(info->version, sizeof info->version, database_text(r, 3));
    info->cells = (size_t)database_int(r, 4);
    info->seeds = (size_t)database_int(r, 5);
    info->runs = (size_t)database_int(r, 6);
    info->finished = (size_t)database_int(r, 7);
    info->diverged = (size_t)database_int(r, 8);
    info->seconds = database_real(r, 9);
    copy_text(info->definition, sizeof info->definition, database_text(r, 10));
}

enum mmoe_status mmoe_store_studies(struct mmoe_store *s, struct mmoe_study_info **list,
                                    size_t *count, struct mmoe_error *err)
{
    static const char sql[] = INFO_ROWS("s.definition") "GROUP BY s.id ORDER BY s.id";
    static const char sql_1[] = INFO_ROWS("''") "GROUP BY s.id ORDER BY s.id";
    struct rows r = database_ask(s->database, s->version > 1 ? sql : sql_1, "");
    struct mmoe_study_info *found = NULL;
    size_t n = 0, room = 0;
    while (database_next(&r)) {
        if (n == room)
            found = mmoe_regrow(found, n, room = room ? 2 * room : 16, sizeof *found);
        take_info(&r, &found[n++]);
    }
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status)) {
        mmoe_free(found);
        return status;
    }
    *list = found;
    *count = n;
    return MMOE_OK;
}

/* "there is none yet", "there are 1-3, 5". */
static enum mmoe_status no_study(struct mmoe_store *s, int64_t id, struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT min(id), max(id) "
        "FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM studies) "
        "GROUP BY island ORDER BY 1";
    struct rows r = database_ask(s->database, sql, "");
    struct mmoe_text there = {0};
    while (database_next(&r)) {
        long long first = database_int(&r, 0), last = database_int(&r, 1);
        mmoe_text_add(&there, first == last ? "%s%lld" : "%s%lld-%lld", there.n ? ", " : "", first,
                      last);
    }
    enum mmoe_status status = database_end(&r, err);
    if (!mmoe_failed(status) && there.n == 0)
        status = mmoe_fail(err, MMOE_UNKNOWN, "store '%.200s': there is no study in it yet",
                           database_path(s->database));
    else if (!mmoe_failed(status))
        status = mmoe_fail(err, MMOE_UNKNOWN, "store '%.200s': no study %lld: there are %s",
                           database_path(s->database), (long long)id, there.s);
    mmoe_text_done(&there);
    return status;
}

/* A row's option or value was refused. */
static enum mmoe_status newer_study(const struct mmoe_store *s, const struct mmoe_study_info *info,
                                    const struct mmoe_error *why, struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_UNKNOWN,
                     "store '%.120s': study %lld was made by %.31s, use that one: %.160s",
                     database_path(s->database), (long long)info->id, info->version, why->text);
}

static enum mmoe_status read_base(struct mmoe_store *s, const struct mmoe_study_info *info,
                                  struct mmoe_grid *g, struct mmoe_error *err)
{
    static const char sql[] = "SELECT option, value FROM base WHERE study = ?";
    struct rows r = database_ask(s->database, sql, "i", info->id);
    struct mmoe_error why = {.status = MMOE_OK};
    mmoe_options_default(
        &g->base); /* options that came later have the value that changes nothing */
    while (!mmoe_failed(why.status) && database_next(&r))
        mmoe_option_set(&g->base, database_text(&r, 0), database_text(&r, 1), &why);
    enum mmoe_status status = database_end(&r, err);
    return mmoe_failed(why.status) && !mmoe_failed(status) ? newer_study(s, info, &why, err)
                                                           : status;
}

/* The values of an axis as one list; an option of no name this program knows is refused by
 * mmoe_grid_axis. */
static void add_to_list(struct mmoe_text *list, const char *name, const char *value)
{
    const struct mmoe_option *option = mmoe_option_find(name);
    if (list->n)
        mmoe_text_add(list, "%c", option ? mmoe_grid_separator(option) : ',');
    mmoe_text_add(list, "%s", value);
}

/* follows: the place of the axis that is followed, which was read before; -1: none. */
static enum mmoe_status add_axis(struct mmoe_grid *g, const char *name, const char *values,
                                 int64_t follows, struct mmoe_error *err)
{
    if (follows < 0)
        return mmoe_grid_axis(g, name, values, err);
    bool there = (uint64_t)follows < g->axis_count;
    return mmoe_grid_follow(g, name, values, there ? g->axes[follows].option->name : "", err);
}

#define AXIS_ROWS(follows) \
    "SELECT option, value, " follows " FROM axes WHERE study = ? AND axis = ? ORDER BY place"

static enum mmoe_status read_axis(struct mmoe_store *s, const struct mmoe_study_info *info,
                                  struct mmoe_grid *g, bool *found, struct mmoe_error *err)
{
    static const char sql[] = AXIS_ROWS("follows"), sql_1[] = AXIS_ROWS("NULL");
    struct rows r = database_ask(s->database, s->version > 1 ? sql : sql_1, "ii", info->id,
                                 (int64_t)g->axis_count);
    int64_t follows = -1;
    struct mmoe_text name = {0}, list = {0};
    struct mmoe_error why = {.status = MMOE_OK};
    while (database_next(&r)) {
        mmoe_text_clear(&name);
        mmoe_text_add(&name, "%s", database_text(&r, 0));
        add_to_list(&list, name.s, database_text(&r, 1));
        follows = database_is_null(&r, 2) ? -1 : database_int(&r, 2);
    }
    enum mmoe_status status = database_end(&r, err);
    size_t before = g->axis_count;
    if (!mmoe_failed(status) && name.n && mmoe_failed(add_axis(g, name.s, list.s, follows, &why)))
        status = newer_study(s, info, &why, err);
    *found = g->axis_count > before;
    mmoe_text_done(&list);
    mmoe_text_done(&name);
    return status;
}

static enum mmoe_status read_grid(struct mmoe_store *s, const struct mmoe_study_info *info,
                                  struct mmoe_grid *g, struct mmoe_error *err)
{
    memset(g, 0, sizeof *g);
    enum mmoe_status status = read_base(s, info, g, err);
    for (bool found = true; found && !mmoe_failed(status);)
        status = read_axis(s, info, g, &found, err);
    if (mmoe_failed(status))
        return status;
    g->seeds = info->seeds;
    bool sound = info->cells == mmoe_grid_cells(g) && info->seeds > 0 &&
                 info->seeds <= MMOE_RUNS_MAX && info->cells <= MMOE_RUNS_MAX &&
                 info->runs == mmoe_grid_runs(g) && info->runs <= MMOE_RUNS_MAX;
    return sound ? MMOE_OK : store_damaged(s, info->id, "its axes are not those of its runs", err);
}

#define ONE_STUDY "WHERE s.id = iif(?1 = 0, (SELECT max(id) FROM studies), ?1) GROUP BY s.id"

enum mmoe_status mmoe_store_study(struct mmoe_store *s, int64_t id, struct mmoe_study_info *info,
                                  struct mmoe_grid *g, struct mmoe_error *err)
{
    static const char sql[] = INFO_ROWS("s.definition") ONE_STUDY,
                      sql_1[] = INFO_ROWS("''") ONE_STUDY;
    struct mmoe_study_info found = {0};
    struct rows r = database_ask(s->database, s->version > 1 ? sql : sql_1, "i", id);
    if (database_next(&r))
        take_info(&r, &found);
    enum mmoe_status status = database_end(&r, err);
    if (!mmoe_failed(status) && found.id == 0)
        status = no_study(s, id, err);
    if (!mmoe_failed(status) && g)
        status = read_grid(s, &found, g, err);
    if (!mmoe_failed(status) && info)
        *info = found;
    return status;
}

/* The same cells? A study whose grid this program cannot make out is no match. */
static enum mmoe_status is_alike(struct mmoe_store *s, int64_t id, const struct mmoe_grid *g,
                                 bool *alike, struct mmoe_error *err)
{
    struct mmoe_grid *other = mmoe_alloc(1, sizeof *other);
    enum mmoe_status status = mmoe_store_study(s, id, NULL, other, err);
    other->seeds = g->seeds;
    *alike = !mmoe_failed(status) && mmoe_grid_same(g, other);
    mmoe_free(other);
    return status == MMOE_IO ? status : MMOE_OK;
}

enum mmoe_status store_first_alike(struct mmoe_store *s, struct rows r, const struct mmoe_grid *g,
                                   int64_t *id, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    bool alike = false;
    int64_t candidate = 0;
    while (!alike && !mmoe_failed(status) && database_next(&r)) {
        candidate = database_int(&r, 0);
        status = is_alike(s, candidate, g, &alike, err);
    }
    enum mmoe_status ended = database_end(&r, mmoe_failed(status) ? NULL : err);
    status = mmoe_failed(status) ? status : ended;
    if (!mmoe_failed(status))
        *id = alike ? candidate : 0;
    return status;
}

enum mmoe_status mmoe_store_find(struct mmoe_store *s, const struct mmoe_grid *g, int64_t *id,
                                 struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT id FROM studies WHERE cells = ? AND seeds = ? ORDER BY id DESC";
    struct rows r =
        database_ask(s->database, sql, "ii", (int64_t)mmoe_grid_cells(g), (int64_t)g->seeds);
    return store_first_alike(s, r, g, id, err);
}

enum mmoe_status store_know(struct mmoe_store *s, int64_t study, struct mmoe_error *err)
{
    static const char sql[] = "SELECT 1 FROM studies WHERE id = ?";
    struct rows r = database_ask(s->database, sql, "i", study);
    bool there = database_next(&r);
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status) || (there && s->known == study))
        return status;
    if (!there)
        return no_study(s, study, err);
    s->known = 0;
    status = mmoe_store_study(s, study, NULL, &s->grid, err);
    if (!mmoe_failed(status))
        s->known = study;
    return status;
}
