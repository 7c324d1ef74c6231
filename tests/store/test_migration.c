/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores of older schemas: read as they are, brought up to date by who writes, nothing lost. */
#include <mmoe/export.h>
#include <mmoe/record.h>
#include <mmoe/results.h>

#include "tests/runs.h"
#include "tests/stores.h"

/* --- schema 1, as mmoe 0.1.0 wrote it --- */

static const char schema_1[] =
    "CREATE TABLE studies ("
    "  id      INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  created TEXT    NOT NULL,"
    "  command TEXT    NOT NULL,"
    "  version TEXT    NOT NULL,"
    "  machine TEXT    NOT NULL,"
    "  kernels TEXT    NOT NULL,"
    "  seeds   INTEGER NOT NULL,"
    "  cells   INTEGER NOT NULL,"
    "  runs    INTEGER NOT NULL"
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
    "  PRIMARY KEY (study, run)"
    ") STRICT;"

    "CREATE TABLE losses ("
    "  study    INTEGER NOT NULL,"
    "  run      INTEGER NOT NULL,"
    "  task     TEXT    NOT NULL,"
    "  loss     REAL,"
    "  over_var REAL,"
    "  PRIMARY KEY (study, run, task),"
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE curve ("
    "  study INTEGER NOT NULL,"
    "  run   INTEGER NOT NULL,"
    "  step  INTEGER NOT NULL,"
    "  task  TEXT    NOT NULL,"
    "  loss  REAL,"
    "  PRIMARY KEY (study, run, step, task),"
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE gates ("
    "  study  INTEGER NOT NULL,"
    "  run    INTEGER NOT NULL,"
    "  gate   INTEGER NOT NULL,"
    "  expert INTEGER NOT NULL,"
    "  mean   REAL,"
    "  PRIMARY KEY (study, run, gate, expert),"
    "  FOREIGN KEY (study, run) REFERENCES runs ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1835888485; PRAGMA user_version = 1;";

/* Study 1: two values of p, two seeds; run 2 has two points. */
static const char rows_1[] =
    "INSERT INTO studies VALUES (1, '2026-01-31T12:00:00Z', 'sweep', 'mmoe 0.1.0', 'm', 'k', 2, 2, "
    "4);"
    "INSERT INTO base VALUES (1, 'dim', '10');"
    "INSERT INTO axes VALUES (1, 0, 0, 'p', '0.5'), (1, 0, 1, 'p', '1');"
    "INSERT INTO runs VALUES (1, 2, 0, 1, 1, 1, '{}', 2, 60, NULL, 0.5, 'then', 'mmoe 0.1.0', 'm', "
    "'k');"
    "INSERT INTO losses VALUES (1, 2, 'A', 0.25, 0.5), (1, 2, 'B', 0.125, 0.25);"
    "INSERT INTO curve VALUES (1, 2, 0, 'A', 2), (1, 2, 0, 'B', 3), (1, 2, 60, 'A', 0.25), (1, 2, "
    "60, 'B', 0.125);";

static void make_schema_1(const struct place *p)
{
    run_sql(p->file, schema_1);
    run_sql(p->file, rows_1);
}

/* Study 1 is there whole, in either schema. */
static void assert_study_1(struct mmoe_store *s)
{
    struct mmoe_study_info info, *list;
    struct mmoe_grid g;
    struct seen seen = {0};
    const struct mmoe_record *r = seen.records;
    int64_t id = 0;
    size_t count = 0;
    assert_fine(mmoe_store_studies(s, &list, &count, &err));
    assert_true(count >= 1 && list[0].finished == 1 && list[0].definition[0] == '\0');
    mmoe_free(list);
    assert_fine(mmoe_store_study(s, 1, &info, &g, &err));
    assert_true(info.runs == 4 && info.definition[0] == '\0' && g.axis_count == 1 &&
                g.axes[0].follows == 0);
    assert_fine(mmoe_store_find(s, &g, &id, &err));
    assert_int_equal(id, 1);
    assert_int_equal(count_done(s, 1, 4), 1);
    assert_fine(mmoe_results_read(s, 1, &g, true, see, &seen, &err));
    assert_true(seen.count == 1 && r->run == 2 && isnan(r->pearson));
    assert_true(r->value[MMOE_LOSS][0] == 0.25 && r->value[MMOE_LOSS][1] == 0.125);
    assert_true(r->value[MMOE_OVER_VAR][0] == 0.5 && isnan(r->value[MMOE_R2][0]));
    assert_true(r->curve_count == 2 && r->curve[0].loss[0] == 2 && r->curve[0].loss[1] == 3 &&
                r->curve[1].step == 60);
}

static void an_older_store_is_read_as_it_is(void **state)
{
    struct place *p = *state;
    char path[200];
    make_schema_1(p);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_study_1(s);
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_fine(mmoe_export_write(s, 1, path, NULL, NULL, &err));
    mmoe_store_close(s);
    assert_int_equal(ask(p->file, "SELECT user_version FROM pragma_user_version"), 1);
    assert_int_equal(ask(p->file, "SELECT count(*) FROM pragma_table_info('runs')"), 15);
}

static void an_older_store_is_brought_up_to_date(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_schema_1(p);
    struct mmoe_store *old = open_store(p->file, MMOE_STORE_READ),
                      *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_study_1(s);
    assert_study_1(old); /* who reads it meanwhile notices nothing */
    assert_int_equal(ask(p->file, "SELECT user_version FROM pragma_user_version"), 6);
    small_grid(&g, 1);
    assert_fine(mmoe_grid_follow(&g, "lr", "0.1,0.1", "p", &err));
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 4);
    mmoe_store_close(s);
    mmoe_store_close(old);
    s = open_store(p->file, MMOE_STORE_WRITE);
    assert_study_1(s);
    assert_int_equal(count_done(s, id, 4), 4);
    mmoe_store_close(s);
    assert_int_equal(ask(p->file, "SELECT count(*) FROM runs WHERE pearson IS NULL"), 1);
    assert_int_equal(ask(p->file, "SELECT sum(follows) FROM axes"), 2);
}

/* A store that was brought up has the columns of a new one, in their order. */
static void both_are_the_same_tables(void **state)
{
    static const char sql[] =
        "SELECT m.name || '.' || c.name || c.type || c.\"notnull\" || c.pk || "
        "coalesce(c.dflt_value, '-') FROM sqlite_schema m, pragma_table_info(m.name) c "
        "WHERE m.type IN ('table', 'view') ORDER BY m.name, c.cid";
    struct place *p = *state;
    char other[200];
    sqlite3 *db[2];
    sqlite3_stmt *s[2];
    make_schema_1(p);
    snprintf(other, sizeof other, "%s/new.db", p->folder);
    mmoe_store_close(open_store(p->file, MMOE_STORE_WRITE));
    mmoe_store_close(open_store(other, MMOE_STORE_WRITE));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sqlite3_open(i ? other : p->file, &db[i]), SQLITE_OK);
        s[i] = prepare(db[i], sql);
    }
    size_t columns = 0;
    for (; sqlite3_step(s[0]) == SQLITE_ROW; columns++) {
        assert_int_equal(sqlite3_step(s[1]), SQLITE_ROW);
        assert_string_equal(sqlite3_column_text(s[0], 0), sqlite3_column_text(s[1], 0));
    }
    assert_int_equal(sqlite3_step(s[1]), SQLITE_DONE);
    assert_true(columns > 50);
    for (int i = 0; i < 2; i++) {
        sqlite3_finalize(s[i]);
        sqlite3_close(db[i]);
    }
}

/* An upgrade that fails half way leaves a store of schema 1. */
static void a_failed_upgrade_changes_nothing(void **state)
{
    struct place *p = *state;
    make_schema_1(p);
    run_sql(p->file,
            "ALTER TABLE runs ADD COLUMN pearson REAL"); /* somebody's own: the last step fails */
    refuse_store(p->file, MMOE_STORE_WRITE, "pearson");
    assert_int_equal(ask(p->file, "SELECT count(*) FROM pragma_table_info('studies')"), 9);
    assert_int_equal(ask(p->file, "SELECT user_version FROM pragma_user_version"), 1);
}

/* --- schema 2, out of the field --- */

/* Runs of a study that mmoe 0.1 kept: two learning rates, at one of which SGD diverges, and two
 * seeds. */
enum { RUNS = 4 };

struct both {
    char old[96], was[96], fresh[96]; /* the store, a copy that stays as it is, and a new one */
};

/* Train the runs of the study in `old` again and keep them in `fresh`. */
static void train_again(const struct both *b, const struct mmoe_grid *g)
{
    const struct mmoe_watch nobody = {0};
    struct mmoe_store *s = open_store(b->fresh, MMOE_STORE_WRITE);
    int64_t id = new_study(s, g);
    mmoe_mat_init();
    for (size_t run = 0; run < RUNS; run++) {
        struct mmoe_options o;
        struct mmoe_result r;
        const struct mmoe_result *list[] = {&r};
        mmoe_grid_options(g, run, &o);
        struct mmoe_dataset *d = make_rows(&o);
        mmoe_snapshot_init(&r.shot, 0);
        assert_fine(mmoe_record_train(&o, d, &nobody, &r, &err));
        r.record.run = run;
        assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
        mmoe_snapshot_done(&r.shot);
        mmoe_dataset_free(d);
    }
    mmoe_store_close(s);
}

static void make_both(const struct place *p, struct both *b, struct mmoe_grid *g)
{
    snprintf(b->old, sizeof b->old, "%s/old.db", p->folder);
    snprintf(b->was, sizeof b->was, "%s/was.db", p->folder);
    snprintf(b->fresh, sizeof b->fresh, "%s/fresh.db", p->folder);
    copy_case("store-2.db", b->old);
    copy_case("store-2.db", b->was);
    struct mmoe_store *s = open_store(b->old, MMOE_STORE_READ);
    struct mmoe_study_info info;
    assert_fine(mmoe_store_study(s, 1, &info, g, &err));
    assert_true(info.runs == RUNS && info.finished == RUNS && info.diverged == 2);
    assert_true(g->base.data[0] == '\0' && g->base.validation_rows == 0);
    mmoe_store_close(s);
    train_again(b, g);
}

static void read_all(const char *path, const struct mmoe_grid *g, struct seen *seen)
{
    struct mmoe_store *s = open_store(path, MMOE_STORE_READ);
    int64_t id = 0;
    memset(seen, 0, sizeof *seen);
    assert_fine(mmoe_store_find(s, g, &id, &err));
    assert_int_equal(id, 1);
    assert_fine(mmoe_results_read(s, 1, g, true, see, seen, &err));
    assert_int_equal(seen->count, RUNS);
    mmoe_store_close(s);
}

/* Records of the old store are those of the fresh one, but for what it did not measure. */
static void assert_same_records(const struct seen *old, const struct seen *fresh)
{
    for (size_t i = 0; i < RUNS; i++) {
        const struct mmoe_record *a = &old->records[i], *b = &fresh->records[i];
        assert_true(a->run == i && b->run == i && a->tasks == 2 && b->tasks == 2);
        assert_true(a->step == b->step && a->diverged_step == b->diverged_step &&
                    a->divergence == b->divergence);
        assert_memory_equal(&a->pearson, &b->pearson, sizeof a->pearson);
        assert_memory_equal(&a->options, &b->options, sizeof a->options);
        assert_memory_equal(a->task, b->task, sizeof a->task);
        for (size_t k = 0; k < 2; k++) {
            bool diverged = a->diverged_step > 0;
            assert_int_equal(isnan(a->value[MMOE_LOSS][k]), diverged);
            assert_int_equal(isnan(a->value[MMOE_OVER_VAR][k]), diverged);
            assert_true(diverged || (a->value[MMOE_LOSS][k] == b->value[MMOE_LOSS][k] &&
                                     a->value[MMOE_OVER_VAR][k] == b->value[MMOE_OVER_VAR][k]));
            assert_true(isnan(a->value[MMOE_R2][k]) && isnan(a->value[MMOE_AUC][k]));
            assert_int_equal(isnan(b->value[MMOE_R2][k]), diverged);
        }
        assert_int_equal(a->curve_count, b->curve_count);
        for (size_t j = 0; j < a->curve_count; j++)
            assert_true(a->curve[j].step == b->curve[j].step &&
                        a->curve[j].loss[0] == b->curve[j].loss[0] &&
                        a->curve[j].loss[1] == b->curve[j].loss[1]);
    }
    assert_true(old->records[0].curve_count == 3 && old->records[1].curve_count == 1);
}

/* Both files have the same rows of these columns, whatever their tables are made of. */
static void assert_same_sql(const char *path, const char *other, const char *what)
{
    struct mmoe_text sql = {0};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    mmoe_text_add(&sql, "ATTACH '%s' AS other", other);
    assert_int_equal(sqlite3_exec(db, sql.s, NULL, NULL, NULL), SQLITE_OK);
    mmoe_text_clear(&sql);
    mmoe_text_add(&sql, "WITH a AS (");
    mmoe_text_add(&sql, what, "main");
    mmoe_text_add(&sql, "), b AS (");
    mmoe_text_add(&sql, what, "other");
    mmoe_text_add(&sql, ") SELECT (SELECT count(*) FROM (SELECT * FROM a EXCEPT SELECT * FROM b)),"
                        " (SELECT count(*) FROM (SELECT * FROM b EXCEPT SELECT * FROM a)),"
                        " (SELECT count(*) FROM a), (SELECT count(*) FROM b)");
    sqlite3_stmt *s = prepare(db, sql.s);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    if (sqlite3_column_int(s, 0) || sqlite3_column_int(s, 1))
        fail_msg("%s differs", what);
    assert_true(sqlite3_column_int(s, 2) > 0);
    assert_int_equal(sqlite3_column_int(s, 2), sqlite3_column_int(s, 3));
    sqlite3_finalize(s);
    sqlite3_close(db);
    mmoe_text_done(&sql);
}

static void a_store_of_schema_2_is_read_as_it_is(void **state)
{
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    struct seen old, fresh;
    make_both(p, &b, &g);
    read_all(b.old, &g, &old);
    read_all(b.fresh, &g, &fresh);
    assert_same_records(&old, &fresh);
    assert_int_equal(ask(b.old, "SELECT user_version FROM pragma_user_version"), 2);
    assert_int_equal(ask(b.old, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"), 0);
}

static void bring_up(const char *path)
{
    struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
    mmoe_store_close(s);
    assert_int_equal(ask(path, "SELECT user_version FROM pragma_user_version"), 6);
}

static void a_store_of_schema_2_is_brought_up(void **state)
{
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    struct seen old, fresh;
    make_both(p, &b, &g);
    bring_up(b.old);
    read_all(b.old, &g, &old);
    read_all(b.fresh, &g, &fresh);
    assert_same_records(&old, &fresh);
    assert_same_sql(
        b.old, b.fresh,
        "SELECT study, run, step, split, task, name, value "
        "FROM %s.metrics WHERE name NOT IN ('r2', 'rows_off', 'gate_entropy', 'gate_lead')");
    assert_same_sql(b.old, b.fresh, "SELECT study, run, gate, expert, mean FROM %s.gates");
    assert_same_sql(b.old, b.fresh,
                    "SELECT study, run, cell, seed_data, seed_init, seed_order, "
                    "tasks, step, diverged_step, pearson, divergence FROM %s.runs");
    assert_int_equal(ask(b.old, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(ask(b.old, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    run_sql(b.old, "PRAGMA foreign_keys = ON; DELETE FROM runs WHERE run = 2");
    assert_int_equal(ask(b.old, "SELECT count(*) FROM metrics WHERE run = 2"), 0);
    assert_true(ask(b.old, "SELECT count(*) FROM metrics WHERE run = 0") > 4);
}

/* Runs of schema 3 diverged by a loss that was not finite, before and after. */
static void a_store_of_schema_3_is_brought_up(void **state)
{
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    struct seen before, read, after;
    make_both(p, &b, &g);
    read_all(b.fresh, &g, &before);
    run_sql(b.fresh,
            "ALTER TABLE runs DROP COLUMN divergence; ALTER TABLE runs DROP COLUMN overlap; "
            "DROP TABLE files; DROP TABLE units; PRAGMA user_version = 3");
    read_all(b.fresh, &g, &read);
    bring_up(b.fresh);
    read_all(b.fresh, &g, &after);
    size_t diverged = 0;
    for (size_t i = 0; i < RUNS; i++) {
        assert_int_equal(read.records[i].divergence, before.records[i].divergence);
        assert_int_equal(after.records[i].divergence, before.records[i].divergence);
        diverged += after.records[i].divergence == MMOE_NOT_FINITE;
    }
    assert_int_equal(diverged, 2);
    assert_int_equal(ask(b.fresh, "SELECT count(*) FROM runs WHERE divergence = ''"), RUNS - 2);
}

/* Of schema 5 the overlap follows from the gates; what units did is not known. */
static void a_store_of_schema_5_is_brought_up(void **state)
{
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    struct seen before, read, after;
    make_both(p, &b, &g);
    read_all(b.fresh, &g, &before);
    assert_true(ask(b.fresh, "SELECT count(*) FROM units") > 0);
    run_sql(b.fresh, "ALTER TABLE runs DROP COLUMN overlap; DROP TABLE units; "
                     "DELETE FROM metrics WHERE name = 'rows_off'; PRAGMA user_version = 5");
    read_all(b.fresh, &g, &read);
    bring_up(b.fresh);
    read_all(b.fresh, &g, &after);
    assert_int_equal(ask(b.fresh, "SELECT count(*) FROM units"), 0);
    for (size_t i = 0; i < RUNS; i++) {
        if (isnan(before.records[i].overlap)) {
            assert_true(isnan(read.records[i].overlap) && isnan(after.records[i].overlap));
        } else {
            assert_near(after.records[i].overlap, before.records[i].overlap, 1e-6);
            assert_true(read.records[i].overlap == after.records[i].overlap);
        }
        assert_true(isnan(after.records[i].value[MMOE_ROWS_OFF][0]));
    }
}

/* What is asked of the tables there were is answered by the views. */
static void the_views_give_what_the_tables_had(void **state)
{
    static const char *const tables[] = {"SELECT study, run, task, loss, over_var FROM %s.losses",
                                         "SELECT study, run, step, task, loss FROM %s.curve",
                                         "SELECT * FROM %s.losses", "SELECT * FROM %s.curve"};
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    make_both(p, &b, &g);
    bring_up(b.old);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        assert_same_sql(b.old, b.was, tables[i]);
        assert_same_sql(b.fresh, b.was, tables[i]);
    }
    assert_int_equal(ask(b.was, "SELECT user_version FROM pragma_user_version"), 2);
}

/* Files made of the store before and after are the same bytes. */
static void exports_stay_the_same_bytes(void **state)
{
    static const char *const extensions[] = {"csv", "jsonl"};
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    char path[2][160];
    make_both(p, &b, &g);
    bring_up(b.old);
    const char *stores[2] = {b.was, b.old};
    for (size_t e = 0; e < 2; e++) {
        char *bytes[2];
        for (size_t i = 0; i < 2; i++) {
            snprintf(path[i], sizeof path[i], "%s/%zu.%s", p->folder, i, extensions[e]);
            struct mmoe_store *s = open_store(stores[i], MMOE_STORE_READ);
            assert_fine(mmoe_export_write(s, 1, path[i], NULL, NULL, &err));
            mmoe_store_close(s);
            bytes[i] = read_file(path[i], NULL);
        }
        assert_string_equal(bytes[0], bytes[1]);
        assert_non_null(strstr(bytes[0], "2.923460212532801"));
        free(bytes[0]);
        free(bytes[1]);
    }
}

/* Who reads meanwhile goes on reading. */
static void a_reader_does_not_notice(void **state)
{
    struct place *p = *state;
    struct both b;
    struct mmoe_grid g;
    struct seen before = {0}, after = {0};
    make_both(p, &b, &g);
    struct mmoe_store *s = open_store(b.old, MMOE_STORE_READ);
    assert_fine(mmoe_results_read(s, 1, &g, true, see, &before, &err));
    bring_up(b.old);
    assert_fine(mmoe_results_read(s, 1, &g, true, see, &after, &err));
    assert_int_equal(after.count, RUNS);
    assert_memory_equal(&before, &after, sizeof before);
    mmoe_store_close(s);
}

TESTS(PLACED(an_older_store_is_read_as_it_is), PLACED(an_older_store_is_brought_up_to_date),
      PLACED(both_are_the_same_tables), PLACED(a_failed_upgrade_changes_nothing),
      PLACED(a_store_of_schema_2_is_read_as_it_is), PLACED(a_store_of_schema_2_is_brought_up),
      PLACED(a_store_of_schema_3_is_brought_up), PLACED(a_store_of_schema_5_is_brought_up),
      PLACED(the_views_give_what_the_tables_had), PLACED(exports_stay_the_same_bytes),
      PLACED(a_reader_does_not_notice))
