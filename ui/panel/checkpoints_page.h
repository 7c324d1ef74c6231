/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkpoints_page.h - models compared at several steps of their training, as a page of figures.
 *
 * Ownership, threads: as view_study_page.
 */
#ifndef MMOE_UI_CHECKPOINTS_PAGE_H
#define MMOE_UI_CHECKPOINTS_PAGE_H

#include "ui/panel/view_study.h"

/* AUC and R2 of the first task, and the AUC without label noise of every task, over the rows
 * trained on, with what the paper has. False where there is none of that (checkpoints.h): nothing
 * is done.
 */
bool checkpoints_page(const struct view_study *s, struct figure_sheet *sheet);

#endif
