/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule.c - the steps of the command `study NAME` that are still to be done.
 *
 * The definition of a part is read twice: when the order is given, to refuse it if it is
 * wrong, and when the part begins.
 */
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/mem.h>
#include <mmoe/schedule.h>
#include <mmoe/ties.h>
#include <mmoe/trials.h>

struct mmoe_schedule {
    enum mmoe_schedule_kind kind; /* of the step that is to be done */
    bool begun;                   /* grid and def are those of that step */
    bool unchosen;                /* no run had a value to choose by: the step cannot begin */
    struct mmoe_options session;
    size_t seeds;
    char *name, *title, *command;   /* as ordered; of the definition; as typed */
    char defined[MMOE_NAME_MAX];    /* the definition's own name */
    struct mmoe_schedule_pair *set; /* copies */
    size_t set_count;
    enum mmoe_choosing choosing;
    size_t count, at;
    struct mmoe_schedule_part parts[MMOE_SCHEDULE_PARTS_MAX];
    struct mmoe_trials *trials;   /* of the part it is at, or of the one before its own */
    struct mmoe_definition *own;  /* what was given in a file's place, or NULL */
    bool many;                    /* the order was one of several parts */
    struct mmoe_definition def;   /* of the part it is at */
    struct mmoe_definition shown; /* what the step is shown by */
    struct mmoe_grid grid;        /* of the step */
};

/* --- the order, kept --- */

void mmoe_schedule_free(struct mmoe_schedule *s)
{
    if (!s)
        return;
    mmoe_trials_free(s->trials);
    mmoe_free(s->own);
    for (size_t i = 0; i < s->set_count; i++) {
        mmoe_free((void *)(uintptr_t)s->set[i].key);
        mmoe_free((void *)(uintptr_t)s->set[i].value);
    }
    mmoe_free(s->set);
    mmoe_free(s->name);
    mmoe_free(s->title);
    mmoe_free(s->command);
    mmoe_free(s);
}

static struct mmoe_schedule *keep(const struct mmoe_schedule_order *o)
{
    struct mmoe_schedule *s = mmoe_alloc(1, sizeof *s);
    s->session = *o->session;
    s->seeds = o->seeds;
    s->name = mmoe_strdup(o->name);
    s->command = mmoe_strdup(o->command);
    s->set = mmoe_alloc(o->set_count, sizeof *s->set);
    s->set_count = o->set_count;
    s->choosing = o->choosing;
    if (o->def) {
        s->own = mmoe_alloc(1, sizeof *s->own);
        *s->own = *o->def;
    }
    for (size_t i = 0; i < o->set_count; i++)
        s->set[i] =
            (struct mmoe_schedule_pair){mmoe_strdup(o->set[i].key), mmoe_strdup(o->set[i].value)};
    return s;
}

/* Read the definition of the part. */
static enum mmoe_status read_part(struct mmoe_schedule *s, size_t i, struct mmoe_error *err)
{
    if (!s->own)
        return mmoe_definition_read(s->parts[i].source, &s->def, err);
    s->def = *s->own;
    return MMOE_OK;
}

/* --- grids --- */

static enum mmoe_status put_pairs(const struct mmoe_schedule *s, struct mmoe_grid *g,
                                  struct mmoe_error *err)
{
    for (size_t i = 0; i < s->set_count; i++)
        if (mmoe_failed(mmoe_ties_put(g, s->set[i].key, s->set[i].value, err)))
            return err->status;
    if (mmoe_failed(mmoe_grid_check(g, err)))
        return err->status;
    return mmoe_cells_check(g, err);
}

/* Does what the definition keeps of its choice serve? It was chosen with the definition's own
 * settings. */
static bool keeps(const struct mmoe_schedule *s)
{
    return s->def.chosen[0] && (s->choosing == MMOE_CHOOSE_KEPT ||
                                (s->choosing == MMOE_CHOOSE_NEEDED && s->set_count == 0));
}

/* Is there an option to choose that neither the order sets nor the definition keeps? */
static bool chooses(const struct mmoe_schedule *s)
{
    if (keeps(s))
        return false;
    for (size_t i = 0; i < s->set_count; i++)
        if (s->def.choose && strcmp(s->set[i].key, s->def.choose->name) == 0)
            return false;
    return s->def.choose != NULL;
}

static enum mmoe_status choice_grid(const struct mmoe_schedule *s, struct mmoe_grid *g,
                                    struct mmoe_error *err)
{
    if (mmoe_failed(mmoe_definition_choice_grid(&s->def, &s->session, g, err)))
        return err->status;
    return put_pairs(s, g, err);
}

/* The grid of a search: its settings are the definition's and the order's. */
static enum mmoe_status search_grid(struct mmoe_schedule *s, struct mmoe_grid *g,
                                    struct mmoe_error *err)
{
    if (s->seeds)
        return mmoe_fail(err, MMOE_INVALID,
                         "the trials of study %s have one seed: leave out seeds=; its best trials "
                         "are trained on %d more",
                         s->def.about.name, MMOE_TRIALS_SEEDS);
    if (s->trials)
        return mmoe_trials_grid(s->trials, g, err);
    s->trials = mmoe_trials_new(&s->def.searched, g, err);
    return s->trials ? mmoe_trials_grid(s->trials, g, err) : err->status;
}

/* Make the grid of the study itself, with the choice if it is known. */
static enum mmoe_status main_grid(struct mmoe_schedule *s, const struct mmoe_schedule_part *part,
                                  struct mmoe_grid *g, struct mmoe_error *err)
{
    if (part->again)
        return mmoe_trials_again(s->trials, g, err);
    if (mmoe_failed(mmoe_definition_grid(&s->def, &s->session, g, err)))
        return err->status;
    if (s->seeds)
        g->seeds = s->seeds;
    if (mmoe_failed(put_pairs(s, g, err)))
        return err->status;
    if (s->def.searched.trials) {
        if (g->axis_count > 1)
            return mmoe_fail(err, MMOE_INVALID, "a search has one axis at most: %s varies already",
                             g->axes[0].option->name);
        mmoe_trials_base(g, part->place);
        return search_grid(s, g, err);
    }
    if (keeps(s))
        return mmoe_grid_follow(g, s->def.choose->name, s->def.chosen, s->def.choose_for->name,
                                err);
    if (!part->has_choice)
        return MMOE_OK;
    return mmoe_choice_follow(&part->choice, &part->choice_grid, g, err);
}

/* --- the beginning --- */

static void list_parts(struct mmoe_schedule *s, const struct mmoe_definition *def)
{
    s->count = def->part_count ? def->part_count : 1;
    for (size_t i = 0; i < s->count; i++) {
        struct mmoe_schedule_part *part = &s->parts[i];
        bool many = def->part_count > 0;
        snprintf(part->name, sizeof part->name, "%s", many ? def->parts[i] : def->about.name);
        snprintf(part->source, sizeof part->source, "%s", many ? part->name : s->name);
    }
}

static enum mmoe_status check_part(struct mmoe_schedule *s, size_t i, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    if (mmoe_failed(read_part(s, i, err)))
        return err->status;
    if (s->def.part_count)
        return mmoe_fail(err, MMOE_INVALID, "study %s has parts itself: it cannot be one",
                         s->parts[i].name);
    enum mmoe_status status = main_grid(s, &s->parts[i], &grid, err);
    mmoe_trials_free(s->trials);
    s->trials = NULL;
    if (mmoe_failed(status))
        return status;
    return chooses(s) ? choice_grid(s, &grid, err) : MMOE_OK;
}

/* In the place of a part that searches come two for each value of its axis: trials, and the best of
 * them again. *i: the last of them. */
static enum mmoe_status add_searches(struct mmoe_schedule *s, size_t *i, struct mmoe_error *err)
{
    struct mmoe_schedule_part part = s->parts[*i];
    struct mmoe_grid *g = mmoe_alloc(1, sizeof *g);
    enum mmoe_status status = mmoe_definition_grid(&s->def, &s->session, g, err);
    if (!mmoe_failed(status))
        status = put_pairs(s, g, err);
    size_t values = mmoe_failed(status) ? 0 : mmoe_grid_cells(g), more = 2 * values - 1;
    if (!mmoe_failed(status) && s->count + more > MMOE_SCHEDULE_PARTS_MAX)
        status = mmoe_fail(err, MMOE_LIMIT, "study %s has more than %d searches: give it fewer",
                           part.name, MMOE_SCHEDULE_PARTS_MAX / 2);
    if (mmoe_failed(status)) {
        mmoe_free(g);
        return status;
    }
    memmove(&s->parts[*i + 1 + more], &s->parts[*i + 1], (s->count - *i - 1) * sizeof *s->parts);
    s->count += more;
    for (size_t k = 0; k < values; k++)
        for (size_t again = 0; again < 2; again++) {
            struct mmoe_schedule_part *p = &s->parts[*i + 2 * k + again];
            *p = part;
            p->again = again;
            p->place = k;
            snprintf(p->name, sizeof p->name, "%.24s%s%.24s%s", part.name, g->axis_count ? "-" : "",
                     g->axis_count ? mmoe_grid_value(g, 0, k) : "", again ? "-again" : "");
        }
    *i += more;
    mmoe_free(g);
    return MMOE_OK;
}

/* Go to the first step of the present part, or past the last part. */
static void begin_part(struct mmoe_schedule *s)
{
    s->kind = s->at < s->count ? MMOE_SCHEDULE_CHOOSE : MMOE_SCHEDULE_REPORT;
    s->begun = false;
}

struct mmoe_schedule *mmoe_schedule_new(const struct mmoe_schedule_order *order,
                                        struct mmoe_error *err)
{
    struct mmoe_definition def;
    if (strlen(order->name) >= MMOE_FILE_MAX) {
        mmoe_fail(err, MMOE_RANGE, "the name of a study has at most %d bytes", MMOE_FILE_MAX - 1);
        return NULL;
    }
    if (order->def)
        def = *order->def;
    else if (mmoe_failed(mmoe_definition_read(order->name, &def, err)))
        return NULL;
    struct mmoe_schedule *s = keep(order);
    s->title = mmoe_strdup(def.about.title);
    memcpy(s->defined, def.about.name, sizeof s->defined);
    s->many = def.part_count > 0;
    list_parts(s, &def);
    for (size_t i = 0; i < s->count; i++) {
        if (mmoe_failed(check_part(s, i, err))) {
            mmoe_schedule_free(s);
            return NULL;
        }
        if (s->def.searched.trials && mmoe_failed(add_searches(s, &i, err))) {
            mmoe_schedule_free(s);
            return NULL;
        }
    }
    begin_part(s);
    return s;
}

/* --- steps --- */

/* Show the runs to choose by as histograms, without claims. */
static void show_choice(struct mmoe_schedule *s)
{
    s->shown = s->def;
    s->shown.claims = false;
    s->shown.figure = MMOE_DRAWING_HISTOGRAMS;
    s->shown.panels = NULL;
    s->shown.series = s->def.choose_for;
    snprintf(s->shown.about.title, sizeof s->shown.about.title,
             "choosing %s for each %s on seeds of their own", s->def.choose->name,
             s->def.choose_for->name);
}

static enum mmoe_status refuse_choice(const struct mmoe_schedule *s, struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_STATE,
                     "study %s has nothing to choose %s by: no run has a value of the first task's "
                     "loss over its variance; give rows whose labels have one, or %s=VALUE",
                     s->parts[s->at].name, s->def.choose->name, s->def.choose->name);
}

/* Read the definition of the part, and make the grid of its step. */
static enum mmoe_status begin_step(struct mmoe_schedule *s, struct mmoe_error *err)
{
    struct mmoe_schedule_part *part = &s->parts[s->at];
    if (s->kind == MMOE_SCHEDULE_CHOOSE) {
        if (mmoe_failed(read_part(s, s->at, err)))
            return err->status;
        if (!chooses(s))
            s->kind = MMOE_SCHEDULE_TRAIN;
    }
    if (s->unchosen)
        return refuse_choice(s, err);
    if (s->kind == MMOE_SCHEDULE_CHOOSE) {
        show_choice(s);
        return choice_grid(s, &s->grid, err);
    }
    s->shown = s->def;
    if (part->again)
        mmoe_trials_show_again(&s->shown);
    part->kept = keeps(s);
    return main_grid(s, part, &s->grid, err);
}

/* Is the part it is at one that searches? */
static bool searches(const struct mmoe_schedule *s)
{
    return s->at < s->count && s->def.searched.trials > 0 && !s->parts[s->at].again;
}

enum mmoe_status mmoe_schedule_next(struct mmoe_schedule *s, struct mmoe_schedule_step *step,
                                    struct mmoe_error *err)
{
    bool trains = s->kind == MMOE_SCHEDULE_CHOOSE || s->kind == MMOE_SCHEDULE_TRAIN;
    if (trains && !s->begun) {
        if (mmoe_failed(begin_step(s, err))) {
            s->kind = MMOE_SCHEDULE_OVER;
            return err->status;
        }
        s->begun = true;
    }
    *step = (struct mmoe_schedule_step){.kind = s->kind,
                                        .part = s->at,
                                        .grid = &s->grid,
                                        .def = &s->shown,
                                        .grows = s->kind == MMOE_SCHEDULE_TRAIN && searches(s)};
    return MMOE_OK;
}

static void choose(struct mmoe_schedule *s, const struct mmoe_tally *t)
{
    struct mmoe_schedule_part *part = &s->parts[s->at];
    const double *over_var = mmoe_tally_choice(t, MMOE_OVER_VAR, 0);
    part->choice_grid = s->grid;
    if (over_var)
        mmoe_choice_make(&s->grid, s->def.choose, s->def.choose_for, over_var, s->def.choose_by,
                         &part->choice);
    part->has_choice = over_var && mmoe_choice_is_made(&part->choice);
    s->unchosen = !part->has_choice;
}

/* Take a batch of trials; is there another one? */
static bool searches_on(struct mmoe_schedule *s, const struct mmoe_tally *t)
{
    mmoe_trials_told(s->trials, t);
    return mmoe_trials_propose(s->trials);
}

void mmoe_schedule_told(struct mmoe_schedule *s, int64_t study, const struct mmoe_tally *t)
{
    s->begun = false;
    switch (s->kind) {
    case MMOE_SCHEDULE_CHOOSE:
        choose(s, t);
        s->kind = MMOE_SCHEDULE_TRAIN;
        break;
    case MMOE_SCHEDULE_TRAIN:
        s->parts[s->at].study = study;
        if (searches(s) && searches_on(s, t))
            break;
        s->kind = MMOE_SCHEDULE_FILES;
        break;
    case MMOE_SCHEDULE_FILES:
        if (s->parts[s->at].again) {
            mmoe_trials_free(s->trials);
            s->trials = NULL;
        }
        s->at++;
        begin_part(s);
        break;
    case MMOE_SCHEDULE_REPORT: s->kind = MMOE_SCHEDULE_OVER; break;
    case MMOE_SCHEDULE_OVER: break;
    }
}

void mmoe_schedule_stop(struct mmoe_schedule *s)
{
    s->kind = MMOE_SCHEDULE_OVER;
}

bool mmoe_schedule_is_over(const struct mmoe_schedule *s)
{
    return s->kind == MMOE_SCHEDULE_OVER;
}

/* --- what it is --- */

const char *mmoe_schedule_name(const struct mmoe_schedule *s)
{
    return s->defined;
}

const char *mmoe_schedule_title(const struct mmoe_schedule *s)
{
    return s->title;
}

const char *mmoe_schedule_command(const struct mmoe_schedule *s)
{
    return s->command;
}

bool mmoe_schedule_is_many(const struct mmoe_schedule *s)
{
    return s->many;
}

size_t mmoe_schedule_parts(const struct mmoe_schedule *s, const struct mmoe_schedule_part **part)
{
    size_t n = 0;
    while (n < s->count && s->parts[n].study)
        n++;
    *part = s->parts;
    return n;
}
