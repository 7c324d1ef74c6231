/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell.c - what a study says when its runs are there: how far it is, its cells, its claims.
 *
 * A study may have as many cells as runs. They are told some at a time, so that no turn of the
 * loop takes long; its claims come behind them, tested by a job.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/hearing.h>
#include <mmoe/mem.h>

#include "ui/app/parts.h"
#include "ui/panel/view_study.h"
#include "ui/report/compare.h"
#include "ui/report/search.h"
#include "ui/report/settings.h"
#include "ui/report/standings.h"
#include "ui/report/verdicts.h"

enum { CELLS_A_TURN = 2000 };

/* --- claims --- */

struct claims_job {
    struct mmoe_hearing *hearing;
    int64_t study; /* that was shown */
    struct view_heard of;
    bool json, brief;
    struct mmoe_text text;
};

static bool goes_on(void *context, double share)
{
    return mmoe_job_goes_on(context, share);
}

static enum mmoe_status test_claims(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct claims_job *c = context;
    if (mmoe_failed(mmoe_hearing_claims(c->hearing, goes_on, j, err)))
        return err->status;
    verdicts_add_claims(c->hearing, c->json, c->brief, &c->text);
    if (!isnan(c->of.threshold))
        verdicts_add_cells(c->hearing, c->of.threshold, c->json, &c->text);
    return MMOE_OK;
}

static void tell_claims(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    struct claims_job *c = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    if (c->study == a->view.study.id)
        view_study_heard(&a->view.study, &c->of);
    event_emit(&a->sink, &c->text);
}

static void free_claims(void *context)
{
    struct claims_job *c = context;
    mmoe_hearing_free(c->hearing);
    mmoe_text_done(&c->text);
    mmoe_free(c);
}

enum mmoe_status app_claims(struct app *a, enum mmoe_metric metric, size_t task, double threshold,
                            bool brief, struct mmoe_error *err)
{
    if (!a->view.study.tally)
        return mmoe_fail(err, MMOE_STATE,
                         "there is no study to test claims on: study figure-d seeds=50 makes one");
    if (mmoe_tally_done(a->view.study.tally) == 0 && !a->opening)
        return mmoe_fail(err, MMOE_STATE,
                         "no run of study %lld is finished yet, and there is nothing to test: "
                         "study resume %lld trains them",
                         (long long)a->view.study.id, (long long)a->view.study.id);
    if (a->opening)
        return mmoe_fail(err, MMOE_STATE,
                         "study %lld is still being read: claims again when all its runs are here",
                         (long long)a->view.study.id);
    struct mmoe_hearing *h = mmoe_hearing_new(a->view.study.tally, metric, task, err);
    if (!h)
        return err->status;
    struct claims_job *c = mmoe_alloc(1, sizeof *c);
    *c = (struct claims_job){.hearing = h,
                             .study = a->view.study.id,
                             .of = {metric, task, threshold},
                             .json = a->sink.mode == EVENT_JSON,
                             .brief = brief};
    app_job(a, &(struct app_job){.what = "claims",
                                 .work = test_claims,
                                 .done = tell_claims,
                                 .free = free_claims,
                                 .context = c});
    return MMOE_OK;
}

/* --- cells --- */

/* What its kind of study comes to. */
static void tell_all(struct app *a)
{
    bool json = a->sink.mode == EVENT_JSON;
    struct mmoe_text t = {0};
    settings_add(&a->view.study, a->view.task, json, &t);
    standings_add(&a->view.study, json, &t);
    search_add(&a->view.study, json, &t);
    if (strcmp(a->view.study.name, VIEW_COMPARED) == 0)
        compare_add(&a->view, json, &t);
    event_emit(&a->sink, &t);
    mmoe_text_done(&t);
}

static void end_telling(struct app *a)
{
    struct mmoe_error why;
    const struct view_study *s = &a->view.study;
    a->telling = false;
    if (mmoe_tally_done(s->tally) > 0)
        tell_all(a);
    if (!s->claims || mmoe_tally_done(s->tally) < mmoe_grid_runs(mmoe_tally_grid(s->tally)))
        return;
    /* Where options were set so that nothing is left to compare, the study is sound all the same.
     */
    if (mmoe_failed(app_claims(a, MMOE_LOSS, 0, NAN, true, &why)))
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
    if (a->publisher) {
        app_shard_tell(a);
        return;
    }
    size_t done = mmoe_tally_done(s->tally), runs = mmoe_grid_runs(mmoe_tally_grid(s->tally));
    if (app_schedule_searches(a) && done == runs && runs < s->searched.trials)
        return;                                     /* the next batch follows */
    if (done < runs && access(s->store, F_OK) != 0) /* which was complained of */
        app_say(a, "study %lld stood at %s of %s", (long long)s->id,
                mmoe_format_count(done, MMOE_NUMBER), MMOE_COUNTED(runs, "run"));
    else if (done < runs)
        app_say(a, "study %lld stands at %s of %s: study resume %lld goes on", (long long)s->id,
                mmoe_format_count(done, MMOE_NUMBER), MMOE_COUNTED(runs, "run"), (long long)s->id);
    else if (runs == 1)
        app_say(a, "study %lld: its run is there", (long long)s->id);
    else
        app_say(a, "study %lld: all %s are there", (long long)s->id, MMOE_COUNTED(done, "run"));
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
