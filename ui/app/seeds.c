/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeds.c - runs over many seeds, behind the live run: orders to the queue, and what comes back.
 *
 * The queue has repeats of a setting or the runs of a study, and nothing of the
 * other kind until they are over.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>

#include "ui/app/parts.h"
#include "ui/app/plan.h"
#include "ui/panel/view_study.h"
#include "ui/report/html.h"
#include "ui/report/studies.h"
#include "ui/report/verdicts.h"

/* --- repeats --- */

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

/* --- plans --- */

static enum mmoe_status write_figure(struct app *a, const char *ending, struct mmoe_error *err)
{
    const struct plan *p = a->plan;
    struct figure_sheet sheet = {0};
    struct mmoe_text path = {0};
    struct mmoe_origin origin;
    mmoe_origin_here(&origin);
    view_study_page(&a->view.study, &sheet);
    sheet.page.program = origin.version;
    mmoe_text_add(&path, "%s/%s.%s", p->order.out, p->parts[p->at].name, ending);
    enum mmoe_status status = figure_page_write(&sheet.page, path.s, NULL, err);
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", path.s);
    figure_sheet_done(&sheet);
    mmoe_text_done(&path);
    return status;
}

/* What cannot be written costs no study: those that come are trained. */
static void write_figures(struct app *a)
{
    static const char *const endings[] = {"svg", "pdf"};
    struct mmoe_error err;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && a->plan->order.out; i++)
        if (mmoe_failed(write_figure(a, endings[i], &err))) {
            app_complain(a, &err);
            a->unwritten = true;
        }
}

static void choose(struct app *a)
{
    const struct view_study *s = &a->view.study;
    const double **losses = mmoe_alloc(s->cell_count, sizeof *losses);
    for (size_t i = 0; i < s->cell_count; i++)
        losses[i] = s->cells[i].over_var_of;
    verdicts_tell_choice(&a->sink, &s->grid, plan_choose(a->plan, &s->grid, losses));
    mmoe_free(losses);
}

/* The study that is shown is complete, and the plan's. */
static void end_stage(struct app *a)
{
    if (a->plan->stage == PLAN_CHOOSING)
        choose(a);
    else if (a->plan->stage == PLAN_TRAINING)
        write_figures(a);
}

static enum mmoe_status begin_stage(struct app *a, const struct plan_study *study,
                                    struct mmoe_error *err)
{
    struct plan *p = a->plan;
    const struct app_study_order order = {.grid = &study->grid,
                                          .def = &study->def,
                                          .command = p->order.command,
                                          .store = p->order.store,
                                          .jobs = p->order.jobs,
                                          .find = true,
                                          .aside = p->stage == PLAN_CHOOSING};
    enum mmoe_status status = app_study_begin(a, &order, err);
    if (!mmoe_failed(status))
        plan_began(p, a->view.study.id);
    return status;
}

enum mmoe_status app_report(struct app *a, const char *path, struct mmoe_error *err)
{
    const struct view_study *s = &a->view.study;
    const struct plan *p = a->plan;
    size_t count = p ? plan_trained(p) : 0;
    if (count == 0 || p->parts[count - 1].id != s->id ||
        strncmp(p->order.command, s->command, sizeof s->command - 1) != 0)
        return html_write(s, NULL, path, err);
    struct html_part parts[MMOE_PARTS_MAX];
    struct mmoe_text store = {0};
    for (size_t i = 0; i < count; i++) {
        const struct plan_part *part = &p->parts[i];
        parts[i] =
            (struct html_part){part->source, part->id, part->has_choice ? &part->choice : NULL};
    }
    app_store_path(p->order.store, &store);
    const struct html_plan plan = {p->title, p->order.command, store.s, parts, count};
    enum mmoe_status status = html_write(s, &plan, path, err);
    mmoe_text_done(&store);
    return status;
}

static enum mmoe_status end_plan(struct app *a, struct mmoe_error *err)
{
    const struct plan *p = a->plan;
    struct mmoe_text path = {0};
    if (!p->order.out)
        return MMOE_OK;
    mmoe_text_add(&path, "%s/report.html", p->order.out);
    enum mmoe_status status = app_report(a, path.s, err);
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", path.s);
    mmoe_text_done(&path);
    if (mmoe_failed(status) || !a->unwritten)
        return status;
    return mmoe_fail(err, MMOE_IO,
                     "not all figures are written: make room, and %.200s again writes them",
                     p->order.command);
}

/* Begin what comes next, as long as all before it is there. */
static enum mmoe_status advance(struct app *a, struct mmoe_error *err)
{
    struct plan *p = a->plan;
    struct plan_study next;
    while (p->stage != PLAN_OVER && !a->repeating) {
        end_stage(a);
        enum mmoe_status status = plan_next(p, &a->view.options, &next, err);
        if (!mmoe_failed(status))
            status = p->stage == PLAN_OVER ? end_plan(a, err) : begin_stage(a, &next, err);
        if (mmoe_failed(status)) {
            p->stage = PLAN_OVER;
            return status;
        }
    }
    return MMOE_OK;
}

static enum mmoe_status make_folder(const char *out, struct mmoe_error *err)
{
    struct stat st;
    if (!out || mkdir(out, 0777) == 0 ||
        (errno == EEXIST && stat(out, &st) == 0 && S_ISDIR(st.st_mode)))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_IO,
                     "cannot make folder %.200s for the figures: %s: name another one, out=FOLDER",
                     out, errno == EEXIST ? "it is a file" : strerror(errno));
}

enum mmoe_status app_plan(struct app *a, const struct plan_order *order, struct mmoe_error *err)
{
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    struct plan *p = plan_new(order, &a->view.options, err);
    if (!p)
        return err->status;
    if (mmoe_failed(make_folder(p->order.out, err)))
        goto fail;
    plan_free(a->plan);
    a->plan = p;
    a->unwritten = false;
    return advance(a, err);
fail:
    plan_free(p);
    return err->status;
}

void app_plan_stop(struct app *a)
{
    if (a->plan)
        a->plan->stopped = true;
}

/* No study is in progress: go on. complete: all runs of the last one are there. */
static void continue_plan(struct app *a, bool complete)
{
    struct plan *p = a->plan;
    struct mmoe_error err;
    if (!p || p->stage == PLAN_OVER)
        return;
    if (!complete || p->stopped) {
        p->stage = PLAN_OVER;
        app_say(a, "%s again goes on from here", p->order.command);
    } else if (mmoe_failed(advance(a, &err))) {
        app_complain(a, &err);
        a->failed = true;
    }
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
    continue_plan(a, done == mmoe_grid_runs(&s->grid));
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
