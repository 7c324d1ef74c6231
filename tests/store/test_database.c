/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores in files and folders that are not as they should be. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <mmoe/results.h>

#include "tests/stores.h"

static void put_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* --- what is no store --- */

static void what_is_not_there_cannot_be_read(void **state)
{
    struct place *p = *state;
    refuse_store(p->file, MMOE_STORE_READ, "no such file");
    assert_int_equal(access(p->file, F_OK), -1);
    refuse_store(p->folder, MMOE_STORE_WRITE, "a folder");
    refuse_store("/dev/null", MMOE_STORE_WRITE, "no ordinary file");
    refuse_store("", MMOE_STORE_WRITE, "no file to keep studies in");
    put_file(p->file, "", 0);
    refuse_store(p->file, MMOE_STORE_READ, "empty");
    mmoe_store_close(open_store(p->file, MMOE_STORE_WRITE));
    mmoe_store_close(open_store(p->file, MMOE_STORE_READ));
}

static void folders_are_made(void **state)
{
    struct place *p = *state;
    char path[200];
    struct stat st;
    snprintf(path, sizeof path, "%s/a/b/c.db", p->folder);
    mmoe_store_close(open_store(path, MMOE_STORE_WRITE));
    snprintf(path, sizeof path, "%s/a/b", p->folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    put_file(p->file, "x", 1);
    snprintf(path, sizeof path, "%s/x/c.db", p->file);
    refuse_store(path, MMOE_STORE_WRITE, "Not a directory");
    snprintf(path, sizeof path, "%s/c.db", p->file);
    refuse_store(path, MMOE_STORE_READ, "Not a directory");
}

/* Names that SQLite would take for something else. */
static void a_name_is_a_name(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {":memory:", "file:x.db?mode=memory", "100% & #1?.db",
                                        "a\xc3\xa4.db"};
    char folder[400];
    assert_non_null(getcwd(folder, sizeof folder));
    assert_int_equal(chdir(p->folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mmoe_store_close(open_store(names[i], MMOE_STORE_WRITE));
        assert_int_equal(access(names[i], F_OK), 0);
    }
    assert_int_equal(chdir(folder), 0);
}

/* All at once, they find no file; one makes the tables, the others find them. */
static void many_programs_make_one_store(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    enum { PROGRAMS = 6, ROUNDS = 5 };
    small_grid(&g, 1);
    for (int round = 0; round < ROUNDS; round++) {
        char path[200], byte;
        int gate[2];
        pid_t children[PROGRAMS];
        snprintf(path, sizeof path, "%s/%d/studies.db", p->folder, round);
        assert_int_equal(pipe(gate), 0);
        for (int i = 0; i < PROGRAMS; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                struct mmoe_error err = {.text = ""};
                int64_t id;
                close(gate[1]);
                if (read(gate[0], &byte, 1) != 0) /* until it is closed: they start together */
                    _exit(1);
                struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_WRITE, NULL, &err);
                if (!s || mmoe_failed(mmoe_store_study_new(s, &g, "", "", &test_origin, &id, &err)))
                    fprintf(stderr, "%s\n", err.text);
                _exit(err.text[0] != '\0');
            }
        }
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; i < PROGRAMS; i++) {
            int status;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_int_equal(status, 0);
        }
        struct mmoe_store *s = open_store(path, MMOE_STORE_READ);
        struct mmoe_study_info info;
        assert_fine(mmoe_store_study(s, 0, &info, NULL, &err));
        assert_int_equal(info.id, PROGRAMS);
        mmoe_store_close(s);
    }
}

static void other_files_are_left_alone(void **state)
{
    struct place *p = *state;
    char noise[5000], back[5000];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * i % 251 + 1);
    put_file(p->file, noise, sizeof noise);
    refuse_store(p->file, MMOE_STORE_WRITE, "no store of studies: name another file");
    refuse_store(p->file, MMOE_STORE_READ, "no store of studies");
    FILE *f = fopen(p->file, "rb");
    assert_int_equal(fread(back, 1, sizeof back, f), sizeof back);
    fclose(f);
    assert_memory_equal(noise, back, sizeof back);

    put_file(p->file, "", 0);
    run_sql(p->file, "CREATE TABLE mine (a)");
    refuse_store(p->file, MMOE_STORE_WRITE, "another program");
    run_sql(p->file, "DROP TABLE mine; PRAGMA application_id = 77");
    refuse_store(p->file, MMOE_STORE_WRITE, "another program");
    run_sql(p->file, "PRAGMA application_id = 1835888485; PRAGMA user_version = 7");
    refuse_store(p->file, MMOE_STORE_WRITE, "newer mmoe wrote it (schema 7, this one knows 6)");
    refuse_store(p->file, MMOE_STORE_READ, "newer");
}

static void damage_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 4);
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(truncate(p->file, st.st_size / 2), 0);
    refuse_store(p->file, MMOE_STORE_READ, "damaged: move it away");
    refuse_store(p->file, MMOE_STORE_WRITE, "damaged");
    assert_int_equal(truncate(p->file, 60), 0);
    refuse_store(p->file, MMOE_STORE_WRITE, "store");
}

/* Pages of rows are overwritten: the file opens, and reading fails without an end of the program.
 */
static void damaged_rows_are_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_study_info *list;
    size_t count;
    make_store(p->file, &g, 5, 20);
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    int file = open(p->file, O_WRONLY);
    char noise[4096];
    memset(noise, 0x5a, sizeof noise);
    for (off_t at = 4 * 4096; at < st.st_size; at += 4096)
        assert_int_equal(pwrite(file, noise, sizeof noise, at), sizeof noise);
    close(file);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_refused(mmoe_store_studies(s, &list, &count, &err), MMOE_INVALID, "damaged");
    mmoe_store_close(s);
}

/* --- files that somebody made --- */

/* A store without a study, changed by the statements. */
static void make_odd(const char *path, const char *sql)
{
    unlink(path);
    mmoe_store_close(open_store(path, MMOE_STORE_WRITE));
    run_sql(path, sql);
}

static void tables_are_tables(void **state)
{
    struct place *p = *state;
    copy_case("recursive.db", p->file);
    refuse_store(p->file, MMOE_STORE_READ, "studies is no table");
    refuse_store(p->file, MMOE_STORE_WRITE, "studies is no table");
    make_odd(p->file, "ALTER TABLE gates RENAME TO g0; CREATE VIEW gates AS SELECT * FROM g0");
    refuse_store(p->file, MMOE_STORE_READ, "gates is no table");
    make_odd(p->file, "DROP TABLE gates; CREATE VIRTUAL TABLE gates USING "
                      "fts5(study, run, gate, expert, mean)");
    refuse_store(p->file, MMOE_STORE_WRITE, "gates is no table");
    make_odd(p->file, "DROP TABLE gates");
    refuse_store(p->file, MMOE_STORE_READ, "gates is missing");
    make_odd(p->file, "ALTER TABLE gates DROP COLUMN mean; ALTER TABLE gates ADD COLUMN mean"
                      " REAL AS (length(hex(zeroblob(expert * 1000000)))) VIRTUAL");
    refuse_store(p->file, MMOE_STORE_READ, "column mean of table gates is missing");
}

static void a_missing_column_is_named(void **state)
{
    struct place *p = *state;
    copy_case("renamed-column.db", p->file);
    refuse_store(p->file, MMOE_STORE_READ, "column step of table runs is missing");
    refuse_store(p->file, MMOE_STORE_WRITE, "column step of table runs is missing");
    assert_true(ask(p->file, "PRAGMA user_version") == 2); /* it was not brought up to date */
}

static void triggers_are_not_run(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 0);
    run_sql(p->file, "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM studies; END");
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 0, 1);
    mmoe_store_close(s);
    assert_int_equal(assert_whole(p->file), 1);
    assert_true(ask(p->file, "SELECT count(*) FROM studies") == 1);
}

static void a_row_too_large_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_study_info *list;
    size_t count;
    make_store(p->file, &g, 1, 0);
    run_sql(p->file, "UPDATE studies SET command = CAST(zeroblob(1 << 25) AS TEXT)");
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_refused(mmoe_store_studies(s, &list, &count, &err), MMOE_IO, "too big");
    mmoe_store_close(s);
}

/* --- who waits may stop --- */

struct asked {
    size_t times, locked, until;
};

static bool until_then(void *context, bool locked)
{
    struct asked *a = context;
    a->locked += locked;
    return ++a->times < a->until;
}

static void a_watch_stops_what_has_no_end(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct asked a = {.until = 5};
    struct mmoe_study_info *list;
    size_t count;
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    mmoe_store_watched(s, &(struct mmoe_store_watch){until_then, &a});
    run_sql(p->file, "ALTER TABLE studies RENAME TO s0; CREATE VIEW studies AS WITH RECURSIVE"
                     " c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
                     " SELECT s0.* FROM s0, c WHERE x < 0");
    assert_refused(mmoe_store_studies(s, &list, &count, &err), MMOE_STATE, "stopped");
    assert_int_equal(a.times, 5);
    assert_int_equal(a.locked, 0);
    mmoe_store_close(s);
}

/* --- files that go --- */

static void refuse_runs(struct mmoe_store *s, const struct mmoe_grid *g, size_t run,
                        const char *part)
{
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    make_result(&r, g, run, TEST_POINTS);
    assert_refused(mmoe_results_add(s, 1, &test_origin, list, 1, &err), MMOE_IO, part);
    assert_refused(mmoe_store_in_place(s, &err), MMOE_IO, part);
    mmoe_snapshot_done(&r.shot);
}

static void assert_no_log(const struct place *p)
{
    char path[200];
    snprintf(path, sizeof path, "%s-wal", p->file);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof path, "%s-shm", p->file);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_removed_file_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_fine(mmoe_store_in_place(s, &err));
    add_runs(s, 1, &g, 1, 1);
    assert_int_equal(unlink(p->file), 0);
    refuse_runs(s, &g, 2, "the file was removed while it was in use: nothing more is stored");
    refuse_runs(s, &g, 3, "the file was removed");
    mmoe_store_close(s);
    assert_no_log(p);
    assert_int_equal(access(p->file, F_OK), -1);
}

/* The file that took the place stays as it is; so it does for the next who opens it. */
static void a_replaced_file_is_left_alone(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char other[200];
    size_t n, m;
    snprintf(other, sizeof other, "%s/other.db", p->folder);
    make_store(other, &g, 3, 7);
    char *before = read_file(other, &n);
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 1, 1);
    assert_int_equal(rename(other, p->file), 0);
    refuse_runs(s, &g, 2, "the file was replaced by another");
    mmoe_store_close(s);
    assert_no_log(p);
    char *after = read_file(p->file, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
    assert_int_equal(assert_whole(p->file), 7);
}

/* The same where it took the place after the last run was stored. */
static void a_file_replaced_at_the_end_is_left_alone(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char other[200];
    snprintf(other, sizeof other, "%s/other.db", p->folder);
    make_store(other, &g, 3, 7);
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 1, 1);
    assert_int_equal(rename(other, p->file), 0);
    mmoe_store_close(s);
    assert_no_log(p);
    assert_int_equal(assert_whole(p->file), 7);
}

/* A file that was moved has all that was stored in it. */
static void a_moved_file_is_whole(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char other[200];
    snprintf(other, sizeof other, "%s/other.db", p->folder);
    make_store(p->file, &g, 1, 0);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 0, 2);
    assert_int_equal(rename(p->file, other), 0);
    refuse_runs(s, &g, 2, "removed");
    mmoe_store_close(s);
    assert_no_log(p);
    assert_int_equal(assert_whole(other), 2);
}

static void a_removed_log_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    make_store(p->file, &g, 1, 0);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 0, 2);
    snprintf(path, sizeof path, "%s-wal", p->file);
    assert_int_equal(unlink(path), 0);
    refuse_runs(s, &g, 2, "FILE-wal beside it was removed");
    mmoe_store_close(s);
    assert_int_equal(assert_whole(p->file), 2);
}

/* --- read-only --- */

static void a_read_only_file_can_be_read(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 3);
    assert_int_equal(chmod(p->folder, 0777), 0);
    assert_int_equal(chmod(p->file, 0444), 0);
    AS_ANYBODY({
        refuse_store(p->file, MMOE_STORE_WRITE, "the file is read-only: change its permissions");
        assert_int_equal(read_runs(p->file, 4), 3);
    });
    assert_int_equal(chmod(p->file, 0), 0);
    AS_ANYBODY({ refuse_store(p->file, MMOE_STORE_READ, "may not be read"); });
}

static void a_read_only_folder_can_be_read(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    make_store(p->file, &g, 1, 3);
    assert_int_equal(chmod(p->file, 0666), 0);
    assert_int_equal(chmod(p->folder, 0555), 0);
    snprintf(path, sizeof path, "%s/new.db", p->folder);
    AS_ANYBODY({
        assert_int_equal(read_runs(p->file, 4), 3);
        refuse_store(p->file, MMOE_STORE_WRITE, "its folder is read-only");
        refuse_store(path, MMOE_STORE_WRITE, "its folder is read-only");
    });
    snprintf(path, sizeof path, "%s/deep/new.db", p->folder);
    AS_ANYBODY({ refuse_store(path, MMOE_STORE_WRITE, "cannot make the folder"); });
    assert_int_equal(chmod(p->folder, 0700), 0);
}

/* What was not merged yet cannot be seen without writing: better told than left out. */
static void a_log_in_a_read_only_folder_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char shm[200];
    make_store(p->file, &g, 1, 0);
    pid_t child = fork();
    if (child == 0) {
        struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
        add_runs(s, 1, &g, 0, 1);
        _exit(0); /* without closing it */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    snprintf(shm, sizeof shm, "%s-shm", p->file);
    assert_int_equal(unlink(shm), 0);
    assert_int_equal(chmod(p->folder, 0555), 0);
    AS_ANYBODY({ refuse_store(p->file, MMOE_STORE_READ, "FILE-wal still: copy both"); });
    assert_int_equal(chmod(p->folder, 0700), 0);
    assert_int_equal(read_runs(p->file, 4), 1);
}

/* Neither the file nor its folder may be written to. */
static void a_read_only_copy_is_read_and_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 3);
    assert_int_equal(chmod(p->file, 0444), 0);
    assert_int_equal(chmod(p->folder, 0555), 0);
    AS_ANYBODY({
        assert_int_equal(read_runs(p->file, 4), 3);
        refuse_store(p->file, MMOE_STORE_WRITE, "the file is read-only");
    });
    assert_int_equal(chmod(p->folder, 0700), 0);
}

static void too_many_files_are_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct rlimit before, tight;
    make_store(p->file, &g, 1, 3);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    tight = before;
    int most = open(p->file, O_RDONLY);
    for (int free = 0; free < 3; free++) {
        tight.rlim_cur = (rlim_t)(most + free);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
        struct mmoe_error err = {.text = ""};
        struct mmoe_store *s = mmoe_store_open(p->file, MMOE_STORE_WRITE, NULL, &err);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        if (free == 0)
            assert_null(s);
        if (!s && !strstr(err.text, "too many files are open"))
            fail_msg("%s", err.text);
        mmoe_store_close(s);
    }
    close(most);
}

static void files_in_the_way_are_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    make_store(p->file, &g, 1, 1);
    snprintf(path, sizeof path, "%s-wal", p->file);
    assert_int_equal(mkdir(path, 0700), 0);
    refuse_store(p->file, MMOE_STORE_WRITE, "FILE-wal and FILE-shm");
}

/* The system's own refusal: a file may not grow beyond a limit. */
static void a_file_that_may_not_grow_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    struct rlimit before, tight;
    make_store(p->file, &g, 1, 1);
    make_result(&r, &g, 1, 30000);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 1 << 19;
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct mmoe_error why = {.text = ""};
    enum mmoe_status status = mmoe_results_add(s, 1, &test_origin, list, 1, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, old);
    assert_int_equal(status, MMOE_IO);
    assert_non_null(strstr(why.text, "there may be no room"));
    assert_int_equal(count_done(s, 1, 4), 1);
    assert_fine(mmoe_results_add(s, 1, &test_origin, list, 1, &err));
    assert_int_equal(count_done(s, 1, 4), 2);
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
}

TESTS(PLACED(what_is_not_there_cannot_be_read), PLACED(folders_are_made), PLACED(a_name_is_a_name),
      PLACED(many_programs_make_one_store), PLACED(other_files_are_left_alone),
      PLACED(damage_is_told), PLACED(damaged_rows_are_told), PLACED(tables_are_tables),
      PLACED(a_missing_column_is_named), PLACED(triggers_are_not_run),
      PLACED(a_row_too_large_is_told), PLACED(a_watch_stops_what_has_no_end),
      PLACED(a_removed_file_is_told), PLACED(a_replaced_file_is_left_alone),
      PLACED(a_file_replaced_at_the_end_is_left_alone), PLACED(a_moved_file_is_whole),
      PLACED(a_removed_log_is_told), PLACED(a_read_only_file_can_be_read),
      PLACED(a_read_only_folder_can_be_read), PLACED(a_log_in_a_read_only_folder_is_told),
      PLACED(a_read_only_copy_is_read_and_told), PLACED(too_many_files_are_told),
      PLACED(files_in_the_way_are_told), PLACED(a_file_that_may_not_grow_is_told))
