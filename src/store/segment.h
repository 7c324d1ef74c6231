/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * segment.h - a store that is made on this machine, and becomes bytes.
 *
 * SQLite writes and locks in a folder of its own, so that a shared folder sees whole files alone.
 *
 * Ownership: segment_done ends what segment_begin began.
 * Threads:   one at a time.
 */
#ifndef MMOE_STORE_SEGMENT_H
#define MMOE_STORE_SEGMENT_H

#include <mmoe/shards.h>

struct segment {
    struct mmoe_text folder, path; /* of its own, on this machine */
    struct mmoe_store *store;      /* to add runs to study 1; NULL: closed */
    unsigned char *bytes;          /* once it is closed */
    size_t n;
};

enum mmoe_status segment_begin(struct segment *s, const struct mmoe_grid *g, const char *command,
                               const char *definition, struct mmoe_error *err);
/* Read its bytes; nothing is added any more. Where that fails, it is open still. */
enum mmoe_status segment_close(struct segment *s, struct mmoe_error *err);
void segment_done(struct segment *s);

/* A folder of its own on this machine, to be removed. */
enum mmoe_status segment_folder(struct mmoe_text *path, struct mmoe_error *err);
/* Remove the folder with the store of that name in it. */
void segment_remove(const char *folder, const char *store);
/* All bytes of a file, the caller's. */
enum mmoe_status segment_bytes(const char *path, unsigned char **bytes, size_t *n,
                               struct mmoe_error *err);
/* "DIR/NAME" */
void segment_path(const char *dir, const char *name, struct mmoe_text *t);
/* MMOE_INVALID where its bytes are not those of its name. */
enum mmoe_status segment_check(const struct mmoe_segment *s, struct mmoe_error *err);
void segment_name(const struct mmoe_shard *shard, const char *digest, struct mmoe_text *t);

#endif
