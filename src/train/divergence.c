/* SPDX-License-Identifier: GPL-3.0-or-later */
/* divergence.c - names of divergences, what is said of them, and what helps. */
#include <math.h>
#include <string.h>

#include <mmoe/divergence.h>
#include <mmoe/snapshot.h>

#define LARGE_VARIANCE 1e10 /* labels whose gradients soon leave the range of floats */
#define USUAL_RATE 0.01

static const struct {
    const char *name, *verb;
} divergences[MMOE_DIVERGENCES] = {
    [MMOE_SOUND] = {"", ""},
    [MMOE_NOT_FINITE] = {"not-finite", "diverged"},
    [MMOE_OVERFLOW] = {"overflow", "diverged"},
    [MMOE_STILL] = {"still", "stood still"},
    [MMOE_FAR_ABOVE] = {"far-above", "diverged"},
};

const char *mmoe_divergence_name(enum mmoe_divergence d)
{
    return divergences[d].name;
}

const char *mmoe_divergence_verb(enum mmoe_divergence d)
{
    return divergences[d].verb;
}

enum mmoe_divergence mmoe_divergence_find(const char *name)
{
    for (int d = MMOE_NOT_FINITE; d < MMOE_DIVERGENCES; d++)
        if (strcmp(divergences[d].name, name) == 0)
            return (enum mmoe_divergence)d;
    return MMOE_NOT_FINITE;
}

/* --- what happened --- */

/* The task whose held-out loss rose most from step 0. */
static size_t worst_task(const struct mmoe_snapshot *s)
{
    size_t worst = 0;
    double most = -INFINITY;
    for (size_t k = 0; k < s->tasks && s->curve_count; k++) {
        double rise = s->value[MMOE_LOSS][k] / s->curve[0].value[MMOE_LOSS][k];
        if (rise > most) {
            worst = k;
            most = rise;
        }
    }
    return worst;
}

static void tell_rise(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    size_t k = worst_task(s);
    char from[32], to[32];
    mmoe_text_add(t, "the loss of task %s ended at %s, from %s at step 0", s->task[k].name,
                  mmoe_format_loss(s->value[MMOE_LOSS][k], to, sizeof to),
                  mmoe_format_loss(s->curve[0].value[MMOE_LOSS][k], from, sizeof from));
}

void mmoe_divergence_cause(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    switch (s->divergence) {
    case MMOE_NOT_FINITE:
        mmoe_text_add(t, "the loss was not finite");
        if (s->curve_count)
            mmoe_text_add(t, "; it keeps the state of step %s",
                          mmoe_format_count(s->curve[s->curve_count - 1].step, MMOE_NUMBER));
        break;
    case MMOE_OVERFLOW:
        mmoe_text_add(t, "squares of gradients are not finite, so that some weights stand still");
        break;
    case MMOE_STILL:
        mmoe_text_add(t, "no weight has changed since step %s, although there is a gradient",
                      mmoe_format_count(s->resting_since, MMOE_NUMBER));
        break;
    case MMOE_FAR_ABOVE: tell_rise(s, t); break;
    case MMOE_SOUND:
    case MMOE_DIVERGENCES: break;
    }
}

/* --- what helps --- */

/* The power of ten that is at least ten times below lr, and no higher than usual. */
static double lower_rate(double lr)
{
    return fmin(USUAL_RATE, pow(10, floor(log10(lr / 10) + 1e-9)));
}

/* The task whose labels are spread most. */
static size_t widest_task(const struct mmoe_snapshot *s)
{
    size_t widest = 0;
    for (size_t k = 1; k < s->tasks; k++)
        if (s->var[k] > s->var[widest] || isnan(s->var[widest]))
            widest = k;
    return widest;
}

void mmoe_divergence_advice(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    size_t k = widest_task(s);
    double lr = s->options.lr;
    char var[32];
    if (s->var[k] > LARGE_VARIANCE)
        mmoe_text_add(t, "scale the labels of task %s, whose variance is %s, to one near 1",
                      s->task[k].name, mmoe_format_loss(s->var[k], var, sizeof var));
    else if (s->divergence == MMOE_STILL && lr < USUAL_RATE)
        mmoe_text_add(t, "try lr %s", mmoe_format_setting(USUAL_RATE, MMOE_NUMBER));
    else if (s->divergence == MMOE_STILL)
        mmoe_text_add(t, "try clip 1");
    else
        mmoe_text_add(t, "try lr %s%s", mmoe_format_setting(lower_rate(lr), MMOE_NUMBER),
                      s->options.clip > 0 ? "" : ", or clip 1");
}
