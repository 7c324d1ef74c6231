/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.c - one training: batch, forward, loss, backward, optimiser.
 *
 * A held-out evaluation does not change the steps after it, so that eval-every may change
 * during a run. The weights of the last evaluation with finite losses are kept aside: if a
 * loss stops being finite, the run goes back to them and stays there. The other ways of coming
 * to nothing are looked for at evaluations, so that a step costs nothing more.
 */
#include "src/train/run.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/run.h>

enum {
    EVALUATED = 100 /* held-out rows at a time, at least: smaller batches cost more overhead */
};

/* --- held-out evaluation --- */

static void curve_thin(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    size_t kept = 0;
    for (size_t i = 0; i < s->curve_count; i += 2)
        s->curve[kept++] = s->curve[i];
    s->curve_count = kept;
    run->stride *= 2;
}

/* The newest evaluation is always the curve's last point. If it is off the stride, the next one
 * replaces it. */
static void curve_push(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    size_t index = run->evaluations++;
    if (index > 0 && (index - 1) % run->stride != 0)
        s->curve_count--;
    if (s->curve_count == CURVE_MAX)
        curve_thin(run);
    struct mmoe_eval *e = &s->curve[s->curve_count++];
    e->step = s->step;
    memcpy(e->value, s->value, sizeof e->value);
}

/* The optimiser's sums, which may not be finite, are of no use any more; a file could not hold
 * them. */
static void diverge(struct mmoe_run *run, size_t step, enum mmoe_divergence how)
{
    optim_reset(&run->optim);
    memcpy(mmoe_net_params(run->net), run->good, mmoe_net_kept(run->net) * sizeof *run->good);
    run->shot.divergence = how;
    run->shot.diverged_step = step ? step : 1; /* of first weights: the first step has no loss */
    run->shot.state = MMOE_RUN_DIVERGED;
}

/* Compute the metrics of a part's rows; diagnose: the gates, too. False if a loss is not finite. */
static bool measure(struct mmoe_run *run, const struct mmoe_rows *part,
                    double value[MMOE_METRICS][MMOE_TASKS_MAX], bool diagnose)
{
    diagnosis_begin(&run->diagnosis);
    if (diagnose)
        shown_begin(run);
    metrics_begin(&run->metrics);
    for (size_t i = 0, most; i < part->n; i += most) {
        most = run_batch_of(run, part->n - i);
        const struct mmoe_rows rows = mmoe_rows_slice(part, i, most);
        const mmoe_real *p = mmoe_net_forward(run->net, &rows);
        metrics_add(&run->metrics, &rows, p);
        metrics_add_units(&run->metrics, run->net, rows.n);
        if (diagnose)
            diagnosis_add(&run->diagnosis, run->net, rows.n);
        if (diagnose)
            shown_add(run, i, rows.n, p);
    }
    return metrics_end(&run->metrics, part, value);
}

/* The number that is lowest at the best evaluation: the monitored task's loss or negative AUC, or
 * the weighted sum of all losses; NAN where no label measures it, or none that counts. */
static double badness(const struct mmoe_run *run, const struct mmoe_eval *e)
{
    size_t task = run->shot.options.monitor;
    double sum = 0;
    size_t measured = 0;
    if (task)
        return run->data->task[task - 1].binary ? -e->value[MMOE_AUC][task - 1]
                                                : e->value[MMOE_LOSS][task - 1];
    for (size_t k = 0; k < run->data->tasks; k++)
        if (!isnan(e->value[MMOE_LOSS][k]) && run->objective.weight[k] > 0) {
            sum += run->objective.weight[k] * e->value[MMOE_LOSS][k];
            measured++;
        }
    return measured ? sum : (double)NAN;
}

static bool is_due(const struct mmoe_snapshot *s)
{
    return s->step % s->options.eval_every == 0 || s->step == s->steps;
}

/* Keep the newest evaluation if it is the best so far; patience may end the run. An evaluation at a
 * pause does not count. */
static void compare_best(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    const struct mmoe_eval *newest = &s->curve[s->curve_count - 1];
    if (!is_due(s))
        return;
    run->unimproved++;
    if (run->evaluations == 1 || badness(run, newest) < badness(run, &s->best)) {
        s->best = *newest;
        run->unimproved = 0;
        if (run->best)
            memcpy(run->best, mmoe_net_params(run->net),
                   mmoe_net_kept(run->net) * sizeof *run->best);
    }
    s->stopped = s->options.patience > 0 && run->unimproved >= s->options.patience;
}

/* Replace the last evaluation, whose step now has other weights. */
static void renew_last(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    struct mmoe_eval *last = &s->curve[s->curve_count - 1];
    bool was_best = s->best.step == last->step;
    memcpy(last->value, s->value, sizeof last->value);
    if (!was_best && (!is_due(s) || !(badness(run, last) < badness(run, &s->best))))
        return;
    s->best = *last;
    run->unimproved = 0;
    if (run->best)
        memcpy(run->best, mmoe_net_params(run->net), mmoe_net_kept(run->net) * sizeof *run->best);
}

/* --- runs that come to nothing (divergence.h) --- */

/* Weighted sums of the losses of the tasks that have one wherever it is asked for. */
struct objectives {
    size_t tasks;
    double constant, start, now, batch;
};

/* batch (T): losses of the last batch, or NULL: not asked for. */
static struct objectives objectives_of(const struct mmoe_run *run, const double *batch)
{
    const struct mmoe_snapshot *s = &run->shot;
    struct objectives sum = {0};
    for (size_t k = 0; k < s->tasks && s->curve_count; k++) {
        double weight = run->objective.weight[k], start = s->curve[0].value[MMOE_LOSS][k];
        if (!(weight > 0) || isnan(start) || (batch && isnan(batch[k])))
            continue;
        sum.constant += isnan(s->var[k]) ? 0 : weight * s->var[k];
        sum.start += weight * start;
        sum.now += weight * s->value[MMOE_LOSS][k];
        sum.batch += batch ? weight * batch[k] : 0;
        sum.tasks++;
    }
    return sum;
}

static bool is_far_above(const struct mmoe_run *run, const double *batch)
{
    struct objectives sum = objectives_of(run, batch);
    double limit = MMOE_FAR * fmax(sum.constant, sum.start);
    return sum.tasks > 0 && sum.now > limit && sum.batch > limit;
}

/* Note if the weights to be evaluated are those of the evaluation before, which was of another
 * step. */
static void note_rest(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    const struct mmoe_eval *before = s->curve_count ? &s->curve[s->curve_count - 1] : NULL;
    bool resting = before && before->step < s->step &&
                   memcmp(run->good, mmoe_net_params(run->net),
                          mmoe_net_kept(run->net) * sizeof *run->good) == 0;
    if (resting && !s->resting)
        s->resting_since = before->step;
    s->resting = resting;
}

static bool has_gradient(const struct mmoe_run *run)
{
    const mmoe_real *g = mmoe_net_grads(run->net);
    for (size_t i = 0; i < mmoe_net_size(run->net); i++)
        if (g[i] < 0 || g[i] > 0)
            return true;
    return false;
}

/* Does nothing move that should? */
static bool is_stuck(const struct mmoe_run *run)
{
    struct objectives sum = objectives_of(run, NULL);
    return run->optim.lr > 0 && has_gradient(run) && sum.tasks > 0 && sum.now >= sum.start;
}

/* Judge the weights that were just evaluated, but for how far they went astray. */
static void judge(struct mmoe_run *run)
{
    const struct mmoe_snapshot *s = &run->shot;
    bool overflowed = optim_overflowed(&run->optim);
    if (s->resting && (overflowed || is_stuck(run)))
        diverge(run, s->step, MMOE_STILL);
    else if (overflowed)
        diverge(run, s->step, MMOE_OVERFLOW);
}

/* --- evaluating --- */

/* Evaluate; again: this step was evaluated before with other weights. */
static void evaluate(struct mmoe_run *run, bool again)
{
    struct mmoe_snapshot *s = &run->shot;
    double value[MMOE_METRICS][MMOE_TASKS_MAX];
    bool diagnose = !run->unwatched || s->step == s->steps;
    mmoe_net_evaluating(run->net);
    mmoe_net_profile(run->net, NULL); /* all of it is one phase */
    bool finite = measure(run, mmoe_dataset_held_out(run->data), value, diagnose);
    mmoe_net_profile(run->net, run->phases);
    mmoe_phases_mark(run->phases, MMOE_PHASE_EVALUATION);
    if (!finite) {
        diverge(run, s->step, MMOE_NOT_FINITE);
        return;
    }
    memcpy(s->value, value, sizeof s->value);
    s->tested = false;
    if (diagnose) {
        diagnosis_end(&run->diagnosis, run->net, &s->gate, &s->activity);
        gates_measure(&s->gate, s->tasks, s->value);
        mmoe_net_sharing(run->net, &s->sharing);
        if (s->gate_time)
            mmoe_gate_time_push(s->gate_time, s->step, &s->gate);
        shown_end(run);
    }
    if (!again)
        note_rest(run);
    memcpy(run->good, mmoe_net_params(run->net), mmoe_net_kept(run->net) * sizeof *run->good);
    if (again) {
        renew_last(run);
        return;
    }
    if (!is_due(s))
        run_reserve_curve(run); /* it was not counted on */
    curve_push(run);
    compare_best(run);
    judge(run);
}

static bool is_evaluated(const struct mmoe_snapshot *s)
{
    return s->curve_count > 0 && s->curve[s->curve_count - 1].step == s->step;
}

void mmoe_run_evaluate(struct mmoe_run *run)
{
    if (run->shot.state != MMOE_RUN_DIVERGED && !is_evaluated(&run->shot))
        evaluate(run, false);
}

/* --- making --- */

void run_reserve_curve(struct mmoe_run *run)
{
    size_t points = run->evaluations + run->shot.steps / run->shot.options.eval_every + 3;
    mmoe_snapshot_reserve(&run->shot, points < CURVE_MAX ? points : CURVE_MAX);
}

static void describe(struct mmoe_run *run, const struct mmoe_options *o)
{
    struct mmoe_snapshot *s = &run->shot;
    mmoe_snapshot_init(s, 0);
    s->options = *o;
    s->source = mmoe_source_of(o);
    s->dim = mmoe_spec_inputs(o, run->data);
    s->tasks = run->data->tasks;
    memcpy(s->task, run->data->task, sizeof s->task);
    s->rows = run->data->train.n;
    s->validation_rows = run->data->validation.n;
    s->test_rows = run->data->test.n;
    s->parameters = mmoe_net_kept(run->net);
    s->steps = o->steps;
    memcpy(s->var, run->data->var, sizeof s->var);
    if (run->diagnosis.gates)
        s->gate_time = mmoe_gate_time_new(run->diagnosis.gates, run->diagnosis.experts);
    s->pearson = run->data->pearson;
    s->cosine = run->data->cosine;
}

static enum mmoe_status check(const struct mmoe_options *o, const struct mmoe_dataset *data,
                              struct mmoe_error *err)
{
    if (data->tasks > MMOE_TASKS_MAX)
        return mmoe_fail(err, MMOE_LIMIT,
                         "the data have %zu tasks; at most %d can be trained together", data->tasks,
                         MMOE_TASKS_MAX);
    if (o->batch > data->train.n && !data->stream)
        return mmoe_fail(err, MMOE_RANGE, "batch %s is more than the %s at hand: lower batch",
                         mmoe_format_count(o->batch, MMOE_NUMBER),
                         MMOE_COUNTED(data->train.n, "row"));
    if (!mmoe_kernels_supported((enum mmoe_kernels)o->kernels))
        return mmoe_fail(err, MMOE_RANGE,
                         "this processor cannot run the kernels asked for: set kernels auto");
    if (o->task_weights.n && o->task_weights.n != data->tasks)
        return mmoe_fail(err, MMOE_RANGE, "task-weights lists %s for %s: give as many, or equal",
                         MMOE_COUNTED(o->task_weights.n, "number"),
                         MMOE_COUNTED(data->tasks, "task"));
    if (o->monitor > data->tasks)
        return mmoe_fail(err, MMOE_RANGE, "monitor %zu: there %s %s; give one of them, or all",
                         o->monitor, data->tasks == 1 ? "is" : "are",
                         MMOE_COUNTED(data->tasks, "task"));
    return mmoe_options_check(o, err);
}

static void weigh(struct mmoe_run *run, const struct mmoe_options *o)
{
    run->objective.tasks = run->data->tasks;
    for (size_t k = 0; k < run->data->tasks; k++) {
        run->objective.binary[k] = run->data->task[k].binary;
        run->objective.weight[k] = o->task_weights.n ? o->task_weights.v[k] : 1;
    }
}

/* A task that steps are chosen by must have a value. */
static enum mmoe_status check_monitor(const struct mmoe_run *run, struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = &run->shot;
    const struct mmoe_options *o = &s->options;
    if ((!o->keep_best && !o->patience) || s->curve_count == 0 || !isnan(badness(run, &s->best)))
        return MMOE_OK;
    if (!o->monitor)
        return mmoe_fail(err, MMOE_RANGE,
                         "held-out rows have no label that keep-best or patience could go by: set "
                         "keep-best off and patience never");
    return mmoe_fail(err, MMOE_RANGE,
                     "monitor %zu: held-out rows have no %s of task %s: give another task, or all",
                     o->monitor, s->task[o->monitor - 1].binary ? "AUC" : "loss",
                     s->task[o->monitor - 1].name);
}

struct mmoe_run *mmoe_run_new(const struct mmoe_options *o, struct mmoe_dataset *data,
                              struct mmoe_error *err)
{
    struct mmoe_spec spec;
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    if (mmoe_failed(check(o, data, err)))
        return NULL;
    mmoe_spec_for(o, model, data, &spec);
    if (spec.batch < EVALUATED)
        spec.batch = EVALUATED;
    struct mmoe_run *run = mmoe_alloc(1, sizeof *run);
    run->data = mmoe_dataset_ref(data);
    run->evaluated = spec.batch;
    weigh(run, o);
    run->net = mmoe_net_new(model, &spec);
    size_t n = run->net ? mmoe_net_size(run->net) : 0,
           kept = run->net ? mmoe_net_kept(run->net) : 0;
    if (!run->net || !optim_init(&run->optim, o, n) || !batch_init(&run->batch, o, data) ||
        !diagnosis_init(&run->diagnosis, run->net) ||
        !metrics_init(&run->metrics, &run->objective, data) ||
        (o->keep_best && !(run->best = mmoe_try_alloc(kept, sizeof *run->best))) ||
        !(run->good = mmoe_try_alloc(kept, sizeof *run->good))) {
        mmoe_fail(err, MMOE_LIMIT,
                  "a %s of %s parameters with batches of %s does not fit in memory: "
                  "lower experts, units or batch",
                  mmoe_model_name(model),
                  mmoe_format_count(mmoe_model_parameters(model, &spec), MMOE_NUMBER),
                  mmoe_format_count(o->batch, MMOE_NUMBER));
        mmoe_run_free(run);
        return NULL;
    }
    run->dy = mmoe_alloc(o->batch * data->tasks, sizeof *run->dy);
    describe(run, o);
    mmoe_run_reset(run);
    if (!mmoe_failed(check_monitor(run, err)))
        return run;
    mmoe_run_free(run);
    return NULL;
}

void mmoe_run_free(struct mmoe_run *run)
{
    if (!run)
        return;
    mmoe_free(run->dy);
    mmoe_free(run->good);
    mmoe_free(run->best);
    mmoe_snapshot_done(&run->shot);
    diagnosis_done(&run->diagnosis);
    metrics_done(&run->metrics);
    fit_free(run->fit);
    scatter_free(run->scatter);
    batch_done(&run->batch);
    optim_done(&run->optim);
    mmoe_net_free(run->net);
    mmoe_dataset_free(run->data);
    mmoe_free(run);
}

void mmoe_run_reset(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    run->start = s->options;
    mmoe_journal_free(s->journal);
    s->journal = NULL;
    mmoe_net_init(run->net, (enum mmoe_init)s->options.init, s->options.seed_init);
    memcpy(run->good, mmoe_net_params(run->net), mmoe_net_kept(run->net) * sizeof *run->good);
    optim_reset(&run->optim);
    run->evaluations = run->unimproved = 0;
    run->stride = 1;
    s->curve_count = s->recent_count = 0;
    if (s->gate_time)
        mmoe_gate_time_clear(s->gate_time);
    s->step = s->diverged_step = s->resting_since = 0;
    s->divergence = MMOE_SOUND;
    s->resting = false;
    s->seconds = s->steps_per_second = 0;
    s->stopped = false;
    s->state = MMOE_RUN_READY;
    run_reserve_curve(run);
    mmoe_metrics_none(s->value);
    mmoe_metrics_none(s->final);
    s->tested = false;
    mmoe_run_evaluate(run);
}

void mmoe_run_restart(struct mmoe_run *run)
{
    mmoe_journal_copy(&run->shot.options, &run->start);
    run_take_options(run);
    mmoe_run_reset(run);
}

/* --- training --- */

static void remember_recent(struct mmoe_snapshot *s, const double *loss)
{
    bool full = s->recent_count == MMOE_RECENT_MAX;
    for (size_t k = 0; k < s->tasks; k++) {
        if (full)
            memmove(s->recent[k], s->recent[k] + 1, (MMOE_RECENT_MAX - 1) * sizeof s->recent[k][0]);
        s->recent[k][full ? MMOE_RECENT_MAX - 1 : s->recent_count] = (float)loss[k];
    }
    s->recent_count += !full;
}

/* The learning rate of the step to come. */
static double rate(const struct mmoe_options *o, size_t step)
{
    double progress = step < o->steps ? (double)step / (double)o->steps : 1;
    switch ((enum mmoe_lr_schedule)o->schedule) {
    case MMOE_LR_STEP: return o->lr * pow(o->decay, (double)(step / o->decay_every));
    case MMOE_LR_COSINE: return o->lr * (1 + cos(M_PI * progress)) / 2;
    case MMOE_LR_CONSTANT: break;
    }
    return o->lr;
}

/* The schedule of the learning rate holds for embeddings, too. */
static void move_embeddings(struct mmoe_run *run)
{
    const struct mmoe_options *o = &run->shot.options;
    if (!run->data->train.fields || o->lr <= 0)
        return;
    mmoe_net_move_embeddings(run->net, (enum mmoe_embedding_optimizer)o->embedding_optimizer,
                             o->embedding_lr * (run->optim.lr / o->lr));
}

enum mmoe_status mmoe_run_step(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    double loss[MMOE_TASKS_MAX];
    if (s->state == MMOE_RUN_DIVERGED)
        return MMOE_DIVERGED;
    if (s->step >= s->steps || s->stopped)
        return MMOE_DONE;
    batch_fill(&run->batch, s->step);
    mmoe_phases_mark(run->phases, MMOE_PHASE_BATCH);
    mmoe_net_training(run->net, s->step);
    const mmoe_real *p = mmoe_net_forward(run->net, &run->batch.rows);
    size_t at;
    bool uncertain = mmoe_net_log_variance(run->net, &at);
    mmoe_real *params = mmoe_net_params(run->net), *grads = mmoe_net_grads(run->net);
    if (!mmoe_loss_objective(&run->objective, run->batch.rows.n, p, run->batch.rows.y,
                             uncertain ? params + at : NULL, uncertain ? grads + at : NULL, run->dy,
                             loss)) {
        diverge(run, s->step + 1, MMOE_NOT_FINITE);
        return MMOE_DIVERGED;
    }
    mmoe_phases_mark(run->phases, MMOE_PHASE_LOSS);
    batch_look_ahead(&run->batch, s->step + 1);
    mmoe_phases_mark(run->phases, MMOE_PHASE_BATCH);
    mmoe_net_backward(run->net, run->dy);
    run->optim.lr = rate(&s->options, s->step);
    optim_step(&run->optim, params, grads);
    move_embeddings(run);
    mmoe_phases_mark(run->phases, MMOE_PHASE_OPTIMIZER);
    s->step++;
    s->tested = false;
    if (!run->unwatched)
        remember_recent(s, loss);
    mmoe_phases_mark(run->phases, MMOE_PHASE_LOSS);
    if (is_due(s))
        mmoe_run_evaluate(run);
    bool over = s->step == s->steps || s->stopped;
    if (over && s->state != MMOE_RUN_DIVERGED && is_far_above(run, loss))
        diverge(run, s->step, MMOE_FAR_ABOVE);
    if (s->state == MMOE_RUN_DIVERGED)
        return MMOE_DIVERGED;
    return over ? MMOE_DONE : MMOE_CONTINUE;
}

/* --- the driver's hands --- */

void mmoe_run_profile(struct mmoe_run *run, struct mmoe_phases *phases)
{
    run->phases = phases;
    mmoe_net_profile(run->net, phases);
    mmoe_phases_begin(phases);
}

void mmoe_run_watch(struct mmoe_run *run, bool watched)
{
    run->unwatched = !watched;
}

void mmoe_run_set_steps(struct mmoe_run *run, size_t steps)
{
    run->shot.steps = steps;
    run_reserve_curve(run);
}

/* Have the journal say what was otherwise when the run began. */
static void note_start(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    struct mmoe_text start = {0};
    mmoe_text_add(&start, "%s", "");
    mmoe_journal_changes(&s->options, &run->start, &start);
    if (strcmp(start.s, mmoe_journal_start(s->journal)) != 0)
        s->journal = mmoe_journal_begin(s->journal, start.s);
    mmoe_text_done(&start);
}

/* Before the first step a change is what the run begins with; after divergence it changes nothing.
 */
static void note_changes(struct mmoe_run *run, const struct mmoe_options *before)
{
    struct mmoe_snapshot *s = &run->shot;
    struct mmoe_text changes = {0};
    mmoe_journal_changes(before, &s->options, &changes);
    if (s->step == 0)
        mmoe_journal_copy(&run->start, &s->options);
    if (s->step > 0 && changes.n) {
        if (s->state != MMOE_RUN_DIVERGED)
            mmoe_run_note(run, MMOE_MARK_CHANGE, changes.s);
        note_start(run);
    }
    mmoe_text_done(&changes);
}

void mmoe_run_tune(struct mmoe_run *run, const struct mmoe_options *o)
{
    struct mmoe_options *mine = &run->shot.options;
    const struct mmoe_options before = *mine;
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (mmoe_option_table[i].resets == MMOE_RESETS_NOTHING)
            mmoe_option_copy(mine, o, &mmoe_option_table[i]);
    run_take_options(run);
    note_changes(run, &before);
}

void run_take_options(struct mmoe_run *run)
{
    run->optim.momentum = run->shot.options.momentum;
    run_reserve_curve(run);
}

void mmoe_run_retell(struct mmoe_run *run, const struct mmoe_journal *j)
{
    mmoe_journal_free(run->shot.journal);
    run->shot.journal = j;
    note_start(run);
}

void mmoe_run_note(struct mmoe_run *run, enum mmoe_mark_kind kind, const char *text)
{
    struct mmoe_snapshot *s = &run->shot;
    s->journal = mmoe_journal_add(s->journal, s->step, kind, text);
}

void mmoe_run_mark(struct mmoe_run *run, enum mmoe_run_state state, double steps_per_second)
{
    if (run->shot.state != MMOE_RUN_DIVERGED)
        run->shot.state = state;
    run->shot.steps_per_second = steps_per_second;
}

void mmoe_run_spent(struct mmoe_run *run, double seconds)
{
    run->shot.seconds += seconds;
}

void run_diagnose(struct mmoe_run *run)
{
    double value[MMOE_METRICS][MMOE_TASKS_MAX];
    mmoe_net_evaluating(run->net);
    measure(run, mmoe_dataset_held_out(run->data), value, true);
    if (run->shot.curve_count)
        memcpy(run->shot.value[MMOE_ROWS_OFF], value[MMOE_ROWS_OFF], sizeof *value);
    diagnosis_end(&run->diagnosis, run->net, &run->shot.gate, &run->shot.activity);
    gates_measure(&run->shot.gate, run->shot.tasks, run->shot.value);
    mmoe_net_sharing(run->net, &run->shot.sharing);
    shown_end(run);
}

void run_best_begin(struct mmoe_run *run)
{
    mmoe_real *params = mmoe_net_params(run->net);
    size_t bytes = mmoe_net_kept(run->net) * sizeof *params;
    mmoe_net_evaluating(run->net);
    mmoe_net_profile(run->net, NULL);
    if (run->best) { /* `good` is of this step, too: it holds the last weights meanwhile */
        memcpy(run->good, params, bytes);
        memcpy(params, run->best, bytes);
    }
}

void run_best_end(struct mmoe_run *run)
{
    mmoe_real *params = mmoe_net_params(run->net);
    mmoe_net_profile(run->net, run->phases);
    mmoe_phases_mark(run->phases, MMOE_PHASE_EVALUATION);
    if (run->best)
        memcpy(params, run->good, mmoe_net_kept(run->net) * sizeof *params);
}

static void measure_test(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    const double(*held_out)[MMOE_TASKS_MAX] = s->options.keep_best ? s->best.value : s->value;
    run_best_begin(run);
    if (!measure(run, &run->data->test, s->final, false))
        mmoe_metrics_none(s->final);
    run_best_end(run);
    memcpy(s->final[MMOE_GATE_ENTROPY], held_out[MMOE_GATE_ENTROPY], sizeof *held_out);
    memcpy(s->final[MMOE_GATE_LEAD], held_out[MMOE_GATE_LEAD], sizeof *held_out);
}

void mmoe_run_test(struct mmoe_run *run)
{
    struct mmoe_snapshot *s = &run->shot;
    if (s->tested || s->state == MMOE_RUN_DIVERGED)
        return;
    mmoe_run_evaluate(run);
    if (s->state == MMOE_RUN_DIVERGED)
        return;
    if (run->data->validation.n)
        measure_test(run);
    else
        memcpy(s->final, s->options.keep_best ? s->best.value : s->value, sizeof s->final);
    s->tested = true;
}

bool mmoe_run_heeds(const struct mmoe_options *o, const struct mmoe_option *option)
{
    if (mmoe_option_is_alias(option))
        return true; /* some option that the alias stands for is heeded */
    if (option->resets == MMOE_RESETS_DATA)
        return mmoe_source_heeds(o, option);
    return mmoe_model_heeds(mmoe_model_at((size_t)o->model), o, option);
}

enum mmoe_resets mmoe_run_resets(const struct mmoe_options *a, const struct mmoe_options *b)
{
    enum mmoe_resets most = MMOE_RESETS_NOTHING;
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (option->resets > most && !mmoe_option_is_alias(option) &&
            (mmoe_run_heeds(a, option) || mmoe_run_heeds(b, option)) &&
            !mmoe_option_same(a, b, option))
            most = option->resets;
    }
    return most;
}

enum mmoe_status mmoe_run_export(const struct mmoe_run *run, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    bool best = run->best && run->shot.state != MMOE_RUN_DIVERGED;
    return mmoe_net_export(run->net, best ? run->best : mmoe_net_params(run->net),
                           mmoe_net_kept(run->net), "", out, err);
}

enum mmoe_status mmoe_run_import(struct mmoe_run *run, const struct mmoe_arrays *in,
                                 struct mmoe_error *err)
{
    if (run->shot.state == MMOE_RUN_DIVERGED)
        return mmoe_fail(err, MMOE_STATE, "the run %s at step %s: reset it first",
                         mmoe_divergence_verb(run->shot.divergence),
                         mmoe_format_count(run->shot.diverged_step, MMOE_NUMBER));
    enum mmoe_status status =
        mmoe_net_import(run->net, in, "", mmoe_net_params(run->net), mmoe_net_kept(run->net), err);
    if (mmoe_failed(status))
        return status;
    mmoe_run_note(run, MMOE_MARK_IMPORT, "weights");
    evaluate(run, is_evaluated(&run->shot));
    return MMOE_OK;
}

size_t mmoe_run_at(const struct mmoe_run *run)
{
    return run->shot.step;
}

struct mmoe_net *mmoe_run_net(struct mmoe_run *run)
{
    return run->net;
}

const struct mmoe_snapshot *mmoe_run_snapshot(const struct mmoe_run *run)
{
    return &run->shot;
}
