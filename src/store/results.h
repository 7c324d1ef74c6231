/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.h - what an export reads of finished runs besides their records.
 *
 * Ownership: as in <mmoe/store.h>. Threads: one at a time.
 */
#ifndef MMOE_STORE_RESULTS_H
#define MMOE_STORE_RESULTS_H

#include <mmoe/results.h>
#include <mmoe/snapshot.h>

/* Append a JSON object of what a result depends on: all options but the session's, and `seed`,
 * which is three. */
void results_add_options(struct mmoe_text *t, const struct mmoe_options *o);
/* The curve and the gates' means of a run, into a snapshot that was _init'ed; other fields are left
 * alone. */
enum mmoe_status results_details(struct mmoe_store *s, int64_t study,
                                 const struct mmoe_record *record, struct mmoe_snapshot *shot,
                                 struct mmoe_error *err);

#endif
