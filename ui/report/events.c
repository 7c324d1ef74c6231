/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events.c - events: what happened, for people or for programs.
 *
 * For programs an event is one JSON object on a line of its own; what is not
 * finite is null. For people it is a short line, aligned with the one before.
 * On the screen the panels show evaluations and single repeats as they come,
 * so that only what is an end in itself goes to the log.
 *
 * Events of repeats and studies are in studies.c.
 *
 * Nothing but `seconds` and `steps_per_second` depends on the clock.
 */
#include "ui/report/events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/run.h>

#include "ui/panel/activity.h"

enum { COUNT_SIZE = 48 };

/* --- what several tell --- */

/* "r2" and, where a task is binary, "auc": null for tasks of the other kind; "rows_off". */
static void add_quality(struct mmoe_text *t, const struct mmoe_snapshot *s,
                        const double (*value)[MMOE_TASKS_MAX])
{
    mmoe_json_numbers(t, "r2", value[MMOE_R2], s->tasks);
    if (mmoe_tasks_any_binary(s->task, s->tasks))
        mmoe_json_numbers(t, "auc", value[MMOE_AUC], s->tasks);
    mmoe_json_numbers(t, "rows_off", value[MMOE_ROWS_OFF], s->tasks);
}

static double rate(const struct mmoe_snapshot *s)
{
    return s->seconds > 0 ? (double)s->step / s->seconds : NAN;
}

/* --- data --- */

static void people_rows(const struct mmoe_dataset *d, struct mmoe_text *t)
{
    char validation[COUNT_SIZE], held_out[COUNT_SIZE];
    mmoe_text_add(t, d->stream ? "a stream of rows, measured on its first %s, " : "%s, ",
                  MMOE_COUNTED(d->train.n, "row"));
    if (d->validation.n)
        mmoe_text_add(t, "%s for choices, ",
                      mmoe_format_count(d->validation.n, validation, sizeof validation));
    mmoe_text_add(t, "%s held out, ", mmoe_format_count(d->test.n, held_out, sizeof held_out));
    if (d->train.fields)
        mmoe_text_add(t, "%zu embedded categories, ", d->train.fields->count);
    mmoe_text_add(t, "%s, %s\n", MMOE_COUNTED(d->dim, d->train.fields ? "number" : "input"),
                  MMOE_COUNTED(d->tasks, "task"));
}

static bool knows_truth(const struct mmoe_dataset *d)
{
    return mmoe_dataset_held_out(d)->truth != NULL;
}

/* "no model can do better than AUC .7522 and R2 .1526 on engagement, ...; logits correlate .24". */
static void people_truth(const struct mmoe_dataset *d, struct mmoe_text *t)
{
    mmoe_text_add(t, "with the true probabilities: ");
    for (size_t k = 0; k < d->tasks; k++) {
        mmoe_text_add(t, "%sAUC %s", k ? ", " : "",
                      mmoe_format_fixed(d->best_auc[k], 4, MMOE_NUMBER));
        mmoe_text_add(t, " R2 %s of %s", mmoe_format_fixed(d->best_r2[k], 4, MMOE_NUMBER),
                      d->task[k].name);
    }
    mmoe_text_add(t, "; their logits correlate %s\n", mmoe_format_fixed(d->logits, 4, MMOE_NUMBER));
}

/* How far the labels of each task are spread: "variance .3550 of income". */
static void people_spread(const struct mmoe_dataset *d, struct mmoe_text *t)
{
    char value[COUNT_SIZE];
    for (size_t k = 0; k < d->tasks; k++) {
        mmoe_text_add(t, "%s%s %s of %s", k ? ", " : "", d->task[k].binary ? "entropy" : "variance",
                      mmoe_format_loss(d->var[k], value, sizeof value), d->task[k].name);
        if (d->task[k].binary && isfinite(d->yes[k]))
            mmoe_text_add(t, " (%s%% yes)", mmoe_format_fixed(100 * d->yes[k], 1, MMOE_NUMBER));
    }
}

static bool any_missing(const struct mmoe_dataset *d)
{
    size_t missing = 0;
    for (size_t k = 0; k < d->tasks; k++)
        missing += d->missing[k];
    return missing > 0;
}

/* "labels missing to train on: 27 of income, 0 of age". */
static void people_missing(const struct mmoe_dataset *d, struct mmoe_text *t)
{
    char count[COUNT_SIZE];
    mmoe_text_add(t, "labels missing to train on:");
    for (size_t k = 0; k < d->tasks; k++)
        mmoe_text_add(t, "%s %s of %s", k ? "," : "",
                      mmoe_format_count(d->missing[k], count, sizeof count), d->task[k].name);
    mmoe_text_add(t, "\n");
}

static void people_data(const struct mmoe_dataset *d, const struct mmoe_options *o,
                        struct mmoe_text *t)
{
    char value[COUNT_SIZE];
    people_rows(d, t);
    if (mmoe_run_heeds(o, mmoe_option_find("p")))
        mmoe_text_add(t, "p %s  ", mmoe_format_setting(o->p, MMOE_NUMBER));
    else
        mmoe_text_add(t, "%s  ", o->data);
    if (isfinite(d->cosine))
        mmoe_text_add(t, "cos(w1, w2) %s  ", mmoe_format_fixed(d->cosine, 4, MMOE_NUMBER));
    if (d->tasks > 1)
        mmoe_text_add(t, "label correlation ");
    if (d->tasks > 2)
        mmoe_text_add(t, "of %s and %s ", d->task[0].name, d->task[1].name);
    if (d->tasks > 1)
        mmoe_text_add(t, "%s  ", mmoe_format_fixed(d->pearson, 4, value, sizeof value));
    if (mmoe_tasks_any_binary(d->task, d->tasks) || d->task[0].name[1])
        people_spread(d, t);
    else {
        mmoe_text_add(t, "variances");
        event_add_losses(t, d->var, d->tasks, 0);
    }
    mmoe_text_add(t, "\n");
    if (knows_truth(d))
        people_truth(d, t);
    if (any_missing(d))
        people_missing(d, t);
    if (d->unread)
        mmoe_text_add(t, "arrays not read: %s\n", d->unread);
}

/* "missing": how many training labels each task lacks. */
static void add_missing(struct mmoe_text *t, const struct mmoe_dataset *d)
{
    double missing[MMOE_TASKS_MAX];
    for (size_t k = 0; k < d->tasks; k++)
        missing[k] = (double)d->missing[k];
    mmoe_json_numbers(t, "missing", missing, d->tasks);
}

void events_data(const struct event_sink *sink, const struct mmoe_dataset *d,
                 const struct mmoe_options *o)
{
    struct mmoe_text t = {0};
    if (sink->mode != EVENT_JSON) {
        people_data(d, o, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "data");
    mmoe_json_count(&t, "rows", d->train.n);
    mmoe_json_truth(&t, "stream", d->stream != NULL);
    mmoe_json_count(&t, "validation_rows", d->validation.n);
    mmoe_json_count(&t, "test_rows", d->test.n);
    mmoe_json_count(&t, "dim", d->dim);
    mmoe_json_count(&t, "tasks", d->tasks);
    mmoe_json_number(&t, "p", mmoe_run_heeds(o, mmoe_option_find("p")) ? o->p : (double)NAN);
    mmoe_json_number(&t, "cos", d->cosine);
    mmoe_json_number(&t, "pearson", d->pearson);
    mmoe_json_numbers(&t, "var", d->var, d->tasks);
    event_add_names(&t, "task_names", d->task, d->tasks);
    if (mmoe_tasks_any_binary(d->task, d->tasks))
        mmoe_json_numbers(&t, "yes", d->yes, d->tasks);
    if (d->train.fields)
        mmoe_json_count(&t, "categories", d->train.fields->count);
    if (knows_truth(d)) {
        mmoe_json_numbers(&t, "best_auc", d->best_auc, d->tasks);
        mmoe_json_numbers(&t, "best_r2", d->best_r2, d->tasks);
        mmoe_json_number(&t, "logits", d->logits);
    }
    if (any_missing(d))
        add_missing(&t, d);
    if (d->unread)
        mmoe_json_word(&t, "unread", d->unread);
    event_end(sink, &t);
}

/* --- evaluations --- */

enum { LOSS_COLUMN = 9 };

/* "loss A", "/var A", "/ent B" of a binary task. */
static void eval_head(const struct mmoe_task *task, bool over, char head[COUNT_SIZE])
{
    const char *what = !over ? "loss" : task->binary ? "/ent" : "/var";
    int gap = LOSS_COLUMN - 1 - (int)strlen(task->name);
    snprintf(head, COUNT_SIZE, "%*s %s", gap > 4 ? gap : 4, what, task->name);
}

static void people_eval(const struct mmoe_snapshot *s, const struct mmoe_eval *e, const char *side,
                        bool headed, struct mmoe_text *t)
{
    static const enum mmoe_metric metrics[] = {MMOE_LOSS, MMOE_OVER_VAR};
    char head[COUNT_SIZE], value[COUNT_SIZE];
    if (e->step == 0 && headed) {
        mmoe_text_add(t, "%8s", "step");
        for (size_t m = 0; m < 2; m++)
            for (size_t k = 0; k < s->tasks; k++) {
                eval_head(&s->task[k], m == 1, head);
                mmoe_text_add(t, " %s", head);
            }
        mmoe_text_add(t, "\n");
    }
    mmoe_text_add(t, "%8s", mmoe_format_count(e->step, MMOE_NUMBER));
    for (size_t m = 0; m < 2; m++)
        for (size_t k = 0; k < s->tasks; k++) {
            eval_head(&s->task[k], m == 1, head);
            mmoe_format_loss(e->value[metrics[m]][k], value, sizeof value);
            mmoe_text_add(t, " %*s", (int)strlen(head), value);
        }
    mmoe_text_add(t, "%s%s\n", *side ? "  " : "", side);
}

void events_eval(const struct event_sink *sink, const struct mmoe_snapshot *s,
                 const struct mmoe_eval *e, const char *side, bool headed)
{
    if (sink->mode == EVENT_SCREEN)
        return;
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_PLAIN) {
        people_eval(s, e, side, headed, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "eval");
    if (*side)
        mmoe_json_word(&t, "side", side);
    mmoe_json_count(&t, "step", e->step);
    mmoe_json_numbers(&t, "loss", e->value[MMOE_LOSS], s->tasks);
    mmoe_json_numbers(&t, "loss_over_var", e->value[MMOE_OVER_VAR], s->tasks);
    add_quality(&t, s, e->value);
    event_end(sink, &t);
}

void events_share(const struct event_sink *sink, const char *line)
{
    struct mmoe_text t = {0};
    if (sink->mode != EVENT_JSON) {
        mmoe_text_add(&t, "%s\n", line);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "share");
    mmoe_json_word(&t, "line", line);
    event_end(sink, &t);
}

/* --- runs --- */

static void people_auc(const struct mmoe_snapshot *s, const double *auc, struct mmoe_text *t)
{
    char value[COUNT_SIZE];
    if (!mmoe_tasks_any_binary(s->task, s->tasks))
        return;
    mmoe_text_add(t, "  AUC");
    for (size_t i = 0; i < s->tasks; i++)
        mmoe_text_add(t, " %s", mmoe_format_fixed(auc[i], 4, value, sizeof value));
}

/* Are the values told, and the weights exported, those of the best evaluation? */
static bool keeps_best(const struct mmoe_snapshot *s)
{
    return s->options.keep_best && s->state != MMOE_RUN_DIVERGED;
}

static const double (*kept_of(const struct mmoe_snapshot *s))[MMOE_TASKS_MAX]
{
    return keeps_best(s) ? s->best.value : s->value;
}

/* What there is besides losses: AUC of binary tasks, the best evaluation where it is kept, final
   values where they are of other rows, an early end. */
static void people_quality(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    people_auc(s, kept_of(s)[MMOE_AUC], t);
    if (keeps_best(s))
        mmoe_text_add(t, "  best, at step %s", mmoe_format_count(s->best.step, MMOE_NUMBER));
    if (s->tested && s->validation_rows) {
        mmoe_text_add(t, "  on test rows");
        event_add_losses(t, s->final[MMOE_LOSS], s->tasks, 0);
        people_auc(s, s->final[MMOE_AUC], t);
    }
    if (s->stopped)
        mmoe_text_add(t, "  out of patience");
    if (s->resting && s->state != MMOE_RUN_DIVERGED)
        mmoe_text_add(t, "  no weight has changed since step %s",
                      mmoe_format_count(s->resting_since, MMOE_NUMBER));
}

static void people_run(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    char step[COUNT_SIZE], speed[COUNT_SIZE];
    mmoe_text_add(t, "%s  step %s", event_model(&s->options),
                  mmoe_format_count(s->step, step, sizeof step));
    if (s->state == MMOE_RUN_DIVERGED)
        mmoe_text_add(t, "  %s at step %s", mmoe_divergence_verb(s->divergence),
                      mmoe_format_count(s->diverged_step, MMOE_NUMBER));
    mmoe_text_add(t, "  loss");
    event_add_losses(t, kept_of(s)[MMOE_LOSS], s->tasks, 0);
    mmoe_text_add(t, "  over %s", event_spread(s->task, s->tasks));
    event_add_losses(t, kept_of(s)[MMOE_OVER_VAR], s->tasks, 0);
    people_quality(s, t);
    mmoe_text_add(t, "  %s s", mmoe_format_fixed(s->seconds, 1, MMOE_NUMBER));
    if (isfinite(rate(s)))
        mmoe_text_add(t, "  %s steps/s", mmoe_format_count((uint64_t)rate(s), speed, sizeof speed));
    mmoe_text_add(t, "\n");
}

void events_run(const struct event_sink *sink, const struct mmoe_snapshot *s)
{
    struct mmoe_text t = {0};
    if (sink->mode != EVENT_JSON) {
        people_run(s, &t);
        event_emit(sink, &t);
        return;
    }
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    event_begin(&t, "run.done");
    mmoe_json_word(&t, "model", event_model(&s->options));
    mmoe_json_count(&t, "step", s->step);
    mmoe_json_numbers(&t, "loss", kept_of(s)[MMOE_LOSS], s->tasks);
    mmoe_json_numbers(&t, "loss_over_var", kept_of(s)[MMOE_OVER_VAR], s->tasks);
    add_quality(&t, s, kept_of(s));
    mmoe_json_truth(&t, "diverged", diverged);
    if (diverged)
        mmoe_json_count(&t, "diverged_step", s->diverged_step);
    if (diverged)
        mmoe_json_word(&t, "divergence", mmoe_divergence_name(s->divergence));
    if (s->resting)
        mmoe_json_count(&t, "resting_since", s->resting_since);
    if (keeps_best(s))
        mmoe_json_count(&t, "best_step", s->best.step);
    if (s->tested && s->validation_rows) {
        mmoe_json_numbers(&t, "test_loss", s->final[MMOE_LOSS], s->tasks);
        mmoe_json_numbers(&t, "test_auc", s->final[MMOE_AUC], s->tasks);
        mmoe_json_numbers(&t, "test_r2", s->final[MMOE_R2], s->tasks);
        mmoe_json_numbers(&t, "test_rows_off", s->final[MMOE_ROWS_OFF], s->tasks);
    }
    activity_add_json(s, &t);
    event_add_tasks(&t, s->task, s->tasks);
    if (s->stopped)
        mmoe_json_truth(&t, "stopped", true);
    mmoe_json_number(&t, "seconds", s->seconds);
    mmoe_json_number(&t, "steps_per_second", rate(s));
    event_end(sink, &t);
}

/* --- measurements --- */

static void people_bench(const struct mmoe_bench *b, bool first, struct mmoe_text *t)
{
    char rate[COUNT_SIZE];
    if (first) {
        mmoe_text_add(t, "%-18s %12s %8s %8s %6s %8s ", "case", "seed-steps/s", "GFLOP/s", "limit",
                      "ratio", "peak");
        for (int i = 0; i < MMOE_PHASE_COUNT; i++)
            mmoe_text_add(t, " %.9s", mmoe_phase_name((enum mmoe_phase)i));
        mmoe_text_add(t, "\n");
    }
    mmoe_text_add(t, "%-18s %12s %8s %8s %5s%% %8s ", b->name,
                  mmoe_format_count((uint64_t)b->seed_steps_per_second, rate, sizeof rate),
                  mmoe_format_fixed(b->gflops, 1, MMOE_NUMBER),
                  mmoe_format_fixed(b->limit_gflops, 1, MMOE_NUMBER),
                  mmoe_format_fixed(100 * b->ratio, 1, MMOE_NUMBER),
                  mmoe_format_fixed(b->peak_gflops, 1, MMOE_NUMBER));
    for (int i = 0; i < MMOE_PHASE_COUNT; i++) {
        size_t n = strlen(mmoe_phase_name((enum mmoe_phase)i));
        mmoe_text_add(t, " %*s%%", (int)(n < 9 ? n : 9) - 1,
                      mmoe_format_fixed(100 * b->share[i], 1, MMOE_NUMBER));
    }
    mmoe_text_add(t, "\n");
}

void events_bench(const struct event_sink *sink, const struct mmoe_bench *b, bool first)
{
    struct mmoe_text t = {0};
    if (sink->mode != EVENT_JSON) {
        people_bench(b, first, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "bench");
    mmoe_json_word(&t, "case", b->name);
    mmoe_json_count(&t, "jobs", b->jobs);
    mmoe_json_number(&t, "seed_steps_per_second", b->seed_steps_per_second);
    mmoe_json_number(&t, "gflops", b->gflops);
    mmoe_json_number(&t, "limit_gflops", b->limit_gflops);
    mmoe_json_number(&t, "ratio", b->ratio);
    mmoe_json_number(&t, "peak_gflops", b->peak_gflops);
    mmoe_json_key(&t, "phases");
    mmoe_text_add(&t, "{");
    for (int i = 0; i < MMOE_PHASE_COUNT; i++)
        mmoe_json_number(&t, mmoe_phase_name((enum mmoe_phase)i), b->share[i]);
    mmoe_text_add(&t, "}");
    event_end(sink, &t);
}

/* --- progress --- */

static void add_progress(const struct view *v, size_t until, bool sweeping, struct mmoe_text *t)
{
    char now[COUNT_SIZE], goal[COUNT_SIZE], speed[COUNT_SIZE];
    if (view_live(v)->state == MMOE_RUN_TRAINING) {
        mmoe_text_add(
            t, "step %s of %s  %s steps/s  loss",
            mmoe_format_count(view_live(v)->step, now, sizeof now),
            mmoe_format_count(until, goal, sizeof goal),
            mmoe_format_count((uint64_t)view_live(v)->steps_per_second, speed, sizeof speed));
        event_add_losses(t, view_live(v)->value[MMOE_LOSS], view_live(v)->tasks, 0);
    } else if (v->queue_wanted) {
        const char *what = v->study.reading ? "read" : sweeping ? "run" : "repeat";
        mmoe_text_add(t, "%s %s of %s", what, mmoe_format_count(v->queue_done, MMOE_NUMBER),
                      mmoe_format_count(v->queue_wanted, MMOE_NUMBER));
        if (v->study.rate > 0)
            mmoe_text_add(t, "  %s steps/s",
                          mmoe_format_count((uint64_t)v->study.rate, speed, sizeof speed));
        if (v->queue_eta >= 0)
            mmoe_text_add(t, "  %s left", mmoe_format_duration(v->queue_eta, now, sizeof now));
    } else if (v->lanes[v->lane].making) {
        mmoe_text_add(t, "making rows");
    } else if (v->job[0] && v->job_share < 0) {
        mmoe_text_add(t, "%s", v->job);
    } else if (v->job[0]) {
        mmoe_text_add(t, "%s %s%%", v->job,
                      mmoe_format_fixed(floor(100 * v->job_share), 0, MMOE_NUMBER));
    } else if (v->study.reading) {
        mmoe_text_add(t, "read %s of %s",
                      mmoe_format_count(mmoe_tally_done(v->study.tally), MMOE_NUMBER),
                      MMOE_COUNTED(mmoe_grid_runs(mmoe_tally_grid(v->study.tally)), "run"));
    }
}

void events_progress(const struct event_sink *sink, const struct view *v, size_t until,
                     bool sweeping)
{
    struct mmoe_text t = {0};
    add_progress(v, until, sweeping, &t);
    sink->progress(sink->context, t.n ? t.s : "");
    mmoe_text_done(&t);
}
