/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hist.c - final losses over seeds: a histogram for each group of repeats. */
#include <stdio.h>

#include "ui/panel/panels.h"
#include "ui/panel/view_study.h"

enum { BAR_LEAST = 10, OVERLAID_MOST = 3 };

/* How far a study is: a bar, runs, steps a second, time left. */
static void draw_progress(const struct view *v, struct canvas *c)
{
    char words[96], rate[32];
    double part = v->queue_wanted ? (double)v->queue_done / (double)v->queue_wanted : 0;
    int n = snprintf(words, sizeof words, " %zu/%zu", v->queue_done, v->queue_wanted);
    if (v->study.held)
        snprintf(words + n, sizeof words - (size_t)n, "  held: resume goes on");
    else if (v->study.rate > 0)
        snprintf(words + n, sizeof words - (size_t)n, "  %s steps/s",
                 mmoe_format_count((uint64_t)v->study.rate, rate, sizeof rate));
    int used = canvas_columns(words), bar = c->width - used;
    if (bar < BAR_LEAST)
        bar = 0;
    for (int x = 0; x < bar; x++)
        canvas_put(c, x, 0, x < (int)(part * bar) ? ROLE_SERIES_1 : ROLE_DIM, 0,
                   x < (int)(part * bar) ? c->glyphs->bar[8] : c->glyphs->bar[1]);
    canvas_text(c, bar, 0, ROLE_TEXT, 0, words);
}

static struct figure_histograms groups(const struct view *v, struct figure_histogram *rows)
{
    for (size_t i = 0; i < v->group_count; i++) {
        const struct view_group *g = &v->groups[i];
        rows[i] =
            (struct figure_histogram){g->name, i, g->sorted, g->summary.n, g->summary, g->wanted};
    }
    return (struct figure_histograms){
        .x_label = "loss of task A", .y_label = "seeds", .count = v->group_count, .rows = rows};
}

/* A plain sweep of one figure has the canvas; what a definition draws comes with its title and
 * legend. */
static void draw_study(const struct view *v, struct canvas *c)
{
    const struct figure_page *page = &v->study.sheet.page;
    int top = v->queue_wanted && c->height > 3 ? 1 : 0;
    struct canvas below = canvas_view(c, 0, top, c->width, c->height - top);
    if (top)
        draw_progress(v, c);
    if (page->count == 1 && page->figures[0].kind == FIGURE_HISTOGRAMS && !v->study.name[0])
        figure_histograms_draw(&page->figures[0].histograms, &below);
    else
        figure_page_draw(page, &below);
}

static void draw(const struct view *v, struct canvas *c)
{
    struct figure_histogram rows[VIEW_GROUPS_MAX];
    if (v->study.cell_count) {
        draw_study(v, c);
    } else if (v->group_count == 0) {
        int y = c->height / 2 - (c->height > 2);
        canvas_text(c, 1, y, ROLE_KEY, CELL_BOLD, "repeat 20");
        canvas_text(c, 11, y, ROLE_DIM, 0, " trains 20 seeds: luck or");
        canvas_text(c, 1, y + 1, ROLE_DIM, 0, "model? Their final losses go here.");
    } else {
        const struct figure_histograms h = groups(v, rows);
        figure_histograms_draw(&h, c);
    }
}

/* A few are set over each other, more have a row each. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    if (v->study.cell_count) {
        view_study_page(&v->study, sheet);
        return;
    }
    if (v->group_count == 0)
        return;
    struct figure_histograms h =
        groups(v, figure_sheet_take(sheet, v->group_count, sizeof(struct figure_histogram)));
    h.x_label = "final held-out loss of task A";
    h.overlay = v->group_count <= OVERLAID_MOST;
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_HISTOGRAMS, .histograms = h};
    sheet->page.title = "Final loss over seeds";
    sheet->page.caption =
        h.overlay
            ? "n seeds each, the median (also marked) and in brackets the interquartile range."
            : "n seeds each, the median (also as a line) and in brackets the interquartile range; "
              "bars "
              "are as high as the fullest of their row.";
}

static void note(const struct view *v, char *buf, size_t size)
{
    char left[32];
    if (v->queue_wanted && v->queue_eta >= 0)
        snprintf(buf, size, "%zu/%zu, %s left", v->queue_done, v->queue_wanted,
                 mmoe_format_duration(v->queue_eta, left, sizeof left));
    else if (v->queue_wanted)
        snprintf(buf, size, "%zu/%zu", v->queue_done, v->queue_wanted);
    else
        snprintf(
            buf, size, "%s",
            (v->study.cell_count ? v->study.figure == MMOE_DRAWING_HISTOGRAMS : v->group_count > 0)
                ? "n, median [IQR]"
                : "");
}

static void describe_row(const char *name, const struct mmoe_summary *s, bool first,
                         struct mmoe_text *t)
{
    char median[24], low[24], high[24];
    mmoe_text_add(
        t,
        "%s%s: over %zu seeds the final loss of task A has median %s, half of them within [%s, %s]",
        first ? "" : " ", name, s->n, mmoe_format_loss(s->median, median, sizeof median),
        mmoe_format_loss(s->q25, low, sizeof low), mmoe_format_loss(s->q75, high, sizeof high));
    mmoe_text_add(t, "; %zu diverged.", s->diverged);
}

static void describe_labels(const struct view_study *s, struct mmoe_text *t)
{
    for (size_t i = 0; i < s->cell_count; i++)
        mmoe_text_add(t,
                      "%s%s: over %zu seeds the labels' correlation is %.3f in the mean, with a "
                      "standard deviation of %.3f.",
                      i ? " " : "", s->cells[i].name, s->cells[i].pearson.n,
                      s->cells[i].pearson.mean, s->cells[i].pearson.sd);
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    if (v->study.cell_count && v->study.figure == MMOE_DRAWING_LABELS)
        describe_labels(&v->study, t);
    else if (v->study.cell_count)
        for (size_t i = 0; i < v->study.cell_count; i++)
            describe_row(v->study.cells[i].name, &v->study.cells[i].summary, i == 0, t);
    else if (v->group_count == 0)
        mmoe_text_add(t, "No repeats yet: repeat 20 trains 20 seeds of the setting.");
    else
        for (size_t i = 0; i < v->group_count; i++)
            describe_row(v->groups[i].name, &v->groups[i].summary, i == 0, t);
}

/* A study's finite losses, ascending in each cell; a group's in the order of seeds. */
static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, v->study.cell_count ? "cell,rank,loss_a\n" : "group,seed_index,loss_a\n");
    for (size_t i = 0; i < v->study.cell_count; i++)
        for (size_t k = 0; k < v->study.cells[i].summary.n; k++) {
            mmoe_text_add_csv(t, v->study.cells[i].name);
            mmoe_text_add(t, ",%zu,", k);
            mmoe_text_add_number(t, v->study.cells[i].loss[k]);
            mmoe_text_add(t, "\n");
        }
    for (size_t i = 0; v->study.cell_count == 0 && i < v->group_count; i++)
        for (size_t k = 0; k < v->groups[i].done; k++) {
            mmoe_text_add_csv(t, v->groups[i].name);
            mmoe_text_add(t, ",%zu,", k);
            mmoe_text_add_number(t, v->groups[i].loss[k]);
            mmoe_text_add(t, "\n");
        }
}

static void add_object(struct mmoe_text *t, const char *name, const struct mmoe_summary *s,
                       const double *loss, size_t n)
{
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "hist");
    mmoe_json_word(t, "group", name);
    mmoe_json_count(t, "n", s->n);
    mmoe_json_count(t, "diverged", s->diverged);
    mmoe_json_numbers(t, "loss", loss, n);
    mmoe_text_add(t, "}\n");
}

static void json(const struct view *v, struct mmoe_text *t)
{
    for (size_t i = 0; i < v->study.cell_count; i++) {
        const struct view_cell *c = &v->study.cells[i];
        add_object(t, c->name, &c->summary, c->loss, c->summary.n);
    }
    for (size_t i = 0; v->study.cell_count == 0 && i < v->group_count; i++)
        add_object(t, v->groups[i].name, &v->groups[i].summary, v->groups[i].loss,
                   v->groups[i].done);
}

const struct panel panel_hist = {
    .name = "hist",
    .title = "final loss over seeds",
    .explain = "Each row is one setting trained with many seeds: how many, the median of task A's "
               "final held-out loss, "
               "the interquartile range [IQR], how many diverged, and a histogram on the axis that "
               "all rows share; the "
               "underlined bar holds the median. Look at the spread, not the best: a model whose "
               "strip is wide, or has a "
               "tail to the right, depends on luck. Seeds draw their own rows as well, so some of "
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
