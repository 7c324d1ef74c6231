/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beside.h - a file that is written beside its place and renamed into it.
 *
 * The file is written piece by piece under a name of its own. It is renamed into
 * its place when all of it is on the disk: a full disk or a crash leaves the old
 * file as it was. If the path is a link, the file the link leads to is replaced.
 * Functions that fail return false, and errno says why.
 *
 * Ownership: beside_close or beside_drop ends a file that beside_open began.
 * Threads:   one at a time.
 *
 *   struct beside file;
 *   if (!beside_open(&file, path)) return false;
 *   if (!beside_put(&file, text, n)) beside_drop(&file); else beside_close(&file);
 */
#ifndef MMOE_BASE_BESIDE_H
#define MMOE_BASE_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/text.h>

struct beside {
    int fd;                       /* -1: closed */
    size_t at;                    /* bytes so far */
    struct mmoe_text place, name; /* where the file will be, and where it is until then */
};

/* Begin a file; after a failure there is nothing to end. */
bool beside_open(struct beside *b, const char *path);
/* Append n bytes. */
bool beside_put(struct beside *b, const void *bytes, size_t n);
/* Overwrite n of the bytes put before, from `at` on. */
bool beside_patch(struct beside *b, size_t at, const void *bytes, size_t n);
/* Sync the file and put it in its place; after a failure it is dropped. */
bool beside_close(struct beside *b);
/* Remove what was written and keep errno; the file at the path is untouched. */
void beside_drop(struct beside *b);

#endif
