/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data.c - data: make the rows, or tell of them.
 *
 * Making happens on a worker; its facts are reported when they are there.
 */
#include <string.h>

#include <mmoe/source.h>

#include "ui/command/command.h"
#include "ui/report/columns.h"
#include "ui/report/events.h"

static enum mmoe_status generate(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (mmoe_failed(command_pairs(i, &o, err)) || mmoe_failed(command_change(a, &o, err)))
        return err->status;
    app_make(a, false);
    return MMOE_CONTINUE;
}

/* Of the rows that data gen or model will make. */
double command_cost_rows(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    struct mmoe_options o = a->view.options;
    struct mmoe_error err;
    bool gen = i->argc && strcmp(i->argv[0], "gen") == 0;
    if (strcmp(i->command->name, "data") == 0 ? !gen : !app_data(a) || i->argc == 0)
        return 0;
    if (mmoe_failed(command_pairs(i, &o, &err)) ||
        (app_data(a) && mmoe_source_same(&app_lane_of(a)->data_made, &o)))
        return 0;
    mmoe_text_add(what, "%s", MMOE_COUNTED(o.rows, "row"));
    return mmoe_forecast_rows(&o);
}

static enum mmoe_status tell(struct app *a, struct mmoe_error *err)
{
    const struct app_lane *l = app_lane(a);
    if (!l->data)
        return mmoe_fail(err, MMOE_STATE, "%s",
                         view_lane(&a->view)->making
                             ? "the rows are still being made: ask again in a moment"
                             : "no rows yet: data gen makes them");
    events_data(&a->sink, l->data, &l->data_made);
    columns_tell(&a->sink, l->data);
    if (view_lane(&a->view)->making && !mmoe_source_same(&l->data_made, &l->made))
        app_say(a, "other rows are being made: ask again in a moment");
    else if (!mmoe_source_same(&l->data_made, &a->view.options))
        app_say(a, "options changed since these rows were made: data gen makes new ones");
    return MMOE_OK;
}

enum mmoe_status command_data(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const char *const words[] = {"gen", "info"};
    const char *word = i->argc ? i->argv[0] : i->pair_count ? "" : "info";
    if (strcmp(word, "gen") == 0)
        return generate(a, i, err);
    if (*word == '\0')
        return mmoe_fail(err, MMOE_INVALID,
                         "data does not know what to do with %s=%s: write data gen %s=%s",
                         i->pairs[0].key, i->pairs[0].value, i->pairs[0].key, i->pairs[0].value);
    if (strcmp(word, "info") != 0) {
        const char *near = mmoe_nearest(word, words, 2);
        if (near)
            return mmoe_fail(err, MMOE_UNKNOWN, "data does not know '%.60s': did you mean data %s?",
                             word, near);
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "data does not know '%.60s': gen makes rows, info tells of them", word);
    }
    if (i->pair_count)
        return mmoe_fail(err, MMOE_INVALID,
                         "data info takes no key=value: '%s=%s' (set changes options)",
                         i->pairs[0].key, i->pairs[0].value);
    return tell(a, err);
}
