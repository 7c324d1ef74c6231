/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.h - details of finished runs that records leave out, for exports.
 *
 * Ownership: as in <mmoe/store.h>. Threads: one at a time.
 */
#ifndef MMOE_STORE_RESULTS_H
#define MMOE_STORE_RESULTS_H

#include <mmoe/results.h>
#include <mmoe/snapshot.h>

/* Append the options a result depends on as a JSON object: all but the session's and the alias
 * `seed`. */
void results_add_options(struct mmoe_text *t, const struct mmoe_options *o);
/* Read the curve and the mean gates of a run into a snapshot that was _init'ed; other fields stay
 * as they are. */
enum mmoe_status results_details(struct mmoe_store *s, int64_t study,
                                 const struct mmoe_record *record, struct mmoe_snapshot *shot,
                                 struct mmoe_error *err);

#endif
