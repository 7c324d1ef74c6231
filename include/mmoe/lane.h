/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.h - a live run on a thread of its own.
 *
 * A lane has rows and at most one run. Orders to it (make, train, pause, tune)
 * apply between two steps and return at once. What came of them is published as
 * a snapshot, and the mailbox wakes whoever reads it.
 *
 * Ownership: a lane owns its thread, its run and its dataset; mmoe_lane_free
 *            stops the run and joins the thread. The mailbox outlives the lane.
 * Threads:   every function is called from one thread, the user interface's.
 *
 *   struct mmoe_lane *l = mmoe_lane_new(mailbox);
 *   mmoe_lane_make(l, &options, true);  mmoe_lane_train(l, 6000);
 *   poll(mmoe_mailbox_fd(mailbox)) ... mmoe_mailbox_drain(mailbox);  shown = mmoe_lane_snapshot(l);
 */
#ifndef MMOE_LANE_H
#define MMOE_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include <mmoe/bench.h>
#include <mmoe/dataset.h>
#include <mmoe/goal.h>
#include <mmoe/mailbox.h>
#include <mmoe/option.h>
#include <mmoe/run.h>
#include <mmoe/snapshot.h>

struct mmoe_lane;

struct mmoe_lane *mmoe_lane_new(struct mmoe_mailbox *mailbox);
/* Let it end soon: other threads can be ended meanwhile. */
void mmoe_lane_end(struct mmoe_lane *l);
void mmoe_lane_free(struct mmoe_lane *l); /* NULL allowed */

/* --- orders, carried out one after the other --- */

/*
 * An order that makes a run returns a ticket, which the snapshots of that run bear: what is
 * fetched can be told apart from a late word of the run before.
 */

/* Make the rows (unless those at hand are the same), then, with_run, a run at step 0. */
uint64_t mmoe_lane_make(struct mmoe_lane *l, const struct mmoe_options *o, bool with_run);
/* Train the run to that step at o's speed; to the step it is at: nothing. */
void mmoe_lane_train(struct mmoe_lane *l, size_t until);
/* The same, but no further than the first evaluation at which the goal is met. */
void mmoe_lane_train_for(struct mmoe_lane *l, size_t until, const struct mmoe_goal *goal);
/* Options that reset nothing, where o differs from before; they may overtake a training in
 * progress. */
void mmoe_lane_tune(struct mmoe_lane *l, const struct mmoe_options *before,
                    const struct mmoe_options *o);
/* Stop a training in progress after its current step and drop the orders that wait. */
void mmoe_lane_pause(struct mmoe_lane *l);
/* The same, and rows that are being made are not made to their end: the order fails. */
void mmoe_lane_stop(struct mmoe_lane *l);
/* Back to step 0, identical weights and order. */
uint64_t mmoe_lane_reset(struct mmoe_lane *l);

/*
 * Go to a step that the run has been at, back or forth, with what was changed on the way changed
 * again: the bits of never having left. A pause ends it on the way. Fails where it was not there;
 * after a change of an option on the way back it is another run, which was not further than that.
 * Checkpoints for it are kept in memory, 64 MiB at most (snapshot.checkpoint_bytes); more only
 * where one alone has them, of a session that was loaded or of weights that were imported.
 */
void mmoe_lane_goto(struct mmoe_lane *l, size_t step);
/*
 * The run that was just made is to become one that was at that step and had that journal, whose
 * reference it takes over: mmoe_lane_goto goes there.
 */
void mmoe_lane_foresee(struct mmoe_lane *l, size_t step, const struct mmoe_journal *journal);
/* Put a note, or a branch, into the run's journal, between two steps. A branch is another run,
 * which was not further than here. */
void mmoe_lane_note(struct mmoe_lane *l, enum mmoe_mark_kind kind, const char *text);

/*
 * Files of the live run. Exports and loads are done between two steps of a training in progress,
 * which a load ends where it succeeds, with the orders that wait and were given before it; an
 * import waits its turn as other orders do. One that fails leaves rows and run as they were. What
 * was done is told by mmoe_lane_filed, what failed by mmoe_mailbox_error.
 */
enum mmoe_file {
    MMOE_FILE_EXPORT_WEIGHTS,
    MMOE_FILE_EXPORT_DATA,
    MMOE_FILE_EXPORT_SCORES,
    MMOE_FILE_SHARE, /* no file: the run as one line (recipe.h) */
    MMOE_FILE_SEE,   /* no file: the row that `path` names as a number, looked at */
    MMOE_FILE_SAVE,
    MMOE_FILE_LOAD,
    MMOE_FILE_IMPORT_WEIGHTS,
    MMOE_FILE_IMPORT_DATA /* the rows of o.data */
};
/* o: the settings, which a checkpoint keeps. */
uint64_t mmoe_lane_file(struct mmoe_lane *l, enum mmoe_file what, const char *path,
                        const struct mmoe_options *o);
struct mmoe_filed {
    enum mmoe_file what;
    char path[MMOE_FILE_MAX];
    const char *note;      /* of the file it replaced (mmoe_file_note), where one was written */
    size_t step;           /* the run was at */
    char *line;            /* SHARE: the run; free with mmoe_free */
    char bits[17];         /* SHARE: the digest of its weights */
    char rows[17];         /* SHARE: that of rows that were read, or "" */
    struct mmoe_seen seen; /* SEE: what came of it */
    char unread[160];      /* arrays of the file that an import has no use for, or "" */
    struct mmoe_options options;   /* the settings a checkpoint had */
    struct mmoe_options made_with; /* those its run was made with */
    bool with_run;                 /* there was a run in it */
};
/* The next that is done; false where none is. */
bool mmoe_lane_filed(struct mmoe_lane *l, struct mmoe_filed *out);

/*
 * Measure of that set (mmoe_run_show), and of no more, at once and at every evaluation, in the run
 * there is and those to come. Done between two steps of a training; no pause drops it.
 */
void mmoe_lane_show(struct mmoe_lane *l, unsigned what);

/* Wait at every evaluation of a training until its snapshot was fetched, or no more: none is
 * missed. */
void mmoe_lane_each(struct mmoe_lane *l, bool each);

/* Measure a case of bench.h; its result comes through mmoe_lane_benched. A pause ends it. */
void mmoe_lane_bench(struct mmoe_lane *l, size_t index, size_t rounds);
/* The next result; false where none is ready. */
bool mmoe_lane_benched(struct mmoe_lane *l, struct mmoe_bench *out);

/*
 * Have n lanes, of which none trains, train in lockstep from now on: none begins a step before all
 * that train have ended the one before. With n 1 a lane goes by itself again.
 */
void mmoe_lane_together(struct mmoe_lane *const *lanes, size_t n);

/* --- what came of them --- */

/* True while an order is in progress or waits. */
bool mmoe_lane_busy(struct mmoe_lane *l);
/* The newest snapshot, to be given back with mmoe_snapshot_free; NULL where none was published
 * since the last call. */
const struct mmoe_snapshot *mmoe_lane_snapshot(struct mmoe_lane *l);
/* The rows at hand, one more reference (free it), or NULL; and in made (NULL allowed) the options
 * they were made with. */
struct mmoe_dataset *mmoe_lane_data(struct mmoe_lane *l, struct mmoe_options *made);

#endif
