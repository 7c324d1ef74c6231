/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkpoint.c - a run as arrays: all that later steps depend on, and all measurements so far.
 *
 *   weights., good., best., sum1., sum2.   tensors as the net names them; embeddings as
 *                                          checkpoint_embeddings.c has them
 *   run.counts    step, steps, evaluations, stride, unimproved, stopped, diverged step, state
 *   run.numbers   beta1^t, beta2^t, seconds
 *   run.curve     (n, 1 + 2 T) step, losses, qualities
 *   run.best      (1 + 2 T) the same of the best evaluation
 *   run.rows_off  (n + 1, T) shares of rows off: of each evaluation in run.curve, and of the best;
 *                 an older mmoe wrote none
 *   run.ending    divergence, 1 where weights rest and the step since which they do; mmoe 0.1 wrote
 *                 none
 *   run.recent    (T, n) the last batches' losses; NaN where a batch had no label of the task
 *   run.gate_time, run.gate_counts   gates at evaluations (gate_time.c); mmoe 0.1 wrote none
 *   run.journal   what happened to it, as mmoe_journal_text has it; mmoe 0.1 wrote none
 *   run.data      rows, held-out rows, the labels' variances or entropies: a run is
 *                 restored only on rows that have the same
 *   run.rows      the digest of rows that came from a file, likewise
 *
 * Random streams are addressed by step and seed, so that they need no state.
 */
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/train/run.h"

enum { STEP, STEPS, EVALUATIONS, STRIDE, UNIMPROVED, STOPPED, DIVERGED_STEP, STATE, COUNTS };
enum { BETA1_T, BETA2_T, SECONDS, NUMBERS };
enum { ROWS, TEST_ROWS, VARIANCES };
enum { DIVERGENCE, RESTING, RESTING_SINCE, ENDINGS };
#define SAME 1e-6 /* relative difference of variances that rounding on another machine may make */

/* --- out --- */

/* The quality of a task, which follows the losses in a row: AUC if binary, else R^2. */
static double *quality_of(const struct mmoe_task *task, struct mmoe_eval *e, size_t k)
{
    return &e->value[mmoe_metrics_quality(task[k].binary)][k];
}

static void put_eval(const struct mmoe_snapshot *s, const struct mmoe_eval *e, double *row)
{
    struct mmoe_eval copy = *e;
    row[0] = (double)e->step;
    for (size_t k = 0; k < s->tasks; k++) {
        row[1 + k] = e->value[MMOE_LOSS][k];
        row[1 + s->tasks + k] = *quality_of(s->task, &copy, k);
    }
}

static enum mmoe_status put_counts(const struct mmoe_run *run, struct mmoe_arrays *out,
                                   struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = &run->shot;
    const size_t counts = COUNTS, numbers = NUMBERS;
    struct mmoe_array *v = mmoe_arrays_add(out, "run.counts", MMOE_I64, 1, &counts, err);
    if (!v)
        return err->status;
    const int64_t all[COUNTS] = {(int64_t)s->step,          (int64_t)s->steps,
                                 (int64_t)run->evaluations, (int64_t)run->stride,
                                 (int64_t)run->unimproved,  s->stopped,
                                 (int64_t)s->diverged_step, s->state};
    memcpy(v->data, all, sizeof all);
    if (!(v = mmoe_arrays_add(out, "run.numbers", MMOE_F64, 1, &numbers, err)))
        return err->status;
    const double reals[NUMBERS] = {run->optim.beta1_t, run->optim.beta2_t, s->seconds};
    memcpy(v->data, reals, sizeof reals);
    return MMOE_OK;
}

static enum mmoe_status put_ending(const struct mmoe_run *run, struct mmoe_arrays *out,
                                   struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = &run->shot;
    const size_t n = ENDINGS;
    struct mmoe_array *v = mmoe_arrays_add(out, "run.ending", MMOE_I64, 1, &n, err);
    if (!v)
        return err->status;
    const int64_t all[ENDINGS] = {s->divergence, s->resting, (int64_t)s->resting_since};
    memcpy(v->data, all, sizeof all);
    return MMOE_OK;
}

static enum mmoe_status put_data(const struct mmoe_run *run, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    const size_t n = VARIANCES + run->data->tasks, one = 1;
    struct mmoe_array *v = mmoe_arrays_add(out, "run.data", MMOE_F64, 1, &n, err);
    if (!v)
        return err->status;
    double *to = v->data;
    to[ROWS] = (double)run->data->train.n;
    to[TEST_ROWS] = (double)run->data->test.n;
    memcpy(to + VARIANCES, run->data->var, run->data->tasks * sizeof *to);
    if (run->data->digest[0] &&
        mmoe_failed(mmoe_arrays_add_text(out, "run.rows", run->data->digest, err)))
        return err->status;
    if (run->data->validation.n == 0)
        return MMOE_OK;
    v = mmoe_arrays_add(out, "run.validation", MMOE_F64, 1, &one, err);
    if (!v)
        return err->status;
    *(double *)v->data = (double)run->data->validation.n;
    return MMOE_OK;
}

/* Metrics of evaluations that are kept beside the curve, in arrays of their own. */
static const struct {
    const char *name;
    enum mmoe_metric metric;
    double least; /* the most is 1, but for rounding */
} beside[] = {{"run.rows_off", MMOE_ROWS_OFF, 0},         {"run.r2", MMOE_R2, -INFINITY},
              {"run.auc_true", MMOE_AUC_TRUE, 0},         {"run.auc_gap", MMOE_AUC_GAP, -1},
              {"run.gate_entropy", MMOE_GATE_ENTROPY, 0}, {"run.gate_lead", MMOE_GATE_LEAD, 0}};
#define MOST 1.000001
enum { BESIDE = sizeof beside / sizeof *beside };

/* (evaluations of the curve and the best one, T) of each. */
static enum mmoe_status put_beside(const struct mmoe_snapshot *s, struct mmoe_arrays *out,
                                   struct mmoe_error *err)
{
    const size_t dim[] = {s->curve_count + 1, s->tasks};
    for (size_t b = 0; b < BESIDE; b++) {
        struct mmoe_array *v = mmoe_arrays_add(out, beside[b].name, MMOE_F64, 2, dim, err);
        if (!v)
            return err->status;
        for (size_t i = 0; i < dim[0]; i++)
            memcpy((double *)v->data + i * dim[1],
                   (i < s->curve_count ? &s->curve[i] : &s->best)->value[beside[b].metric],
                   dim[1] * sizeof(double));
    }
    return MMOE_OK;
}

static enum mmoe_status put_curve(const struct mmoe_run *run, struct mmoe_arrays *out,
                                  struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = &run->shot;
    const size_t curve[] = {s->curve_count, 1 + 2 * s->tasks},
                 recent[] = {s->tasks, s->recent_count};
    struct mmoe_array *v = mmoe_arrays_add(out, "run.curve", MMOE_F64, 2, curve, err);
    if (!v)
        return err->status;
    for (size_t i = 0; i < s->curve_count; i++)
        put_eval(s, &s->curve[i], (double *)v->data + i * curve[1]);
    if (!(v = mmoe_arrays_add(out, "run.best", MMOE_F64, 1, &curve[1], err)))
        return err->status;
    put_eval(s, &s->best, v->data);
    if (mmoe_failed(put_beside(s, out, err)))
        return err->status;
    if (!(v = mmoe_arrays_add(out, "run.recent", MMOE_F32, 2, recent, err)))
        return err->status;
    for (size_t k = 0; k < s->tasks; k++)
        for (size_t i = 0; i < s->recent_count; i++)
            ((float *)v->data)[k * s->recent_count + i] = s->recent[k][i];
    return MMOE_OK;
}

static enum mmoe_status put_journal(const struct mmoe_run *run, struct mmoe_arrays *out,
                                    struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    mmoe_journal_text(run->shot.journal, &t);
    enum mmoe_status status = mmoe_arrays_add_text(out, "run.journal", t.s, err);
    mmoe_text_done(&t);
    return status;
}

enum mmoe_status mmoe_run_save(const struct mmoe_run *run, struct mmoe_arrays *out,
                               struct mmoe_error *err)
{
    const struct {
        const char *prefix;
        const mmoe_real *values;
        size_t n;
    } parts[] = {{"weights.", mmoe_net_params(run->net), mmoe_net_size(run->net)},
                 {"good.", run->good, mmoe_net_size(run->net)},
                 {"best.", run->best, mmoe_net_size(run->net)},
                 {"sum1.", run->optim.m, mmoe_net_size(run->net)},
                 {"sum2.", run->optim.v, mmoe_net_size(run->net)}};
    if (mmoe_failed(put_counts(run, out, err)) || mmoe_failed(put_ending(run, out, err)) ||
        mmoe_failed(put_curve(run, out, err)) || mmoe_failed(put_data(run, out, err)) ||
        mmoe_failed(put_journal(run, out, err)) ||
        (run->shot.gate_time && mmoe_failed(mmoe_gate_time_save(run->shot.gate_time, out, err))))
        return err->status;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].values && mmoe_failed(mmoe_net_export(run->net, parts[i].values, parts[i].n,
                                                           parts[i].prefix, out, err)))
            return err->status;
    return checkpoint_put_embeddings(run, out, err);
}

/* --- in --- */

static enum mmoe_status damaged(const char *name, struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_INVALID, "what it says of %s is missing or damaged", name);
}

/* The array of that name, type and shape (0: any), or NULL. */
static const struct mmoe_array *find(const struct mmoe_arrays *in, const char *name,
                                     enum mmoe_dtype type, size_t ndim, size_t rows, size_t columns)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, name);
    bool fits = v && v->type == type && v->ndim == ndim && (!rows || v->dim[0] == rows) &&
                (ndim < 2 || !columns || v->dim[1] == columns);
    return fits ? v : NULL;
}

/* Can the whole numbers of a checkpoint be those of a run? */
static bool sound(const int64_t *c)
{
    for (size_t i = 0; i < COUNTS; i++)
        if (c[i] < 0 || c[i] > 1000000000)
            return false;
    return c[STEP] <= c[STEPS] && c[STRIDE] > 0 &&
           (c[EVALUATIONS] > 0 || c[STATE] == MMOE_RUN_DIVERGED) && c[STOPPED] <= 1 &&
           c[STATE] >= MMOE_RUN_READY && c[STATE] <= MMOE_RUN_DIVERGED;
}

static bool are_numbers(const double *n)
{
    return n[BETA1_T] >= 0 && n[BETA1_T] <= 1 && n[BETA2_T] >= 0 && n[BETA2_T] <= 1 &&
           n[SECONDS] >= 0 && isfinite(n[SECONDS]);
}

/* Points a curve has after so many evaluations (run.c, curve_push). */
static size_t points_of(const int64_t *c)
{
    int64_t last = c[EVALUATIONS] - 1;
    return last < 0 ? 0 : (size_t)(last / c[STRIDE] + 1 + (last % c[STRIDE] != 0));
}

/* Read a row. A loss may be missing only if the new run has none either: its task has no held-out
 * label. For such a loss mmoe 0.1 wrote 0. */
static bool take_eval(const struct mmoe_snapshot *s, const double *row, double least, double most,
                      struct mmoe_eval *e)
{
    if (!(row[0] >= least && row[0] <= most))
        return false;
    e->step = (size_t)row[0];
    mmoe_metrics_none(e->value);
    for (size_t k = 0; k < s->tasks; k++) {
        double loss = isnan(s->value[MMOE_LOSS][k]) ? (double)NAN : row[1 + k];
        if (isinf(loss) || (isnan(loss) && !isnan(s->value[MMOE_LOSS][k])))
            return false;
        e->value[MMOE_LOSS][k] = loss;
        e->value[MMOE_OVER_VAR][k] = mmoe_metrics_over(loss, s->var[k]);
        *quality_of(s->task, e, k) = row[1 + s->tasks + k];
    }
    return true;
}

static bool take_curve(struct mmoe_run *run, const struct mmoe_array *curve,
                       const struct mmoe_array *best, const struct mmoe_array *recent)
{
    struct mmoe_snapshot *s = &run->shot;
    size_t width = 1 + 2 * s->tasks;
    if (curve->dim[0] > CURVE_MAX || recent->dim[1] > MMOE_RECENT_MAX)
        return false;
    mmoe_snapshot_reserve(s, curve->dim[0]);
    s->curve_count = curve->dim[0];
    for (size_t i = 0; i < s->curve_count; i++)
        if (!take_eval(s, (const double *)curve->data + i * width,
                       i ? (double)s->curve[i - 1].step + 1 : 0, (double)s->step, &s->curve[i]))
            return false;
    s->recent_count = recent->dim[1];
    for (size_t i = 0; i < recent->n; i++)
        if (isnan(((const float *)recent->data)[i]) && !run->data->missing[i / s->recent_count])
            return false;
    for (size_t k = 0; k < s->tasks; k++)
        memcpy(s->recent[k], (const float *)recent->data + k * s->recent_count,
               s->recent_count * sizeof(float));
    return take_eval(s, best->data, 0, (double)s->step, &s->best);
}

/* Read the metrics of `beside`, of a curve that is there and of the best evaluation. Those that an
 * older file lacks have no value. */
static bool take_beside(struct mmoe_snapshot *s, const struct mmoe_arrays *in)
{
    for (size_t b = 0; b < BESIDE; b++) {
        const struct mmoe_array *v = find(in, beside[b].name, MMOE_F64, 2, 0, s->tasks);
        if (v && v->dim[0] != s->curve_count + 1)
            return false;
        for (size_t i = 0; v && i < v->n; i++) {
            double value = ((const double *)v->data)[i];
            struct mmoe_eval *e = i / s->tasks < s->curve_count ? &s->curve[i / s->tasks]
                                                                : &s->best;
            if (value < beside[b].least || value > MOST)
                return false;
            e->value[beside[b].metric][i % s->tasks] = value;
        }
    }
    return true;
}

static void take_counts(struct mmoe_run *run, const int64_t *c, const double *n)
{
    struct mmoe_snapshot *s = &run->shot;
    s->step = (size_t)c[STEP];
    s->steps = (size_t)c[STEPS];
    run->evaluations = (size_t)c[EVALUATIONS];
    run->stride = (size_t)c[STRIDE];
    run->unimproved = (size_t)c[UNIMPROVED];
    s->stopped = c[STOPPED];
    s->diverged_step = (size_t)c[DIVERGED_STEP];
    s->state = c[STATE] == MMOE_RUN_TRAINING ? MMOE_RUN_PAUSED : (enum mmoe_run_state)c[STATE];
    run->optim.beta1_t = n[BETA1_T];
    run->optim.beta2_t = n[BETA2_T];
    s->seconds = n[SECONDS];
}

/* ending: NULL where a run could only diverge by a loss that is not finite. False where no run can
 * have ended so. */
static bool take_ending(struct mmoe_run *run, const struct mmoe_array *ending)
{
    struct mmoe_snapshot *s = &run->shot;
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    const int64_t before[ENDINGS] = {diverged ? MMOE_NOT_FINITE : MMOE_SOUND};
    const int64_t *e = ending ? ending->data : before;
    if ((e[DIVERGENCE] != MMOE_SOUND) != diverged || e[DIVERGENCE] < 0 ||
        e[DIVERGENCE] >= MMOE_DIVERGENCES || e[RESTING] < 0 || e[RESTING] > 1 ||
        e[RESTING_SINCE] < 0 || (size_t)e[RESTING_SINCE] > s->step)
        return false;
    s->divergence = (enum mmoe_divergence)e[DIVERGENCE];
    s->resting = e[RESTING];
    s->resting_since = (size_t)e[RESTING_SINCE];
    return true;
}

/* Show the last evaluation as the run's present one. */
static void show_last(struct mmoe_snapshot *s)
{
    if (s->curve_count)
        memcpy(s->value, s->curve[s->curve_count - 1].value, sizeof s->value);
    s->tested = false;
}

/* Compare two variances. A task without a label to train on has none; mmoe 0.1 wrote 0 for it. */
static bool same_variance(double was, double is)
{
    return isnan(is) ? isnan(was) || was == 0 : fabs(was - is) <= SAME * is;
}

/* validation: NULL where there were no rows for choices. */
static bool same_rows(const struct mmoe_dataset *d, const struct mmoe_array *v,
                      const struct mmoe_array *validation)
{
    const double *was = v->data;
    double chosen_by = validation ? *(const double *)validation->data : 0;
    bool same = was[ROWS] == (double)d->train.n && was[TEST_ROWS] == (double)d->test.n &&
                chosen_by == (double)d->validation.n;
    for (size_t k = 0; k < d->tasks; k++)
        same = same && same_variance(was[VARIANCES + k], d->var[k]);
    return same;
}

bool mmoe_run_is_of(const struct mmoe_arrays *in, const struct mmoe_dataset *d)
{
    char *digest = mmoe_arrays_text(in, "run.rows");
    bool same = !digest || strcmp(digest, d->digest) == 0;
    mmoe_free(digest);
    return same;
}

static enum mmoe_status check_rows(const struct mmoe_run *run, const struct mmoe_arrays *in,
                                   const struct mmoe_array *data, struct mmoe_error *err)
{
    const char *file = run->shot.options.data;
    if (mmoe_run_is_of(in, run->data) &&
        same_rows(run->data, data, find(in, "run.validation", MMOE_F64, 1, 1, 0)))
        return MMOE_OK;
    if (!mmoe_options_of_file(file))
        return mmoe_fail(err, MMOE_INVALID, "the rows are not those it was trained on");
    return mmoe_fail(err, MMOE_INVALID,
                     "data '%.160s': its rows are others than those the run was trained on: put "
                     "the file of then back",
                     file);
}

static enum mmoe_status take_weights(struct mmoe_run *run, const struct mmoe_arrays *in,
                                     struct mmoe_error *err)
{
    const struct {
        const char *prefix;
        mmoe_real *values;
        size_t n;
    } parts[] = {{"weights.", mmoe_net_params(run->net), mmoe_net_size(run->net)},
                 {"good.", run->good, mmoe_net_size(run->net)},
                 {"best.", run->best, mmoe_net_size(run->net)},
                 {"sum1.", run->optim.m, mmoe_net_size(run->net)},
                 {"sum2.", run->optim.v, mmoe_net_size(run->net)}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].values && mmoe_failed(mmoe_net_import(run->net, in, parts[i].prefix,
                                                           parts[i].values, parts[i].n, err)))
            return err->status;
    for (size_t i = 0; run->optim.v && i < run->optim.n; i++)
        if (run->optim.v[i] < 0)
            return damaged("sum2", err);
    return checkpoint_take_embeddings(run, in, err);
}

/* The options as they were then: those of the beginning, changed at the steps of the journal. */
static enum mmoe_status take_journal(struct mmoe_run *run, const struct mmoe_arrays *in,
                                     struct mmoe_error *err)
{
    struct mmoe_snapshot *s = &run->shot;
    const struct mmoe_journal *j = NULL;
    char *text = mmoe_arrays_text(in, "run.journal");
    enum mmoe_status status = text ? mmoe_journal_read(text, &j, err) : MMOE_OK;
    mmoe_free(text);
    if (!text)
        j = mmoe_journal_add(NULL, s->step, MMOE_MARK_IMPORT, "a session that has no journal");
    if (!mmoe_failed(status))
        status = mmoe_journal_apply(mmoe_journal_start(j), &run->start, err);
    struct mmoe_options o = run->start;
    for (size_t i = 0; i < mmoe_journal_count(j) && !mmoe_failed(status); i++) {
        const struct mmoe_mark *mark = mmoe_journal_at(j, i);
        if (mark->step > s->step)
            status = damaged("the journal", err);
        else if (mark->kind == MMOE_MARK_CHANGE)
            status = mmoe_journal_apply(mark->text, &o, err);
    }
    mmoe_journal_free(s->journal);
    s->journal = j;
    mmoe_journal_copy(&s->options, &o);
    run_take_options(run);
    return status;
}

enum mmoe_status mmoe_run_restore(struct mmoe_run *run, const struct mmoe_arrays *in,
                                  struct mmoe_error *err)
{
    size_t tasks = run->shot.tasks, width = 1 + 2 * tasks;
    const struct mmoe_array *counts = find(in, "run.counts", MMOE_I64, 1, COUNTS, 0);
    const struct mmoe_array *numbers = find(in, "run.numbers", MMOE_F64, 1, NUMBERS, 0);
    const struct mmoe_array *data = find(in, "run.data", MMOE_F64, 1, VARIANCES + tasks, 0);
    const struct mmoe_array *curve = find(in, "run.curve", MMOE_F64, 2, 0, width);
    const struct mmoe_array *best = find(in, "run.best", MMOE_F64, 1, width, 0);
    const struct mmoe_array *recent = find(in, "run.recent", MMOE_F32, 2, tasks, 0);
    if (!counts || !numbers || !data || !sound(counts->data) || !are_numbers(numbers->data))
        return damaged("the run", err);
    if (mmoe_failed(check_rows(run, in, data, err)))
        return err->status;
    if (!curve || !best || !recent || curve->dim[0] != points_of(counts->data))
        return damaged("the curve", err);
    take_counts(run, counts->data, numbers->data);
    if (!take_ending(run, find(in, "run.ending", MMOE_I64, 1, ENDINGS, 0)))
        return damaged("the run", err);
    if (mmoe_failed(take_journal(run, in, err)))
        return err->status;
    if (!take_curve(run, curve, best, recent) || !take_beside(&run->shot, in))
        return damaged("the curve", err);
    if (run->shot.gate_time && !mmoe_gate_time_restore(run->shot.gate_time, in, run->shot.step))
        return damaged("gates", err);
    if (mmoe_failed(take_weights(run, in, err)))
        return err->status;
    run_reserve_curve(run);
    show_last(&run->shot);
    run_diagnose(run);
    if (run->shot.state == MMOE_RUN_FINISHED)
        mmoe_run_test(run); /* files do not keep what the test rows gave */
    return MMOE_OK;
}
