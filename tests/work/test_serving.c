/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request costs: numbers that do not depend on the machine; and that it can be stopped. */
#include <mmoe/mat.h>
#include <mmoe/recommender.h>
#include <mmoe/serving.h>

#include "tests/test.h"

static bool once(void *context, double share)
{
    (void)share;
    return (*(size_t *)context)++ == 0;
}

static void options_of(struct mmoe_options *o, const char *model)
{
    mmoe_options_default(o);
    put(o, "data", "recommender");
    put(o, "users", "100");
    put(o, "items", "50");
    put(o, "embedding-units", "4");
    put(o, "bottom-units", "20,10");
    put(o, "tower-units", "5");
    put(o, "model", model);
}

/* D = 14 vectors of 4 and 8 numbers; a bottom of 20 and 10 units, towers of 5 and 1. */
static void counted_by_hand(void **state)
{
    (void)state;
    enum { D = MMOE_RECOMMENDER_FIELDS * 4 + MMOE_RECOMMENDER_NUMBERS };
    struct mmoe_error err;
    struct mmoe_options o[2];
    struct mmoe_serving s[2];
    size_t asked = 0;
    mmoe_mat_init();
    options_of(&o[0], "shared-bottom");
    options_of(&o[1], "single-task");
    assert_int_equal(mmoe_serving_measure(o, 2, NULL, NULL, s, &err), MMOE_OK);
    size_t bottom = D * 20 + 20 * 10, tower = 10 * 5 + 5;
    assert_int_equal(s[0].parameters, bottom + 30 + 2 * (tower + 6));
    assert_int_equal(s[1].parameters, 2 * (bottom + 30 + tower + 6));
    assert_near(s[0].multiply_adds, bottom + 2 * tower, 0);
    assert_near(s[1].multiply_adds, 2 * (bottom + tower), 0);
    for (size_t i = 0; i < 2; i++) {
        double numbers = (double)(s[i].parameters + MMOE_RECOMMENDER_FIELDS * 4);
        assert_near(s[i].bytes, numbers * sizeof(mmoe_real), 0);
        assert_true(s[i].p50 > 0 && s[i].p50 <= s[i].p99);
    }
    assert_int_equal(mmoe_serving_measure(o, 2, once, &asked, s, &err), MMOE_STATE);
    assert_int_equal(asked, 2);
}

TESTS(cmocka_unit_test(counted_by_hand))
