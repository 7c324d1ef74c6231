/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bootstrap and permutations against the examples of those who invented them. */
#include <stdlib.h>

#include <mmoe/infer.h>
#include <mmoe/stats.h>

#include "tests/test.h"

enum { DRAWS = 40000 };

static struct mmoe_rng stream(const char *name)
{
    return mmoe_rng_stream(1, MMOE_RNG_INFERENCE, name);
}

static struct mmoe_boot boot_of(mmoe_statistic *f, const void *context, size_t n, size_t draws)
{
    struct mmoe_boot b;
    struct mmoe_draws *d = mmoe_draws_new(stream("draws"), draws, n);
    mmoe_boot_init(&b, f, context, n, d);
    mmoe_draws_free(d);
    return b;
}

/* Variance with n below the line, as Efron and Tibshirani have it. */
static double plug_in_variance(const void *context, const uint32_t *row, size_t n)
{
    const double *v = context;
    double mean = mmoe_mean_at(v, row, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[row[i]] - mean) * (v[row[i]] - mean);
    return sum / (double)n;
}

/* Efron and Tibshirani (1993), table 14.1: spatial test data, column A. */
static const double spatial[] = {48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6,
                                 0,  33, 28, 34, 4,  32, 24, 47, 41, 24, 26, 30, 41};

/*
 * Ibidem, section 14.2 and 14.3 and table 14.2: variance 171.5, a = .061, z0 = .146, 90% BCa
 * interval (115.8, 259.6), percentile (100.8, 233.9) with 2,000 draws: z0 has a standard error of
 * .028 there, ends one of 1.5 to 4. With 400,000 draws in NumPy: z0 = .174, BCa (115.5, 260.9),
 * percentile (97.9, 235.8).
 */
static void spatial_test(void **state)
{
    (void)state;
    struct mmoe_boot b = boot_of(plug_in_variance, spatial, 26, DRAWS);
    struct mmoe_interval bca, percentile;
    assert_near(b.value, 171.5, 0.05);
    assert_near(b.acceleration, 0.061, 0.0005);
    assert_near(b.acceleration, 0.06124011981231, 1e-12);
    assert_near(b.bias, 0.146, 0.06);
    assert_near(b.bias, 0.174, 0.02);
    assert_true(mmoe_boot_interval(&b, 0.90, &bca));
    assert_near(bca.low, 115.8, 2);
    assert_near(bca.high, 259.6, 3);
    assert_near(bca.low, 115.47, 1);
    assert_near(bca.high, 260.95, 1.5);
    b.usable = false;
    assert_false(mmoe_boot_interval(&b, 0.90, &percentile));
    assert_near(percentile.low, 100.8, 4);
    assert_near(percentile.high, 233.9, 4);
    mmoe_boot_done(&b);
}

/* Ibidem, table 3.1: fifteen law schools, LSAT and GPA. */
static const double law[2][15] = {
    {576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594},
    {3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96}};

static double correlation(const void *context, const uint32_t *row, size_t n)
{
    const double(*pairs)[15] = context;
    double a[15], b[15];
    for (size_t i = 0; i < n; i++) {
        a[i] = pairs[0][row[i]];
        b[i] = pairs[1][row[i]];
    }
    return mmoe_pearson(a, b, n);
}

/*
 * Ibidem, sections 3.4 and 6.3: correlation .776, standard error by 3,200 draws .132. The interval
 * and the acceleration are those of NumPy with 100,000 draws: 90% (.430, .927).
 */
static void law_schools(void **state)
{
    (void)state;
    struct mmoe_boot b = boot_of(correlation, law, 15, DRAWS);
    struct mmoe_interval i;
    assert_near(b.value, 0.776, 0.0005);
    assert_near(b.acceleration, -0.07567156493788, 1e-12);
    assert_true(mmoe_boot_interval(&b, 0.90, &i));
    assert_near(i.low, 0.430, 0.008);
    assert_near(i.high, 0.927, 0.003);
    mmoe_boot_done(&b);
}

/* Same stream, same bits; another stream, others; as many draws as were asked for, kept or not. */
static void draws_are_theirs(void **state)
{
    (void)state;
    struct mmoe_boot a = boot_of(mmoe_mean_at, spatial, 26, 999),
                     b = boot_of(mmoe_mean_at, spatial, 26, 999), c;
    assert_int_equal(a.draws, 999);
    assert_memory_equal(a.replicate, b.replicate, 999 * sizeof *a.replicate);
    struct mmoe_draws *d = mmoe_draws_new(stream("others"), 999, 26);
    mmoe_boot_init(&c, mmoe_mean_at, spatial, 26, d);
    assert_memory_not_equal(a.replicate, c.replicate, 999 * sizeof *a.replicate);
    mmoe_boot_done(&c);
    mmoe_draws_free(d);
    /* Six million words a draw: two draws are kept, the third is not. A draw of 26 is the first 26
     * words of either. */
    d = mmoe_draws_new(stream("draws"), 3, 6000000);
    mmoe_boot_init(&c, mmoe_mean_at, spatial, 26, d);
    mmoe_boot_done(&b);
    b = boot_of(mmoe_mean_at, spatial, 26, 3);
    assert_memory_equal(b.replicate, c.replicate, 3 * sizeof *b.replicate);
    mmoe_draws_free(d);
    mmoe_boot_done(&c);
    mmoe_boot_done(&b);
    mmoe_boot_done(&a);
}

/* Each row as often as the others, and the whole of the sample. */
static double at_row(const void *context, const uint32_t *row, size_t n)
{
    (void)context;
    assert_true(n > 0);
    return row[n - 1];
}

static void rows_are_even(void **state)
{
    (void)state;
    enum { N = 7, TRIES = 70000 };
    struct mmoe_boot b = boot_of(at_row, NULL, N, TRIES);
    size_t count[N] = {0};
    for (size_t i = 0; i < TRIES; i++)
        count[(size_t)b.replicate[i]]++;
    for (size_t i = 0; i < N; i++)
        assert_near(count[i], TRIES / N, 5 * 93); /* five standard deviations */
    mmoe_boot_done(&b);
}

static double greatest(const void *context, const uint32_t *row, size_t n)
{
    double most = -1;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, ((const double *)context)[row[i]]);
    return most;
}

static double never(const void *context, const uint32_t *row, size_t n)
{
    (void)context;
    (void)row;
    (void)n;
    return (double)NAN;
}

static double surely_above(const void *context, const uint32_t *row, size_t n)
{
    double spread = fabs(mmoe_mean_at(context, row, n) - mmoe_mean(context, n));
    return spread > 1e-9 ? spread : -1;
}

static void degenerate_samples(void **state)
{
    (void)state;
    const double flat[] = {0.3, 0.3, 0.3, 0.3, 0.3}, zero[5] = {0};
    struct mmoe_interval i;
    struct mmoe_boot b = boot_of(mmoe_mean_at, flat, 5, 500);
    assert_true(mmoe_boot_interval(&b, 0.95, &i));
    assert_near(i.low, 0.3, 1e-15);
    assert_near(i.high, 0.3, 1e-15);
    assert_true(mmoe_boot_above(&b, 0) < 0.01 && mmoe_boot_above(&b, 1) > 0.99);
    mmoe_boot_done(&b);
    b = boot_of(mmoe_mean_at, zero, 5, 500);
    assert_near(mmoe_boot_above(&b, 0), 0.5, 1e-12); /* says neither */
    mmoe_boot_done(&b);
    b = boot_of(mmoe_mean_at, zero, 1, 50);
    assert_true(mmoe_boot_interval(&b, 0.95, &i) && i.low >= 0 && i.high <= 0);
    mmoe_boot_done(&b);
    b = boot_of(at_row, NULL, 1, 50); /* which wants a row */
    assert_true(mmoe_boot_interval(&b, 0.95, &i));
    mmoe_boot_done(&b);
    b = boot_of(greatest, spatial, 26, 500);
    assert_true(b.usable && mmoe_boot_interval(&b, 0.95, &i));
    assert_near(i.high, 48, 0);
    mmoe_boot_done(&b);
    b = boot_of(never, spatial, 26, 50);
    assert_false(mmoe_boot_interval(&b, 0.95, &i));
    assert_true(isnan(i.value) && isnan(i.low) && isnan(mmoe_boot_above(&b, 0)) && b.draws == 0);
    mmoe_boot_done(&b);
    b = boot_of(mmoe_mean_at, spatial, 0, 50);
    assert_false(mmoe_boot_interval(&b, 0.95, &i));
    assert_true(isnan(i.value));
    mmoe_boot_done(&b);
}

/* All replicates on one side of the value: no z0, the percentile interval, and it is said. */
static void fallback_is_told(void **state)
{
    (void)state;
    double odd[14];
    for (size_t i = 0; i < 14; i++)
        odd[i] = sqrt((double)i);
    struct mmoe_boot b = boot_of(surely_above, odd, 14, 500);
    struct mmoe_interval i;
    assert_near(b.value, -1, 0);
    assert_false(b.usable);
    assert_false(mmoe_boot_interval(&b, 0.90, &i));
    assert_near(i.low, b.replicate[24], 0); /* rank 25 of 500, (B + 1) / 20 rounded down */
    assert_near(i.high, b.replicate[475], 0);
    mmoe_boot_done(&b);
}

/* The p-value at an end of an interval is what the interval leaves outside, whatever the skew. */
static void tests_are_intervals_turned_round(void **state)
{
    (void)state;
    struct mmoe_boot b = boot_of(plug_in_variance, spatial, 26, DRAWS);
    struct mmoe_interval i;
    mmoe_boot_interval(&b, 0.90, &i);
    assert_near(mmoe_boot_above(&b, i.low), 0.05, 0.002);
    assert_near(mmoe_boot_above(&b, i.high), 0.95, 0.002);
    assert_near(mmoe_boot_within(&b, i.low - 10, i.high), 0.05, 0.002);
    assert_near(mmoe_boot_within(&b, i.low, i.high + 30), 0.05, 0.002);
    assert_true(mmoe_boot_within(&b, i.low - 10, i.high + 30) < 0.05);
    assert_true(mmoe_boot_within(&b, 180, 190) > 0.5);
    assert_near(mmoe_boot_above(&b, -1), 1.0 / (DRAWS + 1), 1e-12);
    mmoe_boot_done(&b);
}

/* Counted ranks give what sorting gives, and leave the scratch as it was. */
static double sorted_iqm(const void *context, const uint32_t *row, size_t n)
{
    struct mmoe_summary s;
    double v[26];
    for (size_t i = 0; i < n; i++)
        v[i] = ((const double *)context)[row[i]];
    s = mmoe_summarize(v, n); /* sorts */
    return s.n == n ? mmoe_iqm(v, n) : (double)NAN;
}

static void ranks_are_counted(void **state)
{
    (void)state;
    double sorted[26], drawn[28];
    uint32_t count[26] = {0}, none[26] = {0};
    memcpy(sorted, spatial, sizeof sorted);
    mmoe_summarize(sorted, 26);
    struct mmoe_ranked ranked = {sorted, mmoe_iqm, 26, count, drawn};
    struct mmoe_boot a = boot_of(mmoe_ranked_at, &ranked, 26, 500),
                     b = boot_of(sorted_iqm, sorted, 26, 500);
    assert_near(a.value, b.value, 0);
    assert_near(a.acceleration, b.acceleration, 0);
    assert_memory_equal(a.replicate, b.replicate, 500 * sizeof *a.replicate);
    assert_memory_equal(count, none, sizeof count);
    mmoe_boot_done(&a);
    mmoe_boot_done(&b);
}

/*
 * Darwin's maize, crossed minus self-fertilised, in eighths of an inch (Fisher, "The Design of
 * Experiments", 1935, sections 17 and 21): of 2^15 flips 863 sum to 314 or more, as many to -314 or
 * less, 5.267% of all.
 */
static const double maize[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

static void darwin(void **state)
{
    (void)state;
    struct mmoe_flips f = mmoe_sign_flip(maize, 15, 0, stream("flips"), NULL);
    assert_true(f.exact);
    assert_int_equal(f.flips, 32768);
    assert_near(f.value, 314.0 / 15, 1e-12);
    assert_near(f.greater, 863.0 / 32768, 1e-15);
    assert_near(f.both, 2 * 863.0 / 32768, 1e-15);
    assert_near(f.both, 0.05267, 5e-6);
    size_t lower = 0; /* all flips whose sum is at most 314 */
    for (size_t mask = 0; mask < 32768; mask++) {
        double sum = 0;
        for (size_t i = 0; i < 15; i++)
            sum += mask >> i & 1 ? -maize[i] : maize[i];
        lower += sum <= 314;
    }
    assert_near(f.less, (double)lower / 32768, 1e-15);
}

/* Hundredths cannot be summed exactly: those that tie do so in spite of it. */
static void flips_tie_in_spite_of_rounding(void **state)
{
    (void)state;
    double hundredths[15];
    for (size_t i = 0; i < 15; i++)
        hundredths[i] = maize[i] / 100;
    struct mmoe_flips f = mmoe_sign_flip(hundredths, 15, 0, stream("flips"), NULL);
    assert_near(f.greater, 863.0 / 32768, 1e-15);
    const double zero[4] = {0};
    f = mmoe_sign_flip(zero, 4, 0, stream("flips"), NULL);
    assert_true(f.greater >= 1 && f.less >= 1 && f.both >= 1);
    f = mmoe_sign_flip(zero, 0, 0, stream("flips"), NULL);
    assert_true(f.greater >= 1 && isnan(f.value));
}

/* Random flips: the maize with pairs that say nothing; never 0, and rows beyond the first block of
 * bits flip too. */
static void random_flips(void **state)
{
    (void)state;
    double padded[160] = {0};
    for (size_t i = 0; i < 15; i++)
        padded[i * 11] = maize[i];
    struct mmoe_flips f = mmoe_sign_flip(padded, 160, DRAWS, stream("flips"), NULL);
    assert_false(f.exact);
    assert_int_equal(f.flips, DRAWS);
    assert_near(f.greater, 0.02634, 0.004);
    assert_near(f.both, 0.05267, 0.006);
    double ones[40];
    for (size_t i = 0; i < 40; i++)
        ones[i] = 1;
    f = mmoe_sign_flip(ones, 40, 999, stream("flips"), NULL);
    assert_near(f.greater, 1.0 / 1000, 1e-15);
    assert_near(f.less, 1, 0);
    /* Two rows that speak, in different blocks: one in four flips leaves both as they are. */
    double two[129] = {0};
    two[0] = two[128] = 1;
    f = mmoe_sign_flip(two, 129, DRAWS, stream("flips"), NULL);
    assert_near(f.greater, 0.25, 0.012);
}

static double difference_of_means(const void *context, const bool *swap, size_t n)
{
    const struct mmoe_pairs *p = context;
    double a = 0, b = 0;
    for (size_t i = 0; i < n; i++) {
        a += swap[i] ? p->b[i] : p->a[i];
        b += swap[i] ? p->a[i] : p->b[i];
    }
    return (a - b) / (double)n;
}

/* Swapping two within a row flips the sign of their difference. */
static void swaps_are_flips(void **state)
{
    (void)state;
    double a[15], b[15];
    for (size_t i = 0; i < 15; i++) {
        b[i] = (double)(i * 7 % 5);
        a[i] = b[i] + maize[i];
    }
    struct mmoe_pairs pairs = {a, b};
    struct mmoe_flips s = mmoe_swap_test(difference_of_means, &pairs, 15, 0, stream("flips"), NULL);
    assert_near(s.value, 314.0 / 15, 1e-12);
    assert_near(s.greater, 863.0 / 32768, 1e-15);
    assert_near(s.both, 2 * 863.0 / 32768, 1e-15);
}

/* --- a stop --- */

/* How often it is asked and computed, and after how many questions the answer is no. */
struct patience {
    size_t asked, until, computed;
};

static bool until(void *context)
{
    struct patience *p = context;
    return p->asked++ < p->until;
}

static double computed_mean(const void *context, const uint32_t *row, size_t n)
{
    struct patience *p = *(struct patience *const *)context;
    p->computed++;
    return mmoe_mean_at(spatial, row, n);
}

static double swapped_mean(const void *context, const bool *swap, size_t n)
{
    struct patience *p = *(struct patience *const *)context;
    p->computed++;
    return n > 0 && swap[0] ? -1 : 1;
}

static void what_is_stopped_computes_no_more(void **state)
{
    (void)state;
    enum { FEW = 7 };
    struct patience p = {.until = FEW}, *context = &p;
    struct mmoe_asked asked = {until, &p};
    struct mmoe_boot b;
    struct mmoe_draws *d = mmoe_draws_new(stream("draws"), 1000, 26);
    mmoe_draws_ask(d, &asked);
    mmoe_boot_init(&b, computed_mean, &context, 26, d);
    assert_true(p.computed <= 2 + FEW); /* of 1 + 1000 + 26 */
    mmoe_boot_done(&b);
    p = (struct patience){.until = 1000 + 3}; /* in the jackknife */
    mmoe_boot_init(&b, computed_mean, &context, 26, d);
    assert_in_range(p.computed, 1001, 1 + 1000 + 4);
    mmoe_boot_done(&b);
    mmoe_draws_free(d);
    p = (struct patience){.until = FEW};
    mmoe_swap_test(swapped_mean, &context, 15, 0, stream("flips"), &asked);
    assert_true(p.computed <= 3 + FEW); /* of 2^15 */
    p = (struct patience){.until = FEW};
    mmoe_sign_flip(maize, 15, 0, stream("flips"), &asked);
    assert_int_equal(p.asked, FEW + 1);
}

TESTS(cmocka_unit_test(what_is_stopped_computes_no_more), cmocka_unit_test(spatial_test),
      cmocka_unit_test(law_schools), cmocka_unit_test(draws_are_theirs),
      cmocka_unit_test(rows_are_even), cmocka_unit_test(degenerate_samples),
      cmocka_unit_test(fallback_is_told), cmocka_unit_test(tests_are_intervals_turned_round),
      cmocka_unit_test(ranks_are_counted), cmocka_unit_test(darwin),
      cmocka_unit_test(flips_tie_in_spite_of_rounding), cmocka_unit_test(random_flips),
      cmocka_unit_test(swaps_are_flips))
