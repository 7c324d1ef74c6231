/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What threads tell: no waking is lost, no error is told twice. */
#include <poll.h>
#include <stdio.h>

#include <mmoe/mailbox.h>

#include "src/base/thread.h"
#include "tests/test.h"

static bool readable(const struct mmoe_mailbox *n)
{
    return poll(&(struct pollfd){.fd = mmoe_mailbox_fd(n), .events = POLLIN}, 1, 0) == 1;
}

static void complain(struct mmoe_mailbox *n, const char *text)
{
    struct mmoe_error err;
    mmoe_fail(&err, MMOE_IO, "%s", text);
    mmoe_mailbox_complain(n, &err);
}

static void it_wakes_until_it_is_drained(void **state)
{
    (void)state;
    struct mmoe_mailbox *n = mmoe_mailbox_new();
    assert_false(readable(n));
    for (int i = 0; i < 100000; i++) /* more than a pipe holds */
        mmoe_mailbox_wake(n);
    assert_true(readable(n));
    mmoe_mailbox_drain(n);
    assert_false(readable(n));
    mmoe_mailbox_wake(n);
    assert_true(readable(n));
    mmoe_mailbox_free(n);
    mmoe_mailbox_free(NULL);
}

static void errors_come_in_order_and_once(void **state)
{
    (void)state;
    struct mmoe_mailbox *n = mmoe_mailbox_new();
    struct mmoe_error err;
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_OK);
    complain(n, "a");
    complain(n, "b");
    complain(n, "a");
    assert_true(readable(n));
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_IO);
    assert_string_equal(err.text, "a");
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_IO);
    assert_string_equal(err.text, "b");
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_OK);
    complain(n, "a"); /* it was read: this is another one */
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_IO);
    for (int i = 0; i < 1000; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        complain(n, text);
    }
    assert_int_equal(mmoe_mailbox_error(n, &err), MMOE_IO);
    assert_string_equal(err.text, "0"); /* the first ones say what began it */
    mmoe_mailbox_free(n);
}

enum { COUNT = 20000 };

struct counter {
    struct mmoe_mailbox *news;
    struct thread_monitor *monitor;
    int count;
};

static void count_up(void *context)
{
    struct counter *c = context;
    for (int i = 0; i < COUNT; i++) {
        thread_monitor_enter(c->monitor);
        c->count++;
        thread_monitor_leave(c->monitor);
        mmoe_mailbox_wake(c->news);
    }
}

/* Who drains first and then looks sees everything it was woken for: this would wait for ever. */
static void no_waking_is_lost(void **state)
{
    (void)state;
    struct counter c = {.news = mmoe_mailbox_new(), .monitor = thread_monitor_new(0)};
    struct thread *threads[2];
    for (size_t i = 0; i < 2; i++)
        threads[i] = thread_start(count_up, &c);
    for (int seen = 0; seen < 2 * COUNT;) {
        assert_int_equal(
            poll(&(struct pollfd){.fd = mmoe_mailbox_fd(c.news), .events = POLLIN}, 1, 60000), 1);
        mmoe_mailbox_drain(c.news);
        thread_monitor_enter(c.monitor);
        seen = c.count;
        thread_monitor_leave(c.monitor);
    }
    for (size_t i = 0; i < 2; i++)
        thread_join(threads[i]);
    thread_monitor_free(c.monitor);
    mmoe_mailbox_free(c.news);
}

TESTS(cmocka_unit_test(it_wakes_until_it_is_drained),
      cmocka_unit_test(errors_come_in_order_and_once), cmocka_unit_test(no_waking_is_lost))
