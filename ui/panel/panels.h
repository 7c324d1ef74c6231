/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * panels.h - the table of panels: a title, a smallest size, and the ways to tell.
 *
 * A panel draws itself on a canvas, says itself in words (`describe`), gives its
 * numbers as CSV and JSON, and describes itself as a page of figures for paper
 * (`export`). What is drawn on both comes from one description. `explain` has the
 * meaning of all it shows.
 *
 * Ownership, threads: const data and pure functions of the view.
 */
#ifndef MMOE_UI_PANELS_H
#define MMOE_UI_PANELS_H

#include <mmoe/json.h>

#include "ui/figure/sheet.h"
#include "ui/panel/view.h"
#include "ui/term/canvas.h"

struct panel {
    const char *name;          /* "loss", "gates", "fit" ...: words of the commands */
    const char *title;         /* on its frame */
    const char *explain;       /* paragraphs: what is shown, how to read it, what to look for */
    int min_width, min_height; /* inside the frame; below it the panel is left out */
    void (*draw)(const struct view *v, struct canvas *c);
    void (*note)(const struct view *v, char *buf,
                 size_t size); /* right end of the title; may be NULL */
    void (*describe)(const struct view *v, struct mmoe_text *t);
    void (*csv)(const struct view *v, struct mmoe_text *t);
    void (*json)(const struct view *v,
                 struct mmoe_text *t); /* objects, one a line; none where there is nothing */
    /* What it needs to be measured of live runs (mmoe_run_show); NULL: nothing. */
    unsigned (*needs)(const struct view *v);
    /* Title, caption and figures; none where there is nothing to show. They borrow from the view
     * and the sheet. */
    void (*page)(const struct view *v, struct figure_sheet *sheet);
};

enum {
    PANEL_LOSS,
    PANEL_GATES,
    PANEL_FIT,
    PANEL_HIST,
    PANEL_RUNS,
    PANEL_DIAL,
    PANEL_EXPERIMENT,
    PANEL_LESSON,
    PANEL_LOG,
    PANEL_COUNT
};
/* One file each. */
extern const struct panel panel_loss, panel_gates, panel_fit, panel_hist, panel_runs, panel_dial,
    panel_experiment, panel_lesson, panel_log;
extern const struct panel *const panel_table[PANEL_COUNT];
/* Index by name, or -1. */
int panel_find(const char *name);

/* What the panel needs to be measured of live runs (mmoe_run_show). */
unsigned panel_needs(const struct view *v, int panel);

/* How gates are shown, by its word: means, time, spread or map; false: by none (gates.c). */
bool panel_gates_find(const char *word, enum view_gates *view);

/* What the live run's losses are, "squared error" or "log loss"; "": of both kinds, or there is
 * none (loss.c). */
const char *panel_loss_kind(const struct view *v);

/* Rows that lines from..to of the log fill in a panel that is so wide inside its frame (log.c). */
int panel_log_rows(const struct view *v, size_t from, size_t to, int width);

/* Rows that the step of the lesson fills in so many columns (lesson.c). */
int panel_lesson_rows(const struct view *v, int width);

/* --- what the panels share (panel.c) --- */

enum { PANEL_TASK_SIZE = 9 };

/* "p 0.5, learning rate 0.01, batch 100, seed 7; 2,000 held-out rows. With experts=4.": what a
 * caption says of a run. */
const char *panel_setting(struct figure_sheet *sheet, const struct mmoe_snapshot *s);
/* The name of task k, cut to fit; into buf, returns buf. And the columns of the longest. */
const char *panel_task(const struct mmoe_snapshot *s, size_t k, char buf[PANEL_TASK_SIZE]);
int panel_task_width(const struct mmoe_snapshot *s);
/* Append ",loss_a" to a CSV's head; and ",VALUE", nothing where v is not finite. */
void panel_add_column(struct mmoe_text *t, enum mmoe_metric metric, const struct mmoe_task *task);
void panel_add_value(struct mmoe_text *t, double v);
/* Append a sentence for each option of models that is moot in o (moot.h). */
void panel_add_moot(const struct mmoe_options *o, struct mmoe_text *t);
/* Append the names of a run's tasks to a JSON object, as "tasks". */
void panel_add_tasks(struct mmoe_text *t, const struct mmoe_snapshot *s);

#endif
