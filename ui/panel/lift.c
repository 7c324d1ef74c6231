/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lift.c - an experiment's numbers as words. */
#include "ui/panel/lift.h"

#include <math.h>
#include <stdio.h>

#define LESS_SURE 0.9

const char *const lift_task[MMOE_RECOMMENDER_TASKS] = {"engagement", "satisfaction"};

const char *lift_percent(double v, int digits, char buf[LIFT_SIZE])
{
    if (!isfinite(v))
        return "-";
    buf[0] = v < 0 ? '-' : '+';
    mmoe_format_fixed(fabs(100 * v), digits, buf + 1, LIFT_SIZE - 1);
    return buf;
}

const char *lift_interval(struct mmoe_interval i, char buf[LIFT_INTERVAL_SIZE])
{
    char low[LIFT_SIZE], high[LIFT_SIZE];
    if (!isfinite(i.low) || !isfinite(i.high))
        return "-";
    snprintf(buf, LIFT_INTERVAL_SIZE, "[%.14s, %.14s]", lift_percent(i.low, 2, low),
             lift_percent(i.high, 2, high));
    return buf;
}

static bool is_apart(struct mmoe_interval i)
{
    return i.low > 0 || i.high < 0;
}

const char *lift_stars(const struct mmoe_lift *l)
{
    return is_apart(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL)) ? "**"
           : is_apart(mmoe_lift_interval(l, LESS_SURE))      ? "*"
                                                             : "";
}

const char *lift_arm(const struct mmoe_sight *s, size_t arm, char buf[LIFT_NAME_SIZE])
{
    snprintf(buf, LIFT_NAME_SIZE, "%.28s%s", s->model[arm == MMOE_TREATMENT],
             arm == MMOE_SECOND_CONTROL ? "'" : "");
    return buf;
}

const char *lift_finding(enum mmoe_finding f)
{
    switch (f) {
    case MMOE_FINDING_RAISED: return "raised";
    case MMOE_FINDING_LOWERED: return "lowered";
    case MMOE_FINDING_BLOCKED: return "not to be believed: users were not split as planned";
    case MMOE_FINDING_NONE: break;
    }
    return "no difference shown";
}

const char *lift_finding_short(enum mmoe_finding f)
{
    switch (f) {
    case MMOE_FINDING_RAISED: return "raised";
    case MMOE_FINDING_LOWERED: return "lowered";
    case MMOE_FINDING_BLOCKED: return "blocked";
    case MMOE_FINDING_NONE: break;
    }
    return "none";
}

void lift_power(const struct mmoe_sight *s, struct mmoe_text *t)
{
    char engagement[LIFT_SIZE], satisfaction[LIFT_SIZE], small[LIFT_SIZE];
    mmoe_text_add(
        t, "found at 95 %% in 4 of 5: lifts of %s %% of engagement, %s %% of satisfaction; ",
        mmoe_format_fixed(100 * s->foreseen[MMOE_ENGAGEMENT], 2, engagement, LIFT_SIZE),
        mmoe_format_fixed(100 * s->foreseen[MMOE_SATISFACTION], 2, satisfaction, LIFT_SIZE));
    mmoe_text_add(t, "%s %% of engagement takes %s",
                  mmoe_format_fixed(100 * MMOE_SIGHT_SMALL, 2, small, LIFT_SIZE),
                  MMOE_COUNTED((uint64_t)s->small_takes, "visit"));
}
