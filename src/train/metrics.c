/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.c - losses, AUC, R^2 and rows off over held-out rows.
 *
 *   R^2 = 1 - sum (p - y)^2 / sum (y - mean y)^2, p = 1 / (1 + e^-logit) of a binary task
 *
 * AUC is exact (stats.c). Missing labels enter nothing; a task without a label has no value, and
 * labels that are all alike have no AUC and no R^2.
 */
#include "src/train/metrics.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

#include "src/train/activity.h"

const struct mmoe_metric_info mmoe_metrics_table[MMOE_METRICS] = {
    [MMOE_LOSS] = {.name = "loss", .key = "loss", .title = "loss"},
    [MMOE_OVER_VAR] = {.name = "over_var", .key = "loss_over_var", .title = "loss / variance"},
    [MMOE_AUC] = {.name = "auc", .key = "auc", .title = "AUC", .upwards = true},
    [MMOE_R2] = {.name = "r2", .key = "r2", .title = "R2", .upwards = true},
    [MMOE_AUC_TRUE] = {.name = "auc_true",
                       .key = "auc_true",
                       .title = "AUC without label noise",
                       .upwards = true},
    [MMOE_AUC_GAP] = {.name = "auc_gap", .key = "auc_gap", .title = "AUC below the best"},
    [MMOE_ROWS_OFF] = {.name = "rows_off",
                       .key = "rows_off",
                       .title = "share of rows off",
                       .diagnosis = true},
    [MMOE_GATE_ENTROPY] = {.name = "gate_entropy",
                           .key = "gate_entropy",
                           .title = "gate's entropy / ln E",
                           .diagnosis = true},
    [MMOE_GATE_LEAD] = {.name = "gate_lead",
                        .key = "gate_lead",
                        .title = "rows led by one expert",
                        .diagnosis = true},
};

const char *mmoe_metrics_title(enum mmoe_metric m, bool binary)
{
    return m == MMOE_OVER_VAR && binary ? "loss / entropy" : mmoe_metrics_table[m].title;
}

double mmoe_metrics_over(double loss, double spread)
{
    return spread > 0 ? loss / spread : (double)NAN;
}

enum mmoe_status mmoe_metrics_find(const char *name, enum mmoe_metric *out, struct mmoe_error *err)
{
    const char *names[MMOE_METRICS];
    char plain[16] = "";
    for (size_t i = 0; i + 1 < sizeof plain && name[i]; i++)
        plain[i] = name[i] == '-' ? '_' : name[i];
    for (size_t i = 0; i < MMOE_METRICS; i++) {
        names[i] = mmoe_metrics_table[i].name;
        if (strcmp(names[i], plain) == 0) {
            *out = (enum mmoe_metric)i;
            return MMOE_OK;
        }
    }
    const char *near = mmoe_nearest(name, names, MMOE_METRICS);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "no metric '%.40s': did you mean %s?", name, near);
    return mmoe_fail(err, MMOE_UNKNOWN,
                     "no metric '%.40s': loss, over-var, auc, r2, auc-true, auc-gap, "
                     "rows-off, gate-entropy or gate-lead",
                     name);
}

static bool is_of_truth(enum mmoe_metric m)
{
    return m == MMOE_AUC_TRUE || m == MMOE_AUC_GAP;
}

bool mmoe_metrics_at_times(enum mmoe_metric m)
{
    return is_of_truth(m) || m == MMOE_GATE_ENTROPY || m == MMOE_GATE_LEAD;
}

bool mmoe_metrics_has(enum mmoe_metric m, bool binary)
{
    return binary || (m != MMOE_AUC && !is_of_truth(m));
}

void mmoe_metrics_none(double value[MMOE_METRICS][MMOE_TASKS_MAX])
{
    for (size_t m = 0; m < MMOE_METRICS; m++)
        for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
            value[m][k] = NAN;
}

enum mmoe_metric mmoe_metrics_quality(bool binary)
{
    return binary ? MMOE_AUC : MMOE_R2;
}

/* Of the labels of task k that are there; NAN without any. */
static double variance(const struct mmoe_rows *r, size_t k)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (!isnan(r->y[i * r->tasks + k])) {
            sum += (double)r->y[i * r->tasks + k];
            n++;
        }
    for (size_t i = 0; i < r->n; i++)
        if (!isnan(r->y[i * r->tasks + k]))
            squares += pow((double)r->y[i * r->tasks + k] - sum / n, 2);
    return n > 0 ? squares / n : (double)NAN;
}

/* The AUC of the true probabilities, of the rows that choices are made by and of the test rows. */
static void find_best(struct metrics *m, const struct mmoe_rows *held_out)
{
    const struct mmoe_rows *test = &m->data->test;
    for (size_t k = 0; k < m->objective->tasks; k++) {
        m->best[0][k] = m->best[1][k] = m->data->best_auc[k];
        if (held_out == test || !test->truth)
            continue;
        struct mmoe_scored *pairs = mmoe_alloc(test->n, sizeof *pairs);
        for (size_t i = 0; i < test->n; i++) {
            double p = (double)test->truth[i * test->tasks + k];
            pairs[i] = (struct mmoe_scored){p, p};
        }
        m->best[1][k] = mmoe_expected_auc(pairs, test->n);
        mmoe_free(pairs);
    }
}

bool metrics_init(struct metrics *m, const struct objective *o, const struct mmoe_dataset *data)
{
    size_t binary = 0;
    const struct mmoe_rows *held_out = mmoe_dataset_held_out(data);
    *m = (struct metrics){.objective = o, .data = data, .rows = data->test.n};
    if (held_out->n > m->rows)
        m->rows = held_out->n;
    for (size_t k = 0; k < o->tasks; k++) {
        binary += o->binary[k];
        m->variance[0][k] = variance(held_out, k);
        m->variance[1][k] = held_out == &data->test ? m->variance[0][k] : variance(&data->test, k);
    }
    find_best(m, held_out);
    m->pairs = mmoe_try_alloc(binary * m->rows, sizeof *m->pairs);
    m->truth = mmoe_try_alloc(held_out->truth ? m->rows : 0, sizeof *m->truth);
    return m->pairs && m->truth;
}

void metrics_done(struct metrics *m)
{
    mmoe_free(m->pairs);
    mmoe_free(m->truth);
    *m = (struct metrics){0};
}

void metrics_begin(struct metrics *m)
{
    memset(m->sum, 0, sizeof m->sum);
    memset(m->count, 0, sizeof m->count);
    memset(m->off, 0, sizeof m->off);
    m->added = 0;
}

void metrics_add(struct metrics *m, const struct mmoe_rows *rows, const mmoe_real *p)
{
    const struct objective *o = m->objective;
    struct mmoe_scored *pairs = m->pairs;
    for (size_t k = 0; k < o->tasks; k++) {
        if (!o->binary[k])
            continue;
        size_t n = m->count[k];
        for (size_t i = k; i < rows->n * o->tasks; i += o->tasks)
            if (!isnan(rows->y[i]))
                pairs[n++] = (struct mmoe_scored){(double)p[i], (double)rows->y[i]};
        pairs += m->rows;
    }
    mmoe_loss_add(o, rows->n, p, rows->y, m->sum, m->count);
}

void metrics_add_units(struct metrics *m, const struct mmoe_net *net, size_t rows)
{
    for (size_t k = 0; k < m->objective->tasks; k++)
        m->off[k] += activity_rows_off(net, k, rows);
    m->added += rows;
}

/* Mean squared error of probabilities. */
static double square_error(const struct mmoe_scored *pairs, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double error = 1 / (1 + exp(-pairs[i].score)) - pairs[i].label;
        sum += error * error;
    }
    return sum / (double)n;
}

/* pairs: of all rows of the part, in their order. */
static double true_auc(struct metrics *m, const struct mmoe_rows *part, size_t k,
                       const struct mmoe_scored *pairs)
{
    if (!part->truth || m->count[k] != part->n)
        return (double)NAN;
    for (size_t i = 0; i < part->n; i++)
        m->truth[i] =
            (struct mmoe_scored){pairs[i].score, (double)part->truth[i * part->tasks + k]};
    return mmoe_expected_auc(m->truth, part->n);
}

bool metrics_end(struct metrics *m, const struct mmoe_rows *part,
                 double value[MMOE_METRICS][MMOE_TASKS_MAX])
{
    const struct objective *o = m->objective;
    const double *variance = m->variance[part == &m->data->test];
    struct mmoe_scored *pairs = m->pairs;
    bool finite = true;
    mmoe_metrics_none(value);
    for (size_t k = 0; k < o->tasks; k++) {
        if (m->count[k] == 0)
            continue;
        value[MMOE_LOSS][k] = m->sum[k] / (double)m->count[k];
        finite = finite && isfinite(value[MMOE_LOSS][k]);
    }
    for (size_t k = 0; finite && k < o->tasks; k++) {
        if (m->added && m->count[k])
            value[MMOE_ROWS_OFF][k] = (double)m->off[k] / (double)m->added;
        value[MMOE_OVER_VAR][k] = mmoe_metrics_over(value[MMOE_LOSS][k], m->data->var[k]);
        if (o->binary[k]) {
            value[MMOE_R2][k] =
                1 - mmoe_metrics_over(square_error(pairs, m->count[k]), variance[k]);
            value[MMOE_AUC_TRUE][k] = true_auc(m, part, k, pairs);
            value[MMOE_AUC_GAP][k] = m->best[part == &m->data->test][k] - value[MMOE_AUC_TRUE][k];
            value[MMOE_AUC][k] = mmoe_auc(pairs, m->count[k]);
            pairs += m->rows;
        } else {
            value[MMOE_R2][k] = 1 - mmoe_metrics_over(value[MMOE_LOSS][k], variance[k]);
        }
    }
    return finite;
}
