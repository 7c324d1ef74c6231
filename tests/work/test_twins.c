/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of a sweep that are the same to the bit: one is trained, all are told and stored. */
#include <mmoe/mat.h>
#include <mmoe/queue.h>

#include "src/work/sweep.h"
#include "tests/stores.h"
#include "tests/workers.h"

/* The runs of a seed, as the grid numbers them: bottoms of 8 and of 16 units by shared-bottom and
 * mmoe, which has no bottom. */
enum { SHARED_8, MMOE_8, SHARED_16, MMOE_16, CELLS, SEEDS = 2, RUNS = CELLS * SEEDS, STEPS = 60 };

struct fixture {
    struct place *place;
    struct workers *workers;
    struct mmoe_grid grid;
};

static int set_up(void **state)
{
    static struct fixture f;
    mmoe_mat_init();
    if (make_place((void **)&f.place))
        return -1;
    f.workers = workers_new();
    f.grid = (struct mmoe_grid){.seeds = SEEDS};
    small_options(&f.grid.base);
    assert_fine(mmoe_grid_axis(&f.grid, "bottom-units", "8/16", &err));
    assert_fine(mmoe_grid_axis(&f.grid, "model", "shared-bottom,mmoe", &err));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    workers_free(f->workers);
    return remove_place((void **)&f->place);
}

/* --- the runs of a sweep --- */

static struct sweep *sweep_of(const struct fixture *f, const unsigned char *done)
{
    return sweep_new(&(struct mmoe_sweep){.grid = &f->grid, .jobs = 1, .done = done}, 4);
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

static void one_of_twins_is_taken(void **state)
{
    const struct fixture *f = *state;
    struct sweep *s = sweep_of(f, NULL);
    assert_int_equal(sweep_waiting(s), RUNS);
    assert_int_equal(s->steps, 6 * STEPS);
    static const size_t taken[] = {0, 1, 2, 4, 5, 6};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(sweep_take(s), taken[i]);
    assert_false(sweep_waits(s));
    assert_int_equal(sweep_twin(s, 1), 3);
    assert_int_equal(sweep_twin(s, 3), SIZE_MAX);
    assert_int_equal(sweep_twin(s, 5), 7); /* of its own seed */
    assert_int_equal(sweep_twin(s, 0), SIZE_MAX);
    for (size_t i = 6; i-- > 0;) {
        bool twins = taken[i] % CELLS == MMOE_8;
        assert_false(sweep_is_over(s));
        assert_int_equal(finish(s, taken[i]), twins ? 2 : 1);
    }
    for (long i = 0; i < RUNS; i++)
        assert_int_equal(fetch(s), i);
    assert_true(sweep_is_over(s));
    sweep_free(s);
}

/* Of twins of which one is done the other is trained; of which both are, neither. */
static void what_is_done_has_no_twin(void **state)
{
    const struct fixture *f = *state;
    const unsigned char done[RUNS] = {[MMOE_8] = 1, [CELLS + MMOE_8] = 1, [CELLS + MMOE_16] = 1};
    struct sweep *s = sweep_of(f, done);
    assert_int_equal(sweep_waiting(s), 5);
    assert_int_equal(s->steps, 5 * STEPS);
    static const size_t taken[] = {0, 2, 3, 4, 6};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(sweep_take(s), taken[i]);
        assert_int_equal(sweep_twin(s, taken[i]), SIZE_MAX);
    }
    assert_false(sweep_waits(s));
    sweep_free(s);
}

/* A twin is left out with the run it waits for, and stays where that one is in work. */
static void a_stop_leaves_out_twins(void **state)
{
    const struct fixture *f = *state;
    struct sweep *s = sweep_of(f, NULL);
    assert_int_equal(sweep_take(s), SHARED_8);
    assert_int_equal(sweep_take(s), MMOE_8);
    assert_int_equal(sweep_stop(s), RUNS - 3);
    assert_int_equal(sweep_stop(s), 0);
    finish(s, SHARED_8);
    finish(s, MMOE_8);
    assert_int_equal(fetch(s), SHARED_8);
    assert_int_equal(fetch(s), MMOE_8);
    assert_int_equal(fetch(s), MMOE_16);
    assert_true(sweep_is_over(s));
    sweep_free(s);
    s = sweep_of(f, NULL);
    assert_int_equal(sweep_stop(s), RUNS);
    assert_true(sweep_is_over(s));
    sweep_free(s);
}

/* --- in the queue --- */

/* Twins are the same but for their number and their options. */
static void assert_twins(const struct mmoe_record *a, const struct mmoe_record *b)
{
    assert_true(b->run == a->run + 2 && a->options.bottom_units.v[0] == 8 &&
                b->options.bottom_units.v[0] == 16);
    assert_true(a->options.model == b->options.model &&
                a->options.seed_data == b->options.seed_data);
    assert_true(a->tasks == b->tasks && a->step == STEPS && b->step == STEPS && !b->failed);
    assert_true(isfinite(a->value[MMOE_LOSS][0]));
    for (size_t m = 0; m < MMOE_METRICS; m++)
        assert_memory_equal(a->value[m], b->value[m], 2 * sizeof(double));
    assert_memory_equal(a->choice, b->choice, 2 * sizeof(double));
    assert_true(a->pearson == b->pearson && a->curve_count == b->curve_count && b->curve_count > 0);
    assert_memory_equal(a->curve, b->curve, a->curve_count * sizeof *a->curve);
}

static void assert_sweep(const struct fixture *f, const struct mmoe_record *r)
{
    for (size_t i = 0; i < RUNS; i++) {
        struct mmoe_options o;
        mmoe_grid_options(&f->grid, i, &o);
        assert_true(r[i].run == i && r[i].options.model == o.model &&
                    r[i].options.seed_order == o.seed_order);
    }
    for (size_t i = 0; i < RUNS; i += CELLS) {
        assert_twins(&r[i + MMOE_8], &r[i + MMOE_16]);
        assert_true(r[i + SHARED_8].value[MMOE_LOSS][0] != r[i + SHARED_16].value[MMOE_LOSS][0]);
    }
    assert_true(r[MMOE_8].value[MMOE_LOSS][0] != r[CELLS + MMOE_8].value[MMOE_LOSS][0]);
}

static void twins_are_trained_once(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_record records[RUNS], extra;
    for (size_t jobs = 1; jobs < 4; jobs++) {
        mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = jobs});
        struct mmoe_progress p = mmoe_queue_progress(f->workers->queue);
        assert_true(p.submitted == RUNS && p.steps_wanted == 6 * STEPS);
        collect(f->workers, records, RUNS);
        p = mmoe_queue_progress(f->workers->queue);
        assert_true(p.finished == RUNS && p.submitted == RUNS);
        assert_true(p.steps == 6 * STEPS && p.steps_wanted == 6 * STEPS);
        assert_sweep(f, records);
        assert_false(mmoe_queue_record(f->workers->queue, &extra));
    }
}

static bool put_record(void *context, const struct mmoe_record *r)
{
    struct mmoe_record *records = context;
    assert_true(r->run < RUNS);
    records[r->run] = *r;
    return true;
}

/* What the store has of its study; returns how many. */
static size_t stored(const struct fixture *f, struct mmoe_record *records)
{
    struct mmoe_study_info info;
    struct mmoe_store *s = open_store(f->place->file, MMOE_STORE_READ);
    memset(records, 0, RUNS * sizeof *records);
    assert_fine(mmoe_store_study(s, 1, &info, NULL, &err));
    assert_fine(mmoe_results_read(s, 1, &f->grid, true, put_record, records, &err));
    mmoe_store_close(s);
    return info.finished;
}

static void twins_are_stored_as_runs_of_their_own(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_record records[RUNS], kept[RUNS];
    struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2, .study = 1, .origin = test_origin};
    sweep.store = open_store(f->place->file, MMOE_STORE_WRITE);
    assert_int_equal(new_study(sweep.store, &f->grid), 1);
    mmoe_queue_sweep(f->workers->queue, &sweep);
    collect(f->workers, records, RUNS);
    assert_sweep(f, records);
    assert_int_equal(stored(f, kept), RUNS);
    assert_sweep(f, kept);
    for (size_t i = 0; i < RUNS; i++)
        assert_memory_equal(kept[i].value[MMOE_LOSS], records[i].value[MMOE_LOSS],
                            2 * sizeof(double));
}

/* No run is left out twice, in whatever batches the writer finds that its study is gone. */
static void twins_that_cannot_be_stored_are_left_out_once(void **state)
{
    struct fixture *f = *state;
    f->grid.seeds = 12;
    f->grid.base.steps = 1;
    struct mmoe_store *s = open_store(f->place->file, MMOE_STORE_WRITE);
    assert_int_equal(new_study(s, &f->grid), 1);
    mmoe_store_close(s);
    for (size_t i = 0; i < 100; i++) {
        struct mmoe_sweep sweep = {.grid = &f->grid, .jobs = 2, .study = 7, .origin = test_origin};
        sweep.store = open_store(f->place->file, MMOE_STORE_WRITE); /* it has no study 7 */
        mmoe_queue_sweep(f->workers->queue, &sweep);
        struct mmoe_progress p = mmoe_queue_progress(f->workers->queue);
        while (p.finished < p.submitted) {
            assert_true(p.submitted <= mmoe_grid_runs(&f->grid));
            wait_for(f->workers);
            p = mmoe_queue_progress(f->workers->queue);
        }
        assert_int_equal(p.submitted, p.finished);
    }
}

/* The study goes on where one of two twins is done: the other is trained, to the same bits. */
static void a_twin_that_lacks_is_trained(void **state)
{
    const struct fixture *f = *state;
    const unsigned char done[RUNS] = {[SHARED_8] = 1, [MMOE_8] = 1, [CELLS + MMOE_16] = 1};
    static const size_t lack[] = {SHARED_16, MMOE_16, CELLS + SHARED_8, CELLS + MMOE_8,
                                  CELLS + SHARED_16};
    struct mmoe_record whole[RUNS], records[5];
    mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    collect(f->workers, whole, RUNS);
    mmoe_queue_sweep(f->workers->queue,
                     &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2, .done = done});
    assert_int_equal(mmoe_queue_progress(f->workers->queue).steps_wanted, 5 * STEPS);
    collect(f->workers, records, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(records[i].run, lack[i]);
        assert_memory_equal(records[i].value[MMOE_LOSS], whole[lack[i]].value[MMOE_LOSS],
                            2 * sizeof(double));
    }
    assert_int_equal(mmoe_queue_progress(f->workers->queue).steps, 5 * STEPS);
}

/* In work or waiting, a run that is stopped takes its twins along. */
static void a_stop_takes_twins_along(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    put(&f->grid.base, "steps", "100000000");
    for (size_t jobs = 1; jobs < 4; jobs++) {
        mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = jobs});
        while (mmoe_queue_progress(f->workers->queue).steps == 0)
            poll(NULL, 0, 1);
        mmoe_queue_stop(f->workers->queue);
        while (mmoe_queue_progress(f->workers->queue).submitted > 0)
            wait_for(f->workers);
        assert_false(mmoe_queue_record(f->workers->queue, &record));
        assert_int_equal(mmoe_queue_progress(f->workers->queue).finished, 0);
    }
}

/* A run that cannot be made has twins that cannot either; it is told once. */
static void twins_fail_together(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record records[RUNS];
    struct mmoe_error err;
    f->grid.base.rows = 100000000;
    f->grid.base.dim = 10000;
    mmoe_queue_sweep(f->workers->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    collect(f->workers, records, RUNS);
    for (size_t i = 0; i < RUNS; i++)
        assert_true(records[i].run == i && records[i].failed &&
                    records[i].options.bottom_units.v[0] == (i % CELLS < SHARED_16 ? 8 : 16));
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_LIMIT);
    assert_int_equal(mmoe_mailbox_error(f->workers->mailbox, &err), MMOE_OK);
}

#define TWINS_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

TESTS(TWINS_TEST(one_of_twins_is_taken), TWINS_TEST(what_is_done_has_no_twin),
      TWINS_TEST(a_stop_leaves_out_twins), TWINS_TEST(twins_are_trained_once),
      TWINS_TEST(twins_are_stored_as_runs_of_their_own),
      TWINS_TEST(twins_that_cannot_be_stored_are_left_out_once),
      TWINS_TEST(a_twin_that_lacks_is_trained), TWINS_TEST(a_stop_takes_twins_along),
      TWINS_TEST(twins_fail_together))
