/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loss.h - squared error, per task.
 *
 * Ownership, threads: pure functions.
 */
#ifndef MMOE_LOSS_H
#define MMOE_LOSS_H

#include <mmoe/real.h>
#include <stdbool.h>
#include <stddef.h>

/* loss (T) += sum over rows of (p - y)^2, for predictions p and labels y, both (rows,T). */
void mmoe_loss_add(size_t rows, size_t tasks, const mmoe_real *p, const mmoe_real *y, double *loss);

/*
 * loss (T) = means of (p - y)^2; dp (rows,T) = the gradient of their sum over tasks, 2 (p - y) / rows.
 * False where a loss is not finite.
 */
bool mmoe_loss_squared(size_t rows, size_t tasks, const mmoe_real *p, const mmoe_real *y, mmoe_real *dp,
                       double *loss);

#endif
