/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runs.c - the runs there were, in the order they appeared, the live one last. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/model.h>
#include <mmoe/run.h>

#include "ui/panel/panels.h"

/* Columns. */
enum {
    NAME_END = 17,
    P_WIDTH = 4,
    LOSS_WIDTH = 6,
    STATE_WIDTH = 9,
    STEP_WIDTH = 14,
    PAGE_WIDTH = 62
};

static const char *state_word(const struct mmoe_snapshot *s, bool live)
{
    switch (s->state) {
    case MMOE_RUN_TRAINING: return "live";
    case MMOE_RUN_READY: return "ready";
    case MMOE_RUN_PAUSED: return live ? "paused" : "kept";
    case MMOE_RUN_FINISHED: return "done";
    case MMOE_RUN_DIVERGED: return s->divergence == MMOE_STILL ? "still" : "diverged";
    case MMOE_RUN_EMPTY: break;
    }
    return "";
}

/* Have the run's rows a p? */
static bool has_p(const struct mmoe_snapshot *s)
{
    return mmoe_run_heeds(&s->options, mmoe_option_find("p"));
}

/* Which tasks of a run have room in so many columns: two at least. */
static size_t shown_tasks(const struct mmoe_snapshot *s, int width)
{
    int room = (width - NAME_END - P_WIDTH + 1) / LOSS_WIDTH;
    size_t most = room > 2 ? (size_t)room : 2;
    return s->tasks < most ? s->tasks : most;
}

/* p, and the losses of the tasks that are shown; returns the columns. */
static int draw_numbers(const struct mmoe_snapshot *s, size_t tasks, enum role role, int x, int y,
                        struct canvas *c)
{
    char loss[24];
    if (has_p(s))
        canvas_text(c, x, y, role, 0, mmoe_format_setting(s->options.p, MMOE_NUMBER));
    for (size_t k = 0; k < tasks; k++)
        canvas_printf(c, x + P_WIDTH + (int)k * LOSS_WIDTH, y, role, 0, "%5s",
                      mmoe_format_narrow(s->value[MMOE_LOSS][k], loss, sizeof loss));
    return P_WIDTH + (int)(tasks > 2 ? tasks : 2) * LOSS_WIDTH - 1;
}

static void draw_run(const struct mmoe_snapshot *s, bool live, size_t id, bool pinned, int y,
                     struct canvas *c)
{
    enum role role = live ? ROLE_TEXT : ROLE_DIM;
    size_t tasks = shown_tasks(s, c->width);
    int numbers = P_WIDTH + (int)(tasks > 2 ? tasks : 2) * LOSS_WIDTH - 1;
    canvas_put(c, 0, y, ROLE_KEY, 0, pinned ? L'*' : L' ');
    int x = 1 + canvas_printf(c, 1, y, role, live ? CELL_BOLD : 0, "%zu %s", id,
                              mmoe_model_name(mmoe_model_at((size_t)s->options.model)));
    x = x + 1 < c->width - numbers ? x + 1 : c->width - numbers; /* a long name gives way */
    x = x < NAME_END ? NAME_END : x;
    canvas_fill(c, x - 1, y, c->width, 1, role, L' ');
    numbers = draw_numbers(s, tasks, role, x, y, c);
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    char step[32];
    if (c->width >= x + numbers + STATE_WIDTH)
        canvas_text_right(c, c->width - 1, y, diverged ? ROLE_BAD : ROLE_DIM, 0,
                          state_word(s, live));
    else if (diverged)
        canvas_put(c, x - 1, y, ROLE_BAD, 0, c->glyphs->cross);
    if (c->width >= x + numbers + STATE_WIDTH + STEP_WIDTH)
        canvas_printf(c, x + numbers + 2, y, ROLE_DIM, 0, "step %s",
                      mmoe_format_count(s->step, step, sizeof step));
}

/* Is the run with that id a live one? */
static bool is_live(const struct view *v, size_t id)
{
    bool live = false;
    for (size_t i = 0; i < v->lane_count; i++)
        live = live || (v->lanes[i].id == id && v->lanes[i].live->state != MMOE_RUN_EMPTY);
    return live;
}

/* The i-th of the runs that are listed, kept ones first, live ones last. */
static const struct mmoe_snapshot *listed(const struct view *v, size_t i, size_t *id, bool *pinned)
{
    size_t k = 0;
    *pinned = false;
    for (size_t r = 0; r < v->run_count; r++) {
        if (is_live(v, v->runs[r].id) || k++ != i)
            continue;
        *id = v->runs[r].id;
        *pinned = v->runs[r].pinned;
        return v->runs[r].shot;
    }
    for (size_t l = 0; l < v->lane_count; l++) {
        if (v->lanes[l].id == 0 || v->lanes[l].live->state == MMOE_RUN_EMPTY || k++ != i)
            continue;
        *id = v->lanes[l].id;
        for (size_t r = 0; r < v->run_count; r++)
            *pinned = *pinned || (v->runs[r].id == *id && v->runs[r].pinned);
        return v->lanes[l].live;
    }
    return NULL;
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
        draw_run(s, is_live(v, id), id, pinned, (int)(i - first), c);
    }
}

/* The place of the task of that name among a run's, or MMOE_TASKS_MAX. */
static size_t place_of(const struct mmoe_snapshot *s, const char *name)
{
    for (size_t k = 0; k < s->tasks; k++)
        if (strcmp(s->task[k].name, name) == 0)
            return k;
    return MMOE_TASKS_MAX;
}

/* Have all runs the same tasks? */
static bool same_tasks(const struct view *v)
{
    size_t count = list_count(v), id;
    bool pinned, same = true;
    const struct mmoe_snapshot *last = count ? listed(v, count - 1, &id, &pinned) : NULL;
    for (size_t i = 0; i + 1 < count && same; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        same = s->tasks == last->tasks;
        for (size_t k = 0; same && k < s->tasks; k++)
            same = place_of(last, s->task[k].name) == k;
    }
    return same;
}

/* Has any run a p? */
static bool any_p(const struct view *v)
{
    const struct mmoe_snapshot *s;
    size_t id;
    bool pinned, any = false;
    for (size_t i = 0; (s = listed(v, i, &id, &pinned)); i++)
        any = any || has_p(s);
    return any;
}

/* "p, loss A, B", where these are the tasks of all runs. */
static void note(const struct view *v, char *buf, size_t size)
{
    size_t count = list_count(v), id;
    bool pinned;
    buf[0] = '\0';
    if (count == 0)
        return;
    const struct mmoe_snapshot *s = listed(v, count - 1, &id, &pinned);
    size_t n = (size_t)snprintf(buf, size, any_p(v) ? "p, loss" : "loss");
    if (!same_tasks(v)) {
        snprintf(buf + n, size - n, " of own tasks");
        return;
    }
    for (size_t k = 0; k < s->tasks && k < 2 && n < size; k++) {
        char task[PANEL_TASK_SIZE];
        n += (size_t)snprintf(buf + n, size - n, "%s %s", k ? "," : "", panel_task(s, k, task));
    }
    if (s->tasks > 2 && n < size)
        snprintf(buf + n, size - n, " ...");
}

static void describe_run(const struct mmoe_snapshot *s, size_t id, bool pinned, bool live,
                         struct mmoe_text *t)
{
    char loss[24];
    mmoe_text_add(t, "run %zu%s: %s, ", id, pinned ? " (pinned)" : "",
                  mmoe_model_name(mmoe_model_at((size_t)s->options.model)));
    if (has_p(s))
        mmoe_text_add(t, "p %s, ", mmoe_format_setting(s->options.p, MMOE_NUMBER));
    mmoe_text_add(t, "lr %s, step %s, loss", mmoe_format_setting(s->options.lr, MMOE_NUMBER),
                  mmoe_format_count(s->step, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        mmoe_text_add(t, " %s %s", s->task[k].name,
                      mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    mmoe_text_add(t, ", %s", state_word(s, live));
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    size_t count = list_count(v), id;
    bool pinned;
    if (count == 0)
        mmoe_text_add(t, "There are no runs yet: run makes one.");
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        mmoe_text_add(t, "%s", i ? "\n" : "");
        describe_run(s, id, pinned, is_live(v, id), t);
    }
}

/* The run that has the most tasks. */
static const struct mmoe_snapshot *most_tasks(const struct view *v)
{
    const struct mmoe_snapshot *most = NULL;
    size_t count = list_count(v), id;
    bool pinned;
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        most = !most || s->tasks > most->tasks ? s : most;
    }
    return most;
}

/* The n-th of the tasks that the runs have by name, in the order they appear; NULL: no more. */
static const struct mmoe_task *task_at(const struct view *v, size_t n)
{
    const struct mmoe_snapshot *s;
    size_t id;
    bool pinned;
    for (size_t i = 0; (s = listed(v, i, &id, &pinned)); i++)
        for (size_t k = 0; k < s->tasks; k++) {
            bool seen = false;
            for (size_t j = 0; j < i && !seen; j++)
                seen = place_of(listed(v, j, &id, &pinned), s->task[k].name) < MMOE_TASKS_MAX;
            if (!seen && n-- == 0)
                return &s->task[k];
        }
    return NULL;
}

/* A column for each task of any run; those that a run has not are empty. */
static void csv(const struct view *v, struct mmoe_text *t)
{
    static const struct mmoe_task letters[] = {{.name = "A"}, {.name = "B"}};
    size_t count = list_count(v), id;
    bool pinned;
    const struct mmoe_task *task;
    mmoe_text_add(t, "run,model,p,seed_data,seed_init,seed_order,lr,step,diverged_step");
    for (size_t k = 0; count ? (task = task_at(v, k)) != NULL : k < 2; k++)
        panel_add_column(t, MMOE_LOSS, count ? task : &letters[k]);
    mmoe_text_add(t, ",divergence\n");
    for (size_t i = 0; i < count; i++) {
        const struct mmoe_snapshot *s = listed(v, i, &id, &pinned);
        const struct mmoe_options *o = &s->options;
        mmoe_text_add(t, "%zu,%s,", id, mmoe_model_name(mmoe_model_at((size_t)o->model)));
        if (has_p(s))
            mmoe_text_add(t, "%.9g", o->p);
        mmoe_text_add(t, ",%llu,%llu,%llu,%.9g,%zu,", (unsigned long long)o->seed_data,
                      (unsigned long long)o->seed_init, (unsigned long long)o->seed_order, o->lr,
                      s->step);
        if (s->state == MMOE_RUN_DIVERGED)
            mmoe_text_add(t, "%zu", s->diverged_step);
        for (size_t k = 0; (task = task_at(v, k)); k++) {
            size_t at = place_of(s, task->name);
            panel_add_value(t, at < s->tasks ? s->value[MMOE_LOSS][at] : (double)NAN);
        }
        mmoe_text_add(t, ",%s\n", mmoe_divergence_name(s->divergence));
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
    mmoe_json_number(t, "p", has_p(s) ? o->p : (double)NAN);
    mmoe_json_number(t, "lr", o->lr);
    mmoe_json_count(t, "seed_data", o->seed_data);
    mmoe_json_count(t, "seed_init", o->seed_init);
    mmoe_json_count(t, "seed_order", o->seed_order);
    mmoe_json_count(t, "step", s->step);
    mmoe_json_numbers(t, "loss", s->value[MMOE_LOSS], s->tasks);
    mmoe_json_numbers(t, "loss_over_var", s->value[MMOE_OVER_VAR], s->tasks);
    mmoe_json_truth(t, "diverged", s->state == MMOE_RUN_DIVERGED);
    if (s->state == MMOE_RUN_DIVERGED)
        mmoe_json_word(t, "divergence", mmoe_divergence_name(s->divergence));
    panel_add_tasks(t, s);
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
    const struct mmoe_snapshot *most = most_tasks(v);
    size_t count = list_count(v);
    if (!most)
        return;
    size_t tasks = most->tasks > 2 ? most->tasks : 2;
    int width = PAGE_WIDTH + LOSS_WIDTH * ((int)tasks - 2);
    struct canvas *c = figure_sheet_canvas(sheet, width, (int)count + 1, glyphs_find("blocks"));
    struct canvas list = canvas_view(c, 0, 1, width, (int)count);
    canvas_printf(c, 1, 0, ROLE_DIM, 0, "run %-12s%s", "", any_p(v) ? "p" : "");
    for (size_t k = 0; k < most->tasks && same_tasks(v); k++)
        canvas_printf(c, NAME_END + P_WIDTH + (int)k * LOSS_WIDTH, 0, ROLE_DIM, 0, "%5.5s",
                      most->task[k].name);
    canvas_text_right(c, width - 1, 0, ROLE_DIM, 0, "state");
    draw(v, &list);
    *figure_sheet_figures(sheet, 1) = (struct figure){.kind = FIGURE_TEXT, .text = {.cells = c}};
    sheet->page.title = "Runs";
    sheet->page.caption =
        !same_tasks(v) ? "Held-out losses of each run's own tasks, in their order; * is pinned."
        : most->tasks == 2
            ? figure_sheet_print(sheet, "Held-out losses of tasks %s and %s; * is pinned.",
                                 most->task[0].name, most->task[1].name)
            : "Held-out losses of the tasks; * is pinned.";
}

const struct panel panel_runs = {
    .name = "runs",
    .title = "runs",
    .explain = "Every run by its number, oldest first, with the p of synthetic rows, and its "
               "tasks' held-out losses, "
               "as many as "
               "there is room for. * marks pinned "
               "runs, which stay in the loss plot; a cross before the numbers, one that diverged. "
               "compare 1 "
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
