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

/* Critical values of Student's table: 2.5 % beyond 2.2622 with 9 degrees of freedom. */
static void student(void **state)
{
    (void)state;
    assert_near(special_t_upper(2.262157163, 9), 0.025, 1e-10);
    assert_near(special_t_quantile(0.975, 9), 2.262157163, 1e-9);
    assert_near(special_t_quantile(0.05, 199), -1.652546746, 1e-8);
    /* With one degree of freedom it is Cauchy's: P(T > 1) = 1/4. */
    assert_near(special_t_upper(1, 1), 0.25, 1e-14);
    assert_near(special_t_upper(0, 5), 0.5, 1e-15);
    assert_near(special_t_upper((double)INFINITY, 5), 0, 0);
    assert_near(special_t_upper(-(double)INFINITY, 5), 1, 0);
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
    assert_true(isnan(special_t_upper(bad, 1)) && isnan(special_t_upper(1, 0)));
    assert_true(isnan(special_t_upper(1, -1)) && isnan(special_t_upper(1, huge)));
    assert_true(isnan(special_t_quantile(0, 3)) && isnan(special_t_quantile(1, 3)) &&
                isnan(special_t_quantile(0.5, bad)));
}

TESTS(cmocka_unit_test(normal), cmocka_unit_test(student), cmocka_unit_test(outside))
