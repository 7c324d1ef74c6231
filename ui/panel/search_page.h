/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search_page.h - a search of settings as a page of figures.
 *
 * Ownership, threads: as view_study_page.
 */
#ifndef MMOE_UI_SEARCH_PAGE_H
#define MMOE_UI_SEARCH_PAGE_H

#include "ui/panel/view_study.h"

/* The trials and the best so far; for each option the mean of the Gaussian process and its 95 %
 * band along it, through the best trial; the mean over the two options that matter most. False
 * where the study is none of trials: nothing is done. */
bool search_page(const struct view_study *s, struct figure_sheet *sheet);

#endif
