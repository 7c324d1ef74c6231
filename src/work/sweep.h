/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.h - the runs of one sweep: which wait, are in work, are finished.
 *
 * A run is a byte; its options exist only while somebody works on it. Every
 * run ends by being finished or left out, and then is fetched or passed over:
 * when that is so of all, the sweep is over.
 *
 * Ownership: sweep_new copies all it is given but the store, which sweep_free closes.
 * Threads:   none of its own: whoever uses one guards it; `grid` and `given` may be read by any.
 */
#ifndef MMOE_WORK_SWEEP_H
#define MMOE_WORK_SWEEP_H

#include <stdatomic.h>

#include <mmoe/queue.h>

/* A run's result on its way from a worker to the reader, linked. */
struct finished {
    struct mmoe_result result;
    struct sweep *sweep;
    struct finished *next;
};

struct finished *finished_new(struct sweep *s);
void finished_free(struct finished *f); /* and all behind it; NULL allowed */

/* RUN_TWIN: it is another run of the sweep to the bit, and gets its result. */
enum run_state { RUN_WAITS, RUN_TWIN, RUN_TAKEN, RUN_FINISHED, RUN_LEFT_OUT };

struct sweep {
    struct mmoe_sweep given; /* grid and done are NULL; jobs is never 0 */
    struct mmoe_grid grid;
    size_t runs;
    unsigned char *state; /* (runs) enum run_state */
    size_t *twin_of;      /* (runs) the run a RUN_TWIN is, else SIZE_MAX; NULL: there are none */
    uint64_t steps;       /* of all runs that are to be trained */
    size_t next;          /* no run before it waits */
    size_t fetched;       /* all runs before it were fetched or left out */
    bool broken;          /* its store failed; only the writer's thread sets it */
    atomic_bool stop;     /* who works on a run of it is to leave it */
    struct finished *finished; /* to be fetched, in the order of runs */
    struct sweep *after;       /* in a list */
};

struct sweep *sweep_new(const struct mmoe_sweep *given, size_t jobs_max);
void sweep_free(struct sweep *s); /* NULL allowed */

size_t sweep_waiting(const struct sweep *s); /* runs nobody took, and their twins */
bool sweep_waits(struct sweep *s);           /* is there any? */
size_t sweep_take(struct sweep *s);          /* the first of them */
/* The first twin of a run after `after`, which is the run itself or one of its twins; SIZE_MAX: no
 * more. */
size_t sweep_twin(const struct sweep *s, size_t run, size_t after);
void sweep_finish(struct sweep *s, struct finished *f);
void sweep_leave_out(struct sweep *s, size_t run);
/* Leave out all runs nobody took with their twins, and have the others left; returns how many were
 * left out. */
size_t sweep_stop(struct sweep *s);
/* The next finished run in the order of runs; NULL: it is not there yet, or there are no more. */
struct finished *sweep_fetch(struct sweep *s);
bool sweep_is_over(struct sweep *s);

#endif
