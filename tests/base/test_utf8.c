/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which characters there are, and which are shown. */
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/status.h>
#include <mmoe/text.h>
#include <mmoe/utf8.h>

#include "tests/test.h"

static const struct {
    const char *name, *shown, *json;
} names[] = {
    {"plain", "plain", "\"plain\""},
    {"\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x91\xA9", "\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x91\xA9",
     "\"\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x91\xA9\""},
    {"a\033[31mb", "a?[31mb", "\"a\\u001b[31mb\""},
    {"a\x9B"
     "31mb",
     "a?31mb", "\"a\\ufffd31mb\""},
    {"a\xC2\x9B"
     "31mb",
     "a?31mb", "\"a\\u009b31mb\""},
    {"\xC2\x80\xC2\x9F\xC2\xA0", "??\xC2\xA0", "\"\\u0080\\u009f\xC2\xA0\""},
    {"x\nmmoe: forged", "x?mmoe: forged", "\"x\\nmmoe: forged\""},
    {"x\r\b\a\x7F", "x????", "\"x\\u000d\\u0008\\u0007\\u007f\""},
    {"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9", "\xE2\x80\xA7??", "\"\xE2\x80\xA7\\u2028\\u2029\""},
    {"\xE2\x80\xAA\xE2\x80\xAE\xE2\x80\xAF", "??\xE2\x80\xAF", "\"\\u202a\\u202e\xE2\x80\xAF\""},
    {"\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA", "\xE2\x81\xA5??\xE2\x81\xAA",
     "\"\xE2\x81\xA5\\u2066\\u2069\xE2\x81\xAA\""},
    {"\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF", "\xEF\xBF\xBD??", "\"\xEF\xBF\xBD\\ufffe\\uffff\""},
    {"\xED\xA0\x80", "???", "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate */
    {"\xC0\x9B", "??", "\"\\ufffd\\ufffd\""},             /* longer than it need be */
    {"cut \xE4\xB8", "cut ??", "\"cut \\ufffd\\ufffd\""},
    {"", "", "\"\""},
};

static void nothing_drives_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char s[64];
        struct mmoe_text t = {0};
        struct mmoe_error err;
        snprintf(s, sizeof s, "%s", names[i].name);
        assert_int_equal(mmoe_utf8_clean(s, ""), strlen(names[i].shown));
        assert_string_equal(s, names[i].shown);
        mmoe_text_add(&t, "kept\n");
        mmoe_text_add_clean(&t, names[i].name);
        assert_int_equal(t.n, strlen(t.s));
        assert_string_equal(t.s + 5, names[i].shown);
        mmoe_text_clear(&t);
        mmoe_text_add_json(&t, names[i].name);
        assert_string_equal(t.s, names[i].json);
        mmoe_text_done(&t);
        mmoe_fail(&err, MMOE_IO, "%s", names[i].name);
        assert_string_equal(err.text, names[i].shown);
    }
}

/* Whatever the bytes, what is left are characters that may be shown. */
static void any_bytes_are_cleaned(void **state)
{
    (void)state;
    uint32_t x = 99;
    for (int i = 0; i < 20000; i++) {
        char s[24];
        for (size_t k = 0; k < sizeof s - 1; k++) {
            x = x * 1664525u + 1013904223u;
            s[k] = (char)(x >> 24);
            s[k] = (char)(s[k] ? s[k] : '\n');
        }
        s[sizeof s - 1] = '\0';
        size_t n = mmoe_utf8_clean(s, "\n");
        assert_int_equal(n, strlen(s));
        for (const char *c = s; *c; c += n) {
            n = mmoe_utf8_length(c);
            assert_true(n > 0 && (*c == '\n' || mmoe_utf8_shown(c, n)));
        }
    }
}

static void lines_and_tabs_are_kept_where_asked(void **state)
{
    (void)state;
    char s[] = "a\tb\nc\033\r";
    mmoe_utf8_clean(s, "\n\t");
    assert_string_equal(s, "a\tb\nc??");
}

TESTS(cmocka_unit_test(nothing_drives_a_terminal), cmocka_unit_test(any_bytes_are_cleaned),
      cmocka_unit_test(lines_and_tabs_are_kept_where_asked))
