/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeds.c - runs over many seeds, behind the live run: orders to the queue, and what comes back.
 *
 * The queue has repeats of a setting or the runs of a study, and nothing of the
 * other kind until they are over.
 */
#include <math.h>
#include <string.h>

#include <mmoe/clock.h>

#include "ui/app/parts.h"
#include "ui/app/plan.h"
#include "ui/report/html.h"
#include "ui/report/studies.h"

/* --- orders --- */

static bool same_seeds(const struct mmoe_options *a, const struct mmoe_options *b)
{
    return a->seed_data == b->seed_data && a->seed_init == b->seed_init &&
           a->seed_order == b->seed_order;
}

void app_repeat(struct app *a, const struct mmoe_options *o, size_t n)
{
    struct mmoe_options first = *o;
    if (!a->repeating)
        view_study_close(&a->view.study); /* its place is the histogram's */
    struct view_group *g = view_group_begin(&a->view, o, n);
    size_t before = g->wanted - n;
    if (before > 0 && same_seeds(&g->options, o))
        mmoe_options_seeded(o, before, &first);
    else
        before = 0;
    a->repeat_group = (size_t)(g - a->view.groups);
    if (!a->repeating)
        a->repeat_start = mmoe_clock_now();
    a->repeating = true;
    a->wait = APP_WAIT_REPEAT;
    a->view.queue_wanted += n;
    a->view.queue_eta = -1;
    a->changes++;
    if (before > 0)
        app_say(a, "%s: %zu seeds more, after the %zu there are", g->name, n, before);
    struct mmoe_grid grid = {.base = first, .seeds = n};
    mmoe_queue_sweep(a->queue, &(struct mmoe_sweep){.grid = &grid, .jobs = o->jobs});
}

void app_hold(struct app *a, bool held)
{
    if (held == a->view.study.held)
        return;
    if (held)
        a->held_since = mmoe_clock_now();
    else
        a->repeat_start += mmoe_clock_now() - a->held_since;
    a->view.study.held = held;
    a->changes++;
    mmoe_queue_hold(a->queue, held);
}

enum mmoe_status app_report(struct app *a, const char *path, struct mmoe_error *err)
{
    const struct view_study *s = &a->view.study;
    const struct plan_said newest = plan_newest(a);
    struct html_part parts[MMOE_PARTS_MAX];
    struct mmoe_text store = {0};
    bool whole = newest.count > 0 && newest.parts[newest.count - 1].id == s->id &&
                 strncmp(newest.command, s->command, sizeof s->command - 1) == 0;
    for (size_t i = 0; i < newest.count; i++) {
        const struct plan_part *p = &newest.parts[i];
        parts[i] = (struct html_part){p->source, p->id, p->has_choice ? &p->choice : NULL};
    }
    app_store_path(newest.store, &store);
    const struct html_plan plan = {newest.title, newest.command, store.s, parts, newest.count};
    enum mmoe_status status = html_write(s, whole ? &plan : NULL, path, err);
    mmoe_text_done(&store);
    return status;
}

/* --- what comes back --- */

static void end_group(struct app *a, struct view_group *g)
{
    g->wanted = g->done;
    if (g->done > 0)
        studies_repeat(&a->sink, g);
}

static void take_record(struct app *a, const struct mmoe_record *r)
{
    struct view_group *g = view_group_begin(&a->view, &r->options, 0);
    a->changes++;
    if (r->failed) {
        g->wanted -= g->wanted > g->done; /* it could not be made */
    } else {
        view_group_add(g, r->value[MMOE_LOSS][0]);
        studies_record(&a->sink, r, g->done, g->wanted);
    }
    if (g->done >= g->wanted)
        end_group(a, g);
}

static void take_study_run(struct app *a, const struct mmoe_record *r)
{
    a->changes++;
    if (r->failed)
        return; /* it could not be made: the error was said */
    view_study_add(&a->view.study, r);
    studies_run(&a->sink, &a->view.study, r);
}

static void end_study(struct app *a)
{
    const struct view_study *s = &a->view.study;
    size_t done = 0;
    a->sweeping = false;
    a->view.study.rate = 0;
    for (size_t i = 0; i < s->cell_count; i++)
        done += s->cells[i].done;
    app_study_tell(a);
    plan_advance(a, done == mmoe_grid_runs(&s->grid));
}

static double mean_steps(const struct view *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->study.cell_count; i++)
        sum += (double)v->study.cells[i].options.steps;
    return sum / (double)v->study.cell_count;
}

/* Time left: by the steps where it is known how many there will be, else by the runs. */
static void estimate(struct app *a, size_t finished, size_t submitted, uint64_t steps)
{
    struct view *v = &a->view;
    double elapsed = mmoe_clock_now() - a->repeat_start;
    size_t stored = a->sweeping ? v->study.stored : 0;
    v->queue_done = stored + finished;
    v->queue_wanted = stored + submitted;
    v->queue_eta = -1;
    v->study.rate = 0;
    if (v->study.held)
        return;
    if (a->sweeping && steps > 0 && elapsed > 0) {
        v->study.rate = (double)steps / elapsed;
        v->queue_eta = fmax(0, (double)submitted * mean_steps(v) - (double)steps) / v->study.rate;
    } else if (finished > 0) {
        v->queue_eta = elapsed / (double)finished * (double)(submitted - finished);
    }
}

/* The queue is empty: groups that lack seeds now were stopped. */
static void end_repeats(struct app *a)
{
    a->repeating = false;
    app_hold(a, false); /* that came too late must not hold what comes next */
    a->view.queue_done = a->view.queue_wanted = 0;
    a->view.queue_eta = -1;
    a->changes++;
    if (a->sweeping) {
        end_study(a);
        return;
    }
    for (size_t i = 0; i < a->view.group_count; i++) {
        struct view_group *g = &a->view.groups[i];
        if (g->done >= g->wanted)
            continue;
        app_say(a, "%s: stopped after %zu of %zu seeds", g->name, g->done, g->wanted);
        end_group(a, g);
    }
}

void app_take_seeds(struct app *a)
{
    struct mmoe_record r;
    size_t finished, submitted;
    uint64_t steps;
    if (!a->repeating)
        return;
    mmoe_queue_progress(a->queue, &finished, &submitted, &steps);
    while (mmoe_queue_record(a->queue, &r))
        if (a->sweeping)
            take_study_run(a, &r);
        else
            take_record(a, &r);
    if (a->sweeping)
        view_study_renew(&a->view.study);
    estimate(a, finished, submitted, steps);
    if (finished < submitted)
        return;
    app_take_errors(a); /* what ended it was told before */
    end_repeats(a);
}
