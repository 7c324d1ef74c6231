/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every model's gradients against central differences, in double precision.
 *
 * For f(w) = sum(dy * y(w)) the backward pass must give (f(w + h) - f(w - h)) / 2h
 * in every parameter, but for those where a ReLU turns within the step.
 */
#include "tests/test.h"

#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>

enum { ROWS = 7 };
#define STEP 1e-6

static double objective(struct mmoe_net *net, const mmoe_real *x, const mmoe_real *dy)
{
    const mmoe_real *y = mmoe_net_forward(net, x, ROWS);
    double sum = 0;
    for (size_t i = 0; i < ROWS * mmoe_net_spec(net)->tasks; i++)
        sum += (double)(dy[i] * y[i]);
    return sum;
}

static double difference(struct mmoe_net *net, const mmoe_real *x, const mmoe_real *dy, size_t i, double h)
{
    mmoe_real *w = mmoe_net_params(net), kept = w[i];
    w[i] = kept + (mmoe_real)h;
    double above = objective(net, x, dy);
    w[i] = kept - (mmoe_real)h;
    double below = objective(net, x, dy);
    w[i] = kept;
    return (above - below) / (2 * h);
}

static void check(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_net_new(model, spec);
    size_t n = mmoe_net_size(net), turned = 0;
    mmoe_real x[ROWS * 16], dy[ROWS * MMOE_TASKS_MAX];
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "x"), 0, ROWS * spec->dim, x);
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "dy"), 0, ROWS * spec->tasks, dy);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 3);
    /* biases start at 0; elsewhere their gradients must hold, too */
    mmoe_real *w = mmoe_net_params(net);
    for (size_t i = 0; i < n; i++)
        w[i] += (mmoe_real)(0.05 * sin((double)i));

    objective(net, x, dy);
    mmoe_net_backward(net, dy);
    mmoe_real *g = mmoe_alloc(n, sizeof *g);
    memcpy(g, mmoe_net_grads(net), n * sizeof *g);
    for (size_t i = 0; i < n; i++) {
        double d = difference(net, x, dy, i, STEP);
        if (fabs((double)g[i] - d) <= 1e-6 * (1 + fabs(d)))
            continue;
        /* a ReLU that turns between w - h and w + h: the difference changes with h */
        if (fabs(d - difference(net, x, dy, i, STEP / 64)) > 1e-6 * (1 + fabs(d)) && ++turned <= n / 200)
            continue;
        fail_msg("%s, parameter %zu of %zu: gradient %.12g, difference %.12g", mmoe_model_name(model), i, n,
                 (double)g[i], d);
    }
    mmoe_free(g);
    mmoe_net_free(net);
}

static void every_model_every_shape(void **state)
{
    (void)state;
    static const struct mmoe_spec specs[] = {
        {.dim = 5, .tasks = 2, .batch = ROWS, .experts = 3, .expert_units = {1, {4}}, .bottom_units = {1, {6}},
         .tower_units = {1, {3}}},
        {.dim = 4, .tasks = 3, .batch = ROWS, .experts = 2, .expert_units = {2, {5, 3}}, .bottom_units = {2, {5, 4}},
         .tower_units = {2, {4, 2}}},
        {.dim = 6, .tasks = 1, .batch = ROWS, .experts = 4, .expert_units = {3, {3, 4, 2}},
         .bottom_units = {3, {3, 4, 2}}, .tower_units = {1, {2}}},
        {.dim = 3, .tasks = 4, .batch = ROWS + 2, .experts = 1, .expert_units = {1, {17}}, .bottom_units = {1, {1}},
         .tower_units = {1, {1}}},
    };
    for (size_t m = 0; m < mmoe_model_count(); m++)
        for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
            check(mmoe_model_at(m), &specs[s]);
}

int main(void)
{
    mmoe_mat_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_model_every_shape)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
