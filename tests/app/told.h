/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told.h - an app without a screen, on small settings, and all it writes.
 *
 * Small settings train in milliseconds; a test waits for the workers' word, never for time.
 */
#ifndef MMOE_TESTS_TOLD_H
#define MMOE_TESTS_TOLD_H

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>

#include "tests/test.h"
#include "tests/written.h"
#include "ui/app/app.h"

static struct app *app;
static struct mmoe_error told_err;

static inline int begin(void **state)
{
    (void)state;
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, EVENT_JSON);
    struct mmoe_options *o = &app->view.options;
    o->dim = 8;
    o->rows = 400;
    o->test_rows = 100;
    o->sines = 2;
    o->experts = 2;
    o->expert_units.v[0] = 4;
    o->batch = 20;
    o->steps = 40;
    o->eval_every = 10;
    o->jobs = 2;
    app_lane(app)->made = *o;
    keep_writing();
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    end_writing();
    app_done(app);
    mmoe_free(app);
    return 0;
}

/* Drop what was written so far. */
static inline void forget(void)
{
    assert_true(forget_written());
}

static inline size_t count(const char *what)
{
    size_t n = 0;
    for (const char *s = written(); (s = strstr(s, what)); s += strlen(what))
        n++;
    return n;
}

/* Wait for the workers' next word, and take it in; a minute without is a failure. */
static inline void wait_for_news(void)
{
    struct pollfd news = {.fd = mmoe_mailbox_fd(app->mailbox), .events = POLLIN};
    if (poll(&news, 1, 60000) != 1)
        fail_msg("nothing ever woke the app");
    app_take_in(app);
}

static inline void wait_for(enum app_wait wait)
{
    for (app_take_in(app); !app_idle(app, wait);)
        wait_for_news();
}

static inline struct mmoe_options changed(const char *key, const char *value)
{
    struct mmoe_options o = app->view.options;
    assert_int_equal(mmoe_option_set(&o, key, value, &told_err), MMOE_OK);
    return o;
}

static inline void change(const char *key, const char *value)
{
    struct mmoe_options o = changed(key, value);
    assert_int_equal(app_change(app, &o, &told_err), MMOE_OK);
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
