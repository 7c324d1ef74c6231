/* SPDX-License-Identifier: GPL-3.0-or-later */
/* levels.c - the values of a category: a hash table with open addressing (Knuth, TAOCP 6.4). */
#include "src/dataset/levels.h"

#include <stdlib.h>
#include <string.h>

#include <mmoe/mem.h>

/* FNV-1a, 32 bits (Fowler, Noll, Vo). */
static uint32_t hash_of(const char *text, size_t n)
{
    uint32_t h = 0x811c9dc5u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * 0x01000193u;
    return h;
}

static int is_level(const struct levels *l, size_t id, const char *text, size_t n)
{
    return strncmp(l->name[id], text, n) == 0 && l->name[id][n] == '\0';
}

/* The slot of the level, or the empty one where it would be. */
static uint32_t *find(const struct levels *l, uint32_t hash, const char *text, size_t n)
{
    size_t at = hash & (l->slots - 1);
    while (l->slot[at] &&
           !(l->hash[l->slot[at] - 1] == hash && is_level(l, l->slot[at] - 1u, text, n)))
        at = (at + 1) & (l->slots - 1);
    return &l->slot[at];
}

/* Room for one level more; at most half of the slots are taken. */
static void grow(struct levels *l)
{
    if (l->count < l->room)
        return;
    size_t room = l->room ? 2 * l->room : 16;
    l->name = mmoe_regrow(l->name, l->count, room, sizeof *l->name);
    l->hash = mmoe_regrow(l->hash, l->count, room, sizeof *l->hash);
    l->room = room;
    mmoe_free(l->slot);
    l->slots = 2 * room;
    l->slot = mmoe_alloc(l->slots, sizeof *l->slot);
    for (size_t i = 0; i < l->count; i++)
        *find(l, l->hash[i], l->name[i], strlen(l->name[i])) = (uint32_t)(i + 1);
}

uint32_t levels_add(struct levels *l, const char *text, size_t n)
{
    if (l->count && is_level(l, l->newest, text, n))
        return l->newest;
    uint32_t hash = hash_of(text, n);
    grow(l);
    uint32_t *slot = find(l, hash, text, n);
    if (!*slot) {
        if (l->count == LEVELS_MAX)
            return LEVELS_FULL;
        char *name = mmoe_alloc(n + 1, 1);
        memcpy(name, text, n);
        l->name[l->count] = name;
        l->hash[l->count] = hash;
        *slot = (uint32_t)++l->count;
    }
    return l->newest = (uint32_t)(*slot - 1);
}

struct named {
    const char *name;
    uint32_t id;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

void levels_sort(const struct levels *l, uint32_t *place)
{
    struct named *all = mmoe_alloc(l->count, sizeof *all);
    for (size_t i = 0; i < l->count; i++)
        all[i] = (struct named){l->name[i], (uint32_t)i};
    qsort(all, l->count, sizeof *all, by_name);
    for (size_t i = 0; i < l->count; i++)
        place[all[i].id] = (uint32_t)i;
    mmoe_free(all);
}

void levels_done(struct levels *l)
{
    for (size_t i = 0; i < l->count; i++)
        mmoe_free(l->name[i]);
    mmoe_free(l->name);
    mmoe_free(l->hash);
    mmoe_free(l->slot);
    *l = (struct levels){0};
}
