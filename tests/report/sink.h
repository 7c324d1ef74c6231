/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink.h - a sink that keeps what is reported, to be compared byte for byte. */
#ifndef MMOE_TESTS_SINK_H
#define MMOE_TESTS_SINK_H

#include "tests/test.h"
#include "ui/report/event.h"

static struct mmoe_text emitted, progress;

static inline void keep_emitted(void *context, const char *text)
{
    (void)context;
    mmoe_text_add(&emitted, "%s", text);
}

static inline void keep_progress(void *context, const char *text)
{
    (void)context;
    mmoe_text_clear(&progress);
    mmoe_text_add(&progress, "%s", text);
}

static struct event_sink sink = {.emit = keep_emitted, .progress = keep_progress};

/* What was reported since the last call is that. */
static inline void assert_said(const char *expected)
{
    assert_string_equal(emitted.n ? emitted.s : "", expected);
    mmoe_text_clear(&emitted);
}

static inline int begin(void **state)
{
    (void)state;
    sink.mode = EVENT_JSON;
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    mmoe_text_done(&emitted);
    mmoe_text_done(&progress);
    return 0;
}

#define REPORTS(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
