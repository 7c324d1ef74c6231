/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.c - the measurements that claims are made of.
 *
 * A row is a seed, with the logarithms of the losses of all cells that are compared: effects of
 * data and first weights which the cells share stay shared.
 *
 *   location   mean of d_s = sum_i w_i ln l_is, told as exp(mean); Student's t
 *   spread     e_s = |ln l_s - median|; the ratio of two means of e, and Student's t of
 *              e_a - r e_b against 0 for a ratio of r (Levene's test, paired)
 *   quantile   difference of two quantiles of ln l; bootstrap of seeds
 *
 * A run that diverged has no loss. It counts as the worst one of the pairs it is in, so that
 * no model gains by what it could not train. In quantiles it ranks last.
 */
#include "src/study/terms.h"

#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/stats.h>

#include "src/math/special.h"

#define ONE_SIDED_LEVEL 0.95
#define EQUIVALENCE_LEVEL 0.90 /* two tests at 0.05 each (Schuirmann, 1987) */

/* Once it was told to stop it does not ask again. */
static bool goes_on(void *context)
{
    struct terms *h = context;
    h->stopped = h->stopped || (h->in->go_on && !h->in->go_on(h->in->context, h->share));
    return !h->stopped;
}

void terms_init(struct terms *h, const struct mmoe_claims_input *in, size_t draws, uint64_t seed)
{
    *h = (struct terms){.in = in};
    h->draws =
        mmoe_draws_new(mmoe_rng_stream(seed, MMOE_RNG_INFERENCE, "claims.draws"), draws, in->seeds);
    h->asked = (struct mmoe_asked){goes_on, h};
    mmoe_draws_ask(h->draws, &h->asked);
    for (size_t i = 0; i < WEIGHTED_MAX; i++)
        h->column[i] = mmoe_alloc(in->seeds, sizeof *h->column[i]);
    for (size_t i = 0; i < 2; i++) {
        h->work[i] = mmoe_alloc(in->seeds + 2, sizeof *h->work[i]);
        h->rank[i] = mmoe_alloc(in->seeds, sizeof *h->rank[i]);
    }
    h->count = mmoe_alloc(in->seeds, sizeof *h->count);
}

void terms_done(struct terms *h)
{
    mmoe_draws_free(h->draws);
    for (size_t i = 0; i < WEIGHTED_MAX; i++)
        mmoe_free(h->column[i]);
    for (size_t i = 0; i < 2; i++) {
        mmoe_free(h->work[i]);
        mmoe_free(h->rank[i]);
    }
    mmoe_free(h->count);
}

/* --- which seeds enter --- */

static bool absent(double loss)
{
    return isinf(loss) && loss < 0;
}

static double log_of(double loss)
{
    return isfinite(loss) ? log(loss) : INFINITY;
}

/* Fill the columns with logarithms (or, plain, the numbers) of the seeds at which all cells are
 * there; INFINITY where a run diverged. Where a loss is 0 there are no logarithms, and no pairs. */
static void gather(struct terms *h, const double *const *cell, size_t cells, bool plain,
                   struct mmoe_claim_term *term)
{
    size_t bad[WEIGHTED_MAX] = {0}, most = 0;
    bool logs = true;
    term->pairs = term->diverged = 0;
    if (!goes_on(h))
        return;
    for (size_t s = 0; s < h->in->seeds; s++) {
        bool there = true, diverged = false;
        for (size_t c = 0; c < cells; c++)
            there &= cell[c] && !absent(cell[c][s]);
        for (size_t c = 0; c < cells && there; c++) {
            double v = cell[c][s];
            h->column[c][term->pairs] = plain && isfinite(v) ? v : log_of(v);
            logs &= plain || isnan(v) || v > 0;
            bad[c] += !isfinite(v);
            diverged |= !isfinite(v);
        }
        term->pairs += there;
        term->diverged += diverged;
    }
    for (size_t c = 0; c < cells; c++)
        most = bad[c] > most ? bad[c] : most;
    if (!logs)
        term->pairs = 0;
    term->too_many = (double)most > MMOE_CLAIMS_DIVERGED * (double)term->pairs;
}

/* Put the worst finite number of all columns in place of those that diverged. */
static void settle(struct terms *h, size_t cells, size_t pairs)
{
    double worst = -INFINITY;
    for (size_t c = 0; c < cells; c++)
        for (size_t i = 0; i < pairs; i++)
            if (isfinite(h->column[c][i]))
                worst = fmax(worst, h->column[c][i]);
    for (size_t c = 0; c < cells; c++)
        for (size_t i = 0; i < pairs; i++)
            if (!isfinite(h->column[c][i]))
                h->column[c][i] = isfinite(worst) ? worst : 0;
}

/* --- what is said of a statistic --- */

static void begin(struct mmoe_claim_term *term, double level, double from, double to)
{
    term->level = level;
    term->from = from;
    term->to = to;
    term->error = 0;
    term->value = term->low = term->high = term->p_value = term->p_against = NAN;
    term->detectable = term->seeds_needed = NAN;
    term->difference = (struct mmoe_interval){NAN, NAN, NAN};
}

/* Normal quantiles that a difference of that many standard errors has to reach: shown after the
 * strictest correction over the claims, with MMOE_CLAIMS_POWER. */
static double reach(bool equivalence)
{
    double power = equivalence ? (1 + MMOE_CLAIMS_POWER) / 2 : MMOE_CLAIMS_POWER;
    return special_normal_quantile(1 - MMOE_CLAIMS_ALPHA / MMOE_CLAIMS) +
           special_normal_quantile(power);
}

/* Seeds that show a number that is `margin` from its bound, at standard error `error` of n. */
static double needed(double error, size_t n, double margin, bool equivalence)
{
    double r = reach(equivalence) * error / margin;
    return margin > 0 && n > 1 ? fmax(ceil(r * r * (double)n), MMOE_CLAIMS_LEAST) : (double)NAN;
}

/* p-values of one bound. */
static void test_above(const struct mmoe_student *s, double bound, struct mmoe_claim_term *term)
{
    term->p_value = mmoe_student_above(s, bound);
    term->p_against = mmoe_student_below(s, bound);
    term->seeds_needed = needed(s->error, s->n, s->mean - bound, false);
}

/* Of two bounds, one number tested against each: both have to be passed, either may be missed. */
static void test_within(const struct mmoe_student *low, double from,
                        const struct mmoe_student *high, double to, struct mmoe_claim_term *term)
{
    term->p_value = fmax(mmoe_student_above(low, from), mmoe_student_below(high, to));
    term->p_against =
        fmin(1, 2 * fmin(mmoe_student_below(low, from), mmoe_student_above(high, to)));
    term->seeds_needed = fmax(needed(low->error, low->n, low->mean - from, true),
                              needed(high->error, high->n, to - high->mean, true));
    if (isnan(needed(low->error, low->n, low->mean - from, true)) ||
        isnan(needed(high->error, high->n, to - high->mean, true)))
        term->seeds_needed = NAN;
}

static struct mmoe_interval exp_of(struct mmoe_interval i)
{
    return (struct mmoe_interval){exp(i.value), exp(i.low), exp(i.high)};
}

static void take(struct mmoe_claim_term *term, struct mmoe_interval i)
{
    term->value = i.value;
    term->low = i.low;
    term->high = i.high;
}

/* --- location --- */

/* work[0] (pairs) = the weighted sums of the columns. */
static struct mmoe_student sums(struct terms *h, const struct weighted *parts, size_t n,
                                size_t pairs)
{
    for (size_t s = 0; s < pairs; s++) {
        h->work[0][s] = 0;
        for (size_t i = 0; i < n; i++)
            h->work[0][s] += parts[i].weight * h->column[i][s];
    }
    return mmoe_student(h->work[0], pairs);
}

void term_ratio(struct terms *h, const struct weighted *parts, size_t n, double from,
                struct mmoe_claim_term *term)
{
    const double *cell[WEIGHTED_MAX];
    for (size_t i = 0; i < n; i++)
        cell[i] = parts[i].loss;
    begin(term, ONE_SIDED_LEVEL, from, INFINITY);
    gather(h, cell, n, false, term);
    settle(h, n, term->pairs);
    struct mmoe_student s = sums(h, parts, n, term->pairs);
    term->difference = mmoe_student_interval(&s, term->level);
    take(term, exp_of(term->difference));
    test_above(&s, log(from), term);
    term->detectable = from * exp(reach(false) * s.error);
}

void term_same(struct terms *h, const double *const cell[2], double margin,
               struct mmoe_claim_term *term)
{
    begin(term, EQUIVALENCE_LEVEL, 1 / margin, margin);
    gather(h, cell, 2, false, term);
    settle(h, 2, term->pairs);
    struct mmoe_student s = sums(h, (struct weighted[]){{1, NULL}, {-1, NULL}}, 2, term->pairs);
    term->difference = mmoe_student_interval(&s, term->level);
    take(term, exp_of(term->difference));
    test_within(&s, -log(margin), &s, log(margin), term);
    term->detectable = exp(reach(true) * s.error);
}

void term_difference(struct terms *h, const double *const cell[2], struct mmoe_claim_term *term)
{
    begin(term, ONE_SIDED_LEVEL, 0, INFINITY);
    gather(h, cell, 2, true, term);
    size_t n = 0;
    for (size_t s = 0; s < term->pairs; s++) /* a run that diverged has no gates to speak of */
        if (isfinite(h->column[0][s]) && isfinite(h->column[1][s]))
            h->work[0][n++] = h->column[0][s] - h->column[1][s];
    term->pairs = n;
    struct mmoe_student s = mmoe_student(h->work[0], n);
    term->difference = mmoe_student_interval(&s, term->level);
    take(term, term->difference);
    test_above(&s, 0, term);
    term->detectable = reach(false) * s.error;
}

/* --- spread --- */

/* Student's numbers of the first column's distances less r times the second's. */
static struct mmoe_student apart(struct terms *h, size_t pairs, double r)
{
    for (size_t s = 0; s < pairs; s++)
        h->work[0][s] = h->column[0][s] - r * h->column[1][s];
    return mmoe_student(h->work[0], pairs);
}

/* Measure both spreads; the columns are distances from then on. */
static void measure_spread(struct terms *h, const double *const cell[2],
                           struct mmoe_claim_term *term)
{
    gather(h, cell, 2, false, term);
    settle(h, 2, term->pairs);
    for (size_t c = 0; c < 2 && term->pairs; c++)
        mmoe_distances(h->column[c], term->pairs, h->column[c]);
    take(term, mmoe_ratio_of_means(h->column[0], h->column[1], term->pairs, term->level));
    struct mmoe_student s = apart(h, term->pairs, 1);
    term->difference = mmoe_student_interval(&s, term->level);
}

/* What a spread would have to be of another whose mean distance is `of`, to be so far above a
 * multiple of it. */
static double wider_by(double from, double above, double of)
{
    return of > 0 ? from + above / of : (double)NAN;
}

void term_wider(struct terms *h, const double *const cell[2], double from,
                struct mmoe_claim_term *term)
{
    begin(term, ONE_SIDED_LEVEL, from, INFINITY);
    measure_spread(h, cell, term);
    struct mmoe_student even = apart(h, term->pairs, 1), s = apart(h, term->pairs, from);
    test_above(&s, 0, term);
    term->p_against = mmoe_student_below(&even, 0); /* to spread less is the opposite */
    if (term->pairs)
        term->detectable =
            wider_by(from, reach(false) * s.error, mmoe_mean(h->column[1], term->pairs));
}

void term_same_spread(struct terms *h, const double *const cell[2], double margin,
                      struct mmoe_claim_term *term)
{
    begin(term, EQUIVALENCE_LEVEL, 1 / margin, margin);
    measure_spread(h, cell, term);
    struct mmoe_student low = apart(h, term->pairs, 1 / margin);
    struct mmoe_student high = apart(h, term->pairs, margin), even = apart(h, term->pairs, 1);
    test_within(&low, 0, &high, 0, term);
    if (term->pairs)
        term->detectable =
            wider_by(1, reach(true) * even.error, mmoe_mean(h->column[1], term->pairs));
}

/* --- quantiles --- */

size_t terms_sorted(const double *loss, size_t seeds, double *out, size_t *diverged)
{
    size_t n = 0;
    *diverged = 0;
    for (size_t s = 0; loss && s < seeds; s++) {
        if (absent(loss[s]))
            continue;
        *diverged += !isfinite(loss[s]);
        out[n++] = isnan(loss[s]) ? INFINITY : loss[s];
    }
    mmoe_sort(out, n);
    return n;
}

struct quantiles {
    const double *sorted[2]; /* the losses of each cell, ascending */
    const uint32_t *rank[2]; /* where among them the loss of a row is */
    uint32_t *count;         /* how often each was drawn */
    size_t pairs;
    double q;
};

/* The q-quantile (type 7, as mmoe_quantile) of the n values counted; leaves the counts zero. */
static double counted_quantile(const double *sorted, uint32_t *count, size_t pairs, size_t n,
                               double q)
{
    double place = (double)(n - 1) * q;
    size_t low = (size_t)place, i = 0, seen = count[0];
    while (seen <= low)
        seen += count[++i];
    double a = sorted[i], beyond = place - (double)low;
    while (seen <= low + 1 && i + 1 < pairs)
        seen += count[++i];
    memset(count, 0, pairs * sizeof *count);
    return beyond > 0 && sorted[i] > a ? a + beyond * (sorted[i] - a) : a;
}

static double difference_of_quantiles(const void *context, const uint32_t *row, size_t n)
{
    const struct quantiles *c = context;
    double value[2];
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++)
            c->count[c->rank[k][row[i]]]++;
        value[k] = counted_quantile(c->sorted[k], c->count, c->pairs, n, c->q);
    }
    return value[0] - value[1];
}

/* rank[i] = the place of v[i] in sorted, the first of equal values. */
static void rank_all(const double *v, const double *sorted, size_t n, uint32_t *rank)
{
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = n - 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sorted[middle] < v[i])
                low = middle + 1;
            else
                high = middle;
        }
        rank[i] = (uint32_t)low;
    }
}

/* Two bounds that draws are tested against, and how many seeds would do. */
static void test_draws(const struct mmoe_boot *boot, double margin, struct mmoe_claim_term *term)
{
    double sd = mmoe_boot_sd(boot), off = log(margin) - fabs(boot->value);
    term->p_value = fmax(mmoe_boot_above(boot, -log(margin)), mmoe_boot_below(boot, log(margin)));
    term->p_against =
        fmin(1, 2 * fmin(mmoe_boot_below(boot, -log(margin)), mmoe_boot_above(boot, log(margin))));
    term->seeds_needed = needed(sd, term->pairs, off, true);
    term->detectable = exp(reach(true) * sd);
}

void term_same_quantile(struct terms *h, const double *const cell[2], double q, double margin,
                        struct mmoe_claim_term *term)
{
    begin(term, EQUIVALENCE_LEVEL, 1 / margin, margin);
    gather(h, cell, 2, false, term);
    term->too_many = false; /* a quantile bears them */
    struct quantiles c = {.count = h->count, .pairs = term->pairs, .q = q};
    for (size_t k = 0; k < 2; k++) {
        memcpy(h->work[k], h->column[k], term->pairs * sizeof *h->work[k]);
        mmoe_sort(h->work[k], term->pairs);
        rank_all(h->column[k], h->work[k], term->pairs, h->rank[k]);
        c.sorted[k] = h->work[k];
        c.rank[k] = h->rank[k];
    }
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, difference_of_quantiles, &c, term->pairs, h->draws);
    if (term->pairs > 1) {
        term->difference = mmoe_boot_interval(&boot, term->level);
        take(term, exp_of(term->difference));
        term->error = mmoe_boot_error(&boot, term->level) * term->value;
        test_draws(&boot, margin, term);
    }
    mmoe_boot_done(&boot);
}
