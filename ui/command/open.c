/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open.c - open: a run of the histograms or of the list, made again as the live one. */
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"
#include "ui/panel/pick.h"

/* "2:17": row 2 of the histograms, seed 17. */
static enum mmoe_status open_seed(struct app *a, const char *word, struct mmoe_error *err)
{
    size_t row, seed;
    char number[24];
    struct mmoe_recipe r;
    const char *colon = strchr(word, ':');
    snprintf(number, sizeof number, "%.*s", (int)(colon - word), word);
    if (!mmoe_parse_size(number, &row) || row < 1 || !mmoe_parse_size(colon + 1, &seed))
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is no ROW:SEED of the histograms, such as 1:7",
                         word);
    mmoe_recipe_begin(&r);
    if (!pick_seed(&a->view, row - 1, seed, &r.options))
        return mmoe_fail(err, MMOE_UNKNOWN, "the histograms have no run %.60s: hist shows them",
                         word);
    r.step = r.options.steps;
    return app_make_again(a, &r, err);
}

/* A run of the list is made with what was changed on its way. */
static enum mmoe_status open_run(struct app *a, const char *word, struct mmoe_error *err)
{
    size_t id;
    struct mmoe_recipe r;
    const struct mmoe_snapshot *s = command_find_run(a, word, &id);
    if (!s)
        return command_no_run(a, word, err);
    if (mmoe_failed(mmoe_recipe_of_snapshot(s, &r, err)))
        return err->status;
    enum mmoe_status status = app_make_again(a, &r, err);
    mmoe_recipe_done(&r);
    return status;
}

enum mmoe_status command_open(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID,
                         "open which run? open 3 of the list, open 1:7 of row 1 "
                         "of the histograms, seed 7");
    if (app_has_sides(a))
        return mmoe_fail(err, MMOE_STATE, "several runs are live: ab off leaves one, then open");
    if (!app_idle(a, APP_WAIT_LANE)) {
        app_pause(a);
        a->again = true;
        return MMOE_CONTINUE;
    }
    return strchr(i->argv[0], ':') ? open_seed(a, i->argv[0], err) : open_run(a, i->argv[0], err);
}
