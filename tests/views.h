/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * views.h - views, and what is shown in them, for a test.
 *
 * Ownership: drop_view frees a view; a snapshot that is shown is the view's.
 */
#ifndef MMOE_TESTS_VIEWS_H
#define MMOE_TESTS_VIEWS_H

#include <math.h>
#include <stdio.h>

#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/panel/view.h"

static inline struct view *make_view(void)
{
    struct view *v = mmoe_alloc(1, sizeof *v);
    view_init(v);
    return v;
}

static inline void drop_view(struct view *v)
{
    view_done(v);
    mmoe_free(v);
}

/* A new snapshot in that lane, of two tasks, for the test to write to. */
static inline struct mmoe_snapshot *show(struct view *v, size_t lane, size_t id)
{
    struct mmoe_snapshot *s = mmoe_snapshot_new();
    s->options = v->options;
    s->dim = v->options.dim;
    s->tasks = 2;
    mmoe_tasks_letters(s->task, s->tasks);
    v->lanes[lane].id = id;
    view_show(v, lane, s);
    return s;
}

/* What was learned of a task with eight units along s + 4 cos s; beyond s = 2 none is on if it is
 * stuck, and units 2 and 7 never are. */
static inline void fill_learned(struct mmoe_fit_task *t, bool stuck)
{
    *t = (struct mmoe_fit_task){
        .bins = MMOE_FIT_BINS, .units = 8, .reach = 6, .rows_off = stuck ? 0.14 : 0.02};
    for (size_t i = 0; i < MMOE_FIT_FINE; i++) {
        double s = mmoe_fit_fine(t, i);
        t->truth[i] = s + 4 * cos(s);
    }
    for (size_t i = 0; i < t->bins; i++) {
        struct mmoe_fit_bin *b = &t->bin[i];
        b->s = -6 + 0.3 * ((double)i + 0.5);
        bool off = stuck && b->s > 2.1;
        b->rows = 50;
        b->truth = b->s + 4 * cos(b->s);
        b->mean = off ? 0.3 : b->truth + (b->s < -3 ? 0.5 : 0.05);
        b->sd = b->s < -3 ? 1.5 : off ? 0 : 0.1;
        b->loss = stuck ? (off ? 0.8 / 13 : 0.2 / 27) : 1.0 / MMOE_FIT_BINS;
        b->low = b->high = NAN;
        for (size_t j = 0; j < t->units; j++) {
            double from = (double)j - 5, share = (b->s - from + 3) / 2;
            bool on = !off && j % 5 != 1 && b->s < from + 4;
            b->unit[j] = on ? (float)fmin(fmax(share, 0), 1) : 0;
            b->on += (double)b->unit[j];
        }
    }
}

/* Give the snapshot a fit of its own, of two tasks, the second stuck. */
static inline void add_fit(struct mmoe_snapshot *s)
{
    s->fit = mmoe_alloc(1, sizeof *s->fit);
    *s->fit = (struct mmoe_fit){.along = true, .step = s->step, .tasks = 2};
    for (size_t k = 0; k < 2; k++)
        fill_learned(&s->fit->task[k], k == 1);
}

/* Tenths of a binary task, of whose yes the net is too sure. */
static inline void fill_tenths(struct mmoe_fit_task *t)
{
    *t = (struct mmoe_fit_task){.bins = MMOE_FIT_DECILES, .units = 3};
    for (size_t i = 0; i < t->bins; i++) {
        double p = ((double)i + 0.5) / 10, y = 0.1 + 0.8 * p;
        t->bin[i] = (struct mmoe_fit_bin){.rows = 50,
                                          .s = p,
                                          .truth = y,
                                          .low = y - 0.1,
                                          .high = y + 0.1,
                                          .mean = p,
                                          .sd = 0.02,
                                          .on = 1.5,
                                          .loss = 0.1,
                                          .unit = {1, 0.5f}};
    }
}

/* A finished run of two tasks; a loss that is NAN: it diverged at step 1. */
static inline struct mmoe_record record_of(const struct mmoe_options *o, double loss)
{
    struct mmoe_record r;
    mmoe_record_clear(&r, o);
    r.failed = false;
    r.tasks = 2;
    mmoe_tasks_letters(r.task, r.tasks);
    r.step = o->steps;
    r.diverged_step = isnan(loss) ? 1 : 0;
    r.value[MMOE_LOSS][0] = loss;
    return r;
}

/* One more seed of a group, with that loss of task A. */
static inline void add_seed(struct view_group *g, double loss)
{
    const struct mmoe_record r = record_of(&g->options, loss);
    view_group_add(g, &r);
}

#endif
