/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normal.c - standard normals by the million.
 *
 * The numbers are those of mmoe_rng_normal at the same addresses within 2e-6. They
 * are computed in single precision, in loops that a compiler turns into vector code.
 * Vectors of any width give the same bits: there are only single operations,
 * conversions among them, each rounded once.
 *
 *   radius   sqrt(-2 ln u), u = (w + 1) 2^-32.
 *            u = 2^e (1 + f) with f in [sqrt(1/2) - 1, sqrt(2) - 1];
 *            near 1 f is taken from 2^32 - 1 - w, which has all its digits there.
 *            ln(1 + f) = 2 (s + s^3/3 + s^5/5 + ...), s = f / (2 + f), |s| < .172
 *   angle    2 pi w 2^-32 = q pi/2 + t, |t| <= pi/4, from the word's own bits;
 *            sine and cosine of t by their Taylor series, of q by exchange and sign
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <mmoe/rng.h>

#include "src/base/philox.h"
#include "src/base/versions.h"

enum { BLOCKS = 64 }; /* blocks of four numbers at a time */

#ifdef MMOE_DOUBLE

void mmoe_rng_normal_rows(struct mmoe_rng rng, uint64_t row, size_t rows, size_t n, mmoe_real *out)
{
    for (size_t i = 0; i < rows; i++)
        mmoe_rng_normal(rng, row + i, n, out + i * n);
}

#else

static inline __attribute__((always_inline)) float as_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline __attribute__((always_inline)) uint32_t as_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

/* sqrt(-2 ln((w + 1) 2^-32)) */
static inline __attribute__((always_inline)) float radius(uint32_t w)
{
    const uint32_t root_half = 0x3f3504f3u; /* bits of sqrt(1/2) */
    float u = ((float)(w >> 8) * 256.0f + (float)(w & 255u)) +
              1.0f; /* in [1, 2^32], rounded once or twice */
    uint32_t bits = as_bits(u) - root_half,
             near_one = 0u - (w > 0xB504F333u); /* above sqrt(1/2): all ones */
    float e = as_float(as_bits((float)((int32_t)bits >> 23) - 32.0f) & ~near_one);
    float away = as_float((bits & 0x007fffffu) + root_half) - 1.0f;
    float close =
        (float)(int32_t)(~w & 0x7fffffffu) * -0x1p-32f; /* ~w is exact where it is small */
    float f = as_float((as_bits(close) & near_one) | (as_bits(away) & ~near_one));
    float s = f / (2.0f + f), z = s * s;
    float ln =
        2.0f * s * (1.0f + z * (1.0f / 3 + z * (1.0f / 5 + z * (1.0f / 7 + z * (1.0f / 9))))) +
        e * 0x1.62e43p-1f;
    return sqrtf(-2.0f * ln);
}

/* r times the cosine and the sine of 2 pi w 2^-32 */
static inline __attribute__((always_inline)) void point(float r, uint32_t w, float *x, float *y)
{
    uint32_t quarter = (w + 0x20000000u) >> 30;
    float t = (float)(int32_t)(w - (quarter << 30)) * 0x1.921fb6p-30f, z = t * t; /* 2 pi 2^-32 */
    float sine =
        t * (1.0f + z * (-1.0f / 6 + z * (1.0f / 120 + z * (-1.0f / 5040 + z * (1.0f / 362880)))));
    float cosine =
        1.0f + z * (-1.0f / 2 + z * (1.0f / 24 + z * (-1.0f / 720 +
                                                      z * (1.0f / 40320 + z * (-1.0f / 3628800)))));
    uint32_t swap = 0u - (quarter & 1u), s = as_bits(sine), c = as_bits(cosine);
    uint32_t minus_x = ((quarter + 1u) & 2u) << 30, minus_y = (quarter & 2u) << 30;
    *x = r * as_float(((s & swap) | (c & ~swap)) ^ minus_x);
    *y = r * as_float(((c & swap) | (s & ~swap)) ^ minus_y);
}

/* The four normals of each of BLOCKS counters, side by side. */
VERSIONS static void normals(const uint32_t counter[3][BLOCKS], const uint32_t key[2],
                             float out[4 * BLOCKS])
{
    uint32_t word[4][BLOCKS];
    float part[4][BLOCKS];
    memcpy(word, counter, 3 * sizeof *word);
    for (size_t l = 0; l < BLOCKS; l++)
        word[3][l] = KIND_NORMAL;
    philox(BLOCKS, word[0], word[1], word[2], word[3], key);
    for (size_t l = 0; l < BLOCKS; l++)
        point(radius(word[0][l]), word[1][l], &part[0][l], &part[1][l]);
    for (size_t l = 0; l < BLOCKS; l++)
        point(radius(word[2][l]), word[3][l], &part[2][l], &part[3][l]);
    for (size_t l = 0; l < BLOCKS; l++)
        for (size_t j = 0; j < 4; j++)
            out[4 * l + j] = part[j][l];
}

/* Copy the numbers of `count` blocks, the first being block `first` of its row, to out; returns its
 * new end. */
static float *put(float *out, const float *four, size_t count, size_t first, size_t n)
{
    for (size_t l = 0, at = 4 * first; l < count; l++) { /* the last block of a row is cut short */
        size_t lanes = n - at < 4 ? n - at : 4;
        for (size_t j = 0; j < lanes; j++)
            *out++ = four[4 * l + j];
        at = at + 4 < n ? at + 4 : 0;
    }
    return out;
}

void mmoe_rng_normal_rows(struct mmoe_rng rng, uint64_t row, size_t rows, size_t n, mmoe_real *out)
{
    size_t per_row = (n + 3) / 4, block = 0;
    uint32_t counter[3][BLOCKS];
    float four[4 * BLOCKS];
    for (size_t left = rows * per_row; left > 0;) {
        size_t count = left < BLOCKS ? left : BLOCKS, first = block;
        for (size_t l = 0, end; l < BLOCKS; l = end) { /* to the end of a row */
            end = BLOCKS - l < per_row - block ? BLOCKS : l + per_row - block;
            for (; l < end; l++, block++) {
                counter[0][l] = (uint32_t)block;
                counter[1][l] = (uint32_t)row;
                counter[2][l] = (uint32_t)(row >> 32);
            }
            if (block == per_row) {
                block = 0;
                row++;
            }
        }
        bool whole = n % 4 == 0 && count == BLOCKS; /* no need of `four`, then */
        normals((const uint32_t(*)[BLOCKS])counter, rng.key, whole ? out : four);
        out = whole ? out + 4 * count : put(out, four, count, first, n);
        left -= count;
    }
}

#endif
