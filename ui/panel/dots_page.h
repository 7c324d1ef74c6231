/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dots_page.h - models compared on rows of a file, as a page of figures.
 *
 * Ownership, threads: as view_study_page.
 */
#ifndef MMOE_UI_DOTS_PAGE_H
#define MMOE_UI_DOTS_PAGE_H

#include "ui/panel/view_study.h"

/* A figure for each task: its AUC or R2 on the test rows, a dot for each run, model by model, and
 * what the paper has of them; of one model with a gate for each task what gates do, too. False
 * where there is none of that (standings.h): nothing is done. */
bool dots_page(const struct view_study *s, struct figure_sheet *sheet);

#endif
