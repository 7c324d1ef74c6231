/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dots_page.c - models compared on rows of a file, as a page of figures. */
#include "ui/panel/dots_page.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/metrics.h>
#include <mmoe/standings.h>

#include "ui/panel/view_names.h"

#define STEP 0.6180339887 /* dots of a model lie beside each other in no order */
#define WIDTH 0.6
#define BELOW 0.02 /* how far under the lowest median dots are still shown */

enum { NUMBER = 24, PAPER = 2 }; /* series of the paper: mean and best */

struct drawing {
    const struct view_study *study;
    const struct mmoe_standings *standings;
    struct figure_sheet *sheet;
    size_t hidden; /* dots too low to be shown */
};

struct dots {
    size_t n;
    double *x, *y;
};

static void point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct dots *d = s->data;
    *x = d->x[i];
    *y = d->y[i];
}

static struct dots *new_dots(const struct drawing *d, size_t most)
{
    struct dots *p = figure_sheet_take(d->sheet, 1, sizeof *p);
    p->x = figure_sheet_take(d->sheet, most, sizeof *p->x);
    p->y = figure_sheet_take(d->sheet, most, sizeof *p->y);
    return p;
}

static void add_dot(struct drawing *d, struct dots *p, double x, double y, double floor)
{
    if (!isfinite(y))
        return;
    if (y < floor) {
        d->hidden++;
        return;
    }
    p->x[p->n] = x;
    p->y[p->n++] = y;
}

static const struct mmoe_said *said_of(const struct drawing *d, size_t model, size_t task)
{
    const struct view_study *s = d->study;
    for (size_t i = 0; i < s->said_count; i++)
        if (strcmp(s->said[i].model, d->standings->model[model]) == 0 &&
            strcmp(s->said[i].task, d->standings->task[task].name) == 0)
            return &s->said[i];
    return NULL;
}

/* Runs of a model, ascending in x. */
static struct dots *runs_of(struct drawing *d, size_t model, size_t task, double floor)
{
    size_t seeds = mmoe_tally_grid(d->study->tally)->seeds;
    enum mmoe_metric metric = mmoe_metrics_quality(d->standings->task[task].binary);
    const double *v = mmoe_tally_values(d->study->tally, d->standings->cell[model], metric, task);
    struct dots *p = new_dots(d, seeds);
    for (size_t i = 0; v && i < seeds; i++)
        add_dot(d, p, (double)model + 1 + WIDTH * (fmod((double)i * STEP, 1) - 0.5), v[i], floor);
    for (size_t i = 1; i < p->n; i++)
        for (size_t k = i; k > 0 && p->x[k - 1] > p->x[k]; k--) {
            double x = p->x[k], y = p->y[k];
            p->x[k] = p->x[k - 1];
            p->y[k] = p->y[k - 1];
            p->x[k - 1] = x;
            p->y[k - 1] = y;
        }
    return p;
}

static struct dots *paper_of(struct drawing *d, size_t task, bool best, double floor)
{
    struct dots *p = new_dots(d, d->standings->models);
    for (size_t i = 0; i < d->standings->models; i++) {
        const struct mmoe_said *said = said_of(d, i, task);
        if (said)
            add_dot(d, p, (double)i + 1, best ? said->value[1] : said->value[0], floor);
    }
    return p;
}

/* A little below the lowest median of ours. */
static double floor_of(const struct drawing *d, size_t task)
{
    double least = INFINITY;
    for (size_t i = 0; i < d->standings->models; i++)
        least = fmin(least, isnan(d->standings->row[i][task].median)
                                ? INFINITY
                                : d->standings->row[i][task].median);
    return isfinite(least) ? least - BELOW : -INFINITY;
}

static size_t look_of(const struct drawing *d, size_t model)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(mmoe_tally_grid(d->study->tally), d->standings->cell[model], &o);
    return view_model_look(o.model);
}

static struct figure figure_of(struct drawing *d, size_t task)
{
    size_t models = d->standings->models, papers = d->study->said_count ? PAPER : 0;
    struct figure_series *s = figure_sheet_take(d->sheet, models + PAPER, sizeof *s);
    const struct mmoe_task *t = &d->standings->task[task];
    double floor = floor_of(d, task);
    for (size_t i = 0; i < models; i++)
        s[i] = (struct figure_series){.name = d->standings->model[i],
                                      .look = look_of(d, i),
                                      .markers = true,
                                      .unjoined = true,
                                      .data = runs_of(d, i, task, floor),
                                      .point = point};
    for (size_t i = 0; i < papers; i++)
        s[models + i] = (struct figure_series){.name = i ? "paper, best" : "paper, mean",
                                               .context = true,
                                               .style = 2 + i,
                                               .markers = true,
                                               .unjoined = true,
                                               .data = paper_of(d, task, i, floor),
                                               .point = point};
    for (size_t i = 0; i < models + papers; i++)
        s[i].n = ((const struct dots *)s[i].data)->n;
    const char *label =
        figure_sheet_print(d->sheet, "%s of %s",
                           mmoe_metrics_title(mmoe_metrics_quality(t->binary), t->binary), t->name);
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = figure_sheet_print(d->sheet, "%s", t->name),
                                    .x_label = "model",
                                    .y_label = label,
                                    .x_min = 0.5,
                                    .x_max = (double)models + 0.5,
                                    .count = models + papers,
                                    .series = s}};
}

/* --- the gates of one model --- */

static bool has_gates(const struct drawing *d)
{
    return d->standings->models == 1 &&
           mmoe_tally_values(d->study->tally, d->standings->cell[0], MMOE_GATE_LEAD, 0);
}

/* What the tasks' gates do by a diagnosis: a dot for each run, task by task. */
static struct figure gates_of(struct drawing *d, enum mmoe_metric metric)
{
    size_t tasks = d->standings->tasks, seeds = mmoe_tally_grid(d->study->tally)->seeds;
    struct figure_series *s = figure_sheet_take(d->sheet, tasks, sizeof *s);
    const char *title = mmoe_metrics_table[metric].title;
    for (size_t k = 0; k < tasks; k++) {
        const double *v = mmoe_tally_values(d->study->tally, d->standings->cell[0], metric, k);
        struct dots *p = new_dots(d, seeds);
        for (size_t i = 0; v && i < seeds; i++)
            add_dot(d, p, (double)k + 1, v[i], -INFINITY);
        s[k] = (struct figure_series){
            .name = figure_sheet_print(d->sheet, "%s", d->standings->task[k].name),
            .look = k,
            .markers = true,
            .unjoined = true,
            .n = p->n,
            .data = p,
            .point = point};
    }
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title,
                                    .x_label = "task",
                                    .y_label = title,
                                    .x_min = 0.5,
                                    .x_max = (double)tasks + 0.5,
                                    .count = tasks,
                                    .series = s}};
}

bool dots_page(const struct view_study *s, struct figure_sheet *sheet)
{
    struct mmoe_standings *standings = mmoe_standings_new(s->tally);
    struct drawing d = {.study = s, .standings = standings, .sheet = sheet};
    char number[NUMBER];
    if (!standings)
        return false;
    bool gates = has_gates(&d);
    struct figure *f = figure_sheet_figures(sheet, standings->tasks + (gates ? 2 : 0));
    for (size_t k = 0; k < standings->tasks; k++)
        f[k] = figure_of(&d, k);
    if (gates) {
        f[standings->tasks] = gates_of(&d, MMOE_GATE_LEAD);
        f[standings->tasks + 1] = gates_of(&d, MMOE_GATE_ENTROPY);
    }
    size_t done = mmoe_tally_done(s->tally);
    const char *hidden =
        d.hidden ? figure_sheet_print(sheet, "; %s too low to be shown",
                                      mmoe_format_count(d.hidden, number, sizeof number))
                 : "";
    sheet->page.title = s->title[0] ? s->title : NULL;
    sheet->page.caption = figure_sheet_print(
        sheet, "test rows; %s, a dot each, models in the order of the legend%s%s.",
        MMOE_COUNTED(done, "run"), s->said_count ? "; grey: the paper's mean and best" : "",
        hidden);
    sheet->page.command = s->command[0] ? s->command : NULL;
    mmoe_free(standings);
    return true;
}
