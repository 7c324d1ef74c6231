/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The architectures: their parameter counts, tensors and first weights, and
 * their predictions against the formulae computed tensor by tensor.
 */
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>
#include <mmoe/run.h>
#include <mmoe/source.h>
#include <mmoe/synthetic.h>

#include "tests/test.h"

static void resolve(const char *model, const struct mmoe_options *o, size_t tasks,
                    struct mmoe_spec *spec)
{
    mmoe_spec_resolve(o, mmoe_model_find(model), o->dim, tasks, spec);
}

/* PAPER: 13056 weights of experts and towers; Shared-Bottom gets 13056 / (100 + 8 * 2) = 113 units.
 */
static void matched_units(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_spec s;
    mmoe_options_default(&o);
    resolve("shared-bottom", &o, 2, &s);
    assert_int_equal(s.bottom_units.v[0], 113);
    resolve("single-task", &o, 2, &s);
    assert_int_equal(s.bottom_units.v[0], 60);
    put(&o, "bottom-units", "32,16");
    resolve("shared-bottom", &o, 2, &s);
    assert_true(s.bottom_units.n == 2 && s.bottom_units.v[0] == 32 && s.bottom_units.v[1] == 16);
}

static void parameter_counts(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_spec s;
    mmoe_options_default(&o);
    static const size_t columns = 2 * (100 * 60 + 60), factors = 16 * 16 * 2 + 2 * 2;
    static const struct {
        const char *name;
        size_t bottoms, gates, width; /* width: what a tower reads; 0: there are none */
    } cases[] = {
        {"single-task", columns, 0, 60},
        {"shared-bottom", 100 * 113 + 113, 0, 113},
        {"moe", 2 * 8 * (100 * 16 + 16 + 16 + 1), 2 * 100 * 8, 0},
        {"omoe", 8 * (100 * 16 + 16), 100 * 8, 16},
        {"mmoe", 8 * (100 * 16 + 16), 2 * 100 * 8, 16},
        {"l2-constrained", columns, 0, 60},
        {"cross-stitch", columns + 2 * 2 * 2, 0, 60},
        /* the towers' first layer has factors, too: r2 is 8, as many as it has units */
        {"tensor-factorization",
         factors + 100 * 16 + 60 * 16 + 2 * 60 + 16 * 8 * 2 + 2 * 2 + 60 * 16 + 8 * 8 - 2 * 60 * 8,
         0, 60}};
    assert_int_equal(mmoe_model_count(), sizeof cases / sizeof *cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mmoe_model *m = mmoe_model_at(i);
        size_t towers = cases[i].width ? 2 * (cases[i].width * 8 + 8 + 8 + 1) : 0;
        assert_string_equal(mmoe_model_name(m), cases[i].name);
        assert_ptr_equal(mmoe_model_find(cases[i].name), m);
        resolve(cases[i].name, &o, 2, &s);
        assert_int_equal(mmoe_model_parameters(m, &s), cases[i].bottoms + cases[i].gates + towers);
    }
    assert_null(mmoe_model_find("transformer"));
}

static struct mmoe_net *make(const char *model, const char *const *settings, size_t tasks)
{
    struct mmoe_options o;
    struct mmoe_spec s;
    small_options(&o);
    for (; settings && *settings; settings += 2)
        put(&o, settings[0], settings[1]);
    resolve(model, &o, tasks, &s);
    struct mmoe_net *net = mmoe_net_new(mmoe_model_find(model), &s);
    mmoe_net_init(net, (enum mmoe_init)o.init, 5);
    return net;
}

static const struct mmoe_tensor *tensor(const struct mmoe_net *net, const char *name)
{
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++)
        if (strcmp(mmoe_net_tensor(net, i)->name, name) == 0)
            return mmoe_net_tensor(net, i);
    fail_msg("no tensor %s", name);
    return NULL;
}

static double value(struct mmoe_net *net, const struct mmoe_tensor *t, size_t i, size_t j, size_t k)
{
    return (double)mmoe_net_params(
        net)[t->offset + i * t->stride[0] + j * t->stride[1] + k * t->stride[2]];
}

/* Every parameter belongs to exactly one tensor. */
static void tensors_cover_the_arena(void **state)
{
    (void)state;
    static const char *const deep[] = {"expert-units", "7,5", "bottom-units", "6,4", "tower-units",
                                       "3,2",          NULL};
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_net *net = make(mmoe_model_name(mmoe_model_at(m)), deep, 3);
        size_t n = mmoe_net_size(net);
        unsigned char *seen = mmoe_alloc(n, 1);
        for (size_t i = 0; i < mmoe_net_tensor_count(net); i++) {
            const struct mmoe_tensor *t = mmoe_net_tensor(net, i);
            for (size_t a = 0; a < t->dim[0]; a++)
                for (size_t b = 0; b < t->dim[1]; b++)
                    for (size_t c = 0; c < t->dim[2]; c++) {
                        size_t at =
                            t->offset + a * t->stride[0] + b * t->stride[1] + c * t->stride[2];
                        assert_true(at < n);
                        assert_int_equal(seen[at]++, 0);
                    }
        }
        for (size_t i = 0; i < n; i++)
            assert_int_equal(seen[i], 1);
        mmoe_free(seen);
        mmoe_net_free(net);
    }
}

static void first_weights_are_within_their_limits(void **state)
{
    (void)state;
    static const char *const he[] = {"init", "he", NULL};
    for (int is_he = 0; is_he < 2; is_he++) {
        struct mmoe_net *net = make("mmoe", is_he ? he : NULL, 2);
        const struct mmoe_tensor *t = tensor(net, "experts.weight");
        double limit = sqrt(6.0 / (is_he ? 10 : 10 + 16)), most = 0, sum = 0;
        for (size_t e = 0; e < 8; e++)
            for (size_t j = 0; j < 10; j++)
                for (size_t u = 0; u < 16; u++) {
                    most = fmax(most, fabs(value(net, t, e, j, u)));
                    sum += pow(value(net, t, e, j, u), 2) / (8 * 10 * 16);
                }
        assert_true(most <= limit && most > 0.98 * limit);
        assert_near(sum, limit * limit / 3, 0.1 * limit * limit / 3);
        const struct mmoe_tensor *b = tensor(net, "experts.bias");
        assert_int_equal(b->fan_in, 0);
        assert_near(value(net, b, 3, 2, 0), 0, 0);
        mmoe_net_free(net);
    }
}

/* What two models share starts equal; one more expert disturbs no other. */
static void first_weights_depend_on_names_alone(void **state)
{
    (void)state;
    static const char *const more[] = {"experts", "9", NULL};
    struct mmoe_net *one = make("omoe", NULL, 2), *many = make("mmoe", NULL, 2),
                    *nine = make("mmoe", more, 2);
    const struct mmoe_tensor *t[] = {tensor(one, "experts.weight"), tensor(many, "experts.weight"),
                                     tensor(nine, "experts.weight")};
    const struct mmoe_tensor *w[] = {tensor(one, "towers.hidden.weight"),
                                     tensor(many, "towers.hidden.weight")};
    for (size_t e = 0; e < 8; e++)
        for (size_t j = 0; j < 10; j++)
            for (size_t u = 0; u < 16; u++) {
                double first = value(one, t[0], e, j, u);
                assert_near(value(many, t[1], e, j, u), first, 0);
                assert_near(value(nine, t[2], e, j, u), first, 0);
            }
    for (size_t k = 0; k < 2; k++)
        for (size_t j = 0; j < 16; j++)
            assert_near(value(one, w[0], k, j, 7), value(many, w[1], k, j, 7), 0);
    const struct mmoe_tensor *g[] = {tensor(one, "gates.weight"), tensor(many, "gates.weight")};
    assert_near(value(one, g[0], 0, 3, 5), value(many, g[1], 0, 3, 5), 0);
    assert_true(value(many, g[1], 1, 3, 5) != value(many, g[1], 0, 3, 5));
    mmoe_net_free(one);
    mmoe_net_free(many);
    mmoe_net_free(nine);
}

/* relu(W'x + b) of group i of a layer. */
static void layer(struct mmoe_net *net, const char *weight, const char *bias, size_t i, bool relu,
                  const double *x, double *y)
{
    const struct mmoe_tensor *w = tensor(net, weight), *b = tensor(net, bias);
    for (size_t u = 0; u < w->dim[2]; u++) {
        y[u] = value(net, b, i, u, 0);
        for (size_t j = 0; j < w->dim[1]; j++)
            y[u] += value(net, w, i, j, u) * x[j];
        if (relu && y[u] < 0)
            y[u] = 0;
    }
}

/* y_k = h_k(sum_e softmax(W_k x)_e f_e(x)), with experts of two layers. */
static double mixture(struct mmoe_net *net, size_t gate, size_t task, const double *x)
{
    const struct mmoe_tensor *g = tensor(net, "gates.weight");
    double weight[8], sum = 0, f[5] = {0}, first[7], second[5], tower[8], y;
    for (size_t e = 0; e < g->dim[2]; e++) {
        double logit = 0;
        for (size_t j = 0; j < g->dim[1]; j++)
            logit += value(net, g, gate, j, e) * x[j];
        sum += weight[e] = exp(logit);
    }
    for (size_t e = 0; e < g->dim[2]; e++) {
        layer(net, "experts.weight", "experts.bias", e, true, x, first);
        layer(net, "experts.1.weight", "experts.1.bias", e, true, first, second);
        for (size_t u = 0; u < 5; u++)
            f[u] += weight[e] / sum * second[u];
    }
    layer(net, "towers.hidden.weight", "towers.hidden.bias", task, true, f, tower);
    layer(net, "towers.out.weight", "towers.out.bias", task, false, tower, &y);
    return y;
}

static double bottom(struct mmoe_net *net, size_t group, size_t task, const double *x)
{
    double first[6], second[4], tower[8], y;
    layer(net, "bottom.weight", "bottom.bias", group, true, x, first);
    layer(net, "bottom.1.weight", "bottom.1.bias", group, true, first, second);
    layer(net, "towers.hidden.weight", "towers.hidden.bias", task, true, second, tower);
    layer(net, "towers.out.weight", "towers.out.bias", task, false, tower, &y);
    return y;
}

static double predict(struct mmoe_net *net, size_t task, const double *x)
{
    const char *name = mmoe_model_name(mmoe_net_model(net));
    if (strcmp(name, "single-task") == 0 || strcmp(name, "l2-constrained") == 0)
        return bottom(net, task, task, x);
    if (strcmp(name, "shared-bottom") == 0)
        return bottom(net, 0, task, x);
    return mixture(net, strcmp(name, "omoe") == 0 ? 0 : task, task, x);
}

static void predictions_are_the_formulae(void **state)
{
    (void)state;
    static const char *const deep[] = {"expert-units", "7,5", "bottom-units", "6,4", NULL};
    enum { ROWS = 6, TASKS = 3, DIM = 10 };
    mmoe_real x[ROWS * DIM];
    const struct mmoe_rows rows = {.n = ROWS, .dim = DIM, .tasks = TASKS, .x = x};
    mmoe_mat_init();
    mmoe_rng_normal(mmoe_rng_stream(2, MMOE_RNG_DATA, "x"), 0, ROWS * DIM, x);
    /* the others are trained anew by retrain.py */
    static const char *const names[] = {"single-task", "shared-bottom", "omoe", "mmoe",
                                        "l2-constrained"};
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        struct mmoe_net *net = make(names[m], deep, TASKS);
        for (size_t i = 0; i < mmoe_net_size(net); i++)
            mmoe_net_params(net)[i] += (mmoe_real)(0.1 * sin((double)i)); /* biases, too */
        const mmoe_real *y = mmoe_net_forward(net, &rows);
        for (size_t i = 0; i < ROWS; i++) {
            double row[DIM];
            for (size_t j = 0; j < DIM; j++)
                row[j] = (double)x[i * DIM + j];
            for (size_t k = 0; k < TASKS; k++)
                assert_near(y[i * TASKS + k], predict(net, k, row), 1e-5);
        }
        mmoe_net_free(net);
    }
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct mmoe_spec s = {.dim = 1 << 20,
                          .tasks = 2,
                          .batch = 1 << 20,
                          .experts = 64,
                          .expert_units = {1, {1 << 16}},
                          .bottom_units = {1, {1 << 20}},
                          .tower_units = {1, {8}}};
    assert_null(mmoe_net_new(mmoe_model_find("mmoe"), &s));
}

/* --- the options that models heed --- */

/* A value of every option of the group model that is not its default, and what it needs to show. */
static const struct trial {
    const char *option, *value;
    const char *with, *with_value; /* NULL: nothing */
} trials[] = {
    {"experts", "5", NULL, NULL},
    {"expert-units", "7", NULL, NULL},
    {"bottom-units", "9", NULL, NULL},
    {"tower-units", "5", NULL, NULL},
    {"layers", "2", NULL, NULL},
    {"top-k", "2", NULL, NULL},
    {"gate-noise", "on", "top-k", "2"},
    {"balance", "0.5", NULL, NULL},
    {"l2-alpha", "0.5", NULL, NULL},
    {"stitch", "2", NULL, NULL},
    {"r1", "2", NULL, NULL},
    {"r2", "2", NULL, NULL},
    {"r3", "1", NULL, NULL},
    {"dropout", "0.3", NULL, NULL},
    {"init", "he", NULL, NULL},
    {"lower-units", "6", NULL, NULL},
    {"embedding-units", "5", NULL, NULL},
    {"hash", "2", NULL, NULL},
    {"embedding-optimizer", "sgd", NULL, NULL},
    {"embedding-lr", "0.2", NULL, NULL},
};

static struct mmoe_run *trained(const struct mmoe_options *o, struct mmoe_dataset *d)
{
    struct mmoe_error err;
    struct mmoe_run *run = mmoe_run_new(o, d, &err);
    if (!run)
        fail_msg("%s", err.text);
    while (mmoe_run_step(run) == MMOE_CONTINUE)
        continue;
    return run;
}

/* Whether the nets of two runs have the same parameters, to the bit. */
static bool same_bits(struct mmoe_run *a, struct mmoe_run *b)
{
    struct mmoe_net *x = mmoe_run_net(a), *y = mmoe_run_net(b);
    size_t n = mmoe_net_kept(x);
    return n == mmoe_net_kept(y) &&
           memcmp(mmoe_net_params(x), mmoe_net_params(y), n * sizeof(mmoe_real)) == 0;
}

static void try_option(const struct mmoe_options *base, struct mmoe_dataset *d,
                       const struct trial *t)
{
    const struct mmoe_model *model = mmoe_model_at((size_t)base->model);
    struct mmoe_options o = *base;
    if (t->with)
        put(&o, t->with, t->with_value);
    bool heeded = mmoe_model_heeds(model, &o, mmoe_option_find(t->option));
    struct mmoe_run *before = trained(&o, d);
    put(&o, t->option, t->value);
    struct mmoe_run *after = trained(&o, d);
    if (same_bits(before, after) == heeded)
        fail_msg("%s %s %s, but its list says otherwise", mmoe_model_name(model),
                 heeded ? "does not depend on" : "depends on", t->option);
    mmoe_run_free(before);
    mmoe_run_free(after);
}

static void try_options_on(const char *data)
{
    static const char *const widths[] = {"auto", "12"};
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    put(&o, "steps", "5");
    put(&o, "data", data);
    put(&o, "users", "50");
    put(&o, "items", "30");
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &err);
    assert_non_null(d);
    for (size_t m = 0; m < mmoe_model_count(); m++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            put(&o, "model", mmoe_model_name(mmoe_model_at(m)));
            put(&o, "bottom-units", widths[w]);
            for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
                try_option(&o, d, &trials[i]);
        }
    mmoe_dataset_free(d);
}

/* A net changes with the options its model heeds, and with no other: of rows that are embedded, and
 * of others. */
static void models_heed_what_their_lists_name(void **state)
{
    (void)state;
    static const char *const data[] = {"synthetic", "recommender"};
    mmoe_mat_init();
    for (size_t i = 0; i < 2; i++)
        try_options_on(data[i]);
}

static bool is_tried(const char *option)
{
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        if (strcmp(trials[i].option, option) == 0)
            return true;
    return false;
}

/* Every option of the group model is tried above, and those of embeddings; `model` and the other
 * groups are always heeded. */
static void all_options_of_models_are_tried(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        bool own = (option->group == MMOE_GROUP_MODEL && strcmp(option->name, "model") != 0) ||
                   strncmp(option->name, "embedding-", 10) == 0;
        if (is_tried(option->name) != own)
            fail_msg("%s is %s", option->name, own ? "not tried" : "of another group");
        for (size_t m = 0; !own && m < mmoe_model_count(); m++)
            assert_true(mmoe_model_heeds(mmoe_model_at(m), &o, option));
    }
}

TESTS(cmocka_unit_test(matched_units), cmocka_unit_test(parameter_counts),
      cmocka_unit_test(tensors_cover_the_arena),
      cmocka_unit_test(first_weights_are_within_their_limits),
      cmocka_unit_test(first_weights_depend_on_names_alone),
      cmocka_unit_test(predictions_are_the_formulae),
      cmocka_unit_test(impossible_sizes_are_refused),
      cmocka_unit_test(models_heed_what_their_lists_name),
      cmocka_unit_test(all_options_of_models_are_tried))
