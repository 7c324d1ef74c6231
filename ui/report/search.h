/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - a search of settings, told: how far it is, its best trials, what matters.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_REPORT_SEARCH_H
#define MMOE_UI_REPORT_SEARCH_H

#include "ui/panel/view.h"
#include "ui/report/event.h"

/* Append "trials 9-12 of 40; best so far .9467, trial 3: lr=0.01"; finished trials there are. */
void search_add_progress(const struct view_study *v, size_t finished, struct mmoe_text *t);
/*
 * Of a search: search.trial for each of its best trials (trial, settings, value, expected, sd) and
 * search.importance (option: share). Of its best trials on new seeds: search.again (trial,
 * settings, n, mean, se), the best first. Nothing where the study is of another kind.
 */
void search_add(const struct view_study *v, bool json, struct mmoe_text *t);

#endif
