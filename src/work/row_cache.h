/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_cache.h - rows that runs in progress share.
 *
 * Runs with the same data options train on the same dataset, made once. A worker waits for
 * rows that another worker is making. Rows that nobody uses make room for others, so that
 * there are never more datasets than workers.
 *
 * Ownership: the cache holds a reference to each dataset; _take gives the caller
 *            one of its own, to be returned by _return. Threads: any.
 */
#ifndef MMOE_WORK_ROW_CACHE_H
#define MMOE_WORK_ROW_CACHE_H

#include <stdatomic.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>

struct row_cache;
struct row_cache *row_cache_new(void);
void row_cache_free(struct row_cache *s); /* NULL allowed; nobody uses anything any more */

/* The rows of o; room: how many datasets there may be; stop: as in source.h. NULL and *err if they
 * cannot be made. */
struct mmoe_dataset *row_cache_take(struct row_cache *s, const struct mmoe_options *o, size_t room,
                                    atomic_bool *stop, struct mmoe_error *err);
void row_cache_return(struct row_cache *s, struct mmoe_dataset *d); /* NULL allowed */
/* Drop what nobody uses. */
void row_cache_clear(struct row_cache *s);

#endif
