/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beside.h - a file that is written beside its place and renamed into it.
 *
 * The file is written piece by piece under a name of its own in the same folder. It is
 * renamed into its place when all of it is on the disk: a full disk or a crash leaves the
 * old file as it was. If the path is a link, the file the link leads to is replaced. A file
 * that is replaced leaves its mode, and its owner as far as the system allows, to the new
 * one. What is no regular file is not replaced, nor is a file that may not be written to.
 *
 * The name has 64 random bits and is never that of a file there was: nobody can plant a
 * link there (CWE-59). The file is locked (flock) as long as it is written. Unlocked files
 * of such a name were left by killed programs; whoever writes in their folder next removes
 * them.
 *
 * Ownership: beside_close or beside_drop ends a file that beside_open began.
 * Threads:   one at a time.
 *
 *   struct beside file;
 *   if (mmoe_failed(beside_open(&file, path, err))) return err->status;
 *   if (beside_put(&file, text, n)) return beside_close(&file, path, err);
 *   beside_drop(&file);
 *   return beside_fail(path, err);
 */
#ifndef MMOE_BASE_BESIDE_H
#define MMOE_BASE_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>
#include <mmoe/text.h>

struct beside {
    int fd;                       /* -1: closed */
    size_t at;                    /* bytes so far */
    struct mmoe_text place, name; /* where the file will be, and where it is until then */
};

/* Begin a file; after a failure there is nothing to end. MMOE_IO names path, cause and remedy. */
enum mmoe_status beside_open(struct beside *b, const char *path, struct mmoe_error *err);
/* Append n bytes; false after a failure, and errno says why. */
bool beside_put(struct beside *b, const void *bytes, size_t n);
/* Overwrite n of the bytes put before, from `at` on; false as beside_put. */
bool beside_patch(struct beside *b, size_t at, const void *bytes, size_t n);
/* Sync the file and put it in its place; after a failure it is dropped. The error names `path`. */
enum mmoe_status beside_close(struct beside *b, const char *path, struct mmoe_error *err);
/* Remove what was written and keep errno; the file at the path is untouched. */
void beside_drop(struct beside *b);
/* Fail with "cannot write PATH: ", what errno says and the remedy; returns MMOE_IO. */
enum mmoe_status beside_fail(const char *path, struct mmoe_error *err);

#endif
