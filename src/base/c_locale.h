/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * c_locale.h - numbers with a point, whatever the user's locale writes.
 *
 * printf and strtod follow LC_NUMERIC of the calling thread; these two wrap
 * them in the C locale and put the caller's locale back.
 *
 * Ownership: none. Threads: safe, uselocale is per thread.
 */
#ifndef MMOE_BASE_C_LOCALE_H
#define MMOE_BASE_C_LOCALE_H

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

/* Do numbers have a point as it is? */
static inline bool mmoe_c_has_point(void)
{
    return strcmp(nl_langinfo(RADIXCHAR), ".") == 0;
}

__attribute__((format(printf, 3, 0))) static inline int mmoe_c_vsnprintf(char *out, size_t size,
                                                                         const char *format,
                                                                         va_list args)
{
    if (mmoe_c_has_point())
        return vsnprintf(out, size, format, args);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t callers = c ? uselocale(c) : (locale_t)0;
    int n = vsnprintf(out, size, format, args);
    if (c) {
        uselocale(callers);
        freelocale(c);
    }
    return n;
}

static inline double mmoe_c_strtod(const char *s, char **end)
{
    if (mmoe_c_has_point())
        return strtod(s, end);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t callers = c ? uselocale(c) : (locale_t)0;
    double v = strtod(s, end);
    if (c) {
        uselocale(callers);
        freelocale(c);
    }
    return v;
}

#endif
