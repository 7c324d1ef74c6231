/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkpoints.c - models compared at several steps of their training. */
#include <math.h>
#include <string.h>

#include <mmoe/checkpoints.h>
#include <mmoe/mem.h>
#include <mmoe/stats.h>

const enum mmoe_metric mmoe_checkpoint_metrics[MMOE_CHECKPOINT_METRICS] = {MMOE_AUC, MMOE_R2,
                                                                           MMOE_AUC_TRUE};

/* What a model came to on a seed. */
typedef double value_of(const struct mmoe_tally *t, size_t cell, size_t seed, size_t step,
                        enum mmoe_metric metric, size_t task);

static double at_end(const struct mmoe_tally *t, size_t cell, size_t seed, size_t step,
                     enum mmoe_metric metric, size_t task)
{
    const double *v = mmoe_tally_values(t, cell, metric, task);
    (void)step;
    return v ? v[seed] : MMOE_ABSENT;
}

/* out (models, stride apart) of one step, metric and task; v (models) and left (models, seeds) are
 * room. */
static void sum_up(const struct mmoe_tally *t, const struct mmoe_checkpoints *c, value_of *value,
                   size_t step, enum mmoe_metric metric, size_t task, double *v, double *left,
                   struct mmoe_checkpoint *out[MMOE_STANDINGS_MODELS])
{
    size_t seeds = mmoe_tally_grid(t)->seeds, whole = 0;
    double sum[MMOE_STANDINGS_MODELS] = {0};
    for (size_t i = 0; i < c->models; i++)
        *out[i] = (struct mmoe_checkpoint){0, NAN, NAN};
    for (size_t s = 0; s < seeds; s++) {
        size_t there = 0;
        for (size_t i = 0; i < c->models; i++) {
            v[i] = value(t, c->cell[i], s, step, metric, task);
            if (!isfinite(v[i]))
                continue;
            there++;
            out[i]->n++;
            sum[i] += v[i];
        }
        double mean = mmoe_mean(v, c->models);
        for (size_t i = 0; there == c->models && i < c->models; i++)
            left[i * seeds + whole] = v[i] - mean;
        whole += there == c->models;
    }
    for (size_t i = 0; i < c->models; i++) {
        if (out[i]->n)
            out[i]->mean = sum[i] / (double)out[i]->n;
        if (whole > 1 && c->models > 1)
            out[i]->sd = sqrt(mmoe_variance(left + i * seeds, whole));
    }
}

static void fill(const struct mmoe_tally *t, struct mmoe_checkpoints *c)
{
    size_t seeds = mmoe_tally_grid(t)->seeds;
    double *v = mmoe_alloc(c->models, sizeof *v),
           *left = mmoe_alloc(c->models * seeds, sizeof *left);
    struct mmoe_checkpoint *out[MMOE_STANDINGS_MODELS];
    for (size_t k = 0; k < c->tasks; k++) {
        for (size_t p = 0; p < c->steps; p++)
            for (size_t m = 0; m < MMOE_CHECKPOINT_METRICS; m++) {
                for (size_t i = 0; i < c->models; i++)
                    out[i] = &c->at[i][p][m][k];
                sum_up(t, c, mmoe_tally_at, c->step[p], mmoe_checkpoint_metrics[m], k, v, left,
                       out);
            }
        for (size_t i = 0; i < c->models; i++)
            out[i] = &c->gap[i][k];
        sum_up(t, c, at_end, 0, MMOE_AUC_GAP, k, v, left, out);
    }
    mmoe_free(v);
    mmoe_free(left);
}

struct mmoe_checkpoints *mmoe_checkpoints_new(struct mmoe_tally *t)
{
    const uint32_t *step;
    size_t steps = mmoe_tally_steps(t, &step), skipped = steps && step[0] == 0;
    struct mmoe_standings *s = steps > skipped ? mmoe_standings_new(t) : NULL;
    if (!s)
        return NULL;
    struct mmoe_checkpoints *c = mmoe_alloc(1, sizeof *c);
    if (steps - skipped > MMOE_CHECKPOINTS_MAX)
        skipped = steps - MMOE_CHECKPOINTS_MAX;
    c->models = s->models;
    c->tasks = s->tasks;
    c->steps = steps - skipped;
    memcpy(c->task, s->task, sizeof c->task);
    memcpy(c->model, s->model, sizeof c->model);
    memcpy(c->cell, s->cell, sizeof c->cell);
    for (size_t i = 0; i < c->steps; i++) {
        c->step[i] = step[skipped + i];
        c->rows[i] = c->step[i] * mmoe_tally_grid(t)->base.batch;
    }
    fill(t, c);
    mmoe_free(s);
    return c;
}
