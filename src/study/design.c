/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design.c - which cells of a grid the paper's claims compare. */
#include <string.h>

#include <mmoe/design.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

/* The axis of that name, or axis_count. An axis that follows another does not count: it does not
 * meet every value of the others. */
static size_t axis_named(const struct mmoe_grid *g, const char *name)
{
    size_t a = 0;
    while (a < g->axis_count && (g->axes[a].follows || strcmp(g->axes[a].option->name, name) != 0))
        a++;
    return a;
}

static bool find_models(const struct mmoe_grid *g, struct mmoe_design *d)
{
    size_t found = 0;
    for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++)
        for (size_t i = 0; i < g->axes[d->model_axis].count; i++)
            if (strcmp(mmoe_grid_value(g, d->model_axis, i), mmoe_claims_models[m]) == 0) {
                d->model_place[m] = i;
                found++;
            }
    return found == MMOE_CLAIMS_MODELS;
}

/* Insert the values of p in ascending order. */
static bool find_p(const struct mmoe_grid *g, struct mmoe_design *d)
{
    size_t count = g->axes[d->p_axis].count;
    for (size_t i = 0; i < count && count <= MMOE_CLAIMS_P_MAX; i++) {
        double p;
        size_t at = d->p_count++;
        if (!mmoe_parse_double(mmoe_grid_value(g, d->p_axis, i), &p))
            return false;
        for (; at > 0 && d->p[at - 1] > p; at--) {
            d->p[at] = d->p[at - 1];
            d->p_place[at] = d->p_place[at - 1];
        }
        d->p[at] = p;
        d->p_place[at] = i;
    }
    return d->p_count >= 2;
}

enum mmoe_status mmoe_design_find(const struct mmoe_grid *g, struct mmoe_design *d,
                                  struct mmoe_error *err)
{
    *d = (struct mmoe_design){.model_axis = axis_named(g, "model"), .p_axis = axis_named(g, "p")};
    if (!mmoe_run_heeds(&g->base, mmoe_option_find("p")))
        return mmoe_fail(err, MMOE_STATE,
                         "the claims compare values of p, which %s do not have: set data synthetic",
                         mmoe_source_of(&g->base)->title);
    if (d->model_axis == g->axis_count || !find_models(g, d))
        return mmoe_fail(err, MMOE_STATE,
                         "the claims compare shared-bottom, omoe and mmoe: "
                         "sweep seeds=40 p=0.5,0.9,1 model=shared-bottom,omoe,mmoe");
    if (d->p_axis == g->axis_count || !find_p(g, d))
        return mmoe_fail(err, MMOE_STATE,
                         "the claims compare 2 to %d values of p: "
                         "sweep seeds=40 p=0.5,0.9,1 model=shared-bottom,omoe,mmoe",
                         MMOE_CLAIMS_P_MAX);
    d->groups = mmoe_grid_cells(g) / g->axes[d->model_axis].count / g->axes[d->p_axis].count;
    return MMOE_OK;
}

static bool sets_groups(const struct mmoe_grid *g, const struct mmoe_design *d, size_t axis)
{
    return axis != d->model_axis && axis != d->p_axis && !g->axes[axis].follows;
}

static size_t group_of(const struct mmoe_grid *g, const struct mmoe_design *d, size_t cell)
{
    size_t group = 0;
    for (size_t a = 0; a < g->axis_count; a++)
        if (sets_groups(g, d, a))
            group = group * g->axes[a].count + mmoe_grid_place(g, cell, a);
    return group;
}

size_t mmoe_design_cell(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                        enum mmoe_claims_model model, size_t i)
{
    size_t cell = 0;
    while (mmoe_grid_place(g, cell, d->model_axis) != d->model_place[model] ||
           mmoe_grid_place(g, cell, d->p_axis) != d->p_place[i] || group_of(g, d, cell) != group)
        cell++;
    return cell;
}

void mmoe_design_group_text(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                            struct mmoe_text *t)
{
    size_t cell = mmoe_design_cell(g, d, group, MMOE_CLAIMS_MMOE, 0);
    const char *between = "";
    for (size_t a = 0; a < g->axis_count; a++) {
        if (!sets_groups(g, d, a) || g->axes[a].count == 1)
            continue;
        mmoe_text_add(t, "%s%s=%s", between, g->axes[a].option->name,
                      mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)));
        between = " ";
    }
}

void mmoe_design_input(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                       const double *value, const double *overlap, struct mmoe_claims_input *in)
{
    *in = (struct mmoe_claims_input){.seeds = g->seeds, .p_count = d->p_count, .p = d->p};
    for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++)
        for (size_t i = 0; i < d->p_count; i++)
            in->loss[m][i] =
                value + mmoe_design_cell(g, d, group, (enum mmoe_claims_model)m, i) * g->seeds;
    for (size_t i = 0; i < d->p_count && overlap; i++)
        in->overlap[i] = overlap + mmoe_design_cell(g, d, group, MMOE_CLAIMS_MMOE, i) * g->seeds;
}
