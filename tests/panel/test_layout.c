/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole frames against files under tests/golden (golden.h), and frames of every size. */
#include <locale.h>
#include <stdio.h>

#include <mmoe/lesson.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>

#include "tests/golden.h"
#include "tests/sights.h"
#include "tests/views.h"
#include "ui/panel/layout.h"
#include "ui/panel/status.h"
#include "ui/panel/view_names.h"
#include "ui/panel/view_study.h"

/* --- views --- */

static int model(const char *name)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (strcmp(mmoe_model_name(mmoe_model_at(i)), name) == 0)
            return (int)i;
    fail_msg("no model %s", name);
    return 0;
}

/* A number in [0, 1) that looks random and is the same everywhere. */
static double noise(size_t i)
{
    uint32_t v = (uint32_t)i * 2654435761u + 12345u;
    v = (v ^ v >> 15) * 2246822519u;
    v = (v ^ v >> 13) * 3266489917u;
    return (double)((v ^ v >> 16) % 10000u) / 10000.0;
}

static double falling(double step, size_t task)
{
    double wiggle = 1 + 0.06 * (noise((size_t)step + 17 * task) - 0.5);
    return wiggle *
           (0.041 + 0.018 * (double)task + 1.9 * exp(-step / 260) + 0.16 * exp(-step / 1400));
}

static void add_gates(struct mmoe_gates *g)
{
    static const float mean[2][8] = {{.44f, .21f, .03f, .06f, .04f, .07f, .15f, .002f},
                                     {.04f, .05f, .38f, .24f, .12f, .08f, .09f, .001f}};
    *g = (struct mmoe_gates){
        .gates = 2, .experts = 8, .entropy = {1.21, 1.43}, .unused = 1, .dead_share = 0.07};
    for (size_t i = 0; i < 2; i++)
        for (size_t e = 0; e < 8; e++)
            g->mean[i][e] = mean[i][e];
    g->overlap[0][1] = g->overlap[1][0] = 0.38;
    g->is_unused[7] = true;
}

/* A run of that model at that step of 6000. */
static void fill_run(struct mmoe_snapshot *s, const char *name, size_t step,
                     enum mmoe_run_state state)
{
    mmoe_snapshot_reserve(s, 61);
    s->options.model = model(name);
    s->parameters = 13394;
    s->state = state;
    s->step = step;
    s->steps = 6000;
    s->pearson = 0.43;
    s->cosine = 0.5;
    s->curve_count = 0;
    for (size_t at = 0; at <= step; at += 100) {
        struct mmoe_eval *e = &s->curve[s->curve_count++];
        e->step = at;
        for (size_t k = 0; k < 2; k++)
            s->value[MMOE_LOSS][k] = e->value[MMOE_LOSS][k] = falling((double)at, k);
    }
    for (size_t k = 0; k < 2; k++) {
        s->var[k] = 4.6;
        s->value[MMOE_OVER_VAR][k] = s->value[MMOE_LOSS][k] / s->var[k];
        for (size_t i = 0; i < MMOE_RECENT_MAX; i++)
            s->recent[k][i] = (float)(s->value[MMOE_LOSS][k] * (0.6 + 0.9 * noise(i * 3 + k)));
    }
    s->recent_count = step ? MMOE_RECENT_MAX : 0;
    if (strcmp(name, "mmoe") == 0)
        add_gates(&s->gate);
}

static void keep_run(struct view *v, const char *name, size_t id, bool pinned)
{
    struct mmoe_snapshot *s = show(v, 0, id);
    fill_run(s, name, 6000, MMOE_RUN_FINISHED);
    for (size_t i = 0; i < s->curve_count; i++)
        s->curve[i].value[MMOE_LOSS][0] *= 1.6;
    s->value[MMOE_LOSS][0] *= 1.6;
    s->gate.gates = 0;
    view_keep(v, 0, pinned);
}

static void view_empty(struct view *v)
{
    view_init(v);
    put(&v->options, "seed", "7");
}

static struct mmoe_snapshot *train(struct view *v)
{
    view_empty(v);
    struct mmoe_snapshot *s = show(v, 0, 1);
    fill_run(s, "mmoe", 2400, MMOE_RUN_TRAINING);
    s->steps_per_second = 1630;
    view_log(v, LOG_COMMAND, "set p 0.5");
    view_log(v, LOG_COMMAND, "data gen");
    view_log(v, LOG_DATA,
             "40,000 rows and 2,000 held out, 100 inputs, 2 tasks; cos 0.50, label r 0.43");
    view_log(v, LOG_COMMAND, "model mmoe");
    view_log(v, LOG_ERROR, "no such option 'learning': did you mean lr?");
    view_log(v, LOG_COMMAND, "run");
    return s;
}

static void view_training(struct view *v)
{
    add_fit(train(v));
}

static void add_group(struct view *v, const char *name, size_t n, size_t diverged, double middle,
                      double spread)
{
    struct mmoe_options o = v->options;
    o.model = model(name);
    struct view_group *g = view_group_begin(v, &o, n);
    for (size_t i = 0; i + diverged < n; i++)
        add_seed(g, middle + spread * (noise(i) + noise(i + 90) + noise(i + 500) - 1.5) +
                        spread * pow(noise(i + 7), 9));
    for (size_t i = 0; i < diverged; i++)
        add_seed(g, NAN);
}

static struct mmoe_snapshot *end_run(struct view *v)
{
    train(v);
    keep_run(v, "shared-bottom", 1, true);
    keep_run(v, "omoe", 2, false);
    struct mmoe_snapshot *s = show(v, 0, 3);
    fill_run(s, "mmoe", 6000, MMOE_RUN_FINISHED);
    add_group(v, "shared-bottom", 50, 2, 0.176, 0.14);
    add_group(v, "omoe", 50, 0, 0.148, 0.08);
    add_group(v, "mmoe", 50, 0, 0.118, 0.05);
    view_log(v, LOG_TALK, "run 3: mmoe reached step 6,000 in 3.7 s; A .0436  B .0612");
    view_log(v, LOG_DATA, "mmoe: 50 seeds, 0 diverged; median .1181, half within [.1003, .1362]");
    return s;
}

static void view_finished(struct view *v)
{
    end_run(v);
}

/* Repeats in progress, none of them of a model that was repeated before. */
static void view_repeating(struct view *v)
{
    view_finished(v);
    struct mmoe_options o = v->options;
    put(&o, "p", "0.9");
    struct view_group *g = view_group_begin(v, &o, 20);
    for (size_t i = 0; i < 6; i++)
        add_seed(g, 0.07 + 0.03 * noise(i));
    v->queue_done = 6;
    v->queue_wanted = 20;
    v->queue_eta = 41;
}

static void view_diverged(struct view *v)
{
    struct mmoe_snapshot *s = train(v);
    fill_run(s, "mmoe", 800, MMOE_RUN_DIVERGED);
    s->diverged_step = 861;
    s->divergence = MMOE_NOT_FINITE;
    s->curve[7].value[MMOE_LOSS][0] = 55;
    s->curve[8].value[MMOE_LOSS][0] = 31250;
    s->value[MMOE_LOSS][0] = 31250;
    view_log(v, LOG_ERROR,
             "run 1 diverged at step 861: the weights of step 800 are back; try set lr 0.001");
}

static void view_stale(struct view *v)
{
    train(v)->state = MMOE_RUN_PAUSED;
    view_lane(v)->stale = true;
    put(&v->options, "p", "0.9");
    snprintf(v->notice, sizeof v->notice, "p: new rows, then back to step 0");
}

static void view_zoomed(struct view *v)
{
    view_finished(v);
    v->focus = PANEL_GATES;
    v->zoomed = true;
}

/* A model without gates, task A stuck, on a linear axis, the histogram in focus. */
static void view_gateless(struct view *v)
{
    view_empty(v);
    v->options.model = model("shared-bottom");
    struct mmoe_snapshot *s = show(v, 0, 1);
    fill_run(s, "shared-bottom", 3000, MMOE_RUN_PAUSED);
    s->activity = (struct mmoe_activity){
        .count = 3,
        .part = {{.layer = "bottom", .units = 113, .never = 0.42},
                 {.layer = "towers.hidden", .task = 1, .units = 8, .never = 0.5, .off = 0.14},
                 {.layer = "towers.hidden", .task = 2, .units = 8, .off = 0.001}}};
    s->value[MMOE_ROWS_OFF][0] = 0.14;
    v->linear_y = true;
    v->focus = PANEL_HIST;
}

/* A model whose tasks share through stitches. */
static void view_stitches(struct view *v)
{
    static const char *const names[] = {"stitch after bottom", "stitch after towers.hidden"};
    view_empty(v);
    v->options.model = model("cross-stitch");
    struct mmoe_snapshot *s = show(v, 0, 1);
    fill_run(s, "cross-stitch", 3000, MMOE_RUN_PAUSED);
    s->sharing.count = 2;
    for (size_t i = 0; i < 2; i++) {
        snprintf(s->sharing.part[i].name, sizeof s->sharing.part[i].name, "%s", names[i]);
        s->sharing.part[i].pairs = true;
        s->sharing.part[i].columns = 2;
        s->sharing.part[i].v[0][0] = 0.85f + (float)i;
        s->sharing.part[i].v[0][1] = 0.07f;
        s->sharing.part[i].v[1][0] = -0.23f;
        s->sharing.part[i].v[1][1] = 0.7f;
    }
}

/* Gates that keep two experts a row. */
static void view_sparse(struct view *v)
{
    struct mmoe_snapshot *s = end_run(v);
    s->gate.top_k = 2;
    for (size_t i = 0; i < s->gate.gates; i++)
        for (size_t e = 0; e < s->gate.experts; e++)
            s->gate.chosen[i][e] = (float)((i + e) % 5) / 8;
}

/* A task whose tower has no unit on beyond s = 2, and one that has. */
static void view_learned(struct view *v)
{
    add_fit(end_run(v));
    v->focus = PANEL_FIT;
}

/* The same before anything was repeated, and with a row for each unit. */
static void view_units(struct view *v)
{
    struct mmoe_snapshot *s = train(v);
    add_fit(s);
    v->focus = PANEL_FIT;
}

/* Three tasks of rows of a file, the second first. */
static void view_calibration(struct view *v)
{
    struct mmoe_snapshot *s = train(v);
    s->tasks = 3;
    mmoe_tasks_letters(s->task, 3);
    s->fit = mmoe_alloc(1, sizeof *s->fit);
    *s->fit = (struct mmoe_fit){.step = s->step, .tasks = 3};
    for (size_t k = 0; k < 3; k++) {
        s->task[k].binary = true;
        fill_tenths(&s->fit->task[k]);
    }
    s->value[MMOE_LOSS][2] = 0.3;
    v->fit_task = 1;
    v->focus = PANEL_FIT;
}

/* Two live runs, the second of which is the better one. */
static void view_sides(struct view *v)
{
    struct mmoe_snapshot *s = train(v);
    v->options.model = s->options.model = model("shared-bottom");
    s->gate.gates = 0;
    v->lane_count = 2;
    struct mmoe_snapshot *other = show(v, 1, 2);
    fill_run(other, "mmoe", 2400, MMOE_RUN_TRAINING);
    for (size_t i = 1; i < other->curve_count; i++)
        for (size_t k = 0; k < 2; k++)
            other->curve[i].value[MMOE_LOSS][k] *= 1 - 0.4 * (double)i / 25;
    add_fit(s);
    add_fit(other);
}

/* p turned, of two sides. */
static void view_dial(struct view *v)
{
    view_sides(v);
    v->focus = PANEL_DIAL;
    v->dial.option = mmoe_option_find("p");
    for (size_t i = 0; i < 2; i++) {
        struct view_dial_curve *c = &v->dial.curve[i];
        c->tasks = 2;
        strcpy(c->task[0], "A");
        strcpy(c->task[1], "B");
        for (c->count = 0; c->count < 6; c->count++) {
            double x = 0.2 * (double)c->count;
            c->point[c->count] = (struct view_dial_point){
                .x = x,
                .loss = {0.08 - 0.03 * x * (i == 0), 0.06 + 0.02 * (i == 0) - 0.01 * x},
                .pearson = 0.8 * x + 0.2 * x * x,
                .overlap = i == 0 ? (double)NAN : 0.5 + 0.4 * x};
        }
    }
}

/* Gone back from the end, with a change and a note on the way. */
static void view_past_scene(struct view *v)
{
    view_empty(v);
    struct mmoe_snapshot *end = show(v, 0, 1);
    fill_run(end, "mmoe", 6000, MMOE_RUN_FINISHED);
    end->journal = mmoe_journal_add(NULL, 1500, MMOE_MARK_CHANGE, "lr=0.001");
    end->journal = mmoe_journal_add(end->journal, 4000, MMOE_MARK_NOTE, "gates part here");
    view_keep(v, 0, true);
    struct mmoe_snapshot *now = show(v, 0, 1);
    fill_run(now, "mmoe", 2400, MMOE_RUN_PAUSED);
    now->journal = mmoe_journal_add(NULL, 1500, MMOE_MARK_CHANGE, "lr=0.001");
    v->lanes[0].furthest = 6000;
}

/* Gates in another way than by their means. */
static void fill_scatter(struct mmoe_snapshot *s)
{
    s->scatter = mmoe_alloc(1, sizeof *s->scatter);
    *s->scatter = (struct mmoe_scatter){.step = 2400,
                                        .rows = 400,
                                        .gates = 2,
                                        .experts = 8,
                                        .plane = MMOE_PLANE_WEIGHTS,
                                        .explained = NAN,
                                        .agree = 0.31};
    for (size_t i = 0; i < 400; i++) {
        float x = (float)(noise(2 * i) + noise(2 * i + 7000) - 1) * 3,
              y = (float)(noise(2 * i + 1) + noise(2 * i + 9001) - 1) * 3;
        s->scatter->x[i] = x;
        s->scatter->y[i] = y;
        s->scatter->largest[0][i] = x > 0.2f ? 0 : x < -0.2f ? 1 : 6;
        s->scatter->largest[1][i] = x + 2 * y > 0 ? 2 : 3;
        s->scatter->entropy[0][i] = 2 * (double)i / 400;
        s->scatter->entropy[1][i] = 1.2 + 0.5 * (double)i / 400;
    }
    for (size_t k = 0; k < 2; k++)
        s->scatter->spread[k] = mmoe_summarize_sorted(s->scatter->entropy[k], 400);
    for (size_t k = 0; k < 2; k++)
        for (size_t e = 0; e < 8; e++)
            s->gate.largest[k][e] = k == 0 ? (e == 0   ? 0.46f
                                              : e == 1 ? 0.44f
                                              : e == 6 ? 0.1f
                                                       : 0)
                                           : (e == 2 || e == 3 ? 0.5f : 0);
}

static void view_gates_map(struct view *v)
{
    fill_scatter(train(v));
    v->focus = PANEL_GATES;
    v->gates = VIEW_GATES_MAP;
}

static void view_gates_spread(struct view *v)
{
    fill_scatter(train(v));
    v->focus = PANEL_GATES;
    v->gates = VIEW_GATES_SPREAD;
}

static void view_gates_time(struct view *v)
{
    struct mmoe_snapshot *s = train(v);
    s->gate_time = mmoe_gate_time_new(2, 8);
    for (size_t step = 0; step <= 2400; step += 100) {
        struct mmoe_gates g = s->gate;
        for (size_t k = 0; k < 2; k++)
            for (size_t e = 0; e < 8; e++)
                g.mean[k][e] = 0.125f + (g.mean[k][e] - 0.125f) * (float)step / 2400;
        mmoe_gate_time_push(s->gate_time, step, &g);
    }
    v->focus = PANEL_GATES;
    v->gates = VIEW_GATES_TIME;
}

static void view_lesson(struct view *v)
{
    static const char *const words[] = {
        "Now the tasks have nothing in common, and the 16 units must serve two functions.",
        "The loss of task A at p 1 was .055. What will it be at p 0?", "  1  lower", "  2  higher"};
    train(v);
    strcpy(v->lesson.headline, "2 of 4  What will happen at p 0?");
    v->lesson.lesson = mmoe_alloc(1, sizeof *v->lesson.lesson);
    for (size_t i = 0; i < 4; i++)
        v->lesson.line[v->lesson.line_count++] =
            (struct view_log_line){i == 1 ? LOG_COMMAND : LOG_DATA, mmoe_strdup(words[i])};
}

static void view_finder(struct view *v)
{
    train(v);
    v->finder.on = true;
    v->finder.at = 1;
    v->finder.count = 3;
    v->finder.found[0] = (struct view_found){"verb", "gates", "show the weights of the gates"};
    v->finder.found[1] = (struct view_found){"option", "gate-noise", "trained noise on the logits"};
    v->finder.found[2] = (struct view_found){"term", "overlap", "How far two tasks' mean gates"};
}

static void view_experiment(struct view *v)
{
    view_empty(v);
    fill_sight(&v->experiment.sight, MMOE_SIGHT_VISITS, 172000);
    v->experiment.any = true;
    v->focus = PANEL_EXPERIMENT;
    strcpy(v->job, "experiment");
    v->job_share = 0.77;
}

/* With the true lift, and the statistics tested. */
static void view_verdict(struct view *v)
{
    view_empty(v);
    fill_whole_sight(&v->experiment.sight);
    v->experiment.any = v->experiment.truth = true;
    v->focus = PANEL_EXPERIMENT;
}

static const char *const words[] = {"experts", "expert-units", "eval-every",
                                    "explain", "export",       "exports"};

static const struct scene {
    const char *name;
    void (*fill)(struct view *v);
    struct layout_prompt prompt;
} scenes[] = {
    {"empty", view_empty, {"mmoe> ", "", 0, NULL, 0}},
    {"training", view_training, {"mmoe> ", "set lr 0.00", 11, NULL, 0}},
    {"finished", view_finished, {"mmoe> ", "", 0, NULL, 0}},
    {"repeating", view_repeating, {"mmoe> ", "", 0, NULL, 0}},
    {"diverged", view_diverged, {"mmoe> ", "", 0, NULL, 0}},
    {"stale", view_stale, {"mmoe> ", "run", 3, NULL, 0}},
    {"zoomed", view_zoomed, {"(reverse-i-search)'mo': ", "model mmoe", 6, NULL, 0}},
    {"gateless", view_gateless, {"mmoe> ", "data gen\nmodel mmoe\nrun", 23, NULL, 0}},
    {"stitches", view_stitches, {"mmoe> ", "", 0, NULL, 0}},
    {"learned", view_learned, {"mmoe> ", "", 0, NULL, 0}},
    {"units", view_units, {"mmoe> ", "", 0, NULL, 0}},
    {"calibration", view_calibration, {"mmoe> ", "", 0, NULL, 0}},
    {"sparse", view_sparse, {"mmoe> ", "", 0, NULL, 0}},
    {"sides", view_sides, {"mmoe> ", "", 0, NULL, 0}},
    {"gates-time", view_gates_time, {"mmoe> ", "", 0, NULL, 0}},
    {"gates-spread", view_gates_spread, {"mmoe> ", "", 0, NULL, 0}},
    {"gates-map", view_gates_map, {"mmoe> ", "", 0, NULL, 0}},
    {"lesson", view_lesson, {"mmoe> ", "", 0, NULL, 0}},
    {"finder", view_finder, {"mmoe> ", "ga", 2, NULL, 0}},
    {"past", view_past_scene, {"mmoe> ", "", 0, NULL, 0}},
    {"dial", view_dial, {"mmoe> ", "", 0, NULL, 0}},
    {"experiment", view_experiment, {"mmoe> ", "", 0, NULL, 0}},
    {"verdict", view_verdict, {"mmoe> ", "", 0, NULL, 0}},
    {"completing", view_training, {"mmoe> ", "ex", 2, words, sizeof words / sizeof *words}},
};
enum { SCENES = sizeof scenes / sizeof *scenes };

static struct view *make(const struct scene *s)
{
    struct view *v = mmoe_alloc(1, sizeof *v);
    s->fill(v);
    view_rename(v);
    return v;
}

/* --- golden files --- */

/* True where the frame is what the file says (or was written to it). */
static bool is_golden(const struct scene *s, int width, int height, const char *glyphs)
{
    struct view *v = make(s);
    struct canvas c;
    int x = -1, y = -1;
    canvas_init(&c, width, height, glyphs_find(glyphs));
    layout_draw(v, &s->prompt, &c, &x, &y);
    char *frame = canvas_dump(&c), suffix[16];
    snprintf(suffix, sizeof suffix, "-%s", glyphs);
    bool same =
        golden_check(s->name, width, height, strcmp(glyphs, "braille") == 0 ? "" : suffix, frame);
    mmoe_free(frame);
    canvas_done(&c);
    drop_view(v);
    return same;
}

static void frames_are_golden(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {160, 48}, {100, 30}, {61, 17}, {40, 10}, {39, 7}};
    size_t wrong = 0;
    for (size_t i = 0; i < SCENES; i++) {
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            wrong += !is_golden(&scenes[i], sizes[k][0], sizes[k][1], "braille");
        wrong += !is_golden(&scenes[i], 80, 24, "blocks");
        wrong += !is_golden(&scenes[i], 80, 24, "ascii");
    }
    assert_int_equal(wrong, 0);
}

/* --- what is shown --- */

static bool shows_fit(void (*fill)(struct view *v), int focus, int width, int height)
{
    struct view *v = mmoe_alloc(1, sizeof *v);
    struct canvas c;
    fill(v);
    v->focus = focus;
    canvas_init(&c, width, height, glyphs_find("blocks"));
    bool shown = layout_shows(v, &c, PANEL_FIT);
    canvas_done(&c);
    drop_view(v);
    return shown;
}

/* It is measured where this says so: asked for, or beside the losses of a run on a wide screen. */
static void the_fit_is_shown_where_it_has_room(void **state)
{
    (void)state;
    assert_false(shows_fit(view_training, PANEL_LOSS, 80, 24));
    assert_false(shows_fit(view_training, PANEL_LOSS, 100, 30));
    assert_true(shows_fit(view_training, PANEL_FIT, 80, 24));
    assert_true(shows_fit(view_training, PANEL_FIT, 40, 10));
    assert_true(shows_fit(view_training, PANEL_LOSS, 160, 48));
    assert_false(shows_fit(view_empty, PANEL_LOSS, 160, 48));
    assert_false(shows_fit(view_diverged, PANEL_LOSS, 160, 48));
}

/* --- every size --- */

static void check_size(const struct view *v, const struct layout_prompt *p, const char *glyphs,
                       int w, int h)
{
    struct canvas c;
    int x = -1, y = -1;
    canvas_init(&c, w, h, glyphs_find(glyphs));
    layout_draw(v, p, &c, &x, &y);
    if (x < 0 || x >= w || y < 0 || y >= h)
        fail_msg("cursor at %d,%d of %dx%d", x, y, w, h);
    for (int i = 0; strcmp(glyphs, "ascii") == 0 && i < w * h; i++)
        if (c.cells[i].ch > 0x7e)
            fail_msg("U+%04lx in an ASCII frame of %dx%d", (unsigned long)c.cells[i].ch, w, h);
    canvas_done(&c);
}

static void every_size_is_drawn(void **state)
{
    (void)state;
    static const char *const glyphs[] = {"blocks", "braille", "ascii"};
    for (size_t i = 0; i < SCENES; i++) {
        struct view *v = make(&scenes[i]);
        for (int w = 1; w <= 200; w += w < 90 ? 1 : 11)
            for (int h = 1; h <= 60; h += h < 26 ? 1 : 5)
                check_size(v, &scenes[i].prompt, glyphs[(w + h) % 3], w, h);
        for (int focus = 0; focus < PANEL_COUNT; focus++) {
            v->focus = focus;
            v->zoomed = !v->zoomed;
            for (int w = 1; w <= 200; w += 7)
                for (int h = 1; h <= 60; h += 3)
                    check_size(v, &scenes[i].prompt, glyphs[(w + h) % 3], w, h);
        }
        drop_view(v);
    }
}

/* --- the prompt --- */

static const struct scene *scene(const char *name)
{
    for (size_t i = 0; i < SCENES; i++)
        if (strcmp(scenes[i].name, name) == 0)
            return &scenes[i];
    fail_msg("no scene %s", name);
    return NULL;
}

static int cursor_of(const char *line, size_t cursor, int width)
{
    struct view *v = make(scene("empty"));
    const struct layout_prompt p = {"mmoe> ", line, cursor, NULL, 0};
    struct canvas c;
    int x, y;
    canvas_init(&c, width, 24, glyphs_find("blocks"));
    layout_draw(v, &p, &c, &x, &y);
    assert_int_equal(y, 22);
    canvas_done(&c);
    drop_view(v);
    return x;
}

static void cursor_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(cursor_of("", 0, 80), 6);
    assert_int_equal(cursor_of("run", 3, 80), 9);
    assert_int_equal(cursor_of("run", 1, 80), 7);
    assert_int_equal(cursor_of("\xC3\xA9t", 2, 80), 7);     /* é: two bytes, one column */
    assert_int_equal(cursor_of("\xE6\xBC\xA2x", 3, 80), 8); /* a wide one: two columns */
    assert_int_equal(cursor_of("a\nb", 3, 80), 9);
}

static void long_lines_scroll(void **state)
{
    (void)state;
    char line[300];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_int_equal(cursor_of(line, 299, 80), 79);
    assert_int_equal(cursor_of(line, 0, 80), 6);
    assert_int_equal(cursor_of(line, 20, 80), 26);
}

static void a_full_line_makes_room_for_the_cursor(void **state)
{
    (void)state;
    for (size_t n = 72; n <= 76; n++) {
        char line[100];
        memset(line, 'x', n);
        line[n] = '\0';
        struct view *v = make(scene("empty"));
        const struct layout_prompt p = {"mmoe> ", line, n, NULL, 0};
        struct canvas c;
        int x, y;
        canvas_init(&c, 80, 24, glyphs_find("blocks"));
        layout_draw(v, &p, &c, &x, &y);
        assert_int_equal(c.cells[y * c.stride + x].ch, L' ');
        assert_int_equal(c.cells[y * c.stride + 6].ch, n > 73 ? 0x2026 : L'x');
        canvas_done(&c);
        drop_view(v);
    }
}

/* The prompt's row of a screen so wide, *x the cursor's place in it. */
static void draw_row(struct canvas *c, const char *line, size_t cursor, int width, int *x, int *y)
{
    struct view *v = make(scene("empty"));
    const struct layout_prompt p = {"mmoe> ", line, cursor, NULL, 0};
    canvas_init(c, width, 24, glyphs_find("blocks"));
    layout_draw(v, &p, c, x, y);
    drop_view(v);
}

/* Wherever the cursor is: under it stands its character, right of it what follows. */
static void what_is_right_of_the_cursor_is_seen(void **state)
{
    (void)state;
    enum { LENGTH = 200 };
    char line[LENGTH + 1] = "";
    for (int i = 0; i < LENGTH; i++)
        line[i] = (char)('a' + i % 26);
    for (int width = 40; width <= 80; width += 40)
        for (int cursor = 0; cursor <= LENGTH; cursor++) {
            struct canvas c;
            int x, y, k = 0;
            draw_row(&c, line, (size_t)cursor, width, &x, &y);
            const struct canvas_cell *row = c.cells + y * c.stride;
            while (cursor + k < LENGTH && x + k < width - 1) {
                assert_int_equal(row[x + k].ch, line[cursor + k]);
                k++;
            }
            bool cut = cursor + k + 1 < LENGTH;
            assert_true(k >= (width - 6) / 2 - 1 || !cut);
            if (cut)
                assert_int_equal(row[width - 1].ch, 0x2026);
            else if (cursor + k < LENGTH)
                assert_int_equal(row[width - 1].ch, line[LENGTH - 1]);
            canvas_done(&c);
        }
}

/* Marks stand on what they combine with; nothing of what joins characters reaches the screen. */
static void marks_take_no_column(void **state)
{
    (void)state;
    static const char line[] =
        "explain e\xCC\x81\xCC\x82x\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7y"
        "\xF0\x9F\x87\xAF\xF0\x9F\x87\xB5z\xE2\x80\x8Bw";
    static const struct {
        size_t cursor;
        int column;
    } cases[] = {{8, 8},   {9, 9},   {11, 9},  {13, 9},  {14, 10}, {18, 12}, {21, 12},
                 {25, 14}, {26, 15}, {30, 16}, {34, 17}, {35, 18}, {38, 18}, {39, 19}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canvas c;
        int x, y;
        draw_row(&c, line, cases[i].cursor, 80, &x, &y);
        assert_int_equal(x, 6 + cases[i].column);
        struct canvas row = canvas_view(&c, 0, y, 80, 1);
        char *dump = canvas_dump(&row);
        assert_string_equal(dump,
                            "mmoe> explain e\xCC\x81\xCC\x82x\xF0\x9F\x91\xA9\xF0\x9F\x91\xA7y"
                            "JPzw\n");
        mmoe_free(dump);
        canvas_done(&c);
    }
}

/* At the edges no half of a character is left, and no mark on another one. */
static void a_cut_line_keeps_characters_whole(void **state)
{
    (void)state;
    char line[400] = "";
    for (int i = 0; i < 20; i++)
        strcat(line, "\xE6\xBC\xA2"
                     "e\xCC\x81");
    for (int width = 40; width < 44; width++)
        for (size_t cursor = 0; cursor <= strlen(line); cursor++) {
            if (((unsigned char)line[cursor] & 0xC0) == 0x80)
                continue;
            struct canvas c;
            int x, y;
            draw_row(&c, line, cursor, width, &x, &y);
            const struct canvas_cell *row = c.cells + y * c.stride;
            for (int k = 0; k < width; k++) {
                bool wide = row[k].ch == 0x6f22;
                assert_true(!wide || (k + 1 < width && row[k + 1].ch == 0));
                assert_true(row[k].ch || (k > 0 && row[k - 1].ch == 0x6f22));
                assert_int_equal(row[k].marks[0], row[k].ch == L'e' && k > 5 ? 0x301 : 0);
            }
            canvas_done(&c);
        }
}

/* At every size with room for a line, whatever is on the screen. */
static void the_newest_answer_is_seen(void **state)
{
    (void)state;
    static const char *const names[] = {"empty", "finished", "zoomed", "repeating"};
    static const struct layout_prompt p = {"mmoe> ", "", 0, NULL, 0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct view *v = make(scene(names[i]));
        view_log(v, LOG_COMMAND, "foo");
        view_log(v, LOG_ERROR, "no command 'foo'");
        for (int width = 30; width <= 160; width += 10)
            for (int height = 4; height <= 40; height++) {
                struct canvas c;
                int x, y;
                canvas_init(&c, width, height, glyphs_find("blocks"));
                layout_draw(v, &p, &c, &x, &y);
                char *dump = canvas_dump(&c);
                if (!strstr(dump, "! no command 'foo'"))
                    fail_msg("%s at %dx%d shows\n%s", names[i], width, height, dump);
                mmoe_free(dump);
                canvas_done(&c);
            }
        drop_view(v);
    }
}

/* --- words --- */

/* The last row of that view, at that width; free it. */
static char *footer(const struct view *v, const struct layout_prompt *p, int width)
{
    struct canvas c;
    int x, y;
    canvas_init(&c, width, 24, glyphs_find("blocks"));
    layout_draw(v, p, &c, &x, &y);
    struct canvas foot = canvas_view(&c, 0, 23, width, 1);
    char *text = canvas_dump(&foot);
    canvas_done(&c);
    return text;
}

static void footer_tells_keys_or_notice(void **state)
{
    (void)state;
    static const struct {
        const char *scene, *says;
    } cases[] = {{"training", "^C clear"}, {"completing", "^C clear"}, {"stale", "p: new rows"},
                 {"repeating", "^C stop"}, {"zoomed", "^X z unzoom"},  {"empty", "TAB complete"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view *v = make(scene(cases[i].scene));
        char *text = footer(v, &scene(cases[i].scene)->prompt, 100);
        if (!strstr(text, cases[i].says))
            fail_msg("%s: no '%s' in '%s'", cases[i].scene, cases[i].says, text);
        mmoe_free(text);
        drop_view(v);
    }
}

/* At the right end, whole, beside keys or a notice; ^C stops it. */
static void footer_tells_how_far_a_job_is(void **state)
{
    (void)state;
    for (int width = 40; width <= 160; width++) {
        struct view *v = make(scene("empty"));
        strcpy(v->job, "claims");
        v->job_share = 0.428;
        char *text = footer(v, &scene("empty")->prompt, width);
        size_t n = strlen(text);
        assert_string_equal(text + n - strlen(" claims 42%\n"), " claims 42%\n");
        assert_int_equal(n, width); /* a column is left, and the line has an end */
        assert_non_null(strstr(text, "^C stop"));
        mmoe_free(text);
        strcpy(v->notice, "a notice of some length that leaves no room for anything else at all");
        text = footer(v, &scene("empty")->prompt, width);
        assert_non_null(strstr(text, " a notice of some"));
        assert_non_null(strstr(text, " claims 42%\n"));
        mmoe_free(text);
        drop_view(v);
    }
}

/* The first row of a frame. */
static void assert_head(const struct view *v, int width, const char *expected)
{
    struct canvas c;
    canvas_init(&c, width, 1, glyphs_find("ascii"));
    status_draw(v, &c);
    char *drawn = canvas_dump(&c);
    if (strncmp(drawn, expected, strlen(expected)) != 0)
        fail_msg("expected\n%s\ndrawn\n%s", expected, drawn);
    mmoe_free(drawn);
    canvas_done(&c);
}

/* Every setting that is no default is told, or how many there are that had no room. */
static void no_setting_drops_from_the_head(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_snapshot *s = train(v);
    put(&v->options, "top-k", "2");
    put(&v->options, "layers", "2");
    put(&v->options, "seed.init", "1");
    view_rename(v);
    assert_head(v, 80,
                " mmoe 8x16 top 2 layers 2  p 0.5  seeds 7/1/7  lr 0.01          "
                "RUN 2,400/6,000");
    put(&v->options, "batch", "32");
    put(&v->options, "dropout", "0.25");
    put(&v->options, "expert-units", "64,32");
    view_rename(v);
    s->state = MMOE_RUN_PAUSED;
    assert_head(v, 80, " mmoe 8x64,32 top 2 layers 2  p 0.5  seeds 7/1/7  +3");
    assert_head(v, 110,
                " mmoe 8x64,32 top 2 layers 2  p 0.5  seeds 7/1/7  lr 0.01  dropout=0.25  "
                "batch=32  ");
    drop_view(v);
}

/* What a study fixes, in its heading at every width. */
static void a_heading_cuts_no_number(void **state)
{
    (void)state;
    static const char *const names[] = {"dim",         "rows",  "test-rows", "expert-units",
                                        "tower-units", "batch", "steps",     "eval-every"};
    enum { NAMES = sizeof names / sizeof *names };
    struct view *v = make_view();
    struct mmoe_grid g = {.base = v->options, .seeds = 1};
    for (size_t i = 0; i < NAMES; i++)
        put(&g.base, names[i], "1234");
    view_study_begin(&v->study, 1, &g, "sweep 1", NULL);
    view_study_renew(v);
    v->focus = PANEL_HIST;
    v->zoomed = true;
    for (int width = 40; width < 240; width++) {
        struct canvas c;
        int x, y;
        canvas_init(&c, width, 24, glyphs_find("blocks"));
        layout_draw(v, &(struct layout_prompt){"mmoe> ", "", 0, NULL, 0}, &c, &x, &y);
        char *dump = canvas_dump(&c);
        for (char *at = dump; (at = strchr(at, '=')); at++)
            if (strncmp(at, "=1234", 5) != 0)
                fail_msg("%d columns: %.40s", width, at);
        assert_true(width < 60 || strstr(dump, "dim=1234"));
        mmoe_free(dump);
        canvas_done(&c);
    }
    drop_view(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_golden),
        cmocka_unit_test(the_fit_is_shown_where_it_has_room),
        cmocka_unit_test(no_setting_drops_from_the_head),
        cmocka_unit_test(a_heading_cuts_no_number),
        cmocka_unit_test(every_size_is_drawn),
        cmocka_unit_test(cursor_counts_columns),
        cmocka_unit_test(long_lines_scroll),
        cmocka_unit_test(what_is_right_of_the_cursor_is_seen),
        cmocka_unit_test(marks_take_no_column),
        cmocka_unit_test(the_newest_answer_is_seen),
        cmocka_unit_test(a_cut_line_keeps_characters_whole),
        cmocka_unit_test(a_full_line_makes_room_for_the_cursor),
        cmocka_unit_test(footer_tells_keys_or_notice),
        cmocka_unit_test(footer_tells_how_far_a_job_is),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
