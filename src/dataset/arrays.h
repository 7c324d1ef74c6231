/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrays.h - how many bytes arrays have, and which were not read.
 *
 * Ownership: none. Threads: one at a time.
 */
#ifndef MMOE_DATASET_ARRAYS_H
#define MMOE_DATASET_ARRAYS_H

#include <stdbool.h>

#include <mmoe/arrays.h>

/* Bytes of one element. */
size_t arrays_each(enum mmoe_dtype type);
/* Bytes of an array of that shape, with `each` for an element; false where the number is too large.
 */
bool arrays_bytes(size_t ndim, const size_t *dim, size_t each, size_t *bytes);

/* Note an array that was not read; why: as in struct mmoe_unread. */
void arrays_leave(struct mmoe_arrays *a, const char *name, const char *why);

#endif
