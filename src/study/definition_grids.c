/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * definition_grids.c - the grids of a definition: the one that is reported, and the one that
 * an option is chosen on.
 *
 * An option chosen on the reported runs would look better than it is. The runs to choose on
 * have seeds of their own, beyond those of any study.
 */
#include <mmoe/definition.h>
#include <mmoe/record.h>
#include <mmoe/run.h>
#include <mmoe/source.h>
#include <mmoe/standings.h>

enum mmoe_status mmoe_definition_draws(enum mmoe_drawing drawing, const struct mmoe_grid *grid,
                                       struct mmoe_error *err)
{
    const struct mmoe_option *p = mmoe_option_find("p");
    bool truth = mmoe_source_of(&grid->base) == &mmoe_source_recommender;
    if (drawing == MMOE_DRAWING_CHECKPOINTS && !(truth && mmoe_standings_are_of(grid)))
        return mmoe_fail(err, MMOE_INVALID,
                         "checkpoints are drawn of models compared on data=recommender, with an "
                         "axis model; draw curves or histograms");
    if (drawing == MMOE_DRAWING_DOTS && !mmoe_standings_are_of(grid))
        return mmoe_fail(err, MMOE_INVALID,
                         "dots are drawn of models compared on rows of a file: an axis model, and "
                         "data; draw histograms");
    for (size_t i = 0; drawing == MMOE_DRAWING_LABELS && i < mmoe_grid_cells(grid); i++) {
        struct mmoe_options o;
        mmoe_grid_cell_options(grid, i, &o);
        if (!mmoe_run_heeds(&o, p))
            return mmoe_fail(err, MMOE_INVALID,
                             "labels are drawn over p, which %s do not have: draw curves, "
                             "histograms or profiles",
                             mmoe_source_of(&o)->title);
    }
    return MMOE_OK;
}

enum mmoe_status mmoe_definition_grid(const struct mmoe_definition *def,
                                      const struct mmoe_options *session, struct mmoe_grid *grid,
                                      struct mmoe_error *err)
{
    struct mmoe_text value = {0};
    enum mmoe_status status = MMOE_OK;
    if (def->experiment_count)
        return mmoe_fail(err, MMOE_INVALID,
                         "'%.60s' is of experiments, which have no runs: it is no part of others",
                         def->about.name);
    *grid = def->grid;
    for (size_t i = 0; i < mmoe_option_count && !mmoe_failed(status); i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (option->group != MMOE_GROUP_SESSION)
            continue;
        mmoe_text_clear(&value);
        mmoe_option_show(session, option, &value);
        status = mmoe_option_set(&grid->base, option->name, value.s, err);
    }
    mmoe_text_done(&value);
    if (!mmoe_failed(status))
        status = mmoe_grid_check(grid, err);
    return mmoe_failed(status) ? status : mmoe_definition_draws(def->figure, grid, err);
}

enum mmoe_status mmoe_definition_choice_grid(const struct mmoe_definition *def,
                                             const struct mmoe_options *session,
                                             struct mmoe_grid *grid, struct mmoe_error *err)
{
    if (!def->choose)
        return mmoe_fail(err, MMOE_STATE, "study %s leaves nothing to choose", def->about.name);
    enum mmoe_status status = mmoe_definition_grid(def, session, grid, err);
    if (mmoe_failed(status))
        return status;
    status = mmoe_grid_axis(grid, def->choose->name, def->choose_values, err);
    if (mmoe_failed(status))
        return status;
    grid->seeds = def->choose_seeds;
    mmoe_options_seeded(&grid->base, MMOE_CHOICE_SEEDS, &grid->base);
    return mmoe_grid_check(grid, err);
}
