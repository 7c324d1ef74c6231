/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steps.c - the command `study NAME`, driven: the steps its schedule names, one after the other.
 *
 * Every study is looked for in the store before it is begun, so that the same command again goes
 * on where it was cut off, and two definitions of the same runs train them once.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/mem.h>

#include "ui/app/parts.h"
#include "ui/report/verdicts.h"

/* --- files of a part --- */

static void write_figures(struct app *a, size_t at)
{
    static const char *const endings[] = {"svg", "pdf"};
    const struct app_schedule *s = a->schedule;
    const struct mmoe_schedule_part *part;
    mmoe_schedule_parts(s->schedule, &part);
    for (size_t i = 0; i < sizeof endings / sizeof *endings && s->out; i++) {
        struct mmoe_text path = {0};
        mmoe_text_add(&path, "%s/%s.%s", s->out, part[at].name, endings[i]);
        app_write_study(a, path.s);
        mmoe_text_done(&path);
    }
}

/* --- steps --- */

static void end_with_report(struct app *a)
{
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/report.html", a->schedule->out);
    app_report_begin(a, path.s, a->schedule->unwritten);
    mmoe_text_done(&path);
    a->wait = APP_WAIT_SEEDS;
}

/* Say which choice is kept, where one is. */
static void tell_kept(struct app *a, const struct mmoe_schedule_step *step)
{
    const struct mmoe_schedule_part *part;
    mmoe_schedule_parts(a->schedule->schedule, &part);
    if (part[step->part].kept)
        app_say(a, "%s %s for each %s, as study %s keeps it of %s; choose=again chooses anew",
                step->def->choose->name, step->def->chosen, step->def->choose_for->name,
                part[step->part].name, MMOE_COUNTED(step->def->choose_seeds, "seed"));
}

static enum mmoe_status begin_study(struct app *a, const struct mmoe_schedule_step *step,
                                    struct mmoe_error *err)
{
    struct app_schedule *s = a->schedule;
    const struct mmoe_schedule_part *part;
    mmoe_schedule_parts(s->schedule, &part);
    s->choosing = step->kind == MMOE_SCHEDULE_CHOOSE;
    s->searching = step->grows;
    if (!s->choosing)
        tell_kept(a, step);
    const struct app_study_order order = {
        .grid = step->grid,
        .def = step->def,
        .command = mmoe_schedule_command(s->schedule),
        .store = s->store,
        .jobs = s->jobs,
        .find = true,
        .grows = step->grows,
        .aside = s->choosing || part[step->part].again,
    };
    s->training = !mmoe_failed(app_study_begin(a, &order, err));
    return s->training ? MMOE_OK : err->status;
}

/* The study of the step is complete. */
static void end_study(struct app *a)
{
    struct app_schedule *s = a->schedule;
    struct mmoe_schedule_step step;
    struct mmoe_error err;
    const struct mmoe_schedule_part *part;
    mmoe_schedule_next(s->schedule, &step, &err);
    mmoe_schedule_told(s->schedule, a->view.study.id, a->view.study.tally);
    mmoe_schedule_parts(s->schedule, &part);
    if (s->choosing && part[step.part].has_choice)
        verdicts_choice(&a->sink, &part[step.part].choice_grid, &part[step.part].choice);
    s->training = s->choosing = false;
}

static enum mmoe_status do_step(struct app *a, struct mmoe_error *err)
{
    struct app_schedule *s = a->schedule;
    struct mmoe_schedule_step step;
    if (mmoe_failed(mmoe_schedule_next(s->schedule, &step, err)))
        return err->status;
    switch (step.kind) {
    case MMOE_SCHEDULE_CHOOSE:
    case MMOE_SCHEDULE_TRAIN: return begin_study(a, &step, err);
    case MMOE_SCHEDULE_FILES: write_figures(a, step.part); break;
    case MMOE_SCHEDULE_REPORT:
        mmoe_schedule_told(s->schedule, 0, NULL);
        if (s->out)
            end_with_report(a);
        return MMOE_OK;
    case MMOE_SCHEDULE_OVER: return MMOE_OK;
    }
    mmoe_schedule_told(s->schedule, 0, NULL);
    return MMOE_OK;
}

bool app_schedule_go_on(struct app *a)
{
    struct mmoe_error err;
    if (app_schedule_is_over(a))
        return false;
    if (a->schedule->stopped) { /* its study may have been cut off, too: nothing comes of it */
        app_schedule_cut_off(a);
        return false;
    }
    if (a->schedule->training)
        end_study(a);
    if (mmoe_failed(do_step(a, &err))) {
        mmoe_schedule_stop(a->schedule->schedule);
        app_complain(a, &err);
        a->failed = true;
    }
    return true;
}

/* --- the beginning --- */

enum mmoe_status app_folder(const char *out, struct mmoe_error *err)
{
    struct stat st;
    if (!out || mkdir(out, 0777) == 0 ||
        (errno == EEXIST && stat(out, &st) == 0 && S_ISDIR(st.st_mode)))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_IO,
                     "cannot make folder %.200s for the figures: %s: name another one, out=FOLDER",
                     out, errno == EEXIST ? "it is a file" : strerror(errno));
}

static char *copy(const char *s)
{
    return s ? mmoe_strdup(s) : NULL;
}

enum mmoe_status app_schedule_begin(struct app *a, const struct app_schedule_order *order,
                                    struct mmoe_error *err)
{
    struct mmoe_schedule_step first;
    if (mmoe_failed(app_check_idle(a, err)))
        return err->status;
    struct mmoe_schedule *schedule = mmoe_schedule_new(&order->order, err);
    if (!schedule)
        return err->status;
    struct app_schedule *s = mmoe_alloc(1, sizeof *s);
    *s = (struct app_schedule){
        .schedule = schedule, .store = copy(order->store), .out = copy(order->out)};
    s->jobs = order->jobs;
    if (!s->out && mmoe_schedule_is_many(schedule))
        s->out = copy(mmoe_schedule_name(schedule)); /* who asks for several wants to keep them */
    if (mmoe_failed(app_folder(s->out, err)) ||
        mmoe_failed(mmoe_schedule_next(schedule, &first, err))) {
        app_schedule_drop(s);
        return err->status;
    }
    app_schedule_drop(a->schedule);
    a->schedule = s;
    a->wait = APP_WAIT_SEEDS;
    if (mmoe_failed(begin_study(a, &first, err))) {
        mmoe_schedule_stop(s->schedule);
        return err->status;
    }
    return MMOE_OK;
}
