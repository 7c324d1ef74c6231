/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shown.c - what is measured of a run for who asks alone: the fit, and rows as gates see them. */
#include <math.h>

#include <mmoe/mem.h>

#include "src/train/run.h"

void shown_begin(struct mmoe_run *run)
{
    if (run->fit)
        fit_begin(run->fit);
    if (run->scatter)
        scatter_begin(run->scatter);
}

void shown_add(struct mmoe_run *run, size_t first, size_t rows, const mmoe_real *p)
{
    if (run->fit)
        fit_add(run->fit, run->net, first, rows, p);
    if (run->scatter)
        scatter_add(run->scatter, run->net, first, rows);
}

void shown_end(struct mmoe_run *run)
{
    if (run->fit) {
        fit_end(run->fit, run->shot.fit);
        run->shot.fit->step = run->shot.step;
    }
    if (run->scatter) {
        scatter_end(run->scatter, run->shot.scatter);
        run->shot.scatter->step = run->shot.step;
    }
}

/* All of it, with the weights as they are. */
static void measure(struct mmoe_run *run)
{
    const struct mmoe_rows *part = mmoe_dataset_held_out(run->data);
    mmoe_net_evaluating(run->net);
    mmoe_net_profile(run->net, NULL);
    shown_begin(run);
    for (size_t i = 0, most; i < part->n; i += most) {
        most = run_batch_of(run, part->n - i);
        const struct mmoe_rows rows = mmoe_rows_slice(part, i, most);
        shown_add(run, i, rows.n, mmoe_net_forward(run->net, &rows));
    }
    mmoe_net_profile(run->net, run->phases);
    shown_end(run);
}

static void drop_fit(struct mmoe_run *run)
{
    fit_free(run->fit);
    mmoe_free(run->shot.fit);
    run->fit = NULL;
    run->shot.fit = NULL;
}

static void drop_scatter(struct mmoe_run *run)
{
    scatter_free(run->scatter);
    mmoe_free(run->shot.scatter);
    run->scatter = NULL;
    run->shot.scatter = NULL;
}

void mmoe_run_show(struct mmoe_run *run, unsigned what)
{
    const struct mmoe_options *o = &run->shot.options;
    bool sound = run->shot.state != MMOE_RUN_DIVERGED, fresh = false;
    if (!(what & MMOE_SHOWS_FIT)) {
        drop_fit(run);
    } else if (!run->fit && sound) {
        run->fit = fit_new(run->data, o->data[0] ? (double)NAN : o->noise);
        run->shot.fit = mmoe_alloc(1, sizeof *run->shot.fit);
        fresh = true;
    }
    if (!(what & MMOE_SHOWS_SCATTER)) {
        drop_scatter(run);
    } else if (!run->scatter && sound) {
        run->scatter = scatter_new(run->data, run->net);
        run->shot.scatter = mmoe_alloc(1, sizeof *run->shot.scatter);
        fresh = true;
    }
    if (fresh)
        measure(run);
}
