/* SPDX-License-Identifier: GPL-3.0-or-later */
/* studies.c - events of repeats and studies: each finished run, and what all of them say. */
#include "ui/report/studies.h"

#include <math.h>
#include <string.h>

enum { LOSS_SIZE = 32 };

/* --- repeats --- */

/* One number where the streams agree, else all three. */
static void add_seeds(struct mmoe_text *t, const struct mmoe_options *o)
{
    mmoe_json_count(t, "seed", o->seed_data);
    if (o->seed_init == o->seed_data && o->seed_order == o->seed_data)
        return;
    mmoe_json_count(t, "seed_init", o->seed_init);
    mmoe_json_count(t, "seed_order", o->seed_order);
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

void studies_record(const struct event_sink *sink, const struct mmoe_record *r, size_t done,
                    size_t wanted)
{
    if (sink->mode == EVENT_SCREEN)
        return;
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_PLAIN) {
        people_record(r, done, wanted, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "repeat.run");
    add_seeds(&t, &r->options);
    mmoe_json_word(&t, "model", event_model(&r->options));
    mmoe_json_numbers(&t, "loss", r->value[MMOE_LOSS], r->tasks);
    mmoe_json_numbers(&t, "loss_over_var", r->value[MMOE_OVER_VAR], r->tasks);
    mmoe_json_truth(&t, "diverged", r->diverged_step != 0);
    event_end(sink, &t);
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
    mmoe_json_count(t, "n", s->n);
    mmoe_json_count(t, "diverged", s->diverged);
    mmoe_json_number(t, "mean", s->mean);
    mmoe_json_number(t, "sd", s->sd);
    mmoe_json_number(t, "median", s->median);
    mmoe_json_number(t, "q10", s->q10);
    mmoe_json_number(t, "q90", s->q90);
    mmoe_json_number(t, "min", s->min);
    mmoe_json_number(t, "max", s->max);
}

void studies_repeat(const struct event_sink *sink, const struct view_group *g)
{
    struct mmoe_text t = {0};
    if (sink->mode != EVENT_JSON) {
        people_repeat(g, &t);
        event_emit(sink, &t);
        return;
    }
    const struct mmoe_summary *s = &g->summary;
    event_begin(&t, "repeat.done");
    mmoe_json_word(&t, "model", event_model(&g->options));
    add_summary(&t, s);
    event_end(sink, &t);
}

/* --- studies --- */

/* "options":{...}: what sets the cell apart, and the model. */
static void add_cell_options(struct mmoe_text *t, const struct view_study *study, size_t cell)
{
    const struct mmoe_options *o = &study->cells[cell].options;
    bool model = false;
    mmoe_json_key(t, "options");
    mmoe_text_add(t, "{");
    for (size_t i = 0; i < study->grid.axis_count; i++) {
        const struct mmoe_option *option = study->grid.axes[i].option;
        struct mmoe_text value = {0};
        double number;
        mmoe_option_show(o, option, &value);
        model = model || strcmp(option->name, "model") == 0;
        if (mmoe_parse_double(value.s, &number))
            mmoe_json_number(t, option->name, number);
        else
            mmoe_json_word(t, option->name, value.s);
        mmoe_text_done(&value);
    }
    if (!model)
        mmoe_json_word(t, "model", event_model(o));
    mmoe_text_add(t, "}");
}

static void people_run(const struct view_study *study, const struct mmoe_record *r,
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

void studies_run(const struct event_sink *sink, const struct view_study *study,
                 const struct mmoe_record *r)
{
    size_t cell = mmoe_grid_cell(&study->grid, r->run);
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_SCREEN)
        return;
    if (sink->mode == EVENT_PLAIN) {
        people_run(study, r, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "sweep.run");
    mmoe_json_count(&t, "run", r->run);
    mmoe_json_count(&t, "cell", cell);
    add_cell_options(&t, study, cell);
    add_seeds(&t, &r->options);
    mmoe_json_numbers(&t, "loss", r->value[MMOE_LOSS], r->tasks);
    mmoe_json_numbers(&t, "loss_over_var", r->value[MMOE_OVER_VAR], r->tasks);
    mmoe_json_number(&t, "pearson", r->pearson);
    mmoe_json_truth(&t, "diverged", r->diverged_step != 0);
    event_end(sink, &t);
}

/* A table of all cells. */
static void people_cells(const struct view_study *study, struct mmoe_text *t)
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

void studies_cells(const struct event_sink *sink, const struct view_study *study)
{
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_SCREEN)
        return; /* the histograms tell it */
    if (sink->mode == EVENT_PLAIN) {
        people_cells(study, &t);
        event_emit(sink, &t);
        return;
    }
    for (size_t i = 0; i < study->cell_count; i++) {
        const struct view_cell *c = &study->cells[i];
        struct mmoe_text line = {0};
        event_begin(&line, "sweep.cell");
        mmoe_json_count(&line, "cell", i);
        add_cell_options(&line, study, i);
        add_summary(&line, &c->summary);
        mmoe_json_key(&line, "over_var");
        mmoe_text_add(&line, "{");
        add_summary(&line, &c->over_var_summary);
        mmoe_text_add(&line, "}");
        mmoe_json_number(&line, "pearson_mean", c->pearson.mean);
        mmoe_json_number(&line, "pearson_sd", c->pearson.sd);
        event_end(sink, &line);
    }
}
