/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores on disks that are full or broken, and under programs that end in the
 * middle: SQLite's way to the system is wrapped here, so that any of its writes
 * can fail, or be the last thing a program does.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include <mmoe/results.h>

#include "tests/stores.h"

/* --- a system that fails when it is told to --- */

enum fault { FAULT_NONE, FAULT_FULL, FAULT_BROKEN, FAULT_KILL };

struct methods {
    sqlite3_io_methods mine; /* first: what SQLite holds points here */
    const sqlite3_io_methods *real;
};

static struct {
    sqlite3_vfs mine, *real;
    struct methods tables[4];
    size_t count;
    enum fault fault;
    int left;         /* writes and syncs that still go well */
    bool is_unshared; /* there is no memory to share */
    int slept;        /* microseconds that were to be waited */
    bool is_unsynced; /* something was written since the last sync */
    int opens, reads; /* the code that opening and reading a file come to, or 0 */
} faulty;

/* SQLITE_OK, or what this write or sync comes to: `code` where the disk is broken. */
static int strike(int code)
{
    if (faulty.fault == FAULT_NONE || faulty.left-- > 0)
        return SQLITE_OK;
    if (faulty.fault == FAULT_KILL)
        kill(getpid(), SIGKILL);
    return faulty.fault == FAULT_FULL ? SQLITE_FULL : code;
}

static const sqlite3_io_methods *real_of(sqlite3_file *f)
{
    return ((const struct methods *)(const void *)f->pMethods)->real;
}

static int faulty_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    int code = strike(SQLITE_IOERR_WRITE);
    faulty.is_unsynced = true;
    return code ? code : real_of(f)->xWrite(f, bytes, n, at);
}

/* Programs die here, no power is cut: what was written stays without waiting for the disk. */
static int faulty_sync(sqlite3_file *f, int flags)
{
    (void)f, (void)flags;
    faulty.is_unsynced = false;
    return strike(SQLITE_IOERR_FSYNC);
}

static int faulty_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at)
{
    return faulty.reads ? faulty.reads : real_of(f)->xRead(f, bytes, n, at);
}

static int faulty_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return faulty.is_unshared ? SQLITE_IOERR_SHMMAP
                              : real_of(f)->xShmMap(f, page, size, extend, out);
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    int code = faulty.opens ? faulty.opens : faulty.real->xOpen(vfs, name, f, flags, out);
    if (faulty.opens)
        f->pMethods = NULL;
    if (!f->pMethods)
        return code;
    size_t i = 0;
    while (i < faulty.count && faulty.tables[i].real != f->pMethods)
        i++;
    assert_true(i < sizeof faulty.tables / sizeof *faulty.tables);
    struct methods *m = &faulty.tables[i];
    if (i == faulty.count) {
        faulty.count++;
        m->real = f->pMethods;
        m->mine = *f->pMethods;
        m->mine.xWrite = faulty_write;
        m->mine.xRead = faulty_read;
        m->mine.xSync = faulty_sync;
        if (m->mine.xShmMap)
            m->mine.xShmMap = faulty_map;
    }
    f->pMethods = &m->mine;
    return code;
}

/* Waiting for a lock takes no time here. */
static int faulty_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    faulty.slept += microseconds;
    return microseconds;
}

static int place_faulty(void **state)
{
    if (!faulty.real) {
        faulty.real = sqlite3_vfs_find(NULL);
        faulty.mine = *faulty.real;
        faulty.mine.zName = "faulty";
        faulty.mine.pNext = NULL;
        faulty.mine.xOpen = faulty_open;
        faulty.mine.xSleep = faulty_sleep;
        sqlite3_vfs_register(&faulty.mine, 1);
    }
    return make_place(state);
}

static int remove_faulty(void **state)
{
    faulty.fault = FAULT_NONE;
    faulty.is_unshared = false;
    faulty.opens = faulty.reads = 0;
    return remove_place(state);
}

#define FAULTY(test) cmocka_unit_test_setup_teardown(test, place_faulty, remove_faulty)

/* --- no memory to share --- */

static void without_shared_memory_there_is_a_journal(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char beside[200];
    make_store(p->file, &g, 2, 1); /* a store that was written ahead elsewhere */
    faulty.is_unshared = true;
    assert_int_equal(read_runs(p->file, 8), 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE),
                      *t = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, 1, &g, 1, 1);
    add_runs(t, 1, &g, 2, 1);
    assert_int_equal(count_done(s, 1, 8), 3);
    mmoe_store_close(s);
    mmoe_store_close(t);
    assert_int_equal(read_runs(p->file, 8), 3);
    snprintf(beside, sizeof beside, "%s/new.db", p->folder);
    make_store(beside, &g, 1, 2); /* one that is made there */
    assert_int_equal(read_runs(beside, 4), 2);
    faulty.is_unshared = false;
    assert_int_equal(assert_whole(beside), 2);
    assert_int_equal(assert_whole(p->file), 3);
}

/* --- locks --- */

static void a_lock_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    sqlite3 *other;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    make_result(&r, &g, 1, TEST_POINTS);
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    faulty.slept = 0;
    assert_refused(mmoe_results_add(s, 1, &test_origin, list, 1, &err), MMOE_IO,
                   "locked by another program: try again");
    assert_in_range(faulty.slept, 9000000, 11000000);
    assert_int_equal(count_done(s, 1, 4), 1); /* who reads does not wait */
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_fine(mmoe_results_add(s, 1, &test_origin, list, 1, &err));
    sqlite3_close(other);
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
    assert_int_equal(assert_whole(p->file), 2);
}

static bool not_while_locked(void *context, bool locked)
{
    *(size_t *)context += locked;
    return !locked;
}

static void a_lock_is_not_waited_for_longer_than_wanted(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    size_t asked = 0;
    const struct mmoe_store_watch watch = {not_while_locked, &asked};
    make_store(p->file, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    sqlite3 *other;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    make_result(&r, &g, 1, TEST_POINTS);
    mmoe_store_watched(s, &watch);
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    faulty.slept = 0;
    assert_refused(mmoe_results_add(s, 1, &test_origin, list, 1, &err), MMOE_STATE, "stopped");
    assert_int_equal(asked, 1);
    assert_int_equal(faulty.slept, 0);
    struct mmoe_error err = {.text = ""};
    assert_null(mmoe_store_open(p->file, MMOE_STORE_WRITE, &watch, &err)); /* nor to open it */
    assert_int_equal(err.status, MMOE_STATE);
    assert_int_equal(faulty.slept, 0);
    sqlite3_close(other);
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
}

/* --- what the system says --- */

/* Whatever opening or reading comes to, the line names the file and what to do. */
static void every_refusal_is_told(void **state)
{
    static const struct {
        int opens, reads;
        enum mmoe_status status;
        const char *says;
    } cases[] = {
        {SQLITE_CANTOPEN, 0, MMOE_IO, "does not let it be opened"},
        {SQLITE_PERM, 0, MMOE_IO, "does not let it be opened"},
        {SQLITE_READONLY, 0, MMOE_IO, "does not let it be opened"},
        {SQLITE_FULL, 0, MMOE_IO, "no room left"},
        {SQLITE_IOERR, 0, MMOE_IO, "the disk fails"},
        {0, SQLITE_IOERR_READ, MMOE_IO, "the disk fails"},
        {0, SQLITE_IOERR_CORRUPTFS, MMOE_IO, "the disk fails"},
        {0, SQLITE_CORRUPT, MMOE_INVALID, "damaged: move it away"},
        {0, SQLITE_NOTADB, MMOE_INVALID, "no store of studies"},
        {0, SQLITE_LOCKED, MMOE_IO, "locked by another program"},
        {0, SQLITE_PROTOCOL, MMOE_IO, "locked by another program"},
        {0, SQLITE_NOLFS, MMOE_IO, "too large for this system"},
        {0, SQLITE_AUTH, MMOE_IO, "authorization denied: it may be damaged"},
        {0, SQLITE_INTERRUPT, MMOE_STATE, "stopped before it was done"},
    };
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int write = 0; write < 2; write++) {
            struct mmoe_error err = {.text = ""};
            faulty.opens = cases[i].opens;
            faulty.reads = cases[i].reads;
            errno = 0;
            assert_null(
                mmoe_store_open(p->file, write ? MMOE_STORE_WRITE : MMOE_STORE_READ, NULL, &err));
            faulty.opens = faulty.reads = 0;
            if (err.status != cases[i].status || !strstr(err.text, cases[i].says) ||
                !strstr(err.text, p->file) || strstr(err.text, "not an error"))
                fail_msg("case %zu, write %d: %s", i, write, err.text);
        }
    assert_int_equal(read_runs(p->file, 4), 1);
}

/* --- full disks --- */

static void a_run_is_on_the_disk_when_the_call_returns(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 0);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    for (size_t run = 0; run < 4; run++) {
        faulty.is_unsynced = true;
        add_runs(s, 1, &g, run, 1);
        assert_false(faulty.is_unsynced);
    }
    mmoe_store_close(s);
}

/* Each write in its turn is the one that fails: nothing of the runs is there then, and all of them
 * the next time. */
static void every_write_may_fail(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r[3];
    const struct mmoe_result *list[3];
    size_t there = 0, failed = 0;
    make_store(p->file, &g, 300, 0);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    for (int n = 0; n < 400; n++) {
        for (size_t i = 0; i < 3; i++) {
            make_result(&r[i], &g, there + i, TEST_POINTS);
            list[i] = &r[i];
        }
        struct mmoe_error why = {.text = ""};
        faulty.fault = n % 2 ? FAULT_FULL : FAULT_BROKEN;
        faulty.left = n / 2;
        enum mmoe_status status = mmoe_results_add(s, 1, &test_origin, list, 3, &why);
        faulty.fault = FAULT_NONE;
        if (mmoe_failed(status)) {
            failed++;
            assert_int_equal(status, MMOE_IO);
            assert_non_null(strstr(why.text, p->file));
            assert_non_null(
                strstr(why.text, n % 2 ? "no room left" : "try again, or name a file elsewhere"));
            assert_int_equal(count_done(s, 1, 1200), there);
            assert_fine(mmoe_results_add(s, 1, &test_origin, list, 3, &err));
        }
        there += 3;
        assert_int_equal(count_done(s, 1, 1200), there);
        for (size_t i = 0; i < 3; i++)
            mmoe_snapshot_done(&r[i].shot);
        if (n > 20 && !mmoe_failed(status))
            break;
    }
    mmoe_store_close(s);
    assert_true(failed > 10);
    assert_int_equal(assert_whole(p->file), there);
}

static void making_a_store_may_fail(void **state)
{
    struct place *p = *state;
    struct mmoe_store *s = NULL;
    struct mmoe_error err;
    int n = 0;
    for (; !s && n < 400; n++) {
        faulty.fault = FAULT_FULL;
        faulty.left = n;
        s = mmoe_store_open(p->file, MMOE_STORE_WRITE, NULL, &err);
        faulty.fault = FAULT_NONE;
        if (!s)
            assert_non_null(strstr(err.text, "no room left"));
    }
    assert_true(s && n > 5);
    mmoe_store_close(s);
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 4);
    assert_int_equal(assert_whole(p->file), 4);
}

/* --- programs that end in the middle --- */

/* In a child: open, add a run, with the n-th write or sync as the last act. True where it got
 * through. */
static bool dies_at(const char *path, const struct mmoe_grid *g, size_t run, int n)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct mmoe_result r;
        struct mmoe_error err;
        const struct mmoe_result *list[] = {&r};
        int64_t id = 1;
        faulty.fault = FAULT_KILL;
        faulty.left = n;
        struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_WRITE, NULL, &err);
        make_result(&r, g, run, TEST_POINTS);
        if (s && run == 0) /* the file is new */
            mmoe_store_study_new(s, g, "", "", &test_origin, &id, &err);
        _exit(!s || mmoe_failed(mmoe_results_add(s, id, &test_origin, list, 1, &err)));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        assert_int_equal(WTERMSIG(status), SIGKILL);
    else
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFEXITED(status);
}

static void a_run_is_whole_wherever_a_program_ends(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    int died = 0;
    make_store(p->file, &g, 100, 1);
    size_t before = 1;
    for (int n = 0;; n++) {
        bool through = dies_at(p->file, &g, (size_t)n + 1, n);
        size_t runs = read_runs(p->file, 400); /* recovers what the child left */
        assert_int_equal(assert_whole(p->file), runs);
        assert_true(runs == before + 1 || (runs == before && !through));
        before = runs;
        died += !through;
        if (through)
            break;
    }
    assert_true(died > 5);
}

static void a_store_is_sound_wherever_its_making_ends(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    bool through = false;
    small_grid(&g, 1);
    int n = 0;
    for (; !through && n < 400; n++) {
        snprintf(path, sizeof path, "%s/%d.db", p->folder, n);
        through = dies_at(path, &g, 0, n);
        struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
        struct mmoe_study_info info;
        struct mmoe_grid back;
        struct mmoe_error err;
        enum mmoe_status status = mmoe_store_study(s, 0, &info, &back, &err);
        if (mmoe_failed(status))
            assert_int_equal(status, MMOE_UNKNOWN);
        else
            assert_memory_equal(&g, &back, sizeof g);
        mmoe_store_close(s);
        assert_whole(path);
    }
    assert_true(through && n > 10);
}

/* And killed from outside, at any moment after some byte came through the pipe. */
static void a_killed_program_leaves_whole_runs(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    size_t there = 0;
    make_store(p->file, &g, 2500, 0);
    for (size_t round = 0; round < 12; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
            for (size_t r = there; r < 10000 && write(pipes[1], "", 1) == 1; r++)
                add_runs(s, 1, &g, r, 1);
            _exit(0);
        }
        close(pipes[1]);
        char byte;
        for (size_t i = 0; i < 1 + round * 5 % 7; i++)
            assert_int_equal(read(pipes[0], &byte, 1), 1);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        close(pipes[0]);
        size_t runs = read_runs(p->file, 10000);
        assert_int_equal(assert_whole(p->file), runs);
        assert_true(runs >=
                    there +
                        round * 5 % 7); /* what was begun after a run: that one is on the disk */
        there = runs;
    }
}

TESTS(FAULTY(without_shared_memory_there_is_a_journal), FAULTY(a_lock_is_told),
      FAULTY(a_lock_is_not_waited_for_longer_than_wanted), FAULTY(every_refusal_is_told),
      FAULTY(a_run_is_on_the_disk_when_the_call_returns), FAULTY(every_write_may_fail),
      FAULTY(making_a_store_may_fail), FAULTY(a_run_is_whole_wherever_a_program_ends),
      FAULTY(a_store_is_sound_wherever_its_making_ends), PLACED(a_killed_program_leaves_whole_runs))
