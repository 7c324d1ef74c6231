/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h - a study's finished runs as CSV or JSON lines.
 *
 * Ownership: the store is the caller's. Threads: as store.h.
 */
#ifndef MMOE_EXPORT_H
#define MMOE_EXPORT_H

#include <mmoe/store.h>

/*
 * Write a study's finished runs (id 0: the newest's) to a file (replaced whole through a
 * temporary): .csv has a line a run, .jsonl an object a run with curve and gate means as well.
 * Results alone, no times: the same study gives the same bytes. *runs (NULL allowed) is how many.
 */
enum mmoe_status mmoe_export_write(struct mmoe_store *s, int64_t study, const char *path,
                                   size_t *runs, struct mmoe_error *err);

#endif
