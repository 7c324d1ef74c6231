/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orders.c - what a lane is to do: a list of orders, one after the other. */
#include "src/work/orders.h"

#include <mmoe/mem.h>

/* Need it not wait for the end of a training? */
static bool is_errand(const struct order *o)
{
    return o->kind == ORDER_FILE || o->kind == ORDER_SHOW || o->kind == ORDER_NOTE;
}

void orders_give(struct orders *q, struct thread_monitor *m, const struct order *order)
{
    struct order *o = mmoe_alloc(1, sizeof *o);
    *o = *order;
    o->next = NULL;
    thread_monitor_enter(m);
    o->number = ++q->given;
    if (q->last)
        q->last->next = o;
    else
        q->first = o;
    q->last = o;
    if (is_errand(o))
        atomic_store(&q->errands, true); /* a training may be waiting for its next step */
    thread_monitor_wake(m, ORDERED);
    thread_monitor_leave(m);
}

struct order *orders_next(struct orders *q, struct thread_monitor *m, bool *working,
                          void (*rest)(void *context), void *context)
{
    thread_monitor_enter(m);
    *working = false;
    rest(context);
    while (!q->first && !q->quit)
        thread_monitor_wait(m, ORDERED);
    struct order *o = q->quit ? NULL : q->first;
    if (o) {
        q->first = o->next;
        if (!q->first)
            q->last = NULL;
        if (o->kind == ORDER_TRAIN)
            atomic_store(&q->errands, true); /* some may be in the list already */
        *working = true;
        atomic_store(&q->interrupt, false);
        atomic_store(&q->stop, false);
    }
    thread_monitor_leave(m);
    return o;
}

struct order *orders_next_errand(struct orders *q, struct thread_monitor *m)
{
    struct order **at = &q->first, *before = NULL, *found;
    thread_monitor_enter(m);
    while (*at && (*at)->kind == ORDER_TRAIN) {
        before = *at;
        at = &(*at)->next;
    }
    found = *at && is_errand(*at) ? *at : NULL;
    if (found)
        *at = found->next;
    if (found && q->last == found)
        q->last = before;
    thread_monitor_leave(m);
    return found;
}

size_t orders_drop(struct orders *q, struct thread_monitor *m, uint64_t number)
{
    struct order **at = &q->first, *dropped = NULL, *o;
    size_t trainings = 0;
    thread_monitor_enter(m);
    q->last = NULL;
    while ((o = *at)) {
        if (o->number >= number || o->kind == ORDER_SHOW) {
            q->last = o;
            at = &o->next;
            continue;
        }
        *at = o->next;
        o->next = dropped;
        dropped = o;
    }
    thread_monitor_leave(m);
    while ((o = dropped)) {
        dropped = o->next;
        trainings += o->kind == ORDER_TRAIN;
        mmoe_free(o);
    }
    return trainings;
}

void orders_done(struct orders *q)
{
    for (struct order *o; (o = q->first);) {
        q->first = o->next;
        mmoe_free(o);
    }
    q->last = NULL;
}
