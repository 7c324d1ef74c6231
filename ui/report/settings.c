/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - what a study of settings that vary together comes to: lines, or events. */
#include "ui/report/settings.h"

#include <math.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/settings.h>

#include "ui/panel/stuck.h"

/* Is the axis one that sets groups of cells apart? Not that of the settings, and p not where its
 * values are compared. */
static bool sets_apart(const struct mmoe_grid *g, size_t axis, bool gain)
{
    return !g->axes[axis].follows && g->axes[axis].count > 1 && axis != mmoe_settings_axis(g) &&
           !(gain && strcmp(g->axes[axis].option->name, "p") == 0);
}

/* "p=0.5 shared-bottom"; "all runs" where nothing sets them apart. */
static void add_name(const struct mmoe_grid *g, size_t cell, bool gain, struct mmoe_text *t)
{
    size_t before = t->n;
    for (size_t a = 0; a < g->axis_count; a++)
        if (sets_apart(g, a, gain)) {
            const char *name = g->axes[a].option->name;
            mmoe_text_add(t, "%s", t->n > before ? " " : "");
            if (strcmp(name, "model") != 0)
                mmoe_text_add(t, "%s=", name);
            mmoe_text_add(t, "%s", mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)));
        }
    if (t->n == before)
        mmoe_text_add(t, "all runs");
}

static void add_options(const struct mmoe_grid *g, size_t cell, bool gain, struct mmoe_text *t)
{
    mmoe_json_key(t, "options");
    mmoe_text_add(t, "{");
    for (size_t a = 0; a < g->axis_count; a++)
        if (sets_apart(g, a, gain))
            mmoe_json_word(t, g->axes[a].option->name,
                           mmoe_grid_value(g, a, mmoe_grid_place(g, cell, a)));
    mmoe_text_add(t, "}");
}

static void add_share(struct mmoe_text *t, const char *key, const struct mmoe_interval *i)
{
    mmoe_json_numbers(t, key, (const double[]){i->value, i->low, i->high}, 3);
}

enum { NUMBER = 24 };

static const char *fixed(double v, int decimals, char buf[NUMBER])
{
    return isnan(v) ? "-" : mmoe_format_fixed(v, decimals, buf, NUMBER);
}

/* "12 % [8, 17]" */
static void add_percent(const struct mmoe_interval *i, struct mmoe_text *t)
{
    char value[NUMBER], low[NUMBER], high[NUMBER];
    mmoe_text_add(t, "%s %% [%s, %s]", fixed(100 * i->value, 0, value), fixed(100 * i->low, 0, low),
                  fixed(100 * i->high, 0, high));
}

static void tell_spread(bool json, const struct mmoe_grid *g, size_t cell,
                        const struct mmoe_settings *s, struct mmoe_text *t)
{
    char between[NUMBER], within[NUMBER];
    if (json) {
        event_begin(t, "study.settings");
        add_options(g, cell, false, t);
        mmoe_json_count(t, "settings", s->settings);
        mmoe_json_count(t, "runs", s->runs);
        mmoe_json_count(t, "diverged", s->diverged);
        mmoe_json_number(t, "median", s->median);
        mmoe_json_number(t, "q25", s->q25);
        mmoe_json_number(t, "q75", s->q75);
        mmoe_json_number(t, "between", s->between);
        mmoe_json_number(t, "within", s->within);
        add_share(t, "stuck", &s->stuck);
        mmoe_json_count(t, "stuck_settings", s->stuck_settings);
        mmoe_text_add(t, "}\n");
        return;
    }
    add_name(g, cell, false, t);
    mmoe_text_add(t, ": loss of a setting %s [%s, %s]; sd of log loss %s between settings, ",
                  mmoe_format_loss(s->median, MMOE_NUMBER), mmoe_format_loss(s->q25, MMOE_NUMBER),
                  mmoe_format_loss(s->q75, MMOE_NUMBER), fixed(s->between, 2, between));
    mmoe_text_add(t, "%s between seeds; stuck ", fixed(s->within, 2, within));
    add_percent(&s->stuck, t);
    mmoe_text_add(t, " of runs, in %s of %s settings",
                  mmoe_format_count(s->stuck_settings, MMOE_NUMBER),
                  mmoe_format_count(s->settings, MMOE_NUMBER));
    if (s->diverged)
        mmoe_text_add(t, "; %s diverged", mmoe_format_count(s->diverged, MMOE_NUMBER));
    mmoe_text_add(t, "\n");
}

static void tell_gain(bool json, const struct mmoe_grid *g, size_t cell,
                      const struct mmoe_settings_gain *s, struct mmoe_text *t)
{
    char low[NUMBER], high[NUMBER], ratio[NUMBER];
    if (json) {
        event_begin(t, "study.gain");
        add_options(g, cell, true, t);
        mmoe_json_number(t, "low", s->low);
        mmoe_json_number(t, "high", s->high);
        mmoe_json_count(t, "settings", s->settings);
        mmoe_json_count(t, "gaining", s->gaining);
        add_share(t, "share", &s->share);
        mmoe_json_number(t, "median", s->median);
        mmoe_text_add(t, "}\n");
        return;
    }
    add_name(g, cell, true, t);
    mmoe_text_add(
        t, ": lower at p = %s than at %s in %s of %s settings (",
        mmoe_format_setting(s->high, high, NUMBER), mmoe_format_setting(s->low, low, NUMBER),
        mmoe_format_count(s->gaining, MMOE_NUMBER), mmoe_format_count(s->settings, MMOE_NUMBER));
    add_percent(&s->share, t);
    mmoe_text_add(t, "); loss at %s / loss at %s: median %s\n", low, high,
                  fixed(s->median, 2, ratio));
}

void settings_add(const struct view_study *v, size_t task, bool json, struct mmoe_text *t)
{
    const struct mmoe_tally *tally = v->tally;
    const struct mmoe_grid *g = mmoe_tally_grid(tally);
    size_t axis = mmoe_settings_axis(g);
    const struct mmoe_task *tasks;
    if (axis == g->axis_count || task >= mmoe_tally_tasks(tally, &tasks))
        return;
    if (!json)
        mmoe_text_add(
            t, "over %zu settings of %s and what follows it, %s each, final loss of task %s:\n",
            g->axes[axis].count, g->axes[axis].option->name, MMOE_COUNTED(g->seeds, "seed"),
            tasks[task].name);
    for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++) {
        struct mmoe_settings s;
        if (mmoe_settings_of(tally, cell, task, &s))
            tell_spread(json, g, cell, &s, t);
    }
    for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++) {
        struct mmoe_settings_gain gain;
        if (mmoe_settings_gain(tally, cell, task, &gain))
            tell_gain(json, g, cell, &gain, t);
    }
}
