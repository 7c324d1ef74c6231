/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repeat.c - repeat: one setting over many seeds, behind the live run.
 *
 * A single run says little: final losses of one setting spread over seeds by
 * more than most settings differ. Pairs given here hold for the repeats alone,
 * so that two settings can be compared without leaving the present one.
 */
#include <stdio.h>

#include "ui/command/command.h"

enum { REPEATS_MOST = MMOE_RUNS_MAX };

static enum mmoe_status tell(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (!a->repeating || i->pair_count)
        return mmoe_fail(err, MMOE_INVALID, "how many seeds? (usage: repeat %s)",
                         i->command->synopsis);
    app_say(a, "%s of %s done", mmoe_format_count(a->view.queue_done, MMOE_NUMBER),
            MMOE_COUNTED(a->view.queue_wanted, "repeat"));
    return MMOE_OK;
}

double command_cost_repeat(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_options o = a->view.options;
    struct mmoe_error err;
    size_t n;
    if (i->argc == 0 ||
        mmoe_failed(command_whole(i->argv[0], "the number of seeds", 1, REPEATS_MOST, &n, &err)) ||
        mmoe_failed(command_pairs(i, &o, &err)))
        return 0;
    const struct mmoe_grid grid = {.base = o, .seeds = n};
    mmoe_text_add(what, "%s", MMOE_COUNTED(n, "run"));
    return app_forecast_grid(a, &grid, n, o.jobs);
}

enum mmoe_status command_repeat(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    size_t n;
    if (i->argc == 0)
        return tell(a, i, err);
    if (mmoe_failed(command_whole(i->argv[0], "the number of seeds", 1, REPEATS_MOST, &n, err)) ||
        mmoe_failed(command_pairs(i, &o, err)) || mmoe_failed(mmoe_options_check(&o, err)))
        return err->status;
    if (mmoe_failed(app_repeat(a, &o, n, err)))
        return err->status;
    return MMOE_CONTINUE;
}
