/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights as arrays and back: every model gives and takes the same bits, and refuses what is not
 * its own. */
#include "tests/runs.h"
#include "tests/stores.h"

static struct mmoe_error why;

static void set_model(struct mmoe_options *o, size_t model)
{
    small_options(o);
    put(o, "model", mmoe_model_name(mmoe_model_at(model)));
    put(o, "loss-weighting", "uncertainty");
    put(o, "layers", "2");
    put(o, "keep-best", "off");
}

/* Through a file and on: the bits of never having stopped. */
static void going_on_gives_the_same_bits(void **state)
{
    struct place *p = *state;
    static const char *const ends[] = {"npz", "safetensors"};
    char path[160];
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        set_model(&o, m);
        struct mmoe_run *straight = make_run(&o), *stopped = make_run(&o);
        struct mmoe_arrays out = {0}, in = {0};
        train(straight, 50);
        train(stopped, 20);
        snprintf(path, sizeof path, "%s/w.%s", p->folder, ends[m % 2]);
        assert_fine(mmoe_run_export(stopped, &out, &err));
        assert_fine(mmoe_arrays_write(&out, path, &err));
        size_t n = mmoe_net_size(mmoe_run_net(stopped));
        memset(mmoe_net_params(mmoe_run_net(stopped)), 0, n * sizeof(mmoe_real));
        assert_fine(mmoe_arrays_read(&in, path, &err));
        assert_fine(mmoe_run_import(stopped, &in, &err));
        train(stopped, 30);
        assert_memory_equal(mmoe_net_params(mmoe_run_net(straight)),
                            mmoe_net_params(mmoe_run_net(stopped)), n * sizeof(mmoe_real));
        const struct mmoe_snapshot *a = mmoe_run_snapshot(straight),
                                   *b = mmoe_run_snapshot(stopped);
        assert_int_equal(a->curve_count, b->curve_count);
        assert_memory_equal(a->curve, b->curve, a->curve_count * sizeof *a->curve);
        mmoe_arrays_done(&out);
        mmoe_arrays_done(&in);
        mmoe_run_free(straight);
        mmoe_run_free(stopped);
    }
}

static void check_shape(const struct mmoe_arrays *a, const char *name, const char *shape)
{
    const struct mmoe_array *v = mmoe_arrays_find(a, name);
    struct mmoe_text t = {0};
    if (!v)
        fail_msg("no array %s", name);
    mmoe_array_shape(v, &t);
    assert_string_equal(t.s, shape);
    mmoe_text_done(&t);
}

static void names_and_shapes_are_those_of_the_manual(void **state)
{
    (void)state;
    static const struct {
        const char *model, *name, *shape;
    } cases[] = {
        {"mmoe", "experts.weight", "(8, 10, 16)"},
        {"mmoe", "experts.bias", "(8, 16)"},
        {"mmoe", "gates.weight", "(2, 10, 8)"},
        {"omoe", "gates.weight", "(1, 10, 8)"},
        {"mmoe", "towers.hidden.weight", "(2, 16, 8)"},
        {"mmoe", "towers.hidden.bias", "(2, 8)"},
        {"mmoe", "towers.out.weight", "(2, 8)"},
        {"mmoe", "towers.out.bias", "(2)"},
        {"shared-bottom", "bottom.weight", "(10, 59)"},
        {"shared-bottom", "bottom.bias", "(59)"},
        {"single-task", "bottom.weight", "(2, 10, 43)"},
        {"cross-stitch", "bottom.stitch", "(2, 2)"},
        {"tensor-factorization", "bottom.U1", "(10, 10)"},
        {"tensor-factorization", "bottom.S", "(10, 16, 2)"},
        {"moe", "b.experts.out.weight", "(8, 16)"},
        {"moe", "a.gates.weight", "(1, 10, 8)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_options o;
        struct mmoe_arrays a = {0};
        small_options(&o);
        put(&o, "model", cases[i].model);
        struct mmoe_run *run = make_run(&o);
        assert_fine(mmoe_run_export(run, &a, &err));
        check_shape(&a, cases[i].name, cases[i].shape);
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
    }
}

static void what_is_not_its_own_is_refused(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays own = {0}, none = {0};
    small_options(&o);
    struct mmoe_run *mmoe = make_run(&o);
    put(&o, "model", "omoe");
    struct mmoe_run *omoe = make_run(&o);
    put(&o, "model", "shared-bottom");
    struct mmoe_run *bottom = make_run(&o);
    assert_fine(mmoe_run_export(mmoe, &own, &err));
    mmoe_real *w = mmoe_net_params(mmoe_run_net(omoe)), first = w[0];
    assert_refused(mmoe_run_import(omoe, &own, &err), MMOE_INVALID,
                   "gates.weight is (2, 10, 8), but the net's is (1, 10, 8)");
    assert_refused(mmoe_run_import(bottom, &own, &err), MMOE_INVALID, "no array bottom.weight");
    assert_refused(mmoe_run_import(mmoe, &none, &err), MMOE_INVALID, "no array experts.weight");
    assert_true(w[0] == first);
    const size_t one = 1;
    mmoe_arrays_add(&own, "epoch", MMOE_I64, 1, &one, &why); /* is of no net */
    assert_fine(mmoe_run_import(mmoe, &own, &err));
    float *bias = (float *)mmoe_arrays_find(&own, "towers.out.bias")->data;
    bias[1] = INFINITY;
    assert_refused(mmoe_run_import(mmoe, &own, &err), MMOE_INVALID,
                   "towers.out.bias has a number that is not finite");
    bias[1] = 0;
    /* without these the net would be another: deeper, wider, stitched, with more columns */
    static const char *const others[] = {"towers.hidden.1.bias", "gates.noise",
                                         "layer1.experts.weight", "c.experts.out.bias",
                                         "towers.hidden.stitch"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        mmoe_arrays_add(&own, others[i], MMOE_F32, 1, &one, &why);
        assert_refused(mmoe_run_import(mmoe, &own, &err), MMOE_INVALID, others[i]);
        mmoe_free(own.list[--own.count].data);
    }
    mmoe_arrays_done(&own);
    mmoe_run_free(mmoe);
    mmoe_run_free(omoe);
    mmoe_run_free(bottom);
}

TESTS(PLACED(going_on_gives_the_same_bits),
      cmocka_unit_test(names_and_shapes_are_those_of_the_manual),
      cmocka_unit_test(what_is_not_its_own_is_refused))
