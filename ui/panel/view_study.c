/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_study.c - the study that is shown: begun, drawn as its definition says, closed. */
#include "ui/panel/view_study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/trials.h>

void view_study_close(struct view_study *s)
{
    mmoe_tally_free(s->tally);
    figure_sheet_done(&s->sheet);
    memset(s, 0, sizeof *s);
}

/* What is searched; nothing where the definition has changed since. */
static void define_search(struct view_study *s, const struct mmoe_grid *grid,
                          const struct mmoe_definition *def)
{
    struct mmoe_error err;
    s->searched = def ? def->searched : (struct mmoe_searched){0};
    if (s->searched.trials && mmoe_failed(mmoe_trials_narrow(&s->searched, &grid->base, &err)))
        s->searched.trials = 0;
}

/* Behind the title which value of the axis is searched. */
static void add_searched(struct view_study *s, const struct mmoe_grid *grid)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s: ", s->title);
    mmoe_option_show(&grid->base, s->searched.axis, &t);
    snprintf(s->title, sizeof s->title, "%s", t.s);
    mmoe_text_done(&t);
}

static void define(struct view_study *s, const struct mmoe_grid *grid,
                   const struct mmoe_definition *def)
{
    s->figure = def ? def->figure : MMOE_DRAWING_HISTOGRAMS;
    s->panel_axis = mmoe_cells_axis(grid, def ? def->panels : NULL);
    s->series_axis = mmoe_cells_axis(grid, def ? def->series : NULL);
    s->claims = def && def->claims;
    define_search(s, grid, def);
    s->said_count = def ? def->said_count : 0;
    for (size_t i = 0; i < s->said_count; i++)
        s->said[i] = def->said[i];
    snprintf(s->name, sizeof s->name, "%s", def ? def->about.name : "");
    snprintf(s->title, sizeof s->title, "%s", def ? def->about.title : "");
    if (s->searched.trials && s->searched.axis)
        add_searched(s, grid);
    snprintf(s->note, sizeof s->note, "%s", def ? def->about.note : "");
}

bool view_study_has_curves(const struct view_study *s)
{
    return s->figure == MMOE_DRAWING_CURVES || s->figure == MMOE_DRAWING_CHECKPOINTS;
}

void view_study_begin(struct view_study *s, int64_t id, const struct mmoe_grid *grid,
                      const char *command, const struct mmoe_definition *def)
{
    view_study_close(s);
    s->id = id;
    snprintf(s->command, sizeof s->command, "%s", command);
    define(s, grid, def);
    s->tally = mmoe_tally_new(grid, view_study_has_curves(s));
}

static bool same_heard(const struct view_heard *a, const struct view_heard *b)
{
    bool same = isnan(a->threshold) ? isnan(b->threshold) : a->threshold == b->threshold;
    return same && a->metric == b->metric && a->task == b->task;
}

void view_study_heard(struct view_study *s, const struct view_heard *h)
{
    for (size_t i = 0; i < s->heard_count; i++)
        if (same_heard(&s->heard[i], h))
            return;
    if (s->heard_count == VIEW_HEARD_MAX)
        memmove(s->heard, s->heard + 1, --s->heard_count * sizeof *s->heard);
    s->heard[s->heard_count++] = *h;
}
