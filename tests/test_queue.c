/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sweeps: in order, held, stopped, kept, cut off and gone on with; always the same bits. */
#include "tests/test.h"

#include <mmoe/mat.h>
#include <mmoe/run.h>
#include <mmoe/runner.h>

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { SEEDS = 3, CELLS = 4, RUNS = SEEDS * CELLS };

struct fixture {
    struct mmoe_runner *runner;
    struct mmoe_grid grid;
    char path[64];
};

static int set_up(void **state)
{
    static struct fixture f;
    struct mmoe_error err;
    mmoe_mat_init();
    memset(&f, 0, sizeof f);
    f.runner = mmoe_runner_new();
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
    mmoe_runner_free(f->runner);
    unlink(f->path);
    snprintf(beside, sizeof beside, "%s-wal", f->path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", f->path);
    unlink(beside);
    return 0;
}

static void wait_for(struct mmoe_runner *r)
{
    struct pollfd p = {mmoe_runner_fd(r), POLLIN, 0};
    poll(&p, 1, 10000);
    mmoe_runner_drain(r);
}

static void collect(struct mmoe_runner *r, struct mmoe_record *records, size_t n)
{
    for (size_t count = 0; count < n;)
        if (mmoe_runner_record(r, &records[count]))
            count++;
        else
            wait_for(r);
}

/* Begin a study of the fixture's grid in its store; returns its number. */
static int64_t begin(struct fixture *f, size_t jobs)
{
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = jobs};
    struct mmoe_error err;
    mmoe_origin_here(&sweep.origin);
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, &err);
    assert_non_null(sweep.store);
    assert_int_equal(mmoe_store_study_new(sweep.store, &f->grid, "sweep", &sweep.origin, &sweep.study, &err), MMOE_OK);
    mmoe_runner_sweep(f->runner, &sweep);
    return sweep.study;
}

static void put_record(void *context, const struct mmoe_record *r)
{
    struct mmoe_record *records = context;
    assert_true(r->run < RUNS && records[r->run].tasks == 0); /* each once */
    records[r->run] = *r;
}

/* What the store has of a study, by run; returns how many. */
static size_t stored(const struct fixture *f, int64_t study, struct mmoe_record *records)
{
    struct mmoe_error err;
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    memset(records, 0, RUNS * sizeof *records);
    struct mmoe_store *s = mmoe_store_open(f->path, MMOE_STORE_READ, &err);
    assert_non_null(s);
    assert_int_equal(mmoe_store_study(s, study, &info, &grid, &err), MMOE_OK);
    assert_int_equal(mmoe_store_records(s, study, &grid, put_record, records, &err), MMOE_OK);
    mmoe_store_close(s);
    return info.finished;
}

static void same_results(const struct mmoe_record *a, const struct mmoe_record *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(a[i].run, b[i].run);
        assert_true(a[i].tasks == b[i].tasks && a[i].step == b[i].step && a[i].diverged_step == b[i].diverged_step);
        assert_memory_equal(a[i].loss, b[i].loss, a[i].tasks * sizeof(double));
        assert_memory_equal(a[i].loss_over_var, b[i].loss_over_var, a[i].tasks * sizeof(double));
    }
}

static void a_run_in_a_sweep_is_that_run_alone(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record records[RUNS];
    struct mmoe_error err;
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    collect(f->runner, records, RUNS);
    for (size_t i = 0; i < RUNS; i++) {
        struct mmoe_options o;
        assert_int_equal(records[i].run, i);
        mmoe_grid_options(&f->grid, i, &o);
        assert_true(records[i].options.p == o.p && records[i].options.model == o.model);
        struct mmoe_dataset *data = mmoe_synthetic_new(&o, NULL, &err);
        struct mmoe_run *run = mmoe_run_new(&o, data, &err);
        while (mmoe_run_step(run) == MMOE_CONTINUE)
            continue;
        assert_memory_equal(records[i].loss, mmoe_run_snapshot(run)->loss, 2 * sizeof(double));
        mmoe_run_free(run);
        mmoe_dataset_free(data);
    }
}

static void jobs_change_nothing(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record one[RUNS], many[RUNS], kept[RUNS];
    int64_t study = begin(f, 1);
    collect(f->runner, one, RUNS);
    assert_int_equal(stored(f, study, kept), RUNS);
    same_results(one, kept, RUNS);
    for (size_t jobs = 2; jobs < 5; jobs++) {
        study = begin(f, jobs);
        collect(f->runner, many, RUNS);
        same_results(one, many, RUNS);
        assert_int_equal(stored(f, study, kept), RUNS);
        same_results(one, kept, RUNS);
    }
}

/* A fetched record is a stored one; what is stopped can be gone on with, and ends as if it had not been. */
static void a_stopped_study_goes_on(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record whole[RUNS], some[RUNS], kept[RUNS];
    unsigned char done[RUNS];
    struct mmoe_error err;
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2, .done = done};
    int64_t study = begin(f, 2);
    collect(f->runner, whole, RUNS);
    sweep.study = begin(f, 2);
    assert_true(sweep.study != study);
    collect(f->runner, some, 3);
    size_t before = stored(f, sweep.study, kept);
    assert_true(before >= 3);
    same_results(whole, kept, 3);
    mmoe_runner_stop(f->runner);
    mmoe_runner_free(f->runner); /* all workers have let go */
    f->runner = mmoe_runner_new();
    before = stored(f, sweep.study, kept);
    mmoe_origin_here(&sweep.origin);
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, &err);
    assert_int_equal(mmoe_store_finished(sweep.store, sweep.study, done, RUNS, &err), MMOE_OK);
    mmoe_runner_sweep(f->runner, &sweep);
    collect(f->runner, some, RUNS - before);
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
    size_t finished, submitted;
    uint64_t steps;
    memset(done, 1, sizeof done);
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .done = done});
    mmoe_runner_progress(f->runner, &finished, &submitted, &steps);
    assert_true(finished == 0 && submitted == 0);
    assert_false(mmoe_runner_record(f->runner, &record));
    done[7] = 0;
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .done = done});
    collect(f->runner, &record, 1);
    assert_int_equal(record.run, 7);
}

/* Held: nothing more comes, however long one waits; then it all comes. */
static void a_hold_holds(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record records[RUNS], record;
    size_t finished, submitted;
    uint64_t steps, later;
    mmoe_runner_hold(f->runner, true);
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    mmoe_runner_progress(f->runner, &finished, &submitted, &steps);
    assert_true(finished == 0 && submitted == RUNS && steps == 0);
    mmoe_runner_hold(f->runner, false);
    collect(f->runner, records, 2);
    mmoe_runner_hold(f->runner, true);
    while (mmoe_runner_record(f->runner, &record)) /* those that were finished already */
        continue;
    mmoe_runner_progress(f->runner, &finished, &submitted, &later);
    assert_true(later <= RUNS * 60);
    mmoe_runner_stop(f->runner); /* ends the hold */
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    collect(f->runner, records, RUNS);
    for (size_t i = 0; i < RUNS; i++)
        assert_int_equal(records[i].run, i);
}

static void a_held_queue_can_end(void **state)
{
    struct fixture *f = *state;
    put(&f->grid.base, "steps", "100000000");
    begin(f, 2);
    wait_for(f->runner);
    mmoe_runner_hold(f->runner, true);
    mmoe_runner_free(f->runner);
    f->runner = mmoe_runner_new();
}

/* The file is taken away under the study: one error, no record that is not stored. */
static void a_store_that_fails(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    struct mmoe_error err = {.status = MMOE_OK};
    size_t finished, submitted;
    uint64_t steps;
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2};
    sweep.store = mmoe_store_open(f->path, MMOE_STORE_WRITE, &err);
    sweep.study = 77; /* there is no such study: its runs belong to nothing */
    mmoe_runner_sweep(f->runner, &sweep);
    while (!mmoe_failed(mmoe_runner_error(f->runner, &err)))
        wait_for(f->runner);
    assert_true(strlen(err.text) > 0);
    do {
        assert_false(mmoe_runner_record(f->runner, &record));
        mmoe_runner_progress(f->runner, &finished, &submitted, &steps);
        if (finished < submitted)
            wait_for(f->runner);
    } while (finished < submitted);
    assert_int_equal(finished, 0);
    mmoe_runner_sweep(f->runner, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2}); /* life goes on */
    collect(f->runner, &record, 1);
    assert_int_equal(record.run, 0);
}

#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

TESTS(QUEUE_TEST(a_run_in_a_sweep_is_that_run_alone), QUEUE_TEST(jobs_change_nothing),
      QUEUE_TEST(a_stopped_study_goes_on), QUEUE_TEST(nothing_left_to_do), QUEUE_TEST(a_hold_holds),
      QUEUE_TEST(a_held_queue_can_end), QUEUE_TEST(a_store_that_fails))
