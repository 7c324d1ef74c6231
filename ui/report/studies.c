/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_studies.c - events of repeats and studies: each finished run, and what all of them say. */
#include <math.h>
#include <string.h>

#include "ui/report/event.h"
#include "ui/report/events.h"

enum { LOSS_SIZE = 32 };

/* --- repeats --- */

/* One number where the streams agree, else all three. */
static void add_seeds(struct mmoe_text *t, const struct mmoe_options *o)
{
    event_add_count(t, "seed", o->seed_data);
    if (o->seed_init == o->seed_data && o->seed_order == o->seed_data)
        return;
    event_add_count(t, "seed_init", o->seed_init);
    event_add_count(t, "seed_order", o->seed_order);
}

static void people_record(const struct mmoe_record *r, size_t done, size_t wanted,
                          struct mmoe_text *t)
{
    const struct mmoe_option *seed = mmoe_option_find("seed");
    mmoe_text_add(t, "%4zu/%zu  %s  seed ", done, wanted, event_model(&r->options));
    mmoe_option_show(&r->options, seed, t);
    if (r->diverged_step) {
        mmoe_text_add(t, "  diverged at step %zu\n", r->diverged_step);
        return;
    }
    mmoe_text_add(t, "  loss");
    event_add_losses(t, r->value[MMOE_LOSS], r->tasks, 0);
    mmoe_text_add(t, "  over variance");
    event_add_losses(t, r->value[MMOE_OVER_VAR], r->tasks, 0);
    mmoe_text_add(t, "\n");
}

void report_record(struct app *a, const struct mmoe_record *r, size_t done, size_t wanted)
{
    if (a->mode == APP_SCREEN)
        return;
    struct mmoe_text t = {0};
    if (a->mode == APP_PLAIN) {
        people_record(r, done, wanted, &t);
        event_emit(a, &t);
        return;
    }
    event_begin(&t, "repeat.run");
    add_seeds(&t, &r->options);
    event_add_word(&t, "model", event_model(&r->options));
    event_add_numbers(&t, "loss", r->value[MMOE_LOSS], r->tasks);
    event_add_numbers(&t, "loss_over_var", r->value[MMOE_OVER_VAR], r->tasks);
    event_add_truth(&t, "diverged", r->diverged_step != 0);
    event_end(a, &t);
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
    mmoe_text_add(t, "median %s [%s, %s]", mmoe_format_estimate(s->median, loss, sizeof loss),
                  mmoe_format_estimate(s->q25, low, sizeof low),
                  mmoe_format_estimate(s->q75, high, sizeof high));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mmoe_text_add(t, "  %s %s", parts[i].name,
                      mmoe_format_estimate(parts[i].value, loss, sizeof loss));
    mmoe_text_add(t, "\n");
}

/* "n":...,"max":... */
static void add_summary(struct mmoe_text *t, const struct mmoe_summary *s)
{
    mmoe_text_add(t, "\"n\":%zu", s->n);
    event_add_count(t, "diverged", s->diverged);
    event_add_number(t, "mean", s->mean);
    event_add_number(t, "sd", s->sd);
    event_add_number(t, "median", s->median);
    event_add_number(t, "q10", s->q10);
    event_add_number(t, "q90", s->q90);
    event_add_number(t, "min", s->min);
    event_add_number(t, "max", s->max);
}

void report_repeat(struct app *a, const struct view_group *g)
{
    struct mmoe_text t = {0};
    if (a->mode != APP_JSON) {
        people_repeat(g, &t);
        event_emit(a, &t);
        return;
    }
    const struct mmoe_summary *s = &g->summary;
    event_begin(&t, "repeat.done");
    event_add_word(&t, "model", event_model(&g->options));
    mmoe_text_add(&t, ",");
    add_summary(&t, s);
    event_end(a, &t);
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
        mmoe_text_add_json(t, event_model(o));
    }
    mmoe_text_add(t, "}");
}

static void people_sweep_run(const struct view_study *study, const struct mmoe_record *r,
                             struct mmoe_text *t)
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
    event_add_losses(t, r->value[MMOE_LOSS], r->tasks, 0);
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
        event_emit(a, &t);
        return;
    }
    event_begin(&t, "sweep.run");
    event_add_count(&t, "run", r->run);
    event_add_count(&t, "cell", cell);
    add_cell_options(&t, study, cell);
    add_seeds(&t, &r->options);
    event_add_numbers(&t, "loss", r->value[MMOE_LOSS], r->tasks);
    event_add_numbers(&t, "loss_over_var", r->value[MMOE_OVER_VAR], r->tasks);
    event_add_number(&t, "pearson", r->pearson);
    event_add_truth(&t, "diverged", r->diverged_step != 0);
    event_end(a, &t);
}

/* A table of all cells. */
static void people_sweep(const struct view_study *study, struct mmoe_text *t)
{
    char loss[LOSS_SIZE];
    bool labels = study->figure == MMOE_DRAWING_LABELS;
    int width = 7;
    for (size_t i = 0; i < study->cell_count; i++)
        width = (int)strlen(study->cells[i].name) > width ? (int)strlen(study->cells[i].name)
                                                          : width;
    mmoe_text_add(t, "%-*s %6s %8s %9s %9s %9s %9s %9s   %s\n", width, "setting", "seeds",
                  "diverged", "median", "q25", "q75", "mean", "sd",
                  labels ? "correlation of the labels" : "final loss of task A");
    for (size_t i = 0; i < study->cell_count; i++) {
        const struct view_cell *c = &study->cells[i];
        const struct mmoe_summary *m = labels ? &c->pearson : &c->summary;
        const double shown[] = {m->median, m->q25, m->q75, m->mean, m->sd};
        mmoe_text_add(t, "%-*s %6zu %8zu", width, c->name, c->done, c->summary.diverged);
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            mmoe_text_add(t, " %9s", mmoe_format_estimate(shown[k], loss, sizeof loss));
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
        event_emit(a, &t);
        return;
    }
    for (size_t i = 0; i < study->cell_count; i++) {
        const struct view_cell *c = &study->cells[i];
        struct mmoe_text line = {0};
        event_begin(&line, "sweep.cell");
        event_add_count(&line, "cell", i);
        add_cell_options(&line, study, i);
        mmoe_text_add(&line, ",");
        add_summary(&line, &c->summary);
        mmoe_text_add(&line, ",\"over_var\":{");
        add_summary(&line, &c->over_var_summary);
        mmoe_text_add(&line, "}");
        event_add_number(&line, "pearson_mean", c->pearson.mean);
        event_add_number(&line, "pearson_sd", c->pearson.sd);
        event_end(a, &line);
    }
}
