/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.h - what the files of the app share, and commands do not call.
 *
 * Ownership: the app's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_PARTS_H
#define MMOE_UI_PARTS_H

#include "ui/app/app.h"

/* --- words.c --- */

struct event_sink app_sink(struct app *a, enum event_mode mode);
/* Complain of what failed in a worker. */
void app_take_errors(struct app *a);

/* --- settings.c --- */

/* Look anew whether the live run is stale: after every change of settings, of `made` or of
 * `has_run`. */
void app_renew_stale(struct app *a);
/* Settings that are replaced: undo has them back, and there is nothing more to redo. */
void app_remember(struct app *a, const struct mmoe_options *before);

/* --- live.c and seeds.c --- */

/* A training that may be paused: not one whose run is yet to be made. */
static inline bool app_is_training(const struct app *a)
{
    return (a->pending == APP_PENDING_RUN || a->pending == APP_PENDING_STEP) && !a->fresh;
}
/* What the lane, and what the queue reported since the last call. */
void app_take_live(struct app *a);
void app_take_seeds(struct app *a);

/* --- stored.c --- */

/* What there is to say of the study that is shown, once. */
void app_study_tell(struct app *a);

#endif
