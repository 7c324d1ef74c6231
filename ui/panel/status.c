/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c - the first row: what is set and what goes on; the last row: the keys that work now. */
#include "ui/panel/status.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

enum { PARTS_MAX = 8, PART_SIZE = 64 };

/* --- the first row --- */

/* The model and how wide it is; of rows that were not read yet that may not be known. */
static void model_part(const struct view *v, char *buf)
{
    const struct mmoe_options *o = &v->options;
    const struct mmoe_model *m = mmoe_model_at((size_t)o->model);
    const struct mmoe_snapshot *live = view_live(v);
    bool known = live->state != MMOE_RUN_EMPTY && mmoe_source_same(&live->options, o);
    size_t tasks = known ? live->tasks : mmoe_source_of(o)->tasks;
    if (mmoe_model_gates(m, MMOE_TASKS_MAX)) {
        snprintf(buf, PART_SIZE, "%s %zux%zu", mmoe_model_name(m), o->experts,
                 o->expert_units.v[0]);
    } else if (tasks || o->bottom_units.n) {
        struct mmoe_spec spec;
        mmoe_spec_resolve(o, m, known ? live->dim : o->dim, tasks ? tasks : 1, &spec);
        snprintf(buf, PART_SIZE, "%s %zu", mmoe_model_name(m), spec.bottom_units.v[0]);
    } else {
        snprintf(buf, PART_SIZE, "%s", mmoe_model_name(m));
    }
}

/* Where the rows come from: their p, or the file. */
static void rows_part(const struct view *v, char *buf)
{
    const struct mmoe_options *o = &v->options;
    const struct mmoe_snapshot *live = view_live(v);
    if (!mmoe_run_heeds(o, mmoe_option_find("p"))) {
        const char *slash = strrchr(o->data, '/'), *name = slash ? slash + 1 : o->data;
        snprintf(buf, PART_SIZE, "%.*s", PART_SIZE - 1, name);
        return;
    }
    bool measured = live->state != MMOE_RUN_EMPTY && !v->lanes[v->lane].stale &&
                    isfinite(live->pearson);
    int n = snprintf(buf, PART_SIZE, "p %s", mmoe_format_setting(o->p, MMOE_NUMBER));
    if (measured)
        snprintf(buf + n, PART_SIZE - (size_t)n, " (label r %s)",
                 mmoe_format_fixed(live->pearson, 2, MMOE_NUMBER));
}

static void seeds_part(const struct mmoe_options *o, char *buf)
{
    unsigned long long d = o->seed_data, i = o->seed_init, s = o->seed_order;
    if (d == i && i == s)
        snprintf(buf, PART_SIZE, "seed %llu", d);
    else
        snprintf(buf, PART_SIZE, "data#%llu init#%llu order#%llu", d, i, s);
}

static const char *state_word(const struct view *v)
{
    if (v->lanes[v->lane].making)
        return "MAKING";
    switch (view_live(v)->state) {
    case MMOE_RUN_READY: return "READY";
    case MMOE_RUN_TRAINING: return "RUN";
    case MMOE_RUN_PAUSED: return "PAUSED";
    case MMOE_RUN_FINISHED: return "DONE";
    case MMOE_RUN_DIVERGED: return view_live(v)->divergence == MMOE_STILL ? "STILL" : "DIVERGED";
    case MMOE_RUN_EMPTY: break;
    }
    return "";
}

char *status_state(const struct view *v, char *buf, size_t size)
{
    const struct mmoe_snapshot *s = view_live(v);
    char step[32], steps[32], rate[32];
    if (s->state == MMOE_RUN_EMPTY) {
        snprintf(buf, size, "%s", v->lanes[v->lane].making ? "MAKING ROWS" : "no run yet");
        return buf;
    }
    if (s->state == MMOE_RUN_DIVERGED && !v->lanes[v->lane].making) {
        snprintf(buf, size, "%s at step %s", state_word(v),
                 mmoe_format_count(s->diverged_step, step, sizeof step));
        return buf;
    }
    int n = snprintf(buf, size, "%s step %s/%s", state_word(v),
                     mmoe_format_count(s->step, step, sizeof step),
                     mmoe_format_count(s->steps, steps, sizeof steps));
    if (s->state == MMOE_RUN_TRAINING && s->steps_per_second > 0 && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n, " %s/s",
                 mmoe_format_count((uint64_t)s->steps_per_second, rate, sizeof rate));
    return buf;
}

void status_draw(const struct view *v, struct canvas *c)
{
    char parts[PARTS_MAX][PART_SIZE], state[PART_SIZE];
    size_t count = 0;
    model_part(v, parts[count++]);
    rows_part(v, parts[count++]);
    seeds_part(&v->options, parts[count++]);
    snprintf(parts[count++], PART_SIZE, "lr %s", mmoe_format_setting(v->options.lr, MMOE_NUMBER));
    snprintf(parts[count++], PART_SIZE, "%s",
             mmoe_option_find("optimizer")->words[v->options.optimizer]);
    snprintf(parts[count++], PART_SIZE, "batch %s",
             mmoe_format_count(v->options.batch, MMOE_NUMBER));
    canvas_fill(c, 0, 0, c->width, 1, ROLE_STATUS, L' ');
    status_state(v, state, sizeof state);
    int right = c->width - canvas_columns(state) - 2, x = 1;
    canvas_text_right(c, c->width - 2, 0, ROLE_STATUS, CELL_BOLD, state);
    if (v->lanes[v->lane].stale && right > 20) {
        const char *stale = right > 70 ? "settings changed: run starts anew" : "settings changed";
        canvas_text_right(c, right - 1, 0, ROLE_STATUS, CELL_BOLD | CELL_UNDERLINE, stale);
        right -= canvas_columns(stale) + 2;
    }
    for (size_t i = 0; i < count; i++) {
        int n = canvas_columns(parts[i]);
        if (x + n + 1 > right)
            break;
        canvas_text(c, x, 0, ROLE_STATUS, i == 0 ? CELL_BOLD : 0, parts[i]);
        x += n + 2;
    }
}

/* --- the last row --- */

struct key {
    const char *key, *does;
};

static void draw_keys(const struct key *keys, size_t count, struct canvas *c)
{
    int x = 1;
    for (size_t i = 0; i < count; i++) {
        int n = canvas_columns(keys[i].key) + 1 + canvas_columns(keys[i].does);
        if (x + n > c->width)
            return;
        x += canvas_text(c, x, 0, ROLE_KEY, CELL_BOLD, keys[i].key) + 1;
        x += canvas_text(c, x, 0, ROLE_DIM, 0, keys[i].does) + 2;
    }
}

/* What takes its time and how much of it is done, at the right end; what is left of the row. */
static struct canvas draw_job(const struct view *v, struct canvas *c)
{
    char words[sizeof v->job + 16];
    if (v->job_share < 0)
        snprintf(words, sizeof words, "%s", v->job);
    else
        snprintf(words, sizeof words, "%s %s%%", v->job,
                 mmoe_format_fixed(floor(100 * v->job_share), 0, MMOE_NUMBER));
    int n = v->job[0] ? canvas_columns(words) + 2 : 0;
    if (n == 0 || n > c->width)
        return *c;
    canvas_text_right(c, c->width - 2, 0, ROLE_TEXT, CELL_BOLD, words);
    return canvas_view(c, 0, 0, c->width - n, 1);
}

void status_draw_footer(const struct view *v, const struct layout_prompt *prompt, struct canvas *c)
{
    bool busy = view_live(v)->state == MMOE_RUN_TRAINING || v->lanes[v->lane].making,
         typed = prompt->line[0] != '\0',
         stops = busy || v->queue_wanted || v->study.reading || v->job[0];
    const struct key keys[] = {
        {"TAB", "complete"},
        {"^C", typed || !stops ? "clear"
               : busy          ? "pause"
                               : "stop"},
        {"^R", "search"},
        {"^X o", "focus"},
        {"^X z", v->zoomed ? "unzoom" : "zoom"},
        {"^X ?", "keys"},
        {"help", "verbs"},
        {"explain X", "teach"},
        {"PgUp PgDn", "log"},
        {"^D", "leave"},
    };
    static const struct key reading[] = {{"PgUp PgDn", "scroll"},
                                         {"q Enter Esc", "back to the panels"}};
    struct canvas left = draw_job(v, c);
    static const struct key answers[] = {{"Enter y", "go on"}, {"other", "leave it"}};
    if (v->notice[0]) {
        canvas_text(&left, 1, 0, ROLE_WARN, 0, v->notice);
    } else if (v->question[0]) {
        int n = 1 + canvas_text(&left, 1, 0, ROLE_WARN, CELL_BOLD, v->question);
        struct canvas rest = canvas_view(&left, n + 1, 0, left.width - n - 1, 1);
        draw_keys(answers, sizeof answers / sizeof *answers, &rest);
    } else if (v->page.open)
        draw_keys(reading, sizeof reading / sizeof *reading, &left);
    else
        draw_keys(keys, sizeof keys / sizeof *keys, &left);
}
