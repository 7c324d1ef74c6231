/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * views.h - views, and what is shown in them, for a test.
 *
 * Ownership: drop_view frees a view; a snapshot that is shown is the view's.
 */
#ifndef MMOE_TESTS_VIEWS_H
#define MMOE_TESTS_VIEWS_H

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
