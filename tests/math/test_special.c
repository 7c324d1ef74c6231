/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions at the values that tables print, and outside their domains. */
#include "src/math/special.h"
#include "tests/test.h"

/* Abramowitz and Stegun (1964), tables 26.1 and 26.5. */
static void normal(void **state)
{
    (void)state;
    assert_near(special_normal_cdf(0), 0.5, 1e-15);
    assert_near(special_normal_cdf(1), 0.841344746068543, 1e-15);
    assert_near(special_normal_cdf(-2), 0.022750131948179, 1e-15);
    assert_near(special_normal_quantile(0.975), 1.95996, 5e-6);
    assert_near(special_normal_quantile(0.95), 1.64485, 5e-6);
    for (double z = -6; z <= 6; z += 0.37)
        assert_near(special_normal_quantile(special_normal_cdf(z)), z, 1e-6);
}

/* Critical values of tables of F: 5% of F(1, 10) 4.96, of F(9, 90) 1.9855 (NIST/SEMATECH
 * e-Handbook, 1.3.5.10). */
static void snedecor(void **state)
{
    (void)state;
    assert_near(special_f_upper(4.9646, 1, 10), 0.05, 1e-5);
    assert_near(special_f_upper(1.9855, 9, 90), 0.05, 2e-5);
    /* With 2 and 2 degrees of freedom P(F > f) = 1 / (1 + f). */
    assert_near(special_f_upper(3, 2, 2), 0.25, 1e-14);
    assert_near(special_f_upper(0, 3, 7), 1, 0);
    assert_near(special_f_upper((double)INFINITY, 3, 7), 0, 0);
}

/* Each of these would end the program, or hang, were it handed on. */
static void outside(void **state)
{
    (void)state;
    const double bad = (double)NAN, huge = (double)INFINITY;
    assert_true(isnan(special_normal_cdf(bad)));
    assert_true(isnan(special_normal_quantile(bad)));
    assert_true(isnan(special_normal_quantile(-0.1)) && isnan(special_normal_quantile(1.1)));
    assert_true(isinf(special_normal_quantile(0)) && isinf(special_normal_quantile(1)));
    assert_near(special_normal_cdf(-huge), 0, 0);
    assert_near(special_normal_cdf(huge), 1, 0);
    assert_true(isnan(special_f_upper(bad, 1, 1)) && isnan(special_f_upper(1, 0, 1)));
    assert_true(isnan(special_f_upper(1, 1, -1)) && isnan(special_f_upper(-1, 1, 1)) &&
                isnan(special_f_upper(1, huge, 1)));
}

TESTS(cmocka_unit_test(normal), cmocka_unit_test(snedecor), cmocka_unit_test(outside))
