/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The learned function of nets whose predictions are known, of all kinds of rows. */
#include <mmoe/infer.h>

#include "tests/runs.h"

static void cosine_options(struct mmoe_options *o)
{
    small_options(o);
    put(o, "model", "shared-bottom");
    put(o, "test-rows", "700");
    put(o, "sines", "4");
    put(o, "alpha", "1x4");
    put(o, "beta", "1.5707963x4");
}

/* Set all elements of a tensor, or those from `first` on. */
static void set_all(struct mmoe_run *run, const char *name, size_t first, size_t n, double v)
{
    struct mmoe_net *net = mmoe_run_net(run);
    for (size_t t = 0; t < mmoe_net_tensor_count(net); t++) {
        const struct mmoe_tensor *x = mmoe_net_tensor(net, t);
        size_t all = x->dim[0] * x->dim[1] * x->dim[2];
        if (strcmp(x->name, name) == 0)
            for (size_t i = first; i < all && i < first + n; i++)
                mmoe_net_params(net)[x->offset + i] = (mmoe_real)v;
    }
}

static const struct mmoe_fit *fit_of(struct mmoe_run *run)
{
    mmoe_run_show(run, MMOE_SHOWS_FIT);
    const struct mmoe_fit *fit = mmoe_run_snapshot(run)->fit;
    assert_non_null(fit);
    return fit;
}

static size_t rows_in(const struct mmoe_fit_task *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->bins; i++)
        n += t->bin[i].rows;
    return n;
}

/* A net that predicts 3 whatever the row, beside the true curve s + 4 cos s. */
static void a_constant_is_a_level_line(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    struct mmoe_run *run = make_run(&o);
    assert_null(mmoe_run_snapshot(run)->fit); /* nobody asked */
    set_all(run, "towers.out.weight", 0, 1000, 0);
    set_all(run, "towers.out.bias", 0, 2, 3);
    const struct mmoe_fit *fit = fit_of(run);
    assert_true(fit->along && fit->tasks == 2);
    for (size_t k = 0; k < 2; k++) {
        const struct mmoe_fit_task *t = &fit->task[k];
        double loss = 0;
        assert_true(t->bins == MMOE_FIT_BINS && t->units == 8);
        assert_int_equal(rows_in(t), 700);
        for (size_t i = 0; i < t->bins; i++) {
            const struct mmoe_fit_bin *b = &t->bin[i];
            assert_near(b->s, 6 * (2 * (double)i + 1) / MMOE_FIT_BINS - 6, 1e-9); /* 3 x scale 2 */
            assert_near(b->truth, b->s + 4 * cos(b->s), 1e-5);
            assert_true(b->rows == 0 ? isnan(b->mean) : b->mean == 3 && b->sd == 0);
            loss += b->rows ? b->loss : 0;
        }
        for (size_t i = 0; i < MMOE_FIT_FINE; i++) {
            double x = mmoe_fit_fine(t, i);
            assert_near(t->truth[i], x + 4 * cos(x), 1e-5);
        }
        assert_near(mmoe_fit_fine(t, 0), -6, 1e-9);
        assert_near(mmoe_fit_fine(t, MMOE_FIT_FINE - 1), 6, 1e-9);
        assert_near(loss, 1, 1e-6);
    }
    /* the middle bins have more rows than the ends */
    assert_true(fit->task[0].bin[20].rows > 20 && fit->task[0].bin[0].rows < 20);
    mmoe_run_free(run);
}

static void a_killed_tower_has_no_unit_on(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    struct mmoe_run *run = make_run(&o);
    set_all(run, "towers.hidden.bias", 8, 8, -1e3); /* task B's */
    const struct mmoe_fit *fit = fit_of(run);
    assert_near(fit->task[1].rows_off, 1, 0);
    assert_true(fit->task[0].rows_off < 1);
    for (size_t i = 0; i < MMOE_FIT_BINS; i++) {
        const struct mmoe_fit_bin *a = &fit->task[0].bin[i], *b = &fit->task[1].bin[i];
        double on = 0;
        for (size_t j = 0; j < 8; j++)
            on += (double)a->unit[j];
        assert_true(a->rows == 0 || fabs(on - a->on) < 1e-5);
        assert_true(b->rows == 0 || (b->on == 0 && b->unit[3] == 0));
    }
    mmoe_run_free(run);
}

/* Training gives the same bits with it and without, and it is renewed at evaluations. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    struct mmoe_run *seen = make_run(&o), *unseen = make_run(&o);
    double before = fit_of(seen)->task[0].bin[20].mean;
    train(seen, 40);
    train(unseen, 40);
    assert_int_equal(mmoe_run_snapshot(seen)->fit->step, 40);
    assert_true(mmoe_run_snapshot(seen)->fit->task[0].bin[20].mean != before);
    size_t n = mmoe_net_size(mmoe_run_net(seen)) * sizeof(mmoe_real);
    assert_memory_equal(mmoe_net_params(mmoe_run_net(seen)), mmoe_net_params(mmoe_run_net(unseen)),
                        n);
    assert_memory_equal(mmoe_run_snapshot(seen)->curve, mmoe_run_snapshot(unseen)->curve,
                        mmoe_run_snapshot(seen)->curve_count * sizeof(struct mmoe_eval));
    /* a copy has a fit of its own */
    struct mmoe_snapshot copy;
    mmoe_snapshot_init(&copy, 0);
    mmoe_snapshot_copy(&copy, mmoe_run_snapshot(seen));
    assert_true(copy.fit && copy.fit != mmoe_run_snapshot(seen)->fit);
    assert_memory_equal(copy.fit, mmoe_run_snapshot(seen)->fit, sizeof *copy.fit);
    mmoe_snapshot_copy(&copy, mmoe_run_snapshot(unseen));
    assert_null(copy.fit);
    mmoe_snapshot_done(&copy);
    mmoe_run_free(seen);
    mmoe_run_free(unseen);
}

/* Asked for between two evaluations it is of the step the run is at, and changes nothing else: of
 * the rest one could not tell. */
static void asked_for_between_evaluations(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    put(&o, "eval-every", "20");
    put(&o, "lr", "0.3");      /* units die */
    put(&o, "dropout", "0.2"); /* its draws go on as they would have */
    struct mmoe_run *seen = make_run(&o), *unseen = make_run(&o);
    train(seen, 27);
    train(unseen, 27);
    assert_int_equal(fit_of(seen)->step, 27);
    const struct mmoe_snapshot *a = mmoe_run_snapshot(seen), *b = mmoe_run_snapshot(unseen);
    assert_memory_equal(a->value, b->value, sizeof a->value);
    assert_memory_equal(&a->activity, &b->activity, sizeof a->activity);
    mmoe_run_show(seen, 0); /* and it is gone when nobody looks */
    assert_null(mmoe_run_snapshot(seen)->fit);
    train(seen, 20);
    train(unseen, 20);
    assert_null(mmoe_run_snapshot(seen)->fit);
    assert_same_weights(seen, unseen);
    mmoe_run_free(seen);
    mmoe_run_free(unseen);
}

/* The label is 1 where it is above 0: near s + 4 cos s = 0 with the chance the noise leaves. */
static void binary_labels_have_a_chance(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    put(&o, "binary", "2");
    put(&o, "noise", "2");
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_fit *fit = fit_of(run);
    for (size_t i = 0; i < MMOE_FIT_BINS; i++) {
        const struct mmoe_fit_bin *b = &fit->task[1].bin[i];
        double y = (b->s + 4 * cos(b->s)) / 2;
        assert_near(b->truth, erfc(-y / sqrt(2)) / 2, 1e-5);
        assert_true(b->rows == 0 || (b->mean > 0 && b->mean < 1));
    }
    mmoe_run_free(run);
}

/* Rows without a truth: tenths in the order of the predictions, and what was observed in them. */
static void other_rows_have_deciles(void **state)
{
    (void)state;
    struct mmoe_options o;
    cosine_options(&o);
    put(&o, "binary", "2");
    struct mmoe_dataset *d = make_rows(&o);
    const double *w = d->w;
    d->w = NULL; /* as of a file */
    struct mmoe_run *run = make_run_on(&o, d);
    train(run, 60);
    const struct mmoe_fit *fit = fit_of(run);
    assert_false(fit->along);
    for (size_t k = 0; k < 2; k++) {
        const struct mmoe_fit_task *t = &fit->task[k];
        double label = 0, sum = 0;
        assert_int_equal(t->bins, MMOE_FIT_DECILES);
        for (size_t i = 0; i < t->bins; i++) {
            const struct mmoe_fit_bin *b = &t->bin[i];
            assert_int_equal(b->rows, 70);
            assert_true(i == 0 || b->mean >= t->bin[i - 1].mean);
            assert_true(b->s == b->mean && b->low <= b->truth && b->truth <= b->high);
            label += b->truth / 10;
        }
        for (size_t i = 0; i < d->test.n; i++)
            sum += (double)d->test.y[i * 2 + k];
        assert_near(label, sum / 700, 1e-5);
    }
    struct mmoe_interval share = mmoe_wilson(70 * fit->task[1].bin[4].truth, 70, 0.95);
    assert_near(fit->task[1].bin[4].low, share.low, 1e-9);
    mmoe_run_free(run);
    d->w = w;
    mmoe_dataset_free(d);
}

TESTS(cmocka_unit_test(a_constant_is_a_level_line), cmocka_unit_test(a_killed_tower_has_no_unit_on),
      cmocka_unit_test(looking_changes_nothing), cmocka_unit_test(asked_for_between_evaluations),
      cmocka_unit_test(binary_labels_have_a_chance), cmocka_unit_test(other_rows_have_deciles))
