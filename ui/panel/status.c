/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c - the first row: what is set and what goes on; the last row: the keys that work now. */
#include "ui/panel/status.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

enum { PARTS_MAX = 64, PART_SIZE = 64, NEXT_FROM = 50, WORDS_FROM = 100 };

/* --- the first row --- */

struct parts {
    size_t count, musts; /* the first of them, which are never left out without a word */
    char text[PARTS_MAX][PART_SIZE];
};

static void add_part(struct parts *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_part(struct parts *p, const char *format, ...)
{
    va_list args;
    if (p->count == PARTS_MAX)
        return;
    va_start(args, format);
    vsnprintf(p->text[p->count++], PART_SIZE, format, args);
    va_end(args);
}

/* "64,32" */
static char *list_units(const struct mmoe_sizes *units, char *buf, size_t size)
{
    size_t at = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < units->n && at < size; i++)
        at += (size_t)snprintf(buf + at, size - at, "%s%zu", i ? "," : "", units->v[i]);
    return buf;
}

/* "mmoe 8x16 top 2 layers 2": the model and how wide it is; of rows that were not read yet that may
 * not be known. */
static void model_part(const struct view *v, struct parts *p)
{
    const struct mmoe_options *o = &v->options;
    const struct mmoe_model *m = mmoe_model_at((size_t)o->model);
    const struct mmoe_snapshot *live = view_live(v);
    bool known = live->state != MMOE_RUN_EMPTY && mmoe_source_same(&live->options, o);
    size_t tasks = known ? live->tasks : mmoe_source_of(o)->tasks;
    char units[32], top[32] = "", layers[32] = "";
    if (mmoe_model_gates(m, MMOE_TASKS_MAX)) {
        if (o->top_k)
            snprintf(top, sizeof top, " top %zu", o->top_k);
        if (o->layers > 1)
            snprintf(layers, sizeof layers, " layers %zu", o->layers);
        add_part(p, "%s %zux%s%s%s", mmoe_model_name(m), o->experts,
                 list_units(&o->expert_units, units, sizeof units), top, layers);
    } else if (tasks || o->bottom_units.n) {
        struct mmoe_spec spec;
        mmoe_spec_resolve(o, m, known ? live->dim : mmoe_spec_inputs(o, NULL), tasks ? tasks : 1,
                          &spec);
        add_part(p, "%s %s", mmoe_model_name(m),
                 list_units(&spec.bottom_units, units, sizeof units));
    } else {
        add_part(p, "%s", mmoe_model_name(m));
    }
}

/* Where the rows come from: their p, or the file. */
static void rows_part(const struct mmoe_options *o, struct parts *p)
{
    const char *slash = strrchr(o->data, '/'), *name = slash ? slash + 1 : o->data;
    if (o->data[0])
        add_part(p, "%s", name);
    if (mmoe_run_heeds(o, mmoe_option_find("p")))
        add_part(p, "p %s", mmoe_format_setting(o->p, MMOE_NUMBER));
}

static void seeds_part(const struct mmoe_options *o, struct parts *p)
{
    unsigned long long d = o->seed_data, i = o->seed_init, s = o->seed_order;
    if (d == i && i == s)
        add_part(p, "seed %llu", d);
    else
        add_part(p, "seeds %llu/%llu/%llu", d, i, s);
}

/* Settings that are no defaults: " batch=32 dropout=0.1". */
static void other_parts(const char *others, struct parts *p)
{
    for (const char *at = others; *at == ' ';) {
        size_t n = strcspn(at + 1, " ");
        add_part(p, "%.*s", (int)n, at + 1);
        at += n + 1;
    }
}

/* What the rows turned out to be, and defaults that are good to know. */
static void extra_parts(const struct view *v, struct parts *p)
{
    static const char *const words[] = {" optimizer=", " batch="};
    const struct mmoe_options *o = &v->options;
    const struct mmoe_snapshot *live = view_live(v);
    if (live->state != MMOE_RUN_EMPTY && !v->lanes[v->lane].stale && isfinite(live->pearson))
        add_part(p, "label r %s", mmoe_format_fixed(live->pearson, 2, MMOE_NUMBER));
    if (!strstr(v->others, words[0]))
        add_part(p, "%s", mmoe_option_find("optimizer")->words[o->optimizer]);
    if (!strstr(v->others, words[1]))
        add_part(p, "batch %s", mmoe_format_count(o->batch, MMOE_NUMBER));
}

static void find_parts(const struct view *v, struct parts *p)
{
    p->count = 0;
    model_part(v, p);
    for (size_t i = 1; i < v->lane_count; i++)
        if (v->lanes[i].name[0]) /* none before its run is made */
            add_part(p, "%s %.40s", i == 1 ? "against" : "and", v->lanes[i].name);
    rows_part(&v->options, p);
    seeds_part(&v->options, p);
    add_part(p, "lr %s", mmoe_format_setting(v->options.lr, MMOE_NUMBER));
    other_parts(v->others, p);
    p->musts = p->count;
    extra_parts(v, p);
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
    if (s->state == MMOE_RUN_TRAINING && s->steps_per_second > 0 && !v->steady && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n, " %s/s",
                 mmoe_format_count((uint64_t)s->steps_per_second, rate, sizeof rate));
    return buf;
}

/* How many of the parts fit before `end`: all of them, or the model and as many as leave room for
 * the number of the others. */
static size_t fitting(const struct parts *p, int end)
{
    size_t fit = 0;
    int x = 1;
    for (size_t i = 0; i < p->count; i++) {
        int rest = i > 0 && i + 1 < p->musts ? 4 : 0;
        x += canvas_columns(p->text[i]) + 2;
        if (x - 1 + rest > end)
            break;
        fit++;
    }
    return fit;
}

/* Parts in their order; "+2" where settings have no room, which `set` lists. */
static void draw_parts(const struct parts *p, int end, struct canvas *c)
{
    size_t shown = fitting(p, end);
    int x = 1;
    for (size_t i = 0; i < shown; i++)
        x += 2 + canvas_text(c, x, 0, ROLE_STATUS, i == 0 ? CELL_BOLD : 0, p->text[i]);
    if (shown < p->musts && x + 2 <= end)
        canvas_printf(c, x, 0, ROLE_STATUS, CELL_BOLD, "+%zu", p->musts - shown);
}

/* Where the settings need the room, "RUN step 600/6,000 630/s" becomes "RUN 600/6,000". */
static void shorten_state(const struct parts *p, int width, char *state)
{
    static const char word[] = " step ", rate[] = "/s";
    size_t n = strlen(state), tail = strlen(rate);
    char *at = strstr(state, word), *last = strrchr(state, ' ');
    if (fitting(p, width - (int)n - 2) >= p->musts)
        return;
    if (last && n > tail && strcmp(state + n - tail, rate) == 0)
        *last = '\0';
    if (at && at != strstr(state, " at step "))
        memmove(at, at + strlen(word) - 1, strlen(at + strlen(word) - 1) + 1);
}

void status_draw(const struct view *v, struct canvas *c)
{
    struct parts parts;
    char state[PART_SIZE];
    find_parts(v, &parts);
    canvas_fill(c, 0, 0, c->width, 1, ROLE_STATUS, L' ');
    status_state(v, state, sizeof state);
    const char *stale = !v->lanes[v->lane].stale ? ""
                        : c->width >= 100        ? "settings changed: run starts anew"
                                                 : "settings changed";
    shorten_state(&parts, c->width - canvas_columns(stale) - (*stale ? 2 : 0), state);
    int right = c->width - canvas_columns(state) - 2;
    canvas_text_right(c, c->width - 2, 0, ROLE_STATUS, CELL_BOLD, state);
    if (*stale && right > 20) {
        canvas_text_right(c, right - 1, 0, ROLE_STATUS, CELL_BOLD | CELL_UNDERLINE, stale);
        right -= canvas_columns(stale) + 2;
    }
    draw_parts(&parts, right, c);
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
    int n = v->job[0] && !v->steady ? canvas_columns(words) + 2 : 0;
    if (n == 0 || n > c->width)
        return *c;
    canvas_text_right(c, c->width - 2, 0, ROLE_TEXT, CELL_BOLD, words);
    return canvas_view(c, 0, 0, c->width - n, 1);
}

/* Three commands that make sense after what is shown, and what they are for. Returns how many. */
static size_t find_proposals(const struct view *v, struct key out[3])
{
    static const struct key map = {"gates map", "who takes what"}, dial = {"dial p", "turn p"},
                            fit = {"fit", "what it learned"}, beside = {"ab mmoe", "beside it"},
                            luck = {"repeat 20", "is it luck?"},
                            which = {"compare", "which is better"},
                            back = {"goto end", "to the end again"},
                            branch = {"branch", "go on as another"}, on = {"run", "go on"},
                            smaller = {"set lr 0.001", "smaller steps"},
                            why = {"explain diverged", "why"}, again = {"reset", "from step 0"};
    const struct mmoe_snapshot *s = view_live(v);
    const struct view_lane *l = &v->lanes[v->lane];
    bool turns = mmoe_run_heeds(&s->options, mmoe_option_find("p"));
    if (s->state == MMOE_RUN_DIVERGED) {
        out[0] = why;
        out[1] = smaller;
        out[2] = again;
    } else if (l->furthest > s->step) {
        out[0] = branch;
        out[1] = on;
        out[2] = back;
    } else if (s->state != MMOE_RUN_FINISHED || l->stale) {
        return 0;
    } else {
        out[0] = v->lane_count == 1 && s->gate.gates == 0 ? beside : map;
        out[1] = turns ? dial : fit;
        out[2] = v->group_count > 1 ? which : luck;
    }
    return 3;
}

/* What may come next, where nothing is typed and nothing runs; what is left of the row. */
static struct canvas draw_proposals(const struct view *v, struct canvas *c)
{
    struct key next[3];
    size_t n = v->queue_wanted || v->job[0] ? 0 : find_proposals(v, next);
    bool words = c->width >= WORDS_FROM;
    int x = 1, room = c->width * 3 / 4;
    if (n == 0 || c->width < NEXT_FROM)
        return *c;
    x += canvas_text(c, x, 0, ROLE_DIM, 0, "next:") + 1;
    for (size_t i = 0; i < n; i++) {
        int columns = canvas_columns(next[i].key) + 2;
        if (x + columns + (words ? canvas_columns(next[i].does) + 1 : 0) > room)
            break;
        x += canvas_text(c, x, 0, ROLE_KEY, CELL_BOLD, next[i].key) + 1;
        x += words ? canvas_text(c, x, 0, ROLE_DIM, 0, next[i].does) + 2 : 1;
    }
    return canvas_view(c, x, 0, c->width - x, 1);
}

void status_draw_footer(const struct view *v, const struct layout_prompt *prompt, struct canvas *c)
{
    bool busy = view_live(v)->state == MMOE_RUN_TRAINING || v->lanes[v->lane].making,
         typed = prompt->line[0] != '\0',
         stops = busy || (!v->steady && (v->queue_wanted || v->study.reading || v->job[0]));
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
    const struct key experiment[] = {
        {"^C", "stop"},    {"^X l", "look"}, {"^X t", "true lift"}, {"^X a", "1,000 A/A"},
        {"^X o", "focus"}, {"^X z", "zoom"}, {"^X ?", "keys"},      {"explain experiment", "teach"},
    };
    const struct key dial[] = {
        {"Left Right", "turn"},    {"Esc", "leave"}, {"^C", busy ? "pause" : "clear"},
        {"^X o", "focus"},         {"^X z", "zoom"}, {"^X ?", "keys"},
        {"explain dial", "teach"},
    };
    static const struct key lesson[] = {{"Enter", "goes on"},
                                        {"lesson hint", "helps"},
                                        {"lesson back", "a step back"},
                                        {"lesson leave", "ends it"},
                                        {"?", "explains"}};
    static const struct key picking[] = {
        {"Left Right", "by loss"}, {"Up Down", "rows"}, {"Enter", "opens it"}, {"Esc", "leaves"}};
    static const struct key finding[] = {{"Up Down", "choose"},
                                         {"Enter", "explains it"},
                                         {"TAB", "takes it to the prompt"},
                                         {"Esc", "leaves"}};
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
    else if (v->finder.on)
        draw_keys(finding, sizeof finding / sizeof *finding, &left);
    else if (v->pick.on && !typed)
        draw_keys(picking, sizeof picking / sizeof *picking, &left);
    else if (v->lesson.lesson && !typed)
        draw_keys(lesson, sizeof lesson / sizeof *lesson, &left);
    else if (v->focus == PANEL_DIAL && v->dial.option && !typed)
        draw_keys(dial, sizeof dial / sizeof *dial, &left);
    else if (v->focus == PANEL_EXPERIMENT && v->experiment.any && !typed)
        draw_keys(experiment, sizeof experiment / sizeof *experiment, &left);
    else {
        struct canvas rest = typed ? left : draw_proposals(v, &left);
        bool proposed = rest.width < left.width;
        const struct key few[] = {{"^X ?", "keys"}, {"help", "verbs"}};
        draw_keys(proposed ? few : keys,
                  proposed ? sizeof few / sizeof *few : sizeof keys / sizeof *keys, &rest);
    }
}
