/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workers.h - a lane, a queue and their mailbox, as the program has them.
 *
 * Ownership: workers_new / workers_free (NULL allowed). Threads: the test's own.
 */
#ifndef MMOE_TESTS_WORKERS_H
#define MMOE_TESTS_WORKERS_H

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>

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

#endif
