/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal.c - what a training is to come to. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/goal.h>

static const char overlap[] = "overlap";

enum mmoe_status mmoe_goal_parse(const char *text, struct mmoe_goal *out, struct mmoe_error *err)
{
    size_t n = strcspn(text, "<>");
    char name[MMOE_TASK_NAME_MAX + 24];
    *out = (struct mmoe_goal){.any = true, .below = text[n] == '<'};
    if (n == 0 || n >= sizeof name || !text[n] || !mmoe_parse_double(text + n + 1, &out->value) ||
        !isfinite(out->value))
        return mmoe_fail(err, MMOE_INVALID,
                         "until '%.60s': METRIC.TASK<VALUE, such as loss.A<0.1, auc>0.8 or "
                         "overlap<0.5",
                         text);
    memcpy(name, text, n);
    name[n] = '\0';
    if (strcmp(name, overlap) == 0) {
        out->overlap = true;
        return MMOE_OK;
    }
    char *task = strchr(name, '.');
    if (task)
        *task++ = '\0';
    snprintf(out->task, sizeof out->task, "%.*s", MMOE_TASK_NAME_MAX - 1, task ? task : "");
    return mmoe_metrics_find(name, &out->metric, err);
}

void mmoe_goal_show(const struct mmoe_goal *g, struct mmoe_text *t)
{
    for (const char *c = g->overlap ? overlap : mmoe_metrics_table[g->metric].name; *c; c++)
        mmoe_text_add(t, "%c", *c == '_' ? '-' : *c); /* as it is typed */
    if (g->task[0])
        mmoe_text_add(t, ".%s", g->task);
    mmoe_text_add(t, "%c%s", g->below ? '<' : '>', mmoe_format_setting(g->value, MMOE_NUMBER));
}

/* The task's place; the first without a name; tasks where it has none of that name. */
static size_t place_of(const struct mmoe_goal *g, const struct mmoe_snapshot *s)
{
    size_t k = 0;
    while (g->task[0] && k < s->tasks && strcmp(s->task[k].name, g->task) != 0)
        k++;
    return k;
}

bool mmoe_goal_is_met(const struct mmoe_goal *g, const struct mmoe_snapshot *s)
{
    size_t k = place_of(g, s);
    if (!g->any || k >= s->tasks || s->curve_count == 0)
        return false;
    double v = g->overlap ? (s->gate.gates > 1 ? s->gate.overlap[0][1] : (double)NAN)
                          : s->value[g->metric][k];
    return g->below ? v < g->value : v > g->value;
}
