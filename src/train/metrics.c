/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.c - losses, AUC and R^2 over held-out rows.
 *
 *   R^2 = 1 - sum (p - y)^2 / sum (y - mean y)^2
 *
 * AUC is exact (stats.c); missing labels enter nothing.
 */
#include "src/train/metrics.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

static double variance(const struct mmoe_dataset *d, size_t k)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < d->test_rows; i++)
        if (!isnan(d->y_test[i * d->tasks + k])) {
            sum += (double)d->y_test[i * d->tasks + k];
            n++;
        }
    for (size_t i = 0; i < d->test_rows; i++)
        if (!isnan(d->y_test[i * d->tasks + k]))
            squares += pow((double)d->y_test[i * d->tasks + k] - sum / n, 2);
    return squares / n;
}

bool metrics_init(struct metrics *m, const struct objective *o, const struct mmoe_dataset *data)
{
    size_t binary = 0;
    *m = (struct metrics){.objective = o, .rows = data->test_rows};
    for (size_t k = 0; k < o->tasks; k++) {
        binary += o->binary[k];
        m->variance[k] = o->binary[k] ? (double)NAN : variance(data, k);
    }
    m->pairs = mmoe_try_alloc(binary * m->rows, sizeof *m->pairs);
    return m->pairs != NULL;
}

void metrics_done(struct metrics *m)
{
    mmoe_free(m->pairs);
    *m = (struct metrics){0};
}

void metrics_begin(struct metrics *m)
{
    memset(m->sum, 0, sizeof m->sum);
    memset(m->count, 0, sizeof m->count);
}

void metrics_add(struct metrics *m, size_t rows, const mmoe_real *p, const mmoe_real *y)
{
    const struct objective *o = m->objective;
    struct mmoe_scored *pairs = m->pairs;
    for (size_t k = 0; k < o->tasks; k++) {
        if (!o->binary[k])
            continue;
        size_t n = m->count[k];
        for (size_t i = k; i < rows * o->tasks; i += o->tasks)
            if (!isnan(y[i]))
                pairs[n++] = (struct mmoe_scored){(double)p[i], (double)y[i]};
        pairs += m->rows;
    }
    mmoe_loss_add(o, rows, p, y, m->sum, m->count);
}

bool metrics_end(struct metrics *m, double *loss, double *quality)
{
    const struct objective *o = m->objective;
    struct mmoe_scored *pairs = m->pairs;
    bool finite = true;
    for (size_t k = 0; k < o->tasks; k++) {
        loss[k] = m->count[k] ? m->sum[k] / (double)m->count[k] : 0;
        finite = finite && isfinite(loss[k]);
    }
    for (size_t k = 0; quality && finite && k < o->tasks; k++) {
        quality[k] = o->binary[k] ? mmoe_auc(pairs, m->count[k]) : 1 - loss[k] / m->variance[k];
        pairs += o->binary[k] ? m->rows : 0;
    }
    return finite;
}
