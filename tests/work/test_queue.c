/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sweeps: in order, held, stopped, kept, cut off and gone on with; always the same bits. */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <mmoe/clock.h>
#include <mmoe/grid_files.h>
#include <mmoe/mailbox.h>
#include <mmoe/mat.h>
#include <mmoe/origin.h>
#include <mmoe/queue.h>
#include <mmoe/results.h>
#include <mmoe/run.h>
#include <mmoe/synthetic.h>

#include "src/base/thread.h"
#include "tests/made.h"
#include "tests/runs.h"
#include "tests/workers.h"

enum { SEEDS = 3, CELLS = 4, RUNS = SEEDS * CELLS };

struct fixture {
    struct workers *workers;
    struct mmoe_grid grid;
    char path[64];
};

static int set_up(void **state)
{
    static struct fixture f;
    struct mmoe_error err;
    mmoe_mat_init();
    memset(&f, 0, sizeof f);
    f.workers = workers_new();
    small_options(&f.grid.base);
    put(&f.grid.base, "seed", "20");
    f.grid.seeds = SEEDS;
    mmoe_grid_axis(&f.grid, "p", "0.25,1", &err);
    mmoe_grid_axis(&f.grid, "model", "shared-bottom,mmoe", &err);
    snprintf(f.path, sizeof f.path, "/tmp/mmoe-queue-%ld.db", (long)getpid());
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char beside[80];
    workers_free(f->workers);
    unlink(f->path);
    snprintf(beside, sizeof beside, "%s-wal", f->path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", f->path);
    unlink(beside);
    return 0;
}

/* Fetch what comes until the queue has come to rest; returns how many. */
static size_t rest(struct workers *r, struct mmoe_record *records)
{
    struct mmoe_progress p;
    size_t count = 0;
    for (;;) {
        p = mmoe_queue_progress(r->queue);
        while (mmoe_queue_record(r->queue, &records[count]))
            count++;
        if (p.finished >= p.submitted)
            return count;
        wait_for(r);
    }
}

/* Begin a study of the fixture's grid in its store; returns its number. */
static int64_t begin(struct fixture *f, size_t jobs)
{
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = jobs};
    struct mmoe_error err;
    mmoe_origin_here(&sweep.origin);
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, NULL, &err);
    assert_non_null(sweep.store);
    assert_int_equal(
        mmoe_store_study_new(sweep.store, &f->grid, "sweep", "", &sweep.origin, &sweep.study, &err),
        MMOE_OK);
    mmoe_queue_sweep(f->workers->queue, &sweep);
    return sweep.study;
}

static bool put_record(void *context, const struct mmoe_record *r)
{
    struct mmoe_record *records = context;
    assert_true(r->run < RUNS && records[r->run].tasks == 0); /* each once */
    records[r->run] = *r;
    return true;
}

/* What the store has of a study, by run; returns how many. */
static size_t stored(const struct fixture *f, int64_t study, struct mmoe_record *records)
{
    struct mmoe_error err;
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    memset(records, 0, RUNS * sizeof *records);
    struct mmoe_store *s = mmoe_store_open(f->path, MMOE_STORE_READ, NULL, &err);
    assert_non_null(s);
    assert_int_equal(mmoe_store_study(s, study, &info, &grid, &err), MMOE_OK);
    assert_int_equal(mmoe_results_read(s, study, &grid, true, put_record, records, &err), MMOE_OK);
    mmoe_store_close(s);
    return info.finished;
}

static void same_results(const struct mmoe_record *a, const struct mmoe_record *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(a[i].run, b[i].run);
        assert_true(a[i].tasks == b[i].tasks && a[i].step == b[i].step &&
                    a[i].diverged_step == b[i].diverged_step);
        assert_memory_equal(a[i].value[MMOE_LOSS], b[i].value[MMOE_LOSS],
                            a[i].tasks * sizeof(double));
        assert_true(a[i].pearson == b[i].pearson && a[i].curve_count > 0 &&
                    a[i].curve_count == b[i].curve_count);
        assert_memory_equal(a[i].curve, b[i].curve, sizeof a[i].curve);
        assert_memory_equal(a[i].value[MMOE_OVER_VAR], b[i].value[MMOE_OVER_VAR],
                            a[i].tasks * sizeof(double));
    }
}

static void a_run_in_a_sweep_is_that_run_alone(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record records[RUNS];
    mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    collect(f->workers, records, RUNS);
    for (size_t i = 0; i < RUNS; i++) {
        struct mmoe_options o;
        assert_int_equal(records[i].run, i);
        mmoe_grid_options(&f->grid, i, &o);
        assert_true(records[i].options.p == o.p && records[i].options.model == o.model);
        struct mmoe_run *run = make_run(&o);
        finish(run);
        assert_memory_equal(records[i].value[MMOE_LOSS], mmoe_run_snapshot(run)->value[MMOE_LOSS],
                            2 * sizeof(double));
        mmoe_run_free(run);
    }
}

static void jobs_change_nothing(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record one[RUNS], many[RUNS], kept[RUNS];
    int64_t study = begin(f, 1);
    collect(f->workers, one, RUNS);
    assert_int_equal(stored(f, study, kept), RUNS);
    same_results(one, kept, RUNS);
    for (size_t jobs = 2; jobs < 5; jobs++) {
        study = begin(f, jobs);
        collect(f->workers, many, RUNS);
        same_results(one, many, RUNS);
        assert_int_equal(stored(f, study, kept), RUNS);
        same_results(one, kept, RUNS);
    }
}

/* A fetched record is a stored one; what is stopped can be gone on with, and ends as if it had not
 * been. */
static void a_stopped_study_goes_on(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record whole[RUNS], some[RUNS], kept[RUNS];
    unsigned char done[RUNS] = {0};
    struct mmoe_error err;
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2, .done = done};
    int64_t study = begin(f, 2);
    collect(f->workers, whole, RUNS);
    sweep.study = begin(f, 2);
    assert_true(sweep.study != study);
    collect(f->workers, some, 3);
    mmoe_queue_stop(f->workers->queue);
    size_t before = 3 + rest(f->workers, some + 3);
    assert_int_equal(stored(f, sweep.study, kept), before); /* not one more */
    for (size_t i = 0; i < before; i++)
        same_results(&some[i], &kept[some[i].run], 1);
    for (size_t i = 0; i < before; i++)
        done[some[i].run] = true;
    mmoe_origin_here(&sweep.origin);
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, NULL, &err);
    mmoe_queue_sweep(f->workers->queue, &sweep);
    collect(f->workers, some, RUNS - before);
    for (size_t i = 0; i < RUNS - before; i++)
        assert_false(done[some[i].run]); /* nothing twice */
    assert_int_equal(stored(f, sweep.study, kept), RUNS);
    same_results(whole, kept, RUNS);
}

static void nothing_left_to_do(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    unsigned char done[RUNS];
    struct mmoe_progress p;
    memset(done, 1, sizeof done);
    mmoe_queue_sweep(f->workers->queue,
                     &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .done = done});
    p = mmoe_queue_progress(f->workers->queue);
    assert_true(p.finished == 0 && p.submitted == 0);
    assert_false(mmoe_queue_record(f->workers->queue, &record));
    done[7] = 0;
    mmoe_queue_sweep(f->workers->queue,
                     &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .done = done});
    collect(f->workers, &record, 1);
    assert_int_equal(record.run, 7);
}

/* --- a hold, in every state --- */

enum { ENDLESS = 100000000 };

/* A queue of two workers and its mailbox, nothing stored. */
static struct workers workers_of(const struct mmoe_grid *grid, bool held)
{
    struct workers w = {.mailbox = mmoe_mailbox_new()};
    w.queue = mmoe_queue_new(w.mailbox);
    if (held)
        mmoe_queue_hold(w.queue, true);
    mmoe_queue_sweep(w.queue, &(struct mmoe_sweep){.grid = grid, .jobs = 2});
    return w;
}

static void workers_done(struct workers *w)
{
    mmoe_queue_free(w->queue);
    mmoe_mailbox_free(w->mailbox);
}

static uint64_t steps_of(struct workers *w)
{
    return mmoe_queue_progress(w->queue).steps;
}

static size_t wait_end(struct workers *w)
{
    struct mmoe_progress p;
    size_t count = 0;
    struct mmoe_record record;
    for (;;) {
        p = mmoe_queue_progress(w->queue);
        for (; mmoe_queue_record(w->queue, &record); count++)
            assert_int_equal(record.run, count);
        if (p.finished >= p.submitted)
            return count;
        poll(&(struct pollfd){.fd = mmoe_mailbox_fd(w->mailbox), .events = POLLIN}, 1, 60000);
        mmoe_mailbox_drain(w->mailbox);
    }
}

/* Wait until no step is made any more, for as long as thousands of them take; without a hold there
 * is no end of them. */
static uint64_t standstill(struct workers *w)
{
    uint64_t steps = steps_of(w), before;
    size_t looks = 0;
    do {
        before = steps;
        poll(NULL, 0, 50);
        steps = steps_of(w);
        if (++looks > 1000)
            fail_msg("the queue is not held");
    } while (steps != before);
    return steps;
}

/* Hold workers in the middle of runs. */
static uint64_t hold(struct workers *w, uint64_t beyond)
{
    while (steps_of(w) <= beyond)
        poll(NULL, 0, 1);
    mmoe_queue_hold(w->queue, true);
    return standstill(w);
}

static void runs_in_work_are_held_and_go_on(void **state)
{
    struct fixture *f = *state;
    f->grid.base.steps = ENDLESS;
    struct workers w = workers_of(&f->grid, false);
    uint64_t steps = 0;
    for (int again = 0; again < 3; again++) {
        uint64_t later = hold(&w, steps + 1000);
        assert_true(later > steps + 1000);
        steps = later;
        mmoe_queue_hold(w.queue, false);
    }
    hold(&w, steps);
    workers_done(&w); /* in the middle of a hold */
}

static void no_run_is_begun_in_a_hold(void **state)
{
    struct fixture *f = *state;
    atomic_store(&rows_made, 0);
    struct workers w = workers_of(&f->grid, true);
    poll(NULL, 0, 20); /* were there no hold, there would be rows and steps */
    assert_true(steps_of(&w) == 0 && atomic_load(&rows_made) == 0);
    mmoe_queue_hold(w.queue, false);
    assert_int_equal(wait_end(&w), RUNS);
    workers_done(&w);
    w = workers_of(&f->grid, true);
    workers_done(&w);
}

static void a_stop_ends_a_hold(void **state)
{
    struct fixture *f = *state;
    f->grid.base.steps = ENDLESS;
    struct workers w = workers_of(&f->grid, false);
    hold(&w, 0);
    mmoe_queue_stop(w.queue);
    assert_int_equal(wait_end(&w), 0);
    f->grid.base.steps = 60; /* and what comes after it is not held */
    mmoe_queue_sweep(w.queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    assert_int_equal(wait_end(&w), RUNS);
    assert_int_equal(steps_of(&w), RUNS * 60);
    mmoe_queue_hold(w.queue, true); /* with nothing to do, and twice */
    mmoe_queue_hold(w.queue, true);
    mmoe_queue_stop(w.queue);
    mmoe_queue_stop(w.queue);
    mmoe_queue_sweep(w.queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 1});
    assert_int_equal(wait_end(&w), RUNS);
    workers_done(&w);
}

/* A run that was held has the result it would have had, and not the seconds. */
static void a_hold_leaves_no_trace(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record, again;
    double began, held_from, held;
    f->grid.axis_count = 0;
    f->grid.seeds = 1;
    bool ended = true;
    struct workers w;
    for (f->grid.base.steps = 1000; ended;
         f->grid.base.steps *= 2) { /* until it is long enough to be held */
        began = mmoe_clock_now();
        w = workers_of(&f->grid, false);
        while (steps_of(&w) == 0)
            poll(NULL, 0, 0);
        mmoe_queue_hold(w.queue, true);
        ended = standstill(&w) == f->grid.base.steps;
        if (!ended)
            break;
        workers_done(&w);
    }
    held_from = mmoe_clock_now();
    poll(NULL, 0, 50);
    held = mmoe_clock_now() - held_from;
    mmoe_queue_hold(w.queue, false);
    while (!mmoe_queue_record(w.queue, &record))
        poll(NULL, 0, 1);
    assert_true(record.seconds > 0 && record.seconds <= mmoe_clock_now() - began - held);
    workers_done(&w);
    w = workers_of(&f->grid, false);
    while (!mmoe_queue_record(w.queue, &again))
        poll(NULL, 0, 1);
    assert_memory_equal(record.value[MMOE_LOSS], again.value[MMOE_LOSS], 2 * sizeof(double));
    workers_done(&w);
}

/* --- rows --- */

/* Two settings of p and two models over three seeds: six datasets for twelve runs. */
static void rows_are_made_once(void **state)
{
    struct fixture *f = *state;
    struct workers w = {.mailbox = mmoe_mailbox_new()};
    w.queue = mmoe_queue_new(w.mailbox);
    atomic_store(&rows_made, 0);
    mmoe_queue_sweep(w.queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 1});
    assert_int_equal(wait_end(&w), RUNS);
    assert_int_equal(atomic_load(&rows_made), SEEDS * 2);
    workers_done(&w);
}

/* The file is taken away under the study: one error, no record that is not stored. */
static void a_store_that_fails(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    struct mmoe_error err = {.status = MMOE_OK};
    struct mmoe_progress p;
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2};
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, NULL, &err);
    sweep.study = 77; /* there is no such study: its runs belong to nothing */
    mmoe_queue_sweep(f->workers->queue, &sweep);
    for (;;) {
        assert_false(mmoe_queue_record(f->workers->queue, &record));
        if (mmoe_failed(mmoe_mailbox_error(f->workers->mailbox, &err)))
            break;
        wait_for(f->workers);
    }
    assert_non_null(strstr(err.text, "no study"));
    assert_non_null(strstr(err.text, "finished, but not stored: run"));
    do {
        assert_false(mmoe_queue_record(f->workers->queue, &record));
        p = mmoe_queue_progress(f->workers->queue);
        if (p.finished < p.submitted)
            wait_for(f->workers);
    } while (p.finished < p.submitted);
    assert_int_equal(p.finished, 0);
    mmoe_queue_sweep(f->workers->queue,
                     &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2}); /* life goes on */
    collect(f->workers, &record, 1);
    assert_int_equal(record.run, 0);
}

/* The file is removed while runs are in work (optuna#2722): what is finished then is named, and is
 * no record. */
static void a_store_that_is_removed_ends_its_sweep(void **state)
{
    struct fixture *f = *state;
    struct mmoe_error err;
    struct mmoe_record *records = mmoe_alloc(400 * CELLS, sizeof *records);
    f->grid.seeds = 400;
    begin(f, 2);
    collect(f->workers, records, 1);
    mmoe_queue_hold(f->workers->queue, true);
    assert_int_equal(unlink(f->path), 0);
    mmoe_queue_hold(f->workers->queue, false);
    size_t count = rest(f->workers, records);
    assert_in_range(count, 0, 400 * CELLS - 2);
    assert_false(mmoe_queue_record(f->workers->queue, records));
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_IO);
    assert_non_null(strstr(err.text, f->path));
    assert_non_null(strstr(err.text, "the file was removed while it was in use"));
    assert_non_null(strstr(err.text, "; finished, but not stored: run"));
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_OK); /* told once */
    mmoe_free(records);
}

/* All runs are stored, and then the file goes before that is told. */
static void a_store_is_in_its_place_at_the_end(void **state)
{
    struct fixture *f = *state;
    struct mmoe_error err;
    struct mmoe_record records[RUNS];
    begin(f, 2);
    collect(f->workers, records, RUNS);
    assert_int_equal(unlink(f->path), 0);
    assert_false(mmoe_queue_record(f->workers->queue, records));
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_IO);
    assert_non_null(strstr(err.text, "the file was removed while it was in use"));
    assert_null(strstr(err.text, "not stored:"));
}

/* The file of rows gets others while the study is in work: none of its runs is trained on them, and
 * that is told once. */
static void rows_that_change_end_a_sweep(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o = f->grid.base;
    struct mmoe_record records[RUNS];
    struct mmoe_error err;
    char path[80], both[200];
    snprintf(path, sizeof path, "/tmp/mmoe-queue-%ld.npz", (long)getpid());
    snprintf(both, sizeof both, "synthetic,%s", path);
    keep_rows(&o, path);
    struct mmoe_grid g = {.base = f->grid.base, .seeds = SEEDS};
    assert_int_equal(mmoe_grid_axis(&g, "data", both, &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "model", "shared-bottom,mmoe", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_files_read(&g, NULL, &err), MMOE_OK);
    put(&o, "p", "0.3");
    keep_rows(&o, path);
    mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &g, .jobs = 1});
    size_t count = rest(f->workers, records);
    unlink(path);
    assert_int_equal(count, 2); /* those of synthetic rows that came first */
    for (size_t i = 0; i < count; i++)
        assert_true(!records[i].failed && records[i].options.data[0] == '\0');
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_INVALID);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "its rows are others than those the study was begun with"));
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_OK);
}

/* However often the reader looks in between. */
static void what_fails_for_all_runs_is_told_once(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    struct mmoe_error err;
    size_t errors = 0;
    struct mmoe_grid g = {.base = f->grid.base, .seeds = 20};
    put(&g.base, "rows", "100000000"); /* 4 TB */
    put(&g.base, "dim", "10000");
    mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &g, .jobs = 1});
    for (size_t r = 0; r < 20;) {
        while (mmoe_failed(mmoe_mailbox_error(f->workers->mailbox, &err)))
            errors++;
        if (mmoe_queue_record(f->workers->queue, &record)) {
            assert_true(record.failed && record.run == r);
            r++;
        } else {
            wait_for(f->workers);
        }
    }
    assert_int_equal(errors, 1);
    assert_int_equal(err.status, MMOE_OK); /* the last time it was asked */
}

/* A study of rows alone: measured, kept, and no step is counted. */
static void a_study_of_rows_trains_nothing(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record fresh[RUNS], kept[RUNS];
    struct mmoe_progress p;
    put(&f->grid.base, "steps", "0");
    int64_t study = begin(f, 2);
    collect(f->workers, fresh, RUNS);
    p = mmoe_queue_progress(f->workers->queue);
    assert_true(p.finished == RUNS && p.submitted == RUNS && p.steps == 0);
    assert_int_equal(stored(f, study, kept), RUNS);
    same_results(fresh, kept, RUNS);
    for (size_t i = 0; i < RUNS; i++)
        assert_true(fresh[i].step == 0 && fresh[i].curve_count == 1 &&
                    isfinite(fresh[i].value[MMOE_LOSS][0]) && isfinite(fresh[i].pearson));
    struct mmoe_options o;
    for (size_t i = 1; i < RUNS; i++) { /* p alone decides within a seed */
        mmoe_grid_options(&f->grid, i, &o);
        assert_true((fresh[i].pearson == fresh[i - 1].pearson) ==
                    (o.p == fresh[i - 1].options.p && i % 4 > 0));
    }
}

#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* It is too late for any run: who waits hears of it, with nothing else to wake him. */
static void what_is_late_is_left_and_told(void **state)
{
    struct fixture *f = *state;
    struct workers *w = f->workers;
    enum { PATIENCE = 20000 /* milliseconds */ };
    mmoe_queue_hold(w->queue, true);
    mmoe_queue_sweep(w->queue,
                     &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .until = mmoe_clock_now()});
    mmoe_mailbox_drain(w->mailbox);
    assert_int_equal(mmoe_queue_progress(w->queue).submitted, RUNS);
    mmoe_queue_hold(w->queue, false);
    struct pollfd news = {.fd = mmoe_mailbox_fd(w->mailbox), .events = POLLIN};
    while (mmoe_queue_progress(w->queue).submitted) {
        assert_int_equal(poll(&news, 1, PATIENCE), 1);
        mmoe_mailbox_drain(w->mailbox);
    }
    struct mmoe_record r;
    assert_false(mmoe_queue_record(w->queue, &r));
}

TESTS(QUEUE_TEST(a_run_in_a_sweep_is_that_run_alone), QUEUE_TEST(jobs_change_nothing),
      QUEUE_TEST(a_stopped_study_goes_on), QUEUE_TEST(nothing_left_to_do),
      QUEUE_TEST(a_store_that_is_removed_ends_its_sweep),
      QUEUE_TEST(a_store_is_in_its_place_at_the_end), QUEUE_TEST(rows_that_change_end_a_sweep),
      QUEUE_TEST(what_fails_for_all_runs_is_told_once), QUEUE_TEST(a_study_of_rows_trains_nothing),
      QUEUE_TEST(runs_in_work_are_held_and_go_on), QUEUE_TEST(no_run_is_begun_in_a_hold),
      QUEUE_TEST(a_stop_ends_a_hold), QUEUE_TEST(a_hold_leaves_no_trace),
      QUEUE_TEST(rows_are_made_once), QUEUE_TEST(a_store_that_fails),
      QUEUE_TEST(what_is_late_is_left_and_told))
