/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.c - keeping what there is to show.
 *
 * Three lists, each with a limit and a rule for what leaves first: the log
 * loses its oldest line, the kept runs their oldest unpinned one, the groups
 * their oldest complete one. The order of what stays never changes, so that
 * nothing on the screen jumps.
 *
 * A group's results live in two arrays of `wanted` places: in the order of
 * seeds, and the finite ones ascending, where a new one is inserted. Two
 * settings belong to one group when they agree in all that can change a
 * result; a group's name shows the options in which the groups of its model
 * differ, so "mmoe" becomes "mmoe p=0.5" when "mmoe p=0.9" arrives.
 */
#include "ui/panel/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/model.h>

void view_init(struct view *v)
{
    memset(v, 0, sizeof *v);
    mmoe_options_default(&v->options);
    mmoe_snapshot_init(&v->live, 0);
    v->queue_eta = -1;
}

static void group_done(struct view_group *g)
{
    mmoe_free(g->loss);
    mmoe_free(g->sorted);
}

void view_done(struct view *v)
{
    mmoe_snapshot_done(&v->live);
    for (size_t i = 0; i < v->run_count; i++)
        mmoe_snapshot_done(&v->runs[i].shot);
    for (size_t i = 0; i < v->group_count; i++)
        group_done(&v->groups[i]);
    view_study_close(&v->study);
    for (size_t i = 0; i < v->log_count; i++)
        mmoe_free(v->log[i].text);
    memset(v, 0, sizeof *v);
}

/* --- the log --- */

static void add_line(struct view *v, enum view_log_kind kind, const char *text, size_t n)
{
    if (v->log_count == VIEW_LOG_MAX) {
        mmoe_free(v->log[0].text);
        memmove(v->log, v->log + 1, (VIEW_LOG_MAX - 1) * sizeof v->log[0]);
        v->log_count--;
    }
    char *copy = mmoe_alloc(n + 1, 1);
    memcpy(copy, text, n);
    v->log[v->log_count++] = (struct view_log_line){kind, copy};
    if (v->log_scroll > 0 && v->log_scroll < v->log_count - 1)
        v->log_scroll++; /* who reads further back keeps the place */
}

void view_log(struct view *v, enum view_log_kind kind, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "\n");
        add_line(v, kind, text, n);
        text += n;
        if (*text == '\0' || text[1] == '\0')
            return;
        text++;
    }
}

/* --- runs --- */

static struct view_run *kept(const struct view *v, size_t id)
{
    for (size_t i = 0; i < v->run_count; i++)
        if (v->runs[i].id == id)
            return (struct view_run *)&v->runs[i];
    return NULL;
}

/* Make room for one more: the oldest unpinned run leaves, the oldest of all where each is pinned.
 */
static void drop_run(struct view *v)
{
    size_t victim = 0;
    while (victim < v->run_count && v->runs[victim].pinned)
        victim++;
    if (victim == v->run_count)
        victim = 0;
    mmoe_snapshot_done(&v->runs[victim].shot);
    v->run_count--;
    memmove(&v->runs[victim], &v->runs[victim + 1], (v->run_count - victim) * sizeof v->runs[0]);
}

struct view_run *view_keep(struct view *v, bool pinned)
{
    if (v->live_id == 0 || v->live.state == MMOE_RUN_EMPTY)
        return NULL;
    struct view_run *run = kept(v, v->live_id);
    if (!run) {
        if (v->run_count == VIEW_RUNS_MAX)
            drop_run(v);
        run = &v->runs[v->run_count++];
        memset(run, 0, sizeof *run);
        run->id = v->live_id;
        mmoe_snapshot_init(&run->shot, v->live.curve_count);
    }
    run->pinned = run->pinned || pinned;
    mmoe_snapshot_copy(&run->shot, &v->live);
    if (run->shot.state == MMOE_RUN_TRAINING) { /* the copy stands still */
        run->shot.state = MMOE_RUN_PAUSED;
        run->shot.steps_per_second = 0;
    }
    return run;
}

const struct mmoe_snapshot *view_run_find(const struct view *v, size_t id)
{
    if (id == 0)
        return NULL;
    if (id == v->live_id && v->live.state != MMOE_RUN_EMPTY)
        return &v->live;
    const struct view_run *run = kept(v, id);
    return run ? &run->shot : NULL;
}

/* --- groups --- */

/* Options that set one group apart from another: those that can change a run's result, but for the
 * seeds. */
static bool tells(const struct mmoe_option *option)
{
    return option->group != MMOE_GROUP_SESSION && option->type != MMOE_TYPE_SEED;
}

static bool same_setting(const struct mmoe_options *a, const struct mmoe_options *b)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (tells(&mmoe_option_table[i]) && !mmoe_option_same(a, b, &mmoe_option_table[i]))
            return false;
    return true;
}

/* Do groups of that model differ in the option? */
static bool differs(const struct view *v, int model, const struct mmoe_option *option)
{
    const struct mmoe_options *first = NULL;
    for (size_t i = 0; i < v->group_count; i++) {
        const struct mmoe_options *o = &v->groups[i].options;
        if (o->model != model)
            continue;
        if (first && !mmoe_option_same(first, o, option))
            return true;
        first = o;
    }
    return false;
}

static void name_group(const struct view *v, struct view_group *g)
{
    struct mmoe_text name = {0};
    mmoe_text_add(&name, "%s", mmoe_model_name(mmoe_model_at((size_t)g->options.model)));
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (!tells(option) || !differs(v, g->options.model, option))
            continue;
        mmoe_text_add(&name, " %s=", option->name);
        mmoe_option_show(&g->options, option, &name);
    }
    snprintf(g->name, sizeof g->name, "%s", name.s);
    mmoe_text_done(&name);
}

/* Make room for one more: the oldest complete group leaves. */
static void drop_group(struct view *v)
{
    size_t victim = 0;
    while (victim < v->group_count && v->groups[victim].done < v->groups[victim].wanted)
        victim++;
    if (victim == v->group_count)
        victim = 0;
    group_done(&v->groups[victim]);
    v->group_count--;
    memmove(&v->groups[victim], &v->groups[victim + 1],
            (v->group_count - victim) * sizeof v->groups[0]);
}

static void grow(struct view_group *g, size_t wanted)
{
    g->loss = mmoe_regrow(g->loss, g->wanted, wanted, sizeof *g->loss);
    g->sorted = mmoe_regrow(g->sorted, g->wanted, wanted, sizeof *g->sorted);
    g->wanted = wanted;
}

struct view_group *view_group_begin(struct view *v, const struct mmoe_options *o, size_t more)
{
    for (size_t i = 0; i < v->group_count; i++) {
        if (!same_setting(&v->groups[i].options, o))
            continue;
        grow(&v->groups[i], v->groups[i].wanted + more);
        return &v->groups[i];
    }
    if (v->group_count == VIEW_GROUPS_MAX)
        drop_group(v);
    struct view_group *g = &v->groups[v->group_count++];
    memset(g, 0, sizeof *g);
    g->options = *o;
    grow(g, more);
    g->summary = mmoe_summarize(g->sorted, 0);
    for (size_t i = 0; i < v->group_count; i++)
        if (v->groups[i].options.model == o->model)
            name_group(v, &v->groups[i]);
    return g;
}

void view_group_add(struct view_group *g, double loss)
{
    if (g->done == g->wanted)
        grow(g, g->wanted + 1);
    size_t n = g->summary.n, at = n;
    g->loss[g->done++] = isfinite(loss) ? loss : NAN;
    if (isfinite(loss)) {
        while (at > 0 && g->sorted[at - 1] > loss) {
            g->sorted[at] = g->sorted[at - 1];
            at--;
        }
        g->sorted[at] = loss;
        n++;
    }
    g->summary = mmoe_summarize(g->sorted, n);
    g->summary.diverged = g->done - n;
}
