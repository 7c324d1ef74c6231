/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that choices are made by, rows that final values are measured on, and neither in the other's
 * place. */
#include <mmoe/arrays.h>
#include <mmoe/stats.h>

#include "src/dataset/dataset.h"
#include "tests/runs.h"

/* A run that soon gets worse on rows it did not see, and keeps the best. */
static void worsening_options(struct mmoe_options *o)
{
    small_options(o);
    put(o, "steps", "4000");
    put(o, "rows", "60");
    put(o, "test-rows", "57");
    put(o, "validation-rows", "80");
    put(o, "patience", "5");
    put(o, "keep-best", "on");
}

/* The loss, over_var and R^2 of a part of the rows by the net of a run, row by row. */
static void by_hand(struct mmoe_run *run, const struct mmoe_dataset *d,
                    const struct mmoe_rows *part, size_t k, double out[3])
{
    double loss = 0, y[100];
    for (size_t i = 0; i < part->n; i++) {
        const struct mmoe_rows row = mmoe_rows_slice(part, i, 1);
        y[i] = (double)row.y[k];
        loss += pow((double)mmoe_net_forward(mmoe_run_net(run), &row)[k] - y[i], 2);
    }
    out[0] = loss / (double)part->n;
    out[1] = out[0] / d->var[k];
    out[2] = 1 - out[0] / mmoe_variance(y, part->n) * (double)part->n / (double)(part->n - 1);
}

static void choices_are_made_by_validation_rows_alone(void **state)
{
    (void)state;
    struct mmoe_options o;
    double want[3];
    worsening_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    struct mmoe_run *run = make_run_on(&o, d);
    put(&o, "test-rows", "1");
    put(&o, "noise", "0.1");
    struct mmoe_run *other = make_run(&o);
    finish(run);
    finish(other);
    /* other test rows: the same run, choice and curve to the bit */
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run), *t = mmoe_run_snapshot(other);
    assert_true(s->stopped && s->step < 4000 && s->step == t->step);
    assert_int_equal(s->step, s->best.step + 5 * o.eval_every);
    assert_true(s->best.step == t->best.step && s->validation_rows == 80 && s->test_rows == 57);
    assert_same_curve(s, t);
    assert_same_weights(run, other);
    for (size_t k = 0; k < 2; k++) { /* the last evaluation is of validation rows */
        by_hand(run, d, &d->validation, k, want);
        assert_near(s->value[MMOE_LOSS][k], want[0], 1e-5 * want[0]);
        assert_near(s->value[MMOE_OVER_VAR][k], want[1], 1e-5 * want[1]);
        assert_near(s->value[MMOE_R2][k], want[2], 1e-5);
    }
    for (size_t i = 0; i < s->curve_count; i++)
        assert_true(s->curve[i].value[MMOE_LOSS][0] + s->curve[i].value[MMOE_LOSS][1] >=
                    s->best.value[MMOE_LOSS][0] + s->best.value[MMOE_LOSS][1]);
    mmoe_run_free(other);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* With the best weights, which are not those of the last step. */
static void final_values_are_those_of_test_rows(void **state)
{
    (void)state;
    static const char *const kept[] = {"on", "off"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        struct mmoe_arrays weights = {0};
        struct mmoe_error err;
        double want[3];
        worsening_options(&o);
        put(&o, "keep-best", kept[i]);
        struct mmoe_dataset *d = make_rows(&o);
        struct mmoe_run *run = make_run_on(&o, d), *told = make_run_on(&o, d);
        finish(run);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        assert_true(!s->tested && isnan(s->final[MMOE_LOSS][0]) && s->best.step < s->step);
        mmoe_run_test(run);
        assert_true(s->tested);
        assert_false(mmoe_failed(mmoe_run_export(run, &weights, &err)));
        assert_false(mmoe_failed(mmoe_run_import(told, &weights, &err)));
        for (size_t k = 0; k < 2; k++) {
            by_hand(told, d, &d->test, k, want);
            assert_near(s->final[MMOE_LOSS][k], want[0], 1e-5 * want[0]);
            assert_near(s->final[MMOE_OVER_VAR][k], want[1], 1e-5 * want[1]);
            assert_near(s->final[MMOE_R2][k], want[2], 1e-5);
            assert_true(isnan(s->final[MMOE_AUC][k]));
            by_hand(run, d, &d->test, k, want); /* the run's own weights are the last step's */
            assert_true((fabs(s->final[MMOE_LOSS][k] - want[0]) < 1e-5 * want[0]) == (i == 1));
        }
        mmoe_arrays_done(&weights);
        mmoe_run_free(told);
        mmoe_run_free(run);
        mmoe_dataset_free(d);
    }
}

/* In the midst of a run, again and again: its steps and choices are the same bits. */
static void testing_changes_nothing_a_step_depends_on(void **state)
{
    (void)state;
    static const char *const optimizers[] = {"sgd", "adam"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "validation-rows", "70");
        put(&o, "keep-best", "on");
        put(&o, "dropout", "0.3");
        put(&o, "top-k", "2");
        put(&o, "gate-noise", "on");
        put(&o, "order", "shuffle");
        put(&o, "optimizer", optimizers[i]);
        put(&o, "lr", "0.005");
        struct mmoe_run *straight = make_run(&o), *tested = make_run(&o);
        mmoe_run_test(tested);
        for (size_t step = 1; step <= 60; step++) {
            mmoe_run_step(straight);
            mmoe_run_step(tested);
            assert_false(mmoe_run_snapshot(tested)->tested); /* no final value of older weights */
            mmoe_run_test(tested);
            if (step % 7 == 0)
                mmoe_run_test(tested);
            assert_same_weights(straight, tested);
        }
        const struct mmoe_snapshot *s = mmoe_run_snapshot(straight), *t = mmoe_run_snapshot(tested);
        assert_memory_equal(s->value, t->value, sizeof s->value);
        assert_memory_equal(&s->best, &t->best, sizeof s->best);
        assert_memory_equal(s->recent, t->recent, sizeof s->recent);
        mmoe_run_test(straight);
        assert_memory_equal(s->final, t->final, sizeof s->final);
        mmoe_run_free(straight);
        mmoe_run_free(tested);
    }
}

static void without_validation_rows_the_last_or_best_is_final(void **state)
{
    (void)state;
    struct mmoe_options o;
    worsening_options(&o);
    put(&o, "validation-rows", "none");
    put(&o, "binary", "2");
    struct mmoe_run *best = make_run(&o);
    put(&o, "keep-best", "off");
    struct mmoe_run *last = make_run(&o);
    finish(best);
    finish(last);
    mmoe_run_test(best);
    mmoe_run_test(last);
    const struct mmoe_snapshot *b = mmoe_run_snapshot(best), *l = mmoe_run_snapshot(last);
    assert_true(b->best.step < b->step && b->step == l->step);
    assert_memory_equal(b->final, b->best.value, sizeof b->final);
    assert_memory_equal(l->final, l->value, sizeof l->final);
    assert_memory_equal(l->final, l->curve[l->curve_count - 1].value, sizeof l->final);
    assert_memory_not_equal(b->final, l->final, sizeof b->final);
    assert_true(isfinite(l->final[MMOE_AUC][1]) && isnan(l->final[MMOE_AUC][0]));
    mmoe_run_free(best);
    mmoe_run_free(last);
}

static void what_diverged_has_no_final_value(void **state)
{
    (void)state;
    static const char *const validation[] = {"none", "30"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "validation-rows", validation[i]);
        put(&o, "optimizer", "sgd");
        put(&o, "lr", "1e6");
        struct mmoe_run *run = make_run(&o);
        assert_int_equal(finish(run), MMOE_DIVERGED);
        mmoe_run_test(run);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        assert_true(!s->tested && isfinite(s->value[MMOE_LOSS][0]));
        for (size_t m = 0; m < MMOE_METRICS; m++)
            assert_true(isnan(s->final[m][0]) && isnan(s->final[m][1]));
        mmoe_run_free(run);
    }
}

/* Rows of o whose task B (from 0: 1) has no held-out label. */
static struct mmoe_dataset *make_unheld(const struct mmoe_options *o)
{
    struct mmoe_dataset *d = make_rows(o);
    const struct mmoe_rows *parts[] = {&d->validation, &d->test};
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < parts[p]->n; i++)
            ((mmoe_real *)mmoe_dataset_fill(parts[p]->y))[i * 2 + 1] = (mmoe_real)NAN;
    return d;
}

static void a_task_without_held_out_labels_does_not_choose(void **state)
{
    (void)state;
    static const char *const validation[] = {"none", "80"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        struct mmoe_error err;
        worsening_options(&o);
        put(&o, "validation-rows", validation[i]);
        struct mmoe_dataset *d = make_unheld(&o);
        struct mmoe_run *run = make_run_on(&o, d);
        finish(run);
        mmoe_run_test(run);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        assert_true(s->stopped && s->best.step > 0 && s->best.step < s->step);
        for (size_t m = 0; m < MMOE_METRICS; m++)
            assert_true(isnan(s->value[m][1]) && isnan(s->final[m][1]) &&
                        isnan(s->best.value[m][1]));
        assert_true(isfinite(s->final[MMOE_LOSS][0]) && isfinite(s->final[MMOE_R2][0]));
        for (size_t e = 0; e < s->curve_count; e++)
            assert_true(s->curve[e].value[MMOE_LOSS][0] >= s->best.value[MMOE_LOSS][0]);
        mmoe_run_free(run);
        put(&o, "monitor", "2"); /* by which nothing could be chosen */
        assert_null(mmoe_run_new(&o, d, &err));
        assert_int_equal(err.status, MMOE_RANGE);
        assert_string_equal(err.text, "monitor 2: held-out rows have no loss of task B: give "
                                      "another task, or all");
        put(&o, "keep-best", "off");
        assert_null(mmoe_run_new(&o, d, &err));
        put(&o, "patience", "never"); /* nothing is to be chosen */
        mmoe_run_free(make_run_on(&o, d));
        put(&o, "patience", "5");
        put(&o, "monitor", "1");
        mmoe_run_free(make_run_on(&o, d));
        mmoe_dataset_free(d);
    }
}

/* Where no held-out row has a label there is nothing to choose by. */
static void without_held_out_labels_nothing_is_chosen(void **state)
{
    (void)state;
    static const char *const choosers[][2] = {{"keep-best", "on"}, {"patience", "3"}};
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    struct mmoe_dataset *d = make_unheld(&o);
    for (size_t i = 0; i < d->test.n; i++)
        ((mmoe_real *)mmoe_dataset_fill(d->test.y))[i * 2] = (mmoe_real)NAN;
    mmoe_run_free(make_run_on(&o, d)); /* it trains all the same */
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options chooses = o;
        put(&chooses, choosers[i][0], choosers[i][1]);
        assert_null(mmoe_run_new(&chooses, d, &err));
        assert_int_equal(err.status, MMOE_RANGE);
        assert_non_null(strstr(err.text, "held-out rows have no label"));
    }
    mmoe_dataset_free(d);
}

/* The labelled task has no weight, so that all steps would be equally good. */
static void what_has_no_weight_does_not_choose(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    worsening_options(&o);
    struct mmoe_dataset *d = make_unheld(&o);
    put(&o, "task-weights", "0,1");
    assert_null(mmoe_run_new(&o, d, &err));
    assert_non_null(strstr(err.text, "held-out rows have no label"));
    put(&o, "task-weights", "1,0");
    mmoe_run_free(make_run_on(&o, d));
    mmoe_dataset_free(d);
}

TESTS(cmocka_unit_test(choices_are_made_by_validation_rows_alone),
      cmocka_unit_test(final_values_are_those_of_test_rows),
      cmocka_unit_test(testing_changes_nothing_a_step_depends_on),
      cmocka_unit_test(without_validation_rows_the_last_or_best_is_final),
      cmocka_unit_test(what_diverged_has_no_final_value),
      cmocka_unit_test(a_task_without_held_out_labels_does_not_choose),
      cmocka_unit_test(without_held_out_labels_nothing_is_chosen),
      cmocka_unit_test(what_has_no_weight_does_not_choose))
