/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h - everything there is to show: what panels read and draw.
 *
 * The app fills a view from snapshots, records and the log; panels only read
 * it. Nothing here computes more than counting and keeping.
 *
 * Ownership: view_init / view_done; the view owns all it points to.
 * Threads:   user-interface thread.
 */
#ifndef MMOE_UI_VIEW_H
#define MMOE_UI_VIEW_H

#include <mmoe/definition.h>
#include <mmoe/experiment.h>
#include <mmoe/grid.h>
#include <mmoe/metrics.h>
#include <mmoe/option.h>
#include <mmoe/record.h>
#include <mmoe/snapshot.h>
#include <mmoe/stats.h>
#include <mmoe/tally.h>

#include "ui/figure/sheet.h"
#include "ui/panel/view_dial.h"

enum {
    VIEW_LANES_MAX = VIEW_DIAL_LANES,
    VIEW_RUNS_MAX = 50,
    VIEW_GROUPS_MAX = 24,
    VIEW_LOG_MAX = 1000,
    VIEW_CURVE_MAX = 1 << 16,
    VIEW_NAME_SIZE = 96
};

/* A live run. */
struct view_lane {
    const struct mmoe_snapshot *live; /* never NULL; state EMPTY: no run */
    size_t id;                        /* its number among runs; 0: none */
    bool stale;      /* options changed since the run was made: `run` starts anew */
    bool making;     /* data or a run are being made */
    size_t furthest; /* the step it was at; more than the live one where it went back */
    /* Of its run, by view_rename: */
    size_t look, look_of;       /* its colour, and the number of the run that has it */
    char name[VIEW_NAME_SIZE];  /* in a list: the model, and what sets it apart */
    char label[VIEW_NAME_SIZE]; /* at its curve: what sets it apart from other curves */
};

/* A run that was replaced, finished or pinned; kept in the order of first appearance. */
struct view_run {
    size_t id; /* 1, 2, ...; what `pin 3` and `compare 1 3` mean */
    bool pinned;
    const struct mmoe_snapshot *shot; /* a reference */
    bool has_look;                    /* look, name, label: as those of a lane */
    size_t look;
    char name[VIEW_NAME_SIZE], label[VIEW_NAME_SIZE];
};

/* Repeats of one setting over seeds: a row of the histogram. */
struct view_group {
    char name[VIEW_NAME_SIZE]; /* the model, and what sets it apart from other groups and from the
                                  settings */
    bool has_look;
    size_t look; /* its colour */
    struct mmoe_options options;
    char rows[MMOE_DIGEST_MAX]; /* of its first run, as in records */
    bool refused;               /* a run of other rows was, which was told */
    size_t wanted;              /* runs asked for, finished ones included */
    struct mmoe_tally *tally;   /* of one cell */
};

/* How gates are shown. */
enum view_gates { VIEW_GATES_MEANS, VIEW_GATES_TIME, VIEW_GATES_SPREAD, VIEW_GATES_MAP };

enum { VIEW_FINDER_MAX = 256 };

/* What is typed is looked for in all there is (finder.h). */
struct view_finder {
    bool on;
    size_t at, count;
    struct view_found {
        char kind[8], name[40], words[120];
    } found[VIEW_FINDER_MAX];
};

/* A run that is picked out of the panel in front (pick.h). */
struct view_pick {
    bool on;
    size_t row, place;
};

/* What a screen has room for (layout.h). */
struct view_layout {
    int log_width, log_height; /* of the log inside its frame; 0: it has no place */
    unsigned shown;            /* a bit for each panel that is shown */
};

/* Lines of the log that fill the screen from the first, until they are read (reading.h). */
struct view_page {
    bool open;
    size_t from, to; /* lines of the log */
    size_t row;      /* rows scrolled past, as they are wrapped */
};

enum view_log_kind { LOG_COMMAND, LOG_TALK, LOG_DATA, LOG_ERROR };
struct view_log_line {
    enum view_log_kind kind;
    char *text;
};

enum { VIEW_HEARD_MAX = 16 };

/* What claims were tested on. */
struct view_heard {
    enum mmoe_metric metric;
    size_t task;
    double threshold; /* of the cells' failure rates; NAN: they were not asked for */
};

/* The newest experiment. */
struct view_experiment {
    bool any;
    bool truth; /* the true lift is shown */
    struct mmoe_sight sight;
};

/* What a study is called that sets two settings against each other. */
#define VIEW_COMPARED "compare"

struct mmoe_lesson;

/* How far a step of a lesson is. */
enum view_lesson_phase {
    LESSON_SAYS, /* and waits */
    LESSON_RUNS, /* its commands */
    LESSON_TOLD  /* what came of them */
};

enum { VIEW_LESSON_LINES = 64 };

/* The lesson that is read. */
struct view_lesson {
    struct mmoe_lesson *lesson; /* NULL: none; the view's */
    size_t step;
    enum view_lesson_phase phase;
    bool answered, hinted; /* its question; that an answer is waited for was told */
    double answer;
    struct mmoe_options before; /* settings that it gives back */
    char headline[160];
    size_t line_count;
    struct view_log_line line[VIEW_LESSON_LINES]; /* what is shown of the step */
};

/* The study that is on the screen. */
struct view_study {
    int64_t id;                    /* in its store */
    char store[MMOE_FILE_MAX * 2]; /* the file */
    char name[MMOE_NAME_MAX];      /* of its definition; "": a plain sweep */
    char title[128], note[2048], command[512];
    enum mmoe_drawing figure;
    size_t said_count; /* what the paper has, to be set beside */
    struct mmoe_said said[MMOE_SAID_MAX];
    struct mmoe_searched searched;           /* trials 0: it is no search */
    bool claims;                             /* those of the paper are tested on it */
    struct view_heard heard[VIEW_HEARD_MAX]; /* claims that were asked for; the newest of more */
    size_t heard_count;
    int panel_axis,
        series_axis; /* places in the grid whose values are figures, and curves in them; -1: none */
    struct mmoe_tally *tally; /* NULL: none is shown */
    size_t stored;            /* runs that were there when it went on */
    double rate;              /* steps a second of all workers; 0: not known */
    bool held;
    bool reading;              /* its stored runs are still being read */
    char fixed[512];           /* what all its runs have in common and the settings have not */
    struct figure_sheet sheet; /* its page, as view_study_renew left it ... */
    size_t sheet_runs;         /* ... when it had so many runs, this measure and these words */
    enum mmoe_metric sheet_metric;
    size_t sheet_task;
    char sheet_fixed[512];
};

struct view {
    struct mmoe_options options; /* settings as they are now */
    char others[512];        /* " batch=32 dropout=0.1": settings that are no defaults and that the
                                first row has no words for, by view_rename */
    size_t lane_count, lane; /* live runs, and the one in front */
    struct view_lane lanes[VIEW_LANES_MAX];
    size_t newest_id;                /* the number of the newest run; 0: there was none */
    struct mmoe_snapshot none;       /* what a lane without a run shows */
    enum mmoe_metric metric;         /* what histograms are of ... */
    size_t task;                     /* ... and of which task */
    size_t queue_done, queue_wanted; /* repeats in progress */
    double queue_eta;                /* seconds; < 0: not known */
    size_t run_count;
    struct view_run runs[VIEW_RUNS_MAX];
    struct view_experiment experiment;
    struct view_dial dial;
    struct view_lesson lesson;
    struct view_study study;
    size_t group_count;
    struct view_group groups[VIEW_GROUPS_MAX];
    size_t log_count; /* lines kept, oldest first */
    struct view_log_line log[VIEW_LOG_MAX];
    size_t log_scroll; /* lines scrolled back */
    /* which panels */
    int focus;   /* index into the panel table */
    bool zoomed; /* the focused panel fills the screen */
    struct view_pick pick;
    struct view_finder finder;
    enum view_gates gates;        /* of panel gates */
    size_t fit_task;              /* the first task of panel fit */
    bool steady;                  /* what the clock alone changes is left out */
    bool linear_y;                /* loss on a linear axis */
    size_t answer_from;           /* the first line of the newest answer */
    bool answering;               /* lines that come belong to it */
    bool answered;                /* it has lines that were not looked at yet: is it a page? */
    struct view_page page;        /* a long answer that is read */
    struct view_layout *laid_out; /* where that is to be told instead of drawing (layout.c); NULL */
    char job[64];                 /* what takes its time now; "": nothing */
    double job_share;             /* of it that is done, 0 to 1; < 0: not known */
    char notice[160];             /* shown in the footer in place of keys; empty: none */
    char question[160];           /* what the prompt waits for an answer to; empty: nothing */
};

void view_init(struct view *v);
void view_done(struct view *v);

/* A copy that stands still, for a thread that takes its time over what is shown now: panels read it
 * as they read v. To be freed by view_thaw. */
struct view *view_freeze(const struct view *v);
void view_thaw(struct view *frozen); /* NULL allowed */

/* The live run in front, never NULL; and its lane. */
static inline const struct mmoe_snapshot *view_live(const struct view *v)
{
    return v->lanes[v->lane].live;
}
static inline struct view_lane *view_lane(struct view *v)
{
    return &v->lanes[v->lane];
}
/* A lane shows s from now on, whose reference it takes over; NULL: no run. */
void view_show(struct view *v, size_t lane, const struct mmoe_snapshot *s);

/* Add text to the log, line by line. A command begins an answer, what follows it until the next
 * frame belongs to it; and a long text that comes by itself is one. */
void view_log(struct view *v, enum view_log_kind kind, const char *text);

/* What comes until the next frame is an answer, to a command that was logged before. */
void view_answer(struct view *v);

/* Keep a lane's run as a run of its own (when it is replaced or pinned); drops the oldest unpinned
   when full. Returns its entry; NULL: there is no run. */
struct view_run *view_keep(struct view *v, size_t lane, bool pinned);
/* What a lane's run came to at the furthest: kept where it went back, else the live one. */
const struct mmoe_snapshot *view_past(const struct view *v, size_t lane);
/* The run with that id: a live one, or a kept one; NULL. */
const struct mmoe_snapshot *view_run_find(const struct view *v, size_t id);

/* No lesson is read any more. */
void view_lesson_close(struct view *v);

/* The group repeats of o belong to, made (wanted = more) or extended by that many. */
struct view_group *view_group_begin(struct view *v, const struct mmoe_options *o, size_t more);
/* Is the group of o there, or is there room for it? Complete ones make room, the oldest first. */
bool view_group_has_room(const struct view *v, const struct mmoe_options *o);
/* Forget groups without a run. */
void view_groups_drop_empty(struct view *v);
/* Add one result to the group, in the order of seeds. */
void view_group_add(struct view_group *g, const struct mmoe_record *r);
/* The finished runs of a group. */
size_t view_group_done(const struct view_group *g);

/* The metric that histograms show, as it is called for their task. */
const char *view_metric(const struct view *v);
/* What histograms show, for people: "loss of task A"; of the study, else of the groups. */
const char *view_measure(const struct view *v, char *buf, size_t size);
/* Tasks of the runs that histograms are of, or of the live one; 0: there are none yet. */
size_t view_tasks(const struct view *v, const struct mmoe_task **task);
/* The name of task k of the runs that are shown, or a letter before there are any. */
const char *view_task(const struct view *v, size_t k, char letter[2]);

#endif
