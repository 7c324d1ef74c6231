/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule.c - the command `study NAME`, driven: each step its schedule names is done when nothing
 * else is in progress; and reports.
 *
 * Every study is looked for in the store before it is begun, so that the same command again goes
 * on where it was cut off, and two definitions of the same runs train them once.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/schedule.h>

#include "ui/app/parts.h"
#include "ui/panel/view_study.h"
#include "ui/report/html.h"
#include "ui/report/verdicts.h"

struct app_schedule {
    struct mmoe_schedule *schedule;
    char *store, *out; /* NULL: the usual one; no files */
    size_t jobs;
    bool choosing;  /* the study in progress is one to choose by */
    bool training;  /* a step's study is in progress */
    bool stopped;   /* it is the last */
    bool unwritten; /* a figure could not be written, which was told */
};

static void free_schedule(struct app_schedule *s)
{
    if (!s)
        return;
    mmoe_schedule_free(s->schedule);
    mmoe_free(s->store);
    mmoe_free(s->out);
    mmoe_free(s);
}

void app_schedule_free(struct app *a)
{
    free_schedule(a->schedule);
    a->schedule = NULL;
}

static bool is_over(const struct app_schedule *s)
{
    return !s || mmoe_schedule_is_over(s->schedule);
}

bool app_schedule_trains(const struct app *a)
{
    return !is_over(a->schedule) && a->schedule->training;
}

bool app_schedule_chooses(const struct app *a)
{
    return !is_over(a->schedule) && a->schedule->choosing;
}

void app_schedule_stop(struct app *a)
{
    if (a->schedule)
        a->schedule->stopped = true;
}

void app_schedule_cut_off(struct app *a)
{
    struct app_schedule *s = a->schedule;
    if (is_over(s))
        return;
    mmoe_schedule_stop(s->schedule);
    s->training = false;
    app_say(a, "%s again goes on from here", mmoe_schedule_command(s->schedule));
}

/* --- reports --- */

struct report_job {
    char *title, *command, *path;
    struct mmoe_text store;
    struct html_part parts[MMOE_PARTS_MAX];
    struct mmoe_choice choices[MMOE_PARTS_MAX];
    char sources[MMOE_PARTS_MAX][MMOE_FILE_MAX];
    struct mmoe_definition shown;
    struct html_page page;
    bool unwritten; /* figures of the schedule it ends */
};

static bool goes_on(void *context, double share)
{
    return mmoe_job_goes_on(context, share);
}

static enum mmoe_status write_report(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    const struct report_job *r = context;
    return html_write(&r->page, r->path, goes_on, j, err);
}

static void tell_report(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    const struct report_job *r = context;
    struct mmoe_error why;
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", r->path);
    if (!mmoe_failed(status) && r->unwritten) {
        mmoe_fail(&why, MMOE_IO,
                  "not all figures are written: make room, and %.200s again writes them",
                  r->command);
        err = &why;
        status = MMOE_IO;
    }
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
    }
}

static void free_report(void *context)
{
    struct report_job *r = context;
    mmoe_free(r->title);
    mmoe_free(r->command);
    mmoe_free(r->path);
    mmoe_text_done(&r->store);
    mmoe_free(r);
}

/* All parts of the schedule that have a study. */
static void add_parts(struct report_job *r, const struct app_schedule *s)
{
    const struct mmoe_schedule_part *part;
    size_t count = mmoe_schedule_parts(s->schedule, &part);
    for (size_t i = 0; i < count; i++) {
        memcpy(r->sources[i], part[i].source, sizeof r->sources[i]);
        r->choices[i] = part[i].choice;
        r->parts[i] = (struct html_part){.source = r->sources[i],
                                         .id = part[i].study,
                                         .choice = part[i].has_choice ? &r->choices[i] : NULL};
    }
    r->title = mmoe_strdup(mmoe_schedule_title(s->schedule));
    r->command = mmoe_strdup(mmoe_schedule_command(s->schedule));
    app_store_path(s->store, &r->store);
    r->page.count = count;
}

static const struct mmoe_option *option_of(const struct view_study *s, int axis)
{
    return axis < 0 ? NULL : mmoe_tally_grid(s->tally)->axes[axis].option;
}

/* The study that is shown, drawn as it is, whatever became of its definition. */
static void add_shown(struct report_job *r, const struct view_study *s)
{
    r->shown = (struct mmoe_definition){.figure = s->figure,
                                        .claims = s->claims,
                                        .panels = option_of(s, s->panel_axis),
                                        .series = option_of(s, s->series_axis)};
    memcpy(r->shown.about.name, s->name, sizeof s->name);
    memcpy(r->shown.about.title, s->title, sizeof s->title);
    memcpy(r->shown.about.note, s->note, sizeof s->note);
    r->parts[0] = (struct html_part){.def = &r->shown, .id = s->id};
    r->title = mmoe_strdup(s->title[0] ? s->title : s->command);
    r->command = mmoe_strdup(s->command);
    mmoe_text_add(&r->store, "%s", s->store);
    r->page.count = 1;
}

/* Was the study that is shown the newest schedule's last one? */
static bool is_of_schedule(const struct app *a)
{
    const struct mmoe_schedule_part *part;
    const struct view_study *s = &a->view.study;
    if (!a->schedule)
        return false;
    size_t count = mmoe_schedule_parts(a->schedule->schedule, &part);
    return count > 0 && part[count - 1].study == s->id &&
           strncmp(mmoe_schedule_command(a->schedule->schedule), s->command,
                   sizeof s->command - 1) == 0;
}

static void begin_report(struct app *a, const char *path, bool unwritten)
{
    struct report_job *r = mmoe_alloc(1, sizeof *r);
    if (is_of_schedule(a))
        add_parts(r, a->schedule);
    else
        add_shown(r, &a->view.study);
    r->unwritten = unwritten;
    r->path = mmoe_strdup(path);
    r->page.title = r->title;
    r->page.command = r->command;
    r->page.store = r->store.s;
    r->page.parts = r->parts;
    r->page.metric = a->view.metric;
    r->page.task = a->view.task;
    app_job(a, &(struct app_job){.what = "report",
                                 .work = write_report,
                                 .done = tell_report,
                                 .free = free_report,
                                 .context = r});
}

enum mmoe_status app_report(struct app *a, const char *path, struct mmoe_error *err)
{
    if (!a->view.study.tally)
        return mmoe_fail(
            err, MMOE_STATE,
            "there is no study to report: study open shows one, study figure-d makes one");
    begin_report(a, path, false);
    return MMOE_OK;
}

/* --- files of a part --- */

static enum mmoe_status write_figure(struct app *a, const char *name, const char *ending,
                                     struct mmoe_error *err)
{
    struct figure_sheet sheet = {0};
    struct mmoe_text path = {0};
    struct mmoe_origin origin;
    mmoe_origin_here(&origin);
    view_study_page(&a->view.study, a->view.metric, a->view.task, &sheet);
    sheet.page.program = origin.version;
    mmoe_text_add(&path, "%s/%s.%s", a->schedule->out, name, ending);
    enum mmoe_status status = figure_page_write(&sheet.page, path.s, NULL, err);
    if (!mmoe_failed(status))
        app_say(a, "wrote %s", path.s);
    figure_sheet_done(&sheet);
    mmoe_text_done(&path);
    return status;
}

/* What cannot be written costs no study: those that come are trained. */
static void write_figures(struct app *a, size_t at)
{
    static const char *const endings[] = {"svg", "pdf"};
    struct app_schedule *s = a->schedule;
    struct mmoe_error err;
    const struct mmoe_schedule_part *part;
    mmoe_schedule_parts(s->schedule, &part);
    for (size_t i = 0; i < sizeof endings / sizeof *endings && s->out; i++)
        if (mmoe_failed(write_figure(a, part[at].name, endings[i], &err))) {
            app_complain(a, &err);
            s->unwritten = true;
        }
}

/* --- steps --- */

static void end_with_report(struct app *a)
{
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/report.html", a->schedule->out);
    begin_report(a, path.s, a->schedule->unwritten);
    mmoe_text_done(&path);
    a->wait = APP_WAIT_SEEDS;
}

static enum mmoe_status begin_study(struct app *a, const struct mmoe_schedule_step *step,
                                    struct mmoe_error *err)
{
    struct app_schedule *s = a->schedule;
    s->choosing = step->kind == MMOE_SCHEDULE_CHOOSE;
    enum mmoe_status status = app_study_begin(a,
                                              &(struct app_study_order){
                                                  .grid = step->grid,
                                                  .def = step->def,
                                                  .command = mmoe_schedule_command(s->schedule),
                                                  .store = s->store,
                                                  .jobs = s->jobs,
                                                  .find = true,
                                                  .aside = s->choosing,
                                              },
                                              err);
    s->training = !mmoe_failed(status);
    return status;
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
    if (s->choosing)
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

/* True while a step may be done now. */
static bool is_free(const struct app *a)
{
    return !is_over(a->schedule) && app_idle(a, APP_WAIT_SEEDS);
}

void app_schedule_go_on(struct app *a)
{
    struct mmoe_error err;
    while (is_free(a)) {
        if (a->schedule->stopped) { /* its study may have been cut off, too: nothing comes of it */
            app_schedule_cut_off(a);
            return;
        }
        if (a->schedule->training)
            end_study(a);
        if (mmoe_failed(do_step(a, &err))) {
            mmoe_schedule_stop(a->schedule->schedule);
            app_complain(a, &err);
            a->failed = true;
        }
    }
}

/* --- the beginning --- */

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
    if (mmoe_failed(make_folder(s->out, err)) ||
        mmoe_failed(mmoe_schedule_next(schedule, &first, err))) {
        free_schedule(s);
        return err->status;
    }
    free_schedule(a->schedule);
    a->schedule = s;
    a->wait = APP_WAIT_SEEDS;
    if (mmoe_failed(begin_study(a, &first, err))) {
        mmoe_schedule_stop(s->schedule);
        return err->status;
    }
    return MMOE_OK;
}
