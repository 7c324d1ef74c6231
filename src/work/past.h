/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * past.h - where a live run has been: checkpoints in memory, and what was changed when.
 *
 * A run goes back to the nearest checkpoint before a step, or to its beginning, and is trained to
 * the step again with the changes of its journal: the bits of never having left. Checkpoints are
 * evenly spread over the logarithm of steps; the one that is missed least makes room for another.
 *
 * Ownership: past_done frees what it keeps; the run is the lane's.
 * Threads:   the lane's.
 */
#ifndef MMOE_WORK_PAST_H
#define MMOE_WORK_PAST_H

#include <mmoe/arrays.h>
#include <mmoe/run.h>

enum { PAST_MOST = 96 };              /* checkpoints */
#define PAST_BYTES ((size_t)64 << 20) /* of all of them, unless the first alone has more */

struct past_kept {
    size_t step;
    struct mmoe_arrays run;
};

struct past {
    bool away;                          /* the run is at a step before the furthest */
    size_t furthest;                    /* while it is away: where it was ... */
    const struct mmoe_journal *journal; /* ... and what had happened by then */
    size_t next;                        /* step of the next checkpoint */
    size_t count, bytes;
    struct past_kept kept[PAST_MOST]; /* steps ascending */
};

/* Another run, or the same of which nothing before this step comes back. */
void past_begin(struct past *p, struct mmoe_run *run);
void past_done(struct past *p);

/* Before every step: keep a checkpoint where one is due, make again what was changed here. */
void past_keep(struct past *p, struct mmoe_run *run);
void past_again(struct past *p, struct mmoe_run *run);
static inline void past_before_step(struct past *p, struct mmoe_run *run)
{
    if (p->away)
        past_again(p, run);
    if (mmoe_run_at(run) >= p->next)
        past_keep(p, run);
}

/* The run, at its beginning, will have been at that step with that journal, whose reference is
 * taken over. */
void past_foresee(struct past *p, size_t step, const struct mmoe_journal *journal);

/* Have the run at the last checkpoint up to that step, from which it is to be trained to it.
 * Nothing changes where that is refused: MMOE_RANGE beyond the furthest step, or before what is
 * known. */
enum mmoe_status past_go(struct past *p, struct mmoe_run *run, size_t step, struct mmoe_error *err);
/* Before both of these, what was changed at this very step is changed again. */
/* The run takes another way from here on: what came after is no more. */
void past_leave(struct past *p, struct mmoe_run *run);
/* A note, at the step the run is at. */
void past_note(struct past *p, struct mmoe_run *run, const char *text);

#endif
