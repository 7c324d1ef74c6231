/* SPDX-License-Identifier: GPL-3.0-or-later */
/* abrun.c - an experiment from training to verdict, as a job that others look at. */
#include <math.h>

#include <mmoe/abrun.h>
#include <mmoe/mem.h>
#include <mmoe/policies.h>
#include <mmoe/serving.h>

#include "src/base/thread.h"

enum {
    PIECE = 200,      /* visits */
    FRONT_SHARE = 75, /* one visit in so many; likewise: */
    TRUE_SHARE = 20,
    TESTED_SHARE = 3,
    BESIDE_LEAST = 10000 /* visits, where so many are planned */
};
/* Of the job. */
#define SERVING 0.02
#define TRAINING 0.58
#define VISITING 0.3

struct mmoe_abrun {
    struct mmoe_abrun_order order;
    struct mmoe_policies *policies;
    struct mmoe_experiment *experiment;
    struct mmoe_outcomes outcomes;
    struct mmoe_sight sight; /* of the job's thread */
    struct thread_monitor *monitor;
    struct mmoe_sight published; /* under the monitor */
    /* of the job in progress */
    struct mmoe_job *job;
    double from, share;
};

/* Power beforehand, by the logged rates. */
static void foresee(struct mmoe_abrun *r)
{
    const struct mmoe_options *o = &r->order.arm[MMOE_CONTROL];
    const double rate[MMOE_RECOMMENDER_TASKS] = {o->engagement, o->satisfaction};
    double each = (double)r->order.plan.visits / MMOE_ARMS * MMOE_SHOWN;
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        r->sight.foreseen[k] =
            mmoe_lift_foreseen(rate[k], each, MMOE_SIGHT_LEVEL, MMOE_SIGHT_POWER);
    r->sight.small_takes = mmoe_lift_impressions(rate[MMOE_ENGAGEMENT], MMOE_SIGHT_SMALL,
                                                 MMOE_SIGHT_LEVEL, MMOE_SIGHT_POWER) /
                           MMOE_SHOWN * MMOE_ARMS;
}

/* Before the first visit. */
static void know_nothing(struct mmoe_sight *s)
{
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        struct mmoe_sight_arm *a = &s->arm[arm];
        a->multiply_adds = a->p99 = a->head = a->split.p = a->split.evidence = NAN;
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++) {
            a->rate[k] = NAN;
            a->always[k] = (struct mmoe_interval){NAN, NAN, NAN};
            for (size_t m = 0; m < MMOE_LIFT_METHODS; m++)
                a->lift[k][m] = (struct mmoe_lift){NAN, NAN, INFINITY};
        }
    }
}

struct mmoe_abrun *mmoe_abrun_new(const struct mmoe_abrun_order *order)
{
    struct mmoe_abrun *r = mmoe_alloc(1, sizeof *r);
    r->order = *order;
    r->monitor = thread_monitor_new(0);
    r->sight.plan = order->plan;
    r->sight.nets = order->nets;
    r->sight.model[0] = mmoe_model_name(mmoe_model_at((size_t)order->arm[MMOE_CONTROL].model));
    r->sight.model[1] = mmoe_model_name(mmoe_model_at((size_t)order->arm[MMOE_TREATMENT].model));
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        r->sight.truth[k] = NAN;
    foresee(r);
    know_nothing(&r->sight);
    r->published = r->sight;
    return r;
}

void mmoe_abrun_free(struct mmoe_abrun *r)
{
    if (!r)
        return;
    mmoe_outcomes_done(&r->outcomes);
    mmoe_experiment_free(r->experiment);
    mmoe_policies_free(r->policies);
    thread_monitor_free(r->monitor);
    mmoe_free(r);
}

void mmoe_abrun_look(struct mmoe_abrun *r, struct mmoe_sight *out)
{
    thread_monitor_enter(r->monitor);
    *out = r->published;
    thread_monitor_leave(r->monitor);
}

static void publish(struct mmoe_abrun *r)
{
    thread_monitor_enter(r->monitor);
    r->published = r->sight;
    thread_monitor_leave(r->monitor);
}

/* What is done now is so much of the job. */
static void stage(struct mmoe_abrun *r, enum mmoe_sight_stage stage, double from, double share)
{
    r->sight.stage = stage;
    r->sight.share = 0;
    r->from = from;
    r->share = share;
    publish(r);
}

static bool goes_on(void *context, double share)
{
    struct mmoe_abrun *r = context;
    r->sight.share = share;
    publish(r);
    return mmoe_job_goes_on(r->job, r->from + r->share * share);
}

/* --- before, meanwhile, after --- */

/* What a request costs each arm. */
static enum mmoe_status serve(struct mmoe_abrun *r, struct mmoe_error *err)
{
    const struct mmoe_options model[2] = {r->order.arm[MMOE_CONTROL], r->order.arm[MMOE_TREATMENT]};
    struct mmoe_serving cost[2];
    stage(r, MMOE_SIGHT_SERVING, 0, SERVING);
    if (mmoe_failed(mmoe_serving_measure(model, 2, goes_on, r, cost, err)))
        return err->status;
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        r->sight.arm[arm].multiply_adds = cost[arm == MMOE_TREATMENT].multiply_adds;
        r->sight.arm[arm].p99 = cost[arm == MMOE_TREATMENT].p99;
    }
    return MMOE_OK;
}

/* Nets of all arms. */
static enum mmoe_status train(struct mmoe_abrun *r, struct mmoe_error *err)
{
    struct mmoe_policy policy[MMOE_ARMS];
    stage(r, MMOE_SIGHT_TRAINING, SERVING, TRAINING);
    r->policies =
        mmoe_policies_new(r->order.arm, MMOE_ARMS, r->order.nets, r->order.jobs, goes_on, r, err);
    if (!r->policies)
        return err->status;
    for (size_t i = 0; i < MMOE_ARMS; i++)
        mmoe_policies_get(r->policies, i, &policy[i]);
    r->experiment =
        mmoe_experiment_new(mmoe_policies_recommender(r->policies), &r->order.plan, policy);
    if (!r->experiment)
        return mmoe_fail(err, MMOE_LIMIT,
                         "an experiment on so many users and items does not fit in memory: lower "
                         "them");
    return MMOE_OK;
}

/* All visits; false: it was stopped. */
static bool visit(struct mmoe_abrun *r)
{
    stage(r, MMOE_SIGHT_VISITS, SERVING + TRAINING, VISITING);
    for (size_t done = 0; done < r->order.plan.visits; done += PIECE) {
        mmoe_experiment_go(r->experiment, PIECE);
        mmoe_experiment_see(r->experiment, &r->sight);
        if (!goes_on(r, (double)r->sight.done / (double)r->order.plan.visits))
            return false;
    }
    return true;
}

/* What both policies come to in the same visits, until there are so many; progress from `from` on.
 */
static bool grow_outcomes(struct mmoe_abrun *r, size_t visits, double from, double share)
{
    struct mmoe_outcomes *o = &r->outcomes;
    for (size_t first = o->visits; o->visits < visits;) {
        size_t left = visits - o->visits;
        mmoe_outcomes_add(r->experiment, o->visits, left < PIECE ? left : PIECE, MMOE_CONTROL,
                          MMOE_TREATMENT, o);
        double part = (double)(o->visits - first) / (double)(visits - first);
        if (!goes_on(r, from + share * part))
            return false;
    }
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        r->sight.truth[k] = mmoe_outcomes_lift(o, k);
    return true;
}

static bool test_statistics(struct mmoe_abrun *r, size_t tests, double from, double share)
{
    for (size_t i = 0; i < tests; i++) {
        mmoe_resplit(&r->outcomes, MMOE_ENGAGEMENT, r->order.plan.seed, r->sight.calibration.tests,
                     1, &r->sight.calibration);
        if (!goes_on(r, from + share * (double)(i + 1) / (double)tests))
            return false;
    }
    return true;
}

static bool draw_front(struct mmoe_abrun *r, double from, double share)
{
    size_t visits = r->order.plan.visits / FRONT_SHARE + 1;
    struct mmoe_front front = {0}; /* shown when it is complete */
    while (front.visits < visits) {
        size_t left = visits - front.visits;
        mmoe_experiment_front(r->experiment, front.visits, left < PIECE ? left : PIECE, &front);
        if (!goes_on(r, from + share * (double)front.visits / (double)visits))
            return false;
    }
    r->sight.front = front;
    return true;
}

size_t mmoe_abrun_beside(size_t planned, size_t tests)
{
    size_t n = planned / (tests ? TESTED_SHARE : TRUE_SHARE) + 1;
    return n >= BESIDE_LEAST ? n : planned < BESIDE_LEAST ? planned : BESIDE_LEAST;
}

enum mmoe_status mmoe_abrun_work(void *run, struct mmoe_job *j, struct mmoe_error *err)
{
    static const double before = SERVING + TRAINING + VISITING;
    struct mmoe_abrun *r = run;
    size_t visits = mmoe_abrun_beside(r->order.plan.visits, r->order.tests);
    r->job = j;
    if (mmoe_failed(serve(r, err)) || mmoe_failed(train(r, err))) {
        stage(r, MMOE_SIGHT_STOPPED, 1, 0);
        return err->status;
    }
    if (!visit(r)) {
        stage(r, MMOE_SIGHT_STOPPED, 1, 0);
        return MMOE_OK;
    }
    stage(r, MMOE_SIGHT_BEHIND, before, 1 - before);
    if (grow_outcomes(r, visits, 0, 0.4) && draw_front(r, 0.4, 0.2))
        test_statistics(r, r->order.tests, 0.6, 0.4);
    stage(r, MMOE_SIGHT_DONE, 1, 0);
    return MMOE_OK;
}

void mmoe_abrun_ask(struct mmoe_abrun *r, size_t tests)
{
    r->order.tests = tests;
}

enum mmoe_status mmoe_abrun_test(void *run, struct mmoe_job *j, struct mmoe_error *err)
{
    struct mmoe_abrun *r = run;
    enum mmoe_sight_stage before = r->sight.stage;
    (void)err;
    r->job = j;
    stage(r, MMOE_SIGHT_BEHIND, 0, 1);
    size_t visits = mmoe_abrun_beside(r->order.plan.visits, r->order.tests);
    if (grow_outcomes(r, visits, 0, 0.5))
        test_statistics(r, r->order.tests, 0.5, 0.5);
    stage(r, before, 1, 0);
    return MMOE_OK;
}
