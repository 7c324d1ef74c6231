/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Squared error by hand. */
#include "tests/test.h"

#include "src/model/loss.h"

static void by_hand(void **state)
{
    (void)state;
    const mmoe_real p[] = {1, 2, 3, 4}, y[] = {0, 2, 5, 1};
    mmoe_real dp[4];
    double loss[2];
    assert_true(mmoe_loss_squared(2, 2, p, y, dp, loss));
    assert_near(loss[0], (1 + 4) / 2.0, 0);
    assert_near(loss[1], 9 / 2.0, 0);
    const double want[] = {1, 0, -2, 3};
    for (size_t i = 0; i < 4; i++)
        assert_near(dp[i], want[i], 0);
    mmoe_loss_add(2, 2, p, y, loss);
    assert_near(loss[0], 2.5 + 5, 0);
}

static void not_finite_is_said(void **state)
{
    (void)state;
    const mmoe_real y[] = {0, 0};
    mmoe_real dp[2];
    double loss[2];
    assert_false(mmoe_loss_squared(1, 2, (mmoe_real[]){1, (mmoe_real)NAN}, y, dp, loss));
    assert_false(mmoe_loss_squared(1, 2, (mmoe_real[]){(mmoe_real)INFINITY, 1}, y, dp, loss));
    assert_near(loss[1], 1, 0);
}

TESTS(cmocka_unit_test(by_hand), cmocka_unit_test(not_finite_is_said))
