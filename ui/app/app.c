/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.c - the one context: made, freed, and kept up to date with what the workers report. */
#include "ui/app/app.h"

#include <string.h>

#include <mmoe/abrun.h>

#include "ui/app/cast.h"
#include "ui/app/parts.h"

void app_init(struct app *a, enum event_mode mode)
{
    memset(a, 0, sizeof *a);
    a->sink = app_sink(a, mode);
    view_init(&a->view);
    a->mailbox = mmoe_mailbox_new();
    app_live_init(a);
    a->queue = mmoe_queue_new(a->mailbox);
    a->blas_choice = "library";
}

void app_done(struct app *a)
{
    app_live_end(a);
    app_jobs_done(a);
    app_opening_done(a);
    mmoe_queue_free(a->queue);
    app_shard_done(a);
    mmoe_abrun_free(a->experiment);
    app_live_done(a);
    mmoe_mailbox_free(a->mailbox);
    app_schedule_drop(a->schedule);
    view_done(&a->view);
    cast_free(a->cast);
    mmoe_text_done(&a->session);
    mmoe_text_done(&a->submit);
}

void app_take_in(struct app *a)
{
    mmoe_mailbox_drain(a->mailbox);
    app_take_live(a);
    app_take_telling(a);
    app_take_opening(a);
    app_take_seeds(a);
    app_take_jobs(a);
    while (app_idle(a, APP_WAIT_SEEDS) && app_schedule_go_on(a))
        ;
}

bool app_idle(const struct app *a, enum app_wait wait)
{
    switch (wait) {
    case APP_WAIT_LANE: return app_live_idle(a);
    case APP_WAIT_SHOWN: return !app_lane_of(a)->due;
    case APP_WAIT_SEEDS: return !a->repeating && !a->opening && !a->telling && !app_has_jobs(a);
    case APP_WAIT_JOBS: return !app_has_jobs(a);
    case APP_WAIT_NOTHING: break;
    }
    return true;
}
