/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options as dials: their next round values, and values in a row. */
#include <stdio.h>
#include <string.h>

#include <mmoe/turn.h>

#include "tests/test.h"

/* What comes after that value of the option; "": nothing does. */
static const char *next(const char *key, const char *value, int by)
{
    static char text[MMOE_TURN_SIZE];
    struct mmoe_options o;
    struct mmoe_error err;
    struct mmoe_text t = {0};
    mmoe_options_default(&o);
    assert_int_equal(mmoe_option_set(&o, key, value, &err), MMOE_OK);
    bool turned = mmoe_turn_next(&o, mmoe_option_find(key), by, &t);
    snprintf(text, sizeof text, "%s", turned ? t.s : "");
    mmoe_text_done(&t);
    return text;
}

static void values_are_round(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value, *up, *down;
    } cases[] = {
        {"p", "0.5", "0.6", "0.4"},
        {"p", "0.55", "0.6", "0.5"},
        {"p", "0.05", "0.1", "0"},
        {"p", "-0.05", "0", "-0.1"},
        {"p", "1", "", "0.9"},
        {"p", "-1", "-0.9", ""},
        {"missing", "0.9", "0.99", "0.8"},
        {"lr", "0.01", "0.02", "0.005"},
        {"lr", "0.003", "0.005", "0.002"},
        {"lr", "1e-12", "2e-12", ""},
        {"noise", "0.1", "0.2", "0.05"},
        {"noise", "0", "0.001", ""},
        {"noise", "0.001", "0.002", "0"},
        {"experts", "8", "16", "4"},
        {"experts", "1", "2", ""},
        {"experts", "3", "6", "1"},
        {"experts", "64", "", "32"},
        {"expert-units", "16", "32", "8"},
        {"expert-units", "16,8", "", ""},
        {"top-k", "all", "", ""},
        {"sines", "0", "1", ""},
        {"seed", "7", "8", "6"},
        {"seed.data", "0", "1", ""},
        {"clip", "off", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(next(cases[i].key, cases[i].value, 1), cases[i].up) != 0)
            fail_msg("%s %s up: %s", cases[i].key, cases[i].value,
                     next(cases[i].key, cases[i].value, 1));
        if (strcmp(next(cases[i].key, cases[i].value, -1), cases[i].down) != 0)
            fail_msg("%s %s down: %s", cases[i].key, cases[i].value,
                     next(cases[i].key, cases[i].value, -1));
    }
}

/* "0 0.5 1", or the error. */
static const char *row(const char *key, const char *text)
{
    static char words[512];
    struct mmoe_turn_row r;
    struct mmoe_error err;
    size_t n = 0;
    if (mmoe_failed(mmoe_turn_row(mmoe_option_find(key), text, &r, &err))) {
        snprintf(words, sizeof words, "%s", err.text);
        return words;
    }
    for (size_t i = 0; i < r.count; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", i ? " " : "", r.value[i]);
    return words;
}

static void values_stand_in_a_row(void **state)
{
    (void)state;
    assert_string_equal(row("p", "0..1:0.25"), "0 0.25 0.5 0.75 1");
    assert_string_equal(row("p", "0..1"), "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1");
    assert_string_equal(row("p", "0,0.5,1"), "0 0.5 1");
    assert_string_equal(row("lr", "1e-3..1e-2"), "0.001 0.002 0.005 0.01");
    assert_string_equal(row("experts", "2..16"), "2 4 8 16");
    assert_string_equal(row("p", "0.5..0.5"), "0.5");
}

static void other_rows_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key, *text, *part;
    } cases[] = {
        {"p", "1..0", "no range"},
        {"p", "0..2", "-1 to 1"},
        {"p", "0..1:0", "no range"},
        {"p", "0..1:-1", "no range"},
        {"p", "0..x", "no range"},
        {"p", "0..1:1e-9", "the most"},
        {"p", "0,,1", "p"},
        {"model", "mmoe,omoe", "is a word"},
        {"alpha", "1,2", "no number"},
        {"data", "a,b", "no number"},
        {"top-k", "1,all", "no number"},
        {"experts", "1.5,2", "experts"},
        {"expert-units", "auto,8", "expert-units"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!strstr(row(cases[i].key, cases[i].text), cases[i].part))
            fail_msg("%s %s: %s", cases[i].key, cases[i].text, row(cases[i].key, cases[i].text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_round),
                                       cmocka_unit_test(values_stand_in_a_row),
                                       cmocka_unit_test(other_rows_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
