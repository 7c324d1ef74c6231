/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.c - the tables of a store, as mmoe-formats(5) describes them.
 *
 * A change of the tables is a new SCHEMA_VERSION and a new step in schema_steps, which
 * brings a store of the version before up to date. New columns stand last, so that a store
 * brought up to date is the same as a new one. Every run belongs to its study, and every
 * measurement to its run: deleting a study or a run deletes all that belongs to it.
 *
 * A store of an older schema is brought up to date when it is opened to be written. A
 * reader leaves it as it is. Whatever a file says of its schema, what is asked of a store
 * later must be there, as tables: a view may compute without end.
 */
#include "src/store/schema.h"

#include <string.h>

#include <mmoe/text.h>

/* --- the tables --- */

/* Metrics by name: validation rows at every evaluation of a run, test rows at its end. */
#define SCHEMA_METRICS                                             \
    "CREATE TABLE metrics ("                                       \
    "  study INTEGER NOT NULL,"                                    \
    "  run   INTEGER NOT NULL,"                                    \
    "  step  INTEGER NOT NULL,"                                    \
    "  split TEXT    NOT NULL,"                                    \
    "  task  TEXT    NOT NULL,"                                    \
    "  name  TEXT    NOT NULL,"                                    \
    "  value REAL,"                                                \
    "  PRIMARY KEY (study, run, split, step, task, name),"         \
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE" \
    ") STRICT, WITHOUT ROWID;"

/* Views with the names of the tables of schemas 1 and 2, for users who ask in SQL. */
#define SCHEMA_VIEWS                                                    \
    "CREATE VIEW losses AS SELECT study, run, task,"                    \
    " max(CASE name WHEN 'loss' THEN value END) AS loss,"               \
    " max(CASE name WHEN 'over_var' THEN value END) AS over_var"        \
    " FROM metrics WHERE split = 'test' GROUP BY study, run, task;"     \
    "CREATE VIEW curve AS SELECT study, run, step, task, value AS loss" \
    " FROM metrics WHERE split = 'validation' AND name = 'loss';"

/* The rows of the files that option data names, so that a study is not gone on with on others. */
#define SCHEMA_FILES                                                  \
    "CREATE TABLE files ("                                            \
    "  study  INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE," \
    "  path   TEXT    NOT NULL,"                                      \
    "  digest TEXT    NOT NULL,"                                      \
    "  PRIMARY KEY (study, path)"                                     \
    ") STRICT, WITHOUT ROWID;"

/* Which units of hidden layers were on at the end of a run; task '' is all of them. */
#define SCHEMA_UNITS                                               \
    "CREATE TABLE units ("                                         \
    "  study INTEGER NOT NULL,"                                    \
    "  run   INTEGER NOT NULL,"                                    \
    "  place INTEGER NOT NULL,"                                    \
    "  layer TEXT    NOT NULL,"                                    \
    "  task  TEXT    NOT NULL,"                                    \
    "  units INTEGER NOT NULL,"                                    \
    "  never REAL,"                                                \
    "  off   REAL,"                                                \
    "  PRIMARY KEY (study, run, place),"                           \
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE" \
    ") STRICT, WITHOUT ROWID;"

/* The rows of `metrics`, made from the tables of schemas 1 and 2. */
#define SCHEMA_METRICS_BEFORE_3                                                               \
    "SELECT l.study, l.run, r.step, 'test' AS split, l.task, 'loss' AS name, l.loss AS value" \
    " FROM losses l JOIN runs r USING (study, run) "                                          \
    "UNION ALL SELECT l.study, l.run, r.step, 'test', l.task, 'over_var', l.over_var"         \
    " FROM losses l JOIN runs r USING (study, run) "                                          \
    "UNION ALL SELECT study, run, step, 'validation', task, 'loss', loss FROM curve"

static const char schema_sql[] =
    "CREATE TABLE studies ("
    "  id      INTEGER PRIMARY KEY AUTOINCREMENT," /* no number is used twice */
    "  created TEXT    NOT NULL,"
    "  command TEXT    NOT NULL,"
    "  version TEXT    NOT NULL,"
    "  machine TEXT    NOT NULL,"
    "  kernels TEXT    NOT NULL,"
    "  seeds   INTEGER NOT NULL,"
    "  cells   INTEGER NOT NULL,"
    "  runs    INTEGER NOT NULL,"
    "  definition TEXT NOT NULL DEFAULT ''"
    ") STRICT;"

    "CREATE TABLE base ("
    "  study  INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,"
    "  option TEXT    NOT NULL,"
    "  value  TEXT    NOT NULL,"
    "  PRIMARY KEY (study, option)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE axes ("
    "  study  INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,"
    "  axis   INTEGER NOT NULL,"
    "  place  INTEGER NOT NULL,"
    "  option TEXT    NOT NULL,"
    "  value  TEXT    NOT NULL,"
    "  follows INTEGER,"
    "  PRIMARY KEY (study, axis, place)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE runs ("
    "  study         INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,"
    "  run           INTEGER NOT NULL,"
    "  cell          INTEGER NOT NULL,"
    "  seed_data     INTEGER NOT NULL,"
    "  seed_init     INTEGER NOT NULL,"
    "  seed_order    INTEGER NOT NULL,"
    "  options       TEXT    NOT NULL,"
    "  tasks         INTEGER NOT NULL,"
    "  step          INTEGER NOT NULL,"
    "  diverged_step INTEGER,"
    "  seconds       REAL    NOT NULL,"
    "  finished      TEXT    NOT NULL,"
    "  version       TEXT    NOT NULL,"
    "  machine       TEXT    NOT NULL,"
    "  kernels       TEXT    NOT NULL,"
    "  pearson       REAL,"
    "  task_names    TEXT    NOT NULL DEFAULT ''," /* parted by commas; '': A,B,... */
    "  divergence    TEXT    NOT NULL DEFAULT ''," /* how it diverged; '': it did not */
    "  overlap       REAL,"                        /* of the first two gates' mean weights */
    "  PRIMARY KEY (study, run)"
    ") STRICT;"

    SCHEMA_METRICS SCHEMA_VIEWS

    "CREATE TABLE gates ("
    "  study  INTEGER NOT NULL,"
    "  run    INTEGER NOT NULL,"
    "  gate   INTEGER NOT NULL,"
    "  expert INTEGER NOT NULL,"
    "  mean   REAL,"
    "  PRIMARY KEY (study, run, gate, expert),"
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"

    SCHEMA_FILES SCHEMA_UNITS;

/* schema_steps[i] turns schema i + 1 into i + 2. */
static const char *const schema_steps[SCHEMA_VERSION - 1] = {
    "ALTER TABLE studies ADD COLUMN definition TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE axes ADD COLUMN follows INTEGER;"
    "ALTER TABLE runs ADD COLUMN pearson REAL;",
    "ALTER TABLE runs ADD COLUMN task_names TEXT NOT NULL DEFAULT '';" SCHEMA_METRICS
    "INSERT INTO metrics (study, run, step, split, task, name, value) " SCHEMA_METRICS_BEFORE_3 ";"
    "DROP TABLE losses; DROP TABLE curve;" SCHEMA_VIEWS,
    "ALTER TABLE runs ADD COLUMN divergence TEXT NOT NULL DEFAULT '';"
    "UPDATE runs SET divergence = 'not-finite' WHERE diverged_step IS NOT NULL;",
    SCHEMA_FILES,
    "ALTER TABLE runs ADD COLUMN overlap REAL;"
    "UPDATE runs SET overlap = " SCHEMA_OVERLAP_BEFORE_6("runs") ";" SCHEMA_UNITS,
};

/* What statements rely on: columns of schemas `from` to `to`. */
static const struct {
    int from, to;
    const char *table, *columns;
} needed[] = {
    {1, SCHEMA_VERSION, "studies", "id created command version machine kernels seeds cells runs"},
    {2, SCHEMA_VERSION, "studies", "definition"},
    {1, SCHEMA_VERSION, "base", "study option value"},
    {1, SCHEMA_VERSION, "axes", "study axis place option value"},
    {2, SCHEMA_VERSION, "axes", "follows"},
    {1, SCHEMA_VERSION, "runs",
     "study run cell seed_data seed_init seed_order options tasks step diverged_step seconds "
     "finished version machine kernels"},
    {2, SCHEMA_VERSION, "runs", "pearson"},
    {3, SCHEMA_VERSION, "runs", "task_names"},
    {4, SCHEMA_VERSION, "runs", "divergence"},
    {1, 2, "losses", "study run task loss over_var"},
    {1, 2, "curve", "study run step task loss"},
    {3, SCHEMA_VERSION, "metrics", "study run step split task name value"},
    {1, SCHEMA_VERSION, "gates", "study run gate expert mean"},
    {5, SCHEMA_VERSION, "files", "study path digest"},
    {6, SCHEMA_VERSION, "runs", "overlap"},
    {6, SCHEMA_VERSION, "units", "study run place layer task units never off"},
};

/* --- what a file says of itself --- */

/* The number of the schema; 0: the file is empty. Fails if the file belongs to another program. */
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
                         "use that one, or another file",
                         database_path(d), (long long)version, SCHEMA_VERSION);
    *schema = (int)version;
    return MMOE_OK;
}

/* --- what is there --- */

static enum mmoe_status check_table(struct database *d, const char *table, struct mmoe_error *err)
{
    static const char sql[] = "SELECT type = 'table' AND rootpage > 0 FROM sqlite_schema "
                              "WHERE name = ? COLLATE NOCASE";
    struct rows r = database_ask(d, sql, "t", table);
    bool there = database_next(&r), sound = there && database_int(&r, 0);
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status) || sound)
        return status;
    return mmoe_fail(err, MMOE_INVALID, "store '%.200s': %s %s: name another file",
                     database_path(d), table,
                     there ? "is no table, as an mmoe makes it" : "is missing, a table");
}

/* A column that is computed is none: its value would come from an expression of the file. */
static enum mmoe_status check_column(struct database *d, const char *table, const char *column,
                                     struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE AND hidden = 0";
    struct rows r = database_ask(d, sql, "tt", table, column);
    bool there = database_next(&r);
    enum mmoe_status status = database_end(&r, err);
    if (mmoe_failed(status) || there)
        return status;
    return mmoe_fail(err, MMOE_INVALID,
                     "store '%.200s': column %s of table %s is missing: it may be damaged, name "
                     "another file",
                     database_path(d), column, table);
}

static enum mmoe_status check_columns(struct database *d, const char *table, const char *columns,
                                      struct mmoe_error *err)
{
    char name[32];
    enum mmoe_status status = check_table(d, table, err);
    while (*columns && !mmoe_failed(status)) {
        size_t n = strcspn(columns, " ");
        memcpy(name, columns, n);
        name[n] = '\0';
        status = check_column(d, table, name, err);
        columns += n + (columns[n] == ' ');
    }
    return status;
}

static enum mmoe_status check(struct database *d, int version, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < sizeof needed / sizeof *needed && !mmoe_failed(status); i++)
        if (needed[i].from <= version && version <= needed[i].to)
            status = check_columns(d, needed[i].table, needed[i].columns, err);
    return status;
}

/* --- brought up to date --- */

/* Append the statements that bring schema `from` up to SCHEMA_VERSION; 0: an empty file. */
static void add_sql(struct mmoe_text *sql, int from)
{
    if (from == 0)
        mmoe_text_add(sql, "%s PRAGMA application_id = %d;", schema_sql, SCHEMA_APPLICATION);
    for (int i = from; from > 0 && i < SCHEMA_VERSION; i++)
        mmoe_text_add(sql, "%s", schema_steps[i - 1]);
    mmoe_text_add(sql, "PRAGMA user_version = %d", SCHEMA_VERSION);
}

/* Two programs may find the same file old or empty. The second one waits, looks again and finds the
 * tables of the first. */
static enum mmoe_status make_tables(struct database *d, struct mmoe_error *err)
{
    int schema;
    struct mmoe_text sql = {0};
    enum mmoe_status status = database_begin(d, true, err);
    if (mmoe_failed(status))
        return status;
    status = identify(d, &schema, err);
    if (mmoe_failed(status) || schema >= SCHEMA_VERSION)
        goto done;
    add_sql(&sql, schema);
    status = database_run(d, sql.s, err);
done:
    mmoe_text_done(&sql);
    return database_finish(d, status, err);
}

/* An older store that is only read has its values by name in a temporary view. */
static const char metrics_before_3[] = "PRAGMA query_only = OFF; PRAGMA temp_store = MEMORY;"
                                       "CREATE TEMP VIEW metrics AS " SCHEMA_METRICS_BEFORE_3 ";"
                                       "PRAGMA query_only = ON";

/* Prepare a store that is only read; an empty file is no store. */
static enum mmoe_status prepare_read(struct database *d, int schema, struct mmoe_error *err)
{
    if (schema == 0)
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "store '%.200s': the file is empty: name another, or make a study",
                         database_path(d));
    return schema < 3 ? database_run(d, metrics_before_3, err) : MMOE_OK;
}

/* Prepare a store that is written: it gets the tables of this schema. */
static enum mmoe_status prepare_write(struct database *d, int schema, struct mmoe_error *err)
{
    enum mmoe_status status = database_write_ahead(d, err);
    if (mmoe_failed(status))
        return status;
    return schema < SCHEMA_VERSION ? make_tables(d, err) : MMOE_OK;
}

enum mmoe_status schema_prepare(struct database *d, bool write, int *version,
                                struct mmoe_error *err)
{
    int schema;
    if (mmoe_failed(identify(d, &schema, err)) || (schema && mmoe_failed(check(d, schema, err))) ||
        mmoe_failed(write ? prepare_write(d, schema, err) : prepare_read(d, schema, err)))
        return err->status;
    *version = write ? SCHEMA_VERSION : schema;
    return MMOE_OK;
}
