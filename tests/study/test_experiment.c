/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Experiments on a small recommender: what a visit is, what depends on what, how often they err. */
#include <math.h>
#include <string.h>

#include <mmoe/abrun.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/policies.h>

#include "tests/test.h"

enum { VISITS = 1500 };
static struct mmoe_error err;
static struct mmoe_policies *policies; /* shared-bottom twice, mmoe, single-task */

static bool on(void *context, double share)
{
    (void)context;
    assert_true(share >= 0 && share <= 1);
    return true;
}

static void world_options(struct mmoe_options *o, const char *model)
{
    mmoe_options_default(o);
    put(o, "data", "recommender");
    put(o, "users", "300");
    put(o, "items", "150");
    put(o, "rows", "stream");
    put(o, "test-rows", "200");
    put(o, "batch", "128");
    put(o, "steps", "60");
    put(o, "eval-every", "60");
    put(o, "bottom-units", "8");
    put(o, "experts", "2");
    put(o, "model", model);
}

static struct mmoe_policies *train(size_t jobs)
{
    static const char *const models[] = {"shared-bottom", "shared-bottom", "mmoe", "single-task"};
    struct mmoe_options arm[4];
    for (size_t i = 0; i < 4; i++)
        world_options(&arm[i], models[i]);
    put(&arm[3], "task-weights", "1,0");
    struct mmoe_policies *p = mmoe_policies_new(arm, 4, 2, jobs, on, NULL, &err);
    if (!p)
        fail_msg("%s", err.text);
    return p;
}

static int begin(void **state)
{
    (void)state;
    mmoe_mat_init();
    policies = train(2);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mmoe_policies_free(policies);
    return 0;
}

static const struct mmoe_experiment_plan plan = {.visits = VISITS, .looks = 5, .lambda = 1};

static struct mmoe_experiment *experiment_of(size_t control, size_t second, size_t treatment,
                                             const struct mmoe_experiment_plan *of)
{
    struct mmoe_policy policy[MMOE_ARMS];
    const size_t arm[] = {control, second, treatment};
    for (size_t i = 0; i < MMOE_ARMS; i++)
        mmoe_policies_get(policies, arm[i], &policy[i]);
    struct mmoe_experiment *e =
        mmoe_experiment_new(mmoe_policies_recommender(policies), of, policy);
    assert_non_null(e);
    return e;
}

/* One thread or two train the same bits. */
static void threads_change_nothing(void **state)
{
    (void)state;
    struct mmoe_policies *alone = train(1);
    for (size_t arm = 0; arm < 4; arm++) {
        struct mmoe_policy a, b;
        mmoe_policies_get(policies, arm, &a);
        mmoe_policies_get(alone, arm, &b);
        assert_int_equal(a.count, 2);
        assert_int_equal(a.satisfies, arm < 3);
        for (size_t i = 0; i < 2; i++)
            assert_memory_equal(mmoe_net_params(a.net[i]), mmoe_net_params(b.net[i]),
                                mmoe_net_kept(a.net[i]) * sizeof(mmoe_real));
        assert_true(memcmp(mmoe_net_params(a.net[0]), mmoe_net_params(a.net[1]),
                           mmoe_net_size(a.net[0]) * sizeof(mmoe_real)) != 0);
    }
    mmoe_policies_free(alone);
}

static void same_arms(const struct mmoe_experiment *a, const struct mmoe_experiment *b)
{
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        assert_int_equal(mmoe_experiment_visits(a, arm), mmoe_experiment_visits(b, arm));
        for (size_t k = 0; k < 2; k++)
            assert_true(mmoe_experiment_rate(a, arm, k) == mmoe_experiment_rate(b, arm, k));
    }
}

/* All visits at once or a few at a time, looked at or not; it ends where the plan does. */
static void pieces_change_nothing(void **state)
{
    (void)state;
    struct mmoe_experiment *whole = experiment_of(0, 1, 2, &plan),
                           *pieces = experiment_of(0, 1, 2, &plan);
    mmoe_experiment_go(whole, VISITS + 1000);
    for (size_t i = 0; i < VISITS; i += 7) {
        mmoe_experiment_go(pieces, 7);
        mmoe_experiment_lift(pieces, MMOE_TREATMENT, 0, MMOE_BY_CUPED);
    }
    same_arms(whole, pieces);
    size_t n, visits = 0;
    const struct mmoe_look *look = mmoe_experiment_looks(whole, &n);
    assert_int_equal(n, 5);
    assert_int_equal(look[0].visits, VISITS / 5);
    assert_int_equal(look[4].visits, VISITS);
    struct mmoe_lift last = mmoe_experiment_lift(whole, MMOE_TREATMENT, 1, MMOE_BY_DELTA);
    assert_true(look[4].lift[MMOE_TREATMENT][1].log == last.log);
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        double share = (double)mmoe_experiment_visits(whole, arm) / VISITS;
        visits += mmoe_experiment_visits(whole, arm);
        assert_near(share, 1.0 / 3, 0.15); /* some users come often */
        assert_true(mmoe_experiment_head(whole, arm) > 0 && mmoe_experiment_head(whole, arm) <= 1);
    }
    assert_int_equal(visits, VISITS);
    assert_false(mmoe_experiment_split(whole, MMOE_TREATMENT).alarm);
    mmoe_experiment_free(whole);
    mmoe_experiment_free(pieces);
}

/* Arms of the same nets come to the same in the same visits, and have no true lift; others differ.
 * The sum of what is shown lies between none and all of it. */
static void same_nets_have_no_lift(void **state)
{
    (void)state;
    struct mmoe_experiment *e = experiment_of(0, 0, 2, &plan);
    struct mmoe_outcomes same = {0}, apart = {0};
    mmoe_outcomes_add(e, 0, 200, MMOE_CONTROL, MMOE_SECOND_CONTROL, &same);
    mmoe_outcomes_add(e, 0, 120, MMOE_CONTROL, MMOE_TREATMENT, &apart);
    mmoe_outcomes_add(e, 120, 80, MMOE_CONTROL, MMOE_TREATMENT, &apart);
    assert_int_equal(apart.visits, 200);
    for (size_t i = 0; i < 200; i++) {
        assert_memory_equal(same.of[i].label[0], same.of[i].label[1], sizeof same.of[i].label[0]);
        assert_memory_equal(same.of[i].truth[0], apart.of[i].truth[0], sizeof same.of[i].truth[0]);
        assert_true(same.of[i].label[0][0] >= 0 && same.of[i].label[0][0] <= MMOE_SHOWN);
    }
    assert_near(mmoe_outcomes_lift(&same, 0), 0, 0);
    assert_true(fabs(mmoe_outcomes_lift(&apart, 0)) > 0);
    mmoe_outcomes_done(&same);
    mmoe_outcomes_done(&apart);
    mmoe_experiment_free(e);
}

/* A net that was trained at all finds better items than one that ranks by first weights alone: it
 * shows what the logged rates are below. Satisfaction that was not trained does not rank. */
static void lambda_ranks_what_was_trained(void **state)
{
    (void)state;
    struct mmoe_experiment_plan heavy = plan;
    heavy.lambda = 50;
    struct mmoe_experiment *light = experiment_of(0, 3, 3, &plan),
                           *much = experiment_of(0, 3, 3, &heavy);
    mmoe_experiment_go(light, VISITS);
    mmoe_experiment_go(much, VISITS);
    assert_true(mmoe_experiment_rate(light, MMOE_TREATMENT, 0) ==
                mmoe_experiment_rate(much, MMOE_TREATMENT, 0));
    assert_true(mmoe_experiment_rate(light, MMOE_CONTROL, 0) !=
                mmoe_experiment_rate(much, MMOE_CONTROL, 0));
    mmoe_experiment_free(light);
    mmoe_experiment_free(much);
}

/* Users of one log split anew: 5 % +- 3 sd by the delta method, more naively and by who peeks, at
 * most 5 % + 3 sd by the sequence; intervals have the lift of all users, 95 % + - 3 sd. */
static void calibration(void **state)
{
    (void)state;
    enum { TESTS = 1000 };
    struct mmoe_experiment *e = experiment_of(0, 1, 2, &plan);
    struct mmoe_outcomes o = {0};
    struct mmoe_resplits all = {0}, some = {0};
    mmoe_outcomes_add(e, 0, 4000, MMOE_CONTROL, MMOE_TREATMENT, &o);
    mmoe_resplit(&o, MMOE_ENGAGEMENT, 5, 0, TESTS, &all);
    mmoe_resplit(&o, MMOE_ENGAGEMENT, 5, 0, 10, &some);
    mmoe_resplit(&o, MMOE_ENGAGEMENT, 5, 10, TESTS - 10, &some);
    assert_memory_equal(&all, &some, sizeof all);
    print_message("naive %zu, delta %zu, jackknife %zu, CUPED %zu, peeked %zu, sequence %zu, "
                  "covered %zu of %zu\n",
                  all.naive, all.delta, all.jackknife, all.cuped, all.peeked, all.sequence,
                  all.covered, all.tests);
    assert_int_equal(all.tests, TESTS);
    assert_in_range(all.delta, 29, 71);
    assert_in_range(all.jackknife, 29, 71);
    assert_in_range(all.cuped, 29, 71);
    assert_true(all.naive > 100);
    assert_true(all.peeked > 150);
    assert_true(all.sequence <= 71);
    assert_in_range(all.covered, 929, 971);
    mmoe_outcomes_done(&o);
    mmoe_experiment_free(e);
}

/* The front has what the experiment's own lambda comes to, in pieces as at once; what was not
 * trained to rank does not depend on it. */
static void front(void **state)
{
    (void)state;
    struct mmoe_experiment *e = experiment_of(0, 0, 3, &plan);
    struct mmoe_outcomes o = {0};
    struct mmoe_front all = {0}, parts = {0};
    double sum[2][MMOE_RECOMMENDER_TASKS] = {0};
    size_t own = 0;
    while (mmoe_front_lambda[own] != plan.lambda)
        own++;
    mmoe_outcomes_add(e, 0, 100, MMOE_CONTROL, MMOE_TREATMENT, &o);
    mmoe_experiment_front(e, 0, 100, &all);
    mmoe_experiment_front(e, 0, 30, &parts);
    mmoe_experiment_front(e, 30, 70, &parts);
    assert_memory_equal(&all, &parts, sizeof all);
    for (size_t i = 0; i < 100; i++)
        for (size_t p = 0; p < 2; p++)
            for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
                sum[p][k] += (double)o.of[i].truth[p][k];
    for (size_t p = 0; p < 2; p++)
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
            assert_near(all.sum[p][own][k], sum[p][k], 1e-3);
    assert_memory_equal(all.sum[1][0], all.sum[1][MMOE_FRONT_POINTS - 1], sizeof all.sum[1][0]);
    assert_true(all.sum[0][MMOE_FRONT_POINTS - 1][MMOE_ENGAGEMENT] <
                all.sum[0][0][MMOE_ENGAGEMENT]);
    mmoe_outcomes_done(&o);
    mmoe_experiment_free(e);
}

/* What is seen adds up; over nets the lift is of their mean logarithms. */
static void sight(void **state)
{
    (void)state;
    struct mmoe_experiment *e = experiment_of(0, 1, 2, &plan);
    struct mmoe_sight s = {0};
    mmoe_experiment_see(e, &s);
    assert_int_equal(s.done, 0);
    assert_int_equal(mmoe_sight_finding(&s, 0), MMOE_FINDING_NONE);
    mmoe_experiment_go(e, plan.visits);
    mmoe_experiment_see(e, &s);
    assert_int_equal(s.done, plan.visits);
    assert_true(isfinite(s.arm[MMOE_TREATMENT].lift[0][MMOE_BY_NETS].log));
    struct mmoe_lift *l = &s.arm[MMOE_TREATMENT].lift[0][MMOE_BY_DELTA];
    *l = (struct mmoe_lift){.log = -0.1, .se = 0.01, .df = (double)INFINITY};
    assert_int_equal(mmoe_sight_finding(&s, 0), MMOE_FINDING_LOWERED);
    s.arm[MMOE_TREATMENT].split.alarm = true;
    assert_int_equal(mmoe_sight_finding(&s, 0), MMOE_FINDING_BLOCKED);
    mmoe_experiment_free(e);
}

/* A run as a job: it ends with a truth and a front, and says at all times what is so. */
static void run_is_watched(void **state)
{
    (void)state;
    struct mmoe_abrun_order order = {.nets = 1, .jobs = 2, .tests = 3, .plan = plan};
    for (size_t i = 0; i < MMOE_ARMS; i++)
        world_options(&order.arm[i], i == MMOE_TREATMENT ? "mmoe" : "shared-bottom");
    struct mmoe_abrun *r = mmoe_abrun_new(&order);
    struct mmoe_mailbox *m = mmoe_mailbox_new();
    struct mmoe_sight s;
    struct mmoe_job *job = mmoe_job_start(m, mmoe_abrun_work, r);
    size_t before = 0;
    while (!mmoe_job_is_done(job)) {
        mmoe_abrun_look(r, &s);
        assert_true(s.done >= before && s.done <= plan.visits && s.share >= 0 && s.share <= 1);
        before = s.done;
    }
    assert_int_equal(mmoe_job_end(job, &err), MMOE_OK);
    mmoe_abrun_look(r, &s);
    assert_int_equal(s.stage, MMOE_SIGHT_DONE);
    assert_int_equal(s.done, plan.visits);
    assert_int_equal(s.calibration.tests, 3);
    assert_true(isfinite(s.truth[0]) && s.front.visits > 0);
    mmoe_abrun_free(r);
    mmoe_mailbox_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(pieces_change_nothing),
        cmocka_unit_test(same_nets_have_no_lift),
        cmocka_unit_test(lambda_ranks_what_was_trained),
        cmocka_unit_test(calibration),
        cmocka_unit_test(front),
        cmocka_unit_test(sight),
        cmocka_unit_test(run_is_watched),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
