/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The claims' tests err as seldom as they say: a few hundred made-up studies; `bench claims` has
 * more. */
#include <mmoe/calibration.h>

#include "tests/test.h"

enum { STUDIES = 300, DRAWS = 400 };
#define THREE_SD 0.038 /* of a share of .05 over so many studies */

static void errors_are_as_rare_as_they_say(void **state)
{
    (void)state;
    static const size_t seeds[] = {20, 50};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_calibration c;
        struct mmoe_error err;
        assert_int_equal(mmoe_calibrate(seeds[i], STUDIES, DRAWS, NULL, NULL, &c, &err), MMOE_OK);
        assert_true(c.holds.value <= 0.05 + THREE_SD && c.fails.value <= 0.05 + THREE_SD);
        assert_true(c.margin3.value <= 0.05 + THREE_SD && c.margin7.value <= 0.05 + THREE_SD);
        for (size_t p = 0; p < MMOE_POPULATIONS; p++) {
            assert_near(c.location[p].value, 0.95, THREE_SD);
            assert_near(c.spread[p].value, 0.95, THREE_SD + 0.01);
        }
    }
}

static bool until_half(void *context, double share)
{
    *(double *)context = share;
    return share < 0.5;
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    struct mmoe_calibration c;
    struct mmoe_error err;
    double share = 0;
    assert_int_equal(mmoe_calibrate(10, 10, 10, until_half, &share, &c, &err), MMOE_STATE);
    assert_near(share, 0.5, 1e-12);
}

TESTS(cmocka_unit_test(errors_are_as_rare_as_they_say), cmocka_unit_test(it_can_be_stopped))
