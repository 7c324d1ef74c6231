/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stores.h - a folder of its own for a test, runs to keep there, and whether they are. */
#ifndef MMOE_TESTS_STORES_H
#define MMOE_TESTS_STORES_H

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>
#include <mmoe/store.h>

#include "tests/test.h"

struct place {
    char folder[64], file[96]; /* file is not there yet */
};

static inline int make_place(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    const char *top = getenv("TMPDIR");
    snprintf(p->folder, sizeof p->folder, "%s/mmoe-test-XXXXXX",
             top && strlen(top) < 40 ? top : "/tmp");
    if (!mkdtemp(p->folder))
        return -1;
    snprintf(p->file, sizeof p->file, "%s/studies.db", p->folder);
    *state = p;
    return 0;
}

/* What is in a file of less than a megabyte, a 0 after it; free it. *n (NULL allowed): its bytes.
 */
static inline char *read_file(const char *path, size_t *n)
{
    enum { MOST = 1 << 20 };
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s is not here", path);
    char *bytes = calloc(1, MOST);
    size_t count = fread(bytes, 1, MOST - 1, f);
    fclose(f);
    assert_true(count > 0 && count < MOST - 1);
    if (n)
        *n = count;
    return bytes;
}

static inline void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* A path under the folder of the sources. */
static inline void source_path(char *path, size_t size, const char *name)
{
    const char *top = getenv("srcdir");
    snprintf(path, size, "%s/%s", top ? top : ".", name);
}

/* A case from the field (tests/cases) as a file of one's own. */
static inline void copy_case(const char *name, const char *path)
{
    char from[4096], full[80];
    size_t n;
    snprintf(full, sizeof full, "tests/cases/%s", name);
    source_path(from, sizeof from, full);
    char *bytes = read_file(from, &n);
    write_file(path, bytes, n);
    free(bytes);
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static inline int remove_place(void **state)
{
    struct place *p = *state;
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

#define assert_fine(call)             \
    do {                              \
        struct mmoe_error err;        \
        if (mmoe_failed(call))        \
            fail_msg("%s", err.text); \
    } while (0)

/* The call fails with that status, and its line has `part` in it. */
#define assert_refused(call, expected, part)                       \
    do {                                                           \
        struct mmoe_error err = {.text = ""};                      \
        assert_int_equal(call, expected);                          \
        if (!strstr(err.text, part))                               \
            fail_msg("'%s' says nothing of '%s'", err.text, part); \
    } while (0)

static inline struct mmoe_store *open_store(const char *path, enum mmoe_store_mode mode)
{
    struct mmoe_error err;
    struct mmoe_store *s = mmoe_store_open(path, mode, NULL, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

static inline void refuse_store(const char *path, enum mmoe_store_mode mode, const char *part)
{
    struct mmoe_error err = {.text = ""};
    struct mmoe_store *s = mmoe_store_open(path, mode, NULL, &err);
    assert_null(s);
    if (!strstr(err.text, part) || (*path && !strstr(err.text, path)))
        fail_msg("'%s' says nothing of '%s' or '%s'", err.text, part, path);
}

static inline uid_t stranger(void)
{
    return getuid() == 0 ? 65534 : getuid();
}

/* As somebody who is not root, who may write anywhere. */
#define AS_ANYBODY(...)                           \
    do {                                          \
        assert_int_equal(seteuid(stranger()), 0); \
        __VA_ARGS__                               \
        assert_int_equal(seteuid(getuid()), 0);   \
    } while (0)

static const struct mmoe_origin test_origin = {"mmoe 0.0.1", "a machine", "some kernels"};

/* Two models at two p, and many seeds. */
static inline void small_grid(struct mmoe_grid *g, size_t seeds)
{
    memset(g, 0, sizeof *g);
    small_options(&g->base);
    g->seeds = seeds;
    assert_fine(mmoe_grid_axis(g, "model", "mmoe,shared-bottom", &err));
    assert_fine(mmoe_grid_axis(g, "p", "0.5,0.9", &err));
}

static inline int64_t new_study(struct mmoe_store *s, const struct mmoe_grid *g)
{
    int64_t id = 0;
    assert_fine(mmoe_store_study_new(s, g, "sweep \"x\"", "", &test_origin, &id, &err));
    return id;
}

enum { TEST_POINTS = 5, TEST_EXPERTS = 3 };

/* Made-up numbers that tell the run they are of. */
static inline void make_result(struct mmoe_result *r, const struct mmoe_grid *g, size_t run,
                               size_t points)
{
    memset(r, 0, sizeof *r);
    mmoe_snapshot_init(&r->shot, points);
    mmoe_grid_options(g, run, &r->record.options);
    r->record.run = run;
    r->record.tasks = r->shot.tasks = 2;
    mmoe_tasks_letters(r->record.task, 2);
    r->record.step = 60;
    r->record.seconds = 0.5;
    r->record.pearson = 0.25 + 0.01 * (double)run;
    mmoe_metrics_none(r->record.value);
    for (size_t k = 0; k < 2; k++) {
        r->record.value[MMOE_LOSS][k] = 1 / (3.0 + (double)(run + k));
        r->record.value[MMOE_OVER_VAR][k] = r->record.value[MMOE_LOSS][k] / 7;
    }
    for (size_t i = 0; i < points; i++) {
        r->shot.curve[i].step = 20 * i;
        mmoe_metrics_none(r->shot.curve[i].value);
        r->shot.curve[i].value[MMOE_LOSS][0] = (double)run + 1 / (1.0 + (double)i);
        r->shot.curve[i].value[MMOE_LOSS][1] = (double)run + 0.1 * (double)i;
    }
    r->shot.curve_count = points;
    struct mmoe_point *all = mmoe_alloc(points, sizeof *all);
    for (size_t i = 0; i < points; i++) {
        all[i] = mmoe_point_none(r->shot.curve[i].step);
        for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
            all[i].loss[k] = (float)r->shot.curve[i].value[MMOE_LOSS][k];
    }
    mmoe_record_curve(&r->record, all, points);
    mmoe_free(all);
    r->shot.activity.count = 2;
    r->shot.activity.part[0] =
        (struct mmoe_activity_part){.layer = "experts", .units = 12, .never = 0.25, .off = 0.5};
    r->shot.activity.part[1] = (struct mmoe_activity_part){
        .layer = "towers.hidden", .task = 2, .units = 8, .never = 0, .off = 0.125};
    r->shot.gate.gates = 2;
    r->shot.gate.experts = TEST_EXPERTS;
    for (size_t e = 0; e < TEST_EXPERTS; e++) {
        r->shot.gate.mean[0][e] = 1.0f / (1.0f + (float)(run + e));
        r->shot.gate.mean[1][e] = 0.25f * (float)e;
    }
}

static inline void add_runs(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                            size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        struct mmoe_result r;
        const struct mmoe_result *list[] = {&r};
        make_result(&r, g, i, TEST_POINTS);
        assert_fine(mmoe_results_add(s, study, &test_origin, list, 1, &err));
        mmoe_snapshot_done(&r.shot);
    }
}

static inline bool count_one(void *context, const struct mmoe_record *record)
{
    (void)record;
    ++*(size_t *)context;
    return true;
}

/* How many of a study's `runs` are finished. */
static inline size_t count_done(struct mmoe_store *s, int64_t study, size_t runs)
{
    struct mmoe_grid g;
    size_t n = 0;
    assert_fine(mmoe_store_study(s, study, NULL, &g, &err));
    assert_int_equal(mmoe_grid_runs(&g), runs);
    assert_fine(mmoe_results_read(s, study, &g, false, count_one, &n, &err));
    return n;
}

static inline void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static inline sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s\n%s", sqlite3_errmsg(db), sql);
    return s;
}

/* The one number that SQL gives, with other eyes than the library's; NULL is NAN. */
static inline double ask(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_stmt *s = prepare(db, sql);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    double v = sqlite3_column_type(s, 0) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return v;
}

/* Records as they are read; `most` of them (0: all), then no more are taken. */
struct seen {
    size_t count, most;
    struct mmoe_record records[16];
};

static inline bool see(void *context, const struct mmoe_record *record)
{
    struct seen *seen = context;
    seen->records[seen->count++] = *record;
    return seen->count != seen->most;
}

/* A store with one study of 4 * seeds runs, of which the first few are there. */
static inline void make_store(const char *path, struct mmoe_grid *g, size_t seeds, size_t runs)
{
    small_grid(g, seeds);
    struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
    assert_int_equal(new_study(s, g), 1);
    add_runs(s, 1, g, 0, runs);
    mmoe_store_close(s);
}

/* Every run has all that belongs to it and nothing belongs to none; returns how many there are. */
static inline size_t assert_whole(const char *path)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM runs),"
        " (SELECT count(*) FROM runs r WHERE"
        "   (SELECT count(*) FROM losses l WHERE l.study = r.study AND l.run = r.run) = r.tasks AND"
        "   (SELECT count(*) FROM curve c WHERE c.study = r.study AND c.run = r.run) = 2 * ?1 AND"
        "   (SELECT count(*) FROM gates g WHERE g.study = r.study AND g.run = r.run) = 2 * ?2),"
        " (SELECT count(*) FROM losses), (SELECT count(*) FROM pragma_foreign_key_check),"
        " (SELECT integrity_check = 'ok' FROM pragma_integrity_check)";
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int(s, 1, TEST_POINTS);
    sqlite3_bind_int(s, 2, TEST_EXPERTS);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    size_t runs = (size_t)sqlite3_column_int(s, 0);
    assert_int_equal(sqlite3_column_int(s, 1), runs);
    assert_int_equal(sqlite3_column_int(s, 2), 2 * runs);
    assert_int_equal(sqlite3_column_int(s, 3), 0);
    assert_int_equal(sqlite3_column_int(s, 4), 1);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return runs;
}

static inline size_t read_runs(const char *path, size_t runs)
{
    struct mmoe_store *s = open_store(path, MMOE_STORE_READ);
    size_t n = count_done(s, 1, runs);
    mmoe_store_close(s);
    return n;
}

#endif
