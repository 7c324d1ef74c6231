/* SPDX-License-Identifier: GPL-3.0-or-later */
/* funnel.c - an experiment as plots. */
#include "ui/panel/funnel.h"

#include <math.h>

#include "ui/panel/lift.h"

enum part { LIFT, ALWAYS_LOW, ALWAYS_HIGH, ZERO, TRUTH };
enum { WIDE_SHARE = 10 /* of the looks: the first, whose intervals are cut off */ };

static bool is_news(const struct mmoe_sight *s)
{
    return s->done > 0 && (s->looks == 0 || s->look[s->looks - 1].visits < s->done);
}

bool funnel_has_points(const struct mmoe_sight *s)
{
    return s->looks > 0 || is_news(s);
}

bool funnel_at(const struct mmoe_sight *s, size_t task, size_t i, size_t *visits,
               struct mmoe_interval *at_end, struct mmoe_interval *always)
{
    bool looked = i < s->looks;
    if (!looked && (i > s->looks || !is_news(s)))
        return false;
    const struct mmoe_lift *l = looked ? &s->look[i].lift[MMOE_TREATMENT][task]
                                       : &s->arm[MMOE_TREATMENT].lift[task][MMOE_BY_DELTA];
    *visits = looked ? s->look[i].visits : s->done;
    *at_end = mmoe_lift_interval(l, MMOE_SIGHT_LEVEL);
    *always = mmoe_lift_sequence(l, MMOE_SIGHT_LEVEL, (double)*visits, (double)s->plan.visits);
    return true;
}

static void funnel_point(const struct figure_series *series, size_t i, double *x, double *y)
{
    const struct funnel *f = series->data;
    struct mmoe_interval at_end, always;
    size_t visits = 0;
    if (series->part == ZERO || series->part == TRUTH) {
        *x = i ? (double)f->sight->plan.visits : 0;
        *y = series->part == ZERO ? 0 : 100 * f->sight->truth[f->task];
        return;
    }
    funnel_at(f->sight, f->task, i, &visits, &at_end, &always);
    *x = (double)visits;
    *y = 100 * (series->part == LIFT         ? at_end.value
                : series->part == ALWAYS_LOW ? always.low
                                             : always.high);
}

static void funnel_spread(const struct figure_series *series, size_t i, double *low, double *high)
{
    const struct funnel *f = series->data;
    struct mmoe_interval at_end, always;
    size_t visits = 0;
    funnel_at(f->sight, f->task, i, &visits, &at_end, &always);
    *low = 100 * at_end.low;
    *high = 100 * at_end.high;
}

static void include(double v, struct figure_plot *p)
{
    if (!isfinite(v))
        return;
    p->y_min = fmin(p->y_min, v);
    p->y_max = fmax(p->y_max, v);
}

/* Of all but the first looks, whose wide intervals would leave no room for those that decide. */
static void find_range(struct funnel *f, bool truth)
{
    const struct mmoe_sight *s = f->sight;
    struct mmoe_interval at_end, always = {0};
    size_t visits = 0;
    for (size_t i = 0; funnel_at(s, f->task, i, &visits, &at_end, &always); i++) {
        bool last = i + 1 == s->looks + is_news(s);
        if (!last && visits * WIDE_SHARE < s->plan.visits)
            continue;
        include(100 * at_end.low, &f->plot);
        include(100 * at_end.high, &f->plot);
        if (last)
            include(100 * always.low, &f->plot);
        if (last)
            include(100 * always.high, &f->plot);
    }
    if (truth)
        include(100 * s->truth[f->task], &f->plot);
}

void funnel_of(const struct mmoe_sight *s, size_t task, bool truth, struct funnel *out)
{
    size_t n = s->looks + is_news(s);
    *out = (struct funnel){.sight = s, .task = task};
    out->series[ZERO] = (struct figure_series){.name = "0",
                                               .label = "no difference",
                                               .context = true,
                                               .n = 2,
                                               .data = out,
                                               .part = ZERO,
                                               .point = funnel_point};
    out->series[LIFT] =
        (struct figure_series){.name = "95%",
                               .label = "lift and its interval at 95 %, for the end",
                               .look = 0,
                               .n = n,
                               .data = out,
                               .part = LIFT,
                               .point = funnel_point,
                               .spread = funnel_spread};
    for (enum part k = ALWAYS_LOW; k <= ALWAYS_HIGH; k++)
        out->series[k] = (struct figure_series){.name = k == ALWAYS_HIGH ? "ever" : "",
                                                .label = "bounds at 95 %, for all times",
                                                .look = 1,
                                                .style = 1,
                                                .quiet = true,
                                                .n = n,
                                                .data = out,
                                                .part = k,
                                                .point = funnel_point};
    out->series[TRUTH] = (struct figure_series){.name = "true",
                                                .label = "true lift",
                                                .look = 2,
                                                .style = 2,
                                                .n = 2,
                                                .data = out,
                                                .part = TRUTH,
                                                .point = funnel_point};
    bool known = truth && isfinite(s->truth[task]);
    out->plot = (struct figure_plot){.x_label = "visits",
                                     .y_label = task == MMOE_ENGAGEMENT ? "lift of engagement, %"
                                                                        : "lift of satisfaction, %",
                                     .title = lift_task[task],
                                     .x_max = (double)s->plan.visits,
                                     .count = known ? FUNNEL_SERIES : FUNNEL_SERIES - 1,
                                     .series = out->series};
    find_range(out, known);
}

/* --- the front --- */

static void front_point(const struct figure_series *series, size_t i, double *x, double *y)
{
    const struct mmoe_front *f = series->data;
    size_t point = MMOE_FRONT_POINTS - 1 - i;
    *x = 100 * mmoe_front_rate(f, series->part, point, MMOE_ENGAGEMENT);
    *y = 100 * mmoe_front_rate(f, series->part, point, MMOE_SATISFACTION);
}

void front_of(const struct mmoe_sight *s, struct front *out)
{
    *out = (struct front){.plot = {.title = "true rates, lambda 0 to 64",
                                   .x_label = "engagement, %",
                                   .y_label = "satisfaction, %",
                                   .count = 2,
                                   .series = out->series}};
    for (size_t arm = 0; arm < 2; arm++)
        out->series[arm] = (struct figure_series){.name = s->model[arm],
                                                  .look = 3 + arm,
                                                  .style = 3 + arm,
                                                  .markers = true,
                                                  .n = MMOE_FRONT_POINTS,
                                                  .data = &s->front,
                                                  .part = arm,
                                                  .point = front_point};
}

/* --- on paper --- */

void funnel_page(const struct mmoe_sight *s, struct figure_sheet *sheet)
{
    if (!funnel_has_points(s))
        return;
    bool over = s->front.visits > 0;
    struct mmoe_sight *kept = figure_sheet_take(sheet, 1, sizeof *kept);
    struct funnel *funnels = figure_sheet_take(sheet, MMOE_RECOMMENDER_TASKS, sizeof *funnels);
    struct front *front = figure_sheet_take(sheet, 1, sizeof *front);
    struct figure *f = figure_sheet_figures(sheet, MMOE_RECOMMENDER_TASKS + over);
    *kept = *s;
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++) {
        funnel_of(kept, k, true, &funnels[k]);
        f[k] = (struct figure){.kind = FIGURE_PLOT, .plot = funnels[k].plot};
    }
    front_of(kept, front);
    if (over)
        f[MMOE_RECOMMENDER_TASKS] = (struct figure){.kind = FIGURE_PLOT, .plot = front->plot};
    sheet->page.title = figure_sheet_print(sheet, "%s against %s", s->model[1], s->model[0]);
    sheet->page.caption =
        figure_sheet_print(sheet,
                           "%s, users split by hash, %s an arm. Band: the interval at 95 %% for "
                           "one look at the end. True "
                           "rates are of ranking by engagement + lambda satisfaction.",
                           MMOE_COUNTED(s->done, "visit"), MMOE_COUNTED(s->nets, "net"));
}
