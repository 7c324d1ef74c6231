/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choice.c - an option chosen for each value of an axis: the one with the lowest median over its
 * runs. */
#include <math.h>
#include <string.h>

#include <mmoe/choice.h>
#include <mmoe/mem.h>
#include <mmoe/stats.h>

static size_t axis_of(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].option == option)
            return a;
    mmoe_fatal("the grid has no axis %s", option->name);
    return 0;
}

/* Append the runs of a cell that are there; returns how many there are now. */
static size_t gather(const double *from, size_t seeds, double *to, size_t n)
{
    for (size_t i = 0; i < seeds; i++)
        if (isnan(from[i]) || from[i] > -(double)INFINITY)
            to[n++] = isfinite(from[i]) ? from[i] : (double)INFINITY;
    return n;
}

/* The median where values may be INFINITY: between a finite value and INFINITY it is INFINITY. */
static double middle(double *v, size_t n)
{
    if (n == 0)
        return INFINITY;
    mmoe_sort(v, n);
    double low = v[(n - 1) / 2], high = v[n / 2];
    return isinf(high) ? high : low + (high - low) / 2;
}

static double mean_of(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isinf(v[i]))
            return INFINITY;
    return n == 0 ? (double)INFINITY : mmoe_mean(v, n);
}

static void measure(const struct mmoe_grid *g, const double *over_var, size_t leader, size_t value,
                    double *room, struct mmoe_choice *c)
{
    size_t n = 0;
    for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++)
        if (mmoe_grid_place(g, cell, c->leader_axis) == leader &&
            mmoe_grid_place(g, cell, c->axis) == value)
            n = gather(over_var + cell * g->seeds, g->seeds, room, n);
    c->runs[leader][value] = n;
    c->middle[leader][value] = c->by == MMOE_BY_MEAN ? mean_of(room, n) : middle(room, n);
    if (c->middle[leader][value] < c->middle[leader][c->best[leader]])
        c->best[leader] = value;
}

void mmoe_choice_make(const struct mmoe_grid *g, const struct mmoe_option *option,
                      const struct mmoe_option *leader, const double *over_var,
                      enum mmoe_choose_by by, struct mmoe_choice *out)
{
    memset(out, 0, sizeof *out);
    out->by = by;
    out->option = option;
    out->leader = leader;
    out->axis = axis_of(g, option);
    out->leader_axis = axis_of(g, leader);
    out->values = g->axes[out->axis].count;
    out->leaders = g->axes[out->leader_axis].count;
    double *room = mmoe_alloc(mmoe_grid_runs(g), sizeof *room);
    for (size_t l = 0; l < out->leaders; l++)
        for (size_t v = 0; v < out->values; v++)
            measure(g, over_var, l, v, room, out);
    mmoe_free(room);
}

bool mmoe_choice_is_made(const struct mmoe_choice *c)
{
    bool made = c->leaders > 0;
    for (size_t l = 0; l < c->leaders; l++) {
        size_t runs = 0;
        for (size_t v = 0; v < c->values; v++)
            runs += c->runs[l][v];
        made = made && runs > 0;
    }
    return made;
}

const char *mmoe_choose_by_name(enum mmoe_choose_by by)
{
    return by == MMOE_BY_MEAN ? "mean" : "median";
}

bool mmoe_choice_is_at_end(const struct mmoe_choice *c, const struct mmoe_grid *g, size_t leader)
{
    bool lowest = true, highest = true;
    double best, other;
    if (c->values < 2 || !mmoe_parse_double(mmoe_grid_value(g, c->axis, c->best[leader]), &best))
        return false;
    for (size_t v = 0; v < c->values; v++) {
        if (!mmoe_parse_double(mmoe_grid_value(g, c->axis, v), &other))
            return false;
        lowest = lowest && other >= best;
        highest = highest && other <= best;
    }
    return lowest || highest;
}

void mmoe_choice_text(const struct mmoe_choice *c, const struct mmoe_grid *g, struct mmoe_text *t)
{
    const char mark[] = {mmoe_grid_separator(c->option), '\0'};
    for (size_t l = 0; l < c->leaders; l++)
        mmoe_text_add(t, "%s%s", l ? mark : "", mmoe_grid_value(g, c->axis, c->best[l]));
}

enum mmoe_status mmoe_choice_follow(const struct mmoe_choice *c, const struct mmoe_grid *g,
                                    struct mmoe_grid *grid, struct mmoe_error *err)
{
    struct mmoe_text values = {0};
    mmoe_choice_text(c, g, &values);
    enum mmoe_status status =
        mmoe_grid_follow(grid, c->option->name, values.s, c->leader->name, err);
    mmoe_text_done(&values);
    return status;
}
