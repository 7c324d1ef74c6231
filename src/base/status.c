/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.c - errors as one printable line, and the one way out after a fatal error.
 *
 * An error quotes whatever a user typed. It is cleaned (utf8.h), so that a line stays one
 * line and never drives a terminal. A text that is too long is cut at the border of
 * a UTF-8 character.
 *
 * The fatal hook is the only mutable global of libmmoe.
 */
#include <string.h>
#include <unistd.h>

#include <mmoe/status.h>
#include <mmoe/utf8.h>

#include "src/base/c_locale.h"

static void (*fatal_hook)(const char *line);

/* Length of s without a UTF-8 character that was cut off at its end. */
static size_t whole_characters(const char *s, size_t n)
{
    size_t start = n;
    while (start > 0 && ((unsigned char)s[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return n;
    unsigned char lead = (unsigned char)s[start - 1];
    size_t needs = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return n - start + 1 < needs ? start - 1 : n;
}

static void print_line(char *out, size_t size, const char *format, va_list args)
{
    int n = mmoe_c_vsnprintf(out, size, format, args);
    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= size)
        out[whole_characters(out, size - 1)] = '\0';
    mmoe_utf8_clean(out, "");
}

enum mmoe_status mmoe_fail(struct mmoe_error *err, enum mmoe_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        print_line(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}

void mmoe_fatal_hook(void (*hook)(const char *line))
{
    fatal_hook = hook;
}

_Noreturn void mmoe_fatal(const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    print_line(line, sizeof line - 1, format, args);
    va_end(args);

    if (fatal_hook)
        fatal_hook(line);
    size_t n = strlen(line);
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, n) < 0)
        __builtin_trap();
    __builtin_trap();
}
