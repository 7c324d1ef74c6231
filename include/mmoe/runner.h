/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.h - worker threads: one live run, and a queue of runs behind it.
 *
 * The live lane owns at most one run. Orders to it (make, train, pause, tune)
 * apply between steps and return at once; it publishes a snapshot by copy and
 * writes a byte to a pipe, so that a poll loop wakes. The queue holds sweeps,
 * whose runs any of `jobs` workers takes; a thread of its own stores what they
 * finished, so that none waits for a disk. Records come back in the order of
 * runs whatever the order they finished in.
 *
 * Ownership: the runner owns its threads, its run and its dataset. mmoe_runner_free
 *            stops everything and joins.
 * Threads:   every function here is called from one thread, the user interface's.
 *
 *   struct mmoe_runner *r = mmoe_runner_new();
 *   mmoe_runner_make(r, &options, false);  mmoe_runner_train(r, 6000);
 *   poll(mmoe_runner_fd(r)) ... mmoe_runner_drain(r); mmoe_runner_snapshot(r, &shown);
 */
#ifndef MMOE_RUNNER_H
#define MMOE_RUNNER_H

#include <mmoe/bench.h>
#include <mmoe/grid.h>
#include <mmoe/snapshot.h>
#include <mmoe/store.h>
#include <mmoe/study.h>

struct mmoe_runner;

struct mmoe_runner *mmoe_runner_new(void);
void mmoe_runner_free(struct mmoe_runner *r);

/* Readable when something happened since the last drain: a snapshot, a record, an order done. */
int mmoe_runner_fd(const struct mmoe_runner *r);
void mmoe_runner_drain(struct mmoe_runner *r);

/* --- the live lane; orders are carried out one after the other --- */

/* Make the rows (unless those at hand were made with the same data options), then, with a net, a run at step 0. */
void mmoe_runner_make(struct mmoe_runner *r, const struct mmoe_options *o, bool with_run);
/* Train the run to that step at o's speed; to the step it is at: nothing. */
void mmoe_runner_train(struct mmoe_runner *r, size_t until);
/* Options that reset nothing; may overtake a training in progress. */
void mmoe_runner_tune(struct mmoe_runner *r, const struct mmoe_options *o);
/* Stop a training in progress after its current step and drop orders that wait. */
void mmoe_runner_pause(struct mmoe_runner *r);
/* Back to step 0, identical weights and order. */
void mmoe_runner_reset(struct mmoe_runner *r);

/*
 * Files of the live run. Exports are done between two steps of a training in progress; an import waits its turn as
 * other orders do, and a load that fails leaves rows and run as they were. What was done is told by
 * mmoe_runner_filed, what failed by mmoe_runner_error.
 */
enum mmoe_file {
    MMOE_FILE_EXPORT_WEIGHTS,
    MMOE_FILE_EXPORT_DATA,
    MMOE_FILE_SAVE,
    MMOE_FILE_IMPORT_WEIGHTS,
    MMOE_FILE_LOAD
};
/* o: the settings, which a checkpoint keeps. */
void mmoe_runner_file(struct mmoe_runner *r, enum mmoe_file what, const char *path, const struct mmoe_options *o);
struct mmoe_filed {
    enum mmoe_file what;
    char path[MMOE_FILE_MAX];
    size_t step; /* the run was at */
    struct mmoe_options options; /* the settings a checkpoint had */
    struct mmoe_options made_with; /* those its run was made with */
    bool with_run;               /* there was a run in it */
};
/* The next that is done; false where none is. */
bool mmoe_runner_filed(struct mmoe_runner *r, struct mmoe_filed *out);

/* Measure a case of bench.h; its result comes through mmoe_runner_benched. A pause ends it. */
void mmoe_runner_bench(struct mmoe_runner *r, size_t index, size_t rounds);
/* The next result; false where none is ready. */
bool mmoe_runner_benched(struct mmoe_runner *r, struct mmoe_bench *out);

/* True while an order is in progress or waits. */
bool mmoe_runner_busy(const struct mmoe_runner *r);
/* The oldest thing that failed, which is forgotten; MMOE_OK: nothing did. Told before what it ended is seen to end. */
enum mmoe_status mmoe_runner_error(struct mmoe_runner *r, struct mmoe_error *err);
/* Copy the newest snapshot; false where none was published since the last call. Call it when idle to size room. */
bool mmoe_runner_snapshot(struct mmoe_runner *r, struct mmoe_snapshot *out);
/* The rows at hand, one more reference (free it), or NULL. */
struct mmoe_dataset *mmoe_runner_data(struct mmoe_runner *r);

/* --- the queue of runs --- */

/* The runs of a grid, and where they are kept. */
struct mmoe_sweep {
    const struct mmoe_grid *grid;     /* copied */
    size_t jobs;                      /* runs at a time; 0: one per core */
    const unsigned char *done;        /* (runs) those to leave out, or NULL; copied */
    struct mmoe_store *store;         /* NULL: kept nowhere; the runner closes it after the last run */
    int64_t study;                    /* in the store */
    struct mmoe_origin origin;        /* kept with every run */
};

/*
 * Queue a sweep behind those there are. Runs of one seed share their rows. A run
 * counts as finished when the store has it; where the store fails, its sweep is
 * dropped, the error comes through mmoe_runner_error, and what is stored stays.
 */
void mmoe_runner_sweep(struct mmoe_runner *r, const struct mmoe_sweep *sweep);
/* The next finished record, sweep by sweep in the order of runs; false where none is ready. A run that could
   not be made comes back as a record with step 0 and NAN losses, and its error through mmoe_runner_error. */
bool mmoe_runner_record(struct mmoe_runner *r, struct mmoe_record *out);
/* Of the queue since it was last empty: runs finished (to be fetched or fetched) and submitted, steps trained by all
   of them (unfinished ones included). */
void mmoe_runner_progress(const struct mmoe_runner *r, size_t *finished, size_t *submitted, uint64_t *steps);
/* Hold the queue: runs in progress wait between two steps, none is begun; or let it go on. */
void mmoe_runner_hold(struct mmoe_runner *r, bool held);
/* Drop what waits and stop what runs, which ends a hold. What is finished by then is stored, comes as a record, and
   makes up the progress; the queue has come to rest where finished is submitted again. */
void mmoe_runner_stop(struct mmoe_runner *r);

#endif
