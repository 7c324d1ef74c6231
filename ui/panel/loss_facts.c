/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss_facts.c - losses in words and numbers. */
#include "ui/panel/loss_facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/model.h>

#include "ui/panel/panels.h"

void loss_facts_note(const struct view *v, char *buf, size_t size)
{
    static const char more[] = " ...";
    const struct mmoe_snapshot *s = view_live(v);
    size_t n = 0;
    buf[0] = '\0';
    if (s->state == MMOE_RUN_EMPTY)
        return;
    for (size_t k = 0; k < s->tasks; k++) {
        char loss[24], task[PANEL_TASK_SIZE], one[40];
        size_t columns =
            (size_t)snprintf(one, sizeof one, "%s%s %s", k ? "  " : "", panel_task(s, k, task),
                             mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
        if (n + columns + sizeof more > size) { /* a digit that is cut would be another number */
            memcpy(buf + n, more, sizeof more);
            return;
        }
        memcpy(buf + n, one, columns + 1);
        n += columns;
    }
}

static void describe_task(const struct mmoe_snapshot *s, size_t k, struct mmoe_text *t)
{
    char first[24], last[24];
    if (isnan(s->value[MMOE_LOSS][k])) {
        mmoe_text_add(t, " Task %s has no held-out label, and so no loss.", s->task[k].name);
        return;
    }
    mmoe_text_add(t, " The held-out %s of task %s went from %s to %s",
                  s->task[k].binary ? "log loss" : "loss", s->task[k].name,
                  mmoe_format_loss(s->curve[0].value[MMOE_LOSS][k], first, sizeof first),
                  mmoe_format_loss(s->value[MMOE_LOSS][k], last, sizeof last));
    const char *spread = s->task[k].binary ? "entropy" : "variance";
    double over = s->value[MMOE_OVER_VAR][k];
    if (isfinite(over) && over < 10)
        mmoe_text_add(t, ", which is %s%% of its label's %s",
                      mmoe_format_fixed(100 * over, 1, MMOE_NUMBER), spread);
    else if (isfinite(over))
        mmoe_text_add(t, ", which is %s times its label's %s",
                      mmoe_format_loss(over, first, sizeof first), spread);
    mmoe_text_add(t, ".");
    if (isfinite(s->value[MMOE_AUC][k]))
        mmoe_text_add(t, " Its AUC is %s.",
                      mmoe_format_fixed(s->value[MMOE_AUC][k], 4, MMOE_NUMBER));
}

void loss_facts_describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    if (s->state == MMOE_RUN_EMPTY || s->curve_count == 0) {
        mmoe_text_add(t, "There is no run yet: run makes rows and a net and trains it.");
        return;
    }
    mmoe_text_add(
        t, "%s is at step %s of %s.", mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
        mmoe_format_count(s->step, MMOE_NUMBER), mmoe_format_count(s->steps, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        describe_task(s, k, t);
    if (s->validation_rows)
        mmoe_text_add(t, " These rows are for choices; final values are of %s.",
                      MMOE_COUNTED(s->test_rows, "test row"));
    if (s->state == MMOE_RUN_DIVERGED) {
        mmoe_text_add(t, " It %s at step %s: ", mmoe_divergence_verb(s->divergence),
                      mmoe_format_count(s->diverged_step, MMOE_NUMBER));
        mmoe_divergence_cause(s, t);
        mmoe_text_add(t, "; ");
        mmoe_divergence_advice(s, t);
        mmoe_text_add(t, ".");
    } else if (s->resting) {
        mmoe_text_add(t, " No weight has changed since step %s.",
                      mmoe_format_count(s->resting_since, MMOE_NUMBER));
    }
}

/* Losses of all tasks, then AUC of the binary ones. */
void loss_facts_csv(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    mmoe_text_add(t, "step");
    for (size_t k = 0; k < s->tasks; k++)
        panel_add_column(t, MMOE_LOSS, &s->task[k]);
    for (size_t k = 0; k < s->tasks; k++)
        if (s->task[k].binary)
            panel_add_column(t, MMOE_AUC, &s->task[k]);
    mmoe_text_add(t, "\n");
    for (size_t i = 0; i < s->curve_count; i++) {
        const struct mmoe_eval *e = &s->curve[i];
        mmoe_text_add(t, "%zu", e->step);
        for (size_t k = 0; k < s->tasks; k++)
            panel_add_value(t, e->value[MMOE_LOSS][k]);
        for (size_t k = 0; k < s->tasks; k++)
            if (s->task[k].binary)
                panel_add_value(t, e->value[MMOE_AUC][k]);
        mmoe_text_add(t, "\n");
    }
}

static void add_curves(struct mmoe_text *t, const struct mmoe_snapshot *s, enum mmoe_metric m)
{
    mmoe_json_key(t, mmoe_metrics_table[m].key);
    mmoe_text_add(t, "[");
    for (size_t k = 0; k < s->tasks; k++) {
        mmoe_text_add(t, "%s[", k ? "," : "");
        for (size_t i = 0; i < s->curve_count; i++) {
            mmoe_text_add(t, "%s", i ? "," : "");
            mmoe_text_add_number(t, s->curve[i].value[m][k]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]");
}

void loss_facts_json(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    bool binary = false;
    for (size_t k = 0; k < s->tasks; k++)
        binary = binary || s->task[k].binary;
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "event", "loss");
    mmoe_json_key(t, "step");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < s->curve_count; i++)
        mmoe_text_add(t, "%s%zu", i ? "," : "", s->curve[i].step);
    mmoe_text_add(t, "]");
    add_curves(t, s, MMOE_LOSS);
    if (binary)
        add_curves(t, s, MMOE_AUC);
    panel_add_tasks(t, s);
    mmoe_text_add(t, "}\n");
}
