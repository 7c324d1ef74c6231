/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake.h - what giving orders (app.c) and taking in what came of them (intake.c) share.
 *
 * Ownership: the app's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_INTAKE_H
#define MMOE_UI_INTAKE_H

#include "ui/app/app.h"

/* Look anew whether the live run is stale: after every change of settings, of `made` or of
 * `has_run`. */
void app_renew_stale(struct app *a);
/* Settings that are replaced: undo has them back, and there is nothing more to redo. */
void app_remember(struct app *a, const struct mmoe_options *before);
/* What a study makes of it (studies.c): a finished run, and the end of the queue. */
void app_study_take(struct app *a, const struct mmoe_record *r);
void app_study_end(struct app *a);

#endif
