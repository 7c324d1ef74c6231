/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics of nets whose gates and experts were set by hand. */
#include <mmoe/mat.h>
#include <mmoe/rng.h>

#include "src/train/gates.h"
#include "tests/test.h"

enum { ROWS = 64, DIM = 4, EXPERTS = 4, UNITS = 3 };

static struct mmoe_net *make(const char *model)
{
    const struct mmoe_spec s = {.dim = DIM,
                                .tasks = 2,
                                .batch = ROWS,
                                .experts = EXPERTS,
                                .expert_units = {1, {UNITS}},
                                .bottom_units = {1, {5}},
                                .tower_units = {1, {2}}};
    mmoe_mat_init();
    struct mmoe_net *net = mmoe_net_new(mmoe_model_find(model), &s);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 1);
    return net;
}

static void set(struct mmoe_net *net, const char *name, size_t i, size_t j, size_t k, double v)
{
    for (size_t t = 0; t < mmoe_net_tensor_count(net); t++) {
        const struct mmoe_tensor *x = mmoe_net_tensor(net, t);
        if (strcmp(x->name, name) == 0)
            mmoe_net_params(
                net)[x->offset + i * x->stride[0] + j * x->stride[1] + k * x->stride[2]] =
                (mmoe_real)v;
    }
}

/* A gate that ignores all inputs but the first, which is 1. */
static void set_gate(struct mmoe_net *net, size_t gate, const double *logits)
{
    for (size_t j = 0; j < DIM; j++)
        for (size_t e = 0; e < EXPERTS; e++)
            set(net, "gates.weight", gate, j, e, j == 0 ? logits[e] : 0);
}

static struct mmoe_activity activity; /* of the last diagnosis */

static struct mmoe_gates diagnose(struct mmoe_net *net)
{
    mmoe_real x[ROWS * DIM];
    struct diagnosis d;
    struct mmoe_gates g;
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "x"), 0, ROWS * DIM, x);
    for (size_t i = 0; i < ROWS; i++)
        x[i * DIM] = 1;
    assert_true(diagnosis_init(&d, net));
    for (int again = 0; again < 2; again++) { /* begin forgets what was */
        diagnosis_begin(&d);
        for (size_t i = 0; i < ROWS; i += ROWS / 2) {
            const struct mmoe_rows some = {.n = ROWS / 2, .dim = DIM, .x = x + i * DIM};
            mmoe_net_forward(net, &some);
            diagnosis_add(&d, net, ROWS / 2);
        }
    }
    diagnosis_end(&d, net, &g, &activity);
    diagnosis_done(&d);
    return g;
}

static void means_entropy_overlap(void **state)
{
    (void)state;
    struct mmoe_net *net = make("mmoe");
    const double even[] = {0, 0, 0, 0}, half[] = {log(8), log(8), 0, -100};
    set_gate(net, 0, even);
    set_gate(net, 1, half);
    struct mmoe_gates g = diagnose(net);
    assert_int_equal(g.gates, 2);
    assert_int_equal(g.experts, EXPERTS);
    const double want[] = {8.0 / 17, 8.0 / 17, 1.0 / 17, 0};
    for (size_t e = 0; e < EXPERTS; e++) {
        assert_near(g.mean[0][e], 0.25, 1e-6);
        assert_near(g.mean[1][e], want[e], 1e-6);
    }
    assert_near(g.entropy[0], log(4), 1e-6);
    assert_near(g.entropy[1], -2 * want[0] * log(want[0]) - want[2] * log(want[2]), 1e-6);
    assert_near(g.overlap[0][1], 0.25 + 0.25 + 1.0 / 17, 1e-6);
    assert_near(g.overlap[0][0], 1, 1e-6);
    assert_near(g.overlap[1][0], g.overlap[0][1], 0);
    assert_int_equal(g.unused, 0); /* the even gate uses all */
    mmoe_net_free(net);
}

static void unused_experts(void **state)
{
    (void)state;
    struct mmoe_net *net = make("mmoe");
    const double two[] = {0, 0, -50, -50}, one[] = {-50, 0, -50, log(0.02)};
    set_gate(net, 0, two);
    set_gate(net, 1, one);
    struct mmoe_gates g = diagnose(net);
    assert_int_equal(g.unused, 2); /* the last one's .0196 is below 1 / 40 */
    assert_true(!g.is_unused[0] && !g.is_unused[1] && g.is_unused[2] && g.is_unused[3]);
    mmoe_net_free(net);
}

static void dead_units_and_copies(void **state)
{
    (void)state;
    struct mmoe_net *net = make("mmoe");
    struct mmoe_gates g = diagnose(net);
    assert_int_equal(g.copies, 0);
    double dead = g.dead_share;
    /* expert 3 becomes twice expert 1 */
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t j = 0; j < DIM; j++) {
            double w = 0.3 * (double)(j + 1) * (u % 2 ? -1 : 1) + 0.1 * (double)u;
            set(net, "experts.weight", 1, j, u, w);
            set(net, "experts.weight", 3, j, u, 2 * w);
        }
        set(net, "experts.bias", 1, u, 0, 0.5);
        set(net, "experts.bias", 3, u, 0, 1.0);
    }
    g = diagnose(net);
    assert_int_equal(g.copies, 1);
    assert_int_equal(g.copy_a, 1);
    assert_int_equal(g.copy_b, 3);
    /* two units of expert 0 never fire */
    for (size_t j = 0; j < DIM; j++)
        for (size_t u = 0; u < 2; u++)
            set(net, "experts.weight", 0, j, u, 0);
    for (size_t u = 0; u < 2; u++)
        set(net, "experts.bias", 0, u, 0, -1);
    assert_near(dead, 0, 0);
    g = diagnose(net);
    assert_near(g.dead_share, 2.0 / (EXPERTS * UNITS), 1e-12);
    mmoe_net_free(net);
}

static void models_without_gates(void **state)
{
    (void)state;
    struct mmoe_net *net = make("shared-bottom");
    for (size_t j = 0; j < DIM; j++)
        set(net, "bottom.weight", 0, j, 2, 0);
    set(net, "bottom.bias", 0, 2, 0, -1);
    struct mmoe_gates g = diagnose(net);
    assert_true(g.gates == 0 && g.experts == 0 && g.copies == 0 && g.unused == 0);
    assert_near(g.dead_share, 1.0 / 5, 1e-12);
    mmoe_net_free(net);
}

TESTS(cmocka_unit_test(means_entropy_overlap), cmocka_unit_test(unused_experts),
      cmocka_unit_test(dead_units_and_copies), cmocka_unit_test(models_without_gates))
