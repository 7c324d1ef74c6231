/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * philox.h - Philox4x32-10 for many counters side by side, in loops that a compiler turns into
 * vector code.
 */
#ifndef MMOE_BASE_PHILOX_H
#define MMOE_BASE_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* The last word of a counter: what its numbers are made for. */
enum rng_kind { KIND_UNIFORM = 1, KIND_NORMAL, KIND_BELOW, KIND_WORD };

/* The high half of a product; apart from its low half there is a vector operation for it. */
static inline __attribute__((always_inline)) uint32_t high(uint32_t a, uint32_t b)
{
    return (uint32_t)(((uint64_t)a * b) >> 32);
}

/* Words 0 to 3 of n counters, which they hold on entry. */
static inline __attribute__((always_inline)) void philox(const size_t n, uint32_t *restrict w0,
                                                         uint32_t *restrict w1,
                                                         uint32_t *restrict w2,
                                                         uint32_t *restrict w3,
                                                         const uint32_t key[2])
{
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        for (size_t l = 0; l < n; l++) {
            uint32_t a = w0[l], b = w2[l];
            w0[l] = high(0xCD9E8D57u, b) ^ w1[l] ^ k0;
            w1[l] = 0xCD9E8D57u * b;
            w2[l] = high(0xD2511F53u, a) ^ w3[l] ^ k1;
            w3[l] = 0xD2511F53u * a;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

#endif
