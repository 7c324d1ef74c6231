/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.c - a study, or the studies of a plan, as one page for a browser.
 *
 * The same runs give the same bytes: it has no date but those of the studies.
 */
#include "ui/report/html.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/file.h>
#include <mmoe/hearing.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>
#include <mmoe/store.h>
#include <mmoe/trials.h>

#include "ui/panel/stuck.h"
#include "ui/panel/view_study.h"
#include "ui/report/html_pieces.h"
#include "ui/report/search.h"
#include "ui/report/settings.h"
#include "ui/report/standings.h"
#include "ui/report/verdicts.h"

enum { NUMBER = 24 };

/* A page that is being written. */
struct writing {
    const struct html_page *page;
    size_t part; /* the one it is at */
    bool (*go_on)(void *context, double share);
    void *context;
};

/* share: of the part it is at. */
static bool go_on(void *context, double share)
{
    const struct writing *w = context;
    return w->go_on(w->context, ((double)w->part + share) / (double)w->page->count);
}

/* --- pieces --- */

static void add_loss(struct mmoe_text *t, double v)
{
    char text[NUMBER];
    mmoe_text_add(t, "<td class=\"n\">%s</td>",
                  isnan(v) ? "" : mmoe_format_loss(v, text, sizeof text));
}

static void add_interval(struct mmoe_text *t, const struct mmoe_interval *i)
{
    char value[NUMBER], low[NUMBER], high[NUMBER];
    mmoe_text_add(
        t, "<td class=\"n\">%s [%s, %s]</td>", mmoe_format_loss(i->value, value, sizeof value),
        mmoe_format_loss(i->low, low, sizeof low), mmoe_format_loss(i->high, high, sizeof high));
}

/* --- claims --- */

/* "Claims on the loss", of another task than the first with its name. */
static void add_claims_head(struct mmoe_text *t, const struct mmoe_hearing *h, size_t task)
{
    struct mmoe_text words = {0};
    if (h->metric == MMOE_LOSS)
        mmoe_text_add(&words, "Claims on the loss");
    else if (h->metric == MMOE_OVER_VAR)
        mmoe_text_add(&words, "Claims on the loss over the label's %s",
                      h->task.binary ? "entropy" : "variance");
    else
        mmoe_text_add(&words, "Claims on 1 - %s", mmoe_metrics_title(h->metric, h->task.binary));
    if (task > 0)
        mmoe_text_add(&words, " of task %s", h->task.name);
    if (h->secondary)
        mmoe_text_add(&words, " (secondary: the loss was named beforehand)");
    html_add_tag(t, "h3", words.s);
    mmoe_text_done(&words);
}

static void add_claims(struct mmoe_text *t, const struct mmoe_hearing *h, size_t task)
{
    struct mmoe_text group = {0};
    add_claims_head(t, h, task);
    for (size_t g = 0; g < h->design.groups; g++) {
        mmoe_text_clear(&group);
        mmoe_design_group_text(&h->grid, &h->design, g, &group);
        if (group.n)
            html_add_tag(t, "h4", group.s);
        html_add_claims(t, h->claim + g * MMOE_CLAIMS, MMOE_CLAIMS);
    }
    mmoe_text_done(&group);
}

/* --- cells --- */

static void add_plain_cells(struct mmoe_text *t, const struct writing *w,
                            const struct view_study *s)
{
    static const char *const heads[] = {"setting", "seeds",          "diverged", "median",
                                        "25 %",    "75 %",           "mean",     "sd",
                                        "stuck",   "some task stuck"};
    const struct mmoe_grid *g = mmoe_tally_grid(s->tally);
    const struct mmoe_task *task;
    size_t tasks = mmoe_tally_tasks(s->tally, &task);
    bool labels = s->figure == MMOE_DRAWING_LABELS;
    if (labels)
        mmoe_text_add(t, "<details><summary>the numbers: correlation of the labels</summary>\n");
    else
        mmoe_text_add(t, "<details><summary>the numbers: final held-out %s of task %s</summary>\n",
                      mmoe_metrics_title(w->page->metric,
                                         w->page->task < tasks && task[w->page->task].binary),
                      w->page->task < tasks ? task[w->page->task].name : "A");
    size_t told = labels ? 0 : tasks > 1 ? 2 : 1; /* columns of stuck runs */
    html_begin_table(t, heads, sizeof heads / sizeof *heads - 2 + told);
    for (size_t i = 0; i < mmoe_grid_cells(g); i++) {
        char share[STUCK_SHORT];
        const struct mmoe_spread *spread =
            labels ? mmoe_tally_labels(s->tally, i)
                   : mmoe_tally_spread(s->tally, i, w->page->metric, w->page->task);
        const struct mmoe_summary *m = &spread->summary;
        const double shown[] = {m->median, m->q25, m->q75, m->mean, m->sd};
        struct mmoe_text name = {0};
        mmoe_cells_name(g, i, &name);
        mmoe_text_add(t, "<tr>");
        html_add_tag(t, "td", name.s);
        mmoe_text_add(t, "<td class=\"n\">%s</td><td class=\"n\">%s</td>",
                      mmoe_format_count(mmoe_tally_cell_done(s->tally, i), MMOE_NUMBER),
                      mmoe_format_count(m->diverged, MMOE_NUMBER));
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            add_loss(t, shown[k]);
        for (size_t k = 0; k < told; k++)
            mmoe_text_add(t, "<td class=\"n\">%s</td>",
                          stuck_interval(s->tally, i, k ? MMOE_ANY_TASK : w->page->task, share));
        mmoe_text_add(t, "</tr>\n");
        mmoe_text_done(&name);
    }
    html_end_table(t);
    if (told)
        mmoe_text_add(t,
                      "<p>Stuck: for more than a tenth of the test rows no unit of the task's "
                      "last hidden layer is on, so that the prediction is a constant. With "
                      "95 %% intervals (Wilson) over seeds; a run counts once where some task of "
                      "it is stuck.</p>\n");
    mmoe_text_add(t, "</details>\n");
}

/* threshold NAN: twice the median of all. */
static void add_tested_cells(struct mmoe_text *t, const struct mmoe_hearing *h, size_t group,
                             double threshold)
{
    struct mmoe_claims_cell cells[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    char failed[64];
    bool given = !isnan(threshold);
    threshold = given ? threshold : mmoe_hearing_threshold(h);
    if (isfinite(threshold))
        snprintf(failed, sizeof failed, "share above %s%s",
                 mmoe_format_loss(threshold, MMOE_NUMBER),
                 given ? "" : " (twice the median of all)");
    else
        snprintf(failed, sizeof failed, "share that diverged");
    const char *const heads[] = {
        "p", "model", "seeds", "diverged", "median [95 %]", "interquartile mean [95 %]", failed};
    mmoe_hearing_cells(h, group, threshold, cells);
    html_begin_table(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < h->design.p_count; i++)
        for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++) {
            const struct mmoe_claims_cell *c = &cells[m][i];
            mmoe_text_add(
                t, "<tr><td>%s</td><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td>",
                mmoe_format_setting(h->design.p[i], MMOE_NUMBER), mmoe_claims_models[m],
                mmoe_format_count(c->n, MMOE_NUMBER), mmoe_format_count(c->diverged, MMOE_NUMBER));
            add_interval(t, &c->median);
            add_interval(t, &c->iqm);
            add_interval(t, &c->failure);
            mmoe_text_add(t, "</tr>\n");
        }
    html_end_table(t);
}

/* --- settings --- */

static bool is_axis(const struct mmoe_grid *g, const struct mmoe_option *o)
{
    size_t a = 0;
    while (a < g->axis_count && g->axes[a].option != o)
        a++;
    return a < g->axis_count;
}

static void add_settings(struct mmoe_text *t, const struct mmoe_grid *g)
{
    struct mmoe_options fallback;
    struct mmoe_text value = {0};
    mmoe_options_default(&fallback);
    html_add_tag(t, "h3", "Settings");
    mmoe_text_add(t, "<details><summary>all options but the axes: ");
    for (size_t a = 0; a < g->axis_count; a++)
        for (size_t i = 0; i < g->axes[a].count; i++) {
            mmoe_text_add(t, "%s", i ? ", " : a ? "; " : "");
            if (i == 0)
                mmoe_text_add(t, "%s = ", g->axes[a].option->name);
            html_add_escaped(t, mmoe_grid_value(g, a, i));
        }
    mmoe_text_add(t, "</summary><table>\n");
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *o = &mmoe_option_table[i];
        if (o->group == MMOE_GROUP_SESSION || !mmoe_cells_heed(g, o) || is_axis(g, o))
            continue;
        mmoe_text_clear(&value);
        mmoe_option_tell(&g->base, o, &value);
        mmoe_text_add(t, "<tr>");
        html_add_tag(t, "td", o->name);
        html_add_tag(t, mmoe_option_same(&g->base, &fallback, o) ? "td" : "td class=\"holds\"",
                     value.s);
        html_add_tag(t, "td", o->help);
        mmoe_text_add(t, "</tr>\n");
    }
    mmoe_text_add(t, "</table></details>\n");
    mmoe_text_done(&value);
}

static void add_choice(struct mmoe_text *t, const struct mmoe_choice *c, const struct mmoe_grid *g)
{
    for (size_t a = 0; a < g->axis_count; a++) {
        const struct mmoe_axis *axis = &g->axes[a];
        if (!axis->follows || axis->option != c->option)
            continue;
        mmoe_text_add(t,
                      "<p>%s, chosen for each %s on seeds that are not reported:", c->option->name,
                      c->leader->name);
        for (size_t i = 0; i < axis->count; i++)
            mmoe_text_add(t, "%s %s for %s", i ? "," : "", mmoe_grid_value(g, a, i),
                          mmoe_grid_value(g, axis->follows - 1, i));
        mmoe_text_add(t, ".</p>\n");
    }
}

/* --- the page --- */

static void add_notes(struct mmoe_text *t, const char *notes)
{
    if (!*notes)
        return;
    mmoe_text_add(t, "<p>");
    for (const char *at = notes; *at; at += strcspn(at, "\n") + (strchr(at, '\n') != NULL)) {
        struct mmoe_text line = {0};
        mmoe_text_add(&line, "%.*s", (int)strcspn(at, "\n"), at);
        html_add_escaped(t, line.s);
        mmoe_text_add(t, "<br>");
        mmoe_text_done(&line);
    }
    mmoe_text_add(t, "</p>\n");
}

/* The claims on one measure, and the cells where a threshold is given; false where the writing was
 * stopped. */
static bool hear(struct mmoe_text *t, const struct writing *w, const struct view_study *s,
                 const struct view_heard *on)
{
    struct mmoe_error err;
    struct mmoe_hearing *h = mmoe_hearing_new(s->tally, on->metric, on->task, &err);
    if (!h)
        return true; /* it is not a study of that kind */
    bool heard = !mmoe_failed(mmoe_hearing_claims(h, w->go_on ? go_on : NULL, (void *)w, &err));
    if (heard)
        add_claims(t, h, on->task);
    for (size_t g = 0; heard && !isnan(on->threshold) && g < h->design.groups; g++)
        add_tested_cells(t, h, g, on->threshold);
    mmoe_hearing_free(h);
    return heard;
}

/* Is it among those that every study of the kind is heard on? */
static bool is_usual(const struct view_heard *on)
{
    return on->metric <= MMOE_OVER_VAR && on->task == 0 && isnan(on->threshold);
}

/* Those of every study of the kind, and those that were asked for besides. */
static bool add_hearings(struct mmoe_text *t, const struct writing *w, const struct view_study *s,
                         const struct html_part *part)
{
    static const struct view_heard usual[] = {{MMOE_LOSS, 0, NAN}, {MMOE_OVER_VAR, 0, NAN}};
    bool all = s->claims || !s->name[0], heard = true;
    for (size_t i = 0; all && heard && i < sizeof usual / sizeof *usual; i++)
        heard = hear(t, w, s, &usual[i]);
    for (size_t i = 0; heard && i < part->heard_count; i++)
        if (!all || !is_usual(&part->heard[i]))
            heard = hear(t, w, s, &part->heard[i]);
    return heard;
}

static void add_cells(struct mmoe_text *t, const struct writing *w, const struct view_study *s)
{
    struct mmoe_error err;
    struct mmoe_hearing *h = mmoe_hearing_new(s->tally, MMOE_LOSS, 0, &err);
    if (h && h->design.groups == 1)
        add_tested_cells(t, h, 0, NAN);
    else
        add_plain_cells(t, w, s);
    mmoe_hearing_free(h);
}

/* False where the writing was stopped. */
/* What its kind of study comes to, in the lines that the program says. */
static void add_sayings(struct mmoe_text *t, const struct writing *w, const struct view_study *s)
{
    struct mmoe_text said = {0};
    settings_add(s, w->page->task, false, &said);
    standings_add(s, false, &said);
    search_add(s, false, &said);
    if (said.n)
        html_add_tag(t, "pre", said.s);
    mmoe_text_done(&said);
}

static bool add_study(struct mmoe_text *t, const struct writing *w, const struct view_study *s,
                      const struct html_part *part)
{
    struct figure_sheet sheet = {0};
    struct mmoe_origin origin;
    const struct mmoe_grid *g = mmoe_tally_grid(s->tally);
    mmoe_origin_here(&origin);
    view_study_page(s, w->page->metric, w->page->task, &sheet);
    sheet.page.program = origin.version;
    sheet.page.title = NULL; /* the heading tells it */
    sheet.page.wide = true;
    const char *title = s->title[0] ? s->title : s->command;
    if (strcmp(title, w->page->title) != 0) /* of a page of one study it is the page's */
        html_add_tag(t, "h2", title);
    add_notes(t, s->note);
    mmoe_text_add(t, "<figure>");
    figure_page_svg(&sheet.page, t);
    mmoe_text_add(t, "</figure>\n");
    figure_sheet_done(&sheet);
    if (part->choice)
        add_choice(t, part->choice, g);
    add_sayings(t, w, s);
    if (!add_hearings(t, w, s, part))
        return false;
    add_cells(t, w, s);
    add_settings(t, g);
    return true;
}

/* A record read for a study. */
struct reading {
    const struct writing *w;
    struct view_study *study;
};

static bool take(void *context, const struct mmoe_record *r)
{
    const struct reading *x = context;
    mmoe_tally_add(x->study->tally, r);
    return !x->w->go_on || go_on((void *)x->w, 0);
}

/* What its runs were trained by: not always this program, nor on this machine. */
static enum mmoe_status add_origins(struct mmoe_text *t, struct mmoe_store *store, int64_t study,
                                    struct mmoe_error *err)
{
    struct mmoe_text origins = {0}, line = {0};
    enum mmoe_status status = mmoe_results_origins(store, study, &origins, err);
    if (!mmoe_failed(status) && origins.n) {
        mmoe_text_add(&line, "Trained by %s.", origins.s);
        html_add_tag(t, "p", line.s);
    }
    mmoe_text_done(&origins);
    mmoe_text_done(&line);
    return status;
}

/* A part, out of its store. */
static enum mmoe_status add_part(struct mmoe_text *t, const struct writing *w,
                                 struct mmoe_store *store, const struct html_part *part,
                                 struct mmoe_error *err)
{
    struct mmoe_definition def;
    struct mmoe_grid grid;
    struct view_study s = {0};
    struct reading reading = {w, &s};
    const struct mmoe_definition *found = part->def ? part->def : part->source ? &def : NULL;
    if (found == &def && mmoe_failed(mmoe_definition_read(part->source, &def, err)))
        return err->status;
    if (found == &def && part->again)
        mmoe_trials_show_again(&def);
    if (mmoe_failed(mmoe_store_study(store, part->id, NULL, &grid, err)))
        return err->status;
    view_study_begin(&s, part->id, &grid, w->page->command, found);
    bool curves = view_study_has_curves(&s);
    enum mmoe_status status =
        mmoe_results_read(store, part->id, &grid, curves, take, &reading, err);
    if (!mmoe_failed(status) && !add_study(t, w, &s, part))
        status = mmoe_fail(err, MMOE_STATE, "the report was stopped");
    if (!mmoe_failed(status))
        status = add_origins(t, store, part->id, err);
    view_study_close(&s);
    return status;
}

static bool goes_on(void *context, bool locked)
{
    const struct writing *w = context;
    (void)locked;
    return !w->go_on || go_on(context, 0);
}

static enum mmoe_status add_parts(struct mmoe_text *t, struct writing *w, struct mmoe_error *err)
{
    const struct mmoe_store_watch watch = {goes_on, w};
    struct mmoe_store *store = mmoe_store_open(w->page->store, MMOE_STORE_READ, &watch, err);
    if (!store)
        return err->status;
    enum mmoe_status status = MMOE_OK;
    for (; w->part < w->page->count && !mmoe_failed(status); w->part++)
        status = add_part(t, w, store, &w->page->parts[w->part], err);
    mmoe_store_close(store);
    return status;
}

enum mmoe_status html_write(const struct html_page *page, const char *path,
                            bool (*watch)(void *context, double share), void *context,
                            struct mmoe_error *err)
{
    struct writing w = {page, 0, watch, context};
    struct mmoe_text t = {0};
    html_add_head(&t, page->title, page->command);
    enum mmoe_status status = add_parts(&t, &w, err);
    html_add_end(&t);
    if (!mmoe_failed(status))
        status = mmoe_file_replace(path, t.s, t.n, err);
    mmoe_text_done(&t);
    return status;
}
