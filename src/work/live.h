/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.h - the lane from within: what its thread (live.c) shares with those who order and fetch
 * (lane.c).
 *
 * Ownership: lane_free frees a lane, its thread what is in `live`. Who takes an order frees it with
 * mmoe_free. Threads:   `live` and the functions are for the lane's thread; what else changes is
 * atomic or guarded by the monitor.
 */
#ifndef MMOE_WORK_LIVE_H
#define MMOE_WORK_LIVE_H

#include <stdatomic.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/run.h>

#include "src/base/thread.h"

enum { ORDERED, CONDITIONS };

enum order_kind { ORDER_MAKE, ORDER_TRAIN, ORDER_RESET, ORDER_BENCH, ORDER_FILE };
struct order {
    enum order_kind kind;
    bool with_run;
    size_t until;
    size_t bench, rounds;
    struct mmoe_filed file;
    struct mmoe_options options;
    struct order *next;
};

struct filed {
    struct mmoe_filed file;
    struct filed *next;
};

struct benched {
    struct mmoe_bench result;
    struct benched *next;
};

/* What only the lane's thread touches. */
struct live {
    struct mmoe_dataset *data;
    struct mmoe_options made_with; /* data options of data */
    struct mmoe_run *run;
    struct mmoe_snapshot spare;
    double published; /* when */
    double rate_time, rate;
    size_t rate_step;
    double next_step; /* when the next step is due, at a limited speed */
};

struct mmoe_lane {
    struct mmoe_mailbox *mailbox;
    struct monitor *monitor;
    struct thread *thread;
    struct live live;
    struct order *orders, *orders_end;
    bool working, quit;
    atomic_bool interrupt; /* stop training */
    atomic_bool tuned;     /* tune_to is new */
    atomic_bool errands;   /* exports are asked for: they need not wait for the end of a training */
    struct mmoe_options tune_to;
    struct mmoe_snapshot published;
    bool fresh; /* published was not fetched yet */
    struct mmoe_dataset *data;
    struct benched *benched; /* measured, to be fetched */
    struct filed *filed;     /* files that are done, to be told */
};

/* The thread's body: carries out the orders of a struct mmoe_lane until it is to quit. */
void live_main(void *context);

/* The next order, waiting for it; NULL at the end. */
struct order *lane_next_order(struct mmoe_lane *l);
/* The first export among the orders that wait, unlinked; NULL: there is none. */
struct order *lane_next_errand(struct mmoe_lane *l);
/* Tell the error and drop the orders that wait. */
void lane_fail_orders(struct mmoe_lane *l, const struct mmoe_error *err);

#endif
