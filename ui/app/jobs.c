/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jobs.c - what takes its time: one job after the other, on a thread of its own.
 *
 * One at a time, so that what jobs tell comes in the order in which they were asked for.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "ui/app/parts.h"

struct app_jobs {
    struct app_job job;
    struct mmoe_job *running; /* NULL: it waits */
    bool dropped;             /* nobody is to be told */
    struct app_jobs *next;
};

static void start_first(struct app *a)
{
    struct app_jobs *first = a->jobs;
    if (!first || first->running || first->dropped)
        return;
    first->running = mmoe_job_start(a->mailbox, first->job.work, first->job.context);
}

/* Wait for the first one, and take it out of the list. */
static struct app_jobs *end_first(struct app *a, enum mmoe_status *status, struct mmoe_error *err)
{
    struct app_jobs *first = a->jobs;
    *status = first->running ? mmoe_job_end(first->running, err)
                             : mmoe_fail(err, MMOE_STATE, "it was stopped");
    a->jobs = first->next;
    return first;
}

static void free_job(struct app_jobs *j)
{
    if (j->job.free)
        j->job.free(j->job.context);
    mmoe_free(j);
}

void app_job(struct app *a, const struct app_job *job)
{
    struct app_jobs *j = mmoe_alloc(1, sizeof *j), **at = &a->jobs;
    j->job = *job;
    while (*at)
        at = &(*at)->next;
    *at = j;
    a->wait = APP_WAIT_JOBS;
    a->changes++;
    start_first(a);
}

bool app_has_jobs(const struct app *a)
{
    return a->jobs != NULL;
}

void *app_working(const struct app *a, mmoe_job_work *work)
{
    const struct app_jobs *first = a->jobs;
    return first && first->running && first->job.work == work ? first->job.context : NULL;
}

bool app_has_job(const struct app *a, mmoe_job_work *work)
{
    for (const struct app_jobs *j = a->jobs; j; j = j->next)
        if (j->job.work == work && !j->dropped)
            return true;
    return false;
}

void app_stop_jobs(struct app *a)
{
    for (struct app_jobs *j = a->jobs; j; j = j->next) {
        j->dropped = true;
        if (j->running)
            mmoe_job_stop(j->running);
    }
}

void app_jobs_done(struct app *a)
{
    enum mmoe_status status;
    struct mmoe_error err;
    app_stop_jobs(a);
    while (a->jobs)
        free_job(end_first(a, &status, &err));
}

/* What the lane in front does with files, of which nobody knows how far it is. */
static const char *lane_word(const struct app *a)
{
    const char *word = app_lane_of(a)->filing;
    return word ? word : "";
}

void app_show_work(struct app *a)
{
    const struct app_jobs *first = a->jobs;
    const char *what = first ? first->job.what : lane_word(a);
    double share = first ? 0 : -1;
    if (first && first->running)
        share = mmoe_job_share(first->running);
    if (strcmp(what, a->view.job) == 0 && share == a->view.job_share)
        return;
    if (first && first->running && first->job.show)
        first->job.show(a, first->job.context);
    snprintf(a->view.job, sizeof a->view.job, "%s", what);
    a->view.job_share = share;
    a->changes++;
}

void app_take_jobs(struct app *a)
{
    while (a->jobs && (a->jobs->dropped ? !a->jobs->running || mmoe_job_is_done(a->jobs->running)
                                        : a->jobs->running && mmoe_job_is_done(a->jobs->running))) {
        enum mmoe_status status;
        struct mmoe_error err;
        struct app_jobs *j = end_first(a, &status, &err);
        if (j->dropped && j->job.late && !mmoe_failed(status))
            j->job.late(a, j->job.context, status, &err);
        else if (j->dropped) {
            if (j->job.show)
                j->job.show(a, j->job.context); /* as it was left */
            app_say(a, "%s: stopped", j->job.what);
        } else if (j->job.done)
            j->job.done(a, j->job.context, status, &err);
        free_job(j);
        a->changes++;
        start_first(a);
    }
    app_show_work(a);
}
