/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h - what a table has: columns with their levels, label rates, the labels' correlation.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_REPORT_COLUMNS_H
#define MMOE_UI_REPORT_COLUMNS_H

#include <mmoe/dataset.h>

#include "ui/report/event.h"

/*
 * table.column for each input column (name, kind, levels of a category), then table.part for the
 * rows to train on, to choose by and to test on (rows, yes: shares of each binary task, pearson).
 * Nothing where the rows are of no table.
 */
void columns_tell(const struct event_sink *sink, const struct mmoe_dataset *d);

#endif
