/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - files that are read, and files that are replaced whole.
 *
 * Whatever a path leads to, opening it waits for nobody. A pipe or a device is refused where
 * a file is meant. Where a stream is meant, it is read to its end, and the reader says what
 * ends the wait.
 *
 * The bytes of a new file are written beside their place, synced and renamed into it
 * (src/base/beside.h): a full disk or a crash leaves the old file as it was. Where the path
 * is a link, what it leads to is replaced, not the link. A pipe that someone reads, or a
 * device, takes the bytes at its end instead.
 *
 * Ownership: descriptors and texts are the caller's. Threads: safe on distinct paths.
 *
 *   struct mmoe_text text = {0};
 *   const struct mmoe_file_reading how = {.max = 1 << 16, .stop = -1};
 *   if (mmoe_failed(mmoe_file_text(path, &how, &text, err))) return err->status;
 */
#ifndef MMOE_FILE_H
#define MMOE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>
#include <mmoe/text.h>

/* --- reading --- */

/* Open a regular file to be read. The descriptor, or -1: MMOE_UNKNOWN if there is no such file,
 * MMOE_IO if it cannot be read or is no regular file. */
int mmoe_file_open(const char *path, struct mmoe_error *err);
/* Read n bytes, fewer at the end of the file. The count; -1 after a failure, and errno says why. */
ptrdiff_t mmoe_file_read(int fd, void *bytes, size_t n);

/* How a file of text is read. */
struct mmoe_file_reading {
    size_t max;   /* bytes: a longer file is refused */
    bool streams; /* pipes and terminals are read to their end; else they are refused */
    int stop;     /* reading a stream ends once this descriptor has bytes; -1: at its end alone */
};
/* Append a whole file of text without its byte order mark; nothing after a failure. /dev/null is an
 * empty file. Statuses as mmoe_file_open; MMOE_LIMIT above max, MMOE_INVALID for UTF-16 and for a
 * NUL byte, MMOE_STATE if `stop` ended the reading. */
enum mmoe_status mmoe_file_text(const char *path, const struct mmoe_file_reading *how,
                                struct mmoe_text *text, struct mmoe_error *err);

/* The bytes of the byte order mark that UTF-8 text begins with: 3, or 0 where there is none. */
size_t mmoe_file_mark(const char *bytes, size_t n);
/* Does text begin with the byte order mark of UTF-16? */
bool mmoe_file_is_utf16(const char *bytes, size_t n);

/* --- writing --- */

/* Make n bytes the file at path. MMOE_IO names path, cause and remedy. */
enum mmoe_status mmoe_file_replace(const char *path, const void *bytes, size_t n,
                                   struct mmoe_error *err);
/* What a user is told of the file that a new one at this path will replace, as the end of a
 * sentence; "" where none is. A constant: asked for before the file is written. */
const char *mmoe_file_note(const char *path);

#endif
