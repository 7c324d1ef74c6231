/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw.h - numbers as files have them, made into arrays.
 *
 * Files have more types of numbers than arrays. What an array has no type for becomes the
 * smallest one that holds every number: float32 for halves, bfloat16 and whole numbers of 8 or
 * 16 bits, int64 for those of 32, uint8 for truths (0, 1). Only uint64 is rounded, to the
 * nearest double.
 *
 * Ownership: none. Threads: one at a time.
 */
#ifndef MMOE_DATASET_RAW_H
#define MMOE_DATASET_RAW_H

#include "src/dataset/reading.h"

/* A type of numbers. */
struct raw {
    /* 'f' IEEE 754, 'g' bfloat16, 'i' whole numbers, 'u' whole numbers from 0 on, 'b' truths; 0: no
       numbers */
    char kind;
    unsigned char size; /* bytes of one: 1, 2, 4, 8 */
    bool big;           /* the most significant byte comes first */
};

/* Leave an array unread if it has no numbers, but what its file calls `word`, or has too many
 * dimensions; false if it can be read. */
bool raw_leave(const struct reading *r, const char *name, struct raw raw, const char *word,
               size_t ndim);
/* Append an array made of n bytes of the file; columns: the first index runs fastest. MMOE_INVALID
 * if there is an array of that name already, or n does not fit the shape; MMOE_LIMIT if the array
 * is beyond the limit or does not fit in memory. */
enum mmoe_status raw_take(const struct reading *r, const char *name, struct raw raw, size_t ndim,
                          const size_t *dim, bool columns, const unsigned char *bytes, size_t n);

#endif
