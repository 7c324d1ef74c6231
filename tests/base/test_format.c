/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers for people are written one way, whatever their size, sign and the user's locale. */
#include <locale.h>
#include <math.h>

#include <mmoe/text.h>

#include "tests/test.h"

static void losses_have_four_figures(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *shown;
    } cases[] = {{0.0412, ".0412"},  {0.5, ".5000"},     {1, "1.000"},        {12.345, "12.35"},
                 {1234.5, "1,234"},  {9999.5, "10,000"}, {12345, "12,345"},   {2.5e7, "2.5e7"},
                 {1.2e-5, "1.2e-5"}, {3e33, "3.0e33"},   {-0.25, "-.2500"},   {-0.0, "0"},
                 {0, "0"},           {NAN, "-"},         {INFINITY, "inf"},   {-1e-9, "-1.0e-9"},
                 {99999, "99,999"},  {1e5, "1.0e5"},     {-INFINITY, "-inf"}, {1e-300, "1.0e-300"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mmoe_format_loss(cases[i].v, MMOE_NUMBER), cases[i].shown);
}

static void narrow_columns_have_five_places(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *shown;
    } cases[] = {{0.0412, ".0412"}, {12345, "1.2e4"}, {1.2e-5, "1e-5"}, {1234, "1,234"},
                 {-12.345, "-1e1"}, {3e33, "3e33"},   {NAN, "-"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mmoe_format_narrow(cases[i].v, MMOE_NUMBER), cases[i].shown);
}

static void fixed_decimals_have_no_negative_zero(void **state)
{
    (void)state;
    static const struct {
        double v;
        int decimals;
        const char *shown;
    } cases[] = {{0.432, 2, ".43"},       {-0.001, 2, ".00"},  {-0.0, 3, ".000"},
                 {1.206, 2, "1.21"},      {-0.436, 2, "-.44"}, {0.999, 2, "1.00"},
                 {-0.4, 0, "0"},          {37.46, 1, "37.5"},  {1234.5, 1, "1,234.5"},
                 {-1e6, 0, "-1,000,000"}, {1e20, 2, "1.0e20"}, {NAN, 2, "-"},
                 {INFINITY, 2, "inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mmoe_format_fixed(cases[i].v, cases[i].decimals, MMOE_NUMBER),
                            cases[i].shown);
}

static void settings_are_as_one_would_type_them(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *shown;
    } cases[] = {{0.5, "0.5"},       {1e-5, "1e-5"},     {0.001, "0.001"},  {1e6, "1e6"},
                 {-1e6, "-1e6"},     {100, "100"},       {20000, "20,000"}, {123456, "123,456"},
                 {1e-300, "1e-300"}, {1.5e20, "1.5e20"}, {-0.0, "0"},       {-0.25, "-0.25"},
                 {1e33, "1e33"},     {0.1, "0.1"},       {NAN, "-"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mmoe_format_setting(cases[i].v, MMOE_NUMBER), cases[i].shown);
}

static void counts_are_grouped(void **state)
{
    (void)state;
    assert_string_equal(mmoe_format_count(0, MMOE_NUMBER), "0");
    assert_string_equal(mmoe_format_count(999, MMOE_NUMBER), "999");
    assert_string_equal(mmoe_format_count(1000, MMOE_NUMBER), "1,000");
    assert_string_equal(mmoe_format_count(1234567, MMOE_NUMBER), "1,234,567");
    assert_string_equal(mmoe_format_count(UINT64_MAX, MMOE_NUMBER), "18,446,744,073,709,551,615");
}

static void nouns_agree_with_their_counts(void **state)
{
    (void)state;
    assert_string_equal(MMOE_COUNTED(0, "seed"), "0 seeds");
    assert_string_equal(MMOE_COUNTED(1, "seed"), "1 seed");
    assert_string_equal(MMOE_COUNTED(40000, "held-out row"), "40,000 held-out rows");
}

static void about_is_one_unit(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *shown;
    } cases[] = {{0, "1 s"},      {3.4, "3 s"},       {89, "89 s"},
                 {90, "2 min"},   {480, "8 min"},     {5400, "2 h"},
                 {86400, "24 h"}, {172800, "2 days"}, {1e9, "11,574 days"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mmoe_format_about(cases[i].v, MMOE_NUMBER), cases[i].shown);
}

static void the_users_locale_does_not_matter(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip();
    assert_string_equal(mmoe_format_loss(1234.5, MMOE_NUMBER), "1,234");
    assert_string_equal(mmoe_format_fixed(0.25, 2, MMOE_NUMBER), ".25");
    assert_string_equal(mmoe_format_setting(0.25, MMOE_NUMBER), "0.25");
    setlocale(LC_NUMERIC, "C");
}

TESTS(cmocka_unit_test(losses_have_four_figures), cmocka_unit_test(narrow_columns_have_five_places),
      cmocka_unit_test(fixed_decimals_have_no_negative_zero),
      cmocka_unit_test(settings_are_as_one_would_type_them), cmocka_unit_test(counts_are_grouped),
      cmocka_unit_test(nouns_agree_with_their_counts), cmocka_unit_test(about_is_one_unit),
      cmocka_unit_test(the_users_locale_does_not_matter))
