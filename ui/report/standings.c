/* SPDX-License-Identifier: GPL-3.0-or-later */
/* standings.c - models compared on rows of a file, told. */
#include "ui/report/standings.h"

#include <math.h>
#include <string.h>

#include <mmoe/checkpoints.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/standings.h>

#include "ui/report/verdicts.h"

enum { NUMBER = 24, DIGITS = 4 };

static const char *fixed(double v, char buf[NUMBER])
{
    return isnan(v) ? "-" : mmoe_format_fixed(v, DIGITS, buf, NUMBER);
}

/* What the paper has of a model and a task; NULL: nothing. */
static const struct mmoe_said *said_of(const struct view_study *v, const char *model,
                                       const char *task)
{
    for (size_t i = 0; i < v->said_count; i++)
        if (strcmp(v->said[i].model, model) == 0 && strcmp(v->said[i].task, task) == 0)
            return &v->said[i];
    return NULL;
}

static void json_row(const struct view_study *v, const struct mmoe_standings *s, size_t i, size_t k,
                     struct mmoe_text *t)
{
    const struct mmoe_standing *r = &s->row[i][k];
    const struct mmoe_said *said = said_of(v, s->model[i], s->task[k].name);
    event_begin(t, "study.standing");
    mmoe_json_word(t, "model", s->model[i]);
    mmoe_json_word(t, "task", s->task[k].name);
    mmoe_json_word(t, "metric", mmoe_metrics_table[mmoe_metrics_quality(s->task[k].binary)].name);
    mmoe_json_count(t, "n", r->n);
    mmoe_json_count(t, "diverged", r->diverged);
    mmoe_json_count(t, "failed", r->failed);
    mmoe_json_number(t, "mean", r->mean);
    mmoe_json_number(t, "median", r->median);
    mmoe_json_number(t, "sd", r->sd);
    mmoe_json_number(t, "chosen", r->chosen);
    mmoe_json_number(t, "most", r->most);
    mmoe_json_number(t, "paper_best", said ? said->value[1] : (double)NAN);
    mmoe_json_number(t, "paper_mean", said ? said->value[0] : (double)NAN);
    mmoe_text_add(t, "}\n");
}

static void people_row(const struct view_study *v, const struct mmoe_standings *s, size_t i,
                       size_t k, struct mmoe_text *t)
{
    const struct mmoe_standing *r = &s->row[i][k];
    const struct mmoe_said *said = said_of(v, s->model[i], s->task[k].name);
    char mean[NUMBER], median[NUMBER], sd[NUMBER], chosen[NUMBER], most[NUMBER], best[NUMBER],
        theirs[NUMBER];
    mmoe_text_add(t, "%-22s %5s %7s %7s %7s %7s %7s %6s", s->model[i],
                  mmoe_format_count(r->n, MMOE_NUMBER), fixed(r->mean, mean),
                  fixed(r->median, median), fixed(r->sd, sd), fixed(r->chosen, chosen),
                  fixed(r->most, most), mmoe_format_count(r->failed + r->diverged, MMOE_NUMBER));
    if (v->said_count)
        mmoe_text_add(t, " %7s %7s", fixed(said ? said->value[0] : (double)NAN, theirs),
                      fixed(said ? said->value[1] : (double)NAN, best));
    mmoe_text_add(t, "\n");
}

static void people_task(const struct view_study *v, const struct mmoe_standings *s, size_t k,
                        struct mmoe_text *t)
{
    mmoe_text_add(t, "%s of task %s on the test rows%s\n",
                  mmoe_metrics_title(mmoe_metrics_quality(s->task[k].binary), s->task[k].binary),
                  s->task[k].name, v->said_count ? "; at the right what the paper has" : "");
    mmoe_text_add(t, "%-22s %5s %7s %7s %7s %7s %7s %6s%s\n", "model", "seeds", "mean", "median",
                  "sd", "chosen", "most", "failed", v->said_count ? "    mean    best" : "");
    for (size_t i = 0; i < s->models; i++)
        people_row(v, s, i, k, t);
}

/* --- at checkpoints --- */

static void json_checkpoints(const struct mmoe_checkpoints *c, struct mmoe_text *t)
{
    for (size_t i = 0; i < c->models; i++)
        for (size_t k = 0; k < c->tasks; k++)
            for (size_t p = 0; p < c->steps; p++)
                for (size_t m = 0; m < MMOE_CHECKPOINT_METRICS; m++) {
                    const struct mmoe_checkpoint *at = &c->at[i][p][m][k];
                    event_begin(t, "study.checkpoint");
                    mmoe_json_word(t, "model", c->model[i]);
                    mmoe_json_word(t, "task", c->task[k].name);
                    mmoe_json_count(t, "step", c->step[p]);
                    mmoe_json_count(t, "rows", c->rows[p]);
                    mmoe_json_word(t, "metric",
                                   mmoe_metrics_table[mmoe_checkpoint_metrics[m]].name);
                    mmoe_json_count(t, "n", at->n);
                    mmoe_json_number(t, "mean", at->mean);
                    mmoe_json_number(t, "sd", at->sd);
                    mmoe_text_add(t, "}\n");
                }
}

enum { CHECKPOINT_DIGITS = 5 };

static void add_digits(struct mmoe_text *t, double v)
{
    char buf[NUMBER];
    mmoe_text_add(t, " %7s", isnan(v) ? "-" : mmoe_format_fixed(v, CHECKPOINT_DIGITS, buf, NUMBER));
}

/* The head of a table: millions of rows trained on, over each value. */
static void checkpoint_head(const struct mmoe_checkpoints *c, const char *gap, struct mmoe_text *t)
{
    char buf[NUMBER];
    mmoe_text_add(t, "%-22s %5s", "model", "seeds");
    for (size_t p = 0; p < c->steps; p++)
        mmoe_text_add(t, " %7s", mmoe_format_fixed((double)c->rows[p] / 1e6, 1, buf, NUMBER));
    mmoe_text_add(t, "%s\n", gap);
}

static void people_checkpoints(const struct view_study *v, const struct mmoe_checkpoints *c,
                               size_t m, size_t k, struct mmoe_text *t)
{
    bool truth = mmoe_checkpoint_metrics[m] == MMOE_AUC_TRUE;
    mmoe_text_add(t, "%s of task %s on held-out rows, by millions of rows trained on\n",
                  mmoe_metrics_table[mmoe_checkpoint_metrics[m]].title, c->task[k].name);
    checkpoint_head(c, truth ? "  to best" : "", t);
    for (size_t i = 0; i < c->models; i++) {
        const struct mmoe_said *said = said_of(v, c->model[i], c->task[k].name);
        mmoe_text_add(t, "%-22s %5s", c->model[i],
                      mmoe_format_count(c->at[i][0][m][k].n, MMOE_NUMBER));
        for (size_t p = 0; p < c->steps; p++)
            add_digits(t, c->at[i][p][m][k].mean);
        if (truth)
            add_digits(t, c->gap[i][k].mean);
        mmoe_text_add(t, "\n");
        if (truth || !said || said->count != 2 * c->steps)
            continue;
        mmoe_text_add(t, "%-28s", "  the paper's checkpoints");
        for (size_t p = 0; p < c->steps; p++)
            add_digits(t, said->value[m * c->steps + p]);
        mmoe_text_add(t, "\n");
    }
}

/* False where the study has no checkpoints. */
static bool add_checkpoints(const struct view_study *v, bool json, struct mmoe_text *t)
{
    struct mmoe_checkpoints *c = mmoe_checkpoints_new(v->tally);
    if (!c)
        return false;
    if (json)
        json_checkpoints(c, t);
    for (size_t k = 0; k < c->tasks && !json; k++)
        for (size_t m = 0; m < MMOE_CHECKPOINT_METRICS; m++)
            people_checkpoints(v, c, m, k, t);
    mmoe_free(c);
    return true;
}

static void people_claims(const struct mmoe_standings *s, struct mmoe_text *t)
{
    for (size_t c = 0; c < s->claims; c++) {
        const struct mmoe_claim *claim = &s->claim[c];
        mmoe_text_add(t, "%d %-14s %s\n", claim->number, mmoe_claims_verdict(claim->verdict),
                      claim->text);
        for (size_t i = 0; i < claim->terms; i++)
            verdicts_add_term(&claim->term[i], t);
    }
}

void standings_add(const struct view_study *v, bool json, struct mmoe_text *t)
{
    struct mmoe_standings *s = mmoe_standings_new(v->tally);
    if (!s)
        return;
    bool told = add_checkpoints(v, json, t);
    for (size_t k = 0; k < s->tasks && !(told && !json); k++) {
        if (!json)
            people_task(v, s, k, t);
        for (size_t i = 0; i < s->models && json; i++)
            json_row(v, s, i, k, t);
    }
    if (json)
        for (size_t c = 0; c < s->claims; c++)
            verdicts_add_claim(&s->claim[c], t);
    else
        people_claims(s, t);
    mmoe_free(s);
}
