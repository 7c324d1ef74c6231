/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h - rows of the histograms set against each other, told.
 *
 * Ownership: the caller's text. Threads: as the view.
 */
#ifndef MMOE_UI_REPORT_COMPARE_H
#define MMOE_UI_REPORT_COMPARE_H

#include "ui/report/event.h"

/* Append a line for each pair; json: compare.rows: row, to, n, lower, diverged, ratio or
 * difference, low, high, needed, metric, task. */
void compare_add(const struct view *v, bool json, struct mmoe_text *t);
/* The same of the only rows of two models; nothing where there are no two. */
void compare_add_models(const struct view *v, int first, int second, bool json,
                        struct mmoe_text *t);

#endif
