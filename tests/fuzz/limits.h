/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.h - rows and nets that are too large for a fuzzer are refused.
 *
 * Linked with --wrap=mmoe_source_make_until and --wrap=mmoe_run_new.
 */
#ifndef MMOE_TESTS_FUZZ_LIMITS_H
#define MMOE_TESTS_FUZZ_LIMITS_H

#include <mmoe/model.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

enum { ROWS_MOST = 1 << 18, PARAMETERS_MOST = 1 << 18, CURVE_MOST = 1000 };

struct mmoe_dataset *__real_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err);
struct mmoe_dataset *__wrap_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err);
struct mmoe_run *__real_mmoe_run_new(const struct mmoe_options *o, struct mmoe_dataset *data,
                                     struct mmoe_error *err);
struct mmoe_run *__wrap_mmoe_run_new(const struct mmoe_options *o, struct mmoe_dataset *data,
                                     struct mmoe_error *err);

struct mmoe_dataset *__wrap_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err)
{
    double rows = (double)o->rows + (double)o->validation_rows + (double)o->test_rows;
    if (!*o->data && rows * (double)o->dim > ROWS_MOST) {
        mmoe_fail(err, MMOE_LIMIT, "rows too many for a fuzzer");
        return NULL;
    }
    return __real_mmoe_source_make_until(o, like, stop, err);
}

struct mmoe_run *__wrap_mmoe_run_new(const struct mmoe_options *o, struct mmoe_dataset *data,
                                     struct mmoe_error *err)
{
    struct mmoe_spec spec;
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    mmoe_spec_resolve(o, model, data->dim, data->tasks, &spec);
    if (mmoe_model_parameters(model, &spec) > PARAMETERS_MOST || spec.batch > ROWS_MOST ||
        o->steps / o->eval_every > CURVE_MOST) {
        mmoe_fail(err, MMOE_LIMIT, "a net too large for a fuzzer");
        return NULL;
    }
    return __real_mmoe_run_new(o, data, err);
}

#endif
