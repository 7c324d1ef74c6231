/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buffers, numbers that read back, JSON, nearest words. */
#include <locale.h>
#include <stdlib.h>

#include <mmoe/text.h>

#include "tests/test.h"

static void buffers_grow(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    for (int i = 0; i < 1000; i++)
        mmoe_text_add(&t, "%d,", i % 10);
    assert_int_equal(t.n, 2000);
    assert_int_equal(strlen(t.s), 2000);
    mmoe_text_clear(&t);
    assert_string_equal(t.s, "");
    mmoe_text_done(&t);
    assert_null(t.s);
}

static void endings(void **state)
{
    (void)state;
    assert_true(mmoe_text_ends("runs.csv", ".csv"));
    assert_true(mmoe_text_ends("anything", ""));
    assert_false(mmoe_text_ends("runs.csv", ".jsonl"));
    assert_false(mmoe_text_ends("runs.CSV", ".csv"));
    assert_false(mmoe_text_ends(".csv", ".csv"));
    assert_false(mmoe_text_ends("csv", ".csv"));
    assert_false(mmoe_text_ends("", ""));
}

static void json_strings(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    mmoe_text_add_json(&t, "a\"b\\c\n\t\x01\xC3\xA9\xFFz");
    assert_string_equal(t.s, "\"a\\\"b\\\\c\\n\\t\\u0001\xC3\xA9\\ufffdz\"");
    mmoe_text_done(&t);
}

static void numbers_read_back(void **state)
{
    (void)state;
    const double v[] = {0, 1, -1, 0.1, 1.0 / 3, 1e-300, 123456789, 6.02e23, 100, 1250, -0.5};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct mmoe_text t = {0};
        mmoe_text_add_number(&t, v[i]);
        assert_true(strtod(t.s, NULL) == v[i]);
        mmoe_text_done(&t);
    }
    static const struct {
        double v;
        const char *shown;
    } cases[] = {{0.1, "0.1"},    {100, "100"},  {1250, "1250"},
                 {1e21, "1e+21"}, {NAN, "null"}, {INFINITY, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_text t = {0};
        mmoe_text_add_number(&t, cases[i].v);
        assert_string_equal(t.s, cases[i].shown);
        mmoe_text_done(&t);
    }
}

static void parsers_take_the_whole_string(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   " 1",  "1 ",    "1x",    "0x10", "nan", "inf",
                                      "1e", "--1", "1.2.3", "1e999", "+",    "."};
    double d;
    size_t n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mmoe_parse_double(bad[i], &d));
    assert_true(mmoe_parse_double("-1.5e-3", &d) && d == -1.5e-3);
    assert_true(mmoe_parse_double(".5", &d) && d == 0.5);
    static const struct {
        const char *s;
        size_t n;
    } good[] = {{"40000", 40000}, {"40_000", 40000}, {"40k", 40000}, {"2M", 2000000},
                {"1e4", 10000},   {"1.5k", 1500},    {"0", 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mmoe_parse_size(good[i].s, &n) && n == good[i].n);
    static const char *const no_count[] = {
        "", "-1", "2.5", "1.5", "99999999999999999999", "1kk", "_1", "1_", "1e-1", "k", "1e99"};
    for (size_t i = 0; i < sizeof no_count / sizeof *no_count; i++)
        assert_false(mmoe_parse_size(no_count[i], &n));
}

static void the_users_locale_does_not_matter(void **state)
{
    (void)state;
    double d;
    struct mmoe_text t = {0};
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip();
    assert_true(mmoe_parse_double("0.5", &d) && d == 0.5);
    mmoe_text_add(&t, "%g", 0.5);
    assert_string_equal(t.s, "0.5");
    mmoe_text_done(&t);
    setlocale(LC_NUMERIC, "C");
}

static void nearest_words(void **state)
{
    (void)state;
    static const char *const words[] = {"run", "runs", "reset", "reseed", "repeat", "model"};
    assert_string_equal(mmoe_nearest("rnu", words, 6), "run");
    assert_string_equal(mmoe_nearest("RESET", words, 6), "reset");
    assert_string_equal(mmoe_nearest("mod", words, 6), "model");
    assert_string_equal(mmoe_nearest("modell", words, 6), "model");
    assert_null(mmoe_nearest("xyzzy", words, 6));
    assert_null(mmoe_nearest("", words, 6));
}

static void csv_fields(void **state)
{
    (void)state;
    static const char *const fields[][2] = {{"", ""},
                                            {"p=0.5 mmoe", "p=0.5 mmoe"},
                                            {"16,8", "\"16,8\""},
                                            {"a \"b\"", "\"a \"\"b\"\"\""},
                                            {"=HYPERLINK(1).npz", "'=HYPERLINK(1).npz"},
                                            {"=A1,\"x\"", "\"'=A1,\"\"x\"\"\""},
                                            {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
                                            {"-1_2", "'-1_2"},
                                            {"@SUM(A1)", "'@SUM(A1)"},
                                            {"\t=1", "'\t=1"},
                                            {"\r=1", "\"'\r=1\""},
                                            {"\n=1", "\"'\n=1\""},
                                            {"-", "'-"},
                                            {"-0.5", "-0.5"},
                                            {"+3", "+3"},
                                            {"-1e-3", "-1e-3"},
                                            {"a=b", "a=b"}};
    struct mmoe_text t = {0};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        mmoe_text_clear(&t);
        mmoe_text_add_csv(&t, fields[i][0]);
        assert_string_equal(t.s, fields[i][1]);
    }
    mmoe_text_done(&t);
}

TESTS(cmocka_unit_test(buffers_grow), cmocka_unit_test(endings), cmocka_unit_test(csv_fields),
      cmocka_unit_test(json_strings), cmocka_unit_test(numbers_read_back),
      cmocka_unit_test(parsers_take_the_whole_string),
      cmocka_unit_test(the_users_locale_does_not_matter), cmocka_unit_test(nearest_words))
