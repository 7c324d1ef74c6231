/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paired.c - two settings compared over the seeds they share.
 *
 * Seeds draw rows and first weights, so that most of the spread of two settings is
 * the same: what is left in the differences within seeds is what the settings do. Of
 * losses these are differences of logarithms, told as a ratio, since what halves a
 * loss does so whatever its size.
 */
#include <math.h>

#include <mmoe/mem.h>
#include <mmoe/paired.h>
#include <mmoe/tally.h>

enum { STREAM = 1 };

static bool is_pair(const double *a, const double *b, size_t i)
{
    return isfinite(a[i]) && isfinite(b[i]);
}

/* The differences of the pairs; returns how many. */
static size_t differences(const double *a, const double *b, size_t seeds, bool ratio, double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < seeds; i++)
        if (is_pair(a, b, i))
            out[n++] = ratio ? log(a[i]) - log(b[i]) : a[i] - b[i];
    return n;
}

static struct mmoe_interval mean_of(const double *v, size_t n, size_t draws)
{
    struct mmoe_interval mean = {NAN, NAN, NAN};
    struct mmoe_boot boot;
    if (n == 0)
        return mean;
    struct mmoe_draws *d =
        mmoe_draws_new(mmoe_rng_stream(STREAM, MMOE_RNG_INFERENCE, "paired"), draws, n);
    mmoe_boot_init(&boot, mmoe_mean_at, v, n, d);
    mean.value = boot.value;
    if (n > 1)
        mmoe_boot_interval(&boot, 0.95, &mean);
    mmoe_boot_done(&boot);
    mmoe_draws_free(d);
    return mean;
}

void mmoe_paired_compare(const double *a, const double *b, size_t seeds, size_t draws,
                         struct mmoe_paired *out)
{
    *out = (struct mmoe_paired){.ratio = true};
    for (size_t i = 0; i < seeds; i++) {
        bool both = a[i] != MMOE_ABSENT && b[i] != MMOE_ABSENT, pair = is_pair(a, b, i);
        out->lower += pair && a[i] < b[i];
        out->lost += both && !pair;
        out->ratio = out->ratio && (!pair || (a[i] > 0 && b[i] > 0));
    }
    double *v = mmoe_alloc(seeds ? seeds : 1, sizeof *v);
    out->n = differences(a, b, seeds, out->ratio, v);
    out->difference = mean_of(v, out->n, draws);
    out->same = out->ratio ? 1 : 0;
    if (out->ratio)
        out->difference = (struct mmoe_interval){
            exp(out->difference.value), exp(out->difference.low), exp(out->difference.high)};
    mmoe_free(v);
}
