/* SPDX-License-Identifier: GPL-3.0-or-later */
/* battery.c - what was claimed of live experiments, put to the test. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/battery.h>

#include "src/study/terms.h"

static const char *const metrics[MMOE_RECOMMENDER_TASKS] = {"engagement", "satisfaction"};

/* The ratio of the treatment's rate over the control's is above `from`. */
static void add_term(const struct mmoe_battery *b, size_t i, size_t task, struct mmoe_claim *claim)
{
    const struct mmoe_compared *c = &b->compared[i];
    const struct mmoe_sight *s = &b->sight[i];
    const struct mmoe_lift *l = &s->arm[MMOE_TREATMENT].lift[task][MMOE_BY_NETS];
    struct mmoe_interval at = mmoe_lift_interval(l, MMOE_SIGHT_LEVEL);
    double bound = c->said[task].claim == MMOE_CLAIMED_KEPT ? MMOE_CLAIMED_KEPT_ABOVE : 0;
    struct mmoe_claim_term *t = &claim->term[claim->terms++];
    *t = (struct mmoe_claim_term){
        .value = 1 + at.value,
        .low = 1 + at.low,
        .high = 1 + at.high,
        .level = MMOE_SIGHT_LEVEL,
        .from = 1 + bound,
        .to = INFINITY,
        .difference = {l->log, log1p(at.low), log1p(at.high)},
        .p_value = mmoe_lift_above(l, bound),
        .p_against = mmoe_lift_below(l, bound),
        /* one-sided, so that both tails of the level are alpha */
        .detectable = (1 + bound) *
                      (1 + mmoe_lift_detectable(l, 1 - 2 * MMOE_CLAIMS_ALPHA, MMOE_CLAIMS_POWER)),
        .seeds_needed = NAN,
        .pairs = MMOE_ARMS * s->nets};
    snprintf(t->label, sizeof t->label, "%s %s", metrics[task],
             bound < 0 ? "is kept" : "is raised");
    snprintf(t->statistic, sizeof t->statistic, "%s of %.22s / of %.22s, %zu nets against %zu",
             metrics[task], c->treatment, c->control, s->nets, 2 * s->nets);
}

/* "shared-bottom over single-task: engagement kept (above -1 %), satisfaction raised" */
static void add_claim(struct mmoe_battery *b, size_t i)
{
    const struct mmoe_compared *c = &b->compared[i];
    struct mmoe_claim *claim = &b->claim[b->claims];
    char *text = b->text[b->claims];
    size_t size = sizeof b->text[0];
    *claim = (struct mmoe_claim){.number = (int)b->claims + 1, .text = text};
    snprintf(text, size, "%.40s over %.40s:", c->treatment, c->control);
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++) {
        size_t n = strlen(text);
        if (c->said[k].claim == MMOE_CLAIMED_NOTHING)
            continue;
        snprintf(text + n, size - n, "%s %s %s", claim->terms ? "," : "", metrics[k],
                 c->said[k].claim == MMOE_CLAIMED_KEPT ? "kept (above -1 %)" : "raised");
        add_term(b, i, k, claim);
    }
    b->claims += claim->terms > 0;
}

void mmoe_battery_hear(struct mmoe_battery *b)
{
    b->claims = 0;
    for (size_t i = 0; i < b->count; i++)
        add_claim(b, i);
    claims_judge(b->claim, b->claims);
}
