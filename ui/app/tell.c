/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell.c - what a study says when its runs are there: how far it is, its cells, its claims.
 *
 * A study may have as many cells as runs. They are told some at a time, so that no turn of the
 * loop takes long; its claims come behind them.
 */
#include <math.h>

#include "ui/app/parts.h"

enum { CELLS_A_TURN = 2000 };

static void end_telling(struct app *a)
{
    struct mmoe_error why;
    const struct view_study *s = &a->view.study;
    a->telling = false;
    if (!s->claims || mmoe_tally_done(s->tally) < mmoe_grid_runs(mmoe_tally_grid(s->tally)))
        return;
    /* Where options were set so that nothing is left to compare, the study is sound all the same.
     */
    if (mmoe_failed(app_claims(a, MMOE_LOSS, 0, NAN, &why)))
        app_say(a, "no claims are tested: %s", why.text);
    a->wait = APP_WAIT_SEEDS; /* its claims are a part of it */
}

void app_take_telling(struct app *a)
{
    if (!a->telling)
        return;
    if (studies_cells(&a->sink, &a->view, &a->table, CELLS_A_TURN))
        mmoe_mailbox_wake(a->mailbox);
    else
        end_telling(a);
}

void app_study_tell(struct app *a)
{
    const struct view_study *s = &a->view.study;
    size_t done = mmoe_tally_done(s->tally), runs = mmoe_grid_runs(mmoe_tally_grid(s->tally));
    if (done < runs)
        app_say(a, "study %lld stands at %s of %s runs: study resume %lld goes on",
                (long long)s->id, mmoe_format_count(done, MMOE_NUMBER),
                mmoe_format_count(runs, MMOE_NUMBER), (long long)s->id);
    else
        app_say(a, "study %lld: all %s runs are there", (long long)s->id,
                mmoe_format_count(done, MMOE_NUMBER));
    if (app_schedule_chooses(a))
        return; /* the schedule tells what was chosen */
    a->telling = true;
    a->table = (struct studies_table){0};
    app_take_telling(a);
}

void app_telling_stop(struct app *a)
{
    if (a->telling)
        app_say(
            a, "study %lld: told %s of its %s settings; study open %lld tells all",
            (long long)a->view.study.id, mmoe_format_count(a->table.told, MMOE_NUMBER),
            mmoe_format_count(mmoe_grid_cells(mmoe_tally_grid(a->view.study.tally)), MMOE_NUMBER),
            (long long)a->view.study.id);
    a->telling = false;
}
