/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * experiment.h - a live A/B experiment on the simulated recommender.
 *
 * Every visit belongs to its user's arm: control, a second control, or treatment, by a hash of the
 * user. A trained net of the arm, the same for all visits of a user, ranks the candidates by
 * p_engagement + lambda p_satisfaction; the first few are shown, and the user does what the truth
 * has. Both controls are the same architecture from other first weights: what lies between them is
 * what trained nets differ by anyway. Nothing depends on when it is looked at.
 *
 * Ownership: mmoe_experiment_new / _free; nets and recommender are borrowed. Threads: one at a
 *            time; the nets are used.
 *
 *   struct mmoe_experiment *e = mmoe_experiment_new(r, &plan, arms);
 *   mmoe_experiment_go(e, 1000);
 *   struct mmoe_lift l = mmoe_experiment_lift(e, MMOE_TREATMENT, MMOE_ENGAGEMENT, MMOE_BY_DELTA);
 */
#ifndef MMOE_EXPERIMENT_H
#define MMOE_EXPERIMENT_H

#include <mmoe/abtest.h>
#include <mmoe/model.h>
#include <mmoe/recommender.h>

enum mmoe_experiment_arm { MMOE_CONTROL, MMOE_SECOND_CONTROL, MMOE_TREATMENT, MMOE_ARMS };
enum mmoe_lift_method {
    MMOE_BY_DELTA,
    MMOE_NAIVELY,
    MMOE_BY_CUPED,
    MMOE_BY_JACKKNIFE,
    MMOE_BY_NETS, /* the treatment's nets against those of both controls, whose model is one */
    MMOE_LIFT_METHODS
};
enum {
    MMOE_POLICY_NETS = 16,
    MMOE_EXPERIMENT_BUCKETS = 50,
    MMOE_CANDIDATES = 100,
    MMOE_SHOWN = 5,
    MMOE_LOOKS_MAX = 128
};

/* How an arm ranks. */
struct mmoe_policy {
    size_t count;
    struct mmoe_net *net[MMOE_POLICY_NETS]; /* each for batches of MMOE_CANDIDATES rows at least */
    bool satisfies;                         /* its nets' satisfaction was trained, and ranks */
};

struct mmoe_experiment_plan {
    size_t visits; /* in all */
    size_t looks;  /* 1 to MMOE_LOOKS_MAX, evenly spaced over the visits */
    double lambda;
    uint64_t seed; /* of the split into arms */
};

/* What there was to see at a look. */
struct mmoe_look {
    size_t visits;
    struct mmoe_lift lift[MMOE_ARMS][MMOE_RECOMMENDER_TASKS]; /* by delta, against control */
};

struct mmoe_experiment;

/* NULL where it does not fit in memory. */
struct mmoe_experiment *mmoe_experiment_new(const struct mmoe_recommender *r,
                                            const struct mmoe_experiment_plan *plan,
                                            const struct mmoe_policy arms[MMOE_ARMS]);
void mmoe_experiment_free(struct mmoe_experiment *e);
/* So many visits more, at most to the plan's end. */
void mmoe_experiment_go(struct mmoe_experiment *e, size_t visits);

const struct mmoe_experiment_plan *mmoe_experiment_plan(const struct mmoe_experiment *e);
size_t mmoe_experiment_visits(const struct mmoe_experiment *e, size_t arm);
double mmoe_experiment_users(const struct mmoe_experiment *e, size_t arm);
/* Sum of labels over impressions; NAN without any. */
double mmoe_experiment_rate(const struct mmoe_experiment *e, size_t arm, size_t task);
/* Of an arm against control; of MMOE_CONTROL nothing. Every user meets one net of the arm. */
struct mmoe_lift mmoe_experiment_lift(const struct mmoe_experiment *e, size_t arm, size_t task,
                                      enum mmoe_lift_method method);
/* The interval of the delta method's lift that holds at all times, for what was seen so far. */
struct mmoe_interval mmoe_experiment_always(const struct mmoe_experiment *e, size_t arm,
                                            size_t task, double level);
/* Of users, control against that arm. */
struct mmoe_split_check mmoe_experiment_split(const struct mmoe_experiment *e, size_t arm);
/* The share of an arm's impressions that the most shown hundredth of all items have. */
double mmoe_experiment_head(const struct mmoe_experiment *e, size_t arm);
const struct mmoe_look *mmoe_experiment_looks(const struct mmoe_experiment *e, size_t *n);

/* --- what only a simulator knows --- */

/* What both policies of two arms would have come to in visits of their own, on each of them. */
struct mmoe_outcomes {
    size_t visits;
    struct mmoe_outcome {
        uint32_t user;
        float label[2][MMOE_RECOMMENDER_TASKS]; /* sums over what was shown, by policy */
        float truth[2][MMOE_RECOMMENDER_TASKS]; /* of their probabilities */
    } * of;                                     /* (visits) */
    double *before;                             /* (users) what each engaged with beforehand */
    size_t users;
};
/* Visit `first` to first + n - 1, appended; out is zero or was filled so before. */
void mmoe_outcomes_add(const struct mmoe_experiment *e, size_t first, size_t n, size_t a, size_t b,
                       struct mmoe_outcomes *out);
void mmoe_outcomes_done(struct mmoe_outcomes *o);
/* The lift of the second policy over the first by the probabilities of all visits. */
double mmoe_outcomes_lift(const struct mmoe_outcomes *o, size_t task);

/* Of so many splits of the users of one log into arms that were shown the same, how many are told
 * to differ at 95 %; and of as many splits shown both policies, how many intervals have the lift.
 */
struct mmoe_resplits {
    size_t tests;
    size_t naive, delta, jackknife, cuped; /* significant without a difference */
    size_t peeked,
        sequence; /* ever, at any of `looks` looks: by the fixed interval, by the other */
    size_t looks;
    size_t covered; /* the delta interval has the lift that both policies have over all users */
};
/* tests more, from number `first` on, added up. */
void mmoe_resplit(const struct mmoe_outcomes *o, size_t task, uint64_t seed, size_t first,
                  size_t tests, struct mmoe_resplits *out);

/* What control and treatment come to at several weights of satisfaction, by the truth. */
enum { MMOE_FRONT_POINTS = 9 };
extern const double mmoe_front_lambda[MMOE_FRONT_POINTS]; /* ascending from 0 */
struct mmoe_front {
    size_t visits;                                            /* 0: it was not looked at */
    double sum[2][MMOE_FRONT_POINTS][MMOE_RECOMMENDER_TASKS]; /* of probabilities, of all shown */
};
/* Visits first to first + n - 1 of those that outcomes are of, added up. */
void mmoe_experiment_front(const struct mmoe_experiment *e, size_t first, size_t n,
                           struct mmoe_front *out);
/* Mean over impressions; arm 0 is control, 1 treatment. NAN without visits. */
double mmoe_front_rate(const struct mmoe_front *f, size_t arm, size_t point, size_t task);

/* --- what there is to see --- */

/* How far an experiment is. */
enum mmoe_sight_stage {
    MMOE_SIGHT_SERVING,  /* requests are timed */
    MMOE_SIGHT_TRAINING, /* the nets of its arms */
    MMOE_SIGHT_VISITS,
    MMOE_SIGHT_BEHIND, /* visits are over; what only a simulator knows is computed */
    MMOE_SIGHT_DONE,
    MMOE_SIGHT_STOPPED /* before its visits were over */
};

/* All there is to see of an experiment at one time, as plain values. */
struct mmoe_sight {
    enum mmoe_sight_stage stage;
    double share; /* of the stage, 0 to 1 */
    struct mmoe_experiment_plan plan;
    size_t nets;                             /* an arm */
    const char *model[2];                    /* control's and treatment's; static text */
    double foreseen[MMOE_RECOMMENDER_TASKS]; /* the lift that the planned visits find, beforehand */
    double small_takes;                      /* visits that find MMOE_SIGHT_SMALL of engagement */
    size_t done;                             /* visits */
    struct mmoe_sight_arm {
        size_t users, visits;
        double rate[MMOE_RECOMMENDER_TASKS], head;
        struct mmoe_lift lift[MMOE_RECOMMENDER_TASKS][MMOE_LIFT_METHODS];
        struct mmoe_interval always[MMOE_RECOMMENDER_TASKS];
        struct mmoe_split_check split;
        double multiply_adds, p99; /* a row; seconds a request (serving.h); NAN: not measured */
    } arm[MMOE_ARMS];
    size_t looks;
    struct mmoe_look look[MMOE_LOOKS_MAX];
    double truth[MMOE_RECOMMENDER_TASKS]; /* treatment's true lift; NAN: not known yet */
    struct mmoe_resplits calibration;     /* tests 0: none were made */
    struct mmoe_front front;
};
#define MMOE_SIGHT_LEVEL 0.95
#define MMOE_SIGHT_POWER 0.8
#define MMOE_SIGHT_SMALL 0.0025 /* the paper's lift of engagement by MMoE (table 4) */

/* All that the experiment itself knows: plan, done, arms but for serving, looks. The rest of *out
 * is kept. */
void mmoe_experiment_see(const struct mmoe_experiment *e, struct mmoe_sight *out);

/* What is to be said of a metric. */
enum mmoe_finding {
    MMOE_FINDING_BLOCKED, /* users were not split as planned: nothing is believed */
    MMOE_FINDING_NONE,    /* not yet, or not in the end */
    MMOE_FINDING_RAISED,
    MMOE_FINDING_LOWERED
};
/* By the interval for all times while visits go on, by the fixed one when all planned are over. */
enum mmoe_finding mmoe_sight_finding(const struct mmoe_sight *s, size_t task);
/* The smallest lift that is found at 95 % in 4 of 5: by now, or by the visits planned if errors
 * fall with the root of visits. NAN before any. */
double mmoe_sight_detectable(const struct mmoe_sight *s, size_t task, bool at_end);

#endif
