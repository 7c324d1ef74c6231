/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_study.c - results of a study as they come in: a cell of its grid has its seeds' losses. */
#include "ui/panel/view_study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/claims.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>

void view_study_close(struct view_study *s)
{
    for (size_t i = 0; i < s->cell_count; i++) {
        struct view_cell *c = &s->cells[i];
        mmoe_free(c->loss);
        mmoe_free(c->over_var);
        mmoe_free(c->loss_of);
        mmoe_free(c->over_var_of);
        mmoe_free(c->labels);
        if (c->curve)
            mmoe_free(c->curve->sorted);
        mmoe_free(c->curve);
    }
    mmoe_free(s->cells);
    figure_sheet_done(&s->sheet);
    memset(s, 0, sizeof *s);
}

/* As one would type it, but that a model's name says what it is. */
static void name_cell(const struct mmoe_grid *grid, size_t cell, struct view_cell *c)
{
    static const char word[] = "model=";
    struct mmoe_text name = {0};
    mmoe_grid_cell_text(grid, cell, &name);
    if (name.n == 0)
        mmoe_text_add(&name, "%s", mmoe_model_name(mmoe_model_at((size_t)c->options.model)));
    char *model = strstr(name.s, word);
    if (model)
        memmove(model, model + strlen(word), strlen(model + strlen(word)) + 1);
    snprintf(c->name, sizeof c->name, "%s", name.s);
    mmoe_text_done(&name);
}

static double *absent(size_t n)
{
    double *v = mmoe_alloc(n, sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = MMOE_CLAIMS_ABSENT;
    return v;
}

static void begin_cell(struct view_cell *c, const struct view_study *s, size_t cell)
{
    size_t seeds = s->grid.seeds;
    mmoe_grid_cell_options(&s->grid, cell, &c->options);
    name_cell(&s->grid, cell, c);
    c->loss = mmoe_alloc(seeds, sizeof *c->loss);
    c->over_var = mmoe_alloc(seeds, sizeof *c->over_var);
    c->labels = mmoe_alloc(seeds, sizeof *c->labels);
    c->loss_of = absent(seeds);
    c->over_var_of = absent(seeds);
    c->summary = c->over_var_summary = c->pearson = mmoe_summarize(c->loss, 0);
    if (s->figure != MMOE_DRAWING_CURVES)
        return;
    c->curve = mmoe_alloc(1, sizeof *c->curve);
    c->curve->sorted = mmoe_alloc(MMOE_RECORD_CURVE * seeds, sizeof *c->curve->sorted);
}

int view_study_axis(const struct view_study *s, const struct mmoe_option *option)
{
    for (size_t a = 0; option && a < s->grid.axis_count; a++)
        if (s->grid.axes[a].option == option && !s->grid.axes[a].follows)
            return (int)a;
    return -1;
}

static void define(struct view_study *s, const struct mmoe_definition *def)
{
    s->figure = def ? def->figure : MMOE_DRAWING_HISTOGRAMS;
    s->panel_axis = view_study_axis(s, def ? def->panels : NULL);
    s->series_axis = view_study_axis(s, def ? def->series : NULL);
    s->claims = def && def->claims;
    snprintf(s->name, sizeof s->name, "%s", def ? def->about.name : "");
    snprintf(s->title, sizeof s->title, "%s", def ? def->about.title : "");
    snprintf(s->note, sizeof s->note, "%s", def ? def->about.note : "");
}

void view_study_begin(struct view_study *s, int64_t id, const struct mmoe_grid *grid,
                      const char *command, const struct mmoe_definition *def)
{
    view_study_close(s);
    s->id = id;
    s->grid = *grid;
    snprintf(s->command, sizeof s->command, "%s", command);
    define(s, def);
    s->cell_count = mmoe_grid_cells(grid);
    s->cells = mmoe_alloc(s->cell_count, sizeof *s->cells);
    for (size_t i = 0; i < s->cell_count; i++)
        begin_cell(&s->cells[i], s, i);
}

/* Put a finite value among n ascending ones; returns how many there are now. */
static size_t insert(double *sorted, size_t n, double value)
{
    if (!isfinite(value))
        return n;
    size_t at = n;
    for (; at > 0 && sorted[at - 1] > value; at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = value;
    return n + 1;
}

/* The place of a step among a curve's, made where it is missing; MMOE_RECORD_CURVE where there is
 * no room. */
static size_t place_of(struct view_curve *c, size_t seeds, double step)
{
    size_t at = 0, behind;
    while (at < c->points && c->step[at] < step)
        at++;
    if (at < c->points && c->step[at] == step)
        return at;
    if (c->points == MMOE_RECORD_CURVE)
        return MMOE_RECORD_CURVE;
    behind = c->points++ - at;
    memmove(c->step + at + 1, c->step + at, behind * sizeof *c->step);
    memmove(c->n + at + 1, c->n + at, behind * sizeof *c->n);
    memmove(c->mean + at + 1, c->mean + at, behind * sizeof *c->mean);
    memmove(c->low + at + 1, c->low + at, behind * sizeof *c->low);
    memmove(c->high + at + 1, c->high + at, behind * sizeof *c->high);
    memmove(c->sorted + (at + 1) * seeds, c->sorted + at * seeds,
            behind * seeds * sizeof *c->sorted);
    c->step[at] = step;
    c->n[at] = 0;
    c->mean[at] = c->low[at] = c->high[at] = NAN;
    return at;
}

static void add_to_curve(struct view_curve *c, size_t seeds, const struct mmoe_record *r)
{
    for (size_t i = 0; i < r->curve_count; i++) {
        size_t at = place_of(c, seeds, r->curve[i].step);
        if (at == MMOE_RECORD_CURVE || c->n[at] == seeds) /* a store may have a step twice */
            continue;
        double *sorted = c->sorted + at * seeds;
        size_t n = c->n[at] = insert(sorted, c->n[at], (double)r->curve[i].loss[0]);
        if (n == 0)
            continue;
        c->mean[at] = mmoe_mean(sorted, n);
        c->low[at] = mmoe_quantile(sorted, n, 0.1);
        c->high[at] = mmoe_quantile(sorted, n, 0.9);
    }
}

void view_study_add(struct view_study *s, const struct mmoe_record *r)
{
    struct view_cell *c = &s->cells[mmoe_grid_cell(&s->grid, r->run)];
    size_t seed = mmoe_grid_seed(&s->grid, r->run);
    if (c->done == s->grid.seeds)
        return;
    c->done++;
    c->loss_of[seed] = r->value[MMOE_LOSS][0];
    c->over_var_of[seed] = r->value[MMOE_OVER_VAR][0];
    size_t n = insert(c->loss, c->summary.n, r->value[MMOE_LOSS][0]);
    size_t m = insert(c->over_var, c->over_var_summary.n, r->value[MMOE_OVER_VAR][0]);
    c->summary = mmoe_summarize(c->loss, n);
    c->over_var_summary = mmoe_summarize(c->over_var, m);
    c->summary.diverged = c->done - n;
    c->over_var_summary.diverged = c->done - m;
    c->pearson = mmoe_summarize(c->labels, insert(c->labels, c->pearson.n, r->pearson));
    if (c->curve)
        add_to_curve(c->curve, s->grid.seeds, r);
}
