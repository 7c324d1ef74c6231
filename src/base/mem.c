/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.c - memory: checked, zeroed, aligned to a cache line.
 *
 * Sizes are rounded up to whole cache lines, so that two blocks never share
 * one and a vector load at the end of an array stays inside its block.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/status.h>

enum { LARGE_PAGE = 2 << 20, MANY_PAGES = 8 << 20 }; /* bytes */

/* n * size rounded up to MMOE_ALIGN, at least one line; 0 where that overflows. */
static size_t padded(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - MMOE_ALIGN)
        return 0;
    return bytes ? (bytes + MMOE_ALIGN - 1) / MMOE_ALIGN * MMOE_ALIGN : MMOE_ALIGN;
}

size_t mmoe_memory(void)
{
    size_t bytes;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    bool told = pages > 0 && page > 0 && !__builtin_mul_overflow(pages, page, &bytes);
    return told ? bytes : SIZE_MAX;
}

/* A system that overcommits memory kills a process that uses it: sizes beyond the memory of the
 * machine are refused. */
static bool beyond_this_machine(size_t bytes)
{
    return bytes >= MANY_PAGES && bytes >= mmoe_memory();
}

/* Rows are read in random order. With pages of 4 KiB each row costs a walk through the page table,
 * so large pages are asked for. */
static void *large(size_t bytes)
{
    if (bytes > SIZE_MAX - LARGE_PAGE)
        return NULL;
    bytes = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *block = aligned_alloc(LARGE_PAGE, bytes);
#ifdef MADV_HUGEPAGE
    if (block)
        madvise(block, bytes, MADV_HUGEPAGE); /* a hint that the system may ignore */
#endif
    return block;
}

/*
 * Give the pages of a large block back to the system, which has them zero when they are used next:
 * gigabytes would be written twice, and nobody could stop the first time. False where the system
 * does not promise that.
 */
static int clear_pages(void *block, size_t bytes)
{
#ifdef __linux__
    return madvise(block, (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE, MADV_DONTNEED) == 0;
#else
    (void)block;
    (void)bytes;
    return 0;
#endif
}

void *mmoe_try_alloc(size_t n, size_t size)
{
    size_t bytes = padded(n, size);
    if (bytes == 0 || beyond_this_machine(bytes))
        return NULL;
    void *block = bytes < MANY_PAGES ? aligned_alloc(MMOE_ALIGN, bytes) : large(bytes);
    if (block && (bytes < MANY_PAGES || !clear_pages(block, bytes)))
        memset(block, 0, bytes);
    return block;
}

void *mmoe_alloc(size_t n, size_t size)
{
    void *block = mmoe_try_alloc(n, size);
    if (!block)
        mmoe_fatal("out of memory: no room for %zu x %zu bytes", n, size);
    return block;
}

void *mmoe_regrow(void *block, size_t old, size_t n, size_t size)
{
    void *grown = mmoe_alloc(n, size);
    size_t kept = old < n ? old : n;
    if (block && kept)
        memcpy(grown, block, kept * size);
    mmoe_free(block);
    return grown;
}

void mmoe_free(void *block)
{
    free(block);
}

char *mmoe_strdup(const char *s)
{
    size_t bytes = strlen(s) + 1;
    return memcpy(mmoe_alloc(bytes, 1), s, bytes);
}

size_t mmoe_arena_cost(size_t n, size_t size)
{
    if (n == 0 || size == 0)
        return 0;
    size_t bytes = padded(n, size);
    if (bytes == 0)
        mmoe_fatal("out of memory: %zu x %zu bytes cannot be addressed", n, size);
    return bytes;
}

void *mmoe_arena_take(struct mmoe_arena *arena, size_t n, size_t size)
{
    size_t bytes = mmoe_arena_cost(n, size);
    if (bytes > arena->size - arena->used)
        mmoe_fatal("arena of %zu bytes is full: %zu used, %zu more asked for", arena->size,
                   arena->used, bytes);
    void *block = arena->base + arena->used;
    arena->used += bytes;
    return block;
}

void mmoe_arena_done(struct mmoe_arena *arena)
{
    mmoe_free(arena->base);
    *arena = (struct mmoe_arena){0};
}
