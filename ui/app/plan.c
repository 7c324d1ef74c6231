/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - what the command `study NAME` still has to do.
 *
 *   NEXT -> CHOOSING -> TRAINING -> NEXT -> ... -> OVER
 *            (left out where nothing is to be chosen)
 *
 * A step is taken when no study is in progress: at the command, and at the
 * end of each study. A study that was stopped before its end ends the plan;
 * the same command goes on with it.
 */
#include "ui/app/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>

#include "ui/panel/view_study.h"
#include "ui/report/verdicts.h"

enum stage { NEXT, CHOOSING, TRAINING, OVER };

struct plan {
    enum stage stage;
    size_t jobs, seeds;
    char *name, *title, *command, *store, *out; /* store and out may be NULL */
    struct plan_pair *set;                      /* owned copies */
    size_t set_count;
    size_t count, at;
    struct plan_part parts[MMOE_PARTS_MAX];
    struct mmoe_definition def; /* of the part it is at */
    bool unwritten;             /* a figure could not be written, which was told */
    bool stopped;               /* the study in progress is the last */
};

/* --- the order, kept --- */

static char *copy(const char *s)
{
    size_t n = s ? strlen(s) + 1 : 0;
    char *to = s ? mmoe_alloc(n, 1) : NULL;
    if (s)
        memcpy(to, s, n);
    return to;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->set_count; i++) {
        mmoe_free((void *)(uintptr_t)p->set[i].key);
        mmoe_free((void *)(uintptr_t)p->set[i].value);
    }
    mmoe_free(p->set);
    mmoe_free(p->name);
    mmoe_free(p->title);
    mmoe_free(p->command);
    mmoe_free(p->store);
    mmoe_free(p->out);
    mmoe_free(p);
}

static struct plan *plan_new(const struct plan_order *o)
{
    struct plan *p = mmoe_alloc(1, sizeof *p);
    p->jobs = o->jobs;
    p->seeds = o->seeds;
    p->name = copy(o->name);
    p->command = copy(o->command);
    p->store = copy(o->store);
    p->out = copy(o->out);
    p->set = o->set_count ? mmoe_alloc(o->set_count, sizeof *p->set) : NULL;
    p->set_count = o->set_count;
    for (size_t i = 0; i < o->set_count; i++)
        p->set[i] = (struct plan_pair){copy(o->set[i].key), copy(o->set[i].value)};
    return p;
}

/* --- grids --- */

static enum mmoe_status put_pairs(const struct plan *p, struct mmoe_grid *g, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < p->set_count && !mmoe_failed(status); i++)
        status = mmoe_grid_put(g, p->set[i].key, p->set[i].value, err);
    return mmoe_failed(status) ? status : mmoe_grid_check(g, err);
}

/* Something is to be chosen, and the order does not name it. */
static bool chooses(const struct plan *p)
{
    for (size_t i = 0; i < p->set_count; i++)
        if (p->def.choose && strcmp(p->set[i].key, p->def.choose->name) == 0)
            return false;
    return p->def.choose != NULL;
}

static enum mmoe_status choice_grid(const struct app *a, const struct plan *p, struct mmoe_grid *g,
                                    struct mmoe_error *err)
{
    enum mmoe_status status = mmoe_definition_choice_grid(&p->def, &a->view.options, g, err);
    return mmoe_failed(status) ? status : put_pairs(p, g, err);
}

/* The grid of the study itself; of what is chosen, if it is known yet. */
static enum mmoe_status main_grid(const struct app *a, const struct plan *p,
                                  const struct mmoe_choice *choice, struct mmoe_grid *g,
                                  struct mmoe_error *err)
{
    struct mmoe_grid tuning;
    enum mmoe_status status = mmoe_definition_grid(&p->def, &a->view.options, g, err);
    if (p->seeds)
        g->seeds = p->seeds;
    if (!mmoe_failed(status))
        status = put_pairs(p, g, err);
    if (!mmoe_failed(status) && choice)
        status = choice_grid(a, p, &tuning, err);
    if (!mmoe_failed(status) && choice)
        status = mmoe_choice_follow(choice, &tuning, g, err);
    return status;
}

/* --- stages --- */

static enum mmoe_status begin_study(struct app *a, const struct plan *p, const struct mmoe_grid *g,
                                    const struct mmoe_definition *def, int64_t *id,
                                    struct mmoe_error *err)
{
    const struct app_study_order order = {.grid = g,
                                          .def = def,
                                          .command = p->command,
                                          .store = p->store,
                                          .jobs = p->jobs,
                                          .find = true,
                                          .aside = p->stage == CHOOSING};
    enum mmoe_status status = app_study_begin(a, &order, err);
    if (!mmoe_failed(status))
        *id = a->view.study.id;
    return status;
}

static enum mmoe_status begin_main(struct app *a, struct plan *p, struct mmoe_error *err)
{
    struct plan_part *part = &p->parts[p->at];
    struct mmoe_grid grid;
    enum mmoe_status status = main_grid(a, p, part->has_choice ? &part->choice : NULL, &grid, err);
    p->stage = TRAINING;
    return mmoe_failed(status) ? status : begin_study(a, p, &grid, &p->def, &part->id, err);
}

static enum mmoe_status begin_choice(struct app *a, struct plan *p, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    struct mmoe_definition def = p->def;
    int64_t id;
    enum mmoe_status status = choice_grid(a, p, &grid, err);
    def.claims = false;
    def.figure = MMOE_DRAWING_HISTOGRAMS;
    def.panels = NULL;
    def.series = p->def.choose_for;
    snprintf(def.about.title, sizeof def.about.title,
             "choosing %s for each %s on seeds of their own", def.choose->name,
             def.choose_for->name);
    p->stage = CHOOSING;
    return mmoe_failed(status) ? status : begin_study(a, p, &grid, &def, &id, err);
}

static enum mmoe_status begin_part(struct app *a, struct plan *p, struct mmoe_error *err)
{
    enum mmoe_status status = mmoe_definition_read(p->parts[p->at].source, &p->def, err);
    if (mmoe_failed(status))
        return status;
    return chooses(p) ? begin_choice(a, p, err) : begin_main(a, p, err);
}

static void end_choice(struct app *a, struct plan *p)
{
    const struct view_study *s = &a->view.study;
    struct plan_part *part = &p->parts[p->at];
    const double **losses = mmoe_alloc(s->cell_count, sizeof *losses);
    for (size_t i = 0; i < s->cell_count; i++)
        losses[i] = s->cells[i].over_var_of;
    mmoe_choice_make(&s->grid, p->def.choose, p->def.choose_for, losses, &part->choice);
    part->has_choice = true;
    mmoe_free(losses);
    verdicts_tell_choice(&a->sink, &s->grid, &part->choice);
}

/* --- files --- */

static enum mmoe_status write_figure(struct app *a, const struct plan *p, const char *ending,
                                     struct mmoe_error *err)
{
    struct figure_sheet sheet = {0};
    struct mmoe_text path = {0};
    struct mmoe_origin origin;
    mmoe_origin_here(&origin);
    view_study_page(&a->view.study, &sheet);
    sheet.page.program = origin.version;
    mmoe_text_add(&path, "%s/%s.%s", p->out, p->parts[p->at].name, ending);
    enum mmoe_status status = figure_page_write(&sheet.page, path.s, NULL, err);
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", path.s);
    figure_sheet_done(&sheet);
    mmoe_text_done(&path);
    return status;
}

/* What cannot be written costs no study: those that come are trained. */
static void end_main(struct app *a, struct plan *p)
{
    static const char *const endings[] = {"svg", "pdf"};
    struct mmoe_error err;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && p->out; i++)
        if (mmoe_failed(write_figure(a, p, endings[i], &err))) {
            app_complain(a, &err);
            p->unwritten = true;
        }
    p->at++;
    p->stage = NEXT;
}

static enum mmoe_status end_plan(struct app *a, struct plan *p, struct mmoe_error *err)
{
    p->stage = OVER;
    if (!p->out)
        return MMOE_OK;
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/report.html", p->out);
    enum mmoe_status status = app_report(a, path.s, err);
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", path.s);
    if (!mmoe_failed(status) && p->unwritten)
        status = mmoe_fail(err, MMOE_IO,
                           "not all figures are written: make room, and %.200s again writes them",
                           p->command);
    mmoe_text_done(&path);
    return status;
}

/* --- steps --- */

static enum mmoe_status step(struct app *a, struct plan *p, struct mmoe_error *err)
{
    switch (p->stage) {
    case NEXT: return p->at < p->count ? begin_part(a, p, err) : end_plan(a, p, err);
    case CHOOSING: end_choice(a, p); return begin_main(a, p, err);
    case TRAINING: end_main(a, p); break;
    case OVER: break;
    }
    return MMOE_OK;
}

static enum mmoe_status advance(struct app *a, struct mmoe_error *err)
{
    struct plan *p = a->plan;
    enum mmoe_status status = MMOE_OK;
    while (p->stage != OVER && !a->repeating && !mmoe_failed(status))
        status = step(a, p, err);
    if (mmoe_failed(status))
        p->stage = OVER;
    return status;
}

void plan_advance(struct app *a, bool complete)
{
    struct mmoe_error err;
    if (!a->plan || a->plan->stage == OVER)
        return;
    if (!complete || a->plan->stopped) {
        a->plan->stage = OVER;
        app_say(a, "%s again goes on from here", a->plan->command);
    } else if (mmoe_failed(advance(a, &err))) {
        app_complain(a, &err);
        a->failed = true;
    }
}

void plan_stop(struct app *a)
{
    if (a->plan)
        a->plan->stopped = true;
}

bool plan_chooses(const struct app *a)
{
    return a->plan && a->plan->stage == CHOOSING;
}

struct plan_said plan_newest(const struct app *a)
{
    const struct plan *p = a->plan;
    struct plan_said said = {0};
    if (p)
        said = (struct plan_said){p->title, p->command, p->store, p->parts, 0};
    while (p && said.count < p->count && p->parts[said.count].id)
        said.count++;
    return said;
}

/* --- the beginning --- */

static void list_parts(struct plan *p, const struct mmoe_definition *def)
{
    p->count = def->part_count ? def->part_count : 1;
    for (size_t i = 0; i < p->count; i++) {
        struct plan_part *part = &p->parts[i];
        snprintf(part->name, sizeof part->name, "%s",
                 def->part_count ? def->parts[i] : def->about.name);
        part->source = def->part_count ? part->name : p->name;
    }
}

/* Whatever would be refused later is refused now. */
static enum mmoe_status check_parts(struct app *a, struct plan *p, struct mmoe_error *err)
{
    struct mmoe_grid grid;
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < p->count && !mmoe_failed(status); i++) {
        status = mmoe_definition_read(p->parts[i].source, &p->def, err);
        if (!mmoe_failed(status) && p->def.part_count)
            status = mmoe_fail(err, MMOE_INVALID, "study %s has parts itself: it cannot be one",
                               p->parts[i].name);
        if (!mmoe_failed(status))
            status = main_grid(a, p, NULL, &grid, err);
        if (!mmoe_failed(status) && chooses(p))
            status = choice_grid(a, p, &grid, err);
    }
    return status;
}

static enum mmoe_status make_folder(const char *out, struct mmoe_error *err)
{
    struct stat st;
    if (!out || mkdir(out, 0777) == 0 ||
        (errno == EEXIST && stat(out, &st) == 0 && S_ISDIR(st.st_mode)))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_IO,
                     "cannot make folder %.200s for the figures: %s: name another one, out=FOLDER",
                     out, errno == EEXIST ? "it is a file" : strerror(errno));
}

enum mmoe_status plan_begin(struct app *a, const struct plan_order *order, struct mmoe_error *err)
{
    struct mmoe_definition def;
    enum mmoe_status status = app_check_idle(a, err);
    if (!mmoe_failed(status))
        status = mmoe_definition_read(order->name, &def, err);
    if (mmoe_failed(status))
        return status;
    struct plan *p = plan_new(order);
    if (!p->out && def.part_count)
        p->out = copy(def.about.name); /* who asks for several wants to keep them */
    p->title = copy(def.about.title);
    list_parts(p, &def);
    status = check_parts(a, p, err);
    if (!mmoe_failed(status))
        status = make_folder(p->out, err);
    if (mmoe_failed(status)) {
        plan_free(p);
        return status;
    }
    plan_free(a->plan);
    a->plan = p;
    return advance(a, err);
}
