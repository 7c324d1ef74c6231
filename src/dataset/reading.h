/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h - a file of arrays that is being read: what of it, into which arrays.
 *
 * Ownership: all is borrowed. Threads: one at a time.
 */
#ifndef MMOE_DATASET_READING_H
#define MMOE_DATASET_READING_H

#include <mmoe/arrays.h>

#include "src/dataset/bytes.h"

struct reading {
    struct mmoe_arrays *to;
    const struct bytes_in *file;
    const struct mmoe_wanted *wanted;
};

/* Did somebody ask for the array of that name? Names that are too long are nobody's. */
bool reading_wants(const struct reading *r, const char *name);
/* Note that an array is left unread, since it ...; "" where nobody asked for it. */
void reading_leave(const struct reading *r, const char *name, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
/* MMOE_LIMIT if so many bytes more are beyond the limit, or there are too many arrays. */
enum mmoe_status reading_room(const struct reading *r, const char *name, size_t bytes);

#endif
