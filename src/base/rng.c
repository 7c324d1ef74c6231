/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rng.c - Philox4x32-10 and what is made of its words.
 *
 * One round multiplies two of the four counter words by constants, crosses the
 * halves of the products and mixes in the key, which moves on by Weyl
 * constants; ten rounds pass the BigCrush battery (Salmon, Moraes, Dror, Shaw,
 * SC 2011). Reference: counter 0, key 0 gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
 *
 * A number's address becomes the counter (block, row low, row high, kind):
 * the number at a column is lane column % 4 of block column / 4, and the kind
 * keeps uniforms, normals, integers and plain words of one stream apart.
 */
#include <math.h>
#include <string.h>

#include <mmoe/rng.h>

#include "src/base/philox.h"
#include "src/base/versions.h"

enum { BLOCKS = 16 }; /* of two numbers below a bound at a time */

#define TWO_TO_MINUS_32 0x1p-32
#define TWO_PI 6.283185307179586476925

void mmoe_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    memcpy(out, counter, 4 * sizeof *out);
    philox(1, out, out + 1, out + 2, out + 3, key);
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection with full avalanche.
 */
static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const char *name)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001B3u;
    return h;
}

struct mmoe_rng mmoe_rng_stream(uint64_t seed, enum mmoe_rng_purpose purpose, const char *name)
{
    uint64_t key = mix(mix(mix(seed) ^ (uint64_t)purpose) ^ hash(name));
    return (struct mmoe_rng){{(uint32_t)key, (uint32_t)(key >> 32)}};
}

static void draw(struct mmoe_rng rng, enum rng_kind kind, uint64_t row, size_t block,
                 uint32_t out[4])
{
    const uint32_t counter[4] = {(uint32_t)block, (uint32_t)row, (uint32_t)(row >> 32),
                                 (uint32_t)kind};
    mmoe_philox(counter, rng.key, out);
}

static mmoe_real next_real(double from, double towards)
{
#ifdef MMOE_DOUBLE
    return nextafter(from, towards);
#else
    return nextafterf((float)from, (float)towards);
#endif
}

/* v as a mmoe_real of [low, high): a value that rounding moved out of it is moved back. */
static mmoe_real round_inside(double v, double low, double high)
{
    mmoe_real r = (mmoe_real)v;
    if ((double)r >= high)
        r = next_real((double)r, -INFINITY);
    if ((double)r < low)
        r = next_real((double)r, INFINITY);
    return r;
}

void mmoe_rng_uniform(struct mmoe_rng rng, uint64_t row, size_t n, double low, double high,
                      mmoe_real *out)
{
    for (size_t i = 0; i < n; i += 4) {
        uint32_t word[4];
        draw(rng, KIND_UNIFORM, row, i / 4, word);
        for (size_t lane = 0; lane < 4 && i + lane < n; lane++)
            out[i + lane] =
                round_inside(low + (high - low) * (word[lane] * TWO_TO_MINUS_32), low, high);
    }
}

/* Box and Muller (1958): two independent normals from the words of a radius and of an angle. */
static void box_muller(uint32_t radius, uint32_t angle, double out[2])
{
    double r = sqrt(-2.0 * log((radius + 1.0) * TWO_TO_MINUS_32));
    double theta = TWO_PI * (angle * TWO_TO_MINUS_32);
    out[0] = r * cos(theta);
    out[1] = r * sin(theta);
}

static void normal_block(struct mmoe_rng rng, uint64_t row, size_t block, double out[4])
{
    uint32_t word[4];
    draw(rng, KIND_NORMAL, row, block, word);
    box_muller(word[0], word[1], out);
    box_muller(word[2], word[3], out + 2);
}

void mmoe_rng_normal(struct mmoe_rng rng, uint64_t row, size_t n, mmoe_real *out)
{
    for (size_t i = 0; i < n; i += 4) {
        double z[4];
        normal_block(rng, row, i / 4, z);
        for (size_t lane = 0; lane < 4 && i + lane < n; lane++)
            out[i + lane] = (mmoe_real)z[lane];
    }
}

void mmoe_rng_normal_double(struct mmoe_rng rng, uint64_t row, size_t n, double *out)
{
    for (size_t i = 0; i < n; i += 4) {
        double z[4];
        normal_block(rng, row, i / 4, z);
        for (size_t lane = 0; lane < 4 && i + lane < n; lane++)
            out[i + lane] = z[lane];
    }
}

/* The high half of a 64-bit word times the bound (Lemire, 2019). */
static uint64_t below(const uint32_t pair[2], uint64_t bound)
{
    uint64_t random = (uint64_t)pair[1] << 32 | pair[0];
    return (uint64_t)(((unsigned __int128)random * bound) >> 64);
}

/* Two words of 64 bits a block. */
uint64_t mmoe_rng_below(struct mmoe_rng rng, uint64_t row, uint32_t column, uint64_t bound)
{
    uint32_t word[4];
    draw(rng, KIND_BELOW, row, column / 2, word);
    return below(word + column % 2 * 2, bound);
}

/* below() for bounds up to 2^32: the high half is made from the two halves of the word. */
static inline __attribute__((always_inline)) uint32_t below_32(uint32_t low, uint32_t top,
                                                               uint64_t bound)
{
    return (uint32_t)((top * bound + (low * bound >> 32)) >> 32);
}

/* The numbers of BLOCKS blocks from `first` on. */
VERSIONS static void below_blocks(const uint32_t key[2], uint64_t row, uint32_t first,
                                  uint64_t bound, uint32_t out[2 * BLOCKS])
{
    uint32_t word[4][BLOCKS];
    for (uint32_t l = 0; l < BLOCKS; l++) {
        word[0][l] = first + l;
        word[1][l] = (uint32_t)row;
        word[2][l] = (uint32_t)(row >> 32);
        word[3][l] = KIND_BELOW;
    }
    philox(BLOCKS, word[0], word[1], word[2], word[3], key);
    for (size_t l = 0; l < BLOCKS; l++) {
        out[2 * l] = below_32(word[0][l], word[1][l], bound);
        out[2 * l + 1] = below_32(word[2][l], word[3][l], bound);
    }
}

void mmoe_rng_below_row(struct mmoe_rng rng, uint64_t row, size_t n, uint64_t bound, uint32_t *out)
{
    for (size_t i = 0; i < n; i += 2 * BLOCKS) {
        uint32_t some[2 * BLOCKS];
        size_t taken = n - i < 2 * BLOCKS ? n - i : 2 * BLOCKS;
        below_blocks(rng.key, row, (uint32_t)(i / 2), bound, some);
        memcpy(out + i, some, taken * sizeof *out);
    }
}

void mmoe_rng_words(struct mmoe_rng rng, uint64_t row, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i += 4) {
        uint32_t word[4];
        draw(rng, KIND_WORD, row, i / 4, word);
        for (size_t lane = 0; lane < 4 && i + lane < n; lane++)
            out[i + lane] = word[lane];
    }
}
