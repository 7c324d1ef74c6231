/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.c - events: what happened, for people or for programs.
 *
 * For programs an event is one JSON object on a line of its own; what is not
 * finite is null. For people it is a short line, aligned with the one before.
 * On the screen the panels show evaluations and single repeats as they come,
 * so that only what is an end in itself goes to the log.
 *
 * Nothing but `seconds` and `steps_per_second` depends on the clock.
 */
#include "ui/app/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LOSS_SIZE = 32, COUNT_SIZE = 48 };

/* --- writing --- */

static void output_failed(struct app *a)
{
    int why = errno;
    a->output_failed = true;
    a->quit = true;
    a->exit_status = 1;
    if (why != EPIPE)
        fprintf(stderr, "mmoe: cannot write to standard output: %s\n", strerror(why));
}

void report_text(struct app *a, const char *text)
{
    report_progress_end(a);
    if (a->output_failed)
        return;
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
        output_failed(a);
}

/* An event of its own: a line of stdout, or lines of the log. Frees t. */
static void emit(struct app *a, struct mmoe_text *t)
{
    if (a->mode == APP_SCREEN) {
        view_log(&a->view, LOG_DATA, t->s);
        a->changes++;
    } else {
        report_text(a, t->s);
    }
    mmoe_text_done(t);
}

void report_progress_end(struct app *a)
{
    if (a->progress_width)
        fprintf(stderr, "\r%*s\r", (int)a->progress_width, "");
    a->progress_width = 0;
}

/* --- JSON --- */

static void begin(struct mmoe_text *t, const char *event)
{
    mmoe_text_add(t, "{\"event\":\"%s\"", event);
}

static void end(struct app *a, struct mmoe_text *t)
{
    mmoe_text_add(t, "}\n");
    emit(a, t);
}

static void add_count(struct mmoe_text *t, const char *key, unsigned long long v)
{
    mmoe_text_add(t, ",\"%s\":%llu", key, v);
}

static void add_number(struct mmoe_text *t, const char *key, double v)
{
    mmoe_text_add(t, ",\"%s\":", key);
    mmoe_text_add_number(t, v);
}

static void add_numbers(struct mmoe_text *t, const char *key, const double *v, size_t n)
{
    mmoe_text_add(t, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            mmoe_text_add(t, ",");
        mmoe_text_add_number(t, v[i]);
    }
    mmoe_text_add(t, "]");
}

static void add_word(struct mmoe_text *t, const char *key, const char *word)
{
    mmoe_text_add(t, ",\"%s\":", key);
    mmoe_text_add_json(t, word);
}

static void add_truth(struct mmoe_text *t, const char *key, bool truth)
{
    mmoe_text_add(t, ",\"%s\":%s", key, truth ? "true" : "false");
}

static bool any_binary(const struct mmoe_snapshot *s)
{
    bool any = false;
    for (size_t i = 0; i < s->tasks; i++)
        any |= s->binary[i];
    return any;
}

/* "r2" and, where a task is binary, "auc": null for tasks of the other kind. */
static void add_quality(struct mmoe_text *t, const struct mmoe_snapshot *s, const double *quality)
{
    double r2[MMOE_TASKS_MAX], auc[MMOE_TASKS_MAX];
    for (size_t i = 0; i < s->tasks; i++) {
        r2[i] = s->binary[i] ? (double)NAN : quality[i];
        auc[i] = s->binary[i] ? quality[i] : (double)NAN;
    }
    add_numbers(t, "r2", r2, s->tasks);
    if (any_binary(s))
        add_numbers(t, "auc", auc, s->tasks);
}

/* --- for people --- */

/* The numbers of all tasks with a blank before each, in columns of that width (0: as they come). */
static void add_losses(struct mmoe_text *t, const double *v, size_t n, int width)
{
    char loss[LOSS_SIZE];
    for (size_t i = 0; i < n; i++)
        mmoe_text_add(t, " %*s", width, mmoe_format_loss(v[i], loss, sizeof loss));
}

/* A number of a summary, or - where so few runs have none. */
static const char *summed(double v, char buf[LOSS_SIZE])
{
    return isnan(v) ? "-" : mmoe_format_loss(v, buf, LOSS_SIZE);
}

static const char *model_name(const struct mmoe_options *o)
{
    return mmoe_model_name(mmoe_model_at((size_t)o->model));
}

static double rate(const struct mmoe_snapshot *s)
{
    return s->seconds > 0 ? (double)s->step / s->seconds : NAN;
}

/* --- data --- */

static void people_data(const struct app *a, const struct mmoe_dataset *d, struct mmoe_text *t)
{
    char rows[COUNT_SIZE], held_out[COUNT_SIZE];
    mmoe_text_add(t, "%s rows, %s held out, %zu inputs, %zu tasks\n",
                  mmoe_format_count(d->rows, rows, sizeof rows),
                  mmoe_format_count(d->test_rows, held_out, sizeof held_out), d->dim, d->tasks);
    mmoe_text_add(t, "p %g  cos(w1, w2) %.4f  label correlation %.4f  variances", a->made.p,
                  d->cosine, d->pearson);
    add_losses(t, d->var, d->tasks, 0);
    mmoe_text_add(t, "\n");
}

void report_data(struct app *a, const struct mmoe_dataset *d)
{
    struct mmoe_text t = {0};
    if (a->mode != APP_JSON) {
        people_data(a, d, &t);
        emit(a, &t);
        return;
    }
    begin(&t, "data");
    add_count(&t, "rows", d->rows);
    add_count(&t, "test_rows", d->test_rows);
    add_count(&t, "dim", d->dim);
    add_count(&t, "tasks", d->tasks);
    add_number(&t, "p", a->made.p);
    add_number(&t, "cos", d->cosine);
    add_number(&t, "pearson", d->pearson);
    add_numbers(&t, "var", d->var, d->tasks);
    end(a, &t);
}

/* --- evaluations --- */

enum { LOSS_COLUMN = 9 };

static void people_eval(const struct mmoe_snapshot *s, const struct mmoe_eval *e,
                        const double *over_var, struct mmoe_text *t)
{
    static const char *const heads[] = {"loss", "/var"};
    if (e->step == 0) {
        mmoe_text_add(t, "%8s", "step");
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < s->tasks; i++)
                mmoe_text_add(t, " %*s %zu", LOSS_COLUMN - 2, heads[k], i + 1);
        mmoe_text_add(t, "\n");
    }
    mmoe_text_add(t, "%8zu", e->step);
    add_losses(t, e->loss, s->tasks, LOSS_COLUMN);
    add_losses(t, over_var, s->tasks, LOSS_COLUMN);
    mmoe_text_add(t, "\n");
}

void report_eval(struct app *a, const struct mmoe_snapshot *s, const struct mmoe_eval *e)
{
    if (a->mode == APP_SCREEN)
        return;
    struct mmoe_text t = {0};
    double over_var[MMOE_TASKS_MAX];
    for (size_t i = 0; i < s->tasks; i++)
        over_var[i] = e->loss[i] / s->var[i];
    if (a->mode == APP_PLAIN) {
        people_eval(s, e, over_var, &t);
        emit(a, &t);
        return;
    }
    begin(&t, "eval");
    add_count(&t, "step", e->step);
    add_numbers(&t, "loss", e->loss, s->tasks);
    add_numbers(&t, "loss_over_var", over_var, s->tasks);
    add_quality(&t, s, e->quality);
    end(a, &t);
}

/* --- runs --- */

/* AUC of binary tasks, the best evaluation where it is kept, an early end. */
static void people_quality(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    if (any_binary(s))
        mmoe_text_add(t, "  AUC");
    for (size_t i = 0; i < s->tasks && any_binary(s); i++)
        if (s->binary[i])
            mmoe_text_add(t, " %.4f", s->quality[i]);
        else
            mmoe_text_add(t, " -");
    if (s->options.keep_best && s->state != MMOE_RUN_DIVERGED) {
        mmoe_text_add(t, "  best at step %zu:", s->best.step);
        add_losses(t, s->best.loss, s->tasks, 0);
    }
    if (s->stopped)
        mmoe_text_add(t, "  out of patience");
}

static void people_run(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    char step[COUNT_SIZE], speed[COUNT_SIZE];
    mmoe_text_add(t, "%s  step %s", model_name(&s->options),
                  mmoe_format_count(s->step, step, sizeof step));
    if (s->state == MMOE_RUN_DIVERGED)
        mmoe_text_add(t, "  diverged at step %zu", s->diverged_step);
    mmoe_text_add(t, "  loss");
    add_losses(t, s->loss, s->tasks, 0);
    mmoe_text_add(t, "  over variance");
    add_losses(t, s->loss_over_var, s->tasks, 0);
    people_quality(s, t);
    mmoe_text_add(t, "  %.1f s", s->seconds);
    if (isfinite(rate(s)))
        mmoe_text_add(t, "  %s steps/s", mmoe_format_count((uint64_t)rate(s), speed, sizeof speed));
    mmoe_text_add(t, "\n");
}

void report_run(struct app *a, const struct mmoe_snapshot *s)
{
    struct mmoe_text t = {0};
    if (a->mode != APP_JSON) {
        people_run(s, &t);
        emit(a, &t);
        return;
    }
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    begin(&t, "run.done");
    add_word(&t, "model", model_name(&s->options));
    add_count(&t, "step", s->step);
    add_numbers(&t, "loss", s->loss, s->tasks);
    add_numbers(&t, "loss_over_var", s->loss_over_var, s->tasks);
    add_quality(&t, s, s->quality);
    add_truth(&t, "diverged", diverged);
    if (diverged)
        add_count(&t, "diverged_step", s->diverged_step);
    if (s->options.keep_best) {
        add_count(&t, "best_step", s->best.step);
        add_numbers(&t, "best_loss", s->best.loss, s->tasks);
    }
    if (s->stopped)
        add_truth(&t, "stopped", true);
    add_number(&t, "seconds", s->seconds);
    add_number(&t, "steps_per_second", rate(s));
    end(a, &t);
}

/* --- repeats --- */

/* One number where the streams agree, else all three. */
static void add_seeds(struct mmoe_text *t, const struct mmoe_options *o)
{
    add_count(t, "seed", o->seed_data);
    if (o->seed_init == o->seed_data && o->seed_order == o->seed_data)
        return;
    add_count(t, "seed_init", o->seed_init);
    add_count(t, "seed_order", o->seed_order);
}

static void people_record(const struct mmoe_record *r, size_t done, size_t wanted,
                          struct mmoe_text *t)
{
    const struct mmoe_option *seed = mmoe_option_find("seed");
    mmoe_text_add(t, "%4zu/%zu  %s  seed ", done, wanted, model_name(&r->options));
    mmoe_option_show(&r->options, seed, t);
    if (r->diverged_step) {
        mmoe_text_add(t, "  diverged at step %zu\n", r->diverged_step);
        return;
    }
    mmoe_text_add(t, "  loss");
    add_losses(t, r->loss, r->tasks, 0);
    mmoe_text_add(t, "  over variance");
    add_losses(t, r->loss_over_var, r->tasks, 0);
    mmoe_text_add(t, "\n");
}

void report_record(struct app *a, const struct mmoe_record *r, size_t done, size_t wanted)
{
    if (a->mode == APP_SCREEN)
        return;
    struct mmoe_text t = {0};
    if (a->mode == APP_PLAIN) {
        people_record(r, done, wanted, &t);
        emit(a, &t);
        return;
    }
    begin(&t, "repeat.run");
    add_seeds(&t, &r->options);
    add_word(&t, "model", model_name(&r->options));
    add_numbers(&t, "loss", r->loss, r->tasks);
    add_numbers(&t, "loss_over_var", r->loss_over_var, r->tasks);
    add_truth(&t, "diverged", r->diverged_step != 0);
    end(a, &t);
}

static void people_repeat(const struct view_group *g, struct mmoe_text *t)
{
    const struct mmoe_summary *s = &g->summary;
    const struct {
        const char *name;
        double value;
    } parts[] = {{"mean", s->mean}, {"sd", s->sd},   {"q10", s->q10},
                 {"q90", s->q90},   {"min", s->min}, {"max", s->max}};
    char loss[LOSS_SIZE], low[LOSS_SIZE], high[LOSS_SIZE];
    mmoe_text_add(t, "%s  %zu seeds, %zu diverged; final loss of task A:\n", g->name, g->done,
                  s->diverged);
    mmoe_text_add(t, "median %s [%s, %s]", summed(s->median, loss), summed(s->q25, low), summed(s->q75, high));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mmoe_text_add(t, "  %s %s", parts[i].name, summed(parts[i].value, loss));
    mmoe_text_add(t, "\n");
}

/* "n":...,"max":... */
static void add_summary(struct mmoe_text *t, const struct mmoe_summary *s)
{
    mmoe_text_add(t, "\"n\":%zu", s->n);
    add_count(t, "diverged", s->diverged);
    add_number(t, "mean", s->mean);
    add_number(t, "sd", s->sd);
    add_number(t, "median", s->median);
    add_number(t, "q10", s->q10);
    add_number(t, "q90", s->q90);
    add_number(t, "min", s->min);
    add_number(t, "max", s->max);
}

void report_repeat(struct app *a, const struct view_group *g)
{
    struct mmoe_text t = {0};
    if (a->mode != APP_JSON) {
        people_repeat(g, &t);
        emit(a, &t);
        return;
    }
    const struct mmoe_summary *s = &g->summary;
    begin(&t, "repeat.done");
    add_word(&t, "model", model_name(&g->options));
    mmoe_text_add(&t, ",");
    add_summary(&t, s);
    end(a, &t);
}

/* --- studies --- */

/* "options":{...}: what sets the cell apart, and the model. */
static void add_cell_options(struct mmoe_text *t, const struct view_study *study, size_t cell)
{
    const struct mmoe_options *o = &study->cells[cell].options;
    bool model = false;
    mmoe_text_add(t, ",\"options\":{");
    for (size_t i = 0; i < study->grid.axis_count; i++) {
        const struct mmoe_option *option = study->grid.axes[i].option;
        struct mmoe_text value = {0};
        double number;
        mmoe_option_show(o, option, &value);
        model = model || strcmp(option->name, "model") == 0;
        mmoe_text_add(t, "%s\"%s\":", i ? "," : "", option->name);
        if (mmoe_parse_double(value.s, &number))
            mmoe_text_add_number(t, number);
        else
            mmoe_text_add_json(t, value.s);
        mmoe_text_done(&value);
    }
    if (!model) {
        mmoe_text_add(t, "%s\"model\":", study->grid.axis_count ? "," : "");
        mmoe_text_add_json(t, model_name(o));
    }
    mmoe_text_add(t, "}");
}

static void people_sweep_run(const struct view_study *study, const struct mmoe_record *r, struct mmoe_text *t)
{
    const struct view_cell *c = &study->cells[mmoe_grid_cell(&study->grid, r->run)];
    const struct mmoe_option *seed = mmoe_option_find("seed");
    mmoe_text_add(t, "%6zu  %s  seed ", r->run + 1, c->name);
    mmoe_option_show(&r->options, seed, t);
    if (r->diverged_step) {
        mmoe_text_add(t, "  diverged at step %zu\n", r->diverged_step);
        return;
    }
    if (study->figure == MMOE_DRAWING_LABELS) {
        mmoe_text_add(t, "  label correlation %.4f\n", r->pearson);
        return;
    }
    mmoe_text_add(t, "  loss");
    add_losses(t, r->loss, r->tasks, 0);
    mmoe_text_add(t, "\n");
}

void report_sweep_run(struct app *a, const struct mmoe_record *r)
{
    const struct view_study *study = &a->view.study;
    size_t cell = mmoe_grid_cell(&study->grid, r->run);
    struct mmoe_text t = {0};
    if (a->mode == APP_SCREEN)
        return;
    if (a->mode == APP_PLAIN) {
        people_sweep_run(study, r, &t);
        emit(a, &t);
        return;
    }
    begin(&t, "sweep.run");
    add_count(&t, "run", r->run);
    add_count(&t, "cell", cell);
    add_cell_options(&t, study, cell);
    add_seeds(&t, &r->options);
    add_numbers(&t, "loss", r->loss, r->tasks);
    add_numbers(&t, "loss_over_var", r->loss_over_var, r->tasks);
    add_number(&t, "pearson", r->pearson);
    add_truth(&t, "diverged", r->diverged_step != 0);
    end(a, &t);
}

/* A table of all cells. */
static void people_sweep(const struct view_study *study, struct mmoe_text *t)
{
    char loss[LOSS_SIZE];
    bool labels = study->figure == MMOE_DRAWING_LABELS;
    int width = 7;
    for (size_t i = 0; i < study->cell_count; i++)
        width = (int)strlen(study->cells[i].name) > width ? (int)strlen(study->cells[i].name) : width;
    mmoe_text_add(t, "%-*s %6s %8s %9s %9s %9s %9s %9s   %s\n", width, "setting", "seeds", "diverged",
                  "median", "q25", "q75", "mean", "sd", labels ? "correlation of the labels" : "final loss of task A");
    for (size_t i = 0; i < study->cell_count; i++) {
        const struct view_cell *c = &study->cells[i];
        const struct mmoe_summary *m = labels ? &c->pearson : &c->summary;
        const double shown[] = {m->median, m->q25, m->q75, m->mean, m->sd};
        mmoe_text_add(t, "%-*s %6zu %8zu", width, c->name, c->done, c->summary.diverged);
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            mmoe_text_add(t, " %9s", summed(shown[k], loss));
        mmoe_text_add(t, "\n");
    }
}

void report_sweep(struct app *a)
{
    const struct view_study *study = &a->view.study;
    struct mmoe_text t = {0};
    if (a->mode == APP_SCREEN)
        return; /* the histograms tell it */
    if (a->mode == APP_PLAIN) {
        people_sweep(study, &t);
        emit(a, &t);
        return;
    }
    for (size_t i = 0; i < study->cell_count; i++) {
        const struct view_cell *c = &study->cells[i];
        struct mmoe_text line = {0};
        begin(&line, "sweep.cell");
        add_count(&line, "cell", i);
        add_cell_options(&line, study, i);
        mmoe_text_add(&line, ",");
        add_summary(&line, &c->summary);
        mmoe_text_add(&line, ",\"over_var\":{");
        add_summary(&line, &c->over_var_summary);
        mmoe_text_add(&line, "}");
        add_number(&line, "pearson_mean", c->pearson.mean);
        add_number(&line, "pearson_sd", c->pearson.sd);
        end(a, &line);
    }
}

/* --- measurements --- */

static void people_bench(const struct mmoe_bench *b, bool first, struct mmoe_text *t)
{
    char rate[COUNT_SIZE];
    if (first) {
        mmoe_text_add(t, "%-18s %12s %8s %8s %6s ", "case", "seed-steps/s", "GFLOP/s", "limit", "ratio");
        for (int i = 0; i < MMOE_PHASE_COUNT; i++)
            mmoe_text_add(t, " %.9s", mmoe_phase_name((enum mmoe_phase)i));
        mmoe_text_add(t, "\n");
    }
    mmoe_text_add(t, "%-18s %12s %8.1f %8.1f %5.1f%% ", b->name,
                  mmoe_format_count((uint64_t)b->seed_steps_per_second, rate, sizeof rate), b->gflops,
                  b->limit_gflops, 100 * b->ratio);
    for (int i = 0; i < MMOE_PHASE_COUNT; i++) {
        size_t n = strlen(mmoe_phase_name((enum mmoe_phase)i));
        mmoe_text_add(t, " %*.1f%%", (int)(n < 9 ? n : 9) - 1, 100 * b->share[i]);
    }
    mmoe_text_add(t, "\n");
}

void report_bench(struct app *a, const struct mmoe_bench *b, bool first)
{
    struct mmoe_text t = {0};
    if (a->mode != APP_JSON) {
        people_bench(b, first, &t);
        emit(a, &t);
        return;
    }
    begin(&t, "bench");
    add_word(&t, "case", b->name);
    add_count(&t, "jobs", b->jobs);
    add_number(&t, "seed_steps_per_second", b->seed_steps_per_second);
    add_number(&t, "gflops", b->gflops);
    add_number(&t, "limit_gflops", b->limit_gflops);
    add_number(&t, "ratio", b->ratio);
    mmoe_text_add(&t, ",\"phases\":{");
    for (int i = 0; i < MMOE_PHASE_COUNT; i++) {
        mmoe_text_add(&t, "%s\"%s\":", i ? "," : "", mmoe_phase_name((enum mmoe_phase)i));
        mmoe_text_add_number(&t, b->share[i]);
    }
    mmoe_text_add(&t, "}");
    end(a, &t);
}

/* --- progress --- */

static void add_progress(const struct app *a, struct mmoe_text *t)
{
    const struct view *v = &a->view;
    char now[COUNT_SIZE], goal[COUNT_SIZE], speed[COUNT_SIZE];
    if (v->live.state == MMOE_RUN_TRAINING) {
        mmoe_text_add(t, "step %s of %s  %s steps/s  loss",
                      mmoe_format_count(v->live.step, now, sizeof now),
                      mmoe_format_count(a->until, goal, sizeof goal),
                      mmoe_format_count((uint64_t)v->live.steps_per_second, speed, sizeof speed));
        add_losses(t, v->live.loss, v->live.tasks, 0);
    } else if (v->queue_wanted) {
        mmoe_text_add(t, "%s %zu of %zu", a->sweeping ? "run" : "repeat", v->queue_done, v->queue_wanted);
        if (v->study.rate > 0)
            mmoe_text_add(t, "  %s steps/s", mmoe_format_count((uint64_t)v->study.rate, speed, sizeof speed));
        if (v->queue_eta >= 0)
            mmoe_text_add(t, "  %s left", mmoe_format_duration(v->queue_eta, now, sizeof now));
    } else if (v->making) {
        mmoe_text_add(t, "making rows");
    }
}

void report_progress(struct app *a)
{
    struct mmoe_text t = {0};
    add_progress(a, &t);
    if (t.n == 0) {
        report_progress_end(a);
        return;
    }
    int pad = a->progress_width > t.n ? (int)(a->progress_width - t.n) : 0;
    fprintf(stderr, "\r%s%*s", t.s, pad, "");
    fflush(stderr);
    a->progress_width = t.n + (size_t)pad;
    mmoe_text_done(&t);
}
