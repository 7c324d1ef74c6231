/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * funnel.h - an experiment as plots: lifts against visits, and the front over lambda.
 *
 * Ownership: what is filled borrows from the sight. Threads: pure functions.
 */
#ifndef MMOE_UI_FUNNEL_H
#define MMOE_UI_FUNNEL_H

#include <mmoe/experiment.h>

#include "ui/figure/sheet.h"

enum { FUNNEL_SERIES = 5 };

/* The lift of one metric, in percent: at every look and now, within the interval that holds at the
 * end, between the bounds that hold at all times, about zero, and where the true lift is. */
struct funnel {
    const struct mmoe_sight *sight;
    size_t task;
    struct figure_series series[FUNNEL_SERIES];
    struct figure_plot plot;
};
/* truth: the true lift is drawn, where it is known. */
void funnel_of(const struct mmoe_sight *s, size_t task, bool truth, struct funnel *out);
/* Are there looks, or visits since? */
bool funnel_has_points(const struct mmoe_sight *s);
/* Look i, or what is seen now after the last of them; false: there are no more. */
bool funnel_at(const struct mmoe_sight *s, size_t task, size_t i, size_t *visits,
               struct mmoe_interval *at_end, struct mmoe_interval *always);

/* Engagement and satisfaction of both models at weights from the greatest to 0, in percent. */
struct front {
    struct figure_series series[2];
    struct figure_plot plot;
};
void front_of(const struct mmoe_sight *s, struct front *out);

/* Both funnels, and the front where it is known; nothing before there are points. The sheet keeps a
 * copy of the sight. */
void funnel_page(const struct mmoe_sight *s, struct figure_sheet *sheet);

#endif
