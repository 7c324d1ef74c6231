/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes side by side: in lockstep, each with the bits of a run alone; and what orders to a lane
 * leave of its run. */
#include <poll.h>

#include <mmoe/arrays.h>
#include <mmoe/clock.h>
#include <mmoe/lane.h>

#include "tests/runs.h"
#include "tests/stores.h"

enum { LANES = 2, ENDLESS = 100000000 };

struct fixture {
    struct place *place;
    struct mmoe_mailbox *mailbox;
    struct mmoe_lane *lane[LANES];
    const struct mmoe_snapshot *seen[LANES]; /* the newest */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    mmoe_mat_init();
    if (make_place((void **)&f->place))
        return -1;
    f->mailbox = mmoe_mailbox_new();
    for (size_t i = 0; i < LANES; i++)
        f->lane[i] = mmoe_lane_new(f->mailbox);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_end(f->lane[i]);
    for (size_t i = 0; i < LANES; i++) {
        mmoe_lane_free(f->lane[i]);
        mmoe_snapshot_free(f->seen[i]);
    }
    mmoe_mailbox_free(f->mailbox);
    remove_place((void **)&f->place);
    free(f);
    return 0;
}

/* --- watching --- */

static void look(struct fixture *f)
{
    for (size_t i = 0; i < LANES; i++) {
        const struct mmoe_snapshot *s = mmoe_lane_snapshot(f->lane[i]);
        if (!s)
            continue;
        mmoe_snapshot_free(f->seen[i]);
        f->seen[i] = s;
    }
}

/* Wait for news; a minute without is a failure. */
static void wait_news(struct fixture *f)
{
    struct pollfd fd = {.fd = mmoe_mailbox_fd(f->mailbox), .events = POLLIN};
    if (poll(&fd, 1, 60000) != 1)
        fail_msg("nothing ever woke its reader");
    mmoe_mailbox_drain(f->mailbox);
    look(f);
}

static void rest(struct fixture *f, size_t lane)
{
    while (mmoe_lane_busy(f->lane[lane]))
        wait_news(f);
    look(f);
}

static size_t step_of(const struct fixture *f, size_t lane)
{
    return f->seen[lane] ? f->seen[lane]->step : 0;
}

static void wait_step(struct fixture *f, size_t lane, size_t step)
{
    while (step_of(f, lane) < step)
        wait_news(f);
}

static void wait_filed(struct fixture *f, size_t lane, struct mmoe_filed *out)
{
    while (!mmoe_lane_filed(f->lane[lane], out))
        wait_news(f);
}

static void wait_error(struct fixture *f, const char *part)
{
    struct mmoe_error err;
    while (!mmoe_failed(mmoe_mailbox_error(f->mailbox, &err)))
        wait_news(f);
    if (!strstr(err.text, part))
        fail_msg("'%s' says nothing of '%s'", err.text, part);
}

static void assert_no_error(struct fixture *f)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_mailbox_error(f->mailbox, &err)))
        fail_msg("%s", err.text);
}

/* --- files --- */

static void path_of(const struct fixture *f, const char *name, char path[MMOE_FILE_MAX])
{
    snprintf(path, MMOE_FILE_MAX, "%s/%s", f->place->folder, name);
}

static uint64_t order_file(struct fixture *f, size_t lane, enum mmoe_file what, const char *name)
{
    char path[MMOE_FILE_MAX];
    struct mmoe_options o;
    small_options(&o);
    path_of(f, name, path);
    return mmoe_lane_file(f->lane[lane], what, path, &o);
}

/* --- runs alone --- */

static void assert_same_arrays(const struct mmoe_arrays *a, const struct mmoe_arrays *b)
{
    assert_true(a->count == b->count && a->count > 0);
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_array *x = &a->list[i], *y = mmoe_arrays_find(b, x->name);
        assert_true(y && x->type == y->type && x->n == y->n && x->type == MMOE_F32);
        assert_memory_equal(x->data, y->data, x->n * sizeof(float));
    }
}

/* The lane's run has the curve and weights of a run of o alone. */
static void assert_alone(struct fixture *f, size_t lane, const struct mmoe_options *o)
{
    char path[MMOE_FILE_MAX];
    struct mmoe_arrays here = {0}, alone = {0};
    struct mmoe_filed filed;
    struct mmoe_run *run = make_run(o);
    finish(run);
    assert_same_curve(f->seen[lane], mmoe_run_snapshot(run));
    order_file(f, lane, MMOE_FILE_EXPORT_WEIGHTS, "weights.npz");
    wait_filed(f, lane, &filed);
    rest(f, lane);
    path_of(f, "weights.npz", path);
    assert_fine(mmoe_arrays_read(&here, path, &err));
    assert_fine(mmoe_run_export(run, &alone, &err));
    assert_same_arrays(&here, &alone);
    mmoe_arrays_done(&here);
    mmoe_arrays_done(&alone);
    mmoe_run_free(run);
}

/* Both lanes in lockstep, each with a run. */
static void make_both(struct fixture *f, const struct mmoe_options *a, const struct mmoe_options *b)
{
    mmoe_lane_together(f->lane, LANES);
    mmoe_lane_make(f->lane[0], a, true);
    mmoe_lane_make(f->lane[1], b, true);
}

static void train_both(struct fixture *f, size_t until)
{
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], until);
    for (size_t i = 0; i < LANES; i++)
        rest(f, i);
    assert_no_error(f);
}

/* --- in lockstep --- */

static void identical_runs_have_identical_bits(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "steps", "6000");
    put(&o, "eval-every", "500");
    make_both(f, &o, &o);
    train_both(f, 6000);
    assert_true(f->seen[0]->state == MMOE_RUN_FINISHED && f->seen[0]->step == 6000);
    assert_same_curve(f->seen[0], f->seen[1]);
    assert_alone(f, 0, &o);
    assert_alone(f, 1, &o);
}

static void different_runs_have_the_bits_of_each_alone(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options a, b;
    small_options(&a);
    put(&a, "steps", "1000");
    put(&a, "eval-every", "100");
    b = a;
    put(&b, "model", "shared-bottom");
    put(&b, "batch", "50");
    put(&b, "lr", "0.001");
    make_both(f, &a, &b);
    for (int again = 0; again < 2; again++) {
        train_both(f, 300);
        train_both(f, 1000);
        assert_alone(f, 0, &a);
        assert_alone(f, 1, &b);
        for (size_t i = 0; i < LANES; i++)
            mmoe_lane_reset(f->lane[i]);
    }
    mmoe_lane_together(f->lane, 1); /* by itself again; the other one does not wait for it */
    mmoe_lane_train(f->lane[1], 1000);
    rest(f, 1);
    assert_alone(f, 1, &b);
}

/* The fast one keeps to the pace of the slow one: of twenty steps it ends none before the slow one
 * is at the last but one, of which some at least were shown. */
static void nobody_runs_ahead(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options slow, fast;
    small_options(&slow);
    fast = slow;
    put(&slow, "speed", "50");
    make_both(f, &slow, &fast);
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], 20);
    rest(f, 1);
    assert_int_equal(step_of(f, 1), 20);
    assert_true(step_of(f, 0) >= 10);
    rest(f, 0);
    assert_int_equal(step_of(f, 0), 20);
}

static void one_that_pauses_holds_nobody_up(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o, short_one;
    small_options(&o);
    put(&o, "steps", "100000000");
    make_both(f, &o, &o);
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], ENDLESS);
    mmoe_lane_train(f->lane[0], 2 * ENDLESS); /* dropped by the pause */
    wait_step(f, 0, 100);
    wait_step(f, 1, 100);
    mmoe_lane_pause(f->lane[0]);
    rest(f, 0);
    assert_int_equal(f->seen[0]->state, MMOE_RUN_PAUSED);
    size_t at = step_of(f, 0);
    wait_step(f, 1, at + 1000);
    assert_int_equal(step_of(f, 0), at);
    mmoe_lane_train(f->lane[0], at + 1000); /* it catches up, and then trains no longer */
    rest(f, 0);
    assert_int_equal(step_of(f, 0), at + 1000);
    wait_step(f, 1, step_of(f, 1) + 1000);
    mmoe_lane_pause(f->lane[1]);
    rest(f, 1);
    small_options(&short_one); /* one that ends, of its own accord */
    make_both(f, &short_one, &o);
    mmoe_lane_train(f->lane[0], 60);
    mmoe_lane_train(f->lane[1], ENDLESS);
    wait_step(f, 1, 1000);
    rest(f, 0);
    assert_int_equal(f->seen[0]->state, MMOE_RUN_FINISHED);
}

/* Nothing comes of the order, and the other lane does not wait for it. */
static void one_without_a_run_holds_nobody_up(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o, impossible;
    small_options(&o);
    impossible = o;
    impossible.rows = 100000000;
    impossible.dim = 10000;
    mmoe_lane_together(f->lane, LANES);
    mmoe_lane_train(f->lane[0], 60);
    mmoe_lane_make(f->lane[1], &o, true);
    mmoe_lane_train(f->lane[1], 60);
    rest(f, 1);
    assert_int_equal(step_of(f, 1), 60);
    mmoe_lane_reset(f->lane[1]);
    mmoe_lane_make(f->lane[0], &impossible, true);
    mmoe_lane_train(f->lane[0], 60); /* dropped, or ordered when it failed */
    mmoe_lane_train(f->lane[1], 60);
    rest(f, 1);
    assert_int_equal(step_of(f, 1), 60);
    wait_error(f, "do not fit in memory");
}

static void lanes_end_while_they_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options slow, fast;
    small_options(&slow);
    fast = slow;
    put(&slow, "speed", "0.1");
    make_both(f, &slow, &fast);
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], 60);
    wait_step(f, 1, 1); /* the other is ten seconds before its second step */
}

/* What need not wait for the end of a training does not wait for a slower lane either. */
static void errands_are_run_while_it_waits_for_another(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options slow, fast;
    struct mmoe_filed filed;
    small_options(&slow);
    fast = slow;
    put(&slow, "speed", "0.1");
    make_both(f, &slow, &fast);
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], 60);
    wait_step(f, 1, 2); /* it shows where it waits */
    assert_true(step_of(f, 0) <= 1);
    for (size_t i = 0; i < LANES; i++) {
        order_file(f, i, MMOE_FILE_EXPORT_WEIGHTS, "weights.npz");
        wait_filed(f, i, &filed);
        assert_true(filed.step <= 2);
    }
    mmoe_lane_pause(f->lane[1]);
    rest(f, 1);
    assert_int_equal(f->seen[1]->state, MMOE_RUN_PAUSED);
    assert_no_error(f);
}

/* --- a lane and its speed --- */

/* An errand between two steps neither puts the next one off nor hurries it. */
static void errands_do_not_change_the_speed(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    struct mmoe_filed filed;
    small_options(&o);
    put(&o, "speed", "1");
    mmoe_lane_make(f->lane[0], &o, true);
    mmoe_lane_train(f->lane[0], 60);
    wait_step(f, 0, 1);
    double began = mmoe_clock_now();
    for (int i = 0; i < 10; i++) {
        order_file(f, 0, MMOE_FILE_EXPORT_WEIGHTS, "weights.npz");
        wait_filed(f, 0, &filed);
    }
    assert_true((double)filed.step <= 2 + mmoe_clock_now() - began);
    wait_step(f, 0, 2);
    assert_true(mmoe_clock_now() - began < 5); /* not ten seconds */
    mmoe_lane_pause(f->lane[0]);
    rest(f, 0);
}

/* --- tickets --- */

static void snapshots_bear_the_ticket_of_their_run(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    small_options(&o);
    uint64_t first = mmoe_lane_make(f->lane[0], &o, true);
    assert_true(first > 0);
    mmoe_lane_train(f->lane[0], 60);
    rest(f, 0);
    assert_true(f->seen[0]->ticket == first && f->seen[0]->step == 60);
    assert_int_equal(mmoe_lane_make(f->lane[0], &o, false), first); /* rows alone: the run stays */
    rest(f, 0);
    assert_int_equal(f->seen[0]->ticket, first);
    uint64_t second = mmoe_lane_reset(f->lane[0]);
    assert_true(second > first);
    rest(f, 0);
    assert_true(f->seen[0]->ticket == second && f->seen[0]->step == 0);
    put(&o, "model", "omoe");
    uint64_t third = mmoe_lane_make(f->lane[0], &o, true);
    mmoe_lane_train(f->lane[0], 10);
    assert_true(third > second);
    rest(f, 0);
    assert_true(f->seen[0]->ticket == third && f->seen[0]->step == 10);
    assert_int_equal(order_file(f, 0, MMOE_FILE_EXPORT_DATA, "rows.npz"), third);
    o.rows = 100000000;
    o.dim = 10000;
    mmoe_lane_make(f->lane[0], &o, true); /* cannot be made: the run there is keeps its own */
    wait_error(f, "do not fit in memory");
    mmoe_lane_train(f->lane[0], 20);
    rest(f, 0);
    assert_true(f->seen[0]->ticket == third && f->seen[0]->step == 20);
}

/* --- loads and imports --- */

/* A session at step 20 of 60 in a file, whose run is the lane's. */
static void save_session(struct fixture *f, struct mmoe_options *o)
{
    struct mmoe_filed filed;
    small_options(o);
    mmoe_lane_make(f->lane[0], o, true);
    mmoe_lane_train(f->lane[0], 20);
    order_file(f, 0, MMOE_FILE_SAVE, "session.npz");
    wait_filed(f, 0, &filed);
    assert_true(filed.what == MMOE_FILE_SAVE && filed.step <= 20);
    rest(f, 0);
    order_file(f, 0, MMOE_FILE_SAVE, "session.npz"); /* it may have been saved in between */
    wait_filed(f, 0, &filed);
    assert_int_equal(filed.step, 20);
    rest(f, 0);
}

/* Another run in the lane, trained without an end. */
static uint64_t train_another(struct fixture *f)
{
    struct mmoe_options o;
    small_options(&o);
    put(&o, "model", "omoe");
    uint64_t ticket = mmoe_lane_make(f->lane[0], &o, true);
    mmoe_lane_train(f->lane[0], ENDLESS);
    do
        wait_news(f);
    while (!f->seen[0] || f->seen[0]->ticket != ticket || f->seen[0]->step < 100);
    return ticket;
}

static void a_load_ends_the_training_there_was(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    struct mmoe_filed filed;
    save_session(f, &o);
    uint64_t before = train_another(f);
    mmoe_lane_train(f->lane[0], 2 * ENDLESS); /* meant for the run there is */
    uint64_t ticket = order_file(f, 0, MMOE_FILE_LOAD, "session.npz");
    assert_true(ticket > before);
    rest(f, 0);
    assert_true(f->seen[0]->ticket == ticket && f->seen[0]->step == 20);
    assert_true(f->seen[0]->state != MMOE_RUN_TRAINING);
    wait_filed(f, 0, &filed);
    assert_true(filed.what == MMOE_FILE_LOAD && filed.with_run && filed.step == 20);
    mmoe_lane_train(f->lane[0], 60);
    rest(f, 0);
    assert_int_equal(f->seen[0]->ticket, ticket);
    assert_alone(f, 0, &o);
    assert_no_error(f);
}

/* What is ordered behind a load is meant for the run that is loaded. */
static void orders_behind_a_load_are_carried_out(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    save_session(f, &o);
    for (int training = 0; training < 2; training++) {
        if (training)
            train_another(f);
        uint64_t ticket = order_file(f, 0, MMOE_FILE_LOAD, "session.npz");
        mmoe_lane_train(f->lane[0], 60);
        rest(f, 0);
        assert_true(f->seen[0]->ticket == ticket && f->seen[0]->step == 60);
        assert_alone(f, 0, &o);
    }
    assert_no_error(f);
}

static void a_load_that_fails_lets_the_training_go_on(void **state)
{
    struct fixture *f = *state;
    struct mmoe_filed filed;
    uint64_t before = train_another(f);
    order_file(f, 0, MMOE_FILE_LOAD, "nowhere.npz");
    wait_error(f, "nowhere.npz");
    wait_step(f, 0, step_of(f, 0) + 1000);
    assert_true(f->seen[0]->ticket == before && f->seen[0]->state == MMOE_RUN_TRAINING);
    assert_false(mmoe_lane_filed(f->lane[0], &filed));
    mmoe_lane_pause(f->lane[0]);
    rest(f, 0);
    assert_int_equal(f->seen[0]->state, MMOE_RUN_PAUSED);
}

/* In lockstep the other lane goes on when the run it kept pace with is replaced. */
static void a_load_frees_the_other_lane(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o;
    save_session(f, &o);
    put(&o, "steps", "100000000");
    make_both(f, &o, &o);
    for (size_t i = 0; i < LANES; i++)
        mmoe_lane_train(f->lane[i], ENDLESS);
    mmoe_lane_train(f->lane[0], 2 * ENDLESS); /* dropped by the load */
    wait_step(f, 1, 100);
    order_file(f, 0, MMOE_FILE_LOAD, "session.npz");
    rest(f, 0);
    assert_int_equal(step_of(f, 0), 20);
    wait_step(f, 1, step_of(f, 1) + 1000);
}

static void an_import_of_rows_that_fails_leaves_all_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o, other;
    struct mmoe_filed filed;
    small_options(&o);
    mmoe_lane_make(f->lane[0], &o, true);
    mmoe_lane_train(f->lane[0], 20);
    rest(f, 0);
    struct mmoe_dataset *before = mmoe_lane_data(f->lane[0], NULL);
    other = o;
    path_of(f, "nowhere.npz", other.data);
    mmoe_lane_file(f->lane[0], MMOE_FILE_IMPORT_DATA, other.data, &other);
    wait_error(f, "nowhere.npz");
    rest(f, 0);
    struct mmoe_dataset *after = mmoe_lane_data(f->lane[0], NULL);
    assert_ptr_equal(before, after);
    mmoe_dataset_free(before);
    mmoe_dataset_free(after);
    assert_false(mmoe_lane_filed(f->lane[0], &filed));
    mmoe_lane_train(f->lane[0], 60);
    rest(f, 0);
    assert_alone(f, 0, &o);
}

/* Weights go in between two steps; rows end the training, which was of others. */
static void an_import_does_not_wait_for_the_end_of_a_training(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o, other;
    struct mmoe_filed filed;
    save_session(f, &o);
    order_file(f, 0, MMOE_FILE_EXPORT_WEIGHTS, "weights.npz");
    wait_filed(f, 0, &filed);
    order_file(f, 0, MMOE_FILE_EXPORT_DATA, "rows.npz");
    wait_filed(f, 0, &filed);
    mmoe_lane_train(f->lane[0], ENDLESS);
    order_file(f, 0, MMOE_FILE_IMPORT_WEIGHTS, "weights.npz");
    wait_filed(f, 0, &filed);
    assert_true(filed.what == MMOE_FILE_IMPORT_WEIGHTS && filed.step < ENDLESS);
    assert_true(mmoe_lane_busy(f->lane[0]));
    other = o;
    path_of(f, "rows.npz", other.data);
    mmoe_lane_file(f->lane[0], MMOE_FILE_IMPORT_DATA, other.data, &other);
    wait_filed(f, 0, &filed);
    assert_int_equal(filed.what, MMOE_FILE_IMPORT_DATA);
    rest(f, 0);
    assert_no_error(f);
}

static void an_import_of_rows_takes_the_place_of_those_there_were(void **state)
{
    struct fixture *f = *state;
    struct mmoe_options o, other;
    struct mmoe_filed filed;
    small_options(&o);
    mmoe_lane_make(f->lane[0], &o, true);
    order_file(f, 0, MMOE_FILE_EXPORT_DATA, "rows.npz");
    wait_filed(f, 0, &filed);
    struct mmoe_dataset *before = mmoe_lane_data(f->lane[0], NULL);
    other = o;
    path_of(f, "rows.npz", other.data);
    mmoe_lane_file(f->lane[0], MMOE_FILE_IMPORT_DATA, other.data, &other);
    wait_filed(f, 0, &filed);
    assert_true(filed.what == MMOE_FILE_IMPORT_DATA && filed.step == 0);
    struct mmoe_dataset *after = mmoe_lane_data(f->lane[0], NULL);
    assert_ptr_not_equal(before, after);
    assert_memory_equal(before->train.x, after->train.x,
                        before->train.n * before->dim * sizeof *before->train.x);
    mmoe_dataset_free(before);
    mmoe_dataset_free(after);
    rest(f, 0);
    mmoe_lane_train(f->lane[0], 60); /* the run trained on other rows: it is gone */
    rest(f, 0);
    assert_int_equal(step_of(f, 0), 0);
}

#define LANES_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

TESTS(LANES_TEST(identical_runs_have_identical_bits),
      LANES_TEST(different_runs_have_the_bits_of_each_alone), LANES_TEST(nobody_runs_ahead),
      LANES_TEST(one_that_pauses_holds_nobody_up), LANES_TEST(one_without_a_run_holds_nobody_up),
      LANES_TEST(lanes_end_while_they_wait_for_each_other),
      LANES_TEST(errands_are_run_while_it_waits_for_another),
      LANES_TEST(errands_do_not_change_the_speed),
      LANES_TEST(snapshots_bear_the_ticket_of_their_run),
      LANES_TEST(a_load_ends_the_training_there_was),
      LANES_TEST(orders_behind_a_load_are_carried_out),
      LANES_TEST(a_load_that_fails_lets_the_training_go_on),
      LANES_TEST(a_load_frees_the_other_lane),
      LANES_TEST(an_import_of_rows_that_fails_leaves_all_as_it_was),
      LANES_TEST(an_import_does_not_wait_for_the_end_of_a_training),
      LANES_TEST(an_import_of_rows_takes_the_place_of_those_there_were))
