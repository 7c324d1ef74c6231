/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.c - round numbers along an axis, and how they are written.
 *
 * Linear ticks are multiples of 1, 2 or 5 times a power of ten; where fewer than
 * three of these fit, of 1.5, 2.5, 3, 4, 6 or 8 as well, or some of finer ones. Log ticks are 1, 2
 * and 5 times powers of ten; where these are too many, the powers of ten alone or every few of
 * them; where fewer than three are left, three of them, 1 and 3 times powers of ten, or some of 1,
 * 2 and 5; on an axis too short for all of these, linear ones.
 *
 * The labels of an axis agree: all have as many decimals as tell them apart, or
 * all are powers of ten, where the largest is a million or more or below a
 * thousandth.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/figure.h"

#define NARROWEST 1e-12 /* a range, to the values it lies at */
enum {
    POWER_MOST = 308,
    DECIMALS_MOST = 9,
    DIGITS_MOST = 12,
    LOG_ALL_MOST = 64,
    LINEAR_MOST = 32,
    ENOUGH = 3
};

/* --- places --- */

/* The smallest of `count` steps times a power of ten that is not below v; the last step is 10. */
static double round_up(double v, const double *steps, size_t count)
{
    double power = pow(10, floor(log10(v)));
    for (size_t i = 0; i < count; i++)
        if (steps[i] * power >= v * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

/* Multiples of the finest step of which at most `most` lie on the axis. */
static size_t multiples(double low, double high, const double *steps, size_t count, size_t most,
                        double *out)
{
    size_t n = 0;
    double step = round_up((high - low) / ((double)most + 1), steps, count);
    while (floor(high / step + 1e-9) - ceil(low / step - 1e-9) + 1 > (double)most)
        step = round_up(1.01 * step, steps, count);
    for (double k = ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && n < most; k++)
        out[n++] = k * step == 0 ? 0 : k * step;
    return n;
}

/* At least three of n ticks and at most `most`, as far apart as can be. */
static size_t thin(const double *all, size_t n, size_t most, double *out)
{
    size_t stride = (n - 1) / 2, from = 0, count = 0;
    while ((n - 1 - from) / stride + 1 > most)
        from++;
    for (size_t i = from; i < n; i += stride)
        out[count++] = all[i];
    return count;
}

static size_t linear_ticks(double low, double high, size_t most, double *out)
{
    static const double round_ones[] = {1, 2, 5, 10}, more[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    double all[LINEAR_MOST];
    size_t n = multiples(low, high, round_ones, sizeof round_ones / sizeof *round_ones, most, out);
    if (n < ENOUGH && most >= ENOUGH)
        n = multiples(low, high, more, sizeof more / sizeof *more, most, out);
    for (size_t finer = most + 1; n < ENOUGH && most >= ENOUGH && finer <= LINEAR_MOST; finer++) {
        size_t found = multiples(low, high, round_ones, 4, finer, all);
        n = found >= ENOUGH ? thin(all, found, most, out) : n;
    }
    return n;
}

/* Multiples of every stride-th power of ten, ascending; most + 1: there are more than most. */
static size_t log_multiples(double low, double high, const double *of, size_t count, int stride,
                            size_t most, double *out)
{
    size_t n = 0;
    for (int k = (int)floor(log10(low)); k <= POWER_MOST && pow(10, k) <= high * (1 + 1e-9); k++)
        for (size_t i = 0; i < count; i++) {
            double v = of[i] * pow(10, k);
            if (!(v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) || k % stride != 0)
                continue;
            if (n == most)
                return most + 1;
            out[n++] = v;
        }
    return n;
}

/* Where strides of powers of ten leave fewer than three. */
static size_t three_log_ticks(double low, double high, size_t most, double *out)
{
    static const double parts[] = {1, 2, 5}, two[] = {1, 3};
    double all[LOG_ALL_MOST];
    size_t n = log_multiples(low, high, parts, 1, 1, LOG_ALL_MOST, all);
    if (n >= ENOUGH && n <= LOG_ALL_MOST)
        return thin(all, n, most, out);
    n = log_multiples(low, high, two, 2, 1, most, out);
    if (n >= ENOUGH && n <= most)
        return n;
    n = log_multiples(low, high, parts, 3, 1, LOG_ALL_MOST, all);
    return n >= ENOUGH && n <= LOG_ALL_MOST ? thin(all, n, most, out) : 0;
}

static size_t log_ticks(double low, double high, size_t most, double *out)
{
    static const double parts[] = {1, 2, 5};
    size_t n = log_multiples(low, high, parts, 3, 1, most, out);
    if (n <= most)
        return n;
    for (int stride = 1; n > most; stride++)
        n = log_multiples(low, high, parts, 1, stride, most, out);
    return n >= ENOUGH || most < ENOUGH ? n : three_log_ticks(low, high, most, out);
}

size_t figure_ticks(double low, double high, bool log_scale, size_t most, double *out)
{
    bool none = !isfinite(high - low) || !(high - low > NARROWEST * fmax(fabs(low), fabs(high)));
    if (most == 0 || none)
        return 0;
    size_t n = log_scale && low > 0 ? log_ticks(low, high, most, out) : 0;
    return n >= (most < ENOUGH ? 2 : ENOUGH) ? n : linear_ticks(low, high, most, out);
}

/* --- labels --- */

/* Digits of a number that is written in them all. */
static int digits_of(double most, double step)
{
    int n = (int)floor(log10(most) + 1e-9) - (int)floor(log10(step) + 1e-9) + 1;
    return n < 1 ? 1 : n > DIGITS_MOST ? DIGITS_MOST : n;
}

struct figure_labels figure_labels_of(const double *ticks, size_t n, bool log_scale)
{
    struct figure_labels l = {.each = log_scale, .digits = 3};
    double least = INFINITY, most = 0;
    bool powers = log_scale && n > 1;
    for (size_t i = 0; i < n; i++) {
        double v = fabs(ticks[i]);
        most = fmax(most, v);
        least = v > 0 ? fmin(least, v) : least;
        powers = powers && fabs(log10(v) - round(log10(v))) < 1e-9;
    }
    if (most == 0)
        return l;
    double step = log_scale || n < 2 ? least : ticks[1] - ticks[0];
    l.powers = most >= 1e6 || most < 1e-3 || (powers && (least < 1e-3 || most >= 1e4));
    l.digits = log_scale || n < 2 ? 3 : digits_of(most, step) + 1; /* a step of 2.5 has two */
    while (!l.powers && l.decimals < DECIMALS_MOST &&
           fabs(step * pow(10, l.decimals) - round(step * pow(10, l.decimals))) > 1e-6)
        l.decimals++;
    return l;
}

/* As a power of ten: "2.5" and "33", "" and "5" for 10^5. */
static void split(double v, int digits, struct figure_label *l)
{
    int power = (int)floor(log10(fabs(v)) + 1e-9);
    double first = fabs(v) / pow(10, power);
    if (power == 0 || fabs(first - 1) >= 1e-9)
        snprintf(l->base, sizeof l->base, "%.*g", digits, first);
    if (power != 0)
        snprintf(l->power, sizeof l->power, "%d", power);
}

/* Decimals without which v would be another number. */
static int decimals_of(double v)
{
    int n = 0;
    while (n < DECIMALS_MOST &&
           fabs(v * pow(10, n) - round(v * pow(10, n))) > 1e-6 * v * pow(10, n))
        n++;
    return n;
}

struct figure_label figure_label_of(const struct figure_labels *how, double v)
{
    struct figure_label l = {.negative = v < 0};
    double a = fabs(v);
    if (v == 0)
        snprintf(l.base, sizeof l.base, "0");
    else if (how->powers)
        split(v, how->digits, &l);
    else
        snprintf(l.base, sizeof l.base, "%.*f", how->each ? decimals_of(a) : how->decimals, a);
    return l;
}

/* "1500" -> "1.5k": thousands that are no fractions. */
static void shorten_thousands(char base[FIGURE_LABEL_SIZE])
{
    size_t n = strlen(base);
    if (n < 4 || strchr(base, '.'))
        return;
    char part[4];
    memcpy(part, base + n - 3, sizeof part);
    size_t keep = 3;
    while (keep > 0 && part[keep - 1] == '0')
        keep--;
    part[keep] = '\0';
    snprintf(base + n - 3, FIGURE_LABEL_SIZE - (n - 3), "%s%sk", keep ? "." : "", part);
}

char *figure_label_short(const struct figure_labels *how, double v, char *buf, size_t size)
{
    struct figure_label l = figure_label_of(how, v);
    shorten_thousands(l.base);
    const char *base = l.base[0] == '0' && l.base[1] == '.' ? l.base + 1 : l.base;
    if (l.power[0])
        snprintf(buf, size, "%s%se%s", l.negative ? "-" : "", *base ? base : "1", l.power);
    else
        snprintf(buf, size, "%s%s", l.negative ? "-" : "", base);
    return buf;
}
