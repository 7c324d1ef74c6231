/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interp.h - commands that wait for their turn.
 *
 * A submitted text becomes commands in a queue. interp_advance runs them until
 * one has started something the rest must wait for; it is called again when
 * workers report. On the screen a newly typed line runs at once even while an
 * earlier line waits (interp_now); a failing command drops the rest of its text.
 *
 * A verb in part that would start what takes long is asked about first: it and the
 * rest of its text are put aside until interp_answer, and nothing else waits for that.
 *
 * Ownership: struct interp owns its queue. Threads: user-interface thread.
 */
#ifndef MMOE_UI_INTERP_H
#define MMOE_UI_INTERP_H

#include "ui/command/command.h"

struct interp {
    const struct command_table *table;
    struct invocation *first, *last; /* waiting */
    bool prefixes;                   /* interactive: unique prefixes of verbs accepted */
    bool stop_at_error;              /* batch: a failure ends the session */
    int depth;                       /* of nested `source`, of the command that runs now */
    size_t batches;                  /* texts submitted so far */
    struct invocation *asked;        /* put aside until the user answers; NULL */
};

/* table: the verbs there are; borrowed. */
void interp_init(struct interp *i, const struct command_table *table, bool interactive);
void interp_done(struct interp *i);

/* Parse text and queue it behind what waits; on a parse error nothing is queued, the app complains.
 */
enum mmoe_status interp_submit(struct interp *i, struct app *a, const char *text);
/* A typed line: ahead of what waits, and its first commands run even if something is in progress.
 */
enum mmoe_status interp_now(struct interp *i, struct app *a, const char *text);
/* Run what may run. True while commands still wait. */
bool interp_advance(struct interp *i, struct app *a);
/* Is there a question? It is in view.question. */
bool interp_asks(const struct interp *i);
/* Run what was asked about, or forget it. */
void interp_answer(struct interp *i, struct app *a, bool yes);
/* Drop all that waits (Ctrl-C). */
void interp_drop(struct interp *i);

#endif
