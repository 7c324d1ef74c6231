/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.h - the runs of one sweep: which wait, are in work, are finished.
 *
 * A run is a byte; its options exist only while a worker has it. Every run is either
 * finished and then fetched, or left out and then passed over. When all are, the sweep is
 * over.
 *
 * Ownership: sweep_new copies all it is given but the store, which sweep_free closes.
 * Threads:   the caller guards a sweep; `grid` and `given` may be read by any thread.
 */
#ifndef MMOE_WORK_SWEEP_H
#define MMOE_WORK_SWEEP_H

#include <stdatomic.h>

#include <mmoe/queue.h>

#include "src/work/packed.h"

/* A run's result on its way from a worker to the writer, linked. Its twins share it. */
struct finished {
    struct mmoe_result result;
    struct sweep *sweep;
    struct finished *next;
};

struct finished *finished_new(struct sweep *s);
void finished_free(struct finished *f); /* and all behind it; NULL allowed */

/* RUN_TWIN: another run of the sweep is the same to the bit, and gives it its result. RUN_UNSTORED:
 * left out though it was finished, since the store failed. */
enum run_state { RUN_WAITS, RUN_TWIN, RUN_TAKEN, RUN_FINISHED, RUN_LEFT_OUT, RUN_UNSTORED };

struct sweep {
    struct mmoe_sweep given; /* grid and done are NULL; jobs is never 0 */
    struct mmoe_grid grid;
    size_t runs;
    unsigned char *state; /* (runs) enum run_state */
    uint32_t *twin; /* (runs) the next run that gets the same result, 0: none; NULL: no twins */
    uint64_t steps; /* of all runs that are to be trained */
    size_t next;    /* no run before it waits */
    size_t fetched; /* all runs before it were fetched or left out */
    bool broken;    /* its store failed; only the writer's thread sets it */
    struct mmoe_error why;     /* it failed so */
    struct mmoe_error told;    /* why a run could not be made, last */
    struct mmoe_error refused; /* its rows are not those of then; MMOE_OK: they are */
    atomic_bool stop;          /* workers leave its runs */
    struct packed **finished;  /* (runs) those to be fetched, by run */
    struct sweep *after;       /* in a list */
};

struct sweep *sweep_new(const struct mmoe_sweep *given, size_t jobs_max);
void sweep_free(struct sweep *s); /* NULL allowed */

size_t sweep_waiting(const struct sweep *s); /* runs nobody took, and their twins */
bool sweep_waits(struct sweep *s);           /* is there any? */
size_t sweep_take(struct sweep *s);          /* the first of them */
/* The next run behind it that gets the same result; SIZE_MAX: no more. */
size_t sweep_twin(const struct sweep *s, size_t run);
/* The run and its twins have that record, which is the sweep's from now on; returns how many. */
size_t sweep_finish(struct sweep *s, size_t run, struct packed *record);
/* Leave out the run and its twins; returns how many. */
size_t sweep_leave_out(struct sweep *s, size_t run);
/* The same, where it is finished and could not be stored. */
size_t sweep_lose(struct sweep *s, size_t run);
/* Append the runs that were lost, "3-5, 7", in the order of runs; returns how many. */
size_t sweep_add_lost(const struct sweep *s, struct mmoe_text *t);
/* Leave out all runs that nobody took, and their twins; returns how many. */
size_t sweep_leave_waiting(struct sweep *s);
/* The same, and have workers leave the others. */
size_t sweep_stop(struct sweep *s);
/* The next finished record in the order of runs, for packed_open; NULL: it is not there yet, or
 * there is none. */
struct packed *sweep_fetch(struct sweep *s, size_t *run);
bool sweep_is_over(struct sweep *s);

#endif
