/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernels.c - the sets of vector kernels, and which of them a processor can run.
 *
 * A multiplication and the addition after it are rounded once here, where the
 * processor can do that: it is twice as fast and no less exact. All other
 * sources keep them apart (configure.ac).
 */
#include "src/math/kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <mmoe/mat.h>

#if defined(__clang__)
#pragma clang fp contract(fast)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=fast")
#endif

/*
 * Numbers of B (k,n) above which a product goes to the library: B no longer
 * stays in the second-level cache, and packing it pays.
 */
#define PACKING_PAYS ((size_t)1 << 17)

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* Numbers of two vectors chosen into one; compilers that lack it go the long way round. */
#ifdef __has_builtin
#if __has_builtin(__builtin_shufflevector)
#define SHUFFLE __builtin_shufflevector
#endif
#endif
enum { FOLDED = 8 };
enum { COLUMNS_AT_ONCE = 4 }; /* vectors whose loads and sums overlap */

/* Up to so many columns beyond whole vectors are summed one by one, over at most so many rows of B.
 */
enum { LONE_COLUMNS = 3, LONE_MAX = 1024 };

#define SET(part) JOINED(SET_NAME, part)
#define JOINED(set, part) JOIN(set, part)
#define JOIN(set, part) set##_##part
#define KERNELS(set) JOINED(kernels, set)
#define KERNELS_BLAS(set) JOINED(KERNELS(set), blas)
#define NAME_OF(set) TEXT_OF(set)
#define TEXT_OF(set) #set

#ifdef MMOE_DOUBLE
#define SQRT sqrt
static inline mmoe_real exponential(mmoe_real x)
{
    return exp(x);
}
#else
#define SQRT sqrtf
/*
 * e^x for x <= 0, without branches: x = n ln 2 + r, |r| <= ln 2 / 2, e^x = 2^n e^r. ln 2 is parted
 * in two (Cody and Waite, 1980) so that r is exact; e^r is its Taylor series of degree 7, whose
 * remainder is below 2^-27. n comes from adding 1.5 2^23, which leaves it in the low bits of the
 * sum. Below -87 2^n would leave the range. A NaN stays.
 */
#define EXPONENT_LEAST 87.0f
#define EXPONENT_SHIFT 0x1.8p23f
#define LOG2_E 0x1.715476p0f
#define LN2_HIGH 0x1.62ep-1f
#define LN2_LOW 0x1.0bfbe8p-15f
#define EXP_SERIES(r)                                            \
    (1 + r * (1 + r * (0x1p-1f + r * (0x1.555556p-3f +           \
                                      r * (0x1.555556p-5f +      \
                                           r * (0x1.111112p-7f + \
                                                r * (0x1.6c16c2p-10f + r * 0x1.a01a02p-13f)))))))
static inline mmoe_real exponential(mmoe_real x)
{
    union {
        float f;
        uint32_t u;
    } n, scale;
    x = -EXPONENT_LEAST > x ? -EXPONENT_LEAST : x;
    n.f = x * LOG2_E + EXPONENT_SHIFT;
    float whole = n.f - EXPONENT_SHIFT, r = x - whole * LN2_HIGH - whole * LN2_LOW;
    scale.u = (n.u + 127) << 23;
    return EXP_SERIES(r) * scale.f;
}
#endif

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAVE_WIDER 1
#if defined(__clang__)
#define BEGIN_TARGET(features) \
    TARGET_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define END_TARGET _Pragma("clang attribute pop")
#define WHOLE_WIDTH ""
#else
#define BEGIN_TARGET(features) _Pragma("GCC push_options") TARGET_PRAGMA(GCC target(features))
#define END_TARGET _Pragma("GCC pop_options")
#define WHOLE_WIDTH ",prefer-vector-width=512"
#endif
#define TARGET_PRAGMA(...) _Pragma(#__VA_ARGS__)
#include <immintrin.h>
#endif

/* 128 bits: what every x86-64 (16 registers) and aarch64 (32) has. */
#define SET_NAME plain
#define LANES 4
#if defined(__x86_64__)
#define TILE_ROWS 4
#define TILE_VECTORS 2
#else
#define TILE_ROWS 8
#define TILE_VECTORS 3
#endif
#include "src/math/vector.inc"

#ifdef HAVE_WIDER

/* 256 bits, 16 registers. */
BEGIN_TARGET("avx2,fma")
#define SET_NAME avx2
#define LANES 8
#define TILE_ROWS 4
#define TILE_VECTORS 3
#include "src/math/vector.inc"
END_TARGET

/* 512 bits, 32 registers. */
BEGIN_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma" WHOLE_WIDTH)
#define SET_NAME avx512
#ifndef MMOE_DOUBLE
#define ROOTS_APPROXIMATED
#endif
#define LANES 16
#define TILE_ROWS 8
#define TILE_VECTORS 3
#include "src/math/vector.inc"
END_TARGET

static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static const struct kernels *widest(bool blas)
{
    if (has_avx512())
        return blas ? &kernels_avx512_blas : &kernels_avx512;
    if (has_avx2())
        return blas ? &kernels_avx2_blas : &kernels_avx2;
    return blas ? &kernels_plain_blas : &kernels_plain;
}

const struct kernels *kernels_get(enum mmoe_kernels which)
{
    switch (which) {
    case MMOE_KERNELS_AUTO: return widest(false);
    case MMOE_KERNELS_BLAS: return widest(true);
    case MMOE_KERNELS_AVX512: return has_avx512() ? &kernels_avx512 : NULL;
    case MMOE_KERNELS_AVX2: return has_avx2() ? &kernels_avx2 : NULL;
    case MMOE_KERNELS_PLAIN: return &kernels_plain;
    case MMOE_KERNELS_SCALAR: return &kernels_scalar;
    }
    return NULL;
}

#else

const struct kernels *kernels_get(enum mmoe_kernels which)
{
    switch (which) {
    case MMOE_KERNELS_BLAS: return &kernels_plain_blas;
    case MMOE_KERNELS_AUTO:
    case MMOE_KERNELS_PLAIN: return &kernels_plain;
    case MMOE_KERNELS_SCALAR: return &kernels_scalar;
    case MMOE_KERNELS_AVX512:
    case MMOE_KERNELS_AVX2: break;
    }
    return NULL;
}

#endif

bool mmoe_kernels_supported(enum mmoe_kernels which)
{
    return kernels_get(which) != NULL;
}

const char *mmoe_kernels_name(enum mmoe_kernels which)
{
    const struct kernels *k = kernels_get(which);
    return k ? k->name : "none";
}
