/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.h - the one context: settings, workers, view, and where words go.
 *
 * Commands change the app through the functions here; the screen and the batch
 * driver both feed it commands and let it take in what the workers report.
 * Data goes to stdout, talk to stderr; with a screen both go to the log, and
 * with --json data is one object a line (ui/report/event.h).
 *
 * Ownership: app_init / app_done. Threads: user-interface thread.
 */
#ifndef MMOE_UI_APP_H
#define MMOE_UI_APP_H

#include <mmoe/dataset.h>
#include <mmoe/definition.h>
#include <mmoe/forecast.h>
#include <mmoe/job.h>
#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/option.h>
#include <mmoe/queue.h>
#include <mmoe/recipe.h>
#include <mmoe/schedule.h>
#include <mmoe/shards.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

#include "ui/panel/view.h"
#include "ui/report/event.h"
#include "ui/report/studies.h"

enum { APP_UNDO_MAX = 100, APP_SIDE_MAX = 240 };

struct app;

/* What the rest of a command line waits for. */
enum app_wait { APP_WAIT_NOTHING, APP_WAIT_LANE, APP_WAIT_SHOWN, APP_WAIT_SEEDS, APP_WAIT_JOBS };

/* Reported once when the lane comes to rest. */
enum app_pending {
    APP_PENDING_NONE,
    APP_PENDING_DATA,
    APP_PENDING_RUN,
    APP_PENDING_STEP,
    APP_PENDING_GOTO
};

/* What is done to a study that is looked for in its store. */
enum app_beginning { APP_BEGINS_NOTHING, APP_READS, APP_TRAINS };

/* A live run, and what was ordered of it; what it shows is view.lanes of the same place. */
struct app_lane {
    struct mmoe_lane *lane;
    struct mmoe_dataset *data;     /* the newest rows, or NULL */
    struct mmoe_options data_made; /* what they were made with */
    const struct mmoe_snapshot
        *incoming;                /* of a run whose order is not known to be done, or NULL */
    uint64_t ticket, load_ticket; /* of the run that is shown or on its way; of a load */
    struct mmoe_options made; /* what the newest order to make was given; its rows may be to come */
    bool has_run;             /* the run of `made` is there, or on its way */
    bool fresh;               /* the next snapshot begins another run */
    bool rest;                /* it trained no more when what it reported was last taken in */
    /* What was ordered with files, or that a bench was, in words; NULL: what came of it is taken
     * in.
     */
    const char *filing;
    bool again; /* what is told of the run is whether a line was made again: */
    char expected[MMOE_BITS_SIZE], rows[MMOE_BITS_SIZE], by[MMOE_BY_SIZE]; /* what it said */
    bool reading;        /* rows or a session are among them */
    unsigned shows, due; /* what its runs measure (mmoe_run_show); and what of it is to come */
    bool tell_data;      /* the rows were asked for: tell of them though they be the same */
    bool returns;        /* the run on its way is one that was further before */
    bool turns;          /* ... is one of a dial, a point there and not kept among the runs */
    bool turned;         /* the run that is shown is such a one */
    bool follows;        /* it was sent back: settings are what they were at the step it is at */
    enum app_pending pending;
    size_t evals_reported; /* evaluations of the live curve at steps below this one were reported */
    size_t already;        /* evaluations of a loaded run at steps below this one are no news */
    struct mmoe_goal goal; /* what ends it before */
    size_t until;          /* where the training in progress is to stop */
    char own[APP_SIDE_MAX]; /* what sets it apart from the settings, where it is a side:
                               "model=mmoe" */
};

/* What takes its time: done on a thread of its own, one after the other. */
struct app_job {
    char what[64];       /* for people: "claims" */
    mmoe_job_work *work; /* with the context */
    /* What came of it, told when it is over; then the context is freed. */
    void (*done)(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err);
    /* The same where it was done before it could be stopped; NULL: it left nothing behind. */
    void (*late)(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err);
    void (*free)(void *context);
    /* Whenever more of it is done: show that. NULL: its share is enough. */
    void (*show)(struct app *a, void *context);
    void *context;
};

struct cast;
struct app_jobs;
struct app_schedule;
struct app_opening;

struct app {
    struct event_sink sink; /* where events go; its mode is the session's */
    bool quiet;             /* -q: no talk */
    bool quit;
    int exit_status;                     /* 0 ok, 1 a command failed, 3 diverged */
    struct view view;                    /* view.options are the settings */
    const struct mmoe_options *settings; /* while an order goes to a side, whose options stand in
                                            the view; else NULL */
    struct mmoe_options undo[APP_UNDO_MAX], redo[APP_UNDO_MAX];
    size_t undo_count, redo_count;
    struct mmoe_mailbox *mailbox;
    struct app_lane lanes[VIEW_LANES_MAX]; /* as many as view.lane_count */
    struct mmoe_queue *queue;
    struct app_jobs *jobs;
    enum app_beginning beginning;  /* a job looks for a study, or makes it */
    struct app_opening *opening;   /* a stored study that is being read; NULL: none */
    struct app_schedule *schedule; /* what `study NAME` still has to do, or did last; NULL */
    enum app_wait wait;
    bool again;        /* the command in progress is run anew when what it waits for is there */
    unsigned shown;    /* what panels on the screen need to be measured (mmoe_run_show) */
    struct cast *cast; /* what is recorded; NULL: nothing is */
    struct mmoe_text session; /* the commands so far, for `log` */
    struct mmoe_text
        submit; /* commands that `source` hands to the interpreter, ahead of what waits */
    const char *blas_choice;       /* who chose the BLAS kernels: "user", "program" or "library" */
    unsigned long changes;         /* grows with everything a frame could show */
    double repeat_start;           /* seconds, monotonic */
    double foretold;               /* seconds that the queue's runs were to take; NAN: not known */
    struct mmoe_forecast forecast; /* what was learned of how fast runs go */
    bool repeating;                /* the queue is in progress or its end is not yet reported */
    bool sweeping;                 /* its runs are those of view.study */
    struct mmoe_publisher *publisher; /* publishes them, where they are those of a shard; NULL */
    char *shards;                     /* the folder it publishes in; NULL */
    bool telling;                     /* its cells are still being told, as far as `table` */
    struct studies_table table;
    struct mmoe_abrun *experiment; /* the newest that is over; NULL */
    size_t benched;                /* cases reported of the measurement in progress */
    double held_since;             /* seconds, while it is held */
    bool failed;                   /* an order to a worker failed: what waits for it must not run */
    bool complained;               /* of an order, since the lane was last at rest */
    bool output_failed;            /* stdout is gone */
    size_t progress_width;         /* columns of the progress line on stderr; 0: none shown */
};

/* The lane in front. */
static inline struct app_lane *app_lane(struct app *a)
{
    return &a->lanes[a->view.lane];
}
static inline const struct app_lane *app_lane_of(const struct app *a)
{
    return &a->lanes[a->view.lane];
}
/* The rows of the lane in front, or NULL where there are none yet. */
static inline const struct mmoe_dataset *app_data(const struct app *a)
{
    return app_lane_of(a)->data;
}

void app_init(struct app *a, enum event_mode mode);
void app_done(struct app *a);

/* Talk: progress, confirmations, hints (stderr or the log; silenced by -q). */
void app_say(struct app *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Data: what was asked for (stdout or the log). Several lines allowed. In JSON mode use event.h
   instead; app_tell then wraps the text as {"event":"text","text":...}. */
void app_tell(struct app *a, const char *text);
/* An error, always shown (stderr or the log). Sets exit_status 1 (3 for MMOE_DIVERGED). */
void app_complain(struct app *a, const struct mmoe_error *err);
/* One rewritten line on stderr: where training and repeats are. For a terminal alone. */
void app_progress(struct app *a);
/* Wipe it; done before anything else is written. */
void app_progress_end(struct app *a);

/*
 * Make *o the settings: checks them together, remembers the old ones for undo,
 * says what the change resets, hands live ones to the run in front, stops its
 * training where they make it stale. Fails without changing anything.
 */
enum mmoe_status app_change(struct app *a, const struct mmoe_options *o, struct mmoe_error *err);
/* Swap settings with the undo (or redo) stack's top; MMOE_STATE where it is empty. */
enum mmoe_status app_undo(struct app *a, bool redo, struct mmoe_error *err);

/* Those below set app->wait: a command that calls one returns MMOE_CONTINUE. */
/* Start making rows (and a run); its facts are reported when done. */
void app_make(struct app *a, bool with_run);
/* Train to that step, making run and rows first where they are stale or missing. run: ends in
 * run.done. */
void app_train(struct app *a, size_t until, bool run);
/* The same, but no further than where the goal is met. */
void app_train_for(struct app *a, size_t until, const struct mmoe_goal *goal);
/* Back to step 0, identical weights and order; what was trained is kept among the runs. */
void app_reset(struct app *a);
/* Queue n seeds of o, behind repeats in progress; where the same setting was repeated from the same
 * seed before, the seeds after those. MMOE_STATE while a study is in progress. */
enum mmoe_status app_repeat(struct app *a, const struct mmoe_options *o, size_t n,
                            struct mmoe_error *err);

/* Go to a step that the run was at, on every side; settings that reset nothing are what they were
 * then. No lane may train. (time.c) */
void app_goto(struct app *a, size_t step);
/* The run goes on as another one, what it was is pinned; on every side. */
void app_branch(struct app *a, const char *name);
/* Make the run of a recipe, train it to its step, and tell whether its bits are the same. No lane
 * may train, and there is one. */
enum mmoe_status app_make_again(struct app *a, const struct mmoe_recipe *r, struct mmoe_error *err);
/* Note something of the step that runs are at. */
void app_note(struct app *a, const char *text);

/* --- recording (record.c) --- */

/* Record the session into an asciicast from now on, at that size. */
void app_record(struct app *a, const char *path, int width, int height);
/* A frame of what is shown now, with that text at the prompt; nothing where nothing is recorded. */
void app_record_frame(struct app *a, const char *typed);
/* End the recording, and write its file; MMOE_OK where there is none. */
enum mmoe_status app_record_end(struct app *a, struct mmoe_error *err);

/* --- lessons (lesson.c) --- */

/* A number of the session by its name (values.c); false where there is no such name, NAN where it
 * has no value now. */
bool app_value(const struct app *a, const char *name, double *out);
enum mmoe_status app_lesson_begin(struct app *a, const char *name, struct mmoe_error *err);
/* On: what a step's commands are goes to app->submit; MMOE_STATE where what must hold does not. */
enum mmoe_status app_lesson_next(struct app *a, struct mmoe_error *err);
enum mmoe_status app_lesson_reveal(struct app *a, struct mmoe_error *err);
/* Nothing waits to be run: what a step would have run to its end was stopped, or is over. */
void app_lesson_stopped(struct app *a);
enum mmoe_status app_lesson_back(struct app *a, struct mmoe_error *err);
enum mmoe_status app_lesson_hint(struct app *a, struct mmoe_error *err);
enum mmoe_status app_lesson_leave(struct app *a, struct mmoe_error *err);
/* Is an answer waited for? And take it: the number of a choice, or the number that was asked for.
 */
bool app_lesson_asks(const struct app *a);
enum mmoe_status app_lesson_answer(struct app *a, double answer, struct mmoe_error *err);

/* Write or read a file of the live run; what came of it is told when it is done. */
void app_file(struct app *a, enum mmoe_file what, const char *path);

/* What panels on the screen need: live runs measure it while they are there. */
void app_show(struct app *a, unsigned what);
/* For a command that tells what of the run in front is measured on demand: true where that is done
 * first; then the command returns MMOE_CONTINUE, and is run anew when it is there. */
bool app_awaits(struct app *a, unsigned what);

/* Measure cases first..last (of bench.h); each is reported when it is there. */
void app_bench(struct app *a, size_t first, size_t last, size_t rounds);

/* --- sides (sides.c): live runs with the settings but for values of their own --- */

bool app_has_sides(const struct app *a);
/* Another side, with those values ("model=mmoe experts=4"); all begin at step 0. */
enum mmoe_status app_side_add(struct app *a, const char *pairs, struct mmoe_error *err);
/* The first one alone goes on; the others are kept among the runs. */
enum mmoe_status app_sides_off(struct app *a, struct mmoe_error *err);
/* The options of side i where those are the settings. */
enum mmoe_status app_side_of(const struct app *a, size_t i, const struct mmoe_options *settings,
                             struct mmoe_options *o, struct mmoe_error *err);
/* Stop what trains, on every side. */
void app_pause(struct app *a);

/* --- what is to come (forecast.c) --- */

/* Inputs and tasks of the rows that options o ask for; false where that depends on a file that was
 * not read yet, or is being read. */
bool app_shape(const struct app *a, const struct mmoe_options *o, size_t *dim, size_t *tasks);
/* Seconds that so many steps of a live run with options o take; NAN: not known. */
double app_forecast_run(const struct app *a, const struct mmoe_options *o, size_t steps);
/* Seconds that so many of the grid's runs take that many workers (0: one a core); NAN: not known.
 */
double app_forecast_grid(const struct app *a, const struct mmoe_grid *g, size_t runs, size_t jobs);
/* "what, about 8 min" or, of what is not known, "what". */
void app_forecast_text(const char *what, double seconds, struct mmoe_text *t);
/* On the screen: say so before something that takes long. */
void app_forecast_say(struct app *a, const char *what, double seconds);

/* --- what takes its time (jobs.c) --- */

/* Begin the job after those there are; takes its context over. */
void app_job(struct app *a, const struct app_job *job);
/* End the jobs there are; none of their results is told. */
void app_stop_jobs(struct app *a);
bool app_has_jobs(const struct app *a);
/* The context of the job in progress, where that is its work; NULL. */
void *app_working(const struct app *a, mmoe_job_work *work);
/* Is it in progress, or to come? */
bool app_has_job(const struct app *a, mmoe_job_work *work);

/* --- experiments (experiment.c) --- */

/* One begins: its panel comes forward. */
void app_experiment_begin(struct app *a, struct mmoe_abrun *run);
/* What is seen of it by now. */
void app_experiment_show(struct app *a, struct mmoe_abrun *run);
/* It is over; takes it over, in the place of the one before. */
void app_experiment_keep(struct app *a, struct mmoe_abrun *run);

/* Make the folder, where it is not there; NULL: none is wanted. (steps.c) */
enum mmoe_status app_folder(const char *path, struct mmoe_error *err);

/* --- panels (exports.c) --- */

/* Write what a panel shows to a file, as its ending says: .svg, .pdf, .png, .csv or .json; command:
 * what makes it again. */
void app_export_panel(struct app *a, int panel, const char *path, const char *command);
/* Tell it in words and numbers, or as objects. */
void app_tell_panel(struct app *a, int panel);

/* --- studies (begin.c, stored.c, tell.c, steps.c, reports.c) --- */

/* The store a command means: the path, NULL for the usual one. Append it to t. */
void app_store_path(const char *path, struct mmoe_text *t);
/* What is to be trained and kept. */
struct app_study_order {
    const struct mmoe_grid *grid;
    const struct mmoe_definition *def; /* NULL: a plain sweep */
    const char *command, *store;       /* as typed; NULL: the usual store */
    size_t jobs;
    bool find;  /* go on with the study of that grid where the store has one */
    bool grows; /* ... or that begins with it, or it with that: opening.h */
    bool aside; /* not what the definition reports: opened later it is a plain sweep */
};

/* MMOE_STATE while repeats or a study are in progress, or one is read. */
enum mmoe_status app_check_idle(const struct app *a, struct mmoe_error *err);
/* Find or make a study, show it, and queue the runs it lacks; where it lacks none, what it says is
 * told. Its rows are read and its store opened by a job, whose failure is told when it is over. */
enum mmoe_status app_study_begin(struct app *a, const struct app_study_order *order,
                                 struct mmoe_error *err);
/* Show a stored study (id 0: the newest), drawn as `draw` says (NULL: as defined), and, resume,
 * train the runs it lacks. A job, likewise. */
enum mmoe_status app_study(struct app *a, int64_t id, const char *store, bool resume, size_t jobs,
                           const char *draw, struct mmoe_error *err);
/* Train a shard of the study in a folder (shards.h), and publish its runs there. A job, likewise.
 */
enum mmoe_status app_shard(struct app *a, const char *dir, const struct mmoe_shard *shard,
                           size_t jobs, double until, struct mmoe_error *err);
/* Merge what is published in the folder into a store (NULL: the usual one), and train `audit` of
 * the runs again. A job. */
void app_merge(struct app *a, const char *dir, const char *store, bool strict, size_t audit);
/* A study of that grid is put into a folder, with a script that starts its shards, made of an
 * engine's template; then the script is started. A job. */
struct app_submit {
    const struct mmoe_grid *grid;
    const char *command, *definition; /* of the study */
    const char *dir, *engine, *hosts, *time;
    size_t shards;
};
void app_submit(struct app *a, const struct app_submit *order);
/* Show the study of a folder, growing as its shards publish. It ends when all runs are there. */
enum mmoe_status app_watch(struct app *a, const char *dir, const char *draw,
                           struct mmoe_error *err);
/* Test the claims on the study that is shown, and tell them; threshold NAN: without its cells. */
enum mmoe_status app_claims(struct app *a, enum mmoe_metric metric, size_t task, double threshold,
                            bool brief, struct mmoe_error *err);
/* Write a stored study's runs to a file. */
void app_export(struct app *a, int64_t id, const char *store, const char *path);
/* Hold what the queue does, or let it go on. */
void app_hold(struct app *a, bool held);
/* End the study or the repeats in progress, and what is to come after them. */
void app_stop(struct app *a);

/* What `study NAME` asks for. */
struct app_schedule_order {
    struct mmoe_schedule_order order;
    const char *store; /* NULL: the usual one */
    const char *out;   /* the folder figures go to; NULL: none are written */
    size_t jobs;
};
/* Check all of it, then begin. What it does later is reported as it comes. */
enum mmoe_status app_schedule_begin(struct app *a, const struct app_schedule_order *order,
                                    struct mmoe_error *err);
/* Write the page of what is shown: the parts of the newest schedule where its last one is on the
   screen, else the study that is. MMOE_STATE where there is none. */
enum mmoe_status app_report(struct app *a, const char *path, struct mmoe_error *err);

/* Take in all that workers reported since the last call: snapshots, evaluations, records, errors.
 * Never blocks. */
void app_take_in(struct app *a);
/* True when nothing that `wait` names is in progress any more. */
bool app_idle(const struct app *a, enum app_wait wait);

#endif
