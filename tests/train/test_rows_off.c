/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows off: of towers killed by hand, of one unit counted by hand, of models without towers. */
#include "tests/runs.h"

static struct mmoe_error err;

static void tiny_options(struct mmoe_options *o, const char *model)
{
    mmoe_options_default(o);
    put(o, "model", model);
    put(o, "dim", "10");
    put(o, "rows", "200");
    put(o, "test-rows", "130"); /* more than are evaluated at a time */
    put(o, "experts", "3");
    put(o, "steps", "20");
    put(o, "eval-every", "10");
}

/* The weights of a run with those elements of one tensor set to v, taken by the run. */
static void set_all(struct mmoe_run *run, const char *name, size_t first, size_t n, double v)
{
    struct mmoe_arrays a = {0};
    assert_int_equal(mmoe_run_export(run, &a, &err), MMOE_OK);
    const struct mmoe_array *x = mmoe_arrays_find(&a, name);
    assert_non_null(x);
    for (size_t i = first; i < first + n; i++)
        ((float *)x->data)[i] = (float)v;
    assert_int_equal(mmoe_run_import(run, &a, &err), MMOE_OK);
    mmoe_arrays_done(&a);
}

static const double *rows_off(const struct mmoe_run *run)
{
    return mmoe_run_snapshot(run)->value[MMOE_ROWS_OFF];
}

static void a_killed_tower_is_off_everywhere(void **state)
{
    (void)state;
    static const char *const models[] = {"shared-bottom", "mmoe", "omoe", "single-task",
                                         "l2-constrained"};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct mmoe_options o;
        tiny_options(&o, models[i]);
        put(&o, "tower-units", "6,4");
        struct mmoe_run *run = make_run(&o);
        train(run, 10);
        assert_true(rows_off(run)[1] < 1);
        double first = rows_off(run)[0];
        set_all(run, "towers.hidden.1.bias", 4, 4, -1e3); /* of task B */
        assert_near(rows_off(run)[1], 1, 0);
        assert_near(rows_off(run)[0], first, 0);
        finish(run); /* nothing reaches a dead tower's hidden layers */
        mmoe_run_test(run);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        assert_near(s->final[MMOE_ROWS_OFF][1], 1, 0);
        assert_true(mmoe_is_stuck(s->final[MMOE_ROWS_OFF][1]));
        assert_near(s->curve[s->curve_count - 1].value[MMOE_ROWS_OFF][1], 1, 0);
        mmoe_run_free(run);
    }
}

static size_t at(const struct mmoe_tensor *t, size_t i, size_t j, size_t k)
{
    return t->offset + i * t->stride[0] + j * t->stride[1] + k * t->stride[2];
}

static const struct mmoe_tensor *tensor(const struct mmoe_net *net, const char *name)
{
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++)
        if (strcmp(mmoe_net_tensor(net, i)->name, name) == 0)
            return mmoe_net_tensor(net, i);
    fail_msg("no tensor %s", name);
    return NULL;
}

/* Rows of a part for which unit 0 of task B's tower is at most 0. */
static size_t off_by_hand(struct mmoe_net *net, const struct mmoe_rows *rows)
{
    const struct mmoe_tensor *w = tensor(net, "towers.hidden.weight");
    const struct mmoe_tensor *b = tensor(net, "towers.hidden.bias");
    const mmoe_real *p = mmoe_net_params(net);
    size_t off = 0, units, ld;
    for (size_t i = 0; i < rows->n; i++) {
        const struct mmoe_rows row = mmoe_rows_slice(rows, i, 1);
        mmoe_net_forward(net, &row);
        const mmoe_real *h = mmoe_net_hidden(net, 0, &units, &ld);
        double sum = (double)p[at(b, 1, 0, 0)];
        for (size_t j = 0; j < units; j++)
            sum += (double)h[j] * (double)p[at(w, 1, j, 0)];
        off += sum <= 0;
    }
    return off;
}

static void one_unit_counted_by_hand(void **state)
{
    (void)state;
    struct mmoe_options o;
    tiny_options(&o, "shared-bottom");
    put(&o, "tower-units", "4");
    put(&o, "validation-rows", "110");
    struct mmoe_dataset *d = make_rows(&o);
    struct mmoe_run *run = make_run_on(&o, d);
    finish(run);
    set_all(run, "towers.hidden.bias", 5, 3, -1e3); /* task B has its first unit left */
    mmoe_run_test(run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    double validation = (double)off_by_hand(mmoe_run_net(run), &d->validation) / 110;
    double test = (double)off_by_hand(mmoe_run_net(run), &d->test) / 130;
    assert_true(test > 0 && test < 1 && validation > 0 && validation < 1);
    assert_near(s->value[MMOE_ROWS_OFF][1], validation, 1e-12);
    assert_near(s->final[MMOE_ROWS_OFF][1], test, 1e-12);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* What the prediction is made of is the stitch's output: off where all tasks' towers are. */
static void a_stitched_tower_is_off_where_all_are(void **state)
{
    (void)state;
    struct mmoe_options o;
    tiny_options(&o, "cross-stitch");
    put(&o, "tower-units", "4");
    struct mmoe_run *run = make_run(&o);
    set_all(run, "towers.hidden.bias", 0, 4, -1e3);
    assert_true(rows_off(run)[0] < 1);
    assert_near(rows_off(run)[0], rows_off(run)[1], 0);
    set_all(run, "towers.hidden.bias", 4, 4, -1e3);
    assert_near(rows_off(run)[0], 1, 0);
    assert_near(rows_off(run)[1], 1, 0);
    mmoe_run_free(run);
}

/* In nets of moe a row is off where no unit of an expert that its gate keeps is on. */
static void experts_that_predict(void **state)
{
    (void)state;
    for (int sparse = 0; sparse < 2; sparse++) {
        struct mmoe_options o;
        tiny_options(&o, "moe");
        put(&o, "expert-units", "5");
        put(&o, "top-k", sparse ? "1" : "all");
        struct mmoe_run *run = make_run(&o);
        assert_true(rows_off(run)[0] < 0.2 && rows_off(run)[1] < 0.2);
        set_all(run, "b.experts.bias", 0, 10, -1e3); /* two of three experts */
        double some = rows_off(run)[1];
        assert_true(sparse ? some > 0.3 && some < 1 : some < 0.2);
        set_all(run, "b.experts.bias", 0, 15, -1e3);
        assert_near(rows_off(run)[1], 1, 0);
        assert_true(rows_off(run)[0] < 0.2);
        mmoe_run_free(run);
    }
}

static void a_tenth_of_the_rows_is_not_stuck(void **state)
{
    (void)state;
    assert_false(mmoe_is_stuck(0.1));
    assert_true(mmoe_is_stuck(0.1000001));
    assert_false(mmoe_is_stuck(NAN));
    for (size_t m = 0; m < MMOE_METRICS; m++)
        assert_int_equal(mmoe_metrics_table[m].diagnosis,
                         m == MMOE_ROWS_OFF || m == MMOE_GATE_ENTROPY || m == MMOE_GATE_LEAD);
}

TESTS(cmocka_unit_test(a_killed_tower_is_off_everywhere),
      cmocka_unit_test(one_unit_counted_by_hand),
      cmocka_unit_test(a_stitched_tower_is_off_where_all_are),
      cmocka_unit_test(experts_that_predict), cmocka_unit_test(a_tenth_of_the_rows_is_not_stuck))
