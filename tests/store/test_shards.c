/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies in shards: which runs are whose, what is published, and what a merge takes and refuses.
 */
#include <mmoe/export.h>
#include <mmoe/shards.h>

#include "src/dataset/digest.h"
#include "src/store/segment.h"
#include "tests/stores.h"

enum { SEEDS = 6, SHARDS = 3 };

/* --- which shard --- */

static void forget(void)
{
    static const char *const names[] = {"SLURM_ARRAY_TASK_ID",       "SLURM_ARRAY_TASK_COUNT",
                                        "SLURM_ARRAY_TASK_MIN",      "SLURM_ARRAY_TASK_MAX",
                                        "AWS_BATCH_JOB_ARRAY_INDEX", "PARALLEL_SEQ"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void assert_shard(const char *word, size_t k, size_t n)
{
    struct mmoe_shard s;
    assert_fine(mmoe_shard_read(word, &s, &err));
    assert_true(s.k == k && s.n == n);
}

static void a_shard_is_named_or_found_out(void **state)
{
    (void)state;
    static const char *const none[] = {"",   "3",  "4/4", "-1/4",  "1/0",
                                       "1/", "/4", "x/4", "1/4/4", "0/100000"};
    struct mmoe_shard s;
    forget();
    assert_shard("0/4", 0, 4);
    assert_shard("15/16", 15, 16);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_refused(mmoe_shard_read(none[i], &s, &err), MMOE_RANGE, "0/16");
    assert_refused(mmoe_shard_read("auto", &s, &err), MMOE_STATE, "SLURM_ARRAY_TASK_ID");
    assert_refused(mmoe_shard_read("auto/4", &s, &err), MMOE_STATE, "PARALLEL_SEQ");
    setenv("PARALLEL_SEQ", "1", 1);
    assert_shard("auto/4", 0, 4);
    setenv("AWS_BATCH_JOB_ARRAY_INDEX", "2", 1);
    assert_shard("auto/4", 2, 4);
    setenv("SLURM_ARRAY_TASK_ID", "5", 1);
    setenv("SLURM_ARRAY_TASK_COUNT", "8", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "1", 1);
    setenv("SLURM_ARRAY_TASK_MAX", "8", 1);
    assert_shard("auto", 4, 8);
    assert_shard("auto/8", 4, 8);
    /* tasks 3 and 7 of an array from 0, submitted again */
    setenv("SLURM_ARRAY_TASK_ID", "7", 1);
    setenv("SLURM_ARRAY_TASK_COUNT", "2", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "3", 1);
    setenv("SLURM_ARRAY_TASK_MAX", "7", 1);
    assert_shard("auto/8", 7, 8);
    assert_refused(mmoe_shard_read("auto", &s, &err), MMOE_STATE, "auto/N");
    forget();
}

static void every_run_is_of_one_shard(void **state)
{
    (void)state;
    struct mmoe_grid g;
    small_grid(&g, SEEDS);
    for (size_t r = 0; r < mmoe_grid_runs(&g); r++) {
        size_t of = 0;
        for (size_t k = 0; k < 4; k++)
            of += mmoe_shard_has(&(struct mmoe_shard){k, 4}, &g, r);
        assert_int_equal(of, 1);
    }
}

/* --- publishing --- */

static char *folder_of(const struct place *p, const char *name)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s/%s", p->folder, name);
    return t.s;
}

static void add(struct mmoe_publisher *p, const struct mmoe_grid *g, size_t run, double loss,
                const struct mmoe_origin *origin)
{
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    make_result(&r, g, run, 2);
    mmoe_grid_options(g, run, &r.record.options);
    if (loss > 0)
        r.record.value[MMOE_LOSS][0] = loss;
    assert_fine(mmoe_publisher_add(p, origin, list, 1, &err));
    mmoe_snapshot_done(&r.shot);
}

static struct mmoe_publisher *begin_of(const char *dir, size_t k, size_t n)
{
    struct mmoe_error err;
    struct mmoe_publisher *p = mmoe_publisher_new(dir, &(struct mmoe_shard){k, n}, &err);
    if (!p)
        fail_msg("%s", err.text);
    return p;
}

static struct mmoe_publisher *begin(const char *dir, size_t k)
{
    return begin_of(dir, k, SHARDS);
}

static void publish_of(const char *dir, const struct mmoe_grid *g, size_t k, size_t n)
{
    struct mmoe_publisher *p = begin_of(dir, k, n);
    for (size_t r = 0; r < mmoe_grid_runs(g); r++)
        if (mmoe_shard_has(mmoe_publisher_shard(p), g, r))
            add(p, g, r, 0, &test_origin);
    assert_fine(mmoe_publisher_end(p, &err));
    mmoe_publisher_free(p);
}

static void publish(const char *dir, const struct mmoe_grid *g, size_t k)
{
    publish_of(dir, g, k, SHARDS);
}

static size_t complaints;
static char complaint[600];

static void hear(void *context, const char *of)
{
    (void)context;
    complaints++;
    snprintf(complaint, sizeof complaint, "%s", of);
}

static struct mmoe_merge merge(const char *dir, const char *store)
{
    struct mmoe_merge m = {.complain = hear};
    struct mmoe_store *s = open_store(store, MMOE_STORE_WRITE);
    complaints = 0;
    assert_fine(mmoe_shards_merge(dir, s, &m, &err));
    mmoe_store_close(s);
    return m;
}

static void assert_same_exports(const struct place *p, const char *a, const char *b)
{
    static const char *const endings[] = {"csv", "jsonl"};
    for (size_t i = 0; i < 2; i++) {
        const char *const stores[] = {a, b};
        char *bytes[2], path[128];
        size_t n[2];
        for (size_t k = 0; k < 2; k++) {
            struct mmoe_store *s = open_store(stores[k], MMOE_STORE_READ);
            snprintf(path, sizeof path, "%s/%zu.%s", p->folder, k, endings[i]);
            assert_fine(mmoe_export_write(s, 1, path, NULL, NULL, &err));
            mmoe_store_close(s);
            bytes[k] = read_file(path, &n[k]);
        }
        assert_int_equal(n[0], n[1]);
        assert_memory_equal(bytes[0], bytes[1], n[0]);
        free(bytes[0]);
        free(bytes[1]);
    }
}

/* All runs in one store, as if they had been trained there. */
static void make_whole(const char *path, const struct mmoe_grid *g)
{
    struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
    int64_t id = new_study(s, g);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_result r;
        const struct mmoe_result *list[] = {&r};
        make_result(&r, g, run, 2);
        mmoe_grid_options(g, run, &r.record.options);
        assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
        mmoe_snapshot_done(&r.shot);
    }
    mmoe_store_close(s);
}

static void merged_is_what_one_machine_has(void **state)
{
    const struct place *p = *state;
    struct mmoe_grid g;
    char *dir = folder_of(p, "shards"), *other = folder_of(p, "other.db");
    small_grid(&g, SEEDS);
    make_whole(p->file, &g);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    publish(dir, &g, 2);
    publish(dir, &g, 0);
    struct mmoe_merge m = merge(dir, other);
    assert_true(m.added == 16 && m.finished == 16 && m.runs == 24 && m.kinds == 1);
    publish(dir, &g, 1);
    m = merge(dir, other);
    assert_true(m.added == 8 && m.equal == 16 && m.finished == 24 && complaints == 0);
    assert_same_exports(p, p->file, other);
    m = merge(dir, other);
    assert_true(m.added == 0 && m.equal == 24);
    assert_same_exports(p, p->file, other);
    struct mmoe_publisher *again = begin(dir, 1); /* all of it is there */
    struct mmoe_study_info info;
    struct mmoe_store *s = open_store(mmoe_publisher_store(again), MMOE_STORE_READ);
    assert_fine(mmoe_store_study(s, 1, &info, NULL, &err));
    assert_int_equal(info.finished, 8);
    mmoe_store_close(s);
    mmoe_publisher_free(again);
    mmoe_free(dir);
    mmoe_free(other);
}

static void a_folder_is_of_one_study(void **state)
{
    const struct place *p = *state;
    struct mmoe_grid g, more;
    char *dir = folder_of(p, "shards"), *file = folder_of(p, "file");
    small_grid(&g, SEEDS);
    small_grid(&more, SEEDS + 1);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    assert_refused(mmoe_shards_make(dir, &more, "sweep", "", &err), MMOE_STATE, "another study");
    write_file(file, "x", 1);
    assert_refused(mmoe_shards_make(file, &g, "sweep", "", &err), MMOE_IO, "it is a file");
    struct mmoe_error err;
    assert_null(mmoe_publisher_new(file, &(struct mmoe_shard){0, 1}, &err));
    mmoe_free(dir);
    mmoe_free(file);
}

/* The folder is gone while a shard trains: that is told with what waits, which is published where
 * the folder is there again. */
static void a_folder_that_goes_away_is_told(void **state)
{
    const struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    char *dir = folder_of(p, "shards"), *away = folder_of(p, "away");
    small_grid(&g, SEEDS);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    struct mmoe_publisher *one = begin(dir, 0);
    assert_int_equal(rename(dir, away), 0);
    make_result(&r, &g, 1, 2);
    mmoe_grid_options(&g, 1, &r.record.options);
    assert_refused(mmoe_publisher_add(one, &test_origin, list, 1, &err), MMOE_IO, dir);
    assert_refused(mmoe_publisher_add(one, &test_origin, list, 1, &err), MMOE_IO,
                   "1 run finished, not published");
    assert_true(mmoe_publisher_due(one) > 0);
    assert_int_equal(rename(away, dir), 0); /* it is back: nothing was lost */
    assert_fine(mmoe_publisher_end(one, &err));
    assert_true(mmoe_publisher_due(one) == 0);
    mmoe_publisher_free(one);
    assert_int_equal(merge(dir, p->file).added, 1);
    mmoe_snapshot_done(&r.shot);
    mmoe_free(dir);
    mmoe_free(away);
}

/* --- hostile segments --- */

/* The only segment of the folder. */
static char *only_segment(const char *dir)
{
    struct mmoe_segments all;
    assert_fine(mmoe_segments_list(dir, &all, &err));
    assert_int_equal(all.count, 1);
    char *path = mmoe_strdup(all.list[0].path);
    mmoe_segments_done(&all);
    return path;
}

/* Change a segment by SQL and give it the name of its new bytes. */
static void forge(const char *dir, const char *sql)
{
    char *path = only_segment(dir), digest[DIGEST_SHORT], *said = NULL;
    struct mmoe_text name = {0};
    sqlite3 *d;
    size_t n;
    assert_int_equal(sqlite3_open(path, &d), SQLITE_OK);
    if (sqlite3_exec(d, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s: %s", sql, said);
    sqlite3_close(d);
    char *bytes = read_file(path, &n);
    digest_bytes(bytes, n, digest);
    mmoe_text_add(&name, "%s/runs/", dir);
    segment_name(&(struct mmoe_shard){0, SHARDS}, digest, &name);
    assert_int_equal(rename(path, name.s), 0);
    mmoe_text_done(&name);
    mmoe_free(path);
    free(bytes);
}

static void forged_segments_are_left_out(void **state)
{
    const struct place *p = *state;
    static const struct {
        const char *sql, *said;
    } all[] = {
        {"UPDATE base SET value = '0.5' WHERE option = 'lr'", "of another study"},
        {"UPDATE studies SET seeds = 7, runs = 28", "of another study"},
        {"UPDATE runs SET seed_data = seed_data + 1", "do not go together"},
        {"UPDATE runs SET cell = (cell + 1) % 4", "do not go together"},
        {"PRAGMA foreign_keys = OFF; UPDATE runs SET run = run + 1000", "do not go together"},
        {"INSERT INTO studies SELECT 2, created, command, version, machine, kernels, seeds, cells, "
         "runs, definition FROM studies; INSERT INTO base SELECT 2, option, value FROM base; "
         "INSERT INTO axes (study, axis, place, option, value, follows) SELECT 2, axis, place, "
         "option, value, follows FROM axes",
         "more than one study"},
        {"PRAGMA foreign_keys = OFF; UPDATE metrics SET study = 3", "more than one study"},
        {"DROP TABLE gates; CREATE VIEW gates AS SELECT 1 AS study", "is no table"},
        {"PRAGMA user_version = 99", "a newer mmoe wrote it"},
        {"DROP VIEW losses; DROP VIEW curve; CREATE TABLE other AS SELECT * FROM metrics UNION ALL "
         "SELECT * FROM metrics; "
         "DROP TABLE metrics; ALTER TABLE other RENAME TO metrics",
         "cannot be added"},
        {"CREATE TABLE other AS SELECT * FROM gates; UPDATE other SET mean = 'x'; "
         "DROP TABLE gates; ALTER TABLE other RENAME TO gates",
         "cannot be added"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct mmoe_grid g;
        char name[16];
        snprintf(name, sizeof name, "%zu", i);
        char *dir = folder_of(p, name);
        small_grid(&g, SEEDS);
        assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
        struct mmoe_publisher *one = begin(dir, 0);
        add(one, &g, 1, 0, &test_origin);
        mmoe_publisher_free(one);
        forge(dir, all[i].sql);
        struct mmoe_merge m = merge(dir, p->file);
        if (complaints != 1 || !strstr(complaint, all[i].said) || m.added || m.bad != 1)
            fail_msg("%s: %zu complaints, %s", all[i].sql, complaints, complaint);
        mmoe_free(dir);
    }
}

static void a_flipped_bit_is_seen(void **state)
{
    const struct place *p = *state;
    struct mmoe_grid g;
    char *dir = folder_of(p, "shards");
    size_t n;
    small_grid(&g, SEEDS);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    publish(dir, &g, 0);
    struct mmoe_segments all;
    assert_fine(mmoe_segments_list(dir, &all, &err));
    assert_true(all.count >= 2);
    char *bytes = read_file(all.list[0].path, &n);
    bytes[n - 9] ^= 4;
    write_file(all.list[0].path, bytes, n);
    struct mmoe_merge m = merge(dir, p->file);
    assert_true(m.bad == 1 && complaints == 1 && m.segments == all.count - 1);
    assert_non_null(strstr(complaint, all.list[0].path));
    assert_non_null(strstr(complaint, "not those of its name"));
    free(bytes);
    mmoe_segments_done(&all);
    mmoe_free(dir);
}

/* Segments as they would be if the same run had come to something else. */
static void runs_of_other_results_are_told(void **state)
{
    const struct place *p = *state;
    static const struct mmoe_origin elsewhere = {"mmoe 0.0.1", "another machine", "other kernels"};
    struct mmoe_grid g;
    char *dir = folder_of(p, "shards"), *second = folder_of(p, "second"),
         *third = folder_of(p, "third");
    small_grid(&g, SEEDS);
    char *const dirs[] = {dir, second, third};
    for (size_t i = 0; i < 3; i++) {
        assert_fine(mmoe_shards_make(dirs[i], &g, "sweep", "", &err));
        struct mmoe_publisher *one = begin(dirs[i], 0);
        add(one, &g, 2, i ? 0.25 : 0, i == 2 ? &elsewhere : &test_origin);
        mmoe_publisher_free(one);
    }
    struct mmoe_merge m = merge(dir, p->file);
    assert_int_equal(m.added, 1);
    m = merge(second, p->file);
    assert_true(m.added == 0 && m.bad == 1 && complaints == 1);
    assert_non_null(strstr(complaint, "run 2 of segment"));
    assert_non_null(strstr(complaint, "in the store"));
    m = merge(third, p->file);
    assert_true(m.added == 0 && m.bad == 0 && m.different == 1 && complaints == 0);
    char *segment = only_segment(second), *copy = NULL;
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s%s", dir, strstr(segment, "/runs/"));
    copy = t.s;
    assert_int_equal(rename(segment, copy), 0);
    char *fresh = folder_of(p, "fresh.db");
    m = merge(dir, fresh); /* both in one folder: both files are named */
    assert_true(m.added == 1 && m.bad == 1);
    assert_int_equal(complaints, 1);
    assert_non_null(strstr(complaint, " than in "));
    struct mmoe_merge strict = {.strict = true};
    struct mmoe_store *mixed = open_store(p->file, MMOE_STORE_WRITE);
    assert_refused(mmoe_shards_merge(third, mixed, &strict, &err), MMOE_STATE, "other kernels");
    mmoe_store_close(mixed); /* its runs are of another kind than the folder's */
    strict = (struct mmoe_merge){.strict = true};
    char *kept = only_segment(third);
    mmoe_text_clear(&t);
    mmoe_text_add(&t, "%s%s", dir, strstr(kept, "/runs/"));
    assert_int_equal(rename(kept, t.s), 0);
    struct mmoe_store *s = open_store(fresh, MMOE_STORE_WRITE);
    assert_refused(mmoe_shards_merge(dir, s, &strict, &err), MMOE_STATE, "more than one kind");
    mmoe_store_close(s);
    mmoe_text_done(&t);
    mmoe_free(segment);
    mmoe_free(kept);
    mmoe_free(fresh);
    for (size_t i = 0; i < 3; i++)
        mmoe_free(dirs[i]);
}

/* Files of others, and a thousand segments with nothing in them. */
static void what_is_no_segment_is_passed_over(void **state)
{
    const struct place *p = *state;
    enum { MANY = 1000 };
    struct mmoe_grid g;
    char *dir = folder_of(p, "shards"), path[160], digest[DIGEST_SHORT];
    size_t n;
    small_grid(&g, SEEDS);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    snprintf(path, sizeof path, "%s/runs/notes.txt", dir);
    write_file(path, "x", 1);
    snprintf(path, sizeof path, "%s/study.db", dir);
    char *bytes = read_file(path, &n);
    digest_bytes(bytes, n, digest);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "%s/runs/%05zu-of-%05d.%s.db", dir, i, MANY, digest);
        write_file(path, bytes, n);
    }
    snprintf(path, sizeof path, "%s/runs/00001-of-00003.0123456789abcdef.db", dir);
    write_file(path, "no database", 11);
    snprintf(path, sizeof path, "%s/runs/00002-of-00003.0123456789abcdef.db", dir);
    write_file(path, "vast", 4);
    assert_int_equal(truncate(path, (off_t)1 << 43), 0);
    struct mmoe_merge m = merge(dir, p->file);
    assert_true(m.foreign == 1 && m.segments == MANY && m.bad == 2 && m.added == 0);
    free(bytes);
    mmoe_free(dir);
}

/* --- how work grows --- */

static bool count_only(void *context, const struct mmoe_record *record)
{
    (void)record;
    ((struct seen *)context)->count++;
    return true;
}

static bool count_work(void *context, bool locked)
{
    ++*(size_t *)context; /* asked after so many instructions of SQLite */
    return !locked;
}

/* What merging, reading and exporting so many runs takes. */
static void work_of(const struct place *p, size_t seeds, size_t work[3])
{
    struct mmoe_grid g;
    char name[32], csv[128];
    const struct mmoe_store_watch watch[] = {
        {count_work, &work[0]}, {count_work, &work[1]}, {count_work, &work[2]}};
    small_grid(&g, seeds);
    snprintf(name, sizeof name, "shards-%zu", seeds);
    char *dir = folder_of(p, name);
    snprintf(name, sizeof name, "%zu.db", seeds);
    char *path = folder_of(p, name);
    snprintf(csv, sizeof csv, "%s/%zu.csv", p->folder, seeds);
    assert_fine(mmoe_shards_make(dir, &g, "sweep", "", &err));
    for (size_t k = 0; k < seeds; k++) /* two segments each */
        publish_of(dir, &g, k, seeds);
    struct mmoe_merge m = {0};
    struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
    memset(work, 0, 3 * sizeof *work);
    mmoe_store_watched(s, &watch[0]);
    assert_fine(mmoe_shards_merge(dir, s, &m, &err));
    assert_int_equal(m.finished, 4 * seeds);
    struct seen seen = {.most = SIZE_MAX};
    mmoe_store_watched(s, &watch[1]);
    assert_fine(mmoe_results_read(s, m.study, &g, false, count_only, &seen, &err));
    assert_int_equal(seen.count, 4 * seeds);
    mmoe_store_watched(s, &watch[2]);
    assert_fine(mmoe_export_write(s, m.study, csv, NULL, NULL, &err));
    mmoe_store_close(s);
    mmoe_free(dir);
    mmoe_free(path);
}

/* Four times the runs are four times the work, and no more. */
static void work_grows_as_runs_do(void **state)
{
    size_t few[3], many[3];
    work_of(*state, 40, few);
    work_of(*state, 160, many);
    for (size_t i = 0; i < 3; i++)
        if (few[i] == 0 || many[i] > 4 * few[i] + few[i] / 2 + 2)
            fail_msg("%zu: %zu for 160 runs, %zu for 640", i, few[i], many[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_shard_is_named_or_found_out),
                                       cmocka_unit_test(every_run_is_of_one_shard),
                                       PLACED(merged_is_what_one_machine_has),
                                       PLACED(a_folder_is_of_one_study),
                                       PLACED(a_folder_that_goes_away_is_told),
                                       PLACED(forged_segments_are_left_out),
                                       PLACED(a_flipped_bit_is_seen),
                                       PLACED(runs_of_other_results_are_told),
                                       PLACED(what_is_no_segment_is_passed_over),
                                       PLACED(work_grows_as_runs_do)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
