/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typed.h - commands typed one line after the other; what they say is in the log. */
#ifndef MMOE_TESTS_TYPED_H
#define MMOE_TESTS_TYPED_H

#include <poll.h>
#include <stdlib.h>

#include <mmoe/mailbox.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/command/interp.h"

static struct app *app;
static struct interp interp;
static struct mmoe_text said;

static inline int begin(void **state)
{
    (void)state;
    mmoe_mat_init();
    app = mmoe_alloc(1, sizeof *app);
    app_init(app, EVENT_SCREEN);
    small_options(&app->view.options);
    app_lane(app)->made = app->view.options;
    interp_init(&interp, &command_table, true);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    interp_done(&interp);
    app_done(app);
    mmoe_free(app);
    mmoe_text_done(&said);
    return 0;
}

/* Wait for the workers' next word, and take it in. */
static inline void listen(void)
{
    struct pollfd ready = {mmoe_mailbox_fd(app->mailbox), POLLIN, 0};
    assert_int_not_equal(poll(&ready, 1, 60000), 0);
    app_take_in(app);
}

static inline void settle(void)
{
    while (interp_advance(&interp, app) || !app_idle(app, APP_WAIT_LANE) ||
           !app_idle(app, APP_WAIT_SEEDS))
        listen();
}

/* What the log says from that line on, but for the commands themselves. */
static inline const char *said_since(size_t line)
{
    mmoe_text_clear(&said);
    mmoe_text_add(&said, "%s", "");
    for (size_t i = line; i < app->view.log_count; i++)
        if (app->view.log[i].kind != LOG_COMMAND)
            mmoe_text_add(&said, "%s\n", app->view.log[i].text);
    return said.s;
}

/* Type a line, let all it starts end; what was said. */
static inline const char *typed(const char *line)
{
    size_t before = app->view.log_count;
    interp_now(&interp, app, line);
    settle();
    return said_since(before);
}

static inline size_t errors(void)
{
    size_t n = 0;
    for (size_t i = 0; i < app->view.log_count; i++)
        n += app->view.log[i].kind == LOG_ERROR;
    return n;
}

#define assert_says(text, part)                            \
    do {                                                   \
        const char *says_text = (text);                    \
        if (!strstr(says_text, (part)))                    \
            fail_msg("no '%s' in: %s", (part), says_text); \
    } while (0)

/* The line is refused with words that contain part. */
#define assert_refused(line, part)                                      \
    do {                                                                \
        size_t refused_before = errors();                               \
        const char *refused_text = typed(line);                         \
        if (errors() != refused_before + 1)                             \
            fail_msg("'%s' was not refused: %s", (line), refused_text); \
        assert_says(refused_text, (part));                              \
    } while (0)

#define TYPED(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
