/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every model on sparse rows against the same rows written out, in double precision: predictions
 * and all gradients, which test_gradient holds to central differences; and, for sparse rows too,
 * some of these differences themselves.
 */
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { ROWS = 37, COLUMNS = 3, LEVELS = 9, NUMBERS = 2, DIM = LEVELS + NUMBERS, TASKS = 2 };

static const uint32_t column[LEVELS] = {0, 0, 0, 0, 1, 1, 1, 2, 2}, usual[COLUMNS] = {2, 4, 8},
                      first_level[COLUMNS + 1] = {0, 4, 7, 9};
static const mmoe_real usual_number[NUMBERS] = {(mmoe_real)-0.5, (mmoe_real)1.25};
static const struct mmoe_fold fold = {.columns = COLUMNS,
                                      .levels = LEVELS,
                                      .numbers = NUMBERS,
                                      .column = column,
                                      .usual = usual,
                                      .number = usual_number};

static mmoe_real x[ROWS * DIM];
static size_t start[ROWS + 1];
static struct mmoe_entry entry[ROWS * (COLUMNS + NUMBERS)];

static void add_entry(size_t *n, size_t at, mmoe_real value)
{
    entry[(*n)++] = (struct mmoe_entry){(uint32_t)at, value};
}

/* Rows of levels, of none of them, and of numbers, half of them usual. */
static int make_rows(void **state)
{
    (void)state;
    struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, "rows");
    size_t n = 0;
    mmoe_mat_init();
    for (size_t i = 0; i < ROWS; i++) {
        size_t none[COLUMNS], nones = 0;
        start[i] = n;
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t levels = first_level[c + 1] - first_level[c];
            size_t drawn = mmoe_rng_below(rng, i, (uint32_t)c, 2 * levels + 1);
            size_t level = drawn < levels ? first_level[c] + drawn : usual[c];
            if (drawn == 2 * levels) {
                none[nones++] = c;
                continue;
            }
            x[i * DIM + level] = 1;
            if (level != usual[c])
                add_entry(&n, level, 1);
        }
        for (size_t k = 0; k < NUMBERS; k++) {
            mmoe_real value = usual_number[k];
            if (mmoe_rng_below(rng, i, (uint32_t)(COLUMNS + k), 2))
                value = (mmoe_real)sin((double)(i * NUMBERS + k));
            x[i * DIM + LEVELS + k] = value;
            if (value > usual_number[k] || value < usual_number[k])
                add_entry(&n, LEVELS + k, value - usual_number[k]);
        }
        for (size_t c = 0; c < nones; c++)
            add_entry(&n, DIM + none[c], 1);
    }
    start[ROWS] = n;
    return 0;
}

static const struct mmoe_rows dense = {.n = ROWS, .dim = DIM, .tasks = TASKS, .x = x},
                              sparse = {.n = ROWS,
                                        .dim = DIM,
                                        .tasks = TASKS,
                                        .fold = &fold,
                                        .start = start,
                                        .entry = entry};

static struct mmoe_net *net_of(const struct mmoe_model *model, struct mmoe_spec spec, bool folded)
{
    spec.folded = folded;
    spec.columns = folded ? COLUMNS : 0;
    struct mmoe_net *net = mmoe_net_new(model, &spec);
    assert_non_null(net);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 3);
    for (size_t i = 0; i < mmoe_net_size(net); i++)
        mmoe_net_params(net)[i] += (mmoe_real)(0.05 * sin((double)i));
    mmoe_net_training(net, 5);
    return net;
}

static void same(const mmoe_real *a, const mmoe_real *b, size_t n, const char *what,
                 const char *model)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)(a[i] - b[i])) <= 1e-11 * (1 + fabs((double)b[i]))))
            fail_msg("%s of %s: element %zu is %.15g, not %.15g", what, model, i, (double)a[i],
                     (double)b[i]);
}

static double objective(struct mmoe_net *net, const mmoe_real *dy)
{
    const mmoe_real *y = mmoe_net_forward(net, &sparse);
    double sum = 0;
    for (size_t i = 0; i < ROWS * TASKS; i++)
        sum += (double)(dy[i] * y[i]);
    return sum + mmoe_net_penalty(net);
}

/* The middle one of three differences at random places must be the gradient: at one of them a ReLU
 * may turn. */
static void check_differences(struct mmoe_net *net, const mmoe_real *dy, const char *name)
{
    mmoe_real *w = mmoe_net_params(net);
    size_t n = mmoe_net_size(net), wrong = 0;
    mmoe_real *g = mmoe_alloc(n, sizeof *g);
    memcpy(g, mmoe_net_grads(net), n * sizeof *g);
    for (size_t k = 0; k < 60; k++) {
        size_t i = (size_t)mmoe_rng_below(mmoe_rng_stream(2, MMOE_RNG_DATA, name), k, 0, n);
        mmoe_real kept = w[i];
        w[i] = kept + (mmoe_real)1e-6;
        double above = objective(net, dy);
        w[i] = kept - (mmoe_real)1e-6;
        double slope = (above - objective(net, dy)) / 2e-6;
        w[i] = kept;
        wrong += fabs(slope - (double)g[i]) > 1e-6 * (0.01 + fabs(slope)) + 2e-8;
    }
    mmoe_free(g);
    if (wrong > 2)
        fail_msg("%s: %zu of 60 gradients are not the differences", name, wrong);
}

static void check(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *a = net_of(model, *spec, false), *b = net_of(model, *spec, true);
    const char *name = mmoe_model_name(model);
    mmoe_real dy[ROWS * TASKS];
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "dy"), 0, ROWS * TASKS, dy);
    const mmoe_real *of_a = mmoe_net_forward(a, &dense), *of_b = mmoe_net_forward(b, &sparse);
    same(of_b, of_a, ROWS * TASKS, "predictions", name);
    mmoe_net_penalty(a);
    mmoe_net_penalty(b);
    mmoe_net_backward(a, dy);
    mmoe_net_backward(b, dy);
    same(mmoe_net_grads(b), mmoe_net_grads(a), mmoe_net_size(a), "gradients", name);
    check_differences(b, dy, name);
    mmoe_net_free(a);
    mmoe_net_free(b);
}

static void sparse_rows_are_their_rows_written_out(void **state)
{
    (void)state;
    static const struct mmoe_spec specs[] = {
        {.experts = 3,
         .expert_units = {1, {4}},
         .bottom_units = {1, {6}},
         .tower_units = {1, {3}},
         .rank = {3, 2, 2},
         .l2_alpha = 0.3},
        {.experts = 2,
         .expert_units = {2, {35, 3}},
         .bottom_units = {2, {67, 4}},
         .tower_units = {2, {4, 2}},
         .layers = 2,
         .balance = 0.7,
         .dropout = 0.3,
         .rank = {4, 9, 1}},
        {.experts = 6,
         .expert_units = {2, {17, 4}},
         .bottom_units = {1, {5}},
         .tower_units = {1, {3}},
         .layers = 2,
         .top_k = 2,
         .gate_noise = true,
         .balance = 0.5},
    };
    for (size_t m = 0; m < mmoe_model_count(); m++)
        for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
            for (int k = MMOE_KERNELS_AUTO; k <= MMOE_KERNELS_SCALAR; k++) {
                struct mmoe_spec spec = specs[s];
                spec.dim = DIM;
                spec.tasks = TASKS;
                spec.batch = ROWS;
                spec.kernels = (enum mmoe_kernels)k;
                if (mmoe_kernels_supported(spec.kernels))
                    check(mmoe_model_at(m), &spec);
            }
}

/* A part of the rows is as the whole: entries are addressed from their first. */
static void parts_of_sparse_rows(void **state)
{
    (void)state;
    const struct mmoe_spec spec = {.dim = DIM,
                                   .tasks = TASKS,
                                   .batch = ROWS,
                                   .experts = 3,
                                   .expert_units = {1, {16}},
                                   .bottom_units = {1, {6}},
                                   .tower_units = {1, {3}}};
    struct mmoe_net *net = net_of(mmoe_model_find("mmoe"), spec, true);
    mmoe_real all[ROWS * TASKS];
    mmoe_net_evaluating(net);
    memcpy(all, mmoe_net_forward(net, &sparse), sizeof all);
    for (size_t i = 0; i < ROWS; i += 5) {
        const struct mmoe_rows part = mmoe_rows_slice(&sparse, i, 5);
        same(mmoe_net_forward(net, &part), all + i * TASKS, part.n * TASKS, "a part", "mmoe");
    }
    mmoe_net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparse_rows_are_their_rows_written_out),
        cmocka_unit_test(parts_of_sparse_rows),
    };
    return cmocka_run_group_tests(tests, make_rows, NULL);
}
