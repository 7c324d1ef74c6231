/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stuck.c - how many of a cell's runs got stuck, and whether its losses have two modes. */
#include "ui/panel/stuck.h"

#include <math.h>
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/modes.h>

const char *stuck_percent(const struct mmoe_tally *t, size_t cell, size_t task,
                          char buf[STUCK_SHORT])
{
    size_t stuck, told;
    double share = mmoe_tally_stuck(t, cell, task, &stuck, &told).value;
    if (told == 0)
        snprintf(buf, STUCK_SHORT, "-");
    else
        snprintf(buf, STUCK_SHORT, "%s%%",
                 stuck && share < 0.01 ? "<1" : mmoe_format_fixed(100 * share, 0, MMOE_NUMBER));
    return buf;
}

const char *stuck_short(const struct mmoe_tally *t, size_t cell, size_t task, char buf[STUCK_SHORT])
{
    size_t stuck, told;
    char percent[STUCK_SHORT];
    mmoe_tally_stuck(t, cell, task, &stuck, &told);
    buf[0] = '\0';
    if (stuck)
        snprintf(buf, STUCK_SHORT, "%.12s stuck", stuck_percent(t, cell, task, percent));
    return buf;
}

const char *stuck_interval(const struct mmoe_tally *t, size_t cell, size_t task,
                           char buf[STUCK_SHORT])
{
    size_t stuck, told;
    struct mmoe_interval share = mmoe_tally_stuck(t, cell, task, &stuck, &told);
    if (told == 0)
        snprintf(buf, STUCK_SHORT, "-");
    else
        snprintf(buf, STUCK_SHORT, "%s %% [%s, %s]",
                 mmoe_format_fixed(100 * share.value, 0, MMOE_NUMBER),
                 mmoe_format_fixed(100 * share.low, 0, MMOE_NUMBER),
                 mmoe_format_fixed(100 * share.high, 0, MMOE_NUMBER));
    return buf;
}

/* "8 of 20 (40 % [22, 61])" */
static void add_share(const struct mmoe_tally *t, size_t cell, size_t task, struct mmoe_text *out)
{
    size_t stuck, told;
    char share[STUCK_SHORT];
    mmoe_tally_stuck(t, cell, task, &stuck, &told);
    mmoe_text_add(out, "%s of %s (%s)", mmoe_format_count(stuck, MMOE_NUMBER),
                  mmoe_format_count(told, MMOE_NUMBER), stuck_interval(t, cell, task, share));
}

void stuck_add_words(const struct mmoe_tally *t, size_t cell, size_t task, struct mmoe_text *out)
{
    size_t stuck, told;
    const struct mmoe_task *names;
    size_t tasks = mmoe_tally_tasks(t, &names);
    mmoe_tally_stuck(t, cell, task, &stuck, &told);
    if (told == 0 || task >= tasks)
        return;
    mmoe_text_add(out, " Task %s is stuck in ", names[task].name);
    add_share(t, cell, task, out);
    if (tasks > 1) {
        mmoe_text_add(out, ", some task in ");
        add_share(t, cell, MMOE_ANY_TASK, out);
    }
    mmoe_text_add(out, ".");
}

/* Do the values say how many modes they have? The logarithm is one of losses alone. */
static bool find_modes(enum mmoe_metric metric, const struct mmoe_spread *s, struct mmoe_modes *m)
{
    return metric <= MMOE_OVER_VAR && mmoe_modes_find(s->sorted, s->summary.n, m);
}

void stuck_add_modes(enum mmoe_metric metric, const struct mmoe_spread *s, struct mmoe_text *out)
{
    struct mmoe_modes m;
    char low[24], high[24];
    if (!find_modes(metric, s, &m) || !m.two)
        return;
    mmoe_text_add(out, " Its losses have two modes: %s %% about %s, %s %% about %s.",
                  mmoe_format_fixed(100 * m.share, 0, MMOE_NUMBER),
                  mmoe_format_loss(m.low, low, sizeof low),
                  mmoe_format_fixed(100 - 100 * m.share, 0, MMOE_NUMBER),
                  mmoe_format_loss(m.high, high, sizeof high));
}

static void json_stuck(const struct mmoe_tally *t, size_t cell, size_t task, struct mmoe_text *out)
{
    size_t stuck, any, told, told_any;
    mmoe_json_key(out, "stuck");
    struct mmoe_interval some = mmoe_tally_stuck(t, cell, MMOE_ANY_TASK, &any, &told_any);
    struct mmoe_interval one = mmoe_tally_stuck(t, cell, task, &stuck, &told);
    if (told == 0) {
        mmoe_text_add(out, "null");
        return;
    }
    mmoe_text_add(out, "{");
    mmoe_json_count(out, "runs", told);
    mmoe_json_count(out, "count", stuck);
    mmoe_json_numbers(out, "share", (const double[]){one.value, one.low, one.high}, 3);
    mmoe_json_count(out, "any", any);
    mmoe_json_numbers(out, "any_share", (const double[]){some.value, some.low, some.high}, 3);
    mmoe_text_add(out, "}");
}

void stuck_add_json(const struct mmoe_tally *t, size_t cell, size_t task, enum mmoe_metric metric,
                    const struct mmoe_spread *s, struct mmoe_text *out)
{
    struct mmoe_modes m;
    json_stuck(t, cell, task, out);
    mmoe_json_key(out, "modes");
    if (!find_modes(metric, s, &m)) {
        mmoe_text_add(out, "null");
        return;
    }
    mmoe_text_add(out, "{");
    mmoe_json_count(out, "count", m.two ? 2 : 1);
    mmoe_json_number(out, "gain", m.gain);
    mmoe_json_number(out, "share", m.share);
    mmoe_json_number(out, "low", m.low);
    mmoe_json_number(out, "high", m.high);
    mmoe_text_add(out, "}");
}
