/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.c - which bytes are characters (Unicode 15, table 3-7), and which characters may be shown.
 */
#include <string.h>

#include <mmoe/utf8.h>

size_t mmoe_utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    static const struct {
        unsigned char first, last, low, high; /* lead bytes; range of the second byte */
        size_t length;
    } forms[] = {
        {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        if (s[0] < forms[f].first || s[0] > forms[f].last)
            continue;
        if (forms[f].length > 1 && (s[1] < forms[f].low || s[1] > forms[f].high))
            return 0;
        for (size_t i = 2; i < forms[f].length; i++)
            if ((s[i] & 0xC0) != 0x80)
                return 0;
        return forms[f].length;
    }
    return 0;
}

bool mmoe_utf8_shown(const char *s, size_t n)
{
    static const struct {
        const char *first, *last;
    } hidden[] = {
        {"\xC2\x80", "\xC2\x9F"},         /* C1 */
        {"\xE2\x80\xA8", "\xE2\x80\xAE"}, /* U+2028 to U+202E */
        {"\xE2\x81\xA6", "\xE2\x81\xA9"}, /* U+2066 to U+2069 */
        {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}, /* U+FFFE, U+FFFF */
    };
    if (n == 1)
        return (unsigned char)*s >= 0x20 && *s != 0x7F;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (strlen(hidden[i].first) == n && memcmp(s, hidden[i].first, n) >= 0 &&
            memcmp(s, hidden[i].last, n) <= 0)
            return false;
    return true;
}

size_t mmoe_utf8_clean(char *s, const char *keep)
{
    char *start = s, *to = s;
    while (*s) {
        size_t length = mmoe_utf8_length(s), n = length ? length : 1;
        bool kept = n == 1 && strchr(keep, *s);
        if (kept || (length && mmoe_utf8_shown(s, length))) {
            memmove(to, s, n);
            to += n;
        } else {
            *to++ = '?';
        }
        s += n;
    }
    *to = '\0';
    return (size_t)(to - start);
}

void mmoe_utf8_copy(char *out, size_t size, const char *s)
{
    size_t n = strlen(s);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80;)
            n--;
    memcpy(out, s, n);
    out[n] = '\0';
}
