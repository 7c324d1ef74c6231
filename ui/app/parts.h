/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.h - what the files of the app share, and commands do not call.
 *
 * Ownership: the app's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_PARTS_H
#define MMOE_UI_PARTS_H

#include <mmoe/run.h>

#include "ui/app/app.h"

/* --- words.c --- */

struct event_sink app_sink(struct app *a, enum event_mode mode);
/* Complain of what failed in a worker: of one error, and of all that have come. */
void app_take_error(struct app *a, const struct mmoe_error *err);
void app_take_errors(struct app *a);

/* --- settings.c --- */

/* Look anew which live runs are stale: after every change of settings, of `made` or of `has_run`.
 */
void app_renew_stale(struct app *a);
/* Say which settings of `after` are moot (moot.h), and were not so before. */
void app_say_moot(struct app *a, const struct mmoe_options *before,
                  const struct mmoe_options *after);
/* Say which settings are moot in cells of the grid; of a large one in the first cells. */
void app_say_moot_cells(struct app *a, const struct mmoe_grid *g);
/* Settings that are replaced: undo has them back, and there is nothing more to redo. */
void app_remember(struct app *a, const struct mmoe_options *before);

/* --- live.c, seeds.c, jobs.c, begin.c, stored.c, tell.c, steps.c, reports.c: made, freed, and what
 * came back --- */

void app_live_init(struct app *a);
void app_live_end(struct app *a); /* let the lanes end while others do */
void app_live_done(struct app *a);
void app_take_live(struct app *a);
bool app_live_idle(const struct app *a);
/* A training that may be paused: not one whose run is yet to be made. */
static inline bool app_is_training(const struct app_lane *l)
{
    return (l->pending == APP_PENDING_RUN || l->pending == APP_PENDING_STEP) && !l->fresh;
}

/* Another live run beside those there are, with the settings; MMOE_LIMIT where there are too many.
 */
enum mmoe_status app_lane_add(struct app *a, struct mmoe_error *err);
/* All live runs train in lockstep from now on, or each by itself; MMOE_STATE while one trains. */
enum mmoe_status app_lanes_together(struct app *a, bool together, struct mmoe_error *err);
/* Let the last lane go; its run stays among the runs. No lane may train. */
void app_lane_drop(struct app *a);
/* Set the pairs "KEY=VALUE KEY=VALUE" in o. */
enum mmoe_status app_set_pairs(const char *pairs, struct mmoe_options *o, struct mmoe_error *err);
/* Give the order to every side, in front with its options; without sides to the lane in front.
 * Which sides are stale is to be looked at anew after it. */
void app_each_side(struct app *a, void (*order)(struct app *a, const void *context),
                   const void *context);

/* What of the set that is measured on demand the snapshot has. */
static inline unsigned app_measured(const struct mmoe_snapshot *s)
{
    return (s->fit ? MMOE_SHOWS_FIT : 0) | (s->scatter ? MMOE_SHOWS_SCATTER : 0);
}

/* Settings are what they were for what lane i shows, where it was sent back. */
void app_follow(struct app *a, size_t i);
/* From here on lane i's run is another one; what it was stays among the runs. */
void app_renumber(struct app *a, size_t i);
/* Something changes lane i's run: where that is back in its past, it is another run from here on.
 */
void app_leave_past(struct app *a, size_t i);

void app_jobs_done(struct app *a);
void app_take_jobs(struct app *a);
/* Show what takes its time now: a job, or what the lane in front does with files. */
void app_show_work(struct app *a);

/* A study that is to be shown, and gone on with where it has a store to write to. */
struct app_study_found {
    struct mmoe_study_info info;
    const struct mmoe_grid *grid;      /* while it is shown */
    const struct mmoe_definition *def; /* likewise; NULL: a plain sweep */
    const char *command;               /* likewise; NULL: that of info */
    struct mmoe_text path;             /* of its store */
    struct mmoe_store *store;          /* to add what it lacks, or NULL */
    size_t jobs;
    double until; /* as in mmoe_sweep */
    bool watches; /* path is the folder of its shards, who publish there */
};
/* Show it; what is finished of it is read from now on. Takes path and store over. */
void app_study_show(struct app *a, struct app_study_found *f);

/* What is trained from now on is a shard of the study in the folder, or, NULL, none is. */
void app_shard_take(struct app *a, struct mmoe_publisher *p, const char *dir);
/* Its runs are there, or were stopped: publish the rest of them, and say so. */
void app_shard_tell(struct app *a);
/* Publish what there is, at the end of the program. */
void app_shard_done(struct app *a);

/* Something else is to be watched. */
void app_experiment_leave(struct app *a);

void app_opening_done(struct app *a);
/* Read no more of the study that is shown, and say so. */
void app_opening_stop(struct app *a);
void app_take_opening(struct app *a);

/* What there is to say of the study that is shown, once: begun, gone on with, cut off. */
void app_study_tell(struct app *a);
void app_take_telling(struct app *a);
void app_telling_stop(struct app *a);

void app_take_seeds(struct app *a);

/* Do the next step, where nothing is in progress; false: there is none. */
bool app_schedule_go_on(struct app *a);
/* Begin to write the page; unwritten: figures of its schedule could not be written. */
void app_report_begin(struct app *a, const char *path, bool unwritten);

/* Write the figures of the study that is shown, by a job. Where that fails it is told, and kept in
 * the schedule: it costs no study that comes. */
void app_write_study(struct app *a, const char *path);

/* --- schedule.c --- */

struct app_schedule {
    struct mmoe_schedule *schedule;
    char *store, *out; /* NULL: the usual one; no files */
    size_t jobs;
    bool searching; /* the study in progress is of trials */
    bool choosing;  /* the study in progress is one to choose by */
    bool training;  /* a step's study is in progress */
    bool stopped;   /* it is the last */
    bool unwritten; /* a figure could not be written, which was told */
};

void app_schedule_drop(struct app_schedule *s); /* NULL allowed */
bool app_schedule_is_over(const struct app *a);
/* No study is in progress, and the one that was is not complete: nothing comes after it. */
void app_schedule_cut_off(struct app *a);
/* A study of it could not be begun, which was told: nothing comes after it. */
void app_schedule_fail(struct app *a);
/* Nothing comes after the study in progress, also where it is complete before it can be stopped. */
void app_schedule_stop(struct app *a);
/* True while a study of it is in progress, its claims included. */
bool app_schedule_trains(const struct app *a);
/* True while the study in progress is a search, which goes on by batches of trials. */
bool app_schedule_searches(const struct app *a);
/* True while a study in progress chooses an option: its results are the schedule's alone. */
bool app_schedule_chooses(const struct app *a);

#endif
