/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.c - round numbers along an axis.
 *
 * Linear ticks are multiples of 1, 2 or 5 times a power of ten. Log ticks are
 * powers of ten; where fewer than two fall on the axis, their multiples by 2
 * and 5 as well; where that is not enough either, linear ones.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/figure.h"

/* The smallest 1, 2 or 5 times a power of ten that is not below v. */
static double round_up(double v)
{
    double power = pow(10, floor(log10(v)));
    static const double steps[] = {1, 2, 5, 10};
    for (size_t i = 0; i < 4; i++)
        if (steps[i] * power >= v * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

static size_t linear_ticks(double low, double high, size_t most, double *out)
{
    size_t n = 0;
    double step = round_up((high - low) / (double)most);
    while (floor(high / step + 1e-9) - ceil(low / step - 1e-9) + 1 >
           (double)most) /* both ends are multiples */
        step = round_up(1.1 * step);
    for (double k = ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && n < most; k++)
        out[n++] = k * step == 0 ? 0 : k * step;
    return n;
}

/* Powers of ten times the first `count` of 1, 2, 5, every stride-th decade. */
static size_t log_ticks(double low, double high, size_t count, int stride, size_t most, double *out)
{
    static const double multiples[] = {1, 2, 5};
    size_t n = 0;
    for (int k = (int)floor(log10(low)); pow(10, k) <= high * (1 + 1e-9); k++)
        for (size_t i = 0; i < count; i++) {
            double v = multiples[i] * pow(10, k);
            if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9) && k % stride == 0) {
                if (n == most)
                    return most + 1;
                out[n++] = v;
            }
        }
    return n;
}

size_t figure_ticks(double low, double high, bool log_scale, size_t most, double *out)
{
    if (most == 0 || !isfinite(low) || !isfinite(high) || !(high > low))
        return 0;
    if (!log_scale || low <= 0)
        return linear_ticks(low, high, most, out);
    size_t n = log_ticks(low, high, 3, 1, most, out);
    if (n > most || n < 2) {
        int stride = 1;
        while ((n = log_ticks(low, high, 1, stride, most, out)) > most)
            stride++;
    }
    return n >= 2 ? n : linear_ticks(low, high, most, out);
}

char *figure_tick_label(double v, char *buf, size_t size)
{
    double a = fabs(v);
    if (a >= 1e6 && a < 1e15)
        snprintf(buf, size, "%gM", v / 1e6);
    else if (a >= 1e3 && a < 1e15)
        snprintf(buf, size, "%gk", v / 1e3);
    else if (a == 0 || a >= 9.9e-4)
        snprintf(buf, size, "%g", round(v * 1e6) / 1e6);
    else
        snprintf(buf, size, "%.1e", v);
    char *zero = strstr(buf, ".0e"); /* 1.0e-05 -> 1e-05 */
    if (zero)
        memmove(zero, zero + 2, strlen(zero + 2) + 1);
    char *e = strchr(buf, 'e'); /* 1e-05 -> 1e-5 */
    if (e && (e[1] == '-' || e[1] == '+') && e[2] == '0' && e[3])
        memmove(e + 2, e + 3, strlen(e + 3) + 1);
    if (buf[0] == '0' && buf[1] == '.')
        memmove(buf, buf + 1, strlen(buf + 1) + 1);
    return buf;
}
