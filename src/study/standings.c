/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standings.c - models compared on rows of a file.
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

/* What terms are measured on: (models, tasks, seeds) qualities, as they are and as logits. */
struct measured {
    struct mmoe_standings *s;
    size_t seeds;
    double *plain, *logit;
    struct terms terms;
    struct mmoe_claims_input in;
};

static double logit(double auc)
{
    double p = fmin(fmax(auc, NEAR_ONE), 1 - NEAR_ONE);
    return log(p / (1 - p));
}

static void measure(struct measured *m, const struct mmoe_tally *t)
{
    const struct mmoe_standings *s = m->s;
    size_t all = s->models * s->tasks * m->seeds;
    m->plain = mmoe_alloc(all, sizeof *m->plain);
    m->logit = mmoe_alloc(all, sizeof *m->logit);
    for (size_t i = 0; i < s->models; i++)
        for (size_t k = 0; k < s->tasks; k++) {
            enum mmoe_metric metric = mmoe_metrics_quality(s->task[k].binary);
            const double *v = mmoe_tally_values(t, s->cell[i], metric, k);
            size_t at = (i * s->tasks + k) * m->seeds;
            for (size_t j = 0; j < m->seeds; j++) {
                m->plain[at + j] = v ? v[j] : MMOE_CLAIMS_ABSENT;
                m->logit[at + j] = v && isfinite(v[j]) && s->task[k].binary ? logit(v[j])
                                                                            : m->plain[at + j];
            }
        }
}

static size_t model_named(const struct mmoe_standings *s, const char *name)
{
    size_t i = 0;
    while (i < s->models && strcmp(s->model[i], name) != 0)
        i++;
    return i;
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

/* a's quality is above b's by more than `by`, in the mean. */
static void better(struct measured *m, size_t a, size_t b, size_t task, double by,
                   struct mmoe_claim *claim)
{
    const struct mmoe_standings *s = m->s;
    const double *v = by > 0 ? m->plain : m->logit;
    const double *of[2] = {v + (a * s->tasks + task) * m->seeds,
                           v + (b * s->tasks + task) * m->seeds};
    double worst = worst_of(of[0], of[1], m->seeds), *side[2];
    struct mmoe_claim_term *term = &claim->term[claim->terms++];
    for (size_t k = 0; k < 2; k++) {
        side[k] = mmoe_alloc(m->seeds, sizeof *side[k]);
        for (size_t i = 0; i < m->seeds; i++) {
            bool diverged = isnan(of[k][i]);
            side[k][i] = (diverged ? worst : of[k][i]) + (k == 1 ? by : 0);
        }
    }
    term_difference(&m->terms, (const double *const[]){side[0], side[1]}, term);
    term->value += by;
    term->low += by;
    term->high += by;
    term->from = by;
    mmoe_free(side[0]);
    mmoe_free(side[1]);
    const char *what = !s->task[task].binary ? "R2" : by > 0 ? "AUC" : "logit AUC";
    snprintf(term->label, sizeof term->label, "%.28s is better than %.28s on %s", s->model[a],
             s->model[b], s->task[task].name);
    snprintf(term->statistic, sizeof term->statistic, "%s of %.26s - of %.26s, %s", what,
             s->model[a], s->model[b], s->task[task].name);
}

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

static const struct {
    const char *text;
    void (*hear)(struct measured *m, struct mmoe_claim *claim);
} sentences[MMOE_STANDINGS_CLAIMS] = {
    {"Shared-Bottom is the worst multi-task model but for Tensor-Factorization", worst_but_one},
    {"MMoE is the best multi-task model in all means (said of the second group)", best_of_all},
    {"Tensor-Factorization is far behind every other model", far_behind},
};

static void hear(struct mmoe_standings *s, const struct mmoe_tally *t)
{
    struct measured m = {.s = s, .seeds = mmoe_tally_grid(t)->seeds};
    for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++)
        if (model_named(s, rivals[i]) == s->models)
            return;
    m.in.seeds = m.seeds;
    terms_init(&m.terms, &m.in, 1, 0); /* no draws are made */
    measure(&m, t);
    s->claims = MMOE_STANDINGS_CLAIMS;
    for (size_t c = 0; c < s->claims; c++) {
        s->claim[c].number = (int)c + 1;
        s->claim[c].text = sentences[c].text;
        sentences[c].hear(&m, &s->claim[c]);
    }
    claims_judge(s->claim, s->claims);
    terms_done(&m.terms);
    mmoe_free(m.plain);
    mmoe_free(m.logit);
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
