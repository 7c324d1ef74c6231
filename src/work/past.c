/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.c - where a live run has been: checkpoints in memory, and what was changed when. */
#include "src/work/past.h"

#include <math.h>
#include <string.h>

#include <mmoe/text.h>

enum {
    GAP = 32,        /* steps between two checkpoints at least ... */
    GAP_SHARE = 12,  /* ... and a share of the steps before */
    BYTES_EACH = 20, /* of a parameter: weights, the last finite ones, the best, two sums */
    LEAST_KEPT = 8   /* of which there must be room for so many */
};

static void drop(struct past *p, size_t i)
{
    p->bytes -= p->kept[i].run.bytes;
    mmoe_arrays_done(&p->kept[i].run);
    p->count--;
    memmove(&p->kept[i], &p->kept[i + 1], (p->count - i) * sizeof p->kept[0]);
}

static size_t gap_after(size_t step)
{
    return step / GAP_SHARE > GAP ? step / GAP_SHARE : GAP;
}

static void come_back(struct past *p)
{
    mmoe_journal_free(p->journal);
    p->journal = NULL;
    p->away = false;
}

void past_done(struct past *p)
{
    while (p->count)
        drop(p, p->count - 1);
    come_back(p);
}

/* Nothing that is not in the journal happened to it. */
static bool is_whole(const struct mmoe_journal *j)
{
    for (size_t i = 0; i < mmoe_journal_count(j); i++)
        if (mmoe_journal_at(j, i)->kind == MMOE_MARK_IMPORT)
            return false;
    return true;
}

void past_begin(struct past *p, struct mmoe_run *run)
{
    past_done(p);
    p->next = GAP;
    if (run && (mmoe_run_at(run) > 0 || !is_whole(mmoe_run_snapshot(run)->journal)))
        past_keep(p, run);
}

/* The checkpoint without which the gap in the logarithm of steps is least; never the last one, and
 * the first only where it is the beginning of what is known. */
static size_t least_missed(const struct past *p, bool whole)
{
    size_t least = p->count - 1;
    double gap = INFINITY;
    for (size_t i = whole ? 0 : 1; i + 1 < p->count; i++) {
        double before = i ? (double)p->kept[i - 1].step : 1;
        double ratio = (double)p->kept[i + 1].step / fmax(before, 1);
        if (ratio < gap) {
            gap = ratio;
            least = i;
        }
    }
    return least;
}

void past_keep(struct past *p, struct mmoe_run *run)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    bool whole = is_whole(s->journal);
    struct mmoe_arrays arrays = {0};
    struct mmoe_error err;
    p->next = s->step + gap_after(s->step);
    if ((whole && s->parameters > PAST_BYTES / LEAST_KEPT / BYTES_EACH) ||
        (p->count && p->kept[p->count - 1].step >= s->step))
        return;
    if (mmoe_failed(mmoe_run_save(run, &arrays, &err))) {
        mmoe_arrays_done(&arrays);
        return;
    }
    while (p->count > 1 && (p->count == PAST_MOST || p->bytes + arrays.bytes > PAST_BYTES))
        drop(p, least_missed(p, whole));
    if (p->count && p->bytes + arrays.bytes > PAST_BYTES) { /* without the first nothing is known */
        mmoe_arrays_done(&arrays);
        return;
    }
    p->kept[p->count++] = (struct past_kept){s->step, arrays};
    p->bytes += arrays.bytes;
}

/* A mark of the journal, which the run's own has not yet. */
static void make_again(struct mmoe_run *run, const struct mmoe_mark *mark)
{
    struct mmoe_options o = mmoe_run_snapshot(run)->options;
    struct mmoe_error err;
    if (mark->kind != MMOE_MARK_CHANGE)
        mmoe_run_note(run, mark->kind, mark->text);
    else if (!mmoe_failed(mmoe_journal_apply(mark->text, &o, &err)))
        mmoe_run_tune(run, &o);
}

void past_again(struct past *p, struct mmoe_run *run)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    for (size_t i; (i = mmoe_journal_count(s->journal)) < mmoe_journal_count(p->journal);) {
        const struct mmoe_mark *mark = mmoe_journal_at(p->journal, i);
        if (mark->step > s->step)
            break;
        make_again(run, mark);
        if (mmoe_journal_count(s->journal) == i) /* it changed nothing */
            mmoe_run_note(run, mark->kind, mark->text);
    }
    if (s->step >= p->furthest)
        come_back(p);
}

/* The last checkpoint up to that step, or count. */
static size_t find(const struct past *p, size_t step)
{
    size_t i = p->count;
    while (i > 0 && p->kept[i - 1].step > step)
        i--;
    return i ? i - 1 : p->count;
}

/* Note where it is, if it was never further. */
static void look_back(struct past *p, struct mmoe_run *run)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    if (p->away)
        return;
    p->away = true;
    p->furthest = s->step;
    p->journal = mmoe_journal_ref(s->journal);
}

enum mmoe_status past_go(struct past *p, struct mmoe_run *run, size_t step, struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    size_t furthest = p->away ? p->furthest : s->step, i = find(p, step);
    bool known = i < p->count, diverged = s->state == MMOE_RUN_DIVERGED;
    if (step > furthest)
        return mmoe_fail(err, MMOE_RANGE,
                         "the run was at step %s at most: run %zu goes on to there",
                         mmoe_format_count(furthest, MMOE_NUMBER), step);
    if (!known && !is_whole(p->away ? p->journal : s->journal))
        return mmoe_fail(err, MMOE_RANGE, "what the run was before step %s is not known here",
                         mmoe_format_count(p->count ? p->kept[0].step : furthest, MMOE_NUMBER));
    bool ahead = step >= s->step && !diverged && (!known || p->kept[i].step <= s->step);
    if (ahead)
        return MMOE_OK;
    look_back(p, run);
    if (!known) {
        mmoe_run_restart(run);
        return MMOE_OK;
    }
    if (mmoe_failed(mmoe_run_restore(run, &p->kept[i].run, err)))
        return err->status;
    /* notes may have come since; what happened at this very step comes again */
    mmoe_run_retell(run, p->kept[i].step == 0 ? NULL
                                              : mmoe_journal_until(mmoe_journal_ref(p->journal),
                                                                   p->kept[i].step - 1));
    return MMOE_OK;
}

void past_foresee(struct past *p, size_t step, const struct mmoe_journal *journal)
{
    come_back(p);
    p->away = true;
    p->furthest = step;
    p->journal = journal;
}

void past_leave(struct past *p, struct mmoe_run *run)
{
    size_t step = mmoe_run_at(run);
    if (p->away)
        past_again(p, run);
    if (!p->away)
        return;
    while (p->count && p->kept[p->count - 1].step > step)
        drop(p, p->count - 1);
    p->next = p->count ? p->kept[p->count - 1].step : 0;
    p->next += gap_after(p->next);
    come_back(p);
}

void past_note(struct past *p, struct mmoe_run *run, const char *text)
{
    if (p->away)
        past_again(p, run);
    if (p->away)
        p->journal = mmoe_journal_add(p->journal, mmoe_run_at(run), MMOE_MARK_NOTE, text);
    mmoe_run_note(run, MMOE_MARK_NOTE, text);
}
