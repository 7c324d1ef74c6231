/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every model's gradients against central differences, in double precision.
 *
 * For f(w) = sum(dy * y(w)) + penalty(w) the backward pass must give
 * (f(w + h) - f(w - h)) / 2h in every parameter, but for those where a ReLU
 * turns or another expert is chosen within the step.
 */
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { ROWS = 7 };
#define STEP 1e-6
#define SMALL 0.01 /* slopes below are told from 0 by rounding alone: relative to this */

static const mmoe_real *forward(struct mmoe_net *net, const mmoe_real *x)
{
    const struct mmoe_rows rows = {.n = ROWS, .dim = mmoe_net_spec(net)->dim, .x = x};
    return mmoe_net_forward(net, &rows);
}

static double objective(struct mmoe_net *net, const mmoe_real *x, const mmoe_real *dy)
{
    const mmoe_real *y = forward(net, x);
    double sum = 0;
    for (size_t i = 0; i < ROWS * mmoe_net_spec(net)->tasks; i++)
        sum += (double)(dy[i] * y[i]);
    return sum + mmoe_net_penalty(net);
}

static double difference(struct mmoe_net *net, const mmoe_real *x, const mmoe_real *dy, size_t i,
                         double h)
{
    mmoe_real *w = mmoe_net_params(net), kept = w[i];
    w[i] = kept + (mmoe_real)h;
    double above = objective(net, x, dy);
    w[i] = kept - (mmoe_real)h;
    double below = objective(net, x, dy);
    w[i] = kept;
    return (above - below) / (2 * h);
}

static double relative(double error, double slope)
{
    return fabs(error) / (SMALL + fabs(slope));
}

/* The largest relative error of a model's gradients. */
static double check(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_net_new(model, spec);
    size_t n = mmoe_net_size(net), turned = 0;
    double worst = 0;
    mmoe_real x[ROWS * 16], dy[ROWS * MMOE_TASKS_MAX];
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "x"), 0, ROWS * spec->dim, x);
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "dy"), 0, ROWS * spec->tasks, dy);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 3);
    mmoe_net_training(net, 5);
    /* biases start at 0; elsewhere their gradients must hold, too */
    mmoe_real *w = mmoe_net_params(net);
    for (size_t i = 0; i < n; i++)
        w[i] += (mmoe_real)(0.05 * sin((double)i));

    objective(net, x, dy);
    mmoe_net_backward(net, dy);
    mmoe_real *g = mmoe_alloc(n, sizeof *g);
    memcpy(g, mmoe_net_grads(net), n * sizeof *g);
    for (size_t i = 0; i < n; i++) {
        double d = difference(net, x, dy, i, STEP), error = relative((double)g[i] - d, d);
        if (error <= 1e-6) {
            worst = fmax(worst, error);
            continue;
        }
        /* a ReLU that turns between w - h and w + h: the difference changes with h */
        if (relative(d - difference(net, x, dy, i, STEP / 64), d) > 1e-4 && ++turned <= n / 200)
            continue;
        fail_msg("%s, parameter %zu of %zu: gradient %.12g, difference %.12g",
                 mmoe_model_name(model), i, n, (double)g[i], d);
    }
    mmoe_free(g);
    mmoe_net_free(net);
    return worst;
}

static void every_model_every_shape(void **state)
{
    (void)state;
    static const struct mmoe_spec specs[] = {
        {.dim = 5,
         .tasks = 2,
         .batch = ROWS,
         .experts = 3,
         .expert_units = {1, {4}},
         .bottom_units = {1, {6}},
         .tower_units = {1, {3}},
         .rank = {3, 2, 2},
         .l2_alpha = 0.3},
        {.dim = 4,
         .tasks = 3,
         .batch = ROWS,
         .experts = 2,
         .expert_units = {2, {5, 3}},
         .bottom_units = {2, {5, 4}},
         .tower_units = {2, {4, 2}},
         .layers = 2,
         .balance = 0.7,
         .rank = {4, 9, 1},
         .stitch = {2, {2, 3}}},
        {.dim = 6,
         .tasks = 1,
         .batch = ROWS,
         .experts = 4,
         .expert_units = {3, {3, 4, 2}},
         .bottom_units = {3, {3, 4, 2}},
         .tower_units = {1, {2}},
         .layers = 3,
         .dropout = 0.3,
         .seed = 3},
        {.dim = 3,
         .tasks = 4,
         .batch = ROWS + 2,
         .experts = 1,
         .expert_units = {1, {17}},
         .bottom_units = {1, {1}},
         .tower_units = {1, {1}},
         .rank = {2, 1, 3}},
        {.dim = 4,
         .tasks = 2,
         .batch = ROWS,
         .experts = 5,
         .expert_units = {2, {4, 3}},
         .bottom_units = {1, {5}},
         .tower_units = {1, {3}},
         .layers = 2,
         .top_k = 2,
         .balance = 0.2,
         .dropout = 0.2},
        {.dim = 4,
         .tasks = 2,
         .batch = ROWS,
         .experts = 6,
         .expert_units = {1, {4}},
         .bottom_units = {1, {5}},
         .tower_units = {1, {3}},
         .layers = 2,
         .top_k = 3,
         .gate_noise = true,
         .balance = 0.5},
        {.dim = 4,
         .tasks = 2,
         .batch = ROWS,
         .experts = 3,
         .expert_units = {1, {4}},
         .bottom_units = {1, {5}},
         .tower_units = {1, {3}},
         .gate_noise = true,
         .balance = 0.5},
    };
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        double worst = 0;
        for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
            worst = fmax(worst, check(mmoe_model_at(m), &specs[s]));
        print_message("%-20s largest relative error %.1e\n", mmoe_model_name(mmoe_model_at(m)),
                      worst);
    }
}

/* An expert that no row chose is not computed: what its weights hold can't reach the output. */
static void experts_not_chosen_are_not_computed(void **state)
{
    (void)state;
    const struct mmoe_spec spec = {.dim = 2,
                                   .tasks = 1,
                                   .batch = ROWS,
                                   .experts = 3,
                                   .expert_units = {1, {2}},
                                   .tower_units = {1, {2}},
                                   .top_k = 1};
    struct mmoe_net *net = mmoe_net_new(mmoe_model_find("omoe"), &spec);
    mmoe_real x[ROWS * 2], *w = mmoe_net_params(net);
    for (size_t i = 0; i < ROWS * 2; i++)
        x[i] = 1;
    mmoe_net_init(net, MMOE_INIT_GLOROT, 1);
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++) {
        const struct mmoe_tensor *t = mmoe_net_tensor(net, i);
        if (strcmp(t->name, "experts.weight") == 0)
            w[t->offset + 2 * t->stride[0]] = (mmoe_real)NAN; /* the third expert's */
        if (strcmp(t->name, "gates.weight") == 0)
            for (size_t e = 0; e < 3; e++) /* e: 1, 2, 0 */
                w[t->offset + e] = w[t->offset + t->stride[1] + e] = (mmoe_real)((e + 1) % 3);
    }
    const mmoe_real *y = forward(net, x), *g = mmoe_net_gate_weights(net, 0);
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(isfinite(y[i]));
        assert_true(g[i * 3] == 0 && g[i * 3 + 1] == 1 && g[i * 3 + 2] == 0);
    }
    mmoe_net_free(net);
}

int main(void)
{
    mmoe_mat_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_model_every_shape),
                                       cmocka_unit_test(experts_not_chosen_are_not_computed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
