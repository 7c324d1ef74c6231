/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * formats.h - the file formats of arrays.
 *
 * A format is a const struct format in a file of its own, which knows the bytes
 * of a file and the arrays, and no other format. formats.c has the list.
 *
 * Ownership: none. Threads: one at a time.
 */
#ifndef MMOE_DATASET_FORMATS_H
#define MMOE_DATASET_FORMATS_H

#include "src/dataset/reading.h"

struct format {
    const char *ending; /* of the files' names: ".npz" */
    /* Put all arrays; the file is the caller's to close or to drop. */
    enum mmoe_status (*write)(const struct mmoe_arrays *a, struct bytes_out *file);
    /* Append the arrays that are wanted; on failure some may have been appended. */
    enum mmoe_status (*read)(const struct reading *r);
};

extern const struct format format_npz, format_safetensors;

#endif
