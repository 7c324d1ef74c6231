/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - what the command `study NAME` still has to do.
 *
 * A definition is one study, or several that follow each other. Of each part
 * an option may have to be chosen first, which is a study of its own. Every
 * study is looked for in the store before it is begun, so that the same
 * command again goes on where it was cut off, and two definitions of the same
 * runs train them once.
 *
 * Ownership: the app owns its plan. Threads: user-interface thread.
 */
#ifndef MMOE_UI_PLAN_H
#define MMOE_UI_PLAN_H

#include <mmoe/choice.h>
#include <mmoe/definition.h>

#include "ui/app/app.h"

struct plan_pair {
    const char *key, *value;
};

/* What was asked for. */
struct plan_order {
    const char *name;            /* of the definition, or its file */
    const char *command;         /* as typed */
    const char *store;           /* NULL: the usual one */
    const char *out;             /* the folder figures go to; NULL: none are written */
    size_t jobs, seeds;          /* seeds 0: as defined */
    const struct plan_pair *set; /* options and axes in the place of the definition's */
    size_t set_count;
};

/* A part that is done, or in progress. */
struct plan_part {
    char name[MMOE_NAME_MAX];
    const char *source; /* where its definition is: its name, or a file */
    int64_t id;         /* its study; 0: not begun */
    bool has_choice;
    struct mmoe_choice choice;
};

/* Check all of it, then begin. What it does later is reported as it comes. */
enum mmoe_status plan_begin(struct app *a, const struct plan_order *order, struct mmoe_error *err);
/* No study is in progress: do what comes next. complete: all runs of the last one are there. */
void plan_advance(struct app *a, bool complete);
/* Nothing comes after the study in progress, also where it is complete before it can be stopped. */
void plan_stop(struct app *a);
/* True while a study in progress chooses an option: its results are no one's but the plan's. */
bool plan_chooses(const struct app *a);
/* The newest plan, as it is until the next one begins: its parts that have a study; count 0: there
 * is none. */
struct plan_said {
    const char *title, *command, *store; /* store NULL: the usual one */
    const struct plan_part *parts;
    size_t count;
};
struct plan_said plan_newest(const struct app *a);
void plan_free(struct plan *p); /* NULL allowed */

#endif
