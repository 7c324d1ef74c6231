/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast.c - how long runs will take, before they begin.
 *
 * A step with B rows costs three forward passes of B examples, and every eval-every
 * steps one of the held-out rows. A study reaches about a third of the rate of plain
 * products (`bench` measures it), which serves until a run has told better.
 */
#include <math.h>

#include <mmoe/clock.h>
#include <mmoe/forecast.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/source.h>

#include "src/base/thread.h"

enum { PASSES = 3, CELLS_MOST = 64 };
enum { GUESS_ROWS = 100, GUESS_IN = 100, GUESS_OUT = 128, GUESS_TIMES = 8 };
#define LEAST_SECONDS 0.05
#define SHARE_OF_PRODUCTS 0.3
#define NUMBER_SECONDS 6e-9 /* for a number of a synthetic row */

/* Operations of a step. */
static double work_of(const struct mmoe_options *o, size_t dim, size_t tasks)
{
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    struct mmoe_spec spec;
    struct mmoe_outline outline;
    mmoe_spec_resolve(o, model, dim, tasks, &spec);
    mmoe_model_outline(model, &spec, &outline);
    double held_out = (double)(o->validation_rows ? o->validation_rows : o->test_rows);
    return outline.flops *
           (PASSES * (double)o->batch + held_out / (double)(o->eval_every ? o->eval_every : 1));
}

void mmoe_forecast_learn(struct mmoe_forecast *f, const struct mmoe_options *o, size_t dim,
                         size_t tasks, size_t steps, double seconds)
{
    if (steps > 0 && seconds >= LEAST_SECONDS)
        f->rate = work_of(o, dim, tasks) * (double)steps / seconds;
}

/* Operations a second in products of the library: of the best of a few. */
static double guess(void)
{
    mmoe_real *x = mmoe_alloc(GUESS_ROWS * GUESS_IN, sizeof *x),
              *w = mmoe_alloc(GUESS_IN * GUESS_OUT, sizeof *w),
              *y = mmoe_alloc(GUESS_ROWS * GUESS_OUT, sizeof *y);
    double best = INFINITY;
    for (size_t i = 0; i < GUESS_TIMES; i++) {
        double start = mmoe_clock_now();
        mmoe_mat_product(GUESS_ROWS, GUESS_OUT, GUESS_IN, x, GUESS_IN, false, w, GUESS_OUT, y,
                         GUESS_OUT);
        best = fmin(best, mmoe_clock_now() - start);
    }
    mmoe_free(x);
    mmoe_free(w);
    mmoe_free(y);
    return 2.0 * GUESS_ROWS * GUESS_IN * GUESS_OUT / fmax(best, 1e-9);
}

static double rate_of(const struct mmoe_forecast *f)
{
    return f->rate > 0 ? f->rate : SHARE_OF_PRODUCTS * guess();
}

void mmoe_forecast_correct(struct mmoe_forecast *f, double foretold, double took)
{
    if (took >= LEAST_SECONDS && foretold > 0)
        f->rate = rate_of(f) * foretold / took;
}

/* Seconds of so many steps, with the rows of a stream. */
static double steps_of(const struct mmoe_options *o, size_t dim, size_t tasks, size_t steps,
                       double rate)
{
    bool stream = o->rows == 0 && !mmoe_options_of_file(o->data);
    double rows = stream ? NUMBER_SECONDS * (double)dim * (double)o->batch : 0;
    return (work_of(o, dim, tasks) / rate + rows) * (double)steps;
}

double mmoe_forecast_run(const struct mmoe_forecast *f, const struct mmoe_options *o, size_t dim,
                         size_t tasks, size_t steps)
{
    return steps_of(o, dim, tasks, steps, rate_of(f));
}

double mmoe_forecast_rows(const struct mmoe_options *o)
{
    if (mmoe_source_of(o)->tasks == 0)
        return 0; /* read once */
    return NUMBER_SECONDS * (double)o->dim * (double)(o->rows + o->validation_rows + o->test_rows);
}

double mmoe_forecast_grid(const struct mmoe_forecast *f, const struct mmoe_grid *g, size_t dim,
                          size_t tasks, size_t runs, size_t jobs)
{
    size_t cells = mmoe_grid_cells(g), taken = 0;
    size_t stride = cells / CELLS_MOST + 1;
    double rate = rate_of(f), seconds = 0, workers = (double)jobs;
    for (size_t cell = 0; cell < cells; cell += stride, taken++) {
        struct mmoe_options o;
        mmoe_grid_cell_options(g, cell, &o);
        seconds += mmoe_forecast_rows(&o) +
                   steps_of(&o, dim ? dim : mmoe_spec_inputs(&o, NULL), tasks, o.steps, rate);
    }
    if (jobs == 0)
        workers = (double)thread_cores();
    workers = fmax(1, fmin(workers, (double)runs));
    return taken ? seconds / (double)taken * (double)runs / workers : 0;
}
