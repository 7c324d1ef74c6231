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
#include <mmoe/grid.h>
#include <mmoe/option.h>
#include <mmoe/record.h>
#include <mmoe/snapshot.h>
#include <mmoe/stats.h>

#include "ui/figure/sheet.h"

enum { VIEW_RUNS_MAX = 50, VIEW_GROUPS_MAX = 24, VIEW_LOG_MAX = 1000, VIEW_CURVE_MAX = 1 << 16 };

/* A run that was replaced, finished or pinned; kept in the order of first appearance. */
struct view_run {
    size_t id; /* 1, 2, ...; what `pin 3` and `compare 1 3` mean */
    bool pinned;
    struct mmoe_snapshot shot;
};

/* Repeats of one setting over seeds: a row of the histogram. */
struct view_group {
    char name[48]; /* the model, and after it what sets it apart from other groups of that model */
    struct mmoe_options options;
    size_t wanted, done;
    double *loss;   /* final loss of task 1 in the order of seeds; NAN where it diverged */
    double *sorted; /* the finite ones, ascending */
    struct mmoe_summary summary;
};

enum view_log_kind { LOG_COMMAND, LOG_TALK, LOG_DATA, LOG_ERROR };
struct view_log_line {
    enum view_log_kind kind;
    char *text;
};

/* One choice of a study's options, over its seeds. */
struct view_cell {
    char name[96]; /* what sets it apart: "p=0.5 model=mmoe" */
    struct mmoe_options options;
    size_t done; /* finished runs, diverged ones included */
    double *loss,
        *over_var; /* final loss of task 1 and the same over var(y): the finite ones, ascending */
    double *loss_of, *over_var_of; /* (seeds) the same by seed, so that cells can be paired; NAN:
                                      diverged, -INFINITY: not there */
    struct mmoe_summary summary, over_var_summary;
    double *labels; /* Pearson correlation of the labels of each finished run, ascending */
    struct mmoe_summary pearson; /* of labels */
    struct view_curve *curve;    /* NULL unless the study draws curves */
};

/* Task A's loss against the step, over the seeds of a cell. */
struct view_curve {
    size_t points;
    size_t n[MMOE_RECORD_CURVE];    /* seeds that have a finite loss there */
    double step[MMOE_RECORD_CURVE]; /* ascending */
    double mean[MMOE_RECORD_CURVE], low[MMOE_RECORD_CURVE],
        high[MMOE_RECORD_CURVE]; /* 10 % and 90 % quantiles */
    double *sorted;              /* (MMOE_RECORD_CURVE, seeds) ascending */
};

/* The study that is on the screen. */
struct view_study {
    int64_t id;               /* in its store */
    char name[MMOE_NAME_MAX]; /* of its definition; "": a plain sweep */
    char title[128], note[2048], command[512];
    enum mmoe_drawing figure;
    bool claims; /* those of the paper are tested on it */
    int panel_axis,
        series_axis; /* places in the grid whose values are figures, and curves in them; -1: none */
    struct mmoe_grid grid;
    size_t cell_count; /* 0: none */
    struct view_cell *cells;
    size_t stored; /* runs that were there when it went on */
    double rate;   /* steps a second of all workers; 0: not known */
    bool held;
    struct figure_sheet sheet; /* its page, as view_study_renew left it */
};

struct view {
    struct mmoe_options options;     /* settings as they are now */
    struct mmoe_snapshot live;       /* state EMPTY: no run */
    size_t live_id;                  /* its number among runs; 0: none */
    bool stale;                      /* options changed since the run was made: `run` starts anew */
    bool making;                     /* data or a run are being made */
    size_t queue_done, queue_wanted; /* repeats in progress */
    double queue_eta;                /* seconds; < 0: not known */
    size_t run_count;
    struct view_run runs[VIEW_RUNS_MAX];
    struct view_study study;
    size_t group_count;
    struct view_group groups[VIEW_GROUPS_MAX];
    size_t log_count; /* lines kept, oldest first */
    struct view_log_line log[VIEW_LOG_MAX];
    size_t log_scroll; /* lines scrolled back */
    /* which panels */
    int focus;           /* index into the panel table */
    bool zoomed;         /* the focused panel fills the screen */
    bool linear_y;       /* loss on a linear axis */
    bool reading;        /* a long text of the log fills the screen until the next line */
    size_t reading_from; /* its first line shown */
    char notice[160];    /* shown in the footer in place of keys; empty: none */
};

void view_init(struct view *v);
void view_done(struct view *v);

void view_log(struct view *v, enum view_log_kind kind, const char *text); /* one line each */

/* Keep the live run as a run of its own (when it is replaced or pinned); drops the oldest unpinned
   when full. Returns its entry. */
struct view_run *view_keep(struct view *v, bool pinned);
/* The run with that id: a kept one, or the live one's snapshot; NULL. */
const struct mmoe_snapshot *view_run_find(const struct view *v, size_t id);

/* The group repeats of o belong to, made (wanted = more) or extended by that many. */
struct view_group *view_group_begin(struct view *v, const struct mmoe_options *o, size_t more);
/* Add one result to the group and renew its summary. */
void view_group_add(struct view_group *g, double loss);

/* A study without results yet, in the place of the one before; def NULL: a plain sweep. */
void view_study_begin(struct view_study *s, int64_t id, const struct mmoe_grid *grid,
                      const char *command, const struct mmoe_definition *def);
/* Add a finished run of it. */
void view_study_add(struct view_study *s, const struct mmoe_record *r);
/* Describe it anew, for the screen: after results were added (study_page.c). */
void view_study_renew(struct view_study *s);
void view_study_close(struct view_study *s);

#endif
