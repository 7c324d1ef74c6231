/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.c - strings: a growable buffer, strict number parsing, nearest words.
 *
 * A whole number is read exactly, as digits times a power of ten, so that
 * 1.5k and 1e4 are whole and 2.5 is not. A misspelt word is measured by its
 * optimal string alignment distance (Damerau 1964; Boytsov 2011, section 2.1):
 * inserting, deleting, replacing a letter or swapping two neighbours costs one.
 */
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>
#include <mmoe/utf8.h>

#include "src/base/c_locale.h"

/* --- the buffer --- */

static void reserve(struct mmoe_text *t, size_t more)
{
    size_t needed = t->n + more + 1;
    if (needed <= t->room)
        return;
    size_t room = t->room ? t->room : 64;
    while (room < needed)
        room *= 2;
    t->s = mmoe_regrow(t->s, t->s ? t->n + 1 : 0, room, 1);
    t->room = room;
}

void mmoe_text_add(struct mmoe_text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = mmoe_c_vsnprintf(NULL, 0, format, args);
    if (n >= 0) {
        reserve(t, (size_t)n);
        mmoe_c_vsnprintf(t->s + t->n, (size_t)n + 1, format, again);
        t->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void mmoe_text_clear(struct mmoe_text *t)
{
    t->n = 0;
    if (t->s)
        t->s[0] = '\0';
}

void mmoe_text_done(struct mmoe_text *t)
{
    mmoe_free(t->s);
    *t = (struct mmoe_text){0};
}

void mmoe_text_add_bytes(struct mmoe_text *t, const void *bytes, size_t n)
{
    reserve(t, n);
    if (n > 0) /* memcpy takes no NULL, not even of no bytes */
        memcpy(t->s + t->n, bytes, n);
    t->n += n;
    t->s[t->n] = '\0';
}

bool mmoe_text_ends(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n > k && strcmp(s + n - k, end) == 0;
}

/* The well-formed character of n bytes at s, all of the basic plane, as \uXXXX. */
static void add_escape(struct mmoe_text *t, const char *s, size_t n)
{
    unsigned lead = (unsigned char)*s, value = n == 1 ? lead : lead & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++)
        value = value << 6 | ((unsigned char)s[i] & 0x3Fu);
    mmoe_text_add(t, "\\u%04x", value);
}

void mmoe_text_add_json(struct mmoe_text *t, const char *s)
{
    mmoe_text_add_bytes(t, "\"", 1);
    while (*s) {
        size_t n = mmoe_utf8_length(s);
        if (n == 0)
            mmoe_text_add_bytes(t, "\\ufffd", 6);
        else if (*s == '"' || *s == '\\')
            mmoe_text_add(t, "\\%c", *s);
        else if (*s == '\n')
            mmoe_text_add_bytes(t, "\\n", 2);
        else if (*s == '\t')
            mmoe_text_add_bytes(t, "\\t", 2);
        else if (!mmoe_utf8_shown(s, n))
            add_escape(t, s, n);
        else
            mmoe_text_add_bytes(t, s, n);
        s += n ? n : 1;
    }
    mmoe_text_add_bytes(t, "\"", 1);
}

/* Would a spreadsheet take the text for a formula? */
static bool is_formula(const char *s)
{
    double number;
    return *s && strchr("=+-@\t\r\n", *s) && !mmoe_parse_double(s, &number);
}

/* An apostrophe before a formula makes it text, as OWASP advises ("CSV Injection"). */
void mmoe_text_add_csv(struct mmoe_text *t, const char *s)
{
    bool quoted = strpbrk(s, ",\"\r\n") != NULL;
    mmoe_text_add(t, "%s%s", quoted ? "\"" : "", is_formula(s) ? "'" : "");
    for (; *s; s++)
        mmoe_text_add(t, quoted && *s == '"' ? "\"%c" : "%c", *s);
    mmoe_text_add(t, quoted ? "\"" : "");
}

void mmoe_text_add_clean(struct mmoe_text *t, const char *s)
{
    size_t before = t->n;
    mmoe_text_add_bytes(t, s, strlen(s));
    t->n = before + mmoe_utf8_clean(t->s + before, "");
}

/* --- numbers --- */

__attribute__((format(printf, 3, 4))) static void print(char *out, size_t size, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    mmoe_c_vsnprintf(out, size, format, args);
    va_end(args);
}

void mmoe_text_add_number(struct mmoe_text *t, double v)
{
    if (!isfinite(v)) {
        mmoe_text_add_bytes(t, "null", 4);
        return;
    }
    char digits[40];
    if (v == floor(v) && fabs(v) < 1e15) /* 100, not 1e+02 */
        print(digits, sizeof digits, "%.0f", v == 0 ? 0 : v);
    else /* what has no more than 15 digits is written with those: DBL_DIG */
        for (int precision = fabs(v) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
            print(digits, sizeof digits, "%.*g", precision, v);
            if (precision == 17 || mmoe_c_strtod(digits, NULL) == v)
                break;
        }
    mmoe_text_add_bytes(t, digits, strlen(digits));
}

static const char *skip_digits(const char *s)
{
    while (isdigit((unsigned char)*s))
        s++;
    return s;
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before the e: no blanks, hex, inf or
 * nan. */
static bool is_decimal(const char *s)
{
    if (*s == '+' || *s == '-')
        s++;
    const char *whole = skip_digits(s), *end = whole;
    size_t digits = (size_t)(whole - s);
    if (*whole == '.') {
        end = skip_digits(whole + 1);
        digits += (size_t)(end - whole - 1);
    }
    if (digits == 0)
        return false;
    if (*end == 'e' || *end == 'E') {
        s = end[1] == '+' || end[1] == '-' ? end + 2 : end + 1;
        end = skip_digits(s);
        if (end == s)
            return false;
    }
    return *end == '\0';
}

bool mmoe_parse_double(const char *s, double *out)
{
    if (!is_decimal(s))
        return false;
    double v = mmoe_c_strtod(s, NULL);
    if (!isfinite(v))
        return false;
    *out = v;
    return true;
}

/* Digits with an optional point and _ between digits, as mantissa * 10^exponent. */
static const char *read_mantissa(const char *s, uint64_t *mantissa, int *exponent)
{
    bool point = false, digit = false;
    for (;; s++) {
        if (*s == '_' && digit && isdigit((unsigned char)s[1]))
            continue;
        if (*s == '.' && !point && digit && isdigit((unsigned char)s[1])) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)*s))
            return digit ? s : NULL;
        digit = true;
        if (__builtin_mul_overflow(*mantissa, 10, mantissa) ||
            __builtin_add_overflow(*mantissa, (uint64_t)(*s - '0'), mantissa))
            return NULL;
        if (point)
            *exponent -= 1;
    }
}

/* e4, k, M or G, or nothing; false on anything else. */
static bool read_exponent(const char *s, int *exponent)
{
    static const char suffixes[] = "kMG";
    if (*s == '\0')
        return true;
    const char *suffix = strchr(suffixes, *s == 'K' ? 'k' : *s);
    if (suffix && s[1] == '\0') {
        *exponent += 3 * (int)(suffix - suffixes + 1);
        return true;
    }
    if ((*s != 'e' && *s != 'E') || !s[1] || *skip_digits(s + 1) || strlen(s + 1) > 3)
        return false;
    *exponent += atoi(s + 1);
    return true;
}

bool mmoe_parse_u64(const char *s, uint64_t *out)
{
    uint64_t v = 0;
    int exponent = 0;
    const char *rest = read_mantissa(s, &v, &exponent);
    if (!rest || !read_exponent(rest, &exponent))
        return false;
    for (; exponent > 0 && v; exponent--)
        if (__builtin_mul_overflow(v, 10, &v))
            return false;
    for (; exponent < 0; exponent++) {
        if (v % 10)
            return false;
        v /= 10;
    }
    *out = v;
    return true;
}

bool mmoe_parse_size(const char *s, size_t *out)
{
    uint64_t v;
    if (!mmoe_parse_u64(s, &v) || v > SIZE_MAX)
        return false;
    *out = (size_t)v;
    return true;
}

/* --- words --- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b, bool fold)
{
    return a == b || (fold && tolower((unsigned char)a) == tolower((unsigned char)b));
}

/* Rows of the distance table are prefixes of a, columns prefixes of b; three rows are enough. */
static size_t distance(const char *a, const char *b, bool fold)
{
    size_t m = strlen(a), n = strlen(b), width = n + 1;
    size_t *table = mmoe_alloc(3 * width, sizeof *table);
    size_t *before = table, *above = table + width, *row = table + 2 * width;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replace = above[j - 1] + !same_letter(a[i - 1], b[j - 1], fold);
            row[j] = least(replace, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2], fold) &&
                same_letter(a[i - 2], b[j - 1], fold))
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    size_t edits = row[n];
    mmoe_free(table);
    return edits;
}

/* The one word that starts with s, or NULL. */
static const char *unique_completion(const char *s, const char *const *words, size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(s, words[i], strlen(s)) != 0)
            continue;
        if (found)
            return NULL;
        found = words[i];
    }
    return found;
}

const char *mmoe_nearest(const char *s, const char *const *words, size_t count)
{
    size_t length = strlen(s);
    if (length == 0 || length > 64)
        return NULL;
    const char *found = unique_completion(s, words, count);
    if (found)
        return found;
    size_t best = (length / 3 > 1 ? length / 3 : 1) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t edits = distance(s, words[i], true);
        if (edits < best && edits < length) {
            best = edits;
            found = words[i];
        }
    }
    return found;
}
