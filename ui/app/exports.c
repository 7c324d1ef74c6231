/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exports.c - what a panel shows, in a file or in words: a job on a view that stands still.
 *
 * A panel may have a number for each of very many runs, or a point for each of very many
 * evaluations: to write them takes seconds.
 */
#include <string.h>

#include <mmoe/file.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>

#include "ui/app/parts.h"
#include "ui/panel/panels.h"
#include "ui/panel/view_study.h"

struct panel_job {
    struct view *view;
    const struct panel *panel;
    char *path, *command; /* NULL: it is told */
    bool json, nothing;
    const char *note;      /* of the file */
    struct mmoe_text text; /* to be told */
};

/* One object: what it is, what makes it again, and the objects --json tells. */
static void add_json(const struct panel_job *p, struct mmoe_text *t)
{
    struct mmoe_text events = {0};
    struct mmoe_origin origin;
    mmoe_origin_here(&origin);
    p->panel->json(p->view, &events);
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "panel", p->panel->name);
    mmoe_json_word(t, "program", origin.version);
    mmoe_json_word(t, "command", p->command);
    mmoe_json_key(t, "events");
    mmoe_text_add(t, "[");
    for (const char *s = events.s; s && *s; s += strcspn(s, "\n") + 1)
        mmoe_text_add(t, "%s%.*s", s == events.s ? "" : ",", (int)strcspn(s, "\n"), s);
    mmoe_text_add(t, "]}\n");
    mmoe_text_done(&events);
}

static enum mmoe_status write_numbers(const struct panel_job *p, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    if (p->json)
        add_json(p, &t);
    else
        p->panel->csv(p->view, &t);
    enum mmoe_status status = mmoe_file_replace(p->path, t.s ? t.s : "", t.n, err);
    mmoe_text_done(&t);
    return status;
}

static enum mmoe_status write_figure(const struct panel_job *p, struct mmoe_error *err)
{
    struct figure_sheet sheet = {0};
    struct mmoe_origin origin;
    mmoe_origin_here(&origin);
    p->panel->page(p->view, &sheet);
    sheet.page.command = p->command;
    sheet.page.program = origin.version;
    enum mmoe_status status = figure_page_write(&sheet.page, p->path, err);
    figure_sheet_done(&sheet);
    return status;
}

static bool has_numbers(const struct panel_job *p)
{
    return p->json || mmoe_text_ends(p->path, ".csv");
}

static enum mmoe_status write_panel(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct panel_job *p = context;
    (void)j;
    p->note = mmoe_file_note(p->path);
    return has_numbers(p) ? write_numbers(p, err) : write_figure(p, err);
}

static void tell_written(struct app *a, void *context, enum mmoe_status status,
                         const struct mmoe_error *err)
{
    const struct panel_job *p = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    app_say(a, "saved the %s of panel %s to %s%s", has_numbers(p) ? "numbers" : "figure",
            p->panel->name, p->path, p->note);
}

static void free_panel(void *context)
{
    struct panel_job *p = context;
    view_thaw(p->view);
    mmoe_free(p->path);
    mmoe_free(p->command);
    mmoe_text_done(&p->text);
    mmoe_free(p);
}

void app_export_panel(struct app *a, int panel, const char *path, const char *command)
{
    struct panel_job *p = mmoe_alloc(1, sizeof *p);
    *p = (struct panel_job){.view = view_freeze(&a->view),
                            .panel = panel_table[panel],
                            .path = mmoe_strdup(path),
                            .command = mmoe_strdup(command),
                            .json = mmoe_text_ends(path, ".json")};
    app_job(a, &(struct app_job){.what = "export",
                                 .work = write_panel,
                                 .done = tell_written,
                                 .late = tell_written,
                                 .free = free_panel,
                                 .context = p});
}

/* --- a study --- */

static enum mmoe_status write_study(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct panel_job *p = context;
    struct figure_sheet sheet = {0};
    struct mmoe_origin origin;
    (void)j;
    mmoe_origin_here(&origin);
    view_study_page(&p->view->study, p->view->metric, p->view->task, &sheet);
    sheet.page.program = origin.version;
    p->note = mmoe_file_note(p->path);
    enum mmoe_status status = figure_page_write(&sheet.page, p->path, err);
    figure_sheet_done(&sheet);
    return status;
}

static void tell_study_written(struct app *a, void *context, enum mmoe_status status,
                               const struct mmoe_error *err)
{
    const struct panel_job *p = context;
    if (!mmoe_failed(status)) {
        app_say(a, "wrote %s%s", p->path, p->note);
        return;
    }
    app_complain(a, err);
    if (a->schedule)
        a->schedule->unwritten = true;
}

void app_write_study(struct app *a, const char *path)
{
    struct panel_job *p = mmoe_alloc(1, sizeof *p);
    *p = (struct panel_job){.view = view_freeze(&a->view), .path = mmoe_strdup(path)};
    app_job(a, &(struct app_job){.what = "figures",
                                 .work = write_study,
                                 .done = tell_study_written,
                                 .late = tell_study_written,
                                 .free = free_panel,
                                 .context = p});
    a->wait = APP_WAIT_SEEDS; /* it is a part of the schedule */
}

/* --- told --- */

static bool has_gates(const struct panel_job *p)
{
    const struct mmoe_snapshot *live = view_live(p->view);
    return p->panel == &panel_gates && live->gate.gates > 0 && live->state != MMOE_RUN_EMPTY &&
           p->view->gates == VIEW_GATES_MEANS;
}

/* Where there are no objects, words say so. */
static enum mmoe_status describe_panel(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct panel_job *p = context;
    (void)j;
    (void)err;
    if (p->json)
        p->panel->json(p->view, &p->text);
    if (p->text.n)
        return MMOE_OK;
    p->nothing = p->json;
    p->panel->describe(p->view, &p->text);
    if (!p->json && has_gates(p)) {
        mmoe_text_add(&p->text, "\n");
        p->panel->csv(p->view, &p->text);
    }
    return MMOE_OK;
}

static void tell_described(struct app *a, void *context, enum mmoe_status status,
                           const struct mmoe_error *err)
{
    struct panel_job *p = context;
    (void)status;
    (void)err;
    if (p->nothing)
        app_say(a, "%s", p->text.s); /* to programs no object says so */
    else if (p->json)
        event_emit(&a->sink, &p->text);
    else
        app_tell(a, p->text.s);
}

void app_tell_panel(struct app *a, int panel)
{
    struct panel_job *p = mmoe_alloc(1, sizeof *p);
    *p = (struct panel_job){.view = view_freeze(&a->view),
                            .panel = panel_table[panel],
                            .json = a->sink.mode == EVENT_JSON};
    app_job(a, &(struct app_job){.what = "description",
                                 .work = describe_panel,
                                 .done = tell_described,
                                 .free = free_panel,
                                 .context = p});
}
