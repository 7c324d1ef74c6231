/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics against values worked out by hand, task by task and part by part. */
#include <mmoe/metrics.h>

#include "src/train/metrics.h"
#include "tests/test.h"

/* A: squared error. B: log loss. C and D: the same without a held-out label. E: log loss of labels
 * that are all 1 on the validation rows. */
enum { A, B, C, D, E, TASKS, VALIDATION = 4, TEST = 6 };

#define NONE (mmoe_real) NAN
/* clang-format off */
static const mmoe_real validation_y[VALIDATION * TASKS] = {
    1, 0,    NONE, NONE, 1,
    2, 1,    NONE, NONE, 1,
    3, 1,    NONE, NONE, 1,
    6, NONE, NONE, NONE, NONE,
}, validation_p[VALIDATION * TASKS] = {
    1, -1, 9, 9, 0,
    1, 2,  9, 9, 0,
    4, -2, 9, 9, 0,
    6, 50, 9, 9, 0,
};
static const mmoe_real test_y[TEST * TASKS] = {
    0,    1, NONE, NONE, 1,
    10,   0, NONE, NONE, 1,
    0,    0, NONE, NONE, 1,
    10,   1, NONE, NONE, 0,
    NONE, 0, NONE, NONE, 1,
    5,    1, NONE, NONE, 0,
}, test_p[TEST * TASKS] = {
    1,   0,  9, 9, 5,
    9,   0,  9, 9, 4,
    1,   -3, 9, 9, 3,
    9,   3,  9, 9, 2,
    700, 1,  9, 9, 1,
    6,   1,  9, 9, 0,
};
/* clang-format on */

static const struct objective objective = {
    .tasks = TASKS, .binary = {[B] = true, [D] = true, [E] = true}, .weight = {1, 1, 1, 1, 1}};
static struct mmoe_dataset data;

static int set_up(void **state)
{
    (void)state;
    data = (struct mmoe_dataset){
        .dim = 1,
        .tasks = TASKS,
        .validation = {.n = VALIDATION, .dim = 1, .tasks = TASKS, .y = validation_y},
        .test = {.n = TEST, .dim = 1, .tasks = TASKS, .y = test_y},
        .var = {[A] = 4, [B] = 0.5, [C] = 1, [D] = 1, [E] = 2}};
    return 0;
}

static double value[MMOE_METRICS][MMOE_TASKS_MAX];

/* The values of a part, taken in some rows at a time. */
static bool measure(struct metrics *m, const struct mmoe_rows *part, const mmoe_real *p,
                    size_t at_a_time)
{
    memset(value, 0, sizeof value);
    metrics_begin(m);
    for (size_t i = 0; i < part->n; i += at_a_time) {
        struct mmoe_rows rows = {.dim = 1, .tasks = TASKS, .y = part->y + i * TASKS};
        rows.n = part->n - i < at_a_time ? part->n - i : at_a_time;
        metrics_add(m, &rows, p + i * TASKS);
    }
    return metrics_end(m, part, value);
}

static double log_loss(double p, double y)
{
    return y > 0.5 ? log(1 + exp(-p)) : log(1 + exp(p));
}

static double chance(double logit)
{
    return 1 / (1 + exp(-logit));
}

static void assert_none(size_t task)
{
    for (size_t m = 0; m < MMOE_METRICS; m++)
        if (!isnan(value[m][task]))
            fail_msg("%s of task %zu is %g", mmoe_metrics_table[m].name, task, value[m][task]);
}

static void check_validation(void)
{
    assert_near(value[MMOE_LOSS][A], (0 + 1 + 1 + 0) / 4.0, 1e-12);
    assert_near(value[MMOE_OVER_VAR][A], 0.5 / 4, 1e-12);
    assert_near(value[MMOE_R2][A], 1 - 2.0 / (4 + 1 + 0 + 9), 1e-12); /* around their mean 3 */
    assert_true(isnan(value[MMOE_AUC][A]));
    double loss = (log_loss(-1, 0) + log_loss(2, 1) + log_loss(-2, 1)) / 3;
    assert_near(value[MMOE_LOSS][B], loss, 1e-7);
    assert_near(value[MMOE_OVER_VAR][B], loss / 0.5, 1e-7);
    assert_near(value[MMOE_AUC][B], 0.5, 1e-12); /* 2 is above -1, -2 is not */
    double errors = pow(chance(-1) - 0, 2) + pow(chance(2) - 1, 2) + pow(chance(-2) - 1, 2);
    assert_near(value[MMOE_R2][B], 1 - errors / (3 * 2 / 9.0), 1e-7); /* around their mean 2/3 */
    assert_true(isnan(value[MMOE_AUC_TRUE][B]));
    assert_none(C);
    assert_none(D);
    assert_near(value[MMOE_LOSS][E], log(2), 1e-7);
    assert_near(value[MMOE_OVER_VAR][E], log(2) / 2, 1e-7);
    assert_true(isnan(value[MMOE_AUC][E])); /* nothing to tell them from */
    for (size_t k = TASKS; k < MMOE_TASKS_MAX; k++)
        assert_none(k);
}

static void check_test(void)
{
    assert_near(value[MMOE_LOSS][A], 1, 1e-12);
    assert_near(value[MMOE_OVER_VAR][A], 1.0 / 4, 1e-12);
    assert_near(value[MMOE_R2][A], 1 - 5.0 / 100, 1e-12); /* around 5, not validation's 3 */
    /* 0, 3, 1 against 0, -3, 1: 1.5 + 3 + 2.5 of 9; 5, 4, 3, 1 against 2, 0: 3 * 2 + 1 of 8 */
    assert_near(value[MMOE_AUC][B], 7.0 / 9, 1e-12);
    assert_near(value[MMOE_AUC][E], 7.0 / 8, 1e-12);
    assert_none(C);
    assert_none(D);
}

static void values_by_hand(void **state)
{
    (void)state;
    struct metrics m;
    assert_true(metrics_init(&m, &objective, &data));
    for (size_t at_a_time = 1; at_a_time <= TEST; at_a_time++) {
        assert_true(measure(&m, &data.validation, validation_p, at_a_time));
        check_validation();
        assert_true(measure(&m, &data.test, test_p, at_a_time)); /* and forgets the other part */
        check_test();
    }
    metrics_done(&m);
}

/* Where there are no validation rows the test rows are held out: one part, one variance. */
static void test_rows_serve_for_both(void **state)
{
    (void)state;
    struct metrics m;
    data.validation.n = 0;
    assert_true(metrics_init(&m, &objective, &data));
    assert_true(measure(&m, mmoe_dataset_held_out(&data), test_p, 2));
    check_test();
    metrics_done(&m);
}

/* A loss that is not finite is told, and nothing is made of it. */
static void what_is_not_finite_has_no_metric(void **state)
{
    (void)state;
    mmoe_real p[VALIDATION * TASKS];
    const mmoe_real bad[] = {INFINITY, NAN};
    struct metrics m;
    assert_true(metrics_init(&m, &objective, &data));
    for (size_t i = 0; i < 2; i++) {
        memcpy(p, validation_p, sizeof p);
        p[2 * TASKS + A] = bad[i];
        assert_false(measure(&m, &data.validation, p, 3));
        assert_false(isfinite(value[MMOE_LOSS][A]));
        assert_true(isfinite(value[MMOE_LOSS][B]));
        for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
            assert_true(isnan(value[MMOE_OVER_VAR][k]) && isnan(value[MMOE_AUC][k]) &&
                        isnan(value[MMOE_R2][k]));
    }
    memcpy(p, validation_p, sizeof p);
    for (size_t i = 0; i < VALIDATION; i++)
        p[i * TASKS + C] = p[i * TASKS + D] = NAN; /* of labels that are not there: no matter */
    assert_true(measure(&m, &data.validation, p, 3));
    check_validation();
    metrics_done(&m);
}

static void the_best_of_predictions(void **state)
{
    (void)state;
    struct metrics m;
    assert_true(metrics_init(&m, &objective, &data));
    assert_true(measure(&m, &data.test, test_y, TEST));
    assert_near(value[MMOE_LOSS][A], 0, 0);
    assert_near(value[MMOE_R2][A], 1, 0);
    assert_near(value[MMOE_AUC][B], 1, 0);
    for (size_t i = 0; i < MMOE_METRICS; i++)
        assert_int_equal(mmoe_metrics_table[i].upwards,
                         i == MMOE_AUC || i == MMOE_R2 || i == MMOE_AUC_TRUE);
    metrics_done(&m);
}

/* --- names --- */

static void metrics_are_found_by_name(void **state)
{
    (void)state;
    static const char *const unknown[][2] = {
        {"aux", "no metric 'aux': did you mean auc?"},
        {"over-vra", "no metric 'over-vra': did you mean over_var?"},
        {"Loss", "no metric 'Loss': did you mean loss?"},
        {"accuracy", "no metric 'accuracy': loss, over-var, auc, r2, auc-true, auc-gap, rows-off, "
                     "gate-entropy or gate-lead"},
        {"", "no metric '': loss, over-var, auc, r2, auc-true, auc-gap, rows-off, "
             "gate-entropy or gate-lead"},
        {"over_var_of_the_best",
         "no metric 'over_var_of_the_best': loss, over-var, auc, r2, auc-true, auc-gap, rows-off, "
         "gate-entropy or gate-lead"},
    };
    struct mmoe_error err;
    enum mmoe_metric found = MMOE_METRICS;
    for (size_t i = 0; i < MMOE_METRICS; i++) {
        assert_int_equal(mmoe_metrics_find(mmoe_metrics_table[i].name, &found, &err), MMOE_OK);
        assert_int_equal(found, i);
        assert_true(mmoe_metrics_table[i].key && mmoe_metrics_table[i].title);
    }
    assert_int_equal(mmoe_metrics_find("over-var", &found, &err), MMOE_OK);
    assert_int_equal(found, MMOE_OVER_VAR);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        found = MMOE_METRICS;
        assert_int_equal(mmoe_metrics_find(unknown[i][0], &found, &err), MMOE_UNKNOWN);
        assert_int_equal(err.status, MMOE_UNKNOWN);
        assert_string_equal(err.text, unknown[i][1]);
        assert_int_equal(found, MMOE_METRICS);
    }
    assert_int_equal(mmoe_metrics_quality(true), MMOE_AUC);
    assert_int_equal(mmoe_metrics_quality(false), MMOE_R2);
}

static void none_is_no_value_of_anything(void **state)
{
    (void)state;
    memset(value, 0, sizeof value);
    mmoe_metrics_none(value);
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        assert_none(k);
}

#define METRICS_TEST(f) cmocka_unit_test_setup(f, set_up)

/* Nothing is told of a loss over the spread of labels that are all alike, or not there. */
static void no_spread_is_no_value(void **state)
{
    (void)state;
    assert_near(mmoe_metrics_over(3, 2), 1.5, 1e-15);
    assert_true(isnan(mmoe_metrics_over(3, 0)) && isnan(mmoe_metrics_over(0, 0)) &&
                isnan(mmoe_metrics_over(3, NAN)));
    assert_string_equal(mmoe_metrics_title(MMOE_OVER_VAR, false), "loss / variance");
    assert_string_equal(mmoe_metrics_title(MMOE_OVER_VAR, true), "loss / entropy");
    assert_string_equal(mmoe_metrics_title(MMOE_AUC, true), "AUC");
}

/* Labels that are all alike have no variance to explain, whether predictions meet them or not. */
static void constant_labels_have_no_r2(void **state)
{
    (void)state;
    static const double off[] = {0, 1};
    mmoe_real y[VALIDATION * TASKS], p[VALIDATION * TASKS];
    struct metrics m;
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < VALIDATION * TASKS; k++) {
            y[k] = (mmoe_real)0.3;
            p[k] = y[k] + (mmoe_real)off[i];
        }
        data.validation.y = y;
        assert_true(metrics_init(&m, &objective, &data));
        assert_true(measure(&m, &data.validation, p, VALIDATION));
        assert_near(value[MMOE_LOSS][A], off[i], 1e-6);
        assert_true(isnan(value[MMOE_R2][A]));
        metrics_done(&m);
    }
}

TESTS(cmocka_unit_test(no_spread_is_no_value), METRICS_TEST(constant_labels_have_no_r2),
      METRICS_TEST(values_by_hand), METRICS_TEST(test_rows_serve_for_both),
      METRICS_TEST(what_is_not_finite_has_no_metric), METRICS_TEST(the_best_of_predictions),
      METRICS_TEST(metrics_are_found_by_name), METRICS_TEST(none_is_no_value_of_anything))
