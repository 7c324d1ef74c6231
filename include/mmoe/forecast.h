/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast.h - how long runs will take, before they begin.
 *
 * The work of a step is counted in operations of forward passes; how many of them a
 * worker does in a second is learned from what was trained, and before that guessed
 * from the time of one product of the BLAS library. A forecast is good to a factor of
 * two or so: enough to ask before something that takes minutes.
 *
 * Ownership: values; a zeroed one has learned nothing. Threads: safe on distinct objects.
 *
 *   mmoe_forecast_learn(&f, &options, dim, tasks, steps, seconds);
 *   double seconds = mmoe_forecast_run(&f, &other, dim, tasks, steps);
 */
#ifndef MMOE_FORECAST_H
#define MMOE_FORECAST_H

#include <mmoe/grid.h>

struct mmoe_forecast {
    double rate; /* operations a second of one worker; 0: nothing was learned */
};

/* Learn from that many steps of a run, which took one worker so many seconds; from less than a
 * twentieth of a second nothing is learned. */
void mmoe_forecast_learn(struct mmoe_forecast *f, const struct mmoe_options *o, size_t dim,
                         size_t tasks, size_t steps, double seconds);
/* Learn from what was foretold to take so many seconds, and took so many. */
void mmoe_forecast_correct(struct mmoe_forecast *f, double foretold, double took);
/* Seconds it takes to draw the rows that o asks for; 0: they are a file's. */
double mmoe_forecast_rows(const struct mmoe_options *o);
/* Seconds that so many steps take on rows of dim inputs and that many tasks. Where nothing was
 * learned it takes a few milliseconds itself. */
double mmoe_forecast_run(const struct mmoe_forecast *f, const struct mmoe_options *o, size_t dim,
                         size_t tasks, size_t steps);
/* Seconds that `runs` of the grid's runs take `jobs` workers (0: one a core), their rows included;
 * dim 0: as each cell's options say. */
double mmoe_forecast_grid(const struct mmoe_forecast *f, const struct mmoe_grid *g, size_t dim,
                          size_t tasks, size_t runs, size_t jobs);

#endif
