/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes.h - the bytes of a file, as a format reads and writes them.
 *
 * A file is read whole. A file is written piece by piece beside its place
 * (src/base/beside.h). A failure names the file and the reason.
 *
 * Ownership: bytes_in_done gives the bytes back; bytes_out_close or bytes_out_drop ends a
 *            file that bytes_out_open began. The path and the error are borrowed until then.
 * Threads:   one at a time.
 *
 *   struct bytes_out out;
 *   if (mmoe_failed(bytes_out_open(&out, path, err))) return err->status;
 *   if (!bytes_out_put(&out, text, n)) bytes_out_drop(&out); else bytes_out_close(&out);
 */
#ifndef MMOE_DATASET_BYTES_H
#define MMOE_DATASET_BYTES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>

#include "src/base/beside.h"

/* Is the end of it wanted? stop: NULL allowed. */
static inline bool bytes_stopped(atomic_bool *stop)
{
    return stop && atomic_load_explicit(stop, memory_order_relaxed);
}

/* A file that was read. */
struct bytes_in {
    unsigned char *bytes;
    size_t n;
    const char *path;
    atomic_bool *stop; /* as in arrays.h */
    struct mmoe_error *err;
};

/* Read a file; MMOE_UNKNOWN if there is none, MMOE_IO if the path is no file or cannot be read,
 * MMOE_LIMIT if it does not fit in memory. */
enum mmoe_status bytes_in_read(struct bytes_in *b, const char *path, atomic_bool *stop,
                               struct mmoe_error *err);
void bytes_in_done(struct bytes_in *b);
/* Fail with "cannot read FILE: " and the reason; returns the status. */
enum mmoe_status bytes_in_fail(const struct bytes_in *b, enum mmoe_status status,
                               const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A file that is being written. */
struct bytes_out {
    struct beside file;
    const char *path;
    atomic_bool *stop; /* as in arrays.h */
    struct mmoe_error *err;
};

/* Begin a file; MMOE_IO if the path is no file or cannot be written. */
enum mmoe_status bytes_out_open(struct bytes_out *b, const char *path, atomic_bool *stop,
                                struct mmoe_error *err);
/* Append n bytes; false after a failure, and errno says why: ECANCELED where it is stopped. */
bool bytes_out_put(struct bytes_out *b, const void *bytes, size_t n);
/* Overwrite n of the bytes put before, from `at` on; false as bytes_out_put. */
bool bytes_out_patch(struct bytes_out *b, size_t at, const void *bytes, size_t n);
/* Sync the file and put it in its place; after a failure it is dropped. */
enum mmoe_status bytes_out_close(struct bytes_out *b);
/* Remove what was written; the file at the path is untouched. */
void bytes_out_drop(struct bytes_out *b);
/* Fail with "cannot write FILE: ", what errno says and the remedy; returns MMOE_IO, or MMOE_STATE
 * where it is stopped. */
enum mmoe_status bytes_out_fail(const struct bytes_out *b);

#endif
