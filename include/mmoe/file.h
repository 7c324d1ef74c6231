/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - files that are replaced whole.
 *
 * The bytes are written beside their place, synced and renamed into it: a full
 * disk or a crash leaves the old file as it was. Where the path is a link, what
 * it leads to is replaced, not the link. A device or a pipe takes the bytes at
 * its end instead.
 *
 * Ownership: none. Threads: safe on distinct paths.
 */
#ifndef MMOE_FILE_H
#define MMOE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>

/* Make n bytes the file at path; *replaced (NULL allowed) tells whether there was one. MMOE_IO
 * names path and cause. */
enum mmoe_status mmoe_file_replace(const char *path, const void *bytes, size_t n, bool *replaced,
                                   struct mmoe_error *err);

#endif
