/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reports.c - a study as a page for a browser: a job that reads the store itself. */
#include <string.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "ui/app/parts.h"
#include "ui/report/html.h"

struct report_job {
    char *title, *command, *path;
    const char *note; /* of the file that is replaced */
    struct mmoe_text store;
    struct html_part parts[MMOE_SCHEDULE_PARTS_MAX];
    struct mmoe_choice choices[MMOE_SCHEDULE_PARTS_MAX];
    char sources[MMOE_SCHEDULE_PARTS_MAX][MMOE_FILE_MAX];
    struct view_heard heard[VIEW_HEARD_MAX]; /* of the study that is shown */
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
    struct report_job *r = context;
    r->note = mmoe_file_note(r->path);
    return html_write(&r->page, r->path, goes_on, j, err);
}

static void tell_report(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    const struct report_job *r = context;
    struct mmoe_error why;
    if (!mmoe_failed(status))
        app_say(a, "wrote %s%s", r->path, r->note);
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
                                         .again = part[i].again,
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

void app_report_begin(struct app *a, const char *path, bool unwritten)
{
    struct report_job *r = mmoe_alloc(1, sizeof *r);
    if (is_of_schedule(a))
        add_parts(r, a->schedule);
    else
        add_shown(r, &a->view.study);
    const struct view_study *s = &a->view.study;
    memcpy(r->heard, s->heard, s->heard_count * sizeof *s->heard);
    for (size_t i = 0; i < r->page.count; i++)
        if (r->parts[i].id == s->id) {
            r->parts[i].heard = r->heard;
            r->parts[i].heard_count = s->heard_count;
        }
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
                                 .late = tell_report,
                                 .free = free_report,
                                 .context = r});
}

enum mmoe_status app_report(struct app *a, const char *path, struct mmoe_error *err)
{
    if (!a->view.study.tally)
        return mmoe_fail(
            err, MMOE_STATE,
            "there is no study to report: study open shows one, study figure-d makes one");
    if (mmoe_tally_done(a->view.study.tally) == 0)
        return mmoe_fail(err, MMOE_STATE,
                         "no run of study %lld is finished yet, and there is nothing to report: "
                         "study resume %lld trains them",
                         (long long)a->view.study.id, (long long)a->view.study.id);
    app_report_begin(a, path, false);
    return MMOE_OK;
}
