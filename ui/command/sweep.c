/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.c - sweep, what-if, resume, stop: many settings over many seeds, kept on disk.
 *
 * A pair with one value sets an option for the whole study, a pair with several
 * is an axis of its grid. seeds= and store= are the sweep's own.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>
#include <mmoe/run.h>
#include <mmoe/source.h>
#include <mmoe/ties.h>
#include <mmoe/trials.h>

#include "ui/command/command.h"

enum { SEEDS_MOST = MMOE_RUNS_MAX, WHAT_IF_SEEDS = 40 };

static bool is_own(const char *key)
{
    static const char *const own[] = {"seeds", "store", "jobs", NULL};
    return command_among(key, own);
}

/* Is any run of the grid another for an option, or for one of several that vary together? */
static enum mmoe_status check_heeded(const struct mmoe_grid *grid, const char *keys,
                                     struct mmoe_error *err)
{
    enum mmoe_status s = MMOE_OK;
    for (const char *at = keys; at && !mmoe_failed(s);
         at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char key[64];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(at, ","), at);
        s = mmoe_cells_check_option(grid, mmoe_option_find(key), err);
    }
    return s;
}

/* The pairs into the grid. Nobody asks for what changes nothing. */
static enum mmoe_status read_grid(const struct invocation *i, struct mmoe_grid *grid,
                                  struct mmoe_error *err)
{
    enum mmoe_status s = MMOE_OK;
    for (size_t k = 0; k < i->pair_count && !mmoe_failed(s); k++)
        if (!is_own(i->pairs[k].key))
            s = mmoe_ties_put(grid, i->pairs[k].key, i->pairs[k].value, err);
    if (mmoe_failed(s) || mmoe_failed(s = mmoe_grid_check(grid, err)))
        return s;
    for (size_t k = 0; k < i->pair_count && !mmoe_failed(s); k++)
        if (!is_own(i->pairs[k].key))
            s = check_heeded(grid, i->pairs[k].key, err);
    return s;
}

/* The grid of the pairs over `grid`, trained and kept; def NULL: a plain sweep. */
static enum mmoe_status begin(struct app *a, const struct invocation *i, struct mmoe_grid *grid,
                              const struct mmoe_definition *def, struct mmoe_error *err)
{
    const char *store = command_pair(i, "store");
    struct app_study_order order = {
        .grid = grid, .def = def, .command = i->text, .find = def != NULL};
    if (mmoe_failed(read_grid(i, grid, err)) || mmoe_failed(command_jobs(a, i, &order.jobs, err)))
        return err->status;
    char *path = store ? command_path(store) : NULL;
    order.store = path;
    command_say_lists(a, i);
    enum mmoe_status s = app_study_begin(a, &order, err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

/* The grid of a sweep but for its pairs. */
static enum mmoe_status begin_grid(const struct app *a, const struct invocation *i,
                                   struct mmoe_grid *grid, struct mmoe_error *err)
{
    const char *seeds = command_pair(i, "seeds");
    *grid = (struct mmoe_grid){.base = a->view.options};
    if (!seeds)
        return mmoe_fail(err, MMOE_INVALID, "how many seeds? (usage: sweep %s)",
                         i->command->synopsis);
    return command_whole(seeds, "the number of seeds", 1, SEEDS_MOST, &grid->seeds, err);
}

/* --- a search --- */

static bool is_search_s(const char *key)
{
    static const char *const own[] = {"trials", "minimise", "maximise", NULL};
    return is_own(key) || command_among(key, own);
}

/* Ranges into what is searched, the other pairs into the grid. */
static enum mmoe_status read_search(const struct invocation *i, struct mmoe_definition *def,
                                    struct mmoe_error *err)
{
    struct mmoe_searched *s = &def->searched;
    const char *least = command_pair(i, "minimise"), *most = command_pair(i, "maximise");
    if (least && most)
        return mmoe_fail(err, MMOE_INVALID, "minimise or maximise, not both");
    if (command_pair(i, "seeds"))
        return mmoe_fail(err, MMOE_INVALID,
                         "trials have one seed, and the best ones are trained on %d more: leave "
                         "out seeds=",
                         MMOE_TRIALS_SEEDS);
    if (mmoe_failed(command_whole(command_pair(i, "trials"), "the number of trials", 4,
                                  MMOE_AXIS_VALUES_MAX, &s->trials, err)) ||
        ((least || most) &&
         mmoe_failed(mmoe_trials_objective(s, least ? least : most, most != NULL, err))))
        return err->status;
    for (size_t k = 0; k < i->pair_count; k++) {
        const char *key = i->pairs[k].key, *value = i->pairs[k].value;
        enum mmoe_status status = is_search_s(key) ? MMOE_OK
                                  : strstr(value, "..")
                                      ? mmoe_trials_range(s, "", key, value, err)
                                      : mmoe_ties_put(&def->grid, key, value, err);
        if (mmoe_failed(status))
            return status;
    }
    return mmoe_trials_check(s, &def->grid, err);
}

static enum mmoe_status begin_search(struct app *a, const struct invocation *i,
                                     struct mmoe_error *err)
{
    struct mmoe_definition def = {.about = {.name = "search"},
                                  .figure = MMOE_DRAWING_PROFILES,
                                  .grid = {.base = a->view.options}};
    struct app_schedule_order order = {
        .order = {.name = "search", .def = &def, .command = i->text, .session = &a->view.options}};
    const char *store = command_pair(i, "store");
    snprintf(def.about.title, sizeof def.about.title, "%s", i->text);
    if (mmoe_failed(read_search(i, &def, err)) || mmoe_failed(command_jobs(a, i, &order.jobs, err)))
        return err->status;
    char *path = store ? command_path(store) : NULL;
    order.store = path;
    enum mmoe_status s = app_schedule_begin(a, &order, err);
    mmoe_free(path);
    return mmoe_failed(s) ? s : MMOE_CONTINUE;
}

enum mmoe_status command_sweep(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    if (command_pair(i, "trials"))
        return begin_search(a, i, err);
    enum mmoe_status s = begin_grid(a, i, &grid, err);
    return mmoe_failed(s) ? s : begin(a, i, &grid, NULL, err);
}

/* Of the runs that the pairs over the grid ask for, those that are stored included. */
static double cost(const struct app *a, const struct invocation *i, struct mmoe_grid *grid,
                   struct mmoe_text *what)
{
    struct mmoe_error err;
    size_t jobs;
    if (mmoe_failed(app_check_idle(a, &err)) || mmoe_failed(read_grid(i, grid, &err)) ||
        mmoe_failed(command_jobs(a, i, &jobs, &err)))
        return 0;
    size_t runs = mmoe_grid_runs(grid);
    mmoe_text_add(what, "%s", MMOE_COUNTED(runs, "run"));
    return app_forecast_grid(a, grid, runs, jobs);
}

double command_cost_sweep(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    struct mmoe_grid grid;
    if (command_pair(i, "trials")) /* a search tells it as it begins */
        return 0;
    return mmoe_failed(begin_grid(a, i, &grid, &err)) ? 0 : cost(a, i, &grid, what);
}

/* --- what if --- */

/* The paper's claims along other options: their models and correlations are axes unless they are
 * given. */
static enum mmoe_status begin_what_if(const struct app *a, const struct invocation *i,
                                      struct mmoe_grid *grid, struct mmoe_error *err)
{
    const char *seeds = command_pair(i, "seeds");
    *grid = (struct mmoe_grid){.base = a->view.options, .seeds = WHAT_IF_SEEDS};
    if (seeds &&
        mmoe_failed(command_whole(seeds, "the number of seeds", 1, SEEDS_MOST, &grid->seeds, err)))
        return err->status;
    if (!mmoe_run_heeds(&a->view.options, mmoe_option_find("p")))
        return mmoe_fail(err, MMOE_STATE,
                         "the claims compare values of p, which %s do not have: set data synthetic",
                         mmoe_source_of(&a->view.options)->title);
    if (mmoe_failed(mmoe_grid_axis(grid, "p", "0.5,0.9,1", err)) ||
        mmoe_failed(mmoe_grid_axis(grid, "model", "shared-bottom,omoe,mmoe", err)))
        return err->status;
    return MMOE_OK;
}

double command_cost_what_if(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_error err;
    struct mmoe_grid grid;
    return mmoe_failed(begin_what_if(a, i, &grid, &err)) ? 0 : cost(a, i, &grid, what);
}

enum mmoe_status command_what_if(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    const struct mmoe_definition def = {
        .about = {.name = "what-if", .title = "What the claims depend on"},
        .figure = MMOE_DRAWING_HISTOGRAMS,
        .claims = true,
        .panels = mmoe_option_find("p"),
        .series = mmoe_option_find("model")};
    enum mmoe_status s = begin_what_if(a, i, &grid, err);
    return mmoe_failed(s) ? s : begin(a, i, &grid, &def, err);
}

/* --- while it runs --- */

enum mmoe_status command_resume(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (!a->view.study.held) {
        app_say(a, "nothing is held: study resume goes on with a study that was cut off");
        return MMOE_OK;
    }
    app_hold(a, false);
    app_say(a, "goes on");
    return MMOE_OK;
}

enum mmoe_status command_stop(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    if (app_idle(a, APP_WAIT_SEEDS)) {
        app_say(a, "nothing to stop");
        return MMOE_OK;
    }
    app_stop(a);
    return MMOE_CONTINUE;
}
