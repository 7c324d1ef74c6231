/* SPDX-License-Identifier: GPL-3.0-or-later */
/* studies.c - events of repeats and studies: each finished run, and what all of them say. */
#include "ui/report/studies.h"

#include <math.h>
#include <string.h>

#include <mmoe/cells.h>

#include "ui/panel/stuck.h"

enum { LOSS_SIZE = 32 };

/* "  diverged at step 12": true where the run did. */
static bool add_divergence(struct mmoe_text *t, const struct mmoe_record *r)
{
    if (r->diverged_step)
        mmoe_text_add(t, "  %s at step %s\n", mmoe_divergence_verb(r->divergence),
                      mmoe_format_count(r->diverged_step, MMOE_NUMBER));
    return r->diverged_step;
}

/* "diverged", and in what way. */
static void json_divergence(struct mmoe_text *t, const struct mmoe_record *r)
{
    mmoe_json_truth(t, "diverged", r->diverged_step != 0);
    if (r->diverged_step)
        mmoe_json_word(t, "divergence", mmoe_divergence_name(r->divergence));
}

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

/* The tasks, and every metric of which some task has a value, always the losses. */
static void add_values(struct mmoe_text *t, const struct mmoe_record *r)
{
    for (size_t m = 0; m < MMOE_METRICS; m++) {
        bool any = m <= MMOE_OVER_VAR;
        for (size_t k = 0; k < r->tasks; k++)
            any = any || isfinite(r->value[m][k]);
        if (any)
            mmoe_json_numbers(t, mmoe_metrics_table[m].key, r->value[m], r->tasks);
    }
    event_add_tasks(t, r->task, r->tasks);
}

/* AUC of binary tasks, - for the others. */
static void people_auc(const struct mmoe_record *r, struct mmoe_text *t)
{
    if (!mmoe_tasks_any_binary(r->task, r->tasks))
        return;
    mmoe_text_add(t, "  AUC");
    event_add_losses(t, r->value[MMOE_AUC], r->tasks, 0);
}

static void people_record(const struct mmoe_record *r, size_t done, size_t wanted,
                          struct mmoe_text *t)
{
    const struct mmoe_option *seed = mmoe_option_find("seed");
    mmoe_text_add(t, "%4s/%s  %s  seed ", mmoe_format_count(done, MMOE_NUMBER),
                  mmoe_format_count(wanted, MMOE_NUMBER), event_model(&r->options));
    mmoe_option_show(&r->options, seed, t);
    if (add_divergence(t, r))
        return;
    mmoe_text_add(t, "  loss");
    event_add_losses(t, r->value[MMOE_LOSS], r->tasks, 0);
    mmoe_text_add(t, "  over %s", event_spread(r->task, r->tasks));
    event_add_losses(t, r->value[MMOE_OVER_VAR], r->tasks, 0);
    people_auc(r, t);
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
    add_values(&t, r);
    json_divergence(&t, r);
    event_end(sink, &t);
}

static void people_repeat(const struct view_group *g, const struct view *v, const char *measure,
                          struct mmoe_text *t)
{
    const struct mmoe_spread *spread = mmoe_tally_spread(g->tally, 0, v->metric, v->task);
    const struct mmoe_summary *s = &spread->summary;
    const struct {
        const char *name;
        double value;
    } parts[] = {{"mean", s->mean}, {"sd", s->sd},   {"q10", s->q10},
                 {"q90", s->q90},   {"min", s->min}, {"max", s->max}};
    char loss[LOSS_SIZE], low[LOSS_SIZE], high[LOSS_SIZE];
    mmoe_text_add(t, "%s  %s, %s diverged; final %s:\n", g->name,
                  MMOE_COUNTED(view_group_done(g), "seed"),
                  mmoe_format_count(s->diverged, MMOE_NUMBER), measure);
    mmoe_text_add(t, "median %s [%s, %s]", mmoe_format_loss(s->median, loss, sizeof loss),
                  mmoe_format_loss(s->q25, low, sizeof low),
                  mmoe_format_loss(s->q75, high, sizeof high));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mmoe_text_add(t, "  %s %s", parts[i].name,
                      mmoe_format_loss(parts[i].value, loss, sizeof loss));
    struct mmoe_text words = {0};
    char any[STUCK_SHORT];
    if (stuck_short(g->tally, 0, MMOE_ANY_TASK, any)[0])
        stuck_add_words(g->tally, 0, v->task, &words);
    stuck_add_modes(v->metric, spread, &words);
    mmoe_text_add(t, words.n ? "\n%s\n" : "\n", words.n ? words.s + 1 : "");
    mmoe_text_done(&words);
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

void studies_repeat(const struct event_sink *sink, const struct view *v, const struct view_group *g)
{
    struct mmoe_text t = {0};
    char measure[64];
    const struct mmoe_spread *s = mmoe_tally_spread(g->tally, 0, v->metric, v->task);
    if (sink->mode != EVENT_JSON) {
        people_repeat(g, v, view_measure(v, measure, sizeof measure), &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "repeat.done");
    mmoe_json_word(&t, "model", event_model(&g->options));
    add_summary(&t, &s->summary);
    stuck_add_json(g->tally, 0, v->task, v->metric, s, &t);
    event_add_measure(&t, v);
    event_end(sink, &t);
}

/* --- studies --- */

/* "options":{...}: what sets the cell apart, and the model. */
static void add_cell_options(struct mmoe_text *t, const struct mmoe_grid *g, size_t cell)
{
    struct mmoe_options o;
    bool model = false;
    mmoe_grid_cell_options(g, cell, &o);
    mmoe_json_key(t, "options");
    mmoe_text_add(t, "{");
    for (size_t i = 0; i < g->axis_count; i++) {
        const struct mmoe_option *option = g->axes[i].option;
        struct mmoe_text value = {0};
        double number;
        mmoe_option_show(&o, option, &value);
        model = model || strcmp(option->name, "model") == 0;
        if (mmoe_parse_double(value.s, &number))
            mmoe_json_number(t, option->name, number);
        else
            mmoe_json_word(t, option->name, value.s);
        mmoe_text_done(&value);
    }
    if (!model)
        mmoe_json_word(t, "model", event_model(&o));
    mmoe_text_add(t, "}");
}

static void people_run(const struct view_study *study, const struct mmoe_grid *g, size_t cell,
                       const struct mmoe_record *r, struct mmoe_text *t)
{
    const struct mmoe_option *seed = mmoe_option_find("seed");
    mmoe_text_add(t, "%6s  ", mmoe_format_count(r->run + 1, MMOE_NUMBER));
    mmoe_cells_name(g, cell, t);
    mmoe_text_add(t, "  seed ");
    mmoe_option_show(&r->options, seed, t);
    if (add_divergence(t, r))
        return;
    if (study->figure == MMOE_DRAWING_LABELS) {
        mmoe_text_add(t, "  label correlation %s\n", mmoe_format_fixed(r->pearson, 4, MMOE_NUMBER));
        return;
    }
    mmoe_text_add(t, "  loss");
    event_add_losses(t, r->value[MMOE_LOSS], r->tasks, 0);
    people_auc(r, t);
    mmoe_text_add(t, "\n");
}

void studies_run(const struct event_sink *sink, const struct view_study *study,
                 const struct mmoe_record *r)
{
    const struct mmoe_grid *g = mmoe_tally_grid(study->tally);
    size_t cell = mmoe_grid_cell(g, r->run);
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_SCREEN)
        return;
    if (sink->mode == EVENT_PLAIN) {
        people_run(study, g, cell, r, &t);
        event_emit(sink, &t);
        return;
    }
    event_begin(&t, "sweep.run");
    mmoe_json_count(&t, "run", r->run);
    mmoe_json_count(&t, "cell", cell);
    add_cell_options(&t, g, cell);
    add_seeds(&t, &r->options);
    add_values(&t, r);
    mmoe_json_number(&t, "pearson", r->pearson);
    json_divergence(&t, r);
    event_end(sink, &t);
}

/* Make the table as wide as the name of its next cell. */
static void measure_cell(const struct mmoe_grid *g, struct studies_table *table)
{
    struct mmoe_text name = {0};
    mmoe_cells_name(g, table->measured++, &name);
    table->width = (int)name.n > table->width ? (int)name.n : table->width;
    mmoe_text_done(&name);
}

static void people_head(const struct view *v, int width, struct mmoe_text *t)
{
    bool labels = v->study.figure == MMOE_DRAWING_LABELS;
    char measure[64];
    if (v->study.fixed[0])
        mmoe_text_add(t, "all with %s\n", v->study.fixed);
    mmoe_text_add(t, "%-*s %6s %8s %9s %9s %9s %9s %9s%s   %s%s\n", width, "setting", "seeds",
                  "diverged", "median", "q25", "q75", "mean", "sd", labels ? "" : "  stuck",
                  labels ? "" : "final ",
                  labels ? "correlation of the labels" : view_measure(v, measure, sizeof measure));
}

static void people_cell(const struct view *v, size_t cell, int width, struct mmoe_text *t)
{
    const struct view_study *study = &v->study;
    const struct mmoe_summary *m =
        study->figure == MMOE_DRAWING_LABELS
            ? &mmoe_tally_labels(study->tally, cell)->summary
            : &mmoe_tally_spread(study->tally, cell, v->metric, v->task)->summary;
    const double shown[] = {m->median, m->q25, m->q75, m->mean, m->sd};
    char loss[LOSS_SIZE], share[STUCK_SHORT];
    struct mmoe_text name = {0};
    mmoe_cells_name(mmoe_tally_grid(study->tally), cell, &name);
    mmoe_text_add(t, "%-*s %6s %8s", width, name.s,
                  mmoe_format_count(mmoe_tally_cell_done(study->tally, cell), MMOE_NUMBER),
                  mmoe_format_count(m->diverged, MMOE_NUMBER));
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        mmoe_text_add(t, " %9s", mmoe_format_loss(shown[k], loss, sizeof loss));
    if (study->figure != MMOE_DRAWING_LABELS)
        mmoe_text_add(t, " %6s", stuck_percent(study->tally, cell, v->task, share));
    mmoe_text_add(t, "\n");
    mmoe_text_done(&name);
}

static void json_cell(const struct view *v, size_t cell, struct mmoe_text *t)
{
    struct mmoe_tally *tally = v->study.tally;
    const struct mmoe_summary *labels = &mmoe_tally_labels(tally, cell)->summary;
    event_begin(t, "sweep.cell");
    mmoe_json_count(t, "cell", cell);
    add_cell_options(t, mmoe_tally_grid(tally), cell);
    const struct mmoe_spread *s = mmoe_tally_spread(tally, cell, v->metric, v->task);
    add_summary(t, &s->summary);
    stuck_add_json(tally, cell, v->task, v->metric, s, t);
    mmoe_json_key(t, "over_var");
    mmoe_text_add(t, "{");
    add_summary(t, &mmoe_tally_spread(tally, cell, MMOE_OVER_VAR, v->task)->summary);
    mmoe_text_add(t, "}");
    mmoe_json_number(t, "pearson_mean", labels->mean);
    mmoe_json_number(t, "pearson_sd", labels->sd);
    event_add_measure(t, v);
}

bool studies_cells(const struct event_sink *sink, const struct view *v, struct studies_table *table,
                   size_t cells)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->study.tally);
    size_t all = mmoe_grid_cells(g);
    struct mmoe_text t = {0};
    if (sink->mode == EVENT_SCREEN)
        return false; /* the histograms tell it */
    if (table->measured == 0)
        table->width = (int)strlen("setting");
    for (; sink->mode == EVENT_PLAIN && table->measured < all && cells > 0; cells--)
        measure_cell(g, table);
    if (sink->mode == EVENT_PLAIN && table->told == 0 && cells > 0)
        people_head(v, table->width, &t);
    for (; table->told < all && cells > 0; cells--)
        if (sink->mode == EVENT_PLAIN) {
            people_cell(v, table->told++, table->width, &t);
        } else {
            json_cell(v, table->told++, &t);
            event_end(sink, &t);
        }
    event_emit(sink, &t);
    return table->told < all;
}
