/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * experiment.c - a live experiment: how far it is, its two funnels, its arms, its verdicts.
 *
 *   stage                                  bar   1 row
 *   funnel of engagement | of satisfaction | the front, when it is over and there is room
 *   arms                                         4 rows
 *   lifts                                        3 rows
 *   what is to be known beside them              2 rows
 *
 * Where rows lack, arms go first, then the last two; columns of the lifts go by their rank.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>

#include "ui/panel/funnel.h"
#include "ui/panel/lift.h"
#include "ui/panel/panels.h"

enum {
    TASKS = MMOE_RECOMMENDER_TASKS,
    FUNNEL_HEIGHT = 8,
    FUNNEL_LEAST = 4,
    FUNNEL_WIDTH = 34,
    FRONT_FROM = 150, /* columns */
    BAR_LEAST = 10,
    ARM_ROWS = 1 + MMOE_ARMS,
    LIFT_ROWS = 1 + TASKS,
    WORD_ROWS = 2,
    WORDS_SIZE = 160
};

/* --- how far it is --- */

static const char *verdict(const struct mmoe_sight *s, char buf[WORDS_SIZE])
{
    snprintf(buf, WORDS_SIZE, "engagement %s, satisfaction %s",
             lift_finding(mmoe_sight_finding(s, MMOE_ENGAGEMENT)),
             lift_finding(mmoe_sight_finding(s, MMOE_SATISFACTION)));
    return buf;
}

static void stage_words(const struct mmoe_sight *s, char buf[WORDS_SIZE])
{
    char done[LIFT_SIZE], plan[LIFT_SIZE], words[WORDS_SIZE];
    mmoe_format_count(s->done, done, sizeof done);
    mmoe_format_count(s->plan.visits, plan, sizeof plan);
    switch (s->stage) {
    case MMOE_SIGHT_SERVING: snprintf(buf, WORDS_SIZE, "requests are timed"); return;
    case MMOE_SIGHT_TRAINING:
        snprintf(buf, WORDS_SIZE, "training %s", MMOE_COUNTED(s->nets * MMOE_ARMS, "net"));
        return;
    case MMOE_SIGHT_VISITS: snprintf(buf, WORDS_SIZE, "visits %s of %s", done, plan); return;
    case MMOE_SIGHT_BEHIND:
        snprintf(buf, WORDS_SIZE, "%s visits, and now what only a simulator knows", done);
        return;
    case MMOE_SIGHT_STOPPED:
        if (s->done == 0) {
            snprintf(buf, WORDS_SIZE, "stopped before the first visit");
            return;
        }
        snprintf(buf, WORDS_SIZE, "stopped after %s of %s visits", done, plan);
        return;
    case MMOE_SIGHT_DONE: break;
    }
    snprintf(buf, WORDS_SIZE, "%s visits: %.120s", done, verdict(s, words));
}

static void draw_stage(const struct mmoe_sight *s, struct canvas *c)
{
    char words[WORDS_SIZE];
    stage_words(s, words);
    bool over = s->stage == MMOE_SIGHT_DONE || s->stage == MMOE_SIGHT_STOPPED;
    if (canvas_columns(words) > c->width) /* the table has the verdict, too */
        snprintf(words, sizeof words, "%s", MMOE_COUNTED(s->done, "visit"));
    int x = canvas_text(c, 0, 0, over ? ROLE_KEY : ROLE_TEXT, CELL_BOLD, words) + 1;
    int bar = c->width - x;
    if (over || bar < BAR_LEAST)
        return;
    for (int i = 0; i < bar; i++) {
        bool full = i < (int)(s->share * bar);
        canvas_put(c, x + i, 0, full ? ROLE_KEY : ROLE_DIM, 0,
                   full ? c->glyphs->bar[8] : c->glyphs->bar[1]);
    }
}

/* --- the plots --- */

static void draw_plot(const struct figure_plot *plot, const char *name, struct canvas *c)
{
    struct canvas below = canvas_view(c, 0, 1, c->width, c->height - 1);
    canvas_text(c, 1, 0, ROLE_TITLE, CELL_BOLD, name);
    figure_plot_draw(plot, &below);
}

/* While nothing was seen: what could be. The sentence is broken at its marks. */
static void draw_power(const struct mmoe_sight *s, struct canvas *c)
{
    struct mmoe_text t = {0};
    int y = c->height / 2 - 1;
    lift_power(s, &t);
    for (char *rest = t.s, *line; (line = strsep(&rest, ":;")); y++)
        canvas_text(c, 2, y, ROLE_DIM, 0, line + strspn(line, " "));
    mmoe_text_done(&t);
}

/* Side by side as many as there is width for, funnels first. */
static void draw_plots(const struct view_experiment *e, struct canvas *c)
{
    bool front = e->sight.front.visits && c->width >= FRONT_FROM;
    int n = c->width >= 2 * FUNNEL_WIDTH ? TASKS + front : 1, width = c->width / n;
    if (c->height < FUNNEL_LEAST)
        return;
    if (!funnel_has_points(&e->sight)) {
        draw_power(&e->sight, c);
        return;
    }
    for (int k = 0; k < n && k < TASKS; k++) {
        struct funnel f;
        struct canvas own = canvas_view(c, k * width, 0, width - (k + 1 < n), c->height);
        funnel_of(&e->sight, (size_t)k, e->truth, &f);
        draw_plot(&f.plot, f.plot.y_label, &own);
    }
    if (n > TASKS) {
        struct front f;
        struct canvas own = canvas_view(c, TASKS * width, 0, width, c->height);
        front_of(&e->sight, &f);
        draw_plot(&f.plot, "satisfaction, % by engagement, %: lambda 64 to 0", &own);
    }
}

/* --- tables --- */

/* A row of a table: each cell has the width of its column, and a name its left end. */
struct column {
    const char *head;
    int width;
    int rank; /* the least are shown first */
    const char *(*cell)(const struct view_experiment *e, size_t row, char buf[LIFT_INTERVAL_SIZE]);
};

static const char *arm_name(const struct view_experiment *e, size_t arm, char *buf)
{
    return lift_arm(&e->sight, arm, buf);
}

static const char *arm_users(const struct view_experiment *e, size_t arm, char *buf)
{
    return mmoe_format_count(e->sight.arm[arm].users, buf, LIFT_SIZE);
}

static const char *arm_visits(const struct view_experiment *e, size_t arm, char *buf)
{
    return mmoe_format_count(e->sight.arm[arm].visits, buf, LIFT_SIZE);
}

static const char *fixed_or_none(double v, int digits, char *buf)
{
    return isfinite(v) ? mmoe_format_fixed(v, digits, buf, LIFT_SIZE) : "-";
}

static const char *arm_engagement(const struct view_experiment *e, size_t arm, char *buf)
{
    return fixed_or_none(e->sight.arm[arm].rate[MMOE_ENGAGEMENT], 5, buf);
}

static const char *arm_satisfaction(const struct view_experiment *e, size_t arm, char *buf)
{
    return fixed_or_none(e->sight.arm[arm].rate[MMOE_SATISFACTION], 5, buf);
}

static const char *arm_head(const struct view_experiment *e, size_t arm, char *buf)
{
    return fixed_or_none(100 * e->sight.arm[arm].head, 1, buf);
}

static const char *arm_cost(const struct view_experiment *e, size_t arm, char *buf)
{
    double n = e->sight.arm[arm].multiply_adds;
    return isfinite(n) ? mmoe_format_count((uint64_t)n, buf, LIFT_SIZE) : "-";
}

static const char *arm_latency(const struct view_experiment *e, size_t arm, char *buf)
{
    return fixed_or_none(1e3 * e->sight.arm[arm].p99, 2, buf);
}

static const struct column arm_columns[] = {
    {"arm", 20, 0, arm_name},
    {"users", 8, 5, arm_users},
    {"visits", 10, 3, arm_visits},
    {"engagement", 11, 1, arm_engagement},
    {"satisfaction", 13, 2, arm_satisfaction},
    {"top 1%, %", 10, 4, arm_head},
    {"multiply-adds", 14, 6, arm_cost},
    {"p99, ms", 9, 7, arm_latency},
};

static const struct mmoe_lift *lift_at(const struct view_experiment *e, size_t arm, size_t task,
                                       enum mmoe_lift_method method)
{
    return &e->sight.arm[arm].lift[task][method];
}

static const char *row_task(const struct view_experiment *e, size_t task, char *buf)
{
    (void)e;
    (void)buf;
    return lift_task[task];
}

static const char *row_lift(const struct view_experiment *e, size_t task, char *buf)
{
    const struct mmoe_lift *l = lift_at(e, MMOE_TREATMENT, task, MMOE_BY_DELTA);
    char value[LIFT_SIZE];
    snprintf(buf, LIFT_SIZE, "%s %-2s",
             lift_percent(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL).value, 2, value), lift_stars(l));
    return buf;
}

static const char *row_at_end(const struct view_experiment *e, size_t task, char *buf)
{
    return lift_interval(
        mmoe_lift_interval(lift_at(e, MMOE_TREATMENT, task, MMOE_BY_DELTA), MMOE_SIGHT_LEVEL), buf);
}

static const char *row_always(const struct view_experiment *e, size_t task, char *buf)
{
    return lift_interval(e->sight.arm[MMOE_TREATMENT].always[task], buf);
}

static const char *row_same(const struct view_experiment *e, size_t task, char *buf)
{
    const struct mmoe_lift *l = lift_at(e, MMOE_SECOND_CONTROL, task, MMOE_BY_DELTA);
    return lift_percent(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL).value, 2, buf);
}

static const char *row_found(const struct view_experiment *e, size_t task, char *buf)
{
    return fixed_or_none(100 * mmoe_sight_detectable(&e->sight, task, false), 2, buf);
}

static const char *row_found_at_end(const struct view_experiment *e, size_t task, char *buf)
{
    return fixed_or_none(100 * mmoe_sight_detectable(&e->sight, task, true), 2, buf);
}

static const char *row_true(const struct view_experiment *e, size_t task, char *buf)
{
    return e->truth ? lift_percent(e->sight.truth[task], 2, buf) : "^X t";
}

static const char *row_verdict(const struct view_experiment *e, size_t task, char *buf)
{
    (void)buf;
    return e->sight.done ? lift_finding_short(mmoe_sight_finding(&e->sight, task)) : "-";
}

static const struct column lift_columns[] = {
    {"lift, %", 13, 0, row_task},
    {"now", 10, 1, row_lift},
    {"95% at the end", 18, 4, row_at_end},
    {"at all times", 18, 3, row_always},
    {"A/A'", 7, 6, row_same},
    {"MDE", 7, 8, row_found},
    {"at end", 7, 7, row_found_at_end},
    {"true", 7, 5, row_true},
    {"verdict", 9, 2, row_verdict},
};

/* The greatest rank of a column that is shown: the columns up to it have the width. */
static int greatest_rank(const struct column *columns, size_t n, int width)
{
    int rank = 0;
    for (int used = 0; rank < (int)n; rank++) {
        for (size_t i = 0; i < n; i++)
            used += columns[i].rank == rank ? columns[i].width : 0;
        if (used > width)
            break;
    }
    return rank - 1;
}

static void draw_cell(struct canvas *c, int x, int y, const struct column *column, bool first,
                      enum role role, const char *text)
{
    if (first)
        canvas_text(c, x, y, role, 0, text);
    else
        canvas_text_right(c, x + column->width - 1, y, role, 0, text);
}

static void draw_table(const struct view_experiment *e, const struct column *columns, size_t n,
                       size_t rows, struct canvas *c)
{
    int x = 0, rank = greatest_rank(columns, n, c->width);
    for (size_t i = 0; i < n; i++) {
        if (columns[i].rank > rank)
            continue;
        draw_cell(c, x, 0, &columns[i], i == 0, ROLE_DIM, columns[i].head);
        for (size_t row = 0; row < rows; row++) {
            char buf[LIFT_INTERVAL_SIZE];
            draw_cell(c, x, 1 + (int)row, &columns[i], i == 0, ROLE_TEXT,
                      columns[i].cell(e, row, buf));
        }
        x += columns[i].width;
    }
}

#define DRAW_TABLE(e, columns, rows, c) \
    draw_table(e, columns, sizeof(columns) / sizeof *(columns), rows, c)

/* --- what is to be known beside them --- */

static bool is_alarm(const struct mmoe_sight *s)
{
    return s->arm[MMOE_SECOND_CONTROL].split.alarm || s->arm[MMOE_TREATMENT].split.alarm;
}

static void split_words(const struct mmoe_sight *s, struct mmoe_text *t)
{
    char p[LIFT_SIZE], evidence[LIFT_SIZE];
    const struct mmoe_split_check *split = &s->arm[MMOE_TREATMENT].split;
    if (s->done == 0) {
        mmoe_text_add(t, "no user was seen yet");
        return;
    }
    mmoe_text_add(t, "users split: p %s, e-value %s, %s", fixed_or_none(split->p, 3, p),
                  mmoe_format_narrow(split->evidence, evidence, sizeof evidence),
                  is_alarm(s) ? "NOT AS PLANNED: believe no lift" : "as planned");
}

/* What is to be expected of other nets of both models. */
static void nets_words(const struct mmoe_sight *s, struct mmoe_text *t)
{
    mmoe_text_add(t, "other nets, 95%%:");
    for (size_t k = 0; k < TASKS; k++) {
        char buf[LIFT_INTERVAL_SIZE];
        mmoe_text_add(
            t, "%s %s %s", k ? "," : "", lift_task[k],
            lift_interval(
                mmoe_lift_interval(&s->arm[MMOE_TREATMENT].lift[k][MMOE_BY_NETS], MMOE_SIGHT_LEVEL),
                buf));
    }
    if (s->nets < 2)
        mmoe_text_add(t, " (nets=2 or more tells)");
}

static void calibration_words(const struct mmoe_resplits *c, struct mmoe_text *t)
{
    char share[4][LIFT_SIZE];
    const size_t found[4] = {c->naive, c->delta, c->peeked, c->sequence};
    for (int i = 0; i < 4; i++)
        mmoe_format_fixed(100 * (double)found[i] / (double)c->tests, 1, share[i], LIFT_SIZE);
    mmoe_text_add(t, "%s A/A differ: impressions %s%%, users %s%%, any look %s%%, always %s%%",
                  mmoe_format_count(c->tests, MMOE_NUMBER), share[0], share[1], share[2], share[3]);
}

static void draw_words(const struct mmoe_sight *s, struct canvas *c)
{
    struct mmoe_text t = {0};
    split_words(s, &t);
    canvas_text(c, 0, 0, is_alarm(s) ? ROLE_BAD : ROLE_DIM, is_alarm(s) ? CELL_BOLD : 0, t.s);
    mmoe_text_done(&t);
    if (s->calibration.tests)
        calibration_words(&s->calibration, &t);
    else
        nets_words(s, &t);
    canvas_text(c, 0, 1, ROLE_DIM, 0, t.s);
    mmoe_text_done(&t);
}

/* --- the panel --- */

static void draw_none(struct canvas *c)
{
    int y = c->height / 2 - (c->height > 2);
    canvas_text(c, 1, y, ROLE_KEY, CELL_BOLD, "experiment shared-bottom mmoe");
    canvas_text(c, 1, y + 1, ROLE_DIM, 0, "shows which of two models users prefer,");
    canvas_text(c, 1, y + 2, ROLE_DIM, 0, "after preset recommender.");
}

static void draw(const struct view *v, struct canvas *c)
{
    const struct view_experiment *e = &v->experiment;
    if (!e->any) {
        draw_none(c);
        return;
    }
    int left = c->height - 1, bottom = left >= LIFT_ROWS ? LIFT_ROWS : left;
    bool arms = left - bottom - ARM_ROWS >= FUNNEL_HEIGHT;
    bottom += arms ? ARM_ROWS : 0;
    bool words = left - bottom - WORD_ROWS >= FUNNEL_HEIGHT;
    bottom += words ? WORD_ROWS : 0;
    int y = 1 + left - bottom;
    struct canvas plots = canvas_view(c, 0, 1, c->width, left - bottom);
    draw_stage(&e->sight, c);
    draw_plots(e, &plots);
    if (arms) {
        struct canvas table = canvas_view(c, 0, y, c->width, ARM_ROWS);
        DRAW_TABLE(e, arm_columns, MMOE_ARMS, &table);
        y += ARM_ROWS;
    }
    struct canvas lifts = canvas_view(c, 0, y, c->width, LIFT_ROWS);
    DRAW_TABLE(e, lift_columns, TASKS, &lifts);
    struct canvas below = canvas_view(c, 0, y + LIFT_ROWS, c->width, words ? WORD_ROWS : 0);
    draw_words(&e->sight, &below);
}

static void note(const struct view *v, char *buf, size_t size)
{
    const struct mmoe_sight *s = &v->experiment.sight;
    if (v->experiment.any)
        snprintf(buf, size, "%s against %s, %s an arm", s->model[1], s->model[0],
                 MMOE_COUNTED(s->nets, "net"));
}

/* --- in words and numbers, and on paper --- */

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_sight *s = &v->experiment.sight;
    char words[WORDS_SIZE];
    if (!v->experiment.any) {
        mmoe_text_add(t, "There was no experiment yet: preset recommender, then experiment "
                         "shared-bottom mmoe shows which of two models users prefer.");
        return;
    }
    stage_words(s, words);
    mmoe_text_add(t, "%s against %s, %s an arm: %s.", s->model[1], s->model[0],
                  MMOE_COUNTED(s->nets, "net"), words);
    for (size_t k = 0; k < TASKS && s->done > 0; k++) {
        const struct mmoe_lift *l = lift_at(&v->experiment, MMOE_TREATMENT, k, MMOE_BY_DELTA);
        char lift[LIFT_SIZE], end[LIFT_INTERVAL_SIZE], ever[LIFT_INTERVAL_SIZE];
        mmoe_text_add(
            t,
            " The lift of %s is %s%%, within %s%% at 95%% if that is the end, within %s%% "
            "however often one looks.",
            lift_task[k], lift_percent(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL).value, 2, lift),
            lift_interval(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL), end),
            lift_interval(s->arm[MMOE_TREATMENT].always[k], ever));
    }
    if (s->done > 0) {
        mmoe_text_add(t, " Users split: ");
        mmoe_text_add(t, "%s.",
                      is_alarm(s) ? "not as planned, no lift is to be believed" : "as planned");
    }
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    struct mmoe_interval at_end, always;
    size_t visits;
    mmoe_text_add(t, "task,visits,lift,low,high,always_low,always_high\n");
    for (size_t k = 0; k < TASKS && v->experiment.any; k++)
        for (size_t i = 0; funnel_at(&v->experiment.sight, k, i, &visits, &at_end, &always); i++) {
            mmoe_text_add(t, "%s,%zu", lift_task[k], visits);
            panel_add_value(t, at_end.value);
            panel_add_value(t, at_end.low);
            panel_add_value(t, at_end.high);
            panel_add_value(t, always.low);
            panel_add_value(t, always.high);
            mmoe_text_add(t, "\n");
        }
}

static void json(const struct view *v, struct mmoe_text *t)
{
    struct mmoe_interval at_end, always;
    size_t visits;
    for (size_t k = 0; k < TASKS && v->experiment.any; k++)
        for (size_t i = 0; funnel_at(&v->experiment.sight, k, i, &visits, &at_end, &always); i++) {
            mmoe_text_add(t, "{");
            mmoe_json_word(t, "event", "experiment.look");
            mmoe_json_word(t, "task", lift_task[k]);
            mmoe_json_count(t, "visits", visits);
            mmoe_json_number(t, "lift", at_end.value);
            mmoe_json_number(t, "low", at_end.low);
            mmoe_json_number(t, "high", at_end.high);
            mmoe_json_number(t, "always_low", always.low);
            mmoe_json_number(t, "always_high", always.high);
            mmoe_text_add(t, "}\n");
        }
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    if (v->experiment.any)
        funnel_page(&v->experiment.sight, sheet);
}

const struct panel panel_experiment = {
    .name = "experiment",
    .title = "experiment",
    .explain =
        "Two models rank items for users of the simulated recommender, and a second control of "
        "other first weights beside them. The funnels are the treatment's lifts over the control "
        "against visits: the curve between two dotted lines is the lift and its 95% interval for "
        "one look at the planned end, the other two lines are the bounds that hold however often "
        "one looks. A lift is told when zero lies outside: before the end outside the outer "
        "bounds, at the end outside the inner. A/A' is the second control's lift, which no model "
        "made; the MDE is the least lift that such an experiment finds in 4 of 5, by now and at "
        "its "
        "end. * is 90%, ** 95%. Guardrails: the share of what was shown that the most shown 1% "
        "of items have, multiply-adds a row, and the slowest of 100 requests. What other nets of "
        "these models would do has wider intervals, since an arm has few. Ctrl-X t shows the true "
        "lift when visits are over, Ctrl-X l tells all in numbers, Ctrl-X a tests the statistics "
        "on 1,000 splits of users who were shown the same.",
    .min_width = 24,
    .min_height = 3,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
