/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkpoints_page.c - models compared at several steps of their training, as a page of figures. */
#include "ui/panel/checkpoints_page.h"

#include <math.h>
#include <string.h>

#include <mmoe/checkpoints.h>
#include <mmoe/mem.h>

#include "ui/panel/view_names.h"

#define MILLION 1e6

enum { AUC, R2, AUC_TRUE }; /* places in mmoe_checkpoint_metrics */

struct drawing {
    const struct view_study *study;
    const struct mmoe_checkpoints *c;
    struct figure_sheet *sheet;
};

struct points {
    size_t n;
    double *x, *y, *sd;
};

static void point(const struct figure_series *s, size_t i, double *x, double *y)
{
    const struct points *p = s->data;
    *x = p->x[i];
    *y = p->y[i];
}

static void spread(const struct figure_series *s, size_t i, double *low, double *high)
{
    const struct points *p = s->data;
    *low = p->y[i] - p->sd[i];
    *high = p->y[i] + p->sd[i];
}

static struct points *room_for(const struct drawing *d, size_t most)
{
    struct points *p = figure_sheet_take(d->sheet, 1, sizeof *p);
    p->x = figure_sheet_take(d->sheet, most, sizeof *p->x);
    p->y = figure_sheet_take(d->sheet, most, sizeof *p->y);
    p->sd = figure_sheet_take(d->sheet, most, sizeof *p->sd);
    return p;
}

static void add(struct points *p, double x, double y, double sd)
{
    if (!isfinite(y))
        return;
    p->x[p->n] = x;
    p->y[p->n] = y;
    p->sd[p->n++] = sd;
}

static double millions(const struct drawing *d, size_t step)
{
    return (double)d->c->rows[step] / MILLION;
}

static struct points *means_of(const struct drawing *d, size_t model, size_t metric, size_t task)
{
    struct points *p = room_for(d, d->c->steps);
    for (size_t i = 0; i < d->c->steps; i++) {
        const struct mmoe_checkpoint *at = &d->c->at[model][i][metric][task];
        add(p, millions(d, i), at->mean, at->sd);
    }
    return p;
}

/* What the paper has, of all models, checkpoint by checkpoint. */
static struct points *paper_of(const struct drawing *d, size_t metric)
{
    const struct view_study *s = d->study;
    struct points *p = room_for(d, d->c->steps * s->said_count);
    for (size_t i = 0; i < d->c->steps; i++)
        for (size_t k = 0; k < s->said_count; k++) {
            size_t half = s->said[k].count / 2;
            if (half == d->c->steps && strcmp(s->said[k].task, d->c->task[0].name) == 0)
                add(p, millions(d, i), s->said[k].value[metric * half + i], (double)NAN);
        }
    return p;
}

static size_t look_of(const struct drawing *d, size_t model)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(mmoe_tally_grid(d->study->tally), d->c->cell[model], &o);
    return view_model_look(o.model);
}

static struct figure figure_of(const struct drawing *d, size_t metric, size_t task)
{
    size_t models = d->c->models;
    struct figure_series *s = figure_sheet_take(d->sheet, models + 1, sizeof *s);
    enum mmoe_metric m = mmoe_checkpoint_metrics[metric];
    for (size_t i = 0; i < models; i++)
        s[i] = (struct figure_series){.name = d->c->model[i],
                                      .look = look_of(d, i),
                                      .markers = true,
                                      .data = means_of(d, i, metric, task),
                                      .point = point,
                                      .spread = spread};
    s[models] =
        (struct figure_series){.name = "paper",
                               .context = true,
                               .style = 2,
                               .markers = true,
                               .unjoined = true,
                               .data = metric == AUC_TRUE ? room_for(d, 1) : paper_of(d, metric),
                               .point = point};
    for (size_t i = 0; i <= models; i++)
        s[i].n = ((const struct points *)s[i].data)->n;
    const char *title =
        figure_sheet_print(d->sheet, "%s, %s", d->c->task[task].name, mmoe_metrics_table[m].title);
    return (struct figure){.kind = FIGURE_PLOT,
                           .plot = {.title = title,
                                    .x_label = "million rows trained on",
                                    .y_label = mmoe_metrics_table[m].title,
                                    .count = models + (s[models].n > 0),
                                    .series = s}};
}

bool checkpoints_page(const struct view_study *s, struct figure_sheet *sheet)
{
    struct mmoe_checkpoints *c = mmoe_checkpoints_new(s->tally);
    struct drawing d = {.study = s, .c = c, .sheet = sheet};
    if (!c)
        return false;
    struct figure *f = figure_sheet_figures(sheet, c->tasks + 2);
    f[0] = figure_of(&d, AUC, 0);
    f[1] = figure_of(&d, R2, 0);
    for (size_t k = 0; k < c->tasks; k++)
        f[2 + k] = figure_of(&d, AUC_TRUE, k);
    size_t done = mmoe_tally_done(s->tally);
    sheet->page.title = s->title[0] ? s->title : NULL;
    sheet->page.caption = figure_sheet_print(
        sheet,
        "held-out rows; %s; means; whiskers: sd over seeds of the distance to a seed's mean%s.",
        MMOE_COUNTED(done, "run"), s->said_count ? "; grey: the paper's" : "");
    sheet->page.command = s->command[0] ? s->command : NULL;
    mmoe_free(c);
    return true;
}
