/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_orders.c - orders to live runs, which return at once: make, train, reset, show, measure. */
#include <stdio.h>

#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/app/parts.h"

/* --- orders, to the lane in front --- */

/* What comes next replaces the run: end what it does, having seen its last word if it is there. */
static void stop_lane(struct app *a)
{
    if (!mmoe_lane_busy(app_lane(a)->lane))
        return;
    app_take_live(a);
    mmoe_lane_pause(app_lane(a)->lane);
    app_lane(a)->pending = APP_PENDING_NONE;
}

/* Would making rows now change nothing, so that the run stays? */
static bool keeps_run(const struct app *a)
{
    const struct app_lane *l = app_lane_of(a);
    return l->has_run && mmoe_source_same(&l->made, &a->view.options);
}

static void make(struct app *a, const void *context)
{
    bool with_run = *(const bool *)context;
    struct app_lane *l = app_lane(a);
    stop_lane(a);
    if (with_run || !keeps_run(a)) {
        l->made = a->view.options;
        l->has_run = l->fresh = with_run;
    }
    if (!l->data || !mmoe_source_same(&l->data_made, &a->view.options))
        app_forecast_say(a, "making rows", mmoe_forecast_rows(&a->view.options));
    l->tell_data = l->tell_data || !with_run;
    l->turns = false;
    l->pending = APP_PENDING_DATA;
    a->wait = APP_WAIT_LANE;
    view_lane(&a->view)->making = true;
    a->changes++;
    app_renew_stale(a);
    l->ticket = mmoe_lane_make(l->lane, &a->view.options, with_run);
}

void app_make(struct app *a, bool with_run)
{
    if (a->settings) { /* of one side alone */
        make(a, &with_run);
        return;
    }
    app_each_side(a, make, &with_run);
    app_renew_stale(a);
}

/* To what step, and in what way. */
struct training {
    size_t until;
    bool run;
    struct mmoe_goal goal;
};

static void train(struct app *a, const void *context)
{
    const struct training *t = context;
    size_t until = t->until;
    bool run = t->run;
    struct app_lane *l = app_lane(a);
    if (!l->has_run || view_lane(&a->view)->stale)
        make(a, &(const bool){true});
    else if (app_is_training(l) && mmoe_lane_busy(l->lane))
        mmoe_lane_pause(l->lane);
    l->until = until;
    l->pending = run ? APP_PENDING_RUN : APP_PENDING_STEP;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    app_experiment_leave(a);
    l->goal = t->goal;
    mmoe_lane_train_for(l->lane, until, &t->goal);
    size_t at = l->fresh ? 0 : view_live(&a->view)->step;
    if (until > at)
        app_forecast_say(a, "training", app_forecast_run(a, &a->view.options, until - at));
}

void app_train(struct app *a, size_t until, bool run)
{
    app_each_side(a, train, &(struct training){.until = until, .run = run});
    app_renew_stale(a);
}

void app_train_for(struct app *a, size_t until, const struct mmoe_goal *goal)
{
    app_each_side(a, train, &(struct training){.until = until, .run = true, .goal = *goal});
    app_renew_stale(a);
}

static void reset(struct app *a, const void *context)
{
    (void)context;
    struct app_lane *l = app_lane(a);
    if (l->fresh)
        return;
    stop_lane(a);
    l->fresh = true;
    l->pending = APP_PENDING_DATA;
    a->wait = APP_WAIT_LANE;
    a->changes++;
    l->ticket = mmoe_lane_reset(l->lane);
}

void app_reset(struct app *a)
{
    app_each_side(a, reset, NULL);
    app_renew_stale(a);
}

static void order_shown(struct app_lane *l, unsigned what)
{
    if (l->shows == what)
        return;
    l->due = (l->due & what) | (what & ~l->shows);
    l->shows = what;
    mmoe_lane_show(l->lane, what);
}

void app_show(struct app *a, unsigned what)
{
    a->shown = what;
    for (size_t i = 0; i < a->view.lane_count; i++) {
        bool seen = i == a->view.lane || app_has_sides(a);
        order_shown(&a->lanes[i],
                    (seen ? what : 0) | a->lanes[i].due); /* a command waits for that */
    }
}

bool app_awaits(struct app *a, unsigned what)
{
    struct app_lane *l = app_lane(a);
    const struct mmoe_snapshot *s = view_live(&a->view);
    if (s->state != MMOE_RUN_EMPTY && (what & ~app_measured(s)) &&
        ((what & ~l->shows) || (what & l->due))) {
        order_shown(l, l->shows | what);
        a->wait = APP_WAIT_SHOWN;
        a->again = true;
        return true;
    }
    order_shown(l, a->shown);
    return false;
}

void app_bench(struct app *a, size_t first, size_t last, size_t rounds)
{
    a->wait = APP_WAIT_LANE;
    app_lane(a)->filing = "measuring";
    a->benched = 0;
    for (size_t i = first; i <= last; i++)
        mmoe_lane_bench(app_lane(a)->lane, i, rounds);
    app_show_work(a);
}

static bool writes(enum mmoe_file what)
{
    return what == MMOE_FILE_EXPORT_DATA || what == MMOE_FILE_EXPORT_WEIGHTS ||
           what == MMOE_FILE_EXPORT_SCORES || what == MMOE_FILE_SAVE;
}

void app_file(struct app *a, enum mmoe_file what, const char *path)
{
    struct app_lane *l = app_lane(a);
    struct mmoe_options o;
    struct mmoe_error why;
    if (mmoe_failed(app_side_of(a, a->view.lane, &a->view.options, &o, &why)))
        o = a->view.options; /* settings go with every side */
    bool weights = what == MMOE_FILE_EXPORT_WEIGHTS || what == MMOE_FILE_EXPORT_SCORES ||
                   what == MMOE_FILE_SEE || what == MMOE_FILE_SHARE ||
                   what == MMOE_FILE_IMPORT_WEIGHTS;
    bool making = view_lane(&a->view)->making, stale = view_lane(&a->view)->stale;
    if (weights && (!l->has_run || (stale && what == MMOE_FILE_IMPORT_WEIGHTS)))
        app_make(a, true);
    else if (what == MMOE_FILE_EXPORT_DATA && !l->data && !making)
        app_make(a, false);
    if (what == MMOE_FILE_IMPORT_DATA)
        snprintf(o.data, sizeof o.data, "%s", path);
    l->reading = l->reading || what == MMOE_FILE_IMPORT_DATA || what == MMOE_FILE_LOAD;
    l->filing = what == MMOE_FILE_SHARE ? "looking at the weights"
                : what == MMOE_FILE_SEE ? "looking at a row"
                : writes(what)          ? "writing a file"
                                        : "reading a file";
    a->wait = APP_WAIT_LANE;
    uint64_t ticket = mmoe_lane_file(l->lane, what, path, &o);
    if (what == MMOE_FILE_LOAD)
        l->load_ticket = ticket;
    app_show_work(a);
}
