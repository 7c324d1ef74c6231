/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error of an AUC, and of a difference, against what many samples of rows vary by. */
#include <math.h>

#include <mmoe/delong.h>
#include <mmoe/rng.h>
#include <mmoe/stats.h>

#include "tests/test.h"

enum { ROWS = 300, SAMPLES = 1500 };

/* Rows of which two models know something in common; ties among the first one's scores. */
static void draw(size_t sample, double *label, double *a, double *b)
{
    double z[4 * ROWS];
    mmoe_rng_normal_double(mmoe_rng_stream(3, MMOE_RNG_DATA, "delong"), sample * 4 * ROWS, 4 * ROWS,
                           z);
    for (size_t i = 0; i < ROWS; i++) {
        const double *r = z + 4 * i;
        label[i] = r[0] > 0.8;
        a[i] = round(4 * (label[i] + r[1])) / 4;
        b[i] = 0.8 * label[i] + 0.8 * r[1] + 0.6 * r[2];
    }
}

static void errors_are_what_samples_vary_by(void **state)
{
    (void)state;
    double label[ROWS], a[ROWS], b[ROWS], sum[3] = {0}, squares[3] = {0}, told[3] = {0};
    for (size_t s = 0; s < SAMPLES; s++) {
        struct mmoe_delong d;
        struct mmoe_scored pairs[ROWS];
        draw(s, label, a, b);
        assert_true(mmoe_delong(ROWS, label, a, b, &d));
        for (size_t i = 0; i < ROWS; i++)
            pairs[i] = (struct mmoe_scored){a[i], label[i]};
        assert_near(d.auc[0], mmoe_auc(pairs, ROWS), 1e-12);
        const double v[3] = {d.auc[0], d.auc[1], d.auc[0] - d.auc[1]};
        const double se[3] = {d.se[0], d.se[1], d.difference_se};
        for (size_t k = 0; k < 3; k++) {
            sum[k] += v[k] / SAMPLES;
            squares[k] += v[k] * v[k] / SAMPLES;
            told[k] += se[k] * se[k] / SAMPLES;
        }
    }
    for (size_t k = 0; k < 3; k++) {
        double sd = sqrt(squares[k] - sum[k] * sum[k]);
        print_message("sd %.5f, told %.5f\n", sd, sqrt(told[k]));
        assert_near(sqrt(told[k]) / sd, 1, 0.06); /* the sd itself is known to 2 % */
    }
    assert_true(told[2] < (told[0] + told[1]) / 2); /* what both have in common goes out */
}

/* By hand: positives 2 and 3 (b: 1), negatives 1 and 2. */
static void a_small_case(void **state)
{
    (void)state;
    static const double label[] = {1, 1, 0, 0, NAN}, a[] = {2, 3, 1, 2, 9}, b[] = {1, 3, 1, 2, 9};
    struct mmoe_delong d;
    assert_true(mmoe_delong(5, label, a, b, &d));
    assert_near(d.auc[0], 3.5 / 4, 1e-15);
    assert_near(d.auc[1], 2.5 / 4, 1e-15);
    /* placements of a: positives 3/4, 1, negatives 1, 3/4: variances 1/32, over 2 each */
    assert_near(d.se[0], sqrt(1.0 / 32), 1e-15);
    assert_true(mmoe_delong(5, label, a, a, &d));
    assert_near(d.difference_se, 0, 1e-7);
    assert_true(mmoe_delong(5, label, a, NULL, &d) && isnan(d.auc[1]) && isnan(d.difference_se));
    assert_false(mmoe_delong(2, label, a, b, &d));
    assert_true(isnan(d.auc[0]) && isnan(d.se[0]));
}

TESTS(cmocka_unit_test(errors_are_what_samples_vary_by), cmocka_unit_test(a_small_case))
