/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hist.c - final losses over seeds: a histogram for each group of repeats. */
#include "ui/figure/figure.h"
#include "ui/panel/panels.h"

#include <stdio.h>

static void draw(const struct view *v, struct canvas *c)
{
    struct figure_histogram rows[VIEW_GROUPS_MAX];
    if (v->group_count == 0) {
        int y = c->height / 2 - (c->height > 2);
        canvas_text(c, 1, y, ROLE_KEY, CELL_BOLD, "repeat 20");
        canvas_text(c, 11, y, ROLE_DIM, 0, " trains 20 seeds: luck or");
        canvas_text(c, 1, y + 1, ROLE_DIM, 0, "model? Their final losses go here.");
        return;
    }
    for (size_t i = 0; i < v->group_count; i++) {
        const struct view_group *g = &v->groups[i];
        rows[i] = (struct figure_histogram){g->name, g->sorted, g->summary.n, g->summary, g->wanted};
    }
    const struct figure_histograms h = {"loss of task A", v->group_count, rows};
    figure_histograms_draw(&h, c);
}

static void note(const struct view *v, char *buf, size_t size)
{
    if (v->queue_wanted && v->queue_eta >= 0)
        snprintf(buf, size, "%zu/%zu, %.0f s left", v->queue_done, v->queue_wanted, v->queue_eta);
    else if (v->queue_wanted)
        snprintf(buf, size, "%zu/%zu", v->queue_done, v->queue_wanted);
    else
        snprintf(buf, size, "%s", v->group_count ? "n, median [IQR]" : "");
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    if (v->group_count == 0)
        mmoe_text_add(t, "No repeats yet: repeat 20 trains 20 seeds of the setting.");
    for (size_t i = 0; i < v->group_count; i++) {
        const struct mmoe_summary *s = &v->groups[i].summary;
        char median[24], low[24], high[24];
        mmoe_text_add(t, "%s%s: over %zu seeds the final loss of task A has median %s, half of them within [%s, %s]",
                      i ? " " : "", v->groups[i].name, s->n, mmoe_format_loss(s->median, median, sizeof median),
                      mmoe_format_loss(s->q25, low, sizeof low), mmoe_format_loss(s->q75, high, sizeof high));
        mmoe_text_add(t, "; %zu diverged.", s->diverged);
    }
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "group,seed_index,loss_a\n");
    for (size_t i = 0; i < v->group_count; i++)
        for (size_t k = 0; k < v->groups[i].done; k++) {
            mmoe_text_add(t, "%s,%zu,", v->groups[i].name, k);
            mmoe_text_add_number(t, v->groups[i].loss[k]);
            mmoe_text_add(t, "\n");
        }
}

const struct panel panel_hist = {
    .name = "hist",
    .title = "final loss over seeds",
    .explain = "Each row is one setting trained with many seeds: how many, the median of task A's final held-out loss, "
               "the interquartile range [IQR], how many diverged, and a histogram on the axis that all rows share; the "
               "underlined bar holds the median. Look at the spread, not the best: a model whose strip is wide, or has a "
               "tail to the right, depends on luck. Seeds draw their own rows as well, so some of the spread is the "
               "data's.",
    .min_width = 24,
    .min_height = 2,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
};
