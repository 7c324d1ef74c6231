/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdicts.c - the paper's claims, tested on a study and told.
 *
 * What is told of a study depends on its runs alone: draws come from one
 * stream, and losses stand in the order of seeds.
 */
#include "ui/report/verdicts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

enum { DRAWS = 10000, DRAWS_OF_MANY = 2000, STREAM = 1, NUMBER = 24 };

static const char *const model_names[MMOE_CLAIMS_MODELS] = {"shared-bottom", "omoe", "mmoe"};

/* --- testing --- */

static const double **losses_of(const struct view_study *s, bool over_var)
{
    const double **loss = mmoe_alloc(s->cell_count, sizeof *loss);
    for (size_t i = 0; i < s->cell_count; i++)
        loss[i] = over_var ? s->cells[i].over_var_of : s->cells[i].loss_of;
    return loss;
}

static enum mmoe_status find_design(const struct view_study *s, struct mmoe_design *d,
                                    struct mmoe_error *err)
{
    if (s->cell_count == 0)
        return mmoe_fail(err, MMOE_STATE,
                         "there is no study to test claims on: study figure-d seeds=50 makes one");
    return mmoe_design_find(&s->grid, d, err);
}

struct mmoe_claim *verdicts_test(const struct view_study *s, bool over_var, struct mmoe_design *d,
                                 struct mmoe_error *err)
{
    struct mmoe_claims_input in;
    if (mmoe_failed(find_design(s, d, err)))
        return NULL;
    struct mmoe_claim *claims = mmoe_alloc(d->groups * MMOE_CLAIMS, sizeof *claims);
    const double **loss = losses_of(s, over_var);
    for (size_t g = 0; g < d->groups; g++) {
        mmoe_design_input(&s->grid, d, g, loss, &in);
        mmoe_claims_test(&in, d->groups > 1 ? DRAWS_OF_MANY : DRAWS, STREAM,
                         claims + g * MMOE_CLAIMS);
    }
    mmoe_free(loss);
    return claims;
}

void verdicts_cells(const struct view_study *s, const struct mmoe_design *d, size_t group,
                    bool over_var, double threshold,
                    struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX])
{
    struct mmoe_claims_input in;
    const double **loss = losses_of(s, over_var);
    mmoe_design_input(&s->grid, d, group, loss, &in);
    mmoe_claims_cells(&in, threshold, DRAWS_OF_MANY, STREAM, out);
    mmoe_free(loss);
}

struct mmoe_interval verdicts_below(const struct view_study *s, const struct mmoe_design *d,
                                    size_t group, bool over_var, enum mmoe_claims_model a,
                                    enum mmoe_claims_model b, size_t i)
{
    const struct view_cell *x = &s->cells[mmoe_design_cell(&s->grid, d, group, a, i)];
    const struct view_cell *y = &s->cells[mmoe_design_cell(&s->grid, d, group, b, i)];
    const double *first = over_var ? x->over_var_of : x->loss_of,
                 *second = over_var ? y->over_var_of : y->loss_of;
    double *pairs = mmoe_alloc(2 * s->grid.seeds, sizeof *pairs);
    size_t n = 0;
    for (size_t k = 0; k < s->grid.seeds; k++)
        if (first[k] != MMOE_CLAIMS_ABSENT && second[k] != MMOE_CLAIMS_ABSENT) {
            pairs[n] = first[k];
            pairs[s->grid.seeds + n++] = second[k];
        }
    struct mmoe_interval below = mmoe_below_paired(pairs, pairs + s->grid.seeds, n, 0.95);
    mmoe_free(pairs);
    return below;
}

/* Whether all its parts' estimates are as claimed, however uncertain. */
static bool leans(const struct mmoe_claim *c)
{
    bool all = true;
    for (size_t i = 0; i < c->parts; i++)
        all = all && c->part[i].value > c->part[i].from && c->part[i].value < c->part[i].to;
    return all;
}

/* --- as objects --- */

static void add_part(struct mmoe_text *t, const struct mmoe_claim_term *p)
{
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "label", p->label);
    mmoe_json_word(t, "statistic", p->statistic);
    mmoe_json_number(t, "value", p->value);
    mmoe_json_number(t, "low", p->low);
    mmoe_json_number(t, "high", p->high);
    mmoe_json_number(t, "p_value", p->p_value);
    mmoe_json_count(t, "pairs", p->pairs);
    mmoe_json_count(t, "diverged", p->diverged);
    mmoe_json_word(t, "verdict", mmoe_claims_verdict(p->verdict));
    mmoe_text_add(t, "}");
}

static void json_claim(const struct event_sink *sink, const struct mmoe_claim *c, bool over_var,
                       const char *group)
{
    struct mmoe_text t = {0};
    event_begin(&t, "claim");
    mmoe_json_number(&t, "claim", c->number);
    mmoe_json_word(&t, "text", c->text);
    mmoe_json_word(&t, "of", over_var ? "loss over variance" : "loss");
    if (*group)
        mmoe_json_word(&t, "group", group);
    mmoe_json_word(&t, "statistic", c->statistic);
    mmoe_json_number(&t, "value", c->value);
    mmoe_json_number(&t, "low", c->low);
    mmoe_json_number(&t, "high", c->high);
    mmoe_json_number(&t, "p_value", c->p_holm);
    mmoe_json_word(&t, "verdict", mmoe_claims_verdict(c->verdict));
    mmoe_json_truth(&t, "leans", leans(c));
    mmoe_json_key(&t, "parts");
    mmoe_text_add(&t, "[");
    for (size_t i = 0; i < c->parts; i++) {
        mmoe_text_add(&t, "%s", i ? "," : "");
        add_part(&t, &c->part[i]);
    }
    mmoe_text_add(&t, "]");
    event_end(sink, &t);
}

/* --- for people --- */

static const char *p_text(double p, char *buf, size_t size)
{
    if (isnan(p))
        snprintf(buf, size, "p -");
    else if (p < 0.001)
        snprintf(buf, size, "p < .001");
    else
        snprintf(buf, size, "p %.3f", p);
    return buf;
}

static void people_claim(const struct mmoe_claim *c, struct mmoe_text *t)
{
    char value[NUMBER], low[NUMBER], high[NUMBER], p[NUMBER];
    mmoe_text_add(t, "%d %-14s %s\n", c->number, mmoe_claims_verdict(c->verdict), c->text);
    if (isnan(c->value))
        mmoe_text_add(t, "  %-14s too few pairs of seeds for %s\n", "", c->statistic);
    else
        mmoe_text_add(t, "  %-14s %s: %s [%s, %s], %s\n", "", c->statistic,
                      mmoe_format_estimate(c->value, value, sizeof value),
                      mmoe_format_estimate(c->low, low, sizeof low),
                      mmoe_format_estimate(c->high, high, sizeof high),
                      p_text(c->p_holm, p, sizeof p));
}

static const char *short_verdict(const struct mmoe_claim *c)
{
    if (c->verdict == MMOE_UNDECIDED)
        return leans(c) ? "?+" : "?-";
    return c->verdict == MMOE_HOLDS ? "holds" : "fails";
}

/* A row for each group, a column for each claim; what differs from the first group is marked. */
static void people_table(const struct view_study *s, const struct mmoe_design *d,
                         const struct mmoe_claim *claims, struct mmoe_text *t)
{
    struct mmoe_text name = {0};
    mmoe_text_add(t, "%-28s  1      2      3      4      5      6      7\n", "");
    for (size_t g = 0; g < d->groups; g++) {
        mmoe_text_clear(&name);
        mmoe_design_group_text(&s->grid, d, g, &name);
        mmoe_text_add(t, "%-28s", name.s ? name.s : "");
        for (size_t k = 0; k < MMOE_CLAIMS; k++) {
            const struct mmoe_claim *now = &claims[g * MMOE_CLAIMS + k];
            mmoe_text_add(t, " %s%-5s", now->verdict != claims[k].verdict ? "*" : " ",
                          short_verdict(now));
        }
        mmoe_text_add(t, "\n");
    }
    for (size_t k = 0; k < MMOE_CLAIMS; k++)
        mmoe_text_add(t, "%d %s\n", claims[k].number, claims[k].text);
    mmoe_text_add(
        t, "* differs from the first row; undecided: + all estimates are as claimed, - not all\n");
    mmoe_text_done(&name);
}

static void people_claims(const struct view_study *s, const struct mmoe_design *d,
                          const struct mmoe_claim *claims, bool over_var, struct mmoe_text *t)
{
    mmoe_text_add(t, "claims of the paper, on the final %s of task A over %zu seeds:\n",
                  over_var ? "loss / variance" : "loss", s->grid.seeds);
    if (d->groups > 1)
        people_table(s, d, claims, t);
    for (size_t k = 0; k < MMOE_CLAIMS && d->groups == 1; k++)
        people_claim(&claims[k], t);
}

static void json_claims(const struct event_sink *sink, const struct view_study *s,
                        const struct mmoe_design *d, const struct mmoe_claim *claims, bool over_var)
{
    struct mmoe_text group = {0};
    for (size_t g = 0; g < d->groups; g++) {
        mmoe_text_clear(&group);
        mmoe_design_group_text(&s->grid, d, g, &group);
        for (size_t k = 0; k < MMOE_CLAIMS; k++)
            json_claim(sink, &claims[g * MMOE_CLAIMS + k], over_var, group.n ? group.s : "");
    }
    mmoe_text_done(&group);
}

enum mmoe_status verdicts_tell(const struct event_sink *sink, const struct view_study *s,
                               bool over_var, struct mmoe_error *err)
{
    struct mmoe_design d;
    struct mmoe_text t = {0};
    struct mmoe_claim *claims = verdicts_test(s, over_var, &d, err);
    if (!claims)
        return err->status;
    if (sink->mode == EVENT_JSON)
        json_claims(sink, s, &d, claims, over_var);
    else
        people_claims(s, &d, claims, over_var, &t);
    event_emit(sink, &t);
    mmoe_free(claims);
    return MMOE_OK;
}

/* --- cells --- */

static void add_interval(struct mmoe_text *t, const char *key, const struct mmoe_interval *i)
{
    mmoe_json_numbers(t, key, (const double[]){i->value, i->low, i->high}, 3);
}

static void json_cell(struct mmoe_text *t, const struct mmoe_claims_cell *c, const char *model,
                      double p, const char *group, double threshold)
{
    event_begin(t, "claim.cell");
    mmoe_json_word(t, "model", model);
    mmoe_json_number(t, "p", p);
    if (*group)
        mmoe_json_word(t, "group", group);
    mmoe_json_count(t, "n", c->n);
    mmoe_json_count(t, "diverged", c->diverged);
    add_interval(t, "median", &c->median);
    add_interval(t, "iqm", &c->iqm);
    mmoe_json_number(t, "threshold", threshold);
    add_interval(t, "failure_rate", &c->failure);
    mmoe_text_add(t, "}\n");
}

static void people_interval(struct mmoe_text *t, const struct mmoe_interval *i)
{
    char text[3 * NUMBER + 8], value[NUMBER], low[NUMBER], high[NUMBER];
    snprintf(text, sizeof text, "%s [%s, %s]", mmoe_format_estimate(i->value, value, sizeof value),
             mmoe_format_estimate(i->low, low, sizeof low),
             mmoe_format_estimate(i->high, high, sizeof high));
    mmoe_text_add(t, " %-22s", text);
}

static void people_cell(struct mmoe_text *t, const struct mmoe_claims_cell *c, const char *model,
                        double p)
{
    mmoe_text_add(t, "%-5g %-13s %4zu %4zu", p, model, c->n, c->diverged);
    people_interval(t, &c->median);
    people_interval(t, &c->iqm);
    mmoe_text_add(t, " %.0f%% [%.0f, %.0f]\n", 100 * c->failure.value, 100 * c->failure.low,
                  100 * c->failure.high);
}

/* Which models are compared by seed, the one claimed to be better first. */
static const struct {
    enum mmoe_claims_model better, other;
} rivals[] = {{MMOE_CLAIMS_OMOE, MMOE_CLAIMS_SHARED_BOTTOM},
              {MMOE_CLAIMS_MMOE, MMOE_CLAIMS_SHARED_BOTTOM},
              {MMOE_CLAIMS_MMOE, MMOE_CLAIMS_OMOE}};

static void add_pair(const struct view_study *s, const struct mmoe_design *d, size_t group,
                     const char *name, bool over_var, size_t i, size_t k, bool json,
                     struct mmoe_text *t)
{
    const char *better = model_names[rivals[k].better], *other = model_names[rivals[k].other];
    struct mmoe_interval below =
        verdicts_below(s, d, group, over_var, rivals[k].better, rivals[k].other, i);
    if (!json) {
        char words[40];
        snprintf(words, sizeof words, "P(%s < %s)", better, other);
        mmoe_text_add(t, "%-5g %-26s %.2f [%.2f, %.2f]\n", d->p[i], words, below.value, below.low,
                      below.high);
        return;
    }
    event_begin(t, "claim.pair");
    mmoe_json_word(t, "better", better);
    mmoe_json_word(t, "other", other);
    mmoe_json_number(t, "p", d->p[i]);
    if (*name)
        mmoe_json_word(t, "group", name);
    add_interval(t, "probability", &below);
    mmoe_text_add(t, "}\n");
}

static void add_group(const struct view_study *s, const struct mmoe_design *d, size_t group,
                      bool over_var, double threshold, bool json, struct mmoe_text *t)
{
    struct mmoe_claims_cell cells[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    struct mmoe_text name = {0};
    mmoe_design_group_text(&s->grid, d, group, &name);
    verdicts_cells(s, d, group, over_var, threshold, cells);
    if (!json)
        mmoe_text_add(t, "%s%s%-5s %-13s %4s %4s %-22s %-22s %s %g\n", name.n ? name.s : "",
                      name.n ? "\n" : "", "p", "model", "n", "div.", "median", "interquartile mean",
                      over_var ? "loss/var >" : "loss >", threshold);
    for (size_t i = 0; i < d->p_count; i++)
        for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++)
            if (json)
                json_cell(t, &cells[m][i], model_names[m], d->p[i], name.n ? name.s : "",
                          threshold);
            else
                people_cell(t, &cells[m][i], model_names[m], d->p[i]);
    for (size_t i = 0; i < d->p_count; i++)
        for (size_t k = 0; k < sizeof rivals / sizeof *rivals; k++)
            add_pair(s, d, group, name.n ? name.s : "", over_var, i, k, json, t);
    mmoe_text_done(&name);
}

enum mmoe_status verdicts_tell_cells(const struct event_sink *sink, const struct view_study *s,
                                     bool over_var, double threshold, struct mmoe_error *err)
{
    struct mmoe_design d;
    struct mmoe_text t = {0};
    if (mmoe_failed(find_design(s, &d, err)))
        return err->status;
    for (size_t g = 0; g < d.groups; g++)
        add_group(s, &d, g, over_var, threshold, sink->mode == EVENT_JSON, &t);
    event_emit(sink, &t);
    return MMOE_OK;
}

/* --- choices --- */

static void json_choice(const struct event_sink *sink, const struct mmoe_grid *g,
                        const struct mmoe_choice *c, size_t leader)
{
    struct mmoe_text t = {0};
    event_begin(&t, "choice");
    mmoe_json_word(&t, "option", c->option->name);
    mmoe_json_word(&t, "for", c->leader->name);
    mmoe_json_word(&t, "value", mmoe_grid_value(g, c->leader_axis, leader));
    mmoe_json_word(&t, "chosen", mmoe_grid_value(g, c->axis, c->best[leader]));
    mmoe_json_count(&t, "seeds", g->seeds);
    mmoe_json_key(&t, "median_over_var");
    mmoe_text_add(&t, "{");
    for (size_t v = 0; v < c->values; v++)
        mmoe_json_number(&t, mmoe_grid_value(g, c->axis, v), c->median[leader][v]);
    mmoe_text_add(&t, "}");
    event_end(sink, &t);
}

static void people_choice(const struct mmoe_grid *g, const struct mmoe_choice *c, size_t leader,
                          struct mmoe_text *t)
{
    char median[NUMBER];
    mmoe_text_add(t, "%s %s for %s; median loss over variance", c->option->name,
                  mmoe_grid_value(g, c->axis, c->best[leader]),
                  mmoe_grid_value(g, c->leader_axis, leader));
    for (size_t v = 0; v < c->values; v++)
        mmoe_text_add(t, "%s %s at %s", v ? "," : "",
                      mmoe_format_loss(c->median[leader][v], median, sizeof median),
                      mmoe_grid_value(g, c->axis, v));
    mmoe_text_add(t, "\n");
}

void verdicts_tell_choice(const struct event_sink *sink, const struct mmoe_grid *g,
                          const struct mmoe_choice *c)
{
    struct mmoe_text t = {0};
    bool json = sink->mode == EVENT_JSON;
    if (!json)
        mmoe_text_add(&t, "chosen on %zu seeds that are not reported:\n", g->seeds);
    for (size_t l = 0; l < c->leaders; l++)
        if (json)
            json_choice(sink, g, c, l);
        else
            people_choice(g, c, l, &t);
    event_emit(sink, &t);
}
