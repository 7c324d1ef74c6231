/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline.c - where the live run is in its time: one row below the panels. */
#include "ui/panel/timeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/journal.h>
#include <mmoe/text.h>

#include "ui/panel/panels.h"

enum { NAME = 5 /* columns: "time " */, TEXT_LEAST = 4 };

bool timeline_is_shown(const struct view *v)
{
    const struct view_lane *l = &v->lanes[v->lane];
    return l->live->state != MMOE_RUN_EMPTY &&
           (l->live->step < l->furthest || mmoe_journal_count(view_past(v, v->lane)->journal) > 0);
}

static enum role role_of(enum mmoe_mark_kind kind)
{
    return kind == MMOE_MARK_NOTE ? ROLE_KEY : kind == MMOE_MARK_BRANCH ? ROLE_GOOD : ROLE_WARN;
}

/* The column of a step on a line of that width. */
static int column(size_t step, size_t end, int width)
{
    return end ? (int)lround((double)step / (double)end * (width - 1)) : 0;
}

/* The text of a mark behind it, as far as the next thing on the line. */
static void draw_text(const struct mmoe_mark *mark, int x, int until, struct canvas *c)
{
    int room = until - x - 2;
    if (!*mark->text || room < TEXT_LEAST)
        return;
    struct canvas own = canvas_view(c, x + 1, 0, room, 1);
    canvas_text(&own, 0, 0, role_of(mark->kind), 0, mark->text);
    if (canvas_columns(mark->text) > room)
        canvas_put(&own, room - 1, 0, role_of(mark->kind), 0, c->glyphs->ellipsis);
}

/* Marks, each with its text as far as the first thing on the line right of it: another mark, the
 * cursor, or its end. From the right; of those in one column the first is seen. */
static void draw_marks(const struct mmoe_journal *j, int cursor, size_t end, struct canvas *c)
{
    int last = c->width, right = c->width; /* the column of the mark before, and what it ends */
    for (size_t i = mmoe_journal_count(j); i-- > 0;) {
        const struct mmoe_mark *mark = mmoe_journal_at(j, i);
        int x = column(mark->step, end, c->width);
        right = x < last ? last : right;
        last = x;
        canvas_put(c, x, 0, role_of(mark->kind), CELL_BOLD, c->glyphs->bullet);
        draw_text(mark, x, cursor > x && cursor < right ? cursor : right, c);
    }
}

static void draw_line(const struct view *v, size_t end, struct canvas *c)
{
    const struct view_lane *l = &v->lanes[v->lane];
    const struct mmoe_snapshot *past = view_past(v, v->lane);
    int cursor = column(l->live->step, end, c->width),
        furthest = column(l->furthest, end, c->width);
    canvas_fill(c, 0, 0, c->width, 1, ROLE_BORDER, c->glyphs->horizontal);
    canvas_fill(c, 0, 0, cursor, 1, ROLE_TEXT, c->glyphs->horizontal);
    if (furthest > cursor)
        canvas_fill(c, cursor, 0, furthest - cursor, 1, ROLE_DIM, c->glyphs->ascii ? L'=' : 0x2550);
    draw_marks(past->journal, cursor, end, c);
    if (past->options.keep_best || past->options.patience)
        canvas_put(c, column(past->best.step, end, c->width), 0, ROLE_GOOD, CELL_BOLD, L'*');
    if (past->state == MMOE_RUN_DIVERGED)
        canvas_put(c, column(past->diverged_step, end, c->width), 0, ROLE_BAD, CELL_BOLD,
                   c->glyphs->cross);
    canvas_put(c, cursor, 0, figure_role(l->look), CELL_BOLD | CELL_REVERSE, c->glyphs->marks[0]);
}

void timeline_draw(const struct view *v, struct canvas *c)
{
    const struct mmoe_snapshot *past = view_past(v, v->lane);
    size_t end = past->steps > past->step ? past->steps : past->step;
    char last[32];
    mmoe_format_count(end, last, sizeof last);
    int width = c->width - NAME - 3 - canvas_columns(last) - 2;
    if (width < 8)
        return;
    canvas_text(c, 1, 0, ROLE_DIM, 0, "time 0");
    canvas_text(c, NAME + 3 + width, 0, ROLE_DIM, 0, last);
    struct canvas line = canvas_view(c, NAME + 3, 0, width - 1, 1);
    draw_line(v, end, &line);
}

/* --- in words --- */

static void describe_mark(const struct mmoe_mark *mark, struct mmoe_text *t)
{
    static const char *const words[MMOE_MARKS] = {"set ", "note: ", "another run from here on ",
                                                  "went on with "};
    mmoe_text_add(t, " Step %s: %s%s.", mmoe_format_count(mark->step, MMOE_NUMBER),
                  words[mark->kind], mark->text);
}

void timeline_describe(const struct view *v, size_t lane, struct mmoe_text *t)
{
    const struct view_lane *l = &v->lanes[lane];
    const struct mmoe_snapshot *past = view_past(v, lane);
    size_t n = mmoe_journal_count(past->journal);
    mmoe_text_add(t, "It is at step %s of %s", mmoe_format_count(l->live->step, MMOE_NUMBER),
                  mmoe_format_count(l->live->steps, MMOE_NUMBER));
    if (l->live->step < l->furthest)
        mmoe_text_add(t, " and was at %s", mmoe_format_count(l->furthest, MMOE_NUMBER));
    mmoe_text_add(t, ".");
    if (n && *mmoe_journal_start(past->journal))
        mmoe_text_add(t, " It began with %s.", mmoe_journal_start(past->journal));
    for (size_t i = 0; i < n; i++)
        describe_mark(mmoe_journal_at(past->journal, i), t);
    if (n == 0)
        mmoe_text_add(t, " No option was changed on the way, and there are no notes.");
    mmoe_text_add(t, " To go back there are %s in memory, %s MiB of 64.",
                  MMOE_COUNTED(l->live->checkpoints, "checkpoint"),
                  mmoe_format_fixed((double)l->live->checkpoint_bytes / (1 << 20), 1, MMOE_NUMBER));
}

size_t timeline_steps(const struct view *v, size_t lane, double *steps, size_t most)
{
    const struct mmoe_journal *j = v->lanes[lane].live->journal;
    size_t n = mmoe_journal_count(j) < most ? mmoe_journal_count(j) : most;
    for (size_t i = 0; i < n; i++)
        steps[i] = (double)mmoe_journal_at(j, i)->step;
    return n;
}
