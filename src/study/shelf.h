/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shelf.h - rows that runs in progress share.
 *
 * Runs with the same data options train on the same dataset, made once; a
 * worker that wants rows another is just making waits for them. Rows nobody
 * uses make room for others, so there are never more datasets than workers.
 *
 * Ownership: the shelf holds a reference to each dataset; _take gives the caller
 *            one of its own, to be returned by _return. Threads: any.
 */
#ifndef MMOE_STUDY_SHELF_H
#define MMOE_STUDY_SHELF_H

#include <mmoe/dataset.h>
#include <mmoe/option.h>

struct shelf;
struct shelf *shelf_new(void);
void shelf_free(struct shelf *s); /* NULL allowed; nobody uses anything any more */

/* The rows of o; room is how many datasets there may be. NULL and *err where they cannot be made. */
struct mmoe_dataset *shelf_take(struct shelf *s, const struct mmoe_options *o, size_t room,
                                struct mmoe_error *err);
void shelf_return(struct shelf *s, struct mmoe_dataset *d); /* NULL allowed */
/* Drop what nobody uses. */
void shelf_clear(struct shelf *s);
size_t shelf_made(struct shelf *s); /* datasets made so far, for the tests */

#endif
