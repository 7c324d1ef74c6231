/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer.h - the thread that stores results, so that no worker waits for a disk.
 *
 * Where a sweep has a publisher, what is stored is given to it, and what it has waiting is
 * published in time though no other result comes.
 *
 * All results of a sweep that wait are added in one transaction: the slower
 * the disk, the more runs share a write to it.
 *
 * Ownership: writer_give lends a result until `kept` hands it back; writer_end gives a sweep away.
 *            writer_free first stores all it was given.
 * Threads:   any may give; `kept` is called from the writer's own.
 */
#ifndef MMOE_WORK_WRITER_H
#define MMOE_WORK_WRITER_H

#include "src/work/sweep.h"

enum { WRITER_BATCH_MAX = 256 }; /* results in a transaction */

/* Called with results, linked, that are on the disk; or, with an error, none of which is. */
typedef void writer_kept(void *context, struct finished *first, const struct mmoe_error *err);

struct writer;
struct writer *writer_new(writer_kept *kept, void *context);
void writer_free(struct writer *k); /* NULL allowed */

/* Store a result in its sweep's store. */
void writer_give(struct writer *k, struct finished *f);
/* The publisher of a sweep that is over is used no more when this returns. */
void writer_forget(struct writer *k, const struct mmoe_publisher *p);
/* Free a sweep that has nothing left to store. Its store is closed here, as that may take long,
 * too. */
void writer_end(struct writer *k, struct sweep *s);

#endif
