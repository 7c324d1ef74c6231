/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gates over time: what a run keeps of its evaluations, thinned, as arrays and back. */
#include <mmoe/mem.h>

#include "tests/runs.h"

static void a_run_keeps_what_its_evaluations_say(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "model", "mmoe");
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    train(run, 20);
    const struct mmoe_gates then = s->gate;
    finish(run);
    assert_int_equal(s->gate_time->count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->gate_time->step[i], 20 * i);
    for (size_t e = 0; e < s->gate.experts; e++) {
        assert_true(mmoe_gate_time_at(s->gate_time, 1, 1, e) == then.mean[1][e]);
        assert_true(mmoe_gate_time_at(s->gate_time, 3, 1, e) == s->gate.mean[1][e]);
    }
    mmoe_run_reset(run);
    assert_int_equal(s->gate_time->count, 1);
    mmoe_run_free(run);
    put(&o, "model", "shared-bottom");
    run = make_run(&o);
    assert_null(mmoe_run_snapshot(run)->gate_time);
    mmoe_run_free(run);
}

static struct mmoe_gates gates_at(size_t step)
{
    struct mmoe_gates g = {.gates = 1, .experts = 2};
    g.mean[0][0] = 1 / (1 + (float)step);
    g.mean[0][1] = 1 - g.mean[0][0];
    return g;
}

static struct mmoe_gate_time *filled(size_t n)
{
    struct mmoe_gate_time *t = mmoe_gate_time_new(1, 2);
    for (size_t i = 0; i < n; i++) {
        const struct mmoe_gates g = gates_at(10 * i);
        mmoe_gate_time_push(t, 10 * i, &g);
    }
    return t;
}

static void many_evaluations_are_thinned(void **state)
{
    (void)state;
    for (size_t n = 1; n < 3000; n += 37) {
        struct mmoe_gate_time *t = filled(n);
        assert_true(t->count >= 1 && t->count <= MMOE_GATE_TIME_MAX);
        assert_int_equal(t->step[0], 0);
        assert_int_equal(t->step[t->count - 1], 10 * (n - 1));
        for (size_t i = 0; i < t->count; i++) {
            assert_true(i == 0 || t->step[i] > t->step[i - 1]);
            assert_true(mmoe_gate_time_at(t, i, 0, 0) == gates_at(t->step[i]).mean[0][0]);
        }
        assert_true(n < 3 || t->count > MMOE_GATE_TIME_MAX / 3 || t->count == n);
        mmoe_free(t);
    }
}

static void arrays_read_back(void **state)
{
    (void)state;
    struct mmoe_gate_time *t = filled(700), *back = mmoe_gate_time_new(1, 2);
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    assert_int_equal(mmoe_gate_time_save(t, &a, &err), MMOE_OK);
    assert_true(mmoe_gate_time_restore(back, &a, 6990));
    assert_true(t->count == back->count && t->pushed == back->pushed && t->stride == back->stride);
    assert_memory_equal(t->step, back->step, t->count * sizeof t->step[0]);
    assert_memory_equal(t->mean, back->mean, t->count * 2 * sizeof t->mean[0]);
    assert_false(mmoe_gate_time_restore(back, &a, 100)); /* of steps to come */
    int64_t *counts = a.list[1].data;
    const int64_t hostile[][2] = {{0, 1},
                                  {t->pushed, 3},
                                  {t->pushed, 1},
                                  {t->pushed + 9, 2},
                                  {3 * (int64_t)(t->count - 1) + 1, 3}};
    const int64_t sound[] = {counts[0], counts[1]};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        memcpy(counts, hostile[i], sizeof hostile[i]);
        assert_false(mmoe_gate_time_restore(back, &a, 6990));
    }
    memcpy(counts, sound, sizeof sound);
    ((double *)a.list[0].data)[1] = 7;
    assert_false(mmoe_gate_time_restore(back, &a, 6990));
    struct mmoe_gate_time *other = mmoe_gate_time_new(2, 2);
    assert_false(mmoe_gate_time_restore(other, &a, 6990));
    mmoe_arrays_done(&a);
    assert_true(mmoe_gate_time_restore(other, &a, 6990)); /* an older file has none */
    assert_int_equal(other->count, 0);
    mmoe_free(t);
    mmoe_free(back);
    mmoe_free(other);
}

TESTS(cmocka_unit_test(a_run_keeps_what_its_evaluations_say),
      cmocka_unit_test(many_evaluations_are_thinned), cmocka_unit_test(arrays_read_back))
