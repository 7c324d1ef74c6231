/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast.c - what is to come: the shape of rows that were not made yet, and how long runs take.
 *
 * The rows at hand tell the shape only where they are those the options ask for: while
 * other rows are on their way, they are not. What is being read may have any shape.
 */
#include <math.h>

#include <mmoe/source.h>

#include "ui/app/parts.h"

#define LONG_SECONDS 10.0 /* what takes longer is told before it begins */

bool app_shape(const struct app *a, const struct mmoe_options *o, size_t *dim, size_t *tasks)
{
    const struct app_lane *l = app_lane_of(a);
    bool known = l->data && mmoe_source_same(&l->data_made, o);
    *dim = mmoe_spec_inputs(o, known ? l->data : NULL);
    *tasks = known ? l->data->tasks : mmoe_source_of(o)->tasks;
    return *tasks > 0 && !l->reading;
}

double app_forecast_run(const struct app *a, const struct mmoe_options *o, size_t steps)
{
    size_t dim, tasks;
    if (!app_shape(a, o, &dim, &tasks))
        return NAN;
    double seconds = mmoe_forecast_run(&a->forecast, o, dim, tasks, steps);
    return o->speed > 0 ? fmax(seconds, (double)steps / o->speed) : seconds;
}

double app_forecast_grid(const struct app *a, const struct mmoe_grid *g, size_t runs, size_t jobs)
{
    size_t dim, tasks;
    if (!app_shape(a, &g->base, &dim, &tasks))
        return NAN;
    if (mmoe_source_of(&g->base)->tasks > 0)
        dim = 0; /* it may be an axis */
    return mmoe_forecast_grid(&a->forecast, g, dim, tasks, runs, jobs);
}

void app_forecast_text(const char *what, double seconds, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s", what);
    if (isfinite(seconds))
        mmoe_text_add(t, ", about %s", mmoe_format_about(seconds, MMOE_NUMBER));
}

void app_forecast_say(struct app *a, const char *what, double seconds)
{
    struct mmoe_text t = {0};
    if (a->sink.mode != EVENT_SCREEN || !(seconds > LONG_SECONDS))
        return;
    app_forecast_text(what, seconds, &t);
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
}
