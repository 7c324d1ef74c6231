/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resample.c - what other samples might have said: the bootstrap.
 *
 * A draw of n of n rows is n words of a stream: word w stands for row
 * floor(w n / 2^32) (Lemire, 2019; uneven by less than n / 2^32), so that one
 * table serves samples of any size.
 *
 * The end of a percentile interval at share a of B replicates is that of rank a (B + 1). Its
 * rank varies with a standard deviation of sqrt(B a (1 - a)) from one set of draws to another:
 * the replicates that far from it tell its error.
 */
#include <math.h>
#include <string.h>

#include <mmoe/infer.h>
#include <mmoe/mem.h>
#include <mmoe/stats.h>

enum { WORDS_KEPT = 1 << 23 };

static bool goes_on(const struct mmoe_asked *asked)
{
    return !asked || !asked->go_on || asked->go_on(asked->context);
}

/* --- draws --- */

struct mmoe_draws {
    struct mmoe_asked asked;
    struct mmoe_rng rng;
    size_t draws, most, kept; /* rows of the table */
    uint32_t *word;           /* (kept, most) */
};

struct mmoe_draws *mmoe_draws_new(struct mmoe_rng rng, size_t draws, size_t most)
{
    struct mmoe_draws *d = mmoe_alloc(1, sizeof *d);
    size_t fit = most ? WORDS_KEPT / most : 0;
    *d = (struct mmoe_draws){
        .rng = rng, .draws = draws, .most = most, .kept = draws < fit ? draws : fit};
    d->word = mmoe_alloc(d->kept * most, sizeof *d->word);
    for (size_t i = 0; i < d->kept; i++)
        mmoe_rng_words(rng, i, most, d->word + i * most);
    return d;
}

void mmoe_draws_free(struct mmoe_draws *draws)
{
    if (draws)
        mmoe_free(draws->word);
    mmoe_free(draws);
}

void mmoe_draws_ask(struct mmoe_draws *draws, const struct mmoe_asked *asked)
{
    draws->asked = *asked;
}

/* row (n) = the rows of draw i. */
static void take(const struct mmoe_draws *d, size_t i, size_t n, uint32_t *row)
{
    const uint32_t *word = row;
    if (i < d->kept)
        word = d->word + i * d->most;
    else
        mmoe_rng_words(d->rng, i, n, row);
    for (size_t j = 0; j < n; j++)
        row[j] = (uint32_t)(((uint64_t)word[j] * n) >> 32);
}

/* --- statistics --- */

double mmoe_ranked_at(const void *context, const uint32_t *row, size_t n)
{
    const struct mmoe_ranked *r = context;
    for (size_t i = 0; i < n; i++)
        r->count[row[i]]++;
    /* Most are drawn up to twice: two written unasked cost less than a branch nobody can foresee.
     */
    for (size_t i = 0, next = 0; i < r->n; i++) {
        size_t end = next + r->count[i];
        r->drawn[next] = r->drawn[next + 1] = r->sorted[i];
        for (next += 2; next < end; next++)
            r->drawn[next] = r->sorted[i];
        next = end;
        r->count[i] = 0;
    }
    return r->what(r->drawn, n);
}

/* --- the bootstrap --- */

static void replicate(struct mmoe_boot *boot, mmoe_statistic *f, const void *context, size_t n,
                      const struct mmoe_draws *draws, uint32_t *row)
{
    boot->replicate = mmoe_alloc(draws->draws, sizeof *boot->replicate);
    for (size_t i = 0; i < draws->draws && goes_on(&draws->asked); i++) {
        take(draws, i, n, row);
        double v = f(context, row, n);
        if (!isnan(v))
            boot->replicate[boot->draws++] = v;
    }
    mmoe_sort(boot->replicate, boot->draws);
}

void mmoe_boot_init(struct mmoe_boot *boot, mmoe_statistic *f, const void *context, size_t n,
                    const struct mmoe_draws *draws)
{
    *boot = (struct mmoe_boot){.value = NAN};
    if (n == 0)
        return;
    uint32_t *row = mmoe_alloc(n, sizeof *row);
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)i;
    boot->value = f(context, row, n);
    replicate(boot, f, context, n, draws, row);
    mmoe_free(row);
}

void mmoe_boot_done(struct mmoe_boot *boot)
{
    mmoe_free(boot->replicate);
    *boot = (struct mmoe_boot){0};
}

/* The replicate of that rank, from 1, or the first or last. */
static double of_rank(const struct mmoe_boot *boot, double rank)
{
    return boot->replicate[(size_t)fmin(fmax(rank, 1), (double)boot->draws) - 1];
}

/* The rank of the end below which share a of the replicates lies, rounded away from the middle. */
static double rank_of(const struct mmoe_boot *boot, double a)
{
    double all = (double)boot->draws + 1;
    return a < 0.5 ? floor(a * all) : all - floor((1 - a) * all);
}

static bool has_value(const struct mmoe_boot *boot)
{
    return !isnan(boot->value) && boot->draws > 0;
}

struct mmoe_interval mmoe_boot_interval(const struct mmoe_boot *boot, double level)
{
    if (!has_value(boot))
        return (struct mmoe_interval){boot->value, NAN, NAN};
    return (struct mmoe_interval){boot->value, of_rank(boot, rank_of(boot, (1 - level) / 2)),
                                  of_rank(boot, rank_of(boot, (1 + level) / 2))};
}

double mmoe_boot_error(const struct mmoe_boot *boot, double level)
{
    double most = 0;
    if (!has_value(boot))
        return NAN;
    for (int i = 0; i < 2; i++) {
        double a = i ? (1 + level) / 2 : (1 - level) / 2, rank = rank_of(boot, a);
        double off = sqrt((double)boot->draws * a * (1 - a));
        most = fmax(most, (of_rank(boot, rank + off) - of_rank(boot, rank - off)) / 2);
    }
    return most;
}

/* Replicates at most `bound`. */
static size_t count_up_to(const struct mmoe_boot *boot, double bound)
{
    size_t low = 0, high = boot->draws;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (boot->replicate[middle] <= bound)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double mmoe_boot_above(const struct mmoe_boot *boot, double bound)
{
    if (!has_value(boot))
        return NAN;
    return (1 + (double)count_up_to(boot, bound)) / (1 + (double)boot->draws);
}

double mmoe_boot_below(const struct mmoe_boot *boot, double bound)
{
    if (!has_value(boot))
        return NAN;
    size_t under = count_up_to(boot, nextafter(bound, -INFINITY));
    return (1 + (double)(boot->draws - under)) / (1 + (double)boot->draws);
}

double mmoe_boot_sd(const struct mmoe_boot *boot)
{
    return has_value(boot) ? sqrt(mmoe_variance(boot->replicate, boot->draws)) : (double)NAN;
}
