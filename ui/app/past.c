/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.c - live runs that went back: their settings, and when they are other runs. */
#include <mmoe/journal.h>

#include "ui/app/parts.h"
#include "ui/panel/view_names.h"

void app_follow(struct app *a, size_t i)
{
    if (i > 0 || a->settings || !a->lanes[i].follows)
        return;
    mmoe_journal_copy(&a->view.options, &a->view.lanes[i].live->options);
    view_rename(&a->view);
}

void app_renumber(struct app *a, size_t i)
{
    struct view_lane *shown = &a->view.lanes[i];
    shown->id = ++a->view.newest_id;
    shown->furthest = shown->live->step;
    a->changes++;
}

void app_leave_past(struct app *a, size_t i)
{
    const struct view_lane *shown = &a->view.lanes[i];
    size_t was = shown->id;
    a->lanes[i].follows = false;
    if (shown->live->step < shown->furthest) {
        app_renumber(a, i);
        app_say(a, "from step %s on it is run %zu; run %zu stays as it was",
                mmoe_format_count(shown->live->step, MMOE_NUMBER), shown->id, was);
    }
    view_rename(&a->view);
}
