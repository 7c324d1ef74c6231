/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.c - cells of a grid that are the same runs, and the names of cells.
 *
 * Two cells are twins if they differ only in options that their runs do not heed. An axis
 * counts as heeded if its option or that of an axis that follows it is. The first of the
 * twins has the digits of the cell, with 0 for every axis that is not heeded.
 */
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/model.h>
#include <mmoe/run.h>

/* Do runs with options o heed the axis at that place, or one that follows it? */
static bool is_heeded(const struct mmoe_grid *g, const struct mmoe_options *o, size_t place)
{
    bool heeded = mmoe_run_heeds(o, g->axes[place].option);
    for (size_t a = 0; a < g->axis_count && !heeded; a++)
        heeded = g->axes[a].follows == place + 1 && mmoe_run_heeds(o, g->axes[a].option);
    return heeded;
}

size_t mmoe_cells_twin(const struct mmoe_grid *g, size_t cell)
{
    struct mmoe_options o;
    size_t twin = 0;
    mmoe_grid_cell_options(g, cell, &o);
    for (size_t a = 0; a < g->axis_count; a++) {
        if (g->axes[a].follows)
            continue;
        size_t digit = is_heeded(g, &o, a) ? mmoe_grid_place(g, cell, a) : 0;
        twin = twin * g->axes[a].count + digit;
    }
    return twin;
}

/* Do the options that runs heed depend on this one? */
static bool decides(const struct mmoe_option *option)
{
    static const char *const names[] = {"data", "model", "bottom-units"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], option->name) == 0)
            return true;
    return false;
}

/* Do they on the axis at that place, or on one that follows it? */
static bool decides_at(const struct mmoe_grid *g, size_t place)
{
    bool any = decides(g->axes[place].option);
    for (size_t a = 0; a < g->axis_count && !any; a++)
        any = g->axes[a].follows == place + 1 && decides(g->axes[a].option);
    return any;
}

/* Is the cell the first of those that heed the same options? */
static bool is_first(const struct mmoe_grid *g, size_t cell)
{
    bool first = true;
    for (size_t a = 0; a < g->axis_count && first; a++)
        first = g->axes[a].follows || decides_at(g, a) || mmoe_grid_place(g, cell, a) == 0;
    return first;
}

/* Is there an axis of several values that the cell does not heed? */
static bool has_twins(const struct mmoe_grid *g, size_t cell)
{
    struct mmoe_options o;
    bool all = true;
    mmoe_grid_cell_options(g, cell, &o);
    for (size_t a = 0; a < g->axis_count && all; a++)
        all = g->axes[a].follows || g->axes[a].count == 1 || is_heeded(g, &o, a);
    return !all;
}

bool mmoe_cells_any_twins(const struct mmoe_grid *g)
{
    bool any = false;
    for (size_t cell = 0; cell < mmoe_grid_cells(g) && !any; cell++)
        any = is_first(g, cell) && has_twins(g, cell);
    return any;
}

bool mmoe_cells_heed(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    bool heeded = false;
    for (size_t cell = 0; cell < mmoe_grid_cells(g) && !heeded; cell++) {
        struct mmoe_options o;
        if (!is_first(g, cell))
            continue;
        mmoe_grid_cell_options(g, cell, &o);
        heeded = mmoe_run_heeds(&o, option);
    }
    return heeded;
}

enum mmoe_status mmoe_cells_check_option(const struct mmoe_grid *g,
                                         const struct mmoe_option *option, struct mmoe_error *err)
{
    if (mmoe_cells_heed(g, option))
        return MMOE_OK;
    if (option->group == MMOE_GROUP_MODEL)
        return mmoe_fail(err, MMOE_INVALID,
                         "%s changes nothing: no model of this study has it; leave it out",
                         option->name);
    return mmoe_fail(err, MMOE_INVALID,
                     "%s changes nothing: %s do not depend on it; leave it out, or set data "
                     "synthetic",
                     option->name, mmoe_source_of(&g->base)->title);
}

enum mmoe_status mmoe_cells_check(const struct mmoe_grid *g, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    for (size_t a = 0; a < g->axis_count && !mmoe_failed(status); a++)
        status = mmoe_cells_check_option(g, g->axes[a].option, err);
    return status;
}

void mmoe_cells_name(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t)
{
    static const char word[] = "model=";
    size_t before = t->n;
    mmoe_grid_cell_text(g, cell, t);
    if (t->n == before) {
        struct mmoe_options o;
        mmoe_grid_cell_options(g, cell, &o);
        mmoe_text_add(t, "%s", mmoe_model_name(mmoe_model_at((size_t)o.model)));
        return;
    }
    char *model = strstr(t->s + before, word);
    if (!model)
        return;
    memmove(model, model + strlen(word), strlen(model + strlen(word)) + 1);
    t->n -= strlen(word);
}

int mmoe_cells_axis(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    for (size_t a = 0; option && a < g->axis_count; a++)
        if (g->axes[a].option == option && !g->axes[a].follows)
            return (int)a;
    return -1;
}
