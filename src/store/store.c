/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.c - studies on disk: the file, and the grids in it. Runs are in results.c.
 *
 * A grid is rows of text, the base's options and the axes' values as mmoe_option_show
 * writes them: SQL can read them, and so can a newer mmoe, which may know more options.
 * A row's option is set like one that a user types, and refused like it: a file may come
 * from anywhere.
 *
 * A store of an older schema that is only read is asked other questions where columns are
 * missing.
 */
#include "src/store/store.h"

#include <stdlib.h>
#include <string.h>

#include <mmoe/grid_files.h>
#include <mmoe/kernels.h>
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

struct mmoe_store *mmoe_store_open(const char *path, enum mmoe_store_mode mode,
                                   const struct mmoe_store_watch *watch, struct mmoe_error *err)
{
    int version;
    struct database *d =
        database_open(path, mode == MMOE_STORE_WRITE, mode == MMOE_STORE_SEALED, watch, err);
    if (!d)
        return NULL;
    if (mmoe_failed(schema_prepare(d, mode == MMOE_STORE_WRITE, &version, err))) {
        database_close(d);
        return NULL;
    }
    struct mmoe_store *s = mmoe_alloc(1, sizeof *s);
    s->database = d;
    s->version = version;
    return s;
}

void mmoe_store_close(struct mmoe_store *s)
{
    if (s)
        database_close(s->database);
    mmoe_free(s);
}

void mmoe_store_watched(struct mmoe_store *s, const struct mmoe_store_watch *watch)
{
    database_watch(s->database, watch);
}

enum mmoe_status mmoe_store_in_place(const struct mmoe_store *s, struct mmoe_error *err)
{
    return database_in_place(s->database, err);
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
        if (mmoe_option_is_alias(option))
            continue;
        mmoe_text_clear(&value);
        mmoe_option_show(base, option, &value);
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
    for (size_t a = 0; a < g->axis_count; a++) {
        const struct mmoe_axis *axis = &g->axes[a];
        for (size_t i = 0; i < axis->count; i++) {
            enum mmoe_status status = database_do(
                d, err, sql, "iiitti", study, (int64_t)a, (int64_t)i, axis->option->name,
                axis->text + axis->at[i], (int64_t)axis->follows - 1);
            if (mmoe_failed(status))
                return status;
        }
    }
    return MMOE_OK;
}

static enum mmoe_status add_files(struct database *d, int64_t study, const struct mmoe_grid *g,
                                  struct mmoe_error *err)
{
    static const char sql[] = "INSERT INTO files (study, path, digest) VALUES (?, ?, ?) "
                              "ON CONFLICT (study, path) DO NOTHING";
    enum mmoe_status status = MMOE_OK;
    const char *file;
    for (size_t i = 0; !mmoe_failed(status) && (file = mmoe_grid_file(g, i)); i++)
        if (*file && g->rows[i][0])
            status = database_do(d, err, sql, "itt", study, file, g->rows[i]);
    return status;
}

/* The sets of kernels its runs compute with, parted by commas, and the library. */
static void add_kernels(struct mmoe_text *t, const struct mmoe_grid *g,
                        const struct mmoe_origin *origin)
{
    struct mmoe_options o = g->base;
    const struct mmoe_axis *axis = NULL;
    for (size_t a = 0; a < g->axis_count; a++)
        if (strcmp(g->axes[a].option->name, "kernels") == 0)
            axis = &g->axes[a];
    for (size_t i = 0; i < (axis ? axis->count : 1); i++) {
        if (axis)
            mmoe_option_set(&o, "kernels", axis->text + axis->at[i], NULL);
        mmoe_text_add(t, "%s%s", i ? ", " : "", mmoe_kernels_name((enum mmoe_kernels)o.kernels));
    }
    mmoe_text_add(t, "; %s", origin->blas);
}

/* Add the rows of a new study; the caller's transaction is open. */
static enum mmoe_status add_study(struct database *d, const struct mmoe_grid *g,
                                  const char *command, const char *definition,
                                  const struct mmoe_origin *origin, int64_t *id,
                                  struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO studies (created, command, definition, version, machine, kernels, seeds,"
        " cells, runs) VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, ?, ?, ?, ?, ?)";
    struct mmoe_text kernels = {0};
    add_kernels(&kernels, g, origin);
    enum mmoe_status status = database_do(
        d, err, sql, "tttttiii", command, definition, origin->version, origin->machine, kernels.s,
        (int64_t)g->seeds, (int64_t)mmoe_grid_cells(g), (int64_t)mmoe_grid_runs(g));
    mmoe_text_done(&kernels);
    if (mmoe_failed(status))
        return status;
    *id = database_last_id(d);
    if (mmoe_failed(add_base(d, *id, &g->base, err)) || mmoe_failed(add_axes(d, *id, g, err)) ||
        mmoe_failed(add_files(d, *id, g, err)))
        return err->status;
    return MMOE_OK;
}

enum mmoe_status mmoe_store_study_new(struct mmoe_store *s, const struct mmoe_grid *g,
                                      const char *command, const char *definition,
                                      const struct mmoe_origin *origin, int64_t *id,
                                      struct mmoe_error *err)
{
    struct database *d = s->database;
    int64_t study = 0;
    enum mmoe_status status = mmoe_grid_check(g, err);
    if (mmoe_failed(status))
        return status;
    status = database_begin(d, true, err);
    if (mmoe_failed(status))
        return status;
    status = add_study(d, g, command, definition, origin, &study, err);
    status = database_finish(d, status, err);
    if (!mmoe_failed(status))
        *id = study;
    return status;
}

/* --- studies read back --- */

/* Copy as much of the text as fits, cut between two characters. */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    memcpy(to, text, n);
    to[n] = '\0';
}

/* `definition` is the column, or its stand-in for a store without the column; likewise below. */
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

/* Fail with "there is no study in it yet" or "there are 1-3, 5". */
static enum mmoe_status no_study(struct mmoe_store *s, int64_t id, struct mmoe_error *err)
{
    static const char sql[] = "SELECT min(id), max(id) FROM (SELECT id, id - row_number() OVER "
                              "(ORDER BY id) AS island FROM studies) "
                              "GROUP BY island ORDER BY 1";
    struct rows r = database_ask(s->database, sql, "");
    struct mmoe_text there = {0};
    while (database_next(&r)) {
        long long first = database_int(&r, 0), last = database_int(&r, 1);
        mmoe_text_add(&there, first == last ? "%s%lld" : "%s%lld-%lld", there.n ? ", " : "", first,
                      last);
    }
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status))
        goto done;
    if (there.n == 0)
        status = mmoe_fail(err, MMOE_UNKNOWN, "store '%.200s': there is no study in it yet",
                           database_path(s->database));
    else
        status = mmoe_fail(err, MMOE_UNKNOWN, "store '%.200s': no study %lld: there are %s",
                           database_path(s->database), (long long)id, there.s);
done:
    mmoe_text_done(&there);
    return status;
}

/* Fail since a row's option or value was refused: a newer mmoe wrote it. */
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
    /* an option that came later has no row, and its default changes nothing */
    mmoe_options_default(&g->base);
    while (!mmoe_failed(why.status) && database_next(&r))
        mmoe_option_set(&g->base, database_text(&r, 0), database_text(&r, 1), &why);
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status))
        return status;
    return mmoe_failed(why.status) ? newer_study(s, info, &why, err) : MMOE_OK;
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
        const char *value = database_text(&r, 1);
        mmoe_text_clear(&name);
        mmoe_text_add(&name, "%s", database_text(&r, 0));
        mmoe_text_add_bytes(&list, value, strlen(value) + 1);
        follows = database_is_null(&r, 2) ? -1 : database_int(&r, 2);
    }
    enum mmoe_status status = database_end(&r, err);
    *found = false;
    if (mmoe_failed(status) || name.n == 0)
        goto done;
    size_t before = g->axis_count;
    if (mmoe_failed(mmoe_grid_stored_axis(g, name.s, list.s, list.n - 1, follows, &why)))
        status = newer_study(s, info, &why, err);
    *found = g->axis_count > before;
done:
    mmoe_text_done(&list);
    mmoe_text_done(&name);
    return status;
}

/* Digests of the rows of files; an older store has none. */
static enum mmoe_status read_files(struct mmoe_store *s, const struct mmoe_study_info *info,
                                   struct mmoe_grid *g, struct mmoe_error *err)
{
    static const char sql[] = "SELECT path, digest FROM files WHERE study = ?";
    const char *file;
    if (s->version < 5)
        return MMOE_OK;
    struct rows r = database_ask(s->database, sql, "i", info->id);
    while (database_next(&r))
        for (size_t i = 0; (file = mmoe_grid_file(g, i)); i++)
            if (strcmp(file, database_text(&r, 0)) == 0)
                copy_text(g->rows[i], sizeof g->rows[i], database_text(&r, 1));
    return database_end(&r, err);
}

static enum mmoe_status read_grid(struct mmoe_store *s, const struct mmoe_study_info *info,
                                  struct mmoe_grid *g, struct mmoe_error *err)
{
    memset(g, 0, sizeof *g);
    enum mmoe_status status = read_base(s, info, g, err);
    if (mmoe_failed(status))
        return status;
    for (bool found = true; found;) {
        status = read_axis(s, info, g, &found, err);
        if (mmoe_failed(status))
            return status;
    }
    g->seeds = info->seeds;
    status = read_files(s, info, g, err);
    if (mmoe_failed(status))
        return status;
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
    if (mmoe_failed(status))
        return status;
    if (found.id == 0)
        return no_study(s, id, err);
    status = g ? read_grid(s, &found, g, err) : MMOE_OK;
    if (!mmoe_failed(status) && info)
        *info = found;
    return status;
}

/* Has the study the same cells? A study whose grid cannot be read is no match. */
static enum mmoe_status is_alike(struct mmoe_store *s, int64_t id, const struct mmoe_grid *g,
                                 bool *alike, struct mmoe_error *err)
{
    struct mmoe_grid *other = mmoe_alloc(1, sizeof *other);
    enum mmoe_status status = mmoe_store_study(s, id, NULL, other, err);
    other->seeds = g->seeds;
    *alike = !mmoe_failed(status) && mmoe_grid_same(g, other);
    mmoe_free(other);
    return status == MMOE_IO || status == MMOE_STATE ? status : MMOE_OK;
}

enum mmoe_status store_first_alike(struct mmoe_store *s, struct rows r, const struct mmoe_grid *g,
                                   int64_t *id, struct mmoe_error *err)
{
    bool alike = false;
    int64_t candidate = 0;
    while (!alike && database_next(&r)) {
        candidate = database_int(&r, 0);
        enum mmoe_status status = is_alike(s, candidate, g, &alike, err);
        if (mmoe_failed(status)) {
            database_end(&r, NULL);
            return status;
        }
    }
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status))
        return status;
    *id = alike ? candidate : 0;
    return MMOE_OK;
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

enum mmoe_status mmoe_store_find_begun(struct mmoe_store *s, const struct mmoe_grid *g, int64_t *id,
                                       bool *grows, struct mmoe_error *err)
{
    static const char sql[] = "SELECT id FROM studies WHERE seeds = ? ORDER BY id DESC";
    struct rows r = database_ask(s->database, sql, "i", (int64_t)g->seeds);
    struct mmoe_grid *other = mmoe_alloc(1, sizeof *other);
    struct mmoe_error why;
    bool found = false;
    *id = 0;
    *grows = false;
    while (!found && database_next(&r)) {
        int64_t candidate = database_int(&r, 0);
        if (mmoe_failed(mmoe_store_study(s, candidate, NULL, other, &why))) {
            if (why.status == MMOE_IO || why.status == MMOE_STATE) {
                database_end(&r, NULL);
                mmoe_free(other);
                return mmoe_fail(err, why.status, "%s", why.text);
            }
            continue; /* a study whose grid cannot be read is no match */
        }
        bool all = mmoe_grid_begins(g, other);
        found = all || mmoe_grid_begins(other, g);
        *grows = found && !all;
        *id = found ? candidate : 0;
    }
    mmoe_free(other);
    return database_end(&r, err);
}

/* The rows of the axes and of the counts, anew; the caller's transaction is open. */
static enum mmoe_status extend(struct database *d, int64_t id, const struct mmoe_grid *g,
                               struct mmoe_error *err)
{
    static const char drop[] = "DELETE FROM axes WHERE study = ?",
                      count[] = "UPDATE studies SET cells = ?, runs = ? WHERE id = ?";
    if (mmoe_failed(database_do(d, err, drop, "i", id)) || mmoe_failed(add_axes(d, id, g, err)))
        return err->status;
    return database_do(d, err, count, "iii", (int64_t)mmoe_grid_cells(g),
                       (int64_t)mmoe_grid_runs(g), id);
}

enum mmoe_status mmoe_store_extend(struct mmoe_store *s, int64_t id, const struct mmoe_grid *g,
                                   struct mmoe_error *err)
{
    enum mmoe_status status = mmoe_grid_check(g, err);
    if (mmoe_failed(status) || mmoe_failed(status = database_begin(s->database, true, err)))
        return status;
    status = extend(s->database, id, g, err);
    s->known = 0;
    return database_finish(s->database, status, err);
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
