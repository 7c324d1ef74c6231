/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paired.c - two settings compared over the seeds they share.
 *
 * Seeds draw rows and first weights, so that most of the spread of two settings is
 * the same: what is left in the differences within seeds is what the settings do. Of
 * losses these are differences of logarithms, told as a ratio, since what halves a
 * loss does so whatever its size. A run that diverged counts as the worst value there is.
 */
#include <math.h>

#include <mmoe/mem.h>
#include <mmoe/paired.h>
#include <mmoe/tally.h>

#include "src/math/special.h"

static bool are_there(const double *a, const double *b, size_t i)
{
    return a[i] != MMOE_ABSENT && b[i] != MMOE_ABSENT;
}

/* The worst finite value of the pairs: the greatest, or of what is better when more the least. */
static double worst(const double *a, const double *b, size_t seeds, bool upwards)
{
    double most = NAN;
    for (size_t i = 0; i < seeds; i++)
        for (int k = 0; k < 2; k++) {
            double v = k ? b[i] : a[i];
            if (are_there(a, b, i) && isfinite(v))
                most = upwards ? fmin(most, v) : fmax(most, v);
        }
    return most;
}

/* The differences of the pairs; returns how many. */
static size_t differences(const double *a, const double *b, size_t seeds, double bad, bool ratio,
                          double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < seeds; i++) {
        if (!are_there(a, b, i) || isnan(bad))
            continue;
        double x = isfinite(a[i]) ? a[i] : bad, y = isfinite(b[i]) ? b[i] : bad;
        out[n++] = ratio ? log(x) - log(y) : x - y;
    }
    return n;
}

enum { NEEDED_ROUNDS = 50 };
#define NEEDED_MOST 1e9

/* By Student's t, whose quantiles are those of the number that is looked for: from above down to
 * where it no longer falls. */
static double needed(const struct mmoe_student *s)
{
    double sd = s->error * sqrt((double)s->n), pairs = 3;
    if (s->n < 2 || !(fabs(s->mean) > 0))
        return NAN;
    for (int i = 0; i < NEEDED_ROUNDS; i++) {
        double df = fmax(pairs, 3) - 1,
               reach = special_t_quantile(0.975, df) + special_t_quantile(0.8, df),
               next = ceil(pow(reach * sd / s->mean, 2));
        if (!(next < NEEDED_MOST))
            return NAN;
        if (fabs(next - pairs) < 1)
            break;
        pairs = next > pairs ? next : (next + pairs) / 2;
    }
    return fmax(ceil(pairs), 2);
}

void mmoe_paired_compare(const double *a, const double *b, size_t seeds, bool upwards,
                         struct mmoe_paired *out)
{
    *out = (struct mmoe_paired){.ratio = true};
    double bad = worst(a, b, seeds, upwards);
    for (size_t i = 0; i < seeds; i++) {
        if (!are_there(a, b, i))
            continue;
        double x = isfinite(a[i]) ? a[i] : bad, y = isfinite(b[i]) ? b[i] : bad;
        out->lower += x < y;
        out->diverged += !isfinite(a[i]) || !isfinite(b[i]);
        out->ratio = out->ratio && (isnan(bad) || (x > 0 && y > 0));
    }
    double *v = mmoe_alloc(seeds ? seeds : 1, sizeof *v);
    out->n = differences(a, b, seeds, bad, out->ratio, v);
    struct mmoe_student s = mmoe_student(v, out->n);
    out->difference = mmoe_student_interval(&s, 0.95);
    out->needed = needed(&s);
    out->same = out->ratio ? 1 : 0;
    if (out->ratio)
        out->difference = (struct mmoe_interval){
            exp(out->difference.value), exp(out->difference.low), exp(out->difference.high)};
    mmoe_free(v);
}
