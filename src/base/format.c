/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * format.c - numbers as people read them, written one way wherever they stand.
 *
 * A measured number has no zero before its point and no sign before a zero: ".0412", "0".
 * Whole numbers from 1,000 on are grouped. An exponent has neither a plus nor leading
 * zeros: "1.2e-5", "2.5e7". What has no value is "-". A setting is as one would type it,
 * with the zero: "0.5".
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/text.h>

#include "src/base/c_locale.h"

enum { DIGITS_SIZE = 64, DECIMALS_MOST = 9, NARROW = 5 };

#define WHOLE_MOST 1e15 /* above it a double is not exact */

__attribute__((format(printf, 3, 4))) static void print(char *out, size_t size, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    mmoe_c_vsnprintf(out, size, format, args);
    va_end(args);
}

/* "1.2e-05" -> "1.2e-5", "1e+06" -> "1e6". */
static void shorten_exponent(char *s)
{
    char *e = strchr(s, 'e');
    if (!e)
        return;
    char *to = e[1] == '-' ? e + 2 : e + 1;
    char *from = e + 2;
    while (*from == '0' && from[1])
        from++;
    memmove(to, from, strlen(from) + 1);
}

/* What is neither finite nor a number; false where v is finite. */
static bool print_special(double v, char *buf, size_t size)
{
    if (isfinite(v))
        return false;
    print(buf, size, "%s", isnan(v) ? "-" : v > 0 ? "inf" : "-inf");
    return true;
}

/* The digits of a number that is not negative, as they are shown: with its sign, grouped, without
 * a zero before the point; a number all of whose digits are zero has no sign. */
static void show(bool negative, const char *digits, char *buf, size_t size)
{
    size_t whole = strspn(digits, "0123456789"), k = 0;
    char grouped[2 * DIGITS_SIZE];
    bool bare = whole == 1 && digits[0] == '0' && digits[1] == '.';
    bool zero = strspn(digits, "0.") == strlen(digits);
    for (size_t i = bare ? 1 : 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            grouped[k++] = ',';
        grouped[k++] = digits[i];
    }
    grouped[k] = '\0';
    print(buf, size, "%s%s%s", negative && !zero ? "-" : "", grouped, digits + whole);
}

char *mmoe_format_loss(double v, char *buf, size_t size)
{
    char digits[DIGITS_SIZE];
    double a = fabs(v);
    if (print_special(v, buf, size))
        return buf;
    if (a == 0)
        print(digits, sizeof digits, "0");
    else if (a < 0.001 || a >= 99999.5)
        print(digits, sizeof digits, "%.1e", a);
    else if (a < 0.99995)
        print(digits, sizeof digits, "%.4f", a);
    else if (a < 9999.5)
        print(digits, sizeof digits, "%#.4g", a);
    else
        print(digits, sizeof digits, "%.0f", a);
    shorten_exponent(digits);
    size_t n = strlen(digits);
    if (digits[n - 1] == '.')
        digits[n - 1] = '\0';
    show(v < 0, digits, buf, size);
    return buf;
}

char *mmoe_format_narrow(double v, char *buf, size_t size)
{
    char digits[DIGITS_SIZE];
    mmoe_format_loss(v, buf, size);
    for (int decimals = 1; decimals >= 0 && strlen(buf) > NARROW; decimals--) {
        print(digits, sizeof digits, "%.*e", decimals, fabs(v));
        shorten_exponent(digits);
        print(buf, size, "%s%s", v < 0 ? "-" : "", digits);
    }
    return buf;
}

char *mmoe_format_fixed(double v, int decimals, char *buf, size_t size)
{
    char digits[DIGITS_SIZE];
    decimals = decimals < 0 ? 0 : decimals < DECIMALS_MOST ? decimals : DECIMALS_MOST;
    if (print_special(v, buf, size))
        return buf;
    if (fabs(v) < WHOLE_MOST) {
        print(digits, sizeof digits, "%.*f", decimals, fabs(v));
    } else {
        print(digits, sizeof digits, "%.1e", fabs(v));
        shorten_exponent(digits);
    }
    show(v < 0, digits, buf, size);
    return buf;
}

char *mmoe_format_setting(double v, char *buf, size_t size)
{
    char digits[DIGITS_SIZE];
    double a = fabs(v);
    if (print_special(v, buf, size))
        return buf;
    int precision = a < 99999.5 && a == floor(a) ? 5 : 1; /* 100, not 1e2, but 1e6 */
    do
        print(digits, sizeof digits, "%.*g", precision, a);
    while (mmoe_c_strtod(digits, NULL) != a && ++precision <= 17);
    shorten_exponent(digits);
    if (strspn(digits, "0123456789") == strlen(digits))
        show(v < 0, digits, buf, size);
    else
        print(buf, size, "%s%s", v < 0 ? "-" : "", digits);
    return buf;
}

char *mmoe_format_count(uint64_t v, char *buf, size_t size)
{
    char digits[DIGITS_SIZE];
    print(digits, sizeof digits, "%llu", (unsigned long long)v);
    show(false, digits, buf, size);
    return buf;
}

char *mmoe_format_counted(uint64_t n, const char *noun, char buf[MMOE_COUNTED_SIZE])
{
    print(buf, MMOE_COUNTED_SIZE, "%s %s%s", mmoe_format_count(n, MMOE_NUMBER), noun,
          n == 1 ? "" : "s");
    return buf;
}

char *mmoe_format_duration(double seconds, char *buf, size_t size)
{
    double s = ceil(seconds > 0 ? seconds : 0);
    if (!(s < 1e9))
        snprintf(buf, size, "long");
    else if (s < 60)
        snprintf(buf, size, "%.0f s", s);
    else if (s < 3600)
        snprintf(buf, size, "%d min %d s", (int)s / 60, (int)s % 60);
    else
        snprintf(buf, size, "%ld h %ld min", (long)s / 3600, (long)s / 60 % 60);
    return buf;
}

char *mmoe_format_about(double seconds, char *buf, size_t size)
{
    static const struct {
        double below, unit;
        const char *name;
    } units[] = {{90, 1, "s"}, {5400, 60, "min"}, {172800, 3600, "h"}, {0, 86400, "days"}};
    char count[DIGITS_SIZE];
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && seconds >= units[i].below)
        i++;
    double whole = fmax(1, round(seconds / units[i].unit));
    print(buf, size, "%s %s", mmoe_format_fixed(whole, 0, count, sizeof count), units[i].name);
    return buf;
}
