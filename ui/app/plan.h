/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - what the command `study NAME` still has to do.
 *
 * A definition is one study, or several that follow each other. Of each part
 * an option may have to be chosen first, which is a study of its own. Every
 * study is looked for in the store before it is begun, so that the same
 * command again goes on where it was cut off, and two definitions of the same
 * runs train them once.
 *
 * A plan says what to train next and is told what came of it; it trains,
 * writes and reports nothing.
 *
 * Ownership: plan_new / plan_free; a plan owns copies of its order. Threads: values.
 *
 *   p = plan_new(&order, &settings, &err);
 *   while (plan_next(p, &settings, &study, &err) == MMOE_OK && p->stage != PLAN_OVER)
 *       ... train study; where p->stage is PLAN_CHOOSING: plan_choose(p, &study.grid, losses) ...
 */
#ifndef MMOE_UI_PLAN_H
#define MMOE_UI_PLAN_H

#include <mmoe/choice.h>
#include <mmoe/definition.h>

struct plan_pair {
    const char *key, *value;
};

/* What was asked for. */
struct plan_order {
    const char *name;            /* of the definition, or its file */
    const char *command;         /* as typed */
    const char *store;           /* NULL: the usual one */
    const char *out;             /* the folder figures go to; NULL: none are written */
    size_t jobs, seeds;          /* seeds 0: as defined */
    const struct plan_pair *set; /* options and axes in the place of the definition's */
    size_t set_count;
};

/* A part that is done, or in progress. */
struct plan_part {
    char name[MMOE_NAME_MAX];
    const char *source; /* where its definition is: its name, or a file */
    int64_t id;         /* its study; 0: not begun */
    bool has_choice;
    struct mmoe_choice choice;
};

/* What the newest study that plan_next gave is for. */
enum plan_stage { PLAN_BEGUN, PLAN_CHOOSING, PLAN_TRAINING, PLAN_OVER };

/* To be read; its functions change it. */
struct plan {
    enum plan_stage stage;
    struct plan_order order; /* its own copies; out is also where parts of a definition go */
    char *title;
    struct mmoe_definition def; /* of the part it is at */
    bool stopped;               /* the study in progress is the last */
    size_t at, count;
    struct plan_part parts[MMOE_PARTS_MAX];
};

/* Check all of it on those settings; whatever would be refused later is refused now: NULL. */
struct plan *plan_new(const struct plan_order *order, const struct mmoe_options *settings,
                      struct mmoe_error *err);
void plan_free(struct plan *p); /* NULL allowed */

/* A study to be trained. */
struct plan_study {
    struct mmoe_grid grid;
    struct mmoe_definition def; /* how it is told and drawn */
};
/* The next one: its stage says what for; PLAN_OVER: there is none. Where it cannot be made the plan
 * is over, too. */
enum mmoe_status plan_next(struct plan *p, const struct mmoe_options *settings,
                           struct plan_study *next, struct mmoe_error *err);
/* The study of that number is the one of the stage. */
void plan_began(struct plan *p, int64_t id);
/* PLAN_CHOOSING, and its study is complete: losses[cell] are those of its cells by seed. */
const struct mmoe_choice *plan_choose(struct plan *p, const struct mmoe_grid *grid,
                                      const double *const *losses);
/* Parts that have a study, the first ones. */
size_t plan_trained(const struct plan *p);

#endif
