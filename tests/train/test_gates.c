/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics of nets whose gates and experts were set by hand. */
#include <mmoe/mat.h>
#include <mmoe/rng.h>

#include "src/train/gates.h"
#include "tests/test.h"

enum { ROWS = 64, DIM = 4, EXPERTS = 4, UNITS = 3 };

static struct mmoe_net *make_sparse(const char *model, size_t top_k)
{
    const struct mmoe_spec s = {.dim = DIM,
                                .tasks = 2,
                                .top_k = top_k,
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

static struct mmoe_net *make(const char *model)
{
    return make_sparse(model, 0);
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

/* Unit u of an expert: the same constant on every row, but for a share of input 1 + u. */
static void set_expert(struct mmoe_net *net, size_t expert, double constant, double share)
{
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t j = 0; j < DIM; j++)
            set(net, "experts.weight", expert, j, u, j == 1 + u % 3 ? share : 0);
        set(net, "experts.bias", expert, u, 0, constant);
    }
}

/* A gate whose logits are the numbers, plus those times input 1. */
static void set_split(struct mmoe_net *net, size_t gate, const double *logits, const double *slope)
{
    set_gate(net, gate, logits);
    for (size_t e = 0; e < EXPERTS; e++)
        set(net, "gates.weight", gate, 1, e, slope[e]);
}

/* Rows for which a gate leaves experts out say nothing of whether these are the same. */
static void copies_where_gates_are_sparse(void **state)
{
    (void)state;
    struct mmoe_net *net = make_sparse("mmoe", 2);
    const double none[EXPERTS] = {0, 0, 0, 0}, split[EXPERTS] = {5, 5, -5, -5};
    set_split(net, 0, none, split); /* experts 0 and 1, or 2 and 3 */
    set_split(net, 1, none, split);
    set_expert(net, 0, 100, 1); /* alike but for what they say of a row */
    set_expert(net, 1, 100, -1);
    set_expert(net, 2, 100, 1);
    set_expert(net, 3, 200, 2);
    struct mmoe_gates g = diagnose(net);
    assert_true(g.chosen[0][0] > 0.2 && g.chosen[0][3] > 0.2);
    assert_int_equal(g.copies, 1); /* 0 is the same as 2 on all rows, but they share none */
    assert_true(g.copy_a == 2 && g.copy_b == 3);
    mmoe_net_free(net);
}

/* Experts of moe predict: their hidden layer lies below what the gates mix. */
static void dead_units_where_gates_are_sparse(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct mmoe_net *net = make_sparse("moe", k);
        for (size_t u = 0; u < UNITS; u++)
            for (size_t e = 0; e < EXPERTS; e++) /* all units are on, but expert 1's of task A */
                set(net, "a.experts.bias", e, u, 0, e == 1 ? -100 : 100),
                    set(net, "b.experts.bias", e, u, 0, 100);
        for (size_t j = 0; j < DIM; j++)
            for (size_t e = 0; e < EXPERTS; e++) {
                set(net, "a.gates.weight", 0, j, e, j == 1 && e < 2 ? 1 - 2 * (double)e : 0);
                set(net, "b.gates.weight", 0, j, e, j == 1 && e < 2 ? 1 - 2 * (double)e : 0);
            }
        struct mmoe_gates g = diagnose(net);
        /* with one expert kept, 0 or 1: the others are never on */
        assert_near(g.dead_share, (k ? 3.0 + 2 : 1.0) / (2 * EXPERTS), 1e-12);
        assert_int_equal(activity.count, 2);
        assert_string_equal(activity.part[0].layer, "a.experts");
        assert_true(activity.part[0].task == 1 && activity.part[1].task == 2);
        assert_int_equal(activity.part[1].units, EXPERTS * UNITS);
        if (k == 1) {
            assert_near(activity.part[0].off, (double)g.chosen[0][1], 1e-6);
            assert_true(activity.part[0].off > 0.2 && activity.part[1].off <= 0);
        }
        mmoe_net_free(net);
    }
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

/* A unit that is killed counts in its layer and its task alone; a stack has a part a layer. */
static void layers_have_parts(void **state)
{
    (void)state;
    struct mmoe_net *net = make("shared-bottom");
    set(net, "towers.hidden.bias", 1, 0, 0, -1e3);
    set(net, "towers.hidden.bias", 1, 1, 0, -1e3);
    set(net, "towers.hidden.bias", 0, 1, 0, -1e3);
    set(net, "towers.hidden.bias", 0, 0, 0, 1e3);
    diagnose(net);
    assert_int_equal(activity.count, 3);
    const struct mmoe_activity_part *p = activity.part;
    assert_string_equal(p[0].layer, "bottom");
    assert_string_equal(p[2].layer, "towers.hidden");
    assert_true(p[0].task == 0 && p[1].task == 1 && p[2].task == 2);
    assert_true(p[0].units == 5 && p[1].units == 2 && p[2].units == 2);
    assert_near(p[1].never, 0.5, 0);
    assert_near(p[1].off, 0, 0);
    assert_near(p[2].never, 1, 0);
    assert_near(p[2].off, 1, 0);
    mmoe_net_free(net);
}

TESTS(cmocka_unit_test(means_entropy_overlap), cmocka_unit_test(unused_experts),
      cmocka_unit_test(dead_units_and_copies), cmocka_unit_test(models_without_gates),
      cmocka_unit_test(copies_where_gates_are_sparse),
      cmocka_unit_test(dead_units_where_gates_are_sparse), cmocka_unit_test(layers_have_parts))
