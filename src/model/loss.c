/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loss.c - what training makes small.
 *
 *   regression   L = mean of (p - y)^2,                         dL/dp = 2 (p - y) / n
 *   binary       L = mean of log(1 + e^p) - y p, p a logit,     dL/dp = (1 / (1 + e^-p) - y) / n
 *
 * Objective: sum_k w_k L_k. With a trained log variance s_k for each task (Kendall,
 * Gal and Cipolla, CVPR 2018, equations 7 and 10): sum_k w_k (c L_k e^-s_k + s_k / 2),
 * c = 1/2 for regression, 1 for binary.
 */
#include "src/model/loss.h"

#include <math.h>
#include <string.h>

static double log_loss(double p, double y)
{
    return fmax(p, 0) - p * y + log1p(exp(-fabs(p)));
}

/* The loss of a task's rows, added to sum; returns how many have a label. */
static size_t add_losses(bool binary, size_t n, size_t tasks, const mmoe_real *p,
                         const mmoe_real *y, double *sum)
{
    size_t count = 0;
    double s = *sum;
    for (size_t i = 0; i < n; i += tasks) {
        double prediction = (double)p[i], label = (double)y[i], error = prediction - label;
        if (isnan(label))
            continue;
        s += binary ? log_loss(prediction, label) : error * error;
        count++;
    }
    *sum = s;
    return count;
}

void mmoe_loss_add(const struct objective *o, size_t rows, const mmoe_real *p, const mmoe_real *y,
                   double *sum, size_t *count)
{
    for (size_t k = 0; k < o->tasks; k++)
        count[k] += add_losses(o->binary[k], rows * o->tasks, o->tasks, p + k, y + k, &sum[k]);
}

static void slopes(const struct objective *o, size_t k, size_t rows, double scale,
                   const mmoe_real *p, const mmoe_real *y, mmoe_real *dp)
{
    for (size_t i = k; i < rows * o->tasks; i += o->tasks) {
        if (isnan(y[i]))
            dp[i] = 0;
        else if (o->binary[k])
            dp[i] = (mmoe_real)(scale * (1 / (1 + exp(-(double)p[i])) - (double)y[i]));
        else
            dp[i] = (mmoe_real)(2 * scale) * (p[i] - y[i]);
    }
}

bool mmoe_loss_objective(const struct objective *o, size_t rows, const mmoe_real *p,
                         const mmoe_real *y, const mmoe_real *log_variance,
                         mmoe_real *dlog_variance, mmoe_real *dp, double *loss)
{
    size_t count[MMOE_TASKS_MAX] = {0};
    bool finite = true;
    memset(loss, 0, o->tasks * sizeof *loss);
    mmoe_loss_add(o, rows, p, y, loss, count);
    for (size_t k = 0; k < o->tasks; k++) {
        double n = (double)count[k], scale = o->weight[k];
        if (count[k] == 0) {
            loss[k] = NAN;
            if (log_variance)
                dlog_variance[k] = 0;
            slopes(o, k, rows, 0, p, y, dp);
            continue;
        }
        loss[k] /= n;
        finite = finite && isfinite(loss[k]);
        if (log_variance) {
            double factor = (o->binary[k] ? 1 : 0.5) * exp(-(double)log_variance[k]);
            dlog_variance[k] = (mmoe_real)(o->weight[k] * (0.5 - factor * loss[k]));
            scale *= factor;
        }
        slopes(o, k, rows, scale / n, p, y, dp);
    }
    return finite;
}
