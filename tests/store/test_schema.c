/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual against a store: every table and column is told of, and its examples run. Stores of
 * older schemas. */
#include <ctype.h>

#include <mmoe/export.h>
#include <mmoe/results.h>

#include "tests/stores.h"

static char *read_manual(void)
{
    const char *top = getenv("srcdir");
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/man/mmoe-formats.5", top ? top : ".");
    FILE *f = fopen(path.s, "r");
    if (!f)
        fail_msg("%s is not here", path.s);
    char *page = calloc(1, 1 << 17);
    assert_true(fread(page, 1, (1 << 17) - 1, f) > 1000);
    fclose(f);
    mmoe_text_done(&path);
    return page;
}

/* A copy of the text between the line `head` and the next line that starts with `end`; "" where
 * there is none. */
static char *section(const char *page, const char *head, const char *end)
{
    char line[100];
    snprintf(line, sizeof line, "\n%s\n", head);
    const char *from = strstr(page, line);
    if (!from)
        return calloc(1, 1);
    snprintf(line, sizeof line, "\n%s", end);
    const char *to = strstr(from + 1, line);
    return strndup(from, to ? (size_t)(to - from) + 1 : strlen(from));
}

static size_t count_text(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        n++;
    return n;
}

static sqlite3 *make_and_open(const char *path)
{
    struct mmoe_grid g;
    sqlite3 *db;
    make_store(path, &g, 3, 10);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s\n%s", sqlite3_errmsg(db), sql);
    return s;
}

static void check_table(sqlite3 *db, const char *page, const char *table)
{
    char line[100];
    snprintf(line, sizeof line, ".SS %s", table);
    char *told = section(page, line, ".S");
    sqlite3_stmt *s = prepare(db, "SELECT name FROM pragma_table_info(?)");
    sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
    size_t columns = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; columns++) {
        snprintf(line, sizeof line, "\n.TP\n.B %s\n", (const char *)sqlite3_column_text(s, 0));
        if (!strstr(told, line))
            fail_msg("mmoe-formats.5 tells nothing of %s.%s", table,
                     (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    if (count_text(told, "\n.TP\n") != columns)
        fail_msg("mmoe-formats.5 tells of columns that %s has not", table);
    free(told);
}

static void every_column_is_in_the_manual(void **state)
{
    struct place *p = *state;
    sqlite3 *db = make_and_open(p->file);
    char *page = read_manual(), *told = section(page, ".SH THE STORE", ".SH");
    sqlite3_stmt *s = prepare(db, "SELECT name, strict FROM pragma_table_list "
                                  "WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'");
    size_t tables = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; tables++) {
        assert_int_equal(sqlite3_column_int(s, 1), 1);
        check_table(db, page, (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    assert_true(tables >= 7);
    assert_int_equal(count_text(told, "\n.SS "), tables);
    s = prepare(
        db, "SELECT 'is ' || application_id || ' (the letters', 'schema: ' || user_version || '.' "
            "FROM pragma_application_id, pragma_user_version");
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    for (int i = 0; i < 2; i++)
        assert_non_null(strstr(told, (const char *)sqlite3_column_text(s, i)));
    sqlite3_finalize(s);
    sqlite3_close(db);
    free(told);
    free(page);
}

/* roff's \- and \(aq back to what they stand for. */
static void undo_roff(char *text)
{
    char *to = text;
    for (const char *c = text; *c; c++) {
        if (strncmp(c, "\\(aq", 4) == 0)
            *to++ = '\'', c += 3;
        else if (strncmp(c, "\\-", 2) == 0)
            *to++ = '-', c++;
        else
            *to++ = *c;
    }
    *to = '\0';
}

/* Every statement of an example goes through; a query has rows, and no column that is always NULL.
 */
static void run_example(sqlite3 *db, const char *sql)
{
    while (*sql) {
        sqlite3_stmt *s;
        if (sqlite3_prepare_v2(db, sql, -1, &s, &sql) != SQLITE_OK)
            fail_msg("%s\n%s", sqlite3_errmsg(db), sql);
        size_t rows = 0, values[16] = {0};
        int columns = sqlite3_column_count(s);
        for (; sqlite3_step(s) == SQLITE_ROW; rows++)
            for (int i = 0; i < columns && i < 16; i++)
                values[i] += sqlite3_column_type(s, i) != SQLITE_NULL;
        for (int i = 0; i < columns; i++)
            if (rows == 0 || values[i] == 0)
                fail_msg("%zu rows, nothing in column %s:\n%s", rows, sqlite3_column_name(s, i),
                         sqlite3_sql(s));
        assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
        while (isspace((unsigned char)*sql))
            sql++;
    }
}

static void every_example_runs(void **state)
{
    struct place *p = *state;
    sqlite3 *db = make_and_open(p->file);
    char *page = read_manual(), *told = section(page, ".SH EXAMPLES", ".SH");
    size_t examples = 0;
    for (const char *at = strstr(told, "\n.EX\n"); at; at = strstr(at + 1, "\n.EX\n"), examples++) {
        const char *end = strstr(at, "\n.EE");
        assert_non_null(end);
        char *sql = strndup(at + 5, (size_t)(end - at) - 4);
        undo_roff(sql);
        run_example(db, sql);
        free(sql);
    }
    assert_true(examples >= 5);
    sqlite3_stmt *s =
        prepare(db, "SELECT count(*) FROM runs"); /* the last example deletes the study */
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    free(told);
    free(page);
}

/* The manual's median of a cell is the one the library tells. */
static void the_median_is_right(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 5, 20);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    char *page = read_manual();
    const char *from = strstr(page, "WITH ranked");
    assert_non_null(from);
    char *sql = strndup(from, (size_t)(strstr(from, "\n.EE") - from));
    undo_roff(sql);
    sqlite3_stmt *s = prepare(db, sql);
    for (int cell = 0; sqlite3_step(s) == SQLITE_ROW; cell++) {
        assert_int_equal(sqlite3_column_int(s, 0), cell);
        size_t run = 2 * 4; /* losses fall from seed to seed: the third is the median */
        while (mmoe_grid_cell(&g, run) != (size_t)cell)
            run++;
        assert_near(sqlite3_column_double(s, 4), 1 / (3.0 + (double)run), 1e-15);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    free(sql);
    free(page);
}

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

static int64_t ask(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_stmt *s = prepare(db, sql);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t v = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return v;
}

static void see(void *context, const struct mmoe_record *record)
{
    *(struct mmoe_record *)context = *record;
}

/* Study 1 is there whole, in either schema. */
static void assert_study_1(struct mmoe_store *s)
{
    struct mmoe_study_info info, *list;
    struct mmoe_grid g;
    struct mmoe_record r = {0};
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
    assert_fine(mmoe_results_read(s, 1, &g, see, &r, &err));
    assert_true(r.run == 2 && r.value[MMOE_LOSS][0] == 0.25 && isnan(r.pearson));
    assert_true(r.curve_count == 2 && r.curve[0].value[MMOE_LOSS] == 2 && r.curve[1].step == 60);
}

static void an_older_store_is_read_as_it_is(void **state)
{
    struct place *p = *state;
    char path[200];
    make_schema_1(p);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_study_1(s);
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_fine(mmoe_export_write(s, 1, path, NULL, &err));
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
    assert_int_equal(ask(p->file, "SELECT user_version FROM pragma_user_version"), 2);
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
        "WHERE m.type = 'table' ORDER BY m.name, c.cid";
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
    assert_true(columns > 40);
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

TESTS(PLACED(every_column_is_in_the_manual), PLACED(every_example_runs),
      PLACED(the_median_is_right), PLACED(an_older_store_is_read_as_it_is),
      PLACED(an_older_store_is_brought_up_to_date), PLACED(both_are_the_same_tables),
      PLACED(a_failed_upgrade_changes_nothing))
