/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * character.c - one character of text: decoded, its columns, its nearest in ASCII.
 *
 * Text is decoded here, not by the C library, so that a grid is the same in
 * every locale. Widths are wcwidth's, which agree with the line editor; where
 * the locale does not know a character (the C locale knows ASCII only) a short
 * table of ranges after Unicode's EastAsianWidth and general categories
 * (UAX #11, UAX #44) answers instead.
 */
#include "ui/term/character.h"

#include <mmoe/utf8.h>

size_t character_encode(wchar_t ch, char out[4])
{
    unsigned long v = (unsigned long)ch;
    size_t more = v < 0x80 ? 0 : v < 0x800 ? 1 : v < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--, v >>= 6)
        out[i] = (char)(0x80 | (v & 0x3f));
    out[0] = (char)(lead[more] | v);
    return more + 1;
}

/* Ascending ranges the locale may not know; what is in none of them is not shown. */
static const struct {
    wchar_t first, last;
    int width;
} ranges[] = {
    {0x00a0, 0x02ff, 1},   {0x0300, 0x036f, 0},   {0x0370, 0x0482, 1},   {0x0483, 0x0489, 0},
    {0x048a, 0x052f, 1},   {0x1100, 0x115f, 2},   {0x1e00, 0x1fff, 1},   {0x200b, 0x200f, 0},
    {0x2010, 0x2027, 1},   {0x2030, 0x205e, 1},   {0x2060, 0x2064, 0},   {0x2070, 0x20cf, 1},
    {0x2100, 0x22ff, 1},   {0x2500, 0x25fc, 1},   {0x2800, 0x28ff, 1},   {0x2e80, 0x303e, 2},
    {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
    {0xfe30, 0xfe6f, 2},   {0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
    {0x1f300, 0x1f64f, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
};

bool character_joins(wchar_t ch)
{
    static const wchar_t spans[][2] = {{0x034f, 0x034f}, {0x061c, 0x061c},   {0x1160, 0x11ff},
                                       {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},
                                       {0x2060, 0x206f}, {0x20dd, 0x20e0},   {0x20e2, 0x20e4},
                                       {0xd7b0, 0xd7ff}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
                                       {0xfff9, 0xfffb}, {0x1f3fb, 0x1f3ff}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (ch >= spans[i][0] && ch <= spans[i][1])
            return true;
    return false;
}

int character_columns(wchar_t ch)
{
    char bytes[4];
    if (ch >= 0x20 && ch < 0x7f)
        return 1;
    if (!mmoe_utf8_shown(bytes, character_encode(ch, bytes)))
        return -1;
    if (character_joins(ch))
        return 0;
    int width = wcwidth(ch);
    for (size_t i = 0; width < 0 && i < sizeof ranges / sizeof ranges[0]; i++)
        if (ch >= ranges[i].first && ch <= ranges[i].last)
            width = ranges[i].width;
    return width > 2 ? -1 : width;
}

wchar_t character_fold(wchar_t ch)
{
    static const struct {
        wchar_t first, last;
        char to;
    } table[] = {
        {0x00a0, 0x00a0, ' '}, {0x00ab, 0x00ab, '<'}, {0x00b1, 0x00b1, '~'}, {0x00b7, 0x00b7, '.'},
        {0x00bb, 0x00bb, '>'}, {0x00d7, 0x00d7, 'x'}, {0x2010, 0x2015, '-'}, {0x2018, 0x201b, '\''},
        {0x201c, 0x201f, '"'}, {0x2022, 0x2022, '*'}, {0x2026, 0x2026, '.'}, {0x2190, 0x2190, '<'},
        {0x2191, 0x2191, '^'}, {0x2192, 0x2192, '>'}, {0x2193, 0x2193, 'v'}, {0x21d2, 0x21d2, '>'},
        {0x2212, 0x2212, '-'}, {0x2248, 0x2248, '~'}, {0x2264, 0x2264, '<'}, {0x2265, 0x2265, '>'},
        {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'}, {0x250c, 0x254b, '+'}, {0x2580, 0x2590, '#'},
        {0x2591, 0x2593, ':'}, {0x25a0, 0x25ff, 'o'}, {0x2801, 0x28ff, '.'},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (ch >= table[i].first && ch <= table[i].last)
            return table[i].to;
    return L'?';
}

wchar_t character_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    size_t n = mmoe_utf8_length(*text);
    *text += n ? n : 1;
    if (n == 0)
        return L'?';
    unsigned long value = n == 1 ? s[0] : s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        value = value << 6 | (s[i] & 0x3fu);
    bool flag = value >= 0x1f1e6 && value <= 0x1f1ff;
    return (wchar_t)(flag ? 'A' + (value - 0x1f1e6) : value);
}
