/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * values.c - numbers of the session by their names, for lessons: "loss.A", "p", "overlap",
 * "repeat.mmoe.median", "dial.loss.A@0", "compare.ratio", "experiment.lift".
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/lesson.h>
#include <mmoe/model.h>
#include <mmoe/turn.h>

#include "ui/app/parts.h"
#include "ui/panel/pairs.h"

/* Does name begin with that? Then *rest is what follows. */
static bool begins(const char *name, const char *with, const char **rest)
{
    size_t n = strlen(with);
    *rest = name + n;
    return strncmp(name, with, n) == 0;
}

/* The task's place; the first without a name; tasks where there is none of it. */
static size_t task_at(const struct mmoe_snapshot *s, const char *name)
{
    size_t k = 0;
    while (*name && k < s->tasks && strcmp(s->task[k].name, name) != 0)
        k++;
    return k;
}

/* --- live runs --- */

/* "loss.A", "rows-off.B", "auc" */
static bool find_metric(const struct mmoe_snapshot *s, const char *name, double *out)
{
    char metric[MMOE_VALUE_NAME_MAX];
    enum mmoe_metric m;
    struct mmoe_error err;
    snprintf(metric, sizeof metric, "%s", name);
    char *task = strchr(metric, '.');
    if (task)
        *task++ = '\0';
    if (mmoe_failed(mmoe_metrics_find(metric, &m, &err)))
        return false;
    size_t k = task_at(s, task ? task : "");
    if (k < s->tasks)
        *out = s->value[m][k];
    return true;
}

static bool find_in_run(const struct mmoe_snapshot *s, const char *name, double *out)
{
    const struct mmoe_gates *g = &s->gate;
    const struct {
        const char *name;
        bool known;
        double value;
    } all[] = {
        {"overlap", g->gates > 1, g->gates > 1 ? g->overlap[0][1] : (double)NAN},
        {"unused", g->gates > 0, (double)g->unused},
        {"copies", g->gates > 0, (double)g->copies},
        {"dead", true, g->dead_share},
        {"label-r", true, s->pearson},
        {"step", true, (double)s->step},
        {"agree", s->scatter != NULL, s->scatter ? s->scatter->agree : (double)NAN},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0) {
            *out = all[i].known && s->state != MMOE_RUN_EMPTY ? all[i].value : (double)NAN;
            return true;
        }
    return find_metric(s, name, out);
}

/* --- repeats, the dial, comparisons, experiments --- */

static int model_of(const char *name, const char **rest)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (begins(name, mmoe_model_name(mmoe_model_at(i)), rest) && **rest == '.') {
            *rest += 1;
            return (int)i;
        }
    return -1;
}

/* "mmoe.median" of the newest row of histograms of that model, on their measure. */
static bool find_repeat(const struct view *v, const char *name, double *out)
{
    const char *what;
    int model = model_of(name, &what);
    for (size_t i = v->group_count; i-- > 0 && model >= 0;) {
        struct mmoe_tally *t = v->groups[i].tally;
        if (v->groups[i].options.model != model || mmoe_tally_done(t) == 0)
            continue;
        size_t stuck, told;
        const struct mmoe_summary *s = &mmoe_tally_spread(t, 0, v->metric, v->task)->summary;
        *out = strcmp(what, "median") == 0 ? s->median
               : strcmp(what, "low") == 0  ? s->min
               : strcmp(what, "high") == 0 ? s->max
               : strcmp(what, "stuck") == 0
                   ? 100 * mmoe_tally_stuck(t, 0, v->task, &stuck, &told).value
               : strcmp(what, "seeds") == 0 ? (double)mmoe_tally_done(t)
                                            : (double)NAN;
        return true;
    }
    return model >= 0;
}

/* "loss.A@0", "overlap@0.5", "label-r@1": of the first side. */
static bool find_on_dial(const struct view *v, const char *name, double *out)
{
    const struct view_dial_curve *c = &v->dial.curve[0];
    char what[MMOE_VALUE_NAME_MAX];
    double x;
    snprintf(what, sizeof what, "%s", name);
    char *at = strchr(what, '@'), *task;
    if (!at || !mmoe_parse_double(at + 1, &x))
        return false;
    *at = '\0';
    if ((task = strchr(what, '.')))
        *task++ = '\0';
    for (size_t i = 0; v->dial.option && i < c->count; i++) {
        const struct view_dial_point *p = &c->point[i];
        size_t k = 0;
        if (fabs(p->x - x) > 1e-9 * fmax(fabs(x), 1))
            continue;
        while (task && k < c->tasks && strcmp(c->task[k], task) != 0)
            k++;
        *out = strcmp(what, "overlap") == 0   ? p->overlap
               : strcmp(what, "label-r") == 0 ? p->pearson
               : k < c->tasks                 ? p->loss[k]
                                              : (double)NAN;
    }
    return true;
}

static bool find_in_comparison(const struct view *v, const char *name, double *out)
{
    struct mmoe_text names[2] = {{0}};
    struct mmoe_paired r;
    struct pair p;
    bool any = pair_at(v, 0, names, &p);
    if (any) {
        pair_compare(v, &p, &r);
        *out = strcmp(name, "ratio") == 0   ? r.difference.value
               : strcmp(name, "low") == 0   ? r.difference.low
               : strcmp(name, "high") == 0  ? r.difference.high
               : strcmp(name, "lower") == 0 ? (double)r.lower
               : strcmp(name, "seeds") == 0 ? (double)r.n
                                            : (double)NAN;
    }
    for (int i = 0; i < 2; i++)
        mmoe_text_done(&names[i]);
    return true;
}

/* Lifts of engagement in percent; shares of tests in percent. */
static bool find_in_experiment(const struct view *v, const char *name, double *out)
{
    const struct mmoe_sight *s = &v->experiment.sight;
    const struct mmoe_resplits *c = &s->calibration;
    if (!v->experiment.any)
        return true;
    struct mmoe_interval lift =
        mmoe_lift_interval(&s->arm[MMOE_TREATMENT].lift[0][MMOE_BY_DELTA], MMOE_SIGHT_LEVEL);
    struct mmoe_interval second =
        mmoe_lift_interval(&s->arm[MMOE_SECOND_CONTROL].lift[0][MMOE_BY_DELTA], MMOE_SIGHT_LEVEL);
    double tests = c->tests ? 100 / (double)c->tests : (double)NAN;
    const struct {
        const char *name;
        double value;
    } all[] = {
        {"lift", 100 * lift.value},
        {"low", 100 * lift.low},
        {"high", 100 * lift.high},
        {"true", 100 * s->truth[0]},
        {"second", 100 * second.value},
        {"second-low", 100 * second.low},
        {"second-high", 100 * second.high},
        {"visits", (double)s->done},
        {"tests", (double)c->tests},
        {"impressions", tests * (double)c->naive},
        {"delta", tests * (double)c->delta},
        {"peeked", tests * (double)c->peeked},
        {"sequence", tests * (double)c->sequence},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0) {
            *out = all[i].value;
            return true;
        }
    return false;
}

static bool find_in_study(const struct view *v, const char *name, double *out)
{
    const struct mmoe_tally *t = v->study.tally;
    if (t && strcmp(name, "runs") == 0)
        *out = (double)mmoe_tally_done(t);
    else if (t && strcmp(name, "settings") == 0)
        *out = (double)mmoe_grid_cells(mmoe_tally_grid(t));
    return strcmp(name, "runs") == 0 || strcmp(name, "settings") == 0;
}

/* --- all of them --- */

/* "B:loss.A" is of the second side. A run of other settings than there are now has no values. */
static const struct mmoe_snapshot *side_of(const struct view *v, const char **name)
{
    size_t i = v->lane;
    if ((*name)[0] >= 'A' && (*name)[0] <= 'D' && (*name)[1] == ':') {
        i = (size_t)((*name)[0] - 'A');
        *name += 2;
    }
    return i < v->lane_count && !v->lanes[i].stale ? v->lanes[i].live : &v->none;
}

bool app_value(const struct app *a, const char *name, double *out)
{
    const struct view *v = &a->view;
    const struct mmoe_option *option = mmoe_option_find(name);
    struct mmoe_error err;
    const char *rest;
    *out = NAN;
    if (option && !mmoe_failed(mmoe_turn_check(option, &err))) {
        *out = mmoe_turn_number(&v->options, option);
        return true;
    }
    if (begins(name, "repeat.", &rest))
        return find_repeat(v, rest, out);
    if (begins(name, "dial.", &rest))
        return find_on_dial(v, rest, out);
    if (begins(name, "compare.", &rest))
        return find_in_comparison(v, rest, out);
    if (begins(name, "experiment.", &rest))
        return find_in_experiment(v, rest, out);
    if (begins(name, "study.", &rest))
        return find_in_study(v, rest, out);
    const struct mmoe_snapshot *s = side_of(v, &name);
    return find_in_run(s, name, out);
}
