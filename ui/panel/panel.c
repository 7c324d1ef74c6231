/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.c - what panels share. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/moot.h>
#include <mmoe/run.h>

#include "ui/panel/panels.h"
#include "ui/panel/view_names.h"

/* "p 0.5, " where the rows have a p, "rows.npz, " where they are a file's. */
static const char *rows_setting(struct figure_sheet *sheet, const struct mmoe_options *o)
{
    const char *slash = strrchr(o->data, '/');
    if (mmoe_run_heeds(o, mmoe_option_find("p")))
        return figure_sheet_print(sheet, "p %s, ", mmoe_format_setting(o->p, MMOE_NUMBER));
    return o->data[0] ? figure_sheet_print(sheet, "%s, ", slash ? slash + 1 : o->data) : "";
}

/* " With experts=4 layers=2.": what else is no default. */
static const char *other_settings(struct figure_sheet *sheet, const struct mmoe_options *o)
{
    static const char *const told[] = {"data", "p", "model", "lr", "batch", NULL};
    struct mmoe_text t = {0};
    view_add_settings(o, told, &t);
    const char *all = t.n ? figure_sheet_print(sheet, " With%s.", t.s) : "";
    mmoe_text_done(&t);
    return all;
}

const char *panel_setting(struct figure_sheet *sheet, const struct mmoe_snapshot *s)
{
    const struct mmoe_options *o = &s->options;
    char seed[80];
    if (o->seed_data == o->seed_init && o->seed_data == o->seed_order)
        snprintf(seed, sizeof seed, "seed %llu", (unsigned long long)o->seed_data);
    else
        snprintf(seed, sizeof seed, "seeds %llu, %llu, %llu", (unsigned long long)o->seed_data,
                 (unsigned long long)o->seed_init, (unsigned long long)o->seed_order);
    bool validated = s->validation_rows > 0;
    return figure_sheet_print(sheet, "%slearning rate %s, batch %s, %s; %s.%s",
                              rows_setting(sheet, o), mmoe_format_setting(o->lr, MMOE_NUMBER),
                              mmoe_format_count(o->batch, MMOE_NUMBER), seed,
                              validated ? MMOE_COUNTED(s->validation_rows, "validation row")
                                        : MMOE_COUNTED(s->test_rows, "held-out row"),
                              other_settings(sheet, o));
}

const char *panel_task(const struct mmoe_snapshot *s, size_t k, char buf[PANEL_TASK_SIZE])
{
    snprintf(buf, PANEL_TASK_SIZE, "%.*s", PANEL_TASK_SIZE - 1, s->task[k].name);
    return buf;
}

int panel_task_width(const struct mmoe_snapshot *s)
{
    int width = 1;
    for (size_t k = 0; k < s->tasks; k++) {
        int n = (int)strlen(s->task[k].name);
        width = n > width ? n : width;
    }
    return width < PANEL_TASK_SIZE ? width : PANEL_TASK_SIZE - 1;
}

void panel_add_column(struct mmoe_text *t, enum mmoe_metric metric, const struct mmoe_task *task)
{
    bool letter = task->name[0] && !task->name[1];
    mmoe_text_add(t, ",%s_", mmoe_metrics_table[metric].name);
    if (letter)
        mmoe_text_add(t, "%c", tolower((unsigned char)task->name[0]));
    else
        mmoe_text_add(t, "%s", task->name);
}

void panel_add_moot(const struct mmoe_options *o, struct mmoe_text *t)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_moot *rule = mmoe_moot_find(o, &mmoe_option_table[i]);
        if (!rule || mmoe_option_table[i].group != MMOE_GROUP_MODEL)
            continue;
        mmoe_text_add(t, " Here ");
        mmoe_moot_tell(rule, o, t);
        mmoe_text_add(t, ".");
    }
}

void panel_add_tasks(struct mmoe_text *t, const struct mmoe_snapshot *s)
{
    mmoe_json_key(t, "tasks");
    for (size_t k = 0; k < s->tasks; k++) {
        mmoe_text_add(t, k ? "," : "[");
        mmoe_text_add_json(t, s->task[k].name);
    }
    mmoe_text_add(t, s->tasks ? "]" : "[]");
}

void panel_add_value(struct mmoe_text *t, double v)
{
    mmoe_text_add(t, ",");
    if (isfinite(v))
        mmoe_text_add_number(t, v);
}
