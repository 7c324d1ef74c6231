/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row.h - one row, told: its fields in words, its labels, what the net predicts, its gates.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_REPORT_ROW_H
#define MMOE_UI_REPORT_ROW_H

#include <mmoe/run.h>

#include "ui/report/event.h"

/* gates.row: row, step, part, fields (of a table), labels and predicted (binary tasks: probability)
 * by task, gates (gate by expert). data: the rows it is of, or NULL: no fields are told. */
void row_tell(const struct event_sink *sink, const struct mmoe_seen *s, size_t step,
              const struct mmoe_dataset *data);

#endif
