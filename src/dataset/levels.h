/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * levels.h - the values of a category, numbered as they come, then by their names.
 *
 * Ownership: levels_done gives back. Threads: one at a time.
 *
 *   struct levels l = {0};
 *   uint32_t id = levels_add(&l, text, n);
 *   levels_sort(&l, by_name);          by_name[id] is the place of id among the names, sorted
 *   levels_done(&l);
 */
#ifndef MMOE_DATASET_LEVELS_H
#define MMOE_DATASET_LEVELS_H

#include <stddef.h>
#include <stdint.h>

enum { LEVELS_MAX = 1 << 24 };
#define LEVELS_FULL UINT32_MAX

struct levels {
    size_t count, room;
    char **name;     /* (count) */
    size_t slots;    /* a power of two */
    uint32_t *slot;  /* 1 + id; 0: empty */
    uint32_t *hash;  /* (count) */
    uint32_t newest; /* the level that was asked for last: often it is the next one, too */
};

/* The number of the level, a new one if need be; LEVELS_FULL where there are LEVELS_MAX. */
uint32_t levels_add(struct levels *l, const char *text, size_t n);
/* place (count): where each level is among the names in the order of their bytes. */
void levels_sort(const struct levels *l, uint32_t *place);
void levels_done(struct levels *l);

#endif
