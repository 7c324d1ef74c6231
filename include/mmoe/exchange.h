/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.h - rows as named arrays, for files that other programs read and write.
 *
 *   x_train (N,D), y_train (N,T), x_validation, y_validation (where there are validation rows),
 *   x_test, y_test; tasks: the tasks' names as bytes, a line each; and of synthetic rows the truth,
 *   w (T,D), alpha (m), beta (m)
 *
 * Ownership: the arrays are the caller's. Threads: safe.
 */
#ifndef MMOE_EXCHANGE_H
#define MMOE_EXCHANGE_H

#include <mmoe/arrays.h>
#include <mmoe/dataset.h>

/* Append a dataset's arrays. */
enum mmoe_status mmoe_exchange_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                                      struct mmoe_error *err);

#endif
