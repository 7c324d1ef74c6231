/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.c - one run picked out of a panel. */
#include "ui/panel/pick.h"

#include <math.h>
#include <string.h>

#include <mmoe/cells.h>

#include "ui/panel/panels.h"

/* --- rows of histograms --- */

static size_t rows(const struct view *v)
{
    return v->study.tally ? mmoe_grid_cells(mmoe_tally_grid(v->study.tally)) : v->group_count;
}

/* The tally of a row, and its cell in it. */
static struct mmoe_tally *tally_of(const struct view *v, size_t row, size_t *cell)
{
    *cell = v->study.tally ? row : 0;
    return row >= rows(v) ? NULL : v->study.tally ? v->study.tally : v->groups[row].tally;
}

static const struct mmoe_spread *spread_of(const struct view *v, size_t row)
{
    size_t cell;
    struct mmoe_tally *t = tally_of(v, row, &cell);
    return t ? mmoe_tally_spread(t, cell, v->metric, v->task) : NULL;
}

static size_t count_of(const struct view *v, size_t row)
{
    const struct mmoe_spread *s = spread_of(v, row);
    return s ? s->summary.n : 0;
}

/* The options of the i-th seed of a row. */
static bool options_of(const struct view *v, size_t row, size_t i, struct mmoe_options *out)
{
    if (!v->study.tally) {
        mmoe_options_seeded(&v->groups[row].options, i, out);
        return true;
    }
    const struct mmoe_grid *g = mmoe_tally_grid(v->study.tally);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++)
        if (mmoe_grid_cell(g, run) == row && mmoe_grid_seed(g, run) == i) {
            mmoe_grid_options(g, run, out);
            return true;
        }
    return false;
}

static size_t seeds_of(const struct view *v, size_t row)
{
    return v->study.tally ? mmoe_tally_grid(v->study.tally)->seeds : v->groups[row].wanted;
}

/* The seed whose value has that place in ascending order; of equal ones the first is the first. */
static bool find_seed(const struct view *v, size_t row, size_t place, size_t *seed)
{
    size_t cell, equal = 0;
    const struct mmoe_tally *t = tally_of(v, row, &cell);
    const struct mmoe_spread *s = spread_of(v, row);
    const double *value = t ? mmoe_tally_values(t, cell, v->metric, v->task) : NULL;
    if (!value || !s || place >= s->summary.n)
        return false;
    for (size_t i = place; i > 0 && s->sorted[i - 1] >= s->sorted[place]; i--)
        equal++;
    for (size_t i = 0; i < seeds_of(v, row); i++)
        if (value[i] >= s->sorted[place] && value[i] <= s->sorted[place] && equal-- == 0) {
            *seed = i;
            return true;
        }
    return false;
}

bool pick_seed(const struct view *v, size_t row, size_t seed, struct mmoe_options *out)
{
    for (size_t i = 0; row < rows(v) && i < seeds_of(v, row); i++)
        if (options_of(v, row, i, out) && out->seed_data == seed)
            return true;
    return false;
}

static const char *row_name(const struct view *v, size_t row, struct mmoe_text *t)
{
    if (!v->study.tally)
        return v->groups[row].name;
    mmoe_cells_name(mmoe_tally_grid(v->study.tally), row, t);
    return t->s;
}

/* --- the list of runs, kept ones first --- */

static size_t run_at(const struct view *v, size_t place)
{
    size_t k = 0;
    for (size_t i = 0; i < v->run_count; i++) {
        bool live = false;
        for (size_t l = 0; l < v->lane_count; l++)
            live = live || v->lanes[l].id == v->runs[i].id;
        if (!live && k++ == place)
            return v->runs[i].id;
    }
    for (size_t l = 0; l < v->lane_count; l++)
        if (v->lanes[l].id && v->lanes[l].live->state != MMOE_RUN_EMPTY && k++ == place)
            return v->lanes[l].id;
    return 0;
}

static size_t run_count(const struct view *v)
{
    size_t n = 0;
    while (run_at(v, n))
        n++;
    return n;
}

static const char *run_name(const struct view *v, size_t id)
{
    for (size_t l = 0; l < v->lane_count; l++)
        if (v->lanes[l].id == id)
            return v->lanes[l].name;
    for (size_t i = 0; i < v->run_count; i++)
        if (v->runs[i].id == id)
            return v->runs[i].name;
    return "";
}

/* --- all of them --- */

static bool is_list(const struct view *v)
{
    return v->focus == PANEL_RUNS;
}

bool pick_is_possible(const struct view *v)
{
    if (is_list(v))
        return run_count(v) > 0;
    for (size_t i = 0; v->focus == PANEL_HIST && i < rows(v); i++)
        if (count_of(v, i))
            return true;
    return false;
}

void pick_begin(struct view *v)
{
    v->pick = (struct view_pick){.on = true};
    if (is_list(v)) {
        v->pick.place = run_count(v) - 1;
        return;
    }
    while (!count_of(v, v->pick.row))
        v->pick.row++;
    v->pick.place = count_of(v, v->pick.row) / 2;
}

static size_t moved(size_t at, int by, size_t count)
{
    if (by < 0)
        return at ? at - 1 : 0;
    return by > 0 && at + 1 < count ? at + 1 : at;
}

void pick_move(struct view *v, int across, int down)
{
    struct view_pick *p = &v->pick;
    if (is_list(v)) {
        p->place = moved(p->place, across + down, run_count(v));
        return;
    }
    size_t before = p->row, share = count_of(v, before);
    p->place = moved(p->place, across, share);
    p->row = moved(p->row, down, rows(v));
    if (!count_of(v, p->row))
        p->row = before;
    if (p->row != before && share) /* about as far from the least as it was */
        p->place = p->place * count_of(v, p->row) / share;
}

bool pick_at(const struct view *v, struct pick *out)
{
    const struct view_pick *p = &v->pick;
    size_t seed;
    *out = (struct pick){.place = p->place + 1};
    if (!p->on || !pick_is_possible(v))
        return false;
    if (is_list(v)) {
        out->run = run_at(v, p->place);
        const struct mmoe_snapshot *s = view_run_find(v, out->run);
        out->count = run_count(v);
        out->name = run_name(v, out->run);
        out->value = s ? s->value[MMOE_LOSS][0] : (double)NAN;
        if (s)
            out->options = s->options;
        return s != NULL;
    }
    if (!find_seed(v, p->row, p->place, &seed) || !options_of(v, p->row, seed, &out->options))
        return false;
    out->row = p->row + 1;
    out->seed = out->options.seed_data;
    out->count = count_of(v, p->row);
    out->value = spread_of(v, p->row)->sorted[p->place];
    return true;
}

void pick_words(const struct view *v, struct mmoe_text *t)
{
    struct mmoe_text name = {0};
    struct pick p;
    if (!pick_at(v, &p))
        return;
    if (p.run)
        mmoe_text_add(t, "run %zu  %s", p.run, p.name);
    else
        mmoe_text_add(t, "%s  seed %zu", row_name(v, p.row - 1, &name), p.seed);
    mmoe_text_add(t, "  %s  %s of %s", mmoe_format_loss(p.value, MMOE_NUMBER),
                  mmoe_format_count(p.place, MMOE_NUMBER), mmoe_format_count(p.count, MMOE_NUMBER));
    mmoe_text_done(&name);
}
