/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sight.c - what there is to see of an experiment at one time. */
#include <math.h>
#include <string.h>

#include <mmoe/experiment.h>

enum { TASKS = MMOE_RECOMMENDER_TASKS };

static void see_arm(const struct mmoe_experiment *e, size_t arm, struct mmoe_sight_arm *out)
{
    out->users = (size_t)mmoe_experiment_users(e, arm);
    out->visits = mmoe_experiment_visits(e, arm);
    out->head = mmoe_experiment_head(e, arm);
    out->split = mmoe_experiment_split(e, arm);
    for (size_t k = 0; k < TASKS; k++) {
        out->rate[k] = mmoe_experiment_rate(e, arm, k);
        out->always[k] = mmoe_experiment_always(e, arm, k, MMOE_SIGHT_LEVEL);
        for (size_t m = 0; m < MMOE_LIFT_METHODS; m++)
            out->lift[k][m] = mmoe_experiment_lift(e, arm, k, (enum mmoe_lift_method)m);
    }
}

void mmoe_experiment_see(const struct mmoe_experiment *e, struct mmoe_sight *out)
{
    const struct mmoe_look *look = mmoe_experiment_looks(e, &out->looks);
    memcpy(out->look, look, out->looks * sizeof *look);
    out->plan = *mmoe_experiment_plan(e);
    out->done = 0;
    for (size_t arm = 0; arm < MMOE_ARMS; arm++) {
        see_arm(e, arm, &out->arm[arm]);
        out->done += out->arm[arm].visits;
    }
}

static bool alarmed(const struct mmoe_sight *s)
{
    return s->arm[MMOE_SECOND_CONTROL].split.alarm || s->arm[MMOE_TREATMENT].split.alarm;
}

enum mmoe_finding mmoe_sight_finding(const struct mmoe_sight *s, size_t task)
{
    const struct mmoe_sight_arm *arm = &s->arm[MMOE_TREATMENT];
    struct mmoe_interval i = arm->always[task];
    if (s->done > 0 && alarmed(s))
        return MMOE_FINDING_BLOCKED;
    if (s->done > 0 && s->done == s->plan.visits)
        i = mmoe_lift_interval(&arm->lift[task][MMOE_BY_DELTA], MMOE_SIGHT_LEVEL);
    if (s->done > 0 && i.low > 0)
        return MMOE_FINDING_RAISED;
    return s->done > 0 && i.high < 0 ? MMOE_FINDING_LOWERED : MMOE_FINDING_NONE;
}

double mmoe_sight_detectable(const struct mmoe_sight *s, size_t task, bool at_end)
{
    struct mmoe_lift l = s->arm[MMOE_TREATMENT].lift[task][MMOE_BY_DELTA];
    if (at_end)
        l.se *= sqrt((double)s->done / (double)s->plan.visits);
    return mmoe_lift_detectable(&l, MMOE_SIGHT_LEVEL, MMOE_SIGHT_POWER);
}
