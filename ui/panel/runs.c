/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runs.c - the runs there were, in the order they appeared, the live one last. */
#include <stdio.h>

#include <mmoe/model.h>

#include "ui/panel/panels.h"

enum { NUMBERS = 15 /* columns of p and two losses */, PAGE_WIDTH = 62 /* columns */ };

static const char *state_word(const struct mmoe_snapshot *s, bool live)
{
    switch (s->state) {
    case MMOE_RUN_TRAINING: return "live";
    case MMOE_RUN_READY: return "ready";
    case MMOE_RUN_PAUSED: return live ? "paused" : "kept";
    case MMOE_RUN_FINISHED: return "done";
    case MMOE_RUN_DIVERGED: return "diverged";
    case MMOE_RUN_EMPTY: break;
    }
    return "";
}

static void draw_run(const struct view *v, const struct mmoe_snapshot *s, size_t id, bool pinned,
                     int y, struct canvas *c)
{
    bool live = id == v->live_id;
    char a[24], b[24];
    enum role role = live ? ROLE_TEXT : ROLE_DIM;
    canvas_put(c, 0, y, ROLE_KEY, 0, pinned ? L'*' : L' ');
    int x = 1 + canvas_printf(c, 1, y, role, live ? CELL_BOLD : 0, "%zu %s", id,
                              mmoe_model_name(mmoe_model_at((size_t)s->options.model)));
    x = x + 1 < c->width - NUMBERS ? x + 1 : c->width - NUMBERS; /* a long name gives way */
    x = x < 17 ? 17 : x;
    canvas_fill(c, x - 1, y, c->width, 1, role, L' ');
    canvas_printf(c, x, y, role, 0, "%-4g%5s %5s", s->options.p,
                  mmoe_format_loss(s->value[MMOE_LOSS][0], a, sizeof a),
                  s->tasks > 1 ? mmoe_format_loss(s->value[MMOE_LOSS][1], b, sizeof b) : "");
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    char step[32];
    if (c->width >= x + 24)
        canvas_text_right(c, c->width - 1, y, diverged ? ROLE_BAD : ROLE_DIM, 0,
                          state_word(s, live));
    else if (diverged)
        canvas_put(c, x - 1, y, ROLE_BAD, 0, c->glyphs->cross);
    if (c->width >= x + 38)
        canvas_printf(c, x + 17, y, ROLE_DIM, 0, "step %s",
                      mmoe_format_count(s->step, step, sizeof step));
}

/* The i-th of the runs that are listed, kept ones first, the live one last. */
static const struct mmoe_snapshot *listed(const struct view *v, size_t i, size_t *id, bool *pinned)
{
    size_t k = 0;
    *pinned = false;
    for (size_t r = 0; r < v->run_count; r++) {
        if (v->runs[r].id == v->live_id)
            continue;
        if (k++ == i) {
            *id = v->runs[r].id;
            *pinned = v->runs[r].pinned;
            return &v->runs[r].shot;
        }
    }
    if (i != k || v->live_id == 0 || v->live.state == MMOE_RUN_EMPTY)
        return NULL;
    for (size_t r = 0; r < v->run_count; r++)
        *pinned = *pinned || (v->runs[r].id == v->live_id && v->runs[r].pinned);
    *id = v->live_id;
    return &v->live;
}

static size_t list_count(const struct view *v)
{
    size_t n = 0, id;
    bool pinned;
    while (listed(v, n, &id, &pinned))
        n++;
    return n;
}

static void draw(const struct view *v, struct canvas *c)
{
    size_t count = list_count(v), room = c->height > 0 ? (size_t)c->height : 0, id;
    size_t first = count > room ? count - room : 0;
    bool pinned;
    if (count == 0)
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0, "Runs are listed here.");
    for (size_t i = first; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        draw_run(v, s, id, pinned, (int)(i - first), c);
    }
}

static void note(const struct view *v, char *buf, size_t size)
{
    size_t n = list_count(v);
    if (n)
        snprintf(buf, size, "p, loss A, B");
    else
        buf[0] = '\0';
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    size_t count = list_count(v), id;
    bool pinned;
    if (count == 0)
        mmoe_text_add(t, "There are no runs yet: run makes one.");
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        char a[24], b[24];
        mmoe_text_add(t, "%srun %zu%s: %s, p %g, lr %g, step %zu, loss A %s B %s, %s",
                      i ? "\n" : "", id, pinned ? " (pinned)" : "",
                      mmoe_model_name(mmoe_model_at((size_t)s->options.model)), s->options.p,
                      s->options.lr, s->step, mmoe_format_loss(s->value[MMOE_LOSS][0], a, sizeof a),
                      s->tasks > 1 ? mmoe_format_loss(s->value[MMOE_LOSS][1], b, sizeof b) : "-",
                      state_word(s, id == v->live_id));
    }
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    size_t count = list_count(v), id;
    bool pinned;
    mmoe_text_add(
        t, "run,model,p,seed_data,seed_init,seed_order,lr,step,diverged_step,loss_a,loss_b\n");
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        const struct mmoe_options *o = &s->options;
        mmoe_text_add(t, "%zu,%s,%.9g,%llu,%llu,%llu,%.9g,%zu,%zu,", id,
                      mmoe_model_name(mmoe_model_at((size_t)o->model)), o->p,
                      (unsigned long long)o->seed_data, (unsigned long long)o->seed_init,
                      (unsigned long long)o->seed_order, o->lr, s->step, s->diverged_step);
        mmoe_text_add_number(t, s->value[MMOE_LOSS][0]);
        mmoe_text_add(t, ",");
        if (s->tasks > 1)
            mmoe_text_add_number(t, s->value[MMOE_LOSS][1]);
        mmoe_text_add(t, "\n");
    }
}

static void add_object(const struct mmoe_snapshot *s, size_t id, bool pinned, struct mmoe_text *t)
{
    const struct mmoe_options *o = &s->options;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "run");
    mmoe_json_count(t, "id", id);
    mmoe_json_truth(t, "pinned", pinned);
    mmoe_json_word(t, "model", mmoe_model_name(mmoe_model_at((size_t)o->model)));
    mmoe_json_number(t, "p", o->p);
    mmoe_json_number(t, "lr", o->lr);
    mmoe_json_count(t, "seed_data", o->seed_data);
    mmoe_json_count(t, "seed_init", o->seed_init);
    mmoe_json_count(t, "seed_order", o->seed_order);
    mmoe_json_count(t, "step", s->step);
    mmoe_json_numbers(t, "loss", s->value[MMOE_LOSS], s->tasks);
    mmoe_json_numbers(t, "loss_over_var", s->value[MMOE_OVER_VAR], s->tasks);
    mmoe_json_truth(t, "diverged", s->state == MMOE_RUN_DIVERGED);
    mmoe_text_add(t, "}\n");
}

static void json(const struct view *v, struct mmoe_text *t)
{
    size_t count = list_count(v), id = 0;
    bool pinned = false;
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        add_object(s, id, pinned, t);
    }
}

/* The list as the screen has it, under the names of its columns. */
static void page(const struct view *v, struct figure_sheet *sheet)
{
    size_t count = list_count(v);
    if (count == 0)
        return;
    struct canvas *c =
        figure_sheet_canvas(sheet, PAGE_WIDTH, (int)count + 1, glyphs_find("blocks"));
    struct canvas list = canvas_view(c, 0, 1, PAGE_WIDTH, (int)count);
    canvas_printf(c, 1, 0, ROLE_DIM, 0, "run %-12s%-4s%5s %5s", "", "p", "A", "B");
    canvas_text_right(c, PAGE_WIDTH - 1, 0, ROLE_DIM, 0, "state");
    draw(v, &list);
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_TEXT, .text = {.cells = c}};
    sheet->page.title = "Runs";
    sheet->page.caption = "Held-out losses of tasks A and B; * is pinned.";
}

const struct panel panel_runs = {
    .name = "runs",
    .title = "runs",
    .explain = "Every run by its number, oldest first, with its p and its held-out losses of tasks "
               "A and B. * marks pinned "
               "runs, which stay in the loss plot; a cross before p, one that diverged. compare 1 "
               "2 sets two of them side by side.",
    .min_width = 16,
    .min_height = 1,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
