/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c - the runs of one sweep: which wait, are in work, are finished. */
#include "src/work/sweep.h"

#include <mmoe/mem.h>
#include <mmoe/queue.h>
#include <mmoe/status.h>

#include "src/base/thread.h"

struct finished *finished_new(struct sweep *s)
{
    struct finished *f = mmoe_alloc(1, sizeof *f);
    f->sweep = s;
    mmoe_snapshot_init(&f->result.shot, 0);
    return f;
}

void finished_free(struct finished *f)
{
    while (f) {
        struct finished *next = f->next;
        mmoe_snapshot_done(&f->result.shot);
        mmoe_free(f);
        f = next;
    }
}

struct sweep *sweep_new(const struct mmoe_sweep *given, size_t jobs_max)
{
    struct sweep *s = mmoe_alloc(1, sizeof *s);
    size_t jobs = given->jobs ? given->jobs : thread_cores();
    s->given = *given;
    s->given.grid = NULL;
    s->given.done = NULL;
    s->given.jobs = jobs < jobs_max ? jobs : jobs_max;
    s->grid = *given->grid;
    s->runs = mmoe_grid_runs(&s->grid);
    s->state = mmoe_alloc(s->runs, 1);
    for (size_t r = 0; given->done && r < s->runs; r++)
        if (given->done[r])
            s->state[r] = RUN_LEFT_OUT;
    atomic_init(&s->stop, false);
    return s;
}

void sweep_free(struct sweep *s)
{
    if (!s)
        return;
    finished_free(s->finished);
    mmoe_store_close(s->given.store);
    mmoe_free(s->state);
    mmoe_free(s);
}

size_t sweep_waiting(const struct sweep *s)
{
    size_t waiting = 0;
    for (size_t r = s->next; r < s->runs; r++)
        waiting += s->state[r] == RUN_WAITS;
    return waiting;
}

bool sweep_waits(struct sweep *s)
{
    while (s->next < s->runs && s->state[s->next] != RUN_WAITS)
        s->next++;
    return s->next < s->runs;
}

size_t sweep_take(struct sweep *s)
{
    if (!sweep_waits(s))
        mmoe_fatal("a run was taken where none waits");
    s->state[s->next] = RUN_TAKEN;
    return s->next++;
}

void sweep_finish(struct sweep *s, struct finished *f)
{
    struct finished **at = &s->finished;
    s->state[f->result.record.run] = RUN_FINISHED;
    while (*at && (*at)->result.record.run < f->result.record.run)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
}

void sweep_leave_out(struct sweep *s, size_t run)
{
    s->state[run] = RUN_LEFT_OUT;
}

size_t sweep_stop(struct sweep *s)
{
    size_t left = 0;
    atomic_store(&s->stop, true);
    for (; sweep_waits(s); left++)
        sweep_leave_out(s, sweep_take(s));
    return left;
}

static void pass_over(struct sweep *s)
{
    while (s->fetched < s->runs && s->state[s->fetched] == RUN_LEFT_OUT)
        s->fetched++;
}

struct finished *sweep_fetch(struct sweep *s)
{
    struct finished *f = s->finished;
    pass_over(s);
    if (!f || f->result.record.run != s->fetched)
        return NULL;
    s->finished = f->next;
    f->next = NULL;
    s->fetched++;
    return f;
}

bool sweep_is_over(struct sweep *s)
{
    pass_over(s);
    return s->fetched == s->runs;
}
