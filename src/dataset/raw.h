/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw.h - numbers as files have them, little-endian, made into arrays.
 *
 * Files have more types of numbers than arrays: halves become floats, short
 * integers long ones.
 *
 * Ownership: none. Threads: one at a time.
 */
#ifndef MMOE_DATASET_RAW_H
#define MMOE_DATASET_RAW_H

#include <mmoe/arrays.h>

#include "src/dataset/bytes.h"

enum raw {
    RAW_F16,
    RAW_BF16,
    RAW_F32,
    RAW_F64,
    RAW_I8,
    RAW_I16,
    RAW_I32,
    RAW_I64,
    RAW_U8,
    RAW_NONE
};

/* Bytes of one number; 0 for none. */
size_t raw_size(enum raw raw);

/* Append an array made of n bytes of the file; columns: the first index runs fastest. MMOE_INVALID
 * if there is an array of that name already, or n does not fit the shape; MMOE_LIMIT if the array
 * does not fit in memory. */
enum mmoe_status raw_take(struct mmoe_arrays *a, const struct bytes_in *file, const char *name,
                          enum raw raw, size_t ndim, const size_t *dim, bool columns,
                          const unsigned char *bytes, size_t n);

#endif
