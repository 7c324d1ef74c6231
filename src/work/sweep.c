/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c - the runs of one sweep: which wait, are in work, are finished. */
#include "src/work/sweep.h"

#include <stdint.h>
#include <string.h>

#include <mmoe/cells.h>
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

/* The run of each cell at seed 0. */
static size_t *places_of(const struct mmoe_grid *g, size_t cells)
{
    size_t *place = mmoe_alloc(cells, sizeof *place);
    for (size_t r = 0; r < cells; r++)
        place[mmoe_grid_cell(g, r)] = r;
    return place;
}

/* twin[place] = the place of the first of its twins, or place itself; NULL: no cell has a twin. */
static size_t *twins_of(const struct mmoe_grid *g, size_t cells)
{
    size_t *place = places_of(g, cells), *twin = mmoe_alloc(cells, sizeof *twin), others = 0;
    for (size_t r = 0; r < cells; r++) {
        twin[r] = place[mmoe_cells_twin(g, mmoe_grid_cell(g, r))];
        others += twin[r] != r;
    }
    mmoe_free(place);
    if (others)
        return twin;
    mmoe_free(twin);
    return NULL;
}

/* Mark twins that wait: the first is trained, the others get its result. */
static void pair_twins(struct sweep *s)
{
    size_t cells = mmoe_grid_cells(&s->grid);
    size_t *twin = twins_of(&s->grid, cells);
    if (!twin)
        return;
    size_t *first = mmoe_alloc(cells, sizeof *first);
    s->twin_of = mmoe_alloc(s->runs, sizeof *s->twin_of);
    for (size_t r = 0; r < s->runs; r++) {
        size_t place = r % cells, *of = &first[twin[place]];
        s->twin_of[r] = SIZE_MAX;
        if (place == 0)
            memset(first, 0xff, cells * sizeof *first); /* SIZE_MAX: none yet of this seed */
        if (s->state[r] != RUN_WAITS)
            continue;
        if (*of == SIZE_MAX) {
            *of = r;
        } else {
            s->twin_of[r] = *of;
            s->state[r] = RUN_TWIN;
        }
    }
    mmoe_free(first);
    mmoe_free(twin);
}

static uint64_t count_steps(const struct sweep *s)
{
    size_t cells = mmoe_grid_cells(&s->grid);
    uint64_t steps = 0;
    for (size_t place = 0; place < cells; place++) {
        struct mmoe_options o;
        size_t runs = 0;
        for (size_t r = place; r < s->runs; r += cells)
            runs += s->state[r] == RUN_WAITS;
        mmoe_grid_cell_options(&s->grid, mmoe_grid_cell(&s->grid, place), &o);
        steps += (uint64_t)runs * o.steps;
    }
    return steps;
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
    pair_twins(s);
    s->steps = count_steps(s);
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
    mmoe_free(s->twin_of);
    mmoe_free(s);
}

size_t sweep_waiting(const struct sweep *s)
{
    size_t waiting = 0;
    for (size_t r = s->next; r < s->runs; r++)
        waiting += s->state[r] == RUN_WAITS || s->state[r] == RUN_TWIN;
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

size_t sweep_twin(const struct sweep *s, size_t run, size_t after)
{
    size_t cells = mmoe_grid_cells(&s->grid), end = run / cells * cells + cells;
    for (size_t r = after + 1; s->twin_of && r < end; r++)
        if (s->twin_of[r] == run)
            return r;
    return SIZE_MAX;
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

void sweep_lose(struct sweep *s, size_t run)
{
    s->state[run] = RUN_UNSTORED;
}

size_t sweep_add_lost(const struct sweep *s, struct mmoe_text *t)
{
    size_t lost = 0;
    for (size_t r = 0, last; r < s->runs; r = last + 1) {
        for (last = r; last < s->runs && s->state[last] == RUN_UNSTORED; last++)
            lost++;
        if (last > r)
            mmoe_text_add(t, last - r > 1 ? "%s%zu-%zu" : "%s%zu", t->n ? ", " : "", r, last - 1);
    }
    return lost;
}

size_t sweep_stop(struct sweep *s)
{
    size_t left = 0;
    atomic_store(&s->stop, true);
    for (; sweep_waits(s); left++)
        sweep_leave_out(s, sweep_take(s));
    for (size_t r = 0; s->twin_of && r < s->runs; r++)
        if (s->state[r] == RUN_TWIN && s->state[s->twin_of[r]] == RUN_LEFT_OUT) {
            sweep_leave_out(s, r);
            left++;
        }
    return left;
}

static void pass_over(struct sweep *s)
{
    while (s->fetched < s->runs &&
           (s->state[s->fetched] == RUN_LEFT_OUT || s->state[s->fetched] == RUN_UNSTORED))
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
