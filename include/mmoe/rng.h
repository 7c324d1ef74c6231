/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rng.h - random numbers that depend on what they are for, not on when they are drawn.
 *
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011) is a bijection of a 128-bit counter under a 64-bit key. A stream is
 * a key made of (seed, purpose, name); within it, numbers have an address
 * (row, column), so that adding a row, an expert or a unit disturbs no other
 * number, and any thread may draw any part in any order.
 *
 * Ownership: values. Threads: safe, there is no state.
 *
 *   struct mmoe_rng r = mmoe_rng_stream(seed, MMOE_RNG_INIT, "experts.weight");
 *   mmoe_rng_uniform(r, row, 100, -limit, limit, w);
 */
#ifndef MMOE_RNG_H
#define MMOE_RNG_H

#include <stddef.h>
#include <stdint.h>

#include <mmoe/real.h>

enum mmoe_rng_purpose {
    MMOE_RNG_DATA = 1,
    MMOE_RNG_INIT,
    MMOE_RNG_ORDER,
    MMOE_RNG_TRAINING,
    MMOE_RNG_INFERENCE,
    MMOE_RNG_SETTINGS
};

struct mmoe_rng {
    uint32_t key[2];
};

/* The raw bijection: out = Philox4x32-10(counter, key). */
void mmoe_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The stream of numbers for (seed, purpose, name). */
struct mmoe_rng mmoe_rng_stream(uint64_t seed, enum mmoe_rng_purpose purpose, const char *name);

/* n uniforms on [low, high): those at addresses (row, 0..n-1). */
void mmoe_rng_uniform(struct mmoe_rng rng, uint64_t row, size_t n, double low, double high,
                      mmoe_real *out);

/* n standard normals (Box-Muller on pairs): those at addresses (row, 0..n-1). */
void mmoe_rng_normal(struct mmoe_rng rng, uint64_t row, size_t n, mmoe_real *out);

/* `rows` rows of n: out (rows,n) has those of rows row.. within 2e-6 of mmoe_rng_normal's, many
 * times as fast. */
void mmoe_rng_normal_rows(struct mmoe_rng rng, uint64_t row, size_t rows, size_t n, mmoe_real *out);

/* The same in double, for the few numbers that define a task. */
void mmoe_rng_normal_double(struct mmoe_rng rng, uint64_t row, size_t n, double *out);

/* An integer uniform on 0..bound-1 (bound > 0), the one at address (row, column); unbiased to
 * 2^-64. */
uint64_t mmoe_rng_below(struct mmoe_rng rng, uint64_t row, uint32_t column, uint64_t bound);
/* out (n) = those at addresses (row, 0..n-1), for a bound up to 2^32. */
void mmoe_rng_below_row(struct mmoe_rng rng, uint64_t row, size_t n, uint64_t bound, uint32_t *out);

/* out (n) = words of 32 random bits, those at addresses (row, 0..n-1). */
void mmoe_rng_words(struct mmoe_rng rng, uint64_t row, size_t n, uint32_t *out);

#endif
