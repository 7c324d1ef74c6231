/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pairs.c - rows of the histograms set against each other. */
#include "ui/panel/pairs.h"

#include <math.h>

#include <mmoe/cells.h>

/* --- which rows --- */

static bool same_seeds(const struct mmoe_options *a, const struct mmoe_options *b)
{
    return mmoe_option_same(a, b, mmoe_option_find("seed"));
}

static struct pair pair_groups(const struct view *v, const struct view_group *a,
                               const struct view_group *b)
{
    size_t x = view_group_done(a), y = view_group_done(b);
    return (struct pair){.name = a->name,
                         .to = b->name,
                         .a = mmoe_tally_values(a->tally, 0, v->metric, v->task),
                         .b = mmoe_tally_values(b->tally, 0, v->metric, v->task),
                         .seeds = x < y ? x : y,
                         .same_seeds = same_seeds(&a->options, &b->options)};
}

static bool group_pair(const struct view *v, size_t i, struct pair *p)
{
    if (i + 1 >= v->group_count)
        return false;
    *p = pair_groups(v, &v->groups[i + 1], &v->groups[0]);
    return true;
}

/* The only row of a model, or NULL. */
static const struct view_group *row_of(const struct view *v, int model)
{
    const struct view_group *found = NULL;
    size_t n = 0;
    for (size_t i = 0; i < v->group_count && !v->study.tally; i++)
        if (v->groups[i].options.model == model) {
            found = &v->groups[i];
            n++;
        }
    return n == 1 ? found : NULL;
}

/* The axis whose values are set against each other; -1: none varies. */
static int contrast_of(const struct view_study *s)
{
    const struct mmoe_grid *g = mmoe_tally_grid(s->tally);
    int models = mmoe_cells_axis(g, mmoe_option_find("model")), last = -1;
    for (size_t a = 0; a < g->axis_count; a++)
        last = !g->axes[a].follows && g->axes[a].count > 1 ? (int)a : last;
    if (s->series_axis >= 0 && g->axes[s->series_axis].count > 1)
        return s->series_axis;
    return models >= 0 && g->axes[models].count > 1 ? models : last;
}

/* Is cell b what a is set against? */
static bool is_reference(const struct mmoe_grid *g, int contrast, size_t a, size_t b)
{
    bool is = mmoe_grid_place(g, b, (size_t)contrast) == 0 && a != b;
    for (size_t axis = 0; axis < g->axis_count && is; axis++)
        is = g->axes[axis].follows || (int)axis == contrast ||
             mmoe_grid_place(g, a, axis) == mmoe_grid_place(g, b, axis);
    return is;
}

/* The i-th pair of a study; names are its text, which the caller keeps. */
static bool cell_pair(const struct view *v, size_t i, struct mmoe_text name[2], struct pair *p)
{
    const struct view_study *s = &v->study;
    const struct mmoe_grid *g = mmoe_tally_grid(s->tally);
    size_t cells = mmoe_grid_cells(g);
    int contrast = contrast_of(s);
    for (size_t a = 0; contrast >= 0 && a < cells; a++)
        for (size_t b = 0; b < cells; b++) {
            if (!is_reference(g, contrast, a, b) || i-- > 0)
                continue;
            mmoe_text_clear(&name[0]);
            mmoe_text_clear(&name[1]);
            mmoe_cells_name(g, a, &name[0]);
            mmoe_cells_name(g, b, &name[1]);
            *p = (struct pair){.name = name[0].s,
                               .to = name[1].s,
                               .a = mmoe_tally_values(s->tally, a, v->metric, v->task),
                               .b = mmoe_tally_values(s->tally, b, v->metric, v->task),
                               .seeds = g->seeds,
                               .same_seeds = true};
            return true;
        }
    return false;
}

bool pair_at(const struct view *v, size_t i, struct mmoe_text name[2], struct pair *p)
{
    return v->study.tally ? cell_pair(v, i, name, p) : group_pair(v, i, p);
}

/* --- told --- */

static bool is_undecided(const struct mmoe_paired *r)
{
    return r->n > 1 && !(r->difference.high < r->same) && !(r->difference.low > r->same);
}

/* Rounded up to two digits. */
static uint64_t two_digits(double n)
{
    double unit = pow(10, fmax(0, floor(log10(n)) - 1));
    return (uint64_t)(ceil(n / unit) * unit);
}

static const char *verdict_of(const struct pair *p, const struct mmoe_paired *r)
{
    if (!p->same_seeds)
        return "other seeds: not paired";
    if (r->n == 0)
        return "no seed has both";
    if (r->n < p->seeds) /* a verdict holds at the end alone */
        return "so far";
    return r->difference.high < r->same  ? "lower"
           : r->difference.low > r->same ? "higher"
                                         : "undecided";
}

void pair_add_words(const struct view *v, const struct pair *p, const struct mmoe_paired *r,
                    struct mmoe_text *t)
{
    char value[32], low[32], high[32], measure[64];
    mmoe_text_add(t, "%s against %s: ", p->name, p->to);
    if (r->n == 0) {
        mmoe_text_add(t, "%s", verdict_of(p, r));
        return;
    }
    mmoe_format_loss(r->difference.value, value, sizeof value);
    mmoe_text_add(t, "%s %s %s", view_measure(v, measure, sizeof measure),
                  r->ratio ? "is a ratio of" : "differs by", value);
    if (r->n > 1)
        mmoe_text_add(t, " [%s, %s]", mmoe_format_loss(r->difference.low, low, sizeof low),
                      mmoe_format_loss(r->difference.high, high, sizeof high));
    mmoe_text_add(t, ", lower on %s of %s", mmoe_format_count(r->lower, MMOE_NUMBER),
                  MMOE_COUNTED(r->n, "seed"));
    if (r->diverged)
        mmoe_text_add(t, " (%s diverged and counted as worst)",
                      mmoe_format_count(r->diverged, MMOE_NUMBER));
    mmoe_text_add(t, ": %s", verdict_of(p, r));
    if (is_undecided(r) && isfinite(r->needed))
        mmoe_text_add(t, "; about %s would decide, if that is the truth",
                      MMOE_COUNTED(two_digits(r->needed), "seed"));
}

void pair_compare(const struct view *v, const struct pair *p, struct mmoe_paired *r)
{
    bool able = p->same_seeds && p->a && p->b;
    mmoe_paired_compare(p->a, p->b, able ? p->seeds : 0, mmoe_metrics_table[v->metric].upwards, r);
}

bool pair_of_models(const struct view *v, int first, int second, struct pair *p)
{
    const struct view_group *x = row_of(v, first), *y = row_of(v, second);
    if (!x || !y || x == y)
        return false;
    *p = pair_groups(v, x, y);
    return true;
}

void pair_add_short(const struct pair *p, const struct mmoe_paired *r, struct mmoe_text *t)
{
    char value[32], low[32], high[32];
    mmoe_text_add(t, "%s %s", p->name, mmoe_format_loss(r->difference.value, value, sizeof value));
    if (r->n > 1)
        mmoe_text_add(t, " [%s, %s]", mmoe_format_loss(r->difference.low, low, sizeof low),
                      mmoe_format_loss(r->difference.high, high, sizeof high));
    mmoe_text_add(t, r->ratio ? " of %s" : " above %s", p->to);
    mmoe_text_add(t, ", lower on %s of %s: %s", mmoe_format_count(r->lower, low, sizeof low),
                  mmoe_format_count(r->n, high, sizeof high), verdict_of(p, r));
    if (is_undecided(r) && isfinite(r->needed))
        mmoe_text_add(t, "; %s would decide",
                      mmoe_format_count(two_digits(r->needed), value, sizeof value));
}
