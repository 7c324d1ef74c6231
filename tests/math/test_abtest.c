/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Statistics of A/B experiments: known answers, which NumPy computed from the definitions on whole
 * arrays; that errors are what they say over many experiments; intervals that hold at all times.
 */
#include "tests/test.h"

#include <math.h>

#include <mmoe/abtest.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>

#define DELTA_LOG 0.08142082514890073
#define DELTA_SE 0.03951817566876389
#define CUPED_LOG 0.07750899203122737
#define CUPED_SE 0.02789083825288821
#define JACK_SE 0.014179034775103764
#define NAIVE_SE 0.06469003857885035

/* User i of an arm: impressions, engagements and what was known beforehand. */
static void user(size_t i, double shift, double *y, double *n, double *x)
{
    *n = 5.0 * (double)(1 + i % 7);
    *x = (double)(i * 13 % 11);
    *y = floor(*n * (0.2 + 0.02 * (double)(i % 5) + shift) + 0.3 * *x);
}

static void fill(struct mmoe_arm *a, size_t users, double shift, struct mmoe_arm *bucket,
                 size_t buckets)
{
    for (size_t i = 0; i < users; i++) {
        double y, n, x;
        user(i, shift, &y, &n, &x);
        mmoe_arm_add(a, y, n, x);
        mmoe_arm_add(&bucket[i % buckets], y, n, x);
    }
}

static void known_answers(void **state)
{
    (void)state;
    enum { K = 10 };
    struct mmoe_arm c = {0}, t = {0}, cs[K] = {{0}}, ts[K] = {{0}};
    fill(&c, 60, 0, cs, K);
    fill(&t, 50, 0.03, ts, K);
    struct mmoe_lift delta = mmoe_lift_delta(&c, &t), naive = mmoe_lift_naive(&c, &t),
                     cuped = mmoe_lift_cuped(&c, &t), jack = mmoe_lift_jackknife(cs, ts, K);
    assert_near(delta.log, DELTA_LOG, 1e-12);
    assert_near(delta.se, DELTA_SE, 1e-12);
    assert_near(naive.se, NAIVE_SE, 1e-12);
    assert_near(cuped.log, CUPED_LOG, 1e-12);
    assert_near(cuped.se, CUPED_SE, 1e-12);
    assert_near(jack.log, delta.log, 1e-12);
    assert_near(jack.se, JACK_SE, 1e-12);
    struct mmoe_interval i = mmoe_lift_interval(&delta, 0.95);
    assert_near(i.value, exp(DELTA_LOG) - 1, 1e-12);
    assert_near(i.low, exp(DELTA_LOG - 1.959963984540054 * DELTA_SE) - 1, 1e-9);
    assert_near(i.high, exp(DELTA_LOG + 1.959963984540054 * DELTA_SE) - 1, 1e-9);
    assert_near(mmoe_lift_p(&delta), erfc(DELTA_LOG / DELTA_SE / sqrt(2)), 1e-9);
    i = mmoe_lift_interval(&jack, 0.95);
    assert_near(log(1 + i.high) - jack.log, 2.262157162798205 * JACK_SE, 1e-9); /* t with 9 */
    assert_near(mmoe_lift_detectable(&delta, 0.95, 0.8),
                exp((1.959963984540054 + 0.8416212335729143) * DELTA_SE) - 1, 1e-9);
    i = mmoe_lift_sequence(&delta, 0.95, 100, 1000);
    assert_near(log(1 + i.high) - delta.log, 3.8550546335303104 * DELTA_SE, 1e-9);
    i = mmoe_lift_sequence(&delta, 0.95, 1000, 1000);
    assert_near(delta.log - log(1 + i.low), 3.035208990376253 * DELTA_SE, 1e-9);
}

/* A user's totals grow as they come: the sums are those of the ends. */
static void users_grow(void **state)
{
    (void)state;
    struct mmoe_arm whole = {0}, grown = {0}, bucket[1] = {{0}};
    fill(&whole, 20, 0, bucket, 1);
    for (size_t i = 0; i < 20; i++) {
        double y, n, x;
        user(i, 0, &y, &n, &x);
        mmoe_arm_add(&grown, 1, 2, x);
        mmoe_arm_more(&grown, 1, 2, y - 1, n - 2, x);
    }
    const double *a = (const double *)&whole, *b = (const double *)&grown;
    for (size_t i = 0; i < sizeof whole / sizeof *a; i++)
        assert_near(a[i], b[i], 1e-9);
}

static void nothing_has_no_lift(void **state)
{
    (void)state;
    struct mmoe_arm none = {0}, some = {0}, without = {0}, bucket[1] = {{0}};
    fill(&some, 20, 0, bucket, 1);
    for (size_t i = 0; i < 5; i++)
        mmoe_arm_add(&without, 0, 5, 1);
    const struct mmoe_arm *bad[] = {&none, &without};
    for (size_t i = 0; i < 2; i++) {
        assert_true(isnan(mmoe_lift_delta(bad[i], &some).log));
        assert_true(isnan(mmoe_lift_naive(&some, bad[i]).se));
        assert_true(isnan(mmoe_lift_cuped(bad[i], &some).log));
        assert_true(isnan(mmoe_lift_jackknife(bad[i], bucket, 1).log));
        struct mmoe_lift l = mmoe_lift_delta(bad[i], &some);
        assert_true(isnan(mmoe_lift_p(&l)) && isnan(mmoe_lift_interval(&l, 0.95).low));
    }
    assert_true(isnan(mmoe_split_check(0, 0).p) && !mmoe_split_check(0, 0).alarm);
}

static void splits(void **state)
{
    (void)state;
    struct mmoe_split_check s = mmoe_split_check(5100, 4900); /* chi-square 4 */
    assert_near(s.p, 0.04550026389635842, 1e-9);
    assert_near(s.evidence, 0.09259496612136245, 1e-9);
    assert_false(s.alarm);
    assert_true(mmoe_split_check(5500, 4500).alarm);
    assert_false(mmoe_split_check(10, 12).alarm);
}

/* One experiment of users with impressions of their own rate, looked at after each batch: is there
 * ever a lift by the fixed interval, by the sequence, at the end by the delta method, naively? */
struct seen {
    bool peeked, sequence, delta, naive, cuped;
};

enum { LOOKS = 20, USERS_A_LOOK = 100 };

static struct seen experiment(uint64_t number)
{
    struct mmoe_rng rng = mmoe_rng_stream(number, MMOE_RNG_DATA, "experiment");
    struct mmoe_arm arm[2];
    memset(arm, 0, sizeof arm);
    struct seen s = {0};
    for (size_t look = 0; look < LOOKS; look++) {
        for (size_t i = 0; i < USERS_A_LOOK; i++) {
            mmoe_real u[24];
            uint64_t who = look * USERS_A_LOOK + i;
            mmoe_rng_uniform(rng, who, 24, 0, 1, u);
            double n = 1 + floor(20 * (double)(u[1] * u[1])), y = 0, rate = (double)u[2] * 0.6;
            for (size_t k = 0; k < (size_t)n; k++)
                y += (double)u[3 + k] < rate;
            mmoe_arm_add(&arm[u[0] < (mmoe_real)0.5], y, n, rate);
        }
        struct mmoe_lift l = mmoe_lift_delta(&arm[0], &arm[1]);
        double seen = (double)(look + 1), planned = LOOKS;
        struct mmoe_interval at = mmoe_lift_sequence(&l, 0.95, seen, planned);
        s.peeked |= mmoe_lift_p(&l) < 0.05;
        s.sequence |= at.low > 0 || at.high < 0;
    }
    struct mmoe_lift l = mmoe_lift_delta(&arm[0], &arm[1]);
    s.delta = mmoe_lift_p(&l) < 0.05;
    l = mmoe_lift_naive(&arm[0], &arm[1]);
    s.naive = mmoe_lift_p(&l) < 0.05;
    l = mmoe_lift_cuped(&arm[0], &arm[1]);
    s.cuped = mmoe_lift_p(&l) < 0.05;
    return s;
}

/* Of 1,000 experiments without a difference 5 % +- 3 sd are told to have one by the delta method
 * and by CUPED; more naively, and by whoever peeks; few by the sequence. */
static void calibration(void **state)
{
    (void)state;
    enum { N = 1000 };
    size_t peeked = 0, sequence = 0, delta = 0, naive = 0, cuped = 0;
    for (uint64_t i = 0; i < N; i++) {
        struct seen s = experiment(i);
        peeked += s.peeked;
        sequence += s.sequence;
        delta += s.delta;
        naive += s.naive;
        cuped += s.cuped;
    }
    print_message("naive %zu, delta %zu, CUPED %zu, peeking %zu, sequence %zu of 1,000\n", naive,
                  delta, cuped, peeked, sequence);
    assert_in_range(delta, 29, 71);
    assert_in_range(cuped, 29, 71);
    assert_true(naive > 150);
    assert_true(peeked > 150);
    assert_true(sequence <= 71);
}

/* By hand: means of logarithms 0 and log 2, variances 2 a^2 and 0 over 2. */
static void nets_are_few(void **state)
{
    (void)state;
    const double a = 0.1, control[] = {exp(a), exp(-a)}, same[] = {2, 2}, bad[] = {1, 0};
    struct mmoe_lift l = mmoe_lift_nets(control, 2, same, 2);
    assert_true(fabs(l.log - log(2)) < 1e-12);
    assert_true(fabs(l.se - a) < 1e-12);
    assert_true(fabs(l.df - 1) < 1e-9);
    assert_true(isnan(mmoe_lift_nets(control, 1, same, 2).log));
    assert_true(isnan(mmoe_lift_nets(control, 2, bad, 2).log));
}

/* A lift of .25 % of a rate of .27 takes about 7 million impressions an arm. */
static void power_is_foreseen(void **state)
{
    (void)state;
    double n = mmoe_lift_impressions(0.27, 0.0025, 0.95, 0.8);
    assert_true(n > 6.7e6 && n < 6.9e6);
    assert_true(fabs(mmoe_lift_foreseen(0.27, n, 0.95, 0.8) - 0.0025) < 1e-9);
}

TESTS(cmocka_unit_test(nets_are_few), cmocka_unit_test(power_is_foreseen),
      cmocka_unit_test(known_answers), cmocka_unit_test(users_grow),
      cmocka_unit_test(nothing_has_no_lift), cmocka_unit_test(splits),
      cmocka_unit_test(calibration))
