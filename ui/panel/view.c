/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.c - keeping what there is to show.
 *
 * Three lists, each with a limit and a rule for what leaves first: the log
 * loses its oldest line, the kept runs their oldest unpinned one, the groups
 * their oldest complete one. The order of what stays never changes, so that
 * nothing on the screen jumps.
 *
 * Two settings belong to one group when they agree in all that can change a
 * result.
 */
#include "ui/panel/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/lesson.h>
#include <mmoe/mem.h>

#include "ui/panel/view_names.h"

void view_init(struct view *v)
{
    memset(v, 0, sizeof *v);
    mmoe_options_default(&v->options);
    mmoe_snapshot_init(&v->none, 0);
    for (size_t i = 0; i < VIEW_LANES_MAX; i++)
        v->lanes[i].live = &v->none;
    v->lane_count = 1;
    v->queue_eta = -1;
}

static void free_shot(const struct view *v, const struct mmoe_snapshot *s)
{
    if (s != &v->none)
        mmoe_snapshot_free(s);
}

void view_done(struct view *v)
{
    for (size_t i = 0; i < VIEW_LANES_MAX; i++)
        free_shot(v, v->lanes[i].live);
    for (size_t i = 0; i < v->run_count; i++)
        mmoe_snapshot_free(v->runs[i].shot);
    for (size_t i = 0; i < v->group_count; i++)
        mmoe_tally_free(v->groups[i].tally);
    mmoe_tally_free(v->study.tally);
    figure_sheet_done(&v->study.sheet);
    for (size_t i = 0; i < v->log_count; i++)
        mmoe_free(v->log[i].text);
    view_lesson_close(v);
    memset(v, 0, sizeof *v);
}

/* Snapshots do not change and are shared; all else that grows is copied. */
struct view *view_freeze(const struct view *v)
{
    struct view *f = mmoe_alloc(1, sizeof *f);
    *f = *v;
    mmoe_snapshot_init(&f->none, 0);
    for (size_t i = 0; i < VIEW_LANES_MAX; i++) {
        const struct mmoe_snapshot *live = v->lanes[i].live;
        f->lanes[i].live = live == &v->none ? &f->none : mmoe_snapshot_ref(live);
    }
    for (size_t i = 0; i < v->run_count; i++)
        f->runs[i].shot = mmoe_snapshot_ref(v->runs[i].shot);
    for (size_t i = 0; i < v->group_count; i++)
        f->groups[i].tally = mmoe_tally_copy(v->groups[i].tally);
    f->study.tally = mmoe_tally_copy(v->study.tally);
    f->study.sheet = (struct figure_sheet){0};
    f->lesson.lesson = NULL; /* its words are enough */
    for (size_t i = 0; i < v->lesson.line_count; i++)
        f->lesson.line[i].text = mmoe_strdup(v->lesson.line[i].text);
    for (size_t i = 0; i < v->log_count; i++)
        f->log[i].text = mmoe_strdup(v->log[i].text);
    return f;
}

void view_thaw(struct view *frozen)
{
    if (frozen)
        view_done(frozen);
    mmoe_free(frozen);
}

void view_show(struct view *v, size_t lane, const struct mmoe_snapshot *s)
{
    struct view_lane *l = &v->lanes[lane];
    const struct mmoe_snapshot *before = l->live;
    bool renamed = l->look_of != l->id || !s || before->state == MMOE_RUN_EMPTY ||
                   before->journal != s->journal ||
                   !mmoe_options_same(&before->options, &s->options);
    l->live = s ? s : &v->none;
    free_shot(v, before);
    if (renamed)
        view_rename(v);
}

/* --- the log --- */

enum { LONG_TEXT = 5 }; /* lines; more that come unasked are an answer of their own */

static void shift(size_t *line)
{
    *line -= *line > 0;
}

static void add_line(struct view *v, enum view_log_kind kind, const char *text, size_t n)
{
    if (v->log_count == VIEW_LOG_MAX) {
        mmoe_free(v->log[0].text);
        memmove(v->log, v->log + 1, (VIEW_LOG_MAX - 1) * sizeof v->log[0]);
        v->log_count--;
        shift(&v->answer_from);
        shift(&v->page.from);
        shift(&v->page.to);
        v->page.open = v->page.open && v->page.to > 0;
    }
    char *copy = mmoe_alloc(n + 1, 1);
    memcpy(copy, text, n);
    v->log[v->log_count++] = (struct view_log_line){kind, copy};
    if (v->log_scroll > 0 && v->log_scroll < v->log_count - 1)
        v->log_scroll++; /* who reads further back keeps the place */
}

static size_t add_lines(struct view *v, enum view_log_kind kind, const char *text)
{
    for (size_t lines = 1;; lines++) {
        size_t n = strcspn(text, "\n");
        add_line(v, kind, text, n);
        text += n;
        if (*text == '\0' || text[1] == '\0')
            return lines;
        text++;
    }
}

void view_answer(struct view *v)
{
    v->answer_from = v->log_count;
    v->answering = true;
    v->answered = false;
}

void view_log(struct view *v, enum view_log_kind kind, const char *text)
{
    size_t lines = add_lines(v, kind, text);
    if (kind == LOG_COMMAND) {
        view_answer(v);
    } else if (v->answering) {
        v->answered = true;
    } else if (kind == LOG_DATA && lines > LONG_TEXT) {
        v->answer_from = v->log_count > lines ? v->log_count - lines : 0;
        v->answered = true;
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
    mmoe_snapshot_free(v->runs[victim].shot);
    v->run_count--;
    memmove(&v->runs[victim], &v->runs[victim + 1], (v->run_count - victim) * sizeof v->runs[0]);
}

/* A copy that stands still, of a run that goes on. */
static const struct mmoe_snapshot *stand_still(const struct mmoe_snapshot *s)
{
    if (s->state != MMOE_RUN_TRAINING)
        return mmoe_snapshot_ref(s);
    struct mmoe_snapshot *copy = mmoe_snapshot_new();
    mmoe_snapshot_copy(copy, s);
    copy->state = MMOE_RUN_PAUSED;
    copy->steps_per_second = 0;
    return copy;
}

struct view_run *view_keep(struct view *v, size_t lane, bool pinned)
{
    const struct view_lane *l = &v->lanes[lane];
    if (l->id == 0 || l->live->state == MMOE_RUN_EMPTY)
        return NULL;
    struct view_run *run = kept(v, l->id);
    bool further = run && run->shot->step > l->live->step; /* from where the live one went back */
    if (run) {
        if (!further)
            mmoe_snapshot_free(run->shot);
    } else {
        if (v->run_count == VIEW_RUNS_MAX)
            drop_run(v);
        run = &v->runs[v->run_count++];
        *run = (struct view_run){.id = l->id};
    }
    run->pinned = run->pinned || pinned;
    if (!further)
        run->shot = stand_still(l->live);
    view_rename(v);
    return run;
}

const struct mmoe_snapshot *view_past(const struct view *v, size_t lane)
{
    const struct view_lane *l = &v->lanes[lane];
    const struct view_run *run = l->furthest > l->live->step ? kept(v, l->id) : NULL;
    return run ? run->shot : l->live;
}

const struct mmoe_snapshot *view_run_find(const struct view *v, size_t id)
{
    for (size_t i = 0; id && i < v->lane_count; i++)
        if (id == v->lanes[i].id && v->lanes[i].live->state != MMOE_RUN_EMPTY)
            return v->lanes[i].live;
    const struct view_run *run = id ? kept(v, id) : NULL;
    return run ? run->shot : NULL;
}

void view_lesson_close(struct view *v)
{
    for (size_t i = 0; i < v->lesson.line_count; i++)
        mmoe_free(v->lesson.line[i].text);
    mmoe_lesson_free(v->lesson.lesson);
    v->lesson = (struct view_lesson){0};
}

/* --- groups --- */

static void drop_group(struct view *v, size_t victim)
{
    mmoe_tally_free(v->groups[victim].tally);
    v->group_count--;
    memmove(&v->groups[victim], &v->groups[victim + 1],
            (v->group_count - victim) * sizeof v->groups[0]);
}

/* The oldest group that is complete, or group_count. */
static size_t oldest_complete(const struct view *v)
{
    size_t i = 0;
    while (i < v->group_count && view_group_done(&v->groups[i]) < v->groups[i].wanted)
        i++;
    return i;
}

bool view_group_has_room(const struct view *v, const struct mmoe_options *o)
{
    for (size_t i = 0; i < v->group_count; i++)
        if (view_same_setting(&v->groups[i].options, o))
            return true;
    return v->group_count < VIEW_GROUPS_MAX || oldest_complete(v) < v->group_count;
}

void view_groups_drop_empty(struct view *v)
{
    for (size_t i = v->group_count; i-- > 0;)
        if (view_group_done(&v->groups[i]) == 0)
            drop_group(v, i);
    view_rename(v);
}

size_t view_group_done(const struct view_group *g)
{
    return mmoe_tally_done(g->tally);
}

struct view_group *view_group_begin(struct view *v, const struct mmoe_options *o, size_t more)
{
    for (size_t i = 0; i < v->group_count; i++) {
        struct view_group *g = &v->groups[i];
        if (!view_same_setting(&g->options, o))
            continue;
        g->wanted += more;
        mmoe_tally_extend(g->tally, g->wanted);
        return g;
    }
    if (v->group_count == VIEW_GROUPS_MAX)
        drop_group(v, oldest_complete(v) % VIEW_GROUPS_MAX);
    struct view_group *g = &v->groups[v->group_count++];
    const struct mmoe_grid grid = {.base = *o, .seeds = more ? more : 1};
    *g = (struct view_group){.options = *o, .wanted = more, .tally = mmoe_tally_new(&grid, false)};
    view_rename(v);
    return g;
}

void view_group_add(struct view_group *g, const struct mmoe_record *r)
{
    struct mmoe_record record = *r;
    record.run = view_group_done(g);
    if (record.run == 0)
        memcpy(g->rows, r->rows, sizeof g->rows);
    mmoe_tally_extend(g->tally, record.run + 1);
    mmoe_tally_add(g->tally, &record);
}

/* --- what is shown of them --- */

/* The tally that histograms are of first, or NULL. */
static const struct mmoe_tally *first_tally(const struct view *v)
{
    if (v->study.tally)
        return v->study.tally;
    return v->group_count ? v->groups[0].tally : NULL;
}

size_t view_tasks(const struct view *v, const struct mmoe_task **task)
{
    const struct mmoe_tally *t = first_tally(v);
    size_t n = t ? mmoe_tally_tasks(t, task) : 0;
    if (n == 0) {
        *task = view_live(v)->task;
        n = view_live(v)->tasks;
    }
    return n;
}

const char *view_task(const struct view *v, size_t k, char letter[2])
{
    const struct mmoe_task *task;
    if (k < view_tasks(v, &task))
        return task[k].name;
    letter[0] = (char)('A' + k);
    letter[1] = '\0';
    return letter;
}

const char *view_metric(const struct view *v)
{
    const struct mmoe_task *task;
    return mmoe_metrics_title(v->metric, v->task < view_tasks(v, &task) && task[v->task].binary);
}

const char *view_measure(const struct view *v, char *buf, size_t size)
{
    char letter[2];
    snprintf(buf, size, "%s of task %s", view_metric(v), view_task(v, v->task, letter));
    return buf;
}
