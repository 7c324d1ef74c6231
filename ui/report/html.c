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

#include <mmoe/file.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>
#include <mmoe/store.h>

#include "ui/panel/view_study.h"
#include "ui/report/verdicts.h"

enum { NUMBER = 24 };
#define THRESHOLD_FACTOR \
    2 /* a run has failed whose loss is above so many times the median of all */

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\"><title>%s</title><style>\n"
    "body{font:16px/1.5 "
    "system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:62rem;margin:2rem auto;padding:0 "
    "1rem}\n"
    "h1{font-size:1.7rem}h2{margin-top:3rem;border-top:1px solid "
    "#ccc;padding-top:1rem}figure{margin:1rem 0}\n"
    "figure svg{width:100%%;height:auto}figure.one{max-width:34rem}details{margin:1rem "
    "0}table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}\n"
    "th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid #ddd;vertical-align:top}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}code{background:#f3f3f3;padding:.1rem "
    ".3rem}\n"
    ".holds{color:#005a87;font-weight:600}.fails{color:#a33b00;font-weight:600}.undecided{color:#"
    "666}\n"
    ".scroll{overflow-x:auto}\n"
    "</style></head><body>\n";

/* --- pieces --- */

static void add_escaped(struct mmoe_text *t, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '<': mmoe_text_add(t, "&lt;"); break;
        case '>': mmoe_text_add(t, "&gt;"); break;
        case '&': mmoe_text_add(t, "&amp;"); break;
        case '"': mmoe_text_add(t, "&quot;"); break;
        default:
            if ((unsigned char)*s >= ' ' || *s == '\n')
                mmoe_text_add(t, "%c", *s);
        }
}

static void add_tag(struct mmoe_text *t, const char *tag, const char *text)
{
    mmoe_text_add(t, "<%s>", tag);
    add_escaped(t, text);
    mmoe_text_add(t, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void add_loss(struct mmoe_text *t, double v)
{
    char text[NUMBER];
    mmoe_text_add(t, "<td class=\"n\">%s</td>",
                  isnan(v) ? "" : mmoe_format_loss(v, text, sizeof text));
}

static void add_interval(struct mmoe_text *t, const struct mmoe_interval *i)
{
    char value[NUMBER], low[NUMBER], high[NUMBER];
    mmoe_text_add(t, "<td class=\"n\">%s [%s, %s]</td>",
                  mmoe_format_estimate(i->value, value, sizeof value),
                  mmoe_format_estimate(i->low, low, sizeof low),
                  mmoe_format_estimate(i->high, high, sizeof high));
}

static void begin_table(struct mmoe_text *t, const char *const *heads, size_t n)
{
    mmoe_text_add(t, "<div class=\"scroll\"><table><tr>");
    for (size_t i = 0; i < n; i++)
        add_tag(t, "th", heads[i]);
    mmoe_text_add(t, "</tr>\n");
}

static void end_table(struct mmoe_text *t)
{
    mmoe_text_add(t, "</table></div>\n");
}

/* --- claims --- */

static void add_claim(struct mmoe_text *t, const struct mmoe_claim *c)
{
    static const char *const classes[] = {
        [MMOE_UNDECIDED] = "undecided", [MMOE_HOLDS] = "holds", [MMOE_FAILS] = "fails"};
    const struct mmoe_interval i = {c->value, c->low, c->high};
    mmoe_text_add(t, "<tr><td>%d</td>", c->number);
    add_tag(t, "td", c->text);
    mmoe_text_add(t, "<td class=\"%s\">%s</td>", classes[c->verdict],
                  mmoe_claims_verdict(c->verdict));
    add_tag(t, "td", c->statistic);
    add_interval(t, &i);
    if (isnan(c->p_holm))
        mmoe_text_add(t, "<td></td>");
    else if (c->p_holm < 0.001)
        mmoe_text_add(t, "<td class=\"n\">&lt; .001</td>");
    else
        mmoe_text_add(t, "<td class=\"n\">%.3f</td>", c->p_holm);
    mmoe_text_add(t, "</tr>\n");
}

static void add_claims(struct mmoe_text *t, const struct view_study *s, bool over_var)
{
    static const char *const heads[] = {
        "", "claim", "verdict", "statistic", "value [interval]", "p, corrected"};
    struct mmoe_design d;
    struct mmoe_error err;
    struct mmoe_text group = {0};
    struct mmoe_claim *claims = verdicts_test(s, over_var, &d, &err);
    if (!claims)
        return;
    add_tag(t, "h3",
            over_var ? "Claims on the loss over the label's variance" : "Claims on the loss");
    for (size_t g = 0; g < d.groups; g++) {
        mmoe_text_clear(&group);
        mmoe_design_group_text(&s->grid, &d, g, &group);
        if (group.n)
            add_tag(t, "h4", group.s);
        begin_table(t, heads, sizeof heads / sizeof *heads);
        for (size_t k = 0; k < MMOE_CLAIMS; k++)
            add_claim(t, &claims[g * MMOE_CLAIMS + k]);
        end_table(t);
    }
    mmoe_text_done(&group);
    mmoe_free(claims);
}

/* --- cells --- */

static void add_plain_cells(struct mmoe_text *t, const struct view_study *s)
{
    static const char *const heads[] = {"setting", "seeds", "diverged", "median",
                                        "25 %",    "75 %",  "mean",     "sd"};
    bool labels = s->figure == MMOE_DRAWING_LABELS;
    mmoe_text_add(t, "<details><summary>the numbers: %s</summary>\n",
                  labels ? "correlation of the labels" : "final held-out loss of task A");
    begin_table(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < s->cell_count; i++) {
        const struct view_cell *c = &s->cells[i];
        const struct mmoe_summary *m = labels ? &c->pearson : &c->summary;
        const double shown[] = {m->median, m->q25, m->q75, m->mean, m->sd};
        mmoe_text_add(t, "<tr>");
        add_tag(t, "td", c->name);
        mmoe_text_add(t, "<td class=\"n\">%zu</td><td class=\"n\">%zu</td>", c->done,
                      c->summary.diverged);
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            add_loss(t, shown[k]);
        mmoe_text_add(t, "</tr>\n");
    }
    end_table(t);
    mmoe_text_add(t, "</details>\n");
}

/* Twice the median of all finite final losses: what counts as failed where nobody said. */
static double usual_threshold(const struct view_study *s)
{
    size_t n = 0, room = mmoe_grid_runs(&s->grid);
    double *all = mmoe_alloc(room, sizeof *all);
    for (size_t i = 0; i < s->cell_count; i++)
        for (size_t k = 0; k < s->cells[i].summary.n; k++)
            all[n++] = s->cells[i].loss[k];
    struct mmoe_summary summary = mmoe_summarize(all, n);
    mmoe_free(all);
    return THRESHOLD_FACTOR * summary.median;
}

static void add_tested_cells(struct mmoe_text *t, const struct view_study *s,
                             const struct mmoe_design *d)
{
    static const char *const models[MMOE_CLAIMS_MODELS] = {"shared-bottom", "omoe", "mmoe"};
    struct mmoe_claims_cell cells[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    char failed[64];
    double threshold = usual_threshold(s);
    snprintf(failed, sizeof failed, "share above %.3g (twice the median of all)", threshold);
    const char *const heads[] = {
        "p", "model", "seeds", "diverged", "median [95 %]", "interquartile mean [95 %]", failed};
    verdicts_cells(s, d, 0, false, threshold, cells);
    begin_table(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < d->p_count; i++)
        for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++) {
            const struct mmoe_claims_cell *c = &cells[m][i];
            mmoe_text_add(
                t, "<tr><td>%g</td><td>%s</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td>",
                d->p[i], models[m], c->n, c->diverged);
            add_interval(t, &c->median);
            add_interval(t, &c->iqm);
            add_interval(t, &c->failure);
            mmoe_text_add(t, "</tr>\n");
        }
    end_table(t);
}

/* --- settings --- */

static void add_settings(struct mmoe_text *t, const struct view_study *s)
{
    struct mmoe_options fallback;
    struct mmoe_text value = {0};
    mmoe_options_default(&fallback);
    add_tag(t, "h3", "Settings");
    mmoe_text_add(t, "<details><summary>all options; axes: ");
    for (size_t a = 0; a < s->grid.axis_count; a++)
        for (size_t i = 0; i < s->grid.axes[a].count; i++) {
            mmoe_text_add(t, "%s", i ? ", " : a ? "; " : "");
            if (i == 0)
                mmoe_text_add(t, "%s = ", s->grid.axes[a].option->name);
            add_escaped(t, mmoe_grid_value(&s->grid, a, i));
        }
    mmoe_text_add(t, "</summary><table>\n");
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *o = &mmoe_option_table[i];
        if (o->group == MMOE_GROUP_SESSION)
            continue;
        mmoe_text_clear(&value);
        mmoe_option_show(&s->grid.base, o, &value);
        mmoe_text_add(t, "<tr>");
        add_tag(t, "td", o->name);
        add_tag(t, mmoe_option_same(&s->grid.base, &fallback, o) ? "td" : "td class=\"holds\"",
                value.s);
        add_tag(t, "td", o->help);
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
        add_escaped(t, line.s);
        mmoe_text_add(t, "<br>");
        mmoe_text_done(&line);
    }
    mmoe_text_add(t, "</p>\n");
}

static void add_study(struct mmoe_text *t, const struct view_study *s,
                      const struct mmoe_choice *choice)
{
    struct figure_sheet sheet = {0};
    struct mmoe_origin origin;
    struct mmoe_design d;
    struct mmoe_error err;
    mmoe_origin_here(&origin);
    view_study_page(s, &sheet);
    sheet.page.program = origin.version;
    sheet.page.title = NULL; /* the heading tells it */
    add_tag(t, "h2", s->title[0] ? s->title : s->command);
    add_notes(t, s->note);
    mmoe_text_add(t, sheet.page.count > 1 ? "<figure>" : "<figure class=\"one\">");
    figure_page_svg(&sheet.page, t);
    mmoe_text_add(t, "</figure>\n");
    figure_sheet_done(&sheet);
    if (choice)
        add_choice(t, choice, &s->grid);
    if (s->claims) {
        add_claims(t, s, false);
        add_claims(t, s, true);
    }
    if (!mmoe_failed(mmoe_design_find(&s->grid, &d, &err)) && d.groups == 1)
        add_tested_cells(t, s, &d);
    else
        add_plain_cells(t, s);
    add_settings(t, s);
}

static bool show_record(void *context, const struct mmoe_record *r)
{
    view_study_add(context, r);
    return true;
}

/* A part of a plan, out of its store. */
static enum mmoe_status add_part(struct mmoe_text *t, struct mmoe_store *store,
                                 const struct html_part *part, const char *command,
                                 struct mmoe_error *err)
{
    struct mmoe_definition def;
    struct mmoe_grid grid;
    struct view_study s = {0};
    enum mmoe_status status = mmoe_definition_read(part->source, &def, err);
    if (mmoe_failed(status))
        return status;
    status = mmoe_store_study(store, part->id, NULL, &grid, err);
    if (mmoe_failed(status))
        return status;
    view_study_begin(&s, part->id, &grid, command, &def);
    status = mmoe_results_read(store, part->id, &grid, true, show_record, &s, err);
    if (!mmoe_failed(status))
        add_study(t, &s, part->choice);
    view_study_close(&s);
    return status;
}

static enum mmoe_status add_plan(struct mmoe_text *t, const struct html_plan *p,
                                 struct mmoe_error *err)
{
    struct mmoe_store *store = mmoe_store_open(p->store, MMOE_STORE_READ, err);
    if (!store)
        return err->status;
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < p->count; i++) {
        status = add_part(t, store, &p->parts[i], p->command, err);
        if (mmoe_failed(status))
            break;
    }
    mmoe_store_close(store);
    return status;
}

static void add_head(struct mmoe_text *t, const char *title, const char *command)
{
    struct mmoe_origin origin;
    struct mmoe_text escaped = {0};
    mmoe_origin_here(&origin);
    add_escaped(&escaped, title);
    mmoe_text_add(t, head, escaped.s ? escaped.s : "");
    add_tag(t, "h1", title);
    mmoe_text_add(t, "<p>Made by ");
    add_escaped(t, origin.version);
    mmoe_text_add(t, " on ");
    add_escaped(t, origin.machine);
    mmoe_text_add(t, " (kernels ");
    add_escaped(t, origin.kernels);
    mmoe_text_add(t, "). The same command makes the same numbers: ");
    add_tag(t, "code", command);
    mmoe_text_add(t, "</p>\n");
    mmoe_text_done(&escaped);
}

enum mmoe_status html_write(const struct view_study *s, const struct html_plan *plan,
                            const char *path, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    enum mmoe_status status = MMOE_OK;
    if (s->cell_count == 0)
        return mmoe_fail(
            err, MMOE_STATE,
            "there is no study to report: study open shows one, study figure-d makes one");
    const char *own = s->title[0] ? s->title : s->command;
    add_head(&t, plan ? plan->title : own, plan ? plan->command : s->command);
    if (plan)
        status = add_plan(&t, plan, err);
    else
        add_study(&t, s, NULL);
    if (mmoe_failed(status))
        goto fail;
    mmoe_text_add(&t, "</body></html>\n");
    status = mmoe_file_replace(path, t.s, t.n, NULL, err);
fail:
    mmoe_text_done(&t);
    return status;
}
