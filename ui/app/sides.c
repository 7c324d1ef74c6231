/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sides.c - what sets live runs side by side apart, and orders to all of them.
 *
 * Settings are those of side A, the first lane; the others have values of their own beside them.
 * Orders go to every side, each with its settings.
 */
#include <stdio.h>
#include <string.h>

#include "ui/app/parts.h"

bool app_has_sides(const struct app *a)
{
    return a->view.lane_count > 1;
}

enum mmoe_status app_set_pairs(const char *pairs, struct mmoe_options *o, struct mmoe_error *err)
{
    char text[APP_SIDE_MAX], *rest = text, *pair;
    snprintf(text, sizeof text, "%s", pairs);
    while (*pairs && (pair = strsep(&rest, " "))) {
        char *value = strchr(pair, '=');
        if (!value)
            return mmoe_fail(err, MMOE_INVALID,
                             "'%.60s' is no KEY=VALUE: values of a side have no "
                             "blanks",
                             pair);
        *value++ = '\0';
        if (mmoe_failed(mmoe_option_set(o, pair, value, err)))
            return err->status;
    }
    return MMOE_OK;
}

enum mmoe_status app_side_of(const struct app *a, size_t i, const struct mmoe_options *settings,
                             struct mmoe_options *o, struct mmoe_error *err)
{
    *o = *settings;
    if (mmoe_failed(app_set_pairs(a->lanes[i].own, o, err)))
        return err->status;
    return mmoe_options_check(o, err);
}

void app_each_side(struct app *a, void (*order)(struct app *a, const void *context),
                   const void *context)
{
    const struct mmoe_options settings = a->view.options;
    size_t front = a->view.lane;
    if (!app_has_sides(a)) {
        order(a, context);
        return;
    }
    a->settings = &settings;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        struct mmoe_options o;
        struct mmoe_error err;
        if (mmoe_failed(app_side_of(a, i, &settings, &o, &err)))
            continue; /* settings are changed only where they go with every side */
        a->view.options = o;
        a->view.lane = i;
        order(a, context);
    }
    a->settings = NULL;
    a->view.options = settings;
    a->view.lane = front;
}

static void pause(struct app *a, const void *context)
{
    (void)context;
    mmoe_lane_stop(app_lane(a)->lane);
}

void app_pause(struct app *a)
{
    app_each_side(a, pause, NULL);
    a->wait = APP_WAIT_LANE;
}
