/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.h - the tables of a store, as mmoe-formats(5) describes them.
 *
 * A change of the tables is a new SCHEMA_VERSION and a new step in schema_steps, which
 * brings a store of the version before up to date. New columns stand last, so that a store
 * brought up to date is the same as a new one. Every run belongs to its study, and every
 * measurement to its run: deleting a study or a run deletes all that belongs to it.
 */
#ifndef MMOE_STORE_SCHEMA_H
#define MMOE_STORE_SCHEMA_H

enum { SCHEMA_VERSION = 4, SCHEMA_APPLICATION = 0x6d6d6f65 /* "mmoe" */ };

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
    ") STRICT, WITHOUT ROWID;";

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
};

#endif
