/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workers.h - a lane, a queue and their mailbox, as the program has them.
 *
 * Ownership: workers_new / workers_free (NULL allowed). Threads: the test's own.
 */
#ifndef MMOE_TESTS_WORKERS_H
#define MMOE_TESTS_WORKERS_H

#include <poll.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>

#include "tests/test.h"

struct workers {
    struct mmoe_mailbox *mailbox;
    struct mmoe_lane *lane;
    struct mmoe_queue *queue;
};

static inline struct workers *workers_new(void)
{
    struct workers *w = mmoe_alloc(1, sizeof *w);
    w->mailbox = mmoe_mailbox_new();
    w->lane = mmoe_lane_new(w->mailbox);
    w->queue = mmoe_queue_new(w->mailbox);
    return w;
}

static inline void workers_free(struct workers *w)
{
    if (!w)
        return;
    mmoe_lane_end(w->lane);
    mmoe_queue_free(w->queue);
    mmoe_lane_free(w->lane);
    mmoe_mailbox_free(w->mailbox);
    mmoe_free(w);
}

/* Wait until something happened; a minute without is a failure. */
static inline void wait_for(struct workers *w)
{
    struct pollfd fd = {.fd = mmoe_mailbox_fd(w->mailbox), .events = POLLIN};
    if (poll(&fd, 1, 60000) != 1)
        fail_msg("nothing ever woke its reader");
    mmoe_mailbox_drain(w->mailbox);
}

/* Copy the lane's newest snapshot; false where there is none since the last one. */
static inline bool fetch_snapshot(struct mmoe_lane *l, struct mmoe_snapshot *to)
{
    const struct mmoe_snapshot *s = mmoe_lane_snapshot(l);
    if (s)
        mmoe_snapshot_copy(to, s);
    mmoe_snapshot_free(s);
    return s != NULL;
}

/* Fetch n records of the queue. */
static inline void collect(struct workers *w, struct mmoe_record *records, size_t n)
{
    for (size_t count = 0; count < n;)
        if (mmoe_queue_record(w->queue, &records[count]))
            count++;
        else
            wait_for(w);
}

#endif
