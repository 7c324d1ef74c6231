/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_study.h - a study as figures.
 *
 * Ownership: the page borrows from study and sheet. Threads: user-interface thread.
 */
#ifndef MMOE_UI_VIEW_STUDY_H
#define MMOE_UI_VIEW_STUDY_H

#include "ui/figure/sheet.h"
#include "ui/panel/view.h"

/* The place of the option's axis, or -1 where it is none. */
int view_study_axis(const struct view_study *s, const struct mmoe_option *option);

/* Describe what there is of it so far as the sheet's page. */
void view_study_page(const struct view_study *s, struct figure_sheet *sheet);

#endif
