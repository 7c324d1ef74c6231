/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bootstrap against the examples of those who invented it. */
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

static double mean_at(const void *context, const uint32_t *row, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((const double *)context)[row[i]];
    return sum / (double)n;
}

/* Variance with n below the line, as Efron and Tibshirani have it. */
static double plug_in_variance(const void *context, const uint32_t *row, size_t n)
{
    const double *v = context;
    double mean = mean_at(v, row, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[row[i]] - mean) * (v[row[i]] - mean);
    return sum / (double)n;
}

/* Efron and Tibshirani (1993), table 14.1: spatial test data, column A. */
static const double spatial[] = {48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6,
                                 0,  33, 28, 34, 4,  32, 24, 47, 41, 24, 26, 30, 41};

/*
 * Ibidem, section 14.2: variance 171.5, 90 % percentile interval (100.8, 233.9) with 2,000 draws,
 * whose ends have a standard error of 1.5 to 4. With 400,000 draws in NumPy: (97.9, 235.8).
 */
static void spatial_test(void **state)
{
    (void)state;
    struct mmoe_boot b = boot_of(plug_in_variance, spatial, 26, DRAWS);
    struct mmoe_interval i = mmoe_boot_interval(&b, 0.90);
    assert_near(b.value, 171.5, 0.05);
    assert_near(i.value, 171.5, 0.05);
    assert_near(i.low, 97.9, 1);
    assert_near(i.high, 235.8, 1);
    /* the error of an end: 0.3 with so many draws, twice that with a quarter of them */
    struct mmoe_boot few = boot_of(plug_in_variance, spatial, 26, DRAWS / 4);
    double error = mmoe_boot_error(&b, 0.90);
    assert_true(error > 0.1 && error < 0.6);
    assert_near(mmoe_boot_error(&few, 0.90) / error, 2, 0.8);
    /* sd of the mean over draws is that of the mean */
    struct mmoe_boot mean = boot_of(mean_at, spatial, 26, DRAWS);
    assert_near(mmoe_boot_sd(&mean), sqrt(171.5 / 26), 0.03);
    mmoe_boot_done(&mean);
    mmoe_boot_done(&few);
    mmoe_boot_done(&b);
}

/* A p-value is the share of the draws on the other side, and never 0. */
static void shares_are_counted(void **state)
{
    (void)state;
    double replicate[] = {-1, 0, 0, 1, 2, 2, 3, 4, 5};
    struct mmoe_boot b = {.value = 1, .replicate = replicate, .draws = 9};
    assert_near(mmoe_boot_above(&b, 0), (1 + 3) / 10.0, 1e-15);
    assert_near(mmoe_boot_below(&b, 2), (1 + 5) / 10.0, 1e-15);
    assert_near(mmoe_boot_above(&b, -2), 0.1, 1e-15);
    assert_near(mmoe_boot_below(&b, 9), 0.1, 1e-15);
    assert_near(mmoe_boot_above(&b, 9), 1, 1e-15);
    struct mmoe_interval i = mmoe_boot_interval(&b, 0.8); /* ranks 1 and 9 of 9 */
    assert_true(i.low == -1 && i.high == 5);
    i = mmoe_boot_interval(&b, 0.5); /* ranks 2 and 8 */
    assert_true(i.low == 0 && i.high == 4);
}

static void draws_are_theirs(void **state)
{
    (void)state;
    struct mmoe_boot a = boot_of(mean_at, spatial, 26, 999), b = boot_of(mean_at, spatial, 26, 999),
                     c;
    assert_int_equal(a.draws, 999);
    assert_memory_equal(a.replicate, b.replicate, 999 * sizeof *a.replicate);
    struct mmoe_draws *d = mmoe_draws_new(stream("others"), 999, 26);
    mmoe_boot_init(&c, mean_at, spatial, 26, d);
    assert_memory_not_equal(a.replicate, c.replicate, 999 * sizeof *a.replicate);
    mmoe_boot_done(&c);
    mmoe_draws_free(d);
    /* Six million words a draw: two draws are kept, the third is not. A draw of 26 is the first 26
     * words of either. */
    d = mmoe_draws_new(stream("draws"), 3, 6000000);
    mmoe_boot_init(&c, mean_at, spatial, 26, d);
    mmoe_boot_done(&b);
    b = boot_of(mean_at, spatial, 26, 3);
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
    return NAN;
}

static void degenerate_samples(void **state)
{
    (void)state;
    const double same[] = {3, 3, 3, 3};
    struct mmoe_boot b = boot_of(mean_at, same, 4, 100);
    struct mmoe_interval i = mmoe_boot_interval(&b, 0.95);
    assert_true(i.value == 3 && i.low == 3 && i.high == 3 && mmoe_boot_error(&b, 0.95) == 0);
    mmoe_boot_done(&b);
    b = boot_of(never, same, 4, 100);
    i = mmoe_boot_interval(&b, 0.95);
    assert_true(b.draws == 0 && isnan(i.value) && isnan(i.low) && isnan(mmoe_boot_above(&b, 0)));
    assert_true(isnan(mmoe_boot_below(&b, 0)) && isnan(mmoe_boot_sd(&b)));
    mmoe_boot_done(&b);
    b = boot_of(mean_at, same, 0, 100);
    assert_true(isnan(b.value) && isnan(mmoe_boot_error(&b, 0.95)));
    mmoe_boot_done(&b);
    b = boot_of(greatest, spatial, 26, 100); /* many draws have the greatest of all */
    i = mmoe_boot_interval(&b, 0.95);
    assert_true(i.high == 48 && i.low < 48);
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
    assert_memory_equal(a.replicate, b.replicate, 500 * sizeof *a.replicate);
    assert_memory_equal(count, none, sizeof count);
    mmoe_boot_done(&a);
    mmoe_boot_done(&b);
}

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
    return mean_at(spatial, row, n);
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
    assert_true(p.computed <= 2 + FEW); /* of 1 + 1000 */
    mmoe_boot_done(&b);
    mmoe_draws_free(d);
}

TESTS(cmocka_unit_test(what_is_stopped_computes_no_more), cmocka_unit_test(spatial_test),
      cmocka_unit_test(shares_are_counted), cmocka_unit_test(draws_are_theirs),
      cmocka_unit_test(rows_are_even), cmocka_unit_test(degenerate_samples),
      cmocka_unit_test(ranks_are_counted))
