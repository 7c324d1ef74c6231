/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run kept as arrays and restored goes on as if it had never stopped; what is damaged is refused.
 */
#include <mmoe/mat.h>
#include <mmoe/run.h>
#include <mmoe/synthetic.h>

#include "tests/stores.h"

static struct mmoe_error why;

static struct mmoe_run *make(const struct mmoe_options *o)
{
    mmoe_mat_init();
    struct mmoe_dataset *d = mmoe_synthetic_new(o, NULL, &why);
    struct mmoe_run *run = d ? mmoe_run_new(o, d, &why) : NULL;
    if (!run)
        fail_msg("%s", why.text);
    mmoe_dataset_free(d);
    return run;
}

static void train(struct mmoe_run *run, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        mmoe_run_step(run);
}

static void check_same(struct mmoe_run *a, struct mmoe_run *b)
{
    const struct mmoe_snapshot *x = mmoe_run_snapshot(a), *y = mmoe_run_snapshot(b);
    struct mmoe_arrays left = {0}, right = {0};
    assert_true(x->step == y->step && x->curve_count == y->curve_count && x->stopped == y->stopped);
    assert_fine(mmoe_run_save(a, &left, &err));
    assert_fine(mmoe_run_save(b, &right, &err));
    assert_int_equal(left.count, right.count);
    for (size_t i = 0; i < left.count; i++) {
        assert_string_equal(left.list[i].name, right.list[i].name);
        assert_int_equal(left.list[i].n, right.list[i].n);
        size_t each = left.list[i].type == MMOE_F32 ? 4 : 8;
        if (left.list[i].n)
            assert_memory_equal(left.list[i].data, right.list[i].data, left.list[i].n * each);
    }
    assert_memory_equal(x->gate.mean, y->gate.mean, sizeof x->gate.mean);
    mmoe_arrays_done(&left);
    mmoe_arrays_done(&right);
}

static void a_restored_run_goes_on(void **state)
{
    struct place *p = *state;
    static const char *const extras[][4] = {{"optimizer", "sgd", "lr", "0.01"},
                                            {"keep-best", "on", "patience", "2"},
                                            {"dropout", "0.2", "schedule", "cosine"},
                                            {"top-k", "2", "clip", "1"}};
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        struct mmoe_arrays out = {0}, in = {0};
        small_options(&o);
        put(&o, "model", mmoe_model_name(mmoe_model_at(m)));
        put(&o, extras[m % 4][0], extras[m % 4][1]);
        put(&o, extras[m % 4][2], extras[m % 4][3]);
        struct mmoe_run *straight = make(&o), *stopped = make(&o), *restored = make(&o);
        train(straight, 60);
        train(stopped, 33);
        assert_fine(mmoe_run_save(stopped, &out, &err));
        snprintf(p->file, sizeof p->file, "%s/c.npz", p->folder);
        assert_fine(mmoe_arrays_write(&out, p->file, &err));
        assert_fine(mmoe_arrays_read(&in, p->file, &err));
        assert_fine(mmoe_run_restore(restored, &in, &err));
        train(restored, 27);
        check_same(straight, restored);
        mmoe_arrays_done(&out);
        mmoe_arrays_done(&in);
        mmoe_run_free(straight);
        mmoe_run_free(stopped);
        mmoe_run_free(restored);
    }
}

static void damage(struct mmoe_arrays *a, const char *name, size_t at, double value)
{
    const struct mmoe_array *v = mmoe_arrays_find(a, name);
    if (v->type == MMOE_I64)
        ((int64_t *)v->data)[at] = (int64_t)value;
    else if (v->type == MMOE_F64)
        ((double *)v->data)[at] = value;
    else
        ((float *)v->data)[at] = (float)value;
}

static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t at;
        double value;
        const char *part;
    } cases[] = {
        {"run.counts", 0, -1, "the run"},
        {"run.counts", 0, 1e15, "the run"},
        {"run.counts", 3, 0, "the run"},
        {"run.counts", 7, 99, "the run"},
        {"run.curve", 0, -5, "the curve"},
        {"run.curve", 0, NAN, "the curve"},
        {"run.best", 0, 1e9, "the curve"},
        {"run.counts", 2, 7, "the curve"},
        {"run.curve", 5, 0, "the curve"},
        {"run.curve", 1, INFINITY, "the curve"},
        {"run.recent", 3, NAN, "the curve"},
        {"run.numbers", 0, 2, "the run"},
        {"run.numbers", 1, NAN, "the run"},
        {"run.numbers", 2, -1, "the run"},
        {"run.data", 0, 7, "the rows are not those"},
        {"run.data", 3, 1e-3, "the rows are not those"},
        {"sum2.gates.weight", 1, -1, "sum2"},
        {"weights.gates.weight", 3, NAN, "gates.weight"},
        {"sum2.towers.out.bias", 0, INFINITY, "towers.out.bias"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_options o;
        struct mmoe_arrays a = {0};
        small_options(&o);
        struct mmoe_run *run = make(&o), *other = make(&o);
        train(run, 25);
        assert_fine(mmoe_run_save(run, &a, &err));
        damage(&a, cases[i].name, cases[i].at, cases[i].value);
        assert_refused(mmoe_run_restore(other, &a, &err), MMOE_INVALID, cases[i].part);
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
        mmoe_run_free(other);
    }
    struct mmoe_options o;
    struct mmoe_arrays none = {0};
    small_options(&o);
    struct mmoe_run *run = make(&o);
    assert_refused(mmoe_run_restore(run, &none, &err), MMOE_INVALID, "the run is missing");
    mmoe_run_free(run);
}

/* A run whose first losses were not finite has an empty curve, and comes back as it was. */
static void what_diverged_at_once_comes_back(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    small_options(&o);
    struct mmoe_run *run = make(&o), *other = make(&o);
    for (size_t i = 0; i < mmoe_net_size(mmoe_run_net(run)); i++)
        mmoe_net_params(mmoe_run_net(run))[i] = (mmoe_real)1e30;
    mmoe_run_step(run);
    assert_int_equal(mmoe_run_snapshot(run)->state, MMOE_RUN_DIVERGED);
    assert_fine(mmoe_run_save(run, &a, &err));
    assert_fine(mmoe_run_restore(other, &a, &err));
    assert_int_equal(mmoe_run_snapshot(other)->diverged_step, 1);
    assert_int_equal(mmoe_run_step(other), MMOE_DIVERGED);
    mmoe_arrays_done(&a);
    mmoe_run_free(run);
    mmoe_run_free(other);
}

static void options_survive_as_text(void **state)
{
    (void)state;
    struct mmoe_options o, back;
    struct mmoe_text t = {0};
    mmoe_options_default(&o);
    mmoe_options_default(&back);
    put(&o, "p", "0.123456789012345");
    put(&o, "model", "cross-stitch");
    put(&o, "expert-units", "64,32");
    put(&o, "data", "/tmp/a=b.npz");
    put(&o, "seed.order", "18446744073709551615");
    mmoe_options_text(&o, &t);
    assert_fine(mmoe_options_read(&back, t.s, &err));
    assert_memory_equal(&o, &back, sizeof o);
    assert_refused(mmoe_options_read(&back, "p=0.5\nspeed of light=1\n", &err), MMOE_UNKNOWN,
                   "speed of light");
    assert_refused(mmoe_options_read(&back, "p=0.5\nlr", &err), MMOE_INVALID,
                   "'lr' is no option with its value");
    assert_refused(mmoe_options_read(&back, "p=7\n", &err), MMOE_RANGE, "p must be");
    assert_memory_equal(&o, &back, sizeof o);
    mmoe_text_done(&t);
}

TESTS(PLACED(a_restored_run_goes_on), cmocka_unit_test(what_is_damaged_is_refused),
      cmocka_unit_test(what_diverged_at_once_comes_back), cmocka_unit_test(options_survive_as_text))
