/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures.h - pages as studies make them, for tests of the two ways to draw them. */
#ifndef MMOE_TESTS_FIGURES_H
#define MMOE_TESTS_FIGURES_H

#include <math.h>
#include <stdlib.h>

#include "ui/figure/sheet.h"

/* A number in [0, 1) that looks random and is the same everywhere. */
static inline double figures_noise(size_t i)
{
    uint32_t v = (uint32_t)i * 2654435761u + 12345u;
    v = (v ^ v >> 15) * 2246822519u;
    v = (v ^ v >> 13) * 3266489917u;
    return (double)((v ^ v >> 16) % 10000u) / 10000.0;
}

static inline void figures_curve(const struct figure_series *s, size_t i, double *x, double *y)
{
    double slow = (double)(s->part % 3), panel = (double)(s->part / 3);
    *x = 50.0 * (double)i;
    *y = 0.03 + 0.05 * slow * (1 - 0.3 * panel) + 2 * exp(-*x / (300 + 120 * slow)) +
         0.15 * exp(-*x / 1500);
    *y *= 1 + 0.08 * (figures_noise(i + 1000 * s->part) - 0.5);
}

static inline void figures_quantiles(const struct figure_series *s, size_t i, double *low,
                                     double *high)
{
    double x, y;
    figures_curve(s, i, &x, &y);
    *low = 0.7 * y;
    *high = 1.4 * y;
}

static const char *const figures_models[] = {"mmoe", "omoe", "shared-bottom"};
static const double figures_p[] = {0.5, 0.9, 1};

/* Three small multiples of three curves with bands, on a logarithmic axis. */
static inline void figures_curves(struct figure_sheet *sheet)
{
    struct figure *f = figure_sheet_figures(sheet, 3);
    for (size_t p = 0; p < 3; p++) {
        struct figure_series *s = figure_sheet_take(sheet, 3, sizeof *s);
        for (size_t m = 0; m < 3; m++)
            s[m] = (struct figure_series){.name = figures_models[m],
                                          .look = m,
                                          .style = m,
                                          .n = 121,
                                          .part = 3 * p + m,
                                          .point = figures_curve,
                                          .spread = figures_quantiles};
        f[p] = (struct figure){.kind = FIGURE_PLOT,
                               .plot = {.title = figure_sheet_print(sheet, "p = %g", figures_p[p]),
                                        .x_label = "step",
                                        .y_label = "held-out loss",
                                        .log_y = true,
                                        .count = 3,
                                        .series = s}};
    }
    sheet->page.title = "Loss over training";
    sheet->page.caption = "Mean over 200 seeds; bands from the 10 % to the 90 % quantile.";
    sheet->page.command = "study curves seeds=200";
    sheet->page.program = "mmoe 1";
    sheet->page.shared = true;
}

static inline int figures_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Three small multiples of three histograms over each other. */
static inline void figures_histograms(struct figure_sheet *sheet)
{
    enum { SEEDS = 200 };
    struct figure *f = figure_sheet_figures(sheet, 3);
    for (size_t p = 0; p < 3; p++) {
        struct figure_histogram *rows = figure_sheet_take(sheet, 3, sizeof *rows);
        for (size_t m = 0; m < 3; m++) {
            double *loss = figure_sheet_take(sheet, SEEDS, sizeof *loss),
                   spread = 1.2 + 0.6 * (double)m;
            size_t n = m == 2 ? SEEDS - 3 : SEEDS;
            for (size_t i = 0; i < n; i++)
                loss[i] = 0.12 + 0.04 * (double)m +
                          0.1 * pow(figures_noise(i + 600 * p + 200 * m), 2) * spread;
            qsort(loss, n, sizeof *loss, figures_compare);
            rows[m] = (struct figure_histogram){figures_models[m],
                                                m,
                                                loss,
                                                n,
                                                mmoe_summarize(loss, n),
                                                SEEDS,
                                                m,
                                                m == 0   ? "43% stuck"
                                                : m == 1 ? "<1% stuck"
                                                         : NULL,
                                                NULL};
            rows[m].summary.diverged = SEEDS - n;
        }
        f[p] = (struct figure){
            .kind = FIGURE_HISTOGRAMS,
            .histograms = {.title = figure_sheet_print(sheet, "p = %g", figures_p[p]),
                           .y_label = "seeds",
                           .x_label = "final loss",
                           .axis = FIGURE_AXIS_LOG,
                           .overlay = true,
                           .count = 3,
                           .rows = rows}};
    }
    sheet->page = (struct figure_page){.title = "Final loss",
                                       .caption = "200 seeds each.",
                                       .command = "study histograms",
                                       .program = "mmoe 1",
                                       .shared = true,
                                       .count = 3,
                                       .figures = f};
}

#endif
