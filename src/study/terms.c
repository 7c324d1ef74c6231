/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.c - the measurements that claims are made of.
 *
 * A row is a seed: a draw takes a seed with the losses of all cells, so that effects of
 * data and first weights which the cells share stay shared. A run that diverged has no
 * place in means and variances: its seed is left out and counted. In quantiles it ranks
 * last.
 *
 * Ratios are resampled as logarithms, where a ratio and its inverse are one statistic.
 * For two cells Brown and Forsythe's test compares the mean distances from the median.
 * It takes cells as independent: for losses that rise and fall together it errs towards
 * finding nothing.
 */
#include "src/study/terms.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/stats.h>

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
    *h = (struct terms){.in = in, .flips = draws};
    h->draws =
        mmoe_draws_new(mmoe_rng_stream(seed, MMOE_RNG_INFERENCE, "claims.draws"), draws, in->seeds);
    h->asked = (struct mmoe_asked){goes_on, h};
    mmoe_draws_ask(h->draws, &h->asked);
    h->coins = mmoe_rng_stream(seed, MMOE_RNG_INFERENCE, "claims.coins");
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

/* Fill the columns with the losses of the seeds at which all cells are there and, if so asked,
 * finite. */
static void gather(struct terms *h, const double *const *cell, size_t cells, bool finite,
                   struct mmoe_claim_term *part)
{
    part->pairs = part->diverged = 0;
    if (!goes_on(h))
        return;
    for (size_t s = 0; s < h->in->seeds; s++) {
        bool there = true, diverged = false;
        for (size_t c = 0; c < cells; c++) {
            there &= cell[c] && !absent(cell[c][s]);
            diverged |= there && !isfinite(cell[c][s]);
        }
        part->diverged += there && diverged;
        if (!there || (finite && diverged))
            continue;
        for (size_t c = 0; c < cells; c++)
            h->column[c][part->pairs] = isnan(cell[c][s]) ? INFINITY : cell[c][s];
        part->pairs++;
    }
    if (!finite)
        part->diverged = 0; /* none was left out */
}

/* --- what is said of a bootstrapped statistic --- */

static void claim_region(struct mmoe_claim_term *part, double level, double from, double to)
{
    part->level = level;
    part->from = from;
    part->to = to;
    part->value = part->low = part->high = part->p_value = NAN;
}

static void take_interval(struct mmoe_claim_term *part, const struct mmoe_boot *boot, size_t least)
{
    struct mmoe_interval i;
    mmoe_boot_interval(boot, part->level, &i);
    bool enough = part->pairs >= least;
    part->value = i.value;
    part->low = enough ? i.low : NAN;
    part->high = enough ? i.high : NAN;
}

/* Measure a ratio through its logarithm; a finite margin: test that it lies within 1 / margin and
 * margin. */
static void take_ratio(struct terms *h, mmoe_statistic *f, const void *context, size_t least,
                       double margin, struct mmoe_claim_term *part)
{
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, f, context, part->pairs, h->draws);
    take_interval(part, &boot, least);
    if (part->pairs >= least && isfinite(margin))
        part->p_value = mmoe_boot_within(&boot, -log(margin), log(margin));
    part->value = exp(part->value);
    part->low = exp(part->low);
    part->high = exp(part->high);
    mmoe_boot_done(&boot);
}

/* --- means --- */

void term_mean(struct terms *h, const struct weighted *terms, size_t n,
               struct mmoe_claim_term *part)
{
    const double *cell[WEIGHTED_MAX];
    for (size_t i = 0; i < n; i++)
        cell[i] = terms[i].loss;
    claim_region(part, ONE_SIDED_LEVEL, 0, INFINITY);
    gather(h, cell, n, true, part);
    for (size_t s = 0; s < part->pairs; s++) {
        h->work[0][s] = 0;
        for (size_t i = 0; i < n; i++)
            h->work[0][s] += terms[i].weight * h->column[i][s];
    }
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, mmoe_mean_at, h->work[0], part->pairs, h->draws);
    take_interval(part, &boot, 2);
    mmoe_boot_done(&boot);
    if (part->pairs >= 2)
        part->p_value =
            mmoe_sign_flip(h->work[0], part->pairs, h->flips, h->coins, &h->asked).greater;
}

/* context: a struct mmoe_pairs, two changes for each seed. */
static double difference_of_changes(const void *context, const uint32_t *row, size_t n)
{
    const struct mmoe_pairs *change = context;
    return fabs(mmoe_mean_at(change->a, row, n)) - fabs(mmoe_mean_at(change->b, row, n));
}

static double difference_when_swapped(const void *context, const bool *swap, size_t n)
{
    const struct mmoe_pairs *change = context;
    double both = 0, apart = 0; /* sums of a + b and a - b; a swap changes the sign of the latter */
    for (size_t i = 0; i < n; i++) {
        both += change->a[i] + change->b[i];
        apart += (1 - 2 * (double)swap[i]) * (change->a[i] - change->b[i]);
    }
    return (fabs(both + apart) - fabs(both - apart)) / 2 / (double)n;
}

void term_change(struct terms *h, const double *const cell[4], struct mmoe_claim_term *part)
{
    claim_region(part, ONE_SIDED_LEVEL, 0, INFINITY);
    gather(h, cell, 4, true, part);
    for (size_t s = 0; s < part->pairs; s++)
        for (size_t i = 0; i < 2; i++)
            h->work[i][s] = h->column[2 * i][s] - h->column[2 * i + 1][s];
    struct mmoe_pairs change = {h->work[0], h->work[1]};
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, difference_of_changes, &change, part->pairs, h->draws);
    take_interval(part, &boot, 2);
    mmoe_boot_done(&boot);
    if (part->pairs >= 2)
        part->p_value = mmoe_swap_test(difference_when_swapped, &change, part->pairs, h->flips,
                                       h->coins, &h->asked)
                            .greater;
}

static double relative_difference(const void *context, const uint32_t *row, size_t n)
{
    const struct mmoe_pairs *loss = context;
    double a = mmoe_mean_at(loss->a, row, n), b = mmoe_mean_at(loss->b, row, n);
    return (a - b) / ((a + b) / 2);
}

void term_same_mean(struct terms *h, const double *const cell[2], double margin,
                    struct mmoe_claim_term *part)
{
    claim_region(part, EQUIVALENCE_LEVEL, -margin, margin);
    gather(h, cell, 2, true, part);
    struct mmoe_pairs loss = {h->column[0], h->column[1]};
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, relative_difference, &loss, part->pairs, h->draws);
    take_interval(part, &boot, 2);
    if (part->pairs >= 2)
        part->p_value = mmoe_boot_within(&boot, -margin, margin);
    mmoe_boot_done(&boot);
}

/* --- spread --- */

/* p-value of "the logarithms of the first column spread no more"; NAN if a loss has no logarithm.
 */
static double log_spread(struct terms *h, size_t pairs)
{
    for (size_t s = 0; s < pairs; s++)
        for (size_t i = 0; i < 2; i++) {
            if (h->column[i][s] <= 0)
                return NAN;
            h->work[i][s] = log(h->column[i][s]);
        }
    return mmoe_spread_greater(h->work[0], pairs, h->work[1], pairs);
}

void term_wider(struct terms *h, const double *const cell[2], struct mmoe_claim_term *part)
{
    claim_region(part, ONE_SIDED_LEVEL, 1, INFINITY);
    gather(h, cell, 2, true, part);
    struct mmoe_pairs loss = {h->column[0], h->column[1]};
    take_ratio(h, mmoe_log_variance_ratio_at, &loss, 3, INFINITY, part);
    if (part->pairs >= 3)
        part->p_value = log_spread(h, part->pairs);
}

void term_same_variance(struct terms *h, const double *const cell[2], double margin,
                        struct mmoe_claim_term *part)
{
    claim_region(part, EQUIVALENCE_LEVEL, 1 / margin, margin);
    gather(h, cell, 2, true, part);
    struct mmoe_pairs loss = {h->column[0], h->column[1]};
    take_ratio(h, mmoe_log_variance_ratio_at, &loss, 3, margin, part);
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

static double log_quantile_ratio(const void *context, const uint32_t *row, size_t n)
{
    const struct quantiles *c = context;
    double value[2];
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++)
            c->count[c->rank[k][row[i]]]++;
        value[k] = counted_quantile(c->sorted[k], c->count, c->pairs, n, c->q);
    }
    return log(value[0] / value[1]);
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

void term_same_quantile(struct terms *h, const double *const cell[2], double q, double margin,
                        struct mmoe_claim_term *part)
{
    claim_region(part, EQUIVALENCE_LEVEL, 1 / margin, margin);
    gather(h, cell, 2, false, part);
    struct quantiles c = {.count = h->count, .pairs = part->pairs, .q = q};
    for (size_t k = 0; k < 2; k++) {
        memcpy(h->work[k], h->column[k], part->pairs * sizeof *h->work[k]);
        mmoe_sort(h->work[k], part->pairs);
        rank_all(h->column[k], h->work[k], part->pairs, h->rank[k]);
        c.sorted[k] = h->work[k];
        c.rank[k] = h->rank[k];
    }
    take_ratio(h, log_quantile_ratio, &c, 2, margin, part);
}
