/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.h - the lane from within: what its thread (live.c) shares with those who order and fetch
 * (lane.c).
 *
 * Ownership: lane_free frees a lane, its thread what is in `live`. Who takes an order frees it with
 * mmoe_free.
 * Threads:   `live` and the functions are for the lane's thread; what else changes is
 * atomic or guarded by the monitor.
 */
#ifndef MMOE_WORK_LIVE_H
#define MMOE_WORK_LIVE_H

#include <stdatomic.h>

#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/run.h>

#include "src/base/thread.h"
#include "src/work/orders.h"
#include "src/work/pace.h"
#include "src/work/past.h"

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
    struct past past;            /* of the run */
    struct mmoe_snapshot *spare; /* to be written next; NULL: none */
    uint64_t ticket;             /* of the run */
    unsigned shows;              /* what of every run it has (mmoe_run_show) */
    bool replaced;               /* by a loaded one, while it was trained */
    double published;            /* when ... */
    size_t published_step;       /* ... and what */
    double rate_time, rate;
    size_t rate_step;
    double next_step; /* when the next step is due, at a limited speed */
};

struct mmoe_lane {
    struct mmoe_mailbox *mailbox;
    struct thread_monitor *monitor; /* guards what is not atomic below */
    struct thread *thread;
    struct live live;
    struct orders orders;
    bool working;
    uint64_t ticket;   /* of the newest order that makes a run; the ordering thread's */
    atomic_bool each;  /* evaluation waits until it was seen */
    atomic_bool tuned; /* these are new: */
    struct mmoe_options tune_from, tune_to; /* what differs is to be changed */
    uint64_t tuned_behind;                  /* the number of the order given before it */
    size_t member;                          /* its place in pace */
    struct pace *pace; /* NULL: trains by itself; changes only while nothing trains or is to */
    const struct mmoe_snapshot *published; /* NULL: none yet, or fetched */
    struct mmoe_dataset *data;
    struct mmoe_options data_made;       /* the options data was made with */
    const struct mmoe_journal *foreseen; /* of the order that is to come; NULL: an empty one */
    struct benched *benched;             /* measured, to be fetched */
    struct filed *filed;                 /* files that are done, to be told */
};

/* The thread's body: carries out the orders of a struct mmoe_lane until it is to quit. */
void live_main(void *context);

/* These rows are the lane's from now on; it takes the reference over. (live_files.c) */
void live_take_rows(struct mmoe_lane *l, struct mmoe_dataset *data,
                    const struct mmoe_options *made_with);
/* What an order asks for of files, at once. */
enum mmoe_status live_do_file(struct mmoe_lane *l, const struct order *o, struct mmoe_error *err);

/* Trainings ended, or will not begin. */
static inline void live_end_trainings(struct mmoe_lane *l, size_t count)
{
    if (l->pace)
        pace_end(l->pace, l->member, count);
}

/* Drop orders that were given before that one. */
static inline void live_drop_before(struct mmoe_lane *l, uint64_t number)
{
    live_end_trainings(l, orders_drop(&l->orders, l->monitor, number));
}

#endif
