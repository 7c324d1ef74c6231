/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h - the finished runs of a stored study, read on a thread of its own.
 *
 * Records come in the order of runs, some at a time: the reader waits while nobody
 * fetches them, so that memory does not grow with the study.
 *
 * Ownership: mmoe_reader_new / _free, which ends the reading. Threads: one caller.
 *
 *   struct mmoe_reader *r = mmoe_reader_new(mailbox, path, study, &grid, false);
 *   poll ... while (mmoe_reader_record(r, &record)) mmoe_tally_add(tally, &record);
 *   if (mmoe_reader_is_done(r)) ...
 */
#ifndef MMOE_READER_H
#define MMOE_READER_H

#include <mmoe/mailbox.h>
#include <mmoe/record.h>
#include <mmoe/results.h>

struct mmoe_reader;
/* Read study `study` of the store at path, whose grid is g (copied), from now on. */
struct mmoe_reader *mmoe_reader_new(struct mmoe_mailbox *mailbox, const char *path, int64_t study,
                                    const struct mmoe_grid *g, bool with_curves);
void mmoe_reader_free(struct mmoe_reader *r); /* NULL allowed */

/* The next record; false where none is there yet, or any more. */
bool mmoe_reader_record(struct mmoe_reader *r, struct mmoe_record *out);
/* All was read and fetched, or the reading failed. */
bool mmoe_reader_is_done(struct mmoe_reader *r);
/* What came of it, once it is done. */
enum mmoe_status mmoe_reader_status(struct mmoe_reader *r, struct mmoe_error *err);

/* --- a study in shards --- */

/* Read what shards publish in a folder (shards.h), every run once, as it comes, until all are there
 * or the reader is freed. */
struct mmoe_reader *mmoe_reader_watch(struct mmoe_mailbox *mailbox, const char *dir,
                                      const struct mmoe_grid *g, bool with_curves);
struct mmoe_watching {
    size_t segments, bad; /* files: read, and those that are none of the study's */
    size_t shards, heard,
        silent;     /* all; that published in the last 2 minutes; that did not, and
                       still have runs to train; the others are done, or yet unheard */
    double longest; /* seconds since a silent one was heard */
};
struct mmoe_watching mmoe_reader_watching(struct mmoe_reader *r);

#endif
