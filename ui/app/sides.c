/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sides.c - live runs side by side: on the same rows and batches, in lockstep.
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

/* Set the pairs "KEY=VALUE KEY=VALUE" in o. */
static enum mmoe_status set_pairs(const char *pairs, struct mmoe_options *o, struct mmoe_error *err)
{
    char text[APP_SIDE_MAX], *rest = text, *pair;
    snprintf(text, sizeof text, "%s", pairs);
    while ((pair = strsep(&rest, " "))) {
        char *value = strchr(pair, '=');
        if (!value)
            continue;
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
    if (mmoe_failed(set_pairs(a->lanes[i].own, o, err)))
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
    for (size_t i = 0; i < a->view.lane_count; i++) {
        struct mmoe_options o;
        struct mmoe_error err;
        if (mmoe_failed(app_side_of(a, i, &settings, &o, &err)))
            continue; /* settings are changed only where they go with every side */
        a->view.options = o;
        a->view.lane = i;
        order(a, context);
    }
    a->view.options = settings;
    a->view.lane = front;
    app_renew_stale(a);
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

static void make(struct app *a, const void *context)
{
    (void)context;
    app_make(a, true);
}

enum mmoe_status app_side_add(struct app *a, const char *pairs, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (strlen(pairs) >= APP_SIDE_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "a side has %d bytes of settings at most",
                         APP_SIDE_MAX - 1);
    if (!app_live_idle(a))
        return mmoe_fail(err, MMOE_STATE, "a run trains: pause it first");
    if (mmoe_failed(set_pairs(pairs, &o, err)) || mmoe_failed(mmoe_options_check(&o, err)))
        return err->status;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        struct mmoe_options other;
        if (!mmoe_failed(app_side_of(a, i, &a->view.options, &other, err)) &&
            mmoe_options_same(&o, &other))
            return mmoe_fail(err, MMOE_INVALID, "side %c is just that: name what is to differ",
                             (char)('A' + i));
    }
    if (mmoe_failed(app_lane_add(a, err)))
        return err->status;
    snprintf(a->lanes[a->view.lane_count - 1].own, APP_SIDE_MAX, "%s", pairs);
    app_lanes_together(a, true, err);
    app_each_side(a, make, NULL); /* all of them from the beginning */
    return MMOE_CONTINUE;
}

enum mmoe_status app_sides_off(struct app *a, struct mmoe_error *err)
{
    if (mmoe_failed(app_lanes_together(a, false, err)))
        return err->status;
    a->view.lane = 0;
    while (a->view.lane_count > 1)
        app_lane_drop(a);
    app_renew_stale(a);
    return MMOE_OK;
}
