/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.c - the results of a study as they come in: a cell of its grid has the losses of its seeds. */
#include <math.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel/view.h"

void view_study_close(struct view_study *s)
{
    for (size_t i = 0; i < s->cell_count; i++) {
        struct view_cell *c = &s->cells[i];
        mmoe_free(c->loss);
        mmoe_free(c->over_var);
        mmoe_free(c->loss_of);
        mmoe_free(c->over_var_of);
    }
    mmoe_free(s->cells);
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

static double *unknown(size_t n)
{
    double *v = mmoe_alloc(n, sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = NAN;
    return v;
}

static void begin_cell(struct view_cell *c, const struct mmoe_grid *grid, size_t cell)
{
    mmoe_grid_cell_options(grid, cell, &c->options);
    name_cell(grid, cell, c);
    c->loss = mmoe_alloc(grid->seeds, sizeof *c->loss);
    c->over_var = mmoe_alloc(grid->seeds, sizeof *c->over_var);
    c->loss_of = unknown(grid->seeds);
    c->over_var_of = unknown(grid->seeds);
    c->summary = mmoe_summarize(c->loss, 0);
    c->over_var_summary = mmoe_summarize(c->over_var, 0);
}

void view_study_begin(struct view_study *s, int64_t id, const struct mmoe_grid *grid)
{
    view_study_close(s);
    s->id = id;
    s->grid = *grid;
    s->cell_count = mmoe_grid_cells(grid);
    s->cells = mmoe_alloc(s->cell_count, sizeof *s->cells);
    for (size_t i = 0; i < s->cell_count; i++)
        begin_cell(&s->cells[i], grid, i);
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

void view_study_add(struct view_study *s, const struct mmoe_record *r)
{
    struct view_cell *c = &s->cells[mmoe_grid_cell(&s->grid, r->run)];
    size_t seed = mmoe_grid_seed(&s->grid, r->run);
    if (c->done == s->grid.seeds)
        return;
    c->done++;
    c->loss_of[seed] = r->loss[0];
    c->over_var_of[seed] = r->loss_over_var[0];
    size_t n = insert(c->loss, c->summary.n, r->loss[0]);
    size_t m = insert(c->over_var, c->over_var_summary.n, r->loss_over_var[0]);
    c->summary = mmoe_summarize(c->loss, n);
    c->over_var_summary = mmoe_summarize(c->over_var, m);
    c->summary.diverged = c->done - n;
    c->over_var_summary.diverged = c->done - m;
}
