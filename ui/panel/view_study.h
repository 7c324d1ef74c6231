/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_study.h - the study that is shown, and what it looks like as figures.
 *
 * Ownership: view_study_begin makes its tally, view_study_close frees it; a page borrows from
 *            study and sheet. Threads: user-interface thread.
 */
#ifndef MMOE_UI_VIEW_STUDY_H
#define MMOE_UI_VIEW_STUDY_H

#include "ui/figure/sheet.h"
#include "ui/panel/view.h"

/* A study without results yet, in the place of the one before; def NULL: a plain sweep. */
void view_study_begin(struct view_study *s, int64_t id, const struct mmoe_grid *grid,
                      const char *command, const struct mmoe_definition *def);
void view_study_close(struct view_study *s);
/* Claims were tested on that, once more or for the first time. */
void view_study_heard(struct view_study *s, const struct view_heard *h);

/* Describe what there is of it so far as the sheet's page: metric and task for histograms and
 * profiles. */
void view_study_page(const struct view_study *s, enum mmoe_metric metric, size_t task,
                     struct figure_sheet *sheet);
/* Is it drawn of what runs went through, not of their ends alone? */
bool view_study_has_curves(const struct view_study *s);
/* Were results added, or is another measure shown, since the study was described? */
bool view_study_is_stale(const struct view *v);
/* Describe it anew where it is stale: before a frame, not after every result. */
void view_study_renew(struct view *v);

#endif
