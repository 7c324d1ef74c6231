/* SPDX-License-Identifier: GPL-3.0-or-later */
/* activity.c - which units of hidden layers are on: as a table, in words, as data. */
#include "ui/panel/activity.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/metrics.h>

#include "ui/panel/panels.h"

enum { NUMBER = 7, COLUMNS = 3, LAYER_LEAST = 6, LAYER_MOST = 64 + PANEL_TASK_SIZE };

static const char *const heads[COLUMNS] = {"units", "never", "off"};

int activity_height(const struct mmoe_snapshot *s)
{
    return s->activity.count ? (int)s->activity.count + 1 : 0;
}

/* "towers.hidden A" */
static void layer_name(const struct mmoe_snapshot *s, const struct mmoe_activity_part *p,
                       char out[LAYER_MOST])
{
    char task[PANEL_TASK_SIZE];
    snprintf(out, LAYER_MOST, p->task ? "%s %s" : "%s", p->layer,
             p->task ? panel_task(s, p->task - 1, task) : "");
}

/* Is it the last hidden layer of a task that is stuck? */
static bool tells_stuck(const struct mmoe_snapshot *s, size_t i)
{
    const struct mmoe_activity *a = &s->activity;
    size_t task = a->part[i].task, later = i + 1;
    while (later < a->count && a->part[later].task != task)
        later++;
    return task && later == a->count && mmoe_is_stuck(s->value[MMOE_ROWS_OFF][task - 1]);
}

static const char *percent(double share, char buf[NUMBER + 1])
{
    snprintf(buf, NUMBER + 1, "%s%%",
             share > 0 && share < 0.005 ? "<1" : mmoe_format_fixed(100 * share, 0, MMOE_NUMBER));
    return buf;
}

static void draw_row(const struct mmoe_snapshot *s, size_t i, int columns, struct canvas *c, int y)
{
    const struct mmoe_activity_part *p = &s->activity.part[i];
    char name[LAYER_MOST], number[NUMBER + 1];
    int x = c->width - columns * NUMBER;
    struct canvas words = canvas_view(c, 0, y, x, 1);
    enum role role = tells_stuck(s, i) ? ROLE_BAD : ROLE_TEXT;
    layer_name(s, p, name);
    canvas_text(&words, 0, 0, role, 0, name);
    for (int k = COLUMNS - columns; k < COLUMNS; k++, x += NUMBER)
        canvas_printf(c, x, y, k ? role : ROLE_DIM, 0, "%*s", NUMBER,
                      k == 0   ? mmoe_format_count(p->units, MMOE_NUMBER)
                      : k == 1 ? percent(p->never, number)
                               : percent(p->off, number));
}

/* The widest name, at most as wide as leaves room for a column. */
static int names_width(const struct mmoe_snapshot *s)
{
    int most = LAYER_LEAST;
    for (size_t i = 0; i < s->activity.count; i++) {
        char name[LAYER_MOST];
        layer_name(s, &s->activity.part[i], name);
        int width = canvas_columns(name);
        most = width > most ? width : most;
    }
    return most;
}

void activity_draw(const struct mmoe_snapshot *s, struct canvas *c)
{
    size_t count = s->activity.count, first = 0;
    int columns = COLUMNS, names = names_width(s), y = 0;
    while (columns > 1 && columns * NUMBER + names > c->width)
        columns--;
    int width = names + COLUMNS * NUMBER;
    struct canvas table = canvas_view(c, 0, 0, c->width < width ? c->width : width, c->height);
    if (count == 0 || c->height < 2 || c->width < LAYER_LEAST + NUMBER)
        return;
    if (count > (size_t)c->height - 1)
        first = count - (size_t)(c->height - 1);
    canvas_text(&table, 0, y, ROLE_DIM, 0, "layer");
    for (int k = COLUMNS - columns; k < COLUMNS; k++)
        canvas_printf(&table, table.width - (COLUMNS - k) * NUMBER, y, ROLE_DIM, 0, "%*s", NUMBER,
                      heads[k]);
    for (size_t i = first; i < count; i++)
        draw_row(s, i, columns, &table, ++y);
}

static void describe_stuck(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    for (size_t k = 0; k < s->tasks; k++)
        if (mmoe_is_stuck(s->value[MMOE_ROWS_OFF][k]))
            mmoe_text_add(t,
                          " Task %s is stuck: for %s%% of the rows no unit of its last hidden "
                          "layer is on, and the prediction is a constant.",
                          s->task[k].name,
                          mmoe_format_fixed(100 * s->value[MMOE_ROWS_OFF][k], 0, MMOE_NUMBER));
}

void activity_describe(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    const struct mmoe_activity *a = &s->activity;
    char number[NUMBER + 1];
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_activity_part *p = &a->part[i];
        mmoe_text_add(t, "%s%s%s%s: %s, ", i ? "; " : "Hidden layers: ", p->layer,
                      p->task ? " of task " : "", p->task ? s->task[p->task - 1].name : "",
                      MMOE_COUNTED(p->units, "unit"));
        mmoe_text_add(t, "%s never on, ", percent(p->never, number));
        mmoe_text_add(t, "none on for %s of the rows", percent(p->off, number));
    }
    if (a->count)
        mmoe_text_add(t, ".");
    describe_stuck(s, t);
}

void activity_csv(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    mmoe_text_add(t, "layer,task,units,never,off\n");
    for (size_t i = 0; i < s->activity.count; i++) {
        const struct mmoe_activity_part *p = &s->activity.part[i];
        mmoe_text_add(t, "%s,", p->layer);
        mmoe_text_add_csv(t, p->task ? s->task[p->task - 1].name : "");
        mmoe_text_add(t, ",%zu,%.9g,%.9g\n", p->units, p->never, p->off);
    }
}

void activity_add_json(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    mmoe_json_key(t, "units");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < s->activity.count; i++) {
        const struct mmoe_activity_part *p = &s->activity.part[i];
        mmoe_text_add(t, i ? ",{" : "{");
        mmoe_json_word(t, "layer", p->layer);
        if (p->task)
            mmoe_json_word(t, "task", s->task[p->task - 1].name);
        mmoe_json_count(t, "units", p->units);
        mmoe_json_number(t, "never", p->never);
        mmoe_json_number(t, "off", p->off);
        mmoe_text_add(t, "}");
    }
    mmoe_text_add(t, "]");
}
