/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedded rows in double precision: every model's predictions against those for the vectors
 * written out, the gradient of every vector against central differences, what a step moves and what
 * it lets be.
 */
#include <stdio.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>

#include "src/model/embedding.h"
#include "tests/test.h"

enum { ROWS = 23, FIELDS = 3, UNITS = 4, NUMBERS = 2, DIM = FIELDS * UNITS + NUMBERS, TASKS = 2 };

static const struct mmoe_fields fields = {FIELDS, {{"user", 40}, {"item", 6}, {"hour", 1}}};
static mmoe_real x[ROWS * NUMBERS];
static uint32_t id[ROWS * FIELDS];
static const struct mmoe_rows embedded = {
    .n = ROWS, .dim = NUMBERS, .tasks = TASKS, .x = x, .fields = &fields, .id = id};

static int make_rows(void **state)
{
    (void)state;
    struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, "rows");
    mmoe_mat_init();
    mmoe_rng_normal(rng, 0, ROWS * NUMBERS, x);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t f = 0; f < FIELDS; f++)
            id[i * FIELDS + f] =
                (uint32_t)mmoe_rng_below(rng, i + 1, (uint32_t)f, fields.of[f].levels);
    return 0;
}

static const struct mmoe_spec plain = {.dim = DIM,
                                       .tasks = TASKS,
                                       .batch = ROWS,
                                       .fields = &fields,
                                       .embedding_units = UNITS,
                                       .experts = 3,
                                       .expert_units = {1, {4}},
                                       .bottom_units = {2, {6, 4}},
                                       .tower_units = {1, {3}},
                                       .rank = {3, 2, 2},
                                       .l2_alpha = 0.3};

static struct mmoe_net *net_of(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_net_new(model, spec);
    assert_non_null(net);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 3);
    for (size_t i = 0; i < mmoe_net_kept(net); i++)
        mmoe_net_params(net)[i] += (mmoe_real)(0.2 * sin((double)i));
    mmoe_net_training(net, 5);
    return net;
}

/* The table of a field. */
static mmoe_real *table(struct mmoe_net *net, size_t field, size_t *rows)
{
    char name[64];
    snprintf(name, sizeof name, "embeddings.%s", fields.of[field].name);
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++) {
        const struct mmoe_tensor *t = mmoe_net_tensor(net, i);
        if (strcmp(t->name, name) != 0)
            continue;
        assert_true(t->embedding && t->offset >= mmoe_net_size(net));
        assert_int_equal(t->dim[1], UNITS);
        *rows = t->dim[0];
        return mmoe_net_params(net) + t->offset;
    }
    fail_msg("there is no %s", name);
    return NULL;
}

static double objective(struct mmoe_net *net, const mmoe_real *dy)
{
    const mmoe_real *y = mmoe_net_forward(net, &embedded);
    double sum = 0;
    for (size_t i = 0; i < ROWS * TASKS; i++)
        sum += (double)(dy[i] * y[i]);
    return sum + mmoe_net_penalty(net);
}

/* Predictions are those of a net without embeddings that is given the vectors as inputs. */
static void check_written_out(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_spec bare = *spec;
    bare.fields = NULL;
    struct mmoe_net *a = net_of(model, spec), *b = net_of(model, &bare);
    mmoe_real out[ROWS * DIM];
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t f = 0; f < FIELDS; f++) {
            size_t rows;
            const mmoe_real *t = table(a, f, &rows);
            memcpy(out + i * DIM + f * UNITS, t + id[i * FIELDS + f] * UNITS, UNITS * sizeof *t);
        }
        memcpy(out + i * DIM + FIELDS * UNITS, x + i * NUMBERS, NUMBERS * sizeof *x);
    }
    const struct mmoe_rows dense = {.n = ROWS, .dim = DIM, .tasks = TASKS, .x = out};
    assert_int_equal(mmoe_net_size(a), mmoe_net_size(b));
    memcpy(mmoe_net_params(b), mmoe_net_params(a), mmoe_net_size(a) * sizeof(mmoe_real));
    const mmoe_real *of_a = mmoe_net_forward(a, &embedded), *of_b = mmoe_net_forward(b, &dense);
    for (size_t i = 0; i < ROWS * TASKS; i++)
        assert_near(of_a[i], of_b[i], 1e-12 * (1 + fabs((double)of_b[i])));
    mmoe_net_free(a);
    mmoe_net_free(b);
}

/* With SGD at rate 1 a step takes the gradient off each vector. */
static void check_differences(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = net_of(model, spec);
    mmoe_real dy[ROWS * TASKS];
    size_t kept = mmoe_net_kept(net), wrong = 0, looked = 0;
    mmoe_real *w = mmoe_net_params(net), *was = mmoe_alloc(kept, sizeof *was),
              *moved = mmoe_alloc(kept, sizeof *moved);
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "dy"), 0, ROWS * TASKS, dy);
    objective(net, dy);
    mmoe_net_backward(net, dy);
    memcpy(was, w, kept * sizeof *w);
    mmoe_net_move_embeddings(net, MMOE_EMBEDDING_SGD, 1);
    memcpy(moved, w, kept * sizeof *w);
    memcpy(w, was, kept * sizeof *w);
    for (size_t i = 0; i < mmoe_net_size(net); i++)
        assert_true(memcmp(&moved[i], &was[i], sizeof *was) == 0);
    for (size_t i = mmoe_net_size(net); i < kept; i++) {
        w[i] = was[i] + (mmoe_real)1e-6;
        double above = objective(net, dy);
        w[i] = was[i] - (mmoe_real)1e-6;
        double slope = (above - objective(net, dy)) / 2e-6, g = (double)(was[i] - moved[i]);
        w[i] = was[i];
        looked += fabs(slope) > 0;
        wrong += fabs(slope - g) > 1e-6 * (0.01 + fabs(slope)) + 2e-8;
    }
    if (wrong > 4 || looked < 40)
        fail_msg("%s: %zu of %zu gradients are not the differences, %zu of them not 0",
                 mmoe_model_name(model), wrong, kept - mmoe_net_size(net), looked);
    mmoe_free(was);
    mmoe_free(moved);
    mmoe_net_free(net);
}

static void every_model(void **state)
{
    (void)state;
    struct mmoe_spec lower = plain, chosen = plain, hashed = plain;
    lower.lower_units = (struct mmoe_sizes){2, {5, 4}};
    chosen.top_k = 2;
    chosen.layers = 2;
    hashed.hash = 3;
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        check_written_out(mmoe_model_at(m), &plain);
        check_written_out(mmoe_model_at(m), &lower);
        check_differences(mmoe_model_at(m), &plain);
        check_differences(mmoe_model_at(m), &lower);
        check_differences(mmoe_model_at(m), &chosen);
        check_differences(mmoe_model_at(m), &hashed);
    }
}

/* G += mean(g^2), w -= lr g / sqrt(G): vectors the batch has none of stay as they are. */
static void adagrad_moves_what_the_batch_has(void **state)
{
    (void)state;
    struct mmoe_net *net = net_of(mmoe_model_find("shared-bottom"), &plain);
    mmoe_real dy[ROWS * TASKS], was[40 * UNITS];
    size_t rows, sums, kept = 0;
    mmoe_real *users = table(net, 0, &rows);
    bool there[40] = {false};
    for (size_t i = 0; i < ROWS; i++)
        there[id[i * FIELDS]] = true;
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "dy"), 0, ROWS * TASKS, dy);
    mmoe_net_forward(net, &embedded);
    mmoe_net_backward(net, dy);
    memcpy(was, users, sizeof was);
    mmoe_net_move_embeddings(net, MMOE_EMBEDDING_SGD, 1);
    mmoe_real g[40 * UNITS];
    for (size_t i = 0; i < 40 * UNITS; i++)
        g[i] = was[i] - users[i];
    memcpy(users, was, sizeof was);
    for (int step = 1; step <= 2; step++) {
        memcpy(was, users, sizeof was);
        mmoe_net_move_embeddings(net, MMOE_EMBEDDING_ADAGRAD, 0.5);
        const mmoe_real *sum = mmoe_net_embedding_sums(net, &sums);
        assert_int_equal(sums, 40 + 6 + 1);
        for (size_t u = 0; u < 40; u++) {
            double squares = 0;
            for (size_t j = 0; j < UNITS; j++)
                squares += pow((double)g[u * UNITS + j], 2) / UNITS;
            assert_near(sum[u], step * squares, 1e-9);
            for (size_t j = 0; j < UNITS; j++) {
                double moved = (double)(was[u * UNITS + j] - users[u * UNITS + j]);
                double wanted =
                    there[u] ? 0.5 * (double)g[u * UNITS + j] / sqrt(step * squares + 1e-8) : 0;
                assert_near(moved, wanted, 1e-9);
            }
            kept += !there[u];
        }
    }
    assert_true(kept > 0);
    mmoe_net_free(net);
}

/* A category with no more levels than 2^bits keeps its own rows; a larger one has 2^bits. */
static void hashing(void **state)
{
    (void)state;
    struct mmoe_spec spec = plain;
    spec.hash = 3;
    struct mmoe_net *net = mmoe_net_new(mmoe_model_find("mmoe"), &spec);
    size_t rows[FIELDS], used = 0;
    for (size_t f = 0; f < FIELDS; f++)
        table(net, f, &rows[f]);
    assert_int_equal(rows[0], 8);
    assert_int_equal(rows[1], 6);
    assert_int_equal(rows[2], 1);
    mmoe_net_free(net);
    struct embedding e = {.fields = 1, .kept = {1 << 12}, .hashed = {true}};
    static unsigned char hit[1 << 12];
    for (uint32_t level = 0; level < 20000; level++) {
        uint32_t row = embedding_row(&e, 0, level);
        assert_in_range(row, 0, (1 << 12) - 1);
        used += hit[row]++ == 0;
    }
    assert_true(used > 4000); /* 20,000 levels spread over almost all of 4,096 rows */
}

/* A vector depends on the seed, the category and the level alone. */
static void first_vectors(void **state)
{
    (void)state;
    struct mmoe_fields more = fields;
    struct mmoe_spec spec = plain;
    more.of[0].levels = 90;
    struct mmoe_net *a = mmoe_net_new(mmoe_model_find("mmoe"), &spec);
    spec.fields = &more;
    struct mmoe_net *b = mmoe_net_new(mmoe_model_find("single-task"), &spec);
    mmoe_net_init(a, MMOE_INIT_GLOROT, 7);
    mmoe_net_init(b, MMOE_INIT_HE, 7);
    double squares = 0;
    for (size_t f = 0; f < 2; f++) {
        size_t rows, others;
        const mmoe_real *x_a = table(a, f, &rows), *x_b = table(b, f, &others);
        assert_memory_equal(x_a, x_b, rows * UNITS * sizeof *x_a);
        for (size_t i = 0; i < others * UNITS && f == 0; i++)
            squares += pow((double)x_b[i], 2);
    }
    assert_near(sqrt(squares / (90 * UNITS)), 0.1, 0.015);
    mmoe_net_free(a);
    mmoe_net_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_model),
                                       cmocka_unit_test(adagrad_moves_what_the_batch_has),
                                       cmocka_unit_test(hashing), cmocka_unit_test(first_vectors)};
    return cmocka_run_group_tests(tests, make_rows, NULL);
}
