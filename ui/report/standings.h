/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standings.h - models compared on rows of a file, told: a table, and the claims.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_STANDINGS_H
#define MMOE_UI_STANDINGS_H

#include "ui/panel/view.h"
#include "ui/report/event.h"

/*
 * study.standing for each model and task: model, task, metric, n, diverged, failed, mean, median,
 * sd, chosen, most, paper_best, paper_mean; then claim events. Nothing where the study is of
 * another kind (mmoe/standings.h).
 */
void standings_add(const struct view_study *v, bool json, struct mmoe_text *t);

#endif
