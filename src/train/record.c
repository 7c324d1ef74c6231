/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - what is kept of a finished run, and the run a worker makes of some options. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/arrays.h>
#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/record.h>
#include <mmoe/run.h>

/* --- the curve of a record --- */

/* Every stride-th of n points, and the last. */
static size_t thinned(size_t n, size_t stride)
{
    return (n - 1) / stride + 1 + ((n - 1) % stride != 0);
}

void mmoe_record_curve(struct mmoe_record *record, const struct mmoe_point *points, size_t n)
{
    size_t stride = 1;
    record->curve_count = 0;
    if (n == 0)
        return;
    while (thinned(n, stride) > MMOE_RECORD_CURVE)
        stride *= 2;
    for (size_t i = 0; i < n - 1; i += stride)
        record->curve[record->curve_count++] = points[i];
    record->curve[record->curve_count++] = points[n - 1];
    for (size_t i = 0; i < record->curve_count; i++)
        for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
            if (!isfinite(record->curve[i].loss[k]))
                record->curve[i].loss[k] = NAN;
}

struct mmoe_point mmoe_point_none(size_t step)
{
    struct mmoe_point p = {.step = (uint32_t)step};
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        p.loss[k] = p.auc[k] = p.r2[k] = p.auc_true[k] = NAN;
    return p;
}

float *mmoe_point_values(struct mmoe_point *p, enum mmoe_metric metric)
{
    return metric == MMOE_LOSS       ? p->loss
           : metric == MMOE_AUC      ? p->auc
           : metric == MMOE_R2       ? p->r2
           : metric == MMOE_AUC_TRUE ? p->auc_true
                                     : NULL;
}

static void fill_curve(struct mmoe_record *record, const struct mmoe_snapshot *s)
{
    struct mmoe_point *points = mmoe_alloc(s->curve_count, sizeof *points);
    for (size_t i = 0; i < s->curve_count; i++) {
        points[i] = mmoe_point_none(s->curve[i].step);
        for (size_t m = 0; m < MMOE_METRICS; m++) {
            float *to = mmoe_point_values(&points[i], (enum mmoe_metric)m);
            for (size_t k = 0; to && k < s->tasks; k++)
                if (m == MMOE_LOSS || isfinite(s->curve[i].value[MMOE_AUC_TRUE][k]))
                    to[k] = (float)s->curve[i].value[m][k];
        }
    }
    mmoe_record_curve(record, points, s->curve_count);
    mmoe_free(points);
}

/* --- a run --- */

static void fill(struct mmoe_record *record, const struct mmoe_snapshot *s)
{
    record->failed = false;
    record->tasks = s->tasks;
    memcpy(record->task, s->task, sizeof record->task);
    record->step = s->step;
    record->diverged_step = s->diverged_step;
    record->divergence = s->divergence;
    record->pearson = s->pearson;
    record->overlap = s->gate.gates > 1 ? s->gate.overlap[0][1] : (double)NAN;
    fill_curve(record, s);
    memcpy(record->value, s->final, sizeof record->value);
    const struct mmoe_eval *best = s->options.keep_best ? &s->best : NULL;
    for (size_t k = 0; k < s->tasks && s->state != MMOE_RUN_DIVERGED; k++)
        for (size_t m = 0; m < MMOE_METRICS; m++)
            record->choice[m][k] = best ? best->value[m][k] : s->value[m][k];
}

void mmoe_record_clear(struct mmoe_record *record, const struct mmoe_options *o)
{
    memset(record, 0, sizeof *record);
    record->failed = true;
    record->options = *o;
    record->pearson = record->overlap = NAN;
    mmoe_metrics_none(record->value);
    mmoe_metrics_none(record->choice);
}

/* Go on with the run that was kept. Where the file is no such run, it begins anew; NULL where it
 * cannot be made anew. */
static struct mmoe_run *take_up(struct mmoe_run *run, const struct mmoe_options *o,
                                struct mmoe_dataset *data, const char *path, struct mmoe_error *err)
{
    struct mmoe_arrays kept = {0};
    struct mmoe_error why;
    bool there = access(path, F_OK) == 0 && !mmoe_failed(mmoe_arrays_read(&kept, path, &why)) &&
                 mmoe_run_is_of(&kept, data);
    if (there && mmoe_failed(mmoe_run_restore(run, &kept, &why))) {
        mmoe_run_free(run);
        run = mmoe_run_new(o, data, err);
    }
    mmoe_arrays_done(&kept);
    return run;
}

/* MMOE_STATE, as the run was stopped, unless it cannot be kept. */
static enum mmoe_status keep(const struct mmoe_run *run, const char *path, struct mmoe_error *err)
{
    struct mmoe_arrays arrays = {0};
    struct mmoe_error why;
    bool kept = !mmoe_failed(mmoe_run_save(run, &arrays, &why)) &&
                !mmoe_failed(mmoe_arrays_write(&arrays, path, &why));
    mmoe_arrays_done(&arrays);
    return kept ? MMOE_STATE : mmoe_fail(err, why.status, "%s", why.text);
}

enum mmoe_status mmoe_record_train(const struct mmoe_options *o, struct mmoe_dataset *data,
                                   const struct mmoe_watch *watch, struct mmoe_result *result,
                                   struct mmoe_error *err)
{
    double start = mmoe_clock_now();
    enum mmoe_status stopped = MMOE_OK;
    enum mmoe_status status = o->steps ? MMOE_CONTINUE : MMOE_DONE;
    mmoe_record_clear(&result->record, o);
    struct mmoe_run *run = mmoe_run_new(o, data, err);
    if (run && watch->kept)
        run = take_up(run, o, data, watch->kept, err);
    if (!run)
        return err->status;
    mmoe_run_watch(run, false);
    mmoe_run_profile(run, watch->phases);
    while (status == MMOE_CONTINUE && (!watch->go_on || watch->go_on(watch->context)))
        status = mmoe_run_step(run);
    if (status == MMOE_CONTINUE) {
        mmoe_fail(err, MMOE_STATE, "the run was stopped at step %s",
                  mmoe_format_count(mmoe_run_at(run), MMOE_NUMBER));
        stopped = MMOE_STATE;
        if (watch->kept && mmoe_clock_now() - start >= watch->keep_after)
            stopped = keep(run, watch->kept, err);
    } else {
        mmoe_run_test(run);
        mmoe_run_mark(run, MMOE_RUN_FINISHED, 0);
        fill(&result->record, mmoe_run_snapshot(run));
        memcpy(result->record.rows, data->digest, sizeof data->digest);
        mmoe_snapshot_copy(&result->shot, mmoe_run_snapshot(run));
    }
    result->record.seconds = mmoe_clock_now() - start;
    mmoe_run_free(run);
    return stopped;
}
