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
    if (!mmoe_cells_any_twins(g))
        return NULL;
    size_t *place = places_of(g, cells), *twin = mmoe_alloc(cells, sizeof *twin);
    for (size_t r = 0; r < cells; r++)
        twin[r] = place[mmoe_cells_twin(g, mmoe_grid_cell(g, r))];
    mmoe_free(place);
    return twin;
}

/* Chain twins that wait: the first is trained, the others get its result. */
static void pair_twins(struct sweep *s)
{
    size_t cells = mmoe_grid_cells(&s->grid);
    size_t *twin = twins_of(&s->grid, cells);
    if (!twin)
        return;
    size_t *last = mmoe_alloc(cells, sizeof *last);
    s->twin = mmoe_alloc(s->runs, sizeof *s->twin);
    for (size_t r = 0; r < s->runs; r++) {
        size_t place = r % cells, *of = &last[twin[place]];
        if (place == 0)
            memset(last, 0xff, cells * sizeof *last); /* SIZE_MAX: none yet of this seed */
        if (s->state[r] != RUN_WAITS)
            continue;
        if (*of != SIZE_MAX) {
            s->twin[*of] = (uint32_t)r;
            s->state[r] = RUN_TWIN;
        }
        *of = r;
    }
    mmoe_free(last);
    mmoe_free(twin);
}

/* The steps of a cell's runs. */
static size_t steps_of(const struct mmoe_grid *g, size_t cell)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(g, cell, &o);
    return o.steps;
}

static uint64_t count_steps(const struct sweep *s)
{
    size_t cells = mmoe_grid_cells(&s->grid), each = s->grid.base.steps;
    bool vary = mmoe_grid_has_axis(&s->grid, mmoe_option_find("steps"));
    uint64_t steps = 0;
    for (size_t place = 0; place < cells; place++) {
        size_t runs = 0;
        for (size_t r = place; r < s->runs; r += cells)
            runs += s->state[r] == RUN_WAITS;
        if (vary)
            each = steps_of(&s->grid, mmoe_grid_cell(&s->grid, place));
        steps += (uint64_t)runs * each;
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
    s->finished = mmoe_alloc(s->runs, sizeof *s->finished);
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
    for (size_t r = s->fetched; r < s->runs; r++)
        packed_drop(s->finished[r]);
    mmoe_store_close(s->given.store);
    mmoe_free(s->finished);
    mmoe_free(s->state);
    mmoe_free(s->twin);
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

size_t sweep_twin(const struct sweep *s, size_t run)
{
    return s->twin && s->twin[run] ? s->twin[run] : SIZE_MAX;
}

size_t sweep_finish(struct sweep *s, size_t run, struct packed *record)
{
    size_t count = 0;
    for (size_t r = run; r != SIZE_MAX; r = sweep_twin(s, r)) {
        s->state[r] = RUN_FINISHED;
        s->finished[r] = record;
        if (count++)
            packed_share(record);
    }
    return count;
}

/* Without a record, the run and its twins; returns how many. */
static size_t end_as(struct sweep *s, size_t run, enum run_state state)
{
    size_t count = 0;
    for (size_t r = run; r != SIZE_MAX; r = sweep_twin(s, r), count++)
        s->state[r] = (unsigned char)state;
    return count;
}

size_t sweep_leave_out(struct sweep *s, size_t run)
{
    return end_as(s, run, RUN_LEFT_OUT);
}

size_t sweep_lose(struct sweep *s, size_t run)
{
    return end_as(s, run, RUN_UNSTORED);
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

size_t sweep_leave_waiting(struct sweep *s)
{
    size_t left = 0;
    while (sweep_waits(s))
        left += sweep_leave_out(s, sweep_take(s));
    return left;
}

size_t sweep_stop(struct sweep *s)
{
    atomic_store(&s->stop, true);
    return sweep_leave_waiting(s);
}

static void pass_over(struct sweep *s)
{
    while (s->fetched < s->runs &&
           (s->state[s->fetched] == RUN_LEFT_OUT || s->state[s->fetched] == RUN_UNSTORED))
        s->fetched++;
}

struct packed *sweep_fetch(struct sweep *s, size_t *run)
{
    pass_over(s);
    if (s->fetched == s->runs || !s->finished[s->fetched])
        return NULL;
    *run = s->fetched++;
    struct packed *record = s->finished[*run];
    s->finished[*run] = NULL;
    return record;
}

bool sweep_is_over(struct sweep *s)
{
    pass_over(s);
    return s->fetched == s->runs;
}
