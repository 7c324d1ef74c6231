/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records, seeds, and the run a worker makes. */
#include <stdlib.h>
#include <unistd.h>

#include <mmoe/dataset.h>
#include <mmoe/mat.h>
#include <mmoe/record.h>
#include <mmoe/synthetic.h>

#include "tests/test.h"

static void each_repeat_has_seeds_of_its_own(void **state)
{
    (void)state;
    struct mmoe_options o, out;
    small_options(&o);
    put(&o, "seed.data", "5");
    put(&o, "seed.init", "7");
    mmoe_options_seeded(&o, 3, &out);
    assert_true(out.seed_data == 8 && out.seed_init == 10 && out.seed_order == 3);
    out.seed_data = 5;
    out.seed_init = 7;
    out.seed_order = 0;
    assert_memory_equal(&o, &out, sizeof o);
}

/* The run of o on rows of its own. */
static enum mmoe_status run(const struct mmoe_options *o, bool (*go_on)(void *context),
                            void *context, struct mmoe_result *result)
{
    struct mmoe_error err;
    struct mmoe_dataset *data = mmoe_synthetic_new(o, NULL, &err);
    mmoe_snapshot_init(&result->shot, 0);
    enum mmoe_status status = mmoe_record_train(
        o, data, &(struct mmoe_watch){.go_on = go_on, .context = context}, result, &err);
    mmoe_dataset_free(data);
    return status;
}

static void a_run_is_recorded(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_result a, b;
    mmoe_mat_init();
    small_options(&o);
    assert_int_equal(run(&o, NULL, NULL, &a), MMOE_OK);
    assert_true(a.record.tasks == 2 && a.record.step == 60 && a.record.diverged_step == 0 &&
                a.record.seconds > 0);
    assert_true(isfinite(a.record.value[MMOE_LOSS][0]) &&
                isfinite(a.record.value[MMOE_OVER_VAR][1]) && isnan(a.record.value[MMOE_LOSS][2]));
    assert_true(a.shot.curve_count > 1 &&
                a.shot.curve[a.shot.curve_count - 1].value[MMOE_LOSS][0] ==
                    a.record.value[MMOE_LOSS][0]);
    assert_true(a.record.pearson == a.shot.pearson && fabs(a.record.pearson) < 1);
    assert_int_equal(a.record.curve_count, a.shot.curve_count);
    for (size_t i = 0; i < a.shot.curve_count; i++)
        assert_true(a.record.curve[i].step == a.shot.curve[i].step &&
                    a.record.curve[i].loss[0] == (float)a.shot.curve[i].value[MMOE_LOSS][0]);
    assert_true(a.shot.gate.gates == 2 &&
                a.shot.gate.mean[0][0] > 0); /* also where nobody watched */
    assert_int_equal(run(&o, NULL, NULL, &b), MMOE_OK);
    assert_memory_equal(a.record.value[MMOE_LOSS], b.record.value[MMOE_LOSS], 2 * sizeof(double));
    mmoe_snapshot_done(&a.shot);
    mmoe_snapshot_done(&b.shot);
}

static bool never_again(void *context)
{
    ++*(size_t *)context;
    return true;
}

static void without_steps_rows_are_measured(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_result r;
    size_t asked = 0;
    small_options(&o);
    put(&o, "steps", "0");
    assert_int_equal(run(&o, never_again, &asked, &r), MMOE_OK);
    assert_int_equal(asked, 0); /* who asks counts steps */
    assert_true(r.record.step == 0 && r.record.diverged_step == 0 && r.record.tasks == 2);
    assert_true(isfinite(r.record.value[MMOE_LOSS][0]) &&
                isfinite(r.record.value[MMOE_OVER_VAR][1]) && isfinite(r.record.pearson));
    assert_true(r.record.curve_count == 1 &&
                r.record.curve[0].loss[0] == (float)r.record.value[MMOE_LOSS][0]);
    assert_true(r.shot.state == MMOE_RUN_FINISHED && r.shot.gate.gates == 2);
    mmoe_snapshot_done(&r.shot);
}

static void divergence_is_a_result(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_result r;
    small_options(&o);
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "1e6");
    assert_int_equal(run(&o, NULL, NULL, &r), MMOE_OK);
    assert_true(r.record.diverged_step > 0 && isnan(r.record.value[MMOE_LOSS][0]) &&
                isnan(r.record.value[MMOE_OVER_VAR][0]));
    mmoe_snapshot_done(&r.shot);
}

static void curves_are_thinned_to_steps_they_share(void **state)
{
    (void)state;
    struct mmoe_record long_one = {0}, short_one = {0};
    struct mmoe_point points[1000];
    for (uint32_t i = 0; i < 1000; i++)
        points[i] = (struct mmoe_point){.step = 10 * i, .loss = {1 + (float)i}};
    points[999].loss[0] = INFINITY;
    for (size_t n = 0; n <= 1000; n++) {
        size_t shared = 0;
        mmoe_record_curve(&long_one, points, 1000);
        mmoe_record_curve(&short_one, points, n);
        assert_true(short_one.curve_count <= MMOE_RECORD_CURVE &&
                    (n > 64 || short_one.curve_count == n));
        if (n == 0)
            continue;
        assert_true(n <= 64 || short_one.curve_count > 32);
        assert_true(short_one.curve[0].step == 0 &&
                    short_one.curve[short_one.curve_count - 1].step == 10 * (n - 1));
        for (size_t i = 0; i < short_one.curve_count; i++)
            for (size_t j = 0; j < long_one.curve_count; j++)
                shared += short_one.curve[i].step == long_one.curve[j].step;
        assert_true(shared >= (n - 1) / 16 + 1); /* every 16th */
    }
    assert_true(isnan(long_one.curve[long_one.curve_count - 1].loss[0]) &&
                long_one.curve[1].loss[0] == 17);
}

static bool until_five(void *context)
{
    return ++*(size_t *)context <= 5;
}

static void it_can_be_stopped_and_fail(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_result r;
    size_t asked = 0;
    small_options(&o);
    assert_int_equal(run(&o, until_five, &asked, &r), MMOE_STATE);
    assert_true(asked == 6 && r.record.step == 0 && r.shot.curve_count == 0);
    assert_true(isnan(r.record.pearson) && r.record.curve_count == 0);
    mmoe_snapshot_done(&r.shot);
    struct mmoe_error err;
    struct mmoe_dataset *data = mmoe_synthetic_new(&o, NULL, &err);
    o.batch = o.rows + 1;
    mmoe_snapshot_init(&r.shot, 0);
    assert_int_equal(mmoe_record_train(&o, data, &(struct mmoe_watch){0}, &r, &err), MMOE_RANGE);
    assert_true(r.record.step == 0 && isnan(r.record.value[MMOE_LOSS][0]));
    mmoe_snapshot_done(&r.shot);
    mmoe_dataset_free(data);
}

static bool to_step(void *left)
{
    return (*(size_t *)left)-- > 0;
}

/* A run that is stopped, kept and gone on with has the bits of one that never stopped. */
static void a_stopped_run_is_gone_on_with(void **state)
{
    (void)state;
    char path[] = "/tmp/mmoe-kept-XXXXXX.npz";
    struct mmoe_options o;
    struct mmoe_result whole, parts;
    struct mmoe_error err;
    size_t left = 25, soon = 25;
    close(mkstemps(path, 4)); /* no run: passed over */
    small_options(&o);
    assert_int_equal(run(&o, NULL, NULL, &whole), MMOE_OK);
    struct mmoe_dataset *data = mmoe_synthetic_new(&o, NULL, &err);
    mmoe_snapshot_init(&parts.shot, 0);
    struct mmoe_watch watch = {.go_on = to_step, .context = &soon, .kept = path, .keep_after = 1e9};
    assert_int_equal(mmoe_record_train(&o, data, &watch, &parts, &err), MMOE_STATE);
    watch.context = &left;
    watch.keep_after = 0;
    assert_int_equal(mmoe_record_train(&o, data, &watch, &parts, &err), MMOE_STATE);
    left = 35; /* no more than what is left */
    assert_int_equal(mmoe_record_train(&o, data, &watch, &parts, &err), MMOE_OK);
    assert_int_equal(parts.record.step, 60);
    assert_memory_equal(parts.record.value, whole.record.value, sizeof parts.record.value);
    assert_int_equal(parts.shot.curve_count, whole.shot.curve_count);
    assert_int_equal(unlink(path), 0); /* it is of use until the result is published */
    watch.kept = "/nowhere/kept.npz";
    left = 25;
    assert_int_equal(mmoe_record_train(&o, data, &watch, &parts, &err), MMOE_IO); /* not silently */
    mmoe_dataset_free(data);
    mmoe_snapshot_done(&whole.shot);
    mmoe_snapshot_done(&parts.shot);
}

TESTS(cmocka_unit_test(each_repeat_has_seeds_of_its_own), cmocka_unit_test(a_run_is_recorded),
      cmocka_unit_test(without_steps_rows_are_measured), cmocka_unit_test(divergence_is_a_result),
      cmocka_unit_test(curves_are_thinned_to_steps_they_share),
      cmocka_unit_test(it_can_be_stopped_and_fail), cmocka_unit_test(a_stopped_run_is_gone_on_with))
