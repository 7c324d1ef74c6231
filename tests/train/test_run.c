/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run: ten steps against a training written out in double, evaluations,
 * bits that repeat, divergence, and no allocation in a step.
 */
#include <stdlib.h>

#include <mmoe/mem.h>

#include "src/train/batch.h"
#include "tests/runs.h"

/* --- counting allocations: all of ours go through aligned_alloc --- */

static size_t allocations;

void *aligned_alloc(size_t alignment, size_t size)
{
    void *block = NULL;
    allocations++;
    return posix_memalign(&block, alignment, size) == 0 ? block : NULL;
}

/* --- ten steps --- */

enum { D = 10, U = 6, W = 4, T = 2, B = 20 };

/* A shared bottom with its gradients and SGD, element by element in double. */
struct naive {
    double w[D][U], b[U], v[T][U][W], c[T][W], o[T][W], z[T];
};

static double *element(struct naive *n, const char *name, size_t i, size_t j, size_t k)
{
    if (strcmp(name, "bottom.weight") == 0)
        return &n->w[j][k];
    if (strcmp(name, "bottom.bias") == 0)
        return &n->b[j];
    if (strcmp(name, "towers.hidden.weight") == 0)
        return &n->v[i][j][k];
    if (strcmp(name, "towers.hidden.bias") == 0)
        return &n->c[i][j];
    if (strcmp(name, "towers.out.weight") == 0)
        return &n->o[i][j];
    return &n->z[i];
}

static void read_net(struct naive *n, struct mmoe_net *net)
{
    for (size_t t = 0; t < mmoe_net_tensor_count(net); t++) {
        const struct mmoe_tensor *x = mmoe_net_tensor(net, t);
        for (size_t i = 0; i < x->dim[0]; i++)
            for (size_t j = 0; j < x->dim[1]; j++)
                for (size_t k = 0; k < x->dim[2]; k++)
                    *element(n, x->name, i, j, k) = (double)mmoe_net_params(
                        net)[x->offset + i * x->stride[0] + j * x->stride[1] + k * x->stride[2]];
    }
}

/* Adds the gradient of one row's share of the objective to g; returns its squared error in task k.
 */
static void naive_row(const struct naive *n, const mmoe_real *x, const mmoe_real *y,
                      struct naive *g, double *loss)
{
    double f[U], df[U] = {0};
    for (size_t u = 0; u < U; u++) {
        f[u] = n->b[u];
        for (size_t j = 0; j < D; j++)
            f[u] += (double)x[j] * n->w[j][u];
        f[u] = fmax(f[u], 0);
    }
    for (size_t k = 0; k < T; k++) {
        double h[W], p = n->z[k];
        for (size_t i = 0; i < W; i++) {
            h[i] = n->c[k][i];
            for (size_t u = 0; u < U; u++)
                h[i] += f[u] * n->v[k][u][i];
            h[i] = fmax(h[i], 0);
            p += h[i] * n->o[k][i];
        }
        double error = p - (double)y[k], dp = 2 * error / B;
        loss[k] += error * error / B;
        g->z[k] += dp;
        for (size_t i = 0; i < W; i++) {
            g->o[k][i] += dp * h[i];
            double dh = h[i] > 0 ? dp * n->o[k][i] : 0;
            g->c[k][i] += dh;
            for (size_t u = 0; u < U; u++) {
                g->v[k][u][i] += dh * f[u];
                df[u] += dh * n->v[k][u][i];
            }
        }
    }
    for (size_t u = 0; u < U; u++)
        for (size_t j = 0; j < D && f[u] > 0; j++)
            g->w[j][u] += df[u] * (double)x[j];
    for (size_t u = 0; u < U; u++)
        g->b[u] += f[u] > 0 ? df[u] : 0;
}

static void ten_steps(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct naive n, g, m;
    struct batch batch;
    small_options(&o);
    put(&o, "model", "shared-bottom");
    put(&o, "bottom-units", "6");
    put(&o, "tower-units", "4");
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "0.02");
    struct mmoe_dataset *d = make_rows(&o);
    struct mmoe_run *run = make_run_on(&o, d);
    assert_true(batch_init(&batch, &o, d));
    read_net(&n, mmoe_run_net(run));
    memset(&m, 0, sizeof m);
    for (size_t step = 0; step < 10; step++) {
        double loss[T] = {0};
        memset(&g, 0, sizeof g);
        batch_fill(&batch, step);
        for (size_t i = 0; i < B; i++)
            naive_row(&n, batch.x + i * D, batch.y + i * T, &g, loss);
        double *np = (double *)&n, *gp = (double *)&g, *mp = (double *)&m;
        for (size_t i = 0; i < sizeof n / sizeof *np; i++) {
            mp[i] = 0.9 * mp[i] + gp[i];
            np[i] -= 0.02 * mp[i];
        }
        assert_int_equal(mmoe_run_step(run), MMOE_CONTINUE);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        for (size_t k = 0; k < T; k++)
            assert_near(s->recent[k][step], loss[k], 2e-5 * loss[k]);
    }
    struct naive now;
    read_net(&now, mmoe_run_net(run));
    for (size_t i = 0; i < sizeof n / sizeof(double); i++)
        assert_near(((double *)&now)[i], ((double *)&n)[i], 2e-5);
    batch_done(&batch);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* --- evaluations --- */

static void evaluations_come_when_due(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "steps", "50");
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_int_equal(s->curve_count, 1);
    assert_int_equal(s->state, MMOE_RUN_READY);
    assert_int_equal(finish(run), MMOE_DONE);
    assert_int_equal(mmoe_run_step(run), MMOE_DONE);
    const size_t steps[] = {0, 20, 40, 50};
    assert_int_equal(s->curve_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->curve[i].step, steps[i]);
    assert_near(s->value[MMOE_LOSS][0], s->curve[3].value[MMOE_LOSS][0], 0);
    assert_near(s->value[MMOE_OVER_VAR][1], s->value[MMOE_LOSS][1] / s->var[1], 0);
    mmoe_run_set_steps(run, 55); /* goes on where it was */
    assert_int_equal(finish(run), MMOE_DONE);
    assert_int_equal(s->curve[4].step, 55);
    mmoe_run_free(run);
}

/* The loss is the mean over all held-out rows, also where they are no multiple of the batch. */
static void held_out_loss_by_hand(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "test-rows", "57");
    struct mmoe_dataset *d = make_rows(&o);
    struct mmoe_run *run = make_run_on(&o, d);
    finish(run);
    double loss[2] = {0, 0};
    for (size_t i = 0; i < 57; i++) {
        const struct mmoe_rows row = mmoe_rows_slice(&d->test, i, 1);
        const mmoe_real *p = mmoe_net_forward(mmoe_run_net(run), &row);
        for (size_t k = 0; k < 2; k++)
            loss[k] += pow((double)p[k] - (double)d->test.y[i * 2 + k], 2) / 57;
    }
    assert_near(mmoe_run_snapshot(run)->value[MMOE_LOSS][0], loss[0], 1e-5);
    assert_near(mmoe_run_snapshot(run)->value[MMOE_LOSS][1], loss[1], 1e-5);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

static void long_curves_are_thinned(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "dim", "2");
    put(&o, "test-rows", "1");
    put(&o, "batch", "1");
    put(&o, "experts", "1");
    put(&o, "expert-units", "1");
    put(&o, "tower-units", "1");
    put(&o, "lr", "1e-6");
    put(&o, "eval-every", "1");
    put(&o, "steps", "140001");
    struct mmoe_run *run = make_run(&o);
    assert_int_equal(finish(run), MMOE_DONE);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->curve_count > 32768 && s->curve_count <= 65536);
    assert_int_equal(s->curve[0].step, 0);
    for (size_t i = 1; i + 1 < s->curve_count; i++)
        assert_int_equal(s->curve[i].step - s->curve[i - 1].step, 4);
    assert_int_equal(s->curve[s->curve_count - 1].step, 140001); /* the newest is always there */
    mmoe_run_free(run);
}

/* --- learning, repeating --- */

static void every_model_learns(void **state)
{
    (void)state;
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        small_options(&o);
        o.model = (int)m;
        put(&o, "sines", "0");
        put(&o, "steps", "400");
        struct mmoe_run *run = make_run(&o);
        double before = mmoe_run_snapshot(run)->value[MMOE_LOSS][0];
        assert_int_equal(finish(run), MMOE_DONE);
        assert_true(mmoe_run_snapshot(run)->value[MMOE_LOSS][0] < 0.2 * before);
        assert_true(mmoe_run_snapshot(run)->value[MMOE_OVER_VAR][1] < 0.2);
        mmoe_run_free(run);
    }
}

static void the_same_options_give_the_same_bits(void **state)
{
    (void)state;
    static const char *const orders[] = {"replace", "shuffle", "sequential"};
    for (size_t i = 0; i < 3; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "order", orders[i]);
        struct mmoe_run *a = make_run(&o), *b = make_run(&o);
        finish(a);
        finish(b);
        size_t bytes = mmoe_net_size(mmoe_run_net(a)) * sizeof(mmoe_real);
        assert_memory_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(b)),
                            bytes);
        assert_same_curve(mmoe_run_snapshot(a), mmoe_run_snapshot(b));
        mmoe_run_reset(a); /* back to the start, and the same way again */
        assert_int_equal(mmoe_run_at(a), 0);
        finish(a);
        assert_memory_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(b)),
                            bytes);
        assert_same_curve(mmoe_run_snapshot(a), mmoe_run_snapshot(b));
        mmoe_run_free(a);
        mmoe_run_free(b);
    }
}

/* Evaluating more often changes no weight. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_run *a = make_run(&o);
    put(&o, "eval-every", "1");
    struct mmoe_run *b = make_run(&o);
    finish(a);
    finish(b);
    assert_memory_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(b)),
                        mmoe_net_size(mmoe_run_net(a)) * sizeof(mmoe_real));
    mmoe_run_free(a);
    mmoe_run_free(b);
}

static void lr_can_change_in_mid_run(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_run *run = make_run(&o);
    for (int i = 0; i < 30; i++)
        mmoe_run_step(run);
    o.lr = 1e-30;
    mmoe_run_tune(run, &o);
    mmoe_real before = mmoe_net_params(mmoe_run_net(run))[0];
    finish(run);
    assert_true(mmoe_net_params(mmoe_run_net(run))[0] == before);
    assert_near(mmoe_run_snapshot(run)->options.lr, 1e-30, 0);
    mmoe_run_free(run);
}

/* --- divergence --- */

static void divergence_keeps_the_last_good_state(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "1e-9");
    struct mmoe_run *run = make_run(&o);
    for (int i = 0; i < 25; i++)
        mmoe_run_step(run);
    struct mmoe_snapshot good;
    mmoe_snapshot_init(&good, 0);
    mmoe_snapshot_copy(&good, mmoe_run_snapshot(run));
    o.lr = 1e6;
    mmoe_run_tune(run, &o);
    assert_int_equal(finish(run), MMOE_DIVERGED);
    assert_int_equal(mmoe_run_step(run), MMOE_DIVERGED);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_int_equal(s->state, MMOE_RUN_DIVERGED);
    assert_true(s->diverged_step > 25 && s->diverged_step < 60);
    assert_near(s->value[MMOE_LOSS][0], good.value[MMOE_LOSS][0], 0);
    assert_same_curve(s, &good);
    mmoe_run_mark(run, MMOE_RUN_FINISHED, 0); /* a driver cannot talk it away */
    assert_int_equal(s->state, MMOE_RUN_DIVERGED);
    const mmoe_real *w = mmoe_net_params(mmoe_run_net(run));
    for (size_t i = 0; i < mmoe_net_size(mmoe_run_net(run)); i++)
        assert_true(isfinite(w[i]));
    o.lr = 1e-9;
    mmoe_run_tune(run, &o);
    mmoe_run_reset(run);
    assert_int_equal(finish(run), MMOE_DONE);
    mmoe_snapshot_done(&good);
    mmoe_run_free(run);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    static const char *const orders[] = {"replace", "shuffle"};
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        small_options(&o);
        o.model = (int)m;
        put(&o, "order", orders[m % 2]);
        struct mmoe_run *run = make_run(&o);
        assert_true(allocations > 0);
        size_t before = allocations;
        finish(run);
        assert_int_equal(allocations, before);
        mmoe_run_free(run);
    }
}

static void impossible_runs_are_refused(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    o.batch = 501;
    assert_null(mmoe_run_new(&o, d, &err));
    assert_int_equal(err.status, MMOE_RANGE);
    assert_non_null(strstr(err.text, "batch 501"));
    o.batch = 20;
    o.experts = 64;
    o.expert_units = (struct mmoe_sizes){3, {1 << 16, 1 << 16, 1 << 16}};
    assert_null(mmoe_run_new(&o, d, &err));
    assert_int_equal(err.status, MMOE_LIMIT);
    assert_non_null(strstr(err.text, "does not fit in memory"));
    mmoe_dataset_free(d);
}

/* --- ends, and what is kept --- */

/* A learning rate at which the loss soon rises again. */
static void patience_ends_a_run_and_the_best_is_kept(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays best = {0};
    struct mmoe_error err;
    small_options(&o);
    put(&o, "steps", "4000");
    put(&o, "rows", "60");
    put(&o, "patience", "5");
    put(&o, "keep-best", "on");
    put(&o, "monitor", "1");
    struct mmoe_run *run = make_run(&o);
    assert_int_equal(finish(run), MMOE_DONE);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->stopped && s->step < 4000);
    assert_int_equal(s->step, s->best.step + 5 * o.eval_every);
    for (size_t i = 0; i < s->curve_count; i++)
        assert_true(s->curve[i].value[MMOE_LOSS][0] >= s->best.value[MMOE_LOSS][0]);
    assert_int_equal(mmoe_run_step(run), MMOE_DONE); /* it stays where it is */
    /* what is exported has the best evaluation's loss */
    double loss = s->best.value[MMOE_LOSS][0];
    assert_false(mmoe_failed(mmoe_run_export(run, &best, &err)));
    assert_false(mmoe_failed(mmoe_run_import(run, &best, &err)));
    assert_near(mmoe_run_snapshot(run)->value[MMOE_LOSS][0], loss, 0);
    mmoe_arrays_done(&best);
    mmoe_run_free(run);
}

/* Evaluations at every pause end no run sooner, and are not what is kept. */
static void pauses_do_not_try_patience(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "steps", "4000");
    put(&o, "rows", "60");
    put(&o, "patience", "5");
    put(&o, "keep-best", "on");
    struct mmoe_run *straight = make_run(&o), *paused = make_run(&o);
    finish(straight);
    while (mmoe_run_step(paused) == MMOE_CONTINUE)
        mmoe_run_evaluate(paused);
    const struct mmoe_snapshot *a = mmoe_run_snapshot(straight), *b = mmoe_run_snapshot(paused);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->best.step, b->best.step);
    mmoe_run_free(straight);
    mmoe_run_free(paused);
}

/* Far more evaluations than are due have room, too. */
static void pauses_have_room(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "eval-every", "60");
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    for (size_t step = 1; step <= 60; step++) {
        mmoe_run_step(run);
        mmoe_run_evaluate(run);
        assert_true(s->curve_count == step + 1 && s->curve_count <= s->curve_room);
        assert_int_equal(s->curve[step].step, step);
    }
    mmoe_run_free(run);
}

/* Dropout and noise are drawn by step and row: a run repeats to the bit, and evaluations have
 * neither. */
static void what_a_step_draws_repeats(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "dropout", "0.3");
    put(&o, "top-k", "2");
    put(&o, "gate-noise", "on");
    put(&o, "balance", "0.1");
    struct mmoe_run *a = make_run(&o), *b = make_run(&o);
    put(&o, "eval-every", "7");
    struct mmoe_run *c = make_run(&o);
    finish(a);
    finish(b);
    finish(c);
    size_t n = mmoe_net_size(mmoe_run_net(a)) * sizeof(mmoe_real);
    assert_memory_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(b)), n);
    assert_memory_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(c)), n);
    put(&o, "seed.order", "9");
    struct mmoe_run *d = make_run(&o);
    finish(d);
    assert_memory_not_equal(mmoe_net_params(mmoe_run_net(a)), mmoe_net_params(mmoe_run_net(d)), n);
    mmoe_run_free(a);
    mmoe_run_free(b);
    mmoe_run_free(c);
    mmoe_run_free(d);
}

/* --- which options matter --- */

static enum mmoe_resets resets(const struct mmoe_options *o, const char *name, const char *value)
{
    struct mmoe_options other = *o;
    put(&other, name, value);
    assert_int_equal(mmoe_run_resets(o, &other), mmoe_run_resets(&other, o));
    return mmoe_run_resets(o, &other);
}

static void options_nobody_heeds_reset_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum mmoe_resets synthetic, file;
    } cases[] = {
        {"p", "0.9", MMOE_RESETS_DATA, MMOE_RESETS_NOTHING},
        {"rows", "77", MMOE_RESETS_DATA, MMOE_RESETS_NOTHING},
        {"validation-rows", "77", MMOE_RESETS_DATA, MMOE_RESETS_NOTHING},
        {"seed.data", "1", MMOE_RESETS_DATA, MMOE_RESETS_NOTHING},
        {"seed", "1", MMOE_RESETS_DATA, MMOE_RESETS_RUN},
        {"seed.init", "1", MMOE_RESETS_RUN, MMOE_RESETS_RUN},
        {"seed.order", "1", MMOE_RESETS_RUN, MMOE_RESETS_RUN},
        {"binary", "1", MMOE_RESETS_DATA, MMOE_RESETS_DATA},
        {"data", "other.npz", MMOE_RESETS_DATA, MMOE_RESETS_DATA},
        {"model", "omoe", MMOE_RESETS_RUN, MMOE_RESETS_RUN},
        {"batch", "10", MMOE_RESETS_RUN, MMOE_RESETS_RUN},
        {"lr", "0.1", MMOE_RESETS_NOTHING, MMOE_RESETS_NOTHING},
        {"theme", "light", MMOE_RESETS_NOTHING, MMOE_RESETS_NOTHING},
    };
    struct mmoe_options o, file;
    small_options(&o);
    file = o;
    put(&file, "data", "rows.npz");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mmoe_option *option = mmoe_option_find(cases[i].name);
        if (resets(&o, cases[i].name, cases[i].value) != cases[i].synthetic ||
            resets(&file, cases[i].name, cases[i].value) != cases[i].file)
            fail_msg("%s", cases[i].name);
        if (option->resets == MMOE_RESETS_NOTHING)
            continue;
        assert_int_equal(mmoe_run_heeds(&o, option), cases[i].synthetic != MMOE_RESETS_NOTHING);
        assert_int_equal(mmoe_run_heeds(&file, option), cases[i].file != MMOE_RESETS_NOTHING);
    }
    assert_int_equal(mmoe_run_resets(&o, &o), MMOE_RESETS_NOTHING);
    assert_int_equal(mmoe_run_resets(&o, &file), MMOE_RESETS_DATA);
}

static void tuning_takes_over_what_resets_nothing(void **state)
{
    (void)state;
    struct mmoe_options o;
    size_t taken = 0;
    small_options(&o);
    struct mmoe_run *run = make_run(&o);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        struct mmoe_options other = o;
        put(&other, option->name, other_value(option));
        mmoe_run_tune(run, &other);
        const struct mmoe_options *has = &mmoe_run_snapshot(run)->options;
        bool is_taken = option->resets == MMOE_RESETS_NOTHING;
        for (size_t j = 0; j < mmoe_option_count; j++)
            if (!mmoe_option_same(has, is_taken ? &other : &o, &mmoe_option_table[j]))
                fail_msg("%s and %s", option->name, mmoe_option_table[j].name);
        taken += is_taken;
        mmoe_run_tune(run, &o);
    }
    assert_true(taken >= 8);
    mmoe_run_free(run);
}

static void lists_must_fit_the_tasks(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    put(&o, "task-weights", "1,2,3");
    struct mmoe_dataset *d = make_rows(&o);
    assert_null(mmoe_run_new(&o, d, &err));
    assert_non_null(strstr(err.text, "task-weights lists 3 numbers for 2 tasks"));
    put(&o, "task-weights", "equal");
    put(&o, "monitor", "3");
    assert_null(mmoe_run_new(&o, d, &err));
    assert_non_null(strstr(err.text, "monitor 3: there are 2 tasks"));
    mmoe_dataset_free(d);
}

TESTS(cmocka_unit_test(options_nobody_heeds_reset_nothing),
      cmocka_unit_test(tuning_takes_over_what_resets_nothing),
      cmocka_unit_test(patience_ends_a_run_and_the_best_is_kept),
      cmocka_unit_test(pauses_do_not_try_patience), cmocka_unit_test(pauses_have_room),
      cmocka_unit_test(what_a_step_draws_repeats), cmocka_unit_test(lists_must_fit_the_tasks),
      cmocka_unit_test(ten_steps), cmocka_unit_test(evaluations_come_when_due),
      cmocka_unit_test(held_out_loss_by_hand), cmocka_unit_test(long_curves_are_thinned),
      cmocka_unit_test(every_model_learns), cmocka_unit_test(the_same_options_give_the_same_bits),
      cmocka_unit_test(looking_changes_nothing), cmocka_unit_test(lr_can_change_in_mid_run),
      cmocka_unit_test(divergence_keeps_the_last_good_state),
      cmocka_unit_test(a_step_allocates_nothing), cmocka_unit_test(impossible_runs_are_refused))
