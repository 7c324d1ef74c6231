/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.c - the one context: made, freed, and kept up to date with what the workers report. */
#include "ui/app/app.h"

#include <string.h>

#include "ui/app/parts.h"
#include "ui/app/plan.h"

void app_init(struct app *a, enum event_mode mode)
{
    memset(a, 0, sizeof *a);
    a->sink = app_sink(a, mode);
    view_init(&a->view);
    mmoe_snapshot_init(&a->incoming, 0);
    a->made = a->view.options;
    a->mailbox = mmoe_mailbox_new();
    a->lane = mmoe_lane_new(a->mailbox);
    a->queue = mmoe_queue_new(a->mailbox);
    a->blas_choice = "library";
}

void app_done(struct app *a)
{
    mmoe_lane_end(a->lane); /* ends while the queue does */
    mmoe_queue_free(a->queue);
    mmoe_lane_free(a->lane);
    mmoe_mailbox_free(a->mailbox);
    plan_free(a->plan);
    mmoe_dataset_free(a->data);
    mmoe_snapshot_done(&a->incoming);
    view_done(&a->view);
    mmoe_text_done(&a->session);
    mmoe_text_done(&a->submit);
}

void app_take_in(struct app *a)
{
    mmoe_mailbox_drain(a->mailbox);
    app_take_live(a);
    app_take_seeds(a);
}

bool app_idle(const struct app *a, enum app_wait wait)
{
    if (wait == APP_WAIT_LANE)
        return a->pending == APP_PENDING_NONE && !a->filing && !mmoe_lane_busy(a->lane);
    if (wait == APP_WAIT_REPEAT)
        return !a->repeating;
    return true;
}
