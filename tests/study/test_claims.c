/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seven claims in worlds where they are true, false, and too poorly seen to tell. */
#include <mmoe/claims.h>
#include <mmoe/stats.h>

#include "tests/test.h"

enum {
    SEEDS = 200,
    DRAWS = 2000,
    P = 3,
    S = MMOE_CLAIMS_SHARED_BOTTOM,
    O = MMOE_CLAIMS_OMOE,
    M = MMOE_CLAIMS_MMOE
};

static const double correlations[P] = {0.5, 0.9, 1};

/*
 * A world: the loss of a model at a p is what the data of a seed cost any model, plus what the
 * model adds at its best (floor), plus a tail: for most seeds little, for some much. {at the lowest
 * p, at the highest}.
 */
struct world {
    double floor[3][2], tail[3][2];
};

/* Where all the paper says is so. */
static const struct world paper = {
    .floor = {[M] = {0.004, 0}},
    .tail = {[S] = {0.20, 0.16}, [O] = {0.08, 0.02}, [M] = {0.022, 0.02}}};

struct study {
    double loss[3][P][SEEDS];
    struct mmoe_claims_input in;
    struct mmoe_claim claim[MMOE_CLAIMS];
};

/* The losses of so many seeds in a world. */
static void build(struct study *s, const struct world *w, size_t seeds)
{
    struct mmoe_rng common = mmoe_rng_stream(1, MMOE_RNG_DATA, "common");
    struct mmoe_rng own = mmoe_rng_stream(1, MMOE_RNG_DATA, "own");
    s->in = (struct mmoe_claims_input){.seeds = seeds, .p_count = P, .p = correlations};
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++)
            s->in.loss[m][k] = s->loss[m][k];
    for (size_t i = 0; i < seeds; i++) {
        double data, z[6];
        mmoe_rng_normal_double(common, i, 1, &data);
        mmoe_rng_normal_double(own, i, 6, z);
        for (size_t m = 0; m < 3; m++)
            for (size_t k = 0; k < P; k++) {
                double low = (1 - correlations[k]) / 0.5,
                       bad = (z[m] * z[m] + z[3 + m] * z[3 + m]) / 2;
                s->loss[m][k][i] = 0.1 * exp(0.1 * data) + low * w->floor[m][0] +
                                   (1 - low) * w->floor[m][1] +
                                   (low * w->tail[m][0] + (1 - low) * w->tail[m][1]) * bad;
            }
    }
}

static void hear(struct study *s)
{
    mmoe_claims_test(&s->in, DRAWS, 1, s->claim);
}

static void expect(const struct study *s, int number, enum mmoe_verdict verdict)
{
    const struct mmoe_claim *c = &s->claim[number - 1];
    if (c->verdict != verdict)
        fail_msg("claim %d %s: %s is %g [%g, %g], p %g, corrected %g", number,
                 mmoe_claims_verdict(c->verdict), c->statistic, c->value, c->low, c->high,
                 c->p_value, c->p_holm);
}

static void all_hold_in_the_papers_world(void **state)
{
    (void)state;
    struct study s;
    build(&s, &paper, SEEDS);
    hear(&s);
    const size_t parts[] = {3, 2, 3, 6, 6, 2, 9};
    for (int c = 1; c <= MMOE_CLAIMS; c++) {
        expect(&s, c, MMOE_HOLDS);
        assert_int_equal(s.claim[c - 1].number, c);
        assert_int_equal(s.claim[c - 1].parts, parts[c - 1]);
        for (size_t i = 0; i < s.claim[c - 1].parts; i++) {
            const struct mmoe_claim_term *p = &s.claim[c - 1].part[i];
            assert_int_equal(p->verdict, MMOE_HOLDS);
            assert_true(p->pairs == SEEDS && p->diverged == 0);
            assert_true(p->low <= p->value && p->value <= p->high);
            assert_true(p->low > p->from && p->high <= p->to);
            assert_true(p->label[0] && p->statistic[0]);
        }
    }
}

/* For each claim a change of the world that makes it false; what else falls with it does not matter
 * here. */
static void each_fails_where_it_is_false(void **state)
{
    (void)state;
    struct world w[MMOE_CLAIMS];
    for (size_t i = 0; i < MMOE_CLAIMS; i++)
        w[i] = paper;
    w[0].floor[M][1] = 0.02; /* MMoE is worse at p = 1 */
    w[1].tail[M][0] = 0.30;  /* MMoE changes most */
    w[2].tail[O][1] = 0.06;  /* OMoE is behind at p = 1 as well */
    w[3].floor[M][0] = 0.30; /* MMoE is beaten at p = 0.5 */
    w[4].tail[O][1] = 0.40;  /* OMoE spreads more than Shared-Bottom at p = 1 */
    w[5].tail[M][0] = 0.16;  /* MMoE is the less steady at p = 0.5 */
    w[6].floor[S][0] = 0.15; /* the best of Shared-Bottom is far from the best of the others */
    struct study s;
    for (int c = 1; c <= MMOE_CLAIMS; c++) {
        build(&s, &w[c - 1], SEEDS);
        hear(&s);
        expect(&s, c, MMOE_FAILS);
        const struct mmoe_claim_term *p = &s.claim[c - 1].part[s.claim[c - 1].decisive];
        assert_int_equal(p->verdict, MMOE_FAILS);
        assert_string_equal(s.claim[c - 1].statistic, p->statistic);
        assert_true(p->high < p->from || p->low > p->to);
    }
}

/* The part of a claim whose statistic has such a text. */
static const struct mmoe_claim_term *part_of(const struct study *s, int number, const char *text)
{
    const struct mmoe_claim *c = &s->claim[number - 1];
    for (size_t i = 0; i < c->parts; i++)
        if (strstr(c->part[i].statistic, text))
            return &c->part[i];
    fail_msg("claim %d has no part %s", number, text);
    return NULL;
}

/* Each part by itself: the other way round it must fail. */
static void parts_fail_alone(void **state)
{
    (void)state;
    struct study s;
    struct world w = paper;
    w.tail[O][0] = 0.01; /* OMoE is ahead at p = 0.5: it does not fall behind, the gap shrinks, it
                            is steadier */
    build(&s, &w, SEEDS);
    hear(&s);
    assert_int_equal(part_of(&s, 3, "OMoE - MMoE at p = 0.5")->verdict, MMOE_FAILS);
    assert_int_equal(part_of(&s, 3, "p = 1 to 0.5")->verdict, MMOE_FAILS);
    assert_int_equal(part_of(&s, 3, "mean loss")->verdict, MMOE_HOLDS);
    assert_int_equal(part_of(&s, 6, "OMoE / MMoE at p = 0.5")->verdict, MMOE_FAILS);
    assert_int_equal(part_of(&s, 6, "OMoE / MMoE at p = 1")->verdict, MMOE_HOLDS);
    w = paper;
    w.tail[O][1] = 0.08; /* far less steady at p = 1 */
    build(&s, &w, SEEDS);
    hear(&s);
    assert_int_equal(part_of(&s, 6, "OMoE / MMoE at p = 1")->verdict, MMOE_FAILS);
    assert_int_equal(part_of(&s, 3, "mean loss")->verdict, MMOE_FAILS);
    assert_true(part_of(&s, 3, "mean loss")->low > 0.1);
}

/* Values are what their names say. */
static void statistics_are_what_they_say(void **state)
{
    (void)state;
    struct study s;
    build(&s, &paper, SEEDS);
    hear(&s);
    double mean[3][P], lowest[3][P], sorted[SEEDS];
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++) {
            mean[m][k] = mmoe_mean(s.loss[m][k], SEEDS);
            memcpy(sorted, s.loss[m][k], sizeof sorted);
            mmoe_summarize(sorted, SEEDS);
            lowest[m][k] = mmoe_quantile(sorted, SEEDS, 0.05);
        }
    assert_near(part_of(&s, 1, "OMoE at p = 0.5 - at p = 1")->value, mean[O][0] - mean[O][2],
                1e-12);
    assert_near(part_of(&s, 2, "Shared-Bottom - MMoE")->value,
                fabs(mean[S][0] - mean[S][2]) - fabs(mean[M][0] - mean[M][2]), 1e-12);
    assert_near(part_of(&s, 3, "mean loss")->value,
                (mean[O][2] - mean[M][2]) / ((mean[O][2] + mean[M][2]) / 2), 1e-12);
    assert_near(part_of(&s, 3, "OMoE - MMoE at p = 0.5")->value, mean[O][0] - mean[M][0], 1e-12);
    assert_near(part_of(&s, 3, "p = 1 to 0.5")->value,
                mean[O][0] - mean[M][0] - mean[O][2] + mean[M][2], 1e-12);
    assert_near(part_of(&s, 4, "Shared-Bottom - MMoE at p = 0.9")->value, mean[S][1] - mean[M][1],
                1e-12);
    assert_near(part_of(&s, 5, "Shared-Bottom / OMoE at p = 0.9")->value,
                mmoe_variance(s.loss[S][1], SEEDS) / mmoe_variance(s.loss[O][1], SEEDS), 1e-9);
    assert_near(part_of(&s, 6, "OMoE / MMoE at p = 1")->value,
                mmoe_variance(s.loss[O][2], SEEDS) / mmoe_variance(s.loss[M][2], SEEDS), 1e-9);
    assert_near(part_of(&s, 7, "Shared-Bottom / MMoE at p = 0.5")->value,
                lowest[S][0] / lowest[M][0], 1e-12);
    assert_near(part_of(&s, 7, "OMoE / MMoE at p = 1")->value, lowest[O][2] / lowest[M][2], 1e-12);
}

/* A swap of two models changes the sign of what they differ by: p-values of swapping are those of
 * flipping. */
static void changes_are_tested_by_swapping(void **state)
{
    (void)state;
    struct study s;
    struct world w = paper;
    w.floor[M][0] = 0;
    w.floor[M][1] = 0.05; /* the other way: what counts is how far, not where to */
    build(&s, &w, 14);
    hear(&s);
    double change[2][14], as_flips = 0;
    for (size_t i = 0; i < 14; i++) {
        change[0][i] = s.loss[O][0][i] - s.loss[O][2][i];
        change[1][i] = s.loss[M][0][i] - s.loss[M][2][i];
    }
    const struct mmoe_claim_term *p = part_of(&s, 2, "OMoE - MMoE");
    for (size_t mask = 0; mask < 1 << 14; mask++) {
        double a = 0, b = 0;
        for (size_t i = 0; i < 14; i++) {
            a += change[mask >> i & 1][i];
            b += change[!(mask >> i & 1)][i];
        }
        as_flips += (fabs(a) - fabs(b)) / 14 >= p->value - 1e-14;
    }
    assert_near(p->p_value, as_flips / (1 << 14), 1e-12);
}

static void correction_is_over_the_seven(void **state)
{
    (void)state;
    struct study s;
    struct world w = paper;
    w.tail[O][0] = 0.025; /* some claims weak, some strong, */
    w.floor[S][1] = 0.10; /* some by all but one of their parts */
    w.floor[M][0] = 0.02;
    build(&s, &w, 40);
    hear(&s);
    double raw[MMOE_CLAIMS], holm[MMOE_CLAIMS];
    for (size_t c = 0; c < MMOE_CLAIMS; c++) {
        raw[c] = 0;
        for (size_t i = 0; i < s.claim[c].parts; i++)
            raw[c] = fmax(raw[c], s.claim[c].part[i].p_value);
        assert_near(s.claim[c].p_value, raw[c], 0);
    }
    mmoe_holm(raw, MMOE_CLAIMS, holm);
    for (size_t c = 0; c < MMOE_CLAIMS; c++) {
        double most = 0;
        assert_near(s.claim[c].p_holm, holm[c], 0);
        for (size_t i = 0; i < s.claim[c].parts; i++) {
            assert_true(s.claim[c].part[i].p_holm >= s.claim[c].part[i].p_value);
            most = fmax(most, s.claim[c].part[i].p_holm);
        }
        assert_near(most, holm[c], 1e-15);
    }
}

static const struct world same = {.tail = {{0.05, 0.20}, {0.05, 0.20}, {0.05, 0.20}}};

/* A study in which each model and each p has had the luck of each other: there is nothing in it to
 * be found. */
static void build_even(struct study *s, size_t seeds)
{
    static struct study from;
    build(&from, &same, seeds);
    build(s, &same, seeds);
    for (size_t i = 0; i < seeds; i++)
        for (size_t m = 0; m < 3; m++)
            for (size_t k = 0; k < P; k++)
                s->loss[m][k][i] = from.loss[(m + i) % 3][i / 3 % 2 ? k : P - 1 - k][i / 6 * 6];
}

/* What is significant alone, and not among seven, stays open. */
static void undecided_for_want_of_evidence(void **state)
{
    (void)state;
    struct study s;
    build_even(&s, 18);
    hear(&s);
    for (int c = 1; c <= 6; c++)
        expect(&s, c, MMOE_UNDECIDED);
    expect(&s, 7, MMOE_HOLDS); /* the lowest losses are near each other here... */
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++)
            for (size_t i = 0; i < 18; i++)
                s.loss[m][k][i] = pow(s.loss[m][k][i], 6);
    hear(&s);
    expect(&s, 7, MMOE_UNDECIDED); /* ...and here they are wherever they fell */
    /* Eight seeds for, two against: the interval is above 0 and p = .01, but there are six more
     * claims. */
    build(&s, &same, 10);
    for (size_t i = 0; i < 10; i++)
        s.loss[S][0][i] = s.loss[M][0][i] + (i == 4 || i == 7 ? -0.009 : 0.01 + 0.001 * (double)i);
    hear(&s);
    const struct mmoe_claim_term *p = part_of(&s, 4, "Shared-Bottom - MMoE at p = 0.5");
    assert_true(p->low > 0 && p->p_value < 0.05 && p->p_holm > 0.05);
    assert_int_equal(p->verdict, MMOE_UNDECIDED);
}

static void few_seeds_decide_nothing(void **state)
{
    (void)state;
    struct study s;
    for (size_t seeds = 0; seeds < MMOE_CLAIMS_LEAST; seeds++) {
        build(&s, &paper, seeds);
        for (size_t i = 0; i < seeds; i++)
            s.loss[M][0][i] = 9; /* as false as can be */
        hear(&s);
        for (int c = 1; c <= MMOE_CLAIMS; c++) {
            expect(&s, c, MMOE_UNDECIDED);
            if (seeds < 2)
                assert_true(isnan(s.claim[c - 1].low) && isnan(s.claim[c - 1].p_value) &&
                            isnan(s.claim[c - 1].p_holm));
        }
    }
    build(&s, &paper, MMOE_CLAIMS_LEAST);
    for (size_t i = 0; i < MMOE_CLAIMS_LEAST; i++)
        for (size_t k = 0; k < P; k++)
            s.loss[S][k][i] += 1;
    hear(&s);
    expect(&s, 4, MMOE_HOLDS); /* 7 / 2^8 is enough */
}

/* Seeds of which a run diverged are left out of means, as if they were not there, and counted. */
static void diverged_runs_leave_the_means(void **state)
{
    (void)state;
    static struct study s, t;
    build(&s, &paper, 60);
    build(&t, &paper, 60);
    s.loss[S][0][0] = (double)NAN;
    s.loss[S][0][1] = (double)INFINITY;
    s.loss[M][0][2] = (double)NAN;
    s.loss[O][0][59] = (double)NAN; /* in none of the cells asked for */
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++)
            t.in.loss[m][k] = t.loss[m][k] + 3;
    t.in.seeds = 57;
    hear(&s);
    hear(&t);
    static const struct {
        int claim;
        const char *text;
    } cases[] = {{4, "Shared-Bottom - MMoE at p = 0.5"},
                 {5, "Shared-Bottom / MMoE at p = 0.5"},
                 {2, "Shared-Bottom - MMoE"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mmoe_claim_term *a = part_of(&s, cases[i].claim, cases[i].text);
        const struct mmoe_claim_term *b = part_of(&t, cases[i].claim, cases[i].text);
        assert_int_equal(a->pairs, 57);
        assert_int_equal(a->diverged, 3);
        assert_int_equal(b->diverged, 0);
        assert_near(a->value, b->value, 0);
        assert_near(a->low, b->low, 0);
        assert_near(a->high, b->high, 0);
        assert_near(a->p_value, b->p_value, 0);
    }
}

/* In ranks they come last: as any loss would that is larger than all. */
static void diverged_runs_are_last_in_rank(void **state)
{
    (void)state;
    static struct study s, t;
    build(&s, &paper, 60);
    build(&t, &paper, 60);
    for (size_t i = 0; i < 50; i++) {
        s.loss[S][0][i] = i % 2 ? (double)NAN : (double)INFINITY;
        t.loss[S][0][i] = 1e6 + (double)i;
    }
    hear(&s);
    hear(&t);
    const struct mmoe_claim_term *a = part_of(&s, 7, "Shared-Bottom / MMoE at p = 0.5");
    const struct mmoe_claim_term *b = part_of(&t, 7, "Shared-Bottom / MMoE at p = 0.5");
    assert_int_equal(a->pairs, 60);
    assert_int_equal(a->diverged, 0);
    assert_near(a->value, b->value, 0);
    assert_near(a->low, b->low, 0);
    assert_true(isfinite(a->value) && a->value > 0);
    for (size_t i = 0; i < 60; i++)
        s.loss[S][0][i] = (double)NAN;
    hear(&s);
    expect(&s, 4, MMOE_UNDECIDED);
    assert_true(isnan(s.claim[3].p_value));
}

/* Without a finite loss there is no threshold to fail by, and all that diverged failed. */
static void where_all_diverged_all_failed(void **state)
{
    (void)state;
    struct study s;
    struct mmoe_claims_cell cell[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    build(&s, &paper, 20);
    for (size_t i = 0; i < 20; i++)
        s.loss[M][0][i] = (double)NAN;
    mmoe_claims_cells(&s.in, (double)NAN, 100, 1, cell);
    assert_true(cell[M][0].n == 20 && cell[M][0].diverged == 20);
    assert_near(cell[M][0].failure.value, 1, 0);
}

/* A run that is not there yet is no run that diverged. */
static void absent_runs_enter_nothing(void **state)
{
    (void)state;
    struct study s;
    struct mmoe_claims_cell cell[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    build(&s, &paper, 60);
    for (size_t i = 40; i < 60; i++)
        s.loss[S][0][i] = MMOE_CLAIMS_ABSENT;
    s.loss[S][0][3] = s.loss[S][0][4] = (double)NAN;
    s.loss[M][0][4] = MMOE_CLAIMS_ABSENT; /* of a pair that is not there nobody can tell */
    s.in.loss[O][1] = NULL;
    hear(&s);
    const struct mmoe_claim_term *p = part_of(&s, 4, "Shared-Bottom - MMoE at p = 0.5");
    assert_true(p->pairs == 38 && p->diverged == 1);
    p = part_of(&s, 7, "Shared-Bottom / MMoE at p = 0.5");
    assert_true(p->pairs == 39 && p->diverged == 0);
    p = part_of(&s, 4, "Shared-Bottom - OMoE at p = 0.9");
    assert_true(p->pairs == 0 && isnan(p->value) && isnan(p->p_value) &&
                p->verdict == MMOE_UNDECIDED);
    expect(&s, 4, MMOE_UNDECIDED);
    assert_true(isnan(s.claim[3].p_holm));
    assert_false(isnan(s.claim[0].p_holm));
    mmoe_claims_cells(&s.in, 1, 100, 1, cell);
    assert_true(cell[S][0].n == 40 && cell[S][0].diverged == 2);
    assert_true(cell[O][1].n == 0 && isnan(cell[O][1].median.value) &&
                isnan(cell[O][1].failure.low));
}

/* All the same to the bit: there is no difference to be found, and sameness is plain. */
static void ties(void **state)
{
    (void)state;
    struct study s;
    build(&s, &paper, 30);
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++)
            for (size_t i = 0; i < 30; i++)
                s.loss[m][k][i] = 0.3;
    hear(&s);
    for (int c = 1; c <= 6; c++)
        expect(&s, c, MMOE_UNDECIDED);
    assert_int_equal(part_of(&s, 3, "mean loss")->verdict, MMOE_HOLDS);
    expect(&s, 7, MMOE_HOLDS);
    assert_near(part_of(&s, 4, "Shared-Bottom - OMoE at p = 1")->p_value, 1, 0);
    assert_true(isnan(part_of(&s, 5, "Shared-Bottom / OMoE at p = 1")->p_value));
}

/* A wide spread far from 0 is a narrow one of logarithms: the variance alone does not carry the
 * claim. */
static void spread_must_show_in_logarithms(void **state)
{
    (void)state;
    struct study s;
    struct world w = paper;
    w.floor[S][0] = w.floor[S][1] = 10;
    w.tail[O][1] = 0.08;
    build(&s, &w, SEEDS);
    hear(&s);
    const struct mmoe_claim_term *p = part_of(&s, 5, "Shared-Bottom / OMoE at p = 1");
    assert_true(p->low > 1 && p->p_value > 0.99);
    assert_int_equal(p->verdict, MMOE_UNDECIDED);
    s.loss[O][2][7] = 0; /* has no logarithm */
    hear(&s);
    assert_true(isnan(part_of(&s, 5, "Shared-Bottom / OMoE at p = 1")->p_value));
}

/* And the logarithms alone do not: these spread as much, but one of them far from 0. */
static void spread_must_show_in_the_variance(void **state)
{
    (void)state;
    struct study s;
    struct world w = paper;
    w.floor[O][1] = 10;
    w.tail[O][1] = w.tail[S][1];
    build(&s, &w, SEEDS);
    hear(&s);
    const struct mmoe_claim_term *p = part_of(&s, 5, "Shared-Bottom / OMoE at p = 1");
    assert_true(p->low < 1 && p->high > 1 && p->p_holm < 0.001);
    assert_int_equal(p->verdict, MMOE_UNDECIDED);
}

/* Same seed, same bits; another seed, other draws; a unit of loss changes no verdict, no ratio. */
static void same_draws_and_any_unit(void **state)
{
    (void)state;
    static struct study s, t;
    build(&s, &paper, SEEDS);
    build(&t, &paper, SEEDS);
    hear(&s);
    hear(&t);
    assert_memory_equal(s.claim, t.claim, sizeof s.claim);
    mmoe_claims_test(&t.in, DRAWS, 2, t.claim);
    assert_memory_not_equal(s.claim, t.claim, sizeof s.claim);
    assert_near(s.claim[3].low, t.claim[3].low, 0.3 * (s.claim[3].high - s.claim[3].low));
    for (size_t m = 0; m < 3; m++)
        for (size_t k = 0; k < P; k++)
            for (size_t i = 0; i < SEEDS; i++)
                t.loss[m][k][i] *= 7;
    hear(&t);
    for (int c = 1; c <= MMOE_CLAIMS; c++) {
        expect(&t, c, s.claim[c - 1].verdict);
        double unit = c >= 5 ? 1 : 7;
        if (c != 3)
            assert_near(t.claim[c - 1].low, unit * s.claim[c - 1].low, 1e-6);
    }
}

static void cells(void **state)
{
    (void)state;
    struct study s;
    struct mmoe_claims_cell cell[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    double sorted[SEEDS];
    build(&s, &paper, SEEDS);
    memcpy(sorted, s.loss[S][1], sizeof sorted);
    mmoe_summarize(sorted, SEEDS);
    double threshold = sorted[SEEDS - 11]; /* ten are above it */
    s.loss[O][1][3] = (double)NAN;
    for (size_t i = 0; i < 101; i++)
        s.loss[M][1][i] = (double)NAN;
    mmoe_claims_cells(&s.in, threshold, DRAWS, 1, cell);
    const struct mmoe_claims_cell *c = &cell[S][1];
    struct mmoe_interval w = mmoe_wilson(10, SEEDS, 0.95);
    assert_true(c->n == SEEDS && c->diverged == 0);
    assert_near(c->median.value, mmoe_median(sorted, SEEDS), 0);
    assert_near(c->iqm.value, mmoe_iqm(sorted, SEEDS), 1e-15);
    assert_true(c->median.low < c->median.value && c->median.value < c->median.high);
    assert_true(c->iqm.low < c->iqm.value && c->iqm.value < c->iqm.high);
    assert_true(c->iqm.high - c->iqm.low < sorted[SEEDS * 3 / 4] - sorted[SEEDS / 4]);
    assert_memory_equal(&c->failure, &w, sizeof w);
    c = &cell[O][1];
    assert_true(c->n == SEEDS && c->diverged == 1 && c->failure.value >= 1.0 / SEEDS &&
                isfinite(c->iqm.high));
    c = &cell[M][1];
    assert_true(c->diverged == 101 && isinf(c->median.value) && isfinite(c->median.low) &&
                isinf(c->median.high));
    assert_true(isinf(c->iqm.value) && c->failure.value >= 0.505);
}

/* Two correlations are enough, sixteen are not too many. */
static void any_number_of_correlations(void **state)
{
    (void)state;
    static struct study s;
    double p[MMOE_CLAIMS_P_MAX];
    build(&s, &paper, 20);
    s.in.p_count = 2;
    s.in.p = (const double[]){-0.25, 0.75};
    hear(&s);
    assert_int_equal(s.claim[6].parts, 6);
    assert_string_equal(s.claim[3].part[0].statistic,
                        "mean paired difference, Shared-Bottom - OMoE at p = -0.25");
    for (size_t k = 0; k < MMOE_CLAIMS_P_MAX; k++) {
        p[k] = (double)k / 15;
        for (size_t m = 0; m < 3; m++)
            s.in.loss[m][k] = s.loss[m][k % P];
    }
    s.in.p_count = MMOE_CLAIMS_P_MAX;
    s.in.p = p;
    hear(&s);
    assert_int_equal(s.claim[6].parts, MMOE_CLAIMS_TERMS_MAX);
    assert_string_equal(s.claim[0].part[2].statistic,
                        "mean paired difference, MMoE at p = 0 - at p = 1");
}

TESTS(cmocka_unit_test(all_hold_in_the_papers_world),
      cmocka_unit_test(each_fails_where_it_is_false), cmocka_unit_test(parts_fail_alone),
      cmocka_unit_test(statistics_are_what_they_say),
      cmocka_unit_test(changes_are_tested_by_swapping),
      cmocka_unit_test(correction_is_over_the_seven),
      cmocka_unit_test(undecided_for_want_of_evidence), cmocka_unit_test(few_seeds_decide_nothing),
      cmocka_unit_test(diverged_runs_leave_the_means),
      cmocka_unit_test(diverged_runs_are_last_in_rank), cmocka_unit_test(absent_runs_enter_nothing),
      cmocka_unit_test(where_all_diverged_all_failed), cmocka_unit_test(ties),
      cmocka_unit_test(spread_must_show_in_logarithms),
      cmocka_unit_test(spread_must_show_in_the_variance), cmocka_unit_test(same_draws_and_any_unit),
      cmocka_unit_test(cells), cmocka_unit_test(any_number_of_correlations))
