/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run predicts for rows it was not trained on: of all of them, and of one. */
#include <mmoe/arrays.h>

#include "tests/runs.h"

static struct mmoe_run *trained(const char *model, const char *keep_best, struct mmoe_dataset **d)
{
    struct mmoe_options o;
    small_options(&o);
    put(&o, "model", model);
    put(&o, "binary", "2");
    put(&o, "validation-rows", "30");
    put(&o, "keep-best", keep_best);
    *d = make_rows(&o);
    struct mmoe_run *run = make_run_on(&o, *d);
    finish(run);
    return run;
}

static void scores_have_the_auc_that_is_told(void **state)
{
    (void)state;
    static const char *const keep_best[] = {"off", "on"};
    for (size_t k = 0; k < 2; k++) {
        struct mmoe_dataset *d;
        struct mmoe_run *run = trained("mmoe", keep_best[k], &d);
        struct mmoe_arrays a = {0};
        struct mmoe_error err;
        mmoe_run_test(run);
        assert_int_equal(mmoe_run_scores(run, &a, &err), MMOE_OK);
        const struct mmoe_array *auc = mmoe_arrays_find(&a, "auc"),
                                *score = mmoe_arrays_find(&a, "score");
        assert_true(score->dim[0] == 130 && score->dim[1] == 2 && auc->dim[0] == 2);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
        assert_near(((double *)auc->data)[3], s->final[MMOE_AUC][1], 1e-12);
        assert_true(isnan(((double *)auc->data)[0]) && isnan(((double *)auc->data)[2]));
        const struct mmoe_array *se = mmoe_arrays_find(&a, "auc_se");
        assert_true(((double *)se->data)[3] > 0 && ((double *)se->data)[3] < 0.2);
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
        mmoe_dataset_free(d);
    }
}

static void one_row_is_seen_as_among_all(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        size_t gates;
    } models[] = {{"mmoe", 2}, {"omoe", 1}, {"shared-bottom", 0}};
    for (size_t m = 0; m < 3; m++) {
        struct mmoe_dataset *d;
        struct mmoe_run *run = trained(models[m].model, "off", &d);
        struct mmoe_arrays a = {0};
        struct mmoe_error err;
        struct mmoe_seen seen;
        assert_int_equal(mmoe_run_scores(run, &a, &err), MMOE_OK);
        const float *score = mmoe_arrays_find(&a, "score")->data;
        for (size_t row = 1; row <= 130; row += 43) {
            assert_int_equal(mmoe_run_see(run, row, &seen, &err), MMOE_OK);
            assert_true(seen.row == row && seen.gates == models[m].gates);
            assert_int_equal(seen.validates, row <= 30);
            const struct mmoe_rows *part = seen.validates ? &d->validation : &d->test;
            for (size_t k = 0; k < 2; k++) {
                assert_near(seen.predicted[k], (double)score[2 * (row - 1) + k], 1e-5);
                assert_true(seen.label[k] == (double)part->y[2 * seen.at + k]);
            }
            for (size_t g = 0; g < seen.gates; g++) {
                double sum = 0;
                for (size_t e = 0; e < seen.experts; e++)
                    sum += (double)seen.weight[g][e];
                assert_near(sum, 1, 1e-5);
            }
        }
        assert_int_equal(mmoe_run_see(run, 131, &seen, &err), MMOE_RANGE);
        assert_int_equal(mmoe_run_see(run, 0, &seen, &err), MMOE_RANGE);
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
        mmoe_dataset_free(d);
    }
}

TESTS(cmocka_unit_test(scores_have_the_auc_that_is_told),
      cmocka_unit_test(one_row_is_seen_as_among_all))
