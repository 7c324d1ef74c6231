/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records, seeds, and the run a worker makes. */
#include "tests/test.h"

#include <mmoe/mat.h>
#include <mmoe/study.h>

static void records_are_kept_in_order(void **state)
{
    (void)state;
    struct mmoe_study study = {0};
    struct mmoe_record r = {0};
    for (size_t i = 0; i < 200; i++) {
        r.step = i;
        mmoe_study_add(&study, &r);
    }
    assert_int_equal(study.count, 200);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(study.records[i].step, i);
    mmoe_study_clear(&study);
    assert_int_equal(study.count, 0);
    mmoe_study_done(&study);
}

static void each_repeat_has_seeds_of_its_own(void **state)
{
    (void)state;
    struct mmoe_options o, out;
    small_options(&o);
    put(&o, "seed.data", "5");
    put(&o, "seed.init", "7");
    mmoe_study_seeded(&o, 3, &out);
    assert_true(out.seed_data == 8 && out.seed_init == 10 && out.seed_order == 3);
    out.seed_data = 5;
    out.seed_init = 7;
    out.seed_order = 0;
    assert_memory_equal(&o, &out, sizeof o);
}

static void a_run_is_recorded(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_record a, b;
    struct mmoe_error err;
    mmoe_mat_init();
    small_options(&o);
    assert_int_equal(mmoe_study_run(&o, NULL, &a, &err), MMOE_OK);
    assert_true(a.tasks == 2 && a.step == 60 && a.diverged_step == 0 && a.seconds > 0);
    assert_true(isfinite(a.loss[0]) && isfinite(a.loss_over_var[1]) && isnan(a.loss[2]));
    assert_int_equal(mmoe_study_run(&o, NULL, &b, &err), MMOE_OK);
    assert_memory_equal(a.loss, b.loss, 2 * sizeof(double));
}

static void divergence_is_a_result(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_record r;
    struct mmoe_error err;
    small_options(&o);
    put(&o, "optimizer", "sgd");
    put(&o, "lr", "1e6");
    assert_int_equal(mmoe_study_run(&o, NULL, &r, &err), MMOE_OK);
    assert_true(r.diverged_step > 0 && isnan(r.loss[0]) && isnan(r.loss_over_var[0]));
}

static void it_can_be_stopped_and_fail(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_record r;
    struct mmoe_error err;
    atomic_bool stop = true;
    small_options(&o);
    assert_int_equal(mmoe_study_run(&o, &stop, &r, &err), MMOE_STATE);
    o.rows = 100000000;
    o.dim = 10000;
    assert_int_equal(mmoe_study_run(&o, NULL, &r, &err), MMOE_LIMIT);
    assert_int_equal(r.step, 0);
}

TESTS(cmocka_unit_test(records_are_kept_in_order), cmocka_unit_test(each_repeat_has_seeds_of_its_own),
      cmocka_unit_test(a_run_is_recorded), cmocka_unit_test(divergence_is_a_result),
      cmocka_unit_test(it_can_be_stopped_and_fail))
