/* SPDX-License-Identifier: GPL-3.0-or-later */
/* battery.c - the experiments of a study, told. */
#include "ui/report/battery.h"

#include <math.h>
#include <stdio.h>

#include <mmoe/file.h>

#include "ui/panel/funnel.h"
#include "ui/panel/lift.h"
#include "ui/report/experiment.h"
#include "ui/report/html_pieces.h"
#include "ui/report/verdicts.h"

static const char *const stars[] = {"", "*", "**"};

static const struct mmoe_lift *lift_of(const struct mmoe_battery *b, size_t i, size_t task,
                                       enum mmoe_lift_method method)
{
    return &b->sight[i].arm[MMOE_TREATMENT].lift[task][method];
}

static void json_compared(const struct mmoe_battery *b, size_t i, size_t task, struct mmoe_text *t)
{
    const struct mmoe_compared *c = &b->compared[i];
    const struct mmoe_lift *users = lift_of(b, i, task, MMOE_BY_DELTA);
    struct mmoe_interval at_end = mmoe_lift_interval(users, MMOE_SIGHT_LEVEL),
                         nets = mmoe_lift_interval(lift_of(b, i, task, MMOE_BY_NETS),
                                                   MMOE_SIGHT_LEVEL);
    event_begin(t, "experiment.compared");
    mmoe_json_word(t, "control", c->control);
    mmoe_json_word(t, "treatment", c->treatment);
    mmoe_json_word(t, "task", lift_task[task]);
    mmoe_json_number(t, "lift", at_end.value);
    mmoe_json_number(t, "low", at_end.low);
    mmoe_json_number(t, "high", at_end.high);
    mmoe_json_word(t, "stars", lift_stars(users));
    mmoe_json_number(t, "nets", nets.value);
    mmoe_json_number(t, "nets_low", nets.low);
    mmoe_json_number(t, "nets_high", nets.high);
    mmoe_json_number(t, "true", b->sight[i].truth[task]);
    mmoe_json_number(t, "paper", c->said[task].lift);
    mmoe_json_word(t, "paper_stars", stars[c->said[task].stars]);
    mmoe_text_add(t, "}\n");
}

static void people_compared(const struct mmoe_battery *b, size_t i, size_t task,
                            struct mmoe_text *t)
{
    const struct mmoe_compared *c = &b->compared[i];
    const struct mmoe_lift *users = lift_of(b, i, task, MMOE_BY_DELTA);
    struct mmoe_interval at_end = mmoe_lift_interval(users, MMOE_SIGHT_LEVEL);
    char lift[LIFT_SIZE], range[LIFT_INTERVAL_SIZE], nets[LIFT_INTERVAL_SIZE], truth[LIFT_SIZE],
        paper[LIFT_SIZE];
    mmoe_text_add(
        t, "  %-13s %7s %-2s %-18s %-18s %7s %7s %s\n", lift_task[task],
        lift_percent(at_end.value, 2, lift), lift_stars(users), lift_interval(at_end, range),
        lift_interval(mmoe_lift_interval(lift_of(b, i, task, MMOE_BY_NETS), MMOE_SIGHT_LEVEL),
                      nets),
        lift_percent(b->sight[i].truth[task], 2, truth), lift_percent(c->said[task].lift, 2, paper),
        stars[c->said[task].stars]);
}

static void people_table(const struct mmoe_battery *b, struct mmoe_text *t)
{
    mmoe_text_add(t, "%-15s %7s %-2s %-18s %-18s %7s %7s\n", "lift, %", "users", "", "95 % of them",
                  "95 % over nets", "true", "paper");
    for (size_t i = 0; i < b->count; i++) {
        mmoe_text_add(t, "%s over %s\n", b->compared[i].treatment, b->compared[i].control);
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
            people_compared(b, i, k, t);
    }
}

/* Of a claim that is not decided also what so many nets could have shown. */
static void people_claim(const struct mmoe_claim *c, struct mmoe_text *t)
{
    mmoe_text_add(t, "%d %-14s %s\n", c->number, mmoe_claims_verdict(c->verdict), c->text);
    for (size_t i = 0; i < c->terms; i++) {
        const struct mmoe_claim_term *term = &c->term[i];
        char ratio[LIFT_SIZE];
        verdicts_add_term(term, t);
        if (term->verdict == MMOE_UNDECIDED && isfinite(term->detectable))
            mmoe_text_add(t, "         %s could show a ratio of %s (power 80 %%)\n",
                          MMOE_COUNTED(term->pairs, "net"),
                          mmoe_format_fixed(term->detectable, 3, ratio, sizeof ratio));
    }
}

void battery_add(const struct mmoe_battery *b, bool json, struct mmoe_text *t)
{
    for (size_t i = 0; i < b->count && json; i++)
        for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
            json_compared(b, i, k, t);
    if (!json)
        people_table(b, t);
    for (size_t c = 0; c < b->claims; c++)
        if (json)
            verdicts_add_claim(&b->claim[c], t);
        else
            people_claim(&b->claim[c], t);
}

/* --- as a page --- */

static void add_preformatted(struct mmoe_text *t, const struct mmoe_text *words)
{
    html_add_tag(t, "pre", words->s);
}

static void add_experiment(const struct mmoe_sight *s, struct mmoe_text *t)
{
    struct mmoe_text words = {0};
    struct figure_sheet sheet = {0};
    funnel_page(s, &sheet);
    mmoe_text_add(&words, "%s over %s", s->model[1], s->model[0]);
    html_add_tag(t, "h2", words.s);
    mmoe_text_clear(&words);
    mmoe_text_add(t, "<figure>");
    figure_page_svg(&sheet.page, t);
    mmoe_text_add(t, "</figure>\n");
    experiment_add(s, false, &words);
    add_preformatted(t, &words);
    figure_sheet_done(&sheet);
    mmoe_text_done(&words);
}

enum mmoe_status battery_write(const struct battery_page *page, const char *path,
                               struct mmoe_error *err)
{
    const struct mmoe_battery *b = page->battery;
    struct mmoe_text t = {0}, table = {0};
    html_add_head(&t, page->title, page->command);
    html_add_tag(&t, "p", page->note);
    people_table(b, &table);
    add_preformatted(&t, &table);
    html_add_tag(&t, "h3", "Claims on the rates of trained nets");
    html_add_claims(&t, b->claim, b->claims);
    for (size_t i = 0; i < b->count; i++)
        add_experiment(&b->sight[i], &t);
    html_add_end(&t);
    enum mmoe_status status = mmoe_file_replace(path, t.s, t.n, err);
    mmoe_text_done(&table);
    mmoe_text_done(&t);
    return status;
}
