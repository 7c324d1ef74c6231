/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdicts.c - the paper's claims on a study, told: for people, or an object on a line each.
 */
#include "ui/report/verdicts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER = 24 };

/* What the claims are of: "loss", "loss over variance", "1 - AUC". */
static const char *measure_of(const struct mmoe_hearing *h)
{
    static const char *const words[MMOE_METRICS] = {[MMOE_LOSS] = "loss",
                                                    [MMOE_OVER_VAR] = "loss over variance",
                                                    [MMOE_AUC] = "1 - AUC",
                                                    [MMOE_R2] = "1 - R2"};
    return h->metric == MMOE_OVER_VAR && h->task.binary ? "loss over entropy" : words[h->metric];
}

/* --- as objects --- */

/* An interval as [value, low, high]. */
static void add_interval(struct mmoe_text *t, const char *key, const struct mmoe_interval *i)
{
    mmoe_json_numbers(t, key, (const double[]){i->value, i->low, i->high}, 3);
}

static void add_term(struct mmoe_text *t, const struct mmoe_claim_term *p)
{
    mmoe_text_add(t, "{");
    mmoe_json_word(t, "label", p->label);
    mmoe_json_word(t, "statistic", p->statistic);
    mmoe_json_number(t, "value", p->value);
    mmoe_json_number(t, "low", p->low);
    mmoe_json_number(t, "high", p->high);
    mmoe_json_number(t, "level", p->level);
    mmoe_json_number(t, "from", p->from);
    mmoe_json_number(t, "to", p->to);
    add_interval(t, "difference", &p->difference);
    mmoe_json_number(t, "error", p->error);
    mmoe_json_number(t, "p", p->p_value);
    mmoe_json_number(t, "p_holm", p->p_holm);
    mmoe_json_number(t, "p_against", p->p_against);
    mmoe_json_number(t, "p_against_holm", p->p_against_holm);
    mmoe_json_count(t, "pairs", p->pairs);
    mmoe_json_count(t, "diverged", p->diverged);
    mmoe_json_number(t, "detectable", p->detectable);
    mmoe_json_number(t, "seeds_needed", p->seeds_needed);
    mmoe_json_word(t, "verdict", mmoe_claims_verdict(p->verdict));
    mmoe_text_add(t, "}");
}

/* What all claims have, and the end of the event. */
static void end_claim(const struct mmoe_claim *c, struct mmoe_text *t)
{
    mmoe_json_word(t, "verdict", mmoe_claims_verdict(c->verdict));
    mmoe_json_number(t, "p", c->p_value);
    mmoe_json_number(t, "p_holm", c->p_holm);
    mmoe_json_count(t, "decisive", c->decisive);
    mmoe_json_truth(t, "leans", mmoe_hearing_leans(c));
    mmoe_json_key(t, "terms");
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < c->terms; i++) {
        mmoe_text_add(t, "%s", i ? "," : "");
        add_term(t, &c->term[i]);
    }
    mmoe_text_add(t, "]");
    mmoe_text_add(t, "}\n");
}

static void json_claim(const struct mmoe_hearing *h, const struct mmoe_claim *c, const char *group,
                       struct mmoe_text *t)
{
    event_begin(t, "claim");
    mmoe_json_number(t, "claim", c->number);
    mmoe_json_word(t, "text", c->text);
    mmoe_json_word(t, "of", measure_of(h));
    mmoe_json_truth(t, "secondary", h->secondary);
    if (*group)
        mmoe_json_word(t, "group", group);
    mmoe_json_word(t, "task", h->task.name);
    end_claim(c, t);
}

void verdicts_add_claim(const struct mmoe_claim *c, struct mmoe_text *t)
{
    event_begin(t, "claim");
    mmoe_json_number(t, "claim", c->number);
    mmoe_json_word(t, "text", c->text);
    end_claim(c, t);
}

/* --- for people --- */

const char *verdicts_p(double p, char *buf, size_t size)
{
    if (isnan(p))
        snprintf(buf, size, "-");
    else if (p < 0.001)
        snprintf(buf, size, "< .001");
    else if (p > 0.9995)
        snprintf(buf, size, "1");
    else
        snprintf(buf, size, "%s", mmoe_format_fixed(p, 3, MMOE_NUMBER));
    return buf;
}

double verdicts_p_of(const struct mmoe_claim_term *term)
{
    return term->verdict == MMOE_FAILS ? term->p_against_holm : term->p_holm;
}

void verdicts_add_estimate(const struct mmoe_claim_term *p, struct mmoe_text *t)
{
    const double v[] = {p->value, p->low, p->high};
    char number[3][NUMBER];
    bool rough = p->error > 0.0005;
    for (size_t i = 0; i < 3; i++)
        if (isnan(v[i]))
            snprintf(number[i], NUMBER, "-");
        else if (fabs(v[i]) >= 0.1 && fabs(v[i]) < 100)
            mmoe_format_fixed(v[i], rough || fabs(v[i]) >= 10 ? 2 : 3, number[i], NUMBER);
        else
            mmoe_format_loss(v[i], number[i], NUMBER);
    mmoe_text_add(t, "%s [%s, %s]", number[0], number[1], number[2]);
}

void verdicts_add_term(const struct mmoe_claim_term *p, struct mmoe_text *t)
{
    char number[NUMBER];
    static const char *const words[] = {
        [MMOE_UNDECIDED] = "?", [MMOE_HOLDS] = "holds", [MMOE_FAILS] = "fails"};
    mmoe_text_add(t, "  %-5s  ", words[p->verdict]);
    if (p->pairs < 2) {
        mmoe_text_add(t, "too few pairs of seeds for: %s\n", p->statistic);
        return;
    }
    mmoe_text_add(t, "%s: ", p->statistic);
    verdicts_add_estimate(p, t);
    mmoe_text_add(t, ", p %s", verdicts_p(verdicts_p_of(p), number, sizeof number));
    if (p->too_many)
        mmoe_text_add(t,
                      "; nothing is decided, since more than %s%% of the runs of a cell diverged",
                      mmoe_format_fixed(100 * MMOE_CLAIMS_DIVERGED, 0, MMOE_NUMBER));
    else if (p->diverged)
        mmoe_text_add(t, "; %s diverged and counted as worst",
                      mmoe_format_count(p->diverged, MMOE_NUMBER));
    mmoe_text_add(t, "\n");
}

/* The seeds that would show all terms of a claim as they were measured; NAN where none would. */
static double needed(const struct mmoe_claim *c)
{
    double most = 0;
    for (size_t i = 0; i < c->terms; i++) {
        if (isnan(c->term[i].seeds_needed))
            return NAN;
        most = fmax(most, c->term[i].seeds_needed);
    }
    return most;
}

/* A number of seeds, rounded up to two digits. */
static uint64_t two_digits(double n)
{
    double unit = pow(10, fmax(0, floor(log10(n)) - 1));
    return (uint64_t)(ceil(n / unit) * unit);
}

/* What an undecided claim could have shown, and what would decide it. */
static void add_outlook(const struct mmoe_claim *c, struct mmoe_text *t)
{
    const struct mmoe_claim_term *p = &c->term[c->decisive];
    bool same = isfinite(p->to) && isfinite(p->from);
    char value[NUMBER];
    double seeds = needed(c);
    if (c->verdict != MMOE_UNDECIDED || isnan(p->detectable) || p->pairs < 2)
        return;
    mmoe_text_add(t, "         %s could show %s %s (power 80 %%)", MMOE_COUNTED(p->pairs, "seed"),
                  same          ? "sameness within"
                  : p->from > 0 ? "a ratio of"
                                : "a difference of",
                  mmoe_format_loss(p->detectable, value, sizeof value));
    if (isfinite(seeds))
        mmoe_text_add(t, "; about %s would decide, if this is the truth",
                      mmoe_format_count(two_digits(seeds), MMOE_NUMBER));
    mmoe_text_add(t, "\n");
}

static void people_claim(const struct mmoe_claim *c, bool brief, struct mmoe_text *t)
{
    mmoe_text_add(t, "%d %-14s %s\n", c->number, mmoe_claims_verdict(c->verdict), c->text);
    for (size_t i = 0; i < c->terms; i++)
        if (!brief || i == c->decisive)
            verdicts_add_term(&c->term[i], t);
    add_outlook(c, t);
}

static const char *short_verdict(const struct mmoe_claim *c)
{
    if (c->verdict == MMOE_UNDECIDED)
        return mmoe_hearing_leans(c) ? "?+" : "?-";
    return c->verdict == MMOE_HOLDS ? "holds" : "fails";
}

/* A row for each group, a column for each claim; what differs from the first group is marked. */
static void people_table(const struct mmoe_hearing *h, struct mmoe_text *t)
{
    struct mmoe_text name = {0};
    mmoe_text_add(t, "%-28s", "");
    for (size_t k = 0; k < MMOE_CLAIMS; k++)
        mmoe_text_add(t, "  %d    ", h->claim[k].number);
    mmoe_text_add(t, "\n");
    for (size_t g = 0; g < h->design.groups; g++) {
        mmoe_text_clear(&name);
        mmoe_design_group_text(&h->grid, &h->design, g, &name);
        mmoe_text_add(t, "%-28s", name.s ? name.s : "");
        for (size_t k = 0; k < MMOE_CLAIMS; k++) {
            const struct mmoe_claim *now = &h->claim[g * MMOE_CLAIMS + k];
            mmoe_text_add(t, " %s%-5s", now->verdict != h->claim[k].verdict ? "*" : " ",
                          short_verdict(now));
        }
        mmoe_text_add(t, "\n");
    }
    for (size_t k = 0; k < MMOE_CLAIMS; k++)
        mmoe_text_add(t, "%d %s\n", h->claim[k].number, h->claim[k].text);
    mmoe_text_add(
        t, "* differs from the first row; undecided: + all estimates are as claimed, - not all\n");
    mmoe_text_done(&name);
}

static void people_claims(const struct mmoe_hearing *h, bool brief, struct mmoe_text *t)
{
    const char *secondary = h->secondary ? " (secondary: the loss was named beforehand)" : "";
    mmoe_text_add(t, "claims of the paper, on the final %s of task %s over ",
                  h->metric == MMOE_OVER_VAR ? mmoe_metrics_title(h->metric, h->task.binary)
                                             : measure_of(h),
                  h->task.name);
    if (h->seeds < h->grid.seeds)
        mmoe_text_add(t, "%s of %s so far%s:\n", mmoe_format_count(h->seeds, MMOE_NUMBER),
                      MMOE_COUNTED(h->grid.seeds, "seed"), secondary);
    else
        mmoe_text_add(t, "%s%s:\n", MMOE_COUNTED(h->seeds, "seed"), secondary);
    if (h->design.groups > 1)
        people_table(h, t);
    for (size_t k = 0; k < MMOE_CLAIMS && h->design.groups == 1; k++)
        people_claim(&h->claim[k], brief, t);
}

static void json_claims(const struct mmoe_hearing *h, struct mmoe_text *t)
{
    struct mmoe_text group = {0};
    for (size_t g = 0; g < h->design.groups; g++) {
        mmoe_text_clear(&group);
        mmoe_design_group_text(&h->grid, &h->design, g, &group);
        for (size_t k = 0; k < MMOE_CLAIMS; k++)
            json_claim(h, &h->claim[g * MMOE_CLAIMS + k], group.n ? group.s : "", t);
    }
    mmoe_text_done(&group);
}

void verdicts_add_claims(const struct mmoe_hearing *h, bool json, bool brief, struct mmoe_text *t)
{
    if (json)
        json_claims(h, t);
    else
        people_claims(h, brief, t);
}

/* --- cells --- */

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
    snprintf(text, sizeof text, "%s [%s, %s]", mmoe_format_loss(i->value, value, sizeof value),
             mmoe_format_loss(i->low, low, sizeof low),
             mmoe_format_loss(i->high, high, sizeof high));
    mmoe_text_add(t, " %-22s", text);
}

static void people_cell(struct mmoe_text *t, const struct mmoe_claims_cell *c, const char *model,
                        double p)
{
    mmoe_text_add(t, "%-5s %-13s %4s %4s", mmoe_format_setting(p, MMOE_NUMBER), model,
                  mmoe_format_count(c->n, MMOE_NUMBER),
                  mmoe_format_count(c->diverged, MMOE_NUMBER));
    people_interval(t, &c->median);
    people_interval(t, &c->iqm);
    if (c->n)
        mmoe_text_add(t, " %s%% [%s, %s]\n",
                      mmoe_format_fixed(100 * c->failure.value, 0, MMOE_NUMBER),
                      mmoe_format_fixed(100 * c->failure.low, 0, MMOE_NUMBER),
                      mmoe_format_fixed(100 * c->failure.high, 0, MMOE_NUMBER));
    else
        mmoe_text_add(t, " -\n");
}

/* Which models are compared by seed, the one claimed to be better first. */
static const struct {
    enum mmoe_claims_model better, other;
} rivals[] = {{MMOE_CLAIMS_OMOE, MMOE_CLAIMS_SHARED_BOTTOM},
              {MMOE_CLAIMS_MMOE, MMOE_CLAIMS_SHARED_BOTTOM},
              {MMOE_CLAIMS_MMOE, MMOE_CLAIMS_OMOE}};

static void add_pair(const struct mmoe_hearing *h, size_t group, const char *name, size_t i,
                     size_t k, bool json, struct mmoe_text *t)
{
    const char *better = mmoe_claims_models[rivals[k].better],
               *other = mmoe_claims_models[rivals[k].other];
    double p = h->design.p[i];
    struct mmoe_interval below = mmoe_hearing_below(h, group, rivals[k].better, rivals[k].other, i);
    if (!json) {
        char words[40];
        snprintf(words, sizeof words, "P(%s < %s)", better, other);
        mmoe_text_add(t, "%-5s %-26s %s [%s, %s]\n", mmoe_format_setting(p, MMOE_NUMBER), words,
                      mmoe_format_fixed(below.value, 2, MMOE_NUMBER),
                      mmoe_format_fixed(below.low, 2, MMOE_NUMBER),
                      mmoe_format_fixed(below.high, 2, MMOE_NUMBER));
        return;
    }
    event_begin(t, "claim.pair");
    mmoe_json_word(t, "better", better);
    mmoe_json_word(t, "other", other);
    mmoe_json_number(t, "p", p);
    if (*name)
        mmoe_json_word(t, "group", name);
    add_interval(t, "probability", &below);
    mmoe_text_add(t, "}\n");
}

static void add_group(const struct mmoe_hearing *h, size_t group, double threshold, bool json,
                      struct mmoe_text *t)
{
    const struct mmoe_design *d = &h->design;
    struct mmoe_claims_cell cells[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    struct mmoe_text name = {0};
    mmoe_design_group_text(&h->grid, d, group, &name);
    mmoe_hearing_cells(h, group, threshold, cells);
    if (!json)
        mmoe_text_add(t, "%s%s%-5s %-13s %4s %4s %-22s %-22s %s > %s\n", name.n ? name.s : "",
                      name.n ? "\n" : "", "p", "model", "n", "div.", "median", "interquartile mean",
                      h->metric == MMOE_OVER_VAR ? "loss/var" : measure_of(h),
                      mmoe_format_setting(threshold, MMOE_NUMBER));
    for (size_t i = 0; i < d->p_count; i++)
        for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++)
            if (json)
                json_cell(t, &cells[m][i], mmoe_claims_models[m], d->p[i], name.n ? name.s : "",
                          threshold);
            else
                people_cell(t, &cells[m][i], mmoe_claims_models[m], d->p[i]);
    for (size_t i = 0; i < d->p_count; i++)
        for (size_t k = 0; k < sizeof rivals / sizeof *rivals; k++)
            add_pair(h, group, name.n ? name.s : "", i, k, json, t);
    mmoe_text_done(&name);
}

void verdicts_add_cells(const struct mmoe_hearing *h, double threshold, bool json,
                        struct mmoe_text *t)
{
    for (size_t g = 0; g < h->design.groups; g++)
        add_group(h, g, threshold, json, t);
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
    mmoe_json_truth(&t, "at_end", mmoe_choice_is_at_end(c, g, leader));
    mmoe_json_key(&t, c->by == MMOE_BY_MEAN ? "mean_over_var" : "median_over_var");
    mmoe_text_add(&t, "{");
    for (size_t v = 0; v < c->values; v++)
        mmoe_json_number(&t, mmoe_grid_value(g, c->axis, v), c->middle[leader][v]);
    mmoe_text_add(&t, "}");
    event_end(sink, &t);
}

static void people_choice(const struct mmoe_grid *g, const struct mmoe_choice *c, size_t leader,
                          struct mmoe_text *t)
{
    char median[NUMBER];
    mmoe_text_add(t, "%s %s for %s; %s loss over variance", c->option->name,
                  mmoe_grid_value(g, c->axis, c->best[leader]),
                  mmoe_grid_value(g, c->leader_axis, leader), mmoe_choose_by_name(c->by));
    for (size_t v = 0; v < c->values; v++)
        mmoe_text_add(t, "%s %s at %s", v ? "," : "",
                      mmoe_format_loss(c->middle[leader][v], median, sizeof median),
                      mmoe_grid_value(g, c->axis, v));
    if (mmoe_choice_is_at_end(c, g, leader))
        mmoe_text_add(t, " (at the end of what was tried: there may be better)");
    mmoe_text_add(t, "\n");
}

void verdicts_choice(const struct event_sink *sink, const struct mmoe_grid *g,
                     const struct mmoe_choice *c)
{
    struct mmoe_text t = {0};
    bool json = sink->mode == EVENT_JSON;
    if (!json)
        mmoe_text_add(&t, "chosen on %s that %s not reported:\n", MMOE_COUNTED(g->seeds, "seed"),
                      g->seeds == 1 ? "is" : "are");
    for (size_t l = 0; l < c->leaders; l++)
        if (json)
            json_choice(sink, g, c, l);
        else
            people_choice(g, c, l, &t);
    if (!json) {
        mmoe_text_add(&t, "a definition keeps this by the line: chosen ");
        mmoe_choice_text(c, g, &t);
        mmoe_text_add(&t, "\n");
    }
    event_emit(sink, &t);
}
