/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.c - data: make the synthetic rows, tell of them. */
#include "ui/app/report.h"
#include "ui/command/command.h"

#include <string.h>

static enum mmoe_status generate(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    enum mmoe_status s = command_pairs(i, &o, err);
    if (!mmoe_failed(s) && i->pair_count > 0)
        s = command_change(a, &o, err);
    if (mmoe_failed(s))
        return s;
    app_make(a, false);
    return MMOE_CONTINUE;
}

static enum mmoe_status tell(struct app *a, struct mmoe_error *err)
{
    if (!a->data)
        return mmoe_fail(err, MMOE_STATE, "there are no rows yet: data gen makes them");
    report_data(a, a->data);
    if (mmoe_options_resets(&a->made, &a->view.options) == MMOE_RESETS_DATA)
        app_say(a, "these are rows of earlier settings: data gen or run makes those of the present ones");
    return MMOE_OK;
}

enum mmoe_status command_data(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc > 0 ? i->argv[0] : i->pair_count > 0 ? "gen" : "info";
    if (strcmp(word, "gen") == 0)
        return generate(a, i, err);
    if (strcmp(word, "info") != 0)
        return mmoe_fail(err, MMOE_UNKNOWN, "data '%s' is unknown: data gen or data info", word);
    if (i->pair_count > 0)
        return mmoe_fail(err, MMOE_INVALID, "data info takes no options: data gen %s=%s makes rows with it",
                         i->pairs[0].key, i->pairs[0].value);
    return tell(a, err);
}
