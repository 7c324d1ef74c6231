/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox against its published answers; what addresses and streams promise. */
#include <mmoe/rng.h>

#include "tests/test.h"

/* kat_vectors of Random123 (Salmon et al., SC 2011), philox4x32-10. */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t out[4];
        mmoe_philox(cases[i].counter, cases[i].key, out);
        assert_memory_equal(out, cases[i].out, sizeof out);
    }
}

static void streams_differ_in_each_part(void **state)
{
    (void)state;
    struct mmoe_rng a = mmoe_rng_stream(1, MMOE_RNG_INIT, "experts.weight");
    struct mmoe_rng others[] = {
        mmoe_rng_stream(2, MMOE_RNG_INIT, "experts.weight"),
        mmoe_rng_stream(1, MMOE_RNG_DATA, "experts.weight"),
        mmoe_rng_stream(1, MMOE_RNG_INIT, "experts.weights"),
    };
    struct mmoe_rng again = mmoe_rng_stream(1, MMOE_RNG_INIT, "experts.weight");
    assert_memory_equal(&a, &again, sizeof a);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_memory_not_equal(&a, &others[i], sizeof a);
}

/* Numbers are those of their addresses, however many are drawn at a time. */
static void addresses_hold(void **state)
{
    (void)state;
    struct mmoe_rng r = mmoe_rng_stream(7, MMOE_RNG_DATA, "x");
    mmoe_real all[103], part[103], other[103];
    mmoe_rng_normal(r, 5, 103, all);
    for (size_t n = 0; n <= 103; n += 17) {
        mmoe_rng_normal(r, 5, n, part);
        assert_memory_equal(all, part, n * sizeof *all);
    }
    mmoe_rng_normal(r, 6, 103, other);
    assert_memory_not_equal(all, other, sizeof all);
    mmoe_rng_normal(r, 5 + ((uint64_t)1 << 32), 103, other);
    assert_memory_not_equal(all, other, sizeof all);
    double wide[103];
    mmoe_rng_normal_double(r, 5, 103, wide);
    for (size_t i = 0; i < 103; i++)
        assert_true(all[i] == (mmoe_real)wide[i]);
}

enum { MANY = 400000 };

static void normals_are_normal(void **state)
{
    (void)state;
    static mmoe_real v[MANY];
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag = 0;
    mmoe_rng_normal(mmoe_rng_stream(11, MMOE_RNG_DATA, "moments"), 0, MANY, v);
    for (size_t i = 0; i < MANY; i++) {
        double z = (double)v[i];
        m1 += z / MANY;
        m2 += z * z / MANY;
        m3 += z * z * z / MANY;
        m4 += z * z * z * z / MANY;
        if (i > 0)
            lag += z * (double)v[i - 1] / MANY;
    }
    /* five standard errors: 1, sqrt(2), sqrt(15), sqrt(96), 1 over sqrt(n) */
    double se = 5 / sqrt(MANY);
    assert_near(m1, 0, se);
    assert_near(m2, 1, se * sqrt(2));
    assert_near(m3, 0, se * sqrt(15));
    assert_near(m4, 3, se * sqrt(96));
    assert_near(lag, 0, se);
}

static void uniforms_stay_inside(void **state)
{
    (void)state;
    static mmoe_real v[MANY];
    double mean = 0;
    size_t bins[10] = {0};
    mmoe_rng_uniform(mmoe_rng_stream(12, MMOE_RNG_INIT, "w"), 0, MANY, -0.25, 0.75, v);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(v[i] >= (mmoe_real)-0.25 && v[i] < (mmoe_real)0.75);
        mean += (double)v[i] / MANY;
        bins[(size_t)(((double)v[i] + 0.25) * 10)]++;
    }
    assert_near(mean, 0.25, 5 * sqrt(1.0 / 12 / MANY));
    for (size_t i = 0; i < 10; i++)
        assert_near(bins[i], MANY / 10, 5 * sqrt(MANY * 0.09));
}

static void integers_fill_their_range(void **state)
{
    (void)state;
    struct mmoe_rng r = mmoe_rng_stream(13, MMOE_RNG_ORDER, "rows");
    size_t seen[7] = {0};
    for (uint32_t i = 0; i < 70000; i++)
        seen[mmoe_rng_below(r, i / 100, i % 100, 7)]++;
    for (size_t i = 0; i < 7; i++)
        assert_near(seen[i], 10000, 5 * sqrt(70000 * 6.0 / 49));
    assert_int_equal(mmoe_rng_below(r, 1, 1, 1), 0);
    static const uint64_t bounds[] = {1, 40000, 3000000000, (uint64_t)1 << 32};
    for (size_t n = 1; n < 70; n++)
        for (size_t k = 0; k < 4; k++) {
            uint32_t row[70] = {0};
            mmoe_rng_below_row(r, n << 40, n, bounds[k], row);
            for (uint32_t i = 0; i < n; i++)
                assert_true(row[i] == mmoe_rng_below(r, n << 40, i, bounds[k]));
            assert_true(row[n] == 0);
        }
    assert_int_not_equal(mmoe_rng_below(r, 1, 0, UINT64_MAX), mmoe_rng_below(r, 1, 1, UINT64_MAX));
}

/* Rows of every width, from any row on, are those drawn one by one; no number depends on how many
 * are drawn with it. */
static void rows_are_the_same_numbers(void **state)
{
    (void)state;
    enum { ROWS = 29, WIDEST = 23 };
    static mmoe_real rows[ROWS * WIDEST], more[2 * ROWS * WIDEST], row[WIDEST];
    struct mmoe_rng r = mmoe_rng_stream(14, MMOE_RNG_DATA, "x");
    for (size_t n = 1; n <= WIDEST; n++) {
        mmoe_rng_normal_rows(r, 5, ROWS, n, rows);
        mmoe_rng_normal_rows(r, 5, 2 * ROWS, n, more);
        assert_memory_equal(rows, more, ROWS * n * sizeof *rows);
        for (size_t i = 0; i < ROWS; i++) {
            mmoe_rng_normal(r, 5 + i, n, row);
            for (size_t j = 0; j < n; j++)
                assert_near(rows[i * n + j], row[j], 2e-6);
        }
    }
}

/* A million: the largest difference is what the header promises, also in the tails and near 0. */
static void bulk_normals_are_close(void **state)
{
    (void)state;
    enum { WIDTH = 1000, ROWS = 1000 };
    static mmoe_real rows[ROWS * WIDTH], row[WIDTH];
    struct mmoe_rng r = mmoe_rng_stream(15, MMOE_RNG_DATA, "x");
    mmoe_rng_normal_rows(r, (uint64_t)1 << 40, ROWS, WIDTH, rows);
    for (size_t i = 0; i < ROWS; i++) {
        mmoe_rng_normal(r, ((uint64_t)1 << 40) + i, WIDTH, row);
        for (size_t j = 0; j < WIDTH; j++)
            if (!(fabs((double)(rows[i * WIDTH + j] - row[j])) < 2e-6))
                fail_msg("row %zu, column %zu: %.9g, not %.9g", i, j, (double)rows[i * WIDTH + j],
                         (double)row[j]);
    }
}

/* Words have addresses of their own, and are no other numbers in disguise. */
static void words(void **state)
{
    (void)state;
    struct mmoe_rng r = mmoe_rng_stream(7, MMOE_RNG_INFERENCE, "draws");
    uint32_t all[103], part[103], block[4];
    mmoe_rng_words(r, 5, 103, all);
    for (size_t n = 0; n <= 103; n += 17) {
        mmoe_rng_words(r, 5, n, part);
        assert_memory_equal(all, part, n * sizeof *all);
    }
    mmoe_rng_words(r, 6, 103, part);
    assert_memory_not_equal(all, part, sizeof all);
    for (uint32_t kind = 1; kind <= 3; kind++) {
        mmoe_philox((const uint32_t[]){0, 5, 0, kind}, r.key, block);
        assert_memory_not_equal(all, block, sizeof block);
    }
    unsigned bits = 0;
    for (size_t i = 0; i < 103; i++)
        bits += (unsigned)__builtin_popcount(all[i]);
    assert_near(bits, 103 * 16, 5 * 29);
}

TESTS(cmocka_unit_test(words), cmocka_unit_test(rows_are_the_same_numbers),
      cmocka_unit_test(bulk_normals_are_close), cmocka_unit_test(known_answers),
      cmocka_unit_test(streams_differ_in_each_part), cmocka_unit_test(addresses_hold),
      cmocka_unit_test(normals_are_normal), cmocka_unit_test(uniforms_stay_inside),
      cmocka_unit_test(integers_fill_their_range))
