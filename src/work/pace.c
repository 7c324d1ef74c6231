/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace.c - lanes that train in lockstep.
 *
 * A member writes down the step it is at and looks at those of the others. It looks
 * again for some microseconds, the time of a step, before it waits in the monitor; who
 * gets on to another step wakes those who wait there. Before a training has said where
 * it is, its member is at step 0: nobody runs ahead of a run that is still being made.
 */
#include "src/work/pace.h"

#include <stdatomic.h>

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/status.h>

#include "src/base/share.h"
#include "src/base/thread.h"

enum { MOVED, CONDITIONS };
#define LOOK_AGAIN 50e-6 /* seconds */
#define ASK_AGAIN 0.02   /* seconds between two questions whether to go on */

struct pace {
    struct share share;
    struct thread_monitor *monitor;
    size_t members;
    atomic_size_t waiting;
    struct {
        atomic_size_t trainings; /* ordered, and not ended */
        atomic_size_t step;
    } member[PACE_MEMBERS_MAX];
};

struct pace *pace_new(void)
{
    struct pace *p = mmoe_alloc(1, sizeof *p);
    share_init(&p->share);
    p->monitor = thread_monitor_new(CONDITIONS);
    return p;
}

struct pace *pace_ref(struct pace *p)
{
    share_add(&p->share);
    return p;
}

void pace_free(struct pace *p)
{
    if (!p || !share_drop(&p->share))
        return;
    thread_monitor_free(p->monitor);
    mmoe_free(p);
}

size_t pace_join(struct pace *p)
{
    if (p->members == PACE_MEMBERS_MAX)
        mmoe_fatal("more than %d lanes in lockstep", PACE_MEMBERS_MAX);
    return p->members++;
}

static void wake(struct pace *p)
{
    if (atomic_load(&p->waiting) == 0)
        return;
    thread_monitor_enter(p->monitor);
    thread_monitor_wake(p->monitor, MOVED);
    thread_monitor_leave(p->monitor);
}

void pace_begin(struct pace *p, size_t member)
{
    atomic_fetch_add(&p->member[member].trainings, 1);
}

void pace_end(struct pace *p, size_t member, size_t trainings)
{
    if (trainings) {
        atomic_store(&p->member[member].step, 0); /* of the one that comes */
        atomic_fetch_sub(&p->member[member].trainings, trainings);
    }
    wake(p);
}

static bool is_behind(const struct pace *p, size_t member, size_t step)
{
    return atomic_load(&p->member[member].trainings) > 0 &&
           atomic_load(&p->member[member].step) < step;
}

static bool anyone_behind(const struct pace *p, size_t step)
{
    bool behind = false;
    for (size_t i = 0; i < p->members; i++)
        behind = behind || is_behind(p, i, step);
    return behind;
}

bool pace_wait(struct pace *p, size_t member, size_t step, bool (*go_on)(void *context),
               void *context)
{
    atomic_store(&p->member[member].step, step);
    wake(p);
    double until = mmoe_clock_now() + LOOK_AGAIN;
    bool behind = anyone_behind(p, step);
    while (behind && mmoe_clock_now() < until)
        behind = anyone_behind(p, step);
    if (!behind)
        return true;
    atomic_fetch_add(&p->waiting, 1);
    thread_monitor_enter(p->monitor);
    while ((behind = anyone_behind(p, step)) && go_on(context))
        thread_monitor_wait_until(p->monitor, MOVED, mmoe_clock_now() + ASK_AGAIN);
    thread_monitor_leave(p->monitor);
    atomic_fetch_sub(&p->waiting, 1);
    return !behind;
}
