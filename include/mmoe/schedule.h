/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule.h - what the command `study NAME` still has to do.
 *
 * A definition is one study, or several that follow each other. Of each part an
 * option may have to be chosen first, which is a study of its own. The schedule says
 * what comes next and calls nobody: whoever drives it trains or opens the study,
 * writes the files, and tells what came of it.
 *
 *   CHOOSE (where an option is to be chosen) -> TRAIN -> FILES -> next part ... -> REPORT -> OVER
 *
 * A part that searches is trained a batch of trials at a time, each time the same study grown
 * (trials.h), and is followed by a part of its own: its best trials on new seeds.
 *
 * Ownership: mmoe_schedule_new / _free; what is asked for is the schedule's.
 * Threads:   one at a time.
 *
 *   struct mmoe_schedule *s = mmoe_schedule_new(&order, &err);
 *   while (!mmoe_failed(mmoe_schedule_next(s, &step, &err)) && step.kind != MMOE_SCHEDULE_OVER)
 *       ... do it ...  mmoe_schedule_told(s, study, tally);
 */
#ifndef MMOE_SCHEDULE_H
#define MMOE_SCHEDULE_H

#include <stdint.h>

#include <mmoe/choice.h>
#include <mmoe/definition.h>
#include <mmoe/tally.h>

struct mmoe_schedule_pair {
    const char *key, *value;
};

/* Whether options are chosen anew that a definition has kept. */
enum mmoe_choosing {
    MMOE_CHOOSE_NEEDED, /* where it keeps no choice, or the order sets options */
    MMOE_CHOOSE_AGAIN,
    MMOE_CHOOSE_KEPT /* whatever else is set */
};

/* What was asked for; all of it is copied. */
struct mmoe_schedule_order {
    const char *name;                     /* of the definition, or its file */
    const struct mmoe_definition *def;    /* in its place, one that has no file, or NULL */
    const char *command;                  /* as typed */
    const struct mmoe_options *session;   /* whose session options hold */
    size_t seeds;                         /* 0: as defined */
    const struct mmoe_schedule_pair *set; /* options and axes in place of the definition's */
    size_t set_count;
    enum mmoe_choosing choosing;
};

/* A part that is done, or in progress. */
struct mmoe_schedule_part {
    char name[MMOE_NAME_MAX];
    char source[MMOE_FILE_MAX]; /* where its definition is: its name, or a file */
    int64_t study;              /* in its store; 0: not begun */
    bool has_choice;
    struct mmoe_choice choice;
    struct mmoe_grid choice_grid; /* the grid it was chosen on */
    bool kept;                    /* what the definition keeps is used */
    size_t place;                 /* of a search: the value of the axis whose search it is */
    bool again;                   /* the best trials of the part before, on new seeds */
};
enum { MMOE_SCHEDULE_PARTS_MAX = 32 };

enum mmoe_schedule_kind {
    MMOE_SCHEDULE_CHOOSE, /* train the grid; it belongs to the schedule, and is no study of def */
    MMOE_SCHEDULE_TRAIN,  /* train the grid */
    MMOE_SCHEDULE_FILES,  /* the part is complete: write its figures */
    MMOE_SCHEDULE_REPORT, /* all parts are complete: write the report */
    MMOE_SCHEDULE_OVER
};

struct mmoe_schedule_step {
    enum mmoe_schedule_kind kind;
    size_t part;                       /* its place among the parts */
    const struct mmoe_grid *grid;      /* CHOOSE and TRAIN: what to train */
    const struct mmoe_definition *def; /* what it is shown by */
    bool grows;                        /* TRAIN: of a search; the study is extended */
};

struct mmoe_schedule;

/* NULL and *err where any part could not be done: nothing that can be refused is refused later. */
struct mmoe_schedule *mmoe_schedule_new(const struct mmoe_schedule_order *order,
                                        struct mmoe_error *err);
void mmoe_schedule_free(struct mmoe_schedule *s); /* NULL allowed */

/* What is to be done now; asked again, the same until it is told. Fails where a definition has
 * changed meanwhile; then it is over. */
enum mmoe_status mmoe_schedule_next(struct mmoe_schedule *s, struct mmoe_schedule_step *step,
                                    struct mmoe_error *err);
/* The step is done. CHOOSE and TRAIN: as study of that number, with that tally. */
void mmoe_schedule_told(struct mmoe_schedule *s, int64_t study, const struct mmoe_tally *t);
/* Nothing more is to be done. */
void mmoe_schedule_stop(struct mmoe_schedule *s);
bool mmoe_schedule_is_over(const struct mmoe_schedule *s);

const char *mmoe_schedule_name(const struct mmoe_schedule *s); /* of the definition */
const char *mmoe_schedule_title(const struct mmoe_schedule *s);
const char *mmoe_schedule_command(const struct mmoe_schedule *s);
/* It has several parts. */
bool mmoe_schedule_is_many(const struct mmoe_schedule *s);
/* Parts that have a study, in their order. */
size_t mmoe_schedule_parts(const struct mmoe_schedule *s, const struct mmoe_schedule_part **part);

#endif
