/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - what the command `study NAME` still has to do.
 *
 *   BEGUN -> CHOOSING -> TRAINING -> CHOOSING -> TRAINING -> ... -> OVER
 *
 * CHOOSING is left out where nothing is to be chosen. A step is taken when no
 * study is in progress: at the command, and at the end of each study.
 */
#include "ui/app/plan.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

/* --- the order, kept --- */

static const char *copy(const char *s)
{
    return s ? mmoe_strdup(s) : NULL;
}

static void drop(const char *s)
{
    mmoe_free((void *)(uintptr_t)s);
}

static void keep_order(struct plan *p, const struct plan_order *o)
{
    struct plan_pair *set = o->set_count ? mmoe_alloc(o->set_count, sizeof *set) : NULL;
    for (size_t i = 0; i < o->set_count; i++)
        set[i] = (struct plan_pair){copy(o->set[i].key), copy(o->set[i].value)};
    p->order = *o;
    p->order.name = copy(o->name);
    p->order.command = copy(o->command);
    p->order.store = copy(o->store);
    p->order.out = copy(o->out);
    p->order.set = set;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->order.set_count; i++) {
        drop(p->order.set[i].key);
        drop(p->order.set[i].value);
    }
    mmoe_free((void *)(uintptr_t)p->order.set);
    drop(p->order.name);
    drop(p->order.command);
    drop(p->order.store);
    drop(p->order.out);
    mmoe_free(p->title);
    mmoe_free(p);
}

/* --- grids --- */

static enum mmoe_status put_pairs(const struct plan *p, struct mmoe_grid *g, struct mmoe_error *err)
{
    for (size_t i = 0; i < p->order.set_count; i++) {
        const struct plan_pair *pair = &p->order.set[i];
        enum mmoe_status status = mmoe_grid_put(g, pair->key, pair->value, err);
        if (mmoe_failed(status))
            return status;
    }
    return mmoe_grid_check(g, err);
}

/* Something is to be chosen, and the order does not name it. */
static bool chooses(const struct plan *p)
{
    for (size_t i = 0; i < p->order.set_count; i++)
        if (p->def.choose && strcmp(p->order.set[i].key, p->def.choose->name) == 0)
            return false;
    return p->def.choose != NULL;
}

static enum mmoe_status choice_grid(const struct plan *p, const struct mmoe_options *settings,
                                    struct mmoe_grid *g, struct mmoe_error *err)
{
    enum mmoe_status status = mmoe_definition_choice_grid(&p->def, settings, g, err);
    return mmoe_failed(status) ? status : put_pairs(p, g, err);
}

/* The grid of the study itself; of what is chosen, if it is known yet. */
static enum mmoe_status main_grid(const struct plan *p, const struct mmoe_options *settings,
                                  const struct mmoe_choice *choice, struct mmoe_grid *g,
                                  struct mmoe_error *err)
{
    struct mmoe_grid tuning;
    enum mmoe_status status = mmoe_definition_grid(&p->def, settings, g, err);
    if (mmoe_failed(status))
        return status;
    if (p->order.seeds)
        g->seeds = p->order.seeds;
    status = put_pairs(p, g, err);
    if (mmoe_failed(status) || !choice)
        return status;
    status = choice_grid(p, settings, &tuning, err);
    return mmoe_failed(status) ? status : mmoe_choice_follow(choice, &tuning, g, err);
}

/* --- the beginning --- */

static void list_parts(struct plan *p, const struct mmoe_definition *def)
{
    p->count = def->part_count ? def->part_count : 1;
    for (size_t i = 0; i < p->count; i++) {
        struct plan_part *part = &p->parts[i];
        snprintf(part->name, sizeof part->name, "%s",
                 def->part_count ? def->parts[i] : def->about.name);
        part->source = def->part_count ? part->name : p->order.name;
    }
}

static enum mmoe_status check_part(struct plan *p, const struct plan_part *part,
                                   const struct mmoe_options *settings, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    enum mmoe_status status = mmoe_definition_read(part->source, &p->def, err);
    if (mmoe_failed(status))
        return status;
    if (p->def.part_count)
        return mmoe_fail(err, MMOE_INVALID, "study %s has parts itself: it cannot be one",
                         part->name);
    status = main_grid(p, settings, NULL, &grid, err);
    if (mmoe_failed(status))
        return status;
    return chooses(p) ? choice_grid(p, settings, &grid, err) : MMOE_OK;
}

struct plan *plan_new(const struct plan_order *order, const struct mmoe_options *settings,
                      struct mmoe_error *err)
{
    struct mmoe_definition def;
    if (mmoe_failed(mmoe_definition_read(order->name, &def, err)))
        return NULL;
    struct plan *p = mmoe_alloc(1, sizeof *p);
    keep_order(p, order);
    if (!p->order.out && def.part_count)
        p->order.out = copy(def.about.name); /* who asks for several wants to keep them */
    p->title = mmoe_strdup(def.about.title);
    list_parts(p, &def);
    for (size_t i = 0; i < p->count; i++)
        if (mmoe_failed(check_part(p, &p->parts[i], settings, err)))
            goto fail;
    return p;
fail:
    plan_free(p);
    return NULL;
}

/* --- stages --- */

static enum mmoe_status next_main(struct plan *p, const struct mmoe_options *settings,
                                  struct plan_study *next, struct mmoe_error *err)
{
    const struct plan_part *part = &p->parts[p->at];
    p->stage = PLAN_TRAINING;
    next->def = p->def;
    return main_grid(p, settings, part->has_choice ? &part->choice : NULL, &next->grid, err);
}

static enum mmoe_status next_choice(struct plan *p, const struct mmoe_options *settings,
                                    struct plan_study *next, struct mmoe_error *err)
{
    struct mmoe_definition *def = &next->def;
    p->stage = PLAN_CHOOSING;
    *def = p->def;
    def->claims = false;
    def->figure = MMOE_DRAWING_HISTOGRAMS;
    def->panels = NULL;
    def->series = p->def.choose_for;
    snprintf(def->about.title, sizeof def->about.title,
             "choosing %s for each %s on seeds of their own", def->choose->name,
             def->choose_for->name);
    return choice_grid(p, settings, &next->grid, err);
}

static enum mmoe_status take_step(struct plan *p, const struct mmoe_options *settings,
                                  struct plan_study *next, struct mmoe_error *err)
{
    if (p->stage == PLAN_CHOOSING)
        return next_main(p, settings, next, err);
    p->at += p->stage == PLAN_TRAINING;
    if (p->at == p->count) {
        p->stage = PLAN_OVER;
        return MMOE_OK;
    }
    enum mmoe_status status = mmoe_definition_read(p->parts[p->at].source, &p->def, err);
    if (mmoe_failed(status))
        return status;
    return chooses(p) ? next_choice(p, settings, next, err) : next_main(p, settings, next, err);
}

enum mmoe_status plan_next(struct plan *p, const struct mmoe_options *settings,
                           struct plan_study *next, struct mmoe_error *err)
{
    enum mmoe_status status = take_step(p, settings, next, err);
    if (mmoe_failed(status))
        p->stage = PLAN_OVER;
    return status;
}

void plan_began(struct plan *p, int64_t id)
{
    if (p->stage == PLAN_TRAINING)
        p->parts[p->at].id = id;
}

const struct mmoe_choice *plan_choose(struct plan *p, const struct mmoe_grid *grid,
                                      const double *const *losses)
{
    struct plan_part *part = &p->parts[p->at];
    mmoe_choice_make(grid, p->def.choose, p->def.choose_for, losses, &part->choice);
    part->has_choice = true;
    return &part->choice;
}

size_t plan_trained(const struct plan *p)
{
    size_t n = 0;
    while (n < p->count && p->parts[n].id)
        n++;
    return n;
}
