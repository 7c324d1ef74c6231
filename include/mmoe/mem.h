/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h - memory: checked, zeroed, aligned to a cache line.
 *
 * Everything is allocated when an object is made, nothing during a training
 * step, in a frame or under a lock. An arena is one block from which an object
 * takes its many arrays; it is given back whole.
 *
 * Ownership: the caller frees what mmoe_alloc returns with mmoe_free.
 * Threads:   safe; an arena belongs to one thread.
 *
 *   struct mmoe_arena a = {mmoe_alloc(bytes, 1), bytes, 0};
 *   float *w = mmoe_arena_take(&a, n, sizeof *w);   ...   mmoe_arena_done(&a);
 */
#ifndef MMOE_MEM_H
#define MMOE_MEM_H

#include <stddef.h>

enum { MMOE_ALIGN = 64 }; /* bytes */

/* n * size zeroed bytes at a multiple of MMOE_ALIGN; fatal when there are none. n = 0 is allowed.
 */
void *mmoe_alloc(size_t n, size_t size);

/* The same, but NULL where the memory is not there (or n * size overflows): for sizes a user chose.
 */
void *mmoe_try_alloc(size_t n, size_t size);

/* A copy of block grown to n * size bytes, the new part zeroed; frees block. old is its n. */
void *mmoe_regrow(void *block, size_t old, size_t n, size_t size);

/* Free what mmoe_alloc, mmoe_try_alloc or mmoe_regrow returned; NULL allowed. */
void mmoe_free(void *block);

/* Bytes of memory that this machine has; SIZE_MAX where the system does not say. */
size_t mmoe_memory(void);

/* strdup through mmoe_alloc; free with mmoe_free. */
char *mmoe_strdup(const char *s);

/* base is a block of the caller's, of mmoe_alloc or mmoe_try_alloc. */
struct mmoe_arena {
    unsigned char *base;
    size_t size, used; /* bytes */
};

/* n * size zeroed bytes, aligned; fatal when the arena is full. */
void *mmoe_arena_take(struct mmoe_arena *arena, size_t n, size_t size);
/* What mmoe_arena_take(n, size) uses of an arena, padding included. */
size_t mmoe_arena_cost(size_t n, size_t size);
/* Free the block. */
void mmoe_arena_done(struct mmoe_arena *arena);

#endif
