/* SPDX-License-Identifier: GPL-3.0-or-later */
/* little.h - whole numbers at any address, little-endian. */
#ifndef MMOE_DATASET_LITTLE_H
#define MMOE_DATASET_LITTLE_H

#include <stddef.h>
#include <stdint.h>

static inline void put16(unsigned char *p, unsigned v)
{
    p[0] = (unsigned char)v;
    p[1] = (unsigned char)(v >> 8);
}

static inline void put32(unsigned char *p, size_t v)
{
    put16(p, (unsigned)(v & 0xffff));
    put16(p + 2, (unsigned)(v >> 16 & 0xffff));
}

static inline unsigned get16(const unsigned char *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static inline uint32_t get32(const unsigned char *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t get64(const unsigned char *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

#endif
