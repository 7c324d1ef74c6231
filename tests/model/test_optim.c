/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adam and SGD against their algorithms written out in double. */
#include <mmoe/rng.h>

#include "src/model/optim.h"
#include "tests/test.h"

enum { PARAMETERS = 67, STEPS = 25 };

/* Algorithm 1 of Kingma and Ba, word for word. */
static void adam(double *p, double *m, double *v, const mmoe_real *g, int t, double lr)
{
    for (size_t i = 0; i < PARAMETERS; i++) {
        m[i] = 0.9 * m[i] + 0.1 * (double)g[i];
        v[i] = 0.999 * v[i] + 0.001 * (double)g[i] * (double)g[i];
        double m_hat = m[i] / (1 - pow(0.9, t)), v_hat = v[i] / (1 - pow(0.999, t));
        p[i] -= lr * m_hat / (sqrt(v_hat) + 1e-8);
    }
}

static void sgd(double *p, double *m, const mmoe_real *g, double lr)
{
    for (size_t i = 0; i < PARAMETERS; i++) {
        m[i] = 0.9 * m[i] + (double)g[i];
        p[i] -= lr * m[i];
    }
}

static void compare(const char *optimizer)
{
    struct mmoe_options o;
    struct optim optim;
    mmoe_real p[PARAMETERS], g[PARAMETERS], first[PARAMETERS];
    double wide[PARAMETERS] = {0}, m[PARAMETERS] = {0}, v[PARAMETERS] = {0};
    mmoe_options_default(&o);
    put(&o, "optimizer", optimizer);
    assert_true(optim_init(&optim, &o, PARAMETERS));
    for (int again = 0; again < 2; again++) { /* reset is a fresh start */
        memset(p, 0, sizeof p);
        optim_reset(&optim);
        for (int t = 1; t <= STEPS; t++) {
            mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "g"), (uint64_t)t, PARAMETERS, g);
            optim_step(&optim, p, g);
            if (again)
                continue;
            if (optim.kind == MMOE_OPTIMIZER_ADAM)
                adam(wide, m, v, g, t, 0.01);
            else
                sgd(wide, m, g, 0.01);
            for (size_t i = 0; i < PARAMETERS; i++)
                assert_near(p[i], wide[i], 1e-5);
        }
        if (again)
            assert_memory_equal(p, first, sizeof p);
        memcpy(first, p, sizeof p);
    }
    optim_done(&optim);
}

static void adam_is_adam(void **state)
{
    (void)state;
    compare("adam");
}

static void sgd_is_sgd(void **state)
{
    (void)state;
    compare("sgd");
}

static void no_gradient_no_step(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct optim optim;
    mmoe_real p[2] = {1, -2}, g[2] = {0, 0};
    mmoe_options_default(&o);
    optim_init(&optim, &o, 2);
    optim_step(&optim, p, g);
    assert_true(p[0] == 1 && p[1] == -2);
    optim_done(&optim);
}

TESTS(cmocka_unit_test(adam_is_adam), cmocka_unit_test(sgd_is_sgd),
      cmocka_unit_test(no_gradient_no_step))
