/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.c - the results of a study as they come in: a cell of its grid has the losses of its seeds. */
#include <math.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel/view.h"

void view_study_close(struct view *v)
{
    for (size_t i = 0; i < v->study.cell_count; i++) {
        mmoe_free(v->study.cells[i].loss);
        mmoe_free(v->study.cells[i].over_var);
    }
    mmoe_free(v->study.cells);
    memset(&v->study, 0, sizeof v->study);
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

void view_study_begin(struct view *v, int64_t id, const struct mmoe_grid *grid)
{
    view_study_close(v);
    v->study.id = id;
    v->study.grid = *grid;
    v->study.cell_count = mmoe_grid_cells(grid);
    v->study.cells = mmoe_alloc(v->study.cell_count, sizeof *v->study.cells);
    for (size_t i = 0; i < v->study.cell_count; i++) {
        struct view_cell *c = &v->study.cells[i];
        mmoe_grid_cell_options(grid, i, &c->options);
        name_cell(grid, i, c);
        c->loss = mmoe_alloc(grid->seeds, sizeof *c->loss);
        c->over_var = mmoe_alloc(grid->seeds, sizeof *c->over_var);
        c->summary = mmoe_summarize(c->loss, 0);
        c->over_var_summary = mmoe_summarize(c->over_var, 0);
    }
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

void view_study_add(struct view *v, const struct mmoe_record *r)
{
    struct view_cell *c = &v->study.cells[mmoe_grid_cell(&v->study.grid, r->run)];
    if (c->done == v->study.grid.seeds)
        return;
    c->done++;
    size_t n = insert(c->loss, c->summary.n, r->loss[0]);
    size_t m = insert(c->over_var, c->over_var_summary.n, r->loss_over_var[0]);
    c->summary = mmoe_summarize(c->loss, n);
    c->over_var_summary = mmoe_summarize(c->over_var, m);
    c->summary.diverged = c->done - n;
    c->over_var_summary.diverged = c->done - m;
}
