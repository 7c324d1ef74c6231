/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual against a store: every table and column is told of, and its examples run. */
#include <ctype.h>

#include <mmoe/results.h>

#include "tests/stores.h"

static char *read_manual(void)
{
    char path[4096];
    source_path(path, sizeof path, "man/mmoe-formats.5");
    return read_file(path, NULL);
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
    sqlite3_stmt *s = prepare(db, "SELECT name, strict OR type = 'view' FROM pragma_table_list "
                                  "WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'");
    size_t tables = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; tables++) {
        assert_int_equal(sqlite3_column_int(s, 1), 1);
        check_table(db, page, (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    assert_true(tables >= 8);
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

TESTS(PLACED(every_column_is_in_the_manual), PLACED(every_example_runs),
      PLACED(the_median_is_right))
