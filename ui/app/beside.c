/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beside.c - live runs set side by side, on the same rows and batches, in lockstep; or no more. */
#include <stdio.h>
#include <string.h>

#include "ui/app/parts.h"

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
    if (mmoe_failed(app_set_pairs(pairs, &o, err)) || mmoe_failed(mmoe_options_check(&o, err)))
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
    app_renew_stale(a);
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
