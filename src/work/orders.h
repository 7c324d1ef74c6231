/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * orders.h - what a lane is to do: a list of orders, one after the other.
 *
 * A pause drops the list and raises `interrupt`, which the lane looks at between two
 * steps; it is lowered when the next order is taken, which can only be a later one. A stop
 * raises `stop` beside it, which the makers of rows look at.
 * Orders about files and what is shown are errands: they need not wait for the end of a training,
 * but are done between two of its steps. They overtake trainings, but no order that makes another
 * run.
 *
 * Ownership: the list owns the orders in it; who takes one frees it with mmoe_free.
 * Threads:   one gives, one takes; the lane's monitor guards the list.
 */
#ifndef MMOE_WORK_ORDERS_H
#define MMOE_WORK_ORDERS_H

#include <stdatomic.h>

#include <mmoe/lane.h>

#include "src/base/thread.h"

enum { ORDERED, CONDITIONS };
#define ORDERS_ALL UINT64_MAX

enum order_kind {
    ORDER_MAKE,
    ORDER_TRAIN,
    ORDER_RESET,
    ORDER_BENCH,
    ORDER_FILE,
    ORDER_SHOW,
    ORDER_GOTO,
    ORDER_FORESEE,
    ORDER_NOTE
};
struct order {
    enum order_kind kind;
    bool with_run;
    unsigned shown;  /* SHOW */
    uint64_t number; /* of all that were given, from 1 */
    uint64_t ticket; /* MAKE, RESET, FILE that loads: what the run is called that it makes */
    size_t until;
    struct mmoe_goal goal; /* TRAIN */
    size_t bench, rounds;
    enum mmoe_mark_kind mark; /* NOTE */
    char text[MMOE_MARK_TEXT_MAX];
    struct mmoe_filed file;
    struct mmoe_options options;
    struct order *next;
};

struct orders {
    struct order *first, *last;
    uint64_t given; /* so far */
    bool quit;
    atomic_bool interrupt; /* stop training */
    atomic_bool stop;      /* stop making rows as well */
    atomic_bool errands;   /* one may be next */
};

/* Add a copy. */
void orders_give(struct orders *q, struct thread_monitor *m, const struct order *order);
/* The next order, or NULL at the end; waits for it. *working (guarded, too) says whether there is
 * one; `rest` is called before it waits. */
struct order *orders_next(struct orders *q, struct thread_monitor *m, bool *working,
                          void (*rest)(void *context), void *context);
/* The first order but trainings where it is an errand, taken out of the list; else NULL. */
struct order *orders_next_errand(struct orders *q, struct thread_monitor *m);
/* Drop those that wait and were given before the one of that number (ORDERS_ALL: all), but for what
 * is shown, which is no work; returns how many trainings were among them. */
size_t orders_drop(struct orders *q, struct thread_monitor *m, uint64_t number);
/* Free those that are left, when nobody takes any more. */
void orders_done(struct orders *q);

#endif
