/* SPDX-License-Identifier: GPL-3.0-or-later */
/* battery.c - study NAME, of experiments: one after the other, then their table, claims, files. */
#include "ui/report/battery.h"

#include <stdio.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>

#include "ui/command/experiment.h"
#include "ui/panel/funnel.h"

enum { NETS = 3 };

/* What the last job of a study is given. */
struct study {
    size_t wanted;
    bool json;
    struct mmoe_definition def;
    char *command, *out; /* out NULL: no files */
    struct mmoe_text words;
    struct mmoe_battery battery;
};

static void over(void *context, const struct mmoe_sight *s)
{
    struct study *x = context;
    struct mmoe_battery *b = &x->battery;
    b->compared[b->count] = x->def.experiments[b->count];
    b->sight[b->count++] = *s;
}

/* out/NAME-1.svg, out/NAME-1.pdf */
static enum mmoe_status write_figures(const struct study *x, size_t i, struct mmoe_error *err)
{
    static const char *const endings[] = {"svg", "pdf"};
    struct figure_sheet sheet = {0};
    struct mmoe_origin origin;
    enum mmoe_status status = MMOE_OK;
    mmoe_origin_here(&origin);
    funnel_page(&x->battery.sight[i], &sheet);
    sheet.page.program = origin.version;
    sheet.page.command = x->command;
    for (size_t k = 0; k < 2 && !mmoe_failed(status); k++) {
        struct mmoe_text path = {0};
        mmoe_text_add(&path, "%s/%s-%zu.%s", x->out, x->def.about.name, i + 1, endings[k]);
        status = figure_page_write(&sheet.page, path.s, err);
        mmoe_text_done(&path);
    }
    figure_sheet_done(&sheet);
    return status;
}

static enum mmoe_status write_files(const struct study *x, struct mmoe_error *err)
{
    const struct battery_page page = {.title = x->def.about.title,
                                      .note = x->def.about.note,
                                      .command = x->command,
                                      .battery = &x->battery};
    struct mmoe_text path = {0};
    for (size_t i = 0; i < x->battery.count; i++)
        if (mmoe_failed(write_figures(x, i, err)))
            return err->status;
    mmoe_text_add(&path, "%s/report.html", x->out);
    enum mmoe_status status = battery_write(&page, path.s, err);
    mmoe_text_done(&path);
    return status;
}

static enum mmoe_status conclude(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct study *x = context;
    (void)j;
    if (x->battery.count < x->wanted)
        return mmoe_fail(err, MMOE_STATE, "%s of %zu experiments are over: %.200s makes them all",
                         mmoe_format_count(x->battery.count, MMOE_NUMBER), x->wanted, x->command);
    mmoe_battery_hear(&x->battery);
    battery_add(&x->battery, x->json, &x->words);
    return x->out ? write_files(x, err) : MMOE_OK;
}

static void told(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err)
{
    struct study *x = context;
    if (x->words.n)
        event_emit(&a->sink, &x->words);
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
    } else if (x->out) {
        app_say(a, "wrote %s/report.html and %s", x->out,
                MMOE_COUNTED(2 * x->battery.count, "figure"));
    }
}

static void free_study(void *context)
{
    struct study *x = context;
    mmoe_free(x->command);
    mmoe_free(x->out);
    mmoe_text_done(&x->words);
    mmoe_free(x);
}

static struct study *study_of(struct app *a, const struct mmoe_definition *def,
                              const struct invocation *i)
{
    struct study *x = mmoe_alloc(1, sizeof *x);
    const char *out = command_pair(i, "out");
    x->wanted = def->experiment_count;
    x->json = a->sink.mode == EVENT_JSON;
    x->def = *def;
    x->out = out ? command_path(out) : NULL;
    x->command = mmoe_strdup(i->text);
    return x;
}

enum mmoe_status command_experiments(struct app *a, const struct mmoe_definition *def,
                                     const struct invocation *i, struct mmoe_error *err)
{
    struct study *x = study_of(a, def, i);
    struct mmoe_text words = {0};
    enum mmoe_status status = app_folder(x->out, err);
    size_t begun = 0;
    for (; begun < def->experiment_count && !mmoe_failed(status); begun += !mmoe_failed(status))
        status = experiment_begin(
            a,
            &(struct experiment_order){.options = &def->grid.base,
                                       .control = def->experiments[begun].control,
                                       .treatment = def->experiments[begun].treatment,
                                       .i = i,
                                       .nets = NETS,
                                       .over = over,
                                       .context = x},
            err);
    if (begun == 0) { /* else those that were begun have it */
        free_study(x);
        return status;
    }
    mmoe_text_add(&words, "%s\n%s\n", def->about.title, def->about.note);
    app_tell(a, words.s);
    mmoe_text_done(&words);
    app_job(
        a, &(struct app_job){
               .what = "claims", .work = conclude, .done = told, .free = free_study, .context = x});
    return mmoe_failed(status) ? status : MMOE_CONTINUE;
}
