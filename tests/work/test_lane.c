/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker threads: orders, pauses, repeats, and bits that do not depend on them. */
#include "tests/runs.h"
#include "tests/workers.h"

static void rest(struct workers *r)
{
    while (mmoe_lane_busy(r->lane))
        wait_for(r);
}

static void assert_no_error(struct workers *r)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_mailbox_error(r->mailbox, &err)))
        fail_msg("%s", err.text);
}

/* The same run without any thread. */
static void alone(const struct mmoe_options *o, struct mmoe_snapshot *out)
{
    struct mmoe_run *run = make_run(o);
    finish(run);
    mmoe_snapshot_init(out, 0);
    mmoe_snapshot_copy(out, mmoe_run_snapshot(run));
    mmoe_run_free(run);
}

static int set_up(void **state)
{
    mmoe_mat_init();
    *state = workers_new();
    return 0;
}

static int tear_down(void **state)
{
    workers_free(*state);
    return 0;
}

static void live_bits_are_those_of_a_run_alone(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live, want;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    alone(&o, &want);
    for (int again = 0; again < 2; again++) {
        if (again)
            mmoe_lane_reset(r->lane);
        else
            mmoe_lane_make(r->lane, &o, true);
        mmoe_lane_train(r->lane, 60);
        rest(r);
        assert_no_error(r);
        assert_true(fetch_snapshot(r->lane, &live));
        assert_int_equal(live.state, MMOE_RUN_FINISHED);
        assert_same_curve(&live, &want);
        assert_false(fetch_snapshot(r->lane, &live)); /* nothing newer */
    }
    assert_true(live.seconds > 0);
    mmoe_snapshot_done(&live);
    mmoe_snapshot_done(&want);
}

static void orders_follow_each_other(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, false);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 10);
    mmoe_lane_train(r->lane, 25);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.step, 25);
    assert_int_equal(live.state, MMOE_RUN_PAUSED);
    assert_int_equal(live.curve[live.curve_count - 1].step, 25);
    struct mmoe_dataset *d = mmoe_lane_data(r->lane, NULL), *again;
    put(&o, "model", "omoe"); /* the same rows serve */
    mmoe_lane_make(r->lane, &o, true);
    rest(r);
    again = mmoe_lane_data(r->lane, NULL);
    assert_ptr_equal(d, again);
    mmoe_dataset_free(again);
    put(&o, "seed.data", "3");
    mmoe_lane_make(r->lane, &o, true);
    rest(r);
    again = mmoe_lane_data(r->lane, NULL);
    assert_ptr_not_equal(d, again);
    mmoe_dataset_free(again);
    mmoe_dataset_free(d);
    mmoe_snapshot_done(&live);
}

static void a_pause_ends_a_slow_run_at_once(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live;
    small_options(&o);
    put(&o, "speed", "0.1"); /* the second step is due after ten seconds */
    put(&o, "steps", "1000");
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 1000);
    mmoe_lane_train(r->lane, 2000); /* dropped by the pause */
    do
        wait_for(r);
    while (!fetch_snapshot(r->lane, &live) || live.step == 0);
    mmoe_lane_pause(r->lane);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.state, MMOE_RUN_PAUSED);
    assert_int_equal(live.step, 1);
    const struct mmoe_options slow = o;
    put(&o, "speed", "max"); /* going on leads to the same place */
    mmoe_lane_tune(r->lane, &slow, &o);
    mmoe_lane_train(r->lane, 1000);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.step, 1000);
    struct mmoe_snapshot want;
    alone(&o, &want);
    assert_memory_equal(live.value[MMOE_LOSS], want.value[MMOE_LOSS], live.tasks * sizeof(double));
    mmoe_snapshot_done(&want);
    mmoe_snapshot_done(&live);
}

/* Rows that take a second and more, and a stop at the very beginning; a pause lets them be made. */
static void a_stop_ends_the_making_of_rows(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    put(&o, "rows", "1000000");
    put(&o, "sines", "50");
    mmoe_lane_make(r->lane, &o, true);
    poll(NULL, 0, 20); /* it has begun, most likely */
    mmoe_lane_stop(r->lane);
    rest(r);
    assert_null(mmoe_lane_data(r->lane, NULL));
    if (mmoe_failed(mmoe_mailbox_error(r->mailbox, &err)))
        assert_int_equal(err.status, MMOE_STATE);
    small_options(&o); /* what comes next is whole */
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_pause(r->lane);
    mmoe_lane_make(r->lane, &o, true);
    rest(r);
    struct mmoe_dataset *d = mmoe_lane_data(r->lane, NULL);
    assert_non_null(d);
    assert_int_equal(d->train.n, o.rows);
    mmoe_dataset_free(d);
    assert_int_equal(mmoe_mailbox_error(r->mailbox, &err), MMOE_OK);
}

static void tuning_overtakes(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live;
    small_options(&o);
    put(&o, "speed", "0.1");
    put(&o, "steps", "50");
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 50);
    const struct mmoe_options slow = o;
    put(&o, "speed", "max");
    put(&o, "lr", "0.002");
    mmoe_lane_tune(r->lane, &slow, &o);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.step, 50);
    assert_near(live.options.lr, 0.002, 0);
    mmoe_snapshot_done(&live);
}

/* The settings of one who gives the order lag behind a run that goes through its past again. */
static void what_was_not_changed_stays(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o, lagging;
    struct mmoe_snapshot live;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 20);
    rest(r);
    lagging = o;
    put(&o, "lr", "0.002");
    mmoe_lane_tune(r->lane, &lagging, &o);
    mmoe_lane_train(r->lane, 40);
    mmoe_lane_goto(r->lane, 10);
    mmoe_lane_train(r->lane, 30);
    rest(r);
    o = lagging;
    put(&lagging, "eval-every", "7");
    mmoe_lane_tune(r->lane, &o, &lagging);
    o = lagging;
    put(&lagging, "speed", "10000"); /* before that is taken over, and both are */
    mmoe_lane_tune(r->lane, &o, &lagging);
    mmoe_lane_train(r->lane, 31);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_near(live.options.lr, 0.002, 0);
    assert_int_equal(live.options.eval_every, 7);
    assert_near(live.options.speed, 10000, 0);
    mmoe_snapshot_done(&live);
}

/* The run there was is still in work, and takes the options over as well. */
static void tuning_reaches_the_run_that_is_ordered(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    for (size_t i = 0; i < 20; i++) {
        put(&o, "lr", "0.001");
        mmoe_lane_make(r->lane, &o, true);
        mmoe_lane_train(r->lane, 1000000);
        mmoe_lane_pause(r->lane);
        mmoe_lane_make(r->lane, &o, true);
        const struct mmoe_options before = o;
        put(&o, "lr", "0.002");
        mmoe_lane_tune(r->lane, &before, &o);
        mmoe_lane_train(r->lane, 5);
        rest(r);
        fetch_snapshot(r->lane, &live);
        assert_int_equal(live.step, 5);
        assert_near(live.options.lr, 0.002, 0);
    }
    mmoe_snapshot_done(&live);
}

static void a_failed_order_drops_those_behind_it(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_error err;
    struct mmoe_snapshot live;
    small_options(&o);
    o.rows = 100000000;
    o.dim = 10000;
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 10);
    rest(r);
    assert_int_equal(mmoe_mailbox_error(r->mailbox, &err), MMOE_LIMIT);
    assert_non_null(strstr(err.text, "do not fit in memory"));
    assert_int_equal(mmoe_mailbox_error(r->mailbox, &err), MMOE_OK);
    assert_false(fetch_snapshot(r->lane, &live));
    mmoe_snapshot_done(&live);
}

/* n seeds of o, kept nowhere. */
static void repeat(struct workers *r, const struct mmoe_options *o, size_t n, size_t jobs)
{
    struct mmoe_grid grid = {.base = *o, .seeds = n};
    mmoe_queue_sweep(r->queue, &(struct mmoe_sweep){.grid = &grid, .jobs = jobs});
}

static void repeats_come_in_order_whatever_the_workers(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    enum { N = 7 };
    struct mmoe_record records[N], first[N];
    struct mmoe_progress p;
    small_options(&o);
    put(&o, "seed", "40");
    for (size_t jobs = 1; jobs <= 4; jobs++) {
        repeat(r, &o, N, jobs);
        collect(r, records, N);
        assert_false(mmoe_queue_record(r->queue, &records[0]));
        p = mmoe_queue_progress(r->queue);
        assert_true(p.finished == N && p.submitted == N && p.steps == N * 60);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(records[i].options.seed_data, 40 + i);
            assert_int_equal(records[i].options.seed_order, 40 + i);
            assert_int_equal(records[i].step, 60);
            if (jobs > 1)
                assert_memory_equal(records[i].value[MMOE_LOSS], first[i].value[MMOE_LOSS],
                                    2 * sizeof(double));
        }
        memcpy(first, records, sizeof first);
    }
    struct mmoe_snapshot want;
    put(&o, "seed", "43");
    alone(&o, &want);
    assert_memory_equal(first[3].value[MMOE_LOSS], want.value[MMOE_LOSS], 2 * sizeof(double));
    mmoe_snapshot_done(&want);
}

static void repeats_can_be_stopped(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_record record;
    struct mmoe_progress p;
    small_options(&o);
    put(&o, "steps", "100000000"); /* would take hours */
    repeat(r, &o, 5, 2);
    mmoe_queue_stop(r->queue);
    for (;;) {
        p = mmoe_queue_progress(r->queue);
        assert_int_equal(p.finished, 0);
        assert_false(mmoe_queue_record(r->queue, &record));
        if (p.submitted == 0)
            break;
        wait_for(r); /* for a worker that is in a step */
    }
    put(&o, "steps", "60");
    repeat(r, &o, 2, 2); /* and there is a life after it */
    p = mmoe_queue_progress(r->queue);
    assert_int_equal(p.submitted, 2);
    collect(r, &record, 1);
    assert_int_equal(record.options.seed_data, 0);
    assert_int_equal(record.step, 60);
}

static void live_and_repeats_go_together(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_record records[4];
    struct mmoe_snapshot live, want;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    repeat(r, &o, 4, 2);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 60);
    collect(r, records, 4);
    rest(r);
    fetch_snapshot(r->lane, &live);
    alone(&o, &want);
    assert_same_curve(&live, &want);
    assert_memory_equal(records[0].value[MMOE_LOSS], want.value[MMOE_LOSS], 2 * sizeof(double));
    mmoe_snapshot_done(&live);
    mmoe_snapshot_done(&want);
}

static void a_run_that_cannot_be_made_says_so(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_record record;
    struct mmoe_error err;
    small_options(&o);
    o.rows = 100000000;
    o.dim = 10000;
    repeat(r, &o, 1, 1);
    collect(r, &record, 1);
    assert_true(record.step == 0 && isnan(record.value[MMOE_LOSS][0]));
    assert_int_equal(mmoe_mailbox_error(r->mailbox, &err), MMOE_LIMIT);
}

static void ends_in_the_middle_of_everything(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "steps", "100000000");
    for (int i = 0; i < 10; i++) {
        struct workers *r = workers_new();
        mmoe_lane_make(r->lane, &o, true);
        mmoe_lane_train(r->lane, 100000000);
        repeat(r, &o, 3, 2);
        if (i % 2)
            wait_for(r);
        workers_free(r);
    }
    workers_free(NULL);
}

#define WORKERS_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* A run that came to nothing has learned nothing, until it begins anew. */
static void a_diverged_run_has_learned_nothing(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live;
    small_options(&o);
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "1e6");
    mmoe_snapshot_init(&live, 0);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 60);
    mmoe_lane_show(r->lane, MMOE_SHOWS_FIT);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.state, MMOE_RUN_DIVERGED);
    mmoe_lane_show(r->lane, 0);
    mmoe_lane_show(r->lane, MMOE_SHOWS_FIT);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_null(live.fit);
    mmoe_lane_reset(r->lane);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_non_null(live.fit);
    mmoe_snapshot_done(&live);
}

/* Nothing is measured that nobody asked for; asked for at rest it is there at once, in runs to come
 * from their start, and then no more. The run has the same bits. */
static void what_is_learned_is_told_while_it_is_shown(void **state)
{
    struct workers *r = *state;
    struct mmoe_options o;
    struct mmoe_snapshot live, want;
    small_options(&o);
    mmoe_snapshot_init(&live, 0);
    alone(&o, &want);
    mmoe_lane_make(r->lane, &o, true);
    mmoe_lane_train(r->lane, 40);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_null(live.fit);
    mmoe_lane_show(r->lane, MMOE_SHOWS_FIT);
    mmoe_lane_pause(r->lane); /* does not drop it */
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_non_null(live.fit);
    assert_int_equal(live.fit->step, 40);
    mmoe_lane_train(r->lane, 60);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.fit->step, 60);
    assert_same_curve(&live, &want);
    mmoe_lane_reset(r->lane);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_int_equal(live.fit->step, 0);
    put(&o, "model", "omoe");
    mmoe_lane_make(r->lane, &o, true);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_non_null(live.fit);
    mmoe_lane_show(r->lane, 0);
    rest(r);
    fetch_snapshot(r->lane, &live);
    assert_null(live.fit);
    mmoe_snapshot_done(&live);
    mmoe_snapshot_done(&want);
}

TESTS(WORKERS_TEST(a_diverged_run_has_learned_nothing),
      WORKERS_TEST(what_is_learned_is_told_while_it_is_shown),
      WORKERS_TEST(live_bits_are_those_of_a_run_alone), WORKERS_TEST(orders_follow_each_other),
      WORKERS_TEST(a_pause_ends_a_slow_run_at_once), WORKERS_TEST(a_stop_ends_the_making_of_rows),
      WORKERS_TEST(tuning_overtakes), WORKERS_TEST(what_was_not_changed_stays),
      WORKERS_TEST(tuning_reaches_the_run_that_is_ordered),
      WORKERS_TEST(a_failed_order_drops_those_behind_it),
      WORKERS_TEST(repeats_come_in_order_whatever_the_workers),
      WORKERS_TEST(repeats_can_be_stopped), WORKERS_TEST(live_and_repeats_go_together),
      WORKERS_TEST(a_run_that_cannot_be_made_says_so),
      cmocka_unit_test(ends_in_the_middle_of_everything))
