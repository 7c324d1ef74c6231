/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every type of numbers that files have, in both orders of bytes and of indices. */
#include <mmoe/mem.h>

#include "src/dataset/raw.h"
#include "tests/test.h"

static struct mmoe_error why;
static const struct bytes_in file = {.path = "a.npz", .err = &why};

static enum mmoe_status take(struct mmoe_arrays *a, struct raw raw, size_t ndim, const size_t *dim,
                             bool columns, const void *bytes, size_t n)
{
    static const struct mmoe_wanted all;
    return raw_take(&(struct reading){a, &file, &all}, "x", raw, ndim, dim, columns, bytes, n);
}

/* The number that `size` bytes, the least significant first, are in both orders of bytes. */
static void assert_number(char kind, size_t size, uint64_t bits, double want, enum mmoe_dtype type)
{
    for (int big = 0; big < 2; big++) {
        struct mmoe_arrays a = {0};
        const size_t one = 1;
        unsigned char bytes[9]; /* read at an odd address */
        for (size_t i = 0; i < size; i++)
            bytes[1 + (big ? size - 1 - i : i)] = (unsigned char)(bits >> 8 * i);
        assert_false(mmoe_failed(take(&a, (struct raw){kind, (unsigned char)size, big}, 1, &one,
                                      false, bytes + 1, size)));
        double v = mmoe_array_number(&a.list[0], 0);
        if (!(v == want || (isnan(v) && isnan(want))) || a.list[0].type != type)
            fail_msg("%c%zu%s %#llx is %.17g, not %.17g", kind, size, big ? ", big" : "",
                     (unsigned long long)bits, v, want);
        mmoe_arrays_done(&a);
    }
}

static void every_type_is_read(void **state)
{
    (void)state;
    assert_number('i', 1, 0x7F, 127, MMOE_F32);
    assert_number('i', 1, 0x80, -128, MMOE_F32);
    assert_number('u', 1, 0xFF, 255, MMOE_U8);
    assert_number('b', 1, 0, 0, MMOE_U8);
    assert_number('b', 1, 2, 1, MMOE_U8); /* what is not 0 is true */
    assert_number('i', 2, 0x8000, -32768, MMOE_F32);
    assert_number('i', 2, 0xFFFE, -2, MMOE_F32);
    assert_number('u', 2, 0xFFFE, 65534, MMOE_F32);
    assert_number('i', 4, 0x80000000, -2147483648.0, MMOE_I64);
    assert_number('u', 4, 0x80000000, 2147483648.0, MMOE_I64);
    assert_number('u', 4, 0xFFFFFFFF, 4294967295.0, MMOE_I64);
    assert_number('i', 8, UINT64_MAX, -1, MMOE_I64);
    assert_number('u', 8, UINT64_MAX, 0x1p64, MMOE_F64);
    assert_number('u', 8, 0x8000000000000000u, 0x1p63, MMOE_F64);
    assert_number('f', 4, 0x3FC00000, 1.5, MMOE_F32);
    assert_number('f', 4, 0x7FC00000, (double)NAN, MMOE_F32);
    assert_number('f', 8, 0xC004000000000000u, -2.5, MMOE_F64);
    assert_number('g', 2, 0x3FC0, 1.5, MMOE_F32);
    assert_number('g', 2, 0xFF80, (double)-INFINITY, MMOE_F32);
}

/* Beyond 2^53 a number becomes the nearest double, of two as near the even one. */
static void large_whole_numbers_are_rounded_to_nearest(void **state)
{
    (void)state;
    const uint64_t edge = (uint64_t)1 << 53;
    assert_number('i', 8, edge, 0x1p53, MMOE_I64);
    assert_number('i', 8, edge + 1, 0x1p53, MMOE_I64);
    assert_number('i', 8, edge + 3, 0x1p53 + 4, MMOE_I64);
    assert_number('i', 8, -(edge + 3), -0x1p53 - 4, MMOE_I64);
    assert_number('u', 8, edge + 1, 0x1p53, MMOE_F64);
    assert_number('u', 8, edge + 3, 0x1p53 + 4, MMOE_F64);
}

/* binary16 against the sum of its parts (IEEE 754-2019, 3.4). */
static void every_half_is_read(void **state)
{
    (void)state;
    for (uint64_t bits = 0; bits < 0x10000; bits += bits < 0x800 ? 1 : 7) {
        int exponent = (int)(bits >> 10 & 31);
        double sign = bits >> 15 ? -1 : 1, fraction = (double)(bits & 1023) / 1024;
        double v = exponent ? ldexp(1 + fraction, exponent - 15) : ldexp(fraction, -14);
        if (exponent == 31)
            v = fraction > 0 ? (double)NAN : (double)INFINITY;
        assert_number('f', 2, bits, sign * v, MMOE_F32);
    }
}

/* The first index runs fastest: element (i, j, k) of (2, 3, 4) is number i + 2 j + 6 k. */
static void columns_become_rows(void **state)
{
    (void)state;
    static const size_t dim[] = {2, 3, 4};
    static const struct raw types[] = {{'u', 1, false}, {'u', 2, true}, {'f', 4, false}};
    unsigned char bytes[24 * 4];
    for (size_t t = 0; t < 3; t++) {
        struct mmoe_arrays a = {0};
        for (size_t n = 0; n < 24; n++) {
            float f = (float)n;
            bytes[n] = t == 0 ? (unsigned char)n : bytes[n];
            if (t == 1)
                memcpy(bytes + 2 * n, (unsigned char[]){0, (unsigned char)n}, 2);
            if (t == 2)
                memcpy(bytes + 4 * n, &f, 4);
        }
        assert_false(mmoe_failed(take(&a, types[t], 3, dim, true, bytes, 24u * types[t].size)));
        for (size_t i = 0, at = 0; i < 2; i++)
            for (size_t j = 0; j < 3; j++)
                for (size_t k = 0; k < 4; k++)
                    assert_near(mmoe_array_number(&a.list[0], at++), i + 2 * j + 6 * k, 0);
        mmoe_arrays_done(&a);
    }
}

static void shapes_without_numbers_are_arrays(void **state)
{
    (void)state;
    static const size_t none[] = {0, 3, 2};
    const float number = 7;
    struct mmoe_arrays a = {0};
    for (int columns = 0; columns < 2; columns++) {
        assert_false(
            mmoe_failed(take(&a, (struct raw){'f', 4, false}, 3, none, columns, &number, 0)));
        assert_int_equal(a.list[0].n, 0);
        mmoe_arrays_done(&a);
        assert_false(
            mmoe_failed(take(&a, (struct raw){'f', 4, false}, 0, NULL, columns, &number, 4)));
        assert_near(mmoe_array_number(&a.list[0], 0), 7, 0);
        mmoe_arrays_done(&a);
    }
    assert_int_equal(take(&a, (struct raw){'f', 4, false}, 0, NULL, false, &number, 3),
                     MMOE_INVALID);
    assert_int_equal(a.count, 0);
}

TESTS(cmocka_unit_test(every_type_is_read),
      cmocka_unit_test(large_whole_numbers_are_rounded_to_nearest),
      cmocka_unit_test(every_half_is_read), cmocka_unit_test(columns_become_rows),
      cmocka_unit_test(shapes_without_numbers_are_arrays))
