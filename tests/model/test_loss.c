/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Losses by hand, and the objective's gradient against differences. */
#include "src/model/loss.h"
#include "tests/test.h"

static const struct objective plain = {.tasks = 2, .weight = {1, 1}};

static void by_hand(void **state)
{
    (void)state;
    const mmoe_real p[] = {1, 2, 3, 4}, y[] = {0, 2, 5, 1};
    mmoe_real dp[4];
    double loss[2];
    size_t count[2] = {0};
    assert_true(mmoe_loss_objective(&plain, 2, p, y, NULL, NULL, dp, loss));
    assert_near(loss[0], (1 + 4) / 2.0, 0);
    assert_near(loss[1], 9 / 2.0, 0);
    const double want[] = {1, 0, -2, 3};
    for (size_t i = 0; i < 4; i++)
        assert_near(dp[i], want[i], 0);
    mmoe_loss_add(&plain, 2, p, y, loss, count);
    assert_near(loss[0], 2.5 + 5, 0);
    assert_int_equal(count[0], 2);
}

static void missing_labels_enter_nothing(void **state)
{
    (void)state;
    const mmoe_real none = (mmoe_real)NAN, p[] = {1, 2, 3, 4}, y[] = {none, none, 5, none};
    mmoe_real dp[4];
    double loss[2];
    assert_true(mmoe_loss_objective(&plain, 2, p, y, NULL, NULL, dp, loss));
    assert_near(loss[0], 4, 0);
    assert_true(isnan(loss[1])); /* a mean over nothing */
    const double want[] = {0, 0, -4, 0};
    for (size_t i = 0; i < 4; i++)
        assert_near(dp[i], want[i], 0);
}

/* A batch without a label of a task moves neither its predictions nor its log variance, however far
 * that one went. */
static void a_task_without_labels_stays_as_it_is(void **state)
{
    (void)state;
    const mmoe_real p[] = {1, 2, 3, 4}, y[] = {(mmoe_real)NAN, 1, (mmoe_real)NAN, 2},
                    s[] = {-300, 0};
    mmoe_real dp[4], ds[2] = {7, 7};
    double loss[2];
    assert_true(mmoe_loss_objective(&plain, 2, p, y, s, ds, dp, loss));
    assert_true(isnan(loss[0]) && isfinite(loss[1]));
    assert_true(dp[0] == 0 && dp[2] == 0 && ds[0] == 0 && ds[1] != 0);
}

static void not_finite_is_said(void **state)
{
    (void)state;
    const mmoe_real y[] = {0, 0};
    mmoe_real dp[2];
    double loss[2];
    assert_false(
        mmoe_loss_objective(&plain, 1, (mmoe_real[]){1, (mmoe_real)NAN}, y, NULL, NULL, dp, loss));
    assert_false(mmoe_loss_objective(&plain, 1, (mmoe_real[]){(mmoe_real)INFINITY, 1}, y, NULL,
                                     NULL, dp, loss));
    assert_near(loss[1], 1, 0);
}

static double value(const struct objective *o, const mmoe_real *p, const mmoe_real *y,
                    const mmoe_real *s)
{
    mmoe_real ds[2], dp[6];
    double loss[2], sum = 0;
    mmoe_loss_objective(o, 3, p, y, s, s ? ds : NULL, dp, loss);
    for (size_t k = 0; k < 2; k++)
        sum += o->weight[k] *
               (s ? (o->binary[k] ? 1 : .5) * exp(-(double)s[k]) * loss[k] + (double)s[k] / 2
                  : loss[k]);
    return sum;
}

/* Mixed kinds, weights, uncertainty: the slope is that of the formula. */
static void gradients_agree(void **state)
{
    (void)state;
    const struct objective o = {.tasks = 2, .binary = {false, true}, .weight = {.7, 2}};
    const mmoe_real y[] = {(mmoe_real).5, 1, (mmoe_real)NAN, 0, -1, 1};
    mmoe_real p[] = {1, (mmoe_real)-.3, 2, (mmoe_real)1.5, (mmoe_real).2, 3},
              s[] = {(mmoe_real).4, (mmoe_real)-.6};
    const mmoe_real h = (mmoe_real)(1.0 / 128);
    for (int uncertain = 0; uncertain < 2; uncertain++) {
        mmoe_real dp[6], ds[2], *v = uncertain ? s : NULL;
        double loss[2];
        mmoe_loss_objective(&o, 3, p, y, v, ds, dp, loss);
        assert_near(loss[1], (log1p(exp(-.3)) + .3 + log1p(exp(1.5)) + log1p(exp(-3))) / 3, 1e-6);
        for (size_t i = 0; i < 6; i++) {
            mmoe_real kept = p[i];
            p[i] = kept + h;
            double above = value(&o, p, y, v);
            p[i] = kept - h;
            double below = value(&o, p, y, v);
            p[i] = kept;
            assert_near(dp[i], (above - below) / (2 * (double)h), 1e-4);
        }
        for (size_t k = 0; k < 2 && uncertain; k++) {
            mmoe_real kept = s[k];
            s[k] = kept + h;
            double above = value(&o, p, y, v);
            s[k] = kept - h;
            double below = value(&o, p, y, v);
            s[k] = kept;
            assert_near(ds[k], (above - below) / (2 * (double)h), 1e-4);
        }
    }
}

/* A logit of any size has a finite log loss. */
static void extreme_logits(void **state)
{
    (void)state;
    const struct objective o = {.tasks = 1, .binary = {true}, .weight = {1}};
    const mmoe_real p[] = {1000, -1000}, y[] = {1, 1};
    mmoe_real dp[2];
    double loss;
    assert_true(mmoe_loss_objective(&o, 2, p, y, NULL, NULL, dp, &loss));
    assert_near(loss, 500, 1e-9);
    assert_near(dp[0], 0, 1e-9);
    assert_near(dp[1], -0.5, 1e-9);
}

TESTS(cmocka_unit_test(by_hand), cmocka_unit_test(missing_labels_enter_nothing),
      cmocka_unit_test(a_task_without_labels_stays_as_it_is), cmocka_unit_test(not_finite_is_said),
      cmocka_unit_test(gradients_agree), cmocka_unit_test(extreme_logits))
