/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.c - how far the command `study NAME` has come. */
#include <mmoe/mem.h>

#include "ui/app/parts.h"

void app_schedule_drop(struct app_schedule *s)
{
    if (!s)
        return;
    mmoe_schedule_free(s->schedule);
    mmoe_free(s->store);
    mmoe_free(s->out);
    mmoe_free(s);
}

bool app_schedule_is_over(const struct app *a)
{
    return !a->schedule || mmoe_schedule_is_over(a->schedule->schedule);
}

bool app_schedule_trains(const struct app *a)
{
    return !app_schedule_is_over(a) && a->schedule->training;
}

bool app_schedule_chooses(const struct app *a)
{
    return !app_schedule_is_over(a) && a->schedule->choosing;
}

bool app_schedule_searches(const struct app *a)
{
    return !app_schedule_is_over(a) && a->schedule->searching;
}

void app_schedule_stop(struct app *a)
{
    if (a->schedule)
        a->schedule->stopped = true;
}

void app_schedule_fail(struct app *a)
{
    if (app_schedule_is_over(a))
        return;
    mmoe_schedule_stop(a->schedule->schedule);
    a->schedule->training = false;
}

void app_schedule_cut_off(struct app *a)
{
    if (app_schedule_is_over(a))
        return;
    app_schedule_fail(a);
    app_say(a, "%s again goes on from here", mmoe_schedule_command(a->schedule->schedule));
}
