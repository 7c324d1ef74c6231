/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on a thread of its own: done once, watched, stopped, and what came of it. */
#include <poll.h>
#include <stdatomic.h>

#include <mmoe/job.h>

#include "tests/test.h"

/* Wait until it was woken; a minute without is a failure. */
static void wait_for(struct mmoe_mailbox *m)
{
    struct pollfd fd = {.fd = mmoe_mailbox_fd(m), .events = POLLIN};
    if (poll(&fd, 1, 60000) != 1)
        fail_msg("nothing ever woke its reader");
    mmoe_mailbox_drain(m);
}

static int set_up(void **state)
{
    *state = mmoe_mailbox_new();
    return 0;
}

static int tear_down(void **state)
{
    mmoe_mailbox_free(*state);
    return 0;
}

struct task {
    size_t steps;            /* of which a share each is done */
    enum mmoe_status status; /* of one that is not stopped */
    atomic_size_t at, let;   /* it waits where at is let; SIZE_MAX: it does not */
    size_t calls;
};

static enum mmoe_status work(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct task *t = context;
    t->calls++;
    for (size_t i = 0; i <= t->steps; i++) {
        bool goes_on = mmoe_job_goes_on(j, (double)i / (double)t->steps);
        atomic_store(&t->at, i);
        while (goes_on && atomic_load(&t->let) <= i)
            goes_on = mmoe_job_goes_on(j, (double)i / (double)t->steps);
        if (!goes_on)
            return mmoe_fail(err, MMOE_STATE, "stopped at %zu", i);
    }
    if (mmoe_failed(t->status))
        return mmoe_fail(err, t->status, "the disk is full");
    return t->status;
}

static void it_is_done_once(void **state)
{
    struct mmoe_mailbox *m = *state;
    struct task t = {.steps = 10, .status = MMOE_OK, .let = SIZE_MAX};
    struct mmoe_error err = {.text = "as it was"};
    struct mmoe_job *j = mmoe_job_start(m, work, &t);
    while (!mmoe_job_is_done(j))
        wait_for(m); /* the last time when it has ended */
    assert_true(mmoe_job_share(j) == 1);
    assert_int_equal(mmoe_job_end(j, &err), MMOE_OK);
    assert_int_equal(t.calls, 1);
    assert_string_equal(err.text, "as it was");
}

static void what_failed_says_so(void **state)
{
    struct task t = {.steps = 1, .status = MMOE_IO, .let = SIZE_MAX};
    struct mmoe_error err;
    assert_int_equal(mmoe_job_end(mmoe_job_start(*state, work, &t), &err), MMOE_IO);
    assert_string_equal(err.text, "the disk is full");
    assert_true(err.status == MMOE_IO && atomic_load(&t.at) == 1); /* the end was waited for */
}

/* Its share is seen while it works, and it wakes its reader for that. */
static void the_share_is_told(void **state)
{
    struct mmoe_mailbox *m = *state;
    struct task t = {.steps = 4, .status = MMOE_OK, .let = 0};
    struct mmoe_error err;
    struct mmoe_job *j = mmoe_job_start(m, work, &t);
    assert_true(mmoe_job_share(j) == 0);
    for (size_t i = 1; i < 4; i++) {
        atomic_store(&t.let, i);
        while (mmoe_job_share(j) < 0.25 * (double)i)
            wait_for(m);
        assert_true(mmoe_job_share(j) == 0.25 * (double)i && !mmoe_job_is_done(j));
    }
    atomic_store(&t.let, SIZE_MAX);
    while (!mmoe_job_is_done(j))
        wait_for(m);
    assert_int_equal(mmoe_job_end(j, &err), MMOE_OK);
}

/* A step back, and less than a thousandth, are no news. */
static enum mmoe_status waver(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    (void)err;
    double *share = context;
    static const double told[] = {0.5, 0.5005, 0.2, 0.501};
    for (size_t i = 0; i < 4; i++) {
        mmoe_job_goes_on(j, told[i]);
        share[i] = mmoe_job_share(j);
    }
    return MMOE_OK;
}

static void the_share_does_not_go_back(void **state)
{
    double share[4];
    struct mmoe_error err;
    assert_int_equal(mmoe_job_end(mmoe_job_start(*state, waver, share), &err), MMOE_OK);
    assert_true(share[0] == 0.5 && share[1] == 0.5 && share[2] == 0.5 && share[3] == 0.501);
}

static void it_can_be_stopped(void **state)
{
    struct task t = {.steps = 1000, .status = MMOE_OK, .let = 5};
    struct mmoe_error err;
    struct mmoe_job *j = mmoe_job_start(*state, work, &t);
    while (atomic_load(&t.at) < 5)
        continue;
    assert_false(mmoe_job_is_done(j));
    mmoe_job_stop(j);
    assert_int_equal(mmoe_job_end(j, &err), MMOE_STATE);
    assert_string_equal(err.text, "stopped at 5");
    t = (struct task){.steps = 1000, .status = MMOE_OK, .let = 0};
    j = mmoe_job_start(*state, work, &t); /* before it has begun, perhaps, and twice */
    mmoe_job_stop(j);
    mmoe_job_stop(j);
    assert_int_equal(mmoe_job_end(j, &err), MMOE_STATE);
}

static void many_at_once(void **state)
{
    enum { JOBS = 8 };
    struct task t[JOBS];
    struct mmoe_job *j[JOBS];
    struct mmoe_error err;
    for (size_t i = 0; i < JOBS; i++) {
        t[i] = (struct task){.steps = 100, .status = i % 2 ? MMOE_IO : MMOE_OK, .let = SIZE_MAX};
        j[i] = mmoe_job_start(*state, work, &t[i]);
    }
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(mmoe_job_end(j[i], &err), t[i].status);
        assert_int_equal(t[i].calls, 1);
    }
}

#define JOB_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

TESTS(JOB_TEST(it_is_done_once), JOB_TEST(what_failed_says_so), JOB_TEST(the_share_is_told),
      JOB_TEST(the_share_does_not_go_back), JOB_TEST(it_can_be_stopped), JOB_TEST(many_at_once))
