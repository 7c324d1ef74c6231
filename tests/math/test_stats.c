/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics against values worked out by hand and by R 4 (quantile type 7). */
#include <mmoe/stats.h>

#include "tests/test.h"

static void moments(void **state)
{
    (void)state;
    const double v[] = {2, 4, 4, 4, 5, 5, 7, 9};
    assert_near(mmoe_mean(v, 8), 5, 0);
    assert_near(mmoe_variance(v, 8), 32.0 / 7, 1e-15);
    assert_true(isnan(mmoe_mean(v, 0)));
    assert_true(isnan(mmoe_variance(v, 1)));
}

/* Plain summation gives 0 here: the ones are lost against 1e16. */
static void sums_are_compensated(void **state)
{
    (void)state;
    const double v[] = {1e16, 1, 1, 1, -1e16, 1};
    assert_near(mmoe_mean(v, 6), 4.0 / 6, 1e-15);
    const double shifted[] = {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4};
    assert_near(mmoe_variance(shifted, 4), 5.0 / 3, 1e-12);
}

static void correlation(void **state)
{
    (void)state;
    const double a[] = {1, 2, 3, 4, 5}, b[] = {2, 1, 4, 3, 5}, c[] = {-3, -5, -7, -9, -11},
                 flat[] = {1, 1, 1, 1, 1};
    assert_near(mmoe_pearson(a, b, 5), 0.8, 1e-15);
    assert_near(mmoe_pearson(a, c, 5), -1, 0);
    assert_true(isnan(mmoe_pearson(a, flat, 5)));
    assert_true(isnan(mmoe_pearson(a, b, 1)));
}

static void quantiles(void **state)
{
    (void)state;
    const double v[] = {1, 2, 4, 8, 16, 32};
    assert_near(mmoe_quantile(v, 6, 0), 1, 0);
    assert_near(mmoe_quantile(v, 6, 0.1), 1.5, 1e-15);
    assert_near(mmoe_quantile(v, 6, 0.25), 2.5, 1e-15);
    assert_near(mmoe_quantile(v, 6, 0.5), 6, 1e-15);
    assert_near(mmoe_quantile(v, 6, 0.9), 24, 1e-14);
    assert_near(mmoe_quantile(v, 6, 1), 32, 0);
    assert_near(mmoe_quantile(v, 1, 0.7), 1, 0);
    assert_true(isnan(mmoe_quantile(v, 0, 0.5)));
}

static void summaries_leave_out_what_diverged(void **state)
{
    (void)state;
    double v[] = {3, (double)NAN, 1, (double)INFINITY, 2, 4};
    struct mmoe_summary s = mmoe_summarize(v, 6);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.diverged, 2);
    assert_near(s.mean, 2.5, 1e-15);
    assert_near(s.sd, sqrt(5.0 / 3), 1e-15);
    assert_near(s.median, 2.5, 1e-15);
    assert_near(s.q25, 1.75, 1e-15);
    assert_near(s.q75, 3.25, 1e-15);
    assert_near(s.min, 1, 0);
    assert_near(s.max, 4, 0);
    for (size_t i = 0; i < 4; i++)
        assert_near(v[i], i + 1, 0);
    s = mmoe_summarize(v, 0);
    assert_true(s.n == 0 && isnan(s.median) && isnan(s.sd));
}

/* Against the definition, pair by pair, with ties. */
static void auc_is_the_share_of_pairs(void **state)
{
    (void)state;
    enum { N = 200 };
    struct mmoe_scored pairs[N], copy[N];
    double wins = 0, count = 0;
    for (size_t i = 0; i < N; i++)
        pairs[i] = (struct mmoe_scored){(double)(i * 37 % 23) + 4 * (double)(i % 3 == 0),
                                        (double)(i % 3 == 0)};
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            if (pairs[i].label > pairs[j].label) {
                count++;
                wins += pairs[i].score > pairs[j].score   ? 1
                        : pairs[i].score < pairs[j].score ? 0
                                                          : 0.5;
            }
    memcpy(copy, pairs, sizeof copy);
    assert_near(mmoe_auc(copy, N), wins / count, 1e-12);
    assert_true(isnan(mmoe_auc(copy, 0)));
    struct mmoe_scored one = {1, 1};
    assert_true(isnan(mmoe_auc(&one, 1)));
}

TESTS(cmocka_unit_test(auc_is_the_share_of_pairs), cmocka_unit_test(moments),
      cmocka_unit_test(sums_are_compensated), cmocka_unit_test(correlation),
      cmocka_unit_test(quantiles), cmocka_unit_test(summaries_leave_out_what_diverged))
