/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standings.c - models compared on rows of a file or a log.
 *
 * The sentences, of Ma et al. (KDD 2018), section 6.2:
 *
 *  1  Shared-Bottom is almost always the worst of the multi-task models but for
 *     Tensor-Factorization: on the first task each of the others is better.
 *  2  MMoE outperforms the other multi-task models in all means (said of the second group): better
 *     than each of them on every task.
 *  3  Tensor-Factorization is the worst in both groups, by far: on the first task each other
 * model's AUC is more than .05 above its.
 *
 * Of its section 6.3, said of the log of a recommender:
 *
 *  1  MMoE is best on all metrics: on engagement its AUC and R2 are above each other model's.
 *  2  OMoE is no better than Shared-Bottom; here: it is worse.
 *  3  L2-Constrained and Cross-Stitch are below Shared-Bottom.
 *
 * and, where MMoE is alone, of its figure on gates: satisfaction, the sparser task, leans on one
 * expert more than engagement does.
 *
 * Differences are of logits for 1 and 2, since AUCs near 1 are closer together than they count;
 * where labels are numbers they are of R2 itself.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/standings.h>

#include "src/study/terms.h"

#define CHANCE_AUC 0.55
#define CHANCE_R2 0.05
#define FAR 0.05
#define NEAR_ONE 1e-6

static int model_axis(const struct mmoe_grid *g)
{
    int found = -1;
    for (size_t a = 0; a < g->axis_count; a++) {
        bool is_model = strcmp(g->axes[a].option->name, "model") == 0;
        if (!g->axes[a].follows && !is_model && g->axes[a].count > 1)
            return -1;
        if (is_model && !g->axes[a].follows)
            found = (int)a;
    }
    return found;
}

bool mmoe_standings_are_of(const struct mmoe_grid *g)
{
    return g->base.data[0] && model_axis(g) >= 0 && mmoe_grid_cells(g) <= MMOE_STANDINGS_MODELS;
}

/* --- rows --- */

/* The value of the run that is best on the validation rows. */
static double chosen(const double *test, const double *validation, size_t seeds)
{
    double best = -INFINITY, value = NAN;
    for (size_t i = 0; validation && i < seeds; i++)
        if (isfinite(validation[i]) && isfinite(test[i]) && validation[i] > best) {
            best = validation[i];
            value = test[i];
        }
    return value;
}

static void fill(struct mmoe_tally *t, size_t cell, size_t task, enum mmoe_metric metric,
                 struct mmoe_standing *out)
{
    size_t seeds = mmoe_tally_grid(t)->seeds;
    const struct mmoe_spread *s = mmoe_tally_spread(t, cell, metric, task);
    const double *choice = mmoe_tally_choice(t, metric, task);
    double least = metric == MMOE_AUC ? CHANCE_AUC : CHANCE_R2;
    *out = (struct mmoe_standing){.n = s->summary.n,
                                  .diverged = mmoe_tally_cell_diverged(t, cell),
                                  .mean = s->summary.mean,
                                  .median = s->summary.median,
                                  .sd = s->summary.sd,
                                  .chosen = NAN,
                                  .most = s->summary.n ? s->summary.max : (double)NAN};
    for (size_t i = 0; i < s->summary.n; i++)
        out->failed += s->sorted[i] < least;
    if (s->summary.n)
        out->chosen = chosen(mmoe_tally_values(t, cell, metric, task),
                             choice ? choice + cell * seeds : NULL, seeds);
}

/* --- claims --- */

/* What terms are measured on. */
struct measured {
    const struct mmoe_standings *s;
    const struct mmoe_tally *t;
    size_t seeds;
    struct terms terms;
    struct mmoe_claims_input in;
};

/* A side of a comparison: a model's task. */
struct side {
    size_t model, task;
};

static double logit(double auc)
{
    double p = fmin(fmax(auc, NEAR_ONE), 1 - NEAR_ONE);
    return log(p / (1 - p));
}

static size_t model_named(const struct mmoe_standings *s, const char *name)
{
    size_t i = 0;
    while (i < s->models && strcmp(s->model[i], name) != 0)
        i++;
    return i;
}

/* (seeds) values of a side, to be freed; NAN: diverged. */
static double *values_of(const struct measured *m, const struct side *side, enum mmoe_metric metric,
                         bool as_logit)
{
    const double *v = mmoe_tally_values(m->t, m->s->cell[side->model], metric, side->task);
    double *out = mmoe_alloc(m->seeds, sizeof *out);
    for (size_t i = 0; i < m->seeds; i++)
        out[i] = !v ? MMOE_CLAIMS_ABSENT : as_logit && isfinite(v[i]) ? logit(v[i]) : v[i];
    return out;
}

/* The lowest finite number of two arrays; what a run that diverged counts as. */
static double worst_of(const double *a, const double *b, size_t n)
{
    double worst = INFINITY;
    for (size_t i = 0; i < n; i++)
        worst =
            fmin(worst, fmin(isfinite(a[i]) ? a[i] : INFINITY, isfinite(b[i]) ? b[i] : INFINITY));
    return worst;
}

/* a is above b by more than `by`, in the mean over seeds. */
static struct mmoe_claim_term *above(struct measured *m, const struct side *a, const struct side *b,
                                     enum mmoe_metric metric, double by, struct mmoe_claim *claim)
{
    bool as_logit = metric == MMOE_AUC && !(by > 0);
    double *side[2] = {values_of(m, a, metric, as_logit), values_of(m, b, metric, as_logit)};
    double worst = worst_of(side[0], side[1], m->seeds);
    struct mmoe_claim_term *term = &claim->term[claim->terms++];
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < m->seeds; i++)
            side[k][i] = (isnan(side[k][i]) ? worst : side[k][i]) + (k == 1 ? by : 0);
    term_difference(&m->terms, (const double *const[]){side[0], side[1]}, term);
    term->value += by;
    term->low += by;
    term->high += by;
    term->from = by;
    mmoe_free(side[0]);
    mmoe_free(side[1]);
    return term;
}

/* a's quality is above b's by more than `by`. */
static void better_by(struct measured *m, size_t a, size_t b, size_t task, enum mmoe_metric metric,
                      double by, struct mmoe_claim *claim)
{
    const struct mmoe_standings *s = m->s;
    const struct side x = {a, task}, y = {b, task};
    struct mmoe_claim_term *term = above(m, &x, &y, metric, by, claim);
    const char *what = metric != MMOE_AUC ? mmoe_metrics_table[metric].title
                       : by > 0           ? "AUC"
                                          : "logit AUC";
    snprintf(term->label, sizeof term->label, "%.24s is better than %.24s on %s", s->model[a],
             s->model[b], s->task[task].name);
    snprintf(term->statistic, sizeof term->statistic, "%s of %.22s - of %.22s, %s", what,
             s->model[a], s->model[b], s->task[task].name);
}

static void better(struct measured *m, size_t a, size_t b, size_t task, double by,
                   struct mmoe_claim *claim)
{
    better_by(m, a, b, task, mmoe_metrics_quality(m->s->task[task].binary), by, claim);
}

/* --- the tables of people --- */

static const char *const rivals[] = {"l2-constrained", "cross-stitch",         "omoe",       "mmoe",
                                     "shared-bottom",  "tensor-factorization", "single-task"};

static void worst_but_one(struct measured *m, struct mmoe_claim *claim)
{
    for (size_t i = 0; i < 4; i++)
        better(m, model_named(m->s, rivals[i]), model_named(m->s, "shared-bottom"), 0, 0, claim);
}

static void best_of_all(struct measured *m, struct mmoe_claim *claim)
{
    static const size_t others[] = {0, 1, 2, 4, 5};
    for (size_t k = 0; k < m->s->tasks && k < 2; k++)
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            better(m, model_named(m->s, "mmoe"), model_named(m->s, rivals[others[i]]), k, 0, claim);
}

static void far_behind(struct measured *m, struct mmoe_claim *claim)
{
    static const size_t others[] = {0, 1, 2, 3, 4, 6};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        better(m, model_named(m->s, rivals[others[i]]), model_named(m->s, "tensor-factorization"),
               0, FAR, claim);
}

/* --- the log of a recommender --- */

static const char *const five[] = {"shared-bottom", "l2-constrained", "cross-stitch", "omoe",
                                   "mmoe"};

static void best_on_both(struct measured *m, struct mmoe_claim *claim)
{
    for (size_t i = 0; i < 4; i++) {
        size_t a = model_named(m->s, "mmoe"), b = model_named(m->s, five[i]);
        better_by(m, a, b, 0, MMOE_AUC, 0, claim);
        better_by(m, a, b, 0, MMOE_R2, 0, claim);
    }
}

static void one_gate_is_no_gain(struct measured *m, struct mmoe_claim *claim)
{
    better(m, model_named(m->s, "shared-bottom"), model_named(m->s, "omoe"), 0, 0, claim);
}

static void apart_is_worse(struct measured *m, struct mmoe_claim *claim)
{
    better(m, model_named(m->s, "shared-bottom"), model_named(m->s, "l2-constrained"), 0, 0, claim);
    better(m, model_named(m->s, "shared-bottom"), model_named(m->s, "cross-stitch"), 0, 0, claim);
}

/* The second task's gate leads the first's in a diagnosis, or the other way round. */
static void gates_differ(struct measured *m, enum mmoe_metric metric, bool second_is_more,
                         struct mmoe_claim *claim)
{
    const struct mmoe_standings *s = m->s;
    size_t model = model_named(s, "mmoe"), more = second_is_more;
    const struct side a = {model, more}, b = {model, !more};
    struct mmoe_claim_term *term = above(m, &a, &b, metric, 0, claim);
    snprintf(term->label, sizeof term->label, "more for %s than for %s", s->task[more].name,
             s->task[!more].name);
    snprintf(term->statistic, sizeof term->statistic, "%s, %s - %s",
             mmoe_metrics_table[metric].title, s->task[more].name, s->task[!more].name);
}

static void leans_on_one(struct measured *m, struct mmoe_claim *claim)
{
    gates_differ(m, MMOE_GATE_LEAD, true, claim);
}

static void is_less_even(struct measured *m, struct mmoe_claim *claim)
{
    gates_differ(m, MMOE_GATE_ENTROPY, false, claim);
}

/* --- hearing --- */

struct sentence {
    const char *text;
    void (*hear)(struct measured *m, struct mmoe_claim *claim);
};

static const struct sentence of_people[] = {
    {"Shared-Bottom is the worst multi-task model but for Tensor-Factorization", worst_but_one},
    {"MMoE is the best multi-task model in all means (said of the second group)", best_of_all},
    {"Tensor-Factorization is far behind every other model", far_behind},
};
static const struct sentence of_a_log[] = {
    {"MMoE is the best of all models on engagement, in AUC and R2", best_on_both},
    {"OMoE is not better than Shared-Bottom", one_gate_is_no_gain},
    {"L2-Constrained and Cross-Stitch are worse than Shared-Bottom", apart_is_worse},
};
static const struct sentence of_gates[] = {
    {"satisfaction's gate has more rows led by one expert", leans_on_one},
    {"satisfaction's gate is less even", is_less_even},
};

/* The sentences for the models that are there. */
static const struct sentence *sentences_of(const struct mmoe_standings *s,
                                           const struct mmoe_grid *g, size_t *n)
{
    bool people = mmoe_options_of_file(g->base.data);
    size_t missing = 0, mmoe = model_named(s, "mmoe");
    for (size_t i = 0; people && i < sizeof rivals / sizeof *rivals; i++)
        missing += model_named(s, rivals[i]) == s->models;
    for (size_t i = 0; !people && i < sizeof five / sizeof *five; i++)
        missing += model_named(s, five[i]) == s->models;
    *n = 0;
    if (missing == 0) {
        *n = people ? sizeof of_people / sizeof *of_people : sizeof of_a_log / sizeof *of_a_log;
        return people ? of_people : of_a_log;
    }
    if (!people && mmoe < s->models)
        *n = sizeof of_gates / sizeof *of_gates;
    return of_gates;
}

static void hear(struct mmoe_standings *s, const struct mmoe_tally *t)
{
    struct measured m = {.s = s, .t = t, .seeds = mmoe_tally_grid(t)->seeds};
    const struct sentence *sentence = sentences_of(s, mmoe_tally_grid(t), &s->claims);
    if (!s->claims)
        return;
    m.in.seeds = m.seeds;
    terms_init(&m.terms, &m.in, 1, 0); /* no draws are made */
    for (size_t c = 0; c < s->claims; c++) {
        s->claim[c].number = (int)c + 1;
        s->claim[c].text = sentence[c].text;
        sentence[c].hear(&m, &s->claim[c]);
    }
    claims_judge(s->claim, s->claims);
    terms_done(&m.terms);
}

struct mmoe_standings *mmoe_standings_new(struct mmoe_tally *t)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    const struct mmoe_task *task;
    size_t tasks = mmoe_tally_tasks(t, &task);
    if (!mmoe_standings_are_of(g) || tasks == 0)
        return NULL;
    struct mmoe_standings *s = mmoe_alloc(1, sizeof *s);
    size_t axis = (size_t)model_axis(g);
    s->tasks = tasks;
    memcpy(s->task, task, tasks * sizeof *task);
    s->models = mmoe_grid_cells(g);
    for (size_t i = 0; i < s->models; i++) {
        s->cell[i] = i;
        s->model[i] =
            mmoe_model_name(mmoe_model_find(mmoe_grid_value(g, axis, mmoe_grid_place(g, i, axis))));
        for (size_t k = 0; k < tasks; k++)
            fill(t, i, k, mmoe_metrics_quality(task[k].binary), &s->row[i][k]);
    }
    hear(s, t);
    return s;
}
