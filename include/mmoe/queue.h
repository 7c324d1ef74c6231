/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - sweeps in the background: workers train their runs, a thread of its own stores the
 * results.
 *
 * Any of `jobs` workers takes the next run; none waits for a disk. Records come
 * back in the order of runs, whatever the order they finished in.
 *
 * Ownership: the queue owns its threads; mmoe_queue_free stops all, stores what
 *            is finished and joins. The mailbox outlives the queue.
 * Threads:   every function is called from one thread, the user interface's.
 *
 *   struct mmoe_queue *q = mmoe_queue_new(mailbox);
 *   mmoe_queue_sweep(q, &(struct mmoe_sweep){.grid = &grid});
 *   poll(mmoe_mailbox_fd(mailbox)) ... while (mmoe_queue_record(q, &record)) ...
 */
#ifndef MMOE_QUEUE_H
#define MMOE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/grid.h>
#include <mmoe/mailbox.h>
#include <mmoe/origin.h>
#include <mmoe/record.h>
#include <mmoe/shards.h>
#include <mmoe/store.h>

struct mmoe_queue;

/* The cores that this program may use: as many runs at a time where jobs is 0. */
size_t mmoe_queue_cores(void);

struct mmoe_queue *mmoe_queue_new(struct mmoe_mailbox *mailbox);
void mmoe_queue_free(struct mmoe_queue *q); /* NULL allowed */

#define MMOE_SWEEP_GRACE 120.0 /* seconds */

/* The runs of a grid, and where they are kept. */
struct mmoe_sweep {
    const struct mmoe_grid *grid;     /* copied */
    size_t jobs;                      /* runs at a time; 0: one per core */
    const unsigned char *done;        /* (runs) those to leave out, or NULL; copied */
    struct mmoe_store *store;         /* NULL: kept nowhere; the queue closes it after the last run,
                                         and watches it */
    int64_t study;                    /* in the store */
    struct mmoe_publisher *publisher; /* NULL: none; what is stored is published, too. Nobody
                                         else uses it before mmoe_queue_forget */
    double until; /* no run is begun after that (mmoe_clock_now), and those in progress are left
                     MMOE_SWEEP_GRACE later; 0: no end */
    struct mmoe_origin origin; /* kept with every run */
};

/*
 * Queue a sweep behind those there are. Runs of one seed share their rows; of runs that are the
 * same to the bit (cells.h) one is trained for all. A run counts as finished when the store has it;
 * where the store fails, its sweep is dropped and what is stored stays. Before mmoe_queue_record
 * fetches from the next sweep, or from none, the error comes through mmoe_mailbox_error: it names
 * the runs that were finished and are not stored. So does one where the file of a store is removed
 * or replaced. Where the rows of a file are not those the grid has the digest of, its sweep is
 * dropped likewise.
 */
void mmoe_queue_sweep(struct mmoe_queue *q, const struct mmoe_sweep *sweep);
/* The publisher is used no more when this returns, which waits for what it publishes. The sweep is
 * over. Any thread may ask. */
void mmoe_queue_forget(struct mmoe_queue *q, const struct mmoe_publisher *p);
/* The next finished record, sweep by sweep in the order of runs; false where none is ready. A run
   that could not be made comes back as a record with step 0 and NAN losses, and its error through
   mmoe_mailbox_error. */
bool mmoe_queue_record(struct mmoe_queue *q, struct mmoe_record *out);
/* Of the queue since it was last empty. */
struct mmoe_progress {
    size_t finished, submitted;   /* runs: finished ones may be fetched or not yet */
    uint64_t steps, steps_wanted; /* trained by all of them, unfinished ones included; and in all */
};
struct mmoe_progress mmoe_queue_progress(struct mmoe_queue *q);
/* Hold the queue: runs in progress wait between two steps, none is begun; or let it go on. */
void mmoe_queue_hold(struct mmoe_queue *q, bool held);
/* Drop what waits and stop what runs, which ends a hold. What is finished by then is stored, comes
   as a record, and makes up the progress; the queue has come to rest where finished is submitted
   again. */
void mmoe_queue_stop(struct mmoe_queue *q);

#endif
