/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiment.c - the experiment that is shown: brought forward, kept up to date, kept when over. */
#include <mmoe/abrun.h>

#include "ui/app/parts.h"
#include "ui/panel/panels.h"

void app_experiment_show(struct app *a, struct mmoe_abrun *run)
{
    mmoe_abrun_look(run, &a->view.experiment.sight);
    a->view.experiment.any = true;
    a->changes++;
}

void app_experiment_begin(struct app *a, struct mmoe_abrun *run)
{
    a->view.focus = PANEL_EXPERIMENT;
    a->view.experiment.truth = false;
    app_experiment_show(a, run);
}

void app_experiment_keep(struct app *a, struct mmoe_abrun *run)
{
    if (run != a->experiment)
        mmoe_abrun_free(a->experiment);
    a->experiment = run;
    app_experiment_show(a, run);
}

void app_experiment_leave(struct app *a)
{
    if (a->view.focus == PANEL_EXPERIMENT)
        a->view.focus = PANEL_LOSS;
}
