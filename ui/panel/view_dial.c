/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_dial.c - what runs came to at the values that an option was turned to. */
#include "ui/panel/view_dial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel/view.h"

void view_dial_open(struct view *v, const struct mmoe_option *option)
{
    struct view_dial *d = &v->dial;
    if (d->option != option)
        *d = (struct view_dial){.option = option};
    d->row.count = d->next = 0;
}

void view_dial_close(struct view *v)
{
    v->dial = (struct view_dial){0};
}

/* Do settings differ in the turned option alone, of all that can matter? */
static bool is_comparable(const struct mmoe_options *a, const struct mmoe_options *b,
                          const struct mmoe_option *turned)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        bool aside = option->group == MMOE_GROUP_SESSION || mmoe_option_is_alias(option) ||
                     option->offset == turned->offset ||
                     (mmoe_option_is_alias(turned) && option->type == MMOE_TYPE_SEED);
        if (!aside && !mmoe_option_same(a, b, option))
            return false;
    }
    return true;
}

static struct view_dial_point point_of(const struct mmoe_snapshot *s, double x)
{
    struct view_dial_point p = {
        .x = x,
        .pearson = s->pearson,
        .overlap = s->gate.gates > 1 ? s->gate.overlap[0][1] : (double)NAN,
    };
    for (size_t k = 0; k < s->tasks; k++)
        p.loss[k] = s->state == MMOE_RUN_DIVERGED ? (double)NAN
                    : s->tested                   ? s->final[MMOE_LOSS][k]
                                                  : s->value[MMOE_LOSS][k];
    return p;
}

static void put(struct view_dial_curve *c, const struct view_dial_point *p)
{
    size_t at = 0;
    while (at < c->count && c->point[at].x < p->x)
        at++;
    if (at == c->count || c->point[at].x > p->x) {
        if (c->count == MMOE_TURN_VALUES)
            return;
        memmove(&c->point[at + 1], &c->point[at], (c->count - at) * sizeof *p);
        c->count++;
    }
    c->point[at] = *p;
}

void view_dial_add(struct view *v, size_t lane)
{
    const struct view_dial *d = &v->dial;
    const struct mmoe_snapshot *s = v->lanes[lane].live;
    struct view_dial_curve *c = &v->dial.curve[lane];
    double x = d->option ? mmoe_turn_number(&s->options, d->option) : (double)NAN;
    if (isnan(x) || (s->state != MMOE_RUN_FINISHED && s->state != MMOE_RUN_DIVERGED))
        return;
    if (c->count && !is_comparable(&c->options, &s->options, d->option))
        *c = (struct view_dial_curve){0};
    c->options = s->options;
    c->tasks = s->tasks;
    for (size_t k = 0; k < s->tasks; k++)
        snprintf(c->task[k], sizeof c->task[k], "%s", s->task[k].name);
    const struct view_dial_point p = point_of(s, x);
    put(c, &p);
}
