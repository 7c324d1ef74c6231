/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loss.c - squared error, per task.
 *
 * The objective is L = sum_k mean_i (p_ik - y_ik)^2, so dL/dp_ik = 2 (p_ik - y_ik) / rows.
 */
#include "src/model/loss.h"

#include <math.h>

void mmoe_loss_add(size_t rows, size_t tasks, const mmoe_real *p, const mmoe_real *y, double *loss)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < tasks; k++) {
            double error = (double)p[i * tasks + k] - (double)y[i * tasks + k];
            loss[k] += error * error;
        }
}

bool mmoe_loss_squared(size_t rows, size_t tasks, const mmoe_real *p, const mmoe_real *y, mmoe_real *dp,
                       double *loss)
{
    mmoe_real scale = (mmoe_real)(2.0 / (double)rows);
    bool finite = true;
    for (size_t k = 0; k < tasks; k++)
        loss[k] = 0;
    mmoe_loss_add(rows, tasks, p, y, loss);
    for (size_t i = 0; i < rows * tasks; i++)
        dp[i] = scale * (p[i] - y[i]);
    for (size_t k = 0; k < tasks; k++) {
        loss[k] /= (double)rows;
        finite = finite && isfinite(loss[k]);
    }
    return finite;
}
