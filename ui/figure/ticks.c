/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.c - round numbers for axes, and their labels.
 *
 * Linear: the smallest step of the form 1, 2 or 5 times a power of ten of
 * which at most `most` multiples lie in the range. Logarithmic: of the ladders
 * {1,2,5} x 10^k, 10^k, 10^2k, ... the densest that has at most `most` rungs;
 * a range too narrow to hold two rungs gets linear ticks.
 *
 * Labels are put together from integers, so that they are the same whatever
 * the user's locale takes for a decimal point.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/figure.h"

/* Bounds are widened by this share of the range, for rounding. */
static const double slack = 1e-9;

static size_t multiples(double low, double high, double step, size_t most, double *out)
{
    double eps = (high - low) * slack;
    double first = ceil((low - eps) / step), last = floor((high + eps) / step);
    if (!(last - first < (double)most))
        return most + 1;
    size_t n = 0;
    for (double k = first; k <= last; k++)
        out[n++] = k == 0 ? 0 : k * step;
    return n;
}

static size_t linear_ticks(double low, double high, size_t most, double *out)
{
    static const double steps[] = {1, 2, 5};
    int decade = (int)floor(log10((high - low) / (double)most)) - 1;
    for (int k = 0; k < 12; k++) {
        double step = steps[k % 3] * pow(10, decade + k / 3);
        if (step < 1) /* 1 / 10^n is nearer to the decimal than 10^-n times it */
            step = 1 / (pow(10, -(decade + k / 3)) / steps[k % 3]);
        size_t n = multiples(low, high, step, most, out);
        if (n <= most)
            return n;
    }
    return 0;
}

/* Rungs of 10^k, k a multiple of stride; with 2 and 5 where stride is 0. */
static size_t rungs(double low, double high, int stride, size_t most, double *out)
{
    static const double parts[] = {1, 2, 5};
    int first = (int)floor(log10(low)) - 1, last = (int)ceil(log10(high)) + 1;
    size_t n = 0;
    for (int k = first; k <= last; k++) {
        if (stride > 1 && k % stride != 0)
            continue;
        for (size_t j = 0; j < (stride == 0 ? 3 : 1); j++) {
            double v = k < 0 ? parts[j] / pow(10, -k) : parts[j] * pow(10, k);
            if (v < low * (1 - slack) || v > high * (1 + slack))
                continue;
            if (n == most)
                return most + 1;
            out[n++] = v;
        }
    }
    return n;
}

static size_t log_ticks(double low, double high, size_t most, double *out)
{
    for (int stride = 0; stride <= 512; stride += stride < 4 ? 1 : stride / 2) {
        size_t n = rungs(low, high, stride, most, out);
        if (n <= most)
            return n >= 2 || stride > 1 || most < 2 ? n : 0;
    }
    return 0;
}

size_t figure_ticks(double low, double high, bool log_scale, size_t most, double *out)
{
    if (most == 0 || !isfinite(low) || !isfinite(high) || low > high || (log_scale && low <= 0))
        return 0;
    if (low == high) {
        out[0] = low;
        return 1;
    }
    size_t n = log_scale ? log_ticks(low, high, most, out) : 0;
    return n > 0 ? n : linear_ticks(low, high, most, out);
}

/* --- labels --- */

char *figure_fixed(double v, int decimals, bool bare, char *buf, size_t size)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    double scaled = round(fabs(v) * powers[decimals]);
    if (!(scaled < 9e15)) {
        snprintf(buf, size, "%s", isnan(v) ? "-" : v < 0 ? "-inf" : "inf");
        return buf;
    }
    long long whole = (long long)scaled, unit = (long long)powers[decimals];
    const char *sign = v < 0 && whole > 0 ? "-" : "";
    char front[24] = "";
    if (!bare || decimals == 0 || whole >= unit)
        snprintf(front, sizeof front, "%lld", whole / unit);
    if (decimals == 0)
        snprintf(buf, size, "%s%s", sign, front);
    else
        snprintf(buf, size, "%s%s.%0*lld", sign, front, decimals, whole % unit);
    return buf;
}

/* "0.500" -> "0.5", "2.0" -> "2". */
static void trim_zeros(char *s)
{
    size_t n = strlen(s);
    if (!strchr(s, '.'))
        return;
    while (n > 0 && s[n - 1] == '0')
        n--;
    if (n > 0 && s[n - 1] == '.')
        n--;
    s[n] = '\0';
}

/* v with at most that many decimals and a suffix. */
static char *plain(double v, int decimals, const char *suffix, char *buf, size_t size)
{
    char digits[40];
    figure_fixed(v, decimals, false, digits, sizeof digits);
    trim_zeros(digits);
    snprintf(buf, size, "%s%s", digits, suffix);
    return buf;
}

char *figure_tick_label(double v, char *buf, size_t size)
{
    double a = fabs(v);
    if (!isfinite(v) || a == 0)
        return figure_fixed(v, 0, false, buf, size);
    if (a >= 0.00095 && a < 999.5)
        return plain(v, a < 1 ? 3 - (int)floor(log10(a * (1 + slack))) : 3, "", buf, size);
    if (a >= 999.5 && a < 999500)
        return plain(v / 1e3, 3, "k", buf, size);
    if (a >= 999500 && a < 9.995e8)
        return plain(v / 1e6, 3, "M", buf, size);
    int exponent = (int)floor(log10(a * (1 + slack)));
    char suffix[16];
    snprintf(suffix, sizeof suffix, "e%d", exponent);
    return plain(v / pow(10, exponent), 2, suffix, buf, size);
}
