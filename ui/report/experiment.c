/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiment.c - an A/B experiment on the simulated recommender, told. */
#include "ui/report/experiment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>

#include "ui/panel/lift.h"

enum { NUMBER = LIFT_SIZE };
#define LESS_SURE 0.9

static const char *const arms[MMOE_ARMS] = {"control", "control2", "treatment"};

/* --- for programs --- */

static void json_arm(const struct mmoe_sight *e, size_t arm, struct mmoe_text *t)
{
    char name[LIFT_NAME_SIZE];
    event_begin(t, "experiment.arm");
    mmoe_json_word(t, "arm", arms[arm]);
    mmoe_json_word(t, "model", lift_arm(e, arm, name));
    mmoe_json_count(t, "users", e->arm[arm].users);
    mmoe_json_count(t, "visits", e->arm[arm].visits);
    for (size_t k = 0; k < 2; k++)
        mmoe_json_number(t, lift_task[k], e->arm[arm].rate[k]);
    mmoe_json_number(t, "head", e->arm[arm].head);
    mmoe_json_number(t, "multiply_adds", e->arm[arm].multiply_adds);
    mmoe_text_add(t, "}\n");
}

static void json_interval(struct mmoe_text *t, const char *low, const char *high,
                          struct mmoe_interval i)
{
    mmoe_json_number(t, low, i.low);
    mmoe_json_number(t, high, i.high);
}

static double true_lift(const struct mmoe_sight *e, size_t arm, size_t task)
{
    return arm == MMOE_TREATMENT ? e->truth[task] : (double)NAN;
}

static void json_lift(const struct mmoe_sight *e, size_t arm, size_t task, struct mmoe_text *t)
{
    struct mmoe_lift delta = e->arm[arm].lift[task][MMOE_BY_DELTA],
                     cuped = e->arm[arm].lift[task][MMOE_BY_CUPED],
                     jackknife = e->arm[arm].lift[task][MMOE_BY_JACKKNIFE],
                     nets = e->arm[arm].lift[task][MMOE_BY_NETS];
    event_begin(t, "experiment.lift");
    mmoe_json_word(t, "arm", arms[arm]);
    mmoe_json_word(t, "task", lift_task[task]);
    mmoe_json_number(t, "lift", mmoe_lift_interval(&delta, MMOE_SIGHT_LEVEL).value);
    json_interval(t, "low", "high", mmoe_lift_interval(&delta, MMOE_SIGHT_LEVEL));
    json_interval(t, "low90", "high90", mmoe_lift_interval(&delta, LESS_SURE));
    json_interval(t, "always_low", "always_high", e->arm[arm].always[task]);
    mmoe_json_number(t, "p", mmoe_lift_p(&delta));
    mmoe_json_number(t, "cuped", mmoe_lift_interval(&cuped, MMOE_SIGHT_LEVEL).value);
    json_interval(t, "cuped_low", "cuped_high", mmoe_lift_interval(&cuped, MMOE_SIGHT_LEVEL));
    json_interval(t, "jackknife_low", "jackknife_high",
                  mmoe_lift_interval(&jackknife, MMOE_SIGHT_LEVEL));
    mmoe_json_number(t, "nets", mmoe_lift_interval(&nets, MMOE_SIGHT_LEVEL).value);
    json_interval(t, "nets_low", "nets_high", mmoe_lift_interval(&nets, MMOE_SIGHT_LEVEL));
    mmoe_json_number(t, "detectable",
                     mmoe_lift_detectable(&delta, MMOE_SIGHT_LEVEL, MMOE_SIGHT_POWER));
    mmoe_json_number(t, "true", true_lift(e, arm, task));
    mmoe_text_add(t, "}\n");
}

static void json_split(const struct mmoe_sight *e, size_t arm, struct mmoe_text *t)
{
    struct mmoe_split_check s = e->arm[arm].split;
    event_begin(t, "experiment.split");
    mmoe_json_word(t, "arm", arms[arm]);
    mmoe_json_number(t, "p", s.p);
    mmoe_json_number(t, "evidence", s.evidence);
    mmoe_json_truth(t, "alarm", s.alarm);
    mmoe_text_add(t, "}\n");
}

static void json_front(const struct mmoe_front *f, struct mmoe_text *t)
{
    for (size_t arm = 0; arm < 2; arm++)
        for (size_t l = 0; l < MMOE_FRONT_POINTS; l++) {
            event_begin(t, "experiment.front");
            mmoe_json_word(t, "arm", arms[arm ? MMOE_TREATMENT : MMOE_CONTROL]);
            mmoe_json_number(t, "lambda", mmoe_front_lambda[l]);
            for (size_t k = 0; k < 2; k++)
                mmoe_json_number(t, lift_task[k], mmoe_front_rate(f, arm, l, k));
            mmoe_text_add(t, "}\n");
        }
}

static void json_calibration(const struct mmoe_resplits *c, struct mmoe_text *t)
{
    event_begin(t, "experiment.calibration");
    mmoe_json_count(t, "tests", c->tests);
    mmoe_json_count(t, "looks", c->looks);
    mmoe_json_count(t, "naive", c->naive);
    mmoe_json_count(t, "delta", c->delta);
    mmoe_json_count(t, "jackknife", c->jackknife);
    mmoe_json_count(t, "cuped", c->cuped);
    mmoe_json_count(t, "peeked", c->peeked);
    mmoe_json_count(t, "sequence", c->sequence);
    mmoe_json_count(t, "covered", c->covered);
    mmoe_text_add(t, "}\n");
}

/* --- for people --- */

static void people_arms(const struct mmoe_sight *e, struct mmoe_text *t)
{
    mmoe_text_add(t, "%-20s %8s %9s %11s %13s %10s\n", "arm", "users", "visits", "engagement",
                  "satisfaction", "top 1 %");
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        char name[LIFT_NAME_SIZE], users[NUMBER], visits[NUMBER], rate[2][NUMBER], head[NUMBER];
        for (size_t k = 0; k < 2; k++)
            mmoe_format_fixed(e->arm[arm].rate[k], 5, rate[k], NUMBER);
        mmoe_text_add(t, "%-20s %8s %9s %11s %13s %9s%%\n", lift_arm(e, arm, name),
                      mmoe_format_count(e->arm[arm].users, users, NUMBER),
                      mmoe_format_count(e->arm[arm].visits, visits, NUMBER), rate[0], rate[1],
                      mmoe_format_fixed(100 * e->arm[arm].head, 1, head, NUMBER));
    }
}

/* A line of the table of lifts; its head stands in experiment_add. */
static void people_lift(const struct mmoe_sight *e, size_t arm, size_t task, struct mmoe_text *t)
{
    char name[LIFT_NAME_SIZE], value[NUMBER], fixed[LIFT_INTERVAL_SIZE], ever[LIFT_INTERVAL_SIZE],
        found[NUMBER], truth[NUMBER];
    struct mmoe_lift l = e->arm[arm].lift[task][MMOE_BY_DELTA];
    struct mmoe_interval at_end = mmoe_lift_interval(&l, MMOE_SIGHT_LEVEL);
    double least = mmoe_lift_detectable(&l, MMOE_SIGHT_LEVEL, MMOE_SIGHT_POWER);
    mmoe_text_add(t, "%-12s %-15s %6s %-2s %-17s %-17s %6s %6s\n", lift_task[task],
                  lift_arm(e, arm, name), lift_percent(at_end.value, 2, value), lift_stars(&l),
                  lift_interval(at_end, fixed), lift_interval(e->arm[arm].always[task], ever),
                  isfinite(least) ? mmoe_format_fixed(100 * least, 2, found, NUMBER) : "-",
                  lift_percent(true_lift(e, arm, task), 2, truth));
}

/* What is to be expected of other nets of these models; nothing where an arm has one net. */
static void people_nets(const struct mmoe_sight *e, size_t task, struct mmoe_text *t)
{
    char value[NUMBER], around[LIFT_INTERVAL_SIZE];
    const struct mmoe_lift *l = &e->arm[MMOE_TREATMENT].lift[task][MMOE_BY_NETS];
    struct mmoe_interval i = mmoe_lift_interval(l, MMOE_SIGHT_LEVEL);
    if (e->nets < 2 || !isfinite(l->log))
        return;
    mmoe_text_add(t, "nets for users: %s %s %s, of %s against %zu\n", lift_task[task],
                  lift_percent(i.value, 2, value), lift_interval(i, around),
                  MMOE_COUNTED(e->nets, "net"), 2 * e->nets);
}

static void people_split(const struct mmoe_sight *e, size_t arm, struct mmoe_text *t)
{
    char name[LIFT_NAME_SIZE], p[NUMBER], evidence[NUMBER];
    struct mmoe_split_check s = e->arm[arm].split;
    mmoe_text_add(t, "users split against %s: p %s, e-value %s%s\n", lift_arm(e, arm, name),
                  mmoe_format_fixed(s.p, 3, p, NUMBER),
                  mmoe_format_narrow(s.evidence, evidence, NUMBER),
                  s.alarm ? ": not as planned, believe no lift" : "");
}

/* What weights of satisfaction other than the experiment's would have come to. */
static void people_front(const struct mmoe_sight *e, struct mmoe_text *t)
{
    mmoe_text_add(t, "true rates: %19.19s %23.23s\n%6s %10s %12s %10s %12s\n", e->model[0],
                  e->model[1], "lambda", lift_task[0], lift_task[1], lift_task[0], lift_task[1]);
    for (size_t l = 0; l < MMOE_FRONT_POINTS; l++) {
        char lambda[NUMBER], rate[2][2][NUMBER];
        for (size_t arm = 0; arm < 2; arm++)
            for (size_t k = 0; k < 2; k++)
                mmoe_format_fixed(mmoe_front_rate(&e->front, arm, l, k), 5, rate[arm][k], NUMBER);
        mmoe_text_add(t, "%6s %10s %12s %10s %12s\n",
                      mmoe_format_fixed(mmoe_front_lambda[l], 1, lambda, NUMBER), rate[0][0],
                      rate[0][1], rate[1][0], rate[1][1]);
    }
}

static void people_calibration(const struct mmoe_resplits *c, struct mmoe_text *t)
{
    const struct {
        const char *what;
        size_t n;
    } rows[] = {{"impressions taken as independent", c->naive},
                {"delta method, as above", c->delta},
                {"jackknife over buckets", c->jackknife},
                {"delta method with CUPED", c->cuped},
                {"delta method, looked at all the time", c->peeked},
                {"interval for all times, looked at all the time", c->sequence}};
    char n[NUMBER], share[NUMBER];
    mmoe_text_add(t,
                  "%s splits of users who were all shown the same; engagement differs at 95 %% "
                  "in\n",
                  mmoe_format_count(c->tests, n, NUMBER));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        mmoe_text_add(
            t, "  %5s%%  %s\n",
            mmoe_format_fixed(100 * (double)rows[i].n / (double)c->tests, 1, share, NUMBER),
            rows[i].what);
    mmoe_text_add(t,
                  "as many splits shown both policies: the true lift is in the interval in "
                  "%s%%\n",
                  mmoe_format_fixed(100 * (double)c->covered / (double)c->tests, 1, share, NUMBER));
}

void experiment_add(const struct mmoe_sight *e, bool json, struct mmoe_text *t)
{
    if (!json) {
        mmoe_text_add(t, "experiment: %s against %s, %s an arm\n", e->model[1], e->model[0],
                      MMOE_COUNTED(e->nets, "net"));
        people_arms(e, t);
        mmoe_text_add(t, "%-12s %-15s %6s %-2s %-17s %-17s %6s %6s\n", "lift, %", "arm", "", "",
                      "95 % at the end", "at all times", "found", "true");
    }
    for (size_t arm = 0; arm < MMOE_ARMS && json; arm++)
        json_arm(e, arm, t);
    for (size_t k = 0; k < 2; k++)
        for (size_t arm = MMOE_SECOND_CONTROL; arm < MMOE_ARMS; arm++)
            (json ? json_lift : people_lift)(e, arm, k, t);
    for (size_t k = 0; k < 2 && !json; k++)
        people_nets(e, k, t);
    for (size_t arm = MMOE_SECOND_CONTROL; arm < MMOE_ARMS; arm++)
        (json ? json_split : people_split)(e, arm, t);
    if (!json)
        mmoe_text_add(t, "verdict: engagement %s; satisfaction %s\n",
                      lift_finding(mmoe_sight_finding(e, 0)),
                      lift_finding(mmoe_sight_finding(e, 1)));
    if (e->front.visits && json)
        json_front(&e->front, t);
    else if (e->front.visits)
        people_front(e, t);
    if (e->calibration.tests)
        (json ? json_calibration : people_calibration)(&e->calibration, t);
}
