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
    NAME_END = 17, /* at least */
    LOSS_WIDTH = 6,
    STATE_WIDTH = 9,
    STEP_WIDTH = 14
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
    int room = (width - NAME_END - 3) / LOSS_WIDTH;
    size_t most = room > 2 ? (size_t)room : 2;
    return s->tasks < most ? s->tasks : most;
}

/* A run as it is listed. */
struct entry {
    const struct mmoe_snapshot *shot;
    size_t id, look;
    const char *name;
    bool live, pinned;
};

static void draw_losses(const struct mmoe_snapshot *s, size_t tasks, enum role role, int x, int y,
                        struct canvas *c)
{
    char loss[24];
    for (size_t k = 0; k < tasks; k++)
        canvas_printf(c, x + (int)k * LOSS_WIDTH, y, role, 0, "%5s",
                      mmoe_format_narrow(s->value[MMOE_LOSS][k], loss, sizeof loss));
}

/* Its number and name, cut to the room; in its colour where it has a curve. */
static void draw_name(const struct entry *e, struct canvas *c)
{
    enum role role = e->live || e->pinned ? figure_role(e->look) : ROLE_DIM;
    int bits = e->live ? CELL_BOLD : 0;
    int n = canvas_printf(c, 0, 0, role, bits, "%zu ", e->id);
    canvas_text(c, n, 0, role, bits, e->name);
    if (n + canvas_columns(e->name) > c->width)
        canvas_put(c, c->width - 1, 0, role, bits, c->glyphs->ellipsis);
}

/* Name, losses, then step and state where the longest name of all leaves room for them. */
static void draw_run(const struct entry *e, int longest, int y, struct canvas *c)
{
    const struct mmoe_snapshot *s = e->shot;
    enum role role = e->live ? ROLE_TEXT : ROLE_DIM;
    size_t tasks = shown_tasks(s, c->width);
    int losses = (int)(tasks > 2 ? tasks : 2) * LOSS_WIDTH, name = longest + 2;
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    name = name < NAME_END ? NAME_END : name;
    int x = name + losses < c->width ? name : c->width - losses; /* a long name gives way */
    x = x < 3 ? 3 : x;
    bool state = c->width >= x + losses + STATE_WIDTH,
         step = c->width >= x + losses + STATE_WIDTH + STEP_WIDTH;
    char count[32];
    struct canvas own = canvas_view(c, 1, y, x - 2, 1);
    canvas_put(c, 0, y, ROLE_KEY, 0, e->pinned ? L'*' : L' ');
    draw_name(e, &own);
    draw_losses(s, tasks, role, x, y, c);
    if (state)
        canvas_text_right(c, c->width - 1, y, diverged ? ROLE_BAD : ROLE_DIM, 0,
                          state_word(s, e->live));
    else if (diverged)
        canvas_put(c, x - 1, y, ROLE_BAD, 0, c->glyphs->cross);
    if (step)
        canvas_printf(c, x + losses + 1, y, ROLE_DIM, 0, "step %s",
                      mmoe_format_count(s->step, count, sizeof count));
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
static bool find_entry(const struct view *v, size_t i, struct entry *e)
{
    size_t k = 0;
    for (size_t r = 0; r < v->run_count; r++) {
        const struct view_run *run = &v->runs[r];
        if (is_live(v, run->id) || k++ != i)
            continue;
        *e = (struct entry){run->shot, run->id, run->look, run->name, false, run->pinned};
        return true;
    }
    for (size_t l = 0; l < v->lane_count; l++) {
        const struct view_lane *lane = &v->lanes[l];
        if (lane->id == 0 || lane->live->state == MMOE_RUN_EMPTY || k++ != i)
            continue;
        *e = (struct entry){lane->live, lane->id, lane->look, lane->name, true, false};
        for (size_t r = 0; r < v->run_count; r++)
            e->pinned = e->pinned || (v->runs[r].id == e->id && v->runs[r].pinned);
        return true;
    }
    return false;
}

static const struct mmoe_snapshot *listed(const struct view *v, size_t i, size_t *id, bool *pinned)
{
    struct entry e;
    if (!find_entry(v, i, &e))
        return NULL;
    *id = e.id;
    *pinned = e.pinned;
    return e.shot;
}

static size_t list_count(const struct view *v)
{
    size_t n = 0, id;
    bool pinned;
    while (listed(v, n, &id, &pinned))
        n++;
    return n;
}

/* Columns of the longest "1 mmoe p=0.5" of all that are listed. */
static int longest_name(const struct view *v)
{
    struct entry e;
    int most = 0;
    for (size_t i = 0; find_entry(v, i, &e); i++) {
        char number[24];
        int n = snprintf(number, sizeof number, "%zu ", e.id) + canvas_columns(e.name);
        most = n > most ? n : most;
    }
    return most;
}

static void draw(const struct view *v, struct canvas *c)
{
    size_t count = list_count(v), room = c->height > 0 ? (size_t)c->height : 0;
    size_t first = count > room ? count - room : 0;
    int longest = longest_name(v);
    struct entry e;
    if (count == 0)
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0, "Runs are listed here.");
    for (size_t i = first; i < count && find_entry(v, i, &e); i++)
        draw_run(&e, longest, (int)(i - first), c);
    if (v->pick.on && v->focus == PANEL_RUNS && v->pick.place >= first)
        canvas_put(c, 0, (int)(v->pick.place - first), ROLE_KEY, CELL_BOLD | CELL_REVERSE,
                   c->glyphs->arrow);
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

/* "loss A, B", where these are the tasks of all runs. */
static void note(const struct view *v, char *buf, size_t size)
{
    size_t count = list_count(v), id;
    bool pinned;
    buf[0] = '\0';
    if (count == 0)
        return;
    const struct mmoe_snapshot *s = listed(v, count - 1, &id, &pinned);
    size_t n = (size_t)snprintf(buf, size, "loss");
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

/* ", experts=4": what sets a run apart besides p and lr, which are told of all. */
static void describe_name(const char *name, struct mmoe_text *t)
{
    for (const char *at = strchr(name, ' '); at; at = strchr(at + 1, ' '))
        if (strncmp(at, " p=", 3) != 0 && strncmp(at, " lr=", 4) != 0) {
            mmoe_text_add(t, ", ");
            mmoe_text_add_bytes(t, at + 1, strcspn(at + 1, " "));
        }
}

static void describe_run(const struct entry *e, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = e->shot;
    char loss[24];
    mmoe_text_add(t, "run %zu%s: %s, ", e->id, e->pinned ? " (pinned)" : "",
                  mmoe_model_name(mmoe_model_at((size_t)s->options.model)));
    if (has_p(s))
        mmoe_text_add(t, "p %s, ", mmoe_format_setting(s->options.p, MMOE_NUMBER));
    mmoe_text_add(t, "lr %s", mmoe_format_setting(s->options.lr, MMOE_NUMBER));
    describe_name(e->name, t);
    mmoe_text_add(t, ", step %s, loss", mmoe_format_count(s->step, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        mmoe_text_add(t, " %s %s", s->task[k].name,
                      mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    mmoe_text_add(t, ", %s", state_word(s, e->live));
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    struct entry e;
    if (list_count(v) == 0)
        mmoe_text_add(t, "There are no runs yet: run makes one.");
    for (size_t i = 0; find_entry(v, i, &e); i++) {
        mmoe_text_add(t, "%s", i ? "\n" : "");
        describe_run(&e, t);
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
    int name = longest_name(v) + 2, width;
    name = name < NAME_END ? NAME_END : name;
    width = name + LOSS_WIDTH * (int)tasks + STATE_WIDTH + STEP_WIDTH + 1;
    struct canvas *c = figure_sheet_canvas(sheet, width, (int)count + 1, glyphs_find("blocks"));
    struct canvas list = canvas_view(c, 0, 1, width, (int)count);
    canvas_text(c, 1, 0, ROLE_DIM, 0, "run");
    for (size_t k = 0; k < most->tasks && same_tasks(v); k++)
        canvas_printf(c, name + (int)k * LOSS_WIDTH, 0, ROLE_DIM, 0, "%5.5s", most->task[k].name);
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
    .explain = "Every run by its number, oldest first, with its model, the options in which it "
               "differs from the others and from the settings, and its tasks' held-out losses, as "
               "many as there is room for. Those with curves have their colours. * marks pinned "
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
