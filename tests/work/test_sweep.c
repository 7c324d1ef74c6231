/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of a sweep: taken in order, fetched in order, whatever happens in between. */
#include <mmoe/queue.h>

#include "src/base/thread.h"
#include "src/work/sweep.h"
#include "tests/test.h"

enum { RUNS = 6, JOBS_MAX = 4 };

static struct sweep *sweep_of(const unsigned char *done, size_t jobs)
{
    struct mmoe_grid grid = {.seeds = RUNS};
    small_options(&grid.base);
    return sweep_new(&(struct mmoe_sweep){.grid = &grid, .jobs = jobs, .done = done}, JOBS_MAX);
}

static size_t finish(struct sweep *s, size_t run)
{
    struct mmoe_record record;
    mmoe_record_clear(&record, &s->grid.base);
    record.run = run;
    return sweep_finish(s, run, packed_new(&record));
}

/* -1 where there is nothing to be fetched. */
static long fetch(struct sweep *s)
{
    size_t run = 0;
    struct packed *p = sweep_fetch(s, &run);
    packed_drop(p);
    return p ? (long)run : -1;
}

static void runs_are_taken_in_order(void **state)
{
    (void)state;
    const unsigned char done[RUNS] = {1, 0, 0, 1, 0, 1};
    struct sweep *s = sweep_of(done, 1);
    assert_int_equal(sweep_waiting(s), 3);
    assert_int_equal(sweep_take(s), 1);
    assert_int_equal(sweep_take(s), 2);
    assert_true(sweep_waits(s));
    assert_int_equal(sweep_waiting(s), 1);
    assert_int_equal(sweep_take(s), 4);
    assert_false(sweep_waits(s));
    assert_false(sweep_is_over(s));
    sweep_free(s);
}

static void results_are_fetched_in_order(void **state)
{
    (void)state;
    const unsigned char done[RUNS] = {0, 1, 0, 0, 0, 1};
    struct sweep *s = sweep_of(done, 2);
    while (sweep_waits(s))
        sweep_take(s);
    finish(s, 3);
    finish(s, 2);
    assert_int_equal(fetch(s), -1);
    finish(s, 0);
    assert_int_equal(fetch(s), 0);
    assert_int_equal(fetch(s), 2); /* 1 was done before */
    assert_int_equal(fetch(s), 3);
    assert_int_equal(fetch(s), -1);
    assert_false(sweep_is_over(s));
    sweep_leave_out(s, 4);
    assert_true(sweep_is_over(s));
    sweep_free(s);
}

static void a_stop_leaves_out_what_waits(void **state)
{
    (void)state;
    struct sweep *s = sweep_of(NULL, 2);
    for (size_t i = 0; i < 3; i++)
        sweep_take(s);
    finish(s, 1);
    assert_int_equal(sweep_stop(s), 3);
    assert_true(atomic_load(&s->stop));
    assert_int_equal(sweep_stop(s), 0);
    assert_false(sweep_is_over(s));
    assert_int_equal(fetch(s), -1);
    sweep_leave_out(s, 0);
    assert_int_equal(fetch(s), 1);
    sweep_leave_out(s, 2);
    assert_true(sweep_is_over(s));
    sweep_free(s);
}

static void what_is_not_fetched_is_freed(void **state)
{
    (void)state;
    struct sweep *s = sweep_of(NULL, 0);
    assert_int_equal(s->given.jobs, thread_cores() < JOBS_MAX ? thread_cores() : JOBS_MAX);
    finish(s, sweep_take(s));
    finish(s, sweep_take(s));
    sweep_free(s);
    s = sweep_of(NULL, 1000);
    assert_int_equal(s->given.jobs, JOBS_MAX);
    sweep_free(s);
    sweep_free(NULL);
}

TESTS(cmocka_unit_test(runs_are_taken_in_order), cmocka_unit_test(results_are_fetched_in_order),
      cmocka_unit_test(a_stop_leaves_out_what_waits),
      cmocka_unit_test(what_is_not_fetched_is_freed))
