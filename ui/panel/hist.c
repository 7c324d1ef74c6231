/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hist.c - final losses over seeds: a histogram for each group of repeats. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/json.h>
#include <mmoe/run.h>

#include "ui/panel/pairs.h"
#include "ui/panel/panels.h"
#include "ui/panel/pick.h"
#include "ui/panel/stuck.h"
#include "ui/panel/view_study.h"

enum { BAR_LEAST = 10, OVERLAID_MOST = 3 };

/* How far a study is: a bar, runs, steps a second, time left. */
static void draw_progress(const struct view *v, struct canvas *c)
{
    char words[96], rate[32];
    double part = v->queue_wanted ? (double)v->queue_done / (double)v->queue_wanted : 0;
    int n = snprintf(words, sizeof words, " %s/%s", mmoe_format_count(v->queue_done, MMOE_NUMBER),
                     mmoe_format_count(v->queue_wanted, MMOE_NUMBER));
    if (v->study.held)
        snprintf(words + n, sizeof words - (size_t)n, "  held: resume goes on");
    else if (v->study.rate > 0)
        snprintf(words + n, sizeof words - (size_t)n, "  %s steps/s",
                 mmoe_format_count((uint64_t)v->study.rate, rate, sizeof rate));
    int used = canvas_columns(words), bar = c->width - used;
    if (bar < BAR_LEAST)
        bar = 0;
    for (int x = 0; x < bar; x++)
        canvas_put(c, x, 0, x < (int)(part * bar) ? ROLE_KEY : ROLE_DIM, 0,
                   x < (int)(part * bar) ? c->glyphs->bar[8] : c->glyphs->bar[1]);
    canvas_text(c, bar, 0, ROLE_TEXT, 0, words);
}

/* Rows of all groups; what is said aside of each is written to aside. */
static struct figure_histograms groups(const struct view *v, struct figure_histogram *rows,
                                       char (*aside)[STUCK_SHORT], const char *measure)
{
    for (size_t i = 0; i < v->group_count; i++) {
        const struct view_group *g = &v->groups[i];
        const struct mmoe_spread *s = mmoe_tally_spread(g->tally, 0, v->metric, v->task);
        rows[i] = (struct figure_histogram){.name = g->name,
                                            .look = g->look,
                                            .style = i,
                                            .sorted = s->sorted,
                                            .n = s->summary.n,
                                            .summary = s->summary,
                                            .wanted = g->wanted - s->without,
                                            .aside = stuck_short(g->tally, 0, v->task, aside[i])};
    }
    return (struct figure_histograms){
        .x_label = measure, .y_label = "seeds", .count = v->group_count, .rows = rows};
}

/* --- two settings against each other --- */

enum { STRIP_WIDTH = 32, STRIP_LEAST = 12 };

/* The greatest of the ratios or their inverses, rounded up to 1.2, 1.5, 2, 5, 10, ... */
static double strip_end(const struct pair *p)
{
    static const double ends[] = {1.02, 1.1, 1.2, 1.5, 2, 5, 10, 100};
    double most = 1;
    size_t k = 0;
    for (size_t i = 0; i < p->seeds; i++)
        if (p->a[i] > 0 && p->b[i] > 0 && isfinite(p->a[i] / p->b[i]))
            most = fmax(most, fmax(p->a[i] / p->b[i], p->b[i] / p->a[i]));
    while (k + 1 < sizeof ends / sizeof *ends && ends[k] < most)
        k++;
    return ends[k];
}

/* How many seeds have which ratio, on a logarithmic axis about 1. */
static void draw_strip(const struct pair *p, struct canvas *c)
{
    char low[16], high[16];
    int count[STRIP_WIDTH] = {0}, most = 1;
    double end = strip_end(p);
    int width = c->width - 60 < STRIP_WIDTH ? c->width - 60 : STRIP_WIDTH;
    if (width < STRIP_LEAST)
        width = c->width - 12 < STRIP_WIDTH ? c->width - 12 : STRIP_WIDTH;
    for (size_t i = 0; i < p->seeds; i++) {
        double at = (log(p->a[i] / p->b[i]) / log(end) + 1) / 2 * (width - 1);
        if (!(at >= 0 && at <= width - 1))
            continue;
        int n = ++count[(int)lround(at)];
        most = n > most ? n : most;
    }
    int x = canvas_text(c, 0, 0, ROLE_DIM, 0, mmoe_format_setting(1 / end, low, sizeof low)) + 1;
    for (int k = 0; k < width; k++) {
        int eighths = (8 * count[k] + most - 1) / most;
        canvas_put(c, x + k, 0, count[k] ? ROLE_KEY : ROLE_DIM, 0,
                   count[k]         ? c->glyphs->bar[eighths]
                   : k == width / 2 ? c->glyphs->vertical
                                    : L' ');
    }
    x += width + 1;
    x += canvas_text(c, x, 0, ROLE_DIM, 0, mmoe_format_setting(end, high, sizeof high)) + 2;
    canvas_text(c, x, 0, ROLE_DIM, 0, "ratio of each seed");
}

/* The verdict so far, and the seeds behind it. Returns the rows taken. */
static int draw_pair(const struct view *v, struct canvas *c)
{
    struct mmoe_text name[2] = {{0}}, t = {0};
    struct pair p;
    struct mmoe_paired r = {0};
    bool told = strcmp(v->study.name, VIEW_COMPARED) == 0 && c->height >= 6 &&
                pair_at(v, 0, name, &p);
    if (told)
        pair_compare(v, &p, &r);
    told = told && r.n > 0;
    if (told) {
        pair_add_short(&p, &r, &t);
        canvas_text(c, 0, 0, ROLE_TEXT, CELL_BOLD, t.s);
    }
    struct canvas strip = canvas_view(c, 0, 1, c->width, 1);
    if (told && r.ratio)
        draw_strip(&p, &strip);
    mmoe_text_done(&t);
    for (int i = 0; i < 2; i++)
        mmoe_text_done(&name[i]);
    return told ? 1 + r.ratio : 0;
}

/* A plain sweep of one figure has the canvas; what a definition draws comes with its title and
 * legend. */
static void draw_study(const struct view *v, struct canvas *c)
{
    const struct figure_page *page = &v->study.sheet.page;
    int top = v->queue_wanted && c->height > 3 ? 1 : 0;
    if (top)
        draw_progress(v, c);
    struct canvas rest = canvas_view(c, 0, top, c->width, c->height - top);
    int taken = draw_pair(v, &rest);
    struct canvas below = canvas_view(&rest, 0, taken, c->width, rest.height - taken);
    if (page->count == 1 && page->figures[0].kind == FIGURE_HISTOGRAMS && !v->study.name[0])
        figure_histograms_draw(&page->figures[0].histograms, &below);
    else
        figure_page_draw(page, &below);
}

/* The last row tells of the run that is picked. */
static struct canvas draw_pick(const struct view *v, struct canvas *c)
{
    struct mmoe_text t = {0};
    if (v->focus == PANEL_HIST && c->height > 2)
        pick_words(v, &t);
    if (t.n == 0)
        return *c;
    canvas_text(c, 0, c->height - 1, ROLE_KEY, CELL_BOLD, t.s);
    mmoe_text_done(&t);
    return canvas_view(c, 0, 0, c->width, c->height - 1);
}

static void draw(const struct view *v, struct canvas *whole)
{
    struct canvas above = draw_pick(v, whole), *c = &above;
    struct figure_histogram rows[VIEW_GROUPS_MAX];
    char measure[64], aside[VIEW_GROUPS_MAX][STUCK_SHORT];
    if (v->study.tally) {
        draw_study(v, c);
    } else if (v->group_count == 0) {
        int y = c->height / 2 - (c->height > 2);
        canvas_text(c, 1, y, ROLE_KEY, CELL_BOLD, "repeat 20");
        canvas_text(c, 11, y, ROLE_DIM, 0, " trains 20 seeds: luck or");
        canvas_text(c, 1, y + 1, ROLE_DIM, 0, "model? Their final losses go here.");
    } else {
        const struct figure_histograms h =
            groups(v, rows, aside, view_measure(v, measure, sizeof measure));
        struct pick p;
        if (pick_at(v, &p) && !p.run)
            rows[p.row - 1].mark = &p.value;
        figure_histograms_draw(&h, c);
    }
}

/* The options of a row that heeds the option, where all such rows have the same value; else NULL.
 */
static const struct mmoe_options *common_of(const struct view *v, const struct mmoe_option *option)
{
    const struct mmoe_options *first = NULL;
    for (size_t i = 0; i < v->group_count; i++) {
        const struct mmoe_options *o = &v->groups[i].options;
        if (!mmoe_run_heeds(o, option))
            continue;
        if (first && !mmoe_option_same(first, o, option))
            return NULL;
        first = o;
    }
    return first;
}

/* " All with p=0.5 lr=0.01 batch=100.": what the rows have in common: p, lr and batch, and what
 * else is no default. */
static const char *common_setting(const struct view *v, struct figure_sheet *sheet)
{
    struct mmoe_options defaults;
    struct mmoe_text t = {0};
    mmoe_options_default(&defaults);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        const struct mmoe_options *o = common_of(v, option);
        bool always = option == mmoe_option_find("p") || option == mmoe_option_find("lr") ||
                      option == mmoe_option_find("batch");
        if (!o || option->group == MMOE_GROUP_SESSION || option->type == MMOE_TYPE_SEED ||
            option == mmoe_option_find("model") ||
            (!always && mmoe_option_same(o, &defaults, option)))
            continue;
        mmoe_text_add(&t, " %s=", option->name);
        mmoe_option_show(o, option, &t);
    }
    const char *all = t.n ? figure_sheet_print(sheet, " All with%s.", t.s) : "";
    mmoe_text_done(&t);
    return all;
}

/* Is any run finished of the study that is shown, or of the groups? */
static bool has_runs(const struct view *v)
{
    size_t done = v->study.tally ? mmoe_tally_done(v->study.tally) : 0;
    for (size_t i = 0; !v->study.tally && i < v->group_count; i++)
        done += view_group_done(&v->groups[i]);
    return done > 0;
}

/* A few are set over each other, more have a row each. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    char measure[64];
    if (!has_runs(v))
        return;
    if (v->study.tally) {
        view_study_page(&v->study, v->metric, v->task, sheet);
        return;
    }
    view_measure(v, measure, sizeof measure);
    struct figure_histograms h =
        groups(v, figure_sheet_take(sheet, v->group_count, sizeof(struct figure_histogram)),
               figure_sheet_take(sheet, v->group_count, sizeof(char[STUCK_SHORT])),
               figure_sheet_print(sheet, "final held-out %s", measure));
    h.overlay = v->group_count <= OVERLAID_MOST;
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_HISTOGRAMS, .histograms = h};
    sheet->page.title = figure_sheet_print(sheet, "Final %s over seeds", view_metric(v));
    sheet->page.caption = figure_sheet_print(
        sheet, "n seeds each, the median (also %s) and in brackets the interquartile range.%s",
        h.overlay ? "marked" : "as a line", common_setting(v, sheet));
}

static void note(const struct view *v, char *buf, size_t size)
{
    char left[32];
    if (v->queue_wanted && v->queue_eta >= 0)
        snprintf(buf, size, "%s/%s, %s left", mmoe_format_count(v->queue_done, MMOE_NUMBER),
                 mmoe_format_count(v->queue_wanted, MMOE_NUMBER),
                 mmoe_format_duration(v->queue_eta, left, sizeof left));
    else if (v->queue_wanted)
        snprintf(buf, size, "%s/%s", mmoe_format_count(v->queue_done, MMOE_NUMBER),
                 mmoe_format_count(v->queue_wanted, MMOE_NUMBER));
    else
        snprintf(buf, size, "%s",
                 (v->study.tally ? v->study.figure == MMOE_DRAWING_HISTOGRAMS : v->group_count > 0)
                     ? "n, median [IQR]"
                     : "");
}

static void describe_row(const char *name, const char *measure, const struct view *v,
                         struct mmoe_tally *tally, size_t cell, bool first, struct mmoe_text *t)
{
    char median[24], low[24], high[24], mean[24];
    const struct mmoe_spread *spread = mmoe_tally_spread(tally, cell, v->metric, v->task);
    const struct mmoe_summary *s = &spread->summary;
    if (s->n == 0) {
        mmoe_text_add(t, "%s%s: no run has a final %s; %s diverged.", first ? "" : " ", name,
                      measure, mmoe_format_count(s->diverged, MMOE_NUMBER));
        return;
    }
    mmoe_text_add(
        t, "%s%s: over %s the final %s has median %s, half of them within [%s, %s], mean %s",
        first ? "" : " ", name, MMOE_COUNTED(s->n, "seed"), measure,
        mmoe_format_loss(s->median, median, sizeof median),
        mmoe_format_loss(s->q25, low, sizeof low), mmoe_format_loss(s->q75, high, sizeof high),
        mmoe_format_loss(s->mean, mean, sizeof mean));
    mmoe_text_add(t, "; %s diverged.", mmoe_format_count(s->diverged, MMOE_NUMBER));
    stuck_add_words(tally, cell, v->task, t);
    stuck_add_modes(v->metric, spread, t);
}

static void describe_labels(const char *name, const struct mmoe_summary *s, bool first,
                            struct mmoe_text *t)
{
    mmoe_text_add(t,
                  "%s%s: over %s the labels' correlation is %s in the mean, with a "
                  "standard deviation of %s.",
                  first ? "" : " ", name, MMOE_COUNTED(s->n, "seed"),
                  mmoe_format_fixed(s->mean, 3, MMOE_NUMBER),
                  mmoe_format_fixed(s->sd, 3, MMOE_NUMBER));
}

static void describe_study(const struct view *v, const char *measure, struct mmoe_text *t)
{
    struct mmoe_tally *tally = v->study.tally;
    const struct mmoe_grid *g = mmoe_tally_grid(tally);
    if (v->study.fixed[0])
        mmoe_text_add(t, "All with %s. ", v->study.fixed);
    for (size_t i = 0; i < mmoe_grid_cells(g); i++) {
        struct mmoe_text name = {0};
        mmoe_cells_name(g, i, &name);
        if (v->study.figure == MMOE_DRAWING_LABELS)
            describe_labels(name.s, &mmoe_tally_labels(tally, i)->summary, i == 0, t);
        else
            describe_row(name.s, measure, v, tally, i, i == 0, t);
        mmoe_text_done(&name);
    }
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    char measure[64];
    view_measure(v, measure, sizeof measure);
    if (v->study.tally && !has_runs(v))
        mmoe_text_add(t, "No run of study %lld is finished yet: study resume %lld trains them.",
                      (long long)v->study.id, (long long)v->study.id);
    else if (v->study.tally)
        describe_study(v, measure, t);
    else if (v->group_count == 0)
        mmoe_text_add(t, "No repeats yet: repeat 20 trains 20 seeds of the setting.");
    for (size_t i = 0; !v->study.tally && i < v->group_count; i++) {
        const struct view_group *g = &v->groups[i];
        describe_row(g->name, measure, v, g->tally, 0, i == 0, t);
    }
}

/* --- numbers --- */

/* Call back with the numbers of every row: a study's finite ones, ascending; a group's by seed,
 * NAN where a run diverged. */
static void each_row(const struct view *v, struct mmoe_text *t,
                     void (*add)(const struct view *v, struct mmoe_text *t, const char *name,
                                 const struct mmoe_summary *s, const double *value, size_t n))
{
    const struct mmoe_grid *g = v->study.tally ? mmoe_tally_grid(v->study.tally) : NULL;
    for (size_t i = 0; g && i < mmoe_grid_cells(g); i++) {
        const struct mmoe_spread *s = mmoe_tally_spread(v->study.tally, i, v->metric, v->task);
        struct mmoe_text name = {0};
        mmoe_cells_name(g, i, &name);
        add(v, t, name.s, &s->summary, s->sorted, s->summary.n);
        mmoe_text_done(&name);
    }
    for (size_t i = 0; !g && i < v->group_count; i++) {
        const struct view_group *group = &v->groups[i];
        const double *value = mmoe_tally_values(group->tally, 0, v->metric, v->task);
        add(v, t, group->name, &mmoe_tally_spread(group->tally, 0, v->metric, v->task)->summary,
            value, value ? view_group_done(group) : 0);
    }
}

static void add_lines(const struct view *v, struct mmoe_text *t, const char *name,
                      const struct mmoe_summary *s, const double *value, size_t n)
{
    (void)v;
    (void)s;
    for (size_t k = 0; k < n; k++) {
        mmoe_text_add_csv(t, name);
        mmoe_text_add(t, ",%zu,", k);
        mmoe_text_add_number(t, value[k]);
        mmoe_text_add(t, "\n");
    }
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    char letter[2];
    struct mmoe_task task = {0};
    snprintf(task.name, sizeof task.name, "%s", view_task(v, v->task, letter));
    mmoe_text_add(t, v->study.tally ? "cell,rank" : "group,seed_index");
    panel_add_column(t, v->metric, &task);
    mmoe_text_add(t, "\n");
    each_row(v, t, add_lines);
}

static void add_object(const struct view *v, struct mmoe_text *t, const char *name,
                       const struct mmoe_summary *s, const double *value, size_t n)
{
    char letter[2];
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "hist");
    mmoe_json_word(t, "group", name);
    mmoe_json_count(t, "n", s->n);
    mmoe_json_count(t, "diverged", s->diverged);
    mmoe_json_numbers(t, mmoe_metrics_table[v->metric].key, value, n);
    mmoe_json_word(t, "task", view_task(v, v->task, letter));
    mmoe_text_add(t, "}\n");
}

static void json(const struct view *v, struct mmoe_text *t)
{
    each_row(v, t, add_object);
}

const struct panel panel_hist = {
    .name = "hist",
    .title = "final loss over seeds",
    .explain =
        "Each row is one setting trained with many seeds: how many, the median of a task's "
        "final held-out loss (hist auc task=B shows another metric of another task), "
        "the interquartile range [IQR], how many diverged, and a histogram on the axis that "
        "all rows share, as they share the scale of their bars: below the names stands how many "
        "seeds a full bar is. The "
        "underlined bar holds the median. Look at the spread, not the best: a model whose "
        "strip is wide, or has a "
        "tail to the right, depends on luck. Seeds draw their own synthetic rows as well, "
        "so some of "
        "the spread is the "
        "data's. A study that a file defines is drawn as the file says: curves over steps, "
        "correlations of labels, histograms, or "
        "the share of runs below each loss; study open draw=curves shows it another way.",
    .min_width = 24,
    .min_height = 2,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
