/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_dial.h - what runs came to at the values that an option was turned to.
 *
 * A curve is of a live run's lane: points of finished runs that differ in the turned option alone.
 * A run of other settings begins its lane's curve anew.
 *
 * Ownership, threads: the view's.
 */
#ifndef MMOE_UI_VIEW_DIAL_H
#define MMOE_UI_VIEW_DIAL_H

#include <mmoe/option.h>
#include <mmoe/snapshot.h>
#include <mmoe/turn.h>

struct view;

enum { VIEW_DIAL_LANES = 4 };

struct view_dial_point {
    double x;                    /* the option's value */
    double loss[MMOE_TASKS_MAX]; /* final; NAN: the run diverged */
    double pearson;              /* of the labels; NAN: not known */
    double overlap;              /* of the first two tasks' gates; NAN: no gates */
};

struct view_dial_curve {
    size_t tasks, count;
    struct mmoe_options options; /* of its newest run */
    char task[MMOE_TASKS_MAX][MMOE_TASK_NAME_MAX];
    struct view_dial_point point[MMOE_TURN_VALUES]; /* x ascending */
};

struct view_dial {
    const struct mmoe_option *option; /* NULL: nothing is turned */
    struct mmoe_turn_row row;         /* values that are gone through by themselves ... */
    size_t next;                      /* ... and how many of them were begun */
    struct view_dial_curve curve[VIEW_DIAL_LANES];
};

/* Turn that option from now on; points of another are forgotten. */
void view_dial_open(struct view *v, const struct mmoe_option *option);
void view_dial_close(struct view *v);
/* The lane's run is over: it is a point, in the place of one of the same value. Of a lane whose run
 * is in progress, or where nothing is turned: nothing. */
void view_dial_add(struct view *v, size_t lane);

#endif
