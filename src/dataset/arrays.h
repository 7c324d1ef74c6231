/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrays.h - what the file formats of arrays need of each other.
 *
 * Ownership: none. Threads: one at a time.
 */
#ifndef MMOE_ARRAYS_FORMATS_H
#define MMOE_ARRAYS_FORMATS_H

#include <stdbool.h>

#include <mmoe/arrays.h>

/* Numbers as files have them, little-endian. */
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
size_t raw_size(enum raw raw);

/* A file's bytes, and where to complain. */
struct source {
    const unsigned char *bytes;
    size_t n;
    const char *path;
    struct mmoe_error *err;
};

/* "cannot read FILE: ..." */
enum mmoe_status source_fail(const struct source *s, enum mmoe_status status, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));

/* Bytes an array of that shape has; false where the number is too large. */
bool shape_bytes(size_t ndim, const size_t *dim, size_t each, size_t *bytes);

/* Append an array out of n bytes; columns: the first index runs fastest. Fails where its name is
 * there already. */
enum mmoe_status arrays_take(struct mmoe_arrays *a, const struct source *s, const char *name,
                             enum raw raw, size_t ndim, const size_t *dim, bool columns,
                             const unsigned char *bytes, size_t n);

/* Where a file is being written. */
struct sink {
    int fd;
    size_t at; /* bytes so far */
    const char *path;
    struct mmoe_error *err;
};

bool sink_put(struct sink *s, const void *bytes, size_t n);
/* Bytes that were written before become these. */
bool sink_patch(struct sink *s, size_t at, const void *bytes, size_t n);
/* "cannot write FILE: ..." by errno. */
enum mmoe_status sink_fail(const struct sink *s);

enum mmoe_status npz_write(const struct mmoe_arrays *a, struct sink *s);
enum mmoe_status npz_read(struct mmoe_arrays *a, const struct source *s);
enum mmoe_status safetensors_write(const struct mmoe_arrays *a, struct sink *s);
enum mmoe_status safetensors_read(struct mmoe_arrays *a, const struct source *s);

#endif
