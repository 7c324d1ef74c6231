/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that come to nothing, in each of the ways there are, and runs that only look like it. */
#include <mmoe/arrays.h>
#include <mmoe/divergence.h>
#include <mmoe/record.h>

#include "src/dataset/dataset.h"
#include "tests/runs.h"

/* The rows of small options with labels `factor` times as large. */
static struct mmoe_dataset *scaled_rows(const struct mmoe_options *o, double factor)
{
    struct mmoe_error err;
    struct mmoe_dataset *d = make_rows(o);
    const struct mmoe_rows *parts[] = {&d->train, &d->test};
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < parts[p]->n * d->tasks; i++)
            ((mmoe_real *)mmoe_dataset_fill(parts[p]->y))[i] *= (mmoe_real)factor;
    assert_false(mmoe_failed(mmoe_dataset_measure(d, &err)));
    return d;
}

static void assert_told(const struct mmoe_snapshot *s, const char *cause, const char *advice)
{
    struct mmoe_text t = {0};
    mmoe_divergence_cause(s, &t);
    if (!strstr(t.s, cause))
        fail_msg("no '%s' in '%s'", cause, t.s);
    mmoe_text_clear(&t);
    mmoe_divergence_advice(s, &t);
    assert_string_equal(t.s, advice);
    mmoe_text_done(&t);
}

/* A run of o on rows with such labels ends so, as a record tells too, and stays there. */
static void assert_ends(const struct mmoe_options *o, double factor, enum mmoe_divergence how,
                        const char *cause, const char *advice)
{
    struct mmoe_dataset *d = scaled_rows(o, factor);
    struct mmoe_run *run = make_run_on(o, d);
    assert_int_equal(finish(run), MMOE_DIVERGED);
    assert_int_equal(mmoe_run_step(run), MMOE_DIVERGED);
    mmoe_run_test(run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->state == MMOE_RUN_DIVERGED && s->divergence == how && s->diverged_step > 0);
    assert_true(!s->tested && isnan(s->final[MMOE_LOSS][0]));
    assert_told(s, cause, advice);
    struct mmoe_result r = {0};
    struct mmoe_error err;
    mmoe_snapshot_init(&r.shot, 0);
    assert_int_equal(mmoe_record_train(o, d, &(struct mmoe_watch){0}, &r, &err), MMOE_OK);
    assert_true(r.record.divergence == how && r.record.diverged_step == s->diverged_step);
    assert_true(isnan(r.record.value[MMOE_LOSS][0]) && isnan(r.record.choice[MMOE_OVER_VAR][0]));
    mmoe_snapshot_done(&r.shot);
    mmoe_run_reset(run);
    assert_true(s->divergence == MMOE_SOUND && s->diverged_step == 0 && !s->resting);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* --- what is a divergence --- */

/* Squares of gradients of 1e30 leave the range of floats, and Adam divides by their sum. */
static void weights_stand_still_where_squares_overflow(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    assert_ends(&o, 1e30, MMOE_STILL, "no weight has changed since step 0",
                "scale the labels of task B, whose variance is 8.1e60, to one near 1");
}

static void some_weights_stand_still_where_some_squares_overflow(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "lr", "1000");
    assert_ends(&o, 1e14, MMOE_OVERFLOW, "squares of gradients are not finite",
                "scale the labels of task B, whose variance is 8.1e28, to one near 1");
}

static void a_loss_far_above_its_start_is_a_divergence(void **state)
{
    (void)state;
    static const char *const lr[] = {"300", "1000"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        small_options(&o);
        put(&o, "lr", lr[i]);
        put(&o, "clip", i ? "1e12" : "off");
        assert_ends(&o, 1, MMOE_FAR_ABOVE, "the loss of task ",
                    i ? "try lr 0.01" : "try lr 0.01, or clip 1");
    }
}

static void a_loss_that_is_not_finite_is_a_divergence(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "0.001");
    assert_ends(&o, 1e10, MMOE_NOT_FINITE, "the loss was not finite; it keeps the state of step 0",
                "scale the labels of task B, whose variance is 8.1e20, to one near 1");
    put(&o, "lr", "100000");
    assert_ends(&o, 1, MMOE_NOT_FINITE, "the loss was not finite", "try lr 0.01, or clip 1");
}

/* Inputs so large that the first weights have no finite loss: the run diverged, and says so. */
static void first_weights_may_diverge(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t i = 0; i < d->test.n * d->dim; i++)
        ((mmoe_real *)mmoe_dataset_fill(d->test.x))[i] *= (mmoe_real)1e38;
    struct mmoe_run *run = make_run_on(&o, d);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->state == MMOE_RUN_DIVERGED && s->divergence == MMOE_NOT_FINITE);
    assert_int_equal(s->diverged_step, 1); /* 0 would be none */
    assert_told(s, "the loss was not finite", "try lr 0.001, or clip 1");
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* --- what is none --- */

/* The schedule's end is where weights are meant to rest. */
static void weights_at_rest_are_no_fault(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "schedule", "step");
    put(&o, "decay", "0");
    put(&o, "decay-every", "20");
    put(&o, "eval-every", "20");
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    train(run, 20);
    assert_false(s->resting);
    train(run, 20);
    assert_true(s->resting && s->resting_since == 20 && s->divergence == MMOE_SOUND);
    assert_int_equal(finish(run), MMOE_DONE);
    assert_true(s->resting && s->resting_since == 20 && s->state != MMOE_RUN_DIVERGED);
    mmoe_run_free(run);
}

/* Without a gradient there is nothing to move along. */
static void without_a_gradient_nothing_moves(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "task-weights", "0,0");
    struct mmoe_run *run = make_run(&o);
    assert_int_equal(finish(run), MMOE_DONE);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->resting && s->resting_since == 0 && s->divergence == MMOE_SOUND);
    mmoe_run_free(run);
}

/* Held-out losses far above their start, of a net that knows its training rows by heart. */
static void knowing_rows_by_heart_is_no_divergence(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    put(&o, "rows", "20");
    put(&o, "steps", "3000");
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t i = 0; i < d->test.n * d->dim; i++)
        ((mmoe_real *)mmoe_dataset_fill(d->test.x))[i] *= 100;
    struct mmoe_run *run = make_run_on(&o, d);
    mmoe_real *y = mmoe_net_params(mmoe_run_net(run));
    for (size_t i = 0; i < mmoe_net_size(mmoe_run_net(run)); i++)
        y[i] *= (mmoe_real)1e-3; /* it begins near the best constant */
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    assert_false(mmoe_failed(mmoe_run_export(run, &a, &err)));
    assert_false(mmoe_failed(mmoe_run_import(run, &a, &err)));
    assert_int_equal(finish(run), MMOE_DONE);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->value[MMOE_LOSS][0] > MMOE_FAR * s->curve[0].value[MMOE_LOSS][0]);
    assert_true(s->value[MMOE_OVER_VAR][0] > MMOE_FAR && s->divergence == MMOE_SOUND);
    mmoe_arrays_done(&a);
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

/* No model meets any of it with the paper's rates, or with one ten times too high. */
static void the_papers_settings_do_not_diverge(void **state)
{
    (void)state;
    static const char *const rates[] = {"0.0001", "0.001", "0.01", "0.1"};
    for (size_t m = 0; m < mmoe_model_count(); m++)
        for (size_t i = 0; i < 4; i++) {
            struct mmoe_options o;
            small_options(&o);
            put(&o, "model", mmoe_model_name(mmoe_model_at(m)));
            put(&o, "lr", rates[i]);
            put(&o, "steps", "300");
            struct mmoe_run *run = make_run(&o);
            assert_int_equal(finish(run), MMOE_DONE);
            assert_false(mmoe_run_snapshot(run)->resting);
            mmoe_run_free(run);
        }
}

/* --- in files --- */

static void a_checkpoint_keeps_how_a_run_ended(void **state)
{
    (void)state;
    for (int before = 0; before < 2; before++) {
        struct mmoe_options o;
        struct mmoe_error err;
        struct mmoe_arrays a = {0};
        small_options(&o);
        struct mmoe_dataset *d = scaled_rows(&o, 1e30);
        struct mmoe_run *run = make_run_on(&o, d), *other = make_run_on(&o, d);
        finish(run);
        assert_false(mmoe_failed(mmoe_run_save(run, &a, &err)));
        for (size_t i = 0; i < a.count && before; i++) /* as mmoe 0.1 wrote it */
            if (strcmp(a.list[i].name, "run.ending") == 0)
                memset(a.list[i].name, 'x', 3);
        assert_false(mmoe_failed(mmoe_run_restore(other, &a, &err)));
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run), *t = mmoe_run_snapshot(other);
        assert_true(t->state == MMOE_RUN_DIVERGED && t->diverged_step == s->diverged_step);
        assert_int_equal(t->divergence, before ? MMOE_NOT_FINITE : MMOE_STILL);
        assert_true(before || (t->resting && t->resting_since == s->resting_since));
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
        mmoe_run_free(other);
        mmoe_dataset_free(d);
    }
}

static void names_are_found_again(void **state)
{
    (void)state;
    for (int d = MMOE_NOT_FINITE; d < MMOE_DIVERGENCES; d++) {
        enum mmoe_divergence each = (enum mmoe_divergence)d;
        assert_int_equal(mmoe_divergence_find(mmoe_divergence_name(each)), each);
    }
    assert_string_equal(mmoe_divergence_name(MMOE_SOUND), "");
    assert_int_equal(mmoe_divergence_find("of a later mmoe"), MMOE_NOT_FINITE);
}

TESTS(cmocka_unit_test(weights_stand_still_where_squares_overflow),
      cmocka_unit_test(some_weights_stand_still_where_some_squares_overflow),
      cmocka_unit_test(a_loss_far_above_its_start_is_a_divergence),
      cmocka_unit_test(a_loss_that_is_not_finite_is_a_divergence),
      cmocka_unit_test(first_weights_may_diverge), cmocka_unit_test(weights_at_rest_are_no_fault),
      cmocka_unit_test(without_a_gradient_nothing_moves),
      cmocka_unit_test(knowing_rows_by_heart_is_no_divergence),
      cmocka_unit_test(the_papers_settings_do_not_diverge),
      cmocka_unit_test(a_checkpoint_keeps_how_a_run_ended), cmocka_unit_test(names_are_found_again))
